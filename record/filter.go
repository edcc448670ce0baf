package record

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/storage"
)

// Filter is a condition on records, by the API names of fields. The zero Filter is true of all. Make one with [Eq], [In]
// and their like. What it names is checked when it is used: an unknown field or a value of another type is a
// *ValidationError then.
type Filter struct {
	op    storage.Op
	field string
	args  []any
	sub   []Filter
	kind  filterKind
}

type filterKind uint8

const (
	plain filterKind = iota
	matches
	under
	above
)

// Eq is true of records whose field has this value; with nil, of those where it is empty. Values are given as Go values
// of the field's type (string, bool, int, int64, decimal.Decimal, time.Time, Date, ID, Actor) or as text that the type
// reads.
func Eq(field string, value any) Filter { return comparison(storage.Eq, field, value) }

// Lt is true of records whose field has a lesser value. It is false of an empty field, as are the next three.
func Lt(field string, value any) Filter { return comparison(storage.Lt, field, value) }

// Le is true of records whose field has this value or a lesser one.
func Le(field string, value any) Filter { return comparison(storage.Le, field, value) }

// Gt is true of records whose field has a greater value.
func Gt(field string, value any) Filter { return comparison(storage.Gt, field, value) }

// Ge is true of records whose field has this value or a greater one.
func Ge(field string, value any) Filter { return comparison(storage.Ge, field, value) }

// In is true of records whose field has one of these values, of which there may be any number.
func In[V any](field string, values ...V) Filter {
	f := Filter{op: storage.In, field: field, args: make([]any, len(values))}
	for i, v := range values {
		f.args[i] = v
	}
	return f
}

// Contains is true of records whose text has this text in it: whatever the case, width and spacing if the field is
// folded (see [Field.Folded]), and to the letter, spaces too, if not. In a field of several values it is true of those that
// have this one among them.
func Contains(field, text string) Filter { return comparison(storage.Contains, field, text) }

// Matches is true of records whose folded field is this text, whatever the case, width and spacing.
func Matches(field string, texts ...string) Filter {
	f := In(field, texts...)
	f.kind = matches
	return f
}

// Under is true of the record with this id and of all below it in the tree that the field makes.
func Under(field string, id ID) Filter { return Filter{kind: under, field: field, args: []any{id}} }

// Above is true of all records above the one with this id in the tree that the field makes.
func Above(field string, id ID) Filter { return Filter{kind: above, field: field, args: []any{id}} }

// And is true when all of fs are.
func And(fs ...Filter) Filter { return Filter{op: storage.And, sub: fs} }

// Or is true when one of fs is.
func Or(fs ...Filter) Filter { return Filter{op: storage.Or, sub: fs} }

// Not is true when f is not.
func Not(f Filter) Filter { return Filter{op: storage.Not, sub: []Filter{f}} }

func comparison(op storage.Op, field string, value any) Filter {
	return Filter{op: op, field: field, args: []any{value}}
}

// compile turns f into a filter on columns.
func (s *Shape) compile(f *Filter, l *Locale) (storage.Filter, error) {
	return s.compileIn(f, l, false)
}

// compileIn is compile for a list of live records, or of those in the bin, which have fields of their own.
func (s *Shape) compileIn(f *Filter, l *Locale, bin bool) (storage.Filter, error) {
	switch {
	case f.kind == under || f.kind == above:
		return s.compileTree(f)
	case f.op == storage.All:
		return storage.Filter{}, nil
	case f.sub != nil || f.op == storage.And || f.op == storage.Or:
		out := storage.Filter{Op: f.op}
		for i := range f.sub {
			sub, err := s.compileIn(&f.sub[i], l, bin)
			if err != nil {
				return out, err
			}
			out.Sub = append(out.Sub, sub)
		}
		if f.op == storage.And {
			return and(out.Sub...), nil
		}
		return out, nil
	}
	out := storage.Filter{Op: f.op, Field: f.field}
	id := Def{Name: "id", Type: LookupType()}
	d := &id
	if f.field != "id" {
		i, ok := s.listed(f.field, bin)
		if !ok {
			return out, invalid(f.field, CodeUnknown, nil)
		}
		d = &s.fields[i]
		out.Field = s.column(i)
		folded := s.fold[i] >= 0
		if f.kind == matches && !folded {
			return out, invalid(f.field, CodeInvalid, Args{"expected": "a folded field"})
		}
		if folded && (f.kind == matches || f.op == storage.Contains) {
			out.Field = d.foldColumn()
			for _, a := range f.args {
				text, _ := a.(string)
				if p := badText(text); !p.OK() {
					return out, invalid(f.field, p.Code, p.Args)
				}
				if v := textValue(Fold(text)); !v.IsNull() || f.op == storage.Contains {
					out.Args = append(out.Args, storage.TextValue(v.Text()))
				}
			}
			return out, nil
		}
	}
	for _, a := range f.args {
		v, p := d.value(a, l, f.op == storage.Contains && !isMulti(d.Type))
		if !p.OK() {
			return out, invalid(f.field, p.Code, p.Args)
		}
		if f.op == storage.Contains && v.IsNull() && d.Type.Kind() == storage.Text {
			v = storage.TextValue("")
		}
		if v.IsNull() && f.op != storage.Eq && f.op != storage.In {
			return out, invalid(f.field, CodeInvalid, Args{"expected": "a value"})
		}
		out.Args = append(out.Args, v)
	}
	if f.op == storage.Contains && d.Type.Kind() != storage.Text {
		return out, invalid(f.field, CodeInvalid, Args{"expected": "a text field"})
	}
	return out, nil
}

