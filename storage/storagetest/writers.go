package storagetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
)

// A meeting lets two transactions read before either writes, where the store lets them run at once. Where it does not,
// the first waits in vain for a moment, and goes on.
type meeting [2]chan struct{}

func newMeeting() meeting { return meeting{make(chan struct{}), make(chan struct{})} }

// arrive says that side i has read, and waits for the other. A run that is repeated does not wait again.
func (m meeting) arrive(i int, once *sync.Once) {
	once.Do(func() {
		close(m[i])
		select {
		case <-m[1-i]:
		case <-time.After(20 * time.Millisecond):
		}
	})
}

// both runs two Updates of the tenant "", whose functions call met between reading and writing.
func both(ctx context.Context, s storage.Store, fn func(i int, x storage.Tx, met func()) error) (errs [2]error) {
	var wg sync.WaitGroup
	m := newMeeting()
	for i := range errs {
		var once sync.Once
		wg.Go(func() {
			errs[i] = s.Update(ctx, "", func(x storage.Tx) error { return fn(i, x, func() { m.arrive(i, &once) }) })
		})
	}
	wg.Wait()
	return errs
}

// testSerialisable lets two writers decide by what the other changes.
func testSerialisable(t *testing.T, open opener) {
	no := errors.New("the other was first")

	t.Run("WriteSkew", func(t *testing.T) { // 1 goes under 2 while 2 goes under 1: only one may
		s, ctx := fresh(t, open), limited(t)
		for round := range 10 {
			one, two := 2*round+1, 2*round+2
			must(t, insert(ctx, s, row(one), row(two)))
			errs := both(ctx, s, func(i int, x storage.Tx, met func()) error {
				me, other := one+i, two-i
				got, err := x.Find(ctx, byID(other))
				if err != nil {
					return err
				}
				met()
				if !got[0].Values[account.Column("parent")].IsNull() {
					return no
				}
				return x.Update(ctx, account, []storage.Row{next(row(me), parent(other))})
			})
			if won := wins(t, errs, no); won != 1 {
				t.Fatalf("round %d: %d of two writers won", round, won)
			}
		}
	})

	t.Run("Phantom", func(t *testing.T) { // each adds a row if there is none
		s, ctx := fresh(t, open), limited(t)
		for round := range int64(10) {
			free := &storage.Query{Table: account, Where: eq("staff", storage.IntValue(round))}
			errs := both(ctx, s, func(i int, x storage.Tx, met func()) error {
				n, err := x.Count(ctx, free)
				if err != nil {
					return err
				}
				met()
				if n > 0 {
					return no
				}
				return x.Insert(ctx, account, []storage.Row{row(int(round)*2+i, staff(round))})
			})
			if won := wins(t, errs, no); won != 1 {
				t.Fatalf("round %d: %d of two writers won", round, won)
			}
		}
	})
}

// wins counts the writers that had no error; any but no fails the test.
func wins(t testing.TB, errs [2]error, no error) (n int) {
	t.Helper()
	for _, err := range errs {
		if err == nil {
			n++
		} else if !errors.Is(err, no) {
			t.Errorf("a writer that meets another: %v", err)
		}
	}
	return n
}

// testContention lets many writers meet at one row, and at none.
func testContention(t *testing.T, open opener) {
	increment := func(ctx context.Context, x storage.Tx, met func()) error {
		got, err := x.Find(ctx, byID(1))
		if err != nil {
			return err
		}
		met()
		return x.Update(ctx, account, []storage.Row{next(got[0], staff(value(got[0])+1))})
	}
	t.Run("TwoMeet", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1, staff(0))))
		for round := range int64(10) {
			errs := both(ctx, s, func(_ int, x storage.Tx, met func()) error { return increment(ctx, x, met) })
			must(t, errors.Join(errs[:]...))
			got, err := find(ctx, s, byID(1))
			must(t, err)
			if value(got[0]) != 2*round+2 {
				t.Fatalf("round %d: got %d, want %d: an update is lost", round, value(got[0]), 2*round+2)
			}
		}
	})

	t.Run("OneRow", func(t *testing.T) {
		const workers, times = 8, 25
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1, staff(0))))
		crowd(t, workers, func(int) error {
			for range times {
				if err := s.Update(ctx, "", func(x storage.Tx) error { return increment(ctx, x, runtime.Gosched) }); err != nil {
					return err
				}
			}
			return nil
		})
		got, err := find(ctx, s, byID(1))
		must(t, err)
		if value(got[0]) != workers*times || got[0].Version != workers*times+1 {
			t.Errorf("got %d in version %d, want %d: updates are lost", value(got[0]), got[0].Version, workers*times)
		}
	})

	t.Run("OwnRows", func(t *testing.T) { // of two tenants, beside readers
		const workers, times = 6, 20
		s, ctx := fresh(t, open), limited(t)
		crowd(t, workers, func(w int) error {
			tenant := fmt.Sprint("tenant", w%2)
			for i := range times {
				if err := insertFor(ctx, s, tenant, row(w*times+i, name("n"))); err != nil {
					return err
				}
				if _, err := findFor(ctx, s, tenant, &storage.Query{Table: account, Where: eq("name", storage.TextValue("n")), Limit: 10}); err != nil {
					return err
				}
			}
			return nil
		})
		for _, tenant := range []string{"tenant0", "tenant1"} {
			rows, err := findFor(ctx, s, tenant, everyRow)
			must(t, err)
			if len(rows) != workers/2*times {
				t.Errorf("%s: got %d rows, want %d", tenant, len(rows), workers/2*times)
			}
		}
	})
}

// crowd runs fn in that many goroutines.
func crowd(t testing.TB, workers int, fn func(worker int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			if err := fn(w); err != nil {
				t.Errorf("writer %d: %v", w, err)
			}
		})
	}
	wg.Wait()
}
