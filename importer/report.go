package importer

import (
	"cmp"
	"slices"

	"github.com/clientele-go/crm/record"
)

// Report accounts for a run: Read = Created + Updated + Unchanged + Skipped + Failed.
type Report struct {
	record.Counts
	Operation record.ID // to be undone by
	Columns   []Column
	Faults    []Fault // in the order of the file: the first MaxFaults of failed rows, and as many of skipped ones
	Notes     []Note  // what was imported, but may not be what was meant

	failed, skipped int // Faults of either kind
}

// MaxFaults is how many faults of failed rows a Report holds, and of skipped rows. Its Counts count all of the rows, and
// Options.Rejects gets all that failed.
const MaxFaults = 1000

// Fault is one thing wrong with one row.
type Fault struct {
	Line  int         `json:"line"`            // the physical line on which the row begins
	Field string      `json:"field,omitempty"` // API name, or "" when it is about the whole row
	Code  string      `json:"code"`            // of this package or of package record
	Args  record.Args `json:"args,omitempty"`  // "limit", "length", "first" and the like, never values
	Skip  bool        `json:"skip,omitempty"`  // the row was skipped, not failed
}

// The codes of a Fault, beside those of a [Problem] and of package record.
const (
	CodeDuplicateRow  = "DUPLICATE_ROW"  // an earlier row of the file has the same key: arg "first", its line
	CodeAlreadyExists = "ALREADY_EXISTS" // skipped: mode Add, and a record matches
	CodeNoMatch       = "NO_MATCH"       // skipped: mode Update, and no record matches
	CodeBrokenCell    = "BROKEN_CELL"    // the cell is an error of a formula, and no value
	CodeConflict      = "CONFLICT"       // another record stands against it
	CodeForbidden     = "NO_PERMISSION"  // the actor may not do this with the record that matches: arg "right"
)

// Note is a remark on a field that concerns some rows, all of which were imported.
type Note struct {
	Field string
	Code  string
	Rows  int64
	First int // the line of the first
}

// The codes of a Note.
const (
	CodeUnknownValue   = "UNKNOWN_PICK_VALUE" // not a value of the pick list; kept as it is
	CodeLostDigits     = "LOST_DIGITS"        // a long number as spreadsheet programs shorten it, 4.88E+18: its last digits were lost before
	CodeSeveralMatches = "SEVERAL_MATCHES"    // more than one record matched; the oldest was updated
)

// add takes down what became of a batch.
func (r *Report) add(c record.Counts, out *result) {
	r.Add(c)
	for _, row := range out.Rows {
		for _, f := range row.Faults {
			n := &r.failed
			if f.Skip {
				n = &r.skipped
			}
			if *n++; *n <= MaxFaults {
				r.Faults = append(r.Faults, f)
			}
		}
	}
	for _, n := range out.Notes {
		r.Notes = addNote(r.Notes, n)
	}
}

// sort puts the faults of rows that waited for others where they stand in the file.
func (r *Report) sort() {
	slices.SortStableFunc(r.Faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
}

// addNote counts n with the note of the same field and code, if there is one.
func addNote(notes []Note, n Note) []Note {
	for i := range notes {
		if notes[i].Field == n.Field && notes[i].Code == n.Code {
			notes[i].Rows += n.Rows
			return notes
		}
	}
	return append(notes, n)
}
