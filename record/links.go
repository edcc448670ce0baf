package record

import (
	"context"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// checkLinks refuses links to what is not there, and trees that would loop or grow too deep. The updates of a tenant are
// serialisable, so what it reads still holds when the batch is written.
//
// The drafts are judged one after the other, each among those before it that were not refused. With inTurn that is as if
// each were a call of its own; without, no link that a later draft changes stands in the way of an earlier one. A link may
// lead to a later draft, and a refusal may take others along, so it goes on until no verdict changes.
func (r *Records) checkLinks(ctx context.Context, ds []*draft, inTurn bool) error {
	var checks []*linkCheck
	for i := range r.shape.fields {
		f := &r.shape.fields[i]
		if f.To == "" {
			continue
		}
		for _, to := range r.led(i, ds) {
			c := &linkCheck{i: i, to: to, depth: f.Depth}
			var err error
			if c.there, err = r.targets(ctx, c, ds); err != nil {
				return err
			}
			if f.Depth > 0 {
				if c.stored, err = r.loadTree(ctx, i, ds); err != nil {
					return err
				}
			}
			if to == r.shape.Module {
				c.siblings = siblings(ds)
			}
			checks = append(checks, c)
		}
	}
	for again := checks != nil; again; {
		again = false
		for _, c := range checks {
			c.begin(ds, inTurn)
		}
		for _, d := range ds {
			for _, c := range checks {
				again = c.judges(d) && c.refuses(d) || again
			}
			for _, c := range checks {
				c.take(d)
			}
		}
	}
	return nil
}

// moved reports whether the draft has a new link in field i that nothing has been said against.
func (d *draft) moved(i int) bool {
	f := &d.next.shape.fields[i]
	return d.err == nil && d.done == "" && !d.next.row[i].IsNull() && !d.next.deleted() && !d.faulty(f.Name) && !(f.ToIn != "" && d.faulty(f.ToIn)) &&
		(d.old == nil || d.all || d.old.row[i] != d.next.row[i] || d.old.leads(i) != d.next.leads(i))
}

// leads returns the module to which the link in field i leads, "" when it does not say.
func (r *Record) leads(i int) string {
	f := &r.shape.fields[i]
	if f.To != AnyModule {
		return f.To
	}
	return r.row[r.shape.position(f.ToIn)].Text()
}

// led returns the modules to which drafts have new links in field i. A link that does not say to which is refused.
func (r *Records) led(i int, ds []*draft) (modules []string) {
	for _, d := range ds {
		if !d.moved(i) {
			continue
		}
		switch to := d.next.leads(i); {
		case to == "":
			d.bad(r.shape.fields[i].ToIn, CodeMandatory, nil)
		case !slices.Contains(r.s.cat.targets(r.shape.Schema, &r.shape.fields[i]), to):
			d.bad(r.shape.fields[i].ToIn, CodeInvalid, Args{"expected": expectedModule})
		case !slices.Contains(modules, to):
			modules = append(modules, to)
		}
	}
	return modules
}

// siblings are the drafts that make a record to which others may link.
func siblings(ds []*draft) map[ID]*draft {
	m := map[ID]*draft{}
	for _, d := range ds {
		if d.old == nil || d.all {
			m[d.next.ID] = d
		}
	}
	return m
}

// targets returns which of the records that the drafts newly link to are there.
func (r *Records) targets(ctx context.Context, c *linkCheck, ds []*draft) (map[ID]bool, error) {
	var ids, assumed []ID
	there, asked := map[ID]bool{}, map[ID]bool{}
	for _, d := range ds {
		id := d.next.row[c.i].ID()
		if !c.judges(d) || asked[id] {
			continue
		}
		asked[id] = true
		switch {
		case !r.s.assumed[Link{c.to, id}]:
			ids = append(ids, id)
		case r.s.dry:
			there[id] = true
		default:
			assumed = append(assumed, id)
		}
	}
	to, reach := r.s.records(r.s.cat.modules[c.to]), (*reach)(nil)
	if err := to.present(ctx, assumed, there, nil); err != nil {
		return nil, err
	}
	if r.shape.rights != nil { // a link leads to what the actor sees
		seen, err := to.as(ctx, r.s)
		if err != nil || !seen.shape.rights.may(RightView) {
			return there, err
		}
		if reach, err = seen.reach(ctx, LevelRead); err != nil {
			return nil, err
		}
	}
	return there, to.present(ctx, ids, there, reach)
}

// present notes which live records of these ids there are in reach.
func (r *Records) present(ctx context.Context, ids []ID, there map[ID]bool, to *reach) error {
	if len(ids) == 0 {
		return nil
	}
	q := r.query(among("id", ids...), live)
	q.Columns, q.Where = []string{}, and(q.Where, to.filter())
	return r.s.each(ctx, q, func(rows []storage.Row) error {
		for _, row := range rows {
			there[row.ID] = true
		}
		return nil
	})
}

// linkCheck judges the links of one field to one module.
type linkCheck struct {
	i        int
	to       string
	depth    int           // records that a path of a tree may have; 0 when the field makes no tree
	there    map[ID]bool   // records that are stored and linked to
	siblings map[ID]*draft // records that are about to be
	stored   map[ID]ID     // parents as they are stored, of all that lies above or below what moves

	parent map[ID]ID          // of a tree, as it is when the drafts so far are taken
	below  map[ID]map[ID]bool // the reverse
}

// judges reports whether the draft has a new link that c is about.
func (c *linkCheck) judges(d *draft) bool { return d.moved(c.i) && d.next.leads(c.i) == c.to }

// begin goes back to what is stored.
func (c *linkCheck) begin(ds []*draft, inTurn bool) {
	if c.depth == 0 {
		return
	}
	c.parent, c.below = make(map[ID]ID, len(c.stored)+len(ds)), map[ID]map[ID]bool{}
	for id, up := range c.stored {
		c.link(id, up)
	}
	for _, d := range ds {
		if !inTurn && d.ok() && d.done == "" {
			c.link(d.next.ID, ID{})
		}
	}
}

// link moves id below up.
func (c *linkCheck) link(id, up ID) {
	if was := c.parent[id]; was != up {
		delete(c.below[was], id)
		c.parent[id] = up
		if c.below[up] == nil && !up.IsZero() {
			c.below[up] = map[ID]bool{}
		}
		if !up.IsZero() {
			c.below[up][id] = true
		}
	}
}

// take moves the draft's record to where it belongs, unless it was refused.
func (c *linkCheck) take(d *draft) {
	if c.depth > 0 && d.ok() && d.done == "" {
		c.link(d.next.ID, d.next.row[c.i].ID())
	}
}

// refuses judges the link of a draft, and reports whether there is something against it.
func (c *linkCheck) refuses(d *draft) bool {
	up := d.next.row[c.i].ID()
	if s := c.siblings[up]; !c.there[up] && (s == nil || !s.ok()) {
		d.badLink(c.i, CodeNotFound, Args{"id": up})
		return true
	}
	if c.depth == 0 {
		return false
	}
	path, on := []ID{d.next.ID}, map[ID]bool{}
	for at := up; !at.IsZero() && !on[at]; at = c.parent[at] {
		on[at] = true
		path = append(path, at)
		if at == d.next.ID {
			d.badLink(c.i, CodeCircular, Args{"path": path})
			return true
		}
	}
	if n := len(path) - 1 + c.height(d.next.ID, on); n > c.depth {
		d.badLink(c.i, CodeLimit, Args{"limit": c.depth, "length": n})
		return true
	}
	return false
}

// height is how many records the longest path from id down has. Those in above were passed on the way up.
func (c *linkCheck) height(id ID, above map[ID]bool) int {
	n := 0
	for at := []ID{id}; len(at) > 0; n++ {
		var next []ID
		for _, id := range at {
			above[id] = true
			for child := range c.below[id] {
				if !above[child] {
					next = append(next, child)
				}
			}
		}
		at = next
	}
	return n
}

// loadTree reads the parents of all that lies above or below what moves.
func (r *Records) loadTree(ctx context.Context, i int, ds []*draft) (map[ID]ID, error) {
	f, stored := &r.shape.fields[i], map[ID]ID{}
	var up, down []ID
	for _, d := range ds {
		if d.err != nil {
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
	for level := 0; len(up) > 0 && level <= f.Depth; level++ {
		next, err := r.level(ctx, f, stored, "id", up, func(_, parent ID) ID { return parent })
		if err != nil {
			return nil, err
		}
		up = next
	}
	for level := 0; len(down) > 0 && level <= f.Depth; level++ {
		next, err := r.level(ctx, f, stored, f.Column(), down, func(id, _ ID) ID { return id })
		if err != nil {
			return nil, err
		}
		down = next
	}
	return stored, nil
}

// level reads the parents of the records that have one of ids in the named column, and returns where to go on.
func (r *Records) level(ctx context.Context, f *Def, stored map[ID]ID, column string, ids []ID, next func(id, parent ID) ID) (on []ID, err error) {
	if column == "id" {
		ids = slices.DeleteFunc(ids, func(id ID) bool { _, known := stored[id]; return known || id.IsZero() })
	}
	q := r.query(among(column, ids...), live)
	q.Columns = []string{f.Column()}
	err = r.s.each(ctx, q, func(rows []storage.Row) error {
		for _, row := range rows {
			parent := row.Values[0].ID()
			stored[row.ID] = parent
			on = append(on, next(row.ID, parent))
		}
		return nil
	})
	return on, err
}
