package sqlgen

import (
	"strings"

	"github.com/clientele-go/crm/storage"
)

var comparisons = [...]string{storage.Eq: " = ", storage.Lt: " < ", storage.Le: " <= ", storage.Gt: " > ", storage.Ge: " >= "}

// apart is how many conditions of a conjunction the planner gets to see one by one. More than that are joined as a tree,
// since databases limit how deep an expression is, and a chain of ANDs is as deep as it is long.
const apart = 100

// where adds " AND condition" for each condition of f, those of nested Ands by themselves, so that the planner sees them.
func (s *Statement) where(t *storage.Table, f *storage.Filter) { s.all(t, flatten(nil, f)) }

// all adds " AND condition" for each of fs.
func (s *Statement) all(t *storage.Table, fs []*storage.Filter) {
	seen := min(len(fs), apart)
	for _, f := range fs[:seen] {
		s.add(" AND ")
		s.condition(t, f)
	}
	if rest := fs[seen:]; len(rest) > 0 {
		s.add(" AND ")
		s.join(t, rest, " AND ", "TRUE")
	}
}

// flatten appends the conditions that f is the conjunction of.
func flatten(to []*storage.Filter, f *storage.Filter) []*storage.Filter {
	switch f.Op {
	case storage.All:
		return to
	case storage.And:
		for i := range f.Sub {
			to = flatten(to, &f.Sub[i])
		}
		return to
	}
	return append(to, f)
}

func (s *Statement) condition(t *storage.Table, f *storage.Filter) {
	switch f.Op {
	case storage.All:
		s.add("TRUE")
	case storage.And:
		s.join(t, flatten(nil, f), " AND ", "TRUE")
	case storage.Or:
		subs := make([]*storage.Filter, len(f.Sub))
		for i := range f.Sub {
			subs[i] = &f.Sub[i]
		}
		s.join(t, subs, " OR ", "FALSE")
	case storage.Not: // two-valued: unknown counts as false
		s.add("((")
		s.condition(t, &f.Sub[0])
		s.add(") IS NOT TRUE)")
	default:
		s.compare(t, f)
	}
}

// join adds the conditions as a balanced tree.
func (s *Statement) join(t *storage.Table, fs []*storage.Filter, sep, empty string) {
	switch len(fs) {
	case 0:
		s.add(empty)
	case 1:
		s.condition(t, fs[0])
	default:
		s.add("(")
		s.join(t, fs[:len(fs)/2], sep, empty)
		s.add(sep)
		s.join(t, fs[len(fs)/2:], sep, empty)
		s.add(")")
	}
}

// field is a field as SQL: a column, or a member of a doc.
func (s *Statement) field(prefix, field string) (sql string, member bool) {
	column, rest, isMember := strings.Cut(field, ".")
	if prefix != "" {
		column = prefix + `."` + column + `"`
	} else {
		column = `"` + column + `"`
	}
	if isMember {
		return s.d.Member(column, rest), true
	}
	return column, false
}

func (s *Statement) compare(t *storage.Table, f *storage.Filter) {
	col, member := s.field(s.own(), f.Field)
	switch {
	case f.Op == storage.Among:
		s.among(t, f, col, member)
	case f.Op == storage.In:
		k, _ := t.FieldKind(f.Field)
		s.add(col, " IN (", s.d.List(k, member, s.param(Param{Source: List, List: f.Args, Member: member})), ")")
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
