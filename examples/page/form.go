package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
)

// formPage is the form of a record, new or stored. Everything in it follows from the module's fields.
type formPage struct {
	*frame
	Module  string
	Action  string // where it is sent to
	Cancel  string // where it is left for
	ID      record.ID
	Version int64 // that the visitor has seen; 0 for a new record
	Groups  []group
	Stale   string // says that somebody else has changed the record meanwhile
	Again   string // the address of the form with the record as it is now
	Errors  []formError
}

// group is some fields that belong together, such as those of an address.
type group struct {
	Title  string
	Inputs []input
}

// formError is an error at the top of a form, which leads to its input.
type formError struct{ Field, Label, Text string }

// draft is what a form begins with: a record, and what it shows of each field. A text that comes back as it was shown leaves its
// field as it is, so that what a form cannot show to the last digit is kept.
type draft struct {
	rs      *record.Records
	shape   *record.Shape
	rec     *record.Record
	inputs  []input
	account record.ID // to whose page the visitor returns
	list    string    // and to which list there
}

// origin is the part of a form's address that says from where it was opened.
func (d *draft) origin(more url.Values) url.Values {
	q := url.Values{}
	if !d.account.IsZero() {
		q.Set("account", d.account.String())
	}
	if d.list != "" {
		q.Set("list", d.list)
	}
	for k, values := range more {
		q[k] = values
	}
	return q
}

// back is the page to which the visitor returns after something was done.
func (d *draft) back(done string, id record.ID) string {
	q := url.Values{}
	if done != "" {
		q.Set("done", done)
	}
	if module := d.shape.Module; d.account.IsZero() {
		switch {
		case module == account.Module && !id.IsZero():
			return address("/accounts/"+id.String(), q)
		case module == lead.Module && !id.IsZero():
			return address("/leads/"+id.String(), q)
		case module == lead.Module:
			return address("/leads", q)
		}
		return address("/accounts", q)
	}
	to := address("/accounts/"+d.account.String(), q)
	if d.list != "" {
		to += "#" + url.PathEscape(d.list)
	}
	return to
}

// draft opens the form of the module in the path: of the record with an id, of a copy of another, or of a new one.
func (v *visit) draft(id record.ID) (d *draft, err error) {
	d = &draft{}
	if d.rs, d.shape, err = v.records(); err != nil {
		return nil, err
	}
	q := v.r.URL.Query()
	if text := q.Get("account"); text != "" {
		if d.account, err = record.ParseID(text); err != nil {
			return nil, errRequest
		}
	}
	list, err := v.listNamed(q.Get("list"))
	if err != nil {
		return nil, err
	}
	if list != nil {
		d.list = list.Name
	}
	switch clone := q.Get("clone"); {
	case !id.IsZero():
		d.rec, err = d.rs.Get(v.ctx(), id)
	case clone != "":
		var of record.ID
		if of, err = record.ParseID(clone); err != nil {
			return nil, errRequest
		}
		d.rec, err = d.rs.CloneDraft(v.ctx(), of)
	default:
		d.rec = d.rs.New()
		if list != nil && list.Module == d.shape.Module {
			leadTo(d, list.Via)
		}
	}
	if err != nil {
		return nil, err
	}
	d.inputs, err = v.inputs(d)
	return d, err
}

// leadTo makes a new record lead to the account from whose page it comes.
func leadTo(d *draft, via string) {
	def, ok := d.shape.Field(via)
	if !ok || d.account.IsZero() {
		return
	}
	d.rec.Set(via, record.Custom(d.account))
	if def.To == record.AnyModule {
		d.rec.Set(def.ToIn, record.Custom(account.Module))
	}
}

