package lead

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

// source is how records come that a conversion makes. Zoho has the same.
const source = "convert"

// converter makes the plans of some leads in one transaction, and carries them out.
type converter struct {
	s       *record.Session // the actor's
	system  *record.Session // the same, seeing everything
	o       *Options
	mapping Mapping
	preview bool // nothing will be carried out, and all is wanted that there is to say

	leads  *record.Records
	of     map[string]*record.Records // what a lead becomes, by module
	shapes map[string]*record.Shape   // as the actor has the fields of these and of leads
	denied map[string]*record.ForbiddenError
	items  []itemField

	pipelines []relations.Pipeline // of deals; only where one is to be made

	found map[record.ID]*record.Record // the leads that the actor sees
	reach map[record.ID]bool           // those of them that the actor may change
	about map[record.ID][]*move        // what is about each
	known map[string]*index            // what may match, by module
	done  map[record.ID]*Result        // the leads that were converted here
}

// matching are the fields by which a record of a module is the one that a lead is to become, when nothing else is said.
var matching = map[string]struct{ lead, target string }{
	account.Module:          {companyField, "Account_Name"},
	relations.ContactModule: {emailField, emailField},
}

// newConverter reads what the plans of these leads need.
func newConverter(ctx context.Context, s *record.Session, o *Options, ids []record.ID, preview bool) (*converter, error) {
	c := &converter{s: s, system: s.AsSystem(), o: o, preview: preview, of: map[string]*record.Records{}, shapes: map[string]*record.Shape{},
		denied: map[string]*record.ForbiddenError{}, known: map[string]*index{}, done: map[record.ID]*Result{}}
	var err error
	if c.mapping, err = mapping(ctx, s); err != nil {
		return nil, err
	}
	for _, module := range append([]string{Module}, targets...) {
		rs, err := s.Records(module)
		if err != nil {
			return nil, err
		}
		if c.shapes[module], err = rs.Load(ctx); err != nil {
			return nil, err
		}
		c.of[module] = rs
	}
	if err := c.unknown(); err != nil {
		return nil, err
	}
	if o.Deal != nil {
		if c.pipelines, err = relations.Pipelines(ctx, s); err != nil {
			return nil, err
		}
	}
	c.leads = c.of[Module]
	if err := c.read(ctx, ids); err != nil {
		return nil, err
	}
	for _, module := range []string{account.Module, relations.ContactModule} {
		if err := c.match(ctx, module); err != nil {
			return nil, err
		}
	}
	return c, c.readItems(ctx)
}

// unknown refuses options about fields that are not there.
func (c *converter) unknown() error {
	e := &record.ValidationError{}
	for _, module := range []string{relations.ContactModule, account.Module} {
		for _, field := range slices.Sorted(maps.Keys(c.target(module).FillFor)) {
			if _, ok := c.shapes[module].Field(field); !ok {
				e.Fields = append(e.Fields, record.FieldError{Field: field, Code: record.CodeUnknown, Args: record.Args{"module": module}})
			}
		}
	}
	if e.Fields != nil {
		return e
	}
	return nil
}

// read loads the leads that the actor sees.
func (c *converter) read(ctx context.Context, ids []record.ID) (err error) {
	c.found = make(map[record.ID]*record.Record, len(ids))
	by := record.Match{Field: "id", Values: make([]storage.Value, len(ids))}
	for i, id := range ids {
		by.Values[i] = storage.RefValue(id)
	}
	err = c.leads.Matching(ctx, []record.Match{by}, func(rec *record.Record) error {
		c.found[rec.ID] = rec
		return nil
	})
	if err == nil {
		c.reach, err = c.leads.Reached(ctx, record.LevelWrite, ids...)
	}
	return err
}

// index is records of a module by a field, as it is compared.
type index struct {
	field string
	by    map[storage.Value][]*record.Record
}

