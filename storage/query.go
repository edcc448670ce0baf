package storage

import (
	"fmt"
	"slices"
	"strings"
)

// Op is the operator of a [Filter].
type Op uint8

// The operators. Every other condition is built from these.
const (
	All      Op = iota // matches every row
	And                // every Sub matches; without any, true
	Or                 // some Sub matches; without any, false
	Not                // the only Sub does not match
	Eq                 // equal; null equals null
	Lt                 // less; false with a null, as are the next three
	Le                 // less or equal
	Gt                 // greater
	Ge                 // greater or equal
	In                 // equal to one of Args; a null is in nothing
	Contains           // the text has the argument in it, byte by byte
	Among              // one of the values that Of, On and Along describe; a null is among nothing
)

var ops = [...]string{"all", "and", "or", "not", "=", "<", "<=", ">", ">=", "in", "contains", "among"}

// String returns the name of the operator.
func (o Op) String() string {
	if int(o) < len(ops) {
		return ops[o]
	}
	return fmt.Sprintf("op(%d)", uint8(o))
}

// How large a filter may be, with those of the queries within it: so many conditions that are no And, Or or Not (the
// arguments of an In are not counted), and so many levels, of which an Among is two.
const (
	MaxConditions = 1000
	MaxDepth      = 40
)

// Filter is a condition on a row. The zero Filter matches every row. [Match] and [Resolve] are its definition.
type Filter struct {
	Op    Op
	Field string   // a column, "id", or a member of a Doc column (see MemberField)
	Args  []Value  // one, or any number for In; of the kind of Field, or a single null for Eq
	Sub   []Filter // of And, Or, and Not

	// Among is how a filter reaches another table, or walks a tree. Field is among the values of column On in the rows
	// that Of selects. With Along, it is among those and what follows from them: while a row of Of's table has one of
	// the values in column Along, the value of its column On is added too. So, over accounts with a parent,
	// {Of: id = x, On: id, Along: parent} is x and all below it, and {Of: id = x, On: parent, Along: id} is all above x.
	//
	// Without Along, Of.Index says how to get at them too. An index that On leads, or "id" where On is the id, asks to look
	// for each row by itself: best where most rows are among very many, as with records that are shared. With another index,
	// or none, all the values are collected first: best where they are few. The meaning is the same.
	Of    *Query // its Columns, Order and Limit are not used
	On    string // a column of Of's table, or "id"
	Along string // a column of Of's table of the kind of On, or "id"; best with an index that it leads
}

// Order is one sort key. Nulls come first, or last when Desc.
type Order struct {
	Field string // a column that is no Doc, "id", or a member of a Doc column
	Desc  bool
}

// Query selects rows of a table. Their order is total: the id is always the last key.
type Query struct {
	Table   *Table
	Columns []string // that are wanted; default all
	Where   Filter
	Order   []Order
	Limit   int    // at least 1 for Find
	Index   string // the index of Table that the caller knows to serve, or "id" for the order of ids; default the driver's own choice
}

// Validate reports what is malformed in q, if anything, or larger than a filter may be. The limit is checked by
// [Query.ValidateFind] only.
func (q *Query) Validate() error {
	left := MaxConditions
	return q.validate(MaxDepth, &left)
}

// validate allows the filter that many levels, and as many conditions as are left.
func (q *Query) validate(depth int, left *int) error {
	if q.Table == nil {
		return fmt.Errorf("storage: query without a table")
	}
	for i, c := range q.Columns {
		if q.Table.Column(c) < 0 || slices.Contains(q.Columns[:i], c) {
			return fmt.Errorf("storage: %s: unknown or repeated column %q", q.Table.Name, c)
		}
	}
	for _, o := range q.Order {
		if k, ok := q.Table.FieldKind(o.Field); !ok || k == Doc {
			return fmt.Errorf("storage: %s: cannot order by %q", q.Table.Name, o.Field)
		}
	}
	if q.Index != "" && q.Index != "id" && q.Table.Index(q.Index) == nil {
		return fmt.Errorf("storage: %s: unknown index %q", q.Table.Name, q.Index)
	}
	if q.Limit < 0 {
		return fmt.Errorf("storage: %s: limit %d", q.Table.Name, q.Limit)
	}
	return q.Where.validate(q.Table, depth, left)
}

