package xlsx

import (
	"math"
	"strconv"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// isExact reports whether a number is written as [grid.Decimal] writes it, for the usual case that it is: no exponent, no
// zeros that mean nothing, and no more digits than are kept.
func isExact(text []byte) bool {
	b := text
	if b[0] == '-' {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 16 || b[0] == '0' && (len(b) == 1 && len(text) > 1 || len(b) > 1 && b[1] != '.') {
		return false
	}
	point := -1
	for i, c := range b {
		switch {
		case '0' <= c && c <= '9':
		case c == '.' && point < 0 && i > 0:
			point = i
		default:
			return false
		}
	}
	return point < 0 || b[len(b)-1] != '0' && point < len(b)-1
}

// cellOf returns a number as its format shows it. It is not ok when text is no number.
func cellOf(text string, format grid.Format, from1904 bool) (grid.Cell, bool) {
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
		default: // XML Schema has numbers that are none
			return format.Cell(math.NaN(), text, from1904), text == "NaN" || text == "INF" || text == "-INF"
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return grid.Cell{}, false
	}
	return format.Cell(v, text, from1904), true
}
