package record

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clientele-go/crm/storage"
)

// write stores the drafts that are good and differ from what is stored, with their entries in the timeline and the rows
// beside them. Nothing that it reads may refuse one.
func (r *Records) write(ctx context.Context, action Action, ds []*draft) error {
	var fresh, changed, entries []storage.Row
	var rows beside
	var told newsOf
	gs, err := r.s.grantsOf(ctx, r.shape.Schema)
	if err != nil {
		return err
	}
	if err := r.number(ctx, ds); err != nil {
		return err
	}
	whole := r.shape.whole
	now, actor := timeValue(r.s.Now()), textValue(string(r.s.o.Actor))
	for _, d := range ds {
		if !d.ok() || d.done != "" {
			if d.done != "" {
				r.stamp(d)
			}
			continue
		}
		row := d.next.row
		if d.old == nil {
			d.done = Created
			d.next.Version = 1
			row[colCreated], row[colModified] = now, now
			row[colCreatedBy], row[colModifiedBy] = actor, actor
			row[colSource] = textValue(r.s.o.Source)
			if r.s.op != nil {
				row[colOperation] = storage.RefValue(r.s.op.ID)
				r.s.op.created = append(r.s.op.created, Link{r.shape.Module, d.next.ID})
			}
			whole.derive(row, nil)
			fresh = append(fresh, d.next.storageRow())
			rows.change(whole, gs, d.next.ID, nil, d.next)
			told.note(r.s, d.next, nil)
			r.stamp(d)
			continue
		}
		changes := whole.diff(d.old.row, row)
		if len(changes) == 0 {
			d.done = Unchanged
			d.next.Version = d.old.Version
			copy(row, d.old.row)
			r.stamp(d)
			continue
		}
		d.done = action
		d.next.Version = d.old.Version + 1
		row[colModified], row[colModifiedBy] = now, actor
		whole.derive(row, d.old.row)
		changed = append(changed, d.next.storageRow())
		rows.change(whole, gs, d.next.ID, d.old, d.next)
		told.note(r.s, d.next, d.old)
		entries = append(entries, r.entry(d, action, changes).row(r.s.o.NewID()))
		r.stamp(d)
	}
	if err := r.s.insert(ctx, r.shape.table, fresh...); err != nil {
		return r.conflict(err, fresh)
	}
	if err := r.s.update(ctx, r.shape.table, changed...); err != nil {
		return err
	}
	if err := r.s.insert(ctx, timeline, entries...); err != nil {
		return err
	}
	if err := r.s.insert(ctx, news, told.rows...); err != nil {
		return err
	}
	return rows.write(ctx, r.s)
}

// stamp shows the caller what was stored, until the transaction is taken back.
func (r *Records) stamp(d *draft) {
	if d.next == d.rec {
		return // the caller does not look at it
	}
	rec, was := d.rec, *d.rec
	was.ID = d.next.ID
	*rec = *d.next
	if rec.shape = r.shape; r.shape.hides {
		rec.row = slices.Clone(rec.row)
		rec.blank()
	}
	r.s.tx.undo = append(r.s.tx.undo, func() { *rec = was })
}

// conflict names the records that a unique index speaks of.
func (r *Records) conflict(err error, rows []storage.Row) error {
	var ce *storage.ConflictError
	if !errors.As(err, &ce) {
		return err
	}
	c := &ConflictError{Reason: "another record has the same " + ce.Index}
	if len(rows) == 1 {
		c.add(Link{r.shape.Module, rows[0].ID})
	}
	return c
}

// entry is the timeline's row of one change.
func (r *Records) entry(d *draft, action Action, changes []Change) *Entry {
	e := &Entry{Module: r.shape.Module, Record: d.next.ID, Version: d.next.Version, Time: r.s.Now(), Actor: r.s.o.Actor,
		Action: action, Source: r.s.o.Source, Changes: changes}
	if r.s.op != nil {
		e.Operation = r.s.op.ID
	}
	if d.cause != nil {
		e.Cause, e.CauseVersion = Link{d.cause.Module, d.cause.Record}, d.cause.Version
	}
	return e
}

// bin returns the draft of rec moved into or out of the bin.
func (r *Records) bin(rec *Record, when time.Time) *draft {
	d := &draft{rec: rec.clone(), old: rec, next: rec.clone()}
	d.next.row[colDeleted], d.next.row[colDeletedBy] = timeValue(when), storage.Value{}
	if !when.IsZero() {
		d.next.row[colDeletedBy] = textValue(string(r.s.o.Actor))
	}
	return d
}
