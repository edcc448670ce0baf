package storagetest

import (
	"math"
	"slices"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// testMatch holds filters against [storage.Match], and each value against each other with every operator.
func testMatch(t *testing.T, open opener) {
	t.Run("Model", func(t *testing.T) { checkRandom(t, open, 1, 1000, shape{depth: 3}) })

	t.Run("EveryPair", func(t *testing.T) {
		s, m, ctx := fresh(t, open), model{}, limited(t)
		for n := range texts {
			x := row(n, name(texts[n]))
			fill := func(column string, of int, v func(int) storage.Value) {
				if n < of {
					x.Values[account.Column(column)] = v(n)
				}
			}
			fill("staff", len(ints), func(n int) storage.Value { return storage.IntValue(ints[n]) })
			fill("revenue", len(decimals), func(n int) storage.Value { return decimal(decimals[n]) })
			fill("created", len(times), func(n int) storage.Value { return storage.TimeValue(times[n]) })
			fill("sort_key", len(blobs), func(n int) storage.Value { return storage.BytesValue([]byte(blobs[n])) })
			fill("active", 2, func(n int) storage.Value { return storage.BoolValue(n == 1) })
			x.Values[account.Column("custom")] = storage.DocValue(
				storage.Member{Name: "name", Value: x.Values[account.Column("name")]},
				storage.Member{Name: "revenue", Value: x.Values[account.Column("revenue")]},
				storage.Member{Name: "created", Value: x.Values[account.Column("created")]},
				storage.Member{Name: "sort_key", Value: x.Values[account.Column("sort_key")]})
			m[account] = append(m[account], x)
		}
		m.store(t, s, "")
		fields := []string{"name", "staff", "revenue", "created", "sort_key", "active",
			storage.MemberField("custom", "name", storage.Text), storage.MemberField("custom", "revenue", storage.Decimal),
			storage.MemberField("custom", "created", storage.Time), storage.MemberField("custom", "sort_key", storage.Bytes)}
		for _, f := range fields {
			must(t, s.View(ctx, "", func(r storage.Reader) error {
				for i := range m[account] {
					v := account.Get(&m[account][i], f)
					for _, op := range []storage.Op{storage.Eq, storage.Lt, storage.Ge, storage.Contains} {
						if op == storage.Contains && v.Kind() != storage.Text || op != storage.Eq && v.IsNull() {
							continue
						}
						where := storage.Filter{Op: op, Field: f, Args: []storage.Value{v}}
						if err := m.check(ctx, r, &storage.Query{Table: account, Where: where, Limit: math.MaxInt}); err != nil {
							return err
						}
					}
				}
				return nil
			}))
		}
	})

	t.Run("Nulls", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1), row(2, staff(5))))
		null, five := storage.Value{}, storage.IntValue(5)
		f := func(op storage.Op, args ...storage.Value) storage.Filter {
			return storage.Filter{Op: op, Field: "staff", Args: args}
		}
		for _, c := range []struct {
			where     storage.Filter
			want, not int64 // how many match, and how many its negation
		}{
			{f(storage.Eq, null), 1, 1},
			{f(storage.Eq, five), 1, 1},
			{f(storage.Lt, storage.IntValue(6)), 1, 1},
			{f(storage.Le, null), 0, 2},
			{f(storage.Gt, null), 0, 2},
			{f(storage.In), 0, 2},
			{f(storage.In, null), 0, 2},
			{f(storage.In, null, five), 1, 1},
			{eq("custom", null), 2, 0},
			{eq(storage.MemberField("custom", "a", storage.Int), null), 2, 0},
			{storage.Filter{Op: storage.Contains, Field: "name", Args: []storage.Value{storage.TextValue("")}}, 0, 2},
			{storage.Filter{Op: storage.And}, 2, 0},
			{storage.Filter{Op: storage.Or}, 0, 2},
			{storage.Filter{}, 2, 0},
		} {
			not := storage.Filter{Op: storage.Not, Sub: []storage.Filter{c.where}}
			must(t, s.View(ctx, "", func(r storage.Reader) error {
				got, err := r.Count(ctx, &storage.Query{Table: account, Where: c.where})
				if err != nil {
					return err
				}
				gotNot, err := r.Count(ctx, &storage.Query{Table: account, Where: not})
				if got != c.want || gotNot != c.not {
					t.Errorf("%s: got %d and %d for its negation, want %d and %d", describeFilter(&c.where), got, gotNot, c.want, c.not)
				}
				return err
			}))
		}
	})

	t.Run("Kinds", func(t *testing.T) { // a member that is there with another kind counts as null
		s, ctx, m := fresh(t, open), limited(t), model{}
		id1, custom := id(1), account.Column("custom")
		for n, v := range []storage.Value{storage.IntValue(1), storage.TextValue("1"), decimal("1"), storage.BoolValue(true),
			storage.MicrosValue(1), storage.RefValue(id1), storage.BytesValue([]byte("1")), storage.BytesValue(id1[:]), {}} {
			m[account] = append(m[account], row(n, column("custom", storage.DocValue(storage.Member{Name: "a", Value: v}))),
				row(50+n, column("custom", storage.DocValue(storage.Member{Name: "A", Value: v})))) // and never by another name
		}
		m.store(t, s, "")
		must(t, s.View(ctx, "", func(r storage.Reader) error {
			for i := range m[account] {
				v := m[account][i].Values[custom].Member("a")
				for k := storage.Text; k < storage.Doc; k++ {
					field := storage.MemberField("custom", "a", k)
					if v.Kind() == k {
						if err := m.check(ctx, r, &storage.Query{Table: account, Where: eq(field, v), Limit: 100}); err != nil {
							return err
						}
					}
					null := &storage.Query{Table: account, Where: eq(field, storage.Value{}), Limit: 100}
					if err := m.check(ctx, r, null); err != nil {
						return err
					}
				}
			}
			return nil
		}))
	})
}

