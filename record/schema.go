package record

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// The system fields come first in every module, and these are their columns.
const (
	colOwner = iota
	colTag
	colCreatedBy
	colCreated
	colModifiedBy
	colModified
	colSource
	colOperation
	colDeleted
	colDeletedBy
	systemColumns
)

// systemFields are the fields that every module has. The last four are not shown to callers as fields.
var systemFields = [systemColumns]Def{
	colOwner:      {Name: "Owner", English: "Owner", Chinese: "所有者", Type: UserType()},
	colTag:        {Name: "Tag", English: "Tag", Chinese: "标签", Type: tagType(), NoClone: true},
	colCreatedBy:  {Name: "Created_By", English: "Created By", Chinese: "创建者", Type: UserType(), ReadOnly: true},
	colCreated:    {Name: "Created_Time", English: "Created Time", Chinese: "创建时间", Type: DateTimeType(), ReadOnly: true},
	colModifiedBy: {Name: "Modified_By", English: "Modified By", Chinese: "修改者", Type: UserType(), ReadOnly: true},
	colModified:   {Name: "Modified_Time", English: "Modified Time", Chinese: "修改时间", Type: DateTimeType(), ReadOnly: true},
	colSource:     {Name: "Data_Source", English: "Data Source", Chinese: "数据来源", Type: TextType(40), ReadOnly: true},
	colOperation:  {Name: "Operation__s", English: "Operation", Chinese: "操作", Type: LookupType(), ReadOnly: true},
	colDeleted:    {Name: "Deleted_Time", English: "Deleted Time", Chinese: "删除时间", Type: DateTimeType(), ReadOnly: true},
	colDeletedBy:  {Name: "Deleted_By", English: "Deleted By", Chinese: "删除者", Type: UserType(), ReadOnly: true},
}

// The limits of tags. Zoho: at most 10 a record, of 25 characters each.
const (
	MaxTags      = 10
	MaxTagLength = 25
)

// Hook is a rule of a module. It sees every write whatever the actor may see, may change rec, and refuses it with a
// *ValidationError or any other error. old is nil for a new record; neither is kept. It runs before validation, inside
// the transaction, and perhaps more than once.
type Hook func(ctx context.Context, s *Session, old, rec *Record) error

// Schema is a module as declared: its name, its fields, its table. It is made by [Define], and never changes.
type Schema struct {
	Module   string // API name, plural: Accounts
	Singular string // for people: Account
	Chinese  string // for people: 客户
	fields   []Def  // system fields first; parallel to the first columns of table
	table    *storage.Table
	byName   map[string]int
	fold     []int // position of each field's folded column, or -1
	sort     []int // position of each field's sorted column, or -1
	hooks    []Hook
}

// lastActivity is a name of colModified: the last thing that happened to a record is its last change, until there are
// activities to ask. It is derived, and so never makes a new version.
var lastActivity = Def{Name: "Last_Activity_Time", English: "Last Activity Time", Chinese: "最近活动时间", Type: DateTimeType(), ReadOnly: true}

// Shape is a Schema as one actor of one organization sees it. Whatever depends on fields (validation, import, lists,
// JSON) asks the Shape.
type Shape struct{ *Schema }

// Fields returns the fields in the order of the form, the module's own first and those of the system last. The slice is
// the caller's.
func (s *Shape) Fields() []Def {
	return slices.Concat(s.fields[systemColumns:], s.fields[:colOperation], []Def{lastActivity})
}

// Field returns the named field by its API name.
func (s *Shape) Field(name string) (Def, bool) {
	if name == lastActivity.Name {
		return lastActivity, true
	}
	if i, ok := s.index(name); ok {
		return s.fields[i], true
	}
	return Def{}, false
}

// index returns the position of a field that callers may name.
func (s *Shape) index(name string) (int, bool) {
	i, ok := s.byName[name]
	return i, ok
}

