package record_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

// What a session is told becomes part of records, so it is held to what they can keep.
func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		long := strings.Repeat("a", 256)
		for name, s := range map[string]*record.Session{
			"Actor 1": f.s.As("a\xff"), "Actor 2": f.s.As("a\x00b"), "Actor 3": f.s.As("ann "), "Actor 4": f.s.As(record.Actor(long)), "Actor 5": f.s.As("a\nb"),
			"Source 1": f.s.From("a\xff"), "Source 2": f.s.From(" web "), "Source 3": f.s.From(long[:41]),
			"Tenant 1": f.s.Tenant("a\xff"), "Tenant 2": f.s.Tenant(long), "Tenant 3": f.s.Tenant("a\x00").As("ann"),
		} {
			want := "0." + strings.Fields(name)[0] + "=INVALID_DATA"
			f.equal(want, codes(companies.In(s).Create(f.ctx, &Company{Name: "a"})))
			_, _, err := companies.In(s).List(f.ctx, record.Query{})
			f.equal(want, codes(err))
		}
		for field, o := range map[string]record.Options{"Actor": {Actor: "a\xff"}, "Source": {Source: "a "}, "Tenant": {Tenant: "\x00"}} {
			store := memory.New(nil)
			_, err := record.Open(f.ctx, store, []*record.Schema{companies.Schema}, &o)
			f.equal("0."+field+"=INVALID_DATA", codes(err))
			f.must(store.Close())
		}
		nothing := func(*record.Session) error { return nil }
		_, err := f.s.Once("k\xff").Do(f.ctx, nothing)
		f.equal("0.key=INVALID_DATA", codes(err))
		_, err = f.s.Once("k", "r\x00").Do(f.ctx, nothing)
		f.equal("0.request=INVALID_DATA", codes(err))
		_, err = f.s.Once("").Do(f.ctx, nothing)
		f.equal("0.key=MANDATORY_NOT_FOUND", codes(err))
		_, err = f.s.Operate(f.ctx, "", nothing)
		f.equal("0.kind=MANDATORY_NOT_FOUND", codes(err))
		_, err = f.s.Start(f.ctx, "import", long, "")
		f.equal("0.key=INVALID_DATA", codes(err))
		f.equal([]string(nil), f.names(record.Query{}))
		ops, err := f.s.Operations(f.ctx, 0)
		f.must(err)
		f.equal(0, len(ops))
	})
}

func TestTransactionIsOver(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		var kept *record.Session
		f.must(f.s.Update(f.ctx, func(s *record.Session) error { kept = s; return companies.In(s).Create(f.ctx, &Company{Name: "a"}) }))
		c := &Company{Name: "b"}
		for range 2 {
			require.ErrorContains(f, companies.In(kept).Create(f.ctx, c), "the transaction is over")
			f.equal(int64(0), c.Version)
			_, err := companies.In(kept).Count(f.ctx, record.Query{})
			require.ErrorContains(f, err, "the transaction is over")
			f.must(f.s.View(f.ctx, func(s *record.Session) error { kept = s; return nil }))
		}
		f.equal([]string{"a"}, f.names(record.Query{}))
	})
}

func TestViewWithinAnUpdate(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		f.must(f.s.Update(f.ctx, func(s *record.Session) error {
			f.must(companies.In(s).Create(f.ctx, &Company{Name: "a"}))
			return s.View(f.ctx, func(s *record.Session) error {
				n, err := companies.In(s).Count(f.ctx, record.Query{}) // it sees what the Update has written
				f.must(err)
				f.equal(int64(1), n)
				require.ErrorIs(f, companies.In(s).Create(f.ctx, &Company{Name: "b"}), record.ErrReadOnly)
				require.ErrorIs(f, s.Update(f.ctx, func(*record.Session) error { return nil }), record.ErrReadOnly)
				return nil
			})
		}))
		f.equal([]string{"a"}, f.names(record.Query{}))
	})
}

func TestAfterCommit(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		var ran []string
		after := func(s *record.Session, what string) { s.AfterCommit(func() { ran = append(ran, what) }) }
		f.must(f.s.View(f.ctx, func(s *record.Session) error { after(s, "view"); return nil }))
		require.Error(f, f.s.View(f.ctx, func(s *record.Session) error { after(s, "failed view"); return errors.New("no") }))
		f.must(f.s.Update(f.ctx, func(s *record.Session) error {
			after(s, "outer")
			_ = s.Update(f.ctx, func(s *record.Session) error { after(s, "failed nested"); return errors.New("no") })
			f.must(s.Update(f.ctx, func(s *record.Session) error { after(s, "nested"); return nil }))
			s.AfterCommit(func() { after(s, "asked for afterwards") })
			return nil
		}))
		f.equal([]string{"view", "outer", "nested", "asked for afterwards"}, ran)
	})
}

func TestPanicTakesBackWhatCallersWereTold(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		c := &Company{Name: " a "}
		require.PanicsWithValue(f, "boom", func() {
			_ = f.s.Update(f.ctx, func(s *record.Session) error {
				f.must(companies.In(s).Create(f.ctx, c))
				panic("boom")
			})
		})
		f.equal(Company{Name: " a ", Meta: record.Meta{ID: c.ID}}, *c)
		f.must(f.companies.Create(f.ctx, c))
		f.equal("a", c.Name)
	})
}

