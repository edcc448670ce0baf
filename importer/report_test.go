package importer_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestReportsAsTheyLook holds what people get of a file with every kind of fault: the faults in two languages, and the rows
// to be mended.
func TestReportsAsTheyLook(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	crmtest.Seed(t, org)
	text := "Account Name,电话,Employees,Parent Account,Annual Revenue,=Remark\n" +
		"ok,1,5,Acme,1.5,x\n" + // 2
		",bad,xx,Nobody,1.23456,+1\n" + // 3
		"ok,2,,,,\n" + // 4
		"\n" + // 5
		"ragged\n" + // 6
		"q\"uote,,,,,\n" + // 7
		"open,\"1,,,,\n" + // 8
		"nul\x00,,,,,\n" + // 9
		"latin \xe9,,,,,\n" + // 10
		strings.Repeat("long", 2500) + ",,,,,\n" + // 11
		strings.Repeat("客", 101) + ",,12345678901,,,\n" + // 12
		"Acme,,,Acme Boston,,\n" // 13
	f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "t.csv", &importer.FileOptions{MaxRow: 2000})
	require.NoError(t, err)
	var b bytes.Buffer
	r, err := importer.Run(t.Context(), org.Accounts, f, &importer.Options{Rejects: &b})
	require.NoError(t, err)
	for _, lang := range []record.Language{record.English, record.Chinese} {
		b.WriteByte('\n')
		require.NoError(t, r.WriteFaults(&b, importer.KindCSV, lang))
	}
	golden := filepath.Join("testdata", "reports.csv")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o700))
		require.NoError(t, os.WriteFile(golden, b.Bytes(), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

// rowsSource is a source of a host's own.
type rowsSource struct {
	header []string
	rows   []importer.Row
}

func (s rowsSource) Header() importer.Row { return importer.Row{Line: 1, Cells: s.header} }

func (s rowsSource) Rows(context.Context) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		for _, r := range s.rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// TestSourceOfAHost imports rows that share a line, and rows that have not the cells of the header.
func TestSourceOfAHost(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		src := rowsSource{header: []string{"Account Name", "Employees"}}
		for _, cells := range [][]string{{"a", "x"}, {"b", "1"}, {"c", "y"}, {"b", "2"}, {"d"}, {"e", "1", "2"}} {
			src.rows = append(src.rows, importer.Row{Line: 7, Cells: cells})
		}
		var rejects bytes.Buffer
		r, err := importer.Run(t.Context(), org.Accounts, src, &importer.Options{Rejects: &rejects})
		require.NoError(t, err)
		require.Equal(t, "6 = 1 + 0 + 0 + 0 + 5", counts(r))
		require.Equal(t, []string{"7 INVALID_DATA Employees", "7 INVALID_DATA Employees", "7 DUPLICATE_ROW Account_Name", "7 RAGGED_ROW", "7 RAGGED_ROW"}, faults(r))
		require.Equal(t, "Account Name,Employees,Import line,Import codes,Import message,Import raw line\n"+
			"a,x,7,INVALID_DATA-Employees,Employees: not valid: expected a whole number,\n"+
			"c,y,7,INVALID_DATA-Employees,Employees: not valid: expected a whole number,\n"+
			"b,2,7,DUPLICATE_ROW-Account_Name,Account_Name: line 7 has the same key,\n"+
			",,7,RAGGED_ROW,the row has 1 cells where the header has 2,\n"+
			",,7,RAGGED_ROW,the row has 3 cells where the header has 2,\n", rejects.String())

		src.rows[1].Line = 0
		_, err = importer.Run(t.Context(), org.Accounts, src, nil)
		require.ErrorContains(t, err, "row 1 has line 0")
	})
}

// TestFaultsOfEachKindHaveTheirOwnPlace skips more rows than a report holds, and still shows what failed.
func TestFaultsOfEachKindHaveTheirOwnPlace(t *testing.T) {
	t.Parallel()
	text := "Account Name,Employees\n" + strings.Repeat("\n", importer.MaxFaults+500) + "a,x\n" + strings.Repeat("b,\n", importer.MaxFaults+10)
	r := run(t, crmtest.New(t), text, nil)
	require.Equal(t, int64(importer.MaxFaults+500), r.Skipped)
	require.Equal(t, int64(importer.MaxFaults+10), r.Failed)
	require.Len(t, r.Faults, 2*importer.MaxFaults)
	require.Equal(t, "1502 INVALID_DATA Employees", faults(r)[importer.MaxFaults])
	require.True(t, slices.IsSortedFunc(r.Faults, func(a, b importer.Fault) int { return a.Line - b.Line }))
	var b strings.Builder
	require.NoError(t, r.WriteFaults(&b, "", record.English))
	require.Contains(t, b.String(), "1502,failed,Employees,INVALID_DATA")
}

// TestPlaceOfAFault says where in a row of several lines the fault is.
func TestPlaceOfAFault(t *testing.T) {
	t.Parallel()
	r := run(t, crmtest.New(t), "Account Name,Phone\n\"a\nb\x00\",1\nc,\"d\n", nil)
	require.Equal(t, record.Args{"offset": 23, "line": 3, "column": 2, "cell": 1}, r.Faults[0].Args)
	require.Equal(t, "the row has a zero byte (byte 23 of the file), in cell 1, at line 3, byte 2", r.Faults[0].Message(record.English))
	require.Equal(t, "a quote is not closed, in cell 2, at line 4, byte 3", r.Faults[1].Message(record.English))
	require.Equal(t, "引号未闭合，第2个单元格，第4行第3字节", r.Faults[1].Message(record.Chinese))
}