// position returns the position of any field, those of the system that callers cannot name among them, or -1.
func (s *Schema) position(name string) int {
	return slices.IndexFunc(s.fields, func(d Def) bool { return d.Name == name })
}

// newSchema panics on a malformed declaration, which is a programmer's error.
func newSchema(module string, o ModuleOptions, defs []Def) *Schema {
	s := &Schema{Module: module, Singular: o.Singular, Chinese: o.Chinese, hooks: o.Hooks, byName: map[string]int{lastActivity.Name: colModified},
		table: &storage.Table{Name: strings.ToLower(module)}}
	s.fields = slices.Concat(systemFields[:], defs)
	if s.Singular != "" {
		s.fields[colOwner].English = s.Singular + " Owner"
	}
	s.fields[colOwner].Chinese = s.Chinese + "所有者"
	deleted := s.fields[colDeleted].Column()
	index := func(name string, columns ...string) {
		s.table.Indexes = append(s.table.Indexes, storage.Index{Name: name, Columns: columns})
	}
	index(s.fields[colModified].Column(), deleted, s.fields[colModified].Column())
	for i := range s.fields {
		d := &s.fields[i]
		if why := d.malformed(module); why != "" || s.byName[d.Name] != 0 {
			panic(fmt.Sprintf("record: %s.%s: malformed field: %s", module, d.Name, why))
		}
		if i < colOperation || i >= systemColumns {
			s.byName[d.Name] = i
		}
		s.table.Columns = append(s.table.Columns, storage.Column{Name: d.Column(), Kind: d.Type.Kind()})
		switch {
		case d.To != "":
			index(d.Column(), d.Column(), deleted)
		case d.Indexed:
			index(d.Column(), deleted, d.Column())
		}
	}
	s.fold, s.sort = make([]int, len(s.fields)), make([]int, len(s.fields))
	derived := func(want bool, at *int, column string, k storage.Kind) {
		if *at = -1; want {
			*at = len(s.table.Columns)
			s.table.Columns = append(s.table.Columns, storage.Column{Name: column, Kind: k})
			index(column, deleted, column)
		}
	}
	for i := range s.fields {
		d := &s.fields[i]
		derived(d.Folded, &s.fold[i], d.foldColumn(), storage.Text)
		derived(d.Sorted, &s.sort[i], d.sortColumn(), storage.Bytes)
	}
	if err := s.table.Validate(); err != nil {
		panic(err.Error())
	}
	return s
}

// malformed says what is wrong with a declaration, if anything.
func (d *Def) malformed(module string) string {
	link := d.Type != nil && d.Type.Kind() == storage.Ref && d.Name != systemFields[colOperation].Name
	switch {
	case d.Type == nil:
		return "no type"
	case link != (d.To != ""):
		return "a lookup and To go together"
	case d.Depth > 0 && d.To != module:
		return "a tree is a lookup to its own module"
	case link && d.Required && d.OnDelete == Clear:
		return "a required lookup cannot be cleared"
	case (d.Folded || d.Sorted) && d.Type.Kind() != storage.Text:
		return "only text is folded or sorted"
	}
	return ""
}

// orderColumn returns the column that orders a field as people expect.
func (s *Schema) orderColumn(i int) string {
	if s.sort[i] >= 0 {
		return s.fields[i].sortColumn()
	}
	return s.fields[i].Column()
}

// derive fills the folded and sorted columns of row, taking from old what did not change.
func (s *Schema) derive(row, old []storage.Value) {
	for i := range s.fields {
		f, c := s.fold[i], s.sort[i]
		if f < 0 && c < 0 {
			continue
		}
		same := old != nil && old[i] == row[i]
		if f >= 0 {
			if same {
				row[f] = old[f]
			} else {
				row[f] = textValue(Fold(row[i].Text()))
			}
		}
		if c >= 0 {
			switch {
			case same:
				row[c] = old[c]
			case row[i].IsNull():
				row[c] = storage.Value{}
			default:
				row[c] = storage.BytesValue(SortKey(row[i].Text()))
			}
		}
	}
}
