package charset

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Found is a charset, and what speaks for it.
type Found struct {
	*Charset
	By     By
	Common float64  // ByFrequency: the share of characters beyond ASCII that are usual in a language written so
	Next   *Charset // ByFrequency: what is the next likely, nil when the text is the same in it
	Sure   bool     // false when the next is nearly as likely
}

// By is how a charset was found.
type By string

// The ways.
const (
	ByMark      By = "byte order mark"
	ByASCII     By = "ASCII"       // the text is the same in all charsets that are ASCII and more; UTF-8 it is
	ByValidity  By = "valid UTF-8" // for the most: text in another charset is hardly ever
	ByZeros     By = "zero bytes"  // at every other place, as UTF-16 has them
	ByFrequency By = "frequency of characters"
)

// sampleSize is how many bytes of lines with more than ASCII are judged.
const sampleSize = 128 << 10

// Detect finds the charset of the first size bytes of r. Lines in ASCII say nothing, so it reads on until there are enough
// others, to the end if need be.
func Detect(r io.ReaderAt, size int64) (Found, error) {
	head := make([]byte, min(size, 4096))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return Found{}, unexpected(err)
	}
	for _, c := range found {
		if c.Mark(head) > 0 {
			return Found{Charset: c, By: ByMark, Sure: true}, nil
		}
	}
	if c := byZeros(head); c != nil {
		return Found{Charset: c, By: ByZeros, Sure: true}, nil
	}
	sample, err := sampleOf(r, size)
	if err != nil || len(sample) == 0 {
		return Found{Charset: UTF8, By: ByASCII, Sure: true}, err
	}
	if !validUTF8(sample) {
		return byFrequency(sample), nil
	}
	f := Found{Charset: UTF8, By: ByValidity, Sure: true}
	if !likely(sample) {
		f.Sure, f.Next = false, byFrequency(sample).Charset
	}
	return f, nil
}

func unexpected(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// byZeros tells UTF-16 by its zero bytes, which all are at even places or all at odd ones.
func byZeros(head []byte) *Charset {
	if bytes.IndexByte(head, 0) < 0 {
		return nil
	}
	var at [2]int
	for i, b := range head {
		if b == 0 {
			at[i%2]++
		}
	}
	c, zeros := UTF16LE, at[0]+at[1]
	switch {
	case at[0] > 0 && at[1] > 0, zeros*40 < len(head), zeros*3 < len(head) && validUTF8(head): // some zeros in a text
		return nil
	case at[0] > 0:
		c = UTF16BE
	}
	text, err := io.ReadAll(c.Decode(bytes.NewReader(head[:len(head)&^1])))
	if err != nil || bytes.IndexByte(text, Bad) >= 0 || bytes.IndexByte(text, 0) >= 0 {
		return nil
	}
	return c
}

// sampleOf returns the first lines of r that have more than ASCII.
func sampleOf(r io.ReaderAt, size int64) (sample []byte, err error) {
	block := make([]byte, 64<<10)
	var rest []byte // of a line that is not at its end
	for at := int64(0); at < size && len(sample) < sampleSize; {
		n, err := r.ReadAt(block[:min(int64(len(block)), size-at)], at)
		if n == 0 {
			return nil, unexpected(err)
		}
		at += int64(n)
		text := block[:n]
		if len(rest) == 0 && ascii(text) {
			continue
		}
		rest = append(rest, text...)
		for len(rest) > 0 {
			end := bytes.IndexAny(rest, "\r\n") + 1
			if end == 0 {
				if len(rest) < len(block) && at < size {
					break
				}
				end = len(rest)
			}
			if line := rest[:end]; !ascii(line) {
				sample = append(sample, line...)
			}
			rest = rest[end:]
		}
	}
	if cut := min(len(sample), sampleSize); cut < len(sample) {
		if end := bytes.LastIndexAny(sample[:cut], "\r\n"); end > 0 {
			cut = end
		}
		sample = sample[:cut]
	}
	return sample, nil
}

func ascii(text []byte) bool {
	for len(text) >= 8 {
		if (text[0]|text[1]|text[2]|text[3]|text[4]|text[5]|text[6]|text[7])&0x80 != 0 {
			return false
		}
		text = text[8:]
	}
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// validUTF8 reports whether nine of ten bytes beyond ASCII make characters of UTF-8. Of texts in other charsets one or two
// of ten do.
func validUTF8(sample []byte) bool {
	good, bad := 0, 0
	for len(sample) > 0 {
		r, n := utf8.DecodeRune(sample)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good += n
		}
		sample = sample[n:]
	}
	return good >= 9*bad
}

// likely reports whether a text in UTF-8 is one that somebody may have written: all its letters are of one script, or there
// are many. 未知 in GB18030 is a letter of Greek and a sign of Hebrew.
func likely(sample []byte) bool {
	scripts := map[*unicode.RangeTable]bool{}
	letters := 0
	for _, r := range string(sample) {
		if r < utf8.RuneSelf || unicode.Is(unicode.Common, r) {
			continue
		}
		letters++
		for name, table := range unicode.Scripts {
			if !unicode.Is(table, r) {
				continue
			}
			switch name {
			case "Han", "Hiragana", "Katakana", "Hangul", "Bopomofo":
				table = unicode.Han
			}
			scripts[table] = true
		}
		if letters > 8 {
			return true
		}
	}
	return len(scripts) < 2
}

// sureBy is how much likelier than the next a charset has to be, as the logarithm of the odds.
const sureBy = 4

// candidate is a charset in which a text may be, and how likely that is.
type candidate struct {
	*Charset
	text   []byte
	weight float64
	common float64
}

// byFrequency finds the charset in which the text is the likeliest in one of the languages that are written so.
func byFrequency(sample []byte) Found {
	var all []candidate
	for _, m := range models {
		text, err := io.ReadAll(m.Decode(bytes.NewReader(sample)))
		if err != nil {
			continue // no decoder has errors of its own
		}
		c := candidate{Charset: m.Charset, text: text}
		c.weight, c.common = m.weigh(text)
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	best := all[0]
	f := Found{Charset: best.Charset, By: ByFrequency, Common: best.common, Sure: true}
	for _, c := range all[1:] {
		if !bytes.Equal(c.text, best.text) {
			f.Next, f.Sure = c.Charset, best.weight-c.weight >= sureBy
			break
		}
	}
	return f
}
