package webxls

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

// open opens a text of either kind.
func open(text func() io.Reader) (grid.Workbook, error) {
	head := make([]byte, 4096)
	n, err := io.ReadFull(text(), head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if kind := Sniff(head[:n]); kind == Workbook || kind == OtherXML {
		return OpenXML(text)
	}
	return OpenHTML(text)
}

// TestLibreOffice compares what LibreOffice made of a table with it, as far as its formats keep cells.
func TestLibreOffice(t *testing.T) {
	t.Parallel()
	truth := strings.NewReplacer("\t", " ", "  ", "").Replace(gridtest.Truth(3000)) // of which it makes something else
	for name, tt := range map[string]struct {
		extension, filter string
		keep              func(grid.Cell) grid.Cell
	}{
		"HTML": {"html", "HTML (StarCalc)", func(c grid.Cell) grid.Cell {
			c.Text = strings.Join(strings.FieldsFunc(c.Text, func(r rune) bool { return r == ' ' }), " ") // browsers show one space
			c.Text = strings.ReplaceAll(c.Text, " \n", "\n")
			c.Text = strings.ReplaceAll(c.Text, "\n ", "\n")
			return c
		}},
		"XML": {"xml", "MS Excel 2003 XML", func(c grid.Cell) grid.Cell {
			if percent, ok := strings.CutSuffix(c.Text, "%"); ok && c.Kind == grid.Number { // it does not say how cells look
				c.Text = grid.Decimal(percent + "e-2")
			}
			return c
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := gridtest.LibreOffice(t, truth, tt.extension, tt.filter)
			b, err := open(func() io.Reader { return bytes.NewReader(file) })
			require.NoError(t, err)
			gridtest.Compare(t, truth, b, tt.keep)
		})
	}
}

// seeds are texts of both kinds.
func seeds() []string {
	return []string{
		`<html><head><meta charset="utf-8"><style>.a{mso-number-format:"yyyy\/mm\/dd"}</style></head><body><table border=1><caption>C</caption><thead><tr><th colspan=2>a<th rowspan=2>b</thead><tr><td x:num="45000" class=a>1<td>c<br>d&amp;&nbsp;漢<tr><td sdval="0.5" sdnum="1033;0;0%">50%<table><tr><td>e</table></table><table><tr><td>f</td></tr></table></body></html>`,
		`<table><tr><td>a`,
		inXMLSheet(`<Column ss:StyleID="d"/><Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="String">a<B>b</B>&amp;</Data><Comment><Data>c</Data></Comment></Cell></Row><Row ss:Span="1"><Cell ss:MergeAcross="1" ss:StyleID="t"><Data ss:Type="DateTime">2023-03-15T10:20:30.000</Data></Cell><Cell><Data ss:Type="Number">1e5</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>`),
		`<?xml version="1.0" encoding="gbk"?><Workbook/>`,
	}
}

// TestCut cuts texts, which is always noticed while a table, or the workbook, has not ended.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, text := range seeds()[:3:3] {
		if text == seeds()[1] {
			continue
		}
		end := strings.LastIndex(text, ">")
		if i := strings.LastIndex(text, "</table>"); i > 0 {
			end = i + len("</table>") - 1
		}
		for at := range end {
			b, err := open(reader1(text[:at]))
			if err == nil { // the second table may be missing, and then it is not there
				require.Len(t, b.Sheets(), 1, "%d", at)
				require.Less(t, strings.Index(text, "</table><table>")+len("</table>"), at+1)
				continue
			}
			require.Contains(t, []grid.Code{grid.Damaged, grid.Foreign}, gridtest.Code(err), "%d: %v", at, err)
		}
	}
}

func Fuzz(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		Declared([]byte(text))
		for _, open := range []func(func() io.Reader) (grid.Workbook, error){
			func(text func() io.Reader) (grid.Workbook, error) { return OpenHTML(text) },
			func(text func() io.Reader) (grid.Workbook, error) { return OpenXML(text) },
		} {
			b, err := open(reader1(text))
			if err == nil {
				err = gridtest.Check(t, b)
				if err != nil {
					t.Errorf("what was read once cannot be read again: %v", err)
				}
			}
			if !gridtest.IsOwn(err) {
				t.Error(err)
			}
		}
	})
}

