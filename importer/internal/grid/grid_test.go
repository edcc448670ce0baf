package grid

import (
	"math"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecimal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "1": "1", "007": "7", "1.1000000000000001": "1.1", "0.30000000000000004": "0.3", "-2.50": "-2.5",
		"4.876876E+18": "4876876000000000000", "1234567890123456789": "1234567890123456789", "3.1e9": "3100000000", "+1E-5": "0.00001",
		"99.9999999999999999": "100", "0.99999999999999999": "1", "123456789012345.6": "123456789012346", "1e400": "1" + strings.Repeat("0", 400),
		"1e401": "1e401", "": "", "abc": "abc", "1.2.3": "1.2.3", "1e": "1e", ".5": "0.5", "5.": "5", "-": "-", "1.7976931348623157E+308": "179769313486231570" + strings.Repeat("0", 291),
	} {
		require.Equal(t, want, Decimal(in), in)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code string
		v    float64
		kind Kind
		want string
	}{
		{"General", 3.1e9, Number, "3100000000"},
		{"", 0.1 + 0.2, Number, "0.3"},
		{"0.00", 2.345, Number, "2.345"},
		{"#,##0.00;[Red]-#,##0.00", -5, Number, "-5"},
		{"0.00E+00", 1500, Number, "1500"},
		{"00000", 123, Number, "00123"},
		{"00000", 1234567, Number, "1234567"},
		{"00000", 1.5, Number, "1.5"},
		{"000-0000", 5551234, Number, "555-1234"},
		{"\\(000\\)\\ 000\\-0000", 2125551234, Number, "(212) 555-1234"},
		{"0%", 0.15, Number, "15%"},
		{"0.0%", 1.234, Number, "123.4%"},
		{"yyyy-mm-dd", 45000, Date, "2023-03-15"},
		{"yyyy\"年\"m\"月\"d\"日\"", 45000, Date, "2023-03-15"},
		{"[$-804]yyyy\"年\"m\"月\"d\"日\";@", 45000, Date, "2023-03-15"},
		{"[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", 45000, Date, "2023-03-15"},
		{"m/d/yy h:mm", 45000.5, DateTime, "2023-03-15 12:00:00"},
		{"m/d/yy h:mm", 45000, DateTime, "2023-03-15 00:00:00"},
		{"mmm-yy", 45000, Date, "2023-03-15"},
		{"mm:ss", 0.5, Time, "12:00:00"},
		{"mm:ss.0", 0.5, Time, "12:00:00"},
		{"h:mm AM/PM", 0.75, Time, "18:00:00"},
		{"[h]:mm:ss", 1.5, Time, "36:00:00"},
		{"[Red][>100]0.0", 3, Number, "3"},
		{"yyyy/mm/dd", 60, Date, "1900-02-29"},
		{"yyyy/mm/dd", 59, Date, "1900-02-28"},
		{"yyyy/mm/dd", 61, Date, "1900-03-01"},
		{"yyyy/mm/dd", 0.25, Time, "06:00:00"},
		{"yyyy/mm/dd", 0, Number, "0"},
		{"yyyy/mm/dd", -1, Number, "-1"},
		{"yyyy/mm/dd", 2958465, Date, "9999-12-31"},
		{"yyyy/mm/dd", 2958466, Number, "2958466"},
		{"yyyy/mm/dd", 45000.99999999, Date, "2023-03-16"},
		{"yyyy/mm/dd", 45000.25, DateTime, "2023-03-15 06:00:00"},
		{"yyyy/mm/dd", math.NaN(), Fault, "#NUM!"},
		{"\"year\" 0", 7, Number, "7"},
		{"ge.m.d", 45000, Date, "2023-03-15"},
		{"_(* #,##0_);_(* (#,##0)", 7, Number, "7"},
		{"\"unclosed", 7, Number, "7"},
		{"[unclosed", 7, Number, "7"},
		{"\\", 7, Number, "7"},
		{"@", 7, Number, "7"},
	} {
		got := ParseFormat(tt.code).Cell(tt.v, "", false)
		require.Equal(t, Cell{tt.kind, tt.want}, got, "%s of %v", tt.code, tt.v)
	}
	require.Equal(t, Cell{Date, "1904-01-02"}, BuiltIn(14).Cell(1, "1", true))
	require.Equal(t, Cell{Date, "2023-03-15"}, BuiltIn(31).Cell(45000, "45000", false))
	require.Equal(t, Cell{Number, "00123"}, ParseFormat("00000").Cell(123, "123", false))
	require.True(t, BuiltIn(4).IsPlain())
}

// TestLongFormat reads a code that is longer than any program lets it be, as a file of ill will has it.
func TestLongFormat(t *testing.T) {
	code := strings.Repeat("#", 100_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	require.True(t, ParseFormat(code).IsPlain())
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), "not the rest of the code for each of its characters")
}

func FuzzParseFormat(f *testing.F) {
	for _, s := range []string{"General", "yyyy-mm-dd", "[h]:mm", "\"a\"0;@", "_(", "[$-804]e", "\\"} {
		f.Add(s, 45000.5)
	}
	f.Fuzz(func(t *testing.T, code string, v float64) {
		c := ParseFormat(code).Cell(v, "", len(code)%2 > 0)
		if c.Text == "" {
			t.Errorf("%q of %v is empty", code, v)
		}
	})
}

func FuzzDecimal(f *testing.F) {
	f.Add("1.5e3")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || strings.ContainsAny(s, "_xXpPnN") {
			return
		}
		got, err := strconv.ParseFloat(Decimal(s), 64)
		if err != nil || math.Abs(got-v) > math.Abs(v)*1e-14 {
			t.Errorf("%s became %s", s, Decimal(s))
		}
	})
}

func TestColumn(t *testing.T) {
	t.Parallel()
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		require.Equal(t, want, Column(i))
	}
}
