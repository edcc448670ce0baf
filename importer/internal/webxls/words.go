package webxls

import (
	"unicode/utf8"

	"github.com/clientele-go/crm/importer/internal/charset"
)

// words joins the text of an element as browsers show it: white space is one space, or none at its ends.
type words struct {
	start  int // where the text begins
	gap    int // spaces that are due before the next word
	breaks int // ends of lines that are due before it
}

// append appends a text, of which dst has the part before it from start on.
func (w *words) append(dst, text []byte, start int) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		size := 1
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			w.gap = max(w.gap, 1)
			i++
			continue
		case c >= utf8.RuneSelf:
			var r rune
			switch r, size = utf8.DecodeRune(text[i:]); {
			case r == '\u00a0': // a space that is none too many
				w.gap++
				i += size
				continue
			case r == utf8.RuneError && size == 1:
				dst = append(w.due(dst, start), charset.Bad)
				i++
				continue
			}
		}
		dst = append(w.due(dst, start), text[i:i+size]...)
		i += size
	}
	return dst
}

// due appends what is due between two words.
func (w *words) due(dst []byte, start int) []byte {
	if len(dst) > start {
		for range w.breaks {
			dst = append(dst, '\n')
		}
		if w.breaks == 0 {
			for range w.gap {
				dst = append(dst, ' ')
			}
		}
	}
	w.gap, w.breaks = 0, 0
	return dst
}
