package storagetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
)

// testAlias changes what was given to a store and what it returned, and looks whether the store changed too.
func testAlias(t *testing.T, open opener) {
	s, ctx := fresh(t, open), limited(t)
	spoil := func(rows []storage.Row) {
		for i := range rows {
			for j := range rows[i].Values {
				rows[i].Values[j] = storage.Value{}
			}
			rows[i] = storage.Row{}
		}
	}
	full := func(n int, by string) storage.Row {
		return row(n, name(by), number(by+id(n).String()), staff(int64(n)), column("custom", storage.DocValue(name(by))))
	}
	want := []storage.Row{full(1, "a"), full(2, "b")}
	copied := func() (rows []storage.Row) {
		for _, x := range want {
			x.Values = slices.Clone(x.Values)
			rows = append(rows, x)
		}
		return rows
	}

	given := copied()
	must(t, insert(ctx, s, given...))
	for i := range given {
		clear(given[i].Values)
	}
	holds(t, s, want...)

	got, err := find(ctx, s, everyRow)
	must(t, err)
	spoil(got)
	holds(t, s, want...)

	must(t, s.Update(ctx, "", func(x storage.Tx) error { // within a transaction too
		for _, where := range []storage.Filter{{}, eq("id", storage.RefValue(id(1))), eq("name", storage.TextValue("a"))} {
			got, err := x.Find(ctx, &storage.Query{Table: account, Where: where, Limit: 10})
			if err != nil {
				return err
			}
			spoil(got)
		}
		got, err := x.Find(ctx, everyRow)
		if err == nil && !equal(got, ordered(want...)) {
			t.Errorf("within a transaction: got %v", got)
		}
		return err
	}))
	holds(t, s, want...)

	for i := range want {
		want[i] = next(want[i], name("changed"))
	}
	must(t, s.Update(ctx, "", func(x storage.Tx) error {
		given, keys := copied(), []storage.Key{{ID: id(3), Version: 1}}
		if err := errors.Join(x.Update(ctx, account, given), x.Insert(ctx, account, []storage.Row{row(3)}), x.Delete(ctx, account, keys)); err != nil {
			return err
		}
		spoil(given)
		clear(keys)
		return nil
	}))
	holds(t, s, want...)

	two := storage.IntValue(2) // a query is not kept, and not changed
	q := &storage.Query{Table: account, Columns: []string{"staff", "name"}, Limit: 5, Order: []storage.Order{{Field: "staff", Desc: true}},
		Where: storage.Filter{Op: storage.And, Sub: []storage.Filter{
			{Op: storage.And, Sub: []storage.Filter{{Op: storage.In, Field: "staff", Args: []storage.Value{two, storage.IntValue(1), two}}}}, below(2)}}}
	before := describe(q)
	for range 2 {
		rows, err := find(ctx, s, q)
		must(t, err)
		same(t, rows, []storage.Row{{ID: id(2), Version: 2, Values: []storage.Value{two, storage.TextValue("changed")}}})
		if describe(q) != before {
			t.Fatalf("a query was changed to %s", describe(q))
		}
		spoil(rows)
	}
}

// testUseAfterEnd keeps readers and transactions longer than their functions run.
func testUseAfterEnd(t *testing.T, open opener) {
	s, ctx := fresh(t, open), limited(t)
	must(t, insert(ctx, s, row(1)))
	reads := func(what string, r storage.Reader) {
		refused(t, what+": Find", func() error { _, err := r.Find(ctx, everyRow); return err })
		refused(t, what+": Count", func() error { _, err := r.Count(ctx, everyRow); return err })
	}
	var kept storage.Reader
	must(t, s.View(ctx, "", func(r storage.Reader) error { kept = r; return nil }))
	reads("after a View", kept)

	boom := errors.New("boom")
	for what, end := range map[string]func() error{"a commit": func() error { return nil }, "an error": func() error { return boom }, "a panic": func() error { panic(boom) }} {
		var x storage.Tx
		_ = panicOf(func() {
			_ = s.Update(ctx, "", func(tx storage.Tx) error {
				x = tx
				if err := tx.Insert(ctx, account, []storage.Row{row(2)}); err != nil {
					return err
				}
				return end()
			})
		})
		what = "after " + what
		want := []storage.Row{row(1)}
		if what == "after a commit" {
			want = append(want, row(2))
		}
		for range 2 { // whether another writes or not
			reads(what, x)
			refused(t, what+": Insert", func() error { return x.Insert(ctx, account, []storage.Row{row(3)}) })
			refused(t, what+": Update", func() error { return x.Update(ctx, account, []storage.Row{next(row(1))}) })
			refused(t, what+": Delete", func() error { return x.Delete(ctx, account, []storage.Key{{ID: id(1), Version: 1}}) })
			holds(t, s, want...)
			goesOn(t, s)
		}
		if len(want) > 1 {
			must(t, remove(ctx, s, storage.Key{ID: id(2), Version: 1}))
		}
	}
}

