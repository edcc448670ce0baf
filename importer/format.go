package importer

import (
	"bytes"
	"fmt"
	"strings"
)

// What a [FormatError] can have found.
const (
	FoundEmpty     = "an empty file"                 // nothing, or only blank lines
	FoundNoHeader  = "no header"                     // blank lines up to FileOptions.MaxRow
	FoundZIP       = "an XLSX or other ZIP file"     //
	FoundOLE       = "an XLS or other OLE file"      //
	FoundUTF16     = "UTF-16 text"                   // with a byte order mark, or by its zero bytes
	FoundUTF32     = "UTF-32 text"                   // with a byte order mark
	FoundMarkup    = "an HTML or XML file"           // which some programs name .csv or .xls
	FoundPDF       = "a PDF file"                    //
	FoundGzip      = "a gzip file"                   //
	FoundBinary    = "a binary file"                 // with NUL in the header, or many in the first 4 KiB
	FoundNotUTF8   = "text that is not UTF-8"        // in the header; the error's place is its first such byte
	FoundBadHeader = "a header that cannot be read"  // for the Problem of the error
	FoundTooWide   = "a header of too many columns"  // more than FileOptions.MaxColumns
	FoundTooLarge  = "more bytes than may be copied" // more than FileOptions.MaxBytes
)

// FormatError says that a file is refused before its first row, since it is not CSV in UTF-8 with a header.
type FormatError struct {
	Name    string   // of the file
	Found   string   // one of the Found constants
	Line    int      // where, from 1; 0 when it is the whole file
	Column  int      // the byte in that line, from 1, not counting a byte order mark
	Offset  int64    // the byte in the file, from 0
	Limit   int64    // FoundTooWide: columns; FoundTooLarge: bytes
	Length  int64    // FoundTooWide: columns that the header has
	Problem *Problem // FoundBadHeader, FoundNotUTF8, FoundBinary: what is wrong with the header row, where it is known
}

func (e *FormatError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "importer: %q is not CSV in UTF-8: found %s", e.Name, e.Found)
	if e.Limit > 0 {
		fmt.Fprintf(&b, ", limit %d", e.Limit)
	}
	if e.Length > 0 {
		fmt.Fprintf(&b, ", has %d, at line %d", e.Length, e.Line)
	}
	if e.Problem != nil {
		fmt.Fprintf(&b, " at line %d, column %d, byte %d: %s%s", e.Line, e.Column, e.Offset, e.Problem.Code, e.Problem.figures())
	}
	return b.String()
}

func badHeader(name string, p *Problem) error {
	found := FoundBadHeader
	switch p.Code {
	case CodeInvalidUTF8:
		found = FoundNotUTF8
	case CodeNULByte:
		found = FoundBinary
	}
	return &FormatError{Name: name, Found: found, Line: p.Line, Column: p.Column, Offset: p.Offset, Problem: p}
}

const bom = "\xEF\xBB\xBF"

// sniff tells from its first bytes what a file is that is not text in UTF-8, or "".
func sniff(block []byte) string {
	for _, magic := range []struct{ prefix, found string }{
		{"\xFF\xFE\x00\x00", FoundUTF32},
		{"\x00\x00\xFE\xFF", FoundUTF32},
		{"\xFF\xFE", FoundUTF16},
		{"\xFE\xFF", FoundUTF16},
		{"PK\x03\x04", FoundZIP},
		{"PK\x05\x06", FoundZIP},
		{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", FoundOLE},
		{"\x1F\x8B\x08", FoundGzip},
		{"%PDF-", FoundPDF},
	} {
		if bytes.HasPrefix(block, []byte(magic.prefix)) {
			return magic.found
		}
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(block, []byte(bom)))
	head := bytes.ToLower(text[:min(len(text), 16)])
	for _, tag := range []string{"<!doctype", "<html", "<table", "<?xml"} {
		if bytes.HasPrefix(head, []byte(tag)) {
			return FoundMarkup
		}
	}
	return sniffNUL(block)
}

// sniffNUL judges zero bytes: text has none in its first line, and UTF-16 has them at every other byte.
func sniffNUL(block []byte) string {
	even, odd := 0, 0
	for i, c := range block {
		if c == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	line := block
	if i := bytes.IndexAny(block, "\r\n"); i >= 0 {
		line = block[:i]
	}
	inLine := bytes.IndexByte(line, 0) >= 0
	switch {
	case inLine && (even == 0 || odd == 0) && (even+odd)*8 >= len(block):
		return FoundUTF16
	case inLine || len(block) >= 512 && (even+odd)*10 > len(block):
		return FoundBinary
	}
	return ""
}
