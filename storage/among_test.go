package storage

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestResolve(t *testing.T) {
	// 1 is above 2 and 3, 2 above 4, 4 above 5; 6 and 7 are above each other; 8 is alone.
	rows := []Row{human(1, 0, "a", 9), human(2, 1, "b", 8), human(3, 1, "c", 7), human(4, 2, "d", 6), human(5, 4, "e", 5),
		human(6, 7, "f", 4), human(7, 6, "g", 3), human(8, 0, "h", 2)}
	asked := 0
	find := func(q *Query) (out []Row, err error) {
		asked++
		require.NoError(t, q.ValidateFind())
		require.Equal(t, math.MaxInt, q.Limit)
		require.NotNil(t, q.Columns, "whole rows are not needed")
		for i := range rows {
			if Match(q.Table, &q.Where, &rows[i]) {
				r := Row{ID: rows[i].ID}
				for _, c := range q.Columns {
					r.Values = append(r.Values, person.Get(&rows[i], c))
				}
				out = append(out, r)
			}
		}
		return out, nil
	}
	who := func(id byte) *Query {
		return &Query{Table: person, Where: Filter{Op: Eq, Field: "id", Args: []Value{RefValue(ID{id})}}, Limit: 3}
	}
	below := func(id byte) Filter { return Filter{Op: Among, Field: "id", Of: who(id), On: "id", Along: "boss"} }
	for what, c := range map[string]struct {
		f    Filter
		want []byte
	}{
		"below 1":             {below(1), []byte{1, 2, 3, 4, 5}},
		"below 2":             {below(2), []byte{2, 4, 5}},
		"below 5":             {below(5), []byte{5}},
		"below no one":        {below(99), nil},
		"above 5":             {Filter{Op: Among, Field: "id", Of: who(5), On: "boss", Along: "id"}, []byte{1, 2, 4}},
		"a ring":              {below(6), []byte{6, 7}},
		"directly below 1":    {Filter{Op: Among, Field: "boss", Of: who(1), On: "id"}, []byte{2, 3}},
		"all who are a boss":  {Filter{Op: Among, Field: "id", Of: &Query{Table: person}, On: "boss"}, []byte{1, 2, 4, 6, 7}},
		"not below 1":         {Filter{Op: Not, Sub: []Filter{below(1)}}, []byte{6, 7, 8}},
		"below 1 and above 5": {Filter{Op: And, Sub: []Filter{below(1), {Op: Among, Field: "id", Of: who(5), On: "boss", Along: "id"}}}, []byte{1, 2, 4}},
		"nested": {Filter{Op: Among, Field: "boss", On: "id", Of: &Query{Table: person,
			Where: Filter{Op: Among, Field: "boss", Of: who(1), On: "id"}}}, []byte{4}},
		"no among": {who(8).Where, []byte{8}},
	} {
		require.NoError(t, (&Query{Table: person, Where: c.f}).Validate(), what)
		got, err := Resolve(c.f, find)
		require.NoError(t, err)
		var ids []byte
		for i := range rows {
			if Match(person, &got, &rows[i]) {
				ids = append(ids, rows[i].ID[0])
			}
		}
		require.Equal(t, c.want, ids, what)
	}

	asked = 0
	_, err := Resolve(below(1), find)
	require.NoError(t, err)
	require.LessOrEqual(t, asked, 5, "one query a level")

	boom := errors.New("boom")
	for _, f := range []Filter{below(1), {Op: Not, Sub: []Filter{below(1)}}, {Op: Among, Field: "id", On: "id", Of: &Query{Table: person, Where: below(1)}}} {
		_, err := Resolve(f, func(*Query) ([]Row, error) { return nil, boom })
		require.ErrorIs(t, err, boom)
	}

	f := Filter{Op: And, Sub: []Filter{below(2)}}
	_, err = Resolve(f, find)
	require.NoError(t, err)
	require.Equal(t, Among, f.Sub[0].Op, "what is given stays as it is")
}

func TestPerRow(t *testing.T) {
	tab := &Table{Name: "share", Columns: []Column{{Name: "record", Kind: Ref}, {Name: "person", Kind: Ref}},
		Indexes: []Index{{Name: "record", Columns: []string{"record", "person"}}, {Name: "person", Columns: []string{"person"}}}}
	for _, c := range []struct {
		on, along, index string
		want             bool
	}{
		{"record", "", "record", true},
		{"person", "", "person", true},
		{"id", "", "id", true},
		{"record", "", "", false},
		{"record", "", "person", false},
		{"person", "", "record", false}, // which has it, and not first
		{"record", "", "id", false},
		{"id", "", "record", false},
		{"id", "", "", false},
		{"record", "person", "record", false},
		{"id", "record", "id", false},
	} {
		f := Filter{Op: Among, Field: "id", Of: &Query{Table: tab, Index: c.index}, On: c.on, Along: c.along}
		require.NoError(t, (&Query{Table: tab, Where: f}).Validate())
		require.Equal(t, c.want, f.PerRow(), "%+v", c)
	}
	require.False(t, (&Filter{}).PerRow())
}
