package storagetest

import (
	"math/rand/v2"

	"github.com/clientele-go/crm/storage"
)

// A shape says what random queries look like.
type shape struct {
	depth   int  // of the filter
	among   bool // may reach other tables, and walk trees
	order   int  // sort keys, at most
	columns bool // may ask for some columns only
	limit   bool // may ask for few rows
	hint    bool // names an index
}

// query returns a random query of that shape.
func (s shape) query(r *rand.Rand) *storage.Query {
	t := pick(r, []*storage.Table{account, account, deal})
	q := &storage.Query{Table: t, Where: s.filter(r, t, s.depth), Limit: 2 * rowsInModel}
	if s.order > 0 {
		for range r.IntN(s.order + 1) {
			q.Order = append(q.Order, storage.Order{Field: field(r, t), Desc: r.IntN(2) == 0})
		}
	}
	if s.columns {
		q.Columns = []string{}
		for _, i := range r.Perm(len(t.Columns))[:r.IntN(len(t.Columns)+1)] {
			q.Columns = append(q.Columns, t.Columns[i].Name)
		}
	}
	if s.limit {
		q.Limit = 1 + r.IntN(rowsInModel/2)
	}
	if s.hint {
		q.Index = index(r, t)
	}
	return q
}

// filter returns a random filter on t of at most that depth.
func (s shape) filter(r *rand.Rand, t *storage.Table, depth int) storage.Filter {
	if depth == 0 {
		return leaf(r, t)
	}
	switch n := r.IntN(10); {
	case n < 2:
		return storage.Filter{Op: storage.Not, Sub: []storage.Filter{s.filter(r, t, depth-1)}}
	case n < 6:
		f := storage.Filter{Op: storage.And + storage.Op(n%2)}
		for range r.IntN(4) {
			f.Sub = append(f.Sub, s.filter(r, t, depth-1))
		}
		return f
	case n < 8 && s.among:
		return s.amongFilter(r, t, depth-1)
	}
	return leaf(r, t)
}

// amongFilter returns a random Among on t, over this table or the other.
func (s shape) amongFilter(r *rand.Rand, t *storage.Table, depth int) storage.Filter {
	of := &storage.Query{Table: pick(r, []*storage.Table{account, deal})}
	of.Where = s.filter(r, of.Table, depth)
	if r.IntN(2) == 0 {
		of.Where = eq("id", storage.RefValue(id(r.IntN(rowsInModel))))
	}
	if s.hint || r.IntN(4) == 0 {
		of.Index = index(r, of.Table)
	}
	f := storage.Filter{Op: storage.Among, Of: of, On: fieldOf(r, of.Table, storage.Ref, false)}
	k := storage.Ref
	if r.IntN(4) == 0 { // of any other kind
		c := pick(r, of.Table.Columns)
		if c.Kind != storage.Doc {
			f.On, k = c.Name, c.Kind
		}
	}
	if f.Field = fieldOf(r, t, k, true); f.Field == "" {
		return leaf(r, t)
	}
	if r.IntN(2) > 0 {
		f.Along = fieldOf(r, of.Table, k, false)
	} else if r.IntN(2) == 0 {
		of.Index = ledBy(r, of.Table, f.On)
	}
	return f
}

// ledBy returns the name of an index of t that a field leads, or of any if there is none.
func ledBy(r *rand.Rand, t *storage.Table, field string) string {
	if field == "id" {
		return "id"
	}
	for _, ix := range t.Indexes {
		if ix.Columns[0] == field {
			return ix.Name
		}
	}
	return index(r, t)
}

// leaf returns a random comparison of a field of t.
func leaf(r *rand.Rand, t *storage.Table) storage.Filter {
	f := storage.Filter{Field: field(r, t)}
	k, _ := t.FieldKind(f.Field)
	if r.IntN(30) == 0 {
		return storage.Filter{}
	}
	if r.IntN(12) == 0 && t == account { // a whole doc can be null or not
		return eq("custom", storage.Value{})
	}
	switch n := r.IntN(8); {
	case n == 0 && k == storage.Text:
		f.Op = storage.Contains
		for len(f.Args) == 0 || f.Args[0].IsNull() {
			f.Args = []storage.Value{random(r, k)}
		}
		return f
	case n <= 1:
		f.Op = storage.In
		for range r.IntN(6) {
			f.Args = append(f.Args, random(r, k))
		}
		return f
	case n <= 5:
		f.Op = pick(r, []storage.Op{storage.Lt, storage.Le, storage.Gt, storage.Ge})
	default:
		f.Op = storage.Eq
	}
	f.Args = []storage.Value{random(r, k)}
	return f
}

// field returns a column of t that is no doc, "id", or a member of a doc.
func field(r *rand.Rand, t *storage.Table) string {
	i := r.IntN(len(t.Columns) + 1)
	switch {
	case i == len(t.Columns):
		return "id"
	case t.Columns[i].Kind == storage.Doc:
		return storage.MemberField(t.Columns[i].Name, pick(r, members), scalar(r))
	}
	return t.Columns[i].Name
}

// index returns the name of an index of t, or "id".
func index(r *rand.Rand, t *storage.Table) string {
	if i := r.IntN(len(t.Indexes) + 1); i < len(t.Indexes) {
		return t.Indexes[i].Name
	}
	return "id"
}

// fieldOf returns a field of t of kind k, a member of a doc perhaps where that may be, or "" when there is none.
func fieldOf(r *rand.Rand, t *storage.Table, k storage.Kind, member bool) string {
	var fields []string
	if k == storage.Ref {
		fields = append(fields, "id")
	}
	for _, c := range t.Columns {
		switch {
		case c.Kind == k:
			fields = append(fields, c.Name)
		case c.Kind == storage.Doc && member:
			fields = append(fields, storage.MemberField(c.Name, pick(r, members), k))
		}
	}
	if fields == nil {
		return ""
	}
	return pick(r, fields)
}
