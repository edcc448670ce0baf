package memory

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

var company = &storage.Table{
	Name: "company",
	Columns: []storage.Column{{Name: "number", Kind: storage.Text}, {Name: "name", Kind: storage.Text}, {Name: "industry", Kind: storage.Text},
		{Name: "active", Kind: storage.Bool}, {Name: "parent", Kind: storage.Ref}},
	Indexes: []storage.Index{
		{Name: "number", Columns: []string{"number"}, Unique: true},
		{Name: "name", Columns: []string{"name"}},
		{Name: "industry", Columns: []string{"industry"}},
		{Name: "active", Columns: []string{"active"}},
		{Name: "parent", Columns: []string{"parent", "name"}},
	},
}

func companyID(n int) storage.ID {
	return storage.ID{0: 1, 12: byte(n >> 24), 13: byte(n >> 16), 14: byte(n >> 8), 15: byte(n)}
}

// companyRow is the n-th of many: nearly all are active and of one of three industries or of none, one in ten has a
// number, and each has ten below it.
func companyRow(n int) storage.Row {
	v := []storage.Value{{}, storage.TextValue(fmt.Sprintf("Company %06d", n)), {}, storage.BoolValue(n%100 > 0), storage.RefValue(companyID(n / 10))}
	if n%10 == 0 {
		v[0] = storage.TextValue(fmt.Sprintf("N%06d", n))
	}
	if n%4 > 0 {
		v[2] = storage.TextValue(fmt.Sprint("Industry ", n%4))
	}
	return storage.Row{ID: companyID(n), Version: 1, Values: v}
}

func compare(op storage.Op, field string, args ...storage.Value) storage.Filter {
	return storage.Filter{Op: op, Field: field, Args: args}
}

func and(fs ...storage.Filter) storage.Filter { return storage.Filter{Op: storage.And, Sub: fs} }
func or(fs ...storage.Filter) storage.Filter  { return storage.Filter{Op: storage.Or, Sub: fs} }
func not(f storage.Filter) storage.Filter {
	return storage.Filter{Op: storage.Not, Sub: []storage.Filter{f}}
}

// TestPages counts the rows that a page looks at: not many more than it has, wherever in a large table it is.
func TestPages(t *testing.T) {
	const rows, page = 20_000, 50
	s, ctx := New(nil), t.Context()
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company}))
	all := make([]storage.Row, rows)
	for n := range all {
		all[n] = companyRow(n)
	}
	require.NoError(t, s.Update(ctx, "", func(x storage.Tx) error { return x.Insert(ctx, company, all) }))

	null, mid := storage.Value{}, all[rows/2+1]
	name, id := storage.TextValue("Company 010001"), storage.RefValue(mid.ID)
	industry := mid.Values[2]
	isNull := func(field string) storage.Filter { return compare(storage.Eq, field, null) }
	by := func(field string) []storage.Order { return []storage.Order{{Field: field}} }
	down := func(field string) []storage.Order { return []storage.Order{{Field: field, Desc: true}} }
	active := compare(storage.Eq, "active", storage.BoolValue(true))
	for what, c := range map[string]struct {
		q    storage.Query
		most int
	}{
		"first page":         {storage.Query{Order: by("name")}, page},
		"last page":          {storage.Query{Order: down("name")}, page},
		"by id":              {storage.Query{}, page},
		"by id, descending":  {storage.Query{Order: down("id")}, page},
		"by id, after":       {storage.Query{Where: compare(storage.Gt, "id", id)}, page + 1},
		"by unique, nulls":   {storage.Query{Order: by("number")}, page},
		"by unique, numbers": {storage.Query{Order: down("number")}, page},
		"after": {storage.Query{Order: by("name"),
			Where: and(compare(storage.Ge, "name", name), or(compare(storage.Gt, "name", name), compare(storage.Gt, "id", id)))}, page + 1},
		"after, descending": {storage.Query{Order: down("name"), // as for a column that may be null
			Where: and(or(compare(storage.Le, "name", name), isNull("name")),
				or(compare(storage.Lt, "name", name), isNull("name"), compare(storage.Lt, "id", id)))}, page + 1},
		"after, among equals": {storage.Query{Order: by("industry"),
			Where: and(compare(storage.Ge, "industry", industry), or(compare(storage.Gt, "industry", industry), compare(storage.Gt, "id", id)))}, page + 1},
		"after, among equals, descending": {storage.Query{Order: down("industry"),
			Where: and(or(compare(storage.Le, "industry", industry), isNull("industry")),
				or(compare(storage.Lt, "industry", industry), isNull("industry"), compare(storage.Lt, "id", id)))}, page + 1},
		"after, among nulls":             {storage.Query{Order: by("industry"), Where: or(not(isNull("industry")), compare(storage.Gt, "id", id))}, page + 1},
		"after, among nulls, descending": {storage.Query{Order: down("industry"), Where: and(isNull("industry"), or(or(), compare(storage.Lt, "id", id)))}, page + 1},
		"greater than many":              {storage.Query{Order: by("industry"), Where: compare(storage.Gt, "industry", storage.TextValue("Industry 2"))}, page},
		"less than many":                 {storage.Query{Order: down("industry"), Where: compare(storage.Lt, "industry", storage.TextValue("Industry 2"))}, page},
		"two keys, after": {storage.Query{Order: []storage.Order{{Field: "parent"}, {Field: "name"}},
			Where: and(compare(storage.Ge, "parent", mid.Values[4]), or(compare(storage.Gt, "parent", mid.Values[4]),
				and(compare(storage.Ge, "name", name), or(compare(storage.Gt, "name", name), compare(storage.Gt, "id", id)))))}, page + 1},
		"below one":                {storage.Query{Order: by("name"), Where: compare(storage.Eq, "parent", mid.Values[4])}, 10},
		"below one, by id":         {storage.Query{Where: compare(storage.Eq, "parent", mid.Values[4])}, 10},
		"nearly all, by the index": {storage.Query{Order: by("name"), Where: active, Index: "name"}, page + 1},
		"one of all, whatever the index": {storage.Query{Order: by("name"), Index: "name",
			Where: and(active, compare(storage.Eq, "number", storage.TextValue("N010000")))}, 1},
		"one by id, whatever the index": {storage.Query{Order: by("name"), Index: "name", Where: compare(storage.Eq, "id", id)}, 1},
		"in nothing":                    {storage.Query{Order: by("name"), Index: "name", Where: compare(storage.In, "industry")}, 0},
		"nothing":                       {storage.Query{Order: by("name"), Where: and(compare(storage.Gt, "name", name), compare(storage.Lt, "name", name))}, 0},
	} {
		t.Run(what, func(t *testing.T) {
			q := c.q
			q.Table, q.Limit = company, page
			require.NoError(t, s.View(ctx, "", func(r storage.Reader) error {
				got, err := r.Find(ctx, &q)
				require.LessOrEqual(t, r.(*tx).looked, c.most)
				require.Equal(t, expected(all, &q), got)
				return err
			}))
		})
	}
}

