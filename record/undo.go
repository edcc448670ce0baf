package record

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// UndoReport says what became of the records of an operation that was undone.
type UndoReport struct {
	Purged  int    // created by it, and gone
	PutBack int    // overwritten by it, and as they were before
	Kept    []Link // left as they are: changed since, or needed by what came later. Those of them that the actor sees
}

// Undo takes an operation back, in one transaction: what it overwrote is put back as it was, and what it created is
// purged. A record that was changed since, and a created one that others link to by now, stands against it: a strict undo
// is then a *ConflictError that names these and what links to them, and changes nothing, and a lenient one leaves those, lists them, and undoes the rest. An
// operation that was undone before stays as it is; one that runs is a *ConflictError. It reads every record of the
// operation into memory. An actor undoes what was the actor's own, with the rights to delete, to change and to give away, as
// far as putting the records back does that; to undo what others did takes [RightManageData].
func (s *Session) Undo(ctx context.Context, op ID, strict bool) (rep *UndoReport, err error) {
	err = s.Update(ctx, func(s *Session) error {
		rep = &UndoReport{}
		o, err := s.Operation(ctx, op)
		if err != nil || o.State == UndoneAll {
			return err
		}
		manages, err := s.manages(ctx)
		if err != nil {
			return err
		}
		if o.State == Running {
			return &ConflictError{Reason: "operation " + op.String() + " is running"}
		}
		switch since, err := s.timelineSince(); {
		case err != nil:
			return err
		case o.Started.Before(since):
			return &ConflictError{Reason: "what operation " + op.String() + " did was purged from the timelines"}
		}
		in := *s
		in.op = o // what it writes is part of the operation's history
		u := &undoing{s: &in, rep: rep, entries: map[Link][]*Entry{}, created: map[Link]*Record{}}
		if err := u.load(ctx, op); err != nil {
			return err
		}
		if !manages {
			if err := u.permit(ctx); err != nil {
				return err
			}
		}
		if err := u.putBack(ctx); err != nil {
			return err
		}
		if err := u.needed(ctx); err != nil {
			return err
		}
		state := UndoneAll
		if len(rep.Kept) > 0 {
			state = UndoneInPart
		}
		if rep.Kept, err = s.visible(ctx, rep.Kept); err != nil {
			return err
		}
		if strict && state != UndoneAll {
			return u.refuse(ctx)
		}
		if err := u.purge(ctx); err != nil {
			return err
		}
		return s.settle(ctx, o, state)
	})
	if err != nil {
		return nil, err
	}
	return rep, nil
}

// undoing is an undo on its way.
type undoing struct {
	s       *Session
	rep     *UndoReport
	entries map[Link][]*Entry // of the operation, by record
	created map[Link]*Record  // to be purged
	pending []*Record         // to be put back
	needing []Link            // what later came to link to what was created
	barred  bool              // some are out of the actor's reach
}

// refuse says what stands against a strict undo: what is kept, and then what links to it.
func (u *undoing) refuse(ctx context.Context) error {
	needing, err := u.s.visible(ctx, u.needing)
	if err != nil {
		return err
	}
	c := &ConflictError{Reason: "changed or linked to since the operation"}
	switch {
	case len(u.needing) == 0 && !u.barred && len(u.rep.Kept) > 0:
		c.Reason = "changed since the operation"
	case len(needing) > 0:
		c.Reason += ", by " + needing[0].String()
	}
	for _, l := range append(slices.Clone(u.rep.Kept), needing...) {
		c.add(l)
	}
	return c
}

