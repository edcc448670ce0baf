package record

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

func TestTextType(t *testing.T) {
	t.Parallel()
	checkType(t, TextType(5), nil, []typeCase{
		{" Acme ", `"Acme"`},
		{"\u3000客户\u00a0", `"客户"`},
		{"客户名称五", `"客户名称五"`},
		{"客户名称五六", "INVALID_DATA map[length:6 limit:5]"},
		{"abcdef", "INVALID_DATA map[length:6 limit:5]"},
		{"a\tb", expected("one line of text")},
		{"a\nb", expected("one line of text")},
		{"a\u0085b", expected("one line of text")},
		{"a\u2028b", expected("one line of text")},
		{"a\x7fb", expected("one line of text")},
		{" a\x00b", "INVALID_DATA map[expected:text without zero bytes offset:1]"},
		{" 客\xffb", "INVALID_DATA map[expected:UTF-8 offset:3]"},
		{"a\xe5\xae", "INVALID_DATA map[expected:UTF-8 offset:1]"},
		{"\uFFFD", "\"\uFFFD\""},
		{"e\u0301", "\"e\u0301\""},
		{"<b>", `"<b>"`},
		{"\u200ba", `"\u200ba"`},
		{"\ufeffa", `"a"`},
		{"\u202e\xff", "INVALID_DATA map[expected:UTF-8 offset:3]"},
	})
	v, p := TextType(5).Clean(storage.TextValue("  "))
	require.True(t, p.OK() && v.IsNull())
}

func TestTextAreaType(t *testing.T) {
	t.Parallel()
	checkType(t, TextAreaType(7), nil, []typeCase{
		{"  a\r\nb\rc\n\n ", `"  a\nb\nc"`},
		{"\ta", `"\ta"`},
		{"客户名称五六七八", "INVALID_DATA map[length:8 limit:7]"},
		{"客户名称五六七", `"客户名称五六七"`},
		{"\r\na\r\nb\r\n", `"\na\nb"`},
		{"a\x1b[1m", expected("text without control characters")},
		{"a\ab", expected("text without control characters")},
		{"a\vb", expected("text without control characters")},
		{"a\x7fb", expected("text without control characters")},
		{"a\u0085b", expected("text without control characters")},
		{"\ufeff a", `" a"`},
		{"客\u200b户", `"客\u200b户"`},
		{"a\x00", "INVALID_DATA map[expected:text without zero bytes offset:1]"},
		{"a\xff", "INVALID_DATA map[expected:UTF-8 offset:1]"},
	})
}

func TestPhoneType(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"+86 (10) 1234-5678", "010-12345678转8001", "555.1234,9;2#1/3 x12", "1-800-FLOWERS 1", "（０１０）１２３－４",
		"＋８６\u3000１０", "7", "分机 8001"} {
		require.Equal(t, strconv.Quote(s), become(PhoneType(30), s, nil))
	}
	for _, s := range []string{"phone", "+", "12*3", "12:3", "1\u200b2", "12–3", "<1>", `1"2`, "1&2", "1@2"} {
		require.Equal(t, fmt.Sprintf("INVALID_DATA map[expected:phone length:%d limit:30]", utf8.RuneCountInString(s)), become(PhoneType(30), s, nil), s)
	}
	require.Equal(t, "INVALID_DATA map[length:31 limit:30]", become(PhoneType(30), strings.Repeat("5", 31), nil))
}

func TestUserType(t *testing.T) {
	t.Parallel()
	checkType(t, UserType(), nil, []typeCase{
		{" ann ", `"ann"`},
		{strings.Repeat("客", 255), `"` + strings.Repeat("客", 255) + `"`},
		{strings.Repeat("客", 256), "INVALID_DATA map[length:256 limit:255]"},
		{"a\nb", expected("one line of text")},
	})
}

func TestMulti(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		values []string
		text   string
		back   []string
	}{
		{nil, "", nil},
		{[]string{""}, "", nil},
		{[]string{"b", "a", "b", "", "a"}, ";b;a;", []string{"b", "a"}},
		{[]string{"客户", `a\b`}, `;客户;a\b;`, []string{"客户", `a\b`}},
		{[]string{"a;b", ";"}, ";a\x1fb;\x1f;", []string{"a;b", ";"}},
	} {
		require.Equal(t, tt.text, JoinMulti(tt.values))
		require.Equal(t, tt.back, SplitMulti(tt.text))
	}
	require.Equal(t, []string{"a", "b"}, SplitMulti("a;b"))
	many := strings.Split(strings.Repeat("a,b,c,d,e,f,g,h,", 9), ",")
	require.Equal(t, ";a;b;c;d;e;f;g;h;", JoinMulti(many))
	checkType(t, MultiUserType(2), nil, []typeCase{
		{"ann; bob ;ann", `";ann;bob;"`},
		{"ann；bob", `";ann;bob;"`},
		{";;", "null"},
		{"a;b;c", "LIMIT_EXCEEDED map[length:3 limit:2]"},
		{"a;b\tc", expected("one line of text")},
	})
	for _, bad := range []string{"a;b", "a；b"} {
		_, p := MultiUserType(2).Clean(storage.TextValue(JoinMulti([]string{bad})))
		require.Equal(t, refuse(expectedNoSemi), p)
	}
	v, p := MultiUserType(2).Clean(storage.TextValue("ann"))
	require.True(t, p.OK())
	require.Equal(t, ";ann;", v.Text())
}
