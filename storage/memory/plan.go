package memory

import (
	"slices"

	"github.com/clientele-go/crm/storage"
)

// plan is how the rows of a query are found: by an index, from one or several keys.
type plan struct {
	ix      *index
	keys    [][]storage.Value // the first columns of the rows; one empty key is all of them, and no key none
	from    *storage.Value    // in the next column, the least value; or nil
	to      *storage.Value    // and the greatest
	ordered bool              // the rows come in the order of the query, if read in desc's direction
	desc    bool
}

// conditions are what the top level of a filter demands, by column.
type conditions map[int][]*storage.Filter

func (t *table) conditions(f *storage.Filter, cs conditions) {
	switch f.Op {
	case storage.And:
		for i := range f.Sub {
			t.conditions(&f.Sub[i], cs)
		}
	case storage.Eq, storage.In, storage.Lt, storage.Le, storage.Gt, storage.Ge:
		if _, member, _, _ := storage.SplitField(f.Field); member == "" {
			c := t.position(f.Field)
			cs[c] = append(cs[c], f)
		}
	}
}

// plan chooses the index that reads the fewest rows, as far as one can tell without reading any. Most conditions that fix
// a column are better than fewer; the order of the query comes second, since with a limit it ends the reading early.
func (t *table) plan(q *storage.Query) plan {
	cs := conditions{}
	t.conditions(&q.Where, cs)
	best := t.use(t.byID, q, cs)
	score := best.score(q)
	for _, ix := range t.indexes {
		p := t.use(ix, q, cs)
		s := p.score(q)
		if s > score || s == score && ix.name == q.Index {
			best, score = p, s
		}
	}
	return best
}

// score is how good a plan is likely to be.
func (p *plan) score(q *storage.Query) int {
	if len(p.keys) == 0 {
		return 1000
	}
	s, selective := 0, 0
	for _, k := range p.keys[0] {
		if !k.IsNull() {
			selective++
		}
	}
	s += 40 * selective
	if len(p.keys) > 1 {
		s -= 5
	}
	if p.ordered {
		s += 25
	}
	if p.from != nil || p.to != nil {
		s += 10
	}
	s += len(p.keys[0]) // one that fixes a null
	if p.ix.name == q.Index {
		s += 2
	}
	return s
}

// use says how an index serves a query.
func (t *table) use(ix *index, q *storage.Query, cs conditions) plan {
	p := plan{ix: ix, keys: [][]storage.Value{nil}}
	columns := append(slices.Clone(ix.columns), idColumn)
	n := 0
	for ; n < len(columns); n++ {
		values, ok := fixed(cs[columns[n]])
		if !ok || len(p.keys) > 1 && len(values) > 1 {
			break
		}
		var keys [][]storage.Value
		for _, k := range p.keys {
			for _, v := range values {
				keys = append(keys, append(slices.Clone(k), v))
			}
		}
		if p.keys = keys; len(keys) == 0 {
			return p // nothing is in nothing
		}
	}
	if n < len(columns) {
		p.from, p.to = bounds(cs[columns[n]])
	}
	p.ordered, p.desc = t.inOrder(columns, n, q.Order)
	p.ordered = p.ordered && len(p.keys) == 1
	return p
}

// fixed returns the values that a column may have, sorted, when an Eq or an In says so.
func fixed(fs []*storage.Filter) (values []storage.Value, ok bool) {
	for _, f := range fs {
		switch f.Op {
		case storage.Eq:
			return f.Args, true
		case storage.In:
			if !ok || len(f.Args) < len(values) {
				values, ok = f.Args, true
			}
		}
	}
	if ok {
		values = slices.DeleteFunc(slices.Clone(values), storage.Value.IsNull)
		slices.SortFunc(values, storage.Value.Compare)
		values = slices.Compact(values)
	}
	return values, ok
}

// bounds returns the least and the greatest value that the conditions allow a column.
func bounds(fs []*storage.Filter) (from, to *storage.Value) {
	for _, f := range fs {
		v := &f.Args[0]
		switch f.Op {
		case storage.Gt, storage.Ge:
			if from == nil || v.Compare(*from) > 0 {
				from = v
			}
		case storage.Lt, storage.Le:
			if to == nil || v.Compare(*to) < 0 {
				to = v
			}
		}
	}
	return from, to
}

// inOrder reports whether rows that agree in the first n columns come in the order of a query, and in which direction.
func (t *table) inOrder(columns []int, n int, order []storage.Order) (ordered, desc bool) {
	free := columns[n:]
	directed := false
	for _, o := range order {
		if _, member, _, _ := storage.SplitField(o.Field); member != "" {
			return false, false
		}
		c := t.position(o.Field)
		if slices.Contains(columns[:n], c) {
			continue // all rows agree in it
		}
		if len(free) == 0 {
			return true, desc // the id was the last: what follows does not matter
		}
		if free[0] != c || directed && o.Desc != desc {
			return false, false
		}
		free, desc, directed = free[1:], o.Desc, true
	}
	last := len(order) > 0 && order[len(order)-1].Desc // the direction of the id
	switch {
	case len(free) == 0:
		return true, desc
	case free[0] != idColumn || directed && last != desc:
		return false, false
	}
	return true, last
}

// scan calls visit with the rows of the plan until it returns false.
func (p *plan) scan(visit func(*row) bool) {
	on := true
	each := func(it item) bool {
		on = visit(it.row)
		return on
	}
	for _, key := range p.keys {
		low, high := &place{key: key}, &place{key: key, after: true}
		if p.from != nil {
			low = &place{key: append(slices.Clone(key), *p.from)}
		}
		if p.to != nil {
			high = &place{key: append(slices.Clone(key), *p.to), after: true}
		}
		if p.desc {
			p.ix.descend(item{at: low}, item{at: high}, each)
		} else {
			p.ix.tree.AscendRange(item{at: low}, item{at: high}, each)
		}
		if !on {
			return
		}
	}
}

// descend visits what lies between two places, from the last.
func (ix *index) descend(low, high item, visit func(item) bool) {
	ix.tree.DescendLessOrEqual(high, func(it item) bool {
		return !placed(it.row, low.at, ix.columns) && visit(it)
	})
}
