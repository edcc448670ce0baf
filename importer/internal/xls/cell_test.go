package xls

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/charset"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

// whole is a whole number in four bytes.
func whole(n int32) uint32 { return uint32(n)<<2 | 2 }

// result is that of a formula which is no number.
func result(what, v byte) string { return string([]byte{what, 0, v, 0, 0, 0, 0xff, 0xff}) }

func TestCells(t *testing.T) {
	t.Parallel()
	styles := join(record(numberFormat, 200, narrow("yyyy-mm-dd")), record(numberFormat, 201, wide("yyyy\"年\"m\"月\"")), record(numberFormat, 10, narrow("00000")),
		record(cellStyle, 0, 0), record(cellStyle, 0, 14), record(cellStyle, 0, 200), record(cellStyle, 0, 201), record(cellStyle, 0, 9), record(cellStyle, 0, 10), record(cellStyle, 0, 22))
	shared := record(sharedTexts, uint32(3), uint32(3), narrow("zero"), wide("一二😀"), narrow(""))
	for name, tt := range map[string]struct {
		records [][]byte
		want    string
	}{
		"nothing":         {nil, ""},
		"shared texts":    {[][]byte{record(sharedLabel, 0, 0, 0, uint32(1)), record(sharedLabel, 0, 1, 0, uint32(0)), record(sharedLabel, 0, 2, 0, uint32(2))}, "1 t一二😀|tzero"},
		"own texts":       {[][]byte{record(label, 4, 0, 0, narrow("caf\xe9")), record(label, 4, 2, 0, wide("漢字")), record(richLabel, 5, 1, 0, narrow("rich"), 1, 0, 0)}, "5 tcafé||t漢字;6 |trich"},
		"numbers":         {[][]byte{record(number, 0, 0, 0, 1.5), record(number, 0, 1, 0, -0.1), record(number, 0, 2, 0, 1e15), record(number, 0, 3, 0, 0.1+0.2), record(number, 0, 4, 0, 1e-7)}, "1 n1.5|n-0.1|n1000000000000000|n0.3|n0.0000001"},
		"zeros":           {[][]byte{record(number, 0, 0, 0, math.Copysign(0, -1)), record(shortNumber, 0, 1, 0, uint32(0)), record(shortNumber, 0, 2, 0, whole(0))}, "1 n0|n0|n0"},
		"no number":       {[][]byte{record(number, 0, 0, 0, math.NaN()), record(number, 0, 1, 1, math.Inf(1))}, "1 f#NUM!|f#NUM!"},
		"digits":          {[][]byte{record(number, 0, 0, 0, 123456789012345.), record(number, 0, 1, 0, 12345678.1234567), record(number, 0, 2, 0, 1234567890123.456), record(number, 0, 3, 0, 0.000123456789012345)}, "1 n123456789012345|n12345678.1234567|n1234567890123.46|n0.000123456789012345"},
		"short numbers":   {[][]byte{record(shortNumber, 0, 0, 0, whole(-7)), record(shortNumber, 0, 1, 0, whole(12345)|1), record(shortNumber, 0, 2, 0, uint32(0x3ff00000)), record(shortNumber, 0, 3, 0, uint32(0x3ff00001)), record(shortNumber, 0, 4, 0, whole(-12345)|1)}, "1 n-7|n123.45|n1|n0.01|n-123.45"},
		"many numbers":    {[][]byte{record(multipleNumbers, 9, 2, 0, whole(1), 1, whole(45000), 0, whole(3), 4)}, "10 ||n1|d2023-03-15|n3"},
		"formats":         {[][]byte{record(number, 0, 0, 1, 45000.), record(number, 0, 1, 2, 45000.), record(number, 0, 2, 3, 45000.), record(number, 0, 3, 4, .15), record(number, 0, 4, 5, 123.), record(number, 0, 5, 6, 45000.5), record(number, 0, 6, 99, 7.)}, "1 d2023-03-15|d2023-03-15|d2023-03-15|n15%|n00123|D2023-03-15 12:00:00|n7"},
		"truth":           {[][]byte{record(truthOrFault, 0, 0, 0, byte(1), byte(0)), record(truthOrFault, 0, 1, 0, byte(0), byte(0))}, "1 btrue|bfalse"},
		"faults":          {[][]byte{record(truthOrFault, 0, 0, 0, byte(0), byte(1)), record(truthOrFault, 0, 1, 0, byte(0x2a), byte(1)), record(truthOrFault, 0, 2, 0, byte(99), byte(1))}, "1 f#NULL!|f#N/A|f#ERROR!"},
		"formulas":        {[][]byte{record(theFormula, 0, 0, 0, 2.5, 0), record(formula3, 0, 1, 1, 45000., 0), record(formula4, 0, 2, 0, result(1, 1)), record(theFormula, 0, 3, 0, result(2, 7)), record(theFormula, 0, 4, 0, result(3, 0)), record(theFormula, 0, 5, 0, result(1, 0))}, "1 n2.5|d2023-03-15|btrue|f#DIV/0!||bfalse"},
		"formula's text":  {[][]byte{record(theFormula, 0, 0, 0, result(0, 0)), record(formulaText, narrow("a")), record(theFormula, 0, 1, 0, result(0, 0)), record(sharedFormula, 0), record(formulaText, wide("二")), record(theFormula, 0, 2, 0, result(0, 0), 1), record(continued, 0), record(formulaArray, 0), record(formulaText, narrow("c"))}, "1 ta|t二|tc"},
		"long texts":      {[][]byte{record(label, 0, 0, 0, 3, byte(0), "a"), record(continued, byte(1), "\x00\x4eb\x00"), record(theFormula, 0, 1, 0, result(0, 0)), record(formulaText, 2, byte(1), "x\x00"), record(continued, byte(0), "y")}, "1 ta一b|txy"},
		"empty rows":      {[][]byte{record(label, 0, 0, 0, narrow("")), record(0x201, 3, 0, 0), record(0xbe, 4, 0, 0, 0, 1), record(label, 65535, 255, 0, narrow("last"))}, "65536 " + strings.Repeat("|", 255) + "tlast"},
		"parts within":    {[][]byte{record(label, 0, 0, 0, narrow("a")), part(version8, 0x20, record(label, 0, 1, 0, narrow("chart")), part(version8, 0x20, record(endOfPart-1))), record(label, 0, 2, 0, narrow("b"))}, "1 ta||tb"},
		"unknown records": {[][]byte{record(0x1234, "x"), record(continued, "y"), record(label, 0, 0, 0, narrow("a")), record(0xffff), record(label, 1, 0, 0, narrow("b"))}, "1 ta;2 tb"},
		"halves":          {[][]byte{record(label, 0, 0, 0, 2, byte(1), "\x3d\xd8a\x00"), record(label, 0, 1, 0, 1, byte(1), "\x00\xdc"), record(label, 0, 2, 0, 1, byte(1), "\x3d\xd8"), record(label, 0, 3, 0, 2, byte(1), "\x3d\xd8\x3d\xd8")}, "1 t\xffa|t\xff|t\xff|t\xff\xff"},
		"other orders":    {[][]byte{record(label, 1, 1, 0, narrow("d")), record(label, 1, 0, 0, narrow("c")), record(label, 0, 1, 0, narrow("b")), record(label, 0, 0, 0, narrow("a"))}, "1 ta|tb;2 tc|td"},
		"by column":       {[][]byte{record(label, 0, 0, 0, narrow("a")), record(theFormula, 1, 0, 0, result(0, 0)), record(formulaText, narrow("c")), record(label, 0, 1, 0, narrow("b")), record(multipleNumbers, 1, 1, 0, whole(1), 0, whole(2), 2)}, "1 ta|tb;2 tc|n1|n2"},
		"written twice":   {[][]byte{record(label, 0, 0, 0, narrow("old")), record(label, 0, 0, 0, narrow("new")), record(multipleNumbers, 0, 0, 0, whole(1), 0, whole(2), 1), record(label, 0, 0, 0, narrow("newest"))}, "1 tnewest|n2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := read(t, one(join(styles, shared), tt.records...))
			require.NoError(t, err)
			require.Equal(t, tt.want, strings.Join(rows, ";"))
		})
	}
}

