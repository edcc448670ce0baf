package rights

import "github.com/clientele-go/crm/record"

// moduleRights are the rights in a module, in the order in which people read them.
var moduleRights = []record.Right{record.RightView, record.RightCreate, record.RightEdit, record.RightDelete, record.RightShare,
	record.RightImport, record.RightExport, record.RightChangeOwner, record.RightConvert}

// organizationRights are the rights in the organization.
var organizationRights = []record.Right{record.RightUse, record.RightCustomize, record.RightManageUsers, record.RightManageData}

var levelWords = [record.LevelFull + 1]record.Words{
	record.LevelRead:  {English: "Read Only", Chinese: "只读"},
	record.LevelWrite: {English: "Read/Write", Chinese: "读/写"},
	record.LevelFull:  {English: "Full Access", Chinese: "完全访问"},
}

// LevelLabel returns the label of a level in a language, "" when there is no such level.
func LevelLabel(level record.Level, l record.Language) string {
	if level > record.LevelFull {
		return ""
	}
	return levelWords[level].In(l)
}

var defaultWords = [PublicReadWriteDelete + 1]record.Words{
	Private:               {English: "Private", Chinese: "私有"},
	PublicReadOnly:        {English: "Public Read Only", Chinese: "公开只读"},
	PublicReadWrite:       {English: "Public Read/Write", Chinese: "公开读/写"},
	PublicReadWriteDelete: {English: "Public Read/Write/Delete", Chinese: "公开读/写/删除"},
}

// Label returns the label of a default in a language, "" when there is no such default.
func (d Default) Label(l record.Language) string {
	if d > PublicReadWriteDelete {
		return ""
	}
	return defaultWords[d].In(l)
}
