package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// sortedList returns which related list an address orders, and how; nil when it orders none.
func (v *visit) sortedList() (*relations.List, string) {
	q := v.r.URL.Query()
	list, sort := listNamed(q.Get("list")), q.Get("sort")
	if list == nil || !slices.Contains(list.Columns, strings.TrimPrefix(sort, "-")) {
		return nil, ""
	}
	return list, sort
}

// inOrder returns all related lists, one of them in another order than usual.
func inOrder(sorted *relations.List, sort string) []*relations.List {
	lists := relations.Lists()
	for _, l := range lists {
		if sorted != nil && l.Name == sorted.Name {
			l.Order = record.By(sort)
		}
	}
	return lists
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
	t.Actions = true
	switch {
	case l.Through != "":
		t.Adds = &adder{Action: "/accounts/" + id.String() + "/products"}
		if err := v.offerProducts(t.Adds); err != nil {
			return err
		}
	case l.Module == relations.AttachmentModule:
		t.Upload = "/accounts/" + id.String() + "/attachments"
	case !strings.HasSuffix(l.Name, "_History"): // what is closed is there to be looked at
		t.New = address("/records/"+l.Module+"/new", from)
	}
	return v.rows(t, fields, recs, func(r *row, rec *record.Record) {
		r.Edit = address("/records/"+l.Module+"/"+rec.ID.String(), from)
		switch l.Module {
		case account.Module:
		case relations.AttachmentModule:
			r.Get = r.Href
		default:
			r.Href = r.Edit
			r.Cells[0].Href = r.Edit
		}
		if r.Unlink = l.Through != ""; r.Unlink {
			r.Remove = "/accounts/" + id.String() + "/products/" + rec.ID.String() + "/remove"
		} else {
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
	l := listNamed(v.r.PathValue("list"))
	if l == nil || !shown(l.Module) {
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
