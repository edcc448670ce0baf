package sqlite

import (
	"context"
	"errors"
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
	if len(s.Params) > maxParams {
		return fmt.Errorf("sqlite: %s: the filter has %d arguments outside of lists; the most is %d", t.Name, len(s.Params), maxParams)
	}
	st, err := x.prepare(s.SQL())
	if err != nil && s.Hinted && sqlite.ErrCode(err) == sqlite.ResultError { // the file lacks an index, or it serves nothing
		s = text(plain)
		st, err = x.prepare(s.SQL())
	}
	if err == nil {
		defer clean(st)
		for i := range s.Params {
			bindParam(st, i+1, x.tenant, &s.Params[i])
		}
		// Another process that recovers the log makes the first step busy. There is no row then yet.
		err = retry(ctx, time.Now().Add(x.wait), func() error { return x.rows(ctx, st, row) })
	}
	if err == nil {
		return ctx.Err()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, storage.ErrBusy) {
		return err
	}
	return fmt.Errorf("sqlite: %s: %w", t.Name, err)
}

// maxParams is the most parameters that SQLite takes.
const maxParams = 32766

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

// each runs a statement n times, each of which must change one row.
func (x *tx) each(ctx context.Context, t *storage.Table, text string, n int, args func(st *sqlite.Stmt, i int) error) error {
	if x.over {
		return errOver
	}
	if x.failed == nil {
		x.failed = x.run(ctx, t, text, n, args)
	}
	return x.failed
}

func (x *tx) run(ctx context.Context, t *storage.Table, text string, n int, args func(st *sqlite.Stmt, i int) error) error {
	if err := ctx.Err(); err != nil || n == 0 {
		return err
	}
	if x.AutocommitEnabled() { // an error of a read has ended the transaction
		return fmt.Errorf("sqlite: %s: the transaction was rolled back", t.Name)
	}
	defer x.during(ctx)()
	st, err := x.prepare(text)
	if err != nil {
		return finish(ctx, fmt.Errorf("sqlite: %s: %w", t.Name, err))
	}
	defer clean(st)
	st.BindText(1, x.tenant)
	for i := range n {
		if err := args(st, i); err != nil {
			return err
		}
		if _, err := st.Step(); err != nil {
			return finish(ctx, wrap(t, err))
		}
		if x.Changes() != 1 {
			return storage.ErrStale
		}
		if err := st.Reset(); err != nil {
			return finish(ctx, wrap(t, err))
		}
	}
	return ctx.Err()
}

// Insert adds rows.
func (x *tx) Insert(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	return x.each(ctx, t, x.textsOf(t).insert, len(rows), func(st *sqlite.Stmt, i int) error { return bindRow(st, t, &rows[i]) })
}

// Update replaces rows.
func (x *tx) Update(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	return x.each(ctx, t, x.textsOf(t).update, len(rows), func(st *sqlite.Stmt, i int) error {
		st.BindInt64(len(t.Columns)+4, rows[i].Version-1)
		return bindRow(st, t, &rows[i])
	})
}

// Delete removes rows.
func (x *tx) Delete(ctx context.Context, t *storage.Table, keys []storage.Key) error {
	return x.each(ctx, t, x.textsOf(t).del, len(keys), func(st *sqlite.Stmt, i int) error {
		st.BindBytes(2, keys[i].ID[:])
		st.BindInt64(3, keys[i].Version)
		return nil
	})
}

func bindRow(st *sqlite.Stmt, t *storage.Table, r *storage.Row) error {
	if len(r.Values) != len(t.Columns) {
		return fmt.Errorf("sqlite: %s: a row of %d values for %d columns", t.Name, len(r.Values), len(t.Columns))
	}
	st.BindBytes(2, r.ID[:])
	st.BindInt64(3, r.Version)
	for i, v := range r.Values {
		bind(st, i+4, v)
	}
	return nil
}

// wrap names the table, and turns the violation of a unique index into a ConflictError. SQLite names the columns, and not
// the index, and that in its message only: "UNIQUE constraint failed: t.tenant_id, t.a, t.b".
func wrap(t *storage.Table, err error) error {
	switch sqlite.ErrCode(err) {
	case sqlite.ResultConstraintPrimaryKey:
		return &storage.ConflictError{Table: t.Name, Index: "id"}
	case sqlite.ResultConstraintUnique:
		if ix := violated(t, err.Error()); ix != "" {
			return &storage.ConflictError{Table: t.Name, Index: ix}
		}
	}
	return fmt.Errorf("sqlite: %s: %w", t.Name, err)
}

// violated returns the unique index of t whose columns a message ends with, or "".
func violated(t *storage.Table, message string) string {
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		if !ix.Unique {
			continue
		}
		var b strings.Builder
		b.WriteString(": " + t.Name + ".tenant_id")
		for _, c := range ix.Columns {
			b.WriteString(", " + t.Name + "." + c)
		}
		if strings.HasSuffix(message, b.String()) {
			return ix.Name
		}
	}
	return ""
}
