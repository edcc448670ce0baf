package record

import (
	"context"

	"github.com/clientele-go/crm/storage"
)

// judge refuses drafts whose links or unique values do not fit, until no verdict changes: a draft that is refused takes
// along those that link to it, and leaves its values to others.
func (r *Records) judge(ctx context.Context, ds []*draft, inTurn bool) error {
	for {
		if err := r.checkLinks(ctx, ds, inTurn); err != nil {
			return err
		}
		refused, err := r.checkUnique(ctx, ds, inTurn)
		if err != nil || !refused {
			return err
		}
	}
}

// claims reports whether the draft gets a value of unique field i that it does not have as it is stored.
func (d *draft) claims(i int) bool {
	return d.ok() && d.done == "" && !d.next.row[i].IsNull() && !d.next.deleted() && !d.holds(i, d.next.row[i])
}

// holds reports whether the record as it is stored has that value of unique field i.
func (d *draft) holds(i int, v storage.Value) bool {
	s := d.next.shape
	return d.old != nil && !d.old.deleted() && !d.old.row[i].IsNull() && s.uniqueKey(i, d.old.row[i]) == s.uniqueKey(i, v)
}

// checkUnique refuses drafts whose unique values another record has: with inTurn as if each were a call of its own, and
// otherwise as they are all together, so that two records may change places. It reports whether it refused one.
func (r *Records) checkUnique(ctx context.Context, ds []*draft, inTurn bool) (refused bool, err error) {
	whole := r.shape.whole
	for _, i := range whole.rows {
		if !whole.fields[i].Unique {
			continue
		}
		var keys []ID
		for _, d := range ds {
			if d.claims(i) {
				keys = append(keys, whole.uniqueKey(i, d.next.row[i]))
			}
		}
		if keys == nil {
			continue
		}
		holder := map[ID]ID{}
		err := r.s.each(ctx, storage.Query{Table: uniques, Columns: []string{"record"}, Where: among("id", keys...), Index: "id"}, func(rows []storage.Row) error {
			for _, row := range rows {
				holder[row.ID] = row.Values[0].ID()
			}
			return nil
		})
		if err != nil {
			return false, err
		}
		release := func(d *draft) {
			if d.ok() && d.done == "" && d.old != nil && !d.old.deleted() && !d.old.row[i].IsNull() &&
				(d.next.deleted() || d.next.row[i].IsNull() || !d.holds(i, d.next.row[i])) {
				if key := whole.uniqueKey(i, d.old.row[i]); holder[key] == d.next.ID {
					delete(holder, key)
				}
			}
		}
		if !inTurn {
			for _, d := range ds {
				release(d)
			}
		}
		for _, d := range ds {
			if d.claims(i) {
				key := whole.uniqueKey(i, d.next.row[i])
				if other, taken := holder[key]; taken && other != d.next.ID {
					if err := r.duplicate(ctx, d, i, other); err != nil {
						return false, err
					}
					refused = true
					continue
				}
				holder[key] = d.next.ID
			}
			if inTurn {
				release(d)
			}
		}
	}
	return refused, nil
}

// duplicate refuses a draft, and names the record that has its value if the actor sees it.
func (r *Records) duplicate(ctx context.Context, d *draft, i int, other ID) error {
	seen, err := r.s.visible(ctx, []Link{{r.shape.Module, other}})
	if err != nil {
		return err
	}
	args := Args{}
	if len(seen) > 0 {
		args["record"] = other
	}
	d.bad(r.shape.whole.fields[i].Name, CodeDuplicate, args)
	return nil
}

// number gives new records the next numbers of the fields that are counted. A number is never given again.
func (r *Records) number(ctx context.Context, ds []*draft) error {
	var fresh []*draft
	for _, d := range ds {
		if d.ok() && d.done == "" && d.old == nil && len(r.shape.number) > 0 {
			fresh = append(fresh, d)
		}
	}
	for _, i := range r.shape.whole.number {
		if len(fresh) == 0 {
			return nil
		}
		d, name := &r.shape.whole.fields[i], r.shape.fieldName(i)
		row, err := r.s.one(ctx, counters, hashID("counter", name))
		if err != nil {
			return err
		}
		last, there := d.Number.Start-1, row != nil
		if there {
			last = max(last, row.Values[1].Int64())
		} else {
			row = &storage.Row{ID: hashID("counter", name)}
		}
		for _, f := range fresh {
			last++
			f.next.row[i] = storage.TextValue(d.Number.format(last))
		}
		row.Version, row.Values = row.Version+1, []storage.Value{storage.TextValue(name), storage.IntValue(last)}
		if there {
			err = r.s.update(ctx, counters, *row)
		} else {
			err = r.s.insert(ctx, counters, *row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
