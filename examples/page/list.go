package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// rowsOnPage is how many accounts a page of the list has.
const rowsOnPage = 10

// listPage is the list of all accounts.
type listPage struct {
	*frame
	Search string
	Sort   string
	Table  *table
	Next   string // the address of the next page; "" on the last
	First  string // and of the first; "" when this is it
}

// accountColumns are the columns of the list of all accounts.
var accountColumns = slices.Concat(account.MemberColumns, []string{account.ParentField, "Owner"})

// accountList shows the accounts by the page, in the order of a column, and those alone whose names have a text in them.
func (s *server) accountList(v *visit) error {
	rs, shape, err := v.recordsOf(account.Module)
	if err != nil {
		return err
	}
	asked := v.r.URL.Query()
	p := &listPage{frame: v.frame(v.say("accounts")), Search: strings.TrimSpace(asked.Get("q")), Sort: asked.Get("sort")}
	p.Nav = "accounts"
	fields := fieldsOf(shape, accountColumns)
	order := orderBy(p.Sort, accountColumns, record.By("Account_Name"))
	q := record.Query{Order: order, After: record.Cursor(asked.Get("after")), Limit: rowsOnPage}
	if p.Search != "" {
		q.Where = record.Contains("Account_Name", p.Search)
	}
	recs, next, err := rs.List(v.ctx(), q)
	if err != nil {
		return badQuery(err)
	}
	total, more, err := rs.CountTo(v.ctx(), record.Query{Where: q.Where}, 10_000)
	if err != nil {
		return err
	}
	here := func(changes ...string) string {
		u := url.Values{}
		for i, k := range []string{"q", "sort"} {
			if value := []string{p.Search, p.Sort}[i]; value != "" {
				u.Set(k, value)
			}
		}
		for i := 0; i < len(changes); i += 2 {
			u.Set(changes[i], changes[i+1])
		}
		return address("/accounts", u)
	}
	p.Table = &table{Name: "accounts", Title: v.say("accounts"), Count: countText(total, more), Empty: v.say("accounts.none")}
	p.Table.Columns = v.columns(fields, order, func(sort string) string { return here("sort", sort) })
	if err := v.rows(p.Table, fields, recs, nil); err != nil {
		return err
	}
	if q.After != "" {
		p.First = here()
	}
	if next != "" {
		p.Next = here("after", string(next))
	}
	if gone := asked.Get("undo"); gone != "" {
		p.Undo = v.undoOf(account.Module, gone, "")
	}
	return v.render(http.StatusOK, "list", p)
}

// fieldsOf returns the fields of these names, those that are hidden from the actor left out.
func fieldsOf(shape *record.Shape, names []string) (fields []record.Def) {
	for _, name := range names {
		if d, ok := shape.Field(name); ok {
			fields = append(fields, d)
		}
	}
	return fields
}

// orderBy returns the order that an address asks for, such as -Phone, by one of the columns, or else the usual one.
func orderBy(sort string, columns []string, usual []record.Order) []record.Order {
	if slices.Contains(columns, strings.TrimPrefix(sort, "-")) {
		return record.By(sort)
	}
	return usual
}

// badQuery makes an answer of what a list refuses: a cursor of another list, which no page of ours asks for.
func badQuery(err error) error {
	if isValidation(err) {
		return errRequest
	}
	return err
}
