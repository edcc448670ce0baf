package record

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Fold returns what s has in common with texts that differ from it in case, width and spacing only: NFKC, case folded, byte
// order marks and the spaces around it dropped, and those within it joined to one. Fold(Fold(s)) is Fold(s).
func Fold(s string) string {
	plain := true // as Fold leaves it, as far as it is ASCII and Han
	space := true // the character before was one
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			switch {
			case r >= 0x4e00 && r <= 0x9fff: // no such Han character has another form
			case r == '\u3000' || r >= '！' && r <= '～':
				plain = false
			default:
				return foldAny(s)
			}
			i, space = i+n, false
			continue
		}
		if c == ' ' {
			plain = plain && !space
			space = true
		} else {
			plain = plain && c > ' ' && (c < 'A' || c > 'Z')
			space = false
		}
		i++
	}
	if plain && (!space || s == "") {
		return s
	}
	return foldPlain(s)
}

// foldPlain is Fold for ASCII, Han, and the full-width forms of ASCII.
func foldPlain(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		c, n := s[i], 1
		if c >= utf8.RuneSelf {
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			switch {
			case r == '\u3000':
				c = ' '
			case r >= '！' && r <= '～':
				c = byte(r - '！' + '!')
			default:
				b = append(b, s[i:i+n]...)
				i += n
				continue
			}
		}
		i += n
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			if len(b) > 0 && b[len(b)-1] != ' ' {
				b = append(b, ' ')
			}
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		default:
			b = append(b, c)
		}
	}
	if n := len(b); n > 0 && b[n-1] == ' ' {
		b = b[:n-1]
	}
	return string(b)
}

// foldAny is Fold for any text. Folding can undo the normal form and the reverse, so it goes on until nothing changes; one
// round is enough for nearly all texts, and the limit is there so that no text can hold a program up.
func foldAny(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	fold := cases.Fold()
	for range 8 {
		next := norm.NFKC.String(strings.Map(foldRune, fold.String(norm.NFKC.String(s))))
		if strings.IndexFunc(next, unicode.IsSpace) >= 0 {
			next = strings.Join(strings.Fields(next), " ")
		}
		if next == s {
			break
		}
		s = next
	}
	return s
}

// foldRune drops byte order marks, and returns the upper case of Cherokee letters, which is what they fold to; package cases
// swaps the two.
func foldRune(r rune) rune {
	switch {
	case r == '\uFEFF':
		return -1
	case r >= 0xab70 && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case r >= 0x13f8 && r <= 0x13fd:
		return r - 8
	}
	return r
}

// CollationVersion names the order that [SortKey] makes. Keys of two versions do not compare.
const CollationVersion = "zh-cldr" + collate.CLDRVersion + "-unicode" + collate.UnicodeVersion + "-128"

const (
	maxSortKey  = 128
	maxSortText = 128 // characters; the first 64 or so fill a key
)

// collators are used again, since each is slow to make and serves one goroutine at a time.
var collators = sync.Pool{New: func() any { return &collator{Collator: collate.New(language.Chinese)} }}

type collator struct {
	*collate.Collator
	buf collate.Buffer
}

// SortKey returns bytes that order texts as people do: Han by pinyin, the rest alphabetically. It looks at the first 128
// characters, and returns at most 128 bytes, nil for "".
func SortKey(s string) []byte {
	if s == "" {
		return nil
	}
	if len(s) > maxSortText {
		n := 0
		for i := range s {
			if n == maxSortText {
				s = s[:i]
				break
			}
			n++
		}
	}
	if key := plainSortKey(s); key != nil {
		return key
	}
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buf.Reset()
	key := c.KeyFromString(&c.buf, s)
	return append([]byte(nil), key[:min(len(key), maxSortKey)]...)
}

// plainWeights are what the ASCII characters are in a key: a primary, a secondary and a tertiary weight each. A character
// of another make has a primary of 0.
type plainWeights [utf8.RuneSelf]struct {
	primary, secondary [2]byte
	tertiary           byte
}

// weigh reads the weights from the keys of single characters.
var weigh = sync.OnceValue(func() *plainWeights {
	var ws plainWeights
	var buf collate.Buffer
	c := collate.New(language.Chinese)
	for i := range ws {
		k := c.KeyFromString(&buf, string(rune(i)))
		if len(k) == 9 && k[0] < 0x80 && k[2]|k[3]|k[6]|k[7] == 0 {
			ws[i].primary, ws[i].secondary, ws[i].tertiary = [2]byte(k), [2]byte(k[4:]), k[8]
		}
	}
	return &ws
})

// plainSortKey is SortKey for ASCII, of which no two characters are weighed as one: the primary weights, and after two
// zeros each the others. It is nil for any other text.
func plainSortKey(s string) []byte {
	ws := weigh()
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || ws[s[i]].primary == [2]byte{} {
			return nil
		}
	}
	key := make([]byte, 0, min(5*len(s)+4, maxSortKey+4))
	for i := 0; i < len(s) && len(key) < maxSortKey; i++ {
		key = append(key, ws[s[i]].primary[:]...)
	}
	key = append(key, 0, 0)
	for i := 0; i < len(s) && len(key) < maxSortKey; i++ {
		key = append(key, ws[s[i]].secondary[:]...)
	}
	key = append(key, 0, 0)
	for i := 0; i < len(s) && len(key) < maxSortKey; i++ {
		key = append(key, ws[s[i]].tertiary)
	}
	return key[:min(len(key), maxSortKey)]
}
