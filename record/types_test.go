package record

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-go/crm/storage"
)

var (
	colours = &PickValues{Values: []PickValue{{Actual: "Red", Chinese: "红色"}, {Actual: "Dark Blue", Chinese: "深蓝"},
		{Actual: "Teal"}, {Actual: "Old", Chinese: "旧", Retired: true}, {Actual: "Other", Chinese: "其它"}, {Actual: "Rest", Chinese: "其它"},
		{Actual: "-None-", Chinese: "无"}}}
	closedColours = &PickValues{Values: colours.Values, Closed: true}
)

// allTypes are types of every sort, with limits that tests meet.
func allTypes() []Type {
	return []Type{
		TextType(10), TextAreaType(10), EmailType(30), PhoneType(20), URLType(40), UserType(),
		IntegerType(4), IntegerType(18), DecimalType(16, 9), CurrencyType(16, 4), PercentType(), BoolType(),
		DateType(), DateTimeType(), PickListType(colours), PickListType(closedColours), PickListType(nil),
		MultiPickListType(colours), MultiPickListType(closedColours), MultiUserType(2), tagType(), LookupType(), MultiLookupType(), AutoNumberType(),
	}
}

func allLocales(t testing.TB) []*Locale {
	locales := []*Locale{nil, {Language: Chinese, Currency: "CNY"}}
	for _, name := range []string{"America/New_York", "Asia/Shanghai", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		locales = append(locales, &Locale{Zone: zone})
	}
	return locales
}

// typeCase is a text, and what becomes of it: the value as storage shows it, or the problem.
type typeCase struct{ text, want string }

// become parses and cleans.
func become(t Type, text string, l *Locale) string {
	v, p := t.Parse(text, l)
	if p.OK() {
		v, p = t.Clean(v)
	}
	if !p.OK() {
		return fmt.Sprintf("%s %v", p.Code, p.Args)
	}
	return v.String()
}

func checkType(t *testing.T, typ Type, l *Locale, cases []typeCase) {
	t.Helper()
	for _, c := range cases {
		require.Equal(t, c.want, become(typ, c.text, l), "%s %q", typ.Name(), c.text)
	}
}

func expected(s string) string { return "INVALID_DATA map[expected:" + s + "]" }

// checkRoundTrip is what every type keeps, for any text.
func checkRoundTrip(t require.TestingT, typ Type, text string, l *Locale) {
	v, p := typ.Parse(text, l)
	if !p.OK() {
		require.True(t, v.IsNull())
		return
	}
	if strings.TrimSpace(text) == "" {
		require.True(t, v.IsNull())
	}
	require.True(t, v.IsNull() || v.Kind() == typ.Kind())
	clean, p := typ.Clean(v)
	for k := range p.Args {
		require.Contains(t, []string{"expected", "limit", "length", "offset", "unit"}, k)
	}
	if !p.OK() {
		return
	}
	if clean.Kind() == storage.Text {
		require.NotEmpty(t, clean.Raw())
		require.True(t, utf8.ValidString(clean.Raw()))
		require.NotContains(t, clean.Raw(), "\x00")
	}
	again, p := typ.Clean(clean)
	require.True(t, p.OK(), "%s %q: %v", typ.Name(), text, p)
	require.Equal(t, clean, again)
	back, p := typ.Parse(typ.Format(clean, l), l)
	require.True(t, p.OK(), "%s %q: %v", typ.Name(), text, p)
	require.Equal(t, clean, back, "%s %q", typ.Name(), text)
}

// checkAnyValue is what every type keeps, for any value of any kind.
func checkAnyValue(t require.TestingT, typ Type, v storage.Value) {
	clean, p := typ.Clean(v)
	if !p.OK() {
		return
	}
	require.True(t, clean.IsNull() || clean.Kind() == typ.Kind())
	again, p := typ.Clean(clean)
	require.True(t, p.OK())
	require.Equal(t, clean, again)
	back, p := typ.Parse(typ.Format(clean, nil), nil)
	require.True(t, p.OK(), "%s %v", typ.Name(), v)
	require.Equal(t, clean, back)
}

