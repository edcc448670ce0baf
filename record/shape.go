package record

import (
	"slices"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// lastActivity is a name of colModified: the last thing that happened to a record is its last change, until there are
// activities to ask. It is derived, and so never makes a new version.
var lastActivity = Def{Name: "Last_Activity_Time", English: "Last Activity Time", Chinese: "最近活动时间", Type: DateTimeType(), ReadOnly: true}

// Shape is a module's fields as one actor of one organization sees them: those of its Schema as the organization's layout
// has them, the custom ones, and what the actor's rights leave of these. Whatever depends on fields (validation, import,
// lists, JSON) asks the Shape.
//
// The values of a record lie in this order: the fields of the schema, the custom ones, what is derived from them (in the
// order of the table), and the document of the custom ones. In the table the custom ones are in that document only.
type Shape struct {
	*Schema
	fields []Def
	byName map[string]int // the fields that callers may name
	fold   []int          // position of each field's folded value, or -1
	sort   []int          // position of each field's sorted value, or -1
	custom []int          // the custom fields, in the order of their names
	rows   []int          // the fields with rows of their own beside the records: unique ones and indexed ones
	number []int          // the fields that are counted
	width  int            // how many values a record has
	whole  *Shape         // with all fields, whatever is hidden: how records are stored
	hides  bool           // some field is hidden
	rights *Rights        // of the actor; nil allows all
}

// newShape returns the whole shape of a module whose own fields are these, and whose custom fields those.
func newShape(s *Schema, own, custom []Def) *Shape {
	w := &Shape{Schema: s, fields: slices.Concat(own, custom), byName: map[string]int{lastActivity.Name: colModified}}
	w.whole = w
	w.fold, w.sort = make([]int, len(w.fields)), make([]int, len(w.fields))
	w.width = len(w.fields)
	derived := func(want bool) int {
		if !want {
			return -1
		}
		w.width++
		return w.width - 1
	}
	for i := range w.fields {
		d := &w.fields[i]
		w.fold[i], w.sort[i] = derived(d.Folded), derived(d.Sorted)
		if i < colOperation || i >= systemColumns {
			w.byName[d.Name] = i
		}
		if i >= len(own) {
			d.Custom, d.Indexed = true, d.Indexed || d.To != "" // who links to a record is asked when it is deleted
			w.custom = append(w.custom, i)
		}
		if d.Unique || d.Indexed && d.Custom {
			w.rows = append(w.rows, i)
		}
		w.hides = w.hides || d.Hidden
		if d.Number != nil {
			w.number = append(w.number, i)
		}
	}
	slices.SortFunc(w.custom, func(i, j int) int { return strings.Compare(w.fields[i].Name, w.fields[j].Name) })
	w.width++ // the document
	return w
}

// seen returns the shape without what the layout hides, and with what the rights say of fields; nil rights allow all.
func (s *Shape) seen(rights *Rights) *Shape {
	v := *s.whole
	v.rights = rights
	if !v.hides && (rights == nil || len(rights.Fields) == 0) {
		return &v
	}
	v.fields, v.byName = slices.Clone(v.fields), make(map[string]int, len(s.byName))
	for name, i := range s.whole.byName {
		v.byName[name] = i
	}
	for i := range v.fields {
		d := &v.fields[i]
		access := FieldReadWrite
		if rights != nil {
			access = rights.Fields[d.Name]
		}
		if access == FieldReadOnly {
			d.ReadOnly = true
		}
		if access == FieldHidden && !d.Required && i != colOwner {
			d.Hidden, d.ReadOnly = true, true
		}
		if d.Hidden {
			d.ReadOnly, v.hides = true, true
			delete(v.byName, d.Name)
			if i == colModified {
				delete(v.byName, lastActivity.Name)
			}
		}
	}
	if rights != nil && rights.Fields[lastActivity.Name] == FieldHidden {
		delete(v.byName, lastActivity.Name)
	}
	return &v
}

// Same reports whether the other shape has the same fields, whatever rights leave of them. What is clean for one is clean for
// the other, and lies in the same place.
func (s *Shape) Same(other *Shape) bool { return s.whole == other.whole }

// Fields returns the fields in the order of the form, the module's own and the custom ones first and those of the system
// last. The slice is the caller's.
func (s *Shape) Fields() []Def {
	shown := make([]Def, 0, len(s.fields)+1)
	add := func(ds []Def) {
		for i := range ds {
			if !ds[i].Hidden {
				shown = append(shown, ds[i])
			}
		}
	}
	add(s.fields[systemColumns:])
	add(s.fields[:colOperation])
	if d, ok := s.Field(lastActivity.Name); ok {
		shown = append(shown, d)
	}
	return shown
}

// Field returns the named field by its API name.
func (s *Shape) Field(name string) (Def, bool) {
	i, ok := s.index(name)
	switch {
	case !ok:
		return Def{}, false
	case name == lastActivity.Name:
		return lastActivity, true
	}
	return s.fields[i], true
}

// index returns the position of a field that callers may name.
func (s *Shape) index(name string) (int, bool) {
	i, ok := s.byName[name]
	return i, ok
}

// position returns the position of any field, those of the system that callers cannot name and hidden ones among them, or
// -1.
func (s *Shape) position(name string) int {
	return slices.IndexFunc(s.fields, func(d Def) bool { return d.Name == name })
}

// column returns the name that a field has in queries: its column, or its member of the document.
func (s *Shape) column(i int) string {
	d := &s.fields[i]
	if d.Custom {
		return storage.MemberField(customColumn, d.Name, d.Type.Kind())
	}
	return d.Column()
}

// orderColumn returns the column that orders a field as people expect.
func (s *Shape) orderColumn(i int) string {
	if s.sort[i] >= 0 {
		return s.fields[i].sortColumn()
	}
	return s.column(i)
}

// declared returns how many fields the schema has.
func (s *Shape) declared() int { return len(s.Schema.own) }

// decode returns a stored row as a record.
func (s *Shape) decode(row *storage.Row) *Record {
	rec := &Record{ID: row.ID, Version: row.Version, shape: s, row: row.Values}
	if len(s.custom) == 0 {
		return rec
	}
	n := s.declared()
	rec.row = make([]storage.Value, s.width)
	copy(rec.row, row.Values[:n])
	copy(rec.row[len(s.fields):], row.Values[n:])
	at := s.custom
	for _, m := range rec.row[s.width-1].Members() { // both are in the order of the names
		for len(at) > 0 && s.fields[at[0]].Name < m.Name {
			at = at[1:]
		}
		if len(at) == 0 {
			break
		}
		if d := &s.fields[at[0]]; d.Name == m.Name && d.Type.Kind() == m.Value.Kind() {
			rec.row[at[0]] = m.Value
		}
	}
	return rec
}

// storageRow returns the record as a row of the table.
func (r *Record) storageRow() storage.Row {
	row := storage.Row{ID: r.ID, Version: r.Version, Values: r.row}
	if n := r.shape.declared(); len(r.shape.custom) > 0 {
		row.Values = make([]storage.Value, 0, len(r.row))
		row.Values = append(append(row.Values, r.row[:n]...), r.row[len(r.shape.fields):]...)
	}
	return row
}

// derive fills the folded and sorted values of row and its document, taking from old what did not change.
func (s *Shape) derive(row, old []storage.Value) {
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
	s.document(row, old)
}

// document fills the document of the custom fields. What the old one has and the shape does not know stays in it.
func (s *Shape) document(row, old []storage.Value) {
	at := s.width - 1
	if old == nil {
		row[at] = s.documentOf(row, storage.Value{})
	} else if row[at] = old[at]; slices.ContainsFunc(s.custom, func(i int) bool { return row[i] != old[i] }) {
		row[at] = s.documentOf(row, old[at])
	}
}

// documentOf returns the document of the custom values in row, with what the shape does not know of the one before.
func (s *Shape) documentOf(row []storage.Value, before storage.Value) storage.Value {
	if len(s.custom) == 0 {
		return before
	}
	members := make([]storage.Member, 0, len(s.custom))
	for _, m := range before.Members() {
		if i := s.position(m.Name); i < 0 || !s.fields[i].Custom {
			members = append(members, m)
		}
	}
	for _, i := range s.custom {
		if !row[i].IsNull() {
			members = append(members, storage.Member{Name: s.fields[i].Name, Value: row[i]})
		}
	}
	return storage.DocValue(members...)
}

// blank empties what is hidden from who sees the record, and what is derived from it: a host may print a whole record.
func (r *Record) blank() *Record {
	s := r.shape
	if !s.hides {
		return r
	}
	for i := range s.fields {
		if !s.fields[i].Hidden {
			continue
		}
		r.row[i] = storage.Value{}
		if s.fold[i] >= 0 {
			r.row[s.fold[i]] = storage.Value{}
		}
		if s.sort[i] >= 0 {
			r.row[s.sort[i]] = storage.Value{}
		}
		if s.fields[i].Custom {
			r.row[s.width-1] = storage.Value{}
		}
	}
	return r
}
