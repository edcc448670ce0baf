package sqlite

import (
	"context"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

// write is one statement that is run for each of some rows, each of which it must change.
type write struct {
	table *storage.Table
	text  string
	rows  int
	bind  func(st *sqlite.Stmt, i int) error
	clash func(i int) (index string, err error) // the unique index that the i-th row does not fit into
}

// each runs a write, unless one has failed before.
func (x *tx) each(ctx context.Context, w *write) error {
	if x.over {
		return errOver
	}
	if x.failed == nil {
		x.failed = finish(ctx, x.run(ctx, w))
	}
	return x.failed
}

func (x *tx) run(ctx context.Context, w *write) error {
	if err := ctx.Err(); err != nil || w.rows == 0 {
		return err
	}
	wrap := func(err error) error { return fmt.Errorf("sqlite: %s: %w", w.table.Name, err) }
	if x.AutocommitEnabled() { // an error of a read has ended the transaction
		return wrap(errors.New("the transaction was rolled back"))
	}
	defer x.during(ctx)()
	st, err := x.prepare(w.text)
	if err != nil {
		return wrap(err)
	}
	defer clean(st)
	st.BindText(1, x.tenant)
	for i := range w.rows {
		if err := w.bind(st, i); err != nil {
			return wrap(err)
		}
		if _, err := st.Step(); err != nil {
			return x.why(w, i, err)
		}
		if x.Changes() != 1 {
			return storage.ErrStale
		}
		if err := st.Reset(); err != nil {
			return wrap(err)
		}
	}
	return ctx.Err()
}

// why turns the error of a row that does not fit into a unique index into a ConflictError. The message of SQLite names
// any one of the indexes, or their columns; looking is the same with every version of it.
func (x *tx) why(w *write, i int, err error) error {
	switch sqlite.ErrCode(err) {
	case sqlite.ResultConstraintPrimaryKey, sqlite.ResultConstraintUnique:
		index, looking := w.clash(i)
		if looking != nil {
			return looking
		}
		if index != "" {
			return &storage.ConflictError{Table: w.table.Name, Index: index}
		}
	}
	return fmt.Errorf("sqlite: %s: %w", w.table.Name, err)
}

// clash returns the first unique index of t in which another row has the place of r, or "".
func (x *tx) clash(ctx context.Context, t *storage.Table, r *storage.Row) (string, error) {
	self := storage.Filter{Op: storage.Eq, Field: "id", Args: []storage.Value{storage.RefValue(r.ID)}}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		where := storage.Filter{Op: storage.And, Sub: []storage.Filter{{Op: storage.Not, Sub: []storage.Filter{self}}}}
		free := !ix.Unique
		for _, c := range ix.Columns {
			v := r.Values[t.Column(c)]
			free = free || v.IsNull()
			where.Sub = append(where.Sub, storage.Filter{Op: storage.Eq, Field: c, Args: []storage.Value{v}})
		}
		if free {
			continue
		}
		n, err := x.Count(ctx, &storage.Query{Table: t, Where: where, Limit: 1, Index: ix.Name})
		if err != nil || n > 0 {
			return ix.Name, err
		}
	}
	return "", nil
}

// Insert adds rows.
func (x *tx) Insert(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	return x.each(ctx, &write{t, x.textsOf(t).insert, len(rows),
		func(st *sqlite.Stmt, i int) error { return bindRow(st, t, &rows[i]) },
		func(i int) (string, error) {
			id := storage.Filter{Op: storage.Eq, Field: "id", Args: []storage.Value{storage.RefValue(rows[i].ID)}}
			n, err := x.Count(ctx, &storage.Query{Table: t, Where: id, Limit: 1})
			if err != nil || n > 0 {
				return "id", err
			}
			return x.clash(ctx, t, &rows[i])
		}})
}

// Update replaces rows.
func (x *tx) Update(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	return x.each(ctx, &write{t, x.textsOf(t).update, len(rows),
		func(st *sqlite.Stmt, i int) error {
			st.BindInt64(len(t.Columns)+4, rows[i].Version-1)
			return bindRow(st, t, &rows[i])
		},
		func(i int) (string, error) { return x.clash(ctx, t, &rows[i]) }})
}

// Delete removes rows.
func (x *tx) Delete(ctx context.Context, t *storage.Table, keys []storage.Key) error {
	return x.each(ctx, &write{t, x.textsOf(t).del, len(keys),
		func(st *sqlite.Stmt, i int) error {
			st.BindBytes(2, keys[i].ID[:])
			st.BindInt64(3, keys[i].Version)
			return nil
		},
		func(int) (string, error) { return "", nil }})
}

func bindRow(st *sqlite.Stmt, t *storage.Table, r *storage.Row) error {
	if len(r.Values) != len(t.Columns) {
		return fmt.Errorf("a row of %d values for %d columns", len(r.Values), len(t.Columns))
	}
	st.BindBytes(2, r.ID[:])
	st.BindInt64(3, r.Version)
	for i, v := range r.Values {
		bind(st, i+4, v)
	}
	return nil
}
