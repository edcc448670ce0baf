package xls

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

// TestLibreOffice reads a workbook that LibreOffice made of the CSV file beside it.
func TestLibreOffice(t *testing.T) {
	t.Parallel()
	truth, err := os.ReadFile("testdata/libreoffice.csv")
	require.NoError(t, err)
	file, err := os.ReadFile("testdata/libreoffice.xls")
	require.NoError(t, err)
	gridtest.Compare(t, string(truth), open(t, file))
}

// TestLargeLibreOffice reads a sheet that is nearly as long as one can be.
func TestLargeLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("LibreOffice takes several seconds")
	}
	t.Parallel()
	truth := gridtest.Truth(65_000)
	gridtest.Compare(t, truth, open(t, gridtest.LibreOffice(t, truth, "xls", "MS Excel 97")))
}

// TestCorpus reads the workbooks of other projects that a directory has, each of which is odd in a way.
func TestCorpus(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("CRM_TEST_SPREADSHEETS")
	if dir == "" {
		t.Skip("CRM_TEST_SPREADSHEETS names no directory")
	}
	for name, tt := range map[string]struct {
		code grid.Code
		rows []int    // of each sheet
		some []string // of the first sheet
	}{
		"calamine__OOM_alloc":                        {rows: []int{19, 76, 33, 43, 43, 43, 43, 79, 59, 30}, some: []string{"8 tPrincipal Projects / Deals:||||||||tNew Deals||||||||tPhysical Volume of New Deals"}},
		"calamine__biff5-rich-text-string":           {rows: []int{15}, some: []string{"1 tELECTORAL DIVISION OF SOMERSET EAST ; FIELD-CÓRNËTCY No. 5, ZWAGERSHÓÊN.", "4 n1788|tMcNally|tHenry|tCape Police|tSalary|tGrootvlakte|tColonial Government|tE"}},
		"calamine__date_1904":                        {rows: []int{3}, some: []string{"1 d2021-01-01|n15", "2 d2021-01-02|n16", "3 T255:10:10|n17"}},
		"calamine__gh548_incorrect_sst_unique_count": {rows: []int{55, 263, 218, 218, 219, 140, 257}, some: []string{"6 |tPeriod:|tDecember 2022"}},
		"grate__multi_test":                          {rows: []int{16}, some: []string{"3 tTwo|n4|n1.2345678|n42.3333333333333|d1900-07-11|btrue"}},
		"libxls__dates-leap-year-1900-xls":           {rows: []int{8, 11}, some: []string{"2 D1900-01-01 08:00:00|t1900-01-01 08:00:00|btrue"}},
		"libxls__vietnamese-utf8":                    {rows: []int{7}, some: []string{"1 tMô tả", "3 tSÉT lẫn sạn laterite"}},
		"poi__1904DateWindowing":                     {rows: []int{1, 0, 0}, some: []string{"1 d2000-01-01|d2000-01-01"}},
		"poi__ContinueRecordProblem":                 {rows: []int{3}, some: []string{"1 tdata"}},
		"poi__DateFormats":                           {rows: []int{5, 0, 0}, some: []string{"1 tUS date|d2007-08-10", "3 tUK date|d2007-08-10"}},
		"poi__StringFormulas":                        {rows: []int{1, 0, 0}, some: []string{"1 tXYZ"}},
		"poi__chinese-provinces":                     {rows: []int{4}, some: []string{"2 tAnhui|t安徽省"}},
		"sheetjs__RkNumber":                          {rows: []int{5}, some: []string{"3 t0|t1|n1200455"}},
		"sheetjs__biff5_number_format_greek":         {rows: []int{29, 29, 64, 9, 12}, some: []string{"3 n1|n12345.6789|t0|t12346|t0|n12345.6789"}},
		"sheetjs__biff5_sushi":                       {rows: []int{1}, some: []string{"1 t??"}},
		"sheetjs__phonetic_text":                     {rows: []int{2}, some: []string{"1 t漢字", "2 t漢字withColor"}},
		"xlrd__ragged":                               {rows: []int{5, 0, 0}, some: []string{"1 ta|tb|tc", "2 td|te", "3 tf"}},
		"libxls__xls2csv_ole_read_MSAT_772":          {code: grid.Damaged},
		"poi__clusterfuzz-testcase-minimized-POIHSSFFuzzer-4819588401201152": {code: grid.Damaged},
		"poi__testEXCEL_3":                  {code: grid.Old},
		"xlrd__biff4_no_format_no_window2":  {code: grid.Old},
		"poi__xor-encryption-abc":           {code: grid.Encrypted},
		"sheetjs__password_2002_128_strong": {code: grid.Encrypted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(dir + "/" + name + ".xls")
			require.NoError(t, err)
			if tt.code != "" {
				require.Equal(t, tt.code, gridtest.Code(problem(t, file)))
				return
			}
			b := open(t, file)
			var counts []int
			for i := range b.Sheets() {
				rows, err := gridtest.Read(t, b, i)
				require.NoError(t, err)
				if counts = append(counts, len(rows)); i == 0 {
					require.Subset(t, rows, tt.some)
				}
			}
			require.Equal(t, tt.rows, counts)
		})
	}
}

