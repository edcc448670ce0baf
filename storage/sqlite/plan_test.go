package sqlite

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

// company is a table with the indexes that a record has.
var company = &storage.Table{Name: "company", Columns: []storage.Column{
	{Name: "number", Kind: storage.Text}, {Name: "name", Kind: storage.Text}, {Name: "parent", Kind: storage.Ref}, {Name: "created", Kind: storage.Time},
	{Name: "active", Kind: storage.Bool}, {Name: "custom", Kind: storage.Doc}},
	Indexes: []storage.Index{{Name: "number", Columns: []string{"number"}, Unique: true}, {Name: "name", Columns: []string{"name"}},
		{Name: "parent", Columns: []string{"parent", "name"}}, {Name: "active_created", Columns: []string{"active", "created"}}}}

func companyID(n int) storage.ID {
	return storage.ID{0: 1, 12: byte(n >> 24), 13: byte(n >> 16), 14: byte(n >> 8), 15: byte(n)}
}

// companyRow returns the n-th row of a tree ten wide.
func companyRow(n int) storage.Row {
	v := []storage.Value{{}, storage.TextValue(fmt.Sprintf("Company %06d", n*7919%1_000_000)), {},
		storage.MicrosValue(1_700_000_000_000_000 + int64(n)), storage.BoolValue(n%2 == 0), {}}
	if n%10 == 7 { // few have a number
		v[0] = storage.TextValue(fmt.Sprintf("ACC-%08d", n))
	}
	if n%100 > 0 {
		v[2] = storage.RefValue(companyID(n / 10))
	}
	return storage.Row{ID: companyID(n), Version: 1, Values: v}
}

func openTest(tb testing.TB, o *Options) *Store {
	tb.Helper()
	s, err := Open(filepath.Join(tb.TempDir(), "test.db"), o)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	return s
}

// companies returns a store with so many companies of the tenant "big", and as many other tenants with one.
func companies(tb testing.TB, rows, tenants int) *Store {
	tb.Helper()
	s := openTest(tb, nil)
	ctx := tb.Context()
	require.NoError(tb, s.Migrate(ctx, []*storage.Table{company}))
	put := func(tenant string, from, to int) {
		require.NoError(tb, s.Update(ctx, tenant, func(x storage.Tx) error {
			var batch []storage.Row
			for n := from; n < to; n++ {
				batch = append(batch, companyRow(n))
			}
			return x.Insert(ctx, company, batch)
		}))
	}
	for n := 0; n < rows; n += 5000 {
		put("big", n, min(n+5000, rows))
	}
	for n := range tenants {
		put(fmt.Sprint("small", n), n, n+1)
	}
	return s
}

// explain returns the plan of a query, a line for each step.
func explain(tb testing.TB, s *Store, d *sqlgen.Dialect, q *storage.Query) (plan string) {
	tb.Helper()
	require.NoError(tb, s.viewing(tb.Context(), func(c *conn) error {
		text := sqlgen.Find(d, q, sqlgen.SelectList(d, sqlgen.Columns(q))).SQL()
		return c.once("EXPLAIN QUERY PLAN "+text, func(st *sqlite.Stmt) { plan += st.ColumnText(3) + "\n" })
	}))
	return plan
}

func where(op storage.Op, field string, args ...storage.Value) storage.Filter {
	return storage.Filter{Op: op, Field: field, Args: args}
}

func and(sub ...storage.Filter) storage.Filter { return storage.Filter{Op: storage.And, Sub: sub} }

// planned are the queries that matter, and what their plans have.
func planned() []plannedQuery {
	var ids, names []storage.Value
	for n := range 500 {
		ids = append(ids, storage.RefValue(companyID(n*37)))
		names = append(names, companyRow(n * 37).Values[1])
	}
	name, number := []storage.Order{{Field: "name"}}, []storage.Order{{Field: "number"}}
	none := func(field string) storage.Filter { return where(storage.Eq, field, storage.Value{}) }
	from := storage.TextValue("Company 5")
	one := &storage.Query{Table: company, Where: where(storage.Eq, "id", ids[7])}
	named := &storage.Query{Table: company, Where: and(where(storage.Ge, "name", from), where(storage.Lt, "name", storage.TextValue("Company 501")))}
	return []plannedQuery{
		{name: "get", where: where(storage.Eq, "id", ids[1]), index: "id", rows: 1, sorted: true},
		{name: "page", order: name, index: "name", rows: 50, sorted: true},
		{name: "page back", order: []storage.Order{{Field: "name", Desc: true}}, index: "name", rows: 50, sorted: true},
		{name: "page by id", index: "id", rows: 50, sorted: true},
		{name: "page after a cursor", where: and(where(storage.Ge, "name", from), storage.Filter{Op: storage.Or,
			Sub: []storage.Filter{where(storage.Gt, "name", from), where(storage.Gt, "id", ids[9])}}), order: name, index: "name", rows: 50, sorted: true},
		{name: "page back after a cursor", where: and(where(storage.Le, "name", from), storage.Filter{Op: storage.Or,
			Sub: []storage.Filter{where(storage.Lt, "name", from), where(storage.Lt, "id", ids[9])}}), order: []storage.Order{{Field: "name", Desc: true}},
			index: "name", rows: 50, sorted: true},
		{name: "page by number", order: number, index: "number", rows: 50, sorted: true, hinted: true},
		{name: "page back by number", order: []storage.Order{{Field: "number", Desc: true}}, index: "number", rows: 50, sorted: true, hinted: true},
		{name: "page by number after a cursor", where: and(storage.Filter{Op: storage.Or, Sub: []storage.Filter{
			{Op: storage.Not, Sub: []storage.Filter{none("number")}}, where(storage.Gt, "id", ids[400])}}), order: number, index: "number", rows: 50,
			sorted: true, hinted: true},
		{name: "without a number", where: none("number"), order: number, index: "number", rows: 50, sorted: true, hinted: true},
		{name: "by number", where: where(storage.Eq, "number", companyRow(777).Values[0]), index: "number", rows: 1},
		{name: "roots", where: none("parent"), order: name, index: "parent", rows: 50, sorted: true},
		{name: "children", where: where(storage.Eq, "parent", ids[1]), order: name, index: "parent", rows: 10, sorted: true},
		{name: "active by time", where: where(storage.Eq, "active", storage.BoolValue(true)), order: []storage.Order{{Field: "created", Desc: true}},
			index: "active_created", rows: 50, sorted: true},
		{name: "in ids", where: where(storage.In, "id", ids...), index: "id", rows: 500, sorted: true},
		{name: "in names", where: where(storage.In, "name", names...), index: "name", rows: 500},
		{name: "in one name", where: where(storage.In, "name", names[1]), index: "name", rows: 1},
		{name: "in names by id", where: where(storage.In, "name", names...), order: []storage.Order{{Field: "created"}}, index: "name", rows: 500},
		{name: "among", where: storage.Filter{Op: storage.Among, Field: "parent", Of: named, On: "id"}, index: "parent", rows: 50},
		{name: "below", where: storage.Filter{Op: storage.Among, Field: "id", Of: one, On: "id", Along: "parent"}, index: "id", rows: 500},
		{name: "above", where: storage.Filter{Op: storage.Among, Field: "id", Of: one, On: "parent", Along: "id"}, index: "id", rows: 3},
	}
}

