package importer

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"unicode/utf8"

	"github.com/gocarina/gocsv"
	"github.com/xuri/excelize/v2"

	"github.com/clientele-go/crm/record"
)

// Faults returns all that was wrong with the rows of an import, however many there are, by transaction, and in the order of the
// file within one. It may be asked for while the import runs, and long after. It fails as [record.Session.Operation] does.
func Faults(ctx context.Context, s *record.Session, job record.ID) iter.Seq2[Fault, error] {
	return func(yield func(Fault, error) bool) {
		stopped := false
		err := s.EachBatch(ctx, job, func(b *record.Batch) error {
			out, err := readResult(b)
			if err != nil {
				return err
			}
			for _, row := range out.Rows {
				for _, f := range row.Faults {
					if !yield(f, nil) {
						stopped = true
						return errStopped
					}
				}
			}
			return nil
		})
		if err != nil && !stopped {
			yield(Fault{}, err)
		}
	}
}

// errStopped ends a walk that nobody follows any more.
var errStopped = errors.New("importer: stopped")

// WriteFaults writes all faults of an import, as [Report.WriteFaults] does for those that a report holds. It fails as [Faults]
// does, and CSV ends with a whole row then.
func WriteFaults(ctx context.Context, s *record.Session, job record.ID, w io.Writer, format Kind, lang record.Language) error {
	return writeFaults(w, format, lang, Faults(ctx, s, job))
}

// WriteFaults writes the faults of the report, a row for each: its line in the file, whether the row failed or was skipped, the
// field, the code, and what it means in a language.
//
// The format is KindCSV, also when it is "", or KindXLSX. CSV is for programs: its header and status are in English always. XLSX is
// for people: they are in the language. Lines are numbers, and all else is text that no program runs as a formula; a message
// that a cell does not hold is cut, with an ellipsis. The sheet is in a temporary file until all is there, and more than 1,048,575
// faults are a [*CellError]: nothing has been written then.
func (r *Report) WriteFaults(w io.Writer, format Kind, lang record.Language) error {
	return writeFaults(w, format, lang, func(yield func(Fault, error) bool) {
		for _, f := range r.Faults {
			if !yield(f, nil) {
				return
			}
		}
	})
}

func writeFaults(w io.Writer, format Kind, lang record.Language, faults iter.Seq2[Fault, error]) error {
	switch format {
	case "", KindCSV:
		return writeFaultsCSV(csv.NewWriter(w), lang, faults)
	case KindXLSX:
		return writeFaultsXLSX(newXLSXTable(w, "report"), lang, faults)
	}
	return fmt.Errorf("importer: report: no format %q", format)
}

// faultRow is a fault as CSV has it.
type faultRow struct {
	Line    int    `csv:"line"`
	Status  string `csv:"status"`
	Field   string `csv:"field"`
	Code    string `csv:"code"`
	Message string `csv:"message"`
}

// faultPage is how many faults are written at a time.
const faultPage = 1000

func writeFaultsCSV(w *csv.Writer, lang record.Language, faults iter.Seq2[Fault, error]) error {
	page := make([]faultRow, 0, faultPage)
	write := gocsv.MarshalCSV // with the header
	flush := func() error {
		if err := write(&page, w); err != nil {
			return fmt.Errorf("importer: report: %w", err)
		}
		page, write = page[:0], gocsv.MarshalCSVWithoutHeaders
		return nil
	}
	for f, err := range faults {
		if err != nil {
			return errors.Join(err, flush())
		}
		page = append(page, faultRow{f.Line, f.status(), safeCell(f.Field), safeCell(f.Code), safeCell(f.Message(lang))})
		if len(page) == faultPage {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// The texts of a report for people.
var (
	faultSheet  = text{"Import report", "导入报告"}
	faultHeader = []text{{"Line", "行号"}, {"Status", "状态"}, {"Field", "字段"}, {"Code", "代码"}, {"Message", "说明"}}
	failedText  = text{"failed", "失败"}
	skippedText = text{"skipped", "已跳过"}
)

func writeFaultsXLSX(t *xlsxTable, lang record.Language, faults iter.Seq2[Fault, error]) (err error) {
	defer func() {
		if cerr := t.close(); err == nil {
			err = cerr
		}
	}()
	var header []string
	columns := make([]exportColumn, len(faultHeader))
	for i, h := range faultHeader {
		header = append(header, h.in(lang, nil))
		columns[i].def = record.Def{Name: h.english, Type: record.TextType(excelize.TotalCellChars)}
	}
	columns[0].def.Type = record.IntegerType(sheetDigits)
	if err := t.begin(faultSheet.in(lang, nil), header, columns); err != nil {
		return err
	}
	for f, err := range faults {
		if err != nil {
			return err
		}
		status := failedText
		if f.Skip {
			status = skippedText
		}
		if err := t.row(record.ID{}, []exportCell{{cellNumber, strconv.Itoa(f.Line)}, {text: status.in(lang, nil)}, {text: f.Field}, {text: f.Code},
			{text: cutText(f.Message(lang))}}); err != nil {
			return err
		}
	}
	return t.end()
}

// cutText returns as much of a text as a cell is sure to hold: a loop of rows may have thousands of lines.
func cutText(s string) string {
	if len(s) <= excelize.TotalCellChars {
		return s
	}
	n := excelize.TotalCellChars - len("…") // bytes, of which a text has at least as many as a cell has characters
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// status is what became of the row.
func (f *Fault) status() string {
	if f.Skip {
		return skippedText.english
	}
	return failedText.english
}
