package importer_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
)

func encoded(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	s, err := e.NewEncoder().String(text)
	require.NoError(t, err)
	return s
}

// rowsOf are the rows of a file: the line, the offset and the cells of each, or its problem.
func rowsOf(t *testing.T, f *importer.File) (rows []string) {
	t.Helper()
	for row, err := range f.Rows(t.Context()) {
		require.NoError(t, err)
		if row.Problem != nil {
			rows = append(rows, fmt.Sprintf("%d@%d-%d %s@%d", row.Line, row.Offset, row.End, row.Problem.Code, row.Problem.Offset))
			continue
		}
		rows = append(rows, fmt.Sprintf("%d@%d-%d %q", row.Line, row.Offset, row.End, row.Cells))
	}
	return rows
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	text := "客户名称,行业,备注\r\n北京华信科技有限公司,软件,\"两\r\n行\"\r\n上海浦江贸易有限公司,贸易,好\r\n"
	trad := strings.NewReplacer("客户", "客戶", "名称", "名稱", "行业", "行業", "备注", "備註", "华", "華", "软件", "軟體", "两", "兩", "贸", "貿").Replace(text)
	for _, tt := range []struct {
		name, text, bytes, by string
	}{
		{"UTF-8", text, text, "valid UTF-8"},
		{"GB18030", text, encoded(t, simplifiedchinese.GB18030, text), "frequency of characters"},
		{"Big5", trad, encoded(t, traditionalchinese.Big5, trad), "frequency of characters"},
		{"UTF-16LE", text, encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), "byte order mark"},
		{"UTF-16BE", text, encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), text), "zero bytes"},
		{"windows-1252", "Name,City\nMüller GmbH,München\nSociété Générale,Orléans\nCrème à la Française,Besançon\n", encoded(t, charmap.Windows1252, "Name,City\nMüller GmbH,München\nSociété Générale,Orléans\nCrème à la Française,Besançon\n"), "frequency of characters"},
	} {
		f := file(t, tt.bytes)
		require.Equal(t, tt.name+" "+tt.by, f.Format().Charset+" "+f.Format().By)
		plain := file(t, tt.text)
		require.Equal(t, plain.Header().Cells, f.Header().Cells, tt.name)
		got, want := rowsOf(t, f), rowsOf(t, plain)
		require.Len(t, got, len(want))
		end := int64(len(tt.bytes))
		for row, err := range f.Rows(t.Context()) { // its offsets are those of the file
			require.NoError(t, err)
			again := file(t, tt.bytes[:f.Header().End]+tt.bytes[row.Offset:row.End])
			require.Equal(t, strings.SplitN(rowsOf(t, again)[0], " ", 2)[1], strings.SplitN(fmt.Sprintf("0 %q", row.Cells), " ", 2)[1], tt.name)
			end = row.End
		}
		require.Equal(t, int64(len(tt.bytes)), end)
	}
}

// TestBytesOfNoCharset fails the rows of bytes that are no characters, at their places, and no other.
func TestBytesOfNoCharset(t *testing.T) {
	t.Parallel()
	good := encoded(t, simplifiedchinese.GB18030, "客户名称,行业\n北京华信科技有限公司,软件\n上海浦江贸易有限公司,贸易\n")
	text := good + "ab\xFF,1\n" + good[strings.Index(good, "\n")+1:] + "x,\xB9\n"
	f := file(t, text)
	require.Equal(t, "GB18030", f.Format().Charset)
	at := len(good)
	rows := rowsOf(t, f)
	require.Len(t, rows, 6)
	require.Equal(t, fmt.Sprintf("4@%d-%d INVALID_TEXT@%d", at, at+6, at+2), rows[2])
	require.Equal(t, fmt.Sprintf("7@%d-%d INVALID_TEXT@%d", len(text)-4, len(text), len(text)-2), rows[5])
}

func TestCharsetGiven(t *testing.T) {
	t.Parallel()
	name := encoded(t, simplifiedchinese.GB18030, "名称\n欧阳锋\n")
	open := func(o *importer.FileOptions) (*importer.File, error) {
		return importer.NewFile(strings.NewReader(name), int64(len(name)), "t.csv", o)
	}
	f, err := open(&importer.FileOptions{Charset: "GBK"})
	require.NoError(t, err)
	require.Equal(t, importer.Format{Kind: importer.KindCSV, Charset: "GB18030", By: "given", Comma: ',', Quote: '"'}, f.Format())
	require.Equal(t, []string{`2@5-12 ["欧阳锋"]`}, rowsOf(t, f))
	_, err = open(&importer.FileOptions{Charset: "utf-8"})
	require.EqualError(t, err, `importer: "t.csv" cannot be read: found text in another charset at line 1, column 1, byte 0: INVALID_TEXT`)
	_, err = open(&importer.FileOptions{Charset: "klingon"})
	require.EqualError(t, err, `importer: "t.csv": no charset "klingon"`)

	text := encoded(t, charmap.Windows1251, "a\nДа\n") // of which there is too little
	_, err = importer.NewFile(strings.NewReader(text), int64(len(text)), "t.csv", nil)
	var fe *importer.FormatError
	require.ErrorAs(t, err, &fe)
	require.Equal(t, importer.FoundUnclear, fe.Found)
	require.Equal(t, []string{"windows-1251", "EUC-KR"}, fe.Charsets)
	require.EqualError(t, err, `importer: "t.csv" cannot be read: found text whose charset is not clear: windows-1251 or EUC-KR`)
}

