package main

import (
	"time"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
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
	Who     string
	How     string
	Changes []fieldChange
}

// fieldChange is what became of one field.
type fieldChange struct {
	Label    string
	Old, New cell
}

// timeline returns what happened to an account since a time, newest first, by day.
func (v *visit) timeline(id record.ID, since time.Time) (days []day, err error) {
	rs, shape, err := v.recordsOf(account.Module)
	if err != nil {
		return nil, err
	}
	entries, err := rs.Timeline(v.ctx(), id, since, 0)
	if err != nil {
		return nil, err
	}
	cells, err := v.changedCells(shape, entries)
	if err != nil {
		return nil, err
	}
	rec := rs.New()
	for _, e := range entries {
		at := v.moment(e.Time)
		h := happening{Time: at[len("2006-01-02 "):], Icon: string(e.Action), What: v.say("action." + string(e.Action)), Who: string(e.Actor)}
		if key := "source." + e.Source; known(key) {
			h.How = v.say(key)
		}
		for _, c := range e.Changes {
			if d, ok := shape.Field(c.Field); ok {
				h.Changes = append(h.Changes, fieldChange{d.Label(v.lang), cells.value(rec, &d, c.Old), cells.value(rec, &d, c.New)})
			}
		}
		date := at[:len("2006-01-02")]
		if len(days) == 0 || days[len(days)-1].Date != date {
			days = append(days, day{Date: date})
		}
		last := &days[len(days)-1]
		last.Entries = append(last.Entries, h)
	}
	return days, nil
}

// changedCells returns what shows the values of changes, with the names of what they link to.
func (v *visit) changedCells(shape *record.Shape, entries []*record.Entry) (*cells, error) {
	wanted := map[string][]record.ID{}
	for _, e := range entries {
		for _, c := range e.Changes {
			d, ok := shape.Field(c.Field)
			if !ok || d.To == "" || d.To == record.AnyModule {
				continue
			}
			for _, value := range []record.ID{c.Old.ID(), c.New.ID()} {
				if !value.IsZero() {
					wanted[d.To] = append(wanted[d.To], value)
				}
			}
		}
	}
	names, err := v.namesOf(wanted)
	return &cells{v, names}, err
}
