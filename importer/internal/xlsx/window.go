package xlsx

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/clientele-go/crm/importer/internal/grid"
)

const (
	windowSize = 64 << 10 // bytes to begin with
	maxWindow  = 16 << 20 // half of it is more than any tag or text that is not too large
)

// window is the stretch of a part that is in memory. Everything in buf is made of characters that XML allows.
type window struct {
	r    io.Reader
	buf  []byte
	pos  int   // in buf: what is read next
	cut  int   // bytes after buf that are the beginning of a character
	base int64 // the part's offset of buf[0]
	err  error // of what follows buf

	amp, ret mark
}

// offset is the part's offset of what is read next.
func (w *window) offset() int64 { return w.base + int64(w.pos) }

// fail returns an error at what is read next.
func (w *window) fail(code grid.Code, detail string) error {
	return &grid.Error{Code: code, Offset: w.offset(), Detail: detail}
}

// more drops what is before pos and reads on. Its error comes again with every call.
func (w *window) more(ctx context.Context) error {
	if w.err != nil {
		return w.err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	known := len(w.buf) - w.pos
	kept := w.buf[w.pos : len(w.buf)+w.cut]
	buf := w.buf[:cap(w.buf)]
	if len(kept) >= len(buf)/2 {
		size := max(2*len(buf), windowSize)
		if size > maxWindow {
			return w.fail(grid.TooLarge, "a tag or a text without an end")
		}
		buf = make([]byte, size)
	}
	copy(buf, kept)
	n, err := io.ReadFull(w.r, buf[len(kept):])
	buf = buf[:len(kept)+n]
	w.base += int64(w.pos)
	w.pos = 0
	good, whole := characters(buf[known:])
	good += known
	w.buf, w.cut = buf[:good], len(buf)-good
	w.amp, w.ret = mark{0, -1}, mark{0, -1}
	switch end := w.base + int64(good); {
	case !whole:
		w.err = &grid.Error{Code: grid.Damaged, Offset: end, Detail: "bytes that are no character of XML"}
	case err == nil:
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		w.err = &grid.Error{Code: grid.Damaged, Offset: end, Detail: "it ends too early"}
	default:
		w.err = err
	}
	if good == known {
		return w.err
	}
	return nil
}

// accept moves behind s if that is what is read next. It need not be in the window when it is not ok.
func (w *window) accept(s string) bool {
	b := w.buf[w.pos:]
	ok := len(b) >= len(s) && string(b[:len(s)]) == s
	if ok {
		w.pos += len(s)
	}
	return ok
}

// skipPast moves behind the next s.
func (w *window) skipPast(ctx context.Context, s string) error {
	for {
		if i := bytes.Index(w.buf[w.pos:], []byte(s)); i >= 0 {
			w.pos += i + len(s)
			return nil
		}
		w.pos = max(w.pos, len(w.buf)-len(s)+1)
		if err := w.more(ctx); err != nil {
			return err
		}
	}
}

// drain reads what is left, which tells whether the part's checksum is right.
func (w *window) drain(ctx context.Context) error {
	for b := w.buf[:cap(w.buf)]; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := w.r.Read(b); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// mark knows the next place of a byte that is seldom there, so that not every text has to be searched for it: there is none
// in buf[from:at], and at is its place, or the length of buf when there is none.
type mark struct{ from, at int }

func (m *mark) next(buf []byte, c byte, p int) int {
	if p < m.from || p > m.at {
		m.from, m.at = p, len(buf)
		if i := bytes.IndexByte(buf[p:], c); i >= 0 {
			m.at = p + i
		}
	}
	return m.at
}