// page returns the form as a page.
func (v *visit) formPage(d *draft, stored bool) *formPage {
	p := &formPage{Module: d.shape.Module, Groups: grouping(d.inputs), ID: d.rec.ID, Version: d.rec.Version}
	path := "/records/" + d.shape.Module
	if stored {
		p.frame = v.frame(fmt.Sprintf(v.say("form.edit"), v.moduleName(d.shape.Module)))
		p.Action = address(path+"/"+d.rec.ID.String(), d.origin(nil))
		p.Again = p.Action
		p.Cancel = d.back("", d.rec.ID)
		return p
	}
	more := url.Values{}
	title := "form.new"
	if clone := v.r.URL.Query().Get("clone"); clone != "" {
		more.Set("clone", clone)
		title = "form.clone"
	}
	p.frame = v.frame(fmt.Sprintf(v.say(title), v.moduleName(d.shape.Module)))
	p.Action = address(path+"/new", d.origin(more))
	p.Cancel = d.back("", record.ID{})
	p.ID = v.s.NewID() // so that a form that is sent twice makes one record
	return p
}

func (s *server) newRecord(v *visit) error {
	d, err := v.draft(record.ID{})
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "form", v.formPage(d, false))
}

func (s *server) editRecord(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	d, err := v.draft(id)
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "form", v.formPage(d, true))
}

func (s *server) createRecord(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return formFault(err)
	}
	id, err := record.ParseID(v.r.PostForm.Get("id"))
	if err != nil {
		return errRequest
	}
	d, err := v.draft(record.ID{})
	if err != nil {
		return err
	}
	if err := v.fill(d); err != nil {
		return err
	}
	d.rec.ID = id
	session := v.s.From("page")
	if v.r.URL.Query().Has("clone") {
		session = v.s.From("clone")
	}
	err = d.rs.In(session).Create(v.ctx(), d.rec)
	if refused := new(record.ValidationError); errors.As(err, &refused) {
		p := v.formPage(d, false)
		p.ID = id
		return v.refuse(p, d, refused)
	}
	if err != nil {
		return err
	}
	v.to(d.back("created", id))
	return nil
}

func (s *server) saveRecord(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return formFault(err)
	}
	version, err := strconv.ParseInt(v.r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return errRequest
	}
	d, err := v.draft(id)
	if err != nil {
		return err
	}
	if err := v.fill(d); err != nil {
		return err
	}
	newest := d.rec.Version
	d.rec.Version = version
	err = d.rs.In(v.s.From("page")).Update(v.ctx(), d.rec)
	if newest != version && isValidation(err) {
		err = record.ErrStale // what the visitor saw is no longer so, whatever else is wrong
	}
	refused := new(record.ValidationError)
	switch {
	case errors.Is(err, record.ErrStale):
		p := v.formPage(d, true)
		p.Version, p.Stale, p.Groups = version, v.say("form.stale"), grouping(d.inputs)
		return v.render(http.StatusConflict, "form", p)
	case errors.As(err, &refused):
		p := v.formPage(d, true)
		p.Version = version
		return v.refuse(p, d, refused)
	case err != nil:
		return err
	}
	v.to(d.back("saved", id))
	return nil
}

// refuse shows a form again, as it was typed, with what is wrong beside each input, and all of it at the top in the order of the form.
func (v *visit) refuse(p *formPage, d *draft, refused *record.ValidationError) error {
	var others []formError // of fields that have no input
	said := map[string][]string{}
	for _, e := range refused.Fields {
		said[e.Field] = append(said[e.Field], e.Message(v.lang))
	}
	for i := range d.inputs {
		in := &d.inputs[i]
		for _, text := range said[in.Name] {
			p.Errors = append(p.Errors, formError{in.Name, in.Label, text})
		}
		in.Error = strings.Join(said[in.Name], v.say("value.and"))
		delete(said, in.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(said)) {
		for _, text := range said[name] {
			others = append(others, formError{"", label(d.shape, name, v.lang), text})
		}
	}
	p.Errors = append(p.Errors, others...)
	p.Groups = grouping(d.inputs)
	return v.render(http.StatusUnprocessableEntity, "form", p)
}

// formFault keeps apart what was too much and what was wrong.
func formFault(err error) error {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return err
	}
	return errRequest
}
