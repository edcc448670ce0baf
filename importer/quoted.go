package importer

import (
	"bytes"
	"unicode/utf8"
)

// csvSpan is where a cell's text is in the window. An uneven one holds "" or \r\n, and is not its text as it stands.
type csvSpan struct {
	start, end int
	uneven     bool
}

// quoted takes the row whose first line ends at end and has a quote. It is not ok when the window does not hold enough of it.
//
// A row that fails after its first line is given up at that line, and the lines after it are looked at again. That stays
// linear: a quote opens or closes, so a line with an even number of them leaves no cell open that was not open before it. A
// row that begins on a line with an odd number ends, well or not, at the next such line, and no line is read for more than
// one row that begins before it.
func (s *csvScanner) quoted(end, next int) (row Row, ok bool) {
	b, limit := s.buf, s.pos+s.maxRow
	f := csvFirst{end: end, next: next, open: -1}
	lines, anyUneven := 1, false // of the row so far; whether a cell is uneven
	s.spans, s.surplus = s.spans[:0], surplus{}
	for p := s.pos; ; {
		if p == end || b[p] != s.mark {
			stop := end
			if i := bytes.IndexByte(b[p:end], s.comma); i >= 0 {
				stop = p + i
			}
			if q := s.quote.next(b, s.mark, p); q < stop {
				return s.wrongQuote(f, q, s.found()+1, lines), true
			}
			s.keep(csvSpan{p, stop, false})
			if stop == end {
				break
			}
			p = stop + 1
			continue
		}

		if lines == 1 {
			f.open, f.cell = p, s.found()+1
		}
		q, uneven := p+1, false
		for { // to the quote that closes the cell
			q = s.quote.next(b, s.mark, q)
			switch {
			case q >= limit || q == len(b) && s.eof():
				return s.unclosed(f, 0), true
			case q == len(b) || q+1 == len(b) && !s.eof():
				return row, false
			}
			if q+1 == len(b) || b[q+1] != s.mark {
				break
			}
			uneven = true
			q += 2
		}
		for q > end { // the cell holds a line end
			uneven = uneven || next == end+2
			lines++
			var known bool
			end, next, known = s.lineEnd(next)
			if end > limit {
				return s.unclosed(f, 0), true
			} else if !known {
				return row, false
			}
		}
		s.keep(csvSpan{p + 1, q, uneven})
		anyUneven = anyUneven || uneven
		if q+1 == end {
			break
		}
		if b[q+1] != s.comma {
			return s.wrongQuote(f, q+1, s.found(), lines), true
		}
		p = q + 2
	}
	return s.unquote(end, next, lines, anyUneven), true
}

// keep keeps a cell's span, or counts it when there are as many as may be kept.
func (s *csvScanner) keep(span csvSpan) {
	if len(s.spans) < s.limit {
		s.spans = append(s.spans, span)
		return
	}
	s.surplus.cells++
	s.surplus.filled = s.surplus.filled || span.start < span.end
}

// found is how many cells of the row there are so far.
func (s *csvScanner) found() int { return len(s.spans) + s.surplus.cells }

// csvFirst is what a row is when it fails: its first line, and the last quoted cell that begins on it.
type csvFirst struct {
	end, next  int
	open, cell int // the place of the quote, and the cell it opens
}

// wrongQuote fails the row for what stands at b[at], on the line of that number in it.
func (s *csvScanner) wrongQuote(f csvFirst, at, cell, lines int) Row {
	if lines > 1 {
		return s.unclosed(f, s.line+lines-1)
	}
	start, raw := s.pos, s.buf[s.pos:f.end]
	row := s.begin(f.next, 1)
	s.fault(&row, CodeBadQuote, at-start, raw)
	row.Problem.Cell = cell
	return row
}

// unclosed fails the row for the quote that is open where its first line ends.
func (s *csvScanner) unclosed(f csvFirst, stopped int) Row {
	start, raw := s.pos, s.buf[s.pos:f.end]
	row := s.begin(f.next, 1)
	s.fault(&row, CodeUnclosedQuote, f.open-start, raw)
	row.Problem.Cell, row.Problem.Limit, row.Problem.Stopped = f.cell, s.maxRow, stopped
	return row
}

// unquote takes the row of the spans, which ends at end.
func (s *csvScanner) unquote(end, next, lines int, uneven bool) Row {
	begin, start, spans := s.pos, s.pos, s.spans
	raw := s.buf[start:end]
	nul := s.nul.next(s.buf, 0, start)
	row := s.begin(next, lines)
	if nul < end || !utf8.Valid(raw) {
		at, code := badText(raw)
		s.fault(&row, code, at, raw)
		for i, span := range spans {
			if span.start <= start+at && start+at < span.end {
				row.Problem.Cell = i + 1
			}
		}
		return row
	}
	n := len(spans)
	for n > cap(s.cells) {
		s.cells = s.grow(s.cells[:cap(s.cells)])
	}
	s.cells = s.cells[:n]
	if uneven {
		raw, start = s.even(spans), 0
	}
	text := string(raw)
	for i, span := range spans {
		s.cells[i] = text[span.start-start : span.end-start]
	}
	s.shape(&row, text)
	if uneven && row.Problem != nil {
		row.Problem.Raw = string(s.buf[begin:end])
	}
	return row
}

// even copies the text of the spans, with " for "" and \n for \r\n, and lets them point into the copy.
func (s *csvScanner) even(spans []csvSpan) []byte {
	out := s.scratch[:0]
	for i := range spans {
		span := &spans[i]
		cell, start := s.buf[span.start:span.end], len(out)
		if !span.uneven {
			out = append(out, cell...)
		}
		for span.uneven {
			at := bytes.IndexByte(cell, s.mark)
			if at < 0 {
				at = len(cell)
			}
			out = appendLines(out, cell[:at])
			if at == len(cell) {
				break
			}
			out = append(out, s.mark)
			cell = cell[at+2:]
		}
		span.start, span.end = start, len(out)
	}
	s.scratch = out
	return out
}

// appendLines appends text with \n for \r\n.
func appendLines(out, text []byte) []byte {
	for {
		at := bytes.Index(text, []byte("\r\n"))
		if at < 0 {
			return append(out, text...)
		}
		out = append(out, text[:at]...)
		text = text[at+1:]
	}
}
