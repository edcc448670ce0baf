package record

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Date is a day of the Gregorian calendar without a time, from the year 1 to 9999. The zero Date is none.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// IsZero reports whether d is the zero Date.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether there is such a day. The zero Date is none.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= 9999 && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= daysIn(d.Year, d.Month)
}

func daysIn(year int, m time.Month) int {
	switch {
	case m == time.February && (year%4 != 0 || year%100 == 0 && year%400 != 0):
		return 28
	case m == time.February:
		return 29
	case m == time.April || m == time.June || m == time.September || m == time.November:
		return 30
	}
	return 31
}

// String returns the date as 2006-01-02, and "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string(d.append(make([]byte, 0, len(time.DateOnly))))
}

func (d Date) append(b []byte) []byte {
	if !d.Valid() {
		return fmt.Appendf(b, "%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
	}
	digit := func(n int) byte { return '0' + byte(n%10) }
	return append(b, digit(d.Year/1000), digit(d.Year/100), digit(d.Year/10), digit(d.Year), '-',
		digit(int(d.Month)/10), digit(int(d.Month)), '-', digit(d.Day/10), digit(d.Day))
}

// errDate keeps the text to itself, as errors of this package do with values.
var errDate = errors.New("record: not a date YYYY-MM-DD")

// ParseDate reads a day in one of the forms that can mean one day only: 2006-01-02, 2006/1/2, 20060102 and 2006年1月2日,
// perhaps with a midnight behind it.
func ParseDate(s string) (Date, error) {
	d, ok := readDate(trim(s))
	if !ok {
		return Date{}, errDate
	}
	return d, nil
}

// MarshalText is String, for encoding/json and its like. A date that there is not is an error.
func (d Date) MarshalText() ([]byte, error) {
	if !d.IsZero() && !d.Valid() {
		return nil, errDate
	}
	return []byte(d.String()), nil
}

// UnmarshalText is ParseDate; the empty text is the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := ParseDate(string(b))
	if err == nil {
		*d = p
	}
	return err
}

// readDate reads a date, with nothing but a midnight behind it.
func readDate(s string) (Date, bool) {
	d, rest, ok := scanDate(s)
	if !ok || rest == "" {
		return d, ok
	}
	c, ok := scanClock(rest)
	return d, ok && c.sinceMidnight == 0
}

// scanDate reads the date that s begins with. The year comes first in all of its forms.
func scanDate(s string) (d Date, rest string, ok bool) {
	year, rest, ok := scanNumber(s, 4, 4)
	if !ok {
		return Date{}, "", false
	}
	var month, day int
	switch after, han := strings.CutPrefix(rest, "年"); {
	case han:
		if month, rest, ok = scanNumber(after, 1, 2); ok {
			if rest, ok = strings.CutPrefix(rest, "月"); ok {
				if day, rest, ok = scanNumber(rest, 1, 2); ok {
					rest, ok = strings.CutPrefix(rest, "日")
				}
			}
		}
	case rest != "" && (rest[0] == '-' || rest[0] == '/'):
		separator := rest[:1]
		if month, rest, ok = scanNumber(rest[1:], 1, 2); ok {
			if rest, ok = strings.CutPrefix(rest, separator); ok {
				day, rest, ok = scanNumber(rest, 1, 2)
			}
		}
	default:
		if month, rest, ok = scanNumber(rest, 2, 2); ok {
			day, rest, ok = scanNumber(rest, 2, 2)
		}
	}
	d = Date{year, time.Month(month), day}
	return d, rest, ok && d.Valid()
}

// scanNumber reads the digits that s begins with, at least least and at most most of them.
func scanNumber(s string, least, most int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < most && asciiDigit(s[i]) {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:], i >= least
}
