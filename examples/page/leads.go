package main

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// leadColumns are the columns of the list of leads.
var leadColumns = []string{"Full_Name", "Company", "Email", "Phone", "Lead_Status", "Lead_Source", "Owner"}

// leadsPage is the list of leads: of the open ones, or of those that were converted.
type leadsPage struct {
	*frame
	Table     *table
	First     string
	Next      string
	Other     string // the address of the other list
	Converted bool
}

// leadList shows the leads by the page, the newest first unless another order is asked for.
func (s *server) leadList(v *visit) error {
	rs, shape, err := v.recordsOf(lead.Module)
	if err != nil {
		return err
	}
	asked := v.r.URL.Query()
	p := &leadsPage{frame: v.frame(v.say("leads")), Converted: asked.Has("converted")}
	p.Nav = "leads"
	fields, order := fieldsOf(shape, leadColumns), orderBy(asked.Get("sort"), leadColumns, record.By("-id"))
	q := record.Query{Order: order, After: record.Cursor(asked.Get("after")), Limit: rowsOnPage}
	kind := url.Values{}
	if p.Other = "/leads?converted=1"; p.Converted {
		q.Aside, p.Other = record.AsideOnly, "/leads"
		kind.Set("converted", "1")
	}
	recs, next, err := rs.List(v.ctx(), q)
	if err != nil {
		return badQuery(err)
	}
	total, more, err := rs.CountTo(v.ctx(), record.Query{Aside: q.Aside}, 10_000)
	if err != nil {
		return err
	}
	here := func(key, value string) string {
		u := url.Values{key: {value}}
		if p.Converted {
			u.Set("converted", "1")
		}
		if key != "sort" && asked.Get("sort") != "" {
			u.Set("sort", asked.Get("sort"))
		}
		return address("/leads", u)
	}
	p.Table = &table{Name: "leads", Title: p.Title, Count: countText(total, more), Empty: v.say("list.none")}
	p.Table.Columns = v.columns(fields, order, func(sort string) string { return here("sort", sort) })
	if err := v.rows(p.Table, fields, recs, nil); err != nil {
		return err
	}
	if q.After != "" {
		p.First = address("/leads", kind)
	}
	if next != "" {
		p.Next = here("after", string(next))
	}
	return v.render(http.StatusOK, "leads", p)
}

// leadPage is one lead: what is known of it, and the form that converts it, or what it became.
type leadPage struct {
	*frame
	Name   string
	Self   string
	Edit   string
	Groups []shownGroup
	Became []shownField
	Form   *conversion
}

// conversion is the form that converts a lead, with what would come of it.
type conversion struct {
	Accounts, Contacts, Stages []option
	Deal                       bool
	DealName, Closing          string
	Parts                      []planned
	Lost, Against, Moves       []string
}

// planned is a record that would come of the lead.
type planned struct {
	Title  string
	Link   cell // to the record that would be linked; no text when it is a new one
	Values []plannedValue
}

// plannedValue is one of its values, and where that comes from.
type plannedValue struct{ Label, Text, From string }

// showLead shows a lead, and what its conversion would do with the choices that the address has.
func (s *server) showLead(v *visit) error { return v.lead(http.StatusOK, nil) }

// convertLead converts a lead, or shows what stands against it.
func (s *server) convertLead(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	o, err := v.conversionOptions()
	if err != nil {
		return err
	}
	r, err := lead.In(v.s).Convert(v.ctx(), id, o)
	var several *lead.AmbiguousError
	switch {
	case errors.Is(err, lead.ErrConverted):
		v.to(address("/leads/"+id.String(), nil))
		return nil
	case isValidation(err), errors.As(err, &several):
		return v.lead(http.StatusUnprocessableEntity, err)
	case err != nil:
		return err
	}
	if r.Account.IsZero() {
		v.to(address("/leads/"+id.String(), url.Values{"done": {"converted"}}))
	} else {
		v.to(address("/accounts/"+r.Account.String(), url.Values{"done": {"converted"}}))
	}
	return nil
}

// revertLead takes a conversion back.
func (s *server) revertLead(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if _, err := lead.In(v.s).Revert(v.ctx(), id); err != nil {
		return err
	}
	v.to(address("/leads/"+id.String(), url.Values{"done": {"reverted"}}))
	return nil
}

// conversionOptions reads the choices of the form.
func (v *visit) conversionOptions() (*lead.Options, error) {
	o := &lead.Options{}
	for name, t := range map[string]*lead.Target{"account": &o.Account, "contact": &o.Contact} {
		switch text := v.r.FormValue(name); text {
		case "":
		case "new":
			t.New = true
		case "none":
			o.NoAccount = name == "account"
		default:
			id, err := record.ParseID(text)
			if err != nil {
				return nil, errRequest
			}
			t.ID = id
		}
	}
	if v.r.FormValue("deal") != "" {
		o.Deal = &lead.Deal{Name: strings.TrimSpace(v.r.FormValue("deal-name")), Stage: v.r.FormValue("stage")}
		if text := v.r.FormValue("closing"); text != "" {
			d, err := record.ParseDate(text)
			if err != nil {
				return nil, errRequest
			}
			o.Deal.ClosingDate = d
		}
		if i := strings.LastIndex(o.Deal.Stage, "\t"); i >= 0 { // of which pipeline it is
			o.Deal.Pipeline, o.Deal.Stage = o.Deal.Stage[:i], o.Deal.Stage[i+1:]
		}
	}
	return o, nil
}

