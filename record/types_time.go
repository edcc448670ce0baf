package record

import (
	"strings"
	"time"

	"github.com/clientele-go/crm/storage"
)

// dateType is a day.
type dateType struct{}

// DateType is a day, stored as the text 2006-01-02. It takes what [ParseDate] takes. 01/02/2006 is refused: it is one day
// to some and another to others.
func DateType() Type { return dateType{} }

func (dateType) Name() string       { return "date" }
func (dateType) Kind() storage.Kind { return storage.Text }

func (dateType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	s := trim(text)
	if s == "" {
		return storage.Value{}, Problem{}
	}
	d, ok := readDate(s)
	if !ok {
		return storage.Value{}, refuse(expectedDate)
	}
	var b [len(time.DateOnly)]byte
	if string(d.append(b[:0])) == s {
		return storage.TextValue(s), Problem{}
	}
	return storage.TextValue(d.String()), Problem{}
}

func (t dateType) Clean(v storage.Value) (storage.Value, Problem) {
	if v.IsNull() {
		return v, Problem{}
	}
	if v.Kind() != storage.Text {
		return v, refuse("date")
	}
	d, p := t.Parse(v.Raw(), nil)
	if !p.OK() {
		return v, p
	}
	return d, p
}

func (dateType) Format(v storage.Value, _ *Locale) string { return v.Text() }

// dateTimeType is an instant.
type dateTimeType struct{}

// DateTimeType is an instant, cut to the microsecond, of the years 1 to 9999 in UTC. An input is RFC 3339, or a date as
// [ParseDate] takes it and perhaps a time: 2006-01-02 15:04, with seconds and their fraction if there are any. Without an
// offset it is a time of the Locale's zone. Of a time that comes twice when clocks go back, the first is meant; one that
// clocks skip is refused; and a date alone is the first instant of that day.
func DateTimeType() Type { return dateTimeType{} }

func (dateTimeType) Name() string       { return "datetime" }
func (dateTimeType) Kind() storage.Kind { return storage.Time }

func (dateTimeType) Parse(text string, l *Locale) (storage.Value, Problem) {
	s := trim(text)
	if s == "" {
		return storage.Value{}, Problem{}
	}
	d, rest, ok := scanDate(s)
	if !ok {
		return storage.Value{}, refuse(expectedDateTime)
	}
	var c clock
	if rest != "" {
		if c, ok = scanClock(rest); !ok {
			return storage.Value{}, refuse(expectedDateTime)
		}
	}
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Add(c.sinceMidnight)
	switch zone := l.zone(); {
	case c.hasOffset:
		t = t.Add(-c.offset)
	case zone != time.UTC:
		if t, ok = inZone(t, zone, rest == ""); !ok {
			return storage.Value{}, refuse(expectedRealTime)
		}
	}
	v := storage.TimeValue(t)
	if !timeInRange(v) {
		return storage.Value{}, refuse(expectedDateTime)
	}
	return v, Problem{}
}

// The first instant that a time has, and the first that it has no more, in microseconds.
var (
	firstMicro = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	afterMicro = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

func timeInRange(v storage.Value) bool { return v.Int64() >= firstMicro && v.Int64() < afterMicro }

// inZone returns the first instant at which the clocks of zone show what wall shows in UTC. If they skip it, ok is false,
// or startOfDay asks for the instant at which they do, as long as they skip no whole day.
func inZone(wall time.Time, zone *time.Location, startOfDay bool) (t time.Time, ok bool) {
	shows := func(t time.Time) time.Time {
		_, offset := t.Zone()
		return t.UTC().Add(time.Duration(offset) * time.Second)
	}
	t = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	start, end := t.ZoneBounds()
	if shows(t).Equal(wall) {
		if start.IsZero() {
			return t, true
		}
		_, offset := start.Add(-1).Zone()
		if first := wall.Add(-time.Duration(offset) * time.Second); first.Before(start) && shows(first).Equal(wall) {
			return first, true
		}
		return t, true
	}
	if !startOfDay {
		return time.Time{}, false
	}
	for _, change := range []time.Time{start, end} {
		if at := shows(change); !change.IsZero() && at.After(wall) && at.Sub(wall) < 24*time.Hour {
			return change, true
		}
	}
	return time.Time{}, false
}

func (dateTimeType) Clean(v storage.Value) (storage.Value, Problem) {
	switch {
	case v.IsNull():
		return v, Problem{}
	case v.Kind() != storage.Time:
		return v, refuse("datetime")
	case !timeInRange(v):
		return v, refuse(expectedDateTime)
	}
	return v, Problem{}
}

// Format shows the time of the Locale's zone, with its offset or in UTC where it would be read as another instant.
func (t dateTimeType) Format(v storage.Value, l *Locale) string {
	if v.IsNull() {
		return ""
	}
	local := v.Time().In(l.zone())
	for _, layout := range []string{"2006-01-02 15:04:05.999999", time.RFC3339Nano} {
		s := local.Format(layout)
		if back, p := t.Parse(s, l); p.OK() && back == v {
			return s
		}
	}
	return v.Time().Format(time.RFC3339Nano)
}

// clock is a time of day, and perhaps how far it is ahead of UTC.
type clock struct {
	sinceMidnight time.Duration
	offset        time.Duration
	hasOffset     bool
}

// scanClock reads all of s as a time of day behind a date: " 15:04", "T15:04:05.123456+08:00" and the like.
func scanClock(s string) (c clock, ok bool) {
	switch rest := strings.TrimLeft(s, " "); {
	case len(rest) < len(s):
		s = rest
	case s[0] == 'T' || s[0] == 't':
		s = s[1:]
	default:
		return clock{}, false
	}
	hour, s, ok := scanNumber(s, 1, 2)
	if !ok || hour > 23 || !strings.HasPrefix(s, ":") {
		return clock{}, false
	}
	minute, s, ok := scanNumber(s[1:], 2, 2)
	if !ok || minute > 59 {
		return clock{}, false
	}
	c.sinceMidnight = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
	if strings.HasPrefix(s, ":") {
		var second, micros int
		if second, s, ok = scanNumber(s[1:], 2, 2); !ok || second > 59 {
			return clock{}, false
		}
		if strings.HasPrefix(s, ".") {
			if micros, s, ok = scanFraction(s[1:]); !ok {
				return clock{}, false
			}
		}
		c.sinceMidnight += time.Duration(second)*time.Second + time.Duration(micros)*time.Microsecond
	}
	c.offset, c.hasOffset, ok = readOffset(strings.TrimLeft(s, " "))
	return c, ok
}

// scanFraction reads the digits behind a point, and cuts them to microseconds.
func scanFraction(s string) (micros int, rest string, ok bool) {
	micros, rest, ok = scanNumber(s, 1, 6)
	for i := len(s) - len(rest); i < 6; i++ {
		micros *= 10
	}
	for rest != "" && asciiDigit(rest[0]) {
		rest = rest[1:]
	}
	return micros, rest, ok
}

// readOffset reads nothing, Z, +08:00 or +0800.
func readOffset(s string) (offset time.Duration, has, ok bool) {
	switch {
	case s == "":
		return 0, false, true
	case s == "Z" || s == "z":
		return 0, true, true
	case s[0] != '+' && s[0] != '-':
		return 0, false, false
	}
	hours, rest, ok := scanNumber(s[1:], 2, 2)
	if !ok || hours > 23 {
		return 0, false, false
	}
	minutes, rest, ok := scanNumber(strings.TrimPrefix(rest, ":"), 2, 2)
	if !ok || minutes > 59 || rest != "" {
		return 0, false, false
	}
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true, true
}
