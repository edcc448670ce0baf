package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clientele-go/crm/record"
)

// table is some records under headings.
type table struct {
	Name    string // also of its place on the page
	Title   string
	Count   string // how many there are
	Columns []column
	Rows    []row
	Empty   string // what is said when there are none
	Denied  bool   // the actor may not see such records
	New     string // the address of the form of a new one; "" when none can be made here
	All     string // the address of the whole list; "" when all of it is here
	Actions bool   // rows have buttons
	Adds    *adder // existing records can be added
	Upload  string // where files are sent to; "" where none can be attached
	Notes   *notes // the records are notes, which are shown as such
}

// column is a heading, which sorts the table.
type column struct {
	Label  string
	Href   string
	Sort   string // "ascending", "descending", or "" when the table is in another order
	Number bool
}

// row is a record.
type row struct {
	ID     record.ID
	Name   string // for the names of its buttons
	Href   string
	Cells  []cell
	Edit   string
	Get    string // where its file is, in place of a form
	Remove string // where it is deleted, or taken out
	Unlink bool   // it is taken out
}

// adder is the form that adds existing records to a list.
type adder struct {
	Action  string
	Options []option
}

// columns returns the headings of fields. Each leads to the table in its order, or in the other direction when it is in that already.
func (v *visit) columns(fields []record.Def, order []record.Order, href func(sort string) string) (all []column) {
	for _, d := range fields {
		c := column{Label: d.Label(v.lang), Href: href(d.Name), Number: isNumber(&d)}
		if len(order) > 0 && order[0].Field == d.Name {
			if c.Sort = "descending"; !order[0].Desc {
				c.Sort, c.Href = "ascending", href("-"+d.Name)
			}
		}
		all = append(all, c)
	}
	return all
}

// rows fills a table with records. finish, unless it is nil, adds what else a row has.
func (v *visit) rows(t *table, fields []record.Def, recs []*record.Record, finish func(*row, *record.Record)) error {
	cells, err := v.cellsOf(fields, recs...)
	if err != nil {
		return err
	}
	for _, rec := range recs {
		r := row{ID: rec.ID, Name: plain(nameOf(rec, rec.Shape())), Href: v.pageOf(rec.Link())}
		for i := range fields {
			r.Cells = append(r.Cells, cells.cell(rec, &fields[i]))
		}
		if len(r.Cells) > 0 { // the first column leads to the record
			r.Cells[0].Href, r.Cells[0].Out = r.Href, false
			if strings.TrimSpace(plain(r.Cells[0].Text)) == "" {
				r.Cells[0].Text = v.say("value.unnamed")
			}
		}
		if finish != nil {
			finish(&r, rec)
		}
		t.Rows = append(t.Rows, r)
	}
	return nil
}

// countText shows how many there are, or more than which number.
func countText(n int64, more bool) string {
	text := grouped(fmt.Sprint(n), false)
	if more {
		text += "+"
	}
	return text
}

func isValidation(err error) bool {
	var refused *record.ValidationError
	return errors.As(err, &refused)
}
