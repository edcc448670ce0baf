package xls

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// cell adds the cells of the record to the row, or only the nth.
func (r *rows) cell(nth int) (err error) {
	b := r.body
	column, style := int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint16(b[4:]))
	switch r.kind {
	case sharedLabel:
		if r.book.shared == nil {
			return r.fault("a text that is not among those that cells share")
		}
		text, ok := r.book.shared.At(int(binary.LittleEndian.Uint32(b[6:])))
		if !ok {
			return r.fault("a text that is not among those that cells share")
		}
		r.Set(column, grid.Cell{Text: text})
	case label, richLabel:
		r.body = b[6:]
		return r.ownText(column)
	case number:
		return r.number64(column, style, b[6:])
	case shortNumber:
		return r.numeral(column, style, short(b[6:]))
	case multipleNumbers:
		b = b[4 : len(b)-2]
		for i := 0; len(b) > 0 && err == nil; i, b = i+1, b[6:] {
			if nth < 0 || i == nth {
				err = r.numeral(column+i, int(binary.LittleEndian.Uint16(b)), short(b[2:]))
			}
		}
		return err
	case truthOrFault:
		return r.truthOrFault(column, b[6], b[7] != 0)
	case theFormula, formula3, formula4:
		return r.result(column, style, b[6:14])
	}
	return nil
}

// result adds the last result of a formula.
func (r *rows) result(column, style int, b []byte) error {
	if binary.LittleEndian.Uint16(b[6:]) != 0xffff {
		return r.number64(column, style, b)
	}
	switch b[0] {
	case 0:
		return r.textBehind(column)
	case 1, 2:
		return r.truthOrFault(column, b[2], b[0] == 2)
	case 3: // a text without characters
		return nil
	}
	return r.fault("a formula with a result of an unknown kind")
}

// textBehind adds the text that is in a record behind that of its formula.
func (r *rows) textBehind(column int) error {
	for {
		if err := r.read(); err != nil {
			return err
		}
		switch r.kind {
		case sharedFormula, formulaArray, formulaTable, continued:
		case formulaText:
			return r.ownText(column)
		default:
			return r.fault("a formula without its text")
		}
	}
}

// ownText adds the text that comes next.
func (r *rows) ownText(column int) (err error) {
	start := len(r.Text)
	if r.Text, err = r.text(r.Text, 2); err != nil {
		return err
	}
	return r.add(column, grid.Text, start)
}

// add gives a cell its text, which is what the row's has from start on.
func (r *rows) add(column int, kind grid.Kind, start int) error {
	if !r.Add(column, kind, start) {
		return &grid.Error{Code: grid.TooLarge, Offset: r.start, Detail: "a row"}
	}
	return nil
}

// faults are the errors of cells, as programs write them in English.
var faults = map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0f: "#VALUE!", 0x17: "#REF!", 0x1d: "#NAME?", 0x24: "#NUM!", 0x2a: "#N/A", 0x2b: "#GETTING_DATA"}

func (r *rows) truthOrFault(column int, v byte, fault bool) error {
	switch {
	case !fault:
		r.Set(column, grid.Cell{Kind: grid.Bool, Text: strconv.FormatBool(v != 0)})
	case faults[v] == "":
		r.Set(column, grid.Cell{Kind: grid.Fault, Text: "#ERROR!"})
	default:
		r.Set(column, grid.Cell{Kind: grid.Fault, Text: faults[v]})
	}
	return nil
}

// short reads a number in four bytes: the upper half of one in eight, or 30 bits of a whole one, perhaps of hundredths.
func short(b []byte) float64 {
	n := binary.LittleEndian.Uint32(b)
	v := math.Float64frombits(uint64(n&^3) << 32)
	if n&2 != 0 {
		v = float64(int32(n) >> 2)
	}
	if n&1 != 0 {
		v /= 100
	}
	return v
}

func (r *rows) number64(column, style int, b []byte) error {
	return r.numeral(column, style, math.Float64frombits(binary.LittleEndian.Uint64(b)))
}

// numeral adds a number as its style shows it.
func (r *rows) numeral(column, style int, v float64) error {
	var format grid.Format
	if style < len(r.book.formats) {
		format = r.book.formats[style]
	}
	if format.IsPlain() {
		start := len(r.Text)
		if text, ok := appendPlain(r.Text, v); ok {
			r.Text = text
			return r.add(column, grid.Number, start)
		}
	}
	r.Set(column, format.Cell(v, "", r.book.from1904))
	return nil
}

// maxDigits is how many digits of a number spreadsheet programs know.
const maxDigits = 15

// appendPlain appends a number as [grid.Decimal] writes it, if that takes no more digits than are known.
func appendPlain(dst []byte, v float64) ([]byte, bool) {
	if a := math.Abs(v); a >= 1e15 || a < 1e-4 && v != 0 || a != a {
		return dst, false
	}
	if n := int64(v); float64(n) == v {
		return strconv.AppendInt(dst, n, 10), true
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
	digits := len(dst) - start - 1 // without the point
	if v < 0 {
		digits--
	}
	if digits > maxDigits { // zeros that lead count here too, which is no harm
		return dst[:start], false
	}
	return dst, true
}