// TestBatchesAreBounded imports rows of much text: a batch has few of them.
func TestBatchesAreBounded(t *testing.T) {
	t.Parallel()
	text := "Account Name,Description\n"
	for i := range 20 {
		text += fmt.Sprint("a", i, ",", strings.Repeat("x", 1<<20-10), "\n")
	}
	for name, batch := range map[string]int{"given": 1000, "chosen": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var reads []int64
			r := run(t, crmtest.New(t), text, &importer.Options{Batch: batch, Progress: func(p importer.Progress) { reads = append(reads, p.Read) }})
			require.Equal(t, "20 = 0 + 0 + 0 + 0 + 20", counts(r))
			require.Equal(t, []int64{3, 6, 9, 12, 15, 18, 20}, reads)
		})
	}
}

// TestRejectsLoseNothing holds the report of rows that are no rows: none of their cells can be imported by mistake, and all
// of their text is there.
func TestRejectsLoseNothing(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	long := strings.Repeat("tail ", 2000)
	var rejects bytes.Buffer
	r := run(t, org, "Account Name,Phone\na\nb,1,2\nq\"uote,"+long+"\n", &importer.Options{Rejects: &rejects})
	require.Equal(t, int64(3), r.Failed)
	require.Equal(t, "Account Name,Phone,Import line,Import codes,Import message,Import raw line\n"+
		",,2,RAGGED_ROW,the row has 1 cells where the header has 2,a\n"+
		",,3,RAGGED_ROW,the row has 3 cells where the header has 2,\"b,1,2\"\n"+
		",,4,BAD_QUOTE,\"a quote stands where none may be, in cell 1, at line 4, byte 2\",\"q\"\"uote,"+long+"\"\n", rejects.String())
	r = run(t, org, rejects.String(), nil) // unmended
	require.Equal(t, "3 = 0 + 0 + 0 + 0 + 3", counts(r))
	require.Equal(t, "MANDATORY_NOT_FOUND", r.Faults[0].Code)

	rejects.Reset()
	f, err := importer.NewFile(strings.NewReader("Account Name,Phone\n"+long+",\n"), int64(len(long)+21), "t.csv", &importer.FileOptions{MaxRow: 100})
	require.NoError(t, err)
	_, err = importer.Run(t.Context(), org.Accounts, f, &importer.Options{Rejects: &rejects})
	require.NoError(t, err)
	require.Contains(t, rejects.String(), long[:100]+"…\n")
}

// TestRejectsOfNothing has the header always, so that the report of a good file is a file.
func TestRejectsOfNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Account Name,=x\n", "Account Name,=x\na,1\n\n"} {
		var rejects bytes.Buffer
		org := crmtest.New(t)
		run(t, org, text, &importer.Options{Rejects: &rejects})
		require.Equal(t, "Account Name,'=x,Import line,Import codes,Import message,Import raw line\n", rejects.String())
		r := run(t, org, rejects.String(), nil)
		require.Zero(t, r.Read)
		require.Equal(t, "=x", r.Columns[1].Header)
	}
}

// TestFaultsAsWorkbook writes a hundred thousand faults of a job, and reads them as people get them.
func TestFaultsAsWorkbook(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a hundred thousand rows take seconds")
	}
	org := crmtest.Open(t, memory.New(nil), nil)
	var text strings.Builder
	text.WriteString("Account Name,Employees,Phone\n")
	for n := range 50_000 {
		fmt.Fprintf(&text, "a%d,many,%s\n", n, strings.Repeat("1", 40)) // two faults
	}
	text.WriteString(",,\n")
	r := run(t, org, text.String(), nil)
	require.Equal(t, "50001 = 0 + 0 + 0 + 1 + 50000", counts(r))
	for lang, want := range map[record.Language][][]string{
		record.English: {{"Line", "Status", "Field", "Code", "Message"}, {"2", "failed", "Employees", "INVALID_DATA", r.Faults[0].Message(record.English)}, {"50002", "skipped", "", "BLANK_ROW", "the row is blank"}},
		record.Chinese: {{"行号", "状态", "字段", "代码", "说明"}, {"2", "失败", "Employees", "INVALID_DATA", r.Faults[0].Message(record.Chinese)}, {"50002", "已跳过", "", "BLANK_ROW", "空行"}},
	} {
		var b bytes.Buffer
		require.NoError(t, importer.WriteFaults(t.Context(), org.Session(), r.Operation, &b, importer.KindXLSX, lang))
		f, err := importer.NewFile(bytes.NewReader(b.Bytes()), int64(b.Len()), "report.xlsx", nil)
		require.NoError(t, err)
		require.Equal(t, want[0], f.Header().Cells)
		n := 0
		for row, err := range f.Rows(t.Context()) {
			require.NoError(t, err)
			if n++; n == 1 || n == 100_001 {
				require.Equal(t, want[min(n, 2)], row.Cells)
				require.Equal(t, importer.Exact, row.Kinds[0], "a line is a number")
			}
		}
		require.Equal(t, 100_001, n)
	}
	require.EqualError(t, r.WriteFaults(io.Discard, importer.KindXLS, record.English), `importer: report: no format "XLS"`)
}
