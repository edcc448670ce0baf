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
	own      []Def  // system fields first; parallel to the first columns of table
	table    *storage.Table
	hooks    []Hook
	aside    string // the column of the field by which records are put aside, "" for none
	within   int    // position of the lookup to what the records are part of, or -1
}

// Within returns the API name of the lookup to what the module's records are part of, "" when they stand for themselves.
func (s *Schema) Within() string {
	if s.within < 0 {
		return ""
	}
	return s.own[s.within].Name
}

// customColumn is the last column of every module's table: the values of its custom fields, by API name.
const customColumn = "custom"

// newSchema panics on a malformed declaration, which is a programmer's error.
func newSchema(module string, o ModuleOptions, defs []Def) *Schema {
	s := &Schema{Module: module, Singular: o.Singular, Chinese: o.Chinese, hooks: o.Hooks, within: -1,
		table: &storage.Table{Name: strings.ToLower(module)}}
	s.own = slices.Concat(systemFields[:], defs)
	if s.Singular != "" {
		s.own[colOwner].English = s.Singular + " Owner"
	}
	s.own[colOwner].Chinese = s.Chinese + "所有者"
	deleted := s.own[colDeleted].Column()
	index := func(name string, columns ...string) {
		s.table.Indexes = append(s.table.Indexes, storage.Index{Name: name, Columns: columns})
	}
	index(s.own[colModified].Column(), deleted, s.own[colModified].Column())
	index(s.own[colOwner].Column(), s.own[colOwner].Column(), deleted)
	names := map[string]bool{lastActivity.Name: true}
	for i := range s.own {
		d := &s.own[i]
		if why := d.malformed(module); why != "" || names[d.Name] {
			panic(fmt.Sprintf("record: %s.%s: malformed field: %s", module, d.Name, why))
		}
		names[d.Name] = true
		s.table.Columns = append(s.table.Columns, storage.Column{Name: d.Column(), Kind: d.Type.Kind()})
		switch {
		case d.To != "":
			index(d.Column(), d.Column(), deleted)
		case d.Indexed:
			index(d.Column(), deleted, d.Column())
		}
	}
	for i := range s.own {
		if d := &s.own[i]; d.To == AnyModule && s.moduleIn(d) == nil {
			panic(fmt.Sprintf("record: %s.%s: malformed field: %q is no field for its module", module, d.Name, d.ToIn))
		}
	}
	if o.Within != "" {
		s.within = slices.IndexFunc(s.own, func(d Def) bool { return d.Name == o.Within && d.To != "" && d.Required && d.OnDelete == Cascade })
		if s.within < 0 {
			panic(fmt.Sprintf("record: %s.%s: malformed field: records are within what a required lookup with Cascade leads to", module, o.Within))
		}
	}
	if o.Aside != "" {
		at := slices.IndexFunc(s.own, func(d Def) bool { return d.Name == o.Aside })
		if at < 0 || s.own[at].Type.Kind() != storage.Bool {
			panic(fmt.Sprintf("record: %s: %q is no field that is true or false", module, o.Aside))
		}
		s.aside = s.own[at].Column()
	}
	derived := func(want bool, column string, k storage.Kind) {
		if want {
			s.table.Columns = append(s.table.Columns, storage.Column{Name: column, Kind: k})
			index(column, deleted, column)
		}
	}
	for i := range s.own {
		d := &s.own[i]
		derived(d.Folded, d.foldColumn(), storage.Text)
		derived(d.Sorted, d.sortColumn(), storage.Bytes)
	}
	for i := range s.own {
		d := &s.own[i]
		for _, by := range d.ListedBy {
			at := slices.IndexFunc(s.own, func(o Def) bool { return o.Name == by })
			if at < 0 || d.To == "" {
				panic(fmt.Sprintf("record: %s.%s: malformed field: listed by %q", module, d.Name, by))
			}
			column := s.own[at].Column()
			if s.own[at].Sorted {
				column = s.own[at].sortColumn()
			}
			index(listedBy(d.Column(), column), d.Column(), deleted, column)
		}
	}
	s.table.Columns = append(s.table.Columns, storage.Column{Name: customColumn, Kind: storage.Doc})
	if err := s.table.Validate(); err != nil {
		panic(err.Error())
	}
	return s
}

// listedBy is the name of the index of a lookup's column that has the order of another.
func listedBy(link, order string) string { return link + "_by_" + order }

// moduleIn returns the type of the field that says to which module a lookup leads, nil when there is none.
func (s *Schema) moduleIn(d *Def) *moduleType {
	i := slices.IndexFunc(s.own, func(o Def) bool { return o.Name == d.ToIn })
	if i < 0 {
		return nil
	}
	t, _ := s.own[i].Type.(*moduleType)
	return t
}

// malformed says what is wrong with a declaration, if anything.
func (d *Def) malformed(module string) string {
	link := d.Type != nil && d.Type.Kind() == storage.Ref && d.Name != systemFields[colOperation].Name
	switch {
	case d.Type == nil:
		return "no type"
	case link != (d.To != ""):
		return "a lookup and To go together"
	case (d.To == AnyModule) != (d.ToIn != ""):
		return "a lookup to any module and the field of that go together"
	case d.Noted && d.To == "":
		return "what happens is noted by a lookup"
	case d.Depth > 0 && d.To != module:
		return "a tree is a lookup to its own module"
	case link && d.Required && d.OnDelete == Clear:
		return "a required lookup cannot be cleared"
	case (d.Folded || d.Sorted) && d.Type.Kind() != storage.Text:
		return "only text is folded or sorted"
	}
	return ""
}
