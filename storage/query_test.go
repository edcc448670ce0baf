package storage

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQueryValidate(t *testing.T) {
	one, text := []Value{IntValue(1)}, []Value{TextValue("a")}
	of := func(q Query) Filter { return Filter{Op: Among, Field: "id", Of: &q, On: "id"} }
	for what, f := range map[string]Filter{
		"all":                  {},
		"and of none":          {Op: And},
		"or of none":           {Op: Or},
		"not":                  {Op: Not, Sub: []Filter{{}}},
		"equal to null":        {Op: Eq, Field: "age", Args: []Value{{}}},
		"doc is null":          {Op: Eq, Field: "custom", Args: []Value{{}}},
		"less than null":       {Op: Lt, Field: "age", Args: []Value{{}}},
		"in nothing":           {Op: In, Field: "age"},
		"in with a null":       {Op: In, Field: "age", Args: []Value{{}, IntValue(1)}},
		"member":               {Op: Ge, Field: "custom.age:int", Args: one},
		"contains in a member": {Op: Contains, Field: "custom.name:text", Args: text},
		"among":                of(Query{Table: person}),
		"among by a member":    {Op: Among, Field: "custom.boss:ref", Of: &Query{Table: person}, On: "boss"},
		"among along":          {Op: Among, Field: "boss", Of: &Query{Table: person, Index: "boss"}, On: "id", Along: "boss"},
	} {
		require.NoError(t, (&Query{Table: person, Where: f}).Validate(), what)
	}
	for what, f := range map[string]Filter{
		"unknown field":        {Op: Eq, Field: "nothing", Args: one},
		"no field":             {Op: Eq, Args: one},
		"unknown operator":     {Op: Among + 1, Field: "age", Args: one},
		"not of none":          {Op: Not},
		"not of two":           {Op: Not, Sub: make([]Filter, 2)},
		"bad sub-filter":       {Op: Or, Sub: []Filter{{}, {Op: And, Sub: []Filter{{Op: Not}}}}},
		"no argument":          {Op: Eq, Field: "age"},
		"two arguments":        {Op: Le, Field: "age", Args: append(slices.Clone(one), one...)},
		"wrong kind":           {Op: Eq, Field: "age", Args: text},
		"wrong kind of member": {Op: Eq, Field: "custom.age:text", Args: one},
		"wrong kind in in":     {Op: In, Field: "age", Args: append(slices.Clone(one), text...)},
		"contains of a number": {Op: Contains, Field: "age", Args: one},
		"contains of null":     {Op: Contains, Field: "name", Args: []Value{{}}},
		"contains of bytes":    {Op: Contains, Field: "mark", Args: []Value{BytesValue(nil)}},
		"doc equals":           {Op: Eq, Field: "custom", Args: []Value{DocValue(Member{"a", one[0]})}},
		"doc in":               {Op: In, Field: "custom"},
		"doc less":             {Op: Lt, Field: "custom", Args: []Value{{}}},
		"among nothing":        {Op: Among, Field: "id", On: "id"},
		"among no table":       of(Query{}),
		"among a bad query":    of(Query{Table: person, Index: "nothing"}),
		"among without on":     {Op: Among, Field: "id", Of: &Query{Table: person}},
		"among another kind":   {Op: Among, Field: "id", Of: &Query{Table: person}, On: "age"},
		"along another kind":   {Op: Among, Field: "id", Of: &Query{Table: person}, On: "id", Along: "age"},
		"along unknown":        {Op: Among, Field: "id", Of: &Query{Table: person}, On: "id", Along: "nothing"},
		"on a member":          {Op: Among, Field: "id", Of: &Query{Table: person}, On: "custom.boss:ref"},
		"among docs":           {Op: Among, Field: "custom", Of: &Query{Table: person}, On: "custom"},
	} {
		require.Error(t, (&Query{Table: person, Where: f}).Validate(), what)
	}
	for what, q := range map[string]Query{
		"no table":          {},
		"unknown column":    {Table: person, Columns: []string{"nothing"}},
		"column id":         {Table: person, Columns: []string{"id"}},
		"column twice":      {Table: person, Columns: []string{"age", "name", "age"}},
		"unknown order":     {Table: person, Order: []Order{{Field: "nothing"}}},
		"order by a doc":    {Table: person, Order: []Order{{Field: "custom"}}},
		"unknown index":     {Table: person, Index: "age"},
		"limit below 0":     {Table: person, Limit: -1},
		"order by a member": {Table: person, Order: []Order{{Field: "name.x:int"}}},
	} {
		require.Error(t, q.Validate(), what)
	}
	q := Query{Table: person, Columns: []string{}, Order: []Order{{Field: "id"}, {Field: "custom.age:int", Desc: true}}, Index: "name"}
	require.NoError(t, q.Validate())
	require.Error(t, q.ValidateFind(), "Find wants a limit")
	q.Limit = 1
	require.NoError(t, q.ValidateFind())
	q.Columns = []string{"nothing"}
	require.Error(t, q.ValidateFind())
}

