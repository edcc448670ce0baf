package importer

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/clientele-go/crm/importer/internal/charset"
)

// csvScanner splits a file into rows. A row that cannot be split is always one physical line, its first: whatever made it
// fail, reading goes on at the next line, and a stray quote costs one row.
type csvScanner struct {
	csvWindow
	comma   byte
	maxRow  int
	columns int  // cells of the header; 0 while the header is read
	limit   int  // cells kept of a row; the rest is counted
	whole   bool // a row is a line, and has one cell

	pos    int              // in the window: where the next row begins
	line   int              // its physical line
	source int64            // the file's offset of it
	in     *charset.Charset // in which the file is written

	cells   []string
	surplus surplus
	spans   []csvSpan
	scratch []byte
}

// surplus is what is known of cells that were not kept.
type surplus struct {
	cells  int
	filled bool // one of them is not empty
}

// next returns the next row, or io.EOF, or an error of reading.
func (s *csvScanner) next(ctx context.Context) (Row, error) {
	for {
		if s.pos == len(s.buf) && s.eof() {
			return Row{}, io.EOF
		}
		end, next, ok := s.lineEnd(s.pos)
		if end-s.pos > s.maxRow {
			return s.tooLong(ctx)
		}
		if ok {
			if s.whole || s.quote.next(s.buf, s.mark, s.pos) >= end {
				return s.plain(end, next), nil
			}
			if row, ok := s.quoted(end, next); ok {
				return row, nil
			}
		}
		if err := s.more(ctx, s.pos); err != nil {
			return Row{}, err
		}
		s.pos = 0
	}
}

// begin returns a row from the next one's beginning to next, and moves there.
func (s *csvScanner) begin(next, lines int) Row {
	row := Row{Line: s.line, EndLine: s.line + lines - 1, Offset: s.source}
	s.pass(next)
	row.End = s.source
	s.line += lines
	return row
}

// pass moves to a place in the window.
func (s *csvScanner) pass(to int) {
	s.source += s.in.Len(s.buf[s.pos:to])
	s.pos = to
}

// plain takes the line up to end, which has no quote.
func (s *csvScanner) plain(end, next int) Row {
	start := s.pos
	raw := s.buf[start:end]
	row := s.begin(next, 1)
	if nul := s.nul.next(s.buf, 0, start); nul < end || !utf8.Valid(raw) {
		at, code := badText(raw)
		s.fault(&row, code, at, raw)
		row.Problem.Cell = bytes.Count(raw[:at], []byte{s.comma}) + 1
		return row
	}
	text := string(raw)
	if s.whole {
		row.Cells = []string{text}
		return row
	}
	s.split(raw, text)
	s.shape(&row, text)
	return row
}

// split cuts text, which is raw, at each comma, eight bytes at a time.
func (s *csvScanner) split(raw []byte, text string) {
	const ones, low = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	commas := ones * uint64(s.comma)
	cells := s.cells
	n, start, i := 0, 0, 0
	s.surplus = surplus{}
	for ; i+8 <= len(raw); i += 8 {
		x := binary.LittleEndian.Uint64(raw[i:]) ^ commas // a comma is now a zero byte
		for hit := ^((x&low + low) | x | low); hit != 0; hit &= hit - 1 {
			at := i + bits.TrailingZeros64(hit)>>3
			if n == len(cells) {
				if cells = s.grow(cells); n == len(cells) {
					s.cells = cells
					s.count(text[start:])
					return
				}
			}
			cells[n] = text[start:at]
			n, start = n+1, at+1
		}
	}
	for ; i <= len(raw); i++ {
		if i < len(raw) && raw[i] != s.comma {
			continue
		}
		if n == len(cells) {
			if cells = s.grow(cells); n == len(cells) {
				s.cells = cells
				s.count(text[start:])
				return
			}
		}
		cells[n] = text[start:i]
		n, start = n+1, i+1
	}
	s.cells = cells[:n]
}

