package xlsx

import (
	"strings"
	"time"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// isoCell returns the day, the time of day or both that text says in the manner of ISO 8601, to the second, whatever time zone
// it names. Midnight is left out when the format shows days alone. What is of another manner, such as a week, is a text.
func isoCell(text string, format grid.Format) grid.Cell {
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
				return grid.Cell{Text: text}
			}
		}
		at = t.Round(time.Second)
	}
	if day == "" && clock != "" && at.Day() == 1 {
		return grid.Cell{Kind: grid.Time, Text: at.Format(time.TimeOnly)}
	}
	on, err := time.Parse(time.DateOnly, day)
	switch {
	case err != nil:
		return grid.Cell{Text: text}
	case clock == "":
		return grid.Cell{Kind: grid.Date, Text: day}
	}
	on = on.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second)
	if at.Day() > 1 { // the last half of a second of the day
		on = on.AddDate(0, 0, 1)
	}
	if on.Equal(on.Truncate(24*time.Hour)) && format.Cell(1, "", true).Kind == grid.Date {
		return grid.Cell{Kind: grid.Date, Text: on.Format(time.DateOnly)}
	}
	return grid.Cell{Kind: grid.DateTime, Text: on.Format(time.DateTime)}
}
