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
	"github.com/clientele-go/crm/storage"
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
			f.equal(tt.want, f.names(record.Query{Where: tt.where, Order: record.By("Company_Name")}))
			n, err := f.companies.Count(f.ctx, record.Query{Where: tt.where})
			f.must(err)
			require.Equal(f, int64(len(tt.want)), n, tt.name)
		}
	})
}

func TestBadQueries(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		f.make("a", record.ID{})
		f.make("b", record.ID{})
		_, next, err := f.companies.List(f.ctx, record.Query{Limit: 1})
		f.must(err)
		far := time.Date(586580, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, tt := range []struct {
			want string
			q    record.Query
		}{
			{"0.Nope=INVALID_FIELD", record.Query{Where: record.Eq("Nope", 1)}},
			{"0.Deleted_Time=INVALID_FIELD", record.Query{Where: record.Eq("Deleted_Time", nil)}},
			{"0.Deleted_By=INVALID_FIELD", record.Query{Where: record.And(record.Not(record.Eq("Deleted_By", "ann")))}},
			{"0.Deleted_Time=INVALID_FIELD", record.Query{Order: record.By("-Deleted_Time")}},
			{"0.Operation__s=INVALID_FIELD", record.Query{Order: record.By("Operation__s"), Bin: true}},
			{"0.Other=INVALID_FIELD", record.Query{Order: record.By("Other")}},
			{"0.Staff=INVALID_DATA", record.Query{Where: record.Eq("Staff", "many")}},
			{"0.Active=INVALID_DATA", record.Query{Where: record.Eq("Active", 1)}},
			{"0.Revenue=INVALID_DATA", record.Query{Where: record.Lt("Revenue", nil)}},
			{"0.Revenue=INVALID_DATA", record.Query{Where: record.Lt("Revenue", decimal.New(1, 30))}},
			{"0.Website=INVALID_DATA", record.Query{Where: record.Matches("Website", "x")}},
			{"0.Met=INVALID_DATA", record.Query{Where: record.Lt("Met", far)}},
			{"0.Met=INVALID_DATA", record.Query{Where: record.In("Met", far)}},
			{"0.Created_Time=INVALID_DATA", record.Query{Where: record.Ge("Created_Time", time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC))}},
			{"0.Notes=INVALID_DATA", record.Query{Where: record.Eq("Notes", "a\x00")}},
			{"0.Notes=INVALID_DATA", record.Query{Where: record.Contains("Notes", "a\xff")}},
			{"0.Website=INVALID_DATA", record.Query{Where: record.In("Website", "a", "\x00")}},
			{"0.Company_Name=INVALID_DATA", record.Query{Where: record.Contains("Company_Name", "\x00")}},
			{"0.Company_Name=INVALID_DATA", record.Query{Where: record.Matches("Company_Name", "a", "a\xff")}},
			{"0.Company_Name=INVALID_DATA", record.Query{Where: record.Lt("Company_Name", "a\x00")}},
			{"0.Limit=LIMIT_EXCEEDED", record.Query{Limit: record.MaxLimit + 1}},
			{"0.After=INVALID_DATA", record.Query{After: next, Order: record.By("Staff")}},
		} {
			_, _, err := f.companies.List(f.ctx, tt.q)
			f.equal(tt.want, codes(err))
		}
	})
}

func TestContainsToTheLetter(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		f.must(f.companies.Create(f.ctx, &Company{Name: "a", Notes: "foobar", Kind: "Customer", Colours: []string{"red"}},
			&Company{Name: "b", Notes: "a foo bar", Colours: []string{"dark red", "blue"}}, &Company{Name: "c"}))
		for text, want := range map[string][]string{"foo": {"a", "b"}, "foo ": {"b"}, " foo": {"b"}, " ": {"b"}, "  ": nil, "FOO": nil, "": {"a", "b"}} {
			require.Equal(f, want, f.names(record.Query{Where: record.Contains("Notes", text), Order: record.By("Company_Name")}), "%q", text)
		}
		f.equal([]string{"a"}, f.names(record.Query{Where: record.Contains("Kind", "tome")}))
		f.equal([]string(nil), f.names(record.Query{Where: record.Contains("Kind", "客户")}))
		f.equal([]string{"a"}, f.names(record.Query{Where: record.Contains("Colours", "red")})) // one of several
		f.equal([]string{"b"}, f.names(record.Query{Where: record.Contains("Colours", " blue ")}))
		f.equal([]string(nil), f.names(record.Query{Where: record.Contains("Colours", "blu")}))
	})
}

func TestBinByDeletion(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		var all []*Company
		for i := range 6 {
			all = append(all, f.make(fmt.Sprint(i), record.ID{}))
		}
		var first time.Time
		for i, by := range []record.Actor{"ann", "bob", "ann", "bob"} {
			n := []int{3, 0, 4, 1}[i]
			f.must(companies.In(f.s.As(by)).Delete(f.ctx, all[n].ID))
			time.Sleep(time.Millisecond) // so that no two were deleted at one time
			if i == 0 {
				bin, _, err := f.companies.List(f.ctx, record.Query{Bin: true})
				f.must(err)
				first = bin[0].DeletedTime
			}
		}
		for _, tt := range []struct {
			q    record.Query
			want []string
		}{
			{record.Query{}, []string{"1", "4", "0", "3"}}, // what was deleted last comes first
			{record.Query{Order: record.By("Deleted_Time")}, []string{"3", "0", "4", "1"}},
			{record.Query{Order: record.By("Deleted_By", "-Company_Name")}, []string{"4", "3", "1", "0"}},
			{record.Query{Order: record.By("id")}, []string{"0", "1", "3", "4"}},
			{record.Query{Where: record.Eq("Deleted_By", record.Actor("ann"))}, []string{"4", "3"}},
			{record.Query{Where: record.Or(record.Gt("Deleted_Time", first), record.Eq("Company_Name", "none"))}, []string{"1", "4", "0"}},
		} {
			tt.q.Bin = true
			for tt.q.Limit = range 5 { // 0 is a page for all
				f.equal(tt.want, f.names(tt.q))
			}
			n, err := f.companies.Count(f.ctx, tt.q)
			f.must(err)
			f.equal(int64(len(tt.want)), n)
		}
		f.equal([]string{"2", "5"}, f.names(record.Query{}))
	})
}

func FuzzCursor(f *testing.F) {
	order := record.By("Company_Name", "-Staff")
	var all []*record.Module[Company]
	for _, store := range []storage.Store{memory.New(nil), openSQLite(f)} {
		cs := fuzzed(f, store)
		require.NoError(f, cs.Create(f.Context(), &Company{Name: "a"}, &Company{Name: "b"}, &Company{Name: "c"}))
		_, next, err := cs.List(f.Context(), record.Query{Limit: 1, Order: order})
		require.NoError(f, err)
		f.Add(string(next))
		raw, err := base64.RawURLEncoding.DecodeString(string(next))
		require.NoError(f, err)
		f.Add(base64.RawURLEncoding.EncodeToString(raw[:len(raw)-1]))
		all = append(all, cs)
	}
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		for _, cs := range all {
			recs, _, err := cs.List(t.Context(), record.Query{After: record.Cursor(token), Order: order})
			var ve *record.ValidationError
			if err != nil {
				require.ErrorAs(t, err, &ve)
				require.Empty(t, recs)
			}
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
