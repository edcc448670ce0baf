package importer

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plain says what else is found from the text.
func plain(o FileOptions) *FileOptions {
	o.Charset, o.Comma, o.Quote = "utf-8", cmp.Or(o.Comma, ','), '"'
	return &o
}

// csvText opens a text with the given window.
func csvText(t testing.TB, text string, o FileOptions) *File {
	t.Helper()
	f, err := NewFile(strings.NewReader(text), int64(len(text)), "t.csv", plain(o))
	require.NoError(t, err)
	return f
}

// csvDump writes each row in one line: lines, cells, and the problem with its place.
func csvDump(t testing.TB, f *File) []string {
	t.Helper()
	var out []string
	for row, err := range f.Rows(t.Context()) {
		require.NoError(t, err)
		out = append(out, csvLine(row))
	}
	return out
}

func csvLine(row Row) string {
	s := fmt.Sprintf("%d", row.Line)
	if row.EndLine != row.Line {
		s += fmt.Sprintf("-%d", row.EndLine)
	}
	if row.Cells != nil {
		s += fmt.Sprintf(" %q", row.Cells)
	}
	if p := row.Problem; p != nil {
		s += " " + p.Code
		if p.Column > 0 {
			s += fmt.Sprintf(" %d:%d cell %d", p.Line, p.Column, p.Cell)
		}
		switch p.Code {
		case CodeRaggedRow:
			s += fmt.Sprintf(" %d of %d", p.Cells, p.Columns)
		case CodeRowTooLong:
			s += fmt.Sprintf(" %d of %d", p.Length, p.Limit)
		case CodeUnclosedQuote:
			s += fmt.Sprintf(" stopped %d", p.Stopped)
		}
		s += fmt.Sprintf(" raw %q", p.Raw)
	}
	return s
}

var csvWindows = []int{1, 2, 3, 5, 8, 13, 64, 4096}

