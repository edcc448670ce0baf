package grid

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Format is what a number format says of the values that are shown by it. The zero Format is General.
type Format struct {
	shows shows
	mask  string // of masked: zeros are digits, and the rest stands as it is
}

type shows uint8

const (
	general shows = iota
	date
	dateTime
	timeOfDay
	elapsed
	percent
	masked
)

// builtIn are the formats that have a number and no code in the file, but General and plain numbers. Those from 27 on are
// of Chinese, Japanese and Korean programs.
var builtIn = map[int]shows{9: percent, 10: percent, 14: date, 15: date, 16: date, 17: date, 18: timeOfDay, 19: timeOfDay, 20: timeOfDay,
	21: timeOfDay, 22: dateTime, 27: date, 28: date, 29: date, 30: date, 31: date, 32: timeOfDay, 33: timeOfDay, 34: timeOfDay, 35: timeOfDay,
	36: date, 45: timeOfDay, 46: elapsed, 47: timeOfDay, 50: date, 51: date, 52: date, 53: date, 54: date, 55: timeOfDay, 56: timeOfDay,
	57: date, 58: date}

// BuiltIn returns the format with a number below 164 that the file gives no code.
func BuiltIn(id int) Format { return Format{shows: builtIn[id]} }

// Formats returns the formats with these numbers, of which the file gives some a code. Each is read once.
func Formats(styles []int, codes map[int]string) []Format {
	known := map[int]Format{}
	formats := make([]Format, len(styles))
	for i, id := range styles {
		f, ok := known[id]
		if !ok {
			if code, own := codes[id]; own {
				f = ParseFormat(code)
			} else {
				f = BuiltIn(id)
			}
			known[id] = f
		}
		formats[i] = f
	}
	return formats
}

// ParseFormat reads a format code. Values below zero and zero may have codes of their own, after semicolons: they are
// shown as the others here.
func ParseFormat(code string) Format {
	tokens := tokensOf(code)
	var days, hours, scientific bool
	var mask []byte
	plain := true // nothing but zeros, and what stands for itself
	for i, t := range tokens {
		switch c := t.text[0] | 0x20; {
		case t.literal:
			mask = append(mask, t.text...)
			continue
		case t.elapsed:
			return Format{shows: elapsed}
		case t.text == "%":
			return Format{shows: percent}
		case t.text == "0":
			mask = append(mask, '0')
			continue
		case strings.EqualFold(t.text, "general"):
		case c == 'y', c == 'd', c == 'g', c == 'b' && len(t.text) > 1:
			days = true
		case c == 'e':
			if i+1 < len(tokens) && strings.ContainsAny(tokens[i+1].text, "+-") {
				scientific = true
			} else {
				days = true
			}
		case c == 'h', c == 's', c == 'a':
			hours = true
		case c == 'm':
			if minutes(tokens, i) {
				hours = true
			} else {
				days = true
			}
		}
		plain = false
	}
	switch {
	case scientific:
		return Format{}
	case days && hours:
		return Format{shows: dateTime}
	case days:
		return Format{shows: date}
	case hours:
		return Format{shows: timeOfDay}
	case plain && strings.Count(string(mask), "0") > 1 && !strings.ContainsRune(string(mask), '.'):
		return Format{masked, string(mask)}
	}
	return Format{}
}

// token is a part of a format code: letters that are the same, a symbol, or text that stands for itself.
type token struct {
	text    string
	literal bool
	elapsed bool // hours, minutes or seconds that do not end at a day
}

// tokensOf splits the first section of a format code.
func tokensOf(code string) (tokens []token) {
	for i := 0; i < len(code); {
		n := 1
		t := token{text: code[i : i+1]}
		switch c := code[i]; {
		case c == ';':
			return tokens
		case c == '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				end = len(code) - i - 1
			}
			n = min(end+2, len(code)-i)
			t = token{text: code[i+1 : i+1+end], literal: true}
		case c == '\\' && i+1 < len(code):
			n = 2
			t = token{text: code[i+1 : i+2], literal: true}
		case (c == '_' || c == '*') && i+1 < len(code): // space as wide as a character, or filled with it
			n = 2
			t.text = ""
		case c == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				end = len(code) - i - 1
			}
			n = end + 1
			inner := strings.ToLower(strings.Trim(code[i:i+n], "[]"))
			t = token{text: "[", elapsed: inner != "" && strings.Trim(inner, inner[:1]) == "" && strings.Contains("hms", inner[:1])}
			if !t.elapsed { // a color, a condition, a language
				t.text = ""
			}
		case hasPrefixFold(code[i:], "general"):
			n = len("general")
			t.text = code[i : i+n]
		case hasPrefixFold(code[i:], "am/pm"):
			n = len("am/pm")
			t.text = code[i : i+n]
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			for i+n < len(code) && code[i+n]|0x20 == c|0x20 {
				n++
			}
			t.text = code[i : i+n]
		case strings.IndexByte(" -()/:", c) >= 0 || c >= 0x80:
			t.literal = true
		}
		if i += n; t.text != "" {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// hasPrefixFold reports whether s begins with prefix, whatever the case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// minutes reports whether the m at i stands for minutes: hours come before it, or seconds after it.
func minutes(tokens []token, i int) bool {
	near := func(step int, letter byte) bool {
		for j := i + step; j >= 0 && j < len(tokens); j += step {
			if c := tokens[j].text[0] | 0x20; !tokens[j].literal && c >= 'a' && c <= 'z' {
				return c == letter
			}
		}
		return false
	}
	return near(-1, 'h') || near(1, 's')
}

// IsPlain reports whether values are shown as they are.
func (f Format) IsPlain() bool { return f.shows == general }

// Cell returns a number as the format shows it. Text is how the file writes it, or "" when it has only the binary value v.
// Days count from the beginning of 1904, or of 1900 as if that had been a leap year.
func (f Format) Cell(v float64, text string, from1904 bool) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Cell{Fault, "#NUM!"}
	}
	if text == "" {
		text = strconv.FormatFloat(v, 'g', -1, 64)
	}
	switch f.shows {
	case date, dateTime, timeOfDay, elapsed:
		if c, ok := f.moment(v, from1904); ok {
			return c
		}
	case percent:
		return Cell{Number, shift(Decimal(text), 2) + "%"}
	case masked:
		if s, ok := f.fill(Decimal(text)); ok {
			return Cell{Number, s}
		}
	}
	return Cell{Number, Decimal(text)}
}

