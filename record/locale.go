package record

import "time"

// Language is a language that texts are shown in.
type Language string

// The languages. Any other shows English.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// Locale is the settings of an organization, for reading and showing values. A nil Locale is the zero one.
type Locale struct {
	Zone     *time.Location // of times that come without one; default UTC
	Language Language       // default English
	Currency string         // ISO 4217 code of amounts, which are shown without it; default none
}

func (l *Locale) zone() *time.Location {
	if l == nil || l.Zone == nil {
		return time.UTC
	}
	return l.Zone
}

func (l *Locale) chinese() bool { return l != nil && l.Language == Chinese }
