package xls

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// splitter writes the texts that cells share as records of a size, as Excel splits them: anywhere but in the head of a text and
// within a character, and with what flags its characters have where they go on.
type splitter struct {
	size    int
	records [][]byte
	body    []byte
}

func (s *splitter) room() int { return s.size - len(s.body) }

func (s *splitter) flush(next ...byte) {
	s.records = append(s.records, s.body)
	s.body = next
}

// whole writes what is in one record.
func (s *splitter) whole(b []byte) {
	if len(b) > s.room() {
		s.flush()
	}
	s.body = append(s.body, b...)
}

// characters writes characters of two bytes or one. The width changes at every split when it may.
func (s *splitter) characters(units []uint16, isWide, changes bool) {
	for len(units) > 0 {
		size := 1
		if isWide {
			size = 2
		}
		k := min(s.room()/size, len(units))
		for _, u := range units[:k] {
			if s.body = append(s.body, byte(u)); isWide {
				s.body = append(s.body, byte(u>>8))
			}
		}
		if units = units[k:]; len(units) == 0 {
			return
		}
		narrowable := true
		for _, u := range units {
			narrowable = narrowable && u < 0x100
		}
		if changes && narrowable {
			isWide = !isWide
		}
		flag := byte(0)
		if isWide {
			flag = wideText
		}
		s.flush(flag)
	}
}

// text is one of those that cells share.
type text struct {
	s    string
	runs int // of rich text
	ext  int // bytes of how it is spoken
}

func (s *splitter) text(x text, changes bool) {
	units := utf16.Encode([]rune(x.s))
	flags := byte(0)
	for _, u := range units {
		if u > 0xff {
			flags = wideText
		}
	}
	isWide := flags != 0
	head := data(len(units))
	if x.runs > 0 {
		flags |= richText
	}
	if x.ext > 0 {
		flags |= phoneticText
	}
	head = append(head, flags)
	if x.runs > 0 {
		head = append(head, data(x.runs)...)
	}
	if x.ext > 0 {
		head = append(head, data(uint32(x.ext))...)
	}
	s.whole(head)
	s.characters(units, isWide, changes)
	for range x.runs {
		s.whole(data(1, 2))
	}
	for range x.ext {
		s.whole([]byte{0xee})
	}
}

// split returns the records of texts.
func split(size int, changes bool, texts ...text) (b []byte) {
	s := &splitter{size: size}
	s.body = data(uint32(len(texts)), uint32(len(texts)))
	for _, x := range texts {
		s.text(x, changes)
	}
	s.flush()
	for i, body := range s.records {
		k := continued
		if i == 0 {
			k = sharedTexts
		}
		b = append(b, record(k, body)...)
	}
	return b
}

// cellsOf are cells with shared texts, one a row, and the rows that come of them.
func cellsOf(texts []text) (cells [][]byte, want []string) {
	for i, x := range texts {
		cells = append(cells, record(sharedLabel, i, 0, 0, uint32(i)))
		if x.s != "" {
			want = append(want, fmt.Sprintf("%d t%s", i+1, x.s))
		}
	}
	return cells, want
}

// TestContinued splits texts at every byte at which they can be split.
func TestContinued(t *testing.T) {
	t.Parallel()
	texts := []text{{s: "plain"}, {}, {s: "café"}, {s: "漢字かな交じり文"}, {s: "mixed 字 text"}, {s: "rich", runs: 3}, {s: "読", ext: 7}, {s: "😀😀", runs: 2, ext: 5}, {runs: 1}, {s: strings.Repeat("long ", 60)}, {s: "ends"}}
	cells, want := cellsOf(texts)
	for size := 14; size < 600; size++ { // 14 is the longest head, and a character
		for _, changes := range []bool{false, true} {
			rows, err := read(t, one(split(size, changes, texts...), cells...))
			require.NoError(t, err)
			require.Equal(t, want, rows, "%d", size)
		}
	}
}

// TestContinuedAtRandom splits random texts.
func TestContinuedAtRandom(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	alphabet := []rune("abc é漢字😀\n")
	for range 300 {
		texts := make([]text, 1+r.IntN(40))
		for i := range texts {
			s := make([]rune, r.IntN(50))
			for j := range s {
				s[j] = alphabet[r.IntN(len(alphabet))]
			}
			texts[i] = text{string(s), max(0, r.IntN(8)-4), max(0, r.IntN(20)-14)}
		}
		cells, want := cellsOf(texts)
		rows, err := read(t, one(split(14+r.IntN(100), r.IntN(2) == 0, texts...), cells...))
		require.NoError(t, err)
		require.Equal(t, want, rows)
	}
}

// TestWrongCounts reads texts of which the file says that there are more, or fewer.
func TestWrongCounts(t *testing.T) {
	t.Parallel()
	for _, count := range []uint32{0, 1, 2, 3, 1 << 31} {
		rows, err := read(t, one(record(sharedTexts, uint32(9), count, narrow("a"), narrow("b")), record(sharedLabel, 0, 0, 0, uint32(1))))
		require.NoError(t, err)
		require.Equal(t, []string{"1 tb"}, rows)
	}
	rows, err := read(t, one(record(sharedTexts, uint32(9), uint32(1), narrow("a"), "\x05\x00"), record(sharedLabel, 0, 0, 0, uint32(0))))
	require.NoError(t, err, "what is behind all texts is none")
	require.Equal(t, []string{"1 ta"}, rows)
}