// load sorts the records of the operation into those to purge, those to put back, and those that changed since.
func (u *undoing) load(ctx context.Context, op ID) error {
	err := u.s.entries(ctx, "operation", eq("operation", storage.RefValue(op)), func(es []*Entry) error {
		for _, e := range es {
			l := Link{e.Module, e.Record}
			u.entries[l] = append(u.entries[l], e)
		}
		return nil
	})
	if err != nil {
		return err
	}
	created, err := u.s.created(ctx, op)
	if err != nil {
		return err
	}
	isNew := make(map[Link]bool, len(created))
	ids := map[string][]ID{}
	for _, l := range created {
		isNew[l] = true
		ids[l.Module] = append(ids[l.Module], l.ID)
	}
	for l, es := range u.entries {
		slices.SortFunc(es, func(a, b *Entry) int { return cmp.Compare(b.Version, a.Version) }) // newest first
		if !isNew[l] {
			ids[l.Module] = append(ids[l.Module], l.ID)
		}
	}
	for module, ids := range ids {
		m := u.s.cat.modules[module]
		if m == nil {
			return fmt.Errorf("record: no module %q", module)
		}
		r := u.s.records(m)
		found := make(map[ID]bool, len(ids))
		err = r.each(ctx, func(recs []*Record) error {
			for _, rec := range recs {
				l := rec.Link()
				found[rec.ID] = true
				last := int64(1)
				es := u.entries[l]
				if len(es) > 0 {
					last = es[0].Version
				}
				switch {
				case len(es) > 0 && es[0].Action == Undone: // by an undo that left others
				case rec.Version != last:
					u.rep.Kept = append(u.rep.Kept, l)
				case isNew[l]:
					u.created[l] = rec
				default:
					u.pending = append(u.pending, rec)
				}
			}
			return nil
		}, among("id", ids...))
		if err != nil {
			return err
		}
		for _, id := range ids { // a created one that is gone is as good as undone
			if l := (Link{module, id}); !found[id] && !isNew[l] && u.entries[l][0].Action != Undone {
				u.rep.Kept = append(u.rep.Kept, l)
			}
		}
	}
	return nil
}

// permit asks for the rights that an actor needs to undo what was the actor's own: to delete what it created, and to do what
// puts back each record that it overwrote. Records that are out of reach by now are kept.
func (u *undoing) permit(ctx context.Context) error {
	created, pending := map[string][]ID{}, map[Right]map[string][]ID{RightEdit: {}, RightDelete: {}, RightChangeOwner: {}}
	for l := range u.created {
		created[l.Module] = append(created[l.Module], l.ID)
	}
	for _, rec := range u.pending {
		for _, right := range u.takes(rec) {
			pending[right][rec.Module()] = append(pending[right][rec.Module()], rec.ID)
		}
	}
	out := map[Link]bool{}
	ask := func(of map[string][]ID, right Right, level Level) error {
		for module, ids := range of {
			r, err := u.s.shown(u.s.cat.modules[module]).as(ctx, u.s, right)
			if err != nil {
				return err
			}
			reached, err := r.reached(ctx, level, ids)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if reached != nil && !reached[id] {
					out[Link{module, id}] = true
				}
			}
		}
		return nil
	}
	err := errors.Join(ask(created, RightDelete, LevelFull), ask(pending[RightEdit], RightEdit, LevelWrite),
		ask(pending[RightDelete], RightDelete, LevelFull), ask(pending[RightChangeOwner], RightChangeOwner, LevelFull))
	if err != nil {
		return err
	}
	for l := range out {
		delete(u.created, l)
		u.barred = true
		u.rep.Kept = append(u.rep.Kept, l)
	}
	u.pending = slices.DeleteFunc(u.pending, func(rec *Record) bool { return out[rec.Link()] })
	return nil
}

// takes returns the rights that putting a record back takes: that to give it to another owner where that is what it does,
// that to delete where it goes into the bin or comes out of it, and that to change for all else, as for what went along with
// another record.
func (u *undoing) takes(rec *Record) (rights []Right) {
	for _, e := range u.entries[rec.Link()] {
		for _, c := range e.Changes {
			right := RightEdit
			switch {
			case c.Field == systemFields[colOwner].Name:
				right = RightChangeOwner
			case e.CauseVersion == 0 && (c.Field == systemFields[colDeleted].Name || c.Field == systemFields[colDeletedBy].Name):
				right = RightDelete
			}
			if !slices.Contains(rights, right) {
				rights = append(rights, right)
			}
		}
	}
	return rights
}

