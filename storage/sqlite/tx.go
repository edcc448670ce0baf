package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

// tx is one transaction of one tenant, for reading or for writing.
type tx struct {
	*conn
	done   <-chan struct{} // of the transaction's context
	tenant string
	wait   time.Duration
	failed error // of a write
	over   bool
}

var errOver = errors.New("sqlite: the transaction is over")

// end makes the transaction useless, so that who kept it does not get at what follows on the connection.
func (x *tx) end() { x.over = true }

// during lets the end of a call's context stop the call, where that is not the context of the transaction.
func (x *tx) during(ctx context.Context) (undo func()) {
	if done := ctx.Done(); done != nil && done != x.done {
		x.SetInterrupt(done)
		return func() { x.SetInterrupt(x.done) }
	}
	return func() {}
}

// query runs a statement of a table and calls fn with each of its rows. Text makes the statement in a dialect.
func (x *tx) query(ctx context.Context, t *storage.Table, text func(*sqlgen.Dialect) *sqlgen.Statement, row func(*sqlite.Stmt) error) error {
	if x.over {
		return errOver
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	defer x.during(ctx)()
	s := text(dialect)
	began, err := x.answer(ctx, s, row)
	if err != nil && !began && s.Hinted && sqlite.ErrCode(err) == sqlite.ResultError { // the file lacks an index, or it serves nothing
		_, err = x.answer(ctx, text(plain), row)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil || errors.Is(err, storage.ErrBusy):
		return err
	}
	return fmt.Errorf("sqlite: %s: %w", t.Name, err)
}

// answer runs a statement that reads, and reports whether there was a row. Another process that recovers the log makes
// everything before that busy.
func (x *tx) answer(ctx context.Context, s *sqlgen.Statement, row func(*sqlite.Stmt) error) (began bool, err error) {
	err = retry(ctx, time.Now().Add(x.wait), func() error {
		st, err := x.prepare(s.SQL())
		if err != nil {
			return err
		}
		defer clean(st)
		for i := range s.Params {
			bindParam(st, i+1, x.tenant, &s.Params[i])
		}
		return x.rows(ctx, st, func(st *sqlite.Stmt) error {
			began = true
			return row(st)
		})
	})
	return began, err
}

// clean prepares a statement for its next use. What it bound may be large, and is let go.
func clean(st *sqlite.Stmt) {
	_ = st.Reset() // it repeats the error of the last step
	_ = st.ClearBindings()
}

func (x *tx) rows(ctx context.Context, st *sqlite.Stmt, row func(*sqlite.Stmt) error) error {
	for n := 1; ; n++ {
		more, err := st.Step()
		if err != nil || !more {
			return err
		}
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := row(st); err != nil {
			return err
		}
	}
}

// Find returns the rows that q selects.
func (x *tx) Find(ctx context.Context, q *storage.Query) ([]storage.Row, error) {
	if err := q.ValidateFind(); err != nil {
		return nil, err
	}
	d := decoder{columns: sqlgen.Columns(q), limit: q.Limit}
	var list string
	if q.Columns == nil {
		list = x.textsOf(q.Table).list
	} else {
		list = sqlgen.SelectList(dialect, d.columns)
	}
	text := func(d *sqlgen.Dialect) *sqlgen.Statement { return sqlgen.Find(d, q, list) }
	if err := x.query(ctx, q.Table, text, d.row); err != nil {
		return nil, err
	}
	return d.rows, nil
}

// Count counts the rows that q selects.
func (x *tx) Count(ctx context.Context, q *storage.Query) (n int64, err error) {
	if err := q.Validate(); err != nil {
		return 0, err
	}
	text := func(d *sqlgen.Dialect) *sqlgen.Statement { return sqlgen.Count(d, q) }
	err = x.query(ctx, q.Table, text, func(st *sqlite.Stmt) error {
		n = st.ColumnInt64(0)
		return nil
	})
	return n, err
}
