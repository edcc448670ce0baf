package record

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                  "",
		"  ":                "",
		"acme":              "acme",
		" Acme \t GmbH\r\n": "acme gmbh",
		"ＡＣＭＥ　（集团）":         "acme (集团)",
		"北京某某科技有限公司":        "北京某某科技有限公司",
		"北京 \u3000 公司 ":     "北京 公司",
		"Straße":            "strasse",
		"ÉCLAIR":            "éclair",
		"E\u0301clair":      "éclair",
		"①号":                "1号",
		"ﬁne":               "fine",
		"ΜΆΪΟΣ":             "μάϊοσ",
		"a\u00a0\u2003b":    "a b",
		"ｶﾞ":                "ガ",
		"Ａ\u0301":           "á",
		"\ufb00\u0345":      "ffι",
		"a\xffb":            "a\ufffdb",
		"a\x00B":            "a\x00b",
		"İ":                 "i̇",
		"\u212a":            "k", // the sign of kelvin
		"\u13a0\uab70":      "\u13a0\u13a0",
		"\u13f8":            "\u13f0",
	} {
		require.Equal(t, want, Fold(in), "%q", in)
	}
}

func checkFold(t require.TestingT, s string) {
	once := Fold(s)
	require.Equal(t, once, Fold(once), "%q", s)
	require.Equal(t, once, foldAny(s), "%q", s)
	require.True(t, utf8.ValidString(once))
	require.True(t, norm.NFKC.IsNormalString(once), "%q", s)
	require.Equal(t, strings.Join(strings.Fields(once), " "), once)
}

func TestFoldIsIdempotent(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		s := string(r)
		once := Fold(s)
		if again := Fold(once); again != once {
			require.Equal(t, once, again, "%U", r)
		}
		if r < 0x30000 && (unicode.IsLetter(r) || unicode.IsSpace(r)) && unicode.ToLower(r) != unicode.ToUpper(r) {
			require.Equal(t, once, Fold(string(unicode.SimpleFold(r))), "%U", r)
		}
	}
	marks := []rune{'\u0301', '\u0345', '\u0308', '\u3099', ' ', 'A', 'Ａ', '\u03a3', '\u1fc3', '\u00df', '\u00a8', '客', '\u1e9e', '\ufb03', 0x1d15e}
	rapid.Check(t, func(t *rapid.T) {
		checkFold(t, rapid.String().Draw(t, "text"))
		checkFold(t, rapid.StringOf(rapid.SampledFrom(marks)).Draw(t, "marks"))
		checkFold(t, rapid.StringOf(rapid.OneOf(rapid.RuneFrom(nil, unicode.Han), rapid.Int32Range(0, 0x7f), rapid.Int32Range(0xff01, 0xff5e),
			rapid.SampledFrom([]rune{'\u3000'}))).Draw(t, "plain"))
		checkFold(t, string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
	})
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"", " A ", "Ａ\u3000b", "E\u0301", "\u0345\u0399", "\xff", "\u00a8"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) { checkFold(t, s) })
}

// The order of the golden list changes only with CollationVersion, since stored keys would not compare with new ones.
func TestSortKey(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "types", "collation.txt")
	b, err := os.ReadFile(golden)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	require.Equal(t, "# "+CollationVersion, lines[0])
	got := bytes.NewBufferString(lines[0] + "\n")
	var keys [][]byte
	for _, line := range lines[1:] {
		text, _, _ := strings.Cut(line, "\t")
		key := SortKey(text)
		keys = append(keys, key)
		const hex = "0123456789abcdef"
		got.WriteString(text + "\t")
		for _, c := range key {
			got.WriteByte(hex[c>>4])
			got.WriteByte(hex[c&15])
		}
		got.WriteByte('\n')
	}
	require.True(t, slices.IsSortedFunc(keys, bytes.Compare))
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
		require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o644))
	}
	require.Equal(t, string(b), got.String())
}

func TestSortKeyIsCut(t *testing.T) {
	t.Parallel()
	require.Empty(t, SortKey(""))
	long := strings.Repeat("客户 Acme ", 1000)
	require.Len(t, SortKey(long), maxSortKey)
	require.Equal(t, SortKey(long), SortKey(long+"x"))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		require.LessOrEqual(t, len(SortKey(s)), maxSortKey)
		require.Equal(t, SortKey(s), SortKey(s))
	})
}

func TestSortKeyIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	want := SortKey("客户 Acme")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if !bytes.Equal(want, SortKey("客户 Acme")) {
					t.Error("another key")
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{"ascii_same": "acme incorporated 20", "ascii": "Acme Incorporated 20", "han": "北京某某科技有限公司",
		"han_full_width": "北京某某科技（集团）有限公司", "latin": "Société Générale"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}

func BenchmarkSortKey(b *testing.B) {
	for name, s := range map[string]string{"ascii": "Acme Incorporated 20", "han": "北京某某科技有限公司"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				SortKey(s)
			}
		})
	}
}

// TestPlainSortKey holds the short way for ASCII against the collator.
func TestPlainSortKey(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,150}`), rapid.StringMatching(`[a-zA-Z0-9 .,&-]{1,40}`), rapid.StringMatching(`[\x00-\x7f]{1,20}`))
	c := collate.New(language.Chinese)
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		s = s[:min(len(s), maxSortText)]
		got := plainSortKey(s)
		if got == nil {
			return
		}
		want := c.KeyFromString(new(collate.Buffer), s)
		require.Equal(t, want[:min(len(want), maxSortKey)], got)
	})
	for i := ' '; i <= '~'; i++ {
		require.NotNil(t, plainSortKey(string(i)), "%q", i)
	}
}