func TestCSVRows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		text string // its \n stand for each kind of line end in turn
		want []string
	}{
		{"no rows", "a,b", nil},
		{"no rows, line end", "a,b\n", nil},
		{"plain", "a,b\n1,2\n3,4\n", []string{`2 ["1" "2"]`, `3 ["3" "4"]`}},
		{"no last line end", "a,b\n1,2", []string{`2 ["1" "2"]`}},
		{"empty cells", "a,b,c\n,,3\n1,,\n,2,\n", []string{`2 ["" "" "3"]`, `3 ["1" "" ""]`, `4 ["" "2" ""]`}},
		{"spaces kept", "a,b\n 1 ,\t2\n", []string{`2 [" 1 " "\t2"]`}},
		{"zero is a value", "a\n0\n", []string{`2 ["0"]`}},
		{"markup is text", "a\n<b>x</b>\n", []string{`2 ["<b>x</b>"]`}},
		{"eight byte edges", "a,b,c\n1234567,123456789,\n,1234567890123456,x\n", []string{`2 ["1234567" "123456789" ""]`, `3 ["" "1234567890123456" "x"]`}},
		{"quoted", "a,b\n\"1\",\"x,y\"\n\"\",2\n", []string{`2 ["1" "x,y"]`, `3 ["" "2"]`}},
		{"doubled quotes", "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", []string{`2 ["say \"hi\"" "\""]`}},
		{"quoted at the end", "a,b\n1,\"2\"", []string{`2 ["1" "2"]`}},
		{"quoted then unquoted", "a,b,c\n\"1\",2,\"3\"\n4,5,\n", []string{`2 ["1" "2" "3"]`, `3 ["4" "5" ""]`}},
		{"trailing comma after quoted", "a,b\n\"1\",\n", []string{`2 ["1" ""]`}},
		{"quoted line ends", "a,b\n\"1\n2\",\"x\n\ny\"\n3,4\n", []string{`2-5 ["1~2" "x~~y"]`, `6 ["3" "4"]`}},
		{"quoted line end last", "a,b\n1,\"x\n\"\n", []string{`2-3 ["1" "x~"]`}},
		{"CJK", "名称,行业\n上海公司,\"软件,\n服务\"\n\U0001F600,é\n", []string{`2-3 ["上海公司" "软件,~服务"]`, `4 ["😀" "é"]`}},
		{"replacement character in the file", "a\n\uFFFD\n", []string{`2 ["�"]`}},
		{"other line separators are text", "a\nx\u2028y\vz\n", []string{`2 ["x\u2028y\vz"]`}},

		{"blank lines", "a,b\n\n1,2\n\n\n3,4\n", []string{`2 [""] BLANK_ROW raw ""`, `3 ["1" "2"]`, `4 [""] BLANK_ROW raw ""`, `5 [""] BLANK_ROW raw ""`, `6 ["3" "4"]`}},
		{"blank lines at the end", "a,b\n1,2\n\n\n", []string{`2 ["1" "2"]`, `3 [""] BLANK_ROW raw ""`, `4 [""] BLANK_ROW raw ""`}},
		{"spaces only", "a,b\n \t\n1,2\n  , \n\u3000,\u00A0\n", []string{`2 [" \t"] BLANK_ROW raw " \t"`, `3 ["1" "2"]`, `4 ["  " " "] BLANK_ROW raw "  , "`, `5 ["\u3000" "\u00a0"] BLANK_ROW raw "\u3000,\u00a0"`}},
		{"empty cells only", "a,b\n,\n1,2\n\"\",\"\"\n,,,\n", []string{`2 ["" ""] BLANK_ROW raw ","`, `3 ["1" "2"]`, `4 ["" ""] BLANK_ROW raw "\"\",\"\""`, `5 ["" "" "" ""] BLANK_ROW raw ",,,"`}},

		{"too few", "a,b,c\n1,2\n3,4,5\n\"1\"\n", []string{`2 ["1" "2"] RAGGED_ROW 2 of 3 raw "1,2"`, `3 ["3" "4" "5"]`, `4 ["1"] RAGGED_ROW 1 of 3 raw "\"1\""`}},
		{"too many", "a,b\n1,2,3\n1,\"2\",\"\",4\n5,6\n", []string{`2 ["1" "2" "3"] RAGGED_ROW 3 of 2 raw "1,2,3"`, `3 ["1" "2" "" "4"] RAGGED_ROW 4 of 2 raw "1,\"2\",\"\",4"`, `4 ["5" "6"]`}},
		{"too many but empty", "a,b\n1,2,,\n3,4,\"\"\n,6,\n5,6, \n", []string{`2 ["1" "2"]`, `3 ["3" "4"]`, `4 ["" "6"]`, `5 ["5" "6" " "] RAGGED_ROW 3 of 2 raw "5,6, "`}},

		{"bare quote", "a,b\n1,ab\"c\n3,4\n", []string{`2 BAD_QUOTE 2:5 cell 2 raw "1,ab\"c"`, `3 ["3" "4"]`}},
		{"bare quote after a space", "a,b\n \"1\",2\n3,4\n", []string{`2 BAD_QUOTE 2:2 cell 1 raw " \"1\",2"`, `3 ["3" "4"]`}},
		{"text after a quote", "a,b\n1,\"x\"y\n3,4\n", []string{`2 BAD_QUOTE 2:6 cell 2 raw "1,\"x\"y"`, `3 ["3" "4"]`}},
		{"formula quote", "a,b\n=\"001\",2\n", []string{`2 BAD_QUOTE 2:2 cell 1 raw "=\"001\",2"`}},
		{"unclosed to the end", "a,b\n1,\"x\n3,4\n5,6\n", []string{`2 UNCLOSED_QUOTE 2:3 cell 2 stopped 0 raw "1,\"x"`, `3 ["3" "4"]`, `4 ["5" "6"]`}},
		{"unclosed on the last line", "a,b\n1,2\n1,\"x", []string{`2 ["1" "2"]`, `3 UNCLOSED_QUOTE 3:3 cell 2 stopped 0 raw "1,\"x"`}},
		{"unclosed then quoted", "a,b\n\"1,2\n3,\"4\"\n5,6\n", []string{`2 UNCLOSED_QUOTE 2:1 cell 1 stopped 3 raw "\"1,2"`, `3 ["3" "4"]`, `4 ["5" "6"]`}},
		{"unclosed after an escaped quote", "a,b\n1,\"x\"\"\n3,4\n", []string{`2 UNCLOSED_QUOTE 2:3 cell 2 stopped 0 raw "1,\"x\"\""`, `3 ["3" "4"]`}},
		{"unclosed in a row of two lines", "a,b\n\"1\n2\",\"x\n5,6\n", []string{`2 UNCLOSED_QUOTE 2:1 cell 1 stopped 0 raw "\"1"`, `3 BAD_QUOTE 3:2 cell 1 raw "2\",\"x"`, `4 ["5" "6"]`}},
		{"wrong quote in a second line", "a,b\n\"1\n2\",x\"y\n5,6\n", []string{`2 UNCLOSED_QUOTE 2:1 cell 1 stopped 3 raw "\"1"`, `3 BAD_QUOTE 3:2 cell 1 raw "2\",x\"y"`, `4 ["5" "6"]`}},
		{"lone quote", "a,b\n\"\n5,6\n", []string{`2 UNCLOSED_QUOTE 2:1 cell 1 stopped 0 raw "\""`, `3 ["5" "6"]`}},

		{"NUL", "a,b\n1,x\x00y\n3,4\n", []string{`2 NUL_BYTE 2:4 cell 2 raw "1,x\x00y"`, `3 ["3" "4"]`}},
		{"NUL in a quoted cell", "a,b\n\"x\ny\",\"z\n\x00\"\n3,4\n", []string{`2-4 NUL_BYTE 4:1 cell 2 raw "\"x~y\",\"z~\x00\""`, `5 ["3" "4"]`}},
		{"invalid UTF-8", "a,b\nM\xFCller,2\n3,4\n\"x\",\"\xC3\"\n", []string{`2 INVALID_TEXT 2:2 cell 1 raw "M\xfcller,2"`, `3 ["3" "4"]`, `4 INVALID_TEXT 4:6 cell 2 raw "\"x\",\"\xc3\""`}},
		{"surrogates and overlong", "a\n\xED\xA0\x80\n\xC0\xAF\n", []string{`2 INVALID_TEXT 2:1 cell 1 raw "\xed\xa0\x80"`, `3 INVALID_TEXT 3:1 cell 1 raw "\xc0\xaf"`}},
		{"half a character at the end", "a\nx\xE4\xB8", []string{`2 INVALID_TEXT 2:2 cell 1 raw "x\xe4\xb8"`}},

		{"byte order mark", "\uFEFFa,b\n1,2\n", []string{`2 ["1" "2"]`}},
		{"blank lines before the header", "\n ,\n\"a\n\",b\n1,2\n", []string{`5 ["1" "2"]`}},
	} {
		for _, eol := range []string{"\n", "\r\n", "\r"} {
			t.Run(fmt.Sprintf("%s %q", tt.name, eol), func(t *testing.T) {
				t.Parallel()
				text := strings.ReplaceAll(tt.text, "\n", eol)
				var want []string
				for _, w := range tt.want {
					cells, raw, _ := strings.Cut(w, " raw ")
					cellEnd := strings.Trim(fmt.Sprintf("%q", strings.ReplaceAll(eol, "\r\n", "\n")), `"`)
					w = strings.ReplaceAll(cells, "~", cellEnd)
					if raw != "" {
						w += " raw " + strings.ReplaceAll(raw, "~", strings.Trim(fmt.Sprintf("%q", eol), `"`))
					}
					want = append(want, w)
				}
				for _, window := range csvWindows {
					require.Equal(t, want, csvDump(t, csvText(t, text, FileOptions{window: window})), "window %d", window)
				}
			})
		}
	}
}

