package record

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// Action is what became of a record in a write.
type Action string

// The actions. Those of the timeline are among them.
const (
	Created   Action = "create"
	Updated   Action = "update"
	Unchanged Action = "unchanged" // nothing differed, and nothing was written
	Failed    Action = "fail"      // the Outcome's Err says why
	Deleted   Action = "delete"
	Restored  Action = "restore"
	Cleared   Action = "clear"  // a link was emptied since its target was deleted
	Returned  Action = "return" // a link came back with its target
	Undone    Action = "undo"
	Converted Action = "convert" // other records were made of it
)

// Outcome is what Put did with one record.
type Outcome struct {
	Action Action // Created, Updated, Unchanged or Failed
	Err    error
}

// draft is one record on its way down: prepare fills it, write stores it.
type draft struct {
	rec    *Record // the caller's, which write replaces
	next   *Record // what is to be stored
	old    *Record // what is stored; nil for a new one
	cause  *Entry  // the entry that this change follows from
	all    bool    // every link is checked, not only changed ones
	mend   bool    // a link that does not fit is emptied, where it may be, and no refusal
	err    error
	fields []FieldError
	done   Action
}

func (d *draft) ok() bool { return d.err == nil && d.fields == nil }

func (d *draft) bad(field string, code Code, args Args) {
	d.fields = append(d.fields, FieldError{Field: field, Code: code, Args: args})
}

// faulty reports whether something stands against the value of a field already.
func (d *draft) faulty(field string) bool {
	return slices.ContainsFunc(d.fields, func(e FieldError) bool { return e.Field == field })
}

// badLink refuses a link, or empties it.
func (d *draft) badLink(i int, code Code, args Args) {
	f := &d.next.shape.fields[i]
	if d.mend && f.OnDelete == Clear {
		d.next.row[i] = storage.Value{}
		return
	}
	d.bad(f.Name, code, args)
}

// refuse keeps what a hook or a check says against the draft.
func (d *draft) refuse(err error) {
	var ve *ValidationError
	if errors.As(err, &ve) {
		d.fields = append(d.fields, ve.Fields...)
		return
	}
	d.err = fmt.Errorf("%s: %w", d.next.Link(), err)
}

// verdict is what stands against the draft as the i-th of its call, or nil.
func (d *draft) verdict(i int) error {
	if d.err != nil || d.fields == nil {
		return d.err
	}
	for j := range d.fields {
		d.fields[j].Record = i
	}
	return &ValidationError{Fields: d.fields}
}

// Create stores new records, or none. A *ValidationError names every bad field of all of them, and a *ConflictError an
// id that is taken. A record that was stored already with this id and this content is a success, so that Create can be
// tried again after ErrOutcomeUnknown.
func (r *Records) Create(ctx context.Context, recs ...*Record) error {
	return r.strict(ctx, recs, RightCreate, func(rec *Record) error {
		if rec.Version != 0 {
			return fmt.Errorf("%s %s: create of version %d: %w", r.shape.Module, rec.ID, rec.Version, ErrStale)
		}
		return nil
	})
}

// Update merges records into the stored ones, or none of them. It fails with a *ValidationError, with ErrStale when one
// has another version by now, and with ErrNotFound.
func (r *Records) Update(ctx context.Context, recs ...*Record) error {
	return r.strict(ctx, recs, RightEdit, func(rec *Record) error {
		if rec.Version <= 0 || rec.ID.IsZero() {
			return r.missing(rec.ID)
		}
		return nil
	})
}

func (r *Records) strict(ctx context.Context, recs []*Record, right Right, fits func(*Record) error) error {
	for _, rec := range recs {
		if err := fits(rec); err != nil {
			return err
		}
	}
	return r.s.Update(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, right)
		if err != nil {
			return err
		}
		ds, err := in.prepare(ctx, recs, manner{})
		if err != nil {
			return err
		}
		if err := refusals(ds); err != nil {
			return err
		}
		return in.write(ctx, Updated, ds)
	})
}

