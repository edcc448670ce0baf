package memory

import (
	"fmt"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// manyArgs is from how many arguments on an In looks them up.
const manyArgs = 8

// matcher returns a filter that resolve has returned as a function of rows, with its fields found once. It means what
// storage.Match means. More is asked before each row of another table.
func (x *tx) matcher(t *table, f *storage.Filter, more func() bool) func(*row) bool {
	switch f.Op {
	case storage.All:
		return func(*row) bool { return true }
	case storage.And, storage.Or:
		subs := make([]func(*row) bool, len(f.Sub))
		for i := range f.Sub {
			subs[i] = x.matcher(t, &f.Sub[i], more)
		}
		and := f.Op == storage.And
		return func(r *row) bool {
			for _, sub := range subs {
				if sub(r) != and {
					return !and
				}
			}
			return and
		}
	case storage.Not:
		sub := x.matcher(t, &f.Sub[0], more)
		return func(r *row) bool { return !sub(r) }
	}
	get := t.getter(f.Field)
	switch f.Op {
	case storage.In:
		return inMatcher(get, f.Args)
	case storage.Among:
		return x.look(get, f, more)
	}
	arg := f.Args[0]
	if f.Op == storage.Eq {
		return func(r *row) bool { return get(r) == arg }
	}
	if arg.IsNull() {
		return func(*row) bool { return false }
	}
	if f.Op == storage.Contains {
		return func(r *row) bool {
			v := get(r)
			return !v.IsNull() && strings.Contains(v.Raw(), arg.Raw())
		}
	}
	op := f.Op
	return func(r *row) bool {
		v := get(r)
		return !v.IsNull() && holds(op, v.Compare(arg))
	}
}

// holds says what a comparison with the result c means to Lt, Le, Gt and Ge.
func holds(op storage.Op, c int) bool {
	switch op {
	case storage.Lt:
		return c < 0
	case storage.Le:
		return c <= 0
	case storage.Gt:
		return c > 0
	}
	return c >= 0
}

func inMatcher(get func(*row) storage.Value, args []storage.Value) func(*row) bool {
	if len(args) < manyArgs {
		return func(r *row) bool {
			v := get(r)
			for _, a := range args {
				if a == v {
					return !v.IsNull()
				}
			}
			return false
		}
	}
	set := make(map[storage.Value]struct{}, len(args))
	for _, a := range args {
		set[a] = struct{}{}
	}
	return func(r *row) bool {
		v := get(r)
		_, ok := set[v]
		return ok && !v.IsNull()
	}
}

// getter returns the function that reads a field: a column, the id, or a member of a doc.
func (t *table) getter(field string) func(*row) storage.Value {
	column, member, k, _ := storage.SplitField(field)
	i := t.position(column)
	if member == "" {
		return func(r *row) storage.Value { return r.value(i) }
	}
	return func(r *row) storage.Value {
		if v := r.value(i).Member(member); v.Kind() == k {
			return v
		}
		return storage.Value{}
	}
}

// position returns where a column is that was checked.
func (t *table) position(column string) int {
	if column == "id" {
		return idColumn
	}
	return t.def.Column(column)
}

// check returns an error for conditions and an order that name a column which no Migrate has made.
func (t *table) check(f *storage.Filter, order []storage.Order) error {
	for i := range f.Sub {
		if err := t.check(&f.Sub[i], nil); err != nil {
			return err
		}
	}
	fields := []string{f.Field}
	for _, o := range order {
		fields = append(fields, o.Field)
	}
	for _, field := range fields {
		if column, _, _, _ := storage.SplitField(field); column != "" && column != "id" && t.def.Column(column) < 0 {
			return t.lacks(column)
		}
	}
	return nil
}

func (t *table) lacks(column string) error {
	return fmt.Errorf("memory: %s: no column %s", t.def.Name, column)
}
