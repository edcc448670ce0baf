package storagetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// testIn asks with more arguments than any database takes as parameters of one statement.
func testIn(t *testing.T, open opener) {
	const rows, most = 200, 100_000
	s, ctx := fresh(t, open), limited(t)
	in := make([]storage.Row, rows)
	for n := range in {
		in[n] = row(n, staff(int64(n)), name(fmt.Sprint("n", n)), column("revenue", decimal(fmt.Sprint(n))),
			column("custom", storage.DocValue(storage.Member{Name: "a", Value: storage.IntValue(int64(n))})))
	}
	must(t, insert(ctx, s, append(in, row(rows))...)) // and one row of nulls
	values := map[string]func(n int) storage.Value{
		"staff":   func(n int) storage.Value { return storage.IntValue(int64(n)) },
		"name":    func(n int) storage.Value { return storage.TextValue(fmt.Sprint("n", n)) },
		"revenue": func(n int) storage.Value { return decimal(fmt.Sprint(n)) },
		"id": func(n int) storage.Value {
			if n >= rows { // ids have two bytes of number
				return storage.RefValue(storage.ID{1, 1, 1, byte(n >> 16), byte(n >> 8), byte(n)})
			}
			return storage.RefValue(id(n))
		},
		storage.MemberField("custom", "a", storage.Int): func(n int) storage.Value { return storage.IntValue(int64(n)) },
	}
	for field, value := range values {
		for _, size := range []int{0, 1, 2, 1000, 40_000, most} {
			if size == 40_000 && field != "id" || size > 1000 && testing.Short() {
				continue
			}
			t.Run(fmt.Sprint(field, "/", size), func(t *testing.T) {
				f := storage.Filter{Op: storage.In, Field: field, Args: make([]storage.Value, size)}
				for i := range f.Args { // most of them first are in no row
					f.Args[i] = value(size - 1 - i)
				}
				want := int64(min(size, rows))
				not := storage.Filter{Op: storage.Not, Sub: []storage.Filter{f}}
				must(t, s.View(ctx, "", func(r storage.Reader) error {
					found, err := r.Find(ctx, &storage.Query{Table: account, Where: f, Limit: math.MaxInt})
					if err != nil {
						return err
					}
					n, err := r.Count(ctx, &storage.Query{Table: account, Where: f})
					if err != nil {
						return err
					}
					others, err := r.Count(ctx, &storage.Query{Table: account, Where: not})
					if n != want || int64(len(found)) != want || others != rows+1-want {
						t.Errorf("got %d rows, %d counted, %d others; want %d and %d", len(found), n, others, want, rows+1-want)
					}
					return err
				}))
			})
		}
	}
}

// testProjection asks for some columns, in orders of all sorts, or for none.
func testProjection(t *testing.T, open opener) {
	t.Run("Columns", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		x := row(1, name("n"), staff(3), number("no"))
		x.Version = 7
		must(t, insert(ctx, s, x))
		for _, c := range []struct {
			columns []string
			want    []storage.Value
		}{
			{nil, x.Values},
			{[]string{}, nil},
			{[]string{"staff"}, []storage.Value{storage.IntValue(3)}},
			{[]string{"staff", "name", "parent", "number"}, []storage.Value{storage.IntValue(3), storage.TextValue("n"), {}, storage.TextValue("no")}},
			{[]string{"number", "parent", "name", "staff"}, []storage.Value{storage.TextValue("no"), {}, storage.TextValue("n"), storage.IntValue(3)}},
		} {
			rows, err := find(ctx, s, &storage.Query{Table: account, Columns: c.columns, Limit: 2})
			must(t, err)
			same(t, rows, []storage.Row{{ID: x.ID, Version: 7, Values: c.want}})
		}
	})
	t.Run("Model", func(t *testing.T) {
		checkRandom(t, open, 4, 300, shape{depth: 1, among: true, order: 2, columns: true})
	})
}

