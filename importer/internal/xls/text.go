package xls

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clientele-go/crm/importer/internal/charset"
)

// The flags of a text.
const (
	wideText     = 1 // its characters have two bytes
	phoneticText = 4 // how it is spoken stands behind it
	richText     = 8 // how it looks stands behind it
)

// take returns the next n bytes of the record, at most 4, and of what continues it.
func (s *scanner) take(n int) (v uint32, err error) {
	for i := range n {
		for len(s.body) == 0 {
			if ok, err := s.readOn(); err != nil || !ok {
				return 0, s.short(err)
			}
		}
		v |= uint32(s.body[0]) << (8 * i)
		s.body = s.body[1:]
	}
	return v, nil
}

// short says that a record ends too early, unless something else went wrong.
func (s *scanner) short(err error) error {
	if err != nil {
		return err
	}
	return s.fault("a record that is too short")
}

// skip moves over the next n bytes.
func (s *scanner) skip(n int64) error {
	for {
		k := min(n, int64(len(s.body)))
		s.body = s.body[k:]
		if n -= k; n == 0 {
			return nil
		}
		if ok, err := s.readOn(); err != nil || !ok {
			return s.short(err)
		}
	}
}

// text appends the text that comes next, whose length has so many bytes.
func (s *scanner) text(dst []byte, lengthSize int) ([]byte, error) {
	n, err := s.take(lengthSize)
	if err != nil {
		return dst, err
	}
	if s.old {
		return s.bytes(dst, int(n))
	}
	flags, err := s.take(1)
	if err != nil {
		return dst, err
	}
	var behind int64
	if flags&richText != 0 {
		runs, err := s.take(2)
		if err != nil {
			return dst, err
		}
		behind = int64(runs) * 4
	}
	if flags&phoneticText != 0 {
		size, err := s.take(4)
		if err != nil {
			return dst, err
		}
		behind += int64(size)
	}
	if dst, err = s.characters(dst, int(n), flags&wideText != 0); err != nil || behind == 0 {
		return dst, err
	}
	return dst, s.skip(behind)
}

// characters appends n characters. Where they go on in another record, that says anew whether they have two bytes.
func (s *scanner) characters(dst []byte, n int, wide bool) ([]byte, error) {
	var high rune // the first half of a character
	for n > 0 {
		if len(s.body) == 0 {
			if ok, err := s.readOn(); err != nil || !ok {
				return dst, s.short(err)
			}
			flags, err := s.take(1)
			if err != nil {
				return dst, err
			}
			wide = flags&wideText != 0
			continue
		}
		size := 1
		if wide {
			size = 2
		}
		k := min(n, len(s.body)/size)
		if k == 0 {
			return dst, s.fault("half a character")
		}
		dst, high = appendUnits(dst, s.body[:k*size], wide, high)
		s.body = s.body[k*size:]
		n -= k
	}
	if high != 0 {
		dst = append(dst, charset.Bad)
	}
	return dst, nil
}

// appendUnits appends characters of one byte or two, the first perhaps the other half of high. It returns the half that is
// the last of them.
func appendUnits(dst, b []byte, wide bool, high rune) ([]byte, rune) {
	if !wide && high == 0 {
		plain := 0
		for plain < len(b) && b[plain] < utf8.RuneSelf {
			plain++
		}
		dst, b = append(dst, b[:plain]...), b[plain:]
	}
	for len(b) > 0 {
		r := rune(b[0])
		if wide {
			r = rune(binary.LittleEndian.Uint16(b))
			b = b[1:]
		}
		b = b[1:]
		if high != 0 {
			whole := utf16.DecodeRune(high, r)
			high = 0
			if whole != utf8.RuneError {
				dst = utf8.AppendRune(dst, whole)
				continue
			}
			dst = append(dst, charset.Bad)
		}
		switch {
		case r >= 0xd800 && r < 0xdc00:
			high = r
		case utf16.IsSurrogate(r):
			dst = append(dst, charset.Bad)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst, high
}

// bytes appends a text of n bytes in the charset of such texts; without one, as it is.
func (s *scanner) bytes(dst []byte, n int) ([]byte, error) {
	for n > 0 {
		if len(s.body) == 0 {
			if ok, err := s.readOn(); err != nil || !ok {
				return dst, s.short(err)
			}
			continue
		}
		k := min(n, len(s.body))
		if s.code == nil {
			dst = append(dst, s.body[:k]...)
		} else {
			dst = s.code.Append(dst, s.body[:k])
		}
		s.body = s.body[k:]
		n -= k
	}
	return dst, nil
}