func (s *Shape) compileTree(f *Filter) (storage.Filter, error) {
	i, ok := s.index(f.field)
	if !ok || s.fields[i].Depth == 0 {
		return storage.Filter{}, invalid(f.field, CodeInvalid, Args{"expected": "a tree"})
	}
	id, _ := f.args[0].(ID)
	of := &storage.Query{Table: s.table, Where: byID(id), Index: "id"}
	out := storage.Filter{Op: storage.Among, Field: "id", Of: of, On: "id", Along: s.fields[i].Column()}
	if f.kind == above {
		out.On, out.Along = out.Along, out.On
	}
	return out, nil
}

// value turns what a caller gave into a value of the field, or into the very text if exact.
func (d *Def) value(x any, l *Locale, exact bool) (storage.Value, Problem) {
	k := d.Type.Kind()
	if text, ok := x.(string); ok && k != storage.Text {
		return d.Type.Parse(text, l)
	}
	v := plainValue(x)
	if v.Kind() == storage.Int && k == storage.Decimal {
		v, _ = storage.ParseDecimal(decimal.NewFromInt(v.Int64()).String())
	}
	if v.IsNull() {
		return v, Problem{}
	}
	if v.Kind() != k {
		if _, p := d.Type.Clean(v); !p.OK() {
			return storage.Value{}, p // which knows how long a number was
		}
		return storage.Value{}, refuse(d.Type.Name())
	}
	if k == storage.Text {
		if p := badText(v.Raw()); !p.OK() {
			return storage.Value{}, p
		}
		if c, p := d.Type.Clean(v); p.OK() && !exact {
			v = c // a pick list's label becomes its value
		}
	}
	return v, Problem{}
}

// plainValue is a Go value as a value, null for nil, and one of no field's kind for a type that no field has.
func plainValue(x any) storage.Value {
	switch x := x.(type) {
	case nil:
		return storage.Value{}
	case storage.Value:
		return x
	case string:
		return textValue(x)
	case Actor:
		return textValue(string(x))
	case bool:
		return storage.BoolValue(x)
	case int:
		return storage.IntValue(int64(x))
	case int64:
		return storage.IntValue(x)
	case decimal.Decimal:
		return decimalValue(x)
	case time.Time:
		return timeValue(x)
	case Date:
		return textValue(x.String())
	case ID:
		return refValue(x)
	}
	return storage.BytesValue(nil)
}

// and is flat, so that a driver sees every condition at the top.
func and(fs ...storage.Filter) storage.Filter {
	f := storage.Filter{Op: storage.And}
	for _, sub := range fs {
		switch sub.Op {
		case storage.All:
		case storage.And:
			f.Sub = append(f.Sub, sub.Sub...)
		default:
			f.Sub = append(f.Sub, sub)
		}
	}
	return f
}

func or(fs ...storage.Filter) storage.Filter { return storage.Filter{Op: storage.Or, Sub: fs} }

func not(f storage.Filter) storage.Filter {
	return storage.Filter{Op: storage.Not, Sub: []storage.Filter{f}}
}

func compare(op storage.Op, field string, v storage.Value) storage.Filter {
	return storage.Filter{Op: op, Field: field, Args: []storage.Value{v}}
}

func eq(field string, v storage.Value) storage.Filter { return compare(storage.Eq, field, v) }

func byID(id ID) storage.Filter { return eq("id", storage.RefValue(id)) }

// among is true of rows whose field is one of ids.
func among(field string, ids ...ID) storage.Filter {
	f := storage.Filter{Op: storage.In, Field: field, Args: make([]storage.Value, len(ids))}
	for i, id := range ids {
		f.Args[i] = storage.RefValue(id)
	}
	return f
}

// live is true of records that are not in the bin.
var live = eq(systemFields[colDeleted].Column(), storage.Value{})
