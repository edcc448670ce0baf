package memory

import (
	"slices"

	"github.com/clientele-go/crm/storage"
)

// condition is a filter whose fields are found, to ask which values it leaves to a column.
type condition struct {
	op     storage.Op
	column int // otherColumn, if it is about a member of a doc
	args   []storage.Value
	sub    []condition
}

// otherColumn stands for what no index has.
const otherColumn = -2

// compile returns a filter as a condition. Ands within an And are joined.
func (t *table) compile(f *storage.Filter) *condition {
	c := &condition{op: f.Op, column: otherColumn, args: f.Args}
	for i := range f.Sub {
		s := t.compile(&f.Sub[i])
		if c.op == storage.And && s.op == storage.And {
			c.sub = append(c.sub, s.sub...)
		} else {
			c.sub = append(c.sub, *s)
		}
	}
	if f.Field != "" && f.Op != storage.Among { // of which nothing is known before
		if column, member, _, _ := storage.SplitField(f.Field); member == "" {
			c.column = t.position(column)
		}
	}
	return c
}

// fixed returns the values that a column may have, sorted, when an Eq or an In says so.
func (c *condition) fixed(column int) (values []storage.Value, ok bool) {
	top := c.sub
	if c.op != storage.And {
		top = []condition{*c}
	}
	for i := range top {
		s := &top[i]
		switch {
		case s.column != column:
		case s.op == storage.Eq:
			return s.args, true
		case s.op == storage.In && (!ok || len(s.args) < len(values)):
			values, ok = s.args, true
		}
	}
	if ok {
		values = slices.DeleteFunc(slices.Clone(values), storage.Value.IsNull)
		slices.SortFunc(values, storage.Value.Compare)
		values = slices.Compact(values)
	}
	return values, ok
}

// span is all values of a column between two. It is never too small, and may be too large.
type span struct {
	none bool
	from storage.Value  // null, with which everything begins
	to   *storage.Value // nil for no end
}

// span returns the values of a column in the rows that match, where the values of some other columns are known.
func (c *condition) span(column int, known map[int]storage.Value) span {
	switch c.op {
	case storage.And:
		all := span{}
		for i := range c.sub {
			all = all.meet(c.sub[i].span(column, known))
		}
		return all
	case storage.Or:
		all := span{none: true}
		for i := range c.sub {
			if all = all.join(c.sub[i].span(column, known)); all == (span{}) {
				break
			}
		}
		return all
	case storage.Not:
		is, sure := c.sub[0].decided(known)
		return span{none: is && sure}
	}
	if is, sure := c.decided(known); sure {
		return span{none: !is}
	}
	if c.column != column || c.op == storage.Contains {
		return span{}
	}
	if c.op == storage.In {
		all := span{none: true}
		for i := range c.args {
			if !c.args[i].IsNull() {
				all = all.join(span{from: c.args[i], to: &c.args[i]})
			}
		}
		return all
	}
	switch v := &c.args[0]; {
	case c.op == storage.Eq:
		return span{from: *v, to: v}
	case v.IsNull():
		return span{none: true}
	case c.op == storage.Lt || c.op == storage.Le:
		return span{to: v}
	default:
		return span{from: *v}
	}
}

// decided says whether a comparison is true, where that is certain.
func (c *condition) decided(known map[int]storage.Value) (is, sure bool) {
	v, sure := known[c.column]
	if len(c.args) == 0 || !sure {
		return false, false
	}
	arg := c.args[0]
	switch c.op {
	case storage.Eq:
		return v == arg, true
	case storage.In:
		return !v.IsNull() && slices.Contains(c.args, v), true
	case storage.Lt, storage.Le, storage.Gt, storage.Ge:
		return !v.IsNull() && !arg.IsNull() && holds(c.op, v.Compare(arg)), true
	}
	return false, false
}

// meet returns what is in both.
func (s span) meet(o span) span {
	if o.from.Compare(s.from) > 0 {
		s.from = o.from
	}
	if s.to == nil || o.to != nil && o.to.Compare(*s.to) < 0 {
		s.to = o.to
	}
	s.none = s.none || o.none
	return s
}

// join returns what is in either, and what is between.
func (s span) join(o span) span {
	if s.none {
		return o
	}
	if o.none {
		return s
	}
	if o.from.Compare(s.from) < 0 {
		s.from = o.from
	}
	if o.to == nil || s.to != nil && o.to.Compare(*s.to) > 0 {
		s.to = o.to
	}
	return s
}
