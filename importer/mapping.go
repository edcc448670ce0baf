package importer

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// The codes of a [HeaderError].
const (
	CodeDuplicateColumn = "DUPLICATE_COLUMN"          // two columns stand for one field, or have one header
	CodeMissingColumn   = "MANDATORY_NOT_MAPPED"      // a required field, or one to match by, has no column
	CodeNoColumn        = "NO_KNOWN_COLUMN"           // no column stands for any field
	CodeUnknownField    = string(record.CodeUnknown)  // an option names a field that there is not
	CodeReadOnlyField   = string(record.CodeReadOnly) // a field to match by is not for callers to set, and so has no values in a file
	CodeUnknownColumn   = "COLUMN_NOT_FOUND"          // an option names a column that the file does not have
	CodeTwoReadings     = "AMBIGUOUS_FORMAT"          // dates or numbers of a column can be read in two ways: FieldOptions have to say which
	CodeBadOption       = "INVALID_OPTION"            // an option of a field is none for its type, or its default is no value of it
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
	By     Reason // why it stands for that; "" when it stands for none
}

// Reason is why a column is taken for a field.
type Reason string

// The reasons. Of two columns for one field, that with the alias stands for none.
const (
	ByOption Reason = "option" // Options.Columns say so
	ByName   Reason = "name"   // its header is the field's API name
	ByLabel  Reason = "label"  // or its label, in either language
	ByAlias  Reason = "alias"  // or what another program calls it
	ByLook   Reason = "look"   // or looks like one of these: a run does not go by that
)

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
	First  int    // CodeDuplicateColumn: the column that the field, or the header, has already
	Header string // CodeUnknownColumn: the one that the option names
	Hint   string // CodeNoColumn: what the header looks like, for people, if that is known
	Line   int    // CodeTwoReadings: of the first such cell

	// CodeTwoReadings: what the cell can mean; or two cells of which one is to be read in one way, and the other in the other.
	// They hold values of the file, and are not in the text of the error.
	Readings []string
}

