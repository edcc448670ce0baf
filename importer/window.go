package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// csvWindow is the stretch of a file that is in memory, and where in it the next bytes of interest are. Reading is linear in
// the file whatever the file, since each mark remembers what it has looked through.
type csvWindow struct {
	src  io.ReaderAt
	name string
	size int64  // of the text; unknown until its end was read, when it is decoded
	base int64  // the text's offset of buf[0]
	buf  []byte // from base
	step int    // bytes to begin with, and to read at once
	max  int    // bytes at most
	mark byte   // that quotes cells

	newline, ret, quote, nul csvMark
}

// unknown is the size of a text whose end was not read yet.
const unknown = math.MaxInt64

// eof reports whether the text's last byte is in the window.
func (w *csvWindow) eof() bool { return w.base+int64(len(w.buf)) >= w.size }

// more drops what is before keep and reads on. It must not be called at the end of the file, nor when max bytes are kept.
func (w *csvWindow) more(ctx context.Context, keep int) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("importer: %q at byte %d: %w", w.name, w.base+int64(len(w.buf)), err)
	}
	old := len(w.buf)
	rest := old - keep
	want := cap(w.buf)
	if want-rest < w.step/2 || want <= rest {
		want = min(max(2*want, w.step, rest+1), w.max)
	}
	left := w.size - w.base - int64(old)
	if left < int64(want-rest) {
		want = rest + int(left)
	}
	buf := w.buf
	if want > cap(buf) {
		buf = make([]byte, want)
	}
	buf = buf[:want]
	copy(buf, w.buf[keep:])
	w.base += int64(keep)
	n, err := w.src.ReadAt(buf[rest:], w.base+int64(rest))
	w.buf = buf[:rest+n]
	if w.size == unknown && errors.Is(err, io.EOF) {
		w.size = w.base + int64(len(w.buf))
	} else if n < want-rest {
		if w.size == unknown {
			return err // it knows the place in the file
		}
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("importer: %q at byte %d of %d: %w", w.name, w.base+int64(rest+n), w.size, err)
	}
	w.newline.shift(w.buf, '\n', keep, old)
	w.ret.shift(w.buf, '\r', keep, old)
	w.quote.shift(w.buf, w.mark, keep, old)
	w.nul.shift(w.buf, 0, keep, old)
	return nil
}

// lineEnd returns where the physical line that holds p ends and where the next one begins. It ends with \n, \r\n, \r or the
// file. When ok is false more bytes are needed to know, and the line does not end before end.
func (w *csvWindow) lineEnd(p int) (end, next int, ok bool) {
	n, c := w.newline.next(w.buf, '\n', p), w.ret.next(w.buf, '\r', p)
	switch {
	case n < c:
		return n, n + 1, true
	case c == len(w.buf):
		return c, c, w.eof()
	case c+1 == len(w.buf):
		return c, c + 1, w.eof()
	case n == c+1:
		return c, c + 2, true
	}
	return c, c + 1, true
}

// csvMark knows the next place of one byte: there is none in buf[from:at], and at is its place, or the length of the window
// when there is none. Going back looks only through what lies before from.
type csvMark struct{ from, at int }

func (m *csvMark) next(buf []byte, c byte, p int) int {
	if m.from <= p && p <= m.at {
		return m.at
	}
	return m.find(buf, c, p)
}

func (m *csvMark) find(buf []byte, c byte, p int) int {
	if p < m.from {
		if i := bytes.IndexByte(buf[p:m.from], c); i >= 0 {
			m.at = p + i
		}
		m.from = p
		return m.at
	}
	m.from, m.at = p, len(buf)
	if i := bytes.IndexByte(buf[p:], c); i >= 0 {
		m.at = p + i
	}
	return m.at
}

// shift follows the window when it drops bytes and gains others after what were old bytes.
func (m *csvMark) shift(buf []byte, c byte, drop, old int) {
	none := m.at == old
	m.from, m.at = max(m.from-drop, 0), m.at-drop
	switch {
	case none:
		from := m.from
		m.find(buf, c, max(m.at, 0)) // from the first new byte
		m.from = from
	case m.at < 0:
		m.from, m.at = 0, -1
		m.find(buf, c, 0)
	}
}
