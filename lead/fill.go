package lead

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

func isNotFound(err error) bool { return errors.Is(err, record.ErrNotFound) }

// fill says what each record of the plan gets, and what of the lead nothing gets.
func (c *converter) fill(p *Plan) {
	c.options(p)
	mapped := map[string]bool{}
	for i := range c.mapping {
		row := &c.mapping[i]
		mapped[row.Lead] = true
		v := p.rec.Value(row.Lead)
		switch {
		case row.Lead == ownerField:
			c.own(p, row, v)
			continue
		case row.Lead == companyField && c.o.Company != "":
			if p.Account != nil && row.Account != "" {
				c.give(p.Account, Value{Field: row.Account, Value: c.company(p), Origin: OfOptions})
			}
			continue // whoever names another company means it
		case v.IsNull():
			continue
		}
		if why := c.carry(p, row, v); why != "" {
			p.Lost = append(p.Lost, Loss{Field: row.Lead, Reason: why})
		}
	}
	for _, d := range c.shapes[Module].Fields() {
		if !mapped[d.Name] && !d.ReadOnly && d.Name != ownerField && d.Name != tagField && !p.rec.Value(d.Name).IsNull() {
			p.Lost = append(p.Lost, Loss{Field: d.Name, Reason: Unmapped})
		}
	}
	c.link(p)
	c.tag(p)
}

// carry gives a value of the lead to the records of the plan, and says why none has it, "" when one has or none is meant to.
func (c *converter) carry(p *Plan, row *Map, v storage.Value) Reason {
	var reasons []Reason
	for _, part := range []struct {
		*Part
		field string
	}{{p.Account, row.Account}, {p.Contact, row.Contact}, {p.Deal, row.Deal}} {
		switch {
		case part.field == "":
		case part.Part == nil:
			reasons = append(reasons, NoTarget)
		default:
			reasons = append(reasons, c.give(part.Part, Value{Field: part.field, Value: v, Origin: OfLead, From: row.Lead}))
		}
	}
	if len(reasons) == 0 || slices.Contains(reasons, "") {
		return ""
	}
	for _, why := range []Reason{NoAccess, Kept, NoTarget} {
		if slices.Contains(reasons, why) {
			return why
		}
	}
	return Unmapped
}

// give gives a record a value for a field, and says why it does not take it, "" when it has it.
func (c *converter) give(part *Part, v Value) Reason {
	d, ok := c.shapes[part.Module].Field(v.Field)
	switch {
	case part.rec == nil: // what it is is not known
		return ""
	case !ok:
		return Unmapped // it was there when the mapping was saved
	case c.shapes[part.Module].At(v.Field) < 0:
		return NoAccess
	case d.Type.Kind() != v.Value.Kind():
		return Unmapped
	}
	if i := slices.IndexFunc(part.Values, func(o Value) bool { return o.Field == v.Field }); i >= 0 { // the options come first
		if same(part.Values[i].Value, v.Value) {
			return ""
		}
		return Kept
	}
	v.Was = part.rec.Value(v.Field)
	has := !v.Was.IsNull()
	if part.New() {
		v.Was, has = storage.Value{}, false
	}
	how := c.target(part.Module).fill(v.Field)
	switch {
	case has && same(v.Was, v.Value) && how != Overwrite:
		v.Kept = v.Was != v.Value // it is there, in other letters
		part.Values = append(part.Values, v)
		return ""
	case has && how != Overwrite, how == Keep && !part.New():
		v.Kept = true
		part.Values = append(part.Values, v)
		return Kept
	}
	part.Values = append(part.Values, v)
	part.changed = part.changed || v.Was != v.Value
	part.rec.Set(v.Field, v.Value)
	return ""
}

// target returns what the options say of a module.
func (c *converter) target(module string) *Target {
	switch module {
	case account.Module:
		return &c.o.Account
	case relations.ContactModule:
		return &c.o.Contact
	}
	return &Target{}
}

// same reports whether two values are the same for people: texts whatever the case, width and spacing.
func same(a, b storage.Value) bool {
	return a == b || a.Kind() == storage.Text && b.Kind() == storage.Text && record.Fold(a.Text()) == record.Fold(b.Text())
}

