package sqlgen

import (
	"slices"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// The names of a walk along a tree, of the value that it has reached, and of the row that it looks at. No table and no
// column has such a name.
const (
	walk    = `"the walk"`
	reached = `"the value"`
	step    = `"the step"`
)

// walk adds the table of the values of an Among with Along, as a WITH before what reads it. The values are in a column of
// that name; the others are those of the rows that the values were found in.
func (s *Statement) walk(f *storage.Filter, value string, others []string) {
	of := f.Of.Table
	next, _ := s.field(step, f.On)
	along, _ := s.field(step, f.Along)
	columns := func(first, prefix string) {
		s.add(first)
		for _, c := range others {
			s.add(", ", prefix, Ident(c))
		}
	}
	s.add("WITH RECURSIVE ", walk, " (")
	columns(value, "")
	s.add(") AS (SELECT ")
	s.within(Ident(of.Name), func() {
		on, _ := s.field(s.own(), f.On)
		columns(on, s.own()+".")
		s.from(of, "", f.Of.Index)
		s.where(of, &f.Of.Where)
		s.add(" AND ", on, " IS NOT NULL UNION SELECT ")
	})
	columns(next, step+".")
	// CROSS JOIN fixes the order: for each value the rows that it leads to. Left alone, planners turn it round.
	s.add(" FROM ", walk, " CROSS JOIN ", Ident(of.Name))
	s.use(of, step, led(of, f.Along))
	s.add(" WHERE ", step, ".tenant_id = ", s.param(Param{Source: Tenant}), " AND ", along, " = ", walk, ".", value, " AND ", next, " IS NOT NULL) ")
}

// led returns the index of t that a column leads, or "" when there is none.
func led(t *storage.Table, column string) string {
	if column == "id" {
		return "id"
	}
	for i := range t.Indexes {
		if t.Indexes[i].Columns[0] == column {
			return t.Indexes[i].Name
		}
	}
	return ""
}

// drives returns the condition of q that its rows are best looked up from: a walk along a tree, where an index leads from
// each value to its rows, and the caller knows of no other. The rest are its other conditions. Left alone, planners read
// all rows of the tenant and look for each in what the walk has found.
func drives(q *storage.Query) (from *storage.Filter, rest []*storage.Filter) {
	rest = flatten(nil, &q.Where)
	for i, f := range rest {
		if f.Op != storage.Among || f.Along == "" || strings.Contains(f.Field, ".") {
			continue
		}
		if ix := led(q.Table, f.Field); ix != "" && (q.Index == "" || q.Index == ix) {
			return f, slices.Delete(rest, i, i+1)
		}
	}
	return nil, rest
}

// rows adds what q reads: " FROM ... WHERE ..." after the select list. That begins with a WITH where a walk drives it.
func (s *Statement) rows(q *storage.Query, selected string) {
	from, rest := drives(q)
	if from == nil {
		s.add(selected)
		s.from(q.Table, "", q.Index)
		s.all(q.Table, rest)
		return
	}
	s.walk(from, reached, nil)
	col, _ := s.field("", from.Field)
	s.add(selected, " FROM ", walk, " CROSS JOIN ", Ident(q.Table.Name))
	s.use(q.Table, "", led(q.Table, from.Field))
	s.add(" WHERE tenant_id = ", s.param(Param{Source: Tenant}), " AND ", col, " = ", walk, ".", reached)
	s.all(q.Table, rest)
}

// passes reports whether a walk along a tree passes the rows of q itself, and by an index that has all that the rest of
// the conditions ask for. Then the rows are counted on the way, and none is looked up.
func passes(q *storage.Query, f *storage.Filter, rest []*storage.Filter) (columns []string, ok bool) {
	if f == nil || f.Of.Table != q.Table || f.On != "id" || f.Field != "id" {
		return nil, false
	}
	ix := q.Table.Index(led(q.Table, f.Along))
	if ix == nil || ix.Unique {
		return nil, false
	}
	var fields []string
	for _, f := range rest {
		fields = fieldsOf(fields, f)
	}
	for _, name := range fields {
		switch {
		case name == "id" || slices.Contains(columns, name):
		case slices.Contains(ix.Columns, name):
			columns = append(columns, name)
		default:
			return nil, false
		}
	}
	return columns, true
}

// fieldsOf appends the fields that a condition asks of a row.
func fieldsOf(to []string, f *storage.Filter) []string {
	for i := range f.Sub {
		to = fieldsOf(to, &f.Sub[i])
	}
	if f.Field != "" {
		to = append(to, f.Field)
	}
	return to
}
