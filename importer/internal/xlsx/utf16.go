package xlsx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// utf8Of returns what r has in UTF-8, if it is in UTF-16 by its first bytes, and r's bytes otherwise.
func utf8Of(r io.Reader) (io.Reader, error) {
	head := make([]byte, 4)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	head = head[:n]
	r = io.MultiReader(bytes.NewReader(head), r)
	switch {
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), bytes.Equal(head, []byte{0, '<', 0, '?'}):
		return &fromUTF16{r: r, order: binary.BigEndian}, nil
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.Equal(head, []byte{'<', 0, '?', 0}):
		return &fromUTF16{r: r, order: binary.LittleEndian}, nil
	}
	return r, nil
}

// fromUTF16 reads UTF-16 as UTF-8.
type fromUTF16 struct {
	r     io.Reader
	order binary.ByteOrder
	units []byte // read, and not decoded yet
	text  []byte // decoded, and not given yet
	chunk [4096]byte
	at    int64 // how much was decoded
	err   error // after text
}

func (f *fromUTF16) Read(b []byte) (int, error) {
	for len(f.text) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		f.decode()
	}
	n := copy(b, f.text)
	f.text = f.text[n:]
	return n, nil
}

// decode reads the next text. A surrogate without its other half is an error, and so is half a unit.
func (f *fromUTF16) decode() {
	n, err := f.r.Read(f.chunk[:])
	f.units = append(f.units, f.chunk[:n]...)
	f.text = f.text[:0]
	i := 0
	for i+2 <= len(f.units) {
		r, size := rune(f.order.Uint16(f.units[i:])), 2
		if utf16.IsSurrogate(r) {
			if i+4 > len(f.units) && err == nil {
				break
			}
			if i+4 <= len(f.units) {
				r, size = utf16.DecodeRune(r, rune(f.order.Uint16(f.units[i+2:]))), 4
			}
			if size == 2 || r == utf8.RuneError {
				err = &grid.Error{Code: grid.Damaged, Offset: f.at + int64(i), Detail: "half a character of UTF-16"}
				break
			}
		}
		f.text = utf8.AppendRune(f.text, r)
		i += size
	}
	f.at += int64(i)
	f.units = append(f.units[:0], f.units[i:]...)
	if len(f.units) > 0 && errors.Is(err, io.EOF) {
		err = &grid.Error{Code: grid.Damaged, Offset: f.at, Detail: "half a character of UTF-16"}
	}
	f.err = err
}
