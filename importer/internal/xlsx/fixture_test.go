package xlsx

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

// TestLibreOffice reads a workbook that LibreOffice made of the CSV file beside it, with quoted cells as text.
func TestLibreOffice(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/libreoffice.csv")
	require.NoError(t, err)
	file, err := os.ReadFile("testdata/libreoffice.xlsx")
	require.NoError(t, err)
	gridtest.Compare(t, string(text), open(t, file))
}

// TestCorpus reads the workbooks of other projects that a directory has, each of which is odd in a way.
func TestCorpus(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("CRM_TEST_SPREADSHEETS")
	if dir == "" {
		t.Skip("CRM_TEST_SPREADSHEETS names no directory")
	}
	for name, tt := range map[string]struct {
		code  grid.Code
		part  string
		rows  []int // of each sheet
		first string
		some  row // of the first sheet
	}{
		"calamine__inlineStr_cdata":           {rows: []int{2}, first: "tHello CDATA|tWorld", some: row{2, "t12345|tNormalText"}},
		"calamine__nonstandard-xml-ns-prefix": {rows: []int{3}, first: "ta|tb", some: row{3, "n2|n4"}},
		"calamine__strict_iso_paths": {rows: []int{76}, some: row{3, "n1625593500|n2|n3|n2|n2|n1|n97.91|n98.5|n98.3|n56969.955|n429.5|n552.16|n371.16|n395.5|n185|n0.91151928|n113939.91|n24"},
			first: "tItem|tThickness|tNumber Off Bends|tNumber Off Fold Tracks|tNumber Off Bend Downs|tNumber Off Bend Ups|tMinimal Fold Length|tMaximal Fold Length|tAverage Fold Length|tFlatSurface Area|tFlatBox X|tFlatBox Y|tPartBox X|tPartBox Y|tPartBox Z|tWeight|tVolume|tGoldenRun"},
		"poi__59746_NoRowNums":             {rows: []int{71}, first: "tChecked|tIon|tCharge|tMolecular Weight|tm/z|tRT [min]|tFWHM [min]|t# MI|tArea|tParent Area [%]|tStudy File ID", some: row{2, "btrue|t[M+Na]+1|n1|n644.24222|n667.23145|n8.346|n0.177|n3|n259103.248642121|n98.495|tF1"}},
		"poi__InlineStrings":               {rows: []int{7, 0, 0}, first: "tNumbers|tStrings|tInline Strings|tFormulas", some: row{3, "n32|tB|t2nd Inline String|n44"}},
		"sheetjs__xlsx-stream-d-date-cell": {rows: []int{13}, first: `tString|tてすと|t&'";<>|t&amp;`, some: row{5, "tDate|D2014-02-14 08:27:49"}},
		"calamine__pass_protected":         {code: grid.Encrypted},
		"poi__poc-xmlbomb":                 {code: grid.Damaged, part: "xl/sharedStrings.xml"},
		"poi__xlsx-corrupted":              {code: grid.Damaged, part: "_rels/.rels"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(dir + "/" + name + ".xlsx")
			require.NoError(t, err)
			if tt.code != "" {
				var e *grid.Error
				require.ErrorAs(t, problem(t, file), &e)
				require.Equal(t, tt.code, e.Code)
				require.Equal(t, tt.part, e.Part)
				return
			}
			b := open(t, file)
			require.Len(t, b.Sheets(), len(tt.rows))
			for i, n := range tt.rows {
				rows, err := read(t, b, i)
				require.NoError(t, err)
				require.Len(t, rows, n)
				if i == 0 {
					require.Equal(t, row{1, tt.first}, rows[0])
					require.Contains(t, rows, tt.some)
				}
			}
		})
	}
}

// TestLargeLibreOffice reads a sheet that is as long as one of older programs can be.
func TestLargeLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("LibreOffice takes several seconds")
	}
	t.Parallel()
	truth := gridtest.Truth(65_000)
	gridtest.Compare(t, truth, open(t, gridtest.LibreOffice(t, truth, "xlsx", "Calc MS Excel 2007 XML")))
}
