package importer

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/clientele-go/crm/importer/internal/charset"
)

// commas are what cells are separated by, the likelier first.
const commas = ",;\t|:"

// findDialect says how the cells of a text are separated and quoted, as far as the options leave that open. It returns how
// many bytes of text a first line has that is no row, but names the separator for a spreadsheet program.
func (f *File) findDialect(text []byte, more bool) (skip int) {
	f.format.Comma, f.format.Quote = f.o.Comma, f.o.Quote
	named, skip := separatorLine(text)
	text = text[skip:]
	if f.format.Quote == 0 {
		f.format.Quote = quoteOf(text)
	}
	if f.format.Comma == 0 {
		f.format.Comma = named
	}
	if f.format.Comma == 0 {
		f.format.Comma = f.commaOf(text, more)
	}
	return skip
}

// separatorLine reads a first line such as sep=; and returns what it names.
func separatorLine(text []byte) (comma byte, size int) {
	line, end := text, len(text)
	if i := bytes.IndexAny(text, "\r\n"); i >= 0 {
		line, end = text[:i], i+1
		if bytes.HasPrefix(text[i:], []byte("\r\n")) {
			end++
		}
	}
	line = bytes.Trim(line, `"`)
	const name = "sep="
	if len(line) != len(name)+1 || !bytes.EqualFold(line[:len(name)], []byte(name)) || !separates(line[len(name)]) {
		return 0, 0
	}
	return line[len(name)], end
}

// separates reports whether a character can separate cells.
func separates(c byte) bool {
	return c != '"' && c != '\'' && c != '\n' && c != '\r' && c != 0 && c < 0x80
}

// quoteOf returns what quotes cells: a quotation mark, unless there is none and apostrophes stand around several cells.
func quoteOf(text []byte) byte {
	if bytes.IndexByte(text, '"') >= 0 {
		return '"'
	}
	begun, both := 0, 0
	for _, cell := range bytes.FieldsFunc(text, func(r rune) bool { return r < 0x80 && bytes.IndexByte([]byte(commas+"\r\n"), byte(r)) >= 0 }) {
		if cell[0] == '\'' {
			if begun++; len(cell) > 1 && cell[len(cell)-1] == '\'' {
				both++
			}
		}
	}
	if both >= 3 && both*4 >= begun*3 {
		return '\''
	}
	return '"'
}

// dialectRows is how many rows are looked at.
const dialectRows = 200

// commaOf returns the separator by which most rows have as many cells as the header, and more than one.
func (f *File) commaOf(text []byte, more bool) byte {
	best, most := byte(','), 0.0
	for i := range len(commas) {
		if share := f.even(text, commas[i], more); share > most {
			best, most = commas[i], share
		}
	}
	return best
}

// even returns the share of rows that have as many cells as the first, if that has several: 0 when it has one.
func (f *File) even(text []byte, comma byte, more bool) float64 {
	s := &csvScanner{csvWindow: csvWindow{src: bytes.NewReader(text), size: int64(len(text)), step: len(text), max: len(text) + 16, mark: f.format.Quote},
		comma: comma, maxRow: len(text), limit: f.o.MaxColumns, line: 1, in: charset.UTF8}
	var first, rows, same int
	for rows < dialectRows {
		row, err := s.next(context.Background())
		if errors.Is(err, io.EOF) || more && s.pos == len(text) { // the last row may be cut
			break
		}
		if err != nil {
			return 0
		}
		if row.Problem != nil && row.Problem.Code == CodeBlankRow {
			continue
		}
		n := len(row.Cells) + s.surplus.cells
		if row.Problem != nil {
			n = 0
		}
		if rows++; rows == 1 {
			first = n
		}
		if n == first {
			same++
		}
	}
	switch {
	case first < 2, rows == 0:
		return 0
	case comma == ':' && (rows < 2 || same < rows): // which stands in times and addresses
		return 0
	}
	return float64(same) / float64(rows)
}