func TestTypesAreOfTheirKind(t *testing.T) {
	t.Parallel()
	values := []storage.Value{storage.TextValue("1"), storage.IntValue(1), storage.BoolValue(true), storage.TimeValue(time.Unix(0, 0)),
		storage.RefValue(storage.ID{1}), storage.BytesValue([]byte("1")), storage.DocValue(storage.Member{Name: "a", Value: storage.IntValue(1)})}
	dec, _ := storage.ParseDecimal("1")
	for _, typ := range allTypes() {
		v, p := typ.Clean(storage.Value{})
		require.True(t, p.OK() && v.IsNull(), typ.Name())
		require.Empty(t, typ.Format(v, nil), typ.Name())
		require.NotNil(t, expectedWords[typ.Name()], typ.Name())
		for _, v := range append(values, dec) {
			if _, p := typ.Clean(v); v.Kind() != typ.Kind() {
				require.Equal(t, refuse(typ.Name()), p, typ.Name())
			}
		}
		for _, blank := range []string{"", " ", "\t\r\n", "\u3000\u00a0", "\ufeff", "\ufeff \ufeff", "\u200b", " \u202e\n\u200b ", "\u00ad\u3164\u2800\ufe0f"} {
			v, p := typ.Parse(blank, nil)
			require.True(t, p.OK() && v.IsNull(), "%s %q", typ.Name(), blank)
			if typ.Kind() == storage.Text && typ.Name() != "date" {
				v, p = typ.Clean(storage.TextValue(blank))
				require.True(t, p.OK() && v.IsNull(), "%s %q", typ.Name(), blank)
			}
		}
	}
}

// A byte order mark stays behind when files are joined, and is no part of a value.
func TestByteOrderMarks(t *testing.T) {
	t.Parallel()
	for _, typ := range allTypes() {
		space := " "
		if typ.Name() == "textarea" {
			space = "" // it keeps those that it begins with
		}
		for _, text := range []string{"1", "true", "2026-01-02", "Red", "a@b.example", "a.example", "0197a3c2-0000-7000-8000-00000000000a"} {
			require.Equal(t, become(typ, text, nil), become(typ, "\ufeff"+text, nil), typ.Name())
			require.Equal(t, become(typ, text, nil), become(typ, "\ufeff"+space+text+"\ufeff", nil), typ.Name())
		}
	}
	require.Equal(t, `"a\ufeffb"`, become(TextType(5), "\ufeffa\ufeffb", nil)) // within a text it is the text's own
}

func TestTypesRefuseBadLimits(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func() Type{
		"text":      func() Type { return TextType(0) },
		"textarea":  func() Type { return TextAreaType(-1) },
		"digits":    func() Type { return IntegerType(0) },
		"19 digits": func() Type { return IntegerType(19) },
		"whole":     func() Type { return DecimalType(storage.MaxWhole+1, 2) },
		"fraction":  func() Type { return DecimalType(1, storage.MaxFraction+1) },
		"users":     func() Type { return MultiUserType(0) },
		"semicolon": func() Type { return MultiPickListType(&PickValues{Values: []PickValue{{Actual: "a;b"}}}) },
	} {
		require.Panics(t, func() { f() }, name)
	}
}

func TestLookupType(t *testing.T) {
	t.Parallel()
	const id = "0197a3c2-0000-7000-8000-00000000000a"
	checkType(t, LookupType(), nil, []typeCase{
		{id, id},
		{" " + strings.ToUpper(id) + " ", id},
		{"00000000-0000-0000-0000-000000000000", "null"},
		{"Acme", expected("id")},
		{id + "0", expected("id")},
	})
	const other = "0197a3c2-0000-7000-8000-00000000000b"
	checkType(t, MultiLookupType(), nil, []typeCase{
		{other + ";" + strings.ToUpper(id) + "； ;" + other, `";` + other + ";" + id + `;"`},
		{id + ";Acme", expected("id")},
		{"00000000-0000-0000-0000-000000000000", "null"},
		{strings.Repeat("x;", 2), expected("id")},
	})
	var many []string
	for i := range 101 {
		many = append(many, fmt.Sprintf("0197a3c2-0000-7000-8000-%012d", i+1))
	}
	require.Equal(t, "LIMIT_EXCEEDED map[length:101 limit:100]", become(MultiLookupType(), strings.Join(many, ";"), nil))
	require.Equal(t, `"INV-0042/26"`, become(AutoNumberType(), " INV-0042/26 ", nil))
	require.Equal(t, "INVALID_DATA map[length:256 limit:255]", become(AutoNumberType(), strings.Repeat("1", 256), nil))
}

