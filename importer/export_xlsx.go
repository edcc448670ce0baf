package importer

import (
	"archive/zip"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/record"
)

// CellError says what a workbook cannot hold. Nothing was written.
type CellError struct {
	Record    record.ID // zero in a report
	Field     string    // API name, or "" when it is about the rows
	Character rune      // that no workbook has, if it is about that
	Limit     int       // characters of a cell, as UTF-16 counts them, or rows below the header
	Length    int       // characters that the text has; 0 for rows, which are not counted to their end
}

func (e *CellError) Error() string {
	switch {
	case e.Field == "":
		return fmt.Sprintf("importer: more than %d rows, which a sheet does not have", e.Limit)
	case e.Character != 0:
		return fmt.Sprintf("importer: record %s: %s has the character %U, which no workbook has", e.Record, e.Field, e.Character)
	}
	return fmt.Sprintf("importer: record %s: %s has %d characters, and a cell %d", e.Record, e.Field, e.Length, e.Limit)
}

// xlsxTable writes a table as a workbook of one sheet.
type xlsxTable struct {
	to      io.Writer
	task    string // for messages
	book    *excelize.File
	sheet   *excelize.StreamWriter
	columns []exportColumn
	styles  [cellTrue + 1]int // by kind; 0 is General
	amount  int               // the style of amounts
	line    int
	buf     []any
}

func newXLSXTable(w io.Writer, task string) *xlsxTable { return &xlsxTable{to: w, task: task} }

// The number formats of cells. Text stays text when somebody edits it.
const (
	formatText     = "@"
	formatDate     = "yyyy-mm-dd"
	formatDateTime = "yyyy-mm-dd hh:mm:ss"
	formatAmount   = "#,##0.00##"
)

func (t *xlsxTable) begin(module string, header []string, columns []exportColumn) (err error) {
	t.columns, t.book = columns, excelize.NewFile()
	name := sheetName(module)
	if err := t.book.SetSheetName(t.book.GetSheetName(0), name); err != nil {
		return t.wrap(err)
	}
	if t.sheet, err = t.book.NewStreamWriter(name); err != nil {
		return t.wrap(err)
	}
	for _, f := range []struct {
		style  *int
		format string
	}{{&t.styles[cellText], formatText}, {&t.styles[cellDate], formatDate}, {&t.styles[cellDateTime], formatDateTime}, {&t.amount, formatAmount}} {
		if *f.style, err = newFormat(t.book, f.format); err != nil {
			return t.wrap(err)
		}
	}
	bold, err := t.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return t.wrap(err)
	}
	if err := t.sheet.SetPanes(frozenHeader()); err != nil {
		return t.wrap(err)
	}
	for i, h := range header {
		if err := t.sheet.SetColWidth(i+1, i+1, columnWidth(h)); err != nil {
			return t.wrap(err)
		}
	}
	t.line = 1
	for _, h := range header {
		t.buf = append(t.buf, excelize.Cell{StyleID: bold, Value: sheetText(h)})
	}
	return t.wrap(t.sheet.SetRow("A1", t.buf))
}

// frozenHeader keeps the first row in sight.
func frozenHeader() *excelize.Panes {
	return &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
}

func newFormat(book *excelize.File, format string) (int, error) {
	return book.NewStyle(&excelize.Style{CustomNumFmt: &format})
}

func (t *xlsxTable) row(id record.ID, cells []exportCell) error {
	if t.line++; t.line > excelize.TotalRows {
		return &CellError{Record: id, Limit: excelize.TotalRows - 1}
	}
	t.buf = t.buf[:0]
	for i, c := range cells {
		v, err := t.value(&c, &t.columns[i].def)
		if err != nil {
			err.Record = id
			return err
		}
		t.buf = append(t.buf, v)
	}
	return t.wrap(t.sheet.SetRow("A"+strconv.Itoa(t.line), t.buf))
}