func TestMatch(t *testing.T) {
	full, none := human(1, 9, "Ann_%b", 30), human(2, 0, "", -1)
	is := func(op Op, field string, args ...Value) Filter { return Filter{Op: op, Field: field, Args: args} }
	null, thirty := Value{}, IntValue(30)
	for _, c := range []struct {
		f          Filter
		full, none bool
	}{
		{Filter{}, true, true},
		{Filter{Op: And}, true, true},
		{Filter{Op: Or}, false, false},
		{is(Eq, "age", thirty), true, false},
		{is(Eq, "age", null), false, true},
		{is(Eq, "custom", null), false, true},
		{is(Lt, "age", IntValue(31)), true, false},
		{is(Lt, "age", thirty), false, false},
		{is(Le, "age", thirty), true, false},
		{is(Gt, "age", IntValue(29)), true, false},
		{is(Gt, "age", thirty), false, false},
		{is(Ge, "age", thirty), true, false},
		{is(Ge, "age", null), false, false},
		{is(Le, "age", null), false, false},
		{is(Lt, "age", null), false, false},
		{is(Gt, "age", null), false, false},
		{is(In, "age"), false, false},
		{is(In, "age", null), false, false},
		{is(In, "age", null, IntValue(1), thirty), true, false},
		{is(Contains, "name", TextValue("")), true, true},
		{is(Contains, "name", TextValue("n_%")), true, false},
		{is(Contains, "name", TextValue("ann")), false, false},
		{is(Contains, "name", TextValue("%")), true, false},
		{is(Contains, "custom.name:text", TextValue("")), true, false},
		{is(Eq, "name", TextValue("ann_%b")), false, false},
		{is(Eq, "id", RefValue(ID{2})), false, true},
		{is(Eq, "custom.age:int", thirty), true, false},
		{is(Eq, "custom.age:text", null), true, true},
		{is(Lt, "name", TextValue("a")), true, true},
	} {
		not := Filter{Op: Not, Sub: []Filter{c.f}}
		for row, want := range map[*Row]bool{&full: c.full, &none: c.none} {
			require.Equal(t, want, Match(person, &c.f, row), "%+v of %v", c.f, row.ID)
			require.Equal(t, !want, Match(person, &not, row), "not %+v of %v", c.f, row.ID)
		}
	}
	yes, no := Filter{}, Filter{Op: Or}
	require.True(t, Match(person, &Filter{Op: And, Sub: []Filter{yes, yes}}, &full))
	require.False(t, Match(person, &Filter{Op: And, Sub: []Filter{yes, no}}, &full))
	require.True(t, Match(person, &Filter{Op: Or, Sub: []Filter{no, yes}}, &full))
	require.False(t, Match(person, &Filter{Op: Or, Sub: []Filter{no, no}}, &full))
	require.Panics(t, func() { Match(person, &Filter{Op: Among, Field: "age", Args: []Value{thirty}}, &full) })
}

func TestCompareRows(t *testing.T) {
	rows := []Row{human(1, 0, "b", 5), human(2, 0, "a", -1), human(3, 0, "b", 7), human(4, 0, "a", 5), human(5, 0, "b", -1)}
	for _, c := range []struct {
		order []Order
		want  []byte
	}{
		{nil, []byte{1, 2, 3, 4, 5}},
		{[]Order{{Field: "id", Desc: true}}, []byte{5, 4, 3, 2, 1}},
		{[]Order{{Field: "age"}}, []byte{2, 5, 1, 4, 3}},
		{[]Order{{Field: "age", Desc: true}}, []byte{3, 4, 1, 5, 2}},
		{[]Order{{Field: "name"}}, []byte{2, 4, 1, 3, 5}},
		{[]Order{{Field: "name"}, {Field: "age", Desc: true}}, []byte{4, 2, 3, 1, 5}},
		{[]Order{{Field: "name", Desc: true}, {Field: "age"}}, []byte{5, 1, 3, 2, 4}},
		{[]Order{{Field: "custom.age:int"}}, []byte{2, 5, 1, 4, 3}},
		{[]Order{{Field: "custom.age:text", Desc: true}}, []byte{5, 4, 3, 2, 1}},
	} {
		q := &Query{Table: person, Order: c.order}
		got := slices.Clone(rows)
		slices.SortFunc(got, func(a, b Row) int { return CompareRows(q, &a, &b) })
		var ids []byte
		for i := range got {
			ids = append(ids, got[i].ID[0])
		}
		require.Equal(t, c.want, ids, "%+v", c.order)
	}
}

func TestFilterLimits(t *testing.T) {
	valid := func(f Filter) error { return (&Query{Table: person, Where: f}).Validate() }
	leaf := Filter{Op: Eq, Field: "id", Args: []Value{{}}}
	many := func(n int) Filter { return Filter{Op: Or, Sub: slices.Repeat([]Filter{leaf}, n)} }
	require.NoError(t, valid(many(MaxConditions)))
	require.Error(t, valid(many(MaxConditions+1)))
	require.NoError(t, valid(Filter{Op: In, Field: "id", Args: make([]Value, 100*MaxConditions)}), "an In has any number")

	not, among := leaf, Filter{Op: Not, Sub: []Filter{leaf}}
	for range MaxDepth - 1 {
		not = Filter{Op: Not, Sub: []Filter{not}}
	}
	for range MaxDepth/2 - 1 {
		among = Filter{Op: Among, Field: "id", On: "id", Of: &Query{Table: person, Where: among}}
	}
	require.NoError(t, valid(not))
	require.Error(t, valid(Filter{Op: And, Sub: []Filter{not}}))
	require.NoError(t, valid(among))
	require.Error(t, valid(Filter{Op: Not, Sub: []Filter{among}}))

	within := func(n int) Filter {
		return Filter{Op: Among, Field: "id", On: "id", Of: &Query{Table: person, Where: many(n)}}
	}
	require.NoError(t, valid(within(MaxConditions-1)))
	require.Error(t, valid(Filter{Op: And, Sub: []Filter{within(MaxConditions / 2), within(MaxConditions / 2)}}), "those within count too")
}
