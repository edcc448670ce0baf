package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

// These tests measure what is allocated, and are not parallel.

// spent returns how many bytes fn allocates, and the most that were in use when step was called.
func spent(fn func(step func())) (allocated, peak uint64) {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	fn(func() {
		runtime.ReadMemStats(&now)
		peak = max(peak, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
	})
	runtime.ReadMemStats(&now)
	return now.TotalAlloc - before.TotalAlloc, peak
}

// packedParts is a workbook with one part made by write, deflated.
func packedParts(t testing.TB, p parts, name string, write func(io.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	p[name] = ""
	for n, text := range p {
		w, err := z.Create(n)
		require.NoError(t, err)
		if n == name {
			write(w)
			continue
		}
		_, err = io.WriteString(w, text)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

const mb = 1 << 20

// TestFarColumn reads 20,000 rows whose only cell is in the last column.
func TestFarColumn(t *testing.T) {
	const rows = 20_000
	file := packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", func(w io.Writer) {
		var b strings.Builder
		b.WriteString(`<worksheet><sheetData>`)
		for n := range rows {
			b.WriteString(`<row><c r="XFD` + strconv.Itoa(n+1) + `"><v>7</v></c></row>`)
		}
		b.WriteString(`</sheetData></worksheet>`)
		_, err := io.WriteString(w, b.String())
		require.NoError(t, err)
	})
	n := 0
	allocated, _ := spent(func(func()) {
		for r, err := range open(t, file).Rows(t.Context(), 0) {
			if err != nil || len(r.Cells) != grid.MaxColumns || r.Cells[grid.MaxColumns-1].Text != "7" || r.Cells[0].Text != "" {
				t.Fatal(r.Number, err)
			}
			n++
		}
	})
	require.Equal(t, rows, n)
	require.Less(t, allocated, uint64(4*mb))
}

// TestBombs opens archives that unpack to several hundred times their size. Texts that cells share are kept, at most 200 times
// the size of their part and grid.MaxStrings; everything else costs the same however large the archive is.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("packing them takes seconds")
	}
	many := func(before, text, after string, size int) func(io.Writer) {
		return func(w io.Writer) {
			chunk := strings.Repeat(text, max(1, mb/len(text)))
			_, err := io.WriteString(w, before)
			require.NoError(t, err)
			for n := 0; n < size; n += len(chunk) {
				_, err := io.WriteString(w, chunk)
				require.NoError(t, err)
			}
			_, err = io.WriteString(w, after)
			require.NoError(t, err)
		}
	}
	cell := `<row><c t="s"><v>0</v></c></row>`
	long := `<c t="str"><v>` + strings.Repeat("x", 30_000) + `</v></c>`
	for name, file := range map[string][]byte{
		"rows":       packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><sheetData>`, `<row/>`, `</sheetData></worksheet>`, 100*mb)),
		"a row":      packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><sheetData><row>`, long, `</row></sheetData></worksheet>`, 100*mb)),
		"a text":     packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><sheetData><row><c t="str"><v>`, `x`, `</v></c></row></sheetData></worksheet>`, 100*mb)),
		"a tag":      packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><sheetData><row x="`, `x`, `"/></sheetData></worksheet>`, 100*mb)),
		"spaces":     packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><sheetData>`, ` `, `</sheetData></worksheet>`, 100*mb)),
		"a comment":  packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><sheetData><!--`, ` `, `--></sheetData></worksheet>`, 100*mb)),
		"skipped":    packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><cols>`, `<col/>`, `</cols><sheetData/></worksheet>`, 100*mb)),
		"nesting":    packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><cols>`, `<col>`, ``, 100*mb)),
		"behind":     packedParts(t, oneSheet(""), "xl/worksheets/sheet1.xml", many(`<worksheet><sheetData/>`, ` `, `</worksheet>`, 100*mb)),
		"texts":      packedParts(t, oneSheet(cell), "xl/sharedStrings.xml", many(`<sst>`, `<si><t>`+strings.Repeat("x", 1000)+`</t></si>`, `</sst>`, 100*mb)),
		"no texts":   packedParts(t, oneSheet(cell), "xl/sharedStrings.xml", many(`<sst>`, `<si/>`, `</sst>`, 100*mb)),
		"styles":     packedParts(t, oneSheet(cell), "xl/styles.xml", many(`<styleSheet><cellXfs>`, `<xf/>`, `</cellXfs></styleSheet>`, 100*mb)),
		"formats":    packedParts(t, oneSheet(cell), "xl/styles.xml", many(`<styleSheet><numFmts>`, `<numFmt numFmtId="164" formatCode="`+strings.Repeat("general;", 100)+`"/>`, `</numFmts></styleSheet>`, 100*mb)),
		"sheets":     packedParts(t, oneSheet(cell), "xl/workbook.xml", many(`<workbook><sheets>`, `<sheet name="a" r:id="s1"/>`, `</sheets></workbook>`, 100*mb)),
		"properties": packedParts(t, oneSheet(cell), "xl/workbook.xml", many(`<workbook><definedNames>`, `<definedName/>`, `</definedNames></workbook>`, 100*mb)),
		"relations":  packedParts(t, oneSheet(cell), "_rels/.rels", many(`<Relationships>`, `<Relationship/>`, `</Relationships>`, 100*mb)),
	} {
		t.Run(name, func(t *testing.T) {
			require.Less(t, len(file), mb)
			var err error
			allocated, peak := spent(func(step func()) {
				var b *Book
				if b, err = Open(bytes.NewReader(file), int64(len(file))); err == nil {
					for r, e := range b.Rows(t.Context(), 0) {
						if err = e; r.Number%4096 == 0 {
							step()
						}
					}
				}
				step()
			})
			t.Logf("%d KB packed, %d MB allocated, %d MB in use: %v", len(file)>>10, allocated>>20, peak>>20, err)
			want := grid.TooLarge
			if name == "nesting" {
				want = grid.Damaged
			}
			require.Equal(t, want, gridtest.Code(err), err)
			require.Less(t, peak, uint64(64*mb))
			require.Less(t, allocated, uint64(128*mb), "with what is collected at once")
		})
	}
}

// TestAllocations counts what each row costs.
func TestAllocations(t *testing.T) {
	row := `<row>` + strings.Repeat(`<c t="inlineStr"><is><t>text</t></is></c><c><v>12</v></c><c t="s"><v>0</v></c><c t="b"><v>1</v></c>`, 8) + `</row>`
	file := func(n int) []byte { return oneSheet(strings.Repeat(row, n)).packBy(t, zip.Deflate) }
	few, many := file(1000), file(3000)
	count := func(file []byte) float64 {
		return testing.AllocsPerRun(3, func() {
			for _, err := range open(t, file).Rows(t.Context(), 0) {
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	require.InDelta(t, 1, (count(many)-count(few))/2000, 0.1, "a string for each row")
}
