package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clientele-go/crm/storage"
)

// Retention is how long a deleted record stays in the bin before PurgeExpired takes it. Zoho: 60 days.
const Retention = 60 * 24 * time.Hour

// Delete puts live records in the bin, all or none, and does to those that link to them what the lookups say: links are
// emptied, dependants go along, or the delete is refused with a *ConflictError that names them. It fails with
// ErrNotFound for what is not there or is in the bin already.
func (r *Records) Delete(ctx context.Context, ids ...ID) error {
	return r.s.Update(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightDelete)
		if err != nil {
			return err
		}
		if err := in.reaching(ctx, LevelFull, RightDelete, ids); err != nil {
			return err
		}
		whole := in.wholly()
		recs, err := whole.named(ctx, ids, live)
		if err != nil {
			return err
		}
		if err := s.refusing(ctx, r.shape.Module, recs); err != nil {
			return err
		}
		return whole.remove(ctx, recs, nil)
	})
}

// named returns the records of these ids that are in a state, each once and in this order, or ErrNotFound.
func (r *Records) named(ctx context.Context, ids []ID, state storage.Filter) ([]*Record, error) {
	found, err := r.byID(ctx, among("id", ids...), state)
	if err != nil {
		return nil, err
	}
	recs, seen := make([]*Record, 0, len(ids)), make(map[ID]bool, len(ids))
	for _, id := range ids {
		rec := found[id]
		if rec == nil {
			return nil, r.missing(id)
		}
		if !seen[id] {
			recs = append(recs, rec)
		}
		seen[id] = true
	}
	return recs, nil
}

// refusing asks whether a record that stays stands against the delete of others. It reads, and writes nothing.
func (s *Session) refusing(ctx context.Context, module string, recs []*Record) (err error) {
	if !s.tx.conf.refuses {
		return nil
	}
	type group struct {
		module string
		ids    []ID
	}
	going := map[Link]bool{}
	note := func(recs []*Record) (ids []ID) {
		for _, rec := range recs {
			if l := rec.Link(); !going[l] {
				going[l] = true
				ids = append(ids, rec.ID)
			}
		}
		return ids
	}
	groups := []group{{module, note(recs)}}
	for i := 0; i < len(groups); i++ {
		err := s.dependants(ctx, groups[i].module, groups[i].ids, Cascade.is, func(by *Records, _ int, page []*Record) error {
			if ids := note(page); ids != nil {
				groups = append(groups, group{by.shape.Module, ids})
			}
			return nil
		}, live)
		if err != nil {
			return err
		}
	}
	refused := &ConflictError{Reason: "linked records refuse the delete"}
	for _, g := range groups {
		err := s.dependants(ctx, g.module, g.ids, Refuse.is, func(_ *Records, _ int, page []*Record) error {
			for _, rec := range page {
				if !going[rec.Link()] {
					refused.add(rec.Link())
				}
			}
			return nil
		}, live)
		if err != nil {
			return err
		}
	}
	if refused.By == nil {
		return nil
	}
	refused.By, err = s.visible(ctx, refused.By)
	return errors.Join(err, refused)
}

// remove puts recs in the bin, and then sees to what links to them. causes are the entries that this follows from.
func (r *Records) remove(ctx context.Context, recs []*Record, causes map[ID]*Entry) error {
	if len(recs) == 0 {
		return nil
	}
	now := r.s.Now()
	ds, entries := make([]*draft, len(recs)), map[ID]*Entry{}
	for i, rec := range recs {
		ds[i] = r.bin(rec, now)
		ds[i].cause = causes[rec.ID]
		entries[rec.ID] = &Entry{Module: r.shape.Module, Record: rec.ID, Version: rec.Version + 1}
	}
	if err := r.write(ctx, Deleted, ds); err != nil {
		return err
	}
	return r.s.dependants(ctx, r.shape.Module, ids(recs), nil, func(by *Records, i int, page []*Record) error {
		why := map[ID]*Entry{}
		for _, rec := range page {
			why[rec.ID] = entries[rec.row[i].ID()]
		}
		switch by.shape.fields[i].OnDelete {
		case Cascade:
			return by.remove(ctx, page, why)
		case Refuse:
			return nil // it goes along by another link
		}
		return by.cut(ctx, i, page, why)
	}, live)
}

// cut empties a link of recs.
func (r *Records) cut(ctx context.Context, field int, recs []*Record, causes map[ID]*Entry) error {
	ds := make([]*draft, len(recs))
	for n, rec := range recs {
		ds[n] = &draft{rec: rec.clone(), old: rec, next: rec.clone(), cause: causes[rec.ID]}
		ds[n].next.row[field] = storage.Value{}
	}
	return r.write(ctx, Cleared, ds)
}