func TestCSVMixedLineEnds(t *testing.T) {
	t.Parallel()
	text := "a,b\r1,2\r\n3,4\n\r\r\n\n\"x\r\ny\rz\n\",5\n\r6,7\r"
	want := []string{
		`2 ["1" "2"]`, `3 ["3" "4"]`,
		`4 [""] BLANK_ROW raw ""`, `5 [""] BLANK_ROW raw ""`, `6 [""] BLANK_ROW raw ""`,
		`7-10 ["x\ny\rz\n" "5"]`, `11 [""] BLANK_ROW raw ""`, `12 ["6" "7"]`,
	}
	for _, window := range csvWindows {
		require.Equal(t, want, csvDump(t, csvText(t, text, FileOptions{window: window})), "window %d", window)
	}
}

func TestCSVHeader(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "a,b\n", `1 ["a" "b"]`},
		{"byte order mark", "\uFEFFa,b\n", `1 ["a" "b"]`},
		{"byte order mark and quote", "\uFEFF\"a\",b\n", `1 ["a" "b"]`},
		{"two byte order marks", "\uFEFF\uFEFF\"a\",b\n", `1 ["a" "b"]`},
		{"trimmed", " a\t,\u3000b \n", `1 ["a" "b"]`},
		{"empty and twice", "a,,a\n", `1 ["a" "" "a"]`},
		{"two lines", "\"a\r\nx\",b\n", `1-2 ["a\nx" "b"]`},
		{"after blank lines", "\r\n\n ,,\r\"\"\na,b\n", `5 ["a" "b"]`},
	} {
		for _, window := range csvWindows {
			require.Equal(t, tt.want, csvLine(csvText(t, tt.text, FileOptions{window: window}).Header()), "%s, window %d", tt.name, window)
		}
	}
	f := csvText(t, "a,b\n", FileOptions{})
	f.Header().Cells[0] = "changed"
	require.Equal(t, []string{"a", "b"}, f.Header().Cells)
}