// testLimit asks for few rows, and for more than there can be.
func testLimit(t *testing.T, open opener) {
	t.Run("Ladder", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		const rows = 7
		for n := range rows {
			must(t, insert(ctx, s, row(n)))
		}
		for _, limit := range []int{0, 1, 2, 6, 7, 8, 1000, math.MaxInt32, math.MaxInt} {
			q := &storage.Query{Table: account, Limit: limit}
			want := min(limit, rows)
			must(t, s.View(ctx, "", func(r storage.Reader) error {
				if limit > 0 {
					found, err := r.Find(ctx, q)
					if err != nil {
						return err
					}
					if len(found) != want {
						t.Errorf("Find with limit %d: got %d rows, want %d", limit, len(found), want)
					}
				} else {
					want = rows
				}
				n, err := r.Count(ctx, q)
				if n != int64(want) {
					t.Errorf("Count with limit %d: got %d, want %d", limit, n, want)
				}
				return err
			}))
		}
	})
	t.Run("Model", func(t *testing.T) { checkRandom(t, open, 5, 200, shape{depth: 1, order: 2, limit: true}) })
}

// testHint names indexes that serve a query and indexes that do not: the answer is the same.
func testHint(t *testing.T, open opener) {
	t.Run("Nulls", func(t *testing.T) { // a row is found by an index though its columns are null
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1), row(2, name("n"), number("no"))))
		for _, ix := range account.Indexes {
			for _, c := range ix.Columns {
				rows, err := find(ctx, s, &storage.Query{Table: account, Order: []storage.Order{{Field: c}}, Limit: 5, Index: ix.Name})
				must(t, err)
				if len(rows) != 2 {
					t.Errorf("%s by %s: got %d rows, want 2", ix.Name, c, len(rows))
				}
			}
		}
	})
	t.Run("Unmigrated", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1), row(2, name("n")), row(3, staff(4))))
		more := *account
		more.Indexes = append(account.Indexes[:len(account.Indexes):len(account.Indexes)], storage.Index{Name: "more", Columns: []string{"staff"}})
		has(ctx, t, s, &storage.Query{Table: &more, Index: "more"}, row(1), row(2, name("n")), row(3, staff(4)))
		has(ctx, t, s, &storage.Query{Table: &more, Index: "more", Where: eq("name", storage.TextValue("n"))}, row(2, name("n")))
		among := storage.Filter{Op: storage.Among, Field: "staff", On: "staff", Of: &storage.Query{Table: &more, Index: "more"}}
		has(ctx, t, s, &storage.Query{Table: account, Where: among}, row(3, staff(4)))
	})
	t.Run("Model", func(t *testing.T) {
		checkRandom(t, open, 6, 500, shape{depth: 2, among: true, order: 2, columns: true, limit: true, hint: true})
	})
}

