package charset

import (
	"bytes"
	"math"
	"unicode"
	"unicode/utf8"
)

// language says how often characters are met in the texts of a language, among those beyond ASCII.
type language struct {
	odds   map[rune]float64   // logarithms, of the usual ones
	others func(rune) float64 // of the others; nil when they are rare
}

// model is a charset, and the languages that are written in it.
type model struct {
	*Charset
	alphabet  alphabet
	before    float64 // how likely it is before anything was seen
	languages []language
}

// alphabet is how letters beyond ASCII stand in a text.
type alphabet uint8

const (
	signs  alphabet = iota // by themselves: Chinese, Japanese, Korean
	latin                  // among letters of ASCII, hardly three in a row
	script                 // in words of their own, capitals first
)

const (
	badOdds   = -16.0 // of a byte that is no part of a character
	rareOdds  = -13.0 // of a character that nobody writes
	usualOdds = -7.0  // of a usual character at least
	rarerOdds = -9.0  // of other marks
	markOdds  = -6.0  // of quotes, dashes and signs that all languages have
	oddPlace  = -8.0  // beside, of a letter where none is expected
	capital   = -2.0  // beside, of a capital letter
	spaceOdds = -4.0  // of a space that does not break
)

// marks are signs that are met in all languages.
const marks = "‘’“”–—…«»°€"

// rarer are marks that are met less often.
const rarer = "•§©®™£²³½¼¾·×±µ¿¡ºª´‚„‹›"

// weigh returns the logarithm of how likely a text is in the charset, and the share of its characters that are usual. Each
// line is in one of the languages, whichever it is the likeliest in: files have customers of many countries.
func (m *model) weigh(text []byte) (weight, common float64) {
	characters, usual := 0, 0
	for line := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		best := tally{weight: math.Inf(-1)}
		for i := range m.languages {
			if t := m.languages[i].weigh(line, m.alphabet); t.weight > best.weight {
				best = t
			}
		}
		weight += best.weight - math.Log(float64(len(m.languages)))
		characters, usual = characters+best.characters, usual+best.usual
	}
	return weight + m.before, float64(usual) / float64(max(characters, 1))
}

// tally is what a line is in a language.
type tally struct {
	weight            float64
	characters, usual int // beyond ASCII
}

// weigh returns how likely a line is.
func (l *language) weigh(line []byte, in alphabet) (t tally) {
	letters, before := 0, rune(' ') // letters beyond ASCII in a row; the character before
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		line = line[n:]
		next, _ := utf8.DecodeRune(line)
		switch {
		case r < utf8.RuneSelf:
			letters = 0
		case r == utf8.RuneError && n == 1:
			letters = 0
			t.characters++
			t.weight += badOdds
		default:
			w, known := l.of(r)
			t.weight += w
			if t.characters++; known {
				t.usual++
			}
			odd := false
			if letters++; unicode.IsLetter(r) {
				odd = in == latin && letters > 2 || in == script && (isASCIILetter(before) || isASCIILetter(next) ||
					unicode.IsUpper(r) && unicode.IsLower(before))
			} else {
				letters = 0
				odd = in != signs && r != '’' && (isASCIILetter(before) && isASCIILetter(next) || before >= utf8.RuneSelf && unicode.IsLetter(before))
			}
			if odd {
				t.weight += oddPlace
			}
		}
		before = r
	}
	return t
}

func isASCIILetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }

// of returns the logarithm of how often a character is met, and whether it is usual.
func (l *language) of(r rune) (odds float64, usual bool) {
	if w, ok := l.odds[r]; ok {
		return w, true
	}
	if low := unicode.ToLower(r); low != r {
		if w, ok := l.odds[low]; ok {
			return w + capital, true
		}
	}
	if w, ok := markOf[r]; ok {
		return w, true
	}
	if l.others != nil {
		w := l.others(r)
		return w, w > usualOdds
	}
	return rareOdds, false
}

var markOf = func() map[rune]float64 {
	of := map[rune]float64{'\u00A0': spaceOdds, '\u3000': spaceOdds}
	for _, r := range marks {
		of[r] = markOdds
	}
	for _, r := range rarer {
		of[r] = rarerOdds
	}
	for _, r := range "，。、；：？！（）《》【】「」『』" {
		of[r] = markOdds
	}
	return of
}()

// shared returns the logarithm of a share that many characters have together.
func shared(share float64, among int) float64 { return math.Log(share / float64(among)) }

// often returns a language whose usual characters are these, each as often as the others, and have a share of all.
func often(share float64, usual string, others func(rune) float64) language {
	l := language{odds: map[rune]float64{}, others: others}
	n := utf8.RuneCountInString(usual)
	for _, r := range usual {
		l.odds[r] = shared(share, n)
	}
	return l
}

// letters returns a language whose letters beyond ASCII come in this order, the first ones most often: each about three
// quarters as often as the one before.
func letters(order string) language {
	l := language{odds: map[rune]float64{}}
	share := 0.25
	for _, r := range order {
		l.odds[r] = math.Log(share)
		share = math.Max(share*0.75, 0.0005)
	}
	return l
}
