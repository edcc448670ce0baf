package record

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/clientele-go/crm/storage"
)

// The limits of numbers.
const (
	maxDigits       = 18 // Zoho: a long integer has 18 digits
	integerDigits   = 10 // more are a long integer; Zoho's help: Employees has 10
	percentWhole    = 3  // Zoho: 5 characters, which are read as digits here
	percentFraction = 2
)

// integerType is a whole number.
type integerType struct {
	name   string
	digits int
	limit  int64 // the first number that is too long
}

// IntegerType is a whole number of at most digits digits, 18 at the most. An input has a sign and digits, and perhaps a
// point and zeros, as spreadsheets write them: "12.0" is 12.
func IntegerType(digits int) Type {
	mustBePositive("digits", digits)
	if digits > maxDigits {
		panic("record: an integer type with more than 18 digits")
	}
	t := &integerType{"integer", digits, 1}
	if digits > integerDigits {
		t.name = "bigint"
	}
	for range digits {
		t.limit *= 10
	}
	return t
}

func (t *integerType) Name() string       { return t.name }
func (t *integerType) Kind() storage.Kind { return storage.Int }

func (t *integerType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	s := trim(text)
	if s == "" {
		return storage.Value{}, Problem{}
	}
	whole, fraction, ok := plainNumber(s)
	if !ok || strings.Trim(fraction, "0") != "" {
		return storage.Value{}, notNumber(s, expectedInteger)
	}
	if len(whole) > maxDigits {
		return storage.Value{}, t.tooLong(len(whole))
	}
	n := int64(0)
	for i := range len(whole) {
		n = n*10 + int64(whole[i]-'0')
	}
	if s[0] == '-' {
		n = -n
	}
	return storage.IntValue(n), Problem{}
}

func (t *integerType) tooLong(n int) Problem {
	return tooMany(unitDigits, t.digits, n)
}

func (t *integerType) Clean(v storage.Value) (storage.Value, Problem) {
	switch n := v.Int64(); {
	case v.IsNull():
		return v, Problem{}
	case v.Kind() != storage.Int:
		return v, refuse(t.name)
	case n >= t.limit || n <= -t.limit:
		return v, t.tooLong(len(strings.TrimPrefix(strconv.FormatInt(n, 10), "-")))
	}
	return v, Problem{}
}

func (t *integerType) Format(v storage.Value, _ *Locale) string {
	if v.IsNull() {
		return ""
	}
	return strconv.FormatInt(v.Int64(), 10)
}

// plainNumber takes a plain number apart: an optional sign, digits, and perhaps a point and more digits. The whole comes
// without the zeros that it begins with.
func plainNumber(s string) (whole, fraction string, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" && fraction == "" || point && fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return "", "", false
	}
	return strings.TrimLeft(whole, "0"), fraction, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !asciiDigit(s[i]) {
			return false
		}
	}
	return true
}

// notNumber says why s is no plain number. Separators are refused and not guessed at: 1,200 is 1200 to some and 1.2 to
// others.
func notNumber(s, expected string) Problem {
	digit, other, e := false, false, false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digit = true
		case strings.ContainsRune("+-.", r):
		case digit && (r == 'e' || r == 'E') && !e:
			e = true
		case unicode.Is(unicode.Sc, r) || unicode.IsSpace(r) || strings.ContainsRune(",，'’_", r):
			other = true
		default:
			return refuse(expected)
		}
	}
	switch {
	case digit && e && !other:
		return refuse(expectedNoExp)
	case digit && other && !e:
		return refuse(expectedPlain)
	}
	return refuse(expected)
}

// decimalType is an exact number.
type decimalType struct {
	name            string
	whole, fraction int
	percent         bool
}

// DecimalType is an exact number with at most whole digits before the point, and at most fraction after it. An input has
// a sign, digits and a point. Digits that do not fit are refused, and never rounded away; zeros at the end say nothing.
func DecimalType(whole, fraction int) Type { return newDecimal("double", whole, fraction) }

