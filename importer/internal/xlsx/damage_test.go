package xlsx

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

// fixtures are whole workbooks, small ones.
func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	made, err := os.ReadFile("testdata/libreoffice.xlsx")
	require.NoError(t, err)
	rows := `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>45000</v></c></row>` +
		strings.Repeat(`<row><c t="inlineStr"><is><r><t>漢 &amp; 字</t></r></is></c><c><v>1.5</v></c><c t="b"><v>1</v></c></row>`, 40)
	return map[string][]byte{
		"LibreOffice": made,
		"stored":      oneSheet(rows).pack(t),
		"deflated":    oneSheet(rows).packBy(t, zip.Deflate),
	}
}

// TestCutFiles cuts workbooks, which is always noticed.
func TestCutFiles(t *testing.T) {
	t.Parallel()
	for name, file := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at := 0; at < len(file); at += gridtest.Step(len(file), 400) {
				err := problem(t, file[:at])
				require.Contains(t, []grid.Code{grid.Damaged, grid.Foreign}, gridtest.Code(err), "%d: %v", at, err)
			}
		})
	}
}

// TestFlippedFiles changes bits of workbooks. What the archive has no checksum of may go unnoticed.
func TestFlippedFiles(t *testing.T) {
	t.Parallel()
	for name, file := range fixtures(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at := 0; at < len(file); at += gridtest.Step(len(file), 400) {
				for _, bit := range []byte{1, 0x20, 0x80} {
					damaged := bytes.Clone(file)
					damaged[at] ^= bit
					err := problem(t, damaged)
					require.True(t, gridtest.IsOwn(err), "%d: %v", at, err)
					if b, err := Open(bytes.NewReader(damaged), int64(len(damaged))); err == nil && len(b.Sheets()) > 0 {
						for _, err := range b.Rows(t.Context(), 0) {
							require.True(t, gridtest.IsOwn(err), "%d: %v", at, err)
							break // what is damaged behind the first row is nobody's concern
						}
					}
				}
			}
		})
	}
}

// TestCutSheets cuts sheets whose archive is whole: they end in the middle, and no row before it is lost or changed.
func TestCutSheets(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	rows.WriteString(`<row r="2"><c r="A2" t="s"><v>1</v></c><c t="str" r='C2'><v>a<![CDATA[<]]>&lt;</v></c></row><!-- c --> <row r="4"/>`)
	for range 60 {
		rows.WriteString(`<row><c t="inlineStr"><is><t xml:space="preserve"> 漢😀 </t></is></c><c s="2"><f>A1</f><v>45000</v></c></row>`)
	}
	p := oneSheet(rows.String())
	sheet := p["xl/worksheets/sheet1.xml"]
	whole, err := read(t, open(t, p.pack(t)), 0)
	require.NoError(t, err)
	end := strings.Index(sheet, "</sheetData>") + len("</sheetData>")
	for at := 1; at < len(sheet); at += gridtest.Step(len(sheet), 2000) {
		got, err := read(t, open(t, p.with("xl/worksheets/sheet1.xml", sheet[:at]).pack(t)), 0)
		if at >= end {
			require.NoError(t, err)
			require.Equal(t, whole, got)
			continue
		}
		require.Equal(t, grid.Damaged, gridtest.Code(err), "%d", at)
		require.Less(t, len(got), len(whole)+1)
		if len(got) > 0 {
			require.Equal(t, whole[:len(got)], got, "%d", at)
		}
	}
}

// TestFlippedParts changes bits of parts whose archive has the checksum of the changed part.
func TestFlippedParts(t *testing.T) {
	t.Parallel()
	p := oneSheet(`<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><t>é&#65;_x0041_</t></is></c><c r="C1" s="1"><v>4.5E4</v></c></row>` +
		`<row r="2"><c t="d"><v>2014-02-14T08:27:48Z</v></c><c t="e"><v>#N/A</v></c><c t="str"><v><![CDATA[x]]></v></c></row>`)
	for name, text := range p {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at := 0; at < len(text); at += gridtest.Step(len(text), 1000) {
				for _, bit := range []byte{1, 0x20, 0x80} {
					b := []byte(text)
					b[at] ^= bit
					err := problem(t, p.with(name, string(b)).pack(t))
					require.True(t, gridtest.IsOwn(err), "%d: %v", at, err)
				}
			}
		})
	}
}

// check reads a file that is anything.
func check(t *testing.T, file []byte) {
	b, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		require.True(t, gridtest.IsOwn(err), err)
		return
	}
	_ = gridtest.Check(t, b) // some error, or none
}
