package webxls

import (
	"strconv"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// attributes are those of a cell that say what it holds, beside its text: as Excel writes them, and LibreOffice.
type attributes struct {
	class, style     string
	number           string // x:num, sdval
	isNumber         bool   // it is one, if only by its text
	fault, truth     string // x:err, x:bool
	language, format string // sdnum
}

// take takes note of an attribute.
func (a *attributes) take(name, value string) {
	switch name {
	case "class":
		a.class = value
	case "style":
		a.style = value
	case "x:num":
		a.number, a.isNumber = value, true
	case "x:err":
		a.fault = strings.ToValidUTF8(value, "?")
	case "x:bool":
		a.truth = value
	case "sdval":
		a.number, a.isNumber = value, true
	case "sdnum":
		a.language, a.format, _ = strings.Cut(value, ";")
		if _, code, ok := strings.Cut(a.format, ";"); ok {
			a.format = code
		} else {
			a.format = ""
		}
	}
}

// value is what attributes of a cell say that it holds. The zero value is for what is a text.
type value struct {
	known    grid.Cell
	number   string
	isNumber bool
	format   grid.Format
}

// english is the language of LibreOffice's formats that have the letters of the others here.
const english = "1033"

// value returns what they say. Formats are those of classes.
func (a *attributes) value(formats map[string]grid.Format) (v value) {
	switch {
	case a.fault != "":
		return value{known: grid.Cell{Kind: grid.Fault, Text: a.fault}}
	case a.truth != "":
		if b, err := strconv.ParseBool(strings.ToLower(a.truth)); err == nil {
			return value{known: grid.Cell{Kind: grid.Bool, Text: strconv.FormatBool(b)}}
		}
		return value{}
	case !a.isNumber:
		return value{}
	case a.language != "" && a.language != english && a.format != "": // the text says more than a format that is not understood
		return value{}
	case a.format == "BOOLEAN":
		return value{known: grid.Cell{Kind: grid.Bool, Text: strconv.FormatBool(strings.Trim(a.number, "0.") != "")}}
	}
	v = value{number: a.number, isNumber: true}
	switch f, ok := styleFormat(a.style); {
	case a.format != "":
		v.format = formatOf(a.format)
	case ok:
		v.format = f
	default:
		for class := range strings.FieldsSeq(a.class) {
			if f, ok := formats[class]; ok {
				v.format = f
			}
		}
	}
	return v
}

// cell returns the cell, whose text is known. It is not ok when it is that text.
func (v *value) cell(text string) (c grid.Cell, ok bool) {
	switch {
	case v.known.Text != "":
		return v.known, true
	case !v.isNumber:
		return grid.Cell{}, false
	case v.number != "":
		text = v.number
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return grid.Cell{}, false
	}
	return v.format.Cell(n, strings.TrimSpace(text), false), true
}
