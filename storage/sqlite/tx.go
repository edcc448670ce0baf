package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

// tx is one transaction of one tenant, for reading or for writing.
type tx struct {
	*conn
	tenant  string
	wait    time.Duration // that the first read of a View may wait for another process that recovers the file
	read    bool          // there was one
	written int
	failed  error // of a write
}

// query runs a statement and calls fn with each of its rows.
func (x *tx) query(ctx context.Context, s *sqlgen.Statement, fn func(*sqlite.Stmt) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := x.run(s.SQL(), func(st *sqlite.Stmt) error {
		for i := range s.Params {
			bindParam(st, i+1, x.tenant, &s.Params[i])
		}
		for n := 0; ; n++ {
			more, err := x.step(ctx, st)
			if err != nil || !more {
				return err
			}
			if n%1000 == 999 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := fn(st); err != nil {
				return err
			}
		}
	})
	return finish(ctx, err)
}

// step is Step, which the first time may have to wait: it fixes the state that the transaction reads.
func (x *tx) step(ctx context.Context, st *sqlite.Stmt) (more bool, err error) {
	if x.read {
		return st.Step()
	}
	err = retry(ctx, x.wait, func() error {
		more, err = st.Step()
		return err
	})
	x.read = err == nil
	return more, err
}

// Find returns the rows that q selects.
func (x *tx) Find(ctx context.Context, q *storage.Query) (rows []storage.Row, err error) {
	if err := q.ValidateFind(); err != nil {
		return nil, err
	}
	columns := sqlgen.Columns(q)
	var slab []storage.Value
	err = x.query(ctx, sqlgen.Find(dialect, q), func(st *sqlite.Stmt) error {
		if len(slab) < len(columns) {
			slab = make([]storage.Value, len(columns)*max(1, min(256, 2*len(rows))))
		}
		r := storage.Row{Version: st.ColumnInt64(1), Values: slab[:len(columns):len(columns)]}
		slab = slab[len(columns):]
		st.ColumnBytes(0, r.ID[:])
		for i, c := range columns {
			v, err := read(st, i+2, c.Kind)
			if err != nil {
				return err
			}
			r.Values[i] = v
		}
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// Count counts the rows that q selects.
func (x *tx) Count(ctx context.Context, q *storage.Query) (n int64, err error) {
	if err := q.Validate(); err != nil {
		return 0, err
	}
	err = x.query(ctx, sqlgen.Count(dialect, q), func(st *sqlite.Stmt) error {
		n = st.ColumnInt64(0)
		return nil
	})
	return n, err
}

// each runs a statement n times, each of which must change one row.
func (x *tx) each(ctx context.Context, t *storage.Table, text string, n int, args func(st *sqlite.Stmt, i int)) error {
	if x.failed != nil {
		return x.failed
	}
	if n == 0 {
		return ctx.Err()
	}
	err := x.run(text, func(st *sqlite.Stmt) error {
		for i := range n {
			if i%1000 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			args(st, i)
			if _, err := st.Step(); err != nil {
				return conflict(t, err)
			}
			if x.Changes() != 1 {
				return storage.ErrStale
			}
			if err := st.Reset(); err != nil {
				return err
			}
		}
		return nil
	})
	x.written += n
	x.failed = finish(ctx, err)
	return x.failed
}

// Insert adds rows.
func (x *tx) Insert(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	return x.each(ctx, t, sqlgen.Insert(dialect, t), len(rows), func(st *sqlite.Stmt, i int) { x.bindRow(st, &rows[i]) })
}

// Update replaces rows.
func (x *tx) Update(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	return x.each(ctx, t, sqlgen.Update(dialect, t), len(rows), func(st *sqlite.Stmt, i int) {
		x.bindRow(st, &rows[i])
		st.BindInt64(len(t.Columns)+4, rows[i].Version-1)
	})
}

// Delete removes rows.
func (x *tx) Delete(ctx context.Context, t *storage.Table, keys []storage.Key) error {
	return x.each(ctx, t, sqlgen.Delete(dialect, t), len(keys), func(st *sqlite.Stmt, i int) {
		st.BindText(1, x.tenant)
		st.BindBytes(2, keys[i].ID[:])
		st.BindInt64(3, keys[i].Version)
	})
}

func (x *tx) bindRow(st *sqlite.Stmt, r *storage.Row) {
	st.BindText(1, x.tenant)
	st.BindBytes(2, r.ID[:])
	st.BindInt64(3, r.Version)
	for i, v := range r.Values {
		bind(st, i+4, v)
	}
}

// conflict turns the violation of a unique index into a ConflictError. SQLite names the columns, and not the index, and
// that in its message only: "UNIQUE constraint failed: t.tenant_id, t.a, t.b".
func conflict(t *storage.Table, err error) error {
	switch sqlite.ErrCode(err) {
	case sqlite.ResultConstraintPrimaryKey:
		return &storage.ConflictError{Table: t.Name, Index: "id"}
	case sqlite.ResultConstraintUnique:
		for _, ix := range t.Indexes {
			if ix.Unique && strings.Contains(err.Error()+",", ": "+t.Name+".tenant_id, "+t.Name+"."+strings.Join(ix.Columns, ", "+t.Name+".")+",") {
				return &storage.ConflictError{Table: t.Name, Index: ix.Name}
			}
		}
		return &storage.ConflictError{Table: t.Name, Index: "id"}
	}
	return fmt.Errorf("sqlite: %s: %w", t.Name, err)
}
