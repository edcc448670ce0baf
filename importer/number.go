package importer

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// currencies are how amounts are marked, beside the signs of Unicode.
var currencies = []string{"人民币", "US$", "HK$", "NT$", "CNY", "RMB", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "KRW", "元", "円", "원", "圆", "圓"}

// multiples are what numbers in Chinese are counted in.
var multiples = []struct {
	sign  string
	zeros int
}{{"万", 4}, {"萬", 4}, {"亿", 8}, {"億", 8}}

// amount is a number as it is written, without what stands around it.
type amount struct {
	digits   string // with separators
	negative bool
	zeros    int // to be added
	percent  bool
}

// amountOf takes a cell apart. It is not ok when there is more than a number in it.
func amountOf(cell string) (a amount, ok bool) {
	s := strings.TrimSpace(width.Narrow.String(cell))
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") { // as accountants write it
		a.negative, s = true, s[1:len(s)-1]
	}
	sign := func() {
		for _, minus := range []string{"-", "−", "–"} {
			if t, cut := strings.CutPrefix(s, minus); cut && !a.negative {
				a.negative, s = true, t
			}
		}
		s = strings.TrimSpace(strings.TrimPrefix(s, "+"))
	}
	sign()
	s = cutCurrency(s)
	sign() // ¥-5
	if t, cut := strings.CutSuffix(s, "%"); cut {
		a.percent, s = true, strings.TrimSpace(t)
	}
	for _, m := range multiples {
		if t, cut := strings.CutSuffix(s, m.sign); cut {
			a.zeros, s = m.zeros, strings.TrimSpace(t)
			break
		}
	}
	if t, cut := strings.CutSuffix(s, "-"); cut && !a.negative {
		a.negative, s = true, t
	}
	a.digits = s
	if s == "" {
		return a, false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && !separatesDigits(r) {
			return a, false
		}
	}
	return a, true
}

func separatesDigits(r rune) bool { return strings.ContainsRune(".,'’ \u00A0\u202F", r) }

// cutCurrency takes away one mark of a currency, before or after the number.
func cutCurrency(s string) string {
	for _, c := range currencies {
		if len(s) > len(c) && strings.EqualFold(s[:len(c)], c) {
			return strings.TrimSpace(s[len(c):])
		}
		if len(s) > len(c) && strings.EqualFold(s[len(s)-len(c):], c) {
			return strings.TrimSpace(s[:len(s)-len(c)])
		}
	}
	isSign := func(r rune) bool { return unicode.Is(unicode.Sc, r) }
	if t := strings.TrimLeftFunc(s, isSign); len(t) < len(s) {
		return strings.TrimSpace(t)
	}
	return strings.TrimSpace(strings.TrimRightFunc(s, isSign))
}

// readNumber writes a number as its type reads it: digits, perhaps a point, perhaps a percent sign. decimal is what stands before
// its fraction; it is 0 when that is not known, and then a number that could be two is none.
func readNumber(cell string, decimal byte) (plain string, ok bool) {
	a, ok := amountOf(cell)
	if !ok {
		return "", false
	}
	if decimal == 0 {
		switch decimal = pointOf(cell); decimal {
		case '?':
			return "", false
		case 0:
			decimal = '.'
		}
	}
	whole, fraction, point := strings.Cut(a.digits, string(decimal))
	if point && fraction == "" {
		return "", false
	}
	whole, ok = joinThousands(whole)
	if !ok || strings.Trim(fraction, "0123456789") != "" {
		return "", false
	}
	if a.zeros > 0 {
		fraction += strings.Repeat("0", max(a.zeros-len(fraction), 0))
		whole, fraction = whole+fraction[:a.zeros], strings.TrimRight(fraction[a.zeros:], "0")
	}
	var b strings.Builder
	if a.negative {
		b.WriteByte('-')
	}
	b.WriteString(whole)
	if fraction != "" {
		b.WriteByte('.')
		b.WriteString(fraction)
	}
	if a.percent {
		b.WriteByte('%')
	}
	return b.String(), true
}

// joinThousands joins digits that are parted by one kind of sign: the last group has three, and those before it two or three,
// the first perhaps one.
func joinThousands(s string) (string, bool) {
	var sign rune
	for _, r := range s {
		if r >= '0' && r <= '9' {
			continue
		}
		if sign != 0 && r != sign {
			return "", false
		}
		sign = r
	}
	if sign == 0 {
		return s, s != ""
	}
	groups := strings.Split(s, string(sign))
	for i, g := range groups {
		switch {
		case i == len(groups)-1 && len(g) != 3,
			i > 0 && (len(g) < 2 || len(g) > 3),
			i == 0 && (g == "" || len(g) > 3):
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// pointOf says what a cell tells of the sign before fractions: '.', ',', 0 for nothing, or '?' when it may be either.
func pointOf(cell string) byte {
	a, ok := amountOf(cell)
	if !ok {
		return 0
	}
	s := a.digits
	commas, points := strings.Count(s, ","), strings.Count(s, ".")
	switch {
	case commas > 0 && points > 0:
		if strings.LastIndexByte(s, ',') > strings.LastIndexByte(s, '.') {
			return ','
		}
		return '.'
	case commas > 1:
		return '.'
	case points > 1:
		return ','
	case commas == 1:
		before, after, _ := strings.Cut(s, ",")
		if len(after) != 3 || len(before) > 3 || before == "" || before[0] == '0' {
			return ','
		}
		return '?'
	case points == 1 && len(s)-strings.IndexByte(s, '.')-1 != 3:
		return '.'
	}
	return 0
}

// lostDigits reports whether a text is what spreadsheet programs make of a long number: 4.88E+18, or in a workbook more digits
// than they know.
func lostDigits(cell string, kind CellKind) bool {
	if kind == Exact {
		return len(cell) > 15 && allDigits(cell)
	}
	if cell[0] < '0' || cell[0] > '9' {
		return false // as nearly all texts
	}
	at := strings.IndexByte(cell, '+')
	if at < 2 || cell[at-1]|0x20 != 'e' {
		return false
	}
	mantissa, exponent := cell[:at-1], cell[at+1:]
	whole, fraction, _ := strings.Cut(mantissa, ".")
	return len(whole) == 1 && allDigits(fraction) && allDigits(exponent) && len(exponent) >= 1 && len(exponent) <= 3
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
