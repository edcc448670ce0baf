package xlsx

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// characters returns how many bytes of b are characters of XML. It is not whole when something else follows, rather than
// nothing or the beginning of a character at the end of b.
func characters(b []byte) (n int, whole bool) {
	if allowed(b) {
		return len(b), true
	}
	for n < len(b) {
		r, size := utf8.DecodeRune(b[n:])
		switch {
		case r == utf8.RuneError && size == 1:
			return n, !utf8.FullRune(b[n:])
		case !isCharacter(r):
			return n, false
		}
		n += size
	}
	return n, true
}

// isCharacter reports whether XML allows a character that UTF-8 can write.
func isCharacter(r rune) bool {
	return r >= ' ' && r != 0xfffe && r != 0xffff || r == '\t' || r == '\n' || r == '\r'
}

// allowed reports whether b is all characters of XML, and whole ones. It is for the usual case that they are.
func allowed(b []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	var seen uint64
	rest := b
	for ; len(rest) >= 32; rest = rest[32:] { // whose bytes are looked at together
		w, x := binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:])
		y, z := binary.LittleEndian.Uint64(rest[16:]), binary.LittleEndian.Uint64(rest[24:])
		seen |= w | x | y | z
		low := (w-ones*' ')&^w | (x-ones*' ')&^x | (y-ones*' ')&^y | (z-ones*' ')&^z
		if low&high != 0 && !spaced(rest[:32]) { // one of them is below a space
			return false
		}
	}
	for _, c := range rest {
		seen |= uint64(c)
	}
	if !spaced(rest) {
		return false
	}
	if seen&high == 0 {
		return true
	}
	return utf8.Valid(b) && !bytes.Contains(b, []byte("\uffff")) && !bytes.Contains(b, []byte("\ufffe"))
}

// spaced reports whether all bytes below a space are tabs and line ends.
func spaced(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}
