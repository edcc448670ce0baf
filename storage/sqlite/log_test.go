package sqlite

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

// TestLogIsBounded has Views that overlap all the time, so that SQLite alone would never begin its log anew.
func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	s := companies(t, 1000, 0)
	s.logMost, s.shortenAt = 1<<20, 1<<20
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				_, err := count(ctx, s, "big", where(storage.Contains, "name", storage.TextValue("1")))
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			}
		})
	}
	var most, written int64
	before := int64(0)
	for n := range 40 {
		require.NoError(t, insertCompanies(ctx, s, "log", n*50, n*50+50))
		info, err := os.Stat(s.path + "-wal")
		require.NoError(t, err)
		most = max(most, info.Size())
		written += max(0, info.Size()-before)
		before = info.Size()
	}
	cancel()
	readers.Wait()
	t.Logf("%d KB were written to a log of at most %d KB", written>>10, most>>10)
	require.Greater(t, written, 3*s.logMost)
	require.Less(t, most, 2*s.logMost)
}

// TestLogAndLongView has a View that stays: commits are held up for a moment at a time, and not forever.
func TestLogAndLongView(t *testing.T) {
	t.Parallel()
	s, ctx := companies(t, 10, 0), t.Context()
	s.logMost, s.shortenAt = 1<<20, 1<<20
	require.NoError(t, s.View(ctx, "big", func(r storage.Reader) error {
		if _, err := r.Count(ctx, &storage.Query{Table: company}); err != nil {
			return err
		}
		slowly := 0
		for n := range 25 {
			began := time.Now()
			require.NoError(t, insertCompanies(ctx, s, "log", n*50, n*50+50))
			if time.Since(began) > logPause {
				slowly++
			}
		}
		info, err := os.Stat(s.path + "-wal")
		require.NoError(t, err)
		require.LessOrEqual(t, int64(slowly), 2*info.Size()/s.logMost, "a pause for each half of the bound that is written")
		n, err := r.Count(ctx, &storage.Query{Table: company})
		require.EqualValues(t, 10, n)
		return err
	}))
	require.NoError(t, insertCompanies(ctx, s, "log", 2000, 2050))
	require.NoError(t, insertCompanies(ctx, s, "log", 2050, 2500))
	info, err := os.Stat(s.path + "-wal")
	require.NoError(t, err)
	require.Less(t, info.Size(), 2*s.logMost, "once the View has ended")
}

// TestLogGrowsWithTheFile has a log in proportion to the file, within bounds, and again after the connection is opened anew.
func TestLogGrowsWithTheFile(t *testing.T) {
	t.Parallel()
	s, ctx := companies(t, 10, 0), t.Context()
	pages := func() (n int64) {
		require.NoError(t, insertCompanies(ctx, s, "log", 0, 1))
		require.NoError(t, s.Update(ctx, "log", func(x storage.Tx) error {
			return x.Delete(ctx, company, []storage.Key{{ID: companyID(0), Version: 1}})
		}))
		require.NoError(t, s.write.once("PRAGMA wal_autocheckpoint", func(st *sqlite.Stmt) { n = st.ColumnInt64(0) }))
		return n
	}
	require.EqualValues(t, leastLog, pages())
	for size, want := range map[int64]int64{16000: 16000, 100_000: mostLog, 100: leastLog} {
		require.NoError(t, s.write.close())
		s.write = nil
		require.NoError(t, os.Truncate(s.path, size*pageSize)) // pages that nothing uses
		require.Equal(t, want, pages())
		require.Equal(t, logMost(int(want)), s.logMost)
	}
}
