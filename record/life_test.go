package record_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
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

func TestLife(t *testing.T) {
	t.Parallel()
	each(t, setup{options: record.Options{Actor: "ann"}}, func(f *fixture) {
		c := f.make(" Acme ", record.ID{})
		f.equal("Acme 1 ann ann api", fmt.Sprint(c.Name, " ", c.Version, " ", c.CreatedBy, " ", c.Owner, " ", c.Source))
		f.equal(c.CreatedTime, c.ModifiedTime)
		stale := *c
		c.Kind = "合作伙伴"
		f.must(f.companies.Update(f.ctx, c))
		f.equal("Partner", c.Kind)
		f.must(f.companies.Update(f.ctx, c)) // nothing changed, nothing written
		f.equal(int64(2), c.Version)
		err := f.companies.Update(f.ctx, &stale)
		require.ErrorIs(f, err, record.ErrStale)
		f.equal(int64(1), stale.Version)
		f.must(f.companies.Edit(f.ctx, c.ID, func(c *Company) error { c.Notes = "x"; return nil }))
		f.must(f.companies.Delete(f.ctx, c.ID))
		_, err = f.companies.Get(f.ctx, c.ID)
		require.ErrorIs(f, err, record.ErrNotFound)
		require.ErrorIs(f, f.companies.Delete(f.ctx, c.ID), record.ErrNotFound)
		bin, _, err := f.companies.List(f.ctx, record.Query{Bin: true})
		f.must(err)
		f.equal(1, len(bin))
		f.equal(record.Actor("ann"), bin[0].DeletedBy)
		f.must(f.companies.Restore(f.ctx, c.ID))
		require.ErrorIs(f, f.companies.Restore(f.ctx, c.ID), record.ErrNotFound)
		f.equal([]record.Action{record.Restored, record.Deleted, record.Updated, record.Updated, record.Created}, f.actions(c.ID))
		es, err := f.companies.Timeline(f.ctx, c.ID, time.Time{}, 0)
		f.must(err)
		f.equal([]record.Change{{Field: "Kind", New: storage.TextValue("Partner")}}, es[3].Changes)
		f.equal(int64(4), es[1].Version)
		es, err = f.companies.Timeline(f.ctx, c.ID, time.Now().Add(time.Hour), 0)
		f.must(err)
		f.equal(0, len(es))
	})
}

func TestRefusalsNameEveryField(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		err := f.companies.Create(f.ctx,
			&Company{Kind: "Foe", Website: "nowhere"},
			&Company{Name: strings.Repeat("客", 21), Revenue: decimal.NewNullDecimal(decimal.RequireFromString("1.00005"))},
			&Company{Name: "bad\xff"}, &Company{Name: "nul\x00"}, &Company{Name: "ok"})
		f.equal("0.Website=INVALID_DATA 0.Kind=INVALID_DATA 0.Company_Name=MANDATORY_NOT_FOUND 1.Company_Name=INVALID_DATA "+
			"1.Revenue=INVALID_DATA 2.Company_Name=INVALID_DATA 3.Company_Name=INVALID_DATA", codes(err))
		var ve *record.ValidationError
		require.ErrorAs(f, err, &ve)
		f.equal(record.Args{"limit": 20, "length": 21}, ve.Fields[3].Args)
		require.NotContains(f, err.Error(), "Foe") // a value stays out of errors
		n, err := f.companies.Count(f.ctx, record.Query{})
		f.must(err)
		f.equal(int64(0), n)
	})
}

func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		want := &Company{Name: "全部 é 😀", Website: "acme.example", Email: "a@b.example", Kind: "Customer", Colours: []string{"red", "blue"},
			Staff: ptr(int64(-5)), Active: ptr(false), Revenue: decimal.NewNullDecimal(decimal.RequireFromString("9999999999999999.9999")),
			Founded: record.Date{Year: 1887, Month: time.March, Day: 4}, Met: time.Date(2026, 1, 2, 3, 4, 5, 678912000, time.FixedZone("", 7200)),
			Notes: "two\nlines", Meta: record.Meta{Owner: "bob", Tags: []string{"a", "b"}}}
		c := *want
		f.must(f.companies.Create(f.ctx, &c))
		got := f.get(c.ID)
		f.equal(c, *got)
		want.Met = want.Met.UTC()
		f.equal(want.Revenue.Decimal.String(), got.Revenue.Decimal.String())
		want.Revenue, want.Meta = got.Revenue, got.Meta
		f.equal(*want, *got)
		f.equal([]string{"a", "b"}, got.Tags)
		f.equal(record.Actor("bob"), got.Owner)
		empty := &Company{Name: "e", Meta: record.Meta{ID: c.ID, Version: 1}}
		f.must(f.companies.Update(f.ctx, empty)) // an update says all of a record, but that nobody owns it
		f.equal(record.Actor("bob"), empty.Owner)
		f.equal(*empty, *f.get(c.ID))
		require.Nil(f, empty.Staff)
		require.False(f, empty.Revenue.Valid)
	})
}

func TestCallersCannotSetWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memory.New(nil), setup{options: record.Options{Actor: "ann"}})
	past := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	c := &Company{Name: "a", Meta: record.Meta{CreatedBy: "eve", CreatedTime: past, ModifiedBy: "eve", ModifiedTime: past, Source: "x", DeletedTime: past, DeletedBy: "eve"}}
	f.must(f.companies.Create(f.ctx, c))
	f.equal(record.Actor("ann"), c.CreatedBy)
	require.True(t, c.CreatedTime.After(past) && c.ModifiedTime.After(past) && c.DeletedTime.IsZero())
	f.equal("api", c.Source)
	require.False(t, f.companies.Encode(c).Set("Created_Time", storage.Value{}))
	require.False(t, f.companies.Encode(c).Set("Deleted_Time", storage.Value{}))
}

func TestPutTellsEachRecord(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		same, changed := f.make("same", record.ID{}), f.make("changed", record.ID{})
		stale := *changed
		changed.Notes = "n"
		gone := &Company{Name: "gone", Meta: record.Meta{ID: record.NewID(), Version: 3}}
		fresh := &Company{Name: "new"}
		stale.Version = 7
		all := []*Company{same, changed, fresh, {}, gone, &stale}
		checked, err := f.companies.Validate(f.ctx, all...)
		f.must(err)
		out, err := f.companies.Put(f.ctx, all...)
		f.must(err)
		for i, want := range []record.Action{record.Unchanged, record.Updated, record.Created, record.Failed, record.Failed, record.Failed} {
			f.equal(want, out[i].Action)
			f.equal(want, checked[i].Action)
		}
		f.equal("3.Company_Name=MANDATORY_NOT_FOUND", codes(out[3].Err))
		require.ErrorIs(f, out[4].Err, record.ErrNotFound)
		require.ErrorIs(f, out[5].Err, record.ErrConflict) // the same id twice in one call
		f.equal([]string{"same", "changed", "new"}, f.names(record.Query{}))
		f.equal(int64(2), changed.Version)
		f.equal(int64(1), fresh.Version)
	})
}

func TestHooks(t *testing.T) {
	t.Parallel()
	shout := func(_ context.Context, _ *record.Session, old, rec *record.Record) error {
		if rec.Value("Site_Name").Text() == "no" {
			return &record.ValidationError{Fields: []record.FieldError{{Field: "Site_Name", Code: "HOUSE_RULE"}}}
		}
		if old == nil {
			rec.Set("Site_Name", storage.TextValue(" "+strings.ToUpper(rec.Value("Site_Name").Text())))
		}
		return nil
	}
	typed := sites(record.Clear).TypedHook(func(_ context.Context, _ *record.Session, old, site *Site) error {
		if site.Floors == nil {
			site.Floors = ptr(int64(1))
		}
		if old != nil && old.Floors != nil && *site.Floors < *old.Floors {
			return errors.New("a site does not shrink")
		}
		return nil
	})
	each(t, setup{hooks: []record.Hook{shout, typed}}, func(f *fixture) {
		site := &Site{Name: "tower"}
		f.must(f.sites.Create(f.ctx, site))
		f.equal("TOWER 1", fmt.Sprint(site.Name, " ", *site.Floors))
		f.equal("0.Site_Name=HOUSE_RULE", codes(f.sites.Create(f.ctx, &Site{Name: "no"})))
		err := f.sites.Edit(f.ctx, site.ID, func(s *Site) error { s.Floors = ptr(int64(0)); return nil })
		require.EqualError(f, err, "Sites "+site.ID.String()+": a site does not shrink")
	})
}