// match loads the records of a module that leads may become.
func (c *converter) match(ctx context.Context, module string) error {
	on, rs := matching[module], c.of[module]
	x := &index{on.target, map[storage.Value][]*record.Record{}}
	c.known[module] = x
	if err := c.s.Authorise(ctx, module, record.RightView); err != nil {
		var p Plan
		if err := p.lacks(err); err != nil {
			return err
		}
		c.denied[module] = p.Missing[0]
		return nil
	}
	if _, ok := c.shapes[module].Field(on.target); !ok {
		return nil // hidden from the actor
	}
	by := record.Match{Field: on.target}
	ask := func(v storage.Value) {
		if key, ok := rs.MatchKey(on.target, v); ok && x.by[key] == nil {
			x.by[key] = []*record.Record{}
			by.Values = append(by.Values, v)
		}
	}
	if module == account.Module && c.o.Company != "" {
		ask(text(c.o.Company))
	} else {
		for _, l := range c.found {
			ask(l.Value(on.lead))
		}
	}
	if by.Values == nil {
		return nil
	}
	err := rs.Matching(ctx, []record.Match{by}, func(rec *record.Record) error {
		key, _ := rs.MatchKey(on.target, rec.Value(on.target))
		x.by[key] = append(x.by[key], rec)
		return nil
	})
	for _, recs := range x.by {
		slices.SortFunc(recs, func(a, b *record.Record) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	}
	return err
}

// find returns the records that match a value.
func (c *converter) find(module string, v storage.Value) []*record.Record {
	key, ok := c.of[module].MatchKey(c.known[module].field, v)
	if !ok {
		return nil
	}
	return c.known[module].by[key]
}

// took notes a record that was made or changed, for the leads that come after.
func (c *converter) took(ctx context.Context, module string, part *Part) error {
	x := c.known[module]
	if x == nil || !part.changed {
		return nil
	}
	rec := part.rec
	if !part.New() {
		for key, recs := range x.by {
			x.by[key] = slices.DeleteFunc(recs, func(r *record.Record) bool { return r.ID == rec.ID })
		}
	}
	seen, err := c.of[module].Reached(ctx, record.LevelRead, rec.ID) // it may be another's by now
	if key, ok := c.of[module].MatchKey(x.field, rec.Value(x.field)); ok && seen[rec.ID] && c.denied[module] == nil {
		x.by[key] = append(x.by[key], rec)
	}
	return err
}

// plan makes the plan of a lead. It is a *ConvertedError when the lead was converted, and record.ErrNotFound when the actor sees no such lead.
func (c *converter) plan(ctx context.Context, id record.ID) (*Plan, error) {
	if r := c.done[id]; r != nil {
		return nil, &ConvertedError{r}
	}
	rec := c.found[id]
	if rec == nil {
		return nil, fmt.Errorf("%s %s: %w", Module, id, record.ErrNotFound)
	}
	whole := rec
	if _, ok := c.shapes[Module].Field(ConvertedField); !ok {
		all, err := c.system.Records(Module)
		if err != nil {
			return nil, err
		}
		if whole, err = all.Get(ctx, id); err != nil {
			return nil, err
		}
	}
	if whole.Value(ConvertedField).Bool() {
		first, err := firstResult(ctx, c.system, id)
		if err != nil {
			return nil, err
		}
		return nil, &ConvertedError{first}
	}
	p := &Plan{Lead: id, rec: rec, moves: c.about[id], strict: c.o.Strict}
	if err := p.lacks(c.s.Authorise(ctx, Module, record.RightConvert)); err != nil {
		return nil, err
	}
	if !c.reach[id] {
		p.Missing = append(p.Missing, &record.ForbiddenError{Right: record.RightConvert, Module: Module, Record: id})
	}
	if err := c.choose(ctx, p); err != nil {
		return nil, err
	}
	c.fill(p)
	if err := c.check(ctx, p); err != nil {
		return nil, err
	}
	return p, c.route(ctx, p)
}

// choose says which records the lead becomes.
func (c *converter) choose(ctx context.Context, p *Plan) (err error) {
	if company := c.company(p); !c.o.NoAccount && (!company.IsNull() || !c.o.Account.ID.IsZero()) {
		if p.Account, err = c.part(ctx, p, account.Module, &c.o.Account, company); err != nil {
			return err
		}
	}
	p.Contact, err = c.part(ctx, p, relations.ContactModule, &c.o.Contact, p.rec.Value(emailField))
	if err == nil && c.o.Deal != nil {
		p.Deal = &Part{Module: relations.DealModule, rec: c.of[relations.DealModule].New(), changed: true}
	}
	return err
}

// company is the name of the account.
func (c *converter) company(p *Plan) storage.Value {
	if name := strings.TrimSpace(c.o.Company); name != "" {
		return text(name)
	}
	return p.rec.Value(companyField)
}

// part returns the record of a module that the lead becomes: the one that is named, or the only one that matches, or a new one.
func (c *converter) part(ctx context.Context, p *Plan, module string, t *Target, v storage.Value) (*Part, error) {
	part := &Part{Module: module}
	if e := c.denied[module]; e != nil {
		return part, p.lacks(e)
	}
	if !t.ID.IsZero() {
		part.ID = t.ID
		rec, err := c.of[module].Get(ctx, t.ID)
		if err == nil {
			part.rec = c.copied(rec)
			return part, nil
		}
		if !isNotFound(err) {
			return nil, err
		}
		p.fault(module, record.FieldError{Field: "id", Code: record.CodeInvalid, Args: record.Args{"expected": "lookup"}})
		return part, nil
	}
	recs := c.find(module, v)
	switch {
	case t.New || len(recs) == 0:
		part.rec, part.changed = c.of[module].New(), true
	case len(recs) == 1:
		part.ID, part.rec = recs[0].ID, c.copied(recs[0])
	default:
		for _, rec := range recs {
			p.Several = append(p.Several, c.matched(rec, matching[module].target))
		}
	}
	return part, nil
}

// copied returns a record as it is stored, to be changed.
func (c *converter) copied(rec *record.Record) *record.Record {
	to := c.of[rec.Module()].New()
	to.ID, to.Version = rec.ID, rec.Version
	for _, d := range rec.Shape().Fields() {
		to.Set(d.Name, rec.Value(d.Name))
	}
	return to
}

// matched names a record that matches by a field.
func (c *converter) matched(rec *record.Record, field string) Match {
	name := "Account_Name"
	if rec.Module() == relations.ContactModule {
		name = nameField
	}
	return Match{rec.Module(), rec.ID, rec.Value(name).Text(), field}
}

// matches looks for all records that the lead may already be: by unique fields, then by e-mail address, company and name.
func (c *converter) matches(ctx context.Context, p *Plan) error {
	var by [2][]Match
	look := func(rank int, module, field string, v storage.Value) error {
		d, ok := c.shapes[module].Field(field)
		if !ok || v.IsNull() || v.Kind() != d.Type.Kind() || c.denied[module] != nil {
			return nil
		}
		return c.of[module].Matching(ctx, []record.Match{{Field: field, Values: []storage.Value{v}}}, func(rec *record.Record) error {
			m := c.matched(rec, field)
			if !slices.ContainsFunc(slices.Concat(by[:]...), func(o Match) bool { return o.Module == m.Module && o.ID == m.ID }) {
				by[rank] = append(by[rank], m)
			}
			return nil
		})
	}
	for _, module := range []string{relations.ContactModule, account.Module} {
		for i := range c.mapping {
			row := &c.mapping[i]
			if d, ok := c.shapes[module].Field(row.to(module)); ok && d.Unique {
				if err := look(0, module, d.Name, p.rec.Value(row.Lead)); err != nil {
					return err
				}
			}
		}
	}
	for _, l := range []struct {
		module, field string
		v             storage.Value
	}{
		{relations.ContactModule, emailField, p.rec.Value(emailField)},
		{account.Module, "Account_Name", c.company(p)},
		{relations.ContactModule, nameField, p.rec.Value(nameField)},
	} {
		if err := look(1, l.module, l.field, l.v); err != nil {
			return err
		}
	}
	p.Matches = slices.Concat(by[:]...)
	return nil
}
