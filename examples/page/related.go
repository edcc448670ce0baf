package main

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// lists returns the related lists of an account, as the organization has chosen them, one of them in the order that the address asks
// for. Those of modules that have no pages are left out.
func (v *visit) lists() (lists []*relations.List, err error) {
	all, err := relations.ListsOf(v.ctx(), v.s)
	q := v.r.URL.Query()
	for _, l := range all {
		if !shown(l.Module) {
			continue
		}
		if l.Name == q.Get("list") {
			l.Order = orderBy(q.Get("sort"), l.Columns, l.Order)
		}
		lists = append(lists, l)
	}
	return lists, err
}

// listNamed returns the related list of an API name, nil when there is none.
func (v *visit) listNamed(name string) (*relations.List, error) {
	lists, err := v.lists()
	for _, l := range lists {
		if l.Name == name {
			return l, nil
		}
	}
	return nil, err
}

// related makes a table of the beginning of a related list.
func (v *visit) related(id record.ID, part *relations.ListPart) (*table, error) {
	l := part.List
	self := "/accounts/" + id.String()
	t := &table{Name: l.Name, Title: part.Title, Denied: part.Denied, Count: countText(part.Count, part.More), Empty: v.say("list.none")}
	if part.Denied {
		return t, nil
	}
	t.Columns = v.columns(part.Columns, usualOrder(l), func(sort string) string {
		return address(self, url.Values{"list": {l.Name}, "sort": {sort}}) + "#" + l.Name
	})
	if part.Next != "" {
		t.All = self + "/lists/" + l.Name
	}
	if err := v.entries(t, l, id, part.Columns, part.Records); err != nil {
		return t, err
	}
	if l.Module == relations.NoteModule {
		t.Notes = v.notes(t, part.Records, t.New)
		t.New = "" // there is a form in its place
	}
	return t, nil
}

// usualOrder returns the order of a list; that of one which has none is the newest first.
func usualOrder(l *relations.List) []record.Order {
	if l.Order == nil {
		return record.By("-id")
	}
	return l.Order
}

// entries fills a table with the records of a related list, and with what can be done with them.
func (v *visit) entries(t *table, l *relations.List, id record.ID, fields []record.Def, recs []*record.Record) error {
	from := url.Values{"account": {id.String()}, "list": {l.Name}}
	may := func(right record.Right) bool { return v.s.Authorise(v.ctx(), l.Module, right) == nil }
	edits, deletes := may(record.RightEdit), may(record.RightDelete)
	t.Actions = edits || deletes || l.Through != ""
	switch {
	case l.Through != "":
		t.Adds = &adder{Action: "/accounts/" + id.String() + "/products"}
		if err := v.offerProducts(t.Adds); err != nil {
			return err
		}
	case !may(record.RightCreate):
	case l.Module == relations.AttachmentModule:
		t.Upload = "/accounts/" + id.String() + "/attachments"
	case !strings.HasSuffix(l.Name, "_History"): // what is closed is there to be looked at
		t.New = address("/records/"+l.Module+"/new", from)
	}
	return v.rows(t, fields, recs, func(r *row, rec *record.Record) {
		form := address("/records/"+l.Module+"/"+rec.ID.String(), from)
		switch {
		case l.Module == account.Module:
		case l.Module == relations.AttachmentModule:
			r.Get = r.Href
		default:
			r.Href = form
			r.Cells[0].Href = form
		}
		if edits && r.Get == "" {
			r.Edit = form
		}
		switch r.Unlink = l.Through != ""; {
		case r.Unlink:
			r.Remove = "/accounts/" + id.String() + "/products/" + rec.ID.String() + "/remove"
		case deletes:
			r.Remove = address("/records/"+l.Module+"/"+rec.ID.String()+"/delete", from)
		}
	})
}

// wholePage is all of a related list, by the page.
type wholePage struct {
	*frame
	Account step
	Table   *table
	First   string
	Next    string
}

// wholeList shows all of a related list, by the page.
func (s *server) wholeList(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	l, err := v.listNamed(v.r.PathValue("list"))
	if err != nil {
		return err
	}
	if l == nil {
		return record.ErrNotFound
	}
	rs, _, err := v.recordsOf(account.Module)
	if err != nil {
		return err
	}
	of, err := rs.Get(v.ctx(), id)
	if err != nil {
		return err
	}
	asked := v.r.URL.Query()
	order := orderBy(asked.Get("sort"), l.Columns, usualOrder(l))
	q := record.Query{Order: order, After: record.Cursor(asked.Get("after")), Limit: rowsOnPage}
	recs, next, err := l.Page(v.ctx(), v.s, []record.ID{id}, q)
	if err != nil {
		return badQuery(err)
	}
	n, more, err := l.Count(v.ctx(), v.s, []record.ID{id}, 1000)
	if err != nil {
		return err
	}
	fields, err := l.Fields(v.ctx(), v.s)
	if err != nil {
		return err
	}
	self := "/accounts/" + id.String()
	v.of = id
	p := &wholePage{frame: v.frame(l.Title(v.lang)), Account: step{nameOf(of, of.Shape()), self}}
	p.Nav = "accounts"
	p.Table = &table{Name: l.Name, Title: l.Title(v.lang), Count: countText(n, more), Empty: v.say("list.none")}
	here := func(key, value string) string {
		u := url.Values{}
		if sort := asked.Get("sort"); sort != "" {
			u.Set("sort", sort)
		}
		u.Set(key, value)
		return address(self+"/lists/"+l.Name, u)
	}
	p.Table.Columns = v.columns(fields, order, func(sort string) string { return here("sort", sort) })
	if err := v.entries(p.Table, l, id, fields, recs); err != nil {
		return err
	}
	if q.After != "" {
		p.First = here("sort", asked.Get("sort"))
	}
	if next != "" {
		p.Next = here("after", string(next))
	}
	return v.render(http.StatusOK, "whole", p)
}
