package xlsx

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/grid/gridtest"
)

const plainSheet = `<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`

// sheets is a workbook with these sheets and relationships.
func sheets(list, relations string) parts {
	return workbook(plainSheet).with(
		"xl/workbook.xml", `<workbook xmlns:r="`+typeNS+`">`+list+`</workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships>`+relations+`</Relationships>`)
}

func TestSheets(t *testing.T) {
	t.Parallel()
	const one = `<sheets><sheet name="One" sheetId="1" r:id="s1"/></sheets>`
	plain := []grid.Sheet{{Name: "One"}}
	for name, tt := range map[string]struct {
		parts parts
		want  []grid.Sheet
	}{
		"order of the workbook": {
			sheets(`<sheets><sheet name="B" sheetId="2" r:id="x"/><sheet name="A &amp; &lt;C&gt;" sheetId="1" r:id="s1" state="hidden"/><sheet name="V" r:id="v" state="veryHidden"/><sheet name="Z" r:id="z" state="visible"/></sheets>`,
				relate("s1", "worksheet", "worksheets/sheet1.xml")+relate("x", "worksheet", "worksheets/sheet9.xml")+relate("v", "worksheet", "v.xml")+relate("z", "worksheet", "z.xml")).
				with("xl/worksheets/sheet9.xml", plainSheet, "xl/v.xml", plainSheet, "xl/z.xml", plainSheet),
			[]grid.Sheet{{Name: "B"}, {Name: "A & <C>", Hidden: true}, {Name: "V", Hidden: true}, {Name: "Z"}},
		},
		"charts left out": {
			sheets(`<sheets><sheet name="Chart" r:id="c"/><sheet name="Dialog" r:id="d"/><sheet name="Macro" r:id="m"/><sheet name="One" r:id="s1"/></sheets>`,
				relate("c", "chartsheet", "chartsheets/sheet1.xml")+relate("d", "dialogsheet", "d.xml")+`<Relationship Id="m" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" Target="m.xml"/>`+relate("s1", "worksheet", "worksheets/sheet1.xml")),
			plain,
		},
		"strict": {
			sheets(one, `<Relationship Id="s1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="worksheets/sheet1.xml"/>`).
				with("_rels/.rels", `<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`), plain,
		},
		"absolute target":    {sheets(one, relate("s1", "worksheet", "/xl/worksheets/sheet1.xml")), plain},
		"dots":               {sheets(one, relate("s1", "worksheet", "./x/../worksheets/sheet1.xml")), plain},
		"backslashes, case":  {sheets(one, relate("s1", "worksheet", `\XL\Worksheets\Sheet1.XML`)), plain},
		"percent":            {sheets(one, relate("s1", "worksheet", `my%20sheet.xml`)).with("xl/my sheet.xml", plainSheet), plain},
		"prefixes":           {sheets(one, relate("s1", "worksheet", `worksheets/sheet1.xml`)).with("xl/workbook.xml", `<w:workbook xmlns:rel="x"><w:bookViews><w:workbookView/></w:bookViews><w:sheets> <w:sheet name="One" sheetId="1" rel:id="s1"/> </w:sheets></w:workbook>`), plain},
		"archive's slashes":  {parts{`xl\workbook.xml`: workbook("")["xl/workbook.xml"], `XL\_rels\workbook.xml.rels`: `<Relationships>` + relate("s1", "worksheet", "a.xml") + `</Relationships>`, `xl\A.xml`: plainSheet}, plain},
		"elsewhere":          {parts{"_rels/.rels": `<Relationships><Relationship Type="officeDocument" Target="/book/main.xml"/></Relationships>`, "book/main.xml": workbook("")["xl/workbook.xml"], "book/_rels/main.xml.rels": `<Relationships>` + relate("s1", "worksheet", "a.xml") + `</Relationships>`, "book/a.xml": plainSheet}, plain},
		"without .rels":      {workbook(plainSheet).with("_rels/.rels", ""), plain},
		"in UTF-16":          {workbook(plainSheet).with("xl/workbook.xml", inUTF16(binary.LittleEndian, "\ufeff", `<?xml version="1.0" encoding="utf-16"?><workbook xmlns:r="x">`+one+`</workbook>`)), plain},
		"no sheet":           {sheets(`<sheets/>`, ``), []grid.Sheet{}},
		"nothing":            {sheets(``, ``).with("xl/workbook.xml", `<workbook/>`), []grid.Sheet{}},
		"other elements too": {sheets(`<fileVersion/><mc:AlternateContent><mc:Choice><sheets><sheet r:id="no"/></sheets></mc:Choice></mc:AlternateContent>`+one+`<extLst><ext><x:workbookPr date1904="no"/></ext></extLst>`, relate("s1", "worksheet", `worksheets/sheet1.xml`)), plain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t, tt.parts.pack(t))
			require.Equal(t, tt.want, b.Sheets())
			for i := range b.Sheets() {
				got, err := read(t, b, i)
				require.NoError(t, err)
				require.Equal(t, []row{{1, "n1"}}, got)
			}
		})
	}
}

