package record

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// Order is one sort key of a list. Empty fields come first, or last when Desc.
type Order struct {
	Field string // API name, or "id", which is the order of creation
	Desc  bool
}

// By orders by fields of these API names; one with a "-" before it descends.
func By(fields ...string) []Order {
	os := make([]Order, len(fields))
	for i, f := range fields {
		os[i].Field, os[i].Desc = strings.CutPrefix(f, "-")
	}
	return os
}

// The sizes of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 10_000
)

// Query selects the records of a list. The zero Query is the first 50, oldest first. In the bin, the fields Deleted_Time and
// Deleted_By may be named too.
type Query struct {
	Where Filter
	Order []Order // then by id; default by id, which is the order of creation, and in the bin what was deleted last first
	After Cursor  // where the last page ended; default the start
	Limit int     // records a page, at most MaxLimit; default DefaultLimit
	Bin   bool    // the recycle bin in place of the live records
	Aside Aside   // of live records that the module puts aside, such as leads that were converted; default none
}

// Aside says which live records a list has of a module that puts some aside: see [ModuleOptions].
type Aside uint8

// The ways.
const (
	AsideOut  Aside = iota // those that are not put aside
	AsideOnly              // those that are
	AsideToo               // both
)

// Cursor is a place in a list: where one page ended and the next begins. It is opaque text, safe in a URL, and good for
// a query of the same module and order only. The empty Cursor is the start of the list, and also says that there is no
// next page. It is no secret: whoever has it can read in it the values by which the list is ordered.
type Cursor string

// plan is a compiled Query.
type plan struct {
	storage.Query
	then *storage.Filter // where to look when the page is not full, in place of Query.Where; nil for nowhere
	sum  uint32          // of module and order, to tell that a cursor is of this list
	walk bool            // Query is of the rows of an indexed field, whose records are to be read
	by   int             // that field
}

func (r *Records) plan(ctx context.Context, q *Query) (*plan, error) {
	where, err := r.shape.compileIn(&q.Where, r.s.Locale(), q.Bin)
	if err != nil {
		return nil, err
	}
	p := &plan{Query: storage.Query{Table: r.shape.table, Limit: q.Limit}}
	name := strings.Builder{}
	name.WriteString(r.shape.Module)
	order, first := q.Order, -1
	if order == nil && q.Bin && !r.shape.fields[colDeleted].Hidden {
		order = By("-" + systemFields[colDeleted].Name)
	}
	for n, o := range order {
		column := o.Field
		if o.Field != "id" {
			i, ok := r.shape.listed(o.Field, q.Bin)
			if !ok {
				return nil, invalid(o.Field, CodeUnknown, nil)
			}
			if column = r.shape.orderColumn(i); n == 0 {
				first = i
			}
		}
		p.Order = append(p.Order, storage.Order{Field: column, Desc: o.Desc})
		name.WriteString("," + column)
		if o.Desc {
			name.WriteString("-")
		}
	}
	p.sum = crc32.ChecksumIEEE([]byte(name.String()))
	if p.Limit == 0 {
		p.Limit = DefaultLimit
	}
	if p.Limit < 0 || p.Limit > MaxLimit {
		return nil, invalid("Limit", CodeLimit, Args{"limit": MaxLimit, "length": q.Limit})
	}
	way, err := r.route(ctx, q, and(r.shape.stateOf(q), where), p.Order, first)
	if err != nil {
		return nil, err
	}
	var id ID
	var values []storage.Value
	if q.After != "" {
		if id, values, err = p.decode(q.After); err != nil {
			return nil, err
		}
	}
	p.Where = way.where
	if way.walk {
		if values != nil {
			values[0] = sortKey(values[0])
		}
		r.walk(p, first, q.Bin, way.among)
		if values != nil {
			p.resume("record", id, values)
		}
		return p, nil
	}
	if q.After != "" {
		p.resume("id", id, values)
	}
	if way.wide {
		p.Index = r.shape.orderIndex(&p.Query)
	} else {
		p.Index = r.shape.indexFor(&p.Query)
	}
	return p, nil
}

