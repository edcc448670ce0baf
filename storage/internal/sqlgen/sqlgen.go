package sqlgen

import (
	"strconv"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// Dialect is what differs between databases.
type Dialect struct {
	Types    [9]string                                            // of columns, by storage.Kind
	Arg      func(n int) string                                   // the n-th parameter, from 1
	List     func(k storage.Kind, member bool, arg string) string // a subquery of the values of a list parameter
	Contains func(col, arg string) string
	AsMember func(col string, k storage.Kind) string     // a column's value as a member of a doc holds it
	Member   func(col, key string) string                // a member of a doc
	Read     func(col string, k storage.Kind) string     // a column, in a select list
	Write    func(arg string, k storage.Kind) string     // a parameter, in an insert or an update
	Hint     func(t *storage.Table, index string) string // which index to use, after the name of the table
	Suffix   string                                      // after the columns of a table
}

// Param is one parameter of a statement: the tenant, a value, or the values of a list.
type Param struct {
	Tenant bool
	Value  storage.Value
	List   []storage.Value
	IsList bool
	Member bool // of a doc's member
}

// Statement is one statement and its parameters.
type Statement struct {
	d      *Dialect
	b      strings.Builder
	Params []Param
}

// SQL returns the text of the statement.
func (s *Statement) SQL() string { return s.b.String() }

func (s *Statement) add(parts ...string) {
	for _, p := range parts {
		s.b.WriteString(p)
	}
}

func (s *Statement) param(p Param) string {
	s.Params = append(s.Params, p)
	return s.d.Arg(len(s.Params))
}

// Ident quotes a name.
func Ident(name string) string { return `"` + name + `"` }

// column is a field as SQL: a column, or a member of a doc.
func (s *Statement) column(prefix, field string) (sql string, member bool) {
	column, rest, isMember := strings.Cut(field, ".")
	if prefix != "" {
		prefix += "."
	}
	if isMember {
		return s.d.Member(prefix+Ident(column), rest), true
	}
	return prefix + Ident(column), false
}

func (s *Statement) from(t *storage.Table, index string) {
	s.add(" FROM ", Ident(t.Name))
	if index != "" {
		s.add(" ", s.d.Hint(t, index))
	}
	s.add(" WHERE tenant_id = ", s.param(Param{Tenant: true}))
}

var comparisons = map[storage.Op]string{storage.Eq: " = ", storage.Lt: " < ", storage.Le: " <= ", storage.Gt: " > ", storage.Ge: " >= "}

// where adds " AND condition", each condition of a top-level And by itself, so that the database sees it.
func (s *Statement) where(t *storage.Table, f *storage.Filter) {
	switch {
	case f.Op == storage.All:
	case f.Op == storage.And:
		for i := range f.Sub {
			s.where(t, &f.Sub[i])
		}
	default:
		s.add(" AND ")
		s.condition(t, f)
	}
}

func (s *Statement) condition(t *storage.Table, f *storage.Filter) {
	switch f.Op {
	case storage.All:
		s.add("TRUE")
	case storage.And:
		s.join(t, f.Sub, " AND ", "TRUE")
	case storage.Or:
		s.join(t, f.Sub, " OR ", "FALSE")
	case storage.Not: // two-valued: unknown counts as false
		s.add("((")
		s.condition(t, &f.Sub[0])
		s.add(") IS NOT TRUE)")
	default:
		s.compare(t, f)
	}
}

// join adds the conditions as a balanced tree, since databases limit how deep an expression is.
func (s *Statement) join(t *storage.Table, fs []storage.Filter, sep, empty string) {
	switch len(fs) {
	case 0:
		s.add(empty)
	case 1:
		s.condition(t, &fs[0])
	default:
		s.add("(")
		s.join(t, fs[:len(fs)/2], sep, empty)
		s.add(sep)
		s.join(t, fs[len(fs)/2:], sep, empty)
		s.add(")")
	}
}

func (s *Statement) compare(t *storage.Table, f *storage.Filter) {
	col, member := s.column("", f.Field)
	k, _ := t.FieldKind(f.Field)
	switch {
	case f.Op == storage.Among:
		s.among(col, k, member, f)
	case f.Op == storage.In:
		s.add(col, " IN (", s.d.List(k, member, s.param(Param{List: f.Args, IsList: true, Member: member})), ")")
	case f.Args[0].IsNull() && f.Op == storage.Eq:
		s.add(col, " IS NULL")
	case f.Args[0].IsNull():
		s.add("FALSE")
	case f.Op == storage.Contains:
		s.add(s.d.Contains(col, s.param(Param{Value: f.Args[0], Member: member})))
	default:
		s.add(col, comparisons[f.Op], s.param(Param{Value: f.Args[0], Member: member}))
	}
}

// among adds the values of On in the rows that Of selects, and with Along those that follow from them.
func (s *Statement) among(col string, k storage.Kind, member bool, f *storage.Filter) {
	t := f.Of.Table
	on, _ := s.column("", f.On)
	as := func(v string) string { return v }
	if member {
		as = func(v string) string { return s.d.AsMember(v, k) }
	}
	s.add(col, " IN (")
	if f.Along != "" {
		s.add("WITH RECURSIVE walk(v) AS (SELECT ", on)
	} else {
		s.add("SELECT ", as(on))
	}
	s.from(t, f.Of.Index)
	s.where(t, &f.Of.Where)
	s.add(" AND ", on, " IS NOT NULL")
	if f.Along != "" {
		next, _ := s.column("r", f.On)
		along, _ := s.column("r", f.Along)
		s.add(" UNION SELECT ", next, " FROM walk CROSS JOIN ", Ident(t.Name), " AS r")
		for _, ix := range t.Indexes {
			if ix.Columns[0] == f.Along {
				s.add(" ", s.d.Hint(t, ix.Name))
				break
			}
		}
		s.add(" WHERE r.tenant_id = ", s.param(Param{Tenant: true}), " AND ", along, " = walk.v AND ", next, " IS NOT NULL) SELECT ", as("v"), " FROM walk")
	}
	s.add(")")
}

// Find returns the statement that answers q. Its columns are id, version, and those that q wants.
func Find(d *Dialect, q *storage.Query) *Statement {
	s := &Statement{d: d}
	s.add("SELECT id, version")
	for _, c := range Columns(q) {
		s.add(", ", d.Read(Ident(c.Name), c.Kind))
	}
	s.from(q.Table, q.Index)
	s.where(q.Table, &q.Where)
	s.add(" ORDER BY ")
	desc := ""
	for _, o := range q.Order {
		if desc = ""; o.Desc {
			desc = " DESC"
		}
		col, _ := s.column("", o.Field)
		s.add(col, desc, ", ")
	}
	s.add("id", desc, " LIMIT ", strconv.Itoa(q.Limit))
	return s
}

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

// Count returns the statement that counts q's rows, up to its limit if it has one.
func Count(d *Dialect, q *storage.Query) *Statement {
	s := &Statement{d: d}
	if q.Limit == 0 {
		s.add("SELECT count(*)")
		s.from(q.Table, q.Index)
		s.where(q.Table, &q.Where)
		return s
	}
	s.add("SELECT count(*) FROM (SELECT 1")
	s.from(q.Table, q.Index)
	s.where(q.Table, &q.Where)
	s.add(" LIMIT ", strconv.Itoa(q.Limit), ")")
	return s
}

// Insert returns the insert of one row: tenant, id, version, values.
func Insert(d *Dialect, t *storage.Table) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + Ident(t.Name) + " (tenant_id, id, version")
	for _, c := range t.Columns {
		b.WriteString(", " + Ident(c.Name))
	}
	b.WriteString(") VALUES (" + d.Arg(1) + ", " + d.Arg(2) + ", " + d.Arg(3))
	for i, c := range t.Columns {
		b.WriteString(", " + d.Write(d.Arg(i+4), c.Kind))
	}
	return b.String() + ")"
}

