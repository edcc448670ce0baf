package importer

import (
	"bytes"
	"fmt"
	"strings"
)

// What a [FormatError] can have found.
const (
	FoundEmpty     = "an empty file"                   // nothing, or only blank lines
	FoundNoHeader  = "no header"                       // blank lines up to FileOptions.MaxRow
	FoundNoSheet   = "no such sheet"                   // or, when none was named, none that is not hidden
	FoundDamaged   = "a damaged workbook"              // cut short, or against the rules of its format
	FoundEncrypted = "an encrypted workbook"           // it needs a password
	FoundOld       = "a workbook of an old version"    // before Excel 5
	FoundForeign   = "no workbook"                     // but another file in the same container: a document, an archive
	FoundBomb      = "a workbook that grows too large" // when it is unpacked
	FoundUnclear   = "text whose charset is not clear" // two are nearly as likely: FileOptions.Charset says which
	FoundUTF32     = "UTF-32 text"                     // with a byte order mark
	FoundMarkup    = "HTML or XML without a table"     // such as a page that asks for a password
	FoundPDF       = "a PDF file"                      //
	FoundGzip      = "a gzip file"                     //
	FoundBinary    = "a binary file"                   // with NUL in the header, or many in the first 4 KiB
	FoundNotText   = "text in another charset"         // bytes in the header are no characters of the file's; the error's place is the first
	FoundBadHeader = "a header that cannot be read"    // for the Problem of the error
	FoundTooWide   = "a header of too many columns"    // more than FileOptions.MaxColumns
	FoundTooLarge  = "more bytes than may be copied"   // more than FileOptions.MaxBytes
)

// FormatError says that a file is refused before its first row, since it is no text with a header.
type FormatError struct {
	Name     string   // of the file
	Found    string   // one of the Found constants
	Sheet    string   // of a workbook, or another part of its container
	Line     int      // where, from 1; 0 when it is the whole file. Of a workbook, the row
	Column   int      // the byte in that line, from 1, not counting a byte order mark
	Offset   int64    // the byte in the file, from 0
	Limit    int64    // FoundTooWide: columns; FoundTooLarge: bytes
	Length   int64    // FoundTooWide: columns that the header has
	Detail   string   // of a workbook: what is wrong, for people who know the format
	Charsets []string // FoundUnclear: the likely ones, the likelier first
	Problem  *Problem // FoundBadHeader, FoundNotText, FoundBinary: what is wrong with the header row, where it is known
}

func (e *FormatError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "importer: %q cannot be read: found %s", e.Name, e.Found)
	if e.Sheet != "" {
		fmt.Fprintf(&b, " in %q", e.Sheet)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, " at row %d, byte %d: %s", e.Line, e.Offset, e.Detail)
	}
	if e.Limit > 0 {
		fmt.Fprintf(&b, ", limit %d", e.Limit)
	}
	if e.Length > 0 {
		fmt.Fprintf(&b, ", has %d, at line %d", e.Length, e.Line)
	}
	if e.Charsets != nil {
		fmt.Fprintf(&b, ": %s", strings.Join(e.Charsets, " or "))
	}
	switch {
	case e.Problem == nil:
	case e.Sheet != "":
		fmt.Fprintf(&b, " at row %d, cell %d: %s", e.Line, e.Problem.Cell, e.Problem.Code)
	default:
		fmt.Fprintf(&b, " at line %d, column %d, byte %d: %s%s", e.Line, e.Column, e.Offset, e.Problem.Code, e.Problem.figures())
	}
	return b.String()
}

func badHeader(name string, p *Problem) error {
	found := FoundBadHeader
	switch p.Code {
	case CodeInvalidText:
		found = FoundNotText
	case CodeNULByte:
		found = FoundBinary
	}
	return &FormatError{Name: name, Found: found, Line: p.Line, Column: p.Column, Offset: p.Offset, Problem: p}
}

// sniff tells from its first bytes what a file is that is no text, or "".
func sniff(block []byte) string {
	for _, magic := range []struct{ prefix, found string }{
		{"\xFF\xFE\x00\x00", FoundUTF32},
		{"\x00\x00\xFE\xFF", FoundUTF32},
		{"\x1F\x8B\x08", FoundGzip},
		{"%PDF-", FoundPDF},
	} {
		if bytes.HasPrefix(block, []byte(magic.prefix)) {
			return magic.found
		}
	}
	return ""
}

// sniffNUL tells by its zero bytes what is no text: that has none in its first line.
func sniffNUL(block []byte) string {
	line := block
	if i := bytes.IndexAny(block, "\r\n"); i >= 0 {
		line = block[:i]
	}
	if bytes.IndexByte(line, 0) >= 0 || len(block) >= 512 && bytes.Count(block, []byte{0})*10 > len(block) {
		return FoundBinary
	}
	return ""
}
