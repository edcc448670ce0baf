package importer

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzOpen opens files that are anything: what they are is told by their bytes, and either they have a header and rows, or it is
// said why not.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{
		"Account Name,Phone\na,\"1,2\"\n", "sep=;\na;b\n1;2\n", "\xEF\xBB\xBFa\tb\n", "\xFF\xFEa\x00,\x00b\x00\n\x00", "\xbf\xcd\xbb\xa7,\xb5\xe7\xbb\xb0\n1,2\n", "'a'|'b'\r1|2\r",
		"BEGIN:VCARD\nVERSION:3.0\nN:Lee;Ann\nORG:Acme\nEND:VCARD\n", "<table><tr><td>a<td>b<tr><td>1<td>2</table>", "<?xml version='1.0'?><Workbook><Worksheet Name='a'><Table><Row><Cell><Data>x</Data></Cell></Row></Table></Worksheet></Workbook>",
		"\x09\x08\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x04\x02\x09\x00\x00\x00\x00\x00\x00\x00\x01\x00a\x0a\x00\x00\x00", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "PK\x03\x04", "%PDF-", "\x1F\x8B\x08", "\xFF\xFE\x00\x00", "",
	} {
		f.Add([]byte(s), "")
	}
	for _, name := range []string{"testdata/accounts.xls", "internal/xlsx/testdata/libreoffice.xlsx"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:min(len(b), 1<<16)], "gbk")
	}
	f.Fuzz(func(t *testing.T, b []byte, charset string) {
		own := func(err error) bool {
			var fe *FormatError
			return errors.As(err, &fe) && fe.Name == "f" && fe.Found != ""
		}
		file, err := NewFile(strings.NewReader(string(b)), int64(len(b)), "f", &FileOptions{Charset: charset, MaxRow: 1 << 16, MaxColumns: 100})
		if err != nil {
			if !own(err) && !strings.Contains(err.Error(), "no charset") {
				t.Fatal(err)
			}
			return
		}
		format := file.Format()
		header := file.Header()
		if format.Kind == "" || len(header.Cells) == 0 || len(header.Cells) > 100 || header.Line < 1 {
			t.Fatalf("%+v, header %+v", format, header)
		}
		for _, c := range header.Cells {
			if !utf8.ValidString(c) || strings.IndexByte(c, 0) >= 0 {
				t.Fatalf("header %q", c)
			}
		}
		line := header.EndLine
		for row, err := range file.Rows(context.Background()) {
			if err != nil {
				if !own(err) {
					t.Fatal(err)
				}
				break
			}
			if row.Line <= line && format.Kind != KindVCard || row.EndLine < row.Line {
				t.Fatalf("line %d to %d after %d", row.Line, row.EndLine, line)
			}
			if line = row.EndLine; row.Problem != nil {
				continue
			}
			for _, c := range row.Cells {
				if !utf8.ValidString(c) {
					t.Fatalf("line %d: %q", row.Line, c)
				}
			}
		}
	})
}