func TestEpoch(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"1": "1904-01-02", "true": "1904-01-02", "0": "1900-01-01", "false": "1900-01-01"} {
		p := oneSheet(`<row><c s="1"><v>1</v></c></row>`)
		p["xl/workbook.xml"] = strings.Replace(p["xl/workbook.xml"], "<sheets>", `<workbookPr date1904="`+value+`"></workbookPr><sheets>`, 1)
		got, err := read(t, open(t, p.pack(t)), 0)
		require.NoError(t, err)
		require.Equal(t, []row{{1, "d" + want}}, got)
	}
}

func TestMissingParts(t *testing.T) {
	t.Parallel()
	got, err := read(t, open(t, oneSheet(`<row><c s="1"><v>1</v></c><c t="str"><v>a</v></c></row>`).with("xl/styles.xml", `<styleSheet/>`, "xl/sharedStrings.xml", "").pack(t)), 0)
	require.NoError(t, err, "shared strings are read when a cell has one")
	require.Equal(t, []row{{1, "n1|ta"}}, got)
}

func TestProblems(t *testing.T) {
	t.Parallel()
	whole := oneSheet(`<row><c t="s"><v>0</v></c></row>`)
	office := func(kind, target string) string {
		return `<Relationships><Relationship Type="` + typeNS + kind + `" Target="` + target + `"/></Relationships>`
	}
	for name, tt := range map[string]struct {
		parts  parts
		code   grid.Code
		part   string
		detail string
	}{
		"docx":                 {parts{"_rels/.rels": office("officeDocument", "word/document.xml"), "word/document.xml": `<w:document/>`}, grid.Foreign, "word/document.xml", "a text document (.docx)"},
		"xlsb":                 {parts{"_rels/.rels": office("officeDocument", "xl/workbook.bin"), "xl/workbook.bin": `x`}, grid.Foreign, "", "a binary workbook (.xlsb)"},
		"ods":                  {parts{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, grid.Foreign, "", "an OpenDocument file or a book"},
		"jar":                  {parts{"META-INF/MANIFEST.MF": "x"}, grid.Foreign, "", "a Java archive"},
		"other":                {parts{"a.csv": "x"}, grid.Foreign, "", "an archive of other files"},
		"no workbook":          {whole.with("xl/workbook.xml", ""), grid.Damaged, "xl/workbook.xml", "it is missing: xl/workbook.xml"},
		"no sheet":             {whole.with("xl/worksheets/sheet1.xml", ""), grid.Damaged, "One", "it is missing: xl/worksheets/sheet1.xml"},
		"no strings":           {whole.with("xl/sharedStrings.xml", ""), grid.Damaged, "xl/sharedstrings.xml", "it is missing: xl/sharedstrings.xml"},
		"no styles":            {whole.with("xl/styles.xml", ""), grid.Damaged, "xl/styles.xml", "it is missing: xl/styles.xml"},
		"no relationships":     {whole.with("xl/_rels/workbook.xml.rels", ""), grid.Damaged, "xl/_rels/workbook.xml.rels", ""},
		"no relationship":      {whole.with("xl/_rels/workbook.xml.rels", `<Relationships/>`), grid.Damaged, "xl/workbook.xml", "a sheet that is nowhere"},
		"outside":              {whole.with("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="s1" Type="worksheet" TargetMode="External" Target="http://example.org"/></Relationships>`), grid.Damaged, "xl/workbook.xml", "a sheet that is nowhere"},
		"bomb of entities":     {whole.with("xl/sharedStrings.xml", `<!DOCTYPE sst [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>`), grid.Damaged, "xl/sharedStrings.xml", "a document type"},
		"strings, entity":      {whole.with("xl/sharedStrings.xml", `<sst><si><t>&b;</t></si></sst>`), grid.Damaged, "xl/sharedStrings.xml", "an entity that XML does not have"},
		"strings, cut":         {whole.with("xl/sharedStrings.xml", `<sst><si><t>a</t></si>`), grid.Damaged, "xl/sharedStrings.xml", "it ends too early"},
		"strings, element":     {whole.with("xl/sharedStrings.xml", `<sst><si><t>a</t></si><sj/></sst>`), grid.Damaged, "xl/sharedStrings.xml", ""},
		"styles, cut":          {whole.with("xl/styles.xml", `<styleSheet><cellXfs><xf`), grid.Damaged, "xl/styles.xml", "it ends too early"},
		"styles, number":       {whole.with("xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="x"/></cellXfs></styleSheet>`), grid.Damaged, "xl/styles.xml", ""},
		"styles, format":       {whole.with("xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="`+strings.Repeat("m", 9999)+`"/></numFmts></styleSheet>`), grid.TooLarge, "xl/styles.xml", ""},
		"styles, many":         {whole.with("xl/styles.xml", `<styleSheet><cellXfs>`+strings.Repeat(`<xf/>`, maxStyles+1)+`</cellXfs></styleSheet>`), grid.TooLarge, "xl/styles.xml", ""},
		"workbook, cut":        {whole.with("xl/workbook.xml", `<workbook><sheets>`), grid.Damaged, "xl/workbook.xml", "it ends too early"},
		"workbook, epoch":      {whole.with("xl/workbook.xml", `<workbook><workbookPr date1904="x"/></workbook>`), grid.Damaged, "xl/workbook.xml", ""},
		"workbook, entity":     {whole.with("xl/workbook.xml", `<workbook><sheets><sheet name="&x;"/></sheets></workbook>`), grid.Damaged, "xl/workbook.xml", ""},
		"workbook, nesting":    {whole.with("xl/workbook.xml", `<workbook><sheets></sheet></workbook>`), grid.Damaged, "xl/workbook.xml", ""},
		"relationships, cut":   {whole.with("_rels/.rels", `<Relationships>`), grid.Damaged, "_rels/.rels", "it ends too early"},
		"relationships, other": {whole.with("_rels/.rels", `no XML`), grid.Damaged, "_rels/.rels", ""},
		"many sheets": {whole.with("xl/workbook.xml", `<workbook><sheets>`+strings.Repeat(`<sheet name="x" r:id="s1"/>`, grid.MaxSheets+1)+`</sheets></workbook>`),
			grid.TooLarge, "xl/workbook.xml", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []uint16{zip.Store, zip.Deflate} {
				err := problem(t, tt.parts.packBy(t, method))
				var e *grid.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, tt.code, e.Code, err)
				require.Equal(t, tt.part, e.Part, err)
				if tt.detail != "" {
					require.Equal(t, tt.detail, e.Detail)
				}
			}
		})
	}
}

// TestArchives is about files whose archive is not as it should be.
func TestArchives(t *testing.T) {
	t.Parallel()
	whole := workbook(plainSheet).pack(t)
	twice := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range []string{"xl/workbook.xml", "XL/workbook.xml"} {
			w, err := z.Create(name)
			require.NoError(t, err)
			_, err = io.WriteString(w, "<workbook/>")
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	changed := func(old, text string) []byte {
		require.Len(t, text, len(old))
		require.Contains(t, string(whole), old)
		return []byte(strings.ReplaceAll(string(whole), old, text))
	}
	flagged := bytes.ReplaceAll(whole, []byte("PK\x01\x02\x14\x00\x14\x00\x08\x00"), []byte("PK\x01\x02\x14\x00\x14\x00\x09\x00"))
	require.NotEqual(t, whole, flagged)
	packed := bytes.ReplaceAll(whole, []byte("PK\x01\x02\x14\x00\x14\x00\x08\x00\x00\x00"), []byte("PK\x01\x02\x14\x00\x14\x00\x08\x00\x0e\x00"))
	for name, tt := range map[string]struct {
		file []byte
		code grid.Code
	}{
		"whole":          {whole, ""},
		"junk before":    {append([]byte("PK\x03\x04 junk"), whole...), ""},
		"checksum":       {changed(`<sheetData><row><c><v>1</v>`, `<sheetData><row><c><v>2</v>`), grid.Damaged},
		"behind rows":    {changed(`</sheetData></worksheet>`, `</sheetData></worksheeT>`), grid.Damaged},
		"another method": {packed, grid.Damaged},
		"password":       {flagged, grid.Encrypted},
		"twice":          {twice(), grid.Damaged},
		"empty":          {nil, grid.Damaged},
		"two bytes":      {[]byte("PK"), grid.Damaged},
		"no archive":     {[]byte("name,phone\n"), grid.Foreign},
		"web page":       {[]byte("<html><table>"), grid.Foreign},
		"short OLE2":     {[]byte(oleStart), grid.Foreign},
		"OLE2":           {append([]byte(oleStart), make([]byte, 4096)...), grid.Foreign},
		"empty archive":  {parts{}.pack(t), grid.Foreign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.code, gridtest.Code(problem(t, tt.file)))
		})
	}
}

func TestStopping(t *testing.T) {
	t.Parallel()
	b := open(t, oneSheet(strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, 20_000)).pack(t))
	n := 0
	for r, err := range b.Rows(t.Context(), 0) {
		require.NoError(t, err)
		if n++; r.Number == 3 {
			break
		}
	}
	require.Equal(t, 3, n)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for r, err := range b.Rows(ctx, 0) {
		if r.Number == 3 {
			cancel()
		}
		require.Less(t, r.Number, 10_000, "the context is looked at")
		last = err
	}
	require.ErrorIs(t, last, context.Canceled)
	for _, err := range b.Rows(ctx, 0) {
		require.ErrorIs(t, err, context.Canceled)
	}
	rows, err := read(t, b, 0)
	require.NoError(t, err)
	require.Len(t, rows, 20_000)
}

func TestTogether(t *testing.T) {
	t.Parallel()
	b := open(t, oneSheet(strings.Repeat(`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>`, 2000)).packBy(t, zip.Deflate))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			n := 0
			for r, err := range b.Rows(t.Context(), 0) {
				if err != nil || len(r.Cells) != 2 || r.Cells[1].Text != "rich " {
					t.Errorf("%v %v", r, err)
					return
				}
				n++
			}
			if n != 2000 {
				t.Errorf("%d rows", n)
			}
		})
	}
	all.Wait()
}

// TestAgain reads shared strings whose checksum is another, which is an error each time.
func TestAgain(t *testing.T) {
	t.Parallel()
	file := oneSheet(`<row><c t="s"><v>0</v></c></row>`).pack(t)
	b := open(t, bytes.ReplaceAll(file, []byte("<t>shared</t>"), []byte("<t>Shared</t>")))
	for range 2 {
		rows, err := read(t, b, 0)
		require.Empty(t, rows)
		require.Equal(t, grid.Damaged, gridtest.Code(err))
	}
}

func TestReadingErrors(t *testing.T) {
	t.Parallel()
	file := workbook(plainSheet).pack(t)
	for from := range file {
		b, err := Open(gridtest.Failing{ReaderAt: bytes.NewReader(file), From: int64(from), Err: os.ErrDeadlineExceeded}, int64(len(file)))
		if err == nil {
			_, err = read(t, b, 0)
		}
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		var e *grid.Error
		require.False(t, errors.As(err, &e), "it is not the file's fault: %v", err)
	}
}