// testBadQuery asks what makes no sense: each is an error, in Find and in Count.
func testBadQuery(t *testing.T, open opener) {
	filter := func(f storage.Filter) *storage.Query { return &storage.Query{Table: account, Where: f, Limit: 1} }
	one, text := []storage.Value{storage.IntValue(1)}, []storage.Value{storage.TextValue("a")}
	bad := map[string]*storage.Query{
		"no table":          {Limit: 1},
		"limit below 0":     {Table: account, Limit: -1},
		"unknown column":    {Table: account, Limit: 1, Columns: []string{"name", "nothing"}},
		"repeated column":   {Table: account, Limit: 1, Columns: []string{"name", "name"}},
		"id as a column":    {Table: account, Limit: 1, Columns: []string{"id"}},
		"unknown order":     {Table: account, Limit: 1, Order: []storage.Order{{Field: "nothing"}}},
		"order by a doc":    {Table: account, Limit: 1, Order: []storage.Order{{Field: "custom"}}},
		"order by version":  {Table: account, Limit: 1, Order: []storage.Order{{Field: "version"}}},
		"unknown index":     {Table: account, Limit: 1, Index: "nothing"},
		"index as SQL":      {Table: account, Limit: 1, Index: `name" --`},
		"unknown field":     filter(storage.Filter{Op: storage.Eq, Field: "nothing", Args: one}),
		"empty field":       filter(storage.Filter{Op: storage.Eq, Args: one}),
		"field as SQL":      filter(storage.Filter{Op: storage.Eq, Field: `name" OR 1=1 --`, Args: text}),
		"unknown kind":      filter(storage.Filter{Op: storage.Eq, Field: "custom.a:number", Args: one}),
		"member of no doc":  filter(storage.Filter{Op: storage.Eq, Field: "name.a:int", Args: one}),
		"bad member":        filter(storage.Filter{Op: storage.Eq, Field: "custom.a'b:int", Args: one}),
		"wrong kind":        filter(storage.Filter{Op: storage.Eq, Field: "name", Args: one}),
		"wrong kind in In":  filter(storage.Filter{Op: storage.In, Field: "staff", Args: append(slices.Clone(one), text...)}),
		"two arguments":     filter(storage.Filter{Op: storage.Lt, Field: "staff", Args: []storage.Value{one[0], one[0]}}),
		"no argument":       filter(storage.Filter{Op: storage.Eq, Field: "staff"}),
		"contains a number": filter(storage.Filter{Op: storage.Contains, Field: "staff", Args: one}),
		"contains null":     filter(storage.Filter{Op: storage.Contains, Field: "name", Args: []storage.Value{{}}}),
		"doc equal":         filter(storage.Filter{Op: storage.Eq, Field: "custom", Args: []storage.Value{storage.DocValue(storage.Member{Name: "a", Value: one[0]})}}),
		"doc less":          filter(storage.Filter{Op: storage.Lt, Field: "custom", Args: []storage.Value{{}}}),
		"doc in":            filter(storage.Filter{Op: storage.In, Field: "custom"}),
		"not of nothing":    filter(storage.Filter{Op: storage.Not}),
		"not of two":        filter(storage.Filter{Op: storage.Not, Sub: make([]storage.Filter, 2)}),
		"unknown operator":  filter(storage.Filter{Op: 200, Field: "name", Args: text}),
		"bad inside": filter(storage.Filter{Op: storage.And, Sub: []storage.Filter{{}, {Op: storage.Or, Sub: []storage.Filter{
			{Op: storage.Eq, Field: "nothing", Args: one}}}}}),
		"among nothing":       filter(storage.Filter{Op: storage.Among, Field: "id", On: "id"}),
		"among no table":      filter(storage.Filter{Op: storage.Among, Field: "id", On: "id", Of: &storage.Query{}}),
		"among of bad":        filter(storage.Filter{Op: storage.Among, Field: "id", On: "id", Of: filter(storage.Filter{Op: storage.Not})}),
		"among without on":    filter(storage.Filter{Op: storage.Among, Field: "id", Of: byID(1)}),
		"among another":       filter(storage.Filter{Op: storage.Among, Field: "id", On: "name", Of: byID(1)}),
		"along another":       filter(storage.Filter{Op: storage.Among, Field: "id", On: "id", Along: "name", Of: byID(1)}),
		"along nothing":       filter(storage.Filter{Op: storage.Among, Field: "id", On: "id", Along: "nothing", Of: byID(1)}),
		"on a member":         filter(storage.Filter{Op: storage.Among, Field: "id", On: "custom.a:ref", Of: byID(1)}),
		"among a doc":         filter(storage.Filter{Op: storage.Among, Field: "custom", On: "custom", Of: byID(1)}),
		"too many conditions": filter(many(storage.MaxConditions + 1)),
		"too deep":            filter(deep(storage.MaxDepth)),
		"too deep in among":   filter(deepAmong(storage.MaxDepth/2, "")),
		"among a bad index":   filter(storage.Filter{Op: storage.Among, Field: "id", On: "id", Of: &storage.Query{Table: account, Index: "nothing"}}),
	}
	s, ctx := fresh(t, open), limited(t)
	must(t, insert(ctx, s, row(1, name("a"), staff(1))))
	for what, q := range bad {
		refused(t, what+": Find", func() error { _, err := find(ctx, s, q); return err })
		refused(t, what+": Count", func() error { return count(ctx, s, q) })
	}
	refused(t, "Find without a limit", func() error { _, err := find(ctx, s, &storage.Query{Table: account}); return err })

	x := row(2)
	refused(t, "a bad query in an Update that returns its error", func() error {
		return s.Update(ctx, "", func(tx storage.Tx) error {
			_, err := tx.Find(ctx, bad["wrong kind"])
			return errors.Join(tx.Insert(ctx, account, []storage.Row{x}), err)
		})
	})
	holds(t, s, row(1, name("a"), staff(1)))

	for what, f := range map[string]storage.Filter{ // and as large as one may be
		"many conditions": many(storage.MaxConditions),
		"deep":            deep(storage.MaxDepth - 1),
		"deep in among":   deepAmong(storage.MaxDepth/2-1, ""),
		"deep in looks":   deepAmong(storage.MaxDepth/2-1, "id"),
		"many looks":      {Op: storage.And, Sub: slices.Repeat([]storage.Filter{deepAmong(1, "id")}, storage.MaxConditions/2)},
	} {
		for _, where := range []storage.Filter{f, {Op: storage.Not, Sub: []storage.Filter{f}}} {
			if where.Op == storage.Not && f.Op != storage.Or { // one level too many
				continue
			}
			rows, err := find(ctx, s, filter(where))
			if err != nil {
				t.Errorf("%s: %v", what, err)
			} else if want := where.Op != storage.Not; (len(rows) == 1) != want {
				t.Errorf("%s: got %d rows", what, len(rows))
			}
		}
	}
}