// own says whose the records are that are made. One that is linked keeps its owner.
func (c *converter) own(p *Plan, row *Map, v storage.Value) {
	for _, part := range p.parts() {
		switch {
		case !part.New() || part.rec == nil:
		case c.o.Owner != "":
			c.give(part, Value{Field: ownerField, Value: text(string(c.o.Owner)), Origin: OfOptions})
		case row.to(part.Module) != "" && !v.IsNull():
			c.give(part, Value{Field: ownerField, Value: v, Origin: OfLead, From: ownerField})
		}
	}
}

// options gives the deal what the options say.
func (c *converter) options(p *Plan) {
	if p.Deal == nil {
		return
	}
	d := c.o.Deal
	give := func(field string, v storage.Value) {
		switch {
		case v.IsNull():
		case isLink(relations.DealModule, field):
			p.fault(relations.DealModule, record.FieldError{Field: field, Code: record.CodeReadOnly})
		default:
			if why := c.give(p.Deal, Value{Field: field, Value: v, Origin: OfOptions}); why == Unmapped {
				p.fault(relations.DealModule, record.FieldError{Field: field, Code: record.CodeUnknown})
			} else if why == NoAccess {
				p.fault(relations.DealModule, record.FieldError{Field: field, Code: record.CodeReadOnly})
			}
		}
	}
	closing := storage.Value{}
	if !d.ClosingDate.IsZero() {
		closing = text(d.ClosingDate.String())
	}
	amount := storage.Value{}
	if d.Amount.Valid {
		amount = record.Custom(d.Amount.Decimal)
	}
	name := text(d.Name)
	if c.o.nameless && d.Name == "" {
		name = c.dealName(p)
	}
	give("Deal_Name", name)
	give("Closing_Date", closing)
	give("Stage", text(d.Stage))
	give("Pipeline", text(d.Pipeline))
	give("Amount", amount)
	for _, field := range slices.Sorted(maps.Keys(d.Values)) {
		give(field, d.Values[field])
	}
	if closing.IsNull() && p.Deal.rec.Value("Closing_Date").IsNull() {
		p.fault(relations.DealModule, record.FieldError{Field: "Closing_Date", Code: record.CodeMandatory})
	}
	if d.Role != "" {
		roles := record.PickListType(relations.ContactRoleNames)
		role, problem := roles.Parse(d.Role, c.s.Locale())
		if problem.OK() {
			role, problem = roles.Clean(role)
		}
		if !problem.OK() {
			p.fault(relations.ContactRoleModule, record.FieldError{Field: relations.RoleField, Code: problem.Code, Args: problem.Args})
		}
		p.Role = role.Text()
	}
	c.pipeline(p)
}

// dealName is the name of a deal that was given none: the company, or else the name of the lead.
func (c *converter) dealName(p *Plan) storage.Value {
	name := c.company(p)
	if name.IsNull() {
		name = p.rec.Value(nameField)
	}
	if r := []rune(name.Text()); len(r) > maxDealName {
		name = text(string(r[:maxDealName]))
	}
	return name
}

// maxDealName is how many characters the name of a deal has, by Zoho's limits.
const maxDealName = 120

// pipeline asks for the pipeline where there are several, and for a stage that is one. The module of deals asks for the rest.
func (c *converter) pipeline(p *Plan) {
	if len(c.pipelines) > 1 && p.Deal.rec.Value("Pipeline").IsNull() {
		p.fault(relations.DealModule, record.FieldError{Field: "Pipeline", Code: record.CodeMandatory})
	}
	d, _ := c.shapes[relations.DealModule].Field("Stage")
	stage := p.Deal.rec.Value("Stage")
	if list, ok := d.Type.(interface{ Unknown(storage.Value) bool }); !ok || stage.IsNull() || !list.Unknown(cleaned(d.Type, stage)) {
		return
	}
	for _, of := range c.pipelines {
		if slices.ContainsFunc(of.Stages, func(s relations.Stage) bool { return s.Name == stage.Text() }) {
			return
		}
	}
	words := record.Words{English: "no pipeline has such a stage", Chinese: "销售管道中没有此阶段"}
	p.fault(relations.DealModule, record.FieldError{Field: "Stage", Code: relations.CodeMapping, Args: record.Args{"text": words}})
}

