package record_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

func TestPages(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		var all []*Company
		for i := range 23 {
			c := &Company{Name: fmt.Sprint(i), Notes: strings.Repeat("5", i%4)} // every fourth has none
			if i%3 > 0 {
				c.Staff = ptr(int64(i % 3))
			}
			all = append(all, c)
		}
		f.must(f.companies.Create(f.ctx, all...))
		for _, order := range [][]record.Order{nil, record.By("id"), record.By("-id"), record.By("Notes", "-Company_Name"),
			record.By("-Notes", "Company_Name"), record.By("-Staff", "-Notes", "Modified_Time"), record.By("Staff")} {
			q := record.Query{Order: order, Limit: 100}
			whole, next, err := f.companies.List(f.ctx, q)
			f.must(err)
			f.equal(record.Cursor(""), next)
			f.equal(23, len(whole))
			for q.Limit = range 9 { // so that pages end before, at and after the first record without a value
				q.Limit, q.After = q.Limit+1, ""
				var paged []*Company
				for {
					page, next, err := f.companies.List(f.ctx, q)
					f.must(err)
					paged = append(paged, page...)
					if q.After = next; next == "" {
						break
					}
					f.equal(q.Limit, len(page))
				}
				f.equal(whole, paged)
			}
		}
		q := record.Query{Limit: 23}
		_, next, err := f.companies.List(f.ctx, q)
		f.must(err)
		f.equal(record.Cursor(""), next) // the last page knows that it is
	})
}

func TestSortedAsPeopleDo(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		for _, n := range []string{"éclair", "Zebra", "apple", "北京", "阿里", "Apple", "上海", "zoo", "Eclipse", "10", "9"} {
			f.make(n, record.ID{})
		}
		f.equal([]string{"10", "9", "apple", "Apple", "éclair", "Eclipse", "Zebra", "zoo", "阿里", "北京", "上海"},
			f.names(record.Query{Order: record.By("Company_Name"), Limit: 4}))
	})
}

