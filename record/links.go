package record

import (
	"context"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// checkLinks refuses links to what is not there, and trees that would loop or grow too deep. The updates of a tenant are
// serialisable, so what it reads still holds when the batch is written. A refusal may take other drafts along, so it
// goes on until no verdict changes.
func (r *Records) checkLinks(ctx context.Context, ds []*draft) error {
	var checks []func() bool
	for i := range r.shape.fields {
		f := &r.shape.fields[i]
		if f.To == "" || !slices.ContainsFunc(ds, func(d *draft) bool { return d.moved(i) }) {
			continue
		}
		targets, err := r.targets(ctx, i, ds)
		if err != nil {
			return err
		}
		checks = append(checks, func() bool { return r.checkTargets(i, ds, targets) })
		if f.Depth > 0 {
			tree, err := r.loadTree(ctx, i, ds)
			if err != nil {
				return err
			}
			checks = append(checks, func() bool { return tree.check(ds) })
		}
	}
	for again := true; again; {
		again = false
		for _, check := range checks {
			again = check() || again
		}
	}
	return nil
}

// moved reports whether the draft has a new link in field i.
func (d *draft) moved(i int) bool {
	return d.ok() && d.done == "" && !d.next.row[i].IsNull() &&
		(d.old == nil || d.all || d.old.row[i] != d.next.row[i])
}

// targets returns which of the records that the drafts newly link to are there.
func (r *Records) targets(ctx context.Context, i int, ds []*draft) (map[ID]bool, error) {
	var ids []ID
	there := map[ID]bool{}
	for _, d := range ds {
		if id := d.next.row[i].ID(); d.moved(i) && !there[id] {
			there[id] = true
			ids = append(ids, id)
		}
	}
	clear(there)
	q := storage.Query{Table: r.s.cat.modules[r.shape.fields[i].To].table, Columns: []string{}, Where: and(among("id", ids...), live)}
	err := r.s.each(ctx, q, func(rows []storage.Row) error {
		for _, row := range rows {
			there[row.ID] = true
		}
		return nil
	})
	return there, err
}

// checkTargets refuses links to what is neither stored nor about to be, and says whether there was one.
func (r *Records) checkTargets(i int, ds []*draft, there map[ID]bool) (refused bool) {
	siblings := map[ID]bool{}
	if r.shape.fields[i].To == r.shape.Module {
		for _, d := range ds {
			if d.ok() && (d.old == nil || d.all) {
				siblings[d.next.ID] = true
			}
		}
	}
	for _, d := range ds {
		if id := d.next.row[i].ID(); d.moved(i) && !there[id] && !siblings[id] {
			d.badLink(i, CodeNotFound, Args{"id": id})
			refused = true
		}
	}
	return refused
}

// tree is what must be known of a module's tree to judge a batch of moves.
type tree struct {
	field  *Def
	i      int
	stored map[ID]ID // parents as they are stored, of all that lies above or below what moves
}

func (r *Records) loadTree(ctx context.Context, i int, ds []*draft) (*tree, error) {
	t := &tree{&r.shape.fields[i], i, map[ID]ID{}}
	var up, down []ID
	for _, d := range ds {
		if !d.ok() {
			continue
		}
		if d.old != nil {
			up = append(up, d.next.ID)
		}
		if d.moved(i) {
			up = append(up, d.next.row[i].ID())
			if d.old != nil {
				down = append(down, d.next.ID)
			}
		}
	}
	for level := 0; len(up) > 0 && level <= t.field.Depth; level++ {
		next, err := r.level(ctx, t, "id", up, func(_, parent ID) ID { return parent })
		if err != nil {
			return nil, err
		}
		up = next
	}
	for level := 0; len(down) > 0 && level <= t.field.Depth; level++ {
		next, err := r.level(ctx, t, t.field.Column(), down, func(id, _ ID) ID { return id })
		if err != nil {
			return nil, err
		}
		down = next
	}
	return t, nil
}

// level reads the parents of the records that have one of ids in the named column, and returns where to go on.
func (r *Records) level(ctx context.Context, t *tree, column string, ids []ID, next func(id, parent ID) ID) (on []ID, err error) {
	if column == "id" {
		ids = slices.DeleteFunc(ids, func(id ID) bool { _, known := t.stored[id]; return known || id.IsZero() })
	}
	q := r.query(among(column, ids...), live)
	q.Columns = []string{t.field.Column()}
	err = r.s.each(ctx, q, func(rows []storage.Row) error {
		for _, row := range rows {
			parent := row.Values[0].ID()
			t.stored[row.ID] = parent
			on = append(on, next(row.ID, parent))
		}
		return nil
	})
	return on, err
}

// check refuses, of each loop and each path that is too long, the last draft that made it, and says whether there was
// one. The checks go over drafts alone, so a batch of many loops costs no more queries than one.
func (t *tree) check(ds []*draft) (refused bool) {
	parent := make(map[ID]ID, len(t.stored)+len(ds))
	for id, p := range t.stored {
		parent[id] = p
	}
	moved := map[ID]*draft{}
	order := map[ID]int{}
	for n, d := range ds {
		if !d.ok() || d.done != "" {
			continue
		}
		parent[d.next.ID] = d.next.row[t.i].ID()
		if d.moved(t.i) {
			moved[d.next.ID], order[d.next.ID] = d, n
		}
	}
	depth := make(map[ID]int, len(parent)) // of ids whose path is known to be sound
	for _, d := range ds {
		if moved[d.next.ID] == d {
			refused = t.walk(d.next.ID, parent, depth, moved, order) || refused
		}
	}
	for id := range t.stored { // what hangs below the moved
		refused = t.walk(id, parent, depth, moved, order) || refused
	}
	return refused
}

// walk goes up from id, and refuses the last draft of a loop or of a path that is too long.
func (t *tree) walk(id ID, parent map[ID]ID, depth map[ID]int, moved map[ID]*draft, order map[ID]int) bool {
	var path []ID
	on := map[ID]bool{}
	at := id
	for ; !at.IsZero() && depth[at] == 0 && !on[at]; at = parent[at] {
		on[at] = true
		path = append(path, at)
	}
	if !at.IsZero() && depth[at] == 0 { // a loop: from at, along parents, to at again
		loop := path[slices.Index(path, at):]
		d := last(loop, moved, order)
		if d == nil {
			return false // it was stored before, and is none of this batch's doing
		}
		start := slices.Index(loop, d.next.ID)
		shown := append(slices.Concat(loop[start:], loop[:start]), d.next.ID)
		d.badLink(t.i, CodeCircular, Args{"path": shown})
		delete(moved, d.next.ID)
		parent[d.next.ID] = ID{}
		return true
	}
	n := depth[at]
	for i, p := range slices.Backward(path) {
		if n++; n > t.field.Depth {
			whole := path[i:]
			for up := at; !up.IsZero(); up = parent[up] {
				whole = append(whole, up)
			}
			if d := last(whole, moved, order); d != nil {
				d.badLink(t.i, CodeLimit, Args{"limit": t.field.Depth})
				delete(moved, d.next.ID)
				parent[d.next.ID] = ID{}
				return true
			}
		}
		depth[p] = n
	}
	return false
}

// last is the draft that comes last in the batch of those that moved one of ids.
func last(ids []ID, moved map[ID]*draft, order map[ID]int) (d *draft) {
	for _, id := range ids {
		if m := moved[id]; m != nil && (d == nil || order[id] > order[d.next.ID]) {
			d = m
		}
	}
	return d
}
