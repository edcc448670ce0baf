package importer

import (
	"maps"
	"slices"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// FieldOptions say how the cells of a field are read. The zero value finds out what there is to find.
type FieldOptions struct {
	// Default stands, in the form of a cell, where a new record would have no value: in an empty cell, or without any column. What
	// exists already never gets it.
	Default string

	Clear bool // an empty cell empties the field of a record that exists; default it keeps its value

	Dates   DateOrder // of dates such as 03/04/2026; default found from all cells of the column
	Decimal byte      // of numbers: '.' or ','; the other one, spaces and apostrophes may part thousands. Default found from all cells

	LookupBy string // API name of the field by which records to link to are found; default their name
	Create   bool   // a record to link to that is not there is created, with that field alone
}

// DateOrder is how a date of numbers is read that does not begin with its year.
type DateOrder string

// The orders.
const (
	DayFirst   DateOrder = "day first"   // 31/12/2026
	MonthFirst DateOrder = "month first" // 12/31/2026
)

// reading is how the cells of a column are read.
type reading struct {
	kind    readingKind
	dates   DateOrder // "" when it is not known
	decimal byte      // 0 when it is not known
}

type readingKind uint8

const (
	asText readingKind = iota
	asNumber
	asDate
)

// newReading returns how the cells of a field are read, as far as its type and the options say.
func newReading(d *record.Def, o FieldOptions) reading {
	r := reading{dates: o.Dates, decimal: o.Decimal}
	switch d.Type.Name() {
	case "integer", "bigint", "double", "currency", "percent":
		r.kind = asNumber
	case "date", "datetime":
		r.kind = asDate
	}
	return r
}

// open reports whether cells may have to be seen before it is known how to read them.
func (r *reading) open() bool {
	return r.kind == asNumber && r.decimal == 0 || r.kind == asDate && r.dates == ""
}

// parse reads a cell as a value of a field. What is exact needs no finding out.
func (c *column) parse(cell string, kind CellKind, l *record.Locale) (storage.Value, record.Problem) {
	if kind == Broken {
		return storage.Value{}, record.Problem{Code: CodeBrokenCell}
	}
	v, problem := c.def.Type.Parse(cell, l)
	if kind == Exact || c.how.kind == asText || problem.OK() && c.how.decimal != ',' {
		return v, problem
	}
	var plain string
	ok := false
	switch c.how.kind {
	case asNumber:
		plain, ok = readNumber(cell, c.how.decimal)
	case asDate:
		plain, ok = readDate(cell, c.how.dates)
	}
	switch {
	case !ok && problem.OK(): // 1.5, where fractions have a comma
		return storage.Value{}, record.Problem{Code: record.CodeInvalid}
	case !ok || plain == cell:
		return v, problem
	}
	if w, p := c.def.Type.Parse(plain, l); p.OK() || p.Code != problem.Code || !problem.OK() {
		return w, p
	}
	return v, problem
}

// checkFields says what is wrong with the options of fields.
func (r *run) checkFields() (problems []HeaderProblem) {
	for _, name := range slices.Sorted(maps.Keys(r.o.Fields)) {
		o := r.o.Fields[name]
		d, known := r.shape.Field(name)
		bad := func(code string) { problems = append(problems, HeaderProblem{Code: code, Field: name}) }
		if !known {
			bad(CodeUnknownField)
			continue
		}
		switch how := newReading(&d, o); {
		case d.ReadOnly:
			bad(CodeReadOnlyField)
		case o.Dates != "" && (how.kind != asDate || o.Dates != DayFirst && o.Dates != MonthFirst),
			o.Decimal != 0 && (how.kind != asNumber || o.Decimal != '.' && o.Decimal != ','),
			(o.LookupBy != "" || o.Create) && (!isLink(&d) || d.To == record.AnyModule):
			bad(CodeBadOption)
		case o.Default != "":
			c := column{def: d, how: how}
			v, problem := c.parse(o.Default, Typed, r.locale)
			if problem.OK() {
				v, problem = d.Type.Clean(v)
			}
			if !problem.OK() {
				bad(CodeBadOption)
				continue
			}
			r.defaults.at, r.defaults.values = append(r.defaults.at, r.shape.At(name)), append(r.defaults.values, v)
			r.defaults.names = append(r.defaults.names, name)
		}
	}
	return problems
}

// defaults are the values that new records begin with.
type defaults struct {
	names  []string
	at     []int
	values []storage.Value
}
