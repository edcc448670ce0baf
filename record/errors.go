package record

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// What a caller can do something about. With [*ValidationError] and [*ConflictError] this is the whole list; test with
// errors.Is and errors.As.
var (
	ErrNotFound       = errors.New("record: not found")               // no such record, or it is in the bin
	ErrStale          = storage.ErrStale                              // it changed meanwhile: load again, and try again
	ErrConflict       = errors.New("record: conflict")                // a *ConflictError says with what
	ErrForbidden      = errors.New("record: forbidden")               // the actor lacks a right
	ErrReadOnly       = errors.New("record: write in a view")         // a write inside View
	ErrBusy           = storage.ErrBusy                               // a writer held on for too long: try again later
	ErrOutcomeUnknown = storage.ErrOutcomeUnknown                     // look before trying again
	ErrTenant         = errors.New("record: tenant in a transaction") // a transaction belongs to one tenant
)

// Code names what is wrong with a field, for programs. A code never changes its meaning. A host's hooks may have codes of
// their own.
type Code string

// The codes. Those that Zoho has carry its names.
const (
	CodeMandatory Code = "MANDATORY_NOT_FOUND" // a required field is empty
	CodeInvalid   Code = "INVALID_DATA"        // the value is not of the field's type, or too long: see the args
	CodeDuplicate Code = "DUPLICATE_DATA"      // another record has this value
	CodeCircular  Code = "CIRCULAR_REFERENCE"  // the record would be its own ancestor: arg "path"
	CodeLimit     Code = "LIMIT_EXCEEDED"      // too many or too deep: arg "limit"
	CodeNotFound  Code = "NOT_FOUND"           // a link leads to no record
	CodeAmbiguous Code = "AMBIGUOUS"           // a text stands for several records: arg "matches"
	CodeReadOnly  Code = "READ_ONLY"           // the field is not for callers to set
	CodeUnknown   Code = "INVALID_FIELD"       // there is no such field
)

// Args are the particulars of a code, by name: "limit" and "length" (of characters, or of what "unit" says), "expected"
// (what the type takes), "path" ([]ID), "needs" (what it is nothing without),
// and so on. Values that a user typed are not among them.
type Args map[string]any

// FieldError is one thing wrong with one field of one record.
type FieldError struct {
	Record int    // position of the record in the call
	Field  string // API name
	Code   Code
	Args   Args
}

// ValidationError names every bad field of every record of a call. Nothing of the call was stored.
type ValidationError struct{ Fields []FieldError }

func (e *ValidationError) Error() string {
	const most = 5
	var b strings.Builder
	b.WriteString("record: invalid: ")
	for i, f := range e.Fields {
		if i == most {
			fmt.Fprintf(&b, "; and %d more", len(e.Fields)-most)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		if f.Record > 0 {
			fmt.Fprintf(&b, "[%d] ", f.Record)
		}
		fmt.Fprintf(&b, "%s %s", f.Field, f.Code)
		for _, k := range []string{"expected", "needs", "limit", "length", "unit"} {
			if v, ok := f.Args[k]; ok {
				fmt.Fprintf(&b, " %s %v", k, v)
			}
		}
	}
	return b.String()
}

// invalid is a ValidationError of one field.
func invalid(field string, code Code, args Args) error {
	return &ValidationError{Fields: []FieldError{{Field: field, Code: code, Args: args}}}
}

// Link names a record.
type Link struct {
	Module string
	ID     ID
}

func (l Link) String() string { return l.Module + " " + l.ID.String() }

// ConflictError names what stands against a write, a delete or an undo. It is ErrConflict to errors.Is.
type ConflictError struct {
	Reason string
	By     []Link // at most 100
}

const mostLinks = 100

// add names one more, up to the limit.
func (e *ConflictError) add(l Link) {
	if len(e.By) < mostLinks {
		e.By = append(e.By, l)
	}
}

func (e *ConflictError) Error() string {
	if len(e.By) == 0 {
		return "record: " + e.Reason
	}
	return fmt.Sprintf("record: %s: %s", e.Reason, e.By[0])
}

// Is reports whether target is ErrConflict.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }
