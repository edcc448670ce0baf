package importer

import (
	"fmt"
	"strings"

	"github.com/clientele-go/crm/record"
)

// The codes of a [HeaderError].
const (
	CodeDuplicateColumn = "DUPLICATE_COLUMN"         // two columns stand for one field
	CodeMissingColumn   = "MANDATORY_NOT_MAPPED"     // a required field, or one to match by, has no column
	CodeNoColumn        = "NO_KNOWN_COLUMN"          // no column stands for any field
	CodeUnknownField    = string(record.CodeUnknown) // an option names a field that there is not
)

// Use is what a column of a file is good for.
type Use string

// The uses.
const (
	Imported Use = "imported"  // its cells are values of Field
	ReadOnly Use = "read-only" // Field is not for callers to set, so its cells are passed over
	Ignored  Use = "ignored"   // it stands for no field, or was told to be passed over
)

// Column is one column of a file, and the field that it stands for.
type Column struct {
	Header string // as in the file
	Field  string // API name, or "" when it stands for none
	Use    Use
}

// HeaderError says why a file cannot be imported at all. Nothing was written.
type HeaderError struct {
	Line     int // of the header
	Problems []HeaderProblem
}

// HeaderProblem is one thing wrong with a header, or with what the options ask of it.
type HeaderProblem struct {
	Code   string
	Field  string // API name, if it is about a field
	Column int    // of the file, from 1, or 0 when it is about none
	First  int    // CodeDuplicateColumn: the column that the field has already
}

func (e *HeaderError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "importer: line %d: header", e.Line)
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString(";")
		}
		fmt.Fprintf(&b, " %s", p.Code)
		if p.Field != "" {
			fmt.Fprintf(&b, " %s", p.Field)
		}
		if p.Column > 0 {
			fmt.Fprintf(&b, " column %d", p.Column)
		}
		if p.First > 0 {
			fmt.Fprintf(&b, " and column %d", p.First)
		}
	}
	return b.String()
}

// The names of the columns that a report adds; a file that has them is one of ours, mended.
const (
	columnLine    = "Import line"
	columnCodes   = "Import codes"
	columnMessage = "Import message"
	columnRaw     = "Import raw line"
)

// idField stands for the record's id in mappings and matches.
const idField = "id"

// mapping is the columns of a file, compiled.
type mapping struct {
	columns []Column
	fields  []record.Def // of the columns, parallel; the zero Def where there is none
	ours    bool         // the file is a report of ours
}

// newMapping finds the field of each column: what the options say, or else by API name, or by label in either language,
// whatever the case, width and spacing.
func newMapping(shape *record.Shape, header []string, given map[string]string) (*mapping, []HeaderProblem) {
	known := map[string]record.Def{record.Fold(idField): {Name: idField}, record.Fold("Record Id"): {Name: idField}, record.Fold("记录ID"): {Name: idField}}
	fields := shape.Fields()
	for _, names := range []func(*record.Def) string{ // a name beats a label, and one module's own field one of the system
		func(d *record.Def) string { return d.Chinese }, func(d *record.Def) string { return d.English },
		func(d *record.Def) string { return d.Name }} {
		for i := len(fields) - 1; i >= 0; i-- {
			if name := names(&fields[i]); name != "" {
				known[record.Fold(name)] = fields[i]
			}
		}
	}
	m := &mapping{columns: make([]Column, len(header)), fields: make([]record.Def, len(header))}
	var problems []HeaderProblem
	taken := map[string]int{}
	for i, h := range header {
		d, found := known[record.Fold(h)]
		if name, ok := given[h]; ok {
			if d, found = known[record.Fold(name)]; !found && name != "" {
				problems = append(problems, HeaderProblem{Code: CodeUnknownField, Field: name, Column: i + 1})
			}
		}
		m.ours = m.ours || h == columnLine
		m.columns[i] = Column{Header: h, Use: Ignored}
		if !found {
			continue
		}
		m.columns[i].Field, m.columns[i].Use, m.fields[i] = d.Name, Imported, d
		if d.ReadOnly || d.Name == idField {
			m.columns[i].Use = ReadOnly
		}
		if first := taken[d.Name]; first > 0 {
			problems = append(problems, HeaderProblem{Code: CodeDuplicateColumn, Field: d.Name, Column: i + 1, First: first})
			continue
		}
		taken[d.Name] = i + 1
	}
	return m, problems
}

// column returns the position of the column of a field, or -1.
func (m *mapping) column(field string) int {
	for i := range m.columns {
		if m.columns[i].Field == field {
			return i
		}
	}
	return -1
}