// stateOf is true of live records, or of those in the bin, as far as q is about them.
func (s *Schema) stateOf(q *Query) storage.Filter {
	if q.Bin {
		return not(live)
	}
	return and(live, s.sideOf(q.Aside))
}

// sideOf is true of the records that a list has of those that the module puts aside, and of the others.
func (s *Schema) sideOf(a Aside) storage.Filter {
	aside := eq(s.aside, storage.BoolValue(true))
	switch {
	case s.aside == "" && a == AsideOnly:
		return or()
	case s.aside == "", a == AsideToo:
		return storage.Filter{}
	case a == AsideOnly:
		return aside
	}
	return not(aside)
}

// way is how a list gets at its records.
type way struct {
	where storage.Filter
	walk  bool // in the order of an indexed custom field
	among []ID // of which only these; nil for all
	wide  bool // what leads to rows are owners of many
}

// route joins the actor's reach to where, and looks for a way to the records. When no condition leads to few rows by an index
// of the table, that may be a short reach, the records of an owner, or a condition on an indexed custom field that few records
// meet: these are collected first. Otherwise the list walks in its order.
func (r *Records) route(ctx context.Context, q *Query, where storage.Filter, order []storage.Order, first int) (way, error) {
	to, err := r.reach(ctx, LevelRead)
	if err != nil {
		return way{}, err
	}
	w, owner := way{where: and(where, to.filter())}, r.shape.fields[colOwner].Column()
	index, leads := r.shape.leads(where.Sub)
	if leads && index != owner || q.Bin {
		return w, nil
	}
	if to != nil {
		if ids, few, err := r.small(ctx, to); few || err != nil {
			return way{where: and(where, among("id", ids...))}, err
		}
	}
	walk := len(order) == 1 && first >= 0 && r.shape.fields[first].Custom && r.shape.fields[first].Indexed
	for i := range where.Sub {
		f := &where.Sub[i]
		switch field := r.shape.rowed(f); {
		case f.Field == owner && f.Op == storage.Eq && (len(order) == 0 || order[0].Field == "id"):
			return w, nil // its index has them in this order
		case f.Field == owner && leads && (f.Op == storage.Eq || f.Op == storage.In):
			if ids, few, err := r.owned(ctx, f); few || err != nil {
				return way{where: and(w.where, among("id", ids...))}, err
			}
		case field >= 0 && field != first:
			most := r.s.cat.few.rows
			if walk {
				most *= 3
			}
			ids, few, err := r.few(ctx, field, where.Sub, most)
			if !few && err == nil {
				continue
			}
			met := func(f storage.Filter) bool { return r.shape.rowed(&f) == field }
			w.where = and(and(slices.DeleteFunc(where.Sub, met)...), to.filter())
			if walk && len(ids) > r.s.cat.few.rows/2 {
				w.walk, w.among = true, ids
			} else {
				w.where = and(w.where, among("id", ids...))
			}
			return w, err
		}
	}
	index, _ = r.shape.leads(w.where.Sub) // the reach may be one condition that does
	w.walk, w.wide = walk, index == owner
	return w, nil
}

// rowed returns the indexed custom field that a condition compares, or -1.
func (s *Shape) rowed(f *storage.Filter) int {
	if f.Op < storage.Eq || f.Op > storage.In || f.Op == storage.Eq && f.Args[0].IsNull() {
		return -1
	}
	for _, i := range s.rows {
		if d := &s.fields[i]; d.Custom && d.Indexed && f.Field == s.column(i) {
			return i
		}
	}
	return -1
}

// onKeys are the conditions that compare an indexed custom field, as those of its keys.
func (s *Shape) onKeys(field int, where []storage.Filter) (keys storage.Filter) {
	for i := range where {
		if f := &where[i]; s.rowed(f) == field {
			key := storage.Filter{Op: f.Op, Field: "sort_key", Args: make([]storage.Value, len(f.Args))}
			for i, v := range f.Args {
				key.Args[i] = sortKey(v)
			}
			keys = and(keys, key)
		}
	}
	return keys
}