func TestTypesProperties(t *testing.T) {
	t.Parallel()
	types, locales := allTypes(), allLocales(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-+]?[0-9]{0,20}(\.[0-9]{0,12})?[%]?`),
			rapid.StringMatching(`[a-zA-Z0-9.+_-]{1,9}@[a-zA-Z0-9-]{1,9}(\.[a-z]{2,5}){0,2}`),
			rapid.StringMatching(`(https?://)?[a-z-]{1,5}(\.[a-z0-9-]{1,5}){0,3}(:[0-9]{1,5})?(/[ -~]{0,9})?`),
			rapid.StringMatching(`(红色|Red|red|其它|-none-|x|;|；| ){0,6}`),
			rapid.StringMatching(`[0-9]{4}[-/年]?[01]?[0-9][-/月]?[0-3]?[0-9]日?([T ][012]?[0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-][01][0-9]:?[0-5][0-9])?)?`),
		).Draw(t, "text")
		l := rapid.SampledFrom(locales).Draw(t, "locale")
		for _, typ := range types {
			checkRoundTrip(t, typ, text, l)
			checkAnyValue(t, typ, storage.TextValue(text))
			checkAnyValue(t, typ, storage.MicrosValue(rapid.Int64().Draw(t, "micros")))
		}
		dt := DateTimeType()
		v := storage.MicrosValue(rapid.Int64Range(firstMicro, afterMicro-1).Draw(t, "time"))
		back, p := dt.Parse(dt.Format(v, l), l)
		require.True(t, p.OK(), dt.Format(v, l))
		require.Equal(t, v, back)
	})
}

func FuzzTypes(f *testing.F) {
	for _, seed := range []string{"", " a ", "a\nb\r\nc", "a\x00", "a\xff", "客户", "用户@例子.公司", "a.b@c.de", "http://a.b/c?d#e", "www.例子.公司",
		"+86 (10) 1234-5678", "（０１０）１２３", "-0012.0", "12.5", "1,200", "1e5", "12%", "是", "2026-1-2", "2026年1月2日", "20260102",
		"2026-03-08 02:30", "2026-01-02T03:04:05.123456789+08:00", "0001-01-01", "9999-12-31T23:59:59Z", "-NONE-", "红色;red", ";a;;b;", "\x1f", "\ufeffa", "\u200b", "\u202e\u3164", "a\x1b",
		"0197a3c2-0000-7000-8000-00000000000a"} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(2))
	}
	types, locales := allTypes(), allLocales(f)
	f.Fuzz(func(t *testing.T, text string, locale uint8) {
		for _, typ := range types {
			checkRoundTrip(t, typ, text, locales[int(locale)%len(locales)])
			checkAnyValue(t, typ, storage.TextValue(text))
		}
	})
}

func BenchmarkTypes(b *testing.B) {
	industries := &PickValues{Values: []PickValue{{Actual: "Large Enterprise", Chinese: "大型企业"}, {Actual: "Technology", Chinese: "科技"}}}
	shanghai := time.FixedZone("CST", 8*3600)
	for _, bb := range []struct {
		name, text string
		typ        Type
	}{
		{"text", "Acme Incorporated", TextType(100)},
		{"text_han", "北京某某科技（集团）有限公司", TextType(100)},
		{"textarea", "Some lines\nof description.", TextAreaType(32000)},
		{"email", "first.last@mail.acme.example", EmailType(100)},
		{"email_han", "用户@例子.公司", EmailType(100)},
		{"email_bad", "first.last@acme", EmailType(100)},
		{"url", "https://www.acme.example/about/us?x=1", URLType(255)},
		{"url_escaped", "https://www.acme.example/a%20b", URLType(255)},
		{"phone", "+86 (10) 1234-5678", PhoneType(30)},
		{"integer", "12345", IntegerType(10)},
		{"currency", "1234567.89", CurrencyType(16, 4)},
		{"bool", "true", BoolType()},
		{"date", "2026-01-02", DateType()},
		{"datetime", "2026-01-02 15:04:05", DateTimeType()},
		{"picklist", "Technology", PickListType(industries)},
		{"picklist_label", "科技", PickListType(industries)},
		{"picklist_folded", "large  enterprise", PickListType(industries)},
		{"multi", "Technology;Large Enterprise", MultiPickListType(industries)},
		{"lookup", "0197a3c2-0000-7000-8000-00000000000a", LookupType()},
	} {
		l := &Locale{Zone: shanghai}
		b.Run(bb.name+"/parse", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.typ.Parse(bb.text, l)
			}
		})
		v, _ := bb.typ.Parse(bb.text, l)
		b.Run(bb.name+"/clean", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bb.typ.Clean(v)
			}
		})
	}
}
