package record_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// TestWays asks that a list collects what is few, and walks in its order through what is not.
func TestWays(t *testing.T) {
	t.Parallel()
	policy := &scoped{record.Scope{All: true}}
	f := newFixture(t, memory.New(nil), setup{options: record.Options{Policy: policy}})
	f.s.SetFew(10, 10)
	system := f.s.AsSystem()
	body, err := json.Marshal(&record.Layout{Fields: []record.FieldLayout{{Name: "X", Type: "integer", Indexed: true}, {Name: "Y", Type: "integer", Indexed: true}}})
	f.must(err)
	f.must(system.SaveSetting(f.ctx, &record.Setting{Name: "layout.Companies", Body: body}))
	var cs []*Company
	for i := range 100 {
		c := &Company{Name: fmt.Sprint(i), Meta: record.Meta{Owner: "many", Custom: map[string]storage.Value{"X": record.Custom(i / 50), "Y": record.Custom(i / 5)}}}
		if i%20 == 0 {
			c.Owner = "few"
		}
		cs = append(cs, c)
	}
	f.must(companies.In(system).Create(f.ctx, cs...))
	owners := func(os ...record.Actor) record.Scope { return record.Scope{Owners: os, Principals: []string{"none"}} }
	owner := func(a record.Actor) record.Filter { return record.Eq("Owner", a) }
	for _, tt := range []struct {
		name         string
		scope        record.Scope
		where        record.Filter
		order        string
		table, index string
		collected    int
	}{
		{"all", record.Scope{All: true}, record.Filter{}, "Company_Name", "companies", "company_name_sort", -1},
		{"a short reach", owners("few"), record.Filter{}, "Company_Name", "companies", "id", 5},
		{"a long reach", owners("many"), record.Filter{}, "Company_Name", "companies", "company_name_sort", -1},
		{"a long reach of several", owners("few", "many"), record.Filter{}, "id", "companies", "id", -1},
		{"an owner of few", record.Scope{All: true}, owner("few"), "Company_Name", "companies", "id", 5},
		{"an owner of many", record.Scope{All: true}, owner("many"), "Company_Name", "companies", "company_name_sort", -1},
		{"an owner of many, by id", record.Scope{All: true}, owner("many"), "id", "companies", "owner", -1},
		{"an owner of many in a short reach", owners("few"), owner("many"), "Company_Name", "companies", "id", 5},
		{"by an index", record.Scope{All: true}, record.Filter{}, "X", "crm_index", "field", -1},
		{"by an index, of an owner of many", record.Scope{All: true}, owner("many"), "-X", "crm_index", "field", -1},
		{"by an index, in a short reach", owners("few"), record.Filter{}, "X", "companies", "id", 5},
		{"by an index, of few", record.Scope{All: true}, record.Eq("Y", 3), "X", "companies", "id", 5},
		{"by an index, of some", record.Scope{All: true}, record.In("Y", 3, 4), "X", "crm_index", "field", -1},
		{"by an index, of many", record.Scope{All: true}, record.Eq("X", 1), "Y", "crm_index", "field", -1},
		{"by name, of few", owners("many"), record.Eq("Y", 3), "Company_Name", "companies", "id", 5},
	} {
		policy.scope = tt.scope
		table, index, collected, err := f.companies.Way(f.ctx, record.Query{Where: tt.where, Order: record.By(tt.order)})
		f.must(err)
		require.Equal(t, []any{tt.table, tt.index, tt.collected}, []any{table, index, collected}, tt.name)
	}
}

// TestReachByTheFieldOfTheFilter asks that a list which collects the records that its filter names leaves nothing out of the
// reach, when that is one condition on the same indexed field.
func TestReachByTheFieldOfTheFilter(t *testing.T) {
	t.Parallel()
	for _, store := range []storage.Store{memory.New(nil), openSQLite(t)} {
		policy := &scoped{}
		f := newFixture(t, store, setup{options: record.Options{Policy: policy}})
		system := f.s.AsSystem()
		f.must(saveFields(f.ctx, system, record.FieldLayout{Name: "X", Type: "integer", Indexed: true}))
		for i, name := range []string{"a", "b", "c", "d"} {
			c := &Company{Name: name, Meta: record.Meta{Custom: map[string]storage.Value{"X": record.Custom(1 + i/2)}}}
			f.must(companies.In(system).Create(f.ctx, c))
		}
		for _, tt := range []struct {
			reach, where record.Filter
			want         []string
		}{
			{record.Eq("X", 1), record.Eq("X", 1), []string{"a", "b"}},
			{record.Eq("X", 1), record.Eq("X", 2), nil},
			{record.Eq("X", 1), record.In("X", 1, 2), []string{"a", "b"}},
			{record.Eq("X", 1), record.Ge("X", 1), []string{"a", "b"}},
			{record.Gt("X", 1), record.Ge("X", 1), []string{"c", "d"}},
			{record.In("X", 2, 3), record.Le("X", 2), []string{"c", "d"}},
		} {
			policy.scope = record.Scope{Where: tt.reach}
			q := record.Query{Where: tt.where, Order: record.By("Company_Name")}
			require.Equal(t, tt.want, f.names(q), "%+v", tt)
			table, index, collected, err := f.companies.Way(f.ctx, q)
			f.must(err)
			require.Equal(t, []any{"companies", "id"}, []any{table, index}, "%+v", tt)
			require.GreaterOrEqual(t, collected, 0, "%+v", tt)
		}
	}
}
