package xlsx

import (
	"archive/zip"
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
	"github.com/stretchr/testify/require"
)

const (
	mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	typeNS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	head   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// parts are those of a workbook by name; an empty one is left out.
type parts map[string]string

// with returns the parts with others in their place.
func (p parts) with(names ...string) parts {
	all := parts{}
	for n, text := range p {
		all[n] = text
	}
	for i := 0; i < len(names); i += 2 {
		all[names[i]] = names[i+1]
	}
	return all
}

// onePart is a workbook with one sheet, of these rows.
func oneSheet(rows string) parts {
	return workbook(head + `<worksheet ` + mainNS + `><sheetData>` + rows + `</sheetData></worksheet>`)
}

// workbook is one whose sheet is this part.
func workbook(sheet string) parts {
	return parts{
		"_rels/.rels":                `<Relationships><Relationship Id="rId1" Type="` + typeNS + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            head + `<workbook ` + mainNS + ` xmlns:r="` + typeNS + `"><sheets><sheet name="One" sheetId="1" r:id="s1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + relate("s1", "worksheet", "worksheets/sheet1.xml") + relate("st", "styles", "styles.xml") + relate("ss", "sharedStrings", "sharedStrings.xml") + `</Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
		"xl/sharedStrings.xml":       head + `<sst ` + mainNS + `><si><t>shared</t></si><si><r><rPr><b/></rPr><t>ri</t></r><r><t xml:space="preserve">ch </t></r><rPh sb="0" eb="1"><t>RUBY</t></rPh><phoneticPr fontId="1"/></si><si/><si><t/></si></sst>`,
		"xl/styles.xml": head + `<styleSheet ` + mainNS + `><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="00000"/><numFmt numFmtId="166" formatCode="&quot;a&quot;0%"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"><alignment/></xf><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="22"/><xf numFmtId="46"/></cellXfs><dxfs><dxf><numFmt numFmtId="165" formatCode="yyyy"/></dxf></dxfs></styleSheet>`,
	}
}

func relate(id, kind, target string) string {
	return `<Relationship Id="` + id + `" Type="` + typeNS + kind + `" Target="` + target + `"/>`
}

// pack returns the archive. Nothing is compressed, so that bytes can be found and changed.
func (p parts) pack(t testing.TB) []byte {
	t.Helper()
	return p.packBy(t, zip.Store)
}

func (p parts) packBy(t testing.TB, method uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		text := p[name]
		if text == "" {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func open(t testing.TB, file []byte) *Book {
	t.Helper()
	b, err := Open(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	return b
}

// row is a row as tests write it: a cell is its text after the first letter of its kind.
type row struct {
	number int
	cells  string
}

// read returns the rows of a sheet as far as they can be read.
func read(t testing.TB, b *Book, i int) (rows []row, err error) {
	t.Helper()
	lines, err := gridtest.Read(t, b, i)
	for _, line := range lines {
		n, cells, _ := strings.Cut(line, " ")
		number, err := strconv.Atoi(n)
		require.NoError(t, err)
		rows = append(rows, row{number, cells})
	}
	return rows, err
}

// problem returns the error of opening a file and reading all of it.
func problem(t testing.TB, file []byte) error {
	t.Helper()
	b, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	for i := range b.Sheets() {
		if _, err := read(t, b, i); err != nil {
			return err
		}
	}
	return nil
}