// value returns what a cell holds: nil for nothing. What would not come back as it is, is text.
func (t *xlsxTable) value(c *exportCell, d *record.Def) (any, *CellError) {
	if c.text == "" {
		return nil, nil
	}
	switch c.kind {
	case cellNumber:
		if n, ok := sheetNumber(c.text); ok {
			style := 0
			if d.Type.Name() == "currency" {
				style = t.amount
			}
			return excelize.Cell{StyleID: style, Value: n}, nil
		}
	case cellDate, cellDateTime:
		if n, ok := serial(c.text, c.kind); ok {
			return excelize.Cell{StyleID: t.styles[c.kind], Value: n}, nil
		}
	case cellBool, cellTrue:
		return c.kind == cellTrue, nil
	}
	if err := checkText(c.text); err != nil {
		err.Field = d.Name
		return nil, err
	}
	return excelize.Cell{StyleID: t.styles[cellText], Value: sheetText(c.text)}, nil
}

func (t *xlsxTable) flush() error { return nil }

// end writes the workbook. The sheet goes straight to its writer: excelize would collect the file in memory before.
func (t *xlsxTable) end() error {
	if err := t.sheet.Flush(); err != nil {
		return t.wrap(err)
	}
	t.book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(t.to) })
	_, err := t.book.WriteTo(io.Discard)
	return t.wrap(err)
}

func (t *xlsxTable) close() error {
	if t.book == nil {
		return nil
	}
	return t.wrap(t.book.Close())
}

func (t *xlsxTable) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("importer: %s: %w", t.task, err)
	}
	return nil
}

// sheetDigits is how many digits of a number spreadsheet programs know.
const sheetDigits = 15

// sheetNumber returns a number that a spreadsheet program keeps as it is.
func sheetNumber(text string) (float64, bool) {
	if grid.Decimal(text) != text {
		return 0, false
	}
	digits := strings.TrimLeft(strings.Replace(strings.TrimPrefix(text, "-"), ".", "", 1), "0")
	if len(digits) > sheetDigits {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

// firstSerial is the first day that all programs count in the same way: to some, 1900 was a leap year.
var firstSerial = time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)

// serial returns a date, or a date and time of whole seconds, as days since the end of 1899.
func serial(text string, kind cellKind) (float64, bool) {
	layout := time.DateOnly
	if kind == cellDateTime {
		layout = time.DateTime
	}
	at, err := time.Parse(layout, text)
	if err != nil || len(text) != len(layout) || at.Before(firstSerial) { // Parse takes fractions of seconds, too
		return 0, false
	}
	const day = 24 * 60 * 60
	seconds := at.Unix() - firstSerial.Unix()
	return float64(61+seconds/day) + float64(seconds%day)/day, true
}

// checkText says why no cell holds a text, if none does.
func checkText(s string) *CellError {
	if len(s) > excelize.TotalCellChars {
		units := 0
		for _, r := range s {
			if units++; r > 0xffff {
				units++
			}
		}
		if units > excelize.TotalCellChars {
			return &CellError{Limit: excelize.TotalCellChars, Length: units}
		}
	}
	for _, c := range []rune{0xfffe, 0xffff} {
		if strings.ContainsRune(s, c) {
			return &CellError{Character: c}
		}
	}
	return nil
}

// sheetText returns a text as excelize writes it whole: it writes _x0041_, which stands for a character, in ways that are wrong
// when two of these meet, so they are taken apart, as runs of one text.
func sheetText(s string) any {
	if !strings.Contains(s, "_x") {
		return s
	}
	var runs []excelize.RichTextRun
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			return append(runs, excelize.RichTextRun{Text: s})
		}
		runs = append(runs, excelize.RichTextRun{Text: s[:i+1]})
		s = s[i+1:]
	}
}

// sheetName returns the name of a module as one of a sheet, which has at most 31 characters.
func sheetName(module string) string {
	if utf8.RuneCountInString(module) > excelize.MaxSheetNameLength {
		return string([]rune(module)[:excelize.MaxSheetNameLength])
	}
	return module
}

// columnWidth is how wide a column is whose header is this, in characters.
func columnWidth(header string) float64 {
	n := 4
	for _, r := range header {
		if n++; r >= 0x2e80 { // of Han and the like
			n++
		}
	}
	return float64(min(max(n, 12), 40))
}
