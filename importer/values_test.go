package importer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

func TestReadNumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cell    string
		decimal byte
		want    string // "" when it is none
	}{
		{"1,234,567.89", '.', "1234567.89"},
		{"1.234.567,89", ',', "1234567.89"},
		{"1 234 567", '.', "1234567"},
		{"1\u00A0234,5", ',', "1234.5"},
		{"1'234.50", '.', "1234.50"},
		{"12,34,567", '.', "1234567"}, // as in India
		{"¥1,200", '.', "1200"},
		{"￥１，２００．５", '.', "1200.5"},
		{"1200元", '.', "1200"},
		{"US$ 5", '.', "5"},
		{"5 EUR", '.', "5"},
		{"EUR5,5", ',', "5.5"},
		{"-$5", '.', "-5"},
		{"$-5", '.', "-5"},
		{"(1,234.5)", '.', "-1234.5"},
		{"−7", '.', "-7"},
		{"7-", '.', "-7"},
		{"+7", '.', "7"},
		{"3万", '.', "30000"},
		{"1.5亿", '.', "150000000"},
		{"1.23456万", '.', "12345.6"},
		{"2.5萬", '.', "25000"},
		{"12.5 %", '.', "12.5%"},
		{"12,5%", ',', "12.5%"},
		{"1,23", '.', ""},
		{"1,2345", '.', ""},
		{",123", '.', ""},
		{"1,234.", '.', ""},
		{"1,234 567", '.', ""},
		{"1.5", ',', ""},
		{"--5", '.', ""},
		{"(-5)", '.', ""},
		{"1e5", '.', ""},
		{"many", '.', ""},
		{"5 apples", '.', ""},
		{"1,234", 0, ""},
		{"1,234.5", 0, "1234.5"},
		{"1,5", 0, "1.5"},
		{"1234", 0, "1234"},
		{"", '.', ""},
		{"¥", '.', ""},
		{"万", '.', ""},
	} {
		got, ok := readNumber(tt.cell, tt.decimal)
		require.Equal(t, tt.want, got, tt.cell)
		require.Equal(t, tt.want != "", ok, tt.cell)
	}
	for cell, want := range map[string]byte{"1,234.5": '.', "1.234,5": ',', "1,234,567": '.', "1.234.567": ',', "1,5": ',', "1,2345": ',', "0,123": ',', "1234,567": ',',
		"1,234": '?', "1.234": 0, "1.5": '.', "12": 0, "x": 0, "": 0} {
		require.Equal(t, string(rune(want)), string(rune(pointOf(cell))), cell)
	}
}

func TestReadDate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cell  string
		order DateOrder
		want  string // "" when it is none, or could be two
	}{
		{"31/12/2026", "", "2026-12-31"},
		{"12/31/2026", "", "2026-12-31"},
		{"3/4/2026", "", ""},
		{"4/4/2026", "", "2026-04-04"},
		{"3/4/2026", DayFirst, "2026-04-03"},
		{"3/4/2026", MonthFirst, "2026-03-04"},
		{"31/12/2026", MonthFirst, ""},
		{"03.04.26", DayFirst, "2026-04-03"},
		{"3-4-68", DayFirst, "2068-04-03"},
		{"3-4-69", DayFirst, "1969-04-03"},
		{"29/2/2024", DayFirst, "2024-02-29"},
		{"29/2/2023", DayFirst, ""},
		{"31/4/2026", DayFirst, ""},
		{"2026.1.2", "", "2026-01-02"},
		{"2026 年 1 月 2 日", "", "2026-01-02"},
		{"２０２６．１．２", "", "2026-01-02"},
		{"23 Nov 2026", "", "2026-11-23"},
		{"23-nov-26", "", "2026-11-23"},
		{"Nov 23, 2026", "", "2026-11-23"},
		{"November 23rd, 2026", "", "2026-11-23"},
		{"Sept 1 2026", "", "2026-09-01"},
		{"3/4/2026 15:04", DayFirst, "2026-04-03 15:04:00"},
		{"3/4/2026 3:04:05 PM", MonthFirst, "2026-03-04 15:04:05"},
		{"3/4/2026 12:00 am", MonthFirst, "2026-03-04 00:00:00"},
		{"3/4/2026 12:00 PM", MonthFirst, "2026-03-04 12:00:00"},
		{"2026年11月23日 下午3:04", "", "2026-11-23 15:04:00"},
		{"2026/11/23 上午12:30", "", "2026-11-23 00:30:00"},
		{"23/11/2026T15:04:05.25", "", "2026-11-23 15:04:05.25"},
		{"3/4/2026 25:00", DayFirst, ""},
		{"3/4/2026 13:00 PM", DayFirst, ""},
		{"3/4", DayFirst, ""},
		{"3/4/026", DayFirst, ""},
		{"Nov Nov 2026", "", ""},
		{"1/2/Nov", "", ""},
		{"15:04", "", ""},
		{"tomorrow", "", ""},
		{"", "", ""},
	} {
		got, ok := readDate(tt.cell, tt.order)
		require.Equal(t, tt.want, got, "%s %s", tt.cell, tt.order)
		require.Equal(t, tt.want != "", ok, tt.cell)
	}
	for cell, want := range map[string]DateOrder{"31/12/2026": DayFirst, "12/31/26": MonthFirst, "3/4/2026": "?", "5/5/2026": "", "2026-01-02": "", "Nov 3 2026": "", "x": ""} {
		require.Equal(t, want, orderOf(cell), cell)
	}
}

