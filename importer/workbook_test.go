package importer_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// book makes a workbook: cells of sheets, by name and place.
func book(t *testing.T, sheets ...map[string]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	require.NoError(t, err)
	zeros, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("00000")})
	require.NoError(t, err)
	for i, cells := range sheets {
		name := fmt.Sprint("Sheet", i+1)
		if i > 0 {
			_, err := f.NewSheet(name)
			require.NoError(t, err)
		}
		for at, v := range cells {
			switch v := v.(type) {
			case time.Time:
				require.NoError(t, f.SetCellValue(name, at, v))
				require.NoError(t, f.SetCellStyle(name, at, at, date))
			case uint8: // shown with zeros
				require.NoError(t, f.SetCellValue(name, at, v))
				require.NoError(t, f.SetCellStyle(name, at, at, zeros))
			case error:
				require.NoError(t, f.SetCellFormula(name, at, v.Error()))
			default:
				require.NoError(t, f.SetCellValue(name, at, v))
			}
		}
	}
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	require.NoError(t, f.Close())
	return b.Bytes()
}

func openBook(t *testing.T, b []byte, o *importer.FileOptions) (*importer.File, error) {
	t.Helper()
	return importer.NewFile(bytes.NewReader(b), int64(len(b)), "book.xlsx", o)
}

func TestWorkbook(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		layout(t, org, record.FieldLayout{Name: "Since", Type: "date"}, record.FieldLayout{Name: "Member", Type: "boolean"}, record.FieldLayout{Name: "Long_Number", Type: "text"})
		day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
		b := book(t, map[string]any{
			"A2": "客户名称", "B2": "Annual Revenue", "C2": "Since", "D2": "Member", "E2": "Billing Code", "F2": "Long_Number",
			"A3": "北京华信", "B3": 1234.5, "C3": day, "D3": true, "E3": uint8(7), "F3": 123456789012345,
			"A5": "Text cells", "B5": "1,234.5", "C5": "31/12/2026", "D5": "否", "E5": "00123",
			"A6": "Too wide", "G6": "x",
			"A7": "Second", "C7": "3/4/2026",
			"A8": "zero_x0000_byte", // as XML cannot write it
		}, map[string]any{"A1": "Other sheet"})
		f, err := openBook(t, b, nil)
		require.NoError(t, err)
		require.Equal(t, importer.Format{Kind: importer.KindXLSX, Sheet: "Sheet1"}, f.Format())
		require.Equal(t, []string{"Sheet1", "Sheet2"}, f.Sheets())
		r, err := importer.Run(t.Context(), org.Accounts, f, nil)
		require.NoError(t, err)
		require.Equal(t, "5 = 3 + 0 + 0 + 0 + 2", counts(r))
		require.Equal(t, []string{"6 RAGGED_ROW", "8 NUL_BYTE"}, faults(r))
		a := find(t, org, "北京华信")
		require.Equal(t, "1234.5 2026-03-04 true 00007 123456789012345", fmt.Sprint(a.AnnualRevenue.Decimal, " ", record.DateType().Format(a.Custom["Since"], nil), " ",
			a.Custom["Member"].Bool(), " ", a.Billing.Code, " ", a.Custom["Long_Number"].Text()))
		a = find(t, org, "Text cells")
		require.Equal(t, "1234.5 2026-12-31 false 00123", fmt.Sprint(a.AnnualRevenue.Decimal, " ", record.DateType().Format(a.Custom["Since"], nil), " ",
			a.Custom["Member"].Bool(), " ", a.Billing.Code))
		a = find(t, org, "Second") // by the text cells of the column: a date of a workbook says nothing of them
		require.Equal(t, "2026-04-03", record.DateType().Format(a.Custom["Since"], nil))

		f, err = openBook(t, b, &importer.FileOptions{Sheet: "Sheet2"})
		require.NoError(t, err)
		require.Equal(t, []string{"Other sheet"}, f.Header().Cells)
		jobs, err := importer.History(t.Context(), org.Session(), 1)
		require.NoError(t, err)
		require.Equal(t, "Sheet1", jobs[0].Format.Sheet)
	})
}

func TestWorkbooksRefused(t *testing.T) {
	t.Parallel()
	good := book(t, map[string]any{"A1": "Account Name", "A2": "x"})
	for name, tt := range map[string]struct {
		b     []byte
		o     importer.FileOptions
		found string
	}{
		"no such sheet": {good, importer.FileOptions{Sheet: "Nope"}, importer.FoundNoSheet},
		"cut":           {good[:len(good)/2], importer.FileOptions{}, importer.FoundDamaged},
		"a zip of else": {[]byte("PK\x05\x06" + strings.Repeat("\x00", 18)), importer.FileOptions{}, importer.FoundForeign},
		"empty":         {book(t, map[string]any{}), importer.FileOptions{}, importer.FoundEmpty},
		"too wide":      {book(t, map[string]any{"ZZ1": "x"}), importer.FileOptions{MaxColumns: 100}, importer.FoundTooWide},
	} {
		_, err := openBook(t, tt.b, &tt.o)
		var fe *importer.FormatError
		require.ErrorAs(t, err, &fe, name)
		require.Equal(t, tt.found, fe.Found, "%s: %v", name, err)
		require.Equal(t, "book.xlsx", fe.Name)
	}
}

// TestBrokenCells fails rows whose cells are errors of formulas, and not those in which nobody reads them.
func TestBrokenCells(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		src := &fixed{header: []string{"Account Name", "Phone", "else"}, rows: []importer.Row{
			{Line: 2, Cells: []string{"a", "#DIV/0!", ""}, Kinds: []importer.CellKind{0, importer.Broken, 0}},
			{Line: 3, Cells: []string{"b", "1", "#N/A"}, Kinds: []importer.CellKind{0, 0, importer.Broken}},
			{Line: 4, Cells: []string{"c", "#DIV/0!1", ""}}, // as somebody typed it
		}}
		r, err := importer.Run(t.Context(), org.Accounts, src, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"2 BROKEN_CELL Phone", "4 INVALID_DATA Phone"}, faults(r))
		require.Equal(t, "单元格是公式错误", r.Faults[0].Message(record.Chinese))
	})
}

// fixed is a source in memory.
type fixed struct {
	header []string
	rows   []importer.Row
}

func (f *fixed) Header() importer.Row { return importer.Row{Line: 1, Cells: f.header} }

func (f *fixed) Rows(context.Context) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		for _, r := range f.rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