func TestDialects(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text   string
		comma, quote byte
		header       string
		rows         []string
	}{
		{"commas", "a,b\n1,2\n", ',', '"', `["a" "b"]`, []string{`2@4-8 ["1" "2"]`}},
		{"semicolons, and commas of decimals", "a;b\n1,5;2,5\n", ';', '"', `["a" "b"]`, []string{`2@4-12 ["1,5" "2,5"]`}},
		{"tabs", "a\tb\n1,2\t3\n", '\t', '"', `["a" "b"]`, []string{`2@4-10 ["1,2" "3"]`}},
		{"bars", "a|b\n1|\n", '|', '"', `["a" "b"]`, []string{`2@4-7 ["1" ""]`}},
		{"colons", "a:b\n1:2\n3:4\n", ':', '"', `["a" "b"]`, []string{`2@4-8 ["1" "2"]`, `3@8-12 ["3" "4"]`}},
		{"times", "time\n12:30\n9:15\n", ',', '"', `["time"]`, []string{`2@5-11 ["12:30"]`, `3@11-16 ["9:15"]`}},
		{"one column", "name\nA, B\nC\n", ',', '"', `["name"]`, []string{"2@5-10 RAGGED_ROW@5", `3@10-12 ["C"]`}},
		{"a comma in a header of semicolons", "Name, first;City\nx;y\nz;w\n", ';', '"', `["Name, first" "City"]`, []string{`2@17-21 ["x" "y"]`, `3@21-25 ["z" "w"]`}},
		{"separators in quotes", "\"a;a;a\",b\n\"1;1\",2\n", ',', '"', `["a;a;a" "b"]`, []string{`2@10-18 ["1;1" "2"]`}},
		{"a line for a spreadsheet program", "sep=;\r\na;b\r\n1,2;3\r\n", ';', '"', `["a" "b"]`, []string{`3@12-19 ["1,2" "3"]`}},
		{"the same, quoted", "\"SEP=,\"\na,b;c\n1,2\n", ',', '"', `["a" "b;c"]`, []string{`3@14-18 ["1" "2"]`}},
		{"no such line", "sep=\"\na\n", ',', '"', ``, nil},
		{"apostrophes", "'a','b'\n'1,2','it''s'\n", ',', '\'', `["a" "b"]`, []string{`2@8-22 ["1,2" "it's"]`}},
		{"apostrophes of formulas", "a,b\n'=1,'+2\n'=3,'-4\n", ',', '"', `["a" "b"]`, []string{`2@4-12 ["'=1" "'+2"]`, `3@12-20 ["'=3" "'-4"]`}},
		{"a bad row", "a;b;c\n1;2;3\n\"x\ny\n4;5;6\n", ';', '"', `["a" "b" "c"]`, []string{`2@6-12 ["1" "2" "3"]`, "3@12-15 UNCLOSED_QUOTE@12",
			"4@15-17 RAGGED_ROW@15", `5@17-23 ["4" "5" "6"]`}},
	} {
		f, err := importer.NewFile(strings.NewReader(tt.text), int64(len(tt.text)), "t.csv", nil)
		if tt.rows == nil {
			require.Error(t, err, tt.name)
			continue
		}
		require.NoError(t, err, tt.name)
		require.Equal(t, string([]byte{tt.comma, ' ', tt.quote}), string([]byte{f.Format().Comma, ' ', f.Format().Quote}), tt.name)
		require.Equal(t, tt.header, fmt.Sprintf("%q", f.Header().Cells), tt.name)
		require.Equal(t, tt.rows, rowsOf(t, f), tt.name)
	}
	for _, o := range []*importer.FileOptions{{Comma: '"'}, {Quote: 'x'}, {Comma: '\''}} {
		_, err := importer.NewFile(strings.NewReader("a"), 1, "t.csv", o)
		require.Error(t, err)
	}
}

// TestDecodedCutShort reads a file in another charset of which the end has gone.
func TestDecodedCutShort(t *testing.T) {
	t.Parallel()
	text := encoded(t, simplifiedchinese.GB18030, "客户名称,行业\n"+strings.Repeat("北京华信科技有限公司,软件\n", 40_000))
	r := &shrinking{strings.NewReader(text), int64(len(text))}
	f, err := importer.NewFile(r, r.size, "t.csv", nil)
	require.NoError(t, err)
	r.size = 900_001
	n := 0
	for _, e := range f.Rows(t.Context()) {
		if err = e; e == nil {
			n++
		}
	}
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, fmt.Sprintf(`"t.csv" at byte 900001 of %d`, len(text)))
	require.Less(t, n, 900_001/26)
	require.Greater(t, n, 20_000)
}

// shrinking is a file that has no more than size bytes.
type shrinking struct {
	r    io.ReaderAt
	size int64
}

func (s *shrinking) ReadAt(p []byte, off int64) (int, error) {
	if off >= s.size {
		return 0, io.EOF
	}
	n, err := s.r.ReadAt(p[:min(int64(len(p)), s.size-off)], off)
	if err == nil && n < len(p) {
		err = io.EOF
	}
	if errors.Is(err, io.EOF) {
		err = io.EOF
	}
	return n, err
}

// TestImportOfGBK is what a spreadsheet program in China saves as CSV.
func TestImportOfGBK(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		r := run(t, org, encoded(t, simplifiedchinese.GBK, "客户名称,行业,员工数\r\n北京华信科技有限公司,科技,40\r\n上海浦江贸易有限公司,,多\r\n"), nil)
		require.Equal(t, "2 = 1 + 0 + 0 + 0 + 1", counts(r))
		require.Equal(t, []string{"北京华信科技有限公司"}, list(t, org))
	})
}
