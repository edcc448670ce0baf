package record

import (
	"context"
	"fmt"
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
		in := r.In(s)
		recs, err := in.byID(ctx, among("id", ids...), live)
		if err != nil {
			return err
		}
		var order []*Record
		for _, id := range ids {
			rec, ok := recs[id]
			if !ok {
				return r.missing(id)
			}
			if rec != nil {
				order = append(order, rec)
			}
			recs[id] = nil // a second mention is no second delete
		}
		return in.remove(ctx, order, nil)
	})
}

// remove puts recs in the bin, and then sees to what links to them. causes are the entries that this follows from.
func (r *Records) remove(ctx context.Context, recs []*Record, causes map[ID]*Entry) error {
	if len(recs) == 0 {
		return nil
	}
	now := r.s.Now()
	ids, ds, entries := make([]ID, len(recs)), make([]*draft, len(recs)), map[ID]*Entry{}
	for i, rec := range recs {
		ids[i] = rec.ID
		ds[i] = r.bin(rec, now)
		ds[i].cause = causes[rec.ID]
		entries[rec.ID] = &Entry{Record: rec.ID, Version: rec.Version + 1}
	}
	if err := r.write(ctx, Deleted, ds); err != nil {
		return err
	}
	return r.s.dependants(ctx, r.shape.Module, ids, func(by *Records, i int, page []*Record) error {
		why := map[ID]*Entry{}
		for _, rec := range page {
			why[rec.ID] = entries[rec.row[i].ID()]
		}
		switch by.shape.fields[i].OnDelete {
		case Cascade:
			return by.remove(ctx, page, why)
		case Refuse:
			refused := &ConflictError{Reason: "linked records refuse the delete"}
			for _, rec := range page {
				refused.add(rec.Link())
			}
			return refused
		}
		ds := make([]*draft, len(page))
		for n, rec := range page {
			d := &draft{rec: rec.clone(), old: rec, next: rec.clone(), cause: why[rec.ID]}
			d.next.row[i] = storage.Value{}
			ds[n] = d
		}
		return by.write(ctx, Cleared, ds)
	}, live)
}

// dependants calls fn with the records that link to any of ids, a page at a time, by lookup.
func (s *Session) dependants(ctx context.Context, module string, ids []ID, fn func(r *Records, field int, page []*Record) error, fs ...storage.Filter) error {
	for _, l := range s.cat.links[module] {
		r := s.records(l.from)
		where := append([]storage.Filter{among(l.from.fields[l.field].Column(), ids...)}, fs...)
		err := r.each(ctx, func(page []*Record) error { return fn(r, l.field, page) }, where...)
		if err != nil {
			return err
		}
	}
	return nil
}

// Restore takes records out of the bin, with the records and links that went along where they still fit. A link of
// their own whose target has gone meanwhile, or that would now close a loop, is left empty. It fails with ErrNotFound
// for what is not in the bin, and with a *ValidationError where such a link may not be empty.
func (r *Records) Restore(ctx context.Context, ids ...ID) error {
	return r.s.Update(ctx, func(s *Session) error { return r.In(s).restore(ctx, ids) })
}

func (r *Records) restore(ctx context.Context, ids []ID) error {
	recs, err := r.byID(ctx, among("id", ids...), not(live))
	if err != nil {
		return err
	}
	var ds []*draft
	for _, id := range ids {
		rec := recs[id]
		if rec == nil {
			return fmt.Errorf("bin: %w", r.missing(id))
		}
		d := r.bin(rec, time.Time{})
		d.all, d.mend = true, true
		ds = append(ds, d)
	}
	if err := r.checkLinks(ctx, ds); err != nil {
		return err
	}
	if err := refusals(ds); err != nil {
		return err
	}
	if err := r.write(ctx, Restored, ds); err != nil {
		return err
	}
	for _, d := range ds {
		if err := r.s.reattach(ctx, d.next.ID, d.old.Version, &Entry{Record: d.next.ID, Version: d.next.Version}); err != nil {
			return err
		}
	}
	return nil
}