var share = &storage.Table{
	Name:    "share",
	Columns: []storage.Column{{Name: "company", Kind: storage.Ref}, {Name: "person", Kind: storage.Text}},
	Indexes: []storage.Index{{Name: "company", Columns: []string{"company", "person"}}, {Name: "person", Columns: []string{"person"}}},
}

// TestLooks counts the rows that a page looks at which asks, for each row, whether another table has it.
func TestLooks(t *testing.T) {
	const rows, page = 5000, 50
	s, ctx := New(nil), t.Context()
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company, share}))
	var all, shares []storage.Row
	for n := range rows {
		all = append(all, companyRow(n))
		for i, person := range []string{"ann", "bob", "cy"}[:n%4] { // each other row is shared with bob
			shares = append(shares, storage.Row{ID: companyID(4*n + i), Version: 1, Values: []storage.Value{storage.RefValue(companyID(n)), storage.TextValue(person)}})
		}
	}
	require.NoError(t, s.Update(ctx, "", func(x storage.Tx) error {
		if err := x.Insert(ctx, share, shares); err != nil {
			return err
		}
		return x.Insert(ctx, company, all)
	}))
	among := func(field string, of *storage.Table, index, on string, where storage.Filter) storage.Filter {
		return storage.Filter{Op: storage.Among, Field: field, On: on, Of: &storage.Query{Table: of, Where: where, Index: index}}
	}
	bob, ann := compare(storage.Eq, "person", storage.TextValue("bob")), compare(storage.Eq, "person", storage.TextValue("ann"))
	none := compare(storage.In, "person")
	for what, c := range map[string]struct {
		where storage.Filter
		most  int
	}{
		"shared":             {among("id", share, "company", "company", bob), 3 * page},
		"shared with any":    {among("id", share, "company", "company", storage.Filter{}), 3 * page},
		"shared with two":    {among("id", share, "company", "company", or(bob, ann)), 3 * page},
		"shared and more":    {and(compare(storage.Eq, "active", storage.BoolValue(true)), among("id", share, "company", "company", bob)), 4 * page},
		"not shared":         {not(among("id", share, "company", "company", bob)), 3 * page},
		"with a parent":      {among("parent", company, "id", "id", storage.Filter{}), 2 * page},
		"parent is shared":   {among("parent", company, "id", "id", among("id", share, "company", "company", bob)), 6 * page},
		"shared with no one": {and(compare(storage.Lt, "name", storage.TextValue("Company 0001")), among("id", share, "company", "company", none)), 100},
	} {
		t.Run(what, func(t *testing.T) {
			q := storage.Query{Table: company, Where: c.where, Order: []storage.Order{{Field: "name"}}, Limit: page, Index: "name"}
			require.NoError(t, s.View(ctx, "", func(r storage.Reader) error {
				got, err := r.Find(ctx, &q)
				require.NoError(t, err)
				require.LessOrEqual(t, r.(*tx).looked, c.most)
				want := q
				want.Where, err = storage.Resolve(q.Where, func(of *storage.Query) ([]storage.Row, error) { return r.Find(ctx, of) })
				require.Equal(t, expected(all, &want), got)
				return err
			}))
		})
	}

	require.NoError(t, s.View(ctx, "", func(r storage.Reader) error { // a look at many rows ends with the context too
		x, looked := r.(*tx), 0
		where := among("active", company, "active", "active", compare(storage.Eq, "name", storage.TextValue("none")))
		match := x.matcher(x.state["company"], &where, func() bool {
			looked++
			return looked < 100
		})
		require.False(t, match(x.state["company"].get(companyID(1))))
		require.Equal(t, 100, looked)
		return nil
	}))
}

