package record

import (
	"context"

	"github.com/clientele-go/crm/storage"
)

// expectedWhole is what takes no record that is within another.
const expectedWhole = "a module whose records are part of no others"

// inParents is the reach of records that are within others: those whose parents the actor sees, or for all levels above that,
// may change.
func (r *Records) inParents(ctx context.Context, level Level) (*reach, error) {
	d := &r.shape.Schema.own[r.shape.within]
	in := or()
	for _, module := range r.s.cat.targets(r.shape.Schema, d) {
		part := storage.Filter{}
		if d.To == AnyModule {
			part = eq(r.shape.fields[r.shape.position(d.ToIn)].Column(), storage.TextValue(module))
		}
		parents, err := r.s.shown(r.s.cat.modules[module]).as(ctx, r.s)
		if err != nil {
			return nil, err
		}
		if !parents.shape.rights.may(RightView) {
			continue
		}
		to, err := parents.reach(ctx, min(level, LevelWrite))
		if err != nil {
			return nil, err
		}
		if to != nil {
			of := &storage.Query{Table: parents.shape.table, Where: to.filter(), Index: "id"} // each for itself
			part = and(part, storage.Filter{Op: storage.Among, Field: d.Column(), Of: of, On: "id"})
		}
		in.Sub = append(in.Sub, part)
	}
	return &reach{where: in, level: level}, nil
}

// intoParents refuses drafts that would come to be within what the actor may not change.
func (r *Records) intoParents(ctx context.Context, ds []*draft) error {
	i := r.shape.within
	if i < 0 || r.shape.rights == nil || r.shape.rights == unlimited {
		return nil
	}
	parents := map[string][]*draft{}
	for _, d := range ds {
		if d.ok() && d.moved(i) {
			module := d.next.leads(i)
			parents[module] = append(parents[module], d)
		}
	}
	for module, ds := range parents {
		in, err := r.s.shown(r.s.cat.modules[module]).as(ctx, r.s)
		if err != nil {
			return err
		}
		ids := make([]ID, len(ds))
		for n, d := range ds {
			ids[n] = d.next.row[i].ID()
		}
		changes, err := in.reached(ctx, LevelWrite, ids)
		if err != nil {
			return err
		}
		for n, d := range ds {
			if changes != nil && !changes[ids[n]] {
				d.err = &ForbiddenError{Right: RightEdit, Module: module, Record: ids[n]}
			}
		}
	}
	return nil
}
