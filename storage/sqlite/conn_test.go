package sqlite

import (
	"testing"

	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

// TestDurable shows that what Options.Durable asks for is what SQLite is told.
func TestDurable(t *testing.T) {
	t.Parallel()
	for durable, want := range map[bool]int{false: 1, true: 2} {
		s := openTest(t, &Options{Durable: durable})
		require.NoError(t, s.writing(t.Context(), func(c *conn) error {
			return c.once("PRAGMA synchronous", func(st *sqlite.Stmt) { require.Equal(t, want, st.ColumnInt(0)) })
		}))
	}
}

func TestStatementsAreBounded(t *testing.T) {
	t.Parallel()
	s, ctx := companies(t, 1, 0), t.Context()
	require.NoError(t, s.View(ctx, "big", func(r storage.Reader) error {
		for n := range maxStatements + 50 {
			q := &storage.Query{Table: company, Limit: 1}
			for i, c := range company.Columns[:5] { // the digits of n, of which there are five: absent, up or down
				if digit := n / []int{1, 3, 9, 27, 81}[i] % 3; digit > 0 {
					q.Order = append(q.Order, storage.Order{Field: c.Name, Desc: digit == 2})
				}
			}
			if n >= 243 {
				q.Where = where(storage.Eq, "active", storage.BoolValue(true))
			}
			if _, err := r.Find(ctx, q); err != nil {
				return err
			}
			anew := *company
			if _, err := r.Find(ctx, &storage.Query{Table: &anew, Limit: 1}); err != nil {
				return err
			}
		}
		c := r.(*tx).conn
		require.LessOrEqual(t, len(c.kept), maxStatements)
		require.LessOrEqual(t, len(c.texts), maxTables)
		return nil
	}))
}
