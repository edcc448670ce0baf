package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// customizePage is where an organization chooses what the pages of its accounts have.
type customizePage struct {
	*frame
	Card   []choice // of one field each
	Lists  []listRow
	Links  []linkRow
	Kinds  []option // of records that can be a new list
	Errors []formError
}

// choice is a select.
type choice struct {
	N       int
	Options []option
}

// listRow is a related list as it is chosen.
type listRow struct {
	N           int // where it stands
	Name, Title string
	Shown       bool
	Own         bool // the organization has made it, and can take it out
	Columns     []option
}

// linkRow is a link of the organization, or room for one more.
type linkRow struct {
	N int
	relations.Link
}

// blankLinks are how many links more than there are the form has room for.
const blankLinks = 2

// customize shows what the organization has chosen.
func (s *server) customize(v *visit) error { return v.customizePage(http.StatusOK, nil) }

func (v *visit) customizePage(status int, refused *record.ValidationError) error {
	if err := v.s.Authorise(v.ctx(), "", record.RightCustomize); err != nil {
		return err
	}
	p := &customizePage{frame: v.frame(v.say("customize"))}
	if refused != nil {
		for _, e := range refused.Fields {
			p.Errors = append(p.Errors, formError{"", e.Field + " " + strconv.Itoa(e.Record+1), e.Message(v.lang)})
		}
	}
	for _, part := range []func(*customizePage) error{v.chosenCard, v.chosenLists, v.chosenLinks} {
		if err := part(p); err != nil {
			return err
		}
	}
	return v.render(status, "customize", p)
}

// chosenCard fills in the fields of the business card.
func (v *visit) chosenCard(p *customizePage) error {
	card, err := relations.CardFields(v.ctx(), v.s)
	if err != nil {
		return err
	}
	_, shape, err := v.recordsOf(account.Module)
	if err != nil {
		return err
	}
	for i := range relations.MaxCard {
		c := choice{N: i + 1}
		for _, d := range shape.Fields() {
			c.Options = append(c.Options, option{d.Name, d.Label(v.lang), i < len(card) && card[i] == d.Name})
		}
		p.Card = append(p.Card, c)
	}
	return nil
}

