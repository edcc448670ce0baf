package record_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

// Desk needs a company, with which it goes, and may stand at a site, which stays while it does.
type Desk struct {
	record.Meta
	Name      string
	CompanyID record.ID
	SiteID    record.ID
}

var desks = record.Define("Desks", []record.Field[Desk]{
	record.Text("Desk_Name", 20, func(d *Desk) *string { return &d.Name }).Required(),
	record.Lookup("Company", func(d *Desk) *record.ID { return &d.CompanyID }).To("Companies").Required().OnDelete(record.Cascade),
	record.Lookup("Site", func(d *Desk) *record.ID { return &d.SiteID }).To("Sites").OnDelete(record.Refuse),
}, record.ModuleOptions{Singular: "Desk"})

// office is a fixture with desks, which are declared before what they link to.
type office struct {
	*fixture
	desks *record.Module[Desk]
}

func offices(t *testing.T, fn func(f *office)) {
	for name, open := range map[string]func(testing.TB) storage.Store{
		"memory": func(testing.TB) storage.Store { return memory.New(nil) },
		"sqlite": openSQLite,
		"twice": func(testing.TB) storage.Store {
			return storagetest.Faulty(memory.New(nil), &storagetest.Faults{Twice: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			t.Cleanup(func() { require.NoError(t, store.Close()) })
			def := sites(record.Cascade)
			s, err := record.Open(t.Context(), store, []*record.Schema{desks.Schema, def.Schema, companies.Schema}, nil)
			require.NoError(t, err)
			f := &office{&fixture{t, t.Context(), s, companies.In(s), def.In(s), def}, desks.In(s)}
			fn(f)
			require.NoError(t, s.Verify(f.ctx))
		})
	}
}

func (f *office) desk(company, site record.ID) *Desk {
	f.Helper()
	d := &Desk{Name: "d", CompanyID: company, SiteID: site}
	f.must(f.desks.Create(f.ctx, d))
	return d
}

func (f *office) at(company record.ID) *Site {
	f.Helper()
	s := &Site{Name: "s", CompanyID: company}
	f.must(f.sites.Create(f.ctx, s))
	return s
}

// A refusal is known before anything is written, so that a transaction may go on after it.
func TestRefusedDeleteWritesNothing(t *testing.T) {
	t.Parallel()
	offices(t, func(f *office) {
		a, b := f.make("a", record.ID{}), f.make("b", record.ID{})
		stays := f.desk(b.ID, f.at(a.ID).ID) // its site would go with a, and it would stay with b
		f.must(f.s.Update(f.ctx, func(s *record.Session) error {
			var ce *record.ConflictError
			require.ErrorAs(f, companies.In(s).Delete(f.ctx, a.ID), &ce)
			f.equal([]record.Link{{Module: "Desks", ID: stays.ID}}, ce.By)
			return companies.In(s).Create(f.ctx, &Company{Name: "c"})
		}))
		f.equal([]string{"a", "b", "c"}, f.names(record.Query{}))
		f.equal([]record.Action{record.Created}, f.actions(a.ID))
		f.must(f.companies.Delete(f.ctx, a.ID, b.ID)) // now the desk goes along, and refuses nothing
		f.must(f.companies.Restore(f.ctx, b.ID, b.ID))
		_, err := f.desks.Get(f.ctx, stays.ID) // its site is not there
		require.ErrorIs(f, err, record.ErrNotFound)
		f.must(f.companies.Restore(f.ctx, a.ID))
		f.must(f.desks.Restore(f.ctx, stays.ID))
	})
}

// What lies in the bin beside a record that is purged comes back with its own, whatever became of its version meanwhile.
func TestRestoreAfterAnotherIsPurged(t *testing.T) {
	t.Parallel()
	offices(t, func(f *office) {
		p := f.make("p", record.ID{})
		a := f.make("a", p.ID)
		c := f.make("c", a.ID)
		site, desk := f.at(a.ID), f.desk(a.ID, record.ID{})
		f.must(f.companies.Delete(f.ctx, a.ID))
		f.must(f.companies.Delete(f.ctx, p.ID))
		f.must(f.companies.Purge(f.ctx, p.ID)) // empties a's link, in the bin
		f.must(f.companies.Restore(f.ctx, a.ID))
		f.equal([]record.ID{{}, a.ID}, []record.ID{f.get(a.ID).ParentID, f.get(c.ID).ParentID})
		_, err := f.sites.Get(f.ctx, site.ID)
		f.must(err)
		_, err = f.desks.Get(f.ctx, desk.ID)
		f.must(err)
	})
}

func TestPurgeTakesDependantsAlong(t *testing.T) {
	t.Parallel()
	offices(t, func(f *office) {
		a, b := f.make("a", record.ID{}), f.make("b", record.ID{})
		gone, own := f.desk(a.ID, record.ID{}), f.desk(b.ID, record.ID{})
		f.must(f.desks.Delete(f.ctx, gone.ID)) // before its company, yet it cannot be without one
		f.must(f.companies.Delete(f.ctx, a.ID))
		f.must(f.companies.Purge(f.ctx, a.ID))
		require.ErrorIs(f, f.desks.Restore(f.ctx, gone.ID), record.ErrNotFound)
		f.must(f.companies.Delete(f.ctx, b.ID))
		f.equal("0.Company=NOT_FOUND", codes(f.desks.Restore(f.ctx, own.ID))) // while its company is in the bin
		f.must(f.companies.Restore(f.ctx, b.ID))
		_, err := f.desks.Get(f.ctx, own.ID)
		f.must(err)
	})
}

// Two modules may have records of one id: callers choose ids.
func TestOneIDInTwoModules(t *testing.T) {
	t.Parallel()
	offices(t, func(f *office) {
		a := f.make("a", record.ID{})
		site := &Site{Name: "s", CompanyID: a.ID, Meta: record.Meta{ID: a.ID}}
		f.must(f.sites.Create(f.ctx, site))
		f.must(f.move(a.ID, f.make("p", record.ID{}).ID))
		site.Name = "t"
		f.must(f.sites.Update(f.ctx, site))
		f.must(f.companies.Delete(f.ctx, a.ID)) // the site goes along
		f.equal([]record.Action{record.Deleted, record.Updated, record.Created}, f.actions(a.ID))
		f.must(f.companies.Restore(f.ctx, a.ID))
		es, err := f.sites.Timeline(f.ctx, a.ID, time.Time{}, 0)
		f.must(err)
		f.equal([]record.Action{record.Restored, record.Deleted, record.Updated, record.Created},
			[]record.Action{es[0].Action, es[1].Action, es[2].Action, es[3].Action})
		f.must(f.sites.Delete(f.ctx, a.ID))
		f.must(f.sites.Purge(f.ctx, a.ID))
		f.equal(5-1, len(f.actions(a.ID))) // those of the company stay
	})
}

func TestPurgeExpiredCountsWhatIsGone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := 1; ; at++ {
		store := memory.New(nil)
		f := newFixture(t, store, setup{options: record.Options{Now: func() time.Time { return now }}})
		a := f.make("a", record.ID{})
		f.must(f.companies.Delete(f.ctx, a.ID))
		s, err := record.Open(f.ctx, storagetest.Faulty(store, &storagetest.Faults{FailAt: at}), []*record.Schema{companies.Schema, f.site.Schema},
			&record.Options{Now: func() time.Time { return now.Add(record.Retention + time.Hour) }})
		f.must(err)
		n, err := companies.In(s).PurgeExpired(f.ctx)
		if err == nil {
			f.equal(1, n)
			return
		}
		f.equal(0, n)
		require.Less(f, at, 50)
		f.must(f.companies.Restore(f.ctx, a.ID)) // it is all there
	}
}