// Update returns the update of one row: tenant, id, version, values, and the version that is stored.
func Update(d *Dialect, t *storage.Table) string {
	var b strings.Builder
	b.WriteString("UPDATE " + Ident(t.Name) + " SET version = " + d.Arg(3))
	for i, c := range t.Columns {
		b.WriteString(", " + Ident(c.Name) + " = " + d.Write(d.Arg(i+4), c.Kind))
	}
	return b.String() + " WHERE tenant_id = " + d.Arg(1) + " AND id = " + d.Arg(2) + " AND version = " + d.Arg(len(t.Columns)+4)
}

// Delete returns the delete of one row: tenant, id, version.
func Delete(d *Dialect, t *storage.Table) string {
	return "DELETE FROM " + Ident(t.Name) + " WHERE tenant_id = " + d.Arg(1) + " AND id = " + d.Arg(2) + " AND version = " + d.Arg(3)
}

// CreateTable returns the statement that creates t without its indexes.
func CreateTable(d *Dialect, t *storage.Table) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + Ident(t.Name) + " (\n  tenant_id " + d.Types[storage.Text] + " NOT NULL,\n  id " + d.Types[storage.Ref] +
		" NOT NULL,\n  version " + d.Types[storage.Int] + " NOT NULL")
	for _, c := range t.Columns {
		b.WriteString(",\n  " + Ident(c.Name) + " " + d.Types[c.Kind])
	}
	return b.String() + ",\n  PRIMARY KEY (tenant_id, id)\n)" + d.Suffix
}

// AddColumn returns the statement that adds a column to t.
func AddColumn(d *Dialect, t *storage.Table, c storage.Column) string {
	return "ALTER TABLE " + Ident(t.Name) + " ADD COLUMN " + Ident(c.Name) + " " + d.Types[c.Kind]
}

// CreateIndex returns the statement that creates an index of t. One that is not unique ends with the id, and so keeps the
// order of lists.
func CreateIndex(t *storage.Table, ix *storage.Index) string {
	var b strings.Builder
	b.WriteString("CREATE ")
	if ix.Unique {
		b.WriteString("UNIQUE ")
	}
	b.WriteString("INDEX " + Ident(IndexName(t, ix.Name)) + " ON " + Ident(t.Name) + " (tenant_id")
	for _, c := range ix.Columns {
		b.WriteString(", " + Ident(c))
	}
	if !ix.Unique {
		b.WriteString(", id")
	}
	return b.String() + ")"
}

// IndexName is the name that an index of t has in the database, where names of indexes are those of all tables. No name
// of a table or an index has a dot.
func IndexName(t *storage.Table, index string) string { return t.Name + "." + index }
