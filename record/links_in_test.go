package record_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

// Memo is about a record of one of several modules.
type Memo struct {
	record.Meta
	Text  string
	About record.Link
}

func memos(module string, rule record.Rule, modules ...string) *record.Definition[Memo] {
	return record.Define(module, []record.Field[Memo]{
		record.Text("Text", 20, func(m *Memo) *string { return &m.Text }).Required().Folded(),
		record.LookupIn("About", "About_Module", func(m *Memo) *record.Link { return &m.About }).Label("About", "关于").OnDelete(rule),
		record.ModuleOf("About_Module", func(m *Memo) *record.Link { return &m.About }, modules...).Label("Module", "模块"),
	}, record.ModuleOptions{Singular: "Memo", Chinese: "便笺"})
}

// about is a fixture with three kinds of memos: those that lose what they are about, that go along with it, and that keep it.
type about struct {
	*testing.T
	ctx                context.Context
	s                  *record.Session
	companies          *record.Module[Company]
	sites              *record.Module[Site]
	loose, tied, stern *record.Module[Memo]
}

func eachAbout(t *testing.T, fn func(f *about)) {
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
			site, loose, tied, stern := sites(record.Clear), memos("Loose", record.Clear, "Companies", "Sites"), memos("Tied", record.Cascade), memos("Stern", record.Refuse, "Sites")
			s, err := record.Open(t.Context(), store, []*record.Schema{companies.Schema, site.Schema, loose.Schema, tied.Schema, stern.Schema}, nil)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Verify(context.WithoutCancel(t.Context()))) })
			fn(&about{t, t.Context(), s, companies.In(s), site.In(s), loose.In(s), tied.In(s), stern.In(s)})
		})
	}
}

// pair makes a company and a site that have the same id.
func (f *about) pair() (c *Company, s *Site) {
	f.Helper()
	id := record.NewID()
	c, s = &Company{Meta: record.Meta{ID: id}, Name: "c"}, &Site{Meta: record.Meta{ID: id}, Name: "s"}
	require.NoError(f, f.companies.Create(f.ctx, c))
	require.NoError(f, f.sites.Create(f.ctx, s))
	return c, s
}

func (f *about) memo(m *record.Module[Memo], text, module string, id record.ID) *Memo {
	f.Helper()
	memo := &Memo{Text: text, About: record.Link{Module: module, ID: id}}
	require.NoError(f, m.Create(f.ctx, memo))
	return memo
}

func (f *about) about(m *record.Module[Memo], id record.ID) record.Link {
	f.Helper()
	memo, err := m.Get(f.ctx, id)
	require.NoError(f, err)
	return memo.About
}

// TestLinksToSeveralModules keeps apart records of two modules that have the same id.
func TestLinksToSeveralModules(t *testing.T) {
	t.Parallel()
	eachAbout(t, func(f *about) {
		c, s := f.pair()
		ofC, ofS := f.memo(f.loose, "c", "Companies", c.ID), f.memo(f.loose, "s", "Sites", s.ID)
		require.NoError(f, f.companies.Delete(f.ctx, c.ID))
		require.Equal(f, record.Link{Module: "Companies"}, f.about(f.loose, ofC.ID), "its module stays")
		require.Equal(f, record.Link{Module: "Sites", ID: s.ID}, f.about(f.loose, ofS.ID))
		require.NoError(f, f.companies.Restore(f.ctx, c.ID))
		require.Equal(f, record.Link{Module: "Companies", ID: c.ID}, f.about(f.loose, ofC.ID))

		tied := f.memo(f.tied, "c", "Companies", c.ID)
		other := f.memo(f.tied, "s", "Sites", s.ID)
		upon := f.memo(f.tied, "upon", "Tied", tied.ID)
		require.NoError(f, f.companies.Delete(f.ctx, c.ID))
		for _, gone := range []record.ID{tied.ID, upon.ID} {
			_, err := f.tied.Get(f.ctx, gone)
			require.ErrorIs(f, err, record.ErrNotFound)
		}
		f.about(f.tied, other.ID)
		require.NoError(f, f.companies.Restore(f.ctx, c.ID))
		require.Equal(f, record.Link{Module: "Tied", ID: tied.ID}, f.about(f.tied, upon.ID))

		f.memo(f.stern, "s", "Sites", s.ID)
		var ce *record.ConflictError
		require.ErrorAs(f, f.sites.Delete(f.ctx, s.ID), &ce)
		require.Len(f, ce.By, 1)
		require.NoError(f, f.companies.Delete(f.ctx, c.ID), "which has the id of the one that is kept")
		require.NoError(f, f.companies.Purge(f.ctx, c.ID))
		_, err := f.tied.Get(f.ctx, upon.ID)
		require.ErrorIs(f, err, record.ErrNotFound)
		f.about(f.tied, other.ID)
	})
}

