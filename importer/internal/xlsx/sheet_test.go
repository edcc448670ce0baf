package xlsx

import (
	"encoding/binary"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

func TestRows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200_000)
	for name, tt := range map[string]struct {
		rows string
		want []row
	}{
		"none":       {``, nil},
		"empty rows": {`<row r="1"/><row r="2"></row><row r="3"><c r="A3"/><c r="B3" s="1"></c><c r="C3"><v/></c><c r="D3" t="str"><v></v></c></row>`, nil},
		"numbers": {`<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="n"><v>-0.5</v></c><c r="D2"><v>1E3</v></c><c r="E2"><v>1.1000000000000001</v></c><c r="F2"><v> 7
</v></c><c r="G2"><v>-0</v></c><c r="H2"><v>12345678901234567890</v></c><c r="I2"><v>NaN</v></c><c r="J2"><v>1e999</v></c></row>`,
			[]row{{2, "n1||n-0.5|n1000|n1.1|n7|n0|n12345678901234567890|f#NUM!|f#NUM!"}}},
		"formats":   {`<row><c s="1"><v>45000</v></c><c s="2"><v>45000.5</v></c><c s="3"><v>42</v></c><c s="4"><v>0.5</v></c><c s="5"><v>45000</v></c><c s="6"><v>1.5</v></c><c s="99"><v>45000</v></c></row>`, []row{{1, "d2023-03-15|D2023-03-15 12:00:00|n00042|n50%|D2023-03-15 00:00:00|T36:00:00|n45000"}}},
		"shared":    {`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="s"><v> 0 </v></c><c t="s"><v/></c></row>`, []row{{1, "tshared|trich |||tshared"}}},
		"formulas":  {`<row><c t="str"><f>A1&amp;"x"</f><v>a&lt;b</v></c><c><f t="shared" si="0"/><v>3</v></c><c t="b"><f>1=1</f><v>1</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>`, []row{{1, "ta<b|n3|btrue|f#DIV/0!"}}},
		"booleans":  {`<row><c t="b"><v>0</v></c><c t="b"><v>true</v></c><c t="b"><v/></c></row>`, []row{{1, "bfalse|btrue"}}},
		"inline":    {`<row><c t="inlineStr"><is><t> a </t></is></c><c t="inlineStr"><is><r><rPr><i/></rPr><t>b</t></r><r><t>c</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c><c t="inlineStr"><v>d</v></c><c><is><t>e</t></is></c><c t="inlineStr"><v>no</v><is><t>f</t></is></c><c t="str"><v>g</v><is><t>no</t></is></c></row>`, []row{{1, "t a |tbc|td|te|tf|tg"}}},
		"space":     {"<row><c t=\"str\"><v>\n a\tb\r\nc\rd </v></c><c t=\"str\"><v>&#13;&#10;&#x9;</v></c></row>", []row{{1, "t\n a\tb\nc\nd |t\r\n\t"}}},
		"entities":  {`<row><c t="str"><v>&lt;&gt;&amp;&quot;&apos;&#65;&#x4E2d;&#x1F600;&amp;lt;</v></c></row>`, []row{{1, `t<>&"'A中😀&lt;`}}},
		"cdata":     {`<row><c t="str"><v><![CDATA[<a>&amp;]]>b<![CDATA[]] >]]></v></c><c t="inlineStr"><is><t><![CDATA[x]]></t></is></c></row>`, []row{{1, "t<a>&amp;b]] >|tx"}}},
		"escapes":   {`<row><c t="str"><v>a_x0041_b_x005F_x0041__x000D_</v></c><c t="inlineStr"><is><t>_xD83D__xDE00_</t></is></c><c t="inlineStr"><is><t>_xD83D_x _x004_ _x00411_ _X0041_ _</t></is></c><c t="str"><v>&#95;x0042_</v></c><c t="str"><v>_x0000_</v></c></row>`, []row{{1, "taAb_x0041_\r|t😀|t_xD83D_x _x004_ _x00411_ _X0041_ _|tB|t\x00"}}},
		"iso dates": {`<row><c t="d"><v>2014-02-14</v></c><c t="d"><v>2014-02-14T08:27:48.765Z</v></c><c t="d" s="1"><v>2014-02-14T00:00:00</v></c><c t="d"><v>2014-02-14T00:00:00</v></c><c t="d"><v>08:27:48</v></c><c t="d"><v>T23:59:59.4</v></c><c t="d"><v>2014-W07</v></c><c t="d"><v>2014-12-31T23:59:59.9+01:00</v></c><c t="d"><v>2014-02-14T08:27</v></c></row>`, []row{{1, "d2014-02-14|D2014-02-14 08:27:49|d2014-02-14|D2014-02-14 00:00:00|T08:27:48|T23:59:59|t2014-W07|D2015-01-01 00:00:00|D2014-02-14 08:27:00"}}},
		"places":    {`<row><c><v>1</v></c></row><row r="5"><c><v>2</v></c><c r="D5"><v>3</v></c><c><v>4</v></c></row><row><c r="b6"><v>5</v></c></row><row><c r="A9"><v>6</v></c></row><row r="1048576"><c r="XFD1048576"><v>7</v></c></row>`, []row{{1, "n1"}, {5, "n2|||n3|n4"}, {6, "|n5"}, {9, "n6"}, {1048576, strings.Repeat("|", 16383) + "n7"}}},
		"between":   {` <!-- <row> --> <?pi <row>?><row r="1" x14:dy=">'"> <c r='A1'> <v>1</v> <extLst><ext><v>no</v></ext></extLst></c><x14:thing><row/></x14:thing></row><x14:other>text &amp; <![CDATA[</row>]]></x14:other> `, []row{{1, "n1"}}},
		"comments":  {`<row><c t="str"><v>a<!-- b < c -->d<?e?></v></c></row>`, []row{{1, "tad"}}},
		"long":      {`<row><c t="str"><v>` + long + `</v></c></row>`, []row{{1, "t" + long}}},
		"wide text": {`<row><c t="str"><v>` + strings.Repeat("漢😀é", 30_000) + `</v></c></row>`, []row{{1, "t" + strings.Repeat("漢😀é", 30_000)}}},
		"far cells": {`<row><c r="C1"><v>1</v></c></row><row><c r="A2"><v>2</v></c></row><row><c r="C3" t="s"><v>0</v></c></row><row><c r="D4"><v>4</v></c></row>`, []row{{1, "||n1"}, {2, "n2"}, {3, "||tshared"}, {4, "|||n4"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(t, open(t, oneSheet(tt.rows).pack(t)), 0)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			got, err = read(t, open(t, workbook(prefixed(oneSheet(tt.rows)["xl/worksheets/sheet1.xml"])).pack(t)), 0)
			require.NoError(t, err)
			require.Equal(t, tt.want, got, "with prefixes")
		})
	}
}