func TestFilters(t *testing.T) {
	t.Parallel()
	each(t, setup{options: record.Options{Actor: "ann"}}, func(f *fixture) {
		a := &Company{Name: "Acme GmbH", Kind: "Customer", Staff: ptr(int64(5)), Active: ptr(true),
			Revenue: decimal.NewNullDecimal(decimal.RequireFromString("10.5")), Founded: record.Date{Year: 2000, Month: 1, Day: 2}, Met: time.Unix(1000, 0)}
		b := &Company{Name: "ＢＥＴＡ  ltd", Staff: ptr(int64(0)), Active: ptr(false), Revenue: decimal.NewNullDecimal(decimal.NewFromInt(9)), Meta: record.Meta{Owner: "bob"}}
		c := &Company{Name: "gamma", ParentID: a.ID}
		f.must(f.companies.Create(f.ctx, a, b))
		c.ParentID = a.ID
		f.must(f.companies.Create(f.ctx, c))
		for _, tt := range []struct {
			name  string
			where record.Filter
			want  []string
		}{
			{"none", record.Filter{}, []string{"Acme GmbH", "ＢＥＴＡ  ltd", "gamma"}},
			{"text", record.Eq("Company_Name", "gamma"), []string{"gamma"}},
			{"text to the letter", record.Eq("Company_Name", "Gamma"), nil},
			{"folded", record.Matches("Company_Name", "beta LTD", "GAMMA"), []string{"ＢＥＴＡ  ltd", "gamma"}},
			{"contains folded", record.Contains("Company_Name", "A L"), []string{"ＢＥＴＡ  ltd"}},
			{"contains nothing", record.Contains("Company_Name", ""), []string{"Acme GmbH", "ＢＥＴＡ  ltd", "gamma"}},
			{"pick list by label", record.Eq("Kind", "客户"), []string{"Acme GmbH"}},
			{"empty", record.Eq("Kind", nil), []string{"ＢＥＴＡ  ltd", "gamma"}},
			{"zero is not empty", record.Eq("Staff", 0), []string{"ＢＥＴＡ  ltd"}},
			{"int as text", record.Ge("Staff", "5"), []string{"Acme GmbH"}},
			{"decimal", record.Gt("Revenue", decimal.NewFromInt(9)), []string{"Acme GmbH"}},
			{"decimal by int", record.Le("Revenue", 9), []string{"ＢＥＴＡ  ltd"}},
			{"bool", record.Eq("Active", false), []string{"ＢＥＴＡ  ltd"}},
			{"date", record.Lt("Founded", record.Date{Year: 2001, Month: 1, Day: 1}), []string{"Acme GmbH"}},
			{"time", record.Eq("Met", time.Unix(1000, 0)), []string{"Acme GmbH"}},
			{"link", record.Eq("Parent", a.ID), []string{"gamma"}},
			{"id", record.In("id", c.ID, b.ID), []string{"ＢＥＴＡ  ltd", "gamma"}},
			{"owner", record.Eq("Owner", record.Actor("bob")), []string{"ＢＥＴＡ  ltd"}},
			{"and, or, not", record.And(record.Or(record.Eq("Staff", 5), record.Eq("Staff", 0)), record.Not(record.Eq("Active", true))), []string{"ＢＥＴＡ  ltd"}},
			{"nothing among nothing", record.In[string]("Company_Name"), nil},
			{"last activity", record.Ge("Last_Activity_Time", a.CreatedTime), []string{"Acme GmbH", "ＢＥＴＡ  ltd", "gamma"}},
		} {
			f.equal(tt.want, f.names(record.Query{Where: tt.where}))
			n, err := f.companies.Count(f.ctx, record.Query{Where: tt.where})
			f.must(err)
			require.Equal(f, int64(len(tt.want)), n, tt.name)
		}
	})
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memory.New(nil), setup{})
	f.make("a", record.ID{})
	f.make("b", record.ID{})
	_, next, err := f.companies.List(f.ctx, record.Query{Limit: 1})
	f.must(err)
	for want, q := range map[string]record.Query{
		"0.Nope=INVALID_FIELD":         {Where: record.Eq("Nope", 1)},
		"0.Deleted_Time=INVALID_FIELD": {Where: record.Eq("Deleted_Time", nil)},
		"0.Other=INVALID_FIELD":        {Order: record.By("Other")},
		"0.Staff=INVALID_DATA":         {Where: record.Eq("Staff", "many")},
		"0.Active=INVALID_DATA":        {Where: record.Eq("Active", 1)},
		"0.Revenue=INVALID_DATA":       {Where: record.Lt("Revenue", nil)},
		"0.Website=INVALID_DATA":       {Where: record.Matches("Website", "x")},
		"0.Limit=LIMIT_EXCEEDED":       {Limit: record.MaxLimit + 1},
		"0.After=INVALID_DATA":         {After: next, Order: record.By("Staff")},
	} {
		_, _, err := f.companies.List(f.ctx, q)
		require.Equal(t, want, codes(err))
	}
}

func FuzzCursor(f *testing.F) {
	s, err := record.Open(f.Context(), memory.New(nil), []*record.Schema{companies.Schema}, nil)
	require.NoError(f, err)
	cs := companies.In(s)
	require.NoError(f, cs.Create(f.Context(), &Company{Name: "a"}, &Company{Name: "b"}, &Company{Name: "c"}))
	order := record.By("Company_Name", "-Staff")
	_, next, err := cs.List(f.Context(), record.Query{Limit: 1, Order: order})
	require.NoError(f, err)
	f.Add(string(next))
	f.Add("")
	f.Add("AAAA")
	raw, err := base64.RawURLEncoding.DecodeString(string(next))
	require.NoError(f, err)
	f.Add(base64.RawURLEncoding.EncodeToString(raw[:len(raw)-1]))
	f.Fuzz(func(t *testing.T, token string) {
		recs, _, err := cs.List(t.Context(), record.Query{After: record.Cursor(token), Order: order})
		var ve *record.ValidationError
		if err != nil {
			require.ErrorAs(t, err, &ve)
			require.Empty(t, recs)
		}
	})
}

func TestAllStopsEarly(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		f.must(f.companies.Create(f.ctx, &Company{Name: "a"}, &Company{Name: "b"}, &Company{Name: "c"}))
		n := 0
		for _, err := range f.companies.All(f.ctx, record.Query{Limit: 1}) {
			f.must(err)
			if n++; n == 2 {
				break
			}
		}
		f.equal(2, n)
		var errs []error
		for c, err := range f.companies.All(f.ctx, record.Query{Order: record.By("Nope")}) {
			require.Nil(f, c)
			errs = append(errs, err)
		}
		f.equal(1, len(errs))
	})
}
