package main

import (
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// notes are the notes on an account, with the form of a new one.
type notes struct {
	All    []note
	Action string // where the form is sent to
	ID     record.ID
}

// note is one of them.
type note struct {
	row
	Title string
	Text  string
	Kind  string // of one that is no plain note
	Place string
	Who   string
	When  string
}

// notes returns the notes of a table as they are shown on the page.
func (v *visit) notes(t *table, recs []*record.Record, action string) *notes {
	ns := &notes{Action: action, ID: v.s.NewID()}
	for i, rec := range recs {
		m := rec.Meta()
		n := note{row: t.Rows[i], Title: rec.Text("Note_Title", nil), Text: rec.Text("Note_Content", nil), Who: string(m.CreatedBy), When: v.moment(m.CreatedTime)}
		if rec.Value("Note_Kind").Text() != relations.Remark {
			n.Kind, n.Place = rec.Text("Note_Kind", v.s.Locale()), rec.Text("Check_In_Place", nil)
		}
		ns.All = append(ns.All, n)
	}
	return ns
}
