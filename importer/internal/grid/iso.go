package grid

import (
	"strings"
	"time"
)

// ISO returns the day, the time of day or both that text says in the manner of ISO 8601, to the second, whatever time zone
// it names. Midnight is left out when the format shows days alone. What is of another manner, such as a week, is a text.
func ISO(text string, format Format) Cell {
	day, clock, both := strings.Cut(text, "T")
	if !both && strings.Contains(day, ":") {
		day, clock = "", day
	}
	var at time.Time
	if clock != "" {
		plain := strings.TrimSuffix(clock, "Z")
		if i := strings.LastIndexAny(plain, "+-"); i > 0 {
			plain = plain[:i]
		}
		t, err := time.Parse("15:04:05", plain)
		if err != nil {
			if t, err = time.Parse("15:04", plain); err != nil {
				return Cell{Text: text}
			}
		}
		at = t.Round(time.Second)
	}
	if day == "" && clock != "" && at.Day() == 1 {
		return Cell{Kind: Time, Text: at.Format(time.TimeOnly)}
	}
	on, err := time.Parse(time.DateOnly, day)
	switch {
	case err != nil:
		return Cell{Text: text}
	case clock == "":
		return Cell{Kind: Date, Text: day}
	}
	on = on.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second)
	if at.Day() > 1 { // the last half of a second of the day
		on = on.AddDate(0, 0, 1)
	}
	if on.Equal(on.Truncate(24*time.Hour)) && format.Cell(1, "", true).Kind == Date {
		return Cell{Kind: Date, Text: on.Format(time.DateOnly)}
	}
	return Cell{Kind: DateTime, Text: on.Format(time.DateTime)}
}
