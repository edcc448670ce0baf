package memory

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// opened returns a store with the table company.
func opened(t *testing.T, wait time.Duration) *Store {
	t.Helper()
	s := New(&Options{Wait: wait})
	require.NoError(t, s.Migrate(t.Context(), []*storage.Table{company}))
	return s
}

func nothing(storage.Reader) error { return nil }

// TestCloseWithin closes a store while a transaction starts another.
func TestCloseWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opened(t, time.Second)
		err := s.Update(t.Context(), "", func(storage.Tx) error {
			go func() { _ = s.Close() }()
			synctest.Wait()
			return s.View(t.Context(), "", nothing)
		})
		require.ErrorIs(t, err, storage.ErrClosed)
		require.NoError(t, s.Close())
	})
}

// TestMigrateBesideWriter migrates while a tenant writes: nobody else waits, and the Migrate only if there is something to
// add.
func TestMigrateBesideWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ctx := opened(t, time.Second), t.Context()
		grown := &storage.Table{Name: "company", Columns: append(company.Columns[:5:5], storage.Column{Name: "more", Kind: storage.Int})}
		migrated := make(chan error, 1)
		start := time.Now()
		require.NoError(t, s.Update(ctx, "a", func(x storage.Tx) error {
			require.NoError(t, s.Migrate(ctx, []*storage.Table{company}), "nothing to do")
			go func() { migrated <- s.Migrate(ctx, []*storage.Table{grown}) }()
			synctest.Wait()
			require.NoError(t, s.View(ctx, "a", nothing))
			require.NoError(t, s.View(ctx, "b", nothing))
			for _, tenant := range []string{"b", "c"} { // "b" is new, so it has nothing that the Migrate holds
				require.NoError(t, s.Update(ctx, tenant, func(x storage.Tx) error { return x.Insert(ctx, company, []storage.Row{companyRow(1)}) }))
			}
			require.Zero(t, time.Since(start))
			require.Empty(t, migrated)
			return x.Insert(ctx, company, []storage.Row{companyRow(1)})
		}))
		require.NoError(t, <-migrated)
		for _, tenant := range []string{"a", "b", "c", "d"} {
			require.NoError(t, s.View(ctx, tenant, func(r storage.Reader) error {
				_, err := r.Find(ctx, &storage.Query{Table: grown, Limit: 1})
				return err
			}))
		}

		err := s.Update(ctx, "a", func(storage.Tx) error {
			canceled, cancel := context.WithTimeout(ctx, time.Millisecond)
			defer cancel()
			more := &storage.Table{Name: "more"}
			require.ErrorIs(t, s.Migrate(canceled, []*storage.Table{more}), context.DeadlineExceeded)
			require.ErrorIs(t, s.Migrate(ctx, []*storage.Table{more}), storage.ErrBusy)
			return nil
		})
		require.NoError(t, err)
	})
}

// TestTenantsWriteAtOnce has a writer for each tenant.
func TestTenantsWriteAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ctx := opened(t, time.Second), t.Context()
		start := time.Now()
		require.NoError(t, s.Update(ctx, "a", func(storage.Tx) error {
			return s.Update(ctx, "b", func(x storage.Tx) error { return x.Insert(ctx, company, []storage.Row{companyRow(1)}) })
		}))
		require.Zero(t, time.Since(start))
	})
}

// TestViewLeavesNoTrace reads for tenants that are not there, as anybody may ask for.
func TestViewLeavesNoTrace(t *testing.T) {
	s := opened(t, time.Second)
	require.NoError(t, s.View(t.Context(), "unknown", func(r storage.Reader) error {
		n, err := r.Count(t.Context(), &storage.Query{Table: company})
		require.Zero(t, n)
		return err
	}))
	require.Empty(t, s.tenants)
}