// fixtures are whole workbooks, small ones.
func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	made, err := os.ReadFile("testdata/libreoffice.xls")
	require.NoError(t, err)
	large, small, _ := workbooks()
	texts := []text{{s: "plain"}, {s: "漢字かな", runs: 2}, {s: "mixed 字 text", ext: 5}, {}}
	cells, _ := cellsOf(texts)
	cells = append(cells, record(number, 9, 0, 1, 45000.5), record(multipleNumbers, 9, 1, 0, whole(1), 0, whole(2), 2), record(theFormula, 9, 3, 0, result(0, 0)), record(formulaText, wide("x")), record(truthOrFault, 9, 4, 0, byte(7), byte(1)))
	styles := join(record(numberFormat, 200, narrow("yyyy-mm-dd")), record(cellStyle, 0, 0), record(cellStyle, 0, 200))
	return map[string][]byte{
		"LibreOffice":  made,
		"packed":       pack(9, node{name: "Workbook", text: large}),
		"small":        pack(12, node{name: "x", text: small}, node{name: "Book", text: small}),
		"records":      one(join(styles, split(20, true, texts...)), cells...),
		"old records":  workbookAs(version5, join(record(codePage, 936), record(numberFormat, 9, byte(1), "0")), sheetOf{name: "One", record: [][]byte{record(label, 1, 1, 0, 2, "\xc9\xcf"), record(label, 0, 0, 0, 1, "a")}}),
		"only a sheet": part(versionNone, worksheet, record(label, 0, 0, 0, 4, "\xc9\xcf\xba\xa3"), record(number, 1, 0, 0, 5.5)),
	}
}

// TestCutFiles cuts workbooks, which is always noticed: of a container, unless only what pads its end is gone.
func TestCutFiles(t *testing.T) {
	t.Parallel()
	for name, file := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := lines(t, file)
			for at := 0; at < len(file); at += gridtest.Step(len(file), 2000) {
				err := problem(t, file[:at])
				require.True(t, gridtest.IsOwn(err), "%d: %v", at, err)
				if err == nil {
					require.Equal(t, whole, lines(t, file[:at]), "%d", at)
				}
			}
		})
	}
}

// lines returns all rows of all sheets.
func lines(t testing.TB, file []byte) (all []string) {
	b := open(t, file)
	for i := range b.Sheets() {
		rows, err := gridtest.Read(t, b, i)
		require.NoError(t, err)
		all = append(all, rows...)
	}
	return all
}

