package rights

import "github.com/clientele-go/crm/record"

// words are a text in the languages that are shown.
type words struct{ english, chinese string }

func (w words) in(l record.Language) string {
	if l == record.Chinese && w.chinese != "" {
		return w.chinese
	}
	return w.english
}

// moduleRights are the rights in a module, in the order in which people read them.
var moduleRights = []record.Right{record.RightView, record.RightCreate, record.RightEdit, record.RightDelete, record.RightShare,
	record.RightImport, record.RightExport, record.RightChangeOwner}

// organizationRights are the rights in the organization.
var organizationRights = []record.Right{record.RightUse, record.RightCustomize, record.RightManageUsers, record.RightManageData}

var levelWords = [record.LevelFull + 1]words{
	record.LevelRead:  {"Read Only", "只读"},
	record.LevelWrite: {"Read/Write", "读/写"},
	record.LevelFull:  {"Full Access", "完全访问"},
}

// LevelLabel returns the label of a level in a language, "" when there is no such level.
func LevelLabel(level record.Level, l record.Language) string {
	if level > record.LevelFull {
		return ""
	}
	return levelWords[level].in(l)
}

var defaultWords = [PublicReadWriteDelete + 1]words{
	Private:               {"Private", "私有"},
	PublicReadOnly:        {"Public Read Only", "公开只读"},
	PublicReadWrite:       {"Public Read/Write", "公开读/写"},
	PublicReadWriteDelete: {"Public Read/Write/Delete", "公开读/写/删除"},
}

// Label returns the label of a default in a language, "" when there is no such default.
func (d Default) Label(l record.Language) string {
	if d > PublicReadWriteDelete {
		return ""
	}
	return defaultWords[d].in(l)
}
