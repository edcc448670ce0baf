package webxls

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

func reader1(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }

// htmlRows returns the rows of the first table.
func htmlRows(t *testing.T, text string) string {
	t.Helper()
	b, err := OpenHTML(reader1(text))
	require.NoError(t, err)
	rows, err := gridtest.Read(t, b, 0)
	require.NoError(t, err)
	return strings.Join(rows, ";")
}

func TestTables(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"plain":             {`<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>`, "1 ta|tb;2 t1|t2"},
		"ends left out":     {`<table><tr><td>a<td>b<tr><td>c</table>`, "1 ta|tb;2 tc"},
		"parts":             {`<TABLE><CAPTION>x</CAPTION><colgroup><col></colgroup><THEAD><TR><TD>a</THEAD><TBODY><TR><TD>b</TBODY><tfoot><tr><td>c</tfoot></TABLE>`, "1 ta;2 tb;3 tc"},
		"no row":            {`<table><td>a<td>b</table>`, "1 ta|tb"},
		"empty rows":        {`<table><tr></tr><tr><td></td><td>&nbsp;</td></tr><tr><td> <td>a<td><br></tr></table>`, "3 |ta"},
		"white space":       {"<table><tr><td>\n  a \t b\r\n</td><td>a&nbsp;&nbsp;b&nbsp;</td><td><b>a</b> <i>b</i>c</td></tr></table>", "1 ta b|ta  b|ta bc"},
		"lines":             {`<table><tr><td>a<br>b<br/><br>c<br></td><td><p>a</p><p>b</p></td><td><div>a<div>b</div></div>c</td><td> <br> a</td></tr></table>`, "1 ta\nb\n\nc|ta\nb|ta\nb\nc|ta"},
		"entities":          {`<table><tr><td>a &amp; b &lt;c&gt; &quot;&#39;&#x4e2d;&eacute;&copy</td><td>&amp;amp;</td></tr></table>`, "1 ta & b <c> \"'中é©|t&amp;"},
		"columns":           {`<table><tr><td colspan=2>a<td>b</tr><tr><td>c<td colspan="x">d<td>e</tr><tr><td colspan=0>f<td colspan=-3>g</table>`, "1 ta||tb;2 tc|td|te;3 tf|tg"},
		"rows":              {`<table><tr><td rowspan=3>a<td>b<td rowspan=2>c</tr><tr><td>d</tr><tr><td>e<td>f</tr><tr><td>g</table>`, "1 ta|tb|tc;2 |td;3 |te|tf;4 tg"},
		"rows and columns":  {`<table><tr><td>a<td rowspan=2 colspan=2>b<td>c<tr><td>d<td>e<tr><td>f<td>g<td>h<td>i</table>`, "1 ta|tb||tc;2 td|||te;3 tf|tg|th|ti"},
		"rows to the end":   {`<table><tbody><tr><td rowspan=0>a<td>b<tr><td>c</tbody><tbody><tr><td>d</table>`, "1 ta|tb;2 |tc;3 td"},
		"rows over the end": {`<table><tr><td rowspan=99999999999999999999>a<td>b</tr><tr><td>c</table>`, "1 ta|tb;2 |tc"},
		"many columns":      {`<table><tr><td colspan=1000000000>a<td>b</table>`, "1 ta" + strings.Repeat("|", 1000) + "tb"},
		"free rows":         {`<table><tr><td>a<td rowspan=3>b<tr><td>c<tr><tr><td>d<td>e</table>`, "1 ta|tb;2 tc;4 td|te"},
		"tables within":     {`<table><tr><td>a<table><tr><td>b<td>c<tr><td>d</table>e<td>f</table>`, "1 ta\nb c\nd\ne|tf"},
		"hidden":            {`<table><tr><td>a<script>if (1 < 2) "<td>b"</script><style>td{}</style><!-- c --><td>d</table>`, "1 ta|td"},
		"text between":      {`x<table>y<tr>z<td>a</td>w</tr>v</table>u`, "1 ta"},
		"ends of nothing":   {`</td></tr></table><table><tr><td>a</td></td></tr></tr></tbody></table></table>`, "1 ta"},
		"numbers":           {`<style>.d {mso-number-format:"Short Date";} .z{ color:red; mso-number-format:00000 }</style><table><tr><td x:num="45000" class="b d">3/15<td x:num class=z>123<td x:num="1.50">x<td x:num>n/a<td x:num="12.5" style='mso-number-format:"0\.0%"'>x<td class=z>007<td x:str>1</table>`, "1 d2023-03-15|n00123|n1.5|tn/a|n1250%|t007|t1"},
		"truth and faults":  {`<table><tr><td x:bool="TRUE">yes<td x:bool=0>no<td x:err="#N/A">?<td x:bool=perhaps>p</table>`, "1 btrue|bfalse|f#N/A|tp"},
		"LibreOffice's":     {`<table><tr><td sdval="45000" sdnum="1033;0;YYYY-MM-DD">x<td sdval=0 sdnum="1033;0;BOOLEAN">FALSE<td sdval=1 sdnum="1033;0;BOOLEAN">T<td sdval="45000" sdnum="1031;1031;TT.MM.JJJJ">15.03.2023<td sdval=2 sdnum="1031;">2<td sdnum="1033;0;@">007</table>`, "1 d2023-03-15|bfalse|btrue|t15.03.2023|n2|t007"},
		"bytes":             {"<table><tr><td>a\xffb\xa2\xe4\xb8</table>", "1 ta\xffb\xff\xff\xff"},
		"after a comment":   {"<!--[if gte mso 9]><xml><x:Name>S</x:Name></xml><![endif]--><![if !vml]><table><tr><td>a</table><![endif]>", "1 ta"},
		"text areas":        {"<table><tr><td><textarea>a <b></textarea><td><select><option>x</select></table>", "1 ta <b>|tx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, htmlRows(t, tt.text))
		})
	}
}

