package main

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// detailPage is the page of one account: its information, or what happened to it.
type detailPage struct {
	*frame
	ID        record.ID
	Name      string
	Above     []step // the accounts above it, the topmost first
	View      string // "info" or "timeline"
	Info      string // the addresses of the two
	Timeline  string
	Edit      string
	Menu      []menuItem
	Customize string // where related lists are added
	Card      []shownField
	Groups    []shownGroup
	Links     []link
	Lists     []*table
	Tree      *picture
	Since     string // where the timeline begins
	Filters   []option
	Days      []day
	Earlier   string // the address of the next page of the timeline
}

// step is an account on the way down to this one.
type step struct{ Name, Href string }

// menuItem is an entry of the menu "more": a page, or something that is done at once.
type menuItem struct {
	Label, Href, Action string
	Danger              bool
}

// shownField is a field with its value.
type shownField struct {
	Label string
	cell
	Wide bool // it takes a row of its own
}

// shownGroup is some fields that belong together.
type shownGroup struct {
	Title  string
	Fields []shownField
}

// link is a link of the organization's own.
type link struct {
	Name string
	URL  template.URL // the library let nothing through but http, https, mailto and tel
}

// accountInfo shows an account with its related lists.
func (s *server) accountInfo(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	lists, err := v.lists()
	if err != nil {
		return err
	}
	page, err := relations.PageOf(v.ctx(), v.s, id, &relations.PageOptions{Lists: lists})
	if back := v.undoOf(account.Module, id.String(), ""); errors.Is(err, record.ErrNotFound) && back != nil {
		f := v.frame(v.say("error.notfound"))
		f.Notice, f.Undo = v.say("bin.here"), back
		return v.render(http.StatusNotFound, "failed", f)
	}
	if err != nil {
		return err
	}
	p, err := v.detail(page.Account, page.Actions, "info")
	if err != nil {
		return err
	}
	if err := v.fields(p, page); err != nil {
		return err
	}
	for i := range page.Lists {
		t, err := v.related(id, &page.Lists[i])
		if err != nil {
			return err
		}
		p.Lists = append(p.Lists, t)
	}
	if p.Tree, err = v.tree(id); err != nil {
		return err
	}
	if gone := v.r.URL.Query().Get("undo"); gone != "" {
		p.Undo = v.undoOf(v.r.URL.Query().Get("module"), gone, id.String())
	}
	return v.render(http.StatusOK, "detail", p)
}

// accountTimeline shows what happened to an account in the last months.
func (s *server) accountTimeline(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	rs, _, err := v.recordsOf(account.Module)
	if err != nil {
		return err
	}
	rec, err := rs.Get(v.ctx(), id)
	if err != nil {
		return err
	}
	actions, err := relations.ActionsOf(v.ctx(), v.s, rec.Link())
	if err != nil {
		return err
	}
	p, err := v.detail(rec, actions, "timeline")
	if err != nil {
		return err
	}
	p.Since = v.s.Now().AddDate(0, -relations.TimelineMonths, 0).Format(time.DateOnly)
	if err := v.timeline(p); err != nil {
		return badQuery(err)
	}
	return v.render(http.StatusOK, "detail", p)
}

// detail returns the head of the page of an account.
func (v *visit) detail(rec *record.Record, actions []relations.Action, view string) (*detailPage, error) {
	name := nameOf(rec, rec.Shape())
	self := "/accounts/" + rec.ID.String()
	v.of = rec.ID
	p := &detailPage{frame: v.frame(plain(name)), ID: rec.ID, Name: name, View: view, Info: self, Timeline: self + "/timeline"}
	p.Nav = "accounts"
	v.menu(p, actions)
	up, err := account.In(v.s).Ancestors(v.ctx(), rec.ID)
	for _, a := range slices.Backward(up) {
		p.Above = append(p.Above, step{a.Name, "/accounts/" + a.ID.String()})
	}
	return p, err
}

// menu fills in what can be done with an account: the button that edits it, and the menu "more" with the rest. What only a policy
// gives a meaning, such as to share, is for a host with users.
func (v *visit) menu(p *detailPage, actions []relations.Action) {
	id := p.ID.String()
	path := "/records/" + account.Module
	form := address(path+"/"+id, url.Values{"account": {id}})
	for _, a := range actions {
		item := menuItem{Label: a.Title}
		switch a.Name {
		case relations.ActionEdit:
			if a.Allowed {
				p.Edit = form
			}
			continue
		case relations.ActionClone:
			item.Href = address(path+"/new", url.Values{"clone": {id}})
		case relations.ActionDelete:
			item.Action, item.Danger = path+"/"+id+"/delete", true
		case relations.ActionChangeOwner:
			item.Href = form + "#f-Owner"
		case relations.ActionAddNote:
			item.Href = p.Info + "#note-text"
		case relations.ActionAttach:
			item.Href = p.Info + "#attach"
		case relations.ActionCustomize:
			item.Href = "/customize"
			if a.Allowed {
				p.Customize = item.Href
			}
		}
		if a.Allowed && item.Href+item.Action != "" {
			p.Menu = append(p.Menu, item)
		}
	}
}

// fields fills in the card, the fields that have a value, and the links.
func (v *visit) fields(p *detailPage, page *relations.Page) error {
	shape := page.Account.Shape()
	all := shape.Fields()
	cells, err := v.cellsOf(all, page.Account)
	if err != nil {
		return err
	}
	for _, e := range page.Card {
		d, ok := shape.Field(e.Field)
		if ok {
			p.Card = append(p.Card, shownField{Label: e.Label, cell: cells.cell(page.Account, &d)})
		}
	}
	if p.Groups, err = v.groupsOf(page.Account, all); err != nil {
		return err
	}
	for _, l := range page.Links {
		if safeLink(l.URL) {
			p.Links = append(p.Links, link{l.Name, template.URL(l.URL)})
		}
	}
	return nil
}

// groupsOf returns the fields of a record that have a value, grouped as the form has them.
func (v *visit) groupsOf(rec *record.Record, all []record.Def) (groups []shownGroup, err error) {
	cells, err := v.cellsOf(all, rec)
	if err != nil {
		return nil, err
	}
	inputs := make([]input, 0, len(all))
	for _, d := range all {
		inputs = append(inputs, input{Name: d.Name, Label: d.Label(v.lang), def: d})
	}
	for _, g := range grouping(inputs) {
		group := shownGroup{Title: g.Title}
		for i := range g.Inputs {
			if in := &g.Inputs[i]; !rec.Value(in.Name).IsNull() {
				group.Fields = append(group.Fields, shownField{in.Label, cells.cell(rec, &in.def), in.def.Type.Name() == "textarea"})
			}
		}
		if len(group.Fields) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// safeLink reports whether an address is one that no browser runs. The library stores no other.
func safeLink(s string) bool {
	scheme, _, _ := strings.Cut(s, ":")
	return slices.Contains([]string{"http", "https", "mailto", "tel"}, strings.ToLower(scheme))
}

// undoOf offers to take back what was just deleted, if it is in the bin.
func (v *visit) undoOf(module, text, back string) *undo {
	id, err := record.ParseID(text)
	if err != nil || !shown(module) {
		return nil
	}
	rs, _, err := v.recordsOf(module)
	if err != nil {
		return nil
	}
	n, err := rs.Count(v.ctx(), record.Query{Where: record.Eq("id", id), Bin: true})
	if err != nil || n == 0 {
		return nil
	}
	q := url.Values{}
	if back != "" {
		q.Set("account", back)
	}
	return &undo{Action: address("/records/"+module+"/"+id.String()+"/restore", q)}
}
