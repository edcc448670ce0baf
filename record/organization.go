package record

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

const organizationSetting = "organization"

// Organization is the settings of an organization: how it reads and shows times, texts and amounts.
type Organization struct {
	TimeZone string   `json:"time_zone,omitempty"` // IANA's name, such as Asia/Shanghai; default UTC
	Language Language `json:"language,omitempty"`  // default English
	Currency string   `json:"currency,omitempty"`  // ISO 4217 code, such as CNY; default none
}

// locale returns the settings as values are read and shown by them.
func (o *Organization) locale() (*Locale, error) {
	zone, err := time.LoadLocation(o.TimeZone)
	if err != nil || o.TimeZone == "Local" {
		return nil, invalid("time_zone", CodeInvalid, Args{"expected": "a time zone"})
	}
	if o.Language != "" && o.Language != English && o.Language != Chinese {
		return nil, invalid("language", CodeInvalid, Args{"expected": "a language"})
	}
	if c := o.Currency; c != "" && !currencyCode(c) {
		return nil, invalid("currency", CodeInvalid, Args{"expected": "a currency"})
	}
	return &Locale{Zone: zone, Language: o.Language, Currency: o.Currency}, nil
}

func currencyCode(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return len(s) == 3
}

func readOrganization(t *Setting) (o *Organization, err error) {
	o = &Organization{}
	if t == nil || t.Body == nil {
		return o, nil
	}
	if err := json.Unmarshal(t.Body, o); err != nil {
		return nil, fmt.Errorf("record: setting %s: %w", t.Name, err)
	}
	return o, nil
}

// organizationLocale returns the locale that an organization has saved, nil if it has none. A zone that this machine does
// not know is an error: times would be read as others.
func organizationLocale(t *Setting) (*Locale, error) {
	if t == nil {
		return nil, nil
	}
	o, err := readOrganization(t)
	if err != nil {
		return nil, err
	}
	return o.locale()
}

// Organization returns the organization's settings, the zero ones when it never saved any.
func (s *Session) Organization(ctx context.Context) (*Organization, error) {
	t, err := s.Setting(ctx, organizationSetting)
	if err != nil {
		return nil, err
	}
	return readOrganization(t)
}

// SaveOrganization stores the organization's settings. From then on they are the Locale of its sessions, unless a session
// has one of its own by [Session.In]. It takes [RightCustomize], and refuses what it does not know with a *ValidationError.
func (s *Session) SaveOrganization(ctx context.Context, o *Organization) error {
	if err := s.usable(); err != nil {
		return err
	}
	if _, err := o.locale(); err != nil {
		return err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return s.Update(ctx, func(s *Session) error {
		t, err := s.Setting(ctx, organizationSetting)
		if err != nil {
			return err
		}
		t.Body = body
		return s.SaveSetting(ctx, t)
	})
}
