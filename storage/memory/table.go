package memory

import (
	"bytes"
	"math/bits"
	"slices"

	"github.com/google/btree"

	"github.com/clientele-go/crm/storage"
)

// row is one stored row. It never changes. Most records leave many fields empty, so its nulls take no room: values holds
// those of the first columns that are there, and then all others.
type row struct {
	id      storage.ID
	version int64
	has     uint64 // which of the first columns have a value
	values  []storage.Value
}

// sparse is how many columns have their bit in has.
const sparse = 64

// newRow returns a row of all these values. Columns that come later are null in it.
func newRow(id storage.ID, version int64, all []storage.Value) *row {
	r := &row{id: id, version: version}
	first := all[:min(sparse, len(all))]
	n := len(all) - len(first)
	for i := range first {
		if !first[i].IsNull() {
			r.has |= 1 << i
			n++
		}
	}
	r.values = make([]storage.Value, 0, n)
	for i := range first {
		if !first[i].IsNull() {
			r.values = append(r.values, first[i])
		}
	}
	r.values = append(r.values, all[len(first):]...)
	return r
}

// null is the value of what is not there. It never changes.
var null storage.Value

// at returns the value of a column, not to be changed.
func (r *row) at(column int) *storage.Value {
	i := 0
	if column < sparse {
		bit := uint64(1) << column
		if r.has&bit == 0 {
			return &null
		}
		i = bits.OnesCount64(r.has & (bit - 1))
	} else if i = bits.OnesCount64(r.has) + column - sparse; i >= len(r.values) {
		return &null
	}
	return &r.values[i]
}

// value returns the value of a column, or the id for idColumn.
func (r *row) value(column int) storage.Value {
	if column == idColumn {
		return storage.RefValue(r.id)
	}
	return *r.at(column)
}

// idColumn stands for the id where a column is named by its position.
const idColumn = -1

// item is what an index holds: a row, or a place between rows.
type item struct {
	row *row
	at  *place
}

// place is where a scan begins: before or after all rows that begin with this key.
type place struct {
	key   []storage.Value // of the first columns, perhaps fewer than all
	after bool
}

// index is rows in the order of some columns and then the id.
type index struct {
	name    string
	columns []int // the id comes after them
	unique  bool
	tree    *btree.BTreeG[item]
}

func newIndex(name string, columns []int, unique bool) *index {
	less := func(a, b item) bool {
		switch {
		case a.row == nil:
			return !placed(b.row, a.at, columns)
		case b.row == nil:
			return placed(a.row, b.at, columns)
		}
		for _, c := range columns {
			if d := a.row.at(c).Compare(*b.row.at(c)); d != 0 {
				return d < 0
			}
		}
		return bytes.Compare(a.row.id[:], b.row.id[:]) < 0
	}
	return &index{name, columns, unique, btree.NewG(48, less)}
}

// column returns the n-th column, which after those of the index is the id.
func (ix *index) column(n int) int {
	if n < len(ix.columns) {
		return ix.columns[n]
	}
	return idColumn
}

// placed reports whether a row comes before a place.
func placed(r *row, p *place, columns []int) bool {
	for i, k := range p.key {
		c := idColumn
		if i < len(columns) {
			c = columns[i]
		}
		if d := r.value(c).Compare(k); d != 0 {
			return d < 0
		}
	}
	return p.after
}

// table is the rows of one table. One that belongs to a state never changes.
type table struct {
	def     *storage.Table
	byID    *index
	indexes []*index // parallel to def.Indexes
}

func newTable(def *storage.Table) *table {
	t := &table{def: def, byID: newIndex("id", nil, true)}
	for _, ix := range def.Indexes {
		t.indexes = append(t.indexes, newIndex(ix.Name, positions(def, ix.Columns), ix.Unique))
	}
	return t
}

func positions(def *storage.Table, columns []string) []int {
	ps := make([]int, len(columns))
	for i, c := range columns {
		ps[i] = def.Column(c)
	}
	return ps
}

// clone returns a table that may change, and shares its rows with t. It costs no more than there are indexes.
func (t *table) clone() *table {
	c := &table{def: t.def, byID: t.byID.clone()}
	for _, ix := range t.indexes {
		c.indexes = append(c.indexes, ix.clone())
	}
	return c
}

func (ix *index) clone() *index {
	if ix.tree.Len() == 0 { // all tenants begin with the same one, and cloning a tree changes it
		return newIndex(ix.name, ix.columns, ix.unique)
	}
	c := *ix
	c.tree = ix.tree.Clone()
	return &c
}

// grow returns t with another definition, which has all columns and indexes of the one before in their places.
func (t *table) grow(def *storage.Table) (*table, error) {
	if t.def == def {
		return t, nil
	}
	next := newTable(def)
	next.byID = t.byID
	copy(next.indexes, t.indexes)
	for _, ix := range next.indexes[len(t.indexes):] {
		conflict := false
		t.byID.tree.Ascend(func(it item) bool {
			conflict = ix.taken(it.row)
			ix.tree.ReplaceOrInsert(it)
			return !conflict
		})
		if conflict {
			return nil, &storage.ConflictError{Table: def.Name, Index: ix.name}
		}
	}
	return next, nil
}

// taken reports whether a unique index has another row with the values of r.
func (ix *index) taken(r *row) (found bool) {
	if !ix.unique {
		return false
	}
	key := make([]storage.Value, len(ix.columns))
	for i, c := range ix.columns {
		if key[i] = r.value(c); key[i].IsNull() {
			return false
		}
	}
	ix.tree.AscendRange(item{at: &place{key: key}}, item{at: &place{key: key, after: true}}, func(it item) bool {
		found = it.row.id != r.id
		return !found
	})
	return found
}

func (t *table) get(id storage.ID) *row {
	if it, ok := t.byID.tree.Get(item{row: &row{id: id}}); ok {
		return it.row
	}
	return nil
}

// put adds a row that is not there.
func (t *table) put(r *row) error {
	for _, ix := range t.indexes {
		if ix.taken(r) {
			return &storage.ConflictError{Table: t.def.Name, Index: ix.name}
		}
	}
	for _, ix := range t.indexes {
		ix.tree.ReplaceOrInsert(item{row: r})
	}
	t.byID.tree.ReplaceOrInsert(item{row: r})
	return nil
}

// replace puts a row in the place of another with its id, and leaves the indexes alone in which it does not move.
func (t *table) replace(old, r *row) error {
	for _, ix := range t.indexes {
		if ix.taken(r) {
			return &storage.ConflictError{Table: t.def.Name, Index: ix.name}
		}
	}
	for _, ix := range t.indexes {
		if slices.ContainsFunc(ix.columns, func(c int) bool { return *old.at(c) != *r.at(c) }) {
			ix.tree.Delete(item{row: old})
		}
		ix.tree.ReplaceOrInsert(item{row: r})
	}
	t.byID.tree.ReplaceOrInsert(item{row: r})
	return nil
}

func (t *table) drop(r *row) {
	for _, ix := range t.indexes {
		ix.tree.Delete(item{row: r})
	}
	t.byID.tree.Delete(item{row: r})
}