// chosenLists fills in all related lists, the hidden ones last, and what could be a new one.
func (v *visit) chosenLists(p *customizePage) error {
	lists, err := relations.ListsOf(v.ctx(), v.s)
	if err != nil {
		return err
	}
	visible := len(lists)
	for _, l := range relations.Lists() {
		if !slices.ContainsFunc(lists, func(o *relations.List) bool { return o.Name == l.Name }) {
			lists = append(lists, l)
		}
	}
	for i, l := range lists {
		_, shape, err := v.recordsOf(l.Module)
		if errors.Is(err, record.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		row := listRow{N: i + 1, Name: l.Name, Title: l.Title(v.lang), Shown: i < visible, Own: relations.ListNamed(l.Name) == nil}
		for _, d := range shape.Fields() {
			row.Columns = append(row.Columns, option{d.Name, d.Label(v.lang), slices.Contains(l.Columns, d.Name)})
		}
		p.Lists = append(p.Lists, row)
	}
	for _, m := range shownModules {
		_, shape, err := v.recordsOf(m)
		if err != nil {
			return err
		}
		for _, d := range shape.Fields() {
			if d.To == account.Module || d.To == record.AnyModule {
				p.Kinds = append(p.Kinds, option{Value: m + "." + d.Name, Text: v.moduleName(m) + " · " + d.Label(v.lang)})
			}
		}
	}
	return nil
}

func (v *visit) chosenLinks(p *customizePage) error {
	links, err := relations.Links(v.ctx(), v.s)
	for i := range len(links) + blankLinks {
		row := linkRow{N: i + 1}
		if i < len(links) {
			row.Link = links[i]
		}
		p.Links = append(p.Links, row)
	}
	return err
}

// save stores a part of what was chosen, or shows what is wrong with it.
func (v *visit) save(fn func(ctx context.Context, form url.Values) error) error {
	if err := v.r.ParseForm(); err != nil {
		return formFault(err)
	}
	err := fn(v.ctx(), v.r.PostForm)
	if refused := new(record.ValidationError); errors.As(err, &refused) {
		return v.customizePage(http.StatusUnprocessableEntity, refused)
	}
	if err == nil {
		v.to("/customize?done=saved")
	}
	return err
}

// saveCard stores the fields of the business card.
func (s *server) saveCard(v *visit) error {
	return v.save(func(ctx context.Context, form url.Values) error {
		fields := slices.DeleteFunc(slices.Clone(form["field"]), func(f string) bool { return f == "" })
		return relations.SaveCardFields(ctx, v.s, fields...)
	})
}

// saveLinks stores the links. One without a name and an address is none.
func (s *server) saveLinks(v *visit) error {
	return v.save(func(ctx context.Context, form url.Values) error {
		old, err := relations.Links(ctx, v.s)
		if err != nil {
			return err
		}
		var links []relations.Link
		names, chinese, addresses := form["name"], form["chinese"], form["url"]
		for i := range min(len(names), len(chinese), len(addresses)) {
			l := relations.Link{Name: strings.TrimSpace(names[i]), Chinese: strings.TrimSpace(chinese[i]), URL: strings.TrimSpace(addresses[i])}
			if l.Name == "" && l.URL == "" {
				continue
			}
			if i < len(old) {
				l.Profiles = old[i].Profiles // which the form does not show
			}
			links = append(links, l)
		}
		return relations.SaveLinks(ctx, v.s, links...)
	})
}

// saveLists stores which lists there are, in which order, with which columns, and a new one if one was described.
func (s *server) saveLists(v *visit) error {
	return v.save(func(ctx context.Context, form url.Values) error {
		old, err := relations.ListChoices(ctx, v.s)
		if err != nil {
			return err
		}
		now, err := relations.ListsOf(ctx, v.s)
		if err != nil {
			return err
		}
		type placed struct {
			relations.ListChoice
			at int
		}
		var choices []placed
		for i, name := range form["list"] {
			c := relations.ListChoice{Name: name}
			if at := slices.IndexFunc(old, func(o relations.ListChoice) bool { return o.Name == name }); at >= 0 {
				c = old[at]
			}
			if form.Has("remove."+name) && c.Module != "" {
				continue
			}
			c.Hidden = !form.Has("shown." + name)
			columns := form["columns."+name]
			if at := slices.IndexFunc(now, func(l *relations.List) bool { return l.Name == name }); at >= 0 {
				columns = inOldOrder(now[at].Columns, columns)
			}
			if len(columns) > 0 {
				c.Columns = columns
			}
			place := i
			if n, err := strconv.Atoi(form.Get("place." + name)); err == nil {
				place = n - 1
			}
			choices = append(choices, placed{c, place})
		}
		slices.SortStableFunc(choices, func(a, b placed) int { return a.at - b.at })
		var all []relations.ListChoice
		for _, c := range choices {
			all = append(all, c.ListChoice)
		}
		if c, ok := v.newList(form); ok {
			all = append(all, c)
		}
		return relations.SaveLists(ctx, v.s, nil, all...)
	})
}

// inOldOrder returns the columns that were chosen: those that were there in the order that they had, and then the others.
func inOldOrder(old, chosen []string) (columns []string) {
	for _, c := range old {
		if slices.Contains(chosen, c) {
			columns = append(columns, c)
		}
	}
	for _, c := range chosen {
		if !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	return columns
}

// newList returns the list that a form describes, if it does. It begins with what names its records, and when they were made.
func (v *visit) newList(form url.Values) (c relations.ListChoice, ok bool) {
	title := strings.TrimSpace(form.Get("title"))
	module, via, ok := strings.Cut(form.Get("records"), ".")
	if title == "" || !ok {
		return c, false
	}
	_, shape, err := v.recordsOf(module)
	if err != nil {
		return c, false
	}
	c = relations.ListChoice{Name: "List_" + v.s.NewID().String(), English: title, Chinese: strings.TrimSpace(form.Get("title.zh")), Module: module, Via: via}
	for _, l := range relations.Lists() {
		if l.Module == module {
			c.Columns = l.Columns
			return c, true
		}
	}
	c.Columns = []string{nameField(shape), "Created_Time", "Owner"}
	return c, true
}
