package importer

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Source is rows of text under one header. [File] reads them from CSV; a host may implement it for what it has at hand.
//
// Rows may be called more than once, since planning, running and resuming an import each read the whole: every call begins
// at the first row after the header, and gives the same rows as the call before it.
type Source interface {
	// Header returns the header row, its cells trimmed. Its Line is where it begins, and it has no Problem.
	Header() Row

	// Rows returns the rows after the header. A row that cannot be taken has its Problem set and is followed by the rest,
	// so that rows given, with or without a Problem, are all the rows there are. An error, at most one, last and with a zero
	// Row, is a fault of the file or of reading it: I/O, a file cut short, a done context.
	Rows(ctx context.Context) iter.Seq2[Row, error]
}

// Row is one row of a [Source].
type Row struct {
	Line    int   // the physical line on which it begins, from 1; of a workbook, the row of the sheet
	EndLine int   // the physical line on which it ends: greater than Line when a quoted cell holds line ends
	Offset  int64 // the byte at which it begins; zero where a source has none, such as a workbook
	End     int64 // the byte after its line end: how far the source has been read; of a workbook, as much of the file as of its sheet

	// Cells are its values, as many as the header has unless Problem says CodeRaggedRow or CodeBlankRow; nil for any other
	// Problem. The slice is used again for the next row; the strings may be kept, and each keeps the text of its row in
	// memory. Without a Problem they are valid UTF-8 without NUL.
	Cells []string

	// Kinds is what the cells are, one for each; nil when all are Typed, as in text.
	Kinds []CellKind

	Problem *Problem // why the row cannot be taken as it is, or nil
}

// CellKind is how a cell is to be taken.
type CellKind uint8

// The kinds of cells.
const (
	Typed  CellKind = iota // as a person writes it
	Exact                  // a value as programs write it: 2006-01-02 15:04:05, 1234.5, true
	Broken                 // an error of a formula, such as #DIV/0!, and no value
)

// kind returns how a cell is to be taken.
func (r *Row) kind(i int) CellKind {
	if i < len(r.Kinds) {
		return r.Kinds[i]
	}
	return Typed
}

// The codes of a [Problem].
const (
	CodeBlankRow      = "BLANK_ROW"      // no cell holds anything but white space: to be counted and skipped
	CodeRaggedRow     = "RAGGED_ROW"     // fewer cells than the header, or more that are not empty
	CodeBadQuote      = "BAD_QUOTE"      // a quote inside an unquoted cell, or text after the quote that closes a cell
	CodeUnclosedQuote = "UNCLOSED_QUOTE" // a quoted cell runs past its line, and the lines after it do not complete it
	CodeRowTooLong    = "ROW_TOO_LONG"   // the line has more bytes than FileOptions.MaxRow
	CodeInvalidText   = "INVALID_TEXT"   // a byte that is part of no character in the charset of the file, or half a character
	CodeNULByte       = "NUL_BYTE"       // a zero byte
)

// Problem says why a row cannot be taken as it is, and where. Its text for people is made where it is shown, from the code
// and [Problem.Args].
type Problem struct {
	Code   string // one of the Code constants, or a source's own
	Line   int    // the physical line of the fault
	Column int    // the byte in that line, from 1, not counting a byte order mark; 0 when it is the whole row
	Cell   int    // the cell in the row, from 1; 0 when it is no single cell or not known
	Offset int64  // the byte in the file, from 0; 0 in a workbook

	Limit   int   // CodeRowTooLong, CodeUnclosedQuote: bytes that a row may have
	Length  int64 // CodeRowTooLong: bytes that it has, without its line end
	Columns int   // CodeRaggedRow: cells of the header
	Cells   int   // CodeRaggedRow: cells of the row
	Stopped int   // CodeUnclosedQuote: the line of the wrong quote at which the cell was given up; 0 when Limit or the file ended first

	// Raw is the row as it stands in the file, byte for byte, without its last line end; of a file in another charset than UTF-8
	// it is the text, with 0xFF for each byte that is part of no character. Of one with CodeRowTooLong it is the
	// first MaxRaw bytes, cut before a character, and RawCut is set. It may hold bytes that are not UTF-8; [Problem.Text]
	// does not.
	Raw    string
	RawCut bool
}

// MaxRaw is how many bytes [Problem.Raw] keeps of a row that is too long.
const MaxRaw = 4096

// Args returns the figures of p by name, those that its code has: limit, length, columns, cells, stopped; and its place, as
// far as it is known: offset, line, column, cell.
func (p *Problem) Args() map[string]any {
	args := map[string]any{}
	if p.Offset > 0 || p.Column > 0 {
		args["offset"] = p.Offset
	}
	if p.Column > 0 {
		args["line"], args["column"] = p.Line, p.Column
	}
	if p.Cell > 0 {
		args["cell"] = p.Cell
	}
	switch p.Code {
	case CodeRowTooLong:
		args["limit"], args["length"] = p.Limit, p.Length
	case CodeUnclosedQuote:
		args["limit"], args["stopped"] = p.Limit, p.Stopped
	case CodeRaggedRow:
		args["columns"], args["cells"] = p.Columns, p.Cells
	}
	return args
}

// String names the fault, its place and its figures, and shows nothing of the row, so that it may go to a log.
func (p *Problem) String() string {
	s := "line " + strconv.Itoa(p.Line)
	if p.Column > 0 {
		s += ", column " + strconv.Itoa(p.Column)
	}
	return s + ": " + p.Code + p.figures()
}

// figures are what the code is about, in numbers.
func (p *Problem) figures() string {
	switch {
	case p.Code == CodeRowTooLong:
		return fmt.Sprintf(" limit %d, length %d", p.Limit, p.Length)
	case p.Code == CodeRaggedRow:
		return fmt.Sprintf(" columns %d, cells %d", p.Columns, p.Cells)
	case p.Code == CodeUnclosedQuote && p.Stopped > 0:
		return fmt.Sprintf(" stopped at line %d", p.Stopped)
	case p.Code == CodeUnclosedQuote:
		return fmt.Sprintf(" limit %d", p.Limit)
	}
	return ""
}

// Text returns Raw as valid UTF-8 without NUL: each byte that is not part of a character, and each NUL, is written as \xNN.
// It equals Raw when there are none.
func (p *Problem) Text() string {
	if utf8.ValidString(p.Raw) && strings.IndexByte(p.Raw, 0) < 0 {
		return p.Raw
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(p.Raw); {
		r, n := utf8.DecodeRuneInString(p.Raw[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			c := p.Raw[i]
			b.WriteString(`\x`)
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		} else {
			b.WriteString(p.Raw[i : i+n])
		}
		i += n
	}
	return b.String()
}

// cutRaw keeps what raw begins with: at most limit bytes, and no half character.
func (p *Problem) cutRaw(raw string, limit int) {
	p.Raw = raw
	if len(raw) <= limit {
		return
	}
	p.Raw, p.RawCut = raw[:limit], true
	for n := limit; n > limit-utf8.UTFMax && n >= 0; n-- {
		if utf8.RuneStart(raw[n]) {
			p.Raw = raw[:n]
			return
		}
	}
}
