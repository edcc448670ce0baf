package lead

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

// kind is that of the operations which are conversions.
const kind = "conversion"

// Result is what a conversion did.
type Result struct {
	Operation record.ID // to undo it by; Leads.Revert finds it by the lead. Zero when the timeline of then was purged
	Lead      record.ID
	Contact   record.ID
	Account   record.ID     // zero when there is none
	Deal      record.ID     // zero when there is none
	Made      []record.Link // those of these records that were made; the others were there
}

// Preview returns what Convert would do with a lead, and what stands against it, and writes nothing. It takes [record.RightView] on the
// lead, and that is all: other rights that Convert takes are in Plan.Missing. It fails with record.ErrNotFound, and with a
// *ConvertedError when the lead was converted.
func (ls *Leads) Preview(ctx context.Context, id record.ID, o *Options) (p *Plan, err error) {
	opt, err := ls.options(o)
	if err != nil {
		return nil, err
	}
	err = ls.Session().From(source).View(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, Module, record.RightView); err != nil {
			return err
		}
		c, err := newConverter(ctx, s, opt, []record.ID{id}, true)
		if err != nil {
			return err
		}
		if p, err = c.plan(ctx, id); err != nil {
			return err
		}
		return c.matches(ctx, p)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Convert makes a contact of a lead, an account if the lead has a company or the options name one, and a deal if they ask for it, in one
// transaction, and only once. Options may be nil; [Plan] says what they come to. What is about the lead goes along.
//
// It fails with record.ErrNotFound, with a *ConvertedError, which has the Result of the first conversion, and with what Plan.Err says:
// a *record.ForbiddenError, an *AmbiguousError, a *record.ValidationError, a *LossError. Nothing was written then. [CodeOf] has the codes.
//
// With a key, the same request gets the Result of its first conversion, also after record.ErrOutcomeUnknown; another request under that
// key is a *record.ConflictError, and so is one whose conversion was reverted.
func (ls *Leads) Convert(ctx context.Context, id record.ID, o *Options) (r *Result, err error) {
	opt, err := ls.options(o)
	if err != nil {
		return nil, err
	}
	err = ls.Session().From(source).Update(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, Module, record.RightView, record.RightConvert); err != nil {
			return err
		}
		c, err := newConverter(ctx, s, opt, []record.ID{id}, false)
		if err != nil {
			return err
		}
		r, err = c.convert(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// options returns the options, and refuses those that are none.
func (ls *Leads) options(o *Options) (*Options, error) {
	if o == nil {
		return &Options{}, nil
	}
	opt := *o
	opt.Deal = nil
	if o.Deal != nil {
		deal := *o.Deal
		opt.Deal = &deal
	}
	e := &record.ValidationError{}
	bad := func(field string) {
		e.Fields = append(e.Fields, record.FieldError{Field: field, Code: record.CodeInvalid, Args: record.Args{"expected": "module"}})
	}
	if !slices.Contains(append([]string{""}, targets...), o.Attachments) {
		bad("Attachments")
	}
	for module := range o.Tags {
		if !slices.Contains(targets, module) {
			bad(tagField)
		}
	}
	if e.Fields != nil {
		return nil, e
	}
	return &opt, nil
}

// convert plans a lead and carries the plan out.
func (c *converter) convert(ctx context.Context, id record.ID) (*Result, error) {
	p, err := c.plan(ctx, id)
	var before *ConvertedError
	if errors.As(err, &before) && c.o.Key != "" {
		return c.again(ctx, before)
	}
	if err == nil {
		err = p.Err()
	}
	if err != nil {
		return nil, err
	}
	return c.carryOut(ctx, p)
}

// once is the operation of a conversion with a key.
func (c *converter) once(id record.ID) record.Once {
	return c.s.Once(c.o.Key, digest([]record.ID{id}, c.o)).Of(kind)
}

// again returns what the conversion with the same key did, if that is what converted the lead.
func (c *converter) again(ctx context.Context, before *ConvertedError) (*Result, error) {
	op, err := c.once(before.Result.Lead).Do(ctx, func(*record.Session) error { return before })
	if err != nil {
		return nil, err
	}
	if op.ID != before.Result.Operation {
		return nil, before
	}
	return before.Result, nil
}

// carryOut does what a plan says.
func (c *converter) carryOut(ctx context.Context, p *Plan) (r *Result, err error) {
	ran := false
	run := func(s *record.Session) error {
		ran = true
		return c.write(ctx, s, p)
	}
	var op *record.Operation
	if c.o.Key != "" {
		op, err = c.once(p.Lead).Do(ctx, run)
	} else {
		op, err = c.s.Operate(ctx, kind, run)
	}
	if err != nil {
		return nil, err
	}
	if !ran {
		return nil, &record.ConflictError{Reason: "the conversion of this key was reverted", By: []record.Link{{Module: Module, ID: p.Lead}}}
	}
	r = &Result{Operation: op.ID, Lead: p.Lead}
	for _, part := range p.parts() {
		*r.id(part.Module) = part.rec.ID
		if part.New() {
			r.Made = append(r.Made, record.Link{Module: part.Module, ID: part.rec.ID})
		}
		if err := c.took(ctx, part.Module, part); err != nil {
			return nil, err
		}
	}
	c.done[p.Lead] = r
	return r, nil
}

// id returns where the id of a module's record is.
func (r *Result) id(module string) *record.ID {
	switch module {
	case account.Module:
		return &r.Account
	case relations.ContactModule:
		return &r.Contact
	}
	return &r.Deal
}

// outcomeFields are the fields of a lead that say what it became, by module.
var outcomeFields = map[string]string{account.Module: ConvertedAccountField, relations.ContactModule: ConvertedContactField, relations.DealModule: ConvertedDealField}

// write stores the records of the plan, the account first, then the lead and what goes along. The session is that of the operation.
func (c *converter) write(ctx context.Context, s *record.Session, p *Plan) error {
	for _, part := range p.parts() {
		if part.changed {
			if err := c.store(ctx, s, p, part); err != nil {
				return err
			}
		}
		s = s.Assume(record.Link{Module: part.Module, ID: part.rec.ID})
	}
	s = s.AsSystem() // from here on it is the lead that goes, whatever the actor may do with what goes along
	now := s.Now()
	err := c.leads.In(s).Amend(ctx, record.Converted, p.Lead, func(rec *record.Record) error {
		rec.Set(ConvertedField, storage.BoolValue(true))
		rec.Set(ConvertedTimeField, storage.TimeValue(now))
		rec.Set(DaysToConvertField, storage.IntValue(int64(max(0, now.Sub(rec.Value("Created_Time").Time()))/(24*time.Hour))))
		for _, part := range p.parts() {
			rec.Set(outcomeFields[part.Module], storage.RefValue(part.rec.ID))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.Role != "" {
		role := &relations.ContactRole{DealID: p.Deal.rec.ID, ContactID: p.Contact.rec.ID, Role: p.Role}
		if err := relations.ContactRoleDefinition.In(s).Create(ctx, role); err != nil {
			return err
		}
	}
	return c.eachModule(p, func(module string, recs []*record.Record) error {
		rs, err := s.Records(module)
		if err != nil {
			return err
		}
		return rs.Update(ctx, recs...)
	})
}

// store makes or changes one record of the plan.
func (c *converter) store(ctx context.Context, s *record.Session, p *Plan, part *Part) error {
	p.join(part)
	rs := c.of[part.Module].In(s)
	if !part.New() {
		return rs.Update(ctx, part.rec)
	}
	part.rec.ID = record.ID{} // nothing can be stored under an id that is given now
	return rs.Create(ctx, part.rec)
}

// firstResult returns what the conversion of a lead did, as its timeline has it, or else as the lead does, whose operation is then
// not known. The session sees everything.
func firstResult(ctx context.Context, s *record.Session, id record.ID) (*Result, error) {
	rs, err := s.Records(Module)
	if err != nil {
		return nil, err
	}
	es, err := rs.Timeline(ctx, id, time.Time{}, record.MaxLimit)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(es, func(e *record.Entry) bool { return e.Action == record.Converted })
	r := &Result{Lead: id}
	if i < 0 { // that is so long ago that it was purged
		rec, err := rs.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		for module, field := range outcomeFields {
			*r.id(module) = rec.Value(field).ID()
		}
		return r, nil
	}
	r.Operation = es[i].Operation
	for _, change := range es[i].Changes {
		for module, field := range outcomeFields {
			if change.Field == field {
				*r.id(module) = change.New.ID()
			}
		}
	}
	r.Made, err = s.Created(ctx, r.Operation)
	r.Made = slices.DeleteFunc(r.Made, func(l record.Link) bool { return !slices.Contains(targets, l.Module) }) // a contact role is no part of it
	return r, err
}

// Revert takes the conversion of a lead back, all of it or nothing: what it made is gone, the records that it filled have their former
// values, what went along is about the lead again, and the lead is open. The timelines keep both. It takes [record.RightConvert] on the
// lead and the rights of [record.Session.Undo]; what others converted takes [record.RightManageData]. A lead that is not converted, and a conversion of which something changed since or on which something else came to depend, is a
// *record.ConflictError that says so and names it.
func (ls *Leads) Revert(ctx context.Context, id record.ID) (rep *record.UndoReport, err error) {
	err = ls.Session().From(source).Update(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, Module, record.RightView, record.RightConvert); err != nil {
			return err
		}
		rec, err := In(s).Records.Get(ctx, id)
		if err != nil {
			return err
		}
		whole, err := In(s.AsSystem()).Records.Get(ctx, id)
		if err != nil {
			return err
		}
		if !whole.Value(ConvertedField).Bool() {
			return &record.ConflictError{Reason: "the lead is not converted", By: []record.Link{rec.Link()}}
		}
		first, err := firstResult(ctx, s.AsSystem(), id)
		if err != nil {
			return err
		}
		if first.Operation.IsZero() {
			return &record.ConflictError{Reason: "the timeline no longer says how the lead was converted", By: []record.Link{rec.Link()}}
		}
		rep, err = s.Undo(ctx, first.Operation, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rep, nil
}
