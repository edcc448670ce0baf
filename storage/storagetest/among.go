package storagetest

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
)

// testAmong holds Among against [storage.Resolve], over both tables and along trees with rings in them.
func testAmong(t *testing.T, open opener) {
	t.Run("Tree", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		// 1 has 2 and 3 below it, 2 has 4, and 4 has 5; 6 is alone.
		must(t, insert(ctx, s, row(1), row(2, parent(1)), row(3, parent(1)), row(4, parent(2)), row(5, parent(4)), row(6)))
		for _, c := range []struct {
			what  string
			where storage.Filter
			want  []int
		}{
			{"below 1", below(1), []int{1, 2, 3, 4, 5}},
			{"below 2", below(2), []int{2, 4, 5}},
			{"below 5", below(5), []int{5}},
			{"below what is not there", below(77), nil},
			{"above 5", above(5), []int{1, 2, 4}},
			{"above 1", above(1), nil},
			{"children of 1", storage.Filter{Op: storage.Among, Field: "parent", On: "id", Of: byID(1)}, []int{2, 3}},
			{"children of 1, looked for", looked("parent", "id", "id", byID(1).Where), []int{2, 3}},
			{"parents", looked("id", "parent", "parent", storage.Filter{}), []int{1, 2, 4}},
			{"no parents", not(looked("id", "parent", "parent", storage.Filter{})), []int{3, 5, 6}},
			{"grandparents", looked("id", "parent", "parent", looked("id", "parent", "parent", storage.Filter{})), []int{1, 2}},
			{"parents of what is below 2", looked("id", "parent", "parent", below(2)), []int{1, 2, 4}},
			{"not below any parent but 1", not(storage.Filter{Op: storage.Among, Field: "id", On: "id", Along: "parent", Of: &storage.Query{Table: account,
				Where: storage.Filter{Op: storage.And, Sub: []storage.Filter{looked("id", "parent", "parent", storage.Filter{}), not(byID(1).Where)}}}}), []int{1, 3, 6}},
			{"not below 2", storage.Filter{Op: storage.Not, Sub: []storage.Filter{below(2)}}, []int{1, 3, 6}},
			{"below the children of 2", storage.Filter{Op: storage.Among, Field: "id", On: "id", Along: "parent", Of: &storage.Query{
				Table: account, Where: storage.Filter{Op: storage.Among, Field: "parent", On: "id", Of: byID(2)}}}, []int{4, 5}},
		} {
			expect(ctx, t, s, c.what, c.where, c.want...)
		}
	})

	t.Run("Ring", func(t *testing.T) { // data with a ring must not keep a walk from ending
		s := fresh(t, open)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		must(t, insert(ctx, s, row(1, parent(3)), row(2, parent(1)), row(3, parent(2)), row(4, parent(4)), row(5, parent(3)), row(6)))
		must(t, ends(t, 6*time.Second, "a walk around a ring", func() error {
			for n, want := range map[int]int{1: 4, 2: 4, 3: 4, 4: 1, 5: 1, 6: 1} {
				rows, err := find(ctx, s, &storage.Query{Table: account, Where: below(n), Limit: 10})
				if err != nil {
					return err
				}
				if len(rows) != want {
					t.Errorf("below %d: got %d rows, want %d", n, len(rows), want)
				}
			}
			return nil
		}))
		expect(ctx, t, s, "above 5", above(5), 1, 2, 3)
	})

	t.Run("Deep", func(t *testing.T) { // a chain as long as databases like to limit recursion to
		s, ctx := fresh(t, open), limited(t)
		const length = 1500
		rows := make([]storage.Row, length)
		for n := range rows {
			if rows[n] = row(n); n > 0 {
				rows[n] = row(n, parent(n-1))
			}
		}
		must(t, insert(ctx, s, rows...))
		err := s.View(ctx, "", func(r storage.Reader) error {
			n, err := r.Count(ctx, &storage.Query{Table: account, Where: below(0)})
			if n != length {
				t.Errorf("below the first: got %d, want %d", n, length)
			}
			return err
		})
		must(t, err)
	})

	t.Run("OtherTable", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		d := func(n, of int, stage int64) storage.Row {
			x := storage.Row{ID: id(n), Version: 1, Values: make([]storage.Value, len(deal.Columns))}
			x.Values[deal.Column("account")], x.Values[deal.Column("stage")] = storage.RefValue(id(of)), storage.IntValue(stage)
			return x
		}
		orphan := d(14, 0, 1)
		orphan.Values[deal.Column("account")] = storage.Value{}
		must(t, s.Update(ctx, "", func(x storage.Tx) error {
			if err := x.Insert(ctx, account, []storage.Row{row(1), row(2, parent(1)), row(3)}); err != nil {
				return err
			}
			return x.Insert(ctx, deal, []storage.Row{d(11, 1, 1), d(12, 2, 2), d(13, 2, 1), orphan})
		}))
		open := storage.Filter{Op: storage.Among, Field: "id", On: "account", Of: &storage.Query{Table: deal, Where: eq("stage", storage.IntValue(1))}}
		for _, open.Of.Index = range []string{"", "account", "title"} {
			expect(ctx, t, s, "with an open deal", open, 1, 2)
			expect(ctx, t, s, "without an open deal", not(open), 3)
		}
		n := int64(0)
		must(t, s.View(ctx, "", func(r storage.Reader) (err error) {
			n, err = r.Count(ctx, &storage.Query{Table: deal, Where: storage.Filter{Op: storage.Among, Field: "account", On: "id", Along: "parent", Of: byID(1)}})
			return err
		}))
		if n != 3 {
			t.Errorf("deals below account 1: got %d, want 3", n)
		}
	})

	t.Run("Model", func(t *testing.T) { checkRandom(t, open, 3, 1000, shape{depth: 3, among: true, order: 1}) })
}

// below selects the n-th account and all below it.
func below(n int) storage.Filter {
	return storage.Filter{Op: storage.Among, Field: "id", On: "id", Along: "parent",
		Of: &storage.Query{Table: account, Where: eq("id", storage.RefValue(id(n))), Index: "parent"}}
}

// looked selects the accounts of which a field is among the values that a column has in the accounts that where selects,
// and asks to look for each of them in an index.
func looked(field, on, index string, where storage.Filter) storage.Filter {
	return storage.Filter{Op: storage.Among, Field: field, On: on, Of: &storage.Query{Table: account, Where: where, Index: index}}
}

func not(f storage.Filter) storage.Filter {
	return storage.Filter{Op: storage.Not, Sub: []storage.Filter{f}}
}

// above selects all accounts above the n-th, which is one of them only in a ring.
func above(n int) storage.Filter {
	return storage.Filter{Op: storage.Among, Field: "id", On: "parent", Along: "id",
		Of: &storage.Query{Table: account, Where: eq("id", storage.RefValue(id(n)))}}
}

// expect fails the test unless the filter selects the accounts of these numbers.
func expect(ctx context.Context, t testing.TB, s storage.Store, what string, where storage.Filter, want ...int) {
	t.Helper()
	rows, err := find(ctx, s, &storage.Query{Table: account, Where: where, Limit: math.MaxInt})
	must(t, err)
	var got []int
	for i := range rows {
		got = append(got, int(rows[i].ID[14])<<8|int(rows[i].ID[15]))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