// A struct that is refused, or whose transaction is taken back, is as it was but for its id.
func TestStructsStayAsTheyWere(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		stored := f.make("stored", record.ID{})
		bad := &Company{Name: "bad", Revenue: decimal.NewNullDecimal(decimal.New(5, 30)), Founded: record.Date{Year: 2023, Month: 2, Day: 30}}
		worse := *stored
		worse.Name, worse.Source, worse.CreatedBy = "", "mine", "me"
		good := &Company{Name: " good "}
		wantBad, wantWorse := *bad, worse
		out, err := f.companies.Put(f.ctx, bad, &worse, good)
		f.must(err)
		f.equal([]record.Action{record.Failed, record.Failed, record.Created}, []record.Action{out[0].Action, out[1].Action, out[2].Action})
		wantBad.ID = bad.ID
		f.equal([]Company{wantBad, wantWorse}, []Company{*bad, worse})
		f.equal("good", good.Name)
	})
}

// A hook that adds to a value finds the value as it was when the transaction runs again, and when it is tried again.
func TestHooksRunOnWhatWas(t *testing.T) {
	t.Parallel()
	shout := func(_ context.Context, _ *record.Session, old, rec *record.Record) error {
		if old == nil {
			rec.Set("Site_Name", storage.TextValue(rec.Value("Site_Name").Text()+"!"))
		}
		return nil
	}
	for name, faults := range map[string]storagetest.Faults{"twice": {Twice: true}, "lost": {LoseCommit: 1}, "dropped": {DropCommit: 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, storagetest.Faulty(memory.New(nil), &faults), setup{hooks: []record.Hook{shout}})
			site := &Site{Name: "s"}
			err := f.sites.Create(f.ctx, site)
			if errors.Is(err, record.ErrOutcomeUnknown) {
				f.equal("s", site.Name)
				err = f.sites.Create(f.ctx, site)
			}
			f.must(err)
			f.equal("s!", site.Name)
			n, err := f.sites.Count(f.ctx, record.Query{})
			f.must(err)
			f.equal(int64(1), n)
		})
	}
}

// A hook sets what callers may not, but nothing of the system, nor which record it is.
func TestHooksSetReadOnlyFields(t *testing.T) {
	t.Parallel()
	type Order struct {
		record.Meta
		Number string
	}
	hook := func(_ context.Context, _ *record.Session, _, rec *record.Record) error {
		require.True(t, rec.Set("Order_Number", storage.TextValue("N-1")))
		require.False(t, rec.Set("Created_By", storage.TextValue("me")))
		rec.ID[0]++
		return nil
	}
	def := record.Define("Orders", []record.Field[Order]{record.Text("Order_Number", 20, func(o *Order) *string { return &o.Number }).ReadOnly()},
		record.ModuleOptions{Hooks: []record.Hook{hook}})
	store := memory.New(nil)
	defer store.Close()
	s, err := record.Open(t.Context(), store, []*record.Schema{def.Schema}, nil)
	require.NoError(t, err)
	o := &Order{Number: "mine", Meta: record.Meta{ID: record.NewID()}}
	id := o.ID
	require.NoError(t, def.In(s).Create(t.Context(), o))
	require.Equal(t, id, o.ID)
	require.Equal(t, "N-1", o.Number)
	require.NoError(t, s.Verify(t.Context()))
}

func TestVersionsThatAreNone(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a := f.make("a", record.ID{})
		nobody := &Company{Name: "b", Meta: record.Meta{Version: 1}}
		for _, c := range []*Company{{Name: "b", Meta: record.Meta{ID: a.ID, Version: -1}}, {Name: "b", Meta: record.Meta{ID: record.NewID(), Version: -1}}, nobody} {
			require.ErrorIs(f, f.companies.Update(f.ctx, c), record.ErrNotFound)
			out, err := f.companies.Put(f.ctx, c)
			f.must(err)
			require.ErrorIs(f, out[0].Err, record.ErrNotFound)
		}
		require.True(f, nobody.ID.IsZero())
		twice := &Company{Name: "twice"}
		require.ErrorIs(f, f.companies.Create(f.ctx, twice, twice), record.ErrConflict)
		f.equal([]string{"a"}, f.names(record.Query{}))
	})
}

func TestKeysAreOfAKind(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		run, err := f.s.Start(f.ctx, "import", "k", "")
		f.must(err)
		ran := false
		op, err := f.s.Once("k").Do(f.ctx, func(*record.Session) error { ran = true; return nil })
		f.must(err)
		require.True(f, ran)
		require.NotEqual(f, run.ID, op.ID)
		f.equal(record.Done, op.State)
		f.must(f.s.Finish(f.ctx, run, record.Counts{}, "nul \x00 and \xff"))
		_, err = f.s.Batch(f.ctx, run, 0, func(*record.Session, *record.Batch) error { return nil })
		require.ErrorIs(f, err, record.ErrConflict) // it has ended
		got, err := f.s.Operation(f.ctx, run.ID)
		f.must(err)
		f.equal("nul ? and ?", got.Summary)
		require.WithinDuration(f, time.Now(), got.Finished, time.Minute)
	})
}
