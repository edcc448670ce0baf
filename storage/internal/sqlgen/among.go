package sqlgen

import (
	"fmt"

	"github.com/clientele-go/crm/storage"
)

// scope is what the conditions that are being written are about.
type scope struct {
	rows  string // what the rows are called
	inner bool   // they are those of a subquery
}

// own returns the prefix of the fields of the rows in scope. Within a subquery it is never empty, since a name that the
// inner table lacks would be looked for in the outer one.
func (s *Statement) own() string {
	if s.in.inner {
		return s.in.rows
	}
	return ""
}

// within runs fn with other rows in scope.
func (s *Statement) within(rows string, fn func()) {
	outer := s.in
	s.in = scope{rows, true}
	fn()
	s.in = outer
}

// among adds whether a field is among the values of On in the rows that Of selects, and with Along in those that follow
// from them.
func (s *Statement) among(t *storage.Table, f *storage.Filter, col string, member bool) {
	k, _ := t.FieldKind(f.Field)
	switch {
	case f.PerRow() && s.d.Hint != nil: // without the index, a look would read all rows
		s.look(f, k)
	case f.Along == "":
		s.add(col, " IN (SELECT ")
		s.within(Ident(f.Of.Table.Name), func() {
			on, _ := s.field(s.own(), f.On)
			s.add(s.as(on, k, member))
			s.from(f.Of.Table, "", f.Of.Index)
			s.where(f.Of.Table, &f.Of.Where)
			s.add(" AND ", on, " IS NOT NULL)")
		})
	default:
		s.add(col, " IN (")
		s.walk(f, reached, nil)
		s.add("SELECT ", s.as(reached, k, member), " FROM ", walk, ")")
	}
}

// as returns a value of kind k in the form that columns have, or members.
func (s *Statement) as(v string, k storage.Kind, member bool) string {
	if member {
		return s.d.AsMember(v, k)
	}
	return v
}

// look adds an Among that looks for each row by itself. The inner rows have a name that nothing else has, since their
// table may be that of the outer ones.
func (s *Statement) look(f *storage.Filter, k storage.Kind) {
	field, member := s.field(s.in.rows, f.Field)
	if member {
		field = s.d.FromMember(field, k)
	}
	s.looks++
	name := fmt.Sprintf(`"the look %d"`, s.looks)
	s.add("EXISTS (SELECT 1")
	s.within(name, func() {
		s.from(f.Of.Table, name, f.Of.Index)
		on, _ := s.field(name, f.On)
		s.add(" AND ", on, " = ", field)
		s.where(f.Of.Table, &f.Of.Where)
		s.add(")")
	})
}