// TestCellsOfTypes reads cells as values of each type whose cells people write in several ways.
func TestCellsOfTypes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		of   record.Type
		cell string
		o    FieldOptions
		kind CellKind
		want string // as it is shown; "" when it is refused
	}{
		{record.IntegerType(10), "1,200", FieldOptions{Decimal: '.'}, Typed, "1200"},
		{record.IntegerType(10), "1,200", FieldOptions{}, Typed, ""},
		{record.IntegerType(10), "1.200", FieldOptions{Decimal: ','}, Typed, "1200"},
		{record.IntegerType(10), "1.5", FieldOptions{}, Typed, ""},
		{record.CurrencyType(16, 4), "1.200", FieldOptions{}, Typed, "1.2"},
		{record.CurrencyType(16, 4), "1.200", FieldOptions{Decimal: ','}, Typed, "1200"},
		{record.CurrencyType(16, 4), "1.200", FieldOptions{Decimal: ','}, Exact, "1.2"},
		{record.CurrencyType(16, 4), "1.5", FieldOptions{Decimal: ','}, Typed, ""},
		{record.CurrencyType(16, 4), "3.2万", FieldOptions{}, Typed, "32000"},
		{record.CurrencyType(16, 4), "3.1E9", FieldOptions{}, Typed, ""},
		{record.PercentType(), "12,5%", FieldOptions{Decimal: ','}, Typed, "12.5"},
		{record.DateType(), "3/4/2026", FieldOptions{Dates: DayFirst}, Typed, "2026-04-03"},
		{record.DateType(), "3/4/2026", FieldOptions{}, Typed, ""},
		{record.DateType(), "2026-04-03", FieldOptions{Dates: DayFirst}, Typed, "2026-04-03"},
		{record.DateTimeType(), "4/3/2026 3:04 PM", FieldOptions{Dates: MonthFirst}, Typed, "2026-04-03 15:04:00"},
		{record.DateType(), "4/3/2026 3:04 PM", FieldOptions{Dates: MonthFirst}, Typed, ""},
		{record.TextType(30), "#DIV/0!", FieldOptions{}, Broken, ""},
		{record.BoolType(), "是", FieldOptions{}, Typed, "true"},
		{record.PhoneType(30), "010-88886666转12", FieldOptions{}, Typed, "010-88886666转12"},
	} {
		d := record.Def{Name: "F", Type: tt.of}
		c := column{def: d, how: newReading(&d, tt.o), o: tt.o}
		v, problem := c.parse(tt.cell, tt.kind, nil)
		require.Equal(t, tt.want != "", problem.OK(), "%s %s: %v", tt.of.Name(), tt.cell, problem)
		require.Equal(t, tt.want, tt.of.Format(v, nil), "%s %s", tt.of.Name(), tt.cell)
	}
}

func FuzzReadValues(f *testing.F) {
	for _, s := range []string{"1,234.5", "3/4/2026 3:04 PM", "(¥1.2万)", "2026年1月2日 下午3:04", "Nov 3, 2026"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, decimal := range []byte{'.', ','} {
			if plain, ok := readNumber(s, decimal); ok {
				if again, ok := readNumber(plain, '.'); !ok || again != plain {
					t.Errorf("%q is %q, and that %q", s, plain, again)
				}
			}
		}
		for _, order := range []DateOrder{"", DayFirst, MonthFirst} {
			if plain, ok := readDate(s, order); ok {
				if _, p := record.DateTimeType().Parse(plain, nil); !p.OK() {
					t.Errorf("%q is %q, which is no date", s, plain)
				}
			}
		}
	})
}

func TestLostDigits(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]bool{"4.88E+18": true, "3e+9": true, "3.1E9": false, "12.5E+3": false, "E+5": false, "1E+": false, "1.xE+5": false, "x": false, "123456789012345678": false} {
		require.Equal(t, want, lostDigits(cell, Typed), cell)
	}
	require.True(t, lostDigits("4876876000000000000", Exact))
	require.False(t, lostDigits("123456789012345", Exact))
	require.False(t, lostDigits("2026-01-02 15:04:05", Exact))
}
