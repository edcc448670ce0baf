package record_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

func TestTransactions(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		boom := errors.New("boom")
		c := &Company{Name: "A"}
		after := 0
		err := f.s.Update(f.ctx, func(s *record.Session) error {
			s.AfterCommit(func() { after++ })
			cs := companies.In(s)
			if err := cs.Create(f.ctx, c); err != nil {
				return err
			}
			c.Notes = "2"
			if err := cs.Update(f.ctx, c); err != nil || c.Version != 2 {
				return fmt.Errorf("version %d: %w", c.Version, err)
			}
			return boom
		})
		require.ErrorIs(f, err, boom)
		f.equal(0, after)
		f.equal(int64(0), c.Version) // taken back, but for the id
		require.False(f, c.ID.IsZero())
		require.True(f, c.CreatedTime.IsZero())
		f.must(f.companies.Create(f.ctx, c)) // the same struct, once more

		err = f.s.Update(f.ctx, func(s *record.Session) error {
			_ = s.Update(f.ctx, func(s *record.Session) error { // swallowed, yet it had written
				if err := companies.In(s).Create(f.ctx, &Company{Name: "half"}); err != nil {
					return err
				}
				return boom
			})
			return nil
		})
		require.ErrorIs(f, err, boom)
		f.must(f.s.Update(f.ctx, func(s *record.Session) error {
			s.AfterCommit(func() { after++ })
			_ = companies.In(s).Create(f.ctx, &Company{}) // refused before it wrote anything
			return companies.In(s).Create(f.ctx, &Company{Name: "B"})
		}))
		f.equal(1, after)
		f.s.AfterCommit(func() { after++ })
		f.equal(2, after)
		err = f.s.View(f.ctx, func(s *record.Session) error { return companies.In(s).Create(f.ctx, &Company{Name: "x"}) })
		require.ErrorIs(f, err, record.ErrReadOnly)
		f.equal([]string{"A", "B"}, f.names(record.Query{}))
	})
}

func TestTenants(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a := f.make("a", record.ID{})
		other := f.s.Tenant("other")
		theirs := companies.In(other)
		_, err := theirs.Get(f.ctx, a.ID)
		require.ErrorIs(f, err, record.ErrNotFound)
		f.equal("0.Parent=NOT_FOUND", codes(theirs.Create(f.ctx, &Company{Name: "b", ParentID: a.ID})))
		require.ErrorIs(f, theirs.Delete(f.ctx, a.ID), record.ErrNotFound)
		f.must(theirs.Create(f.ctx, &Company{Name: "a", Meta: record.Meta{ID: a.ID}})) // ids are a tenant's own
		err = f.s.Update(f.ctx, func(s *record.Session) error {
			return companies.In(s.Tenant("other")).Create(f.ctx, &Company{Name: "c"})
		})
		require.ErrorIs(f, err, record.ErrTenant)
		f.must(other.Verify(f.ctx))
	})
}

func TestOnce(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		ops := map[record.ID]bool{}
		for range 8 {
			wg.Go(func() {
				op, err := f.s.Once("k", "request").Do(f.ctx, func(s *record.Session) error {
					return companies.In(s).Create(f.ctx, &Company{Name: "once"})
				})
				if err != nil {
					f.Error(err)
					return
				}
				mu.Lock()
				ops[op.ID] = true
				mu.Unlock()
			})
		}
		wg.Wait()
		f.equal(1, len(ops))
		f.equal([]string{"once"}, f.names(record.Query{}))
		for id := range ops {
			links, err := f.s.Created(f.ctx, id)
			f.must(err)
			f.equal(1, len(links))
			_, err = f.companies.Get(f.ctx, links[0].ID) // what the second caller reads
			f.must(err)
		}
		_, err := f.s.Once("k", "another").Do(f.ctx, func(*record.Session) error { return nil })
		require.ErrorIs(f, err, record.ErrConflict)
		boom := errors.New("boom")
		_, err = f.s.Once("failed").Do(f.ctx, func(*record.Session) error { return boom })
		require.ErrorIs(f, err, boom) // and leaves the key free
		_, err = f.s.Once("failed").Do(f.ctx, func(*record.Session) error { return nil })
		f.must(err)
		_, err = f.s.Once("").Do(f.ctx, func(*record.Session) error { return nil })
		f.equal("0.key=MANDATORY_NOT_FOUND", codes(err))
		list, err := f.s.Operations(f.ctx, 0)
		f.must(err)
		f.equal(2, len(list))
	})
}