// expected answers q by the definitions.
func expected(all []storage.Row, q *storage.Query) []storage.Row {
	want := []storage.Row{}
	for i := range all {
		if storage.Match(q.Table, &q.Where, &all[i]) {
			want = append(want, all[i])
		}
	}
	slices.SortFunc(want, func(a, b storage.Row) int { return storage.CompareRows(q, &a, &b) })
	return want[:min(q.Limit, len(want))]
}

// TestEveryOrder holds all orders of up to three keys, with filters and indexes of many shapes, against the definitions.
func TestEveryOrder(t *testing.T) {
	small := &storage.Table{Name: "small", Columns: []storage.Column{{Name: "a", Kind: storage.Int}, {Name: "b", Kind: storage.Int}, {Name: "c", Kind: storage.Bool}},
		Indexes: []storage.Index{{Name: "a", Columns: []string{"a"}}, {Name: "ab", Columns: []string{"a", "b"}},
			{Name: "bac", Columns: []string{"b", "a", "c"}}, {Name: "cb", Columns: []string{"c", "b"}}}}
	s, ctx := New(nil), t.Context()
	require.NoError(t, s.Migrate(ctx, []*storage.Table{small}))
	one, two, null, yes := storage.IntValue(1), storage.IntValue(2), storage.Value{}, storage.BoolValue(true)
	numbers := []storage.Value{null, one, two, storage.IntValue(3)}
	var all []storage.Row
	for i := range 60 {
		c := []storage.Value{null, yes, storage.BoolValue(false)}[i%3]
		all = append(all, storage.Row{ID: storage.ID{byte(i * 37)}, Version: 1, Values: []storage.Value{numbers[i%4], numbers[i/4%3], c}})
	}
	require.NoError(t, s.Update(ctx, "", func(x storage.Tx) error { return x.Insert(ctx, small, all) }))

	orders := [][]storage.Order{nil}
	for from := 0; len(orders[from]) < 3; from++ {
		for _, f := range []string{"a", "b", "c", "id"} {
			for _, desc := range []bool{false, true} {
				orders = append(orders, append(slices.Clone(orders[from]), storage.Order{Field: f, Desc: desc}))
			}
		}
	}
	id := storage.RefValue(all[7].ID)
	wheres := []storage.Filter{{}, compare(storage.Eq, "a", one), compare(storage.Eq, "b", one), compare(storage.Eq, "a", null),
		and(compare(storage.Eq, "a", one), compare(storage.Eq, "b", one)), compare(storage.In, "a", one), compare(storage.In, "a", null, two, one),
		compare(storage.Ge, "a", one), and(compare(storage.Gt, "b", one), compare(storage.Eq, "c", yes)),
		and(compare(storage.Le, "b", one), compare(storage.Ge, "b", one)), and(compare(storage.In, "b", one, two), compare(storage.Eq, "a", one)),
		and(compare(storage.Lt, "a", storage.IntValue(3)), compare(storage.Gt, "a", storage.IntValue(3))),
		and(compare(storage.Ge, "a", one), or(compare(storage.Gt, "a", one), compare(storage.Gt, "id", id))),
		and(or(compare(storage.Le, "a", two), compare(storage.Eq, "a", null)), or(compare(storage.Lt, "a", two), compare(storage.Eq, "a", null), compare(storage.Lt, "id", id))),
		or(not(compare(storage.Eq, "b", null)), compare(storage.Gt, "id", id)),
		and(compare(storage.Eq, "b", two), or(and(compare(storage.Eq, "a", one), compare(storage.Lt, "id", id)), compare(storage.In, "a", two, null))),
		not(or(compare(storage.Eq, "a", null), compare(storage.Ge, "b", two))), or(), not(and())}
	require.NoError(t, s.View(ctx, "", func(r storage.Reader) error {
		for _, w := range wheres {
			for _, o := range orders {
				q := &storage.Query{Table: small, Where: w, Order: o, Limit: 7}
				want := expected(all, q)
				for _, q.Index = range []string{"", "ab", "bac", "cb", "id"} {
					got, err := r.Find(ctx, q)
					if err != nil || !slices.EqualFunc(got, want, func(a, b storage.Row) bool { return a.ID == b.ID }) {
						return fmt.Errorf("%+v: got %v, %w, want %v", q, got, err, want)
					}
				}
			}
		}
		return nil
	}))
}