func TestEpoch(t *testing.T) {
	t.Parallel()
	for from1904, want := range map[int]string{0: "1 d2000-01-01", 1: "1 d2004-01-02"} {
		rows, err := read(t, one(join(record(epoch, from1904), record(cellStyle, 0, 14)), record(number, 0, 0, 0, 36526.)))
		require.NoError(t, err)
		require.Equal(t, []string{want}, rows)
	}
}

// TestOldTexts reads texts as bytes.
func TestOldTexts(t *testing.T) {
	t.Parallel()
	text := func(s string) []byte { return data(len(s), s) }
	for name, tt := range map[string]struct {
		page    int
		charset *charset.Charset
		texts   []string
		want    string
	}{
		"western":            {1252, nil, []string{"caf\xe9"}, "1 tcafé"},
		"Chinese":            {936, nil, []string{"\xc9\xcf\xba\xa3"}, "1 t上海"},
		"Japanese":           {932, nil, []string{"\x8e\xf5\x8ei"}, "1 t寿司"},
		"Traditional":        {950, nil, []string{"\xa4\xa4"}, "1 t中"},
		"Korean":             {949, nil, []string{"\xc7\xd1"}, "1 t한"},
		"Greek":              {1253, nil, []string{"\xc1"}, "1 tΑ"},
		"Mac":                {10000, nil, []string{"\x8e"}, "1 té"},
		"no such bytes":      {936, nil, []string{"a\xff"}, "1 ta\xff"},
		"as somebody says":   {1252, charset.GB18030, []string{"\xc9\xcf\xba\xa3"}, "1 t上海"},
		"as they look":       {0, nil, []string{"\xc9\xcf\xba\xa3\xbb\xaa\xd0\xc5\xbf\xc6\xbc\xbc\xd3\xd0\xcf\xde\xb9\xab\xcb\xbe", "\xbf\xcd\xbb\xa7\xc3\xfb\xb3\xc6", "\xb5\xe7\xbb\xb0"}, "1 t上海华信科技有限公司|t客户名称|t电话"},
		"as they look, UTF8": {0, nil, []string{"上海"}, "1 t上海"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var records [][]byte
			for i, s := range tt.texts {
				records = append(records, record(label, 0, i, 0, text(s)))
			}
			var preamble []byte
			if tt.page > 0 {
				preamble = record(codePage, tt.page)
			}
			files := [][]byte{workbookAs(version5, preamble, sheetOf{name: "One", record: records})}
			if tt.page == 0 { // and no workbook around it
				files = append(files, part(versionNone, worksheet, records...), part(version5, worksheet, records...))
			}
			for _, file := range files {
				b, err := Open(strings.NewReader(string(file)), int64(len(file)), tt.charset)
				require.NoError(t, err)
				rows, err := gridtest.Read(t, b, 0)
				require.NoError(t, err)
				require.Equal(t, tt.want, strings.Join(rows, ";"))
			}
		})
	}
	// Formats, rich texts and formulas.
	rows, err := read(t, workbookAs(version5, join(record(codePage, 1252), record(numberFormat, 180, byte(4), "yyyy"), record(cellStyle, 0, 180)),
		sheetOf{name: "One", record: [][]byte{record(number, 0, 0, 0, 45000.), record(richLabel, 0, 1, 9, text("r\xefch"), byte(1), 0), record(theFormula, 0, 2, 9, result(0, 0)), record(formulaText, text("t"))}}))
	require.NoError(t, err)
	require.Equal(t, []string{"1 d2023-03-15|trïch|tt"}, rows)
}