// ValidateFind is Validate, and asks for a Limit too.
func (q *Query) ValidateFind() error {
	if err := q.Validate(); err != nil {
		return err
	}
	if q.Limit < 1 {
		return fmt.Errorf("storage: %s: limit %d", q.Table.Name, q.Limit)
	}
	return nil
}

func (f *Filter) validate(t *Table, depth int, left *int) error {
	bad := func(why string) error {
		return fmt.Errorf("storage: %s: filter %s %s: %s", t.Name, f.Field, f.Op, why)
	}
	if depth <= 0 {
		return bad(fmt.Sprintf("is more than %d levels deep", MaxDepth))
	}
	switch f.Op {
	case And, Or, Not:
		if f.Op == Not && len(f.Sub) != 1 {
			return bad("needs one sub-filter")
		}
		for i := range f.Sub {
			if err := f.Sub[i].validate(t, depth-1, left); err != nil {
				return err
			}
		}
		return nil
	}
	if *left--; *left < 0 {
		return bad(fmt.Sprintf("is one of more than %d conditions", MaxConditions))
	}
	if f.Op == All {
		return nil
	}
	k, ok := t.FieldKind(f.Field)
	switch {
	case f.Op > Among:
		return bad("unknown operator")
	case !ok:
		return bad("unknown field")
	case f.Op == Among:
		return f.validateAmong(k, bad, depth, left)
	case f.Op != In && len(f.Args) != 1:
		return bad("needs one argument")
	case f.Op == Contains && k != Text:
		return bad("is for text only")
	case k == Doc && (f.Op != Eq || !f.Args[0].IsNull()):
		return bad("a doc can only be null or not")
	}
	for _, a := range f.Args {
		if a.kind != k && (a.kind != Null || f.Op == Contains) {
			return bad("has an argument of kind " + a.kind.String())
		}
	}
	return nil
}

func (f *Filter) validateAmong(k Kind, bad func(string) error, depth int, left *int) error {
	if f.Of == nil {
		return bad("without a query")
	}
	if err := f.Of.validate(depth-2, left); err != nil {
		return err
	}
	for _, name := range []string{f.On, f.Along} {
		if name == "" && f.On != "" {
			continue // no Along
		}
		if on, ok := f.Of.Table.FieldKind(name); !ok || on != k || on == Doc || strings.Contains(name, ".") {
			return bad("reaches " + name)
		}
	}
	return nil
}

// Match reports whether a whole row of t matches f. It is the definition of every operator but Among, which [Resolve]
// must have replaced before.
func Match(t *Table, f *Filter, row *Row) bool {
	switch f.Op {
	case All:
		return true
	case And:
		for i := range f.Sub {
			if !Match(t, &f.Sub[i], row) {
				return false
			}
		}
		return true
	case Or:
		for i := range f.Sub {
			if Match(t, &f.Sub[i], row) {
				return true
			}
		}
		return false
	case Not:
		return !Match(t, &f.Sub[0], row)
	}
	v := t.Get(row, f.Field)
	switch f.Op {
	case Eq:
		return v == f.Args[0]
	case In:
		return !v.IsNull() && slices.Contains(f.Args, v)
	}
	if v.IsNull() || f.Args[0].IsNull() {
		return false
	}
	switch f.Op {
	case Lt:
		return v.Compare(f.Args[0]) < 0
	case Le:
		return v.Compare(f.Args[0]) <= 0
	case Gt:
		return v.Compare(f.Args[0]) > 0
	case Ge:
		return v.Compare(f.Args[0]) >= 0
	case Contains:
		return strings.Contains(v.s, f.Args[0].s)
	}
	panic("storage: Match of " + f.Op.String())
}

// CompareRows orders two whole rows as q does. It is the definition of Order.
func CompareRows(q *Query, a, b *Row) int {
	for _, o := range q.Order {
		c := q.Table.Get(a, o.Field).Compare(q.Table.Get(b, o.Field))
		if o.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	c := strings.Compare(string(a.ID[:]), string(b.ID[:]))
	if n := len(q.Order); n > 0 && q.Order[n-1].Desc {
		c = -c
	}
	return c
}
