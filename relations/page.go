package relations

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// PageOptions say what a page has. The zero value is ready to use.
type PageOptions struct {
	Lists    []*List  // in order; default those of ListsOf
	Rows     int      // of each list; default 5, and none when it is negative
	Count    int      // how far each list is counted; default 1,000, and not at all when it is negative
	Profiles []string // of the actor, for the links that are for some alone
	Without  []string // parts that are left out: PartCard, PartActions, PartLinks, PartLists; default none
}

// The parts of a page that can be left out.
const (
	PartCard    = "card"
	PartActions = "actions"
	PartLinks   = "links"
	PartLists   = "lists"
)

// has reports whether a part is not left out.
func (o *PageOptions) has(part string) bool { return !slices.Contains(o.Without, part) }

// Page is the detail page of an account (客户详细信息页面), all of one state of the store. Its JSON is for programs that draw it
// elsewhere.
type Page struct {
	Account *record.Record `json:"account"`
	Card    []CardEntry    `json:"card"`
	Actions []Action       `json:"actions"` // the "more" menu
	Links   []LinkEntry    `json:"links"`
	Lists   []ListPart     `json:"lists"`
}

// ListPart is the beginning of a related list.
type ListPart struct {
	List    *List
	Title   string       // in the session's language
	Columns []record.Def // those that are hidden from the actor left out
	Records []*record.Record
	Next    record.Cursor // where the rest begins; "" when this is all
	Count   int64         // how many there are, up to PageOptions.Count
	More    bool          // there are more than that
	Denied  bool          // the actor may not see records of this module: nothing is there

	language record.Language
}

// MarshalJSON returns the part as an object: the name of its list, its title, its columns with their labels, and the rest under the
// names of the members in lower case.
func (p ListPart) MarshalJSON() ([]byte, error) {
	type column struct {
		Name  string `json:"name"`
		Label string `json:"label"`
		Type  string `json:"type"`
	}
	part := struct {
		Name    string           `json:"name"`
		Title   string           `json:"title"`
		Module  string           `json:"module"`
		Columns []column         `json:"columns"`
		Records []*record.Record `json:"records"`
		Next    record.Cursor    `json:"next,omitempty"`
		Count   int64            `json:"count"`
		More    bool             `json:"more"`
		Denied  bool             `json:"denied,omitempty"`
	}{p.List.Name, p.Title, p.List.Module, []column{}, p.Records, p.Next, p.Count, p.More, p.Denied}
	for i := range p.Columns {
		d := &p.Columns[i]
		part.Columns = append(part.Columns, column{d.Name, d.Label(p.language), d.Type.Name()})
	}
	if part.Records == nil {
		part.Records = []*record.Record{}
	}
	return json.Marshal(part)
}

// PageOf returns the page of an account. Whatever hangs on it, it asks the store a bounded number of questions: some for the account,
// and two for each list. It fails with ErrNotFound.
func PageOf(ctx context.Context, s *record.Session, id record.ID, o *PageOptions) (page *Page, err error) {
	var opt PageOptions
	if o != nil {
		opt = *o
	}
	if opt.Rows == 0 {
		opt.Rows = 5
	}
	if opt.Count == 0 {
		opt.Count = 1000
	}
	err = s.View(ctx, func(s *record.Session) error {
		rs, err := s.Records(account.Module)
		if err != nil {
			return err
		}
		page = &Page{}
		if page.Account, err = rs.Get(ctx, id); err != nil {
			return err
		}
		if opt.has(PartCard) {
			if page.Card, err = cardOf(ctx, s, rs, page.Account); err != nil {
				return err
			}
		}
		if opt.has(PartActions) {
			if page.Actions, err = actionsOn(ctx, s, rs, page.Account.Link()); err != nil {
				return err
			}
		}
		if opt.has(PartLinks) {
			if page.Links, err = linksOf(ctx, s, page.Account, opt.Profiles); err != nil {
				return err
			}
		}
		lists := opt.Lists
		switch {
		case !opt.has(PartLists):
			lists = nil
		case lists == nil:
			if lists, err = ListsOf(ctx, s); err != nil {
				return err
			}
		}
		for _, l := range lists {
			part, err := l.part(ctx, s, id, &opt)
			if err != nil {
				return err
			}
			page.Lists = append(page.Lists, part)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// part returns the beginning of a list of an account that the actor sees.
func (l *List) part(ctx context.Context, s *record.Session, id record.ID, o *PageOptions) (p ListPart, err error) {
	p = ListPart{List: l, Title: l.Title(s.Locale().Language), language: s.Locale().Language}
	rs, err := s.Records(l.Module)
	if err != nil {
		return p, err
	}
	err = s.Authorise(ctx, l.Module, record.RightView)
	if p.Denied = errors.Is(err, record.ErrForbidden); p.Denied {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if p.Columns, err = l.Fields(ctx, s); err != nil {
		return p, err
	}
	where, err := l.filter(ctx, s, []record.ID{id})
	if err != nil {
		return p, err
	}
	if o.Rows > 0 {
		order, err := l.order(ctx, rs)
		if err != nil {
			return p, err
		}
		if p.Records, p.Next, err = rs.List(ctx, record.Query{Where: where, Order: order, Limit: o.Rows}); err != nil {
			return p, err
		}
	}
	switch {
	case o.Count < 0:
	case o.Rows > 0 && p.Next == "": // all of it is there
		p.Count = int64(len(p.Records))
		p.More = p.Count > int64(o.Count)
		p.Count = min(p.Count, int64(o.Count))
	default:
		p.Count, p.More, err = rs.CountTo(ctx, record.Query{Where: where}, o.Count)
	}
	return p, err
}
