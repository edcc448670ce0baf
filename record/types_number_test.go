package record

import (
	"testing"

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
		{"12345", "INVALID_DATA map[whole:4 wholeLength:5]"},
		{"-12345", "INVALID_DATA map[whole:4 wholeLength:5]"},
		{"9223372036854775808", "INVALID_DATA map[whole:4 wholeLength:19]"},
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
	require.Equal(t, "INVALID_DATA map[whole:18 wholeLength:19]", become(long, "-1000000000000000000", nil))
	_, p := long.Clean(storage.IntValue(-1 << 63))
	require.Equal(t, Args{"whole": 18, "wholeLength": 19}, p.Args)
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
		{"10000000000000000", "INVALID_DATA map[fraction:4 whole:16 wholeLength:17]"},
		{"0.00001", "INVALID_DATA map[fraction:4 fractionLength:5 whole:16]"},
		{"10000000000000000.00001", "INVALID_DATA map[fraction:4 fractionLength:5 whole:16 wholeLength:17]"},
		{"1000000000000000000000000000000.5", "INVALID_DATA map[fraction:4 whole:16 wholeLength:31]"},
		{"0.12345678901234567891", "INVALID_DATA map[fraction:4 fractionLength:20 whole:16]"},
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
	checkType(t, DecimalType(2, 0), nil, []typeCase{{"12", "12"}, {"12.1", "INVALID_DATA map[fraction:0 fractionLength:1 whole:2]"}})
	checkType(t, PercentType(), nil, []typeCase{
		{"12.5", "12.5"},
		{"12.5%", "12.5"},
		{"-999.99 ％", "-999.99"},
		{"1000", "INVALID_DATA map[fraction:2 whole:3 wholeLength:4]"},
		{"0.125", "INVALID_DATA map[fraction:2 fractionLength:3 whole:3]"},
		{"%", expected("decimal")},
		{"5%%", expected("decimal")},
	})
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