// grow returns cells with more room, to its capacity and up to the limit.
func (s *csvScanner) grow(cells []string) []string {
	if len(cells) == cap(cells) && len(cells) < s.limit {
		cells = append(make([]string, 0, min(max(2*len(cells), s.columns+1, 16), s.limit)), cells...)
	}
	return cells[:cap(cells)]
}

// count counts the unquoted cells of text as surplus.
func (s *csvScanner) count(text string) {
	n := strings.Count(text, string(rune(s.comma)))
	s.surplus = surplus{cells: n + 1, filled: n < len(text)}
}

// shape holds the cells that were cut from text against the header, and puts them into row.
func (s *csvScanner) shape(row *Row, text string) {
	cells := s.cells
	if len(cells) != s.columns || cells[0] == "" || cells[0][0] <= ' ' || cells[0][0] >= utf8.RuneSelf {
		total := len(cells) + s.surplus.cells
		switch {
		case s.blank():
			row.Problem = &Problem{Code: CodeBlankRow, Line: row.Line, Offset: row.Offset}
			row.Problem.Raw = text
		case s.columns == 0:
		case total > s.columns && !s.surplus.filled && empty(cells[s.columns:]):
			cells = cells[:s.columns]
		case total != s.columns:
			row.Problem = &Problem{Code: CodeRaggedRow, Line: row.Line, Offset: row.Offset, Columns: s.columns, Cells: total}
			row.Problem.Raw = text
		}
	}
	row.Cells = cells
}

// blank reports whether the cells hold nothing but white space.
func (s *csvScanner) blank() bool {
	for _, c := range s.cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return !s.surplus.filled
}

func empty(cells []string) bool {
	for _, c := range cells {
		if c != "" {
			return false
		}
	}
	return true
}

// fault sets the row's problem, at raw[at], where raw is the row.
func (s *csvScanner) fault(row *Row, code string, at int, raw []byte) {
	line, column := place(raw, at)
	row.Problem = &Problem{Code: code, Line: row.Line + line, Column: column, Offset: row.Offset + s.in.Len(raw[:at]), Raw: string(raw)}
}

// place returns how many line ends are before raw[at], and its byte column, from 1, after the last of them.
func place(raw []byte, at int) (line, column int) {
	begin := 0
	for i, c := range raw[:at] {
		if c == '\n' || c == '\r' && raw[i+1] != '\n' {
			line, begin = line+1, i+1
		}
	}
	return line, at - begin + 1
}

// badText returns the place of the first NUL or byte that is not UTF-8, one of which there is.
func badText(raw []byte) (at int, code string) {
	for at < len(raw) {
		r, n := utf8.DecodeRune(raw[at:])
		switch {
		case r == 0:
			return at, CodeNULByte
		case r == utf8.RuneError && n == 1:
			return at, CodeInvalidText
		}
		at += n
	}
	return at, ""
}

// tooLong takes the line at the next row's beginning, which has more than maxRow bytes, without keeping it.
func (s *csvScanner) tooLong(ctx context.Context) (Row, error) {
	p := &Problem{Code: CodeRowTooLong, Line: s.line, Column: s.maxRow + 1, Limit: s.maxRow, Offset: s.source + s.in.Len(s.buf[s.pos:s.pos+s.maxRow])}
	keep := min(MaxRaw, s.maxRow)
	p.cutRaw(string(s.buf[s.pos:s.pos+keep+1]), keep)
	begin, offset := s.base+int64(s.pos), s.source
	for {
		end, next, ok := s.lineEnd(s.pos)
		if ok {
			p.Length = s.base + int64(end) - begin
			row := s.begin(next, 1)
			row.Offset, row.Problem = offset, p
			return row, nil
		}
		s.pass(end)
		if err := s.more(ctx, end); err != nil {
			return Row{}, err
		}
		s.pos = 0
	}
}
