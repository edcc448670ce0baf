package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// deleteRecord puts a record in the bin, and offers to take that back.
func (s *server) deleteRecord(v *visit) error {
	rs, _, err := v.records()
	if err != nil {
		return err
	}
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := rs.Delete(v.ctx(), id); err != nil {
		return err
	}
	return v.changed("deleted", id)
}

// restoreRecord takes a record out of the bin.
func (s *server) restoreRecord(v *visit) error {
	rs, _, err := v.records()
	if err != nil {
		return err
	}
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := rs.Restore(v.ctx(), id); err != nil {
		return err
	}
	return v.changed("restored", record.ID{})
}

// changed returns to where the visitor was. What was deleted is named in the address, so that the page can offer it back.
func (v *visit) changed(done string, gone record.ID) error {
	module := v.r.PathValue("module")
	q := url.Values{"done": {done}}
	if !gone.IsZero() {
		q.Set("undo", gone.String())
		q.Set("module", module)
	}
	asked := v.r.URL.Query()
	if of, err := record.ParseID(asked.Get("account")); err == nil && of != gone {
		to := address("/accounts/"+of.String(), q)
		l, err := v.listNamed(asked.Get("list"))
		if err != nil {
			return err
		}
		if l != nil {
			to += "#" + l.Name
		}
		v.to(to)
		return nil
	}
	id, err := v.id("id")
	switch {
	case err != nil:
		return err
	case asked.Has("bin"):
		v.to(address("/bin/"+module, q))
	case module == account.Module && gone.IsZero():
		v.to(address("/accounts/"+id.String(), q))
	default:
		v.to(address("/accounts", q))
	}
	return nil
}

// binPage is what was deleted of a module.
type binPage struct {
	*frame
	Modules []option
	Entries []binEntry
	Next    string
}

// binEntry is a record in the bin.
type binEntry struct{ Name, Time, By, Restore string }

// bin shows the records of a module that were deleted, the last one first.
func (s *server) bin(v *visit) error {
	rs, shape, err := v.records()
	if err != nil {
		return err
	}
	p := &binPage{frame: v.frame(v.say("bin"))}
	p.Nav = "bin"
	for _, m := range shownModules {
		p.Modules = append(p.Modules, option{Value: "/bin/" + m, Text: v.moduleName(m), Chosen: m == shape.Module})
	}
	recs, next, err := rs.List(v.ctx(), record.Query{Bin: true, After: record.Cursor(v.r.URL.Query().Get("after")), Limit: rowsOnPage * 2})
	if err != nil {
		return badQuery(err)
	}
	for _, rec := range recs {
		m := rec.Meta()
		p.Entries = append(p.Entries, binEntry{Name: nameOf(rec, shape), Time: v.moment(m.DeletedTime), By: string(m.DeletedBy),
			Restore: address("/records/"+shape.Module+"/"+rec.ID.String()+"/restore", url.Values{"bin": {"1"}})})
	}
	if next != "" {
		p.Next = address("/bin/"+shape.Module, url.Values{"after": {string(next)}})
	}
	return v.render(http.StatusOK, "bin", p)
}

// products adds or removes a product of the account in the path.
func (v *visit) products(change func(context.Context, *record.Session, record.ID, ...record.ID) error, product record.ID, done string) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := change(v.ctx(), v.s, id, product); err != nil {
		return err
	}
	v.to(address("/accounts/"+id.String(), url.Values{"done": {done}}) + "#Products")
	return nil
}
