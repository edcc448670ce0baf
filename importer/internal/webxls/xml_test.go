package webxls

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

const namespaces = `<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">`

func inXMLSheet(rows string) string {
	return namespaces + `<Styles><Style ss:ID="Default"/><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style><Style ss:ID="t" ss:Parent="d"><NumberFormat ss:Format="yyyy\-mm\-dd\ hh:mm"/></Style>` +
		`<Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style><Style ss:ID="z"><NumberFormat ss:Format="00000"/></Style><Style ss:ID="k" ss:Parent="d"/></Styles>` +
		`<Worksheet ss:Name="One"><Table>` + rows + `</Table></Worksheet></Workbook>`
}

// plainTag is the beginning of a tag without a prefix.
var plainTag = regexp.MustCompile(`<(/?)([A-Z][A-Za-z]+\b)`)

func TestXMLCells(t *testing.T) {
	t.Parallel()
	cell := func(kind, text string) string { return `<Cell><Data ss:Type="` + kind + `">` + text + `</Data></Cell>` }
	for name, tt := range map[string]struct{ rows, want string }{
		"nothing":        {``, ""},
		"types":          {`<Row>` + cell("String", "a &amp; 漢") + cell("Number", "1.50") + cell("Boolean", "1") + cell("Boolean", "0") + cell("Error", "#N/A") + cell("DateTime", "2023-03-15T10:20:30.000") + `</Row>`, "1 ta & 漢|n1.5|btrue|bfalse|f#N/A|D2023-03-15 10:20:30"},
		"numbers":        {`<Row>` + cell("Number", "1.1000000000000001") + cell("Number", "3.1E9") + cell("Number", "-0") + cell("Number", " 7 ") + cell("Number", "1E400") + `</Row>`, "1 n1.1|n3100000000|n0|n7|f#NUM!"},
		"days and times": {`<Row>` + cell("DateTime", "2023-03-15T00:00:00.000") + cell("DateTime", "1899-12-31T10:20:30.000") + `<Cell ss:StyleID="t"><Data ss:Type="DateTime">2023-03-15T00:00:00.000</Data></Cell><Cell ss:StyleID="d"><Data ss:Type="DateTime">2023-03-15T00:00:00</Data></Cell></Row>`, "1 d2023-03-15|T10:20:30|D2023-03-15 00:00:00|d2023-03-15"},
		"places":         {`<Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="String">a</Data></Cell><Cell ss:MergeAcross="2"><Data ss:Type="String">b</Data></Cell><Cell><Data ss:Type="String">c</Data></Cell></Row><Row ss:Span="2"/><Row>` + cell("String", "d") + `</Row>`, "3 |ta|tb|||tc;7 td"},
		"styles":         {`<Column ss:StyleID="p"/><Column ss:Index="3" ss:Span="1" ss:StyleID="d"/><Row>` + cell("Number", "0.15") + cell("Number", "7") + cell("Number", "45000") + cell("Number", "45000") + cell("Number", "45000") + `</Row><Row ss:StyleID="z">` + cell("Number", "7") + `<Cell ss:StyleID="k"><Data ss:Type="Number">45000.5</Data></Cell></Row>`, "1 n15%|n7|d2023-03-15|d2023-03-15|n45000;2 n00007|D2023-03-15 12:00:00"},
		"rich text":      {`<Row><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>bold</B> and <Font html:Color="#FF0000"><I>red</I></Font></ss:Data></Cell></Row>`, "1 tbold and red"},
		"comments":       {`<Row><Cell><Comment ss:Author="x"><ss:Data xmlns="http://www.w3.org/TR/REC-html40">said</ss:Data></Comment></Cell><Cell><Data ss:Type="String">a</Data><Comment><ss:Data>b</ss:Data></Comment><NamedCell ss:Name="x"/></Cell></Row>`, "1 |ta"},
		"formulas":       {`<Row><Cell ss:Formula="=A1"><Data ss:Type="Number">5</Data></Cell><Cell ss:Formula="=B1"/></Row>`, "1 n5"},
		"texts":          {`<Row>` + cell("String", "  a&#10;b<![CDATA[<c>]]> ") + cell("String", "") + `<Cell><Data>d</Data></Cell></Row>`, "1 t  a\nb<c> ||td"},
		"empty values":   {`<Row>` + cell("Number", "") + cell("DateTime", " ") + cell("String", "x") + `</Row>`, "1 ||tx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := inXMLSheet(tt.rows)
			for _, text := range []string{text, plainTag.ReplaceAllString(text, "<${1}ss:$2")} {
				b, err := OpenXML(reader1(text))
				require.NoError(t, err)
				rows, err := gridtest.Read(t, b, 0)
				require.NoError(t, err)
				require.Equal(t, tt.want, strings.Join(rows, ";"))
			}
		})
	}
}