// reattach takes back what followed from one version of a record, its delete, now that it is restored.
func (s *Session) reattach(ctx context.Context, id ID, version int64, cause *Entry) error {
	f := and(eq("cause_record", storage.RefValue(id)), eq("cause_version", storage.IntValue(version)))
	return s.entries(ctx, "cause_record", f, func(es []*Entry) error {
		for _, e := range es {
			m := s.cat.modules[e.Module]
			if m == nil {
				continue // a module that this session does not know
			}
			if err := s.records(m).takeBack(ctx, e, cause); err != nil {
				return err
			}
		}
		return nil
	})
}

// takeBack undoes one entry that followed from a delete: the record comes back too, or gets its link back if it has
// none by now. What no longer fits stays as it is.
func (r *Records) takeBack(ctx context.Context, e, cause *Entry) error {
	recs, err := r.byID(ctx, byID(e.Record))
	rec := recs[e.Record]
	if err != nil || rec == nil {
		return err
	}
	if e.Action == Deleted {
		if rec.Version == e.Version {
			return r.restore(ctx, []ID{e.Record})
		}
		return nil
	}
	if rec.deleted() {
		return nil
	}
	d := &draft{rec: rec.clone(), old: rec, next: rec.clone(), cause: cause}
	for _, c := range e.Changes {
		if i, ok := r.shape.index(c.Field); ok && rec.row[i].IsNull() {
			d.next.row[i] = c.Old
		}
	}
	ds := []*draft{d}
	if err := r.checkLinks(ctx, ds); err != nil || !d.ok() {
		return err
	}
	return r.write(ctx, Returned, ds)
}

// Purge removes records that are in the bin for good, all or none, with their timeline. It cannot be taken back. Links
// that still lead to them, from other records in the bin, are emptied. It fails with ErrNotFound for what is not in the
// bin.
func (r *Records) Purge(ctx context.Context, ids ...ID) error {
	return r.s.Update(ctx, func(s *Session) error {
		in := r.In(s)
		recs, err := in.byID(ctx, among("id", ids...), not(live))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if recs[id] == nil {
				return fmt.Errorf("bin: %w", r.missing(id))
			}
		}
		return in.purge(ctx, recs)
	})
}

// purge removes records and their timelines, and empties what still leads to them.
func (r *Records) purge(ctx context.Context, recs map[ID]*Record) error {
	ids, keys := make([]ID, 0, len(recs)), make([]storage.Key, 0, len(recs))
	for id, rec := range recs {
		ids, keys = append(ids, id), append(keys, storage.Key{ID: id, Version: rec.Version})
	}
	err := r.s.dependants(ctx, r.shape.Module, ids, func(by *Records, i int, page []*Record) error {
		var ds []*draft
		for _, p := range page {
			if by.shape.Module == r.shape.Module && recs[p.ID] != nil {
				continue
			}
			d := &draft{rec: p.clone(), old: p, next: p.clone()}
			d.next.row[i] = storage.Value{}
			ds = append(ds, d)
		}
		return by.write(ctx, Cleared, ds)
	})
	if err != nil {
		return err
	}
	history := storage.Query{Table: timeline, Columns: []string{}, Index: "record", Where: among("record", ids...)}
	err = r.s.each(ctx, history, func(rows []storage.Row) error {
		keys := make([]storage.Key, len(rows))
		for i, row := range rows {
			keys[i] = storage.Key{ID: row.ID, Version: row.Version}
		}
		return r.s.delete(ctx, timeline, keys...)
	})
	if err != nil {
		return err
	}
	return r.s.delete(ctx, r.shape.table, keys...)
}

// PurgeExpired purges what has been in the bin for longer than [Retention], in transactions of at most 500 records, and
// returns how many there were. A host calls it now and then.
func (r *Records) PurgeExpired(ctx context.Context) (n int, err error) {
	q := storage.Query{Table: r.shape.table, Limit: 500,
		Where: and(compare(storage.Lt, live.Field, storage.TimeValue(r.s.Now().Add(-Retention))))}
	for {
		var expired map[ID]*Record
		err := r.s.Update(ctx, func(s *Session) error {
			rows, err := s.tx.Find(ctx, &q)
			expired = map[ID]*Record{}
			for i := range rows {
				expired[rows[i].ID] = r.shape.decode(&rows[i])
			}
			if err != nil || len(rows) == 0 {
				return err
			}
			return r.In(s).purge(ctx, expired)
		})
		if n += len(expired); err != nil || len(expired) < q.Limit {
			return n, err
		}
	}
}