// TestBadLinksToSeveralModules are refused by the field that is wrong.
func TestBadLinksToSeveralModules(t *testing.T) {
	t.Parallel()
	eachAbout(t, func(f *about) {
		c, s := f.pair()
		bad := func(m *record.Module[Memo], link record.Link) string {
			return codes(m.Create(f.ctx, &Memo{Text: "x", About: link}))
		}
		require.Equal(f, "0.About_Module=MANDATORY_NOT_FOUND", bad(f.loose, record.Link{ID: c.ID}))
		require.Equal(f, "0.About_Module=INVALID_DATA", bad(f.loose, record.Link{Module: "Tied", ID: c.ID}))
		require.Equal(f, "0.About_Module=INVALID_DATA", bad(f.tied, record.Link{Module: "None", ID: c.ID}))
		require.Equal(f, "0.About=NOT_FOUND", bad(f.loose, record.Link{Module: "Sites", ID: record.NewID()}))
		require.Equal(f, "<nil>", bad(f.loose, record.Link{Module: "Sites"}), "about none yet")
		require.NoError(f, f.sites.Delete(f.ctx, s.ID))
		require.Equal(f, "0.About=NOT_FOUND", bad(f.loose, record.Link{Module: "Sites", ID: s.ID}), "in the bin, though a company has the id")

		m := f.memo(f.loose, "m", "Companies", c.ID)
		m.About.Module = "Sites"
		require.Equal(f, "0.About=NOT_FOUND", codes(f.loose.Update(f.ctx, m)), "the same id in another module is another link")
		// Two new records, one about the other, in one call.
		a, b := &Memo{Meta: record.Meta{ID: record.NewID()}, Text: "a"}, &Memo{Meta: record.Meta{ID: record.NewID()}, Text: "b"}
		a.About, b.About = record.Link{Module: "Tied", ID: b.ID}, record.Link{Module: "Companies", ID: c.ID}
		require.NoError(f, f.tied.Create(f.ctx, a, b))
		require.NoError(f, f.companies.Delete(f.ctx, c.ID))
		_, err := f.tied.Get(f.ctx, a.ID)
		require.ErrorIs(f, err, record.ErrNotFound)
	})
}

func TestLinksToSeveralModulesAsJSON(t *testing.T) {
	t.Parallel()
	eachAbout(t, func(f *about) {
		c, _ := f.pair()
		m := f.memo(f.loose, "m", "Companies", c.ID)
		rec, err := f.loose.Records.Get(f.ctx, m.ID)
		require.NoError(f, err)
		text, err := json.Marshal(rec)
		require.NoError(f, err)
		require.Contains(f, string(text), `"About":"`+c.ID.String()+`","About_Module":"Companies"`)
		again := f.loose.Records.New()
		require.NoError(f, json.Unmarshal([]byte(`{"Text":"n","About":"`+c.ID.String()+`","About_Module":"Companies"}`), again))
		require.NoError(f, f.loose.Records.Create(f.ctx, again))
		require.Equal(f, record.Link{Module: "Companies", ID: c.ID}, f.about(f.loose, again.ID))
		list, _, err := f.loose.List(f.ctx, record.Query{Where: record.Eq("About", c.ID)})
		require.NoError(f, err)
		require.Len(f, list, 2)
	})
}

