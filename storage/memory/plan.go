package memory

import (
	"slices"

	"github.com/clientele-go/crm/storage"
)

// plan is how the rows of a query are found: by an index, from one or several keys.
type plan struct {
	ix      *index
	keys    [][]storage.Value // the first columns of the rows; one empty key is all of them, and no key none
	bounded bool              // the conditions say more of the next column
	low     place             // with one key, where the rows begin
	high    place             // and where they end
	ordered bool              // the rows come in the order of the query, if read in desc's direction
	desc    bool
}

// plan chooses the index: the one that the query names, since who asks knows the rows better, unless another leads to one
// row. Left to itself, it takes the one that reads the fewest rows, as far as one can tell without reading any. Most
// conditions that fix a column are better than fewer; the order of the query comes second, since with a limit it ends
// the reading early.
func (t *table) plan(q *storage.Query) plan {
	where := t.compile(&q.Where)
	best := t.use(t.byID, q, where)
	score := best.score(q)
	for _, ix := range t.indexes {
		p := t.use(ix, q, where)
		if s := p.score(q); s > score {
			best, score = p, s
		}
	}
	if len(best.keys) == 1 {
		best.bound(where)
	}
	return best
}

// score is how good a plan is likely to be.
func (p *plan) score(q *storage.Query) int {
	if len(p.keys) == 0 {
		return 10_000
	}
	s, selective := 0, 0
	for _, k := range p.keys[0] {
		if !k.IsNull() {
			selective++
		}
	}
	if p.ix.unique && len(p.keys) == 1 && selective >= max(1, len(p.ix.columns)) {
		s += 5000 // one row
	}
	if p.ix.name == q.Index {
		s += 1000
	}
	s += 40 * selective
	if len(p.keys) > 1 {
		s -= 5
	}
	if p.ordered {
		s += 25
	}
	if p.bounded {
		s += 10
	}
	return s + len(p.keys[0]) // one that fixes a null
}

// use says how an index serves a query.
func (t *table) use(ix *index, q *storage.Query, where *condition) plan {
	p := plan{ix: ix, keys: [][]storage.Value{nil}}
	n := 0
	for ; n <= len(ix.columns); n++ {
		values, ok := where.fixed(ix.column(n))
		if !ok || len(p.keys) > 1 && len(values) > 1 {
			break
		}
		keys := make([][]storage.Value, 0, len(p.keys)*len(values))
		for _, k := range p.keys {
			for _, v := range values {
				keys = append(keys, append(slices.Clone(k), v))
			}
		}
		if p.keys = keys; len(keys) == 0 {
			return p // nothing is in nothing
		}
	}
	if n <= len(ix.columns) {
		p.bounded = where.span(ix.column(n), nil) != span{}
	}
	p.ordered, p.desc = t.inOrder(append(slices.Clone(ix.columns), idColumn), n, q.Order)
	p.ordered = p.ordered && len(p.keys) == 1
	return p
}

// bound narrows a plan of one key from both ends, column after column: where the first has its least value, the
// conditions say more of the second. So a cursor is a place, however many rows share the first value of it.
func (p *plan) bound(where *condition) {
	from := func(s span) *storage.Value { return &s.from }
	to := func(s span) *storage.Value { return s.to }
	low, none := p.reach(where, from)
	p.low = place{key: low, after: none}
	high, none := p.reach(where, to)
	p.high = place{key: high, after: !none}
}

// reach returns how far the first values of a plan can be told from one end. None says that no row with these matches.
func (p *plan) reach(where *condition, end func(span) *storage.Value) (key []storage.Value, none bool) {
	key = slices.Clone(p.keys[0])
	known := map[int]storage.Value{}
	for i, v := range key {
		known[p.ix.column(i)] = v
	}
	for n := len(key); n <= len(p.ix.columns); n++ {
		s := where.span(p.ix.column(n), known)
		v := end(s)
		if s.none || v == nil {
			return key, s.none
		}
		key = append(key, *v)
		known[p.ix.column(n)] = *v
	}
	return key, false
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
		if len(p.keys) == 1 {
			low, high = &p.low, &p.high
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
