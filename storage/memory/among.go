package memory

import (
	"context"

	"github.com/clientele-go/crm/storage"
)

// resolve is storage.Resolve, and leaves each Among alone that asks to look for each row by itself, where its index is.
func (x *tx) resolve(ctx context.Context, f storage.Filter) (storage.Filter, error) {
	if f.Op != storage.Among {
		sub := make([]storage.Filter, len(f.Sub))
		for i := range f.Sub {
			var err error
			if sub[i], err = x.resolve(ctx, f.Sub[i]); err != nil {
				return storage.Filter{}, err
			}
		}
		f.Sub = sub
		return f, nil
	}
	of := *f.Of
	f.Of = &of
	t, err := x.table(of.Table)
	if err != nil {
		return storage.Filter{}, err
	}
	if f.PerRow() && t.leads(of.Index, f.On) {
		if err := t.check(&of.Where, nil); err != nil {
			return storage.Filter{}, err
		}
		of.Where, err = x.resolve(ctx, of.Where)
		return f, err
	}
	first, where := true, of.Where
	of.Where = storage.Filter{} // storage.Resolve would collect what it has within it
	return storage.Resolve(f, func(q *storage.Query) ([]storage.Row, error) {
		if first {
			first, q.Where = false, where
		}
		return x.unordered(ctx, q)
	})
}

// look returns an Among that resolve has left alone as a function of rows.
func (x *tx) look(get func(*row) storage.Value, f *storage.Filter, more func() bool) func(*row) bool {
	t := x.state[f.Of.Table.Name]
	on := storage.Filter{Op: storage.Eq, Field: f.On, Args: []storage.Value{null}} // stands for what a row has
	p := t.use(t.index(f.Of.Index), &storage.Query{}, t.compile(&storage.Filter{Op: storage.And, Sub: []storage.Filter{on, f.Of.Where}}))
	if len(p.keys) == 1 {
		p.low, p.high = place{key: p.keys[0]}, place{key: p.keys[0], after: true}
	}
	match := x.matcher(t, &f.Of.Where, more)
	return func(r *row) bool {
		v := get(r)
		if v.IsNull() {
			return false
		}
		for _, key := range p.keys {
			key[0] = v
		}
		found := false
		p.scan(func(r *row) bool {
			if !more() {
				return false
			}
			found = match(r)
			return !found
		})
		return found
	}
}

// index returns the named index, or nil.
func (t *table) index(name string) *index {
	if name == "id" {
		return t.byID
	}
	for _, ix := range t.indexes {
		if ix.name == name {
			return ix
		}
	}
	return nil
}

// leads reports whether a column, or the id, is the first that the named index orders by.
func (t *table) leads(index, column string) bool {
	ix := t.index(index)
	return ix != nil && (column == "id" || t.def.Column(column) >= 0) && ix.column(0) == t.position(column)
}
