package record_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// scoped is a policy that lets everybody do everything with the records in a scope.
type scoped struct{ scope record.Scope }

func (p *scoped) Rights(context.Context, *record.Session, string) (*record.Rights, error) {
	r := &record.Rights{Allowed: map[record.Right]bool{record.RightView: true}}
	for level := range r.Scopes {
		r.Scopes[level] = p.scope
	}
	return r, nil
}

func (p *scoped) Grants(_ context.Context, _ *record.Session, module string) ([]record.Grant, error) {
	if module != "Companies" {
		return nil, nil
	}
	return []record.Grant{{Principal: "rule:1", Where: record.Eq("Kind", "Partner")}}, nil
}

// customFields are pairs of fields of a type each, the first without an index and the second with one.
var customFields = []struct {
	name, typ string
	value     func(n int) any
}{
	{"Text", "text", func(n int) any { return []string{"a", "b", "ab", "B", "é", "Ω 10"}[n] }},
	{"Int", "integer", func(n int) any { return n*n - 7 }},
	{"Dec", "double", func(n int) any { return decimal.NewFromInt(int64(n) - 3).Div(decimal.NewFromInt(2)) }},
	{"Day", "date", func(n int) any { return record.Date{Year: 2020 + n/2, Month: time.Month(1 + 11*(n%2)), Day: 9} }},
	{"Yes", "boolean", func(n int) any { return n%2 > 0 }},
}

// customList compares lists by custom fields with what sorting in Go makes of all records.
type customList struct {
	*testing.T
	*rand.Rand
	policy *scoped
	in     *record.Module[Company]
	all    []*Company
	shared map[record.ID]bool
}

// TestCustomLists filters and orders by fields with an index and without, for actors who reach all records and some.
func TestCustomLists(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func() storage.Store{"memory": func() storage.Store { return memory.New(nil) }, "sqlite": func() storage.Store { return openSQLite(t) }} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(name, seed), func(t *testing.T) {
				t.Parallel()
				c := newCustomList(t, open(), rand.New(rand.NewPCG(seed, 1)))
				for range 250 {
					c.try()
				}
			})
		}
	}
}

func newCustomList(t *testing.T, store storage.Store, r *rand.Rand) *customList {
	c := &customList{T: t, Rand: r, policy: &scoped{}, shared: map[record.ID]bool{}}
	f := newFixture(t, store, setup{options: record.Options{Policy: c.policy}})
	f.s.SetFew(10, 20) // so that both ways are taken
	system := f.s.AsSystem()
	layout := &record.Layout{}
	for _, d := range customFields {
		layout.Fields = append(layout.Fields, record.FieldLayout{Name: d.name, Type: d.typ}, record.FieldLayout{Name: d.name + "_X", Type: d.typ, Indexed: d.typ != "boolean"})
	}
	body, err := json.Marshal(layout)
	require.NoError(t, err)
	require.NoError(t, system.SaveSetting(t.Context(), &record.Setting{Name: "layout.Companies", Body: body}))
	all := companies.In(system)
	var cs []*Company
	for i := range 60 + r.IntN(100) {
		v := &Company{Name: fmt.Sprint(i), Kind: []string{"", "Customer", "Partner"}[r.IntN(3)], Meta: record.Meta{Owner: record.Actor(fmt.Sprint("u", r.IntN(5))), Custom: map[string]storage.Value{}}}
		for _, d := range customFields {
			for _, name := range []string{d.name, d.name + "_X"} {
				if r.IntN(5) > 0 {
					v.Custom[name] = record.Custom(d.value(r.IntN(6)))
				}
			}
		}
		cs = append(cs, v)
	}
	require.NoError(t, all.Create(t.Context(), cs...))
	for _, v := range cs { // some change, are shared, or go to the bin
		switch r.IntN(5) {
		case 0:
			v.Custom["Int_X"] = record.Custom(r.IntN(50))
			v.Custom["Text_X"] = storage.Value{}
			require.NoError(t, all.Update(t.Context(), v))
		case 1:
			c.shared[v.ID] = true
			require.NoError(t, all.SetShares(t.Context(), v.ID, []record.Share{{Principal: "user:ann", Level: record.LevelRead}}))
		case 2:
			require.NoError(t, all.Delete(t.Context(), v.ID))
		}
	}
	for _, bin := range []bool{false, true} {
		for v, err := range all.All(t.Context(), record.Query{Bin: bin, Order: record.By("id")}) {
			require.NoError(t, err)
			c.all = append(c.all, v)
		}
	}
	c.in = companies.In(f.s.As("ann"))
	return c
}

// field is a field, by whether it has an index.
func (c *customList) field() (name string, value func(int) any) {
	d := customFields[c.IntN(len(customFields))]
	if c.IntN(3) > 0 {
		return d.name + "_X", d.value
	}
	return d.name, d.value
}

