package storage

import (
	"cmp"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct{ in, plain, raw string }{
		{"0", "0", "A0"}, {"-0", "0", "A0"}, {"+0.00", "0", "A0"}, {".0", "0", "A0"}, {"000", "0", "A0"},
		{"0.5", "0.5", "A0.5"}, {".5", "0.5", "A0.5"}, {"+00.50", "0.5", "A0.5"}, {"-.5", "-0.5", "-Z9.4~"},
		{"1", "1", "A1"}, {"10", "10", "B10"}, {"-1", "-1", "-Z8~"}, {"-1.5", "-1.5", "-Z8.4~"}, {"-10", "-10", "-Y89~"},
		{"1200000.25", "1200000.25", "G1200000.25"},
		{strings.Repeat("9", MaxWhole), strings.Repeat("9", MaxWhole), "Z" + strings.Repeat("9", MaxWhole)},
		{"000" + strings.Repeat("9", MaxWhole), strings.Repeat("9", MaxWhole), "Z" + strings.Repeat("9", MaxWhole)},
		{"-" + strings.Repeat("9", MaxWhole), "-" + strings.Repeat("9", MaxWhole), "-A" + strings.Repeat("0", MaxWhole) + "~"},
		{"0." + strings.Repeat("0", MaxFraction-1) + "1000", "0." + strings.Repeat("0", MaxFraction-1) + "1", "A0." + strings.Repeat("0", MaxFraction-1) + "1"},
	} {
		v, ok := ParseDecimal(c.in)
		require.True(t, ok, c.in)
		require.Equal(t, Decimal, v.Kind(), c.in)
		require.Equal(t, c.plain, v.Text(), c.in)
		require.Equal(t, c.raw, v.Raw(), c.in)
	}
	for _, s := range []string{"", "+", "-", ".", "-.", "5.", "1..2", "1.2.3", "1e3", " 1", "1 ", "--1", "+-1", "1,000", "0x1", "٣", "NaN", "Inf",
		"1" + strings.Repeat("0", MaxWhole), "0." + strings.Repeat("0", MaxFraction) + "1"} {
		v, ok := ParseDecimal(s)
		require.False(t, ok, s)
		require.Zero(t, v, s)
	}
}

// TestDecimalSorts holds the order of many decimals, by value and by their raw bytes, against math/big.
func TestDecimalSorts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	one := func() string {
		var b strings.Builder
		if r.IntN(2) == 0 {
			b.WriteByte('-')
		}
		few := r.IntN(3) > 0 // short ones, so that neighbours meet
		digits := func(most int) {
			if few {
				most = 2
			}
			for range 1 + r.IntN(most) {
				b.WriteByte("0019567"[r.IntN(7)])
			}
		}
		digits(MaxWhole)
		if r.IntN(2) == 0 {
			b.WriteByte('.')
			digits(MaxFraction)
		}
		return b.String()
	}
	rat := func(s string) *big.Rat {
		x, ok := new(big.Rat).SetString(s)
		require.True(t, ok, s)
		return x
	}
	for range 20_000 {
		a, b := one(), one()
		v, ok := ParseDecimal(a)
		require.True(t, ok, a)
		w, ok := ParseDecimal(b)
		require.True(t, ok, b)
		want := rat(a).Cmp(rat(b))
		require.Equal(t, want, v.Compare(w), "%s and %s", a, b)
		require.Equal(t, want, cmp.Compare(v.Raw(), w.Raw()), "%s and %s", a, b)
		require.Equal(t, want == 0, v == w, "%s and %s", a, b)
		require.Zero(t, rat(a).Cmp(rat(v.Text())), "%s became %s", a, v.Text())
		back, ok := FromRaw(Decimal, v.Raw())
		require.True(t, ok, a)
		require.Equal(t, v, back)
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"0", "-0", "12.50", "-.5", "1200000.25", "99999999999999999999999999.999999999999999999", "5.", "1e3", "-Z8.4~", "A0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, ok := ParseDecimal(s); ok {
			again, ok := ParseDecimal(v.Text())
			require.True(t, ok)
			require.Equal(t, v, again)
			want, _ := new(big.Rat).SetString(s)
			got, _ := new(big.Rat).SetString(v.Text())
			require.Zero(t, want.Cmp(got))
		}
		if v, ok := FromRaw(Decimal, s); ok { // what is accepted is exactly what is written
			again, ok := ParseDecimal(v.Text())
			require.True(t, ok)
			require.Equal(t, s, again.Raw())
		}
	})
}