// TestFlippedFiles changes bits of workbooks, which have no checksum.
func TestFlippedFiles(t *testing.T) {
	t.Parallel()
	for name, file := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at := 0; at < len(file); at += gridtest.Step(len(file), 600) {
				for _, bit := range []byte{1, 4, 0x20, 0x80} {
					damaged := bytes.Clone(file)
					damaged[at] ^= bit
					err := problem(t, damaged)
					require.True(t, gridtest.IsOwn(err), "%d: %v", at, err)
				}
			}
		})
	}
}

func FuzzFile(f *testing.F) {
	for _, file := range fixtures(f) {
		f.Add(file)
	}
	if dir := os.Getenv("CRM_TEST_SPREADSHEETS"); dir != "" {
		entries, err := os.ReadDir(dir)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range entries {
			if file, err := os.ReadFile(dir + "/" + e.Name()); err == nil && strings.HasSuffix(e.Name(), ".xls") {
				f.Add(file)
			}
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if err := problem(t, file); !gridtest.IsOwn(err) {
			t.Error(err)
		}
	})
}

// spent returns how many bytes fn allocates.
func spent(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

const mb = 1 << 20

// TestMemory reads files of ill will; it measures what is allocated, and is not parallel.
func TestMemory(t *testing.T) {
	deep := node{name: "a", text: []byte("x")}
	for range 4000 {
		deep = node{name: "folder", kids: []node{deep}}
	}
	cells := func(n int, cell func(i int) []byte) (all [][]byte) {
		for i := range n {
			all = append(all, cell(i))
		}
		return all
	}
	for name, tt := range map[string]struct {
		file []byte
		code grid.Code
		most uint64
	}{
		"folders in folders": {pack(9, deep), grid.Foreign, 4 * mb},
		"far columns":        {one(nil, cells(5_000, func(i int) []byte { return record(label, i, 16_383, 0, narrow("x")) })...), "", 4 * mb},
		"many cells":         {one(nil, cells(200_000, func(i int) []byte { return record(multipleNumbers, i>>4, i&15, 0, whole(1), i&15) })...), "", 8 * mb},
		"many texts":         {one(record(sharedTexts, uint32(1)<<31, uint32(1)<<31, bytes.Repeat([]byte{0}, 3*20_000))), "", 4 * mb},
		"out of order":       {one(nil, cells(200_000, func(i int) []byte { return record(shortNumber, 65535-i>>3, i&7, 0, whole(1)) })...), "", 96 * mb},
		"too many of these": {one(nil, cells(1200, func(i int) []byte {
			return record(multipleNumbers, 2000-i, 0, bytes.Repeat(data(0, whole(1)), 10_000), 10_000)
		})...), grid.TooLarge, 512 * mb},
		"long rows": {one(nil, cells(300, func(i int) []byte { return record(label, 0, i, 0, 65_000, byte(0), bytes.Repeat([]byte("x"), 65_000)) })...), grid.TooLarge, 128 * mb},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			got := spent(func() { err = problem(t, tt.file) })
			t.Logf("%d KB: %d KB allocated, %v", len(tt.file)>>10, got>>10, err)
			require.Equal(t, tt.code, gridtest.Code(err), err)
			require.Less(t, got, tt.most)
		})
	}
}

// TestAllocations counts what each row costs.
func TestAllocations(t *testing.T) {
	file := func(n int) []byte {
		var records [][]byte
		for i := range n {
			records = append(records, record(sharedLabel, i, 0, 0, uint32(0)), record(number, i, 1, 0, 1.25), record(label, i, 2, 0, wide("二")), record(shortNumber, i, 3, 0, whole(7)))
		}
		return one(record(sharedTexts, uint32(1), uint32(1), narrow("a")), records...)
	}
	few, many := file(1000), file(3000)
	count := func(file []byte) float64 {
		b := open(t, file)
		return testing.AllocsPerRun(3, func() {
			for _, err := range b.Rows(t.Context(), 0) {
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	require.InDelta(t, 1, (count(many)-count(few))/2000, 0.1, "a string for each row")
}
