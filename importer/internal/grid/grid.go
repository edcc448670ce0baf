package grid

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"
)

// Workbook is a file with sheets. It is safe for concurrent use; it does not close what it reads from.
type Workbook interface {
	// Sheets returns the sheets with cells, in the order of the workbook.
	Sheets() []Sheet
	// Size returns how many bytes the i-th sheet has, as [Row.Offset] counts them, or as the file says, which may be wrong.
	Size(i int) int64
	// Rows returns the rows of the i-th sheet, in order, those without any value left out. Every call begins anew. An error,
	// at most one, last and with a zero Row, is an [*Error], ctx's, or one of reading the file.
	Rows(ctx context.Context, i int) iter.Seq2[Row, error]
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
}

// Row is one row of a sheet.
type Row struct {
	Number int    // from 1, as people see it
	Offset int64  // bytes of the sheet that were read before it, unpacked: for messages and progress
	Cells  []Cell // from column A to the last that has a value; the slice is used again for the next row
}

// Kind is what a cell's value is to a spreadsheet program.
type Kind uint8

// The kinds.
const (
	Text     Kind = iota // as it stands; the zero Cell is an empty one
	Number               // in decimal, without an exponent or separators, with "%" where the format shows a percentage
	Date                 // 2006-01-02
	DateTime             // 2006-01-02 15:04:05
	Time                 // 15:04:05, of a duration with as many hours as it takes
	Bool                 // true or false
	Fault                // #DIV/0! and the like, as programs write them in English
)

// Cell is a value as text.
type Cell struct {
	Kind Kind
	Text string
}

// The limits of what is read, whatever a file says of itself.
const (
	MaxColumns = 16384     // of a sheet: those of Excel
	MaxRows    = 1 << 20   // of a sheet: those of Excel
	MaxCell    = 1 << 20   // bytes of a cell's text; Excel has 32,767 characters
	MaxStrings = 256 << 20 // bytes of all texts that a workbook keeps apart from its sheets
	MaxSheets  = 10_000
)

// Code says what is wrong with a workbook.
type Code string

// The codes.
const (
	Damaged   Code = "DAMAGED"        // cut short, or against the rules of the format
	Encrypted Code = "ENCRYPTED"      // it needs a password
	Old       Code = "OLD_VERSION"    // of a version that is not read
	Foreign   Code = "NOT_A_WORKBOOK" // something else is in the container
	Unclear   Code = "UNCLEAR_TEXT"   // its texts are bytes, and two charsets are nearly as likely
	TooLarge  Code = "TOO_LARGE"      // more than the limits of this package, or than its packed size lets expect
)

// Error says why a workbook, or one of its sheets, cannot be read, and where. It shows no value.
type Error struct {
	Code     Code
	Part     string   // of the file: a sheet's name, or that of a part of the container; "" for the whole
	Row      int      // of the sheet, from 1; 0 when it is about none
	Offset   int64    // byte in the part, unpacked
	Detail   string   // for people who know the format; English
	Charsets []string // Unclear: the likely ones, the likelier first
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "workbook: %s", e.Code)
	if e.Part != "" {
		fmt.Fprintf(&b, " in %q", e.Part)
	}
	if e.Row > 0 {
		fmt.Fprintf(&b, " at row %d", e.Row)
	}
	if e.Offset > 0 {
		fmt.Fprintf(&b, " at byte %d", e.Offset)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	return b.String()
}

// In returns the error with its place, as far as it does not know that yet.
func (e *Error) In(part string, row int, offset int64) *Error {
	placed := *e
	placed.Part, placed.Row, placed.Offset = cmp.Or(e.Part, part), cmp.Or(e.Row, row), cmp.Or(e.Offset, offset)
	return &placed
}

// Column returns the letters of a column, counted from 0.
func Column(i int) string {
	var b [8]byte
	at := len(b)
	for i++; i > 0 && at > 0; i = (i - 1) / 26 {
		at--
		b[at] = byte('A' + (i-1)%26)
	}
	return string(b[at:])
}