// refusals is what stands against any of the drafts: first what is no matter of fields.
func refusals(ds []*draft) error {
	all := new(ValidationError)
	for i, d := range ds {
		if d.err != nil {
			return d.err
		}
		if d.verdict(i) != nil {
			all.Fields = append(all.Fields, d.fields...)
		}
	}
	if all.Fields != nil {
		return all
	}
	return nil
}

// Put creates the records of version 0 and updates the others, in one transaction. A record that is refused does not
// stop the rest: its Outcome says why. But a refused new record takes along the new ones that link to it. Links are judged
// in the order of the records, as if each were put by itself.
func (r *Records) Put(ctx context.Context, recs ...*Record) (out []Outcome, err error) {
	return r.put(ctx, recs, manner{inTurn: true})
}

// Spend is Put of records that the caller needs no more: it changes them as it likes, and does not tell them what was
// stored. A function that may run more than once makes them anew each time.
func (r *Records) Spend(ctx context.Context, recs ...*Record) (out []Outcome, err error) {
	return r.put(ctx, recs, manner{inTurn: true, spend: true})
}

func (r *Records) put(ctx context.Context, recs []*Record, m manner) (out []Outcome, err error) {
	m.spend = m.spend && r.s.tx != nil // a transaction of its own may run again, and needs the records as they were
	err = r.s.Update(ctx, func(s *Session) error {
		in, err := r.as(ctx, s)
		if err != nil {
			return err
		}
		if m.spend && in.shape.hides {
			defer in.shroud(recs)
		}
		ds, err := in.prepare(ctx, recs, m)
		if err != nil {
			return err
		}
		if err := in.write(ctx, Updated, ds); err != nil {
			return err
		}
		out = outcomes(ds)
		return nil
	})
	return out, err
}

// shroud takes out of spent records what is hidden from the actor.
func (r *Records) shroud(recs []*Record) {
	for _, rec := range recs {
		if rec.shape == r.shape.whole {
			rec.shape = r.shape
			rec.blank()
		}
	}
}

// Validate says what Put would do with the records, and stores nothing.
func (r *Records) Validate(ctx context.Context, recs ...*Record) (out []Outcome, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s)
		if err != nil {
			return err
		}
		dry := *in.s
		dry.dry, in.s = true, &dry
		ds, err := in.prepare(ctx, recs, manner{inTurn: true})
		if err != nil {
			return err
		}
		for _, d := range ds {
			switch {
			case !d.ok() || d.done != "":
			case d.old == nil:
				d.done = Created
			default:
				if d.done = Updated; len(r.shape.whole.diff(d.old.row, d.next.row)) == 0 {
					d.done = Unchanged
				}
			}
		}
		out = outcomes(ds)
		return nil
	})
	return out, err
}

func outcomes(ds []*draft) []Outcome {
	out := make([]Outcome, len(ds))
	for i, d := range ds {
		if err := d.verdict(i); err != nil {
			out[i] = Outcome{Failed, err}
		} else {
			out[i] = Outcome{Action: d.done}
		}
	}
	return out
}

// Edit changes one record as it is now: fn gets it, and what fn leaves is stored. fn may run more than once.
func (r *Records) Edit(ctx context.Context, id ID, fn func(*Record) error) error {
	return r.s.Update(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightEdit)
		if err != nil {
			return err
		}
		rec, err := in.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := fn(rec); err != nil {
			return err
		}
		return in.Update(ctx, rec)
	})
}

// manner is how records are put.
type manner struct {
	inTurn bool // links are judged one record after the other
	spend  bool // the records become what is stored
}