func TestMalformedLinksToSeveralModules(t *testing.T) {
	t.Parallel()
	link := func(m *Memo) *record.Link { return &m.About }
	for name, fields := range map[string][]record.Field[Memo]{
		"no field for the module": {record.LookupIn("About", "About_Module", link)},
		"of another type":         {record.LookupIn("About", "Text", link), record.Text("Text", 9, func(m *Memo) *string { return &m.Text })},
		"to a module":             {record.LookupIn("About", "About_Module", link).To("Companies"), record.ModuleOf("About_Module", link)},
	} {
		require.Panics(t, func() { record.Define("Memos", fields, record.ModuleOptions{}) }, name)
	}
	_, err := record.Open(t.Context(), memory.New(nil), []*record.Schema{memos("Memos", record.Clear, "Nowhere").Schema}, nil)
	require.EqualError(t, err, `record: Memos.About: no module "Nowhere"`)
}

// TestListedBy pages through what leads to one record, by the index that has the order, up and down.
func TestListedBy(t *testing.T) {
	t.Parallel()
	def := record.Define("Memos", []record.Field[Memo]{
		record.Text("Text", 20, func(m *Memo) *string { return &m.Text }).Folded().Sorted(),
		record.LookupIn("About", "About_Module", func(m *Memo) *record.Link { return &m.About }).ListedBy("Text", "Created_Time"),
		record.ModuleOf("About_Module", func(m *Memo) *record.Link { return &m.About }, "Companies"),
	}, record.ModuleOptions{})
	for name, store := range map[string]storage.Store{"memory": memory.New(nil), "sqlite": openSQLite(t)} {
		t.Run(name, func(t *testing.T) {
			defer store.Close()
			s, err := record.Open(t.Context(), store, []*record.Schema{companies.Schema, def.Schema}, nil)
			require.NoError(t, err)
			a, b := &Company{Name: "a"}, &Company{Name: "b"}
			require.NoError(t, companies.In(s).Create(t.Context(), a, b))
			memos := def.In(s)
			for n := range 30 {
				to := []*Company{a, b}[n%2]
				require.NoError(t, memos.Create(t.Context(), &Memo{Text: string(rune('a' + n*7%13)), About: record.Link{Module: "Companies", ID: to.ID}}))
			}
			for _, order := range [][]record.Order{record.By("Text"), record.By("-Text"), record.By("Created_Time"), record.By("-Created_Time"), record.By("Text", "-Created_Time")} {
				q := record.Query{Where: record.Eq("About", a.ID), Order: order, Limit: 4}
				_, index, _, err := memos.Records.Way(t.Context(), q)
				require.NoError(t, err)
				require.Equal(t, map[string]string{"Text": "about_by_text_sort", "Created_Time": "about_by_created_time"}[order[0].Field], index)
				whole, _, err := memos.List(t.Context(), record.Query{Where: record.And(record.Eq("About_Module", "Companies"), record.In("About", a.ID, record.NewID())), Order: order})
				require.NoError(t, err)
				var paged []*Memo
				for {
					page, next, err := memos.List(t.Context(), q)
					require.NoError(t, err)
					paged = append(paged, page...)
					if q.After = next; next == "" {
						break
					}
				}
				require.Equal(t, whole, paged, "%v", order)
			}
			require.NoError(t, s.Verify(t.Context()))
		})
	}
	require.Panics(t, func() {
		record.Define("Memos", []record.Field[Site]{record.Lookup("Company", func(s *Site) *record.ID { return &s.CompanyID }).To("Companies").ListedBy("Nothing")}, record.ModuleOptions{})
	}, "no such field")
	require.Panics(t, func() {
		record.Define("Memos", []record.Field[Site]{record.Text("Site_Name", 20, func(s *Site) *string { return &s.Name }).ListedBy("Site_Name")}, record.ModuleOptions{})
	}, "no lookup")
}