func TestCSVComma(t *testing.T) {
	t.Parallel()
	for _, comma := range []byte{';', '\t', '|', ' ', 1} {
		text := strings.ReplaceAll("a~b\n1,2~\"x~\"\"\"\n~\n", "~", string(rune(comma)))
		want := []string{fmt.Sprintf("2 %q", []string{"1,2", "x" + string(rune(comma)) + `"`}), fmt.Sprintf(`3 ["" ""] BLANK_ROW raw %q`, string(rune(comma)))}
		require.Equal(t, want, csvDump(t, csvText(t, text, FileOptions{Comma: comma})))
	}
	for _, comma := range []byte{'"', '\n', '\r', 0x80, 0xFF} {
		_, err := NewFile(strings.NewReader("a\n"), 2, "t.csv", &FileOptions{Comma: comma})
		require.ErrorContains(t, err, "cannot separate cells")
	}
}

func TestCSVRowTooLong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"at the limit", "a\n12345678\n123456789\nx\n", []string{`2 ["12345678"]`, `3 ROW_TOO_LONG 3:9 cell 0 9 of 8 raw "12345678"`, `4 ["x"]`}},
		{"last", "a\nx\n" + strings.Repeat("y", 100), []string{`2 ["x"]`, `3 ROW_TOO_LONG 3:9 cell 0 100 of 8 raw "yyyyyyyy"`}},
		{"line ends not counted", "a\r\n12345678\r\n123456789\r\nx\r\n", []string{`2 ["12345678"]`, `3 ROW_TOO_LONG 3:9 cell 0 9 of 8 raw "12345678"`, `4 ["x"]`}},
		{"lone returns", "a\r12345678\r123456789\rx\r", []string{`2 ["12345678"]`, `3 ROW_TOO_LONG 3:9 cell 0 9 of 8 raw "12345678"`, `4 ["x"]`}},
		{"with quotes", "a\n\"123456\"\n\"1234567\"\nx\n", []string{`2 ["123456"]`, `3 ROW_TOO_LONG 3:9 cell 0 9 of 8 raw "\"1234567"`, `4 ["x"]`}},
		{"quoted lines at the limit", "a\n\"12\n345\"\n\"12\n3456\"\nx\n", []string{`2-3 ["12\n345"]`, `4 UNCLOSED_QUOTE 4:1 cell 1 stopped 0 raw "\"12"`, `5 BAD_QUOTE 5:5 cell 1 raw "3456\""`, `6 ["x"]`}},
		{"quote closed before the limit", "a,b\n\"1\n2\",34567\nx,y\n", []string{`2 UNCLOSED_QUOTE 2:1 cell 1 stopped 0 raw "\"1"`, `3 BAD_QUOTE 3:2 cell 1 raw "2\",34567"`, `4 ["x" "y"]`}},
		{"second line at the limit", "a,b\n\"1\n2\",34\n\"1\n2\",345\nx,y\n", []string{`2-3 ["1\n2" "34"]`, `4 UNCLOSED_QUOTE 4:1 cell 1 stopped 0 raw "\"1"`, `5 BAD_QUOTE 5:2 cell 1 raw "2\",345"`, `6 ["x" "y"]`}},
		{"half characters", "a\n1234567é\n\U0001F600\U0001F600x\n123456\xE4\xB8x\n", []string{
			`2 ROW_TOO_LONG 2:9 cell 0 9 of 8 raw "1234567"`, `3 ROW_TOO_LONG 3:9 cell 0 9 of 8 raw "😀😀"`, `4 ROW_TOO_LONG 4:9 cell 0 9 of 8 raw "123456\xe4\xb8"`}},
	} {
		for _, window := range csvWindows {
			require.Equal(t, tt.want, csvDump(t, csvText(t, tt.text, FileOptions{window: window, MaxRow: 8})), "%s, window %d", tt.name, window)
		}
	}
}

