package importer

import (
	"context"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// surveyRows is how many rows are read to see whether a column has cells that can be read in two ways. With one, the whole file
// is.
const surveyRows = 1000

// evidence is what the cells of a column say of how they are read.
type evidence struct {
	lines map[string]int    // by what a cell says: the line of the first that does
	cells map[string]string // and that cell
}

func (e *evidence) add(says string, line int, cell string) {
	if e.lines == nil {
		e.lines, e.cells = map[string]int{}, map[string]string{}
	}
	if e.lines[says] == 0 {
		e.lines[says], e.cells[says] = line, cell
	}
}

// either is what a cell says that can be read in two ways.
const either = "?"

// survey finds out how numbers and dates are written, from all cells of their columns. What cannot be known is a problem: a
// row would be read as something else.
func (r *run) survey(ctx context.Context) (problems []HeaderProblem, err error) {
	var open []int
	for n := range r.m.imported {
		if r.m.imported[n].how.open() {
			open = append(open, n)
		}
	}
	if open == nil {
		return nil, nil
	}
	seen, err := r.look(ctx, open, surveyRows)
	if err != nil || len(seen) == 0 {
		return nil, err
	}
	if seen, err = r.look(ctx, open, 0); err != nil {
		return nil, err
	}
	for _, n := range open {
		if e := seen[n]; e != nil {
			problems = append(problems, r.decide(&r.m.imported[n], e)...)
		}
	}
	return problems, nil
}

// look reads rows, at most so many unless that is 0, and returns the evidence by column. Where the source fails it ends: the run
// will come to that place.
func (r *run) look(ctx context.Context, open []int, limit int) (map[int]*evidence, error) {
	seen, rows := map[int]*evidence{}, 0
	for row, err := range r.src.Rows(ctx) {
		if err != nil {
			return seen, ctx.Err()
		}
		if rows++; limit > 0 && rows > limit {
			break
		}
		if row.Problem != nil || len(row.Cells) != len(r.m.columns) {
			continue
		}
		for _, n := range open {
			c := &r.m.imported[n]
			cell := row.Cells[c.at]
			if cell == "" || row.kind(c.at) != Typed {
				continue
			}
			says := ""
			if c.how.kind == asDate {
				says = string(orderOf(cell))
			} else if point := pointOf(cell); point > 0 {
				says = string(rune(point))
			}
			if says == "" || limit > 0 && says == "." && isPlain(cell) { // which is no reason to read the whole
				continue
			}
			if seen[n] == nil {
				seen[n] = &evidence{}
			}
			seen[n].add(says, row.Line, cell)
		}
	}
	return seen, nil
}

// isPlain reports whether a number is written as programs write it.
func isPlain(cell string) bool {
	return strings.Trim(cell, "-.0123456789") == "" && strings.Count(cell, ".") < 2
}

// decide sets how a column is read, or says why that cannot be known.
func (r *run) decide(c *column, e *evidence) []HeaderProblem {
	one, other := string(DayFirst), string(MonthFirst)
	if c.how.kind == asNumber {
		one, other = ".", ","
	}
	says := one
	switch {
	case e.lines[one] > 0 && e.lines[other] > 0:
		return []HeaderProblem{c.twoReadings(one, other, e)}
	case e.lines[other] > 0:
		says = other
	case e.lines[one] > 0:
	case c.how.kind == asDate, c.def.Type.Kind() != storage.Int && r.comma() != ',':
		return []HeaderProblem{c.twoReadings(either, either, e)}
	}
	if c.how.kind == asNumber {
		c.how.decimal = says[0]
	} else {
		c.how.dates = DateOrder(says)
	}
	return nil
}

// comma is what separates the cells of the source: a number with a comma is quoted in a file of commas, by a program that
// writes fractions with points.
func (r *run) comma() byte {
	if f, ok := r.src.(interface{ Format() Format }); ok {
		return f.Format().Comma
	}
	return ','
}

// twoReadings says that the cells of a column can be read in two ways, or that some are to be read in one, and some in the
// other.
func (c *column) twoReadings(first, second string, e *evidence) HeaderProblem {
	p := HeaderProblem{Code: CodeTwoReadings, Field: c.def.Name, Column: c.at + 1, Line: e.lines[first]}
	if first != second {
		p.Line = max(e.lines[first], e.lines[second])
		p.Readings = []string{e.cells[first], e.cells[second]}
		return p
	}
	for _, how := range []reading{{dates: DayFirst, decimal: '.'}, {dates: MonthFirst, decimal: ','}} {
		read := func() (string, bool) { return readDate(e.cells[first], how.dates) }
		if c.how.kind == asNumber {
			read = func() (string, bool) { return readNumber(e.cells[first], how.decimal) }
		}
		if plain, ok := read(); ok {
			p.Readings = append(p.Readings, plain)
		}
	}
	return p
}