func (e *HeaderError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "importer: line %d: header", e.Line)
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString(";")
		}
		fmt.Fprintf(&b, " %s", p.Code)
		switch {
		case p.Code == CodeUnknownField:
			fmt.Fprintf(&b, " %q", p.Field) // perhaps empty
		case p.Code == CodeUnknownColumn:
			fmt.Fprintf(&b, " %q", p.Header)
		case p.Field != "":
			fmt.Fprintf(&b, " %s", p.Field)
		}
		if p.Column > 0 {
			fmt.Fprintf(&b, " column %d", p.Column)
		}
		if p.First > 0 {
			fmt.Fprintf(&b, " and column %d", p.First)
		}
		if p.Line > 0 {
			fmt.Fprintf(&b, " at line %d", p.Line)
		}
		if p.Hint != "" {
			fmt.Fprintf(&b, " (%s)", p.Hint)
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

// The name of the empty column that ends an export of ours. It says what became of some cells, in both languages: by so many
// letters a file is known for UTF-8, whatever else is in it. The English part is enough to know it by.
const (
	columnExported        = "Exported, ' before = + - @ is no part of a cell"
	columnExportedChinese = "；已导出，=、+、-、@前的'不属于单元格内容"
)

// isOurs reports whether a column is one that files of ours have beside fields.
func isOurs(header string) bool {
	return slices.Contains([]string{columnLine, columnCodes, columnMessage, columnRaw}, header) || isExported(header)
}

// isExported reports whether a column ends an export of ours.
func isExported(header string) bool { return strings.HasPrefix(header, columnExported) }

// idField stands for the record's id in mappings and matches.
const idField = "id"

// idLabels are the labels of the id, in English and Chinese.
var idLabels = [...]string{"Record Id", "记录ID"}

// mapping is the columns of a file, compiled.
type mapping struct {
	columns  []Column
	imported []column // those whose cells are read
	links    []int    // those of imported that are links
	ours     bool     // the file is a report or an export of ours: apostrophes before formulas are not of the cells
	fields   map[string]FieldOptions
}

// column is one whose cells are read.
type column struct {
	at   int // of the file
	def  record.Def
	link bool
	list pickList // nil when its values are of no list
	how  reading
	o    FieldOptions
	by   lookup // by what records to link to are found
}

// pickList is a type that knows which values it does not have.
type pickList interface{ Unknown(storage.Value) bool }

// named is a field, and why a header stands for it.
type named struct {
	record.Def
	by Reason
}

// fieldNames are the fields by what a header may call them: by label in either language, by API name or alias, whatever the
// case, width and spacing.
func fieldNames(shape *record.Shape) map[string]named {
	id := record.Def{Name: idField, Type: record.LookupType(), ReadOnly: true}
	known := map[string]named{}
	for _, name := range idLabels {
		known[record.Fold(name)] = named{id, ByLabel}
	}
	fields := shape.Fields()
	for i := len(fields) - 1; i >= 0; i-- { // one module's own field beats one of the system
		for _, name := range fields[i].Aliases {
			known[record.Fold(name)] = named{fields[i], ByAlias}
		}
	}
	for _, by := range []struct {
		Reason
		name func(*record.Def) string
	}{ // a name beats a label
		{ByLabel, func(d *record.Def) string { return d.Chinese }}, {ByLabel, func(d *record.Def) string { return d.English }},
		{ByName, func(d *record.Def) string { return d.Name }}} {
		for i := len(fields) - 1; i >= 0; i-- {
			if name := by.name(&fields[i]); name != "" {
				known[record.Fold(name)] = named{fields[i], by.Reason}
			}
		}
	}
	known[idField] = named{id, ByName}
	return known
}

// newMapping finds the field of each column: what the options say, or else by its header.
func newMapping(shape *record.Shape, header []string, given map[string]string, fields map[string]FieldOptions) (*mapping, []HeaderProblem) {
	known := fieldNames(shape)
	m := &mapping{columns: make([]Column, len(header)), fields: fields,
		ours: slices.Contains(header, columnLine) || slices.ContainsFunc(header, isExported)}
	var problems []HeaderProblem
	found := make([]named, len(header))
	headers, used := map[string]int{}, map[string]bool{}
	for i, h := range header {
		if m.ours {
			h = plainCell(h)
		}
		m.columns[i] = Column{Header: h, Use: Ignored}
		folded := record.Fold(h)
		d := known[folded]
		name, told := given[h]
		if used[h] = true; told {
			var ok bool
			if d, ok = known[record.Fold(name)]; !ok && name != "" {
				problems = append(problems, HeaderProblem{Code: CodeUnknownField, Field: name, Column: i + 1})
			}
			d.by = ByOption
		}
		found[i] = d
		if first := headers[folded]; first > 0 && d.Name == "" && !told && folded != "" {
			problems = append(problems, HeaderProblem{Code: CodeDuplicateColumn, Column: i + 1, First: first})
		}
		headers[folded] = cmp.Or(headers[folded], i+1)
	}
	taken := map[string]int{}
	for _, alias := range []bool{false, true} {
		for i := range found {
			d := &found[i]
			if d.Name == "" || (d.by == ByAlias) != alias {
				continue
			}
			first := taken[d.Name]
			if first > 0 && alias {
				continue // it has a better column
			}
			m.use(i, d)
			if taken[d.Name] = cmp.Or(first, i+1); first > 0 {
				problems = append(problems, HeaderProblem{Code: CodeDuplicateColumn, Field: d.Name, Column: i + 1, First: first})
			}
		}
	}
	for _, h := range slices.Sorted(maps.Keys(given)) {
		if !used[h] {
			problems = append(problems, HeaderProblem{Code: CodeUnknownColumn, Header: h})
		}
	}
	slices.SortStableFunc(problems, func(a, b HeaderProblem) int {
		if a.Column == 0 || b.Column == 0 {
			return 0
		}
		return cmp.Compare(a.Column, b.Column)
	})
	slices.SortFunc(m.imported, func(a, b column) int { return cmp.Compare(a.at, b.at) })
	m.links = m.links[:0]
	for n := range m.imported {
		if m.imported[n].link {
			m.links = append(m.links, n)
		}
	}
	return m, problems
}

// use lets column i stand for a field.
func (m *mapping) use(i int, d *named) {
	m.columns[i].Field, m.columns[i].Use, m.columns[i].By = d.Name, ReadOnly, d.by
	if !d.ReadOnly {
		m.columns[i].Use = Imported
		m.read(i, d.Def)
	}
}

// read has the cells of column i read as values of a field.
func (m *mapping) read(i int, d record.Def) {
	list, _ := d.Type.(pickList)
	if isLink(&d) {
		m.links = append(m.links, len(m.imported))
	}
	o := m.fields[d.Name]
	m.imported = append(m.imported, column{at: i, def: d, link: isLink(&d), list: list, how: newReading(&d, o), o: o})
}

// column returns the position of the column of a field, or -1.
func (m *mapping) column(field string) int {
	return slices.IndexFunc(m.columns, func(c Column) bool { return field != "" && c.Field == field })
}

// position returns the position in imported of a field, or -1.
func (m *mapping) position(field string) int {
	return slices.IndexFunc(m.imported, func(c column) bool { return c.def.Name == field })
}

// hint says what a header looks like in which no column is known.
func (m *mapping) hint() string {
	first := m.columns[0].Header
	if len(m.columns) == 1 {
		for _, s := range []struct{ comma, name string }{{";", "semicolons"}, {"\t", "tabs"}, {"|", "vertical bars"}, {",", "commas"}} {
			if strings.Contains(first, s.comma) {
				return "one column: it looks separated by " + s.name
			}
		}
	}
	return ""
}