func TestCSVMaxColumns(t *testing.T) {
	t.Parallel()
	text := "a,b,c\n1,2,3,,,,,\n1,2,3,,,,,x\n1,2,\"3\",,,,\"\",\"\"\n1,2,\"3\",,,,,\"x\"\n,,,,,,,\n,,,,,,,x\n"
	want := []string{
		`2 ["1" "2" "3"]`,
		`3 ["1" "2" "3" ""] RAGGED_ROW 8 of 3 raw "1,2,3,,,,,x"`,
		`4 ["1" "2" "3"]`,
		`5 ["1" "2" "3" ""] RAGGED_ROW 8 of 3 raw "1,2,\"3\",,,,,\"x\""`,
		`6 ["" "" "" ""] BLANK_ROW raw ",,,,,,,"`,
		`7 ["" "" "" ""] RAGGED_ROW 8 of 3 raw ",,,,,,,x"`,
	}
	require.Equal(t, want, csvDump(t, csvText(t, text, FileOptions{MaxColumns: 4})))
	text = strings.Repeat("x,", 99) + "x\n" + strings.Repeat("y,", 999) + "y\n" + strings.Repeat("z,", 100) + "\n"
	f := csvText(t, text, FileOptions{})
	n := 0
	for row, err := range f.Rows(t.Context()) {
		require.NoError(t, err)
		switch n++; n {
		case 1:
			require.Equal(t, CodeRaggedRow, row.Problem.Code)
			require.Equal(t, 1000, row.Problem.Cells)
			require.Len(t, row.Cells, 1000)
		case 2:
			require.Nil(t, row.Problem)
			require.Len(t, row.Cells, 100)
		}
	}
	require.Equal(t, 2, n)
}

func TestCSVOffsets(t *testing.T) {
	t.Parallel()
	text := "\uFEFFa,b\r\n1,2\n\"x\r\ny\",4\n\n5,\"6\n7,\x00\n8,9"
	for _, window := range csvWindows {
		f := csvText(t, text, FileOptions{window: window})
		at := f.Header().End
		require.Equal(t, int64(3), f.Header().Offset)
		for row, err := range f.Rows(t.Context()) {
			require.NoError(t, err)
			require.Equal(t, at, row.Offset)
			at = row.End
			if p := row.Problem; p != nil {
				require.Equal(t, p.Raw, strings.TrimRight(text[row.Offset:row.End], "\n"))
				switch p.Code {
				case CodeNULByte:
					require.Equal(t, int64(strings.IndexByte(text, 0)), p.Offset)
				case CodeUnclosedQuote:
					require.Equal(t, int64(strings.LastIndexByte(text, '"')), p.Offset)
				}
			}
		}
		require.Equal(t, f.Size(), at)
	}
}

func TestCSVRowsAgainAndStop(t *testing.T) {
	t.Parallel()
	f := csvText(t, "a\n1\n2\n3\n", FileOptions{})
	for range 2 {
		require.Equal(t, []string{`2 ["1"]`, `3 ["2"]`, `4 ["3"]`}, csvDump(t, f))
	}
	rows := f.Rows(t.Context())
	for range 2 { // the same iterator, too
		for row, err := range rows {
			require.NoError(t, err)
			require.Equal(t, 2, row.Line)
			break
		}
	}
}

func TestCSVCellsAreKept(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("a,b\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "%d,\"x\"\"%d\"\n", i, i)
	}
	var kept []string
	for row, err := range csvText(t, text.String(), FileOptions{window: 64}).Rows(t.Context()) {
		require.NoError(t, err)
		kept = append(kept, row.Cells...)
	}
	for i := range 1000 {
		require.Equal(t, fmt.Sprint(i), kept[2*i])
		require.Equal(t, fmt.Sprintf("x\"%d", i), kept[2*i+1])
	}
}

func TestCSVCanceled(t *testing.T) {
	t.Parallel()
	f := csvText(t, "a\n"+strings.Repeat("1\n", 100), FileOptions{window: 16})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var last error
	for row, err := range f.Rows(ctx) {
		if last = err; err != nil {
			require.Zero(t, row)
			continue
		}
		if n++; n == 10 {
			cancel()
		}
	}
	require.ErrorIs(t, last, context.Canceled)
	require.Less(t, n, 20)
}
