package sqlgen

import (
	"slices"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// Dialect is what differs between databases.
type Dialect struct {
	Types      [storage.Doc + 1]string                              // of columns, by kind
	NoID       string                                               // a constant of the type of ids
	Arg        func(n int) string                                   // the n-th parameter, from 1
	Value      func(arg string) string                              // a parameter, as what a column is compared with
	Limit      func(arg string) string                              // a parameter, as the limit of rows
	List       func(k storage.Kind, member bool, arg string) string // a subquery of the values in a list parameter
	Contains   func(col, arg string) string                         // whether a text has another in it
	AsMember   func(col string, k storage.Kind) string              // a column's value in the form that a doc's members have
	FromMember func(member string, k storage.Kind) string           // and the other way
	Member     func(col, key string) string                         // a member of a doc
	Read       func(col string, k storage.Kind) string              // a column, in a select list
	Write      func(arg string, k storage.Kind) string              // a parameter, in an insert or an update
	Hint       func(table, index string) string                     // which index to use, after the name of the table; may be nil
}

// Source says what a parameter holds.
type Source uint8

// The sources of parameters.
const (
	Value  Source = iota // Param.Value
	List                 // Param.List, as one parameter
	Limit                // Param.Limit
	Tenant               // the tenant of the transaction
)

// Param is one parameter of a statement.
type Param struct {
	Source Source
	Member bool // it is compared with members of a doc
	Value  storage.Value
	List   []storage.Value
	Limit  int
}

// Statement is one statement and its parameters.
type Statement struct {
	Params []Param
	Hinted bool // it says which index to use

	d     *Dialect
	b     strings.Builder
	in    scope
	looks int // that have a name
}

func newStatement(d *Dialect, t *storage.Table) *Statement {
	return &Statement{d: d, in: scope{rows: Ident(t.Name)}}
}

// SQL returns the text of the statement.
func (s *Statement) SQL() string { return s.b.String() }

func (s *Statement) add(parts ...string) {
	for _, p := range parts {
		s.b.WriteString(p)
	}
}

// param adds a parameter, and returns its text.
func (s *Statement) param(p Param) string {
	s.Params = append(s.Params, p)
	arg := s.d.Arg(len(s.Params))
	switch p.Source {
	case List:
		return arg
	case Limit:
		return s.d.Limit(arg)
	}
	return s.d.Value(arg)
}

// from adds a table, whose rows are in scope, and the condition on the tenant. As is another name for the table, or empty.
func (s *Statement) from(t *storage.Table, as, index string) {
	s.add(` FROM "`, t.Name, `"`)
	s.use(t, as, index)
	s.add(" WHERE ")
	if own := s.own(); own != "" {
		s.add(own, ".")
	}
	s.add("tenant_id = ", s.param(Param{Source: Tenant}))
}

// use adds another name and the hint to a table.
func (s *Statement) use(t *storage.Table, as, index string) {
	if as != "" {
		s.add(" AS ", as)
	}
	if index != "" && s.d.Hint != nil {
		s.add(" ", s.d.Hint(t.Name, index))
		s.Hinted = true
	}
}

// Ident quotes a name.
func Ident(name string) string { return `"` + name + `"` }

// IndexName is the name that an index of t has in the database, where the names of indexes are those of all tables. The
// dot keeps the names of two tables' indexes apart, since neither a table nor an index has one in its own.
func IndexName(table, index string) string { return table + "." + index }

// Columns returns the columns that q wants.
func Columns(q *storage.Query) []storage.Column {
	if q.Columns == nil {
		return q.Table.Columns
	}
	cs := make([]storage.Column, len(q.Columns))
	for i, c := range q.Columns {
		cs[i] = q.Table.Columns[q.Table.Column(c)]
	}
	return cs
}

// SelectList returns the text that reads the id, the version, and these columns.
func SelectList(d *Dialect, columns []storage.Column) string {
	var b strings.Builder
	b.WriteString("id, version")
	for _, c := range columns {
		b.WriteString(", ")
		b.WriteString(d.Read(Ident(c.Name), c.Kind))
	}
	return b.String()
}

// Find returns the statement that answers q. List is the SelectList of the columns that q wants.
func Find(d *Dialect, q *storage.Query, list string) *Statement {
	s := newStatement(d, q.Table)
	s.b.Grow(len(list) + 256)
	s.rows(q, "SELECT "+list)
	s.add(" ORDER BY ")
	desc := ""
	for _, o := range q.Order {
		if desc = ""; o.Desc {
			desc = " DESC"
		}
		col, _ := s.field("", o.Field)
		s.add(col, desc, ", ")
	}
	s.add(s.last(q), desc, " LIMIT ", s.param(Param{Source: Limit, Limit: q.Limit}))
	return s
}

// last is the last key of the order: the id, or what a unique index has in its place, where the columns of that index are
// keys before it or are fixed, and the caller knows the index to serve.
func (s *Statement) last(q *storage.Query) string {
	ix := q.Table.Index(q.Index)
	if ix == nil || !ix.Unique {
		return "id"
	}
	fixed := flatten(nil, &q.Where)
	for _, c := range ix.Columns {
		if !slices.ContainsFunc(q.Order, func(o storage.Order) bool { return o.Field == c }) &&
			!slices.ContainsFunc(fixed, func(f *storage.Filter) bool { return f.Op == storage.Eq && f.Field == c }) {
			return "id"
		}
	}
	return tie(s.d, ix)
}

// Count returns the statement that counts q's rows, up to its limit if it has one.
func Count(d *Dialect, q *storage.Query) *Statement {
	s := newStatement(d, q.Table)
	count := "SELECT count(*)"
	if q.Limit > 0 {
		count = "SELECT count(*) FROM (SELECT 1"
	}
	from, rest := drives(q)
	if columns, ok := passes(q, from, rest); ok {
		s.walk(from, `"id"`, columns)
		s.add(count, " FROM ", walk, " WHERE TRUE")
		s.in.rows = walk
		s.all(q.Table, rest)
	} else {
		s.rows(q, count)
	}
	if q.Limit > 0 {
		s.add(" LIMIT ", s.param(Param{Source: Limit, Limit: q.Limit}), ")")
	}
	return s
}
