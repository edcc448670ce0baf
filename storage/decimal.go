package storage

import "strings"

// The most digits that a Decimal has before and after the point.
const (
	MaxWhole    = 26
	MaxFraction = 18
)

// A Decimal is stored as text that sorts by its bytes, at any scale and size, in every database: a letter for the number
// of digits before the point ('A' for one), then the number as people write it. 1200000.25 is "G1200000.25" and 0.5 is
// "A0.5". A negative one is "-" and then the same with letter and digits complemented and "~" at the end, so that more
// digits sort first: -1.5 is "-Z8.4~".

// ParseDecimal reads a plain decimal: an optional sign, digits, and perhaps a point and more digits; zeros that say
// nothing are dropped. ok is false for anything else, and for more than [MaxWhole] digits before the point or
// [MaxFraction] after it.
func ParseDecimal(s string) (v Value, ok bool) {
	if sorted := sortedDecimal(s); sorted != "" {
		return Value{kind: Decimal, s: sorted}, true
	}
	return Value{}, false
}

func sortedDecimal(s string) string {
	neg := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		neg, s = s[0] == '-', s[1:]
	}
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" && fraction == "" || point && fraction == "" || !digits(whole) || !digits(fraction) {
		return ""
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if len(whole) > MaxWhole || len(fraction) > MaxFraction {
		return ""
	}
	if whole == "" {
		if fraction == "" {
			return "A0"
		}
		whole = "0"
	}
	b := make([]byte, 0, 4+len(whole)+len(fraction))
	if neg {
		b = append(b, '-')
	}
	b = append(append(b, 'A'+byte(len(whole)-1)), whole...)
	if fraction != "" {
		b = append(append(b, '.'), fraction...)
	}
	if neg {
		complement(b[1:])
		b = append(b, '~')
	}
	return string(b)
}

// plainDecimal is the reverse of sortedDecimal; it gives "" for what that never wrote.
func plainDecimal(s string) string {
	if s == "" {
		return ""
	}
	if s[0] != '-' {
		return s[1:]
	}
	if len(s) < 4 {
		return ""
	}
	b := []byte(s[1 : len(s)-1])
	complement(b)
	b[0] = '-'
	return string(b)
}

// complement turns a letter and digits round, so that the greater sorts first.
func complement(b []byte) {
	b[0] = 'A' + 'Z' - b[0]
	for i := 1; i < len(b); i++ {
		if b[i] != '.' {
			b[i] = '0' + '9' - b[i]
		}
	}
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
