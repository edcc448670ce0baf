package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// testMigrate grows a schema, and asks for what cannot be.
func testMigrate(t *testing.T, open opener) {
	t.Run("Nothing", func(t *testing.T) { must(t, open(t).Migrate(limited(t), nil)) })

	t.Run("Twice", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		x := row(1, name("a"))
		must(t, insert(ctx, s, x))
		must(t, s.Migrate(ctx, []*storage.Table{account, deal}))
		must(t, s.Migrate(ctx, []*storage.Table{deal}))
		holds(t, s, x)
	})

	t.Run("Additive", func(t *testing.T) {
		s, ctx := open(t), limited(t)
		old := thing([]storage.Column{{Name: "b", Kind: storage.Text}, {Name: "d", Kind: storage.Int}})
		grown := thing([]storage.Column{{Name: "a", Kind: storage.Doc}, {Name: "b", Kind: storage.Text}, {Name: "c", Kind: storage.Decimal}, {Name: "d", Kind: storage.Int}},
			storage.Index{Name: "b", Columns: []string{"b"}, Unique: true}, storage.Index{Name: "c_d", Columns: []string{"c", "d"}})
		b, d := storage.TextValue("text"), storage.IntValue(4)
		must(t, s.Migrate(ctx, []*storage.Table{old}))
		must(t, put(ctx, s, old, storage.Row{ID: id(1), Version: 3, Values: []storage.Value{b, d}}))

		must(t, s.Migrate(ctx, []*storage.Table{grown, deal}))
		has(ctx, t, s, &storage.Query{Table: grown}, storage.Row{ID: id(1), Version: 3, Values: []storage.Value{{}, b, {}, d}})
		has(ctx, t, s, &storage.Query{Table: grown, Where: eq("c", storage.Value{}), Index: "c_d"}, storage.Row{ID: id(1), Version: 3, Values: []storage.Value{{}, b, {}, d}})
		var conflict *storage.ConflictError
		if err := put(ctx, s, grown, storage.Row{ID: id(2), Version: 1, Values: []storage.Value{{}, b, {}, {}}}); !errors.As(err, &conflict) || conflict.Index != "b" {
			t.Errorf("the new unique index: got %v, want a conflict", err)
		}
		doc := storage.DocValue(storage.Member{Name: "x", Value: d})
		full := storage.Row{ID: id(3), Version: 1, Values: []storage.Value{doc, storage.TextValue("c"), decimal("1.5"), d}}
		must(t, put(ctx, s, grown, full))
		has(ctx, t, s, &storage.Query{Table: grown, Where: eq("a.x:int", d)}, full)

		must(t, s.Migrate(ctx, []*storage.Table{old})) // software of yesterday opens the database again
		has(ctx, t, s, &storage.Query{Table: old, Where: eq("id", storage.RefValue(id(3)))}, storage.Row{ID: id(3), Version: 1, Values: []storage.Value{full.Values[1], d}})
		has(ctx, t, s, &storage.Query{Table: grown, Where: eq("id", storage.RefValue(id(3)))}, full)
		must(t, s.Update(ctx, "", func(x storage.Tx) error { // and writes what it knows of a row
			return x.Update(ctx, old, []storage.Row{{ID: id(3), Version: 2, Values: []storage.Value{storage.TextValue("new"), {}}}})
		}))
		full.Version, full.Values = 2, []storage.Value{doc, storage.TextValue("new"), decimal("1.5"), {}}
		has(ctx, t, s, &storage.Query{Table: grown, Where: eq("id", storage.RefValue(id(3)))}, full)
		refused(t, "a value that an index forbids, which the table lacks", func() error {
			return put(ctx, s, old, storage.Row{ID: id(4), Version: 1, Values: []storage.Value{b, {}}})
		})
	})

	t.Run("OtherKind", func(t *testing.T) {
		s, ctx := open(t), limited(t)
		old := thing([]storage.Column{{Name: "a", Kind: storage.Text}})
		x := storage.Row{ID: id(1), Version: 1, Values: []storage.Value{storage.TextValue("1")}}
		must(t, s.Migrate(ctx, []*storage.Table{old}))
		must(t, put(ctx, s, old, x))
		other := &storage.Table{Name: "other", Columns: []storage.Column{{Name: "a", Kind: storage.Int}}}
		for k := storage.Int; k <= storage.Doc; k++ {
			changed := thing([]storage.Column{{Name: "z", Kind: storage.Int}, {Name: "a", Kind: k}})
			refused(t, "text to "+k.String(), func() error { return s.Migrate(ctx, []*storage.Table{other, changed}) })
		}
		has(ctx, t, s, &storage.Query{Table: old}, x)
		// Neither the table nor the column of the refused calls is there: both can be made with another kind.
		other = &storage.Table{Name: "other", Columns: []storage.Column{{Name: "a", Kind: storage.Bytes}}}
		must(t, s.Migrate(ctx, []*storage.Table{other, thing([]storage.Column{{Name: "z", Kind: storage.Bytes}, {Name: "a", Kind: storage.Text}})}))
	})

	t.Run("OtherIndex", func(t *testing.T) { // under a name that is taken
		s, ctx := open(t), limited(t)
		columns := []storage.Column{{Name: "a", Kind: storage.Text}, {Name: "b", Kind: storage.Text}}
		index := func(unique bool, columns ...string) storage.Index {
			return storage.Index{Name: "i", Columns: columns, Unique: unique}
		}
		one, two := storage.TextValue("1"), storage.TextValue("2")
		for _, c := range []struct {
			what     string
			old, new storage.Index
		}{
			{"no longer unique", index(true, "a"), index(false, "a")},
			{"now unique", index(false, "a"), index(true, "a")},
			{"of another column", index(true, "a"), index(true, "b")},
			{"of more columns", index(true, "a"), index(true, "a", "b")},
			{"of fewer columns", index(false, "a", "b"), index(false, "a")},
			{"in another order", index(false, "a", "b"), index(false, "b", "a")},
		} {
			name := "t_" + strings.ReplaceAll(c.what, " ", "_")
			old := &storage.Table{Name: name, Columns: columns, Indexes: []storage.Index{c.old}}
			must(t, s.Migrate(ctx, []*storage.Table{old}))
			must(t, put(ctx, s, old, storage.Row{ID: id(1), Version: 1, Values: []storage.Value{one, one}}))
			changed := &storage.Table{Name: name, Columns: append(columns[:2:2], storage.Column{Name: "z", Kind: storage.Int}), Indexes: []storage.Index{c.new}}
			other := &storage.Table{Name: "other", Columns: []storage.Column{{Name: "a", Kind: storage.Int}}}
			refused(t, c.what, func() error { return s.Migrate(ctx, []*storage.Table{other, changed}) })
			refused(t, c.what+", in one call", func() error {
				fresh := *changed
				fresh.Name = "fresh"
				return s.Migrate(ctx, []*storage.Table{{Name: "fresh", Columns: columns, Indexes: old.Indexes}, &fresh})
			})
			err := put(ctx, s, old, storage.Row{ID: id(2), Version: 1, Values: []storage.Value{one, two}})
			var conflict *storage.ConflictError
			if errors.As(err, &conflict) != c.old.Unique || err != nil && !c.old.Unique {
				t.Errorf("%s: the index is no longer what it was: got %v", c.what, err)
			}
			must(t, s.Migrate(ctx, []*storage.Table{old}))
		}
		columns[0].Kind = storage.Bytes // nothing of the refused calls is there
		must(t, s.Migrate(ctx, []*storage.Table{{Name: "other", Columns: columns}, {Name: "fresh", Columns: columns}}))
	})

	t.Run("NotUnique", func(t *testing.T) { // rows that are there forbid a new unique index
		s, ctx := open(t), limited(t)
		columns := []storage.Column{{Name: "a", Kind: storage.Text}, {Name: "b", Kind: storage.Text}}
		v := []storage.Value{storage.TextValue("1"), {}}
		old, rows := thing(columns), []storage.Row{{ID: id(1), Version: 1, Values: v}, {ID: id(2), Version: 1, Values: v}}
		must(t, s.Migrate(ctx, []*storage.Table{old}))
		must(t, put(ctx, s, old, rows...))
		refused(t, "unique index over equal rows", func() error {
			return s.Migrate(ctx, []*storage.Table{thing(columns, storage.Index{Name: "a", Columns: []string{"a"}, Unique: true})})
		})
		must(t, put(ctx, s, old, storage.Row{ID: id(3), Version: 1, Values: v})) // the index is not there by half
		nulls := thing(columns, storage.Index{Name: "b", Columns: []string{"a", "b"}, Unique: true})
		must(t, s.Migrate(ctx, []*storage.Table{nulls})) // nulls never conflict
		has(ctx, t, s, &storage.Query{Table: nulls, Where: eq("b", storage.Value{}), Index: "b"}, append(rows, storage.Row{ID: id(3), Version: 1, Values: v})...)
	})

	t.Run("BadTable", func(t *testing.T) {
		s, ctx := open(t), limited(t)
		good := &storage.Table{Name: "good", Columns: []storage.Column{{Name: "a", Kind: storage.Text}}}
		for what, bad := range badTables() {
			refused(t, what, func() error { return s.Migrate(ctx, []*storage.Table{good, bad}) })
		}
		good = &storage.Table{Name: "good", Columns: []storage.Column{{Name: "a", Kind: storage.Int}}}
		must(t, s.Migrate(ctx, []*storage.Table{good}))
	})

	t.Run("Names", func(t *testing.T) { // names mean nothing to a database
		s, ctx := open(t), limited(t)
		words := []string{"select", "order", "group", "index", "table", "values", "where", "null", "rowid", "oid", "_rowid_", "tenant", "row", "key", "user",
			"default", "check", "a", "a_b", "b_c", "c", "_", "_1", strings.Repeat("n", 60), strings.Repeat("n", 59) + "m"}
		var tables []*storage.Table
		for _, w := range words {
			table := &storage.Table{Name: w}
			for i, c := range words {
				table.Columns = append(table.Columns, storage.Column{Name: c, Kind: storage.Text})
				table.Indexes = append(table.Indexes, storage.Index{Name: c, Columns: []string{c, words[(i+1)%len(words)]}, Unique: i == 3})
			}
			tables = append(tables, table)
		}
		tables = append(tables, &storage.Table{Name: "without_columns"})
		for range 2 {
			must(t, s.Migrate(ctx, tables))
		}
		for i, table := range tables {
			x := storage.Row{ID: id(i), Version: 1, Values: make([]storage.Value, len(table.Columns))}
			for j := range x.Values {
				x.Values[j] = storage.TextValue(fmt.Sprint(i, j))
			}
			must(t, put(ctx, s, table, x))
			has(ctx, t, s, &storage.Query{Table: table}, x)
			for j, ix := range table.Indexes {
				has(ctx, t, s, &storage.Query{Table: table, Where: eq(ix.Columns[0], x.Values[j]), Order: []storage.Order{{Field: ix.Columns[0]}}, Index: ix.Name}, x)
			}
		}
	})

	t.Run("AtOnce", func(t *testing.T) {
		s, ctx := open(t), limited(t)
		var wg sync.WaitGroup
		for i := range 4 {
			own := &storage.Table{Name: fmt.Sprint("own_", i), Columns: []storage.Column{{Name: "a", Kind: storage.Text}}}
			wg.Go(func() {
				for range 3 {
					if err := s.Migrate(ctx, []*storage.Table{account, own, deal}); err != nil {
						t.Errorf("Migrate: %v", err)
					}
				}
			})
		}
		wg.Wait()
		must(t, insert(ctx, s, row(1)))
		holds(t, s, row(1))
	})
}

