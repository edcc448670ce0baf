package xlsx

import (
	"os"
	"strings"
	"testing"
)

func FuzzSheet(f *testing.F) {
	for _, rows := range []string{
		``,
		`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>45000.5</v></c></row>`,
		`<row><c t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r><t xml:space="preserve"> b</t><rPh sb="0" eb="1"><t>c</t></rPh></is></c></row>`,
		`<row r="3"><c t="str"><f>x</f><v>a&amp;&#65;<![CDATA[<]]>_x0041_</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2014-02-14T08:27:48Z</v></c></row>`,
		`<!-- --><?a ?><x:row/><row><c><v>1e5</v></c><c s="3"><v>-0</v></c><extLst><ext/></extLst></row>`,
	} {
		p := oneSheet(rows)
		f.Add(p["xl/worksheets/sheet1.xml"], p["xl/sharedStrings.xml"], p["xl/styles.xml"])
		f.Add(prefixed(p["xl/worksheets/sheet1.xml"]), `<sst><si/></sst>`, `<styleSheet/>`)
	}
	f.Fuzz(func(t *testing.T, sheet, strings, styles string) {
		check(t, workbook(sheet).with("xl/sharedStrings.xml", strings, "xl/styles.xml", styles).pack(t))
	})
}

func FuzzFile(f *testing.F) {
	for _, file := range fixtures(f) {
		f.Add(file)
	}
	f.Add(workbook(plainSheet).with("xl/workbook.xml", strings.Repeat(" ", 10)).pack(f))
	f.Add([]byte(oleStart + strings.Repeat("\x00", 504)))
	if dir := os.Getenv("CRM_TEST_SPREADSHEETS"); dir != "" {
		entries, err := os.ReadDir(dir)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range entries {
			if file, err := os.ReadFile(dir + "/" + e.Name()); err == nil && strings.HasSuffix(e.Name(), ".xlsx") {
				f.Add(file)
			}
		}
	}
	f.Fuzz(check)
}