func TestManyTables(t *testing.T) {
	t.Parallel()
	b, err := OpenHTML(reader1(`<table><tr><td></td></tr></table><table><caption> The <b>first</b> </caption><tr><td>a</table><p><table><tr><td>b</td></tr><tr><td>c</table><table></table>`))
	require.NoError(t, err)
	require.Equal(t, []grid.Sheet{{Name: "The first"}, {Name: "Table 3"}}, b.Sheets())
	for i, want := range [][]string{{"1 ta"}, {"1 tb", "2 tc"}} {
		rows, err := gridtest.Read(t, b, i)
		require.NoError(t, err)
		require.Equal(t, want, rows)
	}
	for _, err := range b.Rows(t.Context(), 1) {
		require.NoError(t, err)
		break
	}
}

func TestWrongHTML(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", grid.MaxCell)
	for name, tt := range map[string]struct{ text, want string }{
		"no table":      {"<html><body>Session expired</body></html>", "NOT_A_WORKBOOK: HTML without a table that has cells"},
		"no cells":      {"<table><tr></tr></table>", "NOT_A_WORKBOOK: HTML without a table that has cells"},
		"no end":        {"<table><tr><td>a</td></tr>", `DAMAGED in "Table 1" at row 1 at byte 26: the file ends within a table`},
		"cut in a cell": {"<table><tr><td>a</td></tr><tr><td>b", `DAMAGED in "Table 1" at row 2 at byte 35: the file ends within a table`},
		"cut in a tag":  {"<table><tr><td>a</td></tr></tab", `DAMAGED in "Table 1" at row 1 at byte 26: the file ends within a table`},
		"a long cell":   {"<table><tr><td>a</td></tr><tr><td>b" + long + "</table>", `TOO_LARGE in "Table 1" at row 2 at byte 34: a cell`},
		"a long name":   {"<table><caption>b" + long + "</caption></table>", `TOO_LARGE in "Table 1" at byte 16: the caption of a table`},
		"a long row":    {"<table><tr>" + strings.Repeat("<td>"+long, 17) + "</table>", `TOO_LARGE in "Table 1" at row 1 at byte 17825871: a row`},
		"a long tag":    {`<table><tr><td x="` + strings.Repeat(long, 17) + `">a</table>`, `TOO_LARGE in "Table 1" at row 1 at byte 11: a tag, a text or a comment`},
		"far columns":   {"<table><tr>" + strings.Repeat("<td colspan=1000>", 17) + "</table>", `TOO_LARGE in "Table 1" at row 1 at byte 283: columns`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := OpenHTML(reader1(tt.text))
			require.EqualError(t, err, "workbook: "+tt.want)
		})
	}
	_, err := OpenHTML(reader1("<table>" + strings.Repeat("<tr>", grid.MaxRows+1)))
	require.EqualError(t, err, `workbook: TOO_LARGE in "Table 1" at row 1048577 at byte 4194311: rows`)
}

func TestSniff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Markup{
		"": None, "a,b": None, "<id>,<name>": None, "<": None, "<3,4": None, "< table>": None, "<tablespace>": None,
		"<table>": HTML, " \n<TABLE border=1>": HTML, "<html xmlns:x=": HTML, "<!DOCTYPE html>": HTML, "<!doctype HTML PUBLIC \"-//W3C\">": HTML,
		"<!-- a --><!-- b --><div>": HTML, "<meta charset=x>": HTML, "<?xml version='1.0'?><!DOCTYPE html><html>": HTML, "<?xml version='1.0'?><html xmlns=''>": HTML,
		"<?xml version=\"1.0\"?>\r\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook xmlns=\"x\">": Workbook, "<ss:Workbook xmlns:ss='x'>": Workbook, "<Workbook>": Workbook,
		"<?xml version='1.0'?><rows/>": OtherXML, "<?xml version='1.0'?><!-- unclosed": OtherXML, "<?xml": OtherXML, "<!ELEMENT a>b": None,
	} {
		require.Equal(t, want, Sniff([]byte(text)), text)
	}
}

func TestDeclared(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "<table>": "", `<meta charset=gb2312>`: "gb2312", `<META http-equiv="Content-Type" content="text/html; charset=Shift_JIS">`: "Shift_JIS",
		`<?xml version="1.0" encoding="GBK"?><html>`: "GBK", `<?xml version='1.0' encoding='utf-8'?>`: "utf-8", `<?xml version="1.0"?>encoding="x"`: "", `<meta name=x>charset=y`: "",
		`<html><head><meta name="a"/><meta charset = " big5 ">`: "big5",
	} {
		require.Equal(t, want, Declared([]byte(text)), text)
	}
}

func TestUnescape(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`yyyy\/mm\/dd`: "yyyy/mm/dd", `\0022 a\22\a`: "\"a\"\n", `\@`: "@", `a\`: "a", `\5e74x`: "年x", `\110000ff`: "\ufffdff"} {
		require.Equal(t, want, unescape(in))
	}
}