func TestUndoInAnyOrderOfModules(t *testing.T) {
	t.Parallel()
	offices(t, func(f *office) {
		op, err := f.s.Operate(f.ctx, "test", func(s *record.Session) error {
			a := &Company{Name: "a"}
			if err := companies.In(s).Create(f.ctx, a); err != nil {
				return err
			}
			return errors.Join(desks.In(s).Create(f.ctx, &Desk{Name: "d", CompanyID: a.ID}), f.site.In(s).Create(f.ctx, &Site{Name: "s", CompanyID: a.ID}))
		})
		f.must(err)
		rep, err := f.s.Undo(f.ctx, op.ID, true)
		f.must(err)
		f.equal(&record.UndoReport{Purged: 3}, rep)
		f.equal([]string(nil), f.names(record.Query{}))
	})
}

// An undo would put a back into the bin, where nothing live may lead.
func TestUndoLeavesNoLinkIntoTheBin(t *testing.T) {
	t.Parallel()
	offices(t, func(f *office) {
		p := f.make("p", record.ID{})
		a := f.make("a", p.ID)
		old := f.make("old", a.ID)
		f.must(f.companies.Delete(f.ctx, a.ID))
		op, err := f.s.Operate(f.ctx, "test", func(s *record.Session) error { return companies.In(s).Restore(f.ctx, a.ID) })
		f.must(err)
		f.equal(a.ID, f.get(old.ID).ParentID)
		later := f.make("later", a.ID)
		_, err = f.s.Undo(f.ctx, op.ID, true)
		require.ErrorIs(f, err, record.ErrConflict)
		rep, err := f.s.Undo(f.ctx, op.ID, false)
		f.must(err)
		f.equal(&record.UndoReport{PutBack: 1, Kept: []record.Link{{Module: "Companies", ID: a.ID}}}, rep)
		f.equal([]record.ID{{}, a.ID}, []record.ID{f.get(old.ID).ParentID, f.get(later.ID).ParentID})

		f.must(f.move(later.ID, record.ID{})) // nothing stands against it any more
		rep, err = f.s.Undo(f.ctx, op.ID, true)
		f.must(err)
		f.equal(&record.UndoReport{PutBack: 1}, rep)
		_, err = f.companies.Get(f.ctx, a.ID)
		require.ErrorIs(f, err, record.ErrNotFound)
		again, err := f.s.Operation(f.ctx, op.ID)
		f.must(err)
		f.equal(record.UndoneAll, again.State)
	})
}

// A restore that left a link empty can be undone, though the link leads nowhere.
func TestUndoOfAMendedRestore(t *testing.T) {
	t.Parallel()
	offices(t, func(f *office) {
		p := f.make("p", record.ID{})
		a := f.make("a", p.ID)
		f.must(f.companies.Delete(f.ctx, a.ID))
		f.must(f.companies.Delete(f.ctx, p.ID))
		op, err := f.s.Operate(f.ctx, "test", func(s *record.Session) error { return companies.In(s).Restore(f.ctx, a.ID) })
		f.must(err)
		rep, err := f.s.Undo(f.ctx, op.ID, true)
		f.must(err)
		f.equal(&record.UndoReport{PutBack: 1}, rep)
		f.must(f.companies.Restore(f.ctx, p.ID, a.ID))
		f.equal(p.ID, f.get(a.ID).ParentID)
	})
}