func TestClone(t *testing.T) {
	t.Parallel()
	each(t, setup{options: record.Options{Actor: "ann"}}, func(f *fixture) {
		p := f.make("p", record.ID{})
		c := &Company{Name: "c", ParentID: p.ID, Notes: "not cloned", Kind: "Partner", Meta: record.Meta{Owner: "bob", Tags: []string{"t"}}}
		f.must(f.companies.Create(f.ctx, c))
		draft, err := f.companies.CloneDraft(f.ctx, c.ID)
		f.must(err)
		f.equal(Company{Name: "c", ParentID: p.ID, Kind: "Partner", Meta: record.Meta{Owner: "bob"}}, *f.companies.Decode(draft))
		_, err = f.companies.CloneDraft(f.ctx, record.NewID())
		require.ErrorIs(f, err, record.ErrNotFound)
	})
}

func TestPurge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	each(t, setup{options: record.Options{Now: func() time.Time { return now }}}, func(f *fixture) {
		p := f.make("p", record.ID{})
		c, live := f.make("c", p.ID), f.make("live", record.ID{})
		require.ErrorIs(f, f.companies.Purge(f.ctx, p.ID), record.ErrNotFound) // not in the bin
		f.must(f.companies.Delete(f.ctx, c.ID))                                // keeps its link to p
		f.must(f.companies.Delete(f.ctx, p.ID))
		n, err := f.companies.In(f.s).PurgeExpired(f.ctx)
		f.must(err)
		f.equal(0, n)
		f.must(f.companies.Purge(f.ctx, p.ID))
		_, err = f.companies.Timeline(f.ctx, p.ID, time.Time{}, 0)
		require.ErrorIs(f, err, record.ErrNotFound)
		f.must(f.companies.Restore(f.ctx, c.ID))
		f.equal(record.ID{}, f.get(c.ID).ParentID)
		f.equal([]string{"c", "live"}, f.names(record.Query{}))
		f.equal(int64(1), f.get(live.ID).Version)
	})
	f := newFixture(t, memory.New(nil), setup{options: record.Options{Now: func() time.Time { return now }}})
	a, b := f.make("a", record.ID{}), f.make("b", record.ID{})
	f.must(f.companies.Delete(f.ctx, a.ID, a.ID))
	now = now.Add(record.Retention)
	n, err := f.companies.PurgeExpired(f.ctx)
	f.must(err)
	f.equal(0, n)
	f.must(f.companies.Delete(f.ctx, b.ID))
	now = now.Add(time.Second)
	n, err = f.companies.PurgeExpired(f.ctx)
	f.must(err)
	f.equal(1, n)
}

func TestLostCommit(t *testing.T) {
	t.Parallel()
	for n := range 6 {
		store := storagetest.Faulty(memory.New(nil), &storagetest.Faults{LoseCommit: n + 1})
		f := newFixture(t, store, setup{})
		again := func(fn func() error) {
			t.Helper()
			err := fn()
			if errors.Is(err, record.ErrOutcomeUnknown) {
				err = fn()
			}
			f.must(err)
		}
		c := &Company{Name: " a "} // which the type trims
		again(func() error { return f.companies.Create(f.ctx, c) })
		again(func() error {
			_, err := f.s.Once("k").Do(f.ctx, func(s *record.Session) error {
				return companies.In(s).Create(f.ctx, &Company{Name: "b"})
			})
			return err
		})
		f.equal([]string{"a", "b"}, f.names(record.Query{}))
		f.equal(int64(1), c.Version)
		other := &Company{Name: "c", Meta: record.Meta{ID: c.ID}}
		require.ErrorIs(t, f.companies.Create(f.ctx, other), record.ErrConflict)
		f.must(f.s.Verify(f.ctx))
	}
}

func TestLoggerSeesNoValues(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	log := slog.New(slog.NewTextHandler(&buf, &slog.HandlerOptions{Level: slog.LevelDebug}))
	f := newFixture(t, memory.New(nil), setup{options: record.Options{Logger: log}})
	f.make("Secret", record.ID{})
	require.Contains(t, buf.String(), "writes=1")
	require.NotContains(t, buf.String(), "Secret")
}

func TestErrorsChain(t *testing.T) {
	t.Parallel()
	conflict := error(&record.ConflictError{Reason: "r", By: []record.Link{{Module: "M"}}})
	require.ErrorIs(t, fmt.Errorf("x: %w", conflict), record.ErrConflict)
	require.NotErrorIs(t, conflict, record.ErrStale)
	var ve *record.ValidationError
	require.ErrorAs(t, fmt.Errorf("x: %w", &record.ValidationError{}), &ve)
	require.ErrorIs(t, record.ErrStale, storage.ErrStale)
	require.ErrorIs(t, record.ErrBusy, storage.ErrBusy)
	require.ErrorIs(t, record.ErrOutcomeUnknown, storage.ErrOutcomeUnknown)
}
