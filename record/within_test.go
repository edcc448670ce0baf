package record_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

// parts are memos that are within what they are about.
func parts(module string, modules ...string) *record.Definition[Memo] {
	return record.Define(module, []record.Field[Memo]{
		record.Text("Text", 20, func(m *Memo) *string { return &m.Text }).Required().Folded(),
		record.LookupIn("About", "About_Module", func(m *Memo) *record.Link { return &m.About }).Required().OnDelete(record.Cascade).Noted(),
		record.ModuleOf("About_Module", func(m *Memo) *record.Link { return &m.About }, modules...),
	}, record.ModuleOptions{Singular: "Memo", Chinese: "便笺", Within: "About"})
}

// byOwner lets ann read her companies and bob's, and change hers; and nobody see sites. Of remarks nobody owns any.
type byOwner struct{}

func (byOwner) Rights(_ context.Context, _ *record.Session, module string) (*record.Rights, error) {
	r := &record.Rights{Allowed: map[record.Right]bool{record.RightView: module != "Sites", record.RightCreate: true, record.RightEdit: true,
		record.RightDelete: true, record.RightChangeOwner: true}}
	switch module {
	case "Sites":
		r.Scopes = [record.LevelFull + 1]record.Scope{record.LevelRead: {All: true}, record.LevelWrite: {All: true}} // of what ann may not view
	case "Companies":
		r.Scopes = [record.LevelFull + 1]record.Scope{record.LevelRead: {Owners: []record.Actor{"ann", "bob"}}, record.LevelWrite: {Owners: []record.Actor{"ann"}}}
	}
	return r, nil
}

func (byOwner) Grants(context.Context, *record.Session, string) ([]record.Grant, error) {
	return nil, nil
}

// within is a fixture with remarks within companies and sites, and scans within these and remarks.
type within struct {
	*testing.T
	ctx            context.Context
	all, ann       *record.Session
	remark, scan   *record.Definition[Memo]
	hers, his, its record.Link // ann's company, bob's, and eve's, whom ann does not see
	site           record.Link
}

func eachWithin(t *testing.T, fn func(w *within)) {
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
			site := sites(record.Clear)
			w := &within{T: t, ctx: t.Context(), remark: parts("Remarks"), scan: parts("Scans", record.AnyModule, "Remarks")}
			s, err := record.Open(w.ctx, store, []*record.Schema{companies.Schema, site.Schema, w.remark.Schema, w.scan.Schema}, &record.Options{Policy: byOwner{}})
			require.NoError(t, err)
			w.all, w.ann = s.AsSystem(), s.As("ann")
			t.Cleanup(func() { require.NoError(t, w.all.Verify(context.WithoutCancel(t.Context()))) })
			made := map[string]record.Link{}
			for _, owner := range []string{"ann", "bob", "eve"} {
				c := &Company{Name: owner + "'s", Meta: record.Meta{Owner: record.Actor(owner)}}
				require.NoError(t, companies.In(w.all).Create(w.ctx, c))
				made[owner] = record.Link{Module: "Companies", ID: c.ID}
			}
			w.hers, w.his, w.its = made["ann"], made["bob"], made["eve"]
			x := &Site{Name: "x"}
			require.NoError(t, site.In(w.all).Create(w.ctx, x))
			w.site = record.Link{Module: "Sites", ID: x.ID}
			fn(w)
		})
	}
}

func (w *within) make(d *record.Definition[Memo], by *record.Session, text string, about record.Link) (*Memo, error) {
	m := &Memo{Text: text, About: about}
	return m, d.In(by).Create(w.ctx, m)
}

func (w *within) must(m *Memo, err error) *Memo {
	w.Helper()
	require.NoError(w, err)
	return m
}

func (w *within) texts(d *record.Definition[Memo], q record.Query) (texts []string) {
	w.Helper()
	for m, err := range d.In(w.ann).All(w.ctx, q) {
		require.NoError(w, err)
		texts = append(texts, m.Text)
	}
	n, err := d.In(w.ann).Count(w.ctx, record.Query{Where: q.Where, Bin: q.Bin})
	require.NoError(w, err)
	require.Len(w, texts, int(n))
	return texts
}