// scope is a reach, and which records are in it.
func (c *customList) scope() (record.Scope, func(*Company) bool) {
	switch c.IntN(7) {
	case 6:
		f, has := c.condition()
		return record.Scope{Where: f}, has
	case 0:
		return record.Scope{Owners: []record.Actor{"u1", "u2"}}, func(v *Company) bool { return v.Owner == "u1" || v.Owner == "u2" }
	case 1:
		return record.Scope{Owners: []record.Actor{"u1"}, Principals: []string{"user:ann"}}, func(v *Company) bool { return v.Owner == "u1" || c.shared[v.ID] }
	case 2:
		return record.Scope{Principals: []string{"rule:1", "user:ann"}}, func(v *Company) bool { return v.Kind == "Partner" || c.shared[v.ID] }
	case 3:
		return record.Scope{Owners: []record.Actor{"u3"}, Where: record.Eq("Kind", "Customer")}, func(v *Company) bool { return v.Owner == "u3" || v.Kind == "Customer" }
	}
	return record.Scope{All: true}, func(*Company) bool { return true }
}

// condition is a filter, and which records it selects.
func (c *customList) condition() (record.Filter, func(*Company) bool) {
	name, value := c.field()
	x := value(c.IntN(6))
	of := func(want func(int) bool) func(*Company) bool {
		return func(v *Company) bool {
			got := v.Custom[name]
			return !got.IsNull() && want(got.Compare(record.Custom(x)))
		}
	}
	switch c.IntN(10) {
	case 9:
		owners := []record.Actor{record.Actor(fmt.Sprint("u", c.IntN(5))), record.Actor(fmt.Sprint("u", c.IntN(5)))}
		if c.IntN(2) > 0 {
			owners = owners[:1]
		}
		return record.In("Owner", owners...), func(v *Company) bool { return slices.Contains(owners, v.Owner) }
	case 0:
		return record.Eq(name, nil), func(v *Company) bool { return v.Custom[name].IsNull() }
	case 1:
		return record.Lt(name, x), of(func(n int) bool { return n < 0 })
	case 2:
		return record.Ge(name, x), of(func(n int) bool { return n >= 0 })
	case 3:
		y := value(c.IntN(6))
		return record.In(name, x, y), func(v *Company) bool {
			return !v.Custom[name].IsNull() && (v.Custom[name] == record.Custom(x) || v.Custom[name] == record.Custom(y))
		}
	case 4:
		return record.Not(record.Eq(name, x)), func(v *Company) bool { return v.Custom[name] != record.Custom(x) }
	case 5, 6:
		f, has := c.condition()
		g, having := c.condition()
		if c.IntN(2) > 0 {
			return record.Or(f, g), func(v *Company) bool { return has(v) || having(v) }
		}
		return record.And(f, g), func(v *Company) bool { return has(v) && having(v) }
	}
	return record.Eq(name, x), of(func(n int) bool { return n == 0 })
}

func (c *customList) try() {
	scope, in := c.scope()
	c.policy.scope = scope
	q, has := record.Query{Bin: c.IntN(4) == 0}, func(*Company) bool { return true }
	if c.IntN(5) > 0 {
		q.Where, has = c.condition()
	}
	for range []int{1, 1, 1, 2, 0}[c.IntN(5)] {
		name, _ := c.field()
		if !slices.ContainsFunc(q.Order, func(o record.Order) bool { return o.Field == name }) {
			q.Order = append(q.Order, record.Order{Field: name, Desc: c.IntN(2) > 0})
		}
	}
	if q.Order == nil {
		q.Order = record.By("id")
	}
	var want []string
	matching := slices.DeleteFunc(slices.Clone(c.all), func(v *Company) bool { return v.DeletedTime.IsZero() == q.Bin || !in(v) || !has(v) })
	slices.SortFunc(matching, func(a, b *Company) int { return compareCustom(q.Order, a, b) })
	for _, v := range matching {
		want = append(want, v.Name)
	}
	q.Limit = 1 + c.IntN(12)
	var got []string
	for v, err := range c.in.All(c.Context(), q) {
		require.NoError(c, err, "%+v", q)
		got = append(got, v.Name)
	}
	require.Equal(c, want, got, "%+v\nscope %+v", q, scope)
	n, err := c.in.Count(c.Context(), q)
	require.NoError(c, err)
	require.Equal(c, int64(len(want)), n, "%+v\nscope %+v", q, scope)
}

func compareCustom(order []record.Order, a, b *Company) (n int) {
	by := func(n int, desc bool) int {
		if desc {
			return -n
		}
		return n
	}
	last := false
	for _, o := range order {
		last = o.Desc
		if o.Field == "id" {
			break
		}
		if n = a.Custom[o.Field].Compare(b.Custom[o.Field]); n != 0 {
			return by(n, o.Desc)
		}
	}
	return by(cmp.Compare(a.ID.String(), b.ID.String()), last)
}