// prefixed gives the elements of a sheet a prefix.
func prefixed(sheet string) string {
	for _, name := range []string{"worksheet", "sheetData", "row", "c", "v", "is", "t", "r", "f", "rPr", "rPh", "i", "extLst", "ext"} {
		for _, after := range []string{" ", ">", "/>"} {
			sheet = strings.ReplaceAll(sheet, "<"+name+after, "<q:"+name+after)
		}
		sheet = strings.ReplaceAll(sheet, "</"+name+">", "</q:"+name+">")
	}
	return sheet
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rows string
		code grid.Code
		row  int
		at   string // begins where the error is, in rows
	}{
		"row again":       {`<row r="2"/><row r="2"/>`, grid.Damaged, 3, `<row r="2"/>|2`},
		"row back":        {`<row r="3"/><row r="2"/>`, grid.Damaged, 4, `<row r="2"/>`},
		"row zero":        {`<row r="0"/>`, grid.Damaged, 1, `<row`},
		"no number":       {`<row r="x"/>`, grid.Damaged, 1, `<row`},
		"row too far":     {`<row r="1048577"/>`, grid.TooLarge, 1048577, `<row`},
		"cell again":      {`<row r="1"><c r="A1"/><c r="A1"/></row>`, grid.Damaged, 1, `<c r="A1"/>|2`},
		"cell back":       {`<row r="1"><c r="B1"/><c r="A1"/></row>`, grid.Damaged, 1, `<c r="A1"/>`},
		"other row":       {`<row r="1"><c r="B2"/></row>`, grid.Damaged, 1, `<c`},
		"cell of before":  {`<row r="1"/><row><c r="B1"/></row>`, grid.Damaged, 2, `<c`},
		"column too far":  {`<row r="1"><c r="XFE1"/></row>`, grid.TooLarge, 1, `<c`},
		"row of the cell": {`<row><c r="A1048577"/></row>`, grid.TooLarge, 1, `<c`},
		"next too far":    {`<row r="1"><c r="XFD1"/><c/></row>`, grid.TooLarge, 1, `<c/>`},
		"no place":        {`<row r="1"><c r="1A"/></row>`, grid.Damaged, 1, `<c`},
		"letters only":    {`<row r="1"><c r="A"/></row>`, grid.Damaged, 1, `<c`},
		"kind":            {`<row r="1"><c t="x"/></row>`, grid.Damaged, 1, `<c`},
		"style":           {`<row r="1"><c s="x"/></row>`, grid.Damaged, 1, `<c`},
		"no number there": {`<row r="1"><c><v>abc</v></c></row>`, grid.Damaged, 1, `<c`},
		"two points":      {`<row r="1"><c><v>1.2.3</v></c></row>`, grid.Damaged, 1, `<c`},
		"no truth":        {`<row r="1"><c t="b"><v>2</v></c></row>`, grid.Damaged, 1, `<c`},
		"no shared":       {`<row r="1"><c t="s"><v>4</v></c></row>`, grid.Damaged, 1, `<c`},
		"shared minus":    {`<row r="1"><c t="s"><v>-1</v></c></row>`, grid.Damaged, 1, `<c`},
		"entity":          {`<row r="1"><c t="str"><v>&nbsp;</v></c></row>`, grid.Damaged, 1, `&nbsp;`},
		"open entity":     {`<row r="1"><c t="str"><v>&amp</v></c></row>`, grid.Damaged, 1, `&amp`},
		"NUL entity":      {`<row r="1"><c t="str"><v>&#0;</v></c></row>`, grid.Damaged, 1, `&#0;`},
		"control entity":  {`<row r="1"><c t="str"><v>&#x1F;</v></c></row>`, grid.Damaged, 1, `&#x1F;`},
		"half a rune":     {`<row r="1"><c t="str"><v>&#xD83D;&#xDE00;</v></c></row>`, grid.Damaged, 1, `&#xD83D;`},
		"too high":        {`<row r="1"><c t="str"><v>&#x110000;</v></c></row>`, grid.Damaged, 1, `&#x110000;`},
		"NUL":             {"<row r=\"1\"/><row r=\"2\"><c t=\"str\"><v>a\x00</v></c></row>", grid.Damaged, 2, "\x00"},
		"control":         {"<row r=\"1\"><c t=\"str\"><v>a\x0bb</v></c></row>", grid.Damaged, 1, "\x0b"},
		"not UTF-8":       {"<row r=\"1\"><c t=\"str\"><v>中\xe4\xb8</v></c></row>", grid.Damaged, 1, "\xe4\xb8<"},
		"no character":    {"<row r=\"1\"><c t=\"str\"><v>中\uffff</v></c></row>", grid.Damaged, 1, "\uffff"},
		"text":            {`<row r="1">x<c/></row>`, grid.Damaged, 1, `x<c`},
		"cdata between":   {`<row r="1"><![CDATA[ ]]></row>`, grid.Damaged, 1, `<![CDATA[`},
		"doctype":         {`<!DOCTYPE x>`, grid.Damaged, 0, `<!`},
		"element":         {`<rov r="1"/>`, grid.Damaged, 0, `<rov`},
		"cell's element":  {`<row r="1"><c><w/></c></row>`, grid.Damaged, 1, `<w/`},
		"within text":     {`<row r="1"><c><v>1<b/></v></c></row>`, grid.Damaged, 1, `<b`},
		"nesting":         {`<row r="1"><c><v>1</c></v></row>`, grid.Damaged, 1, `</c>`},
		"nesting of rows": {`<row r="1"><c></row></c>`, grid.Damaged, 1, `</row>`},
		"nesting skipped": {`<row r="1"><c><f>1</g></f></c></row>`, grid.Damaged, 1, `</g>`},
		"run in a run":    {`<row r="1"><c><is><r><r><t/></r></r></is></c></row>`, grid.Damaged, 1, `<r><t/>`},
		"open run":        {`<row r="1"><c><is><r><t/></is></c></row>`, grid.Damaged, 1, `</is>`},
		"attribute":       {`<row r="1"><c r A1/></row>`, grid.Damaged, 1, `<c`},
		"unquoted":        {`<row r=1/>`, grid.Damaged, 1, `<row`},
		"row's end":       {`<row r="1"/></row>`, grid.Damaged, 1, `</row>`},
		"nameless":        {`<row r="1"/>< />`, grid.Damaged, 1, `< />`},
		"nothing":         {`<row r="1"/><>`, grid.Damaged, 1, `<>`},
		"too long":        {`<row r="1"><c t="str"><v>` + strings.Repeat("x", grid.MaxCell+1) + `</v></c></row>`, grid.TooLarge, 1, `</v>`},
		"long row":        {`<row r="1">` + strings.Repeat(`<c t="str"><v>`+strings.Repeat("x", grid.MaxCell)+`</v></c>`, 17) + `</row>`, grid.TooLarge, 1, ``},
		"long tag":        {`<row r="1"><c x="` + strings.Repeat("x", maxWindow) + `"/></row>`, grid.TooLarge, 1, `<c`},
		"too deep":        {`<x:a>` + strings.Repeat(`<b>`, maxDepth) + strings.Repeat(`</b>`, maxDepth) + `</x:a>`, grid.Damaged, 0, ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := oneSheet(tt.rows)
			got := problem(t, p.pack(t))
			var e *grid.Error
			require.ErrorAs(t, got, &e)
			require.Equal(t, tt.code, e.Code, got)
			require.Equal(t, "One", e.Part)
			require.Equal(t, tt.row, e.Row)
			if tt.at == "" {
				return
			}
			text, nth, _ := strings.Cut(tt.at, "|")
			sheet := p["xl/worksheets/sheet1.xml"]
			at := strings.Index(sheet, text)
			if nth == "2" {
				at = strings.LastIndex(sheet, text)
			}
			require.Equal(t, at, int(e.Offset), got)
		})
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	one := []row{{1, "n1"}}
	const rows = `<row><c><v>1</v></c></row>`
	for name, tt := range map[string]struct {
		sheet string
		want  []row
		code  grid.Code
	}{
		"before":            {`<worksheet><sheetPr><tabColor/></sheetPr><cols/><x:y><sheetData><row/></sheetData></x:y><sheetData>` + rows + `</sheetData></worksheet>`, one, ""},
		"no rows":           {`<worksheet><sheetData/></worksheet>`, nil, ""},
		"behind":            {"<worksheet><sheetData>" + rows + "</sheetData>\x00 <<< anything", one, ""},
		"byte order mark":   {"\ufeff" + head + "<worksheet><sheetData>" + rows + "</sheetData></worksheet>", one, ""},
		"UTF-16LE":          {inUTF16(binary.LittleEndian, "\ufeff", "<worksheet><sheetData>"+rows+"</sheetData></worksheet>"), one, ""},
		"UTF-16BE":          {inUTF16(binary.BigEndian, "\ufeff", "<worksheet><sheetData>"+rows+"</sheetData></worksheet>"), one, ""},
		"UTF-16, no mark":   {inUTF16(binary.LittleEndian, `<?xml version="1.0" encoding="UTF-16"?>`, "<worksheet><sheetData>"+rows+"</sheetData></worksheet>"), one, ""},
		"UTF-16, text":      {inUTF16(binary.BigEndian, "\ufeff", `<worksheet><sheetData><row><c t="str"><v>`+strings.Repeat("a漢😀", 9999)+`</v></c></row></sheetData></worksheet>`), []row{{1, "t" + strings.Repeat("a漢😀", 9999)}}, ""},
		"UTF-16, uneven":    {inUTF16(binary.LittleEndian, "\ufeff", `<worksheet><sheetData><row><c t="str"><v>`+strings.Repeat("a😀", 9999)+`</v></c></row></sheetData></worksheet>`), []row{{1, "t" + strings.Repeat("a😀", 9999)}}, ""},
		"UTF-16, cut":       {inUTF16(binary.LittleEndian, "\ufeff", "<worksheet><sheetData>"+rows) + "x", one, grid.Damaged},
		"UTF-16, half":      {inUTF16(binary.LittleEndian, "\ufeff", "<worksheet><sheetData>"+rows) + "\x3d\xd8 \x00", one, grid.Damaged},
		"another encoding":  {`<?xml version="1.0" encoding="GBK"?><worksheet><sheetData/></worksheet>`, nil, grid.Damaged},
		"another root":      {`<chartsheet/>`, nil, grid.Damaged},
		"empty root":        {`<worksheet/>`, nil, grid.Damaged},
		"no sheetData":      {`<worksheet><cols/></worksheet>`, nil, grid.Damaged},
		"cut before":        {`<worksheet><cols>`, nil, grid.Damaged},
		"cut in the rows":   {`<worksheet><sheetData>` + rows + `<row><c><v>2</v></c>`, one, grid.Damaged},
		"cut after the row": {`<worksheet><sheetData>` + rows, one, grid.Damaged},
		"cut in a rune":     {`<worksheet><sheetData>` + rows + "<row><c><v>\xe4\xb8", one, grid.Damaged},
		"cut in a tag":      {`<worksheet><sheetData>` + rows + `</sheetData`, one, grid.Damaged},
		"cut in a comment":  {`<worksheet><sheetData>` + rows + `<!`, one, grid.Damaged},
		"doctype":           {`<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>`, nil, grid.Damaged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(t, open(t, workbook(tt.sheet).pack(t)), 0)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.code, gridtest.Code(err), err)
		})
	}
}

func inUTF16(order binary.AppendByteOrder, texts ...string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(strings.Join(texts, ""))) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 5000 {
		rows.WriteString("\n <row r=\"" + strconv.Itoa(i+1) + "\"><c><v>1</v></c></row>")
	}
	p := oneSheet(rows.String())
	sheet := p["xl/worksheets/sheet1.xml"]
	at := 0
	for r, err := range open(t, p.pack(t)).Rows(t.Context(), 0) {
		require.NoError(t, err)
		at += strings.Index(sheet[at:], "<row ")
		require.Equal(t, at, int(r.Offset))
		at++
	}
}
