package importer

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/gocarina/gocsv"

	"github.com/clientele-go/crm/record"
)

// rejects writes the rows that failed as a CSV file with the columns of the source, which are to be mended, and four more
// that say where the row was and what is wrong with it, and that an import passes over.
type rejects struct {
	w    *csv.Writer
	m    *mapping
	keep []int // columns of the source that are not of an earlier report
	lang record.Language
	head bool
}

func newRejects(w io.Writer, m *mapping, lang record.Language) *rejects {
	r := &rejects{w: csv.NewWriter(w), m: m, lang: lang}
	for i, c := range m.columns {
		if !slices.Contains([]string{columnLine, columnCodes, columnMessage, columnRaw}, c.Header) {
			r.keep = append(r.keep, i)
		}
	}
	return r
}

// write adds the failed rows of a batch, whose faults are in the order of its rows.
func (r *rejects) write(b *batch, faults []Fault) error {
	if !r.head {
		r.head = true
		var header []string
		for _, i := range r.keep {
			header = append(header, safeCell(r.m.columns[i].Header))
		}
		if err := r.w.Write(append(header, columnLine, columnCodes, columnMessage, columnRaw)); err != nil {
			return err
		}
	}
	for i, p := range b.rows {
		n := 0
		for n < len(faults) && faults[n].Line == p.line {
			n++
		}
		mine := faults[:n]
		if faults = faults[n:]; n == 0 || mine[0].Skip {
			continue
		}
		row := make([]string, 0, len(r.keep)+4)
		for _, c := range r.keep {
			row = append(row, safeCell(b.cells[i*len(r.m.columns)+c]))
		}
		var codes, messages []string
		for _, f := range mine {
			codes = append(codes, f.codes())
			messages = append(messages, strings.TrimPrefix(f.Field+": "+f.Message(r.lang), ": "))
		}
		raw := ""
		if p.problem != nil {
			raw = safeCell(p.problem.Text())
		}
		row = append(row, strconv.Itoa(p.line), strings.Join(codes, ":"), strings.Join(messages, "; "), raw)
		if err := r.w.Write(row); err != nil {
			return err
		}
	}
	r.w.Flush()
	return r.w.Error()
}

// codes is the fault as Zoho's bulk write writes it: CODE-Field.
func (f Fault) codes() string {
	if f.Field == "" {
		return f.Code
	}
	return f.Code + "-" + f.Field
}

// safeCell keeps a spreadsheet program from taking a cell for a formula: one that begins like a formula gets an apostrophe
// before it, and so does one that has that already, so that plainCell can take it back.
func safeCell(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

func plainCell(s string) string {
	if strings.HasPrefix(s, "'") && formula(s[1:]) {
		return s[1:]
	}
	return s
}

func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(s[:min(len(s), 4)])[0])
}

// WriteFaults writes the faults of the report as CSV, one a line: its line in the file, the field, the code, and what it
// means in a language.
func (r *Report) WriteFaults(w io.Writer, lang record.Language) error {
	type row struct {
		Line    int    `csv:"line"`
		Status  string `csv:"status"`
		Field   string `csv:"field"`
		Code    string `csv:"code"`
		Message string `csv:"message"`
	}
	rows := make([]row, len(r.Faults))
	for i, f := range r.Faults {
		rows[i] = row{f.Line, "failed", f.Field, f.Code, f.Message(lang)}
		if f.Skip {
			rows[i].Status = "skipped"
		}
	}
	return gocsv.MarshalCSV(&rows, csv.NewWriter(w))
}
