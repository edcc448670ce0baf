package charset

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Charset is a way to write text as bytes.
type Charset struct {
	Name string // as IANA has it
	enc  encoding.Encoding
	mark string // that may stand before the text
	wide bool   // a character has two bytes or four
}

// Those that are found. UTF8 needs no decoding.
var (
	UTF8        = &Charset{Name: "UTF-8", mark: "\xEF\xBB\xBF"}
	UTF16LE     = &Charset{"UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "\xFF\xFE", true}
	UTF16BE     = &Charset{"UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "\xFE\xFF", true}
	GB18030     = &Charset{Name: "GB18030", enc: simplifiedchinese.GB18030, mark: "\x84\x31\x95\x33"}
	Big5        = &Charset{Name: "Big5", enc: traditionalchinese.Big5}
	ShiftJIS    = &Charset{Name: "Shift_JIS", enc: japanese.ShiftJIS}
	EUCJP       = &Charset{Name: "EUC-JP", enc: japanese.EUCJP}
	EUCKR       = &Charset{Name: "EUC-KR", enc: korean.EUCKR}
	Windows1250 = &Charset{Name: "windows-1250", enc: charmap.Windows1250}
	Windows1251 = &Charset{Name: "windows-1251", enc: charmap.Windows1251}
	Windows1252 = &Charset{Name: "windows-1252", enc: charmap.Windows1252}
)

var found = []*Charset{UTF8, UTF16LE, UTF16BE, GB18030, Big5, ShiftJIS, EUCJP, EUCKR, Windows1250, Windows1251, Windows1252}

// Named returns the charset of a name or alias of the WHATWG, such as "gbk" or "latin1", whatever its case.
func Named(name string) (*Charset, bool) {
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, false
	}
	canonical, err := htmlindex.Name(enc)
	if err != nil || canonical == "replacement" || canonical == "x-user-defined" {
		return nil, false
	}
	if canonical == "gbk" { // of which GB18030 is more
		return GB18030, true
	}
	for _, c := range found {
		if strings.EqualFold(c.Name, canonical) {
			return c, true
		}
	}
	if canonical == "iso-2022-jp" { // a byte means something else after an escape, and a row cannot be read alone
		return nil, false
	}
	return &Charset{Name: canonical, enc: enc}, true
}

// Mark returns how many bytes of a byte order mark head begins with.
func (c *Charset) Mark(head []byte) int {
	n := 0
	for c.mark != "" && bytes.HasPrefix(head[n:], []byte(c.mark)) {
		n += len(c.mark)
	}
	return n
}

// Wide reports whether a character of ASCII has two bytes, one of them zero.
func (c *Charset) Wide() bool { return c.wide }

// Bad is what Decode puts in the place of each byte that is no part of a character: a byte that UTF-8 never has.
const Bad = 0xFF

// Decode returns the text of r in UTF-8, with [Bad] for each byte that it cannot read. Of UTF8 it is r as it is.
func (c *Charset) Decode(r io.Reader) io.Reader {
	if c == UTF8 {
		return r
	}
	return transform.NewReader(r, &strict{c, c.enc.NewDecoder()})
}

// Append appends a text, as Decode returns it, that is whole and short.
func (c *Charset) Append(dst, text []byte) []byte {
	if c == UTF8 || !c.wide && isASCII(text) {
		return append(dst, text...)
	}
	dst, _, _ = transform.Append(&strict{c, c.enc.NewDecoder()}, dst, text) // a strict decoder has no errors
	return dst
}

func isASCII(text []byte) bool {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Len returns how many bytes a text that Decode returned has in the charset. A few characters can be written in two ways, such
// as the euro of GB18030, and count as the usual one.
func (c *Charset) Len(text []byte) (n int64) {
	if c == UTF8 {
		return int64(len(text))
	}
	enc := c.enc.NewEncoder()
	for {
		ascii := 0
		for ascii < len(text) && text[ascii] < utf8.RuneSelf {
			ascii++
		}
		n, text = n+int64(ascii), text[ascii:]
		if c.wide {
			n += int64(ascii)
		}
		if len(text) == 0 {
			return n
		}
		end := 0
		for end < len(text) && text[end] >= utf8.RuneSelf && text[end] != Bad {
			end++
		}
		b, err := enc.Bytes(text[:end])
		n, text = n+int64(len(b)), text[end:]
		if err != nil { // a character of two encodings, of which x/text writes neither
			n += 2
		}
		for len(text) > 0 && text[0] == Bad {
			n, text = n+1, text[1:]
		}
	}
}

// strict is a decoder that marks what it cannot read.
type strict struct {
	*Charset
	transform.Transformer
}

// Transform decodes src, and does so anew, a character at a time, when something in it could not be read.
func (s *strict) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	nDst, nSrc, err = s.Transformer.Transform(dst, src, atEOF)
	if !s.doubtful(dst[:nDst]) {
		return nDst, nSrc, err
	}
	return s.slowly(dst, src, atEOF)
}

// doubtful reports whether a decoded text may have something in place of what could not be read.
func (s *strict) doubtful(text []byte) bool {
	if bytes.Contains(text, replacement) {
		return true
	}
	for i := 0; ; i += 2 { // the controls of Windows' code pages are holes
		at := bytes.IndexByte(text[i:], 0xC2)
		if at < 0 || i+at+1 >= len(text) {
			return false
		}
		if i += at; text[i+1] < 0xA0 {
			return true
		}
	}
}

var replacement = []byte("\uFFFD")

// maxCharacter is how many bytes a character has at most.
const maxCharacter = 4

func (s *strict) slowly(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	var one [utf8.UTFMax]byte
	for nSrc < len(src) {
		used, n := 0, 0
		for size := 1; used == 0 && size <= len(src)-nSrc && size <= maxCharacter; size++ {
			n, used, err = s.Transformer.Transform(one[:len(replacement)], src[nSrc:nSrc+size], false)
			if used == 0 && errors.Is(err, transform.ErrShortDst) {
				n, used, _ = s.Transformer.Transform(one[:], src[nSrc:nSrc+size], false)
			}
		}
		if used == 0 { // half a character
			if !atEOF && len(src)-nSrc < maxCharacter {
				return nDst, nSrc, transform.ErrShortSrc
			}
			used, n = 1, 0
		}
		out := one[:n]
		if n == 0 || s.bad(out, src[nSrc:nSrc+used]) {
			out = bytes.Repeat([]byte{Bad}, used)
		}
		if nDst+len(out) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += copy(dst[nDst:], out)
		nSrc += used
	}
	return nDst, nSrc, nil
}

// bad reports whether a decoded character stands for what could not be read, and was not written as it is.
func (s *strict) bad(character, src []byte) bool {
	if bytes.Equal(character, replacement) {
		b, err := s.enc.NewEncoder().Bytes(replacement)
		return err != nil || !bytes.Equal(b, src)
	}
	return len(src) == 1 && len(character) == 2 && character[0] == 0xC2 && character[1] < 0xA0
}