type plannedQuery struct {
	name   string
	where  storage.Filter
	order  []storage.Order
	index  string
	rows   int  // at most
	sorted bool // by the index alone
	hinted bool // the planner does not find the index by itself
}

func (p *plannedQuery) query() *storage.Query {
	return &storage.Query{Table: company, Where: p.where, Order: p.order, Limit: p.rows}
}

// slow reports whether this is a build with the race detector, which makes SQLite ten times as slow.
func slow() bool {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, s := range info.Settings {
			if s.Key == "-race" && s.Value == "true" {
				return true
			}
		}
	}
	return false
}

func TestPlans(t *testing.T) {
	rows, tenants := 200_000, 300
	if slow() || testing.Short() {
		rows, tenants = 5000, 30
	}
	s := companies(t, rows, tenants)
	ctx := t.Context()
	for _, p := range planned() {
		t.Run(p.name, func(t *testing.T) {
			for _, d := range []*sqlgen.Dialect{plain, dialect} {
				q := p.query()
				if d == dialect {
					q.Index = p.index
				} else if p.hinted {
					continue
				}
				plan := explain(t, s, d, q)
				uses := indexName("company", p.index)
				if !strings.Contains(plan, "INDEX "+uses+" (tenant_id=?") {
					t.Errorf("with index %q: does not use %s:\n%s", q.Index, uses, plan)
				}
				if strings.Contains(plan, "SCAN company") || strings.Contains(plan, `SCAN "the step"`) {
					t.Errorf("with index %q: reads a whole table:\n%s", q.Index, plan)
				}
				if p.sorted && strings.Contains(plan, "TEMP B-TREE") {
					t.Errorf("with index %q: sorts:\n%s", q.Index, plan)
				}
				best, got := time.Hour, 0
				for range 3 {
					began := time.Now()
					require.NoError(t, s.View(ctx, "big", func(r storage.Reader) error {
						found, err := r.Find(ctx, q)
						got = len(found)
						return err
					}))
					best = min(best, time.Since(began))
				}
				if got == 0 || rows == 200_000 && p.rows >= 50 && got < 50 {
					t.Errorf("found %d rows", got)
				}
				t.Logf("index %q: %d rows in %s", q.Index, got, best)
				if best > 50*time.Millisecond && !slow() {
					t.Errorf("took %s", best)
				}
			}
		})
	}
	t.Run("count", func(t *testing.T) {
		for range 2 {
			began := time.Now()
			require.NoError(t, s.View(ctx, "big", func(r storage.Reader) error {
				n, err := r.Count(ctx, &storage.Query{Table: company})
				require.EqualValues(t, rows, n)
				return err
			}))
			t.Logf("count of all: %s", time.Since(began))
		}
	})
}

// TestFigures shows that Migrate puts right what ANALYZE has counted at a bad moment.
func TestFigures(t *testing.T) {
	s := companies(t, 3, 5)
	ctx := t.Context()
	q := &storage.Query{Table: company, Where: where(storage.In, "name", storage.TextValue("a"), storage.TextValue("b")),
		Order: []storage.Order{{Field: "created"}}, Limit: 50}
	good := explain(t, s, plain, q)
	require.Contains(t, good, "company.name (tenant_id=? AND name=?)")
	require.NoError(t, s.writing(ctx, func(c *conn) error { return c.once("ANALYZE", nil) }))
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company}))
	require.NoError(t, s.viewing(ctx, func(c *conn) error {
		have, err := read(c)
		require.NoError(t, err)
		require.Empty(t, have.otherFigures(company))
		return nil
	}))
	require.NoError(t, s.Close())
	again, err := Open(s.path, nil)
	require.NoError(t, err)
	defer again.Close()
	require.Equal(t, good, explain(t, again, plain, q))
}
