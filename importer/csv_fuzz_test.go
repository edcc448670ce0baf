package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a,b\r\n\"1\r\n2\",\"x\"\"y\"\r\n", "a\r1\r\r2", "\uFEFFa,b\n,\n\n1,2,,\n1,2,3\n",
		"a,b\n1,\"x\n2,\"y\"\n3,z\"\n", "a\n\"\n\"\"\n\"\"\"\n", "a,b\n\"1\n2\",x\"y\n5,6", "a\n\x00\n\xFF\n\xE4\xB8",
		"名称\n上海\n\"公\n司\"\n", "\n,\n\"\",b\n", "a\n12345678901234567890123456789012345\n\"2345678901\n23456789012345678901\"\nx\n",
		"sep=;\na;b\n", "a\tb\n", "PK\x03\x04", "\xFF\xFEa\x00", "a,b,c,d,e,f,g,h,i\n,,,,,,,,,,,,,,,\n,,,,,,,,,,x\n\"\",,,,,,,,,,\"\"\"\"\n",
	} {
		f.Add([]byte(seed), uint8(3))
		f.Add([]byte(seed), uint8(0))
	}
	f.Fuzz(func(t *testing.T, text []byte, window uint8) {
		if len(text) > 1<<16 {
			return
		}
		csvCheck(t, text, FileOptions{})
		small := FileOptions{MaxRow: 32, MaxColumns: 8, window: int(window%100) + 1}
		one := csvCheck(t, text, small)
		small.window = 1 << 10
		require.Equal(t, csvCheck(t, text, small), one, "rows differ by window")
	})
}

// csvCheck reads text, checks what holds for any file, and returns what was read.
func csvCheck(t testing.TB, text []byte, o FileOptions) []string {
	f, err := NewFile(bytes.NewReader(text), int64(len(text)), "fuzz", plain(o))
	if err != nil {
		var fe *FormatError
		require.ErrorAs(t, err, &fe)
		require.True(t, utf8.ValidString(err.Error()))
		return []string{err.Error()}
	}
	last := f.Header()
	require.Nil(t, last.Problem)
	columns := len(last.Cells)
	out := []string{csvLine(last)}
	var rows []Row
	for row, err := range f.Rows(t.Context()) {
		require.NoError(t, err)
		require.Equal(t, last.EndLine+1, row.Line)
		require.GreaterOrEqual(t, row.EndLine, row.Line)
		require.Equal(t, last.End, row.Offset)
		require.Greater(t, row.End, row.Offset)
		if p := row.Problem; p != nil {
			require.True(t, row.Line <= p.Line && p.Line <= row.EndLine)
			require.True(t, row.Offset <= p.Offset && p.Offset < row.End)
			require.True(t, strings.HasPrefix(string(text[row.Offset:row.End]), p.Raw))
			require.True(t, utf8.ValidString(p.Text()) && !strings.Contains(p.Text(), "\x00"))
			if p.Code == CodeBadQuote || p.Code == CodeUnclosedQuote || p.Code == CodeRowTooLong {
				require.Equal(t, row.Line, row.EndLine)
			}
		} else {
			require.Len(t, row.Cells, columns)
		}
		if row.Problem == nil || row.Problem.Code == CodeRaggedRow || row.Problem.Code == CodeBlankRow {
			for _, c := range row.Cells {
				require.True(t, utf8.ValidString(c) && !strings.Contains(c, "\x00"))
			}
		} else {
			require.Nil(t, row.Cells)
		}
		last = row
		out = append(out, csvLine(row))
		row.Cells = append([]string(nil), row.Cells...)
		rows = append(rows, row)
	}
	require.Equal(t, int64(len(text)), last.End)
	require.Equal(t, csvCountLines(text), last.EndLine)
	if o.MaxRow == 0 {
		csvCompare(t, text, f.Header(), rows)
	}
	return out
}

// csvCountLines counts physical lines by itself.
func csvCountLines(text []byte) int {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	n := bytes.Count(text, []byte("\n"))
	if !bytes.HasSuffix(text, []byte("\n")) {
		n++
	}
	return n
}

