package relations

import (
	"context"
	"slices"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// MaxCard is how many fields a business card (名片视图) has. Zoho: 5.
const MaxCard = 5

// DefaultCard is the fields of the business card of accounts, as long as the organization has not chosen others. The list is not to
// be changed.
var DefaultCard = []string{"Owner", "Phone", "Website", "Industry", "Annual_Revenue"}

// offCard are fields that say nothing on a card: the name that is above it, and what the system counts. Zoho leaves these out, too.
var offCard = []string{"Account_Name", "Tag", "Created_Time", "Modified_Time", "Last_Activity_Time", "Data_Source"}

// cardSetting is the setting of the fields that an organization has chosen.
const cardSetting = "card." + account.Module

// CardEntry is a field on a business card.
type CardEntry struct {
	Field string `json:"field"` // API name
	Label string `json:"label"` // in the session's language
	Text  string `json:"text"`  // as people read it; "" for none. A link is the id of its record
}

// CardFields returns the fields of the business card of accounts, in order.
func CardFields(ctx context.Context, s *record.Session) ([]string, error) {
	fields, ok, err := loadList[string](ctx, s, cardSetting)
	if err == nil && !ok {
		return slices.Clone(DefaultCard), nil
	}
	return fields, err
}

// SaveCardFields chooses the fields of the business card of accounts for the whole organization: at most MaxCard, each once, and none
// that says nothing there, or it is a *record.ValidationError. It takes [record.RightCustomize].
func SaveCardFields(ctx context.Context, s *record.Session, fields ...string) error {
	return saveList(ctx, s, cardSetting, account.Module, fields, MaxCard, func(_ *record.Session, shape *record.Shape) (wrong []record.FieldError) {
		for i, f := range fields {
			code := record.Code("")
			switch _, ok := shape.Field(f); {
			case !ok:
				code = record.CodeUnknown
			case slices.Contains(offCard, f):
				code = record.CodeInvalid
			case slices.Contains(fields[:i], f):
				code = record.CodeDuplicate
			default:
				continue
			}
			wrong = append(wrong, record.FieldError{Record: i, Field: f, Code: code})
		}
		return wrong
	})
}

// Card returns the business card of an account: its fields in order, those that are hidden from the actor left out. It fails with
// ErrNotFound.
func Card(ctx context.Context, s *record.Session, id record.ID) (card []CardEntry, err error) {
	err = s.View(ctx, func(s *record.Session) error {
		rs, err := s.Records(account.Module)
		if err != nil {
			return err
		}
		rec, err := rs.Get(ctx, id)
		if err != nil {
			return err
		}
		card, err = cardOf(ctx, s, rs, rec)
		return err
	})
	return card, err
}

// cardOf returns the card of a record that was read.
func cardOf(ctx context.Context, s *record.Session, rs *record.Records, rec *record.Record) (card []CardEntry, err error) {
	fields, err := CardFields(ctx, s)
	if err != nil {
		return nil, err
	}
	shape, err := rs.Load(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range fields {
		if d, ok := shape.Field(name); ok {
			card = append(card, CardEntry{Field: name, Label: d.Label(s.Locale().Language), Text: rec.Text(name, s.Locale())})
		}
	}
	return card, nil
}
