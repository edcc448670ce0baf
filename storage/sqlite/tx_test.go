package sqlite

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// TestOver shows that who keeps a transaction gets at nothing by it.
func TestOver(t *testing.T) {
	t.Parallel()
	s := companies(t, 1, 0)
	ctx := t.Context()
	var kept storage.Tx
	require.NoError(t, s.Update(ctx, "big", func(x storage.Tx) error { kept = x; return nil }))
	require.NoError(t, s.Update(ctx, "other", func(storage.Tx) error {
		_, err := kept.Find(ctx, &storage.Query{Table: company, Limit: 1})
		require.ErrorIs(t, err, errOver)
		_, err = kept.Count(ctx, &storage.Query{Table: company})
		require.ErrorIs(t, err, errOver)
		require.ErrorIs(t, kept.Insert(ctx, company, []storage.Row{companyRow(7)}), errOver)
		require.ErrorIs(t, kept.Delete(ctx, company, []storage.Key{{ID: companyID(0), Version: 1}}), errOver)
		return nil
	}))
}

// TestIndexIsGone shows that a hint for an index that somebody has dropped changes no answer, also when the statement was
// prepared before.
func TestIndexIsGone(t *testing.T) {
	t.Parallel()
	s, ctx := companies(t, 20, 0), t.Context()
	q := &storage.Query{Table: company, Order: []storage.Order{{Field: "name"}}, Limit: 5, Index: "name"}
	find := func() (rows []storage.Row) {
		require.NoError(t, s.View(ctx, "big", func(r storage.Reader) (err error) {
			rows, err = r.Find(ctx, q)
			return err
		}))
		return rows
	}
	want := find()
	do(t, s.path, `DROP INDEX "company.name"`)
	require.Equal(t, want, find())
	require.Equal(t, want, find())
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company}))
	require.Equal(t, want, find())
}