// fewRows is how many records may meet the conditions on an indexed field so that these are collected. Where another such
// field orders them, three times as many are, and its index is walked for them unless they are less than half: with 100,000
// accounts that takes a third of looking at each.
const fewRows = 1000

// fewLimits are fewRows and smallReach, which tests make small.
type fewLimits struct{ rows, reach int }

// few returns the live records that meet all conditions on an indexed custom field, if they are few.
func (r *Records) few(ctx context.Context, field int, where []storage.Filter, most int) (ids []ID, few bool, err error) {
	q := r.shape.byRows(field, r.shape.onKeys(field, where), storage.BoolValue(false))
	q.Columns = []string{"record"}
	few, err = r.s.collect(ctx, *q, most, func(row *storage.Row) { ids = append(ids, row.Values[0].ID()) })
	return ids, few, err
}

// walk makes of p a query of the rows of an indexed custom field, in their order, each of which is looked up in the records,
// unless it is of none of ids.
func (r *Records) walk(p *plan, field int, bin bool, ids []ID) {
	rows := r.shape.byRows(field, r.shape.onKeys(field, p.Where.Sub), storage.BoolValue(bin)) // the part of the index that the conditions leave
	if ids != nil {
		rows.Where = and(rows.Where, among("record", ids...))
	}
	of := &storage.Query{Table: r.shape.table, Where: p.Where, Index: "id"}
	rows.Where = and(rows.Where, storage.Filter{Op: storage.Among, Field: "record", Of: of, On: "id"})
	rows.Order = []storage.Order{{Field: "sort_key", Desc: p.Order[0].Desc}, {Field: "record", Desc: p.Order[0].Desc}}
	rows.Columns, rows.Limit = []string{"record"}, p.Limit
	p.Query, p.walk, p.by = *rows, true, field
}

// listed returns the position of a field that a list may name: in the bin, of those of the deletion too.
func (s *Shape) listed(name string, bin bool) (int, bool) {
	if bin {
		for _, i := range []int{colDeleted, colDeletedBy} {
			if s.fields[i].Name == name {
				return i, !s.fields[i].Hidden
			}
		}
	}
	return s.index(name)
}

// indexFor names the index that serves q: that of a condition which selects few rows, in the order of q if there is such a one, or
// else that of the order. It
// leaves the choice to the driver when neither has one.
func (s *Shape) indexFor(q *storage.Query) string {
	conditions := q.Where.Sub
	if q.Where.Op != storage.And && q.Where.Op != storage.All {
		conditions = []storage.Filter{q.Where}
	}
	if index, leads := s.leads(conditions); leads {
		if len(q.Order) > 0 && slices.ContainsFunc(conditions, func(f storage.Filter) bool { return f.Op == storage.Eq && f.Field == index }) {
			if by := listedBy(index, q.Order[0].Field); s.table.Index(by) != nil {
				return by
			}
		}
		return index
	}
	return s.orderIndex(q)
}

// orderIndex names the index that has the order of q.
func (s *Shape) orderIndex(q *storage.Query) string {
	if len(q.Order) == 0 || q.Order[0].Field == "id" {
		return "id"
	}
	if q.Order[0].Field == live.Field {
		return s.fields[colModified].Column() // whose index begins with the time of deletion
	}
	if q.Order[0].Field != s.fields[colOwner].Column() && s.table.Index(q.Order[0].Field) != nil && slices.ContainsFunc(q.Where.Sub, isLive) {
		return q.Order[0].Field
	}
	return ""
}

// leads returns the index of a condition that selects few rows, "" for one that leads to its rows by itself. That of an
// owner comes last, since who owns half of the records is no rare thing.
func (s *Shape) leads(conditions []storage.Filter) (index string, leads bool) {
	owner := s.fields[colOwner].Column()
	for _, f := range conditions {
		if f.Op != storage.Eq && f.Op != storage.In && f.Op != storage.Among || f.Op == storage.Eq && f.Args[0].IsNull() {
			continue
		}
		switch {
		case f.Field == "id" && f.Op == storage.Among && f.Of.Index == "record":
			continue // which is asked of each row
		case f.Field == "id" && f.Op == storage.Among:
			return "", true // a walk leads to its rows by itself
		case f.Field == "id":
			return "id", true
		case f.Field == owner:
			index, leads = owner, true
			continue
		}
		if s.table.Index(f.Field) != nil {
			return f.Field, true
		}
	}
	return index, leads
}