// prepare is all that may refuse a record: rights, merge, hooks, validation, links, unique values. It writes nothing.
func (r *Records) prepare(ctx context.Context, recs []*Record, m manner) ([]*draft, error) {
	stored, err := r.wholly().stored(ctx, recs)
	if err != nil {
		return nil, err
	}
	may, err := r.permit(ctx, recs, stored)
	if err != nil {
		return nil, err
	}
	drafts, ds, next := make([]draft, len(recs)), make([]*draft, len(recs)), recs
	m.spend = m.spend && !slices.ContainsFunc(recs, func(rec *Record) bool { return rec.shape.whole != r.shape.whole })
	if !m.spend {
		next = r.wholly().NewBatch(len(recs))
	}
	seen := make(map[ID]bool, len(recs))
	for i, rec := range recs {
		d := &drafts[i]
		ds[i], d.rec, d.next, d.fields = d, rec, next[i], slices.Clip(rec.refused)
		if rec.shape.Schema != r.shape.Schema {
			return nil, fmt.Errorf("record: a record of %s among %s", rec.shape.Module, r.shape.Module)
		}
		if rec.ID.IsZero() && rec.Version == 0 {
			rec.ID = r.s.o.NewID() // it stays, whatever becomes of the transaction
		}
		old := stored[rec.ID]
		switch {
		case rec.Version == 0 && !may.create:
			d.err = &ForbiddenError{Right: RightCreate, Module: r.shape.Module}
		case rec.Version > 0 && !may.edit:
			d.err = &ForbiddenError{Right: RightEdit, Module: r.shape.Module}
		case rec.Version < 0 || rec.ID.IsZero():
			d.err = r.missing(rec.ID)
		case seen[rec.ID]:
			d.err = r.taken(rec.ID)
		case rec.Version > 0 && (old == nil || old.deleted() || may.sees != nil && !may.sees[rec.ID]):
			d.err = r.missing(rec.ID)
		case rec.Version > 0 && may.changes != nil && !may.changes[rec.ID]:
			d.err = &ForbiddenError{Right: RightEdit, Module: r.shape.Module, Record: rec.ID}
		case rec.Version > 0 && old.Version != rec.Version:
			d.err = fmt.Errorf("%s %s: version %d: %w", r.shape.Module, rec.ID, rec.Version, ErrStale)
		}
		seen[rec.ID] = true
		if d.err != nil {
			continue
		}
		if rec.Version > 0 {
			d.old = old
		}
		if m.spend {
			rec.shape = r.shape.whole
		}
		r.merge(d)
		if r.check(ctx, d); d.ok() && d.old != nil && d.next.row[colOwner] != d.old.row[colOwner] && !may.gives(rec.ID) {
			d.err = r.notGiven(&may, rec.ID)
		}
		if d.ok() && d.old == nil && old != nil {
			r.repeated(d, old)
		}
	}
	if err := r.judge(ctx, ds, m.inTurn); err != nil {
		return nil, err
	}
	if err := r.intoParents(ctx, ds); err != nil {
		return nil, err
	}
	for _, d := range ds {
		if err := r.discreet(ctx, d.fields); err != nil {
			return nil, err
		}
	}
	return ds, nil
}

// stored returns the records that recs update, or that have the ids of new ones which brought their own.
func (r *Records) stored(ctx context.Context, recs []*Record) (map[ID]*Record, error) {
	var ids []ID
	for _, rec := range recs {
		if !rec.ID.IsZero() {
			ids = append(ids, rec.ID)
		}
	}
	if ids == nil {
		return nil, nil
	}
	return r.byID(ctx, among("id", ids...))
}

func (r *Records) taken(id ID) error {
	return &ConflictError{Reason: "the id is taken", By: []Link{{r.shape.Module, id}}}
}

// repeated settles a new record whose id is stored: perhaps the answer to its creation was lost.
func (r *Records) repeated(d *draft, old *Record) {
	for _, i := range append([]int{colCreatedBy, colCreated, colModifiedBy, colModified, colSource, colOperation}, r.shape.number...) {
		d.next.row[i] = old.row[i]
	}
	if len(r.shape.whole.diff(old.row, d.next.row)) > 0 {
		d.err = r.taken(old.ID)
		return
	}
	d.old, d.done, d.next.Version = old, Created, old.Version
}