const day = 24 * 60 * 60

// lastSerial is the day after the end of the year 9999.
const lastSerial = 2958466

// moment returns the day and time that a number stands for. There is none below zero and after the year 9999.
func (f Format) moment(v float64, from1904 bool) (Cell, bool) {
	seconds := math.Round(v * day)
	if v < 0 || seconds >= lastSerial*day {
		return Cell{}, false
	}
	days, rest := int(seconds)/day, int(seconds)%day
	clock := fmt.Sprintf("%02d:%02d:%02d", rest/3600, rest/60%60, rest%60)
	switch {
	case f.shows == elapsed:
		return Cell{Time, fmt.Sprintf("%02d:%02d:%02d", int(seconds)/3600, rest/60%60, rest%60)}, true
	case f.shows == timeOfDay && days == 0, days == 0 && rest > 0 && !from1904:
		return Cell{Time, clock}, true
	}
	on := "1900-02-29" // which never was
	switch {
	case from1904:
		on = time.Date(1904, 1, 1+days, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	case days == 0:
		return Cell{}, false
	case days < 60:
		on = time.Date(1900, 1, days, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	case days > 60:
		on = time.Date(1900, 1, days-1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	if f.shows == date && rest == 0 {
		return Cell{Date, on}, true
	}
	if rest == 0 && f.shows == dateTime {
		return Cell{DateTime, on + " 00:00:00"}, true
	}
	return Cell{DateTime, on + " " + clock}, true
}

// fill puts the digits of a whole number into the mask, from its end; the first place takes what is too long.
func (f Format) fill(number string) (string, bool) {
	digits, negative := strings.CutPrefix(number, "-")
	if strings.ContainsAny(digits, ".%") {
		return "", false
	}
	out := []byte(f.mask)
	first := 0
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] != '0' {
			continue
		}
		first = i
		if len(digits) > 0 {
			out[i], digits = digits[len(digits)-1], digits[:len(digits)-1]
		}
	}
	s := string(out[:first]) + digits + string(out[first:])
	if negative {
		s = "-" + s
	}
	return s, true
}

// maxDigits is how many digits of a number spreadsheet programs know.
const maxDigits = 15

// Decimal writes a number without an exponent. A fraction has at most 15 significant digits, as programs show it: files have
// 1.1000000000000001 for what was typed as 1.1. A whole number keeps the digits that the file has. What is no number, or of
// a size that no program writes, stays as it is.
func Decimal(text string) string {
	mantissa, exponent, negative := text, 0, false
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e, err := strconv.Atoi(text[i+1:])
		if err != nil || e < -400 || e > 400 {
			return text
		}
		mantissa, exponent = text[:i], e
	}
	switch {
	case strings.HasPrefix(mantissa, "-"):
		mantissa, negative = mantissa[1:], true
	case strings.HasPrefix(mantissa, "+"):
		mantissa = mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return text
	}
	point := len(whole) + exponent // how many of digits are before the point
	trimmed := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(trimmed)
	digits = strings.TrimRight(trimmed, "0")
	if digits == "" {
		return "0"
	}
	if len(digits) > maxDigits && len(digits) > point {
		digits, point = roundDigits(digits, point)
	}
	var s string
	switch {
	case point <= 0:
		s = "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		s = digits + strings.Repeat("0", point-len(digits))
	default:
		s = digits[:point] + "." + digits[point:]
	}
	if negative {
		s = "-" + s
	}
	return s
}

// roundDigits rounds digits, which have no zeros at either end, to what programs know.
func roundDigits(digits string, point int) (string, int) {
	b := []byte(digits[:maxDigits])
	if digits[maxDigits] >= '5' {
		i := maxDigits - 1
		for ; i >= 0 && b[i] == '9'; i-- {
			b[i] = '0'
		}
		if i < 0 {
			return "1", point + 1
		}
		b[i]++
	}
	return strings.TrimRight(string(b), "0"), point
}

// shift moves the point of a decimal to the right.
func shift(number string, by int) string {
	if strings.Trim(number, "-0123456789.") != "" {
		return number
	}
	return Decimal(number + "e" + strconv.Itoa(by))
}