// many is a filter of n conditions, of which the last is true of staff 1.
func many(n int) storage.Filter {
	f := storage.Filter{Op: storage.Or}
	for i := range n {
		f.Sub = append(f.Sub, eq("staff", storage.IntValue(int64(n-i))))
	}
	return f
}

// deep is a condition within n levels of all kinds, which is true of staff 1.
func deep(n int) storage.Filter {
	f, no := eq("staff", storage.IntValue(1)), eq("name", storage.TextValue("b"))
	if n%4 >= 2 { // so that in the end it is true
		f = eq("staff", storage.IntValue(2))
	}
	for i := range n {
		switch i % 4 {
		case 0:
			f = storage.Filter{Op: storage.Or, Sub: []storage.Filter{no, f}}
		case 2:
			f = storage.Filter{Op: storage.And, Sub: []storage.Filter{{}, f}}
		default:
			f = storage.Filter{Op: storage.Not, Sub: []storage.Filter{f}}
		}
	}
	return f
}

// deepAmong is a condition within n Amongs of this index, which is true of staff 1.
func deepAmong(n int, index string) storage.Filter {
	f := eq("staff", storage.IntValue(1))
	for range n {
		f = storage.Filter{Op: storage.Among, Field: "id", On: "id", Of: &storage.Query{Table: account, Where: f, Index: index}}
	}
	return f
}

