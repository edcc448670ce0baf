package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/clientele-go/crm/importer/internal/charset"
	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/xls"
	"github.com/clientele-go/crm/importer/internal/xlsx"
)

// opened returns the workbook that a file is, by its first bytes; nil when it is none.
func (f *File) opened(head []byte) (book grid.Workbook, kind Kind, err error) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		b, err := xlsx.Open(f.src, f.size)
		if err != nil {
			return nil, "", err
		}
		return b, KindXLSX, nil
	case xls.Begins(head):
		given, err := f.givenCharset()
		if err != nil {
			return nil, "", err
		}
		b, err := xls.Open(f.src, f.size, given)
		if err != nil {
			return nil, "", err
		}
		if found, ok := b.Charset(); ok {
			f.readIn(found)
		}
		return b, KindXLS, nil
	}
	return nil, "", nil
}

// readWorkbook finds the sheet of a workbook, and its header.
func (f *File) readWorkbook(book grid.Workbook, kind Kind) error {
	sheets := book.Sheets()
	f.format.Kind, f.book, f.sheet = kind, book, -1
	for i, s := range sheets {
		if f.o.Sheet == s.Name || f.o.Sheet == "" && !s.Hidden {
			f.sheet = i
			break
		}
	}
	if f.sheet < 0 {
		return &FormatError{Name: f.name, Found: FoundNoSheet, Sheet: f.o.Sheet}
	}
	f.format.Sheet = sheets[f.sheet].Name
	for row, err := range book.Rows(context.Background(), f.sheet) {
		if err != nil {
			return f.workbookError(err)
		}
		f.header = Row{Line: row.Number, EndLine: row.Number}
		for _, c := range row.Cells {
			f.header.Cells = append(f.header.Cells, strings.Clone(strings.TrimSpace(c.Text)))
		}
		if n := len(f.header.Cells); n > f.o.MaxColumns {
			return &FormatError{Name: f.name, Found: FoundTooWide, Sheet: f.format.Sheet, Line: row.Number, Limit: int64(f.o.MaxColumns), Length: int64(n)}
		}
		for i, c := range f.header.Cells {
			if code := badCell(c); code != "" {
				p := &Problem{Code: code, Line: row.Number, Cell: i + 1}
				return &FormatError{Name: f.name, Found: FoundBadHeader, Sheet: f.format.Sheet, Line: row.Number, Problem: p}
			}
		}
		f.rows = f.sheetRows
		return nil
	}
	return &FormatError{Name: f.name, Found: FoundEmpty, Sheet: f.format.Sheet}
}

// workbookError says what is wrong with a workbook.
func (f *File) workbookError(err error) error {
	var ge *grid.Error
	if !errors.As(err, &ge) {
		return fmt.Errorf("importer: %q: %w", f.name, err)
	}
	found, ok := foundIn[ge.Code]
	if !ok {
		found = FoundDamaged
	}
	return &FormatError{Name: f.name, Found: found, Sheet: ge.Part, Line: ge.Row, Offset: ge.Offset, Detail: ge.Detail, Charsets: ge.Charsets}
}

var foundIn = map[grid.Code]string{grid.Damaged: FoundDamaged, grid.Encrypted: FoundEncrypted, grid.Old: FoundOld, grid.Foreign: FoundForeign, grid.TooLarge: FoundBomb,
	grid.Unclear: FoundUnclear}

// Sheets returns the names of the sheets of a workbook, in its order, those that are hidden too; nil for another file.
func (f *File) Sheets() (names []string) {
	if f.book == nil {
		return nil
	}
	for _, s := range f.book.Sheets() {
		names = append(names, s.Name)
	}
	return names
}

// sheetRows returns the rows after the header.
func (f *File) sheetRows(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		width := len(f.header.Cells)
		cells, kinds := make([]string, width), make([]CellKind, width)
		whole := f.book.Size(f.sheet)
		for r, err := range f.book.Rows(ctx, f.sheet) {
			if err != nil {
				yield(Row{}, f.workbookError(err))
				return
			}
			if r.Number <= f.header.Line {
				continue
			}
			row := Row{Line: r.Number, EndLine: r.Number, Cells: cells, Kinds: kinds, End: share(f.size, r.Offset, whole)}
			clear(cells)
			clear(kinds)
			last, bad, code := 0, 0, ""
			for i, c := range r.Cells {
				if c.Text == "" {
					continue
				}
				if last = i + 1; i >= width {
					continue
				}
				cells[i], kinds[i] = c.Text, kindOf(c.Kind)
				if bad == 0 {
					if code = badCell(c.Text); code != "" {
						bad = i + 1
					}
				}
			}
			switch {
			case last > width:
				row.Problem = &Problem{Code: CodeRaggedRow, Line: r.Number, Cell: last, Columns: width, Cells: last}
			case last == 0:
				continue // formatted, and empty
			case bad > 0:
				row.Problem = &Problem{Code: code, Line: r.Number, Cell: bad}
				row.Cells, row.Kinds = nil, nil
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// share returns as much of size as part is of whole.
func share(size, part, whole int64) int64 {
	if part >= whole {
		return size
	}
	return int64(float64(size) * (float64(part) / float64(whole)))
}

// badCell returns the code of what no text has.
func badCell(text string) string {
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return CodeNULByte
	case strings.IndexByte(text, charset.Bad) >= 0:
		return CodeInvalidText
	}
	return ""
}

func kindOf(k grid.Kind) CellKind {
	switch k {
	case grid.Text:
		return Typed
	case grid.Fault:
		return Broken
	}
	return Exact
}
