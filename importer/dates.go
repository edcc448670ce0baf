package importer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// twoDigitYears is the first year of two digits that is of the twentieth century, as in POSIX.
const twoDigitYears = 69

// looseDate is a date of a cell, perhaps with a time.
type looseDate struct {
	year  int
	a, b  int    // day and month in either order
	known bool   // a is the month, and b the day
	clock string // 15:04:05, or ""
}

// readDate writes a date as its type reads it. It is not ok without an order, when the date could be two.
func readDate(cell string, order DateOrder) (plain string, ok bool) {
	d, ok := dateOf(cell)
	if !ok {
		return "", false
	}
	month, day := d.a, d.b
	if !d.known {
		switch {
		case order == DayFirst, order == "" && d.a > 12:
			month, day = d.b, d.a
		case order == "" && d.b <= 12 && d.a != d.b:
			return "", false
		}
	}
	if month < 1 || month > 12 || day < 1 || day > time.Date(d.year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return "", false
	}
	plain = fmt.Sprintf("%04d-%02d-%02d", d.year, month, day)
	if d.clock != "" {
		plain += " " + d.clock
	}
	return plain, true
}

// orderOf says what a cell tells of the order of dates: day or month first, "" for nothing, or "?" when it may be either.
func orderOf(cell string) DateOrder {
	d, ok := dateOf(cell)
	switch {
	case !ok || d.known || d.a == d.b:
		return ""
	case d.a > 12:
		return DayFirst
	case d.b > 12:
		return MonthFirst
	}
	return "?"
}

// dateOf takes a cell apart: 31/12/2026, 12-31-26, 31.12.2026, 2026.12.31, 31 Dec 2026, Dec 31, 2026, and a time behind it.
func dateOf(cell string) (d looseDate, ok bool) {
	s := strings.TrimSpace(width.Narrow.String(cell))
	date, rest := cutDate(s)
	if d.clock, ok = clockOf(rest); !ok {
		return d, false
	}
	parts := strings.FieldsFunc(date, func(r rune) bool { return strings.ContainsRune("/-. ,年月日", r) })
	if len(parts) != 3 {
		return d, false
	}
	var n [3]int
	named := -1
	for i, p := range parts {
		if m := monthOf(p); m > 0 {
			if named >= 0 {
				return d, false
			}
			n[i], named = m, i
			continue
		}
		var err error
		if n[i], err = strconv.Atoi(strings.TrimRight(p, "stndrh")); err != nil || len(p) > 4 || p[0] == '+' || p[0] == '-' {
			return d, false
		}
	}
	year := 2
	switch {
	case len(parts[0]) == 4 && named != 0: // 2026.12.31
		d.a, d.b, d.known, year = n[1], n[2], true, 0
	case named == 0:
		d.a, d.b, d.known = n[0], n[1], true
	case named == 1:
		d.a, d.b, d.known = n[1], n[0], true
	case named == 2:
		return d, false
	default:
		d.a, d.b = n[0], n[1]
	}
	d.year = n[year]
	switch len(parts[year]) {
	case 4:
	case 2:
		d.year += 1900
		if n[year] < twoDigitYears {
			d.year += 100
		}
	default:
		return d, false
	}
	return d, true
}

// cutDate cuts a cell where its time begins: before the last word with a colon, and what belongs to that.
func cutDate(s string) (date, rest string) {
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return s, ""
	}
	at := colon
	for at > 0 && s[at-1] >= '0' && s[at-1] <= '9' {
		at--
	}
	before := strings.TrimRight(s[:at], " T")
	for _, half := range halves {
		if t, cut := strings.CutSuffix(before, half.sign); cut && half.before {
			return strings.TrimSpace(t), strings.TrimSpace(s[len(t):])
		}
	}
	return before, s[at:]
}

// halves are the halves of a day, by what they are called.
var halves = []struct {
	sign   string
	before bool // it stands before the time
	later  bool
}{{"上午", true, false}, {"下午", true, true}, {"AM", false, false}, {"PM", false, true}, {"A.M.", false, false}, {"P.M.", false, true}}

// clockOf reads a time of day: 15:04, 3:04:05 PM, 下午3:04. Without one it is "".
func clockOf(s string) (clock string, ok bool) {
	if s == "" {
		return "", true
	}
	upper := strings.ToUpper(s)
	half := -1
	for i, h := range halves {
		cut := false
		if h.before {
			upper, cut = strings.CutPrefix(upper, h.sign)
		} else {
			upper, cut = strings.CutSuffix(upper, h.sign)
		}
		if cut {
			half = i
			upper = strings.TrimSpace(upper)
			break
		}
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		t, err := time.Parse(layout, upper) // with a fraction of seconds, if there is one
		if err != nil {
			continue
		}
		hour := t.Hour()
		if half >= 0 {
			if hour < 1 || hour > 12 {
				return "", false
			}
			hour %= 12
			if halves[half].later {
				hour += 12
			}
		}
		text := fmt.Sprintf("%02d:%02d:%02d", hour, t.Minute(), t.Second())
		if n := t.Nanosecond(); n > 0 {
			text += strings.TrimRight(fmt.Sprintf(".%09d", n), "0")
		}
		return text, true
	}
	return "", false
}

// monthOf returns the month that a word names in English, or 0.
func monthOf(word string) int {
	if len(word) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		name := m.String()
		if strings.EqualFold(word, name) || strings.EqualFold(word, name[:3]) || m == time.September && strings.EqualFold(word, "Sept") {
			return int(m)
		}
	}
	return 0
}