// putBack gives overwritten records their former values, round by round, so that a target comes before its links and a
// tree is never a loop on the way. It comes before purging, so that only later dependants are left then.
func (u *undoing) putBack(ctx context.Context) error {
	for len(u.pending) > 0 {
		byModule, left := map[*Schema][]*Record{}, []*Record(nil)
		for _, rec := range u.pending {
			byModule[rec.shape.Schema] = append(byModule[rec.shape.Schema], rec)
		}
		for _, m := range u.s.cat.order {
			r, recs := u.s.records(m), byModule[m]
			ds := make([]*draft, len(recs))
			for i, rec := range recs {
				ds[i] = r.before(rec, u.entries[rec.Link()])
			}
			if err := r.keepTargets(ctx, ds); err != nil {
				return err
			}
			if err := r.judge(ctx, ds, false); err != nil {
				return err
			}
			if err := r.write(ctx, Undone, ds); err != nil {
				return err
			}
			for i, d := range ds {
				if d.ok() {
					u.rep.PutBack++
				} else {
					left = append(left, recs[i])
				}
			}
		}
		if len(left) == len(u.pending) {
			for _, rec := range left {
				u.rep.Kept = append(u.rep.Kept, rec.Link())
			}
			return nil
		}
		u.pending = left
	}
	return nil
}

// keepTargets refuses drafts that would go back into the bin while live records, other than these drafts, link to them.
func (r *Records) keepTargets(ctx context.Context, ds []*draft) error {
	going := map[ID]*draft{}
	var gone []ID
	for _, d := range ds {
		if d.next.deleted() && !d.old.deleted() {
			going[d.next.ID] = d
			gone = append(gone, d.next.ID)
		}
	}
	return r.s.dependants(ctx, r.shape.Module, gone, nil, func(by *Records, i int, page []*Record) error {
		for _, rec := range page {
			target := going[rec.row[i].ID()]
			if by.shape.Schema != r.shape.Schema || going[rec.ID] == nil {
				target.bad(r.shape.fields[colDeleted].Name, CodeInvalid, nil)
			}
		}
		return nil
	}, live)
}

// before is a record as it was before these entries, the newest of which comes first.
func (r *Records) before(rec *Record, es []*Entry) *draft {
	d := &draft{rec: rec.clone(), old: rec, next: rec.clone(), all: true}
	for _, e := range es {
		for _, c := range e.Changes {
			i := r.shape.position(c.Field)
			if i < 0 {
				continue
			}
			d.next.row[i] = c.Old
		}
	}
	for i := range r.shape.fields { // which may ask for something else since
		f, v := &r.shape.fields[i], d.next.row[i]
		if v == rec.row[i] || v.IsNull() {
			continue
		}
		if clean, p := f.Type.Clean(v); v.Kind() != f.Type.Kind() || !f.kept && (!p.OK() || clean != v) {
			d.bad(f.Name, CodeInvalid, nil)
		}
	}
	return d
}

// needed keeps the created records that others link to, and those that they link to in turn. Records in the bin count.
func (u *undoing) needed(ctx context.Context) error {
	for again := true; again; {
		again = false
		ids := map[string][]ID{}
		for l := range u.created {
			ids[l.Module] = append(ids[l.Module], l.ID)
		}
		for module, ids := range ids {
			err := u.s.dependants(ctx, module, ids, nil, func(r *Records, field int, page []*Record) error {
				for _, by := range page {
					l := Link{module, by.row[field].ID()}
					if u.created[by.Link()] == nil && u.created[l] != nil {
						delete(u.created, l)
						u.rep.Kept = append(u.rep.Kept, l)
						if !slices.Contains(u.rep.Kept, by.Link()) { // which is kept itself, and no reason
							u.needing = append(u.needing, by.Link())
						}
						again = true
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *undoing) purge(ctx context.Context) (err error) {
	recs := slices.SortedFunc(maps.Values(u.created), func(a, b *Record) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	u.rep.Purged, err = u.s.purge(ctx, recs)
	return err
}
