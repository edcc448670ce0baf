package xls

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

func TestSheets(t *testing.T) {
	t.Parallel()
	cell := func(s string) [][]byte { return [][]byte{record(label, 0, 0, 0, narrow(s))} }
	b := open(t, workbookOf(nil, sheetOf{"Seen", 0, 0, cell("a")}, sheetOf{"Hidden", 1, 0, cell("b")}, sheetOf{"Chart", 0, 2, cell("c")}, sheetOf{"Macros", 0, 1, nil}, sheetOf{"Very", 2, 0, nil}))
	require.Equal(t, []grid.Sheet{{Name: "Seen"}, {Name: "Hidden", Hidden: true}, {Name: "Very", Hidden: true}}, b.Sheets())
	for i, want := range [][]string{{"1 ta"}, {"1 tb"}, nil} {
		rows, err := gridtest.Read(t, b, i)
		require.NoError(t, err)
		require.Equal(t, want, rows)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	after := func(records ...[]byte) []byte {
		return one(record(sharedTexts, uint32(1), uint32(1), narrow("a")), append([][]byte{record(label, 6, 0, 0, narrow("first"))}, records...)...)
	}
	cut := func(file []byte, n int) []byte { return file[:len(file)-n] }
	for name, tt := range map[string]struct {
		file []byte
		want string
	}{
		"Excel 2.0":           {join([]byte("\x09\x00\x04\x00\x02\x00\x10\x00"), record(endOfPart)), `OLD_VERSION in "Workbook": a workbook of Excel 4.0 or older`},
		"Excel 3.0":           {join([]byte("\x09\x02\x06\x00\x00\x03\x10\x00\x00\x00"), record(endOfPart)), `OLD_VERSION in "Workbook": a workbook of Excel 4.0 or older`},
		"Excel 4.0":           {join([]byte("\x09\x04\x06\x00\x00\x04\x10\x00\x00\x00"), record(endOfPart)), `OLD_VERSION in "Workbook": a workbook of Excel 4.0 or older`},
		"another version":     {part(0x400, worksheet), `OLD_VERSION in "Workbook": a workbook of Excel 4.0 or older`},
		"encrypted":           {one(record(filePass, 1, 1)), `ENCRYPTED in "Workbook"`},
		"no sheets":           {workbookOf(nil), `DAMAGED in "Workbook": no sheets`},
		"only a chart":        {workbookOf(nil, sheetOf{"Chart", 0, 2, nil}), `DAMAGED in "Workbook": no sheets`},
		"a code page":         {workbookAs(version5, record(codePage, 1), sheetOf{name: "One"}), `OLD_VERSION in "Workbook": texts in code page 1`},
		"a short style":       {one(record(cellStyle, 1)), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"a short epoch":       {one(record(epoch)), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"a short page":        {one(record(codePage)), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"a short format":      {one(record(numberFormat, 1, 9, byte(0), "x")), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"no format":           {one(record(numberFormat)), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"a long format":       {one(record(numberFormat, 1, narrow(strings.Repeat("0", 1025)))), `TOO_LARGE in "Workbook" at byte 12: a number format`},
		"a short list":        {one(record(boundSheet, uint32(0), byte(0))), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"a short name":        {one(record(boundSheet, uint32(0), 0, byte(9), byte(0), "x")), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"short texts":         {one(record(sharedTexts, uint32(1))), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"a short text":        {one(record(sharedTexts, uint32(1), uint32(1), 9, byte(0), "x")), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"a short second text": {one(join(record(sharedTexts, uint32(1), uint32(1), 9, byte(0), "x"), record(continued, byte(0), "y"))), `DAMAGED in "Workbook" at byte 28: a record that is too short`},
		"short runs":          {one(record(sharedTexts, uint32(1), uint32(1), 1, byte(8), 9, "x")), `DAMAGED in "Workbook" at byte 12: a record that is too short`},
		"half a character":    {one(record(sharedTexts, uint32(1), uint32(1), 1, byte(1), "x")), `DAMAGED in "Workbook" at byte 12: half a character`},
		"no such text":        {after(record(sharedLabel, 6, 1, 0, uint32(1))), `DAMAGED in "One" at row 7 at byte 77: a text that is not among those that cells share`},
		"no texts at all":     {part(version5, worksheet, record(sharedLabel, 6, 1, 0, uint32(1))), `DAMAGED in "Sheet1" at row 7 at byte 12: a text that is not among those that cells share`},
		"a short cell":        {after(record(sharedLabel, 7, 1, 0, 0)), `DAMAGED in "One" at row 7 at byte 77: a record that is too short`},
		"a short number":      {after(record(number, 7, 1, 0, 0)), `DAMAGED in "One" at row 7 at byte 77: a record that is too short`},
		"no place":            {after(record(label, 7)), `DAMAGED in "One" at row 7 at byte 77: a record that is too short`},
		"half a number":       {after(record(multipleNumbers, 7, 0, 0, 0, 1)), `DAMAGED in "One" at row 7 at byte 77: a record that is too short`},
		"no numbers":          {after(record(multipleNumbers, 7, 0, 0)), `DAMAGED in "One" at row 7 at byte 77: a record that is too short`},
		"a short own text":    {after(record(label, 6, 1, 0, 9, byte(0), "x")), `DAMAGED in "One" at row 7 at byte 77: a record that is too short`},
		"no text behind":      {after(record(theFormula, 6, 1, 0, result(0, 0)), record(label, 6, 2, 0, narrow("x"))), `DAMAGED in "One" at row 7 at byte 95: a formula without its text`},
		"an odd result":       {after(record(theFormula, 6, 1, 0, result(9, 0))), `DAMAGED in "One" at row 7 at byte 77: a formula with a result of an unknown kind`},
		"a far column":        {after(record(label, 6, 20000, 0, narrow("x"))), `TOO_LARGE in "One" at row 7 at byte 77: columns`},
		"no end":              {cut(after(), 4), `DAMAGED in "One" at row 7 at byte 77: the file ends`},
		"half an end":         {cut(after(), 1), `DAMAGED in "One" at row 7 at byte 77: the file ends`},
		"half a record":       {cut(after(record(label, 6, 1, 0, narrow("x"))), 5), `DAMAGED in "One" at row 7 at byte 77: the file ends`},
		"no sheet":            {cut(one(nil), 16), `DAMAGED in "One" at byte 31: the file ends`},
		"unsorted, cut":       {cut(after(record(label, 5, 0, 0, narrow("x")), record(label, 5, 1, 0, narrow("x"))), 5), `DAMAGED in "One" at byte 91: the file ends`},
		"unsorted, short":     {after(record(label, 5, 0, 0, narrow("x")), record(number, 5, 0)), `DAMAGED in "One" at byte 91: a record that is too short`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.EqualError(t, problem(t, tt.file), "workbook: "+tt.want)
		})
	}
	rows, err := read(t, cut(after(record(label, 7, 1, 0, narrow("x")), record(label, 8, 1, 0, narrow("y"))), 5))
	require.Equal(t, grid.Damaged, gridtest.Code(err))
	require.Equal(t, []string{"7 tfirst"}, rows, "the rows before the one that may not be whole")
	moved := one(nil)
	moved[16] = 1 // where the sheet is said to be
	require.EqualError(t, problem(t, moved), `workbook: DAMAGED in "One" at byte 1: no beginning of a part`)
}

// TestUnclearTexts reads bytes that are texts in two charsets.
func TestUnclearTexts(t *testing.T) {
	t.Parallel()
	err := problem(t, part(versionNone, worksheet, record(label, 0, 0, 0, 2, "\xc4\xe0")))
	var e *grid.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, grid.Unclear, e.Code)
	require.Len(t, e.Charsets, 2)
}

// TestBrokenReads hands on the errors of the file, and those of a context.
func TestBrokenReads(t *testing.T) {
	t.Parallel()
	large, _, _ := workbooks()
	file := pack(9, node{name: "Workbook", text: large})
	wrong := errors.New("disk")
	for from := range int64(len(file)) {
		b, err := Open(gridtest.Failing{ReaderAt: bytes.NewReader(file), From: from, Err: wrong}, int64(len(file)), nil)
		if err == nil {
			_, err = gridtest.Read(t, b, 0)
		}
		if from < int64(len(file))-1000 {
			require.ErrorIs(t, err, wrong, "%d", from)
		}
	}
	var records [][]byte
	for i := range 30_000 {
		records = append(records, record(shortNumber, i, 0, 0, uint32(2)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range open(t, one(nil, records...)).Rows(ctx, 0) {
		if cancel(); err != nil {
			require.ErrorIs(t, err, context.Canceled)
			break
		}
		n++
	}
	require.Less(t, n, 10_000)
	records[0], records[1] = records[1], records[0]
	n = 0
	for _, err := range open(t, one(nil, records...)).Rows(ctx, 0) {
		require.ErrorIs(t, err, context.Canceled)
		n++
	}
	require.Equal(t, 1, n)
}

// TestAtOnce reads a workbook many times at once, and stops in the middle.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	large, _, want := workbooks()
	b := open(t, pack(9, node{name: "Workbook", text: large}))
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			rows, err := gridtest.Read(t, b, 0)
			if err != nil || len(rows) != len(want) {
				t.Errorf("%d rows, %v", len(rows), err)
			}
			for r, err := range b.Rows(t.Context(), 0) {
				if err != nil || r.Number == n {
					break
				}
			}
		})
	}
	all.Wait()
}
