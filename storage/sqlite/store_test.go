package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

func insertCompanies(ctx context.Context, s *Store, tenant string, from, to int) error {
	rows := make([]storage.Row, 0, to-from)
	for n := from; n < to; n++ {
		rows = append(rows, companyRow(n))
	}
	return s.Update(ctx, tenant, func(x storage.Tx) error { return x.Insert(ctx, company, rows) })
}

func count(ctx context.Context, s *Store, tenant string, where storage.Filter) (n int64, err error) {
	err = s.View(ctx, tenant, func(r storage.Reader) (err error) {
		n, err = r.Count(ctx, &storage.Query{Table: company, Where: where})
		return err
	})
	return n, err
}

// do runs SQL of a host's own, beside the store.
func do(tb testing.TB, path, sql string) {
	tb.Helper()
	c, err := sqlite.OpenConn(path)
	require.NoError(tb, err)
	st, _, err := c.PrepareTransient(sql)
	require.NoError(tb, err)
	for more := true; more; {
		more, err = st.Step()
		require.NoError(tb, err)
	}
	require.NoError(tb, st.Finalize())
	require.NoError(tb, c.Close())
}

func TestReopen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	for n := range 3 {
		s, err := Open(path, &Options{Durable: n == 1})
		require.NoError(t, err)
		require.NoError(t, s.Migrate(t.Context(), []*storage.Table{company}))
		require.NoError(t, insertCompanies(t.Context(), s, "", n*100, n*100+100))
		got, err := count(t.Context(), s, "", storage.Filter{})
		require.NoError(t, err)
		require.EqualValues(t, n*100+100, got)
		require.NoError(t, s.Close())
		require.NoFileExists(t, path+"-wal")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", ":memory:", filepath.Join(t.TempDir(), "no", "such", "folder.db"), t.TempDir()} {
		_, err := Open(path, nil)
		require.Error(t, err, path)
	}
	text := filepath.Join(t.TempDir(), "text.db")
	require.NoError(t, os.WriteFile(text, []byte("This is no database, but a text of some length, longer than the header of one."), 0o600))
	_, err := Open(text, nil)
	require.Error(t, err)
}

// TestErrorIsItself shows that what fn returns is returned as it is.
func TestErrorIsItself(t *testing.T) {
	t.Parallel()
	s := openTest(t, nil)
	boom := &storage.ConflictError{Table: "boom"}
	require.Same(t, boom, s.Update(t.Context(), "", func(storage.Tx) error { return boom }))
	require.Same(t, boom, s.View(t.Context(), "", func(storage.Reader) error { return boom }))
}

// TestTransactionIsGone shows that nothing is written, and nobody is told so, after SQLite has ended a transaction by itself.
func TestTransactionIsGone(t *testing.T) {
	t.Parallel()
	s, ctx := companies(t, 1, 0), t.Context()
	err := s.Update(ctx, "big", func(x storage.Tx) error {
		return x.(*tx).exec("ROLLBACK") // as SQLite does after some errors
	})
	require.ErrorContains(t, err, "rolled back")
	err = s.Update(ctx, "big", func(x storage.Tx) error {
		require.NoError(t, x.(*tx).exec("ROLLBACK"))
		return x.Insert(ctx, company, []storage.Row{companyRow(5)})
	})
	require.ErrorContains(t, err, "rolled back")
	n, err := count(ctx, s, "big", storage.Filter{})
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

// TestFull fills the file to the brim: the transaction that does not fit is an error, all that were committed are there,
// and once there is room it goes on.
func TestFull(t *testing.T) {
	t.Parallel()
	s, ctx := companies(t, 100, 0), t.Context()
	pages := func(sql string) {
		require.NoError(t, s.writing(ctx, func(c *conn) error { return c.once(sql, nil) }))
	}
	pages("PRAGMA max_page_count = 40")
	committed := 100
	var err error
	for err == nil && committed < 100_000 {
		if err = insertCompanies(ctx, s, "big", committed, committed+20); err == nil {
			committed += 20
		}
	}
	require.Equal(t, sqlite.ResultFull, sqlite.ErrCode(err), "%v", err)
	require.NotErrorIs(t, err, storage.ErrOutcomeUnknown)
	n, err := count(ctx, s, "big", storage.Filter{})
	require.NoError(t, err)
	require.EqualValues(t, committed, n)
	require.Error(t, insertCompanies(ctx, s, "big", committed, committed+1000))
	pages(fmt.Sprintf("PRAGMA max_page_count = %d", 1<<30))
	require.NoError(t, insertCompanies(ctx, s, "big", committed, committed+1000))
}