// testUnmigrated asks for tables, columns and indexes that are not there.
func testUnmigrated(t *testing.T, open opener) {
	s, ctx := fresh(t, open), limited(t)
	must(t, insert(ctx, s, row(1, name("n"))))
	more := *account
	more.Columns = append(account.Columns[:len(account.Columns):len(account.Columns)], storage.Column{Name: "more", Kind: storage.Ref})
	none := &storage.Table{Name: "none", Columns: account.Columns}
	null := eq("more", storage.Value{})
	ref := storage.Filter{Op: storage.Ge, Field: "more", Args: []storage.Value{storage.RefValue(storage.ID{})}}
	among := func(of *storage.Table, on, along string) storage.Filter {
		return storage.Filter{Op: storage.Among, Field: "id", Of: &storage.Query{Table: of}, On: on, Along: along}
	}
	looked := func(of *storage.Table, on, index string, where storage.Filter) storage.Filter {
		return storage.Filter{Op: storage.Among, Field: "id", Of: &storage.Query{Table: of, Where: where, Index: index}, On: on}
	}
	named := *deal // has a column of this name in no other table than account
	named.Columns = append(deal.Columns[:len(deal.Columns):len(deal.Columns)], storage.Column{Name: "name", Kind: storage.Text})
	indexed := more
	indexed.Indexes = append(account.Indexes[:len(account.Indexes):len(account.Indexes)], storage.Index{Name: "more", Columns: []string{"more"}})
	for what, q := range map[string]*storage.Query{
		"a table":                 {Table: none},
		"a column":                {Table: &more},
		"a column by its name":    {Table: &more, Columns: []string{"name", "more"}},
		"a condition":             {Table: &more, Columns: []string{"name"}, Where: null},
		"a condition on ids":      {Table: &more, Columns: []string{"name"}, Where: ref},
		"a condition within":      {Table: &more, Columns: []string{"name"}, Where: storage.Filter{Op: storage.Or, Sub: []storage.Filter{{}, {Op: storage.Not, Sub: []storage.Filter{ref}}}}},
		"the order":               {Table: &more, Columns: []string{"name"}, Order: []storage.Order{{Field: "more"}}},
		"among a table":           {Table: account, Where: among(none, "id", "")},
		"among a column":          {Table: account, Where: among(&more, "more", "")},
		"along a column":          {Table: account, Where: among(&more, "id", "more")},
		"a column of an among":    {Table: &more, Columns: []string{"name"}, Where: storage.Filter{Op: storage.Among, Field: "more", Of: byID(1), On: "id"}},
		"a condition of an among": {Table: account, Where: storage.Filter{Op: storage.Among, Field: "id", On: "id", Of: &storage.Query{Table: &more, Where: null}}},
		"an outer column within":  {Table: account, Where: looked(&named, "account", "", eq("name", storage.TextValue("n")))},
		"a look at a table":       {Table: account, Where: looked(none, "id", "id", storage.Filter{})},
		"a look at a column":      {Table: account, Where: looked(&indexed, "more", "more", storage.Filter{})},
		"a condition of a look":   {Table: account, Where: looked(&more, "id", "id", null)},
		"an outer column, looked": {Table: account, Where: looked(&named, "account", "account", eq("name", storage.TextValue("n")))},
	} {
		q.Limit = 1
		refused(t, what, func() error { _, err := find(ctx, s, q); return err })
	}
	refused(t, "insert into a table", func() error { return put(ctx, s, none, row(1)) })
	wide := row(2)
	wide.Values = append(wide.Values, storage.RefValue(id(1)))
	refused(t, "insert a column", func() error { return put(ctx, s, &more, wide) })
	wide = next(wide)
	wide.ID = id(1)
	refused(t, "update a column", func() error {
		return s.Update(ctx, "", func(x storage.Tx) error { return x.Update(ctx, &more, []storage.Row{wide}) })
	})
	refused(t, "delete from a table", func() error {
		return s.Update(ctx, "", func(x storage.Tx) error { return x.Delete(ctx, none, []storage.Key{{ID: id(1), Version: 1}}) })
	})
	holds(t, s, row(1, name("n")))
	must(t, s.Migrate(ctx, []*storage.Table{&more}))
	has(ctx, t, s, &storage.Query{Table: &more, Where: null}, storage.Row{ID: id(1), Version: 1, Values: append(row(1, name("n")).Values, storage.Value{})})
}

func count(ctx context.Context, s storage.Store, q *storage.Query) error {
	return s.View(ctx, "", func(r storage.Reader) error {
		_, err := r.Count(ctx, q)
		return err
	})
}

// refused fails the test unless fn returns an error.
func refused(t testing.TB, what string, fn func() error) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: panic: %v", what, p)
		}
	}()
	if fn() == nil {
		t.Errorf("%s: no error", what)
	}
}