func thing(columns []storage.Column, indexes ...storage.Index) *storage.Table {
	return &storage.Table{Name: "thing", Columns: columns, Indexes: indexes}
}

// badTables returns a table for each thing that may be wrong with one.
func badTables() map[string]*storage.Table {
	a := []storage.Column{{Name: "a", Kind: storage.Text}, {Name: "d", Kind: storage.Doc}}
	return map[string]*storage.Table{
		"no name":          {Columns: a},
		"upper case":       {Name: "Thing", Columns: a},
		"a name as SQL":    {Name: `thing"; --`, Columns: a},
		"a long name":      {Name: strings.Repeat("n", 61), Columns: a},
		"a column id":      thing([]storage.Column{{Name: "id", Kind: storage.Text}}),
		"a column twice":   thing([]storage.Column{a[0], a[0]}),
		"a null column":    thing([]storage.Column{{Name: "a"}}),
		"an unknown kind":  thing([]storage.Column{{Name: "a", Kind: storage.Doc + 1}}),
		"an empty index":   thing(a, storage.Index{Name: "i"}),
		"an unnamed index": thing(a, storage.Index{Columns: []string{"a"}}),
		"an index of what": thing(a, storage.Index{Name: "i", Columns: []string{"b"}}),
		"an index of docs": thing(a, storage.Index{Name: "i", Columns: []string{"d"}}),
		"an index twice":   thing(a, storage.Index{Name: "i", Columns: []string{"a"}}, storage.Index{Name: "i", Columns: []string{"a"}}),
	}
}

// put stores rows of any table in one transaction of the tenant "".
func put(ctx context.Context, s storage.Store, table *storage.Table, rows ...storage.Row) error {
	return s.Update(ctx, "", func(x storage.Tx) error { return x.Insert(ctx, table, rows) })
}

// has fails the test unless q selects exactly these rows.
func has(ctx context.Context, t testing.TB, s storage.Store, q *storage.Query, want ...storage.Row) {
	t.Helper()
	q.Limit = math.MaxInt
	got, err := find(ctx, s, q)
	must(t, err)
	want = slices.Clone(want)
	slices.SortFunc(want, func(a, b storage.Row) int { return storage.CompareRows(q, &a, &b) })
	same(t, got, want)
}
