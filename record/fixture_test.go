package record_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

// Company is a module with a field of each type that the tests of this package need.
type Company struct {
	record.Meta
	Name     string
	Website  string
	Email    string
	Kind     string
	Colours  []string
	Staff    *int64
	Active   *bool
	Revenue  decimal.NullDecimal
	Founded  record.Date
	Met      time.Time
	ParentID record.ID
	Notes    string
}

var kinds = &record.PickValues{Closed: true, Values: []record.PickValue{{Actual: "Customer", Chinese: "客户"}, {Actual: "Partner", Chinese: "合作伙伴"}}}

const depth = 8

var companies = record.Define("Companies", []record.Field[Company]{
	record.Text("Company_Name", 20, func(c *Company) *string { return &c.Name }).Label("Company Name", "公司名称").Required().Folded().Sorted(),
	record.URL("Website", 40, func(c *Company) *string { return &c.Website }).Label("Website", "网站"),
	record.Email("Email", 40, func(c *Company) *string { return &c.Email }).Label("Email", "邮件"),
	record.PickList("Kind", kinds, func(c *Company) *string { return &c.Kind }).Label("Kind", "类型"),
	record.MultiPickList("Colours", &record.PickValues{}, func(c *Company) *[]string { return &c.Colours }).Label("Colours", "颜色"),
	record.Integer("Staff", 10, func(c *Company) **int64 { return &c.Staff }).Label("Staff", "员工数").Indexed(),
	record.Bool("Active", func(c *Company) **bool { return &c.Active }).Label("Active", "有效"),
	record.Currency("Revenue", func(c *Company) *decimal.NullDecimal { return &c.Revenue }).Label("Revenue", "收入"),
	record.DateOnly("Founded", func(c *Company) *record.Date { return &c.Founded }).Label("Founded", "成立日期"),
	record.DateTime("Met", func(c *Company) *time.Time { return &c.Met }).Label("Met", "会面时间"),
	record.Lookup("Parent", func(c *Company) *record.ID { return &c.ParentID }).Label("Parent", "上级").To("Companies").Tree(depth).OnDelete(record.Clear),
	record.TextArea("Notes", 100, func(c *Company) *string { return &c.Notes }).Label("Notes", "备注").NoClone(),
}, record.ModuleOptions{Singular: "Company", Chinese: "公司"})

// Site is a host's own module, which links to companies.
type Site struct {
	record.Meta
	Name      string
	CompanyID record.ID
	Floors    *int64
}

func sites(rule record.Rule, hooks ...record.Hook) *record.Definition[Site] {
	return record.Define("Sites", []record.Field[Site]{
		record.Text("Site_Name", 20, func(s *Site) *string { return &s.Name }).Required().Folded(),
		record.Lookup("Company", func(s *Site) *record.ID { return &s.CompanyID }).To("Companies").OnDelete(rule),
		record.Integer("Floors", 3, func(s *Site) **int64 { return &s.Floors }),
	}, record.ModuleOptions{Singular: "Site", Chinese: "地点", Hooks: hooks})
}

// fixture is one store with both modules in it.
type fixture struct {
	*testing.T
	ctx       context.Context
	s         *record.Session
	companies *record.Module[Company]
	sites     *record.Module[Site]
	site      *record.Definition[Site]
}

type setup struct {
	rule    record.Rule
	hooks   []record.Hook
	options record.Options
}

// each runs fn on every store.
func each(t *testing.T, o setup, fn func(f *fixture)) {
	for name, open := range map[string]func(testing.TB) storage.Store{
		"memory": func(testing.TB) storage.Store { return memory.New(nil) },
		"sqlite": func(tb testing.TB) storage.Store { return openSQLite(tb) },
		"twice": func(testing.TB) storage.Store {
			return storagetest.Faulty(memory.New(nil), &storagetest.Faults{Twice: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, open(t), o)
			fn(f)
		})
	}
}

func openSQLite(tb testing.TB) storage.Store {
	tb.Helper()
	store, err := sqlite.Open(filepath.Join(tb.TempDir(), "t.db"), nil)
	require.NoError(tb, err)
	return store
}

// newFixture verifies what the test leaves when it ends.
func newFixture(t *testing.T, store storage.Store, o setup) *fixture {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	def := sites(o.rule, o.hooks...)
	s, err := record.Open(t.Context(), store, []*record.Schema{companies.Schema, def.Schema}, &o.options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.AsSystem().Verify(context.WithoutCancel(t.Context()))) })
	return &fixture{t, t.Context(), s, companies.In(s), def.In(s), def}
}

func (f *fixture) must(err error) {
	f.Helper()
	require.NoError(f.T, err)
}

func (f *fixture) equal(want, got any) {
	f.Helper()
	require.Equal(f.T, want, got)
}

func (f *fixture) make(name string, parent record.ID) *Company {
	f.Helper()
	c := &Company{Name: name, ParentID: parent}
	f.must(f.companies.Create(f.ctx, c))
	return c
}

func (f *fixture) get(id record.ID) *Company {
	f.Helper()
	c, err := f.companies.Get(f.ctx, id)
	f.must(err)
	return c
}

func (f *fixture) names(q record.Query) (names []string) {
	f.Helper()
	for c, err := range f.companies.All(f.ctx, q) {
		f.must(err)
		names = append(names, c.Name)
	}
	return names
}

// move puts a company under another.
func (f *fixture) move(id, parent record.ID) error {
	return f.companies.Edit(f.ctx, id, func(c *Company) error { c.ParentID = parent; return nil })
}

func (f *fixture) actions(id record.ID) (as []record.Action) {
	f.Helper()
	es, err := f.companies.Timeline(f.ctx, id, time.Time{}, 0)
	f.must(err)
	for _, e := range es {
		as = append(as, e.Action)
	}
	return as
}

// codes is what a ValidationError says, in short.
func codes(err error) string {
	var ve *record.ValidationError
	if !errors.As(err, &ve) {
		return fmt.Sprint(err)
	}
	var parts []string
	for _, f := range ve.Fields {
		parts = append(parts, fmt.Sprintf("%d.%s=%s", f.Record, f.Field, f.Code))
	}
	return strings.Join(parts, " ")
}

func ptr[V any](v V) *V { return &v }
