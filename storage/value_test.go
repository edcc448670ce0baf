package storage

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// samples has values of every kind, each kind in ascending order.
func samples(t testing.TB) []Value {
	d := func(s string) Value {
		v, ok := ParseDecimal(s)
		require.True(t, ok)
		return v
	}
	return []Value{
		{},
		TextValue(""), TextValue("A"), TextValue("a"), TextValue("a|b"), TextValue("é"), TextValue("\ufffd"), TextValue("\U00010000"),
		IntValue(math.MinInt64), IntValue(-1), IntValue(0), IntValue(1), IntValue(math.MaxInt64),
		d("-100"), d("-1.5"), d("-1"), d("0"), d("0.5"), d("10"),
		BoolValue(false), BoolValue(true),
		TimeValue(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), MicrosValue(-1), MicrosValue(0), TimeValue(time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)),
		RefValue(ID{}), RefValue(ID{1}), RefValue(ID{0xff}),
		BytesValue(nil), BytesValue([]byte{0}), BytesValue([]byte{0xff}),
	}
}

func TestCompare(t *testing.T) {
	vs := samples(t)
	for i, v := range vs {
		for j, w := range vs {
			want := 0
			if i != j {
				want = 1
				if i < j {
					want = -1
				}
			}
			require.Equal(t, want, v.Compare(w), "%v and %v", v, w)
			require.Equal(t, i == j, v == w, "%v and %v", v, w)
		}
	}
}

func TestValueAccess(t *testing.T) {
	at := time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("", 3600))
	require.Equal(t, at.Truncate(time.Microsecond).UTC(), TimeValue(at).Time())
	require.Equal(t, at.UnixMicro(), TimeValue(at).Int64())
	require.Equal(t, time.UTC, TimeValue(at).Time().Location())
	require.True(t, BoolValue(true).Bool())
	require.False(t, BoolValue(false).Bool())
	require.False(t, IntValue(1).Bool())
	require.Equal(t, int64(1), BoolValue(true).Int64())
	require.Equal(t, ID{7}, RefValue(ID{7}).ID())
	require.Zero(t, TextValue("0123456789abcdef").ID())
	require.Zero(t, IntValue(5).Time())
	require.Zero(t, BytesValue([]byte("x")).Text())
	require.Zero(t, IntValue(5).Raw())
	require.Equal(t, "é", TextValue("é").Text())
	require.True(t, Value{}.IsNull())
	require.False(t, TextValue("").IsNull())

	given := []byte("abc")
	v := BytesValue(given)
	given[0] = 'x'
	require.Equal(t, "abc", v.Raw(), "a value shares no memory")
}

func TestValueString(t *testing.T) {
	id := ID{1}
	for want, v := range map[string]Value{
		"null": {}, `"a\"b"`: TextValue(`a"b`), "-5": IntValue(-5), "true": BoolValue(true), "false": BoolValue(false), "00ff": BytesValue([]byte{0, 0xff}),
		"2024-02-29T00:00:00.000001Z": TimeValue(time.Date(2024, 2, 29, 0, 0, 0, 1000, time.UTC)), id.String(): RefValue(id),
		`[{a 1} {b "x"}]`: DocValue(Member{"b", TextValue("x")}, Member{"a", IntValue(1)}),
	} {
		require.Equal(t, want, v.String())
	}
	require.Equal(t, "kind(99)", Kind(99).String())
	require.Equal(t, "op(99)", Op(99).String())
	require.Equal(t, "among", Among.String())
}

func TestFromRaw(t *testing.T) {
	doc := DocValue(Member{"a", IntValue(1)}, Member{"b", TextValue("é")})
	for _, v := range append(samples(t), doc) {
		switch v.Kind() {
		case Null, Int, Bool, Time:
			_, ok := FromRaw(v.Kind(), "")
			require.False(t, ok, "%s has no raw form", v.Kind())
		default:
			got, ok := FromRaw(v.Kind(), v.Raw())
			require.True(t, ok, "%v", v)
			require.Equal(t, v, got)
		}
	}
	for _, c := range []struct {
		k    Kind
		junk []string
	}{
		{Text, []string{"\xff", "a\x00b", "\xed\xa0\x80"}},
		{Decimal, []string{"", "0", "A", "A00", "A1.0", "A1.", "B1", "A10", "a1", "-", "-~", "-Z~", "-Z8", "-Z9~", "-A0", "-Z8.4", "-Z8.49~", "-Z8~~", "A+1", "A-1", "\x00", "[1", "A0."}},
		{Ref, []string{"", "short", "17 bytes are more"}},
		{Doc, []string{"", "a", doc.Raw() + "x", doc.Raw()[1:], doc.Raw() + doc.Raw(), "\x01a\x00", "\x01a\x08\x00", "\x01a\x02\x80\x00"}},
		{Doc + 1, []string{"", "a"}},
	} {
		for _, s := range c.junk {
			v, ok := FromRaw(c.k, s)
			require.False(t, ok, "%s %q", c.k, s)
			require.Zero(t, v)
		}
	}
}