// testUseAfterClose closes stores that rest, and stores that work.
func testUseAfterClose(t *testing.T, open opener) {
	t.Run("Closed", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1)))
		for range 2 {
			must(t, ends(t, patience(t), "Close", s.Close))
			ran := false
			for what, err := range map[string]error{
				"Migrate":    s.Migrate(ctx, []*storage.Table{account}),
				"Migrate of": s.Migrate(ctx, nil),
				"View":       s.View(ctx, "", func(storage.Reader) error { ran = true; return nil }),
				"Update":     s.Update(ctx, "", func(storage.Tx) error { ran = true; return nil }),
				"Insert":     insert(ctx, s, row(2)),
			} {
				if !errors.Is(err, storage.ErrClosed) {
					t.Errorf("%s: got %v, want ErrClosed", what, err)
				}
			}
			if ran {
				t.Error("a function ran on a closed store")
			}
		}
	})

	t.Run("Unused", func(t *testing.T) {
		s := open(t)
		must(t, s.Close())
		if err := s.Migrate(limited(t), nil); !errors.Is(err, storage.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	})

	closing := func(t *testing.T, work func(ctx context.Context, s storage.Store, running func()) error) {
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1)))
		started, goOn := make(chan struct{}, 10), make(chan struct{})
		worked, closed := make(chan error, 1), make(chan error, 1)
		go func() { worked <- work(ctx, s, func() { started <- struct{}{}; <-goOn }) }()
		<-started
		go func() { closed <- s.Close() }()
		select {
		case err := <-closed:
			t.Error("Close does not wait for what runs")
			closed <- err
		case <-time.After(100 * time.Millisecond):
		}
		close(goOn)
		must(t, ends(t, patience(t), "what ran", func() error { return <-worked }))
		must(t, ends(t, patience(t), "Close", func() error { return <-closed }))
	}
	t.Run("ViewRuns", func(t *testing.T) {
		closing(t, func(ctx context.Context, s storage.Store, running func()) error {
			return s.View(ctx, "", func(r storage.Reader) error {
				running()
				rows, err := r.Find(ctx, everyRow)
				if err == nil && len(rows) != 1 {
					t.Errorf("got %d rows, want 1", len(rows))
				}
				return err
			})
		})
	})
	t.Run("Within", func(t *testing.T) { // a transaction that starts another while Close waits for it
		closing(t, func(ctx context.Context, s storage.Store, running func()) error {
			return s.Update(ctx, "", func(storage.Tx) error {
				running()
				for what, err := range map[string]error{
					"View":   s.View(ctx, "", func(storage.Reader) error { return nil }),
					"Update": s.Update(ctx, "", func(storage.Tx) error { return nil }),
				} {
					if !errors.Is(err, storage.ErrClosed) {
						t.Errorf("%s: got %v, want ErrClosed", what, err)
					}
				}
				return nil
			})
		})
	})
	t.Run("UpdateRuns", func(t *testing.T) {
		closing(t, func(ctx context.Context, s storage.Store, running func()) error {
			return s.Update(ctx, "", func(x storage.Tx) error {
				running()
				return x.Insert(ctx, account, []storage.Row{row(2)})
			})
		})
	})
}
