package sqlite

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// share says who may see a company.
var share = &storage.Table{Name: "share", Columns: []storage.Column{{Name: "company", Kind: storage.Ref}, {Name: "person", Kind: storage.Text}},
	Indexes: []storage.Index{{Name: "company", Columns: []string{"company", "person"}, Unique: true}, {Name: "person", Columns: []string{"person"}}}}

// shared returns a store where every other of so many companies is shared with "ann", and some with "bob".
func shared(tb testing.TB, rows int) *Store {
	tb.Helper()
	s := companies(tb, rows, 0)
	ctx := tb.Context()
	require.NoError(tb, s.Migrate(ctx, []*storage.Table{share}))
	var all []storage.Row
	add := func(n, k int, person string) {
		v := []storage.Value{storage.RefValue(companyID(n)), storage.TextValue(person)}
		all = append(all, storage.Row{ID: companyID(2*n + k), Version: 1, Values: v})
	}
	for n := range rows {
		if n%2 == 0 {
			add(n, 0, "ann")
		}
		if n%1000 == 0 {
			add(n, 1, "bob")
		}
	}
	require.NoError(tb, s.Update(ctx, "big", func(x storage.Tx) error { return x.Insert(ctx, share, all) }))
	return s
}

// seenBy selects the companies that are shared with somebody, by an index of the shares.
func seenBy(person, index string) storage.Filter {
	return storage.Filter{Op: storage.Among, Field: "id", On: "company",
		Of: &storage.Query{Table: share, Where: where(storage.Eq, "person", storage.TextValue(person)), Index: index}}
}

// TestLook shows that an Among which asks to look for each row walks the index of the page, and looks into the other.
func TestLook(t *testing.T) {
	rows := 100_000
	if slow() || testing.Short() {
		rows = 5000
	}
	s := shared(t, rows)
	byName := []storage.Order{{Field: "name"}}
	active := where(storage.Eq, "active", storage.BoolValue(true))
	look := func(index string) storage.Filter { return seenBy("ann", index) }
	up := func(index string) storage.Filter {
		return storage.Filter{Op: storage.Among, Field: "parent", On: "id", Of: &storage.Query{Table: company, Where: look("company"), Index: index}}
	}
	for name, c := range map[string]struct {
		where, collected storage.Filter
		order            []storage.Order
		index, uses      string
	}{
		"shared":       {look("company"), look("person"), byName, "name", "name"},
		"by id":        {look("company"), look("person"), nil, "id", "id"},
		"without hint": {look("company"), look("person"), byName, "", "name"},
		"and more":     {and(active, look("company")), and(active, look("person")), byName, "name", "name"},
		"or": {storage.Filter{Op: storage.Or, Sub: []storage.Filter{look("company"), active}},
			storage.Filter{Op: storage.Or, Sub: []storage.Filter{look("person"), active}}, byName, "name", "name"},
		"not": {storage.Filter{Op: storage.Not, Sub: []storage.Filter{look("company")}},
			storage.Filter{Op: storage.Not, Sub: []storage.Filter{look("person")}}, byName, "name", "name"},
		"whose parent is": {up("id"), up("name"), byName, "name", "name"},
	} {
		t.Run(name, func(t *testing.T) {
			q := &storage.Query{Table: company, Where: c.where, Order: c.order, Limit: 50, Index: c.index}
			plan := explain(t, s, dialect, q)
			require.Contains(t, plan, "SEARCH company USING INDEX "+indexName("company", c.uses)+" (tenant_id=?")
			require.Contains(t, plan, "USING COVERING INDEX share.company (tenant_id=? AND company=? AND person=?)")
			for _, bad := range []string{"SCAN", "LIST SUBQUERY", "TEMP B-TREE", "AUTOMATIC"} {
				require.NotContains(t, plan, bad)
			}
			other := *q
			other.Where = c.collected
			plan = explain(t, s, dialect, &other)
			require.Contains(t, plan, "LIST SUBQUERY")
			require.NotContains(t, plan, "ANY(", "the index is read as a whole, not for each id")
			best := time.Hour
			for range 3 {
				began := time.Now()
				got := found(t, s, q)
				best = min(best, time.Since(began))
				require.Len(t, got, q.Limit)
				require.Equal(t, found(t, s, &other), got)
			}
			t.Log(best)
			if best > 20*time.Millisecond && !slow() {
				t.Errorf("took %s", best)
			}
		})
	}
}

// TestWalkOfValues shows that rows which have the values of another table in order are read in that order, up and down, and
// no more of them than a page needs.
func TestWalkOfValues(t *testing.T) {
	s := companies(t, 1000, 0)
	value := &storage.Table{Name: "value", Columns: []storage.Column{{Name: "field", Kind: storage.Text}, {Name: "bin", Kind: storage.Bool},
		{Name: "key", Kind: storage.Bytes}, {Name: "company", Kind: storage.Ref}},
		Indexes: []storage.Index{{Name: "field", Columns: []string{"field", "bin", "key", "company"}}}}
	require.NoError(t, s.Migrate(t.Context(), []*storage.Table{value}))
	of := &storage.Query{Table: company, Where: where(storage.Eq, "active", storage.BoolValue(true)), Index: "id"}
	for _, desc := range []bool{false, true} {
		plan := explain(t, s, dialect, &storage.Query{Table: value, Columns: []string{"company"}, Index: "field", Limit: 50,
			Where: and(where(storage.Eq, "field", storage.TextValue("x")), where(storage.Eq, "bin", storage.BoolValue(false)),
				where(storage.Ge, "key", storage.BytesValue([]byte("a"))), storage.Filter{Op: storage.Among, Field: "company", Of: of, On: "id"}),
			Order: []storage.Order{{Field: "key", Desc: desc}, {Field: "company", Desc: desc}}})
		require.Contains(t, plan, "SEARCH value USING INDEX value.field (tenant_id=? AND field=? AND bin=? AND key>?)")
		require.Contains(t, plan, "(tenant_id=? AND id=?)")
		for _, bad := range []string{"SCAN", "LIST SUBQUERY", "TEMP B-TREE", "AUTOMATIC"} {
			require.NotContains(t, plan, bad)
		}
	}
}

// found returns what q selects of the tenant "big".
func found(tb testing.TB, s *Store, q *storage.Query) (rows []storage.Row) {
	tb.Helper()
	require.NoError(tb, s.View(tb.Context(), "big", func(r storage.Reader) (err error) {
		rows, err = r.Find(tb.Context(), q)
		return err
	}))
	return rows
}

// BenchmarkLook reads pages of 200,000 companies, half of them shared.
func BenchmarkLook(b *testing.B) {
	s := shared(b, 200_000)
	for name, index := range map[string]string{"EachRow": "company", "Collected": "person"} {
		b.Run(name, func(b *testing.B) {
			q := &storage.Query{Table: company, Where: seenBy("ann", index), Order: []storage.Order{{Field: "name"}}, Limit: 50, Index: "name"}
			for b.Loop() {
				require.Len(b, found(b, s, q), 50)
			}
		})
	}
}
