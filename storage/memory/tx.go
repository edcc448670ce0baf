package memory

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// tx is one transaction: a state that is read, or the next one on its way.
type tx struct {
	state  state
	own    map[string]bool // tables that this transaction has cloned; nil in a View
	failed error           // of a write
	over   bool
	looked int // how many rows the last query looked at
}

// errOver is what somebody gets who keeps a transaction longer than its function runs.
var errOver = errors.New("memory: the transaction has ended")

func (x *tx) end() { x.over = true }

// checkEvery is how many rows are visited between two looks at the context.
const checkEvery = 100

// table returns the table that a query is about.
func (x *tx) table(t *storage.Table) (*table, error) {
	if found := x.state[t.Name]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("memory: no table %s", t.Name)
}

// visit calls fn with the rows that q selects until it returns false, in the order of the plan.
func (x *tx) visit(ctx context.Context, q *storage.Query, fn func(p *plan, r *row) bool) error {
	if x.over {
		return errOver
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	t, err := x.table(q.Table)
	if err != nil {
		return err
	}
	if err := t.check(&q.Where, q.Order); err != nil {
		return err
	}
	where, err := x.resolve(ctx, q.Where)
	if err != nil {
		return err
	}
	resolved := *q
	resolved.Where = where
	more := func() bool { // counts a row, and reports whether to look at it
		if x.looked++; x.looked%checkEvery == 0 && err == nil {
			err = ctx.Err()
		}
		return err == nil
	}
	p, match := t.plan(&resolved), x.matcher(t, &where, more)
	x.looked = 0
	p.scan(func(r *row) bool { return more() && (!match(r) || err == nil && fn(&p, r)) })
	return err
}

// unordered returns the rows that q selects, in any order and without a limit.
func (x *tx) unordered(ctx context.Context, q *storage.Query) ([]storage.Row, error) {
	var hits []*row
	err := x.visit(ctx, q, func(_ *plan, r *row) bool {
		hits = append(hits, r)
		return true
	})
	if err != nil {
		return nil, err
	}
	return x.state[q.Table.Name].copies(hits, q)
}

// Find returns the rows that q selects.
func (x *tx) Find(ctx context.Context, q *storage.Query) ([]storage.Row, error) {
	if err := q.ValidateFind(); err != nil {
		return nil, err
	}
	var hits []*row
	sorted := false
	var top *worst
	err := x.visit(ctx, q, func(p *plan, r *row) bool {
		if p.ordered {
			sorted = true
			hits = append(hits, r)
			return len(hits) < q.Limit
		}
		if top == nil {
			top = &worst{compare: x.state[q.Table.Name].comparer(q)}
		}
		top.add(r, q.Limit)
		return true
	})
	if err != nil {
		return nil, err
	}
	if top != nil && !sorted {
		hits = top.rows
		slices.SortFunc(hits, top.compare)
	}
	return x.state[q.Table.Name].copies(hits, q)
}

// copies returns the rows as the caller's own, with the columns that q wants.
func (t *table) copies(hits []*row, q *storage.Query) ([]storage.Row, error) {
	names := q.Columns
	if names == nil {
		names = make([]string, len(q.Table.Columns))
		for i := range names {
			names[i] = q.Table.Columns[i].Name
		}
	}
	columns := positions(t.def, names)
	if i := slices.Index(columns, -1); i >= 0 {
		return nil, t.lacks(names[i])
	}
	out, n := make([]storage.Row, len(hits)), len(columns)
	slab := make([]storage.Value, len(hits)*n)
	for i, r := range hits {
		values := slab[i*n : (i+1)*n : (i+1)*n]
		for j, c := range columns {
			values[j] = r.value(c)
		}
		out[i] = storage.Row{ID: r.id, Version: r.version, Values: values}
	}
	return out, nil
}

// comparer returns the order of a query, with its fields found once. It means what storage.CompareRows means.
func (t *table) comparer(q *storage.Query) func(a, b *row) int {
	gets := make([]func(*row) storage.Value, len(q.Order))
	for i, o := range q.Order {
		gets[i] = t.getter(o.Field)
	}
	last := len(q.Order) > 0 && q.Order[len(q.Order)-1].Desc
	return func(a, b *row) int {
		for i, get := range gets {
			c := get(a).Compare(get(b))
			if q.Order[i].Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		c := slices.Compare(a.id[:], b.id[:])
		if last {
			c = -c
		}
		return c
	}
}

// worst keeps the first rows of an order, the last of them on top.
type worst struct {
	rows    []*row
	compare func(a, b *row) int
}

func (w *worst) add(r *row, limit int) {
	switch {
	case len(w.rows) < limit:
		if w.rows = append(w.rows, r); len(w.rows) == limit {
			heap.Init(w)
		}
	case w.compare(r, w.rows[0]) < 0:
		w.rows[0] = r
		heap.Fix(w, 0)
	}
}

func (w *worst) Len() int           { return len(w.rows) }
func (w *worst) Less(i, j int) bool { return w.compare(w.rows[i], w.rows[j]) > 0 }
func (w *worst) Swap(i, j int)      { w.rows[i], w.rows[j] = w.rows[j], w.rows[i] }
func (w *worst) Push(any)           {} // the heap is filled by add
func (w *worst) Pop() any           { return nil }

// Count counts the rows that q selects.
func (x *tx) Count(ctx context.Context, q *storage.Query) (n int64, err error) {
	if err := q.Validate(); err != nil {
		return 0, err
	}
	err = x.visit(ctx, q, func(*plan, *row) bool {
		n++
		return q.Limit == 0 || n < int64(q.Limit)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// write runs fn on a table that may change, for each of n rows.
func (x *tx) write(ctx context.Context, def *storage.Table, n int, fn func(t *table, places []int, i int) error) error {
	if x.over {
		return errOver
	}
	if x.failed == nil {
		x.failed = x.tryWrite(ctx, def, n, fn)
	}
	return x.failed
}

func (x *tx) tryWrite(ctx context.Context, def *storage.Table, n int, fn func(t *table, places []int, i int) error) error {
	t, err := x.table(def)
	if err != nil {
		return err
	}
	if !x.own[def.Name] {
		t = t.clone()
		x.state[def.Name], x.own[def.Name] = t, true
	}
	places := make([]int, len(def.Columns))
	for i, c := range def.Columns {
		if places[i] = t.def.Column(c.Name); places[i] < 0 {
			return t.lacks(c.Name)
		}
	}
	for i := range n {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := fn(t, places, i); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// stored returns a row of the caller's as it is kept; old is what it replaces, or nil. Room is for its values.
func (t *table) stored(r *storage.Row, places []int, old *row, room *[]storage.Value) *row {
	if *room == nil {
		*room = make([]storage.Value, len(t.def.Columns))
	}
	all := *room
	if old != nil && len(places) < len(all) {
		for i := range all {
			all[i] = *old.at(i) // columns that the caller does not know
		}
	}
	for i, p := range places {
		all[p] = r.Values[i]
	}
	return newRow(r.ID, r.Version, all)
}

// Insert adds rows.
func (x *tx) Insert(ctx context.Context, def *storage.Table, rows []storage.Row) error {
	var room []storage.Value
	return x.write(ctx, def, len(rows), func(t *table, places []int, i int) error {
		if t.get(rows[i].ID) != nil {
			return &storage.ConflictError{Table: def.Name, Index: "id"}
		}
		return t.put(t.stored(&rows[i], places, nil, &room))
	})
}

// Update replaces rows.
func (x *tx) Update(ctx context.Context, def *storage.Table, rows []storage.Row) error {
	var room []storage.Value
	return x.write(ctx, def, len(rows), func(t *table, places []int, i int) error {
		old := t.get(rows[i].ID)
		if old == nil || old.version != rows[i].Version-1 {
			return storage.ErrStale
		}
		return t.replace(old, t.stored(&rows[i], places, old, &room))
	})
}

// Delete removes rows.
func (x *tx) Delete(ctx context.Context, def *storage.Table, keys []storage.Key) error {
	return x.write(ctx, def, len(keys), func(t *table, _ []int, i int) error {
		old := t.get(keys[i].ID)
		if old == nil || old.version != keys[i].Version {
			return storage.ErrStale
		}
		t.drop(old)
		return nil
	})
}
