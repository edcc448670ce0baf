package record

import (
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
}

// Cursor is a place in a list: where one page ended and the next begins. It is opaque text, safe in a URL, and good for
// a query of the same module and order only. The empty Cursor is the start of the list, and also says that there is no
// next page. It is no secret: whoever has it can read in it the values by which the list is ordered.
type Cursor string

// plan is a compiled Query.
type plan struct {
	storage.Query
	then *storage.Filter // where to look when the page is not full, in place of Query.Where; nil for nowhere
	sum  uint32          // of module and order, to tell that a cursor is of this list
}

func (r *Records) plan(q *Query) (*plan, error) {
	where, err := r.shape.compileIn(&q.Where, r.s.Locale(), q.Bin)
	if err != nil {
		return nil, err
	}
	p := &plan{Query: storage.Query{Table: r.shape.table, Limit: q.Limit}}
	name := strings.Builder{}
	name.WriteString(r.shape.Module)
	order := q.Order
	if order == nil && q.Bin {
		order = By("-" + systemFields[colDeleted].Name)
	}
	for _, o := range order {
		column := o.Field
		if o.Field != "id" {
			i, ok := r.shape.listed(o.Field, q.Bin)
			if !ok {
				return nil, invalid(o.Field, CodeUnknown, nil)
			}
			column = r.shape.orderColumn(i)
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
	places, err := p.decode(q.After)
	if err != nil {
		return nil, err
	}
	state := live
	if q.Bin {
		state = not(live)
	}
	p.Where = and(state, where, places[0])
	if len(places) > 1 {
		then := and(state, where, places[1])
		p.then = &then
	}
	p.Index = r.shape.indexFor(&p.Query)
	return p, nil
}

// listed returns the position of a field that a list may name: in the bin, of those of the deletion too.
func (s *Shape) listed(name string, bin bool) (int, bool) {
	if bin {
		for _, i := range []int{colDeleted, colDeletedBy} {
			if s.fields[i].Name == name {
				return i, true
			}
		}
	}
	return s.index(name)
}

// indexFor names the index that serves q: that of a condition which selects few rows, or else that of the order. It
// leaves the choice to the driver when neither has one.
func (s *Schema) indexFor(q *storage.Query) string {
	conditions := q.Where.Sub
	if q.Where.Op != storage.And && q.Where.Op != storage.All {
		conditions = []storage.Filter{q.Where}
	}
	for _, f := range conditions {
		if f.Op != storage.Eq && f.Op != storage.In && f.Op != storage.Among || f.Op == storage.Eq && f.Args[0].IsNull() {
			continue
		}
		switch {
		case f.Field == "id" && f.Op == storage.Among:
			return "" // a walk leads to its rows by itself
		case f.Field == "id":
			return "id"
		}
		if s.table.Index(f.Field) != nil {
			return f.Field
		}
	}
	if len(q.Order) == 0 || q.Order[0].Field == "id" {
		return "id"
	}
	if q.Order[0].Field == live.Field {
		return s.fields[colModified].Column() // whose index begins with the time of deletion
	}
	if s.table.Index(q.Order[0].Field) != nil && slices.ContainsFunc(conditions, isLive) {
		return q.Order[0].Field
	}
	return ""
}

func isLive(f storage.Filter) bool { return f.Op == storage.Eq && f.Field == live.Field }

// cursor is the place of a record of the list.
func (p *plan) cursor(row *storage.Row) Cursor {
	b := binary.BigEndian.AppendUint32(nil, p.sum)
	for _, o := range p.Order {
		b = p.Table.Get(row, o.Field).Append(b)
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(append(b, row.ID[:]...)))
}

// decode turns a cursor into the conditions of being after it: one, or two where the records with and those without a
// value in the first key lie in different stretches of an index, in the order in which they come.
func (p *plan) decode(c Cursor) ([]storage.Filter, error) {
	if c == "" {
		return []storage.Filter{{}}, nil
	}
	bad := invalid("After", CodeInvalid, Args{"expected": "a cursor of this list"})
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil || len(b) < 4 || binary.BigEndian.Uint32(b) != p.sum {
		return nil, bad
	}
	b = b[4:]
	values := make([]storage.Value, len(p.Order))
	for i, o := range p.Order {
		var ok bool
		values[i], b, ok = storage.ParseValue(b)
		k, _ := p.Table.FieldKind(o.Field)
		if !ok || !values[i].IsNull() && values[i].Kind() != k {
			return nil, bad
		}
	}
	if len(b) != len(ID{}) {
		return nil, bad
	}
	n := len(p.Order)
	f := after("id", storage.RefValue(ID(b)), n > 0 && p.Order[n-1].Desc, false)
	if n == 0 {
		return []storage.Filter{f}, nil
	}
	for i, o := range slices.Backward(p.Order[1:]) {
		f = or(after(o.Field, values[i+1], o.Desc, false), and(after(o.Field, values[i+1], o.Desc, true), f))
	}
	return stretches(p.Order[0], values[0], f), nil
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