// lead shows the page of a lead, with what stood against its conversion.
func (v *visit) lead(status int, against error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	rs, shape, err := v.recordsOf(lead.Module)
	if err != nil {
		return err
	}
	rec, err := rs.Get(v.ctx(), id)
	if err != nil {
		return err
	}
	name := nameOf(rec, rec.Shape())
	p := &leadPage{frame: v.frame(plain(name)), Name: name, Self: "/leads/" + id.String()}
	p.Nav = "leads"
	if p.Groups, err = v.groupsOf(rec, shape.Fields()); err != nil {
		return err
	}
	if rec.Value(lead.ConvertedField).Bool() {
		fields := fieldsOf(shape, []string{lead.ConvertedAccountField, lead.ConvertedContactField, lead.ConvertedDealField, lead.ConvertedTimeField})
		cells, err := v.cellsOf(fields, rec)
		if err != nil {
			return err
		}
		for _, d := range fields {
			if !rec.Value(d.Name).IsNull() {
				p.Became = append(p.Became, shownField{Label: d.Label(v.lang), cell: cells.cell(rec, &d)})
			}
		}
		return v.render(status, "lead", p)
	}
	p.Edit = "/records/" + lead.Module + "/" + id.String()
	if p.Form, err = v.conversion(id, against); err != nil {
		return err
	}
	return v.render(status, "lead", p)
}

// conversion makes the form, and what its choices would come to.
func (v *visit) conversion(id record.ID, against error) (*conversion, error) {
	if err := v.r.ParseForm(); err != nil {
		return nil, err
	}
	o, err := v.conversionOptions()
	if err != nil {
		return nil, err
	}
	c := &conversion{Deal: o.Deal != nil, DealName: v.r.FormValue("deal-name"), Closing: v.r.FormValue("closing")}
	plan, err := lead.In(v.s).Preview(v.ctx(), id, o)
	if err != nil {
		return nil, err
	}
	choices := func(module, chosen string, words ...string) (all []option) {
		for i := 0; i < len(words); i += 2 {
			all = append(all, option{words[i], v.say(words[i+1]), chosen == words[i]})
		}
		for _, m := range plan.Matches {
			if m.Module == module {
				all = append(all, option{m.ID.String(), plain(m.Name), chosen == m.ID.String()})
			}
		}
		return all
	}
	c.Accounts = choices(account.Module, v.r.FormValue("account"), "", "lead.auto", "new", "lead.new", "none", "lead.none")
	c.Contacts = choices(relations.ContactModule, v.r.FormValue("contact"), "", "lead.auto", "new", "lead.new")
	pipelines, err := relations.Pipelines(v.ctx(), v.s)
	if err != nil {
		return nil, err
	}
	for _, in := range pipelines {
		for _, stage := range in.Stages {
			value, text := stage.Name, record.Words{English: stage.Name, Chinese: stage.Chinese}.In(v.lang)
			if len(pipelines) > 1 {
				value, text = in.Name+"\t"+value, record.Words{English: in.Name, Chinese: in.Chinese}.In(v.lang)+" · "+text
			}
			c.Stages = append(c.Stages, option{value, text, v.r.FormValue("stage") == value})
		}
	}
	for _, part := range []*lead.Part{plan.Account, plan.Contact, plan.Deal} {
		if part == nil {
			continue
		}
		if err := v.planned(c, part); err != nil {
			return nil, err
		}
	}
	for _, lost := range plan.Lost {
		c.Lost = append(c.Lost, v.lostName(&lost)+v.say("colon")+lost.Reason.Label(v.lang))
	}
	for _, m := range plan.Moves {
		c.Moves = append(c.Moves, v.moduleName(m.Item.Module))
	}
	if against == nil {
		against = plan.Err()
	}
	c.Against = v.standsAgainst(against)
	return c, nil
}

// planned adds a record of the plan.
func (v *visit) planned(c *conversion, part *lead.Part) error {
	_, shape, err := v.recordsOf(part.Module)
	if err != nil {
		return err
	}
	p := planned{Title: v.moduleName(part.Module)}
	if !part.New() {
		p.Link = cell{Text: v.say("lead.linked"), Href: v.pageOf(record.Link{Module: part.Module, ID: part.ID})}
	}
	leads, err := v.s.Records(lead.Module)
	if err != nil {
		return err
	}
	for _, value := range part.Values {
		d, ok := shape.Field(value.Field)
		if !ok || value.Kept || value.Origin == lead.OfPart {
			continue
		}
		from := ""
		if source, ok := leads.Shape().Field(value.From); ok {
			from = source.Label(v.lang)
		}
		p.Values = append(p.Values, plannedValue{d.Label(v.lang), v.text(&d, value.Value), from})
	}
	c.Parts = append(c.Parts, p)
	return nil
}

// lostName says what of the lead has nowhere to go.
func (v *visit) lostName(l *lead.Loss) string {
	if l.Field == "" {
		return v.moduleName(l.Item.Module)
	}
	if rs, err := v.s.Records(lead.Module); err == nil {
		if d, ok := rs.Shape().Field(l.Field); ok {
			return d.Label(v.lang)
		}
	}
	return l.Field
}

// standsAgainst says what is wrong, each with the field and the module that it is about.
func (v *visit) standsAgainst(err error) (all []string) {
	var several *lead.AmbiguousError
	var refused *record.ValidationError
	var forbidden *record.ForbiddenError
	switch {
	case errors.As(err, &several):
		all = append(all, several.Message(v.lang))
	case errors.As(err, &forbidden):
		all = append(all, forbidden.Message(v.lang))
	case errors.As(err, &refused):
		for _, e := range refused.Fields {
			label := e.Field
			if module, ok := e.Args["module"].(string); ok {
				if rs, err := v.s.Records(module); err == nil {
					if d, ok := rs.Shape().Field(e.Field); ok {
						label = v.moduleName(module) + " · " + d.Label(v.lang)
					}
				}
			}
			all = append(all, label+v.say("colon")+e.Message(v.lang))
		}
	}
	return all
}
