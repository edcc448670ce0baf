package importer

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/clientele-go/crm/record"
)

// rejects writes the rows that failed as a CSV file with the columns of the source, which are to be mended, and four more
// that say where the row was and what is wrong with it, and that an import passes over.
type rejects struct {
	w    *csv.Writer
	m    *mapping
	keep []int // columns of the source that are not of an earlier report, or of an export
	lang record.Language
}

func newRejects(w io.Writer, m *mapping, lang record.Language) *rejects {
	r := &rejects{w: csv.NewWriter(w), m: m, lang: lang}
	for i, c := range m.columns {
		if !isOurs(c.Header) {
			r.keep = append(r.keep, i)
		}
	}
	return r
}

// begin writes the header.
func (r *rejects) begin() error {
	var header []string
	for _, i := range r.keep {
		header = append(header, safeCell(r.m.columns[i].Header))
	}
	return r.flush(r.w.Write(append(header, columnLine, columnCodes, columnMessage, columnRaw)))
}

// write adds the failed rows of a batch. One that could not be read as a row has no cells to be mended: it stands as it
// was in a column of its own, so that it cannot be imported by mistake.
func (r *rejects) write(b *batch, out *result) error {
	width := len(r.m.columns)
	for _, failed := range out.Rows {
		if failed.Faults[0].Skip {
			continue
		}
		p, cells := &b.rows[failed.Row], b.cells[failed.Row*width:(failed.Row+1)*width]
		row := make([]string, 0, len(r.keep)+4)
		for _, c := range r.keep {
			cell := cells[c]
			if r.m.ours {
				cell = plainCell(cell)
			}
			row = append(row, safeCell(cell))
		}
		var codes, messages []string
		for _, f := range failed.Faults {
			codes = append(codes, f.codes())
			messages = append(messages, strings.TrimPrefix(f.Field+": "+f.Message(r.lang), ": "))
		}
		row = append(row, strconv.Itoa(p.line), strings.Join(codes, ":"), strings.Join(messages, "; "), safeCell(p.raw()))
		if err := r.w.Write(row); err != nil {
			return r.flush(err)
		}
	}
	return r.flush(nil)
}

func (r *rejects) flush(err error) error {
	r.w.Flush()
	if err == nil {
		err = r.w.Error()
	}
	if err != nil {
		return fmt.Errorf("importer: report: %w", err)
	}
	return nil
}

// raw is the row as it stood in the file, if that says more than its cells; an ellipsis ends what had to be cut.
func (p *parsed) raw() string {
	switch {
	case p.problem == nil:
		return ""
	case p.problem.RawCut:
		return p.problem.Text() + "…"
	}
	return p.problem.Text()
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
	return s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s[:min(len(s), 4)])[0])
}