// csvCompare holds the rows against encoding/csv, for texts without a lone \r, which only here ends a line.
func csvCompare(t testing.TB, text []byte, header Row, rows []Row) {
	if bytes.Count(text, []byte("\r")) != bytes.Count(text, []byte("\r\n")) {
		return
	}
	r := csv.NewReader(bytes.NewReader(text[header.Offset:]))
	r.FieldsPerRecord = -1
	quote := false
	for _, row := range rows {
		quote = quote || row.Problem != nil && (row.Problem.Code == CodeBadQuote || row.Problem.Code == CodeUnclosedQuote)
	}
	first := true
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			require.False(t, quote, "encoding/csv finds no wrong quote")
			for _, row := range rows {
				require.Empty(t, row.Problem.Raw, "row not in encoding/csv")
			}
			return
		}
		if err != nil {
			require.True(t, quote, "encoding/csv: %v", err)
			return
		}
		line, _ := r.FieldPos(0)
		line += header.Line - 1
		if first {
			first = false
			require.Equal(t, header.Line, line)
			require.Len(t, header.Cells, len(cells))
			continue
		}
		for len(rows) > 0 && rows[0].Problem != nil && rows[0].Problem.Code == CodeBlankRow && rows[0].Problem.Raw == "" {
			rows = rows[1:]
		}
		require.NotEmpty(t, rows)
		row := rows[0]
		if p := row.Problem; p != nil && (p.Code == CodeBadQuote || p.Code == CodeUnclosedQuote) {
			return // encoding/csv stops here or in the next row
		}
		require.Equal(t, row.Line, line)
		switch p := row.Problem; {
		case p == nil:
			require.Equal(t, cells[:len(header.Cells)], row.Cells)
			require.True(t, empty(cells[len(header.Cells):]))
		case p.Code == CodeRaggedRow:
			require.Equal(t, p.Cells, len(cells))
			require.Equal(t, cells[:len(row.Cells)], row.Cells)
		case p.Code == CodeInvalidText || p.Code == CodeNULByte:
			bad := strings.Join(cells, ",")
			require.True(t, !utf8.ValidString(bad) || strings.Contains(bad, "\x00"))
		}
		rows = rows[1:]
	}
}

// TestCSVAgainstEncodingCSV writes rows with encoding/csv and reads them back, and counts them.
func TestCSVAgainstEncodingCSV(t *testing.T) {
	t.Parallel()
	parts := []string{"", "a", "12", " ", ",", `"`, "\n", "\r\n", "上海", "é", "\u00A0", "long text of some words", "=1", "0"}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		columns := 1 + rnd.IntN(12)
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.UseCRLF = rnd.IntN(2) == 0
		n := rnd.IntN(40)
		for i := range n + 1 {
			record := make([]string, columns)
			for c := range record {
				for range rnd.IntN(4) {
					record[c] += parts[rnd.IntN(len(parts))]
				}
			}
			record[0] = fmt.Sprint(i) + record[0]
			require.NoError(t, w.Write(record))
		}
		w.Flush()
		out := csvCheck(t, b.Bytes(), FileOptions{window: 1 + rnd.IntN(300)})
		require.Len(t, out, n+1)
		for _, line := range out {
			require.NotContains(t, line, " raw ")
		}
	}
}

// TestCSVBrokenAtRandom breaks valid text by bytes that matter.
func TestCSVBrokenAtRandom(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 4))
	const bytesThatMatter = "\"\"\"\",,\n\n\r\x00\xE4 x"
	for range 3000 {
		text := []byte("a,b,c\n1,\"x,y\",3\n\"上\n海\",\"q\"\"q\",\n4,5,6\r\n\"7\r\n8\",9,\"\"\n")
		for range rnd.IntN(12) {
			i := 6 + rnd.IntN(len(text)-6)
			text[i] = bytesThatMatter[rnd.IntN(len(bytesThatMatter))]
		}
		csvCheck(t, text, FileOptions{})
		small := FileOptions{MaxRow: 8 + rnd.IntN(32), MaxColumns: 3, window: 1 + rnd.IntN(40)}
		one := csvCheck(t, text, small)
		small.window = 1 << 10
		require.Equal(t, csvCheck(t, text, small), one)
	}
}