func TestBatchesAreRunOnce(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		runs := 0
		batch := func(first int64, name string) *record.Batch {
			op, err := f.s.Start(f.ctx, "test", "key", "req")
			f.must(err)
			b, err := f.s.Batch(f.ctx, op, first, func(s *record.Session, b *record.Batch) error {
				runs++
				b.Next, b.Counts = first+1, record.Counts{Read: 1, Created: 1}
				b.Outcome = []byte{1, 0, 255}
				return companies.In(s).Create(f.ctx, &Company{Name: name})
			})
			f.must(err)
			return b
		}
		f.equal(false, batch(0, "a").Repeated)
		once := runs
		again := batch(0, "not again")
		f.equal(&record.Batch{First: 0, Next: 1, Counts: record.Counts{Read: 1, Created: 1}, Outcome: []byte{1, 0, 255}, Repeated: true}, again)
		f.equal(once, runs)
		batch(1, "b")
		f.equal([]string{"a", "b"}, f.names(record.Query{}))
		op, err := f.s.Start(f.ctx, "test", "key", "req")
		f.must(err)
		f.must(f.s.Finish(f.ctx, op, record.Counts{Read: 2, Created: 2}, "two rows"))
		op, err = f.s.Operation(f.ctx, op.ID)
		f.must(err)
		f.equal(record.Done, op.State)
		f.equal("two rows", op.Summary)
		_, err = f.s.Start(f.ctx, "test", "key", "other")
		require.ErrorIs(f, err, record.ErrConflict)
		_, err = f.s.Operation(f.ctx, record.NewID())
		require.ErrorIs(f, err, record.ErrNotFound)
	})
}

func TestUndo(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		old := f.make("old", record.ID{})
		var a, b *Company
		op, err := f.s.Operate(f.ctx, "test", func(s *record.Session) error {
			cs := companies.In(s)
			a, b = &Company{Name: "a"}, &Company{Name: "b"}
			if err := cs.Create(f.ctx, a); err != nil {
				return err
			}
			b.ParentID = a.ID
			if err := cs.Create(f.ctx, b); err != nil {
				return err
			}
			return cs.Edit(f.ctx, old.ID, func(o *Company) error { o.ParentID, o.Notes = a.ID, "9"; return nil })
		})
		f.must(err)
		late := &Site{Name: "late", CompanyID: b.ID} // a new dependant of b, and through b of a
		f.must(f.sites.Create(f.ctx, late))
		_, err = f.s.Undo(f.ctx, op.ID, true)
		var ce *record.ConflictError
		require.ErrorAs(f, err, &ce)
		f.equal("9", f.get(old.ID).Notes) // a strict undo changes all or nothing
		f.must(f.sites.Edit(f.ctx, late.ID, func(s *Site) error { s.CompanyID = record.ID{}; return nil }))
		rep, err := f.s.Undo(f.ctx, op.ID, true)
		f.must(err)
		f.equal(&record.UndoReport{Purged: 2, PutBack: 1}, rep)
		f.equal("", f.get(old.ID).Notes)
		_, err = f.companies.Get(f.ctx, a.ID)
		require.ErrorIs(f, err, record.ErrNotFound)
		rep, err = f.s.Undo(f.ctx, op.ID, true) // undone is undone
		f.must(err)
		f.equal(&record.UndoReport{}, rep)
	})
}