func isLive(f storage.Filter) bool { return f.Op == storage.Eq && f.Field == live.Field }

// cursor is the place of a record of the list, which has these values in the keys of the order.
func (p *plan) cursor(id ID, values []storage.Value) Cursor {
	b := binary.BigEndian.AppendUint32(nil, p.sum)
	for _, v := range values {
		b = v.Append(b)
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(append(b, id[:]...)))
}

// keys are the values that a record has in the keys of the order.
func (p *plan) keys(row *storage.Row) []storage.Value {
	values := make([]storage.Value, len(p.Order))
	for i, o := range p.Order {
		values[i] = p.Table.Get(row, o.Field)
	}
	return values
}

// decode reads a cursor: the id and the values in the keys of the order of the record where the last page ended.
func (p *plan) decode(c Cursor) (id ID, values []storage.Value, err error) {
	bad := invalid("After", CodeInvalid, Args{"expected": "a cursor of this list"})
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil || len(b) < 4 || binary.BigEndian.Uint32(b) != p.sum {
		return id, nil, bad
	}
	b = b[4:]
	values = make([]storage.Value, len(p.Order))
	for i, o := range p.Order {
		var ok bool
		values[i], b, ok = storage.ParseValue(b)
		k, _ := p.Table.FieldKind(o.Field)
		if !ok || !values[i].IsNull() && values[i].Kind() != k {
			return id, nil, bad
		}
	}
	if len(b) != len(ID{}) {
		return id, nil, bad
	}
	return ID(b), values, nil
}

// resume has the query begin after a record that has these values in the keys of its order: it is then one query, or two
// where the records with and those without a value in the first key lie in different stretches of an index, in the order in
// which they come. Last is the column of the record's id.
func (p *plan) resume(last string, id ID, values []storage.Value) {
	n := len(values)
	f := after(last, storage.RefValue(id), n > 0 && p.Order[n-1].Desc, false)
	if n == 0 {
		p.Where = and(p.Where, f)
		return
	}
	for i := n - 1; i > 0; i-- {
		o := p.Order[i]
		f = or(after(o.Field, values[i], o.Desc, false), and(after(o.Field, values[i], o.Desc, true), f))
	}
	where := p.Where
	places := stretches(p.Order[0], values[0], f)
	p.Where = and(where, places[0])
	if len(places) > 1 {
		then := and(where, places[1])
		p.then = &then
	}
}

// stretches are the conditions of coming after v in the first key, or with it and then after the rest. The leading
// comparison lets a database seek to the place.
func stretches(o storage.Order, v storage.Value, rest storage.Filter) []storage.Filter {
	null := eq(o.Field, storage.Value{})
	switch {
	case v.IsNull() && o.Desc:
		return []storage.Filter{and(null, rest)}
	case v.IsNull():
		return []storage.Filter{and(null, rest), not(null)}
	case o.Desc:
		return []storage.Filter{and(compare(storage.Le, o.Field, v), or(compare(storage.Lt, o.Field, v), rest)), null}
	}
	return []storage.Filter{and(compare(storage.Ge, o.Field, v), or(compare(storage.Gt, o.Field, v), rest))}
}

// after is true of values that come after v, or with it when orEqual. Nulls come first.
func after(field string, v storage.Value, desc, orEqual bool) storage.Filter {
	null, op := eq(field, storage.Value{}), storage.Gt
	switch {
	case v.IsNull() && desc && orEqual:
		return null
	case v.IsNull() && desc:
		return or()
	case v.IsNull() && orEqual:
		return storage.Filter{}
	case v.IsNull():
		return not(null)
	case desc:
		op = storage.Lt
	}
	if orEqual {
		op += storage.Le - storage.Lt
	}
	f := compare(op, field, v)
	if desc {
		f = or(f, null)
	}
	return f
}
