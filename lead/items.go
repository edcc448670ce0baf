package lead

import (
	"context"
	"slices"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

// way is how the records of a module that are about a lead go along, by the field that leads to it.
type way struct {
	module, field string
	to            func(c *converter, p *Plan, m *move) (goes bool)
}

// ways are all that go along. What leads to a lead in any other way stays.
var ways = []way{
	{relations.TaskModule, relations.WhatField, (*converter).activity},
	{relations.EventModule, relations.WhatField, (*converter).activity},
	{relations.CallModule, relations.WhatField, (*converter).activity},
	{relations.EmailModule, relations.WhatField, (*converter).activity},
	{relations.NoteModule, relations.ParentField, (*converter).note},
	{relations.AttachmentModule, relations.ParentField, (*converter).attachment},
}

// itemField is a field of some module that may lead to a lead.
type itemField struct {
	module string
	field  string
	in     string // the field that says to which module; "" when it leads to leads alone
	to     func(c *converter, p *Plan, m *move) bool
}

// move is a record about a lead, on its way.
type move struct {
	of  *itemField
	rec *record.Record // as it is, and then as it is to be
	to  []heading
}

// heading is where a link of a record will lead: nowhere if the part is nil.
type heading struct {
	field, in string
	part      *Part
}

// itemFields are the fields that may lead to a lead, of all modules.
func (c *converter) itemFields() (fields []itemField, err error) {
	for _, module := range c.system.Modules() {
		rs, err := c.system.Records(module)
		if err != nil {
			return nil, err
		}
		for _, d := range rs.Shape().Fields() {
			switch d.To {
			case Module:
				fields = append(fields, itemField{module: module, field: d.Name})
			case record.AnyModule:
				in, _ := rs.Shape().Field(d.ToIn)
				if _, p := in.Type.Clean(storage.TextValue(Module)); p.OK() {
					fields = append(fields, itemField{module: module, field: d.Name, in: d.ToIn})
				}
			}
		}
	}
	for i := range fields {
		if w := slices.IndexFunc(ways, func(w way) bool { return w.module == fields[i].module && w.field == fields[i].field }); w >= 0 {
			fields[i].to = ways[w].to
		}
	}
	return fields, nil
}

// readItems loads what is about the leads, whoever sees it.
func (c *converter) readItems(ctx context.Context) (err error) {
	if c.items, err = c.itemFields(); err != nil || len(c.found) == 0 {
		return err
	}
	c.about = map[record.ID][]*move{}
	for i := range c.items {
		f := &c.items[i]
		by := []record.Match{{Field: f.field}}
		for id := range c.found {
			by[0].Values = append(by[0].Values, storage.RefValue(id))
		}
		if f.in != "" {
			by = append(by, record.Match{Field: f.in, Values: []storage.Value{storage.TextValue(Module)}})
		}
		rs, err := c.system.Records(f.module)
		if err != nil {
			return err
		}
		err = rs.Matching(ctx, by, func(rec *record.Record) error {
			id := rec.Value(f.field).ID()
			c.about[id] = append(c.about[id], &move{of: f, rec: rec})
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// activity goes to the contact, unless it is with somebody already, and is about the account, or else about the deal.
func (c *converter) activity(p *Plan, m *move) bool {
	about := p.Account
	if about == nil {
		about = p.Deal
	}
	m.to = []heading{{relations.WhatField, relations.WhatModuleField, about}}
	with := m.rec.Value(relations.WhoField)
	if with.IsNull() {
		m.to = append(m.to, heading{field: relations.WhoField, part: p.Contact})
	}
	return with.IsNull() || about != nil
}

// note goes to the contact.
func (c *converter) note(p *Plan, m *move) bool {
	m.to = []heading{{relations.ParentField, relations.ParentModuleField, p.Contact}}
	return true
}

// attachment goes where the options say. It has nowhere to go when that is not made.
func (c *converter) attachment(p *Plan, m *move) bool {
	to := c.attached(p)
	m.to = []heading{{relations.ParentField, relations.ParentModuleField, to}}
	return to != nil
}

// room asks whether a record that is linked has room for the attachments that go to it.
func (c *converter) room(ctx context.Context, p *Plan) error {
	to, bytes := c.attached(p), int64(0)
	for _, m := range p.moves {
		if m.of.module == relations.AttachmentModule {
			bytes += m.rec.Value("Size").Int64()
		}
	}
	if bytes == 0 || to.New() {
		return nil
	}
	rs, err := c.system.Records(relations.AttachmentModule)
	if err != nil {
		return err
	}
	err = rs.Matching(ctx, []record.Match{{Field: relations.ParentField, Values: []storage.Value{storage.RefValue(to.ID)}},
		{Field: relations.ParentModuleField, Values: []storage.Value{storage.TextValue(to.Module)}}}, func(rec *record.Record) error {
		bytes += rec.Value("Size").Int64()
		return nil
	})
	if bytes > relations.MaxAttached {
		p.fault(relations.AttachmentModule, record.FieldError{Field: "Size", Code: record.CodeLimit, Args: record.Args{"limit": relations.MaxAttached, "length": bytes}})
	}
	return err
}

// route says where what is about the lead goes.
func (c *converter) route(ctx context.Context, p *Plan) error {
	var going, staying []*move
	for _, m := range p.moves {
		if m.of.to != nil && m.of.to(c, p, m) {
			going = append(going, m)
		} else {
			staying = append(staying, m)
		}
	}
	p.moves = going
	if err := c.room(ctx, p); err != nil {
		return err
	}
	seen, err := c.seen(ctx, staying)
	if err != nil {
		return err
	}
	for _, m := range seen {
		why := NoTarget
		if m.of.to == nil {
			why = Unmapped
		}
		p.Lost = append(p.Lost, Loss{Item: m.rec.Link(), Reason: why})
	}
	if c.preview {
		if seen, err = c.seen(ctx, going); err != nil {
			return err
		}
		for _, m := range seen {
			to := Move{Item: m.rec.Link()}
			for _, h := range m.to {
				if h.part != nil {
					to.To = append(to.To, record.Link{Module: h.part.Module, ID: h.part.ID})
				}
			}
			p.Moves = append(p.Moves, to)
		}
	}
	if p.Err() != nil {
		return nil
	}
	return c.eachModule(p, func(module string, recs []*record.Record) error {
		s := c.system
		for _, part := range p.parts() {
			s = s.Assume(record.Link{Module: part.Module, ID: part.rec.ID})
		}
		rs, err := s.Records(module)
		if err != nil {
			return err
		}
		out, err := rs.Validate(ctx, recs...)
		for i := 0; err == nil && i < len(out); i++ {
			err = p.refused(module, out[i].Err)
		}
		return err
	})
}

// seen returns those of the moves whose records the actor sees.
func (c *converter) seen(ctx context.Context, moves []*move) (seen []*move, err error) {
	ids := map[string][]record.ID{}
	for _, m := range moves {
		ids[m.of.module] = append(ids[m.of.module], m.rec.ID)
	}
	there := map[record.ID]bool{}
	for module, of := range ids {
		if err := new(Plan).lacks(c.s.Authorise(ctx, module, record.RightView)); err != nil {
			return nil, err
		} else if c.s.Authorise(ctx, module, record.RightView) != nil {
			continue
		}
		rs, err := c.s.Records(module)
		if err != nil {
			return nil, err
		}
		reached, err := rs.Reached(ctx, record.LevelRead, of...)
		if err != nil {
			return nil, err
		}
		for id := range reached {
			there[id] = true
		}
	}
	for _, m := range moves {
		if there[m.rec.ID] {
			seen = append(seen, m)
		}
	}
	return seen, nil
}

// eachModule calls fn with what goes along, as it is to be stored, by module. The parts of the plan have their ids by now.
func (c *converter) eachModule(p *Plan, fn func(module string, recs []*record.Record) error) error {
	for _, f := range c.items {
		var recs []*record.Record
		for _, m := range p.moves {
			if m.of.module == f.module && m.of.field == f.field {
				recs = append(recs, m.moved())
			}
		}
		if recs != nil {
			if err := fn(f.module, recs); err != nil {
				return err
			}
		}
	}
	return nil
}

// moved returns the record with its links where they will lead.
func (m *move) moved() *record.Record {
	for _, h := range m.to {
		id, module := storage.Value{}, storage.Value{}
		if h.part != nil {
			id, module = storage.RefValue(h.part.rec.ID), storage.TextValue(h.part.Module)
		}
		m.rec.Set(h.field, id)
		if h.in != "" {
			m.rec.Set(h.in, module)
		}
	}
	return m.rec
}

// attached returns the record that gets the attachments, nil when there is none.
func (c *converter) attached(p *Plan) *Part {
	switch c.o.Attachments {
	case account.Module:
		return p.Account
	case relations.DealModule:
		return p.Deal
	}
	return p.Contact
}
