package main

import (
	"net/url"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// day is what happened on one day.
type day struct {
	Date    string
	Entries []happening
}

// happening is one change of one record.
type happening struct {
	Time    string
	Icon    string // the kind of what happened, for a mark
	What    string
	Of      string // what kind of record it happened to, when that is not the account itself
	Record  cell
	Who     string
	How     string
	Changes []fieldChange
}

// fieldChange is what became of one field.
type fieldChange struct {
	Label    string
	Old, New cell
}

// newsOnPage is how many entries a page of the timeline has.
const newsOnPage = 40

// timeline fills in what happened to an account and to what hangs on it, newest first, by day: of all records, or of those of the
// module that the address names.
func (v *visit) timeline(p *detailPage) error {
	asked := v.r.URL.Query()
	q := record.TimelineQuery{After: record.Cursor(asked.Get("after")), Limit: newsOnPage}
	of := asked.Get("of")
	if shown(of) {
		q.Modules = []string{of}
	}
	entries, next, err := relations.Timeline(v.ctx(), v.s, p.ID, q)
	if err != nil {
		return err
	}
	here := func(more url.Values) string { return address(p.Timeline, more) }
	p.Filters = []option{{Value: p.Timeline, Text: v.say("timeline.all"), Chosen: q.Modules == nil}}
	for _, m := range shownModules {
		p.Filters = append(p.Filters, option{Value: here(url.Values{"of": {m}}), Text: v.moduleName(m), Chosen: m == of})
	}
	if next != "" {
		more := url.Values{"after": {string(next)}}
		if q.Modules != nil {
			more.Set("of", of)
		}
		p.Earlier = here(more)
	}
	names, err := v.namesIn(entries)
	if err != nil {
		return err
	}
	for _, e := range entries {
		h, err := v.happening(e, p.ID, names)
		if err != nil {
			return err
		}
		date := v.moment(e.Time)[:len("2006-01-02")]
		if len(p.Days) == 0 || p.Days[len(p.Days)-1].Date != date {
			p.Days = append(p.Days, day{Date: date})
		}
		last := &p.Days[len(p.Days)-1]
		last.Entries = append(last.Entries, h)
	}
	return nil
}

// happening returns an entry of the timeline of an account as it is shown.
func (v *visit) happening(e *record.Entry, of record.ID, names map[record.Link]string) (h happening, err error) {
	h = happening{Time: v.moment(e.Time)[len("2006-01-02 "):], Icon: string(e.Action), What: v.say("action." + string(e.Action)), Who: string(e.Actor)}
	if key := "source." + e.Source; known(key) {
		h.How = v.say(key)
	}
	if e.Record != of || e.Module != account.Module {
		h.Of = v.moduleName(e.Module)
		h.Record.Text = e.Name
		if shown(e.Module) && e.Name != "" && e.Action != record.Deleted {
			h.Record.Href = v.pageOf(record.Link{Module: e.Module, ID: e.Record})
		}
	}
	rs, err := v.s.Records(e.Module)
	if err != nil {
		return h, err
	}
	shape, err := rs.Load(v.ctx())
	if err != nil {
		return h, err
	}
	rec, cells := rs.New(), &cells{v, names}
	for _, c := range e.Changes {
		if d, ok := shape.Field(c.Field); ok {
			h.Changes = append(h.Changes, fieldChange{d.Label(v.lang), cells.value(rec, &d, c.Old), cells.value(rec, &d, c.New)})
		}
	}
	return h, nil
}

// namesIn returns the names of the records to which changed links led, or lead now.
func (v *visit) namesIn(entries []*record.Entry) (map[record.Link]string, error) {
	wanted := map[string][]record.ID{}
	for _, e := range entries {
		rs, err := v.s.Records(e.Module)
		if err != nil {
			return nil, err
		}
		for _, c := range e.Changes {
			d, ok := rs.Shape().Field(c.Field)
			if !ok || d.To == "" || d.To == record.AnyModule {
				continue
			}
			for _, id := range []record.ID{c.Old.ID(), c.New.ID()} {
				if !id.IsZero() {
					wanted[d.To] = append(wanted[d.To], id)
				}
			}
		}
	}
	return v.namesOf(wanted)
}