// dependants calls fn with the records that link to any of ids by lookups of some rules, a page at a time, by lookup.
func (s *Session) dependants(ctx context.Context, module string, ids []ID, of func(Rule) bool,
	fn func(r *Records, field int, page []*Record) error, fs ...storage.Filter) error {
	for _, l := range s.tx.conf.links[module] {
		r := s.records(l.from)
		f := &r.shape.fields[l.field]
		if len(ids) == 0 || of != nil && !of(f.OnDelete) {
			continue
		}
		where := append([]storage.Filter{r.shape.among(l.field, refs(ids)...)}, fs...)
		if f.To == AnyModule {
			where = append(where, eq(strings.ToLower(f.ToIn), storage.TextValue(module)))
		}
		err := r.each(ctx, func(page []*Record) error { return fn(r, l.field, page) }, where...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Restore takes records out of the bin, with the records and links that went along where they still fit. A link of
// their own whose target has gone meanwhile, or that would now close a loop, is left empty. It fails with ErrNotFound
// for what is not in the bin, and with a *ValidationError where such a link may not be empty, or another record has a
// unique value by now.
func (r *Records) Restore(ctx context.Context, ids ...ID) error {
	return r.s.Update(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightDelete)
		if err != nil {
			return err
		}
		if err := in.reaching(ctx, LevelFull, RightDelete, ids); err != nil {
			return fmt.Errorf("bin: %w", err)
		}
		whole := in.wholly()
		recs, err := whole.named(ctx, ids, not(live))
		if err != nil {
			return fmt.Errorf("bin: %w", err)
		}
		err = whole.restore(ctx, recs, true)
		var refused *ValidationError
		if errors.As(err, &refused) {
			if failed := in.discreet(ctx, refused.Fields); failed != nil {
				return failed
			}
		}
		return err
	})
}

// restore takes records out of the bin. One that no longer fits refuses all when strict, and otherwise stays where it is.
func (r *Records) restore(ctx context.Context, recs []*Record, strict bool) error {
	ds := make([]*draft, len(recs))
	for i, rec := range recs {
		ds[i] = r.bin(rec, time.Time{})
		ds[i].all, ds[i].mend = true, true
	}
	for again := true; again; {
		if err := r.judge(ctx, ds, false); err != nil {
			return err
		}
		again = r.checkRequired(ds) // what is refused may be what others link to
	}
	if strict {
		if err := refusals(ds); err != nil {
			return err
		}
	}
	if err := r.write(ctx, Restored, ds); err != nil {
		return err
	}
	var back []ID
	causes := map[ID]*Entry{}
	for _, d := range ds {
		if d.ok() {
			back = append(back, d.next.ID)
			causes[d.next.ID] = &Entry{Module: r.shape.Module, Record: d.next.ID, Version: d.next.Version}
		}
	}
	return r.reattach(ctx, back, causes)
}

// checkRequired refuses drafts that lack what they need, and says whether there was one.
func (r *Records) checkRequired(ds []*draft) (refused bool) {
	for _, d := range ds {
		for i := range r.shape.fields {
			if f := &r.shape.fields[i]; f.Required && d.ok() && d.next.row[i].IsNull() {
				d.bad(f.Name, CodeMandatory, nil)
				refused = true
			}
		}
	}
	return refused
}

// reattach takes back what followed from the deletes of records, now that they are restored by these entries.
func (r *Records) reattach(ctx context.Context, ids []ID, causes map[ID]*Entry) error {
	if len(ids) == 0 {
		return nil
	}
	deletes, err := r.deletes(ctx, ids)
	if err != nil {
		return err
	}
	f := and(among("cause_record", ids...), eq("cause_module", storage.TextValue(r.shape.Module)))
	return r.s.entries(ctx, "cause_record", f, func(es []*Entry) error {
		followed := map[*Schema][]*Entry{}
		for _, e := range es {
			if m := r.s.cat.modules[e.Module]; m != nil && e.CauseVersion == deletes[e.Cause.ID] {
				followed[m] = append(followed[m], e)
			}
		}
		for _, m := range r.s.cat.order {
			if err := r.s.records(m).takeBack(ctx, followed[m], causes); err != nil {
				return err
			}
		}
		return nil
	})
}

// deletes returns the version that the last delete of each record made.
func (r *Records) deletes(ctx context.Context, ids []ID) (map[ID]int64, error) {
	last := make(map[ID]int64, len(ids))
	err := r.s.entries(ctx, "record", and(r.historyOf(ids), eq("action", storage.TextValue(string(Deleted)))), func(es []*Entry) error {
		for _, e := range es {
			last[e.Record] = max(last[e.Record], e.Version)
		}
		return nil
	})
	return last, err
}

// takeBack undoes entries that followed from deletes: a record that went along comes back too, and one that lost a link
// gets it back if it has none by now. What no longer fits stays as it is.
func (r *Records) takeBack(ctx context.Context, es []*Entry, causes map[ID]*Entry) error {
	if len(es) == 0 {
		return nil
	}
	ids := make([]ID, len(es))
	for i, e := range es {
		ids[i] = e.Record
	}
	recs, err := r.byID(ctx, among("id", ids...))
	if err != nil {
		return err
	}
	deletes, err := r.deletes(ctx, ids)
	if err != nil {
		return err
	}
	var back []*Record
	var ds []*draft
	cut := map[ID]*draft{}
	for _, e := range es {
		rec := recs[e.Record]
		switch {
		case rec == nil:
		case e.Action == Deleted:
			if rec.deleted() && deletes[rec.ID] == e.Version {
				back = append(back, rec)
			}
		case !rec.deleted():
			d := cut[rec.ID]
			if d == nil {
				d = &draft{rec: rec.clone(), old: rec, next: rec.clone(), cause: causes[e.Cause.ID], mend: true}
				cut[rec.ID], ds = d, append(ds, d)
			}
			for _, c := range e.Changes {
				if i := r.shape.position(c.Field); i >= 0 && rec.row[i].IsNull() {
					d.next.row[i] = c.Old
				}
			}
		}
	}
	if err := r.restore(ctx, back, false); err != nil {
		return err
	}
	if err := r.checkLinks(ctx, ds, false); err != nil {
		return err
	}
	return r.write(ctx, Returned, ds)
}