// CurrencyType is an amount of money, as DecimalType.
func CurrencyType(whole, fraction int) Type { return newDecimal("currency", whole, fraction) }

// PercentType is a percentage from -999.99 to 999.99; 12.5 is 12.5 %. An input may have a percent sign at its end. Zoho:
// 5 characters.
func PercentType() Type {
	t := newDecimal("percent", percentWhole, percentFraction)
	t.percent = true
	return t
}

func newDecimal(name string, whole, fraction int) *decimalType {
	mustBePositive("digits", whole)
	if whole > storage.MaxWhole || fraction < 0 || fraction > storage.MaxFraction {
		panic("record: a decimal type with more digits than storage has")
	}
	return &decimalType{name: name, whole: whole, fraction: fraction}
}

func (t *decimalType) Name() string       { return t.name }
func (t *decimalType) Kind() storage.Kind { return storage.Decimal }

func (t *decimalType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	if v, ok := storage.ParseDecimal(text); ok {
		return v, Problem{}
	}
	s := trim(text)
	if t.percent {
		s = strings.TrimRightFunc(strings.TrimSuffix(strings.TrimSuffix(s, "%"), "％"), unicode.IsSpace)
	}
	if s == "" && trim(text) == "" {
		return storage.Value{}, Problem{}
	}
	if v, ok := storage.ParseDecimal(s); ok {
		return v, Problem{}
	}
	if whole, fraction, ok := plainNumber(s); ok {
		return storage.Value{}, t.tooLong(len(whole), len(strings.TrimRight(fraction, "0")))
	}
	return storage.Value{}, notNumber(s, expectedDecimal)
}

// tooLong is the problem of a number of that many digits, if it has too many.
func (t *decimalType) tooLong(whole, fraction int) Problem {
	switch {
	case whole > t.whole:
		return tooMany(unitWhole, t.whole, whole)
	case fraction > t.fraction:
		return tooMany(unitFraction, t.fraction, fraction)
	}
	return Problem{}
}

func (t *decimalType) Clean(v storage.Value) (storage.Value, Problem) {
	if v.IsNull() {
		return v, Problem{}
	}
	if v.Kind() != storage.Decimal {
		if p := t.tooLong(hugeDigits(v)); !p.OK() {
			return v, p
		}
		return v, refuse(t.name)
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(v.Text(), "-"), ".")
	if whole == "0" {
		whole = ""
	}
	return v, t.tooLong(len(whole), len(fraction))
}

func (t *decimalType) Format(v storage.Value, _ *Locale) string { return v.Text() }

// boolType is true or false.
type boolType struct{}

// BoolType is true or false. An input is true, yes, on, 1, 是 or √, or false, no, off, 0 or 否, in any case. Zoho: True or 1,
// False or 0.
func BoolType() Type { return boolType{} }

func (boolType) Name() string       { return "boolean" }
func (boolType) Kind() storage.Kind { return storage.Bool }

func (boolType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	switch s := trim(text); strings.ToLower(s) {
	case "":
		return storage.Value{}, Problem{}
	case "true", "yes", "on", "1", "是", "√":
		return storage.BoolValue(true), Problem{}
	case "false", "no", "off", "0", "否":
		return storage.BoolValue(false), Problem{}
	}
	return storage.Value{}, refuse(expectedBool)
}

func (boolType) Clean(v storage.Value) (storage.Value, Problem) {
	if !v.IsNull() && v.Kind() != storage.Bool {
		return v, refuse("boolean")
	}
	return v, Problem{}
}

func (boolType) Format(v storage.Value, l *Locale) string {
	switch {
	case v.IsNull():
		return ""
	case l.chinese() && v.Bool():
		return "是"
	case l.chinese():
		return "否"
	}
	return strconv.FormatBool(v.Bool())
}
