package xls

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/clientele-go/crm/importer/internal/charset"
	"github.com/clientele-go/crm/importer/internal/grid"
)

// kind is what a record is.
type kind uint16

const (
	theFormula      kind = 0x0006
	endOfPart       kind = 0x000a
	epoch           kind = 0x0022
	filePass        kind = 0x002f
	continued       kind = 0x003c
	codePage        kind = 0x0042
	boundSheet      kind = 0x0085
	multipleNumbers kind = 0x00bd
	richLabel       kind = 0x00d6
	cellStyle       kind = 0x00e0
	sharedTexts     kind = 0x00fc
	sharedLabel     kind = 0x00fd
	number          kind = 0x0203
	label           kind = 0x0204
	truthOrFault    kind = 0x0205
	formulaText     kind = 0x0207
	formulaArray    kind = 0x0221
	formulaTable    kind = 0x0236
	shortNumber     kind = 0x027e
	numberFormat    kind = 0x041e
	sharedFormula   kind = 0x04bc
	beginOfPart     kind = 0x0809
)

// oldFormulas are theFormula as some programs write it, after older versions.
const (
	formula3 kind = 0x0206
	formula4 kind = 0x0406
)

// windowSize is how much of a stream is looked at: two records as long as they can be.
const windowSize = 1 << 17

// scanner reads records.
type scanner struct {
	r    io.ReaderAt
	size int64

	window []byte // of the stream
	at     int64  // where window is
	next   int    // in window: the record behind this one

	kind  kind
	body  []byte // of the record, what is left of it
	start int64  // of the record

	old  bool             // texts are bytes
	code *charset.Charset // of such texts
}

func newScanner(r io.ReaderAt, size int64) *scanner {
	return &scanner{r: r, size: size, window: make([]byte, 0, windowSize)}
}

// seek moves to the record that is at an offset.
func (s *scanner) seek(at int64) {
	if at >= s.at && at <= s.at+int64(len(s.window)) {
		s.next = int(at - s.at)
		return
	}
	s.window, s.at, s.next = s.window[:0], at, 0
}

// fill sees to it that n bytes behind the record are in the window, which ends the life of its body.
func (s *scanner) fill(n int) error {
	left := copy(s.window, s.window[s.next:])
	s.at += int64(s.next)
	s.window, s.next, s.body = s.window[:left], 0, nil
	room := min(int64(cap(s.window)-left), max(0, s.size-s.at-int64(left)))
	got, err := s.r.ReadAt(s.window[left:left+int(room)], s.at+int64(left))
	s.window = s.window[:left+got]
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case len(s.window) < n:
		return damaged(s.at, "the file ends")
	}
	return nil
}

// read reads the next record.
func (s *scanner) read() error {
	if len(s.window)-s.next < 4 {
		if err := s.fill(4); err != nil {
			return err
		}
	}
	n := 4 + int(binary.LittleEndian.Uint16(s.window[s.next+2:]))
	if len(s.window)-s.next < n {
		if err := s.fill(n); err != nil {
			return err
		}
	}
	b := s.window[s.next:]
	s.kind, s.body, s.start = kind(binary.LittleEndian.Uint16(b)), b[4:n], s.at+int64(s.next)
	s.next += n
	return nil
}

// readOn moves to the continuation of the record, whose body is read. It is not ok when there is none.
func (s *scanner) readOn() (ok bool, err error) {
	if len(s.window)-s.next < 4 {
		if s.at+int64(s.next)+4 > s.size {
			return false, nil
		}
		if err := s.fill(4); err != nil {
			return false, err
		}
	}
	if kind(binary.LittleEndian.Uint16(s.window[s.next:])) != continued {
		return false, nil
	}
	return true, s.read()
}

// fault says what is wrong with the record.
func (s *scanner) fault(detail string) error {
	return &grid.Error{Code: grid.Damaged, Offset: s.start, Detail: detail}
}

// most is how many records are read between two looks at a context.
const most = 1 << 12

// each calls fn with each record of the part that begins at an offset, but for what is in parts within it, until its end.
func (s *scanner) each(ctx context.Context, at int64, fn func() error) error {
	s.seek(at)
	if err := s.read(); err != nil {
		return err
	}
	if s.kind != beginOfPart {
		return s.fault("no beginning of a part")
	}
	for n, depth := 1, 1; ; n++ {
		if n%most == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.read(); err != nil {
			return err
		}
		switch {
		case s.kind == beginOfPart:
			depth++
		case s.kind == endOfPart:
			if depth--; depth == 0 {
				return nil
			}
		case depth == 1:
			if err := fn(); err != nil {
				return err
			}
		}
	}
}
