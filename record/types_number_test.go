package record

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

func TestIntegerType(t *testing.T) {
	t.Parallel()
	checkType(t, IntegerType(4), nil, []typeCase{
		{"12", "12"},
		{" -12 ", "-12"},
		{"+9999", "9999"},
		{"0012", "12"},
		{"00000000000000000000012", "12"},
		{"-0", "0"},
		{"12.0", "12"},
		{"12.000", "12"},
		{"12345", "INVALID_DATA map[length:5 limit:4 unit:digits]"},
		{"-12345", "INVALID_DATA map[length:5 limit:4 unit:digits]"},
		{"9223372036854775808", "INVALID_DATA map[length:19 limit:4 unit:digits]"},
		{"12.5", expected("integer")},
		{"12.", expected("integer")},
		{".", expected("integer")},
		{"-", expected("integer")},
		{"--1", expected("integer")},
		{"1e3", expected("number without an exponent")},
		{"1.2E+05", expected("number without an exponent")},
		{"1,200", expected("number without separators or currency signs")},
		{"1，200", expected("number without separators or currency signs")},
		{"1 200", expected("number without separators or currency signs")},
		{"1'200", expected("number without separators or currency signs")},
		{"¥12", expected("number without separators or currency signs")},
		{"€ 12", expected("number without separators or currency signs")},
		{"１２", expected("integer")},
		{"twelve", expected("integer")},
		{"0x1F", expected("integer")},
		{"12%", expected("integer")},
		{"$", expected("integer")},
		{"12\x00", expected("integer")},
		{"12\xff", expected("integer")},
	})
	long := IntegerType(18)
	require.Equal(t, "999999999999999999", become(long, "999999999999999999", nil))
	require.Equal(t, "INVALID_DATA map[length:19 limit:18 unit:digits]", become(long, "-1000000000000000000", nil))
	_, p := long.Clean(storage.IntValue(-1 << 63))
	require.Equal(t, Args{"limit": 18, "length": 19, "unit": "digits"}, p.Args)
	require.Equal(t, "bigint", long.Name())
	require.Equal(t, "integer", IntegerType(10).Name())
}

func TestDecimalTypes(t *testing.T) {
	t.Parallel()
	checkType(t, CurrencyType(16, 4), nil, []typeCase{
		{"1200000.25", "1200000.25"},
		{" 12.50 ", "12.5"},
		{"-0.0001", "-0.0001"},
		{".5", "0.5"},
		{"+1", "1"},
		{"0", "0"},
		{"-0.0", "0"},
		{"9999999999999999.9999", "9999999999999999.9999"},
		{"-9999999999999999.9999", "-9999999999999999.9999"},
		{"1.00000000", "1"},
		{"10000000000000000", "INVALID_DATA map[length:17 limit:16 unit:digits before the point]"},
		{"0.00001", "INVALID_DATA map[length:5 limit:4 unit:decimal places]"},
		{"10000000000000000.00001", "INVALID_DATA map[length:17 limit:16 unit:digits before the point]"},
		{"1000000000000000000000000000000.5", "INVALID_DATA map[length:31 limit:16 unit:digits before the point]"},
		{"0.12345678901234567891", "INVALID_DATA map[length:20 limit:4 unit:decimal places]"},
		{"1,200.50", expected("number without separators or currency signs")},
		{"1.200,50", expected("number without separators or currency signs")},
		{"￥100", expected("number without separators or currency signs")},
		{"$100", expected("number without separators or currency signs")},
		{"100 元", expected("decimal")},
		{"1e5", expected("number without an exponent")},
		{"1.5E-3", expected("number without an exponent")},
		{"12%", expected("decimal")},
		{"1.", expected("decimal")},
		{"1.2.3", expected("decimal")},
		{"NaN", expected("decimal")},
		{"Inf", expected("decimal")},
		{"０.５", expected("decimal")},
	})
	checkType(t, DecimalType(2, 0), nil, []typeCase{{"12", "12"}, {"12.1", "INVALID_DATA map[length:1 limit:0 unit:decimal places]"}})
	checkType(t, PercentType(), nil, []typeCase{
		{"12.5", "12.5"},
		{"12.5%", "12.5"},
		{"-999.99 ％", "-999.99"},
		{"1000", "INVALID_DATA map[length:4 limit:3 unit:digits before the point]"},
		{"0.125", "INVALID_DATA map[length:3 limit:2 unit:decimal places]"},
		{"%", expected("decimal")},
		{"5%%", expected("decimal")},
	})
}

// A decimal of a caller's may have more digits than storage, and an exponent of any size.
func TestDecimalsOfCallers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0e100": "0", "0e-100": "0", "0e9999": "0",
		"1e3": "1000", "-12e2": "-1200", "1e15": "1000000000000000",
		"1" + strings.Repeat("0", 80) + "e-80": "1", "-125" + strings.Repeat("0", 80) + "e-82": "-1.25",
		"1e16": "17 of 16 digits before the point", "-1e100": "101 of 16 digits before the point",
		"1e-5": "5 of 4 decimal places", "7e-100": "100 of 4 decimal places",
		strings.Repeat("9", 30) + ".5": "30 of 16 digits before the point",
	} {
		d, err := decimal.NewFromString(text)
		require.NoError(t, err)
		v, p := CurrencyType(16, 4).Clean(decimalValue(d))
		if p.OK() {
			require.Equal(t, want, v.Text(), text)
		} else {
			require.Equal(t, want, fmt.Sprint(p.Args["length"], " of ", p.Args["limit"], " ", p.Args["unit"]), text)
		}
	}
	for e, want := range map[int32]Problem{math.MaxInt32 - 1: tooMany(unitWhole, 16, math.MaxInt32), -math.MaxInt32: tooMany(unitFraction, 4, math.MaxInt32)} {
		_, p := CurrencyType(16, 4).Clean(decimalValue(decimal.New(-1, e)))
		require.Equal(t, want, p)
		require.Equal(t, decimalValue(decimal.Zero), decimalValue(decimal.New(0, e)))
	}
	_, p := CurrencyType(16, 4).Clean(storage.TextValue("a decimal of 1.1 digits"))
	require.Equal(t, refuse("currency"), p)
}

func TestBoolType(t *testing.T) {
	t.Parallel()
	for want, texts := range map[string][]string{
		"true":                    {"true", "TRUE", " True ", "1", "yes", "YES", "on", "是", "√"},
		"false":                   {"false", "False", "0", "no", "Off", "否"},
		expected(`true or false`): {"2", "maybe", "1.0", "y", "-"},
	} {
		for _, text := range texts {
			require.Equal(t, want, become(BoolType(), text, nil), text)
		}
	}
	chinese := &Locale{Language: Chinese}
	require.Equal(t, "是", BoolType().Format(storage.BoolValue(true), chinese))
	require.Equal(t, "否", BoolType().Format(storage.BoolValue(false), chinese))
	require.Equal(t, "false", BoolType().Format(storage.BoolValue(false), nil))
}