func TestXMLSheets(t *testing.T) {
	t.Parallel()
	sheet := func(name, visible, cell string) string {
		return `<Worksheet ss:Name="` + name + `"><Table><Row><Cell><Data ss:Type="Number">` + cell + `</Data></Cell></Row></Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><x/>` + visible + `</WorksheetOptions></Worksheet>`
	}
	b, err := OpenXML(reader1(namespaces + `<DocumentProperties/><ExcelWorkbook><Date1904/></ExcelWorkbook><Styles><Style ss:ID="d"><Font/><NumberFormat ss:Format="yyyy"/></Style></Styles>` + sheet("A &amp; B", "", "1") +
		sheet("Hidden", "<Visible>SheetHidden</Visible>", "2") + sheet("Seen", "<Visible>SheetVisible</Visible>", "3") +
		`<Worksheet ss:Name="Days"><Table ss:StyleID="d"><Row><Cell><Data ss:Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook><!-- end -->`))
	require.NoError(t, err)
	require.Equal(t, []grid.Sheet{{Name: "A & B"}, {Name: "Hidden", Hidden: true}, {Name: "Seen"}, {Name: "Days"}}, b.Sheets())
	for i, want := range []string{"1 n1", "1 n2", "1 n3", "1 d1904-01-02"} {
		rows, err := gridtest.Read(t, b, i)
		require.NoError(t, err)
		require.Equal(t, []string{want}, rows)
	}
	for _, err := range b.Rows(t.Context(), 2) {
		require.NoError(t, err)
		break
	}
}

func TestWrongXML(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", grid.MaxCell)
	data := func(kind, text string) string {
		return inXMLSheet(`<Row/><Row><Cell><Data ss:Type="` + kind + `">` + text + `</Data></Cell></Row>`)
	}
	for name, tt := range map[string]struct {
		text string
		code grid.Code
		want string
	}{
		"another root":     {`<?xml version="1.0"?><rows/>`, grid.Foreign, "XML of another kind"},
		"nothing":          {``, grid.Damaged, "the file ends"},
		"no sheets":        {namespaces + `</Workbook>`, grid.Damaged, "no sheets"},
		"no number":        {data("Number", "x"), grid.Damaged, `in "One" at row 2 at byte`},
		"no truth":         {data("Boolean", "2"), grid.Damaged, "a value that is none of its type"},
		"no type":          {data("Picture", "2"), grid.Damaged, "a value that is none of its type"},
		"rows turned":      {inXMLSheet(`<Row ss:Index="2"/><Row ss:Index="2"/>`), grid.Damaged, "a row that is not behind the one before it"},
		"cells turned":     {inXMLSheet(`<Row><Cell/><Cell ss:Index="1"/></Row>`), grid.Damaged, "a cell that is not behind the one before it"},
		"no place":         {inXMLSheet(`<Row><Cell ss:Index="x"/></Row>`), grid.Damaged, "a place that is no number"},
		"no row":           {inXMLSheet(`<Row ss:Index="0"/>`), grid.Damaged, "a row that is not behind the one before it"},
		"a place below":    {inXMLSheet(`<Column ss:Span="-1"/>`), grid.Damaged, "a place that is no number"},
		"a far row":        {inXMLSheet(`<Row ss:Index="99999999999999999999"/>`), grid.TooLarge, "rows"},
		"far rows":         {inXMLSheet(`<Row ss:Span="1048576"/><Row/>`), grid.TooLarge, "rows"},
		"a far cell":       {inXMLSheet(`<Row><Cell ss:Index="16385"/></Row>`), grid.TooLarge, "cells"},
		"far cells":        {inXMLSheet(`<Row><Cell ss:MergeAcross="16384"/><Cell/></Row>`), grid.TooLarge, "cells"},
		"a far column":     {inXMLSheet(`<Column ss:Index="16385"/>`), grid.TooLarge, "columns"},
		"a long cell":      {data("String", "a"+long), grid.TooLarge, "a cell"},
		"a long row":       {inXMLSheet(`<Row>` + strings.Repeat(`<Cell><Data ss:Type="String">`+long+`</Data></Cell>`, 17) + `</Row>`), grid.TooLarge, "a row"},
		"a long tag":       {inXMLSheet(`<Row x="` + strings.Repeat(long, 17) + `"/>`), grid.TooLarge, "a tag, a text or a comment"},
		"depth":            {inXMLSheet(strings.Repeat("<x>", 100)), grid.Damaged, "elements too deep in others"},
		"no such entity":   {data("String", "&bomb;"), grid.Damaged, "invalid character entity &bomb;"},
		"an entity of own": {strings.Replace(data("String", "&b;"), "<Workbook", `<!DOCTYPE x [<!ENTITY b "bbbbbbbb">]><Workbook`, 1), grid.Damaged, "invalid character entity &b;"},
		"no UTF-8":         {data("String", "\xff"), grid.Damaged, "invalid UTF-8"},
		"another version":  {`<?xml version="0"?><Workbook/>`, grid.Damaged, `unsupported version "0"`},
		"wrong ends":       {inXMLSheet(`<Row></Cell></Row>`), grid.Damaged, "element <Row> closed by </Cell>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := OpenXML(reader1(tt.text))
			require.Equal(t, tt.code, gridtest.Code(err), err)
			require.ErrorContains(t, err, tt.want)
		})
	}
}
