package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

// cell is a value as a page shows it.
type cell struct {
	Text   string
	Href   string // where it leads, if anywhere; the templates let no address through that a browser would run
	Out    bool   // that is another site
	Number bool   // it stands at the right
	Short  bool   // it is not broken into lines
}

// cells makes cells of the values of records, and knows the names of what they link to.
type cells struct {
	v     *visit
	names map[record.Link]string
}

// cellsOf returns what makes cells of some fields of some records. It asks once for each module that they link to.
func (v *visit) cellsOf(fields []record.Def, recs ...*record.Record) (*cells, error) {
	wanted := map[string][]record.ID{}
	for _, d := range fields {
		for _, rec := range recs {
			if l, ok := linkIn(rec, &d); ok {
				wanted[l.Module] = append(wanted[l.Module], l.ID)
			}
		}
	}
	names, err := v.namesOf(wanted)
	return &cells{v, names}, err
}

// linkIn returns where a field of a record leads.
func linkIn(rec *record.Record, d *record.Def) (l record.Link, ok bool) {
	if d.To == "" {
		return l, false
	}
	l = record.Link{Module: d.To, ID: rec.Value(d.Name).ID()}
	if d.To == record.AnyModule {
		l.Module = rec.Value(d.ToIn).Text()
	}
	return l, !l.ID.IsZero() && l.Module != ""
}

// namesOf returns the names of records, of those that the actor sees.
func (v *visit) namesOf(wanted map[string][]record.ID) (map[record.Link]string, error) {
	names := map[record.Link]string{}
	for module, ids := range wanted {
		rs, shape, err := v.recordsOf(module)
		if err != nil {
			continue // a module that no page shows
		}
		recs, _, err := rs.List(v.ctx(), record.Query{Where: record.In("id", ids...), Limit: record.MaxLimit})
		if err != nil {
			return nil, err
		}
		for _, rec := range recs {
			names[rec.Link()] = nameOf(rec, shape)
		}
	}
	return names, nil
}

// nameField returns the field that names a record for people: the first that is folded.
func nameField(shape *record.Shape) string {
	for _, d := range shape.Fields() {
		if d.Folded {
			return d.Name
		}
	}
	return ""
}

// nameOf returns the name of a record, and its id when it has none.
func nameOf(rec *record.Record, shape *record.Shape) string {
	if name := rec.Text(nameField(shape), nil); name != "" {
		return name
	}
	return rec.ID.String()
}

// cell returns a field of a record as it is shown.
func (c *cells) cell(rec *record.Record, d *record.Def) cell {
	return c.value(rec, d, rec.Value(d.Name))
}

// value returns a value of a field as it is shown.
func (c *cells) value(rec *record.Record, d *record.Def, v storage.Value) (s cell) {
	s.Text, s.Number = c.v.text(d, v), isNumber(d)
	switch {
	case v.IsNull():
	case d.To != "":
		l, _ := linkIn(rec, d)
		l.ID = v.ID()
		if s.Text = c.names[l]; s.Text != "" {
			s.Href = c.v.pageOf(l)
		} else {
			s.Text = c.v.say("value.unseen")
		}
	case d.Type.Name() == "website":
		s.Href, s.Out = webAddress(s.Text), true
	case d.Type.Name() == "email":
		s.Href = "mailto:" + s.Text
	case d.Type.Name() == "module":
		s.Text = c.v.moduleName(s.Text)
	}
	s.Short = utf8.RuneCountInString(s.Text) <= shortText && d.Type.Name() != "textarea"
	return s
}

// shortText is how many characters a value has at most that stands in one line.
const shortText = 30

// pageOf returns the address of the page of a record, from which the visitor comes back to the account whose page this is.
func (v *visit) pageOf(l record.Link) string {
	switch l.Module {
	case account.Module:
		return "/accounts/" + l.ID.String()
	case relations.AttachmentModule:
		return "/attachments/" + l.ID.String()
	case lead.Module:
		return "/leads/" + l.ID.String()
	}
	q := url.Values{}
	if !v.of.IsZero() {
		q.Set("account", v.of.String())
	}
	return address("/records/"+l.Module+"/"+l.ID.String(), q)
}

// webAddress returns a web address with its scheme.
func webAddress(s string) string {
	if strings.Contains(s, "://") {
		return s
	}
	return "https://" + s
}

// text returns a value of a field for people to read.
func (v *visit) text(d *record.Def, value storage.Value) string {
	if value.IsNull() {
		return ""
	}
	locale := v.s.Locale()
	text := d.Type.Format(value, locale)
	if isMulti(d.Type) {
		return strings.Join(strings.Split(text, ";"), v.say("value.and"))
	}
	switch d.Type.Name() {
	case "currency", "double", "integer", "bigint":
		return grouped(text, d.Type.Name() == "currency")
	case "percent":
		return text + "%"
	case "boolean":
		if value.Bool() {
			return v.say("value.yes")
		}
		return v.say("value.no")
	case "datetime":
		return v.moment(value.Time())
	case "subform":
		n := len(readLines(value.Text()))
		return fmt.Sprintf(v.say("value.lines"), n)
	}
	return text
}

// moment shows a time to the minute, in the organization's zone.
func (v *visit) moment(t time.Time) string {
	if zone := v.s.Locale().Zone; zone != nil {
		t = t.In(zone)
	}
	return t.Format("2006-01-02 15:04")
}

func isNumber(d *record.Def) bool {
	switch d.Type.Kind() {
	case storage.Int, storage.Decimal:
		return true
	}
	return false
}

// isMulti reports whether a type holds several values in one text.
func isMulti(t record.Type) bool {
	m, ok := t.(interface{ Multi() bool })
	return ok && m.Multi()
}

// grouped sets a number apart by thousands, and an amount to two places at least.
func grouped(number string, amount bool) string {
	sign, rest := "", number
	if strings.HasPrefix(rest, "-") {
		sign, rest = "−", rest[1:]
	}
	whole, fraction, _ := strings.Cut(rest, ".")
	if amount {
		fraction += "00"[:max(0, 2-len(fraction))]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return sign + whole
}

// plain returns a text without what turns the direction of others around it, for places that cannot isolate it.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, s)
}

// shownModules are the modules that have pages, in the order of their menus.
var shownModules = []string{account.Module, lead.Module, relations.ContactModule, relations.DealModule, relations.TaskModule, relations.EventModule, relations.CallModule,
	relations.EmailModule, relations.ProductModule, relations.QuoteModule, relations.SalesOrderModule, relations.InvoiceModule, relations.CaseModule,
	relations.NoteModule, relations.AttachmentModule}

func shown(module string) bool {
	for _, m := range shownModules {
		if m == module {
			return true
		}
	}
	return false
}

// moduleName returns what one record of a module is called.
func (v *visit) moduleName(module string) string {
	rs, err := v.s.Records(module)
	if err != nil {
		return module
	}
	shape := rs.Shape()
	return record.Words{English: shape.Singular, Chinese: shape.Chinese}.In(v.lang)
}
