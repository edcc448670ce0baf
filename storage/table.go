package storage

import (
	"fmt"
	"slices"
)

// Column is one stored field of a table. Every column may be null.
type Column struct {
	Name string // lower case letters, digits and _; not id, version or tenant_id
	Kind Kind
}

// Index keeps rows in the order of some columns and then the id, within their tenant.
type Index struct {
	Name    string   // unique within the table; named like a column
	Columns []string // of any kind but Doc, at least one
	Unique  bool     // no two rows of a tenant have equal values, unless one of them is null
}

// Table describes the rows of one kind. A caller does not change a Table that a store has seen.
type Table struct {
	Name    string // named like a column
	Columns []Column
	Indexes []Index
}

// Column returns the position of the named column, or -1.
func (t *Table) Column(name string) int {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// Index returns the named index, or nil.
func (t *Table) Index(name string) *Index {
	for i := range t.Indexes {
		if t.Indexes[i].Name == name {
			return &t.Indexes[i]
		}
	}
	return nil
}

// FieldKind returns the kind of a column, of "id", or of a member of a Doc column; ok is false when t has no such field.
func (t *Table) FieldKind(field string) (k Kind, ok bool) {
	if field == "id" {
		return Ref, true
	}
	column, member, k, ok := SplitField(field)
	i := t.Column(column)
	switch {
	case !ok || i < 0:
		return Null, false
	case member == "":
		return t.Columns[i].Kind, true
	}
	return k, t.Columns[i].Kind == Doc
}

// Validate reports what is malformed in t, if anything.
func (t *Table) Validate() error {
	names := []string{"id", "version", "tenant_id"}
	if !identifier(t.Name) {
		return fmt.Errorf("storage: bad table name %q", t.Name)
	}
	for _, c := range t.Columns {
		if !identifier(c.Name) || slices.Contains(names, c.Name) {
			return fmt.Errorf("storage: %s: bad or repeated column name %q", t.Name, c.Name)
		}
		if c.Kind == Null || c.Kind > Doc {
			return fmt.Errorf("storage: %s.%s: bad kind %s", t.Name, c.Name, c.Kind)
		}
		names = append(names, c.Name)
	}
	names = nil
	for _, ix := range t.Indexes {
		if !identifier(ix.Name) || slices.Contains(names, ix.Name) || len(ix.Columns) == 0 {
			return fmt.Errorf("storage: %s: bad, repeated or empty index %q", t.Name, ix.Name)
		}
		for n, c := range ix.Columns {
			i := t.Column(c)
			if i < 0 || t.Columns[i].Kind == Doc || slices.Contains(ix.Columns[:n], c) {
				return fmt.Errorf("storage: %s: index %s: bad column %q", t.Name, ix.Name, c)
			}
		}
		names = append(names, ix.Name)
	}
	return nil
}

func identifier(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 60
}

// Row is one stored row.
type Row struct {
	ID      ID
	Version int64
	Values  []Value // parallel to Table.Columns, or to Query.Columns in the answer to a Find that names them
}

// Key names one version of one row.
type Key struct {
	ID      ID
	Version int64
}

// Get returns the named field of a whole row of t: a column, "id", or a member of a Doc column.
func (t *Table) Get(row *Row, field string) Value {
	if field == "id" {
		return RefValue(row.ID)
	}
	if i := t.Column(field); i >= 0 {
		return row.Values[i]
	}
	column, member, k, _ := SplitField(field)
	if v := row.Values[t.Column(column)].Member(member); v.kind == k {
		return v
	}
	return Value{}
}
