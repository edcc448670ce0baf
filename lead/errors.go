package lead

import (
	"errors"
	"fmt"

	"github.com/clientele-go/crm/record"
)

// ErrConverted says that a lead was converted before: a *ConvertedError says what it became.
var ErrConverted = errors.New("lead: converted before")

// The codes of conversions, beside those of package record and relations.CodeMapping. Zoho has the first two.
const (
	CodeAlreadyConverted record.Code = "ID_ALREADY_CONVERTED" // the lead was converted before
	CodeNoPermission     record.Code = "NO_PERMISSION"        // the actor lacks a right
	CodeLoss             record.Code = "DATA_LOSS"            // something has nowhere to go
)

// ConvertedError is what the second conversion of a lead gets. It is ErrConverted to errors.Is.
type ConvertedError struct{ Result *Result } // what the first one did

func (e *ConvertedError) Error() string {
	return fmt.Sprintf("lead %s: converted before, to contact %s", e.Result.Lead, e.Result.Contact)
}

// Is reports whether target is ErrConverted.
func (e *ConvertedError) Is(target error) bool { return target == ErrConverted }

// Message says so in a language.
func (e *ConvertedError) Message(l record.Language) string {
	return record.Words{English: "the lead was converted already", Chinese: "该线索已经转换"}.In(l)
}

// AmbiguousError names records of which a conversion would link one, where nobody said which: Target.ID says so, or Target.New.
type AmbiguousError struct{ Matches []Match }

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("lead: %d records match, such as %s %s", len(e.Matches), e.Matches[0].Module, e.Matches[0].ID)
}

// Is reports whether target is record.ErrConflict.
func (e *AmbiguousError) Is(target error) bool { return target == record.ErrConflict }

// Message says so in a language.
func (e *AmbiguousError) Message(l record.Language) string {
	return record.Words{English: fmt.Sprintf("several records match: %d", len(e.Matches)), Chinese: fmt.Sprintf("有%d条匹配的记录", len(e.Matches))}.In(l)
}

// LossError names what a strict conversion would have left with the lead. Nothing was written.
type LossError struct{ Lost []Loss }

func (e *LossError) Error() string {
	first := e.Lost[0].Field
	if first == "" {
		first = e.Lost[0].Item.String()
	}
	return fmt.Sprintf("lead: nowhere to go for %d, such as %s: %s", len(e.Lost), first, e.Lost[0].Reason)
}

// Message says so in a language.
func (e *LossError) Message(l record.Language) string {
	return record.Words{English: fmt.Sprintf("what would be left behind: %d", len(e.Lost)), Chinese: fmt.Sprintf("有%d项内容无法转换", len(e.Lost))}.In(l)
}

// CodeOf returns the code under which an error of this package is known to Zoho's users: ID_ALREADY_CONVERTED, NO_PERMISSION,
// DUPLICATE_DATA, MANDATORY_NOT_FOUND, MAPPING_MISMATCH, INVALID_DATA, CONVERTED_RECORD, or one of this library's own. Of several faults it is that
// of the first. It is "" for what is no refusal, such as record.ErrBusy.
func CodeOf(err error) record.Code {
	var invalid *record.ValidationError
	var ambiguous *AmbiguousError
	var loss *LossError
	switch {
	case errors.Is(err, ErrConverted):
		return CodeAlreadyConverted
	case errors.Is(err, record.ErrForbidden):
		return CodeNoPermission
	case errors.As(err, &invalid) && len(invalid.Fields) > 0:
		return invalid.Fields[0].Code
	case errors.As(err, &ambiguous):
		return record.CodeAmbiguous
	case errors.As(err, &loss):
		return CodeLoss
	case errors.Is(err, record.ErrNotFound):
		return record.CodeNotFound
	}
	return ""
}