// cleaned returns a value as its type would store it, such as the value of a label.
func cleaned(of record.Type, v storage.Value) storage.Value {
	if clean, p := of.Clean(v); p.OK() {
		return clean
	}
	return v
}

// link leads the contact to the account, and the deal to both. The ids of what is made are known when it is.
func (c *converter) link(p *Plan) {
	lead := func(from *Part, field string, to *Part) {
		if from == nil || to == nil || from.rec == nil || to.rec == nil {
			return
		}
		v := Value{Field: field, Origin: OfPart}
		if !to.New() {
			v.Value = storage.RefValue(to.ID)
		}
		if !from.New() {
			v.Was = from.rec.Value(field)
		}
		how, differs := c.target(from.Module).fill(field), to.New() || v.Was != v.Value
		v.Kept = differs && !from.New() && (how == Keep || how == FillEmpty && !v.Was.IsNull())
		if differs && !v.Kept {
			if c.shapes[from.Module].At(field) < 0 {
				p.fault(from.Module, record.FieldError{Field: field, Code: record.CodeReadOnly})
			}
			from.changed = true
			from.rec.Set(field, v.Value)
		}
		from.Values = append(from.Values, v)
	}
	lead(p.Contact, relations.AccountField, p.Account)
	lead(p.Deal, relations.AccountField, p.Account)
	lead(p.Deal, dealContactField, p.Contact)
}

// leads reports whether the part gets a link to another in a field.
func (p *Part) leads(field string) bool {
	return slices.ContainsFunc(p.Values, func(v Value) bool { return v.Field == field && v.Origin == OfPart && !v.Kept })
}

// tag adds tags to the records of the plan.
func (c *converter) tag(p *Plan) {
	had, given := record.SplitMulti(p.rec.Value(tagField).Text()), map[string]bool{}
	for _, part := range p.parts() {
		tags, named := c.o.Tags[part.Module], c.o.Tags != nil
		if !named && part.Module == relations.ContactModule {
			tags = had
		}
		if len(tags) == 0 || part.rec == nil {
			continue
		}
		if c.shapes[part.Module].At(tagField) < 0 {
			continue
		}
		for _, t := range tags {
			given[t] = true
		}
		v := Value{Field: tagField, Was: part.rec.Value(tagField), Origin: OfOptions}
		if !named {
			v.Origin, v.From = OfLead, tagField
		}
		all := record.SplitMulti(v.Was.Text())
		for _, t := range tags {
			if !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
		v.Value = text(record.JoinMulti(all))
		part.Values = append(part.Values, v)
		part.changed = part.changed || v.Was != v.Value
		part.rec.Set(tagField, v.Value)
	}
	if lost := slices.DeleteFunc(slices.Clone(had), func(t string) bool { return given[t] }); len(lost) > 0 {
		p.Lost = append(p.Lost, Loss{Field: tagField, Tags: lost, Reason: NoTarget})
	}
}

// check asks whether the records can be stored as the plan has them.
func (c *converter) check(ctx context.Context, p *Plan) error {
	s := c.s
	for _, part := range p.parts() {
		if part.rec == nil || !part.changed {
			continue
		}
		p.join(part)
		if err := c.validate(ctx, s, p, part); err != nil {
			return err
		}
		s = s.Assume(record.Link{Module: part.Module, ID: part.rec.ID})
	}
	return nil
}

// join sets the links of a part to those that come before it, whose ids are known by now.
func (p *Plan) join(part *Part) {
	for _, l := range []struct {
		field string
		to    *Part
	}{{relations.AccountField, p.Account}, {dealContactField, p.Contact}} {
		if l.to != nil && l.to != part && l.to.rec != nil && part.leads(l.field) {
			part.rec.Set(l.field, storage.RefValue(l.to.rec.ID))
		}
	}
}

// validate asks whether a record can be stored.
func (c *converter) validate(ctx context.Context, s *record.Session, p *Plan, part *Part) error {
	out, err := c.of[part.Module].In(s).Validate(ctx, part.rec)
	if err != nil {
		return p.refused(part.Module, err)
	}
	return p.refused(part.Module, out[0].Err)
}