// testOrder holds the order of rows against [storage.CompareRows].
func testOrder(t *testing.T, open opener) {
	t.Run("Model", func(t *testing.T) { checkRandom(t, open, 2, 500, shape{depth: 1, order: 3, limit: true}) })

	t.Run("Ties", func(t *testing.T) { // many keys over few values, so that the later keys and the id decide
		s, m, ctx := fresh(t, open), model{}, limited(t)
		null, one := storage.Value{}, storage.IntValue(1)
		few := []storage.Value{null, one, storage.IntValue(2), storage.IntValue(3)}
		for n := range 40 {
			stage := storage.Row{ID: id(n), Version: 1, Values: make([]storage.Value, len(deal.Columns))}
			stage.Values[deal.Column("account")] = []storage.Value{null, storage.RefValue(id(1)), storage.RefValue(id(2))}[n%3]
			stage.Values[deal.Column("stage")] = few[n/3%4]
			m[deal] = append(m[deal], stage)
		}
		m.store(t, s, "")
		orders := [][]storage.Order{nil}
		for from := 0; len(orders[from]) < 2; from++ {
			for _, f := range []string{"account", "stage", "id"} {
				for _, desc := range []bool{false, true} {
					orders = append(orders, append(slices.Clone(orders[from]), storage.Order{Field: f, Desc: desc}))
				}
			}
		}
		who, ge := storage.RefValue(id(1)), storage.Filter{Op: storage.Ge, Field: "stage", Args: []storage.Value{one}}
		in := storage.Filter{Op: storage.In, Field: "account", Args: []storage.Value{who, storage.RefValue(id(2))}}
		wheres := []storage.Filter{{}, eq("account", who), eq("account", null), eq("stage", one), in, ge,
			{Op: storage.And, Sub: []storage.Filter{in, eq("stage", one)}}, {Op: storage.And, Sub: []storage.Filter{eq("account", who), ge}}}
		must(t, s.View(ctx, "", func(r storage.Reader) error {
			for i, o := range orders {
				for j, w := range wheres {
					q := &storage.Query{Table: deal, Where: w, Order: o, Limit: 5, Index: []string{"", "account", "id"}[(i+j)%3]}
					if err := m.check(ctx, r, q); err != nil {
						return err
					}
				}
			}
			return nil
		}))
	})

	t.Run("EveryField", func(t *testing.T) {
		s, m, ctx := fresh(t, open), model{}, limited(t)
		for n := range texts {
			x := row(n, name(texts[n]), staff(ints[n%len(ints)]), column("revenue", decimal(decimals[n%len(decimals)])),
				column("created", storage.TimeValue(times[n%len(times)])), column("sort_key", storage.BytesValue([]byte(blobs[n%len(blobs)]))))
			x.Values[account.Column("custom")] = storage.DocValue(
				storage.Member{Name: "a", Value: x.Values[n%len(x.Values)]}, storage.Member{Name: "b", Value: x.Values[0]})
			m[account] = append(m[account], x)
		}
		m[account] = append(m[account], row(500), row(501))
		m.store(t, s, "")
		fields := []string{"id", storage.MemberField("custom", "b", storage.Text)}
		for _, c := range account.Columns {
			if c.Kind != storage.Doc {
				fields = append(fields, c.Name, storage.MemberField("custom", "a", c.Kind))
			}
		}
		must(t, s.View(ctx, "", func(r storage.Reader) error {
			for _, f := range fields {
				for _, desc := range []bool{false, true} {
					for _, second := range [][]storage.Order{nil, {{Field: "active", Desc: !desc}}, {{Field: "id", Desc: !desc}}} {
						q := &storage.Query{Table: account, Order: append([]storage.Order{{Field: f, Desc: desc}}, second...), Limit: 1000}
						if err := m.check(ctx, r, q); err != nil {
							return err
						}
					}
				}
			}
			return nil
		}))
	})
}
