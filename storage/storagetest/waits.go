package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
)

// waitLimit is how long a waiter may take to notice that its context has ended.
const waitLimit = 5 * time.Second

// testWaitEnds lets writers wait for one that does not end.
func testWaitEnds(t *testing.T, open opener) {
	nested := func(t *testing.T, tenant string) {
		s, ctx := fresh(t, open), limited(t)
		must(t, ends(t, patience(t), "an Update within another", func() error {
			runs := 0
			return s.Update(ctx, "", func(x storage.Tx) error {
				if err := x.Insert(ctx, account, []storage.Row{row(1)}); err != nil {
					return err
				}
				if runs++; runs > 3 { // the one within may be why this one runs again
					return x.Insert(ctx, account, []storage.Row{row(2)})
				}
				short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
				defer cancel()
				start := time.Now()
				err := insertFor(short, s, tenant, row(100+runs))
				if took := time.Since(start); took > waitLimit {
					return fmt.Errorf("it ended %s after its context", took-200*time.Millisecond)
				}
				if err != nil && !errors.Is(err, context.DeadlineExceeded) {
					return fmt.Errorf("the one within: %w", err)
				}
				return x.Insert(ctx, account, []storage.Row{row(2)})
			})
		}))
		expect(ctx, t, s, "what the outer one wrote", storage.Filter{Op: storage.In, Field: "id",
			Args: []storage.Value{storage.RefValue(id(1)), storage.RefValue(id(2))}}, 1, 2)
		goesOn(t, s)
	}
	t.Run("Nested", func(t *testing.T) { nested(t, "") })
	t.Run("NestedForAnother", func(t *testing.T) { nested(t, "another") })

	t.Run("OwnLimit", func(t *testing.T) { // nothing but the store itself can end this wait
		s := fresh(t, open)
		must(t, ends(t, patience(t), "an Update within another, without a deadline", func() error {
			runs := 0
			return s.Update(t.Context(), "", func(x storage.Tx) error {
				if err := x.Insert(t.Context(), account, []storage.Row{row(1)}); err != nil {
					return err
				}
				if runs++; runs > 3 {
					return nil
				}
				if err := insert(t.Context(), s, row(100+runs)); err != nil && !errors.Is(err, storage.ErrBusy) {
					return fmt.Errorf("the one within: %w", err)
				}
				return nil
			})
		}))
		expect(limited(t), t, s, "what the outer one wrote", eq("id", storage.RefValue(id(1))), 1)
		goesOn(t, s)
	})

	t.Run("Cancelled", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		holding, release := make(chan struct{}, 10), make(chan struct{})
		outer := make(chan error, 1)
		go func() {
			outer <- s.Update(ctx, "", func(x storage.Tx) error {
				holding <- struct{}{}
				<-release
				return x.Insert(ctx, account, []storage.Row{row(1)})
			})
		}()
		<-holding
		for _, what := range []string{"before", "while"} {
			waiting, cancel := context.WithCancel(ctx)
			if what == "before" {
				cancel()
			} else {
				time.AfterFunc(50*time.Millisecond, cancel)
			}
			err := ends(t, waitLimit, "a waiter cancelled "+what+" it waits", func() error { return insert(waiting, s, row(2)) })
			if !errors.Is(err, context.Canceled) && (err != nil || what == "before") {
				t.Errorf("a waiter cancelled %s it waits: got %v", what, err)
			}
			cancel()
		}
		close(release)
		must(t, ends(t, patience(t), "the writer that was waited for", func() error { return <-outer }))
		expect(ctx, t, s, "what it wrote", eq("id", storage.RefValue(id(1))), 1)
		goesOn(t, s)
	})
}

// testTurns lets writers wait in a known order.
func testTurns(t *testing.T, open opener) {
	s := fresh(t, open)
	var turns []int
	for range 3 { // a goroutine that the system lets wait comes later than it should
		if turns = turnsOf(t, s); slices.IsSorted(turns) {
			return
		}
		must(t, s.Update(limited(t), "", func(x storage.Tx) error {
			rows, err := x.Find(t.Context(), everyRow)
			if err != nil {
				return err
			}
			keys := make([]storage.Key, len(rows))
			for i := range rows {
				keys[i] = storage.Key{ID: rows[i].ID, Version: rows[i].Version}
			}
			return x.Delete(t.Context(), account, keys)
		}))
	}
	t.Errorf("writers that came in order had their turns in the order %v", turns)
}

// turnsOf returns the order in which writers had their turns that came in the order of their numbers.
func turnsOf(t *testing.T, s storage.Store) (turns []int) {
	const waiters = 8
	ctx := limited(t)
	holding, release := make(chan struct{}, 10), make(chan struct{})
	outer := make(chan error, 1)
	go func() {
		outer <- s.Update(ctx, "", func(x storage.Tx) error {
			holding <- struct{}{}
			<-release
			return x.Insert(ctx, account, []storage.Row{row(1000)})
		})
	}()
	<-holding
	var wg sync.WaitGroup
	var mu sync.Mutex // guards turns
	for n := range waiters {
		wg.Go(func() {
			first := true
			err := s.Update(ctx, "", func(x storage.Tx) error {
				if first { // those whose store lets them run at once do so before the release
					first = false
					mu.Lock()
					turns = append(turns, n)
					mu.Unlock()
				}
				return x.Insert(ctx, account, []storage.Row{row(n)})
			})
			if err != nil {
				t.Errorf("waiter %d: %v", n, err)
			}
		})
		time.Sleep(10 * time.Millisecond) // until it waits
	}
	close(release)
	must(t, ends(t, patience(t), "the writer that was waited for", func() error { return <-outer }))
	must(t, ends(t, patience(t), "those that waited", func() error { wg.Wait(); return nil }))
	return turns
}
