package xlsx

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestCharacters puts everything at every place of what is looked at together.
func TestCharacters(t *testing.T) {
	t.Parallel()
	for _, around := range []string{"x", "漢", "\t"} {
		for n := range 70 {
			before := bytes.Repeat([]byte(around), n)
			for r := range rune(0x300) {
				requireCharacter(t, before, r)
			}
			for _, r := range []rune{0xd7ff, 0xe000, 0xfffd, 0xfffe, 0xffff, 0x10000, utf8.MaxRune} {
				requireCharacter(t, before, r)
			}
			for _, bad := range []string{"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xe4\xb8x"} {
				got, whole := characters(append(bytes.Clone(before), bad+" and more text behind it, of some length"...))
				require.Equal(t, len(before), got, "%q", bad)
				require.False(t, whole, "%q", bad)
			}
			for _, cut := range []string{"\xe4", "\xe4\xb8", "\xf0\x9f\x98", "\xc3"} {
				got, whole := characters(append(bytes.Clone(before), cut...))
				require.Equal(t, len(before), got, "%q", cut)
				require.True(t, whole, "%q", cut)
			}
		}
	}
}

func requireCharacter(t *testing.T, before []byte, r rune) {
	t.Helper()
	text := utf8.AppendRune(bytes.Clone(before), r)
	text = append(text, "abcdefg"...)
	got, whole := characters(text)
	if want := r >= ' ' && r != 0xfffe && r != 0xffff || r == '\t' || r == '\n' || r == '\r'; want {
		if got != len(text) || !whole {
			t.Fatalf("%q is refused after %d bytes", r, len(before))
		}
	} else if got != len(before) || whole {
		t.Fatalf("%q is let through after %d bytes", r, len(before))
	}
}
