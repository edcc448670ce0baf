package storage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDocValueCanonical(t *testing.T) {
	one, two := IntValue(1), IntValue(2)
	want := DocValue(Member{"a", one}, Member{"b", two})
	require.Equal(t, want, DocValue(Member{"b", two}, Member{"a", one}), "sorted by name")
	require.Equal(t, want, DocValue(Member{"a", two}, Member{"b", two}, Member{"a", one}), "of two with one name the last stays")
	require.Equal(t, want, DocValue(Member{"c", Value{}}, Member{"b", two}, Member{"a", one}), "a null is dropped")
	require.Equal(t, DocValue(Member{"b", two}), DocValue(Member{"a", one}, Member{"b", two}, Member{"a", Value{}}), "and a null that comes last takes away")
	require.Equal(t, Value{}, DocValue())
	require.Equal(t, Value{}, DocValue(Member{"a", Value{}}))

	require.Equal(t, []Member{{"a", one}, {"b", two}}, want.Members())
	require.Equal(t, two, want.Member("b"))
	require.Equal(t, Value{}, want.Member("B"))
	for name, v := range map[string]Value{"a": one, "": {}, "0": {}, "aa": {}, "c": {}} {
		require.Equal(t, v, want.Member(name), name)
	}
	require.Nil(t, one.Members())
	require.Equal(t, Value{}, TextValue("a").Member("a"))

	given := []Member{{"b", two}, {"a", one}}
	DocValue(given...)
	require.Equal(t, "b", given[0].Name, "what is given stays as it is")
}

func TestDocValueHoldsEveryKind(t *testing.T) {
	var ms []Member
	for i, v := range samples(t)[1:] {
		ms = append(ms, Member{fmt.Sprintf("m_%03d", i), v})
	}
	require.Equal(t, ms, DocValue(ms...).Members())
}

func TestDocValueNames(t *testing.T) {
	one := IntValue(1)
	for _, name := range []string{"a", "Z", "_", "0", "x_1", strings.Repeat("m", 64)} {
		require.True(t, MemberName(name), name)
		v, ok := FromRaw(Doc, DocValue(Member{name, one}).Raw())
		require.True(t, ok, name)
		require.Equal(t, []Member{{name, one}}, v.Members())
	}
	for _, name := range []string{"", `a"b`, `a\`, "a:int", "a.b", "a b", "a\x00", "a\n", "é", "\xff", strings.Repeat("m", 65)} {
		require.False(t, MemberName(name), name)
		require.Panics(t, func() { DocValue(Member{name, one}) }, "%q", name)
		raw := append([]byte{byte(len(name))}, name...) // as DocValue would have written it
		_, ok := FromRaw(Doc, string(one.Append(raw)))
		require.False(t, ok, "%q comes from data, and is an error", name)
	}
	require.Panics(t, func() { DocValue(Member{"a", DocValue(Member{"b", one})}) })
}

func TestFields(t *testing.T) {
	for k := Text; k < Doc; k++ {
		field := MemberField("custom", "x_1", k)
		column, member, kind, ok := SplitField(field)
		require.True(t, ok, field)
		require.Equal(t, []any{"custom", "x_1", k}, []any{column, member, kind})
	}
	column, member, k, ok := SplitField("name")
	require.True(t, ok)
	require.Equal(t, []any{"name", "", Null}, []any{column, member, k})
	for _, s := range []string{"", ".", ".a:int", "custom.", "custom.a", "custom.:int", "custom.a:", "custom.a:null", "custom.a:doc", "custom.a:number", "custom.a:int:int",
		"custom.a.b:int", "custom.a-b:int", "custom.é:int", "custom.a'b:int", "custom." + strings.Repeat("m", 65) + ":int"} {
		_, _, _, ok := SplitField(s)
		require.False(t, ok, s)
	}
}

func TestParseValue(t *testing.T) {
	var b []byte
	vs := append(samples(t), DocValue(Member{"a", IntValue(1)}))
	for _, v := range vs {
		b = v.Append(b)
	}
	for rest := b; len(vs) > 0; vs = vs[1:] {
		var got Value
		var ok bool
		got, rest, ok = ParseValue(rest)
		require.True(t, ok, "%v", vs[0])
		require.Equal(t, vs[0], got)
	}
	for _, s := range []string{"", "\x09", "\xff", "\x01", "\x01\x05abc", "\x02", "\x02\x80", "\x04\x04", "\x04\x01", "\x06\x01a", "\x08\x00",
		"\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a", "\x02\x80\x00", "\x01\x81\x00a"} {
		v, _, ok := ParseValue([]byte(s))
		require.False(t, ok, "%q", s)
		require.Zero(t, v)
	}
}

func FuzzParseValue(f *testing.F) {
	for _, v := range append(samples(f), DocValue(Member{"a", IntValue(1)}, Member{"b", TextValue("é")})) {
		f.Add(v.Append(nil))
	}
	f.Add([]byte("\x08\x05\x01a\x02\x80\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, rest, ok := ParseValue(b)
		if !ok {
			return
		}
		require.Equal(t, string(b), string(v.Append(nil))+string(rest), "one value has one form")
		if v.Kind() == Doc {
			require.Equal(t, v, DocValue(v.Members()...))
		}
	})
}

func FuzzSplitField(f *testing.F) {
	for _, s := range []string{"name", "custom.floors:int", "custom.a:doc", ".a:int", "a.b.c:text", "a:b", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		column, member, k, ok := SplitField(s)
		switch {
		case !ok:
			require.Empty(t, column+member)
		case member == "":
			require.Equal(t, s, column)
			require.Equal(t, Null, k)
		default:
			require.Equal(t, s, MemberField(column, member, k))
			require.NotEmpty(t, column)
		}
	})
}