// merge puts together what is to be stored: the caller's values, and the stored ones where callers have no say.
func (r *Records) merge(d *draft) {
	d.next.ID, d.next.Version, d.next.clean = d.rec.ID, d.rec.Version, d.rec.clean
	n := len(r.shape.fields)
	switch {
	case d.rec.shape.whole != r.shape.whole:
		r.carry(d)
	case d.next != d.rec:
		copy(d.next.row[:n], d.rec.row[:n])
	}
	for i := range n {
		switch f := &r.shape.fields[i]; {
		case !f.ReadOnly && !(f.Custom && d.rec.typed):
		case d.old != nil:
			d.next.row[i] = d.old.row[i]
		default:
			d.next.row[i] = storage.Value{}
		}
	}
	if d.rec.typed {
		r.takeNamed(d)
	}
	if d.next.row[colOwner].IsNull() { // a record that has an owner never loses it
		if d.next.row[colOwner] = textValue(string(r.s.o.Actor)); d.old != nil {
			d.next.row[colOwner] = d.old.row[colOwner]
		}
	}
}

// carry takes the values of a record that was made when the fields were others.
func (r *Records) carry(d *draft) {
	from := d.rec.shape
	d.next.clean = false
	for i := range r.shape.fields {
		f := &r.shape.fields[i]
		if at := from.position(f.Name); at >= 0 && from.fields[at].Type.Kind() == f.Type.Kind() {
			d.next.row[i] = d.rec.row[at]
		} else if d.old != nil {
			d.next.row[i] = d.old.row[i]
		}
	}
	for _, at := range from.custom {
		if f := &from.fields[at]; !d.rec.row[at].IsNull() && r.shape.position(f.Name) < 0 {
			d.bad(f.Name, CodeUnknown, nil)
		}
	}
}

// takeNamed takes the custom values that a struct names. The others stay as they are stored.
func (r *Records) takeNamed(d *draft) {
	for _, name := range slices.Sorted(maps.Keys(d.rec.named)) {
		i, ok := r.shape.index(name)
		switch {
		case !ok || !r.shape.fields[i].Custom:
			d.bad(name, CodeUnknown, nil)
		case !r.shape.fields[i].ReadOnly:
			v, p := r.shape.fields[i].value(d.rec.named[name], nil, true)
			if !p.OK() {
				d.bad(name, p.Code, p.Args)
			}
			d.next.row[i], d.next.clean = v, false
		}
	}
}

// check runs the hooks, and cleans and checks every value that is not as stored.
func (r *Records) check(ctx context.Context, d *draft) {
	r.clean(d) // hooks see clean values
	for _, hook := range slices.Concat(r.shape.hooks, r.s.cat.rules[r.shape.Module]) {
		var old *Record
		if d.old != nil {
			old = d.old.clone()
		}
		id, version := d.next.ID, d.next.Version
		d.next.hooked = true
		if err := hook(ctx, r.s, old, d.next); err != nil {
			d.refuse(err)
		}
		d.next.ID, d.next.Version, d.next.hooked, d.next.clean = id, version, false, false
	}
	if d.ok() {
		r.clean(d)
	}
	r.require(d)
}

// require refuses a draft that lacks what it needs, unless it never had it.
func (r *Records) require(d *draft) {
	for i := range r.shape.fields {
		if f := &r.shape.fields[i]; f.Required && d.next.row[i].IsNull() && (d.old == nil || !d.old.row[i].IsNull()) {
			if !d.faulty(f.Name) {
				d.bad(f.Name, CodeMandatory, nil)
			}
		}
	}
}

// clean cleans every value that is not as stored, unless nothing was set since they were.
func (r *Records) clean(d *draft) {
	if d.next.clean {
		return
	}
	for i := range r.shape.fields {
		if !d.next.row[i].IsNull() && (d.old == nil || d.old.row[i] != d.next.row[i]) {
			r.cleanField(d, i)
		}
	}
	d.next.clean = true
}

func (r *Records) cleanField(d *draft, i int) {
	f, v := &r.shape.fields[i], &d.next.row[i]
	if v.IsNull() {
		return
	}
	clean, p := f.Type.Clean(*v)
	if !clean.IsNull() && clean.Kind() != f.Type.Kind() {
		if clean = (storage.Value{}); p.OK() {
			p = refuse(f.Type.Name())
		}
	}
	if !p.OK() {
		d.bad(f.Name, p.Code, p.Args)
	}
	*v = clean
}
