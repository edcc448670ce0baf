package importer

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/clientele-go/crm/record"
)

// csvTable writes a table as CSV.
type csvTable struct {
	to  io.Writer
	bom bool
	w   *csv.Writer
	buf []string
}

func newCSVTable(w io.Writer, bom bool) *csvTable {
	return &csvTable{to: w, bom: bom, w: csv.NewWriter(w)}
}

const byteOrderMark = "\ufeff"

// begin writes the header. The column that says whose file it is has a comma in its name, and so is quoted, and no reader that
// looks for quotes takes apostrophes for them.
func (t *csvTable) begin(_ string, header []string, _ []exportColumn) error {
	if t.bom {
		if _, err := io.WriteString(t.to, byteOrderMark); err != nil {
			return fmt.Errorf("importer: export: %w", err)
		}
	}
	return t.put(append(header, columnExported+columnExportedChinese))
}

func (t *csvTable) row(_ record.ID, cells []exportCell) error {
	t.buf = t.buf[:0]
	for _, c := range cells {
		if c.kind != cellNumber || !isNumeral(c.text) {
			c.text = safeCell(c.text)
		}
		t.buf = append(t.buf, c.text)
	}
	return t.put(append(t.buf, ""))
}

func (t *csvTable) put(row []string) error {
	if err := t.w.Write(row); err != nil {
		return fmt.Errorf("importer: export: %w", err)
	}
	return nil
}

func (t *csvTable) flush() error {
	t.w.Flush()
	if err := t.w.Error(); err != nil {
		return fmt.Errorf("importer: export: %w", err)
	}
	return nil
}

func (t *csvTable) end() error   { return t.flush() }
func (t *csvTable) close() error { return nil }

// isNumeral reports whether a text is a number as types write it: digits, perhaps a minus before them, and a fraction behind.
func isNumeral(s string) bool {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	return whole != "" && allDigits(whole) && allDigits(fraction) && point == (fraction != "")
}