// What is within a record is seen by who sees that, and changed by who may change it, whoever owns either.
func TestWithinParents(t *testing.T) {
	t.Parallel()
	eachWithin(t, func(w *within) {
		byParent := map[record.Link]*Memo{}
		for text, about := range map[string]record.Link{"hers": w.hers, "his": w.his, "its": w.its, "site": w.site} {
			byParent[about] = w.must(w.make(w.remark, w.all.As("ann"), text, about)) // ann owns all of them
		}
		require.ElementsMatch(t, []string{"hers", "his"}, w.texts(w.remark, record.Query{}))
		require.Equal(t, []string{"his"}, w.texts(w.remark, record.Query{Where: record.And(record.Eq("About", w.his.ID), record.Eq("About_Module", "Companies"))}))
		require.Empty(t, w.texts(w.remark, record.Query{Where: record.Eq("About", w.its.ID)}))
		remarks := w.remark.In(w.ann)
		for about, m := range byParent {
			_, err := remarks.Get(w.ctx, m.ID)
			_, when := remarks.Timeline(w.ctx, m.ID, time.Time{}, 0)
			edit := remarks.Edit(w.ctx, m.ID, func(m *Memo) error { m.Text += "!"; return nil })
			remove := remarks.Delete(w.ctx, m.ID)
			_, add := w.make(w.remark, w.ann, "more", about)
			switch about {
			case w.hers:
				require.NoError(t, err)
				require.NoError(t, when)
				require.NoError(t, edit)
				require.NoError(t, remove)
				require.NoError(t, add)
				require.Equal(t, []string{"hers!"}, w.texts(w.remark, record.Query{Bin: true}))
				require.NoError(t, remarks.Restore(w.ctx, m.ID))
			case w.his:
				require.NoError(t, err)
				require.NoError(t, when)
				require.ErrorIs(t, edit, record.ErrForbidden)
				require.ErrorIs(t, remove, record.ErrForbidden)
				var no *record.ForbiddenError
				require.ErrorAs(t, add, &no)
				require.Equal(t, record.ForbiddenError{Right: record.RightEdit, Module: "Companies", Record: w.his.ID}, *no)
			default:
				for _, err := range []error{err, when, edit, remove} {
					require.ErrorIs(t, err, record.ErrNotFound)
				}
				require.Equal(t, "0.About=NOT_FOUND", codes(add))
			}
		}
		err := w.remark.In(w.all).SetShares(w.ctx, byParent[w.hers].ID, []record.Share{{Principal: "user:eve", Level: record.LevelRead}})
		require.Equal(t, "0.Module=INVALID_DATA", codes(err))
		m, err := remarks.Get(w.ctx, byParent[w.hers].ID)
		require.NoError(t, err)
		m.About = w.his
		require.ErrorIs(t, remarks.Update(w.ctx, m), record.ErrForbidden)
		require.ErrorIs(t, remarks.Edit(w.ctx, byParent[w.his].ID, func(m *Memo) error { m.About = w.hers; return nil }), record.ErrForbidden)
	})
}

// Records may be within such as are within others.
func TestWithinParts(t *testing.T) {
	t.Parallel()
	eachWithin(t, func(w *within) {
		hers, its := w.must(w.make(w.remark, w.all, "hers", w.hers)), w.must(w.make(w.remark, w.all, "its", w.its))
		of := func(m *Memo) record.Link { return record.Link{Module: "Remarks", ID: m.ID} }
		w.must(w.make(w.scan, w.ann, "of hers", of(hers)))
		w.must(w.make(w.scan, w.all, "of its", of(its)))
		w.must(w.make(w.scan, w.ann, "on hers", w.hers))
		require.Equal(t, []string{"of hers", "on hers"}, w.texts(w.scan, record.Query{}))
		_, err := w.make(w.scan, w.ann, "x", of(its))
		require.Equal(t, "0.About=NOT_FOUND", codes(err))
		for _, bad := range []record.Link{of(hers), {Module: "Scans", ID: hers.ID}, {Module: "Nothing", ID: hers.ID}} {
			_, err := w.make(w.remark, w.ann, "x", bad)
			require.Equal(t, "0.About_Module=INVALID_DATA", codes(err), bad)
		}
		require.NoError(t, companies.In(w.all).Delete(w.ctx, w.hers.ID))
		require.Empty(t, w.texts(w.scan, record.Query{}))
		require.Equal(t, []string{"of hers", "on hers"}, w.texts(w.scan, record.Query{Bin: true, Order: record.By("Text")}))
		require.NoError(t, companies.In(w.all).Restore(w.ctx, w.hers.ID))
		require.Equal(t, []string{"of hers", "on hers"}, w.texts(w.scan, record.Query{}))
	})
}

func TestWithinDeclarations(t *testing.T) {
	t.Parallel()
	loose := []record.Field[Memo]{record.Lookup("About", func(m *Memo) *record.ID { return &m.About.ID }).To("Companies").OnDelete(record.Clear)}
	for _, within := range []string{"About", "Nothing"} {
		require.Panics(t, func() { record.Define("Bad", loose, record.ModuleOptions{Within: within}) })
	}
	a, b := parts("A", "B"), parts("B", "A")
	_, err := record.Open(t.Context(), memory.New(nil), []*record.Schema{a.Schema, b.Schema}, nil)
	require.EqualError(t, err, "record: records of A would be within each other")
	require.Equal(t, "About", a.Within())
	require.Empty(t, companies.Within())
}
