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
	return d.ok() && d.done == "" && !d.next.row[i].IsNull() && !d.next.deleted() &&
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

// check moves the drafts one after the other, and refuses one that would close a loop or make a path too long, as if they
// were written in their order. It says whether there was one. It goes over drafts alone, so a batch of many loops costs no
// more queries than one.
func (t *tree) check(ds []*draft) (refused bool) {
	w := &walk{parent: make(map[ID]ID, len(t.stored)+len(ds)), members: make(map[ID][]ID, len(t.stored))}
	for id, p := range t.stored {
		w.put(id, p)
	}
	for _, d := range ds {
		if !d.ok() || d.done != "" {
			continue
		}
		id, to := d.next.ID, d.next.row[t.i].ID()
		if d.moved(t.i) {
			if path := w.loop(id, to, t.field.Depth); path != nil {
				d.badLink(t.i, CodeCircular, Args{"path": path})
				refused = true
			} else if depth := w.above(to, t.field.Depth) + w.height(id, t.field.Depth); depth > t.field.Depth {
				d.badLink(t.i, CodeLimit, Args{"limit": t.field.Depth, "length": depth})
				refused = true
			}
			if to = d.next.row[t.i].ID(); !d.ok() { // it stays where it is
				continue
			}
		}
		w.put(id, to)
	}
	return refused
}

// walk is a tree while drafts are moved in it.
type walk struct {
	parent  map[ID]ID
	members map[ID][]ID
}

// put moves id under another, or to the top.
func (w *walk) put(id, under ID) {
	if was := w.parent[id]; !was.IsZero() {
		w.members[was] = slices.DeleteFunc(w.members[was], func(m ID) bool { return m == id })
	}
	if w.parent[id] = under; !under.IsZero() {
		w.members[under] = append(w.members[under], id)
	}
}

// loop returns the path from id, were it under another, along parents to id again, or nil when it does not get there. No
// path that is sound is longer than depth.
func (w *walk) loop(id, under ID, depth int) []ID {
	path := []ID{id}
	for at := under; !at.IsZero() && len(path) <= depth+1; at = w.parent[at] {
		if path = append(path, at); at == id {
			return path
		}
	}
	return nil
}

// above counts the records on the path from at to the top, and stops when there are more than depth.
func (w *walk) above(at ID, depth int) (n int) {
	for ; !at.IsZero() && n <= depth; at = w.parent[at] {
		n++
	}
	return n
}

// height counts the levels from id down, and stops when there are more than depth.
func (w *walk) height(id ID, depth int) (n int) {
	if depth < 0 {
		return 1
	}
	for _, m := range w.members[id] {
		n = max(n, w.height(m, depth-1))
	}
	return n + 1
}