func TestUndoLenient(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		touched := f.make("touched", record.ID{})
		var cs [4]*Company
		op, err := f.s.Operate(f.ctx, "test", func(s *record.Session) error {
			var up record.ID
			for i := range cs { // 0 over 1 over 2; 3 alone
				if i == 3 {
					up = record.ID{}
				}
				cs[i] = &Company{Name: fmt.Sprint(i), ParentID: up}
				if err := companies.In(s).Create(f.ctx, cs[i]); err != nil {
					return err
				}
				up = cs[i].ID
			}
			return companies.In(s).Edit(f.ctx, touched.ID, func(c *Company) error { c.Notes = "by the operation"; return nil })
		})
		f.must(err)
		f.must(f.sites.Create(f.ctx, &Site{Name: "late", CompanyID: cs[1].ID}))
		f.must(f.companies.Edit(f.ctx, touched.ID, func(c *Company) error { c.Website = "a.example"; return nil }))
		rep, err := f.s.Undo(f.ctx, op.ID, false)
		f.must(err)
		f.equal([]int{2, 0, 3}, []int{rep.Purged, rep.PutBack, len(rep.Kept)}) // 2 and 3 go; 1 has a site, and 0 has 1
		f.equal(cs[0].ID, f.get(cs[1].ID).ParentID)
		f.equal("by the operation", f.get(touched.ID).Notes)
		o, err := f.s.Operation(f.ctx, op.ID)
		f.must(err)
		f.equal(record.UndoneInPart, o.State)
	})
}

func TestUndoDeleteAndMoves(t *testing.T) {
	t.Parallel()
	each(t, setup{rule: record.Cascade}, func(f *fixture) {
		a := f.make("a", record.ID{})
		b := f.make("b", a.ID)
		c := f.make("c", b.ID)
		site := &Site{Name: "s", CompanyID: c.ID}
		f.must(f.sites.Create(f.ctx, site))
		op, err := f.s.Operate(f.ctx, "test", func(s *record.Session) error {
			cs := companies.In(s)
			err := cs.Edit(f.ctx, b.ID, func(b *Company) error { b.ParentID = record.ID{}; return nil })
			if err == nil { // upside down
				err = cs.Edit(f.ctx, a.ID, func(a *Company) error { a.ParentID = b.ID; return nil })
			}
			if err == nil {
				err = cs.Delete(f.ctx, c.ID, b.ID)
			}
			return err
		})
		f.must(err)
		_, err = f.s.Undo(f.ctx, op.ID, true)
		f.must(err)
		f.equal([]record.ID{{}, a.ID, b.ID}, []record.ID{f.get(a.ID).ParentID, f.get(b.ID).ParentID, f.get(c.ID).ParentID})
		got, err := f.sites.Get(f.ctx, site.ID)
		f.must(err)
		f.equal(c.ID, got.CompanyID)
	})
}

// TestEveryFaultLeavesAllOrNothing fails each call of the store in turn, and looks at what is left.
func TestEveryFaultLeavesAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func() storage.Store{
		"memory": func() storage.Store { return memory.New(nil) },
		"sqlite": func() storage.Store { return openSQLite(t) },
	} {
		t.Run(name, func(t *testing.T) {
			for n, failed := 1, true; failed; n++ {
				failed = faultAt(t, open(), n)
				require.Less(t, n, 500)
			}
		})
	}
}

// faultAt runs a story whose n-th call of the store fails, and reports whether it came to that.
func faultAt(t *testing.T, store storage.Store, n int) bool {
	t.Helper()
	calm := newFixture(t, store, setup{rule: record.Cascade})
	a := calm.make("a", record.ID{})
	b := calm.make("b", a.ID)
	calm.must(calm.sites.Create(calm.ctx, &Site{Name: "s", CompanyID: b.ID}))
	faulty := storagetest.Faulty(store, &storagetest.Faults{FailAt: n})
	s, err := record.Open(t.Context(), faulty, []*record.Schema{companies.Schema, calm.site.Schema}, nil)
	require.NoError(t, err)
	cs := companies.In(s)
	failed := false
	step := func(err error) {
		if err != nil {
			require.ErrorIs(t, err, storagetest.ErrFault)
			failed = true
		}
		require.NoError(t, calm.s.Verify(t.Context()))
	}
	step(cs.Create(t.Context(), &Company{Name: "c", ParentID: b.ID}, &Company{Name: "d"}))
	step(cs.Edit(t.Context(), b.ID, func(b *Company) error { b.ParentID, b.Notes = record.ID{}, "x"; return nil }))
	op, err := s.Operate(t.Context(), "test", func(s *record.Session) error { return companies.In(s).Delete(t.Context(), b.ID) })
	step(err)
	if err == nil {
		_, err = s.Undo(t.Context(), op.ID, true)
		step(err)
	}
	step(cs.Delete(t.Context(), a.ID))
	if _, err := calm.companies.Get(t.Context(), a.ID); err != nil {
		step(cs.Restore(t.Context(), a.ID))
	}
	return failed
}