// endless repeats a part of a text so often, between others.
func endless(before, part, after string, n int) func() io.Reader {
	return func() io.Reader {
		parts := []io.Reader{strings.NewReader(before)}
		chunk := strings.Repeat(part, 1000)
		for range n / 1000 {
			parts = append(parts, strings.NewReader(chunk))
		}
		return io.MultiReader(append(parts, strings.NewReader(after))...)
	}
}

// TestMemory reads long texts; it measures what is in use, and is not parallel.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("these are long")
	}
	xml := inXMLSheet("@")
	before, after, _ := strings.Cut(xml, "@")
	for name, tt := range map[string]struct {
		text func() io.Reader
		code grid.Code
	}{
		"rows":     {endless("<table>", "<tr><td>a<td>b<td>c</td></tr>\n", "</table>", 1_000_000), ""},
		"XML rows": {endless(before, `<Row><Cell><Data ss:Type="String">a</Data></Cell></Row>`, after, 200_000), ""},
		"tables":   {endless("", "<table><tr><td></table>", "<table><tr><td>a</table>", 1_000_000), ""},
		"depth":    {endless("<table><tr><td>", "<table><tr><td>a", "", 1_000_000), grid.TooLarge},
		"elements": {endless("", "<div>", "<table><tr><td>a</table>", 2_000_000), ""},
		"comment":  {endless("<table><!--", strings.Repeat("x", 100), "--><tr><td>a</table>", 1_000_000), grid.TooLarge},
		"nothing":  {endless("<table><tr><td>a<td>", " ", "</table>", 2_000_000), ""},
		"spans":    {endless("<table>", "<tr><td rowspan=65534 colspan=1000>a</tr>", "</table>", 10_000), grid.TooLarge},
		"classes":  {endless("<style>", ".a{mso-number-format:0}", "</style><table><tr><td>a</table>", 500_000), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			start, most, n := m.HeapAlloc, uint64(0), 0
			look := func() {
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc-min(start, m.HeapAlloc))
			}
			b, err := open(tt.text)
			look()
			if err == nil {
				for _, e := range b.Rows(t.Context(), 0) {
					if n++; n%10_000 == 0 {
						look()
					}
					err = e
				}
				look()
			}
			t.Logf("%d rows, %d MB, %v", n, most>>20, err)
			require.Equal(t, tt.code, gridtest.Code(err), err)
			require.Less(t, most, uint64(96<<20))
		})
	}
}

// broken is a text that cannot be read to its end.
type broken struct{ io.Reader }

var errDisk = errors.New("disk")

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil {
		err = errDisk
	}
	return n, err
}

// TestBroken hands on the errors of a text, and those of a context.
func TestBroken(t *testing.T) {
	t.Parallel()
	before, after, _ := strings.Cut(inXMLSheet("@"), "@")
	for _, tt := range []struct{ text, before, row, after string }{
		{seeds()[0], "<table>", "<tr><td>a", "</table>"},
		{seeds()[2], before, `<Row><Cell><Data>a</Data></Cell></Row>`, after},
	} {
		times := 0
		b, err := open(func() io.Reader {
			if times++; times > 2 {
				return broken{strings.NewReader(tt.text[:len(tt.text)-200])}
			}
			return strings.NewReader(tt.text)
		})
		require.NoError(t, err)
		_, err = gridtest.Read(t, b, 0)
		require.ErrorIs(t, err, errDisk)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b, err = open(endless(tt.before, tt.row, tt.after, 5000))
		require.NoError(t, err)
		for _, err = range b.Rows(ctx, 0) {
			if err != nil {
				break
			}
		}
		require.ErrorIs(t, err, context.Canceled)
	}
}
