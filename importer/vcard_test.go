package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
)

// cards are the rows of a file of cards: of each the cells that are not empty, by column.
func cards(t *testing.T, text string) (out []string) {
	t.Helper()
	f := file(t, text)
	require.Equal(t, importer.KindVCard, f.Format().Kind)
	header := f.Header().Cells
	for row, err := range f.Rows(t.Context()) {
		require.NoError(t, err)
		line := fmt.Sprintf("%d-%d@%d-%d", row.Line, row.EndLine, row.Offset, row.End)
		if row.Problem != nil {
			line += fmt.Sprintf(" %s at line %d", row.Problem.Code, row.Problem.Line)
		}
		for i, c := range row.Cells {
			if c != "" {
				line += fmt.Sprintf(" %s=%q", header[i], c)
			}
		}
		out = append(out, line)
	}
	return out
}

func TestCards(t *testing.T) {
	t.Parallel()
	v4 := "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Wei Zhang\r\nN:Zhang;Wei;;Dr.;\r\nORG:Acme\\, Inc.;Sales\r\nTITLE:CEO\r\n" +
		"EMAIL;TYPE=home:w@home.example\r\nEMAIL;PREF=1:w@acme.example\r\nTEL;VALUE=uri;TYPE=\"voice,work\":tel:+86-10-1\r\nitem1.TEL;TYPE=cell:+86 139\r\nTEL;TYPE=work,fax:2\r\nTEL;TYPE=work:3\r\n" +
		"ADR;TYPE=work:;;1 Main\\nStreet;Beijing;;100000;China\r\nADR;TYPE=home:;;Elsewhere;;;;\r\nURL:https://acme.example\r\nNOTE:long li\r\n ne\\; folded\r\nBDAY:1990-01-02\r\nCATEGORIES:a,b\r\nX-UNKNOWN:x\r\nEND:VCARD\r\n"
	require.Equal(t, []string{fmt.Sprintf(`1-21@0-%d Full Name="Wei Zhang" Salutation="Dr." First Name="Wei" Last Name="Zhang" Company="Acme, Inc." Department="Sales" Title="CEO" Email="w@acme.example" `+
		`Phone="+86-10-1" Mobile="+86 139" Fax="2" Website="https://acme.example" Street="1 Main\nStreet" City="Beijing" Postal Code="100000" Country="China" Date of Birth="1990-01-02" `+
		`Notes="long line; folded" Tag="a;b" Other="EMAIL: w@home.example\nTEL: 3\nADR: Elsewhere"`, len(v4))}, cards(t, v4))

	v21 := "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=D5=C5;=CE=\n=B0\nTEL;WORK;VOICE:1\nTEL;HOME:2\nORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=8D=8E=E4=BF=A1\nEND:VCARD\n" +
		"\nbegin:vcard\nFN:Second\nend:vcard\n"
	require.Equal(t, []string{`1-8@0-181 First Name="伟" Last Name="张" Company="华信" Phone="1" Home Phone="2"`, `10-12@182-214 Full Name="Second"`}, cards(t, v21))

	gbk := encoded(t, simplifiedchinese.GBK, "BEGIN:VCARD\nFN:张伟\nORG:北京华信科技有限公司\nEND:VCARD\n")
	require.Equal(t, []string{fmt.Sprintf(`1-4@0-%d Full Name="张伟" Company="北京华信科技有限公司"`, len(gbk))}, cards(t, gbk))
}

// TestBadCards fails cards that cannot be read, and goes on at the next.
func TestBadCards(t *testing.T) {
	t.Parallel()
	good := "BEGIN:VCARD\nFN:ok\nEND:VCARD\n"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"a line without a colon", "BEGIN:VCARD\nFN:x\nnothing\nEND:VCARD\n" + good, []string{`1-4@0-35 BAD_CARD at line 3`, `5-7@35-63 Full Name="ok"`}},
		{"one that does not end", "BEGIN:VCARD\nFN:x\n" + good, []string{"1-2@0-17 OPEN_CARD at line 1", `3-5@17-45 Full Name="ok"`}},
		{"lines before the next", good + "FN:y\nBEGIN:VCARD\nEND:VCARD\n", []string{`1-3@0-28 Full Name="ok"`, "4-4@28-33 BAD_CARD at line 4", "5-6@33-55"}},
		{"the last does not end", good + "BEGIN:VCARD\nFN:x\n", []string{`1-3@0-28 Full Name="ok"`, "4-5@28-45 OPEN_CARD at line 4"}},
		{"a charset that is none", "BEGIN:VCARD\nFN;CHARSET=KLINGON;ENCODING=QUOTED-PRINTABLE:=41\nEND:VCARD\n", []string{"1-3@0-71 BAD_CARD at line 2"}},
		{"a zero byte", "BEGIN:VCARD\nFN:x\nNOTE:a\x00\nEND:VCARD\n" + good, []string{"1-4@0-35 NUL_BYTE at line 3", `5-7@35-63 Full Name="ok"`}},
		{"not of this charset", "BEGIN:VCARD\nFN:中文中文\nNOTE:a\xFF\nEND:VCARD\n" + good, []string{"1-4@0-46 INVALID_TEXT at line 3", `5-7@46-74 Full Name="ok"`}},
		{"blank lines", "\n\n" + good + "\n \n" + good, []string{`3-5@2-30 Full Name="ok"`, `8-10@33-61 Full Name="ok"`}},
	} {
		require.Equal(t, tt.want, cards(t, tt.text), tt.name)
	}
}

func TestImportOfCards(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		r := run(t, org, "BEGIN:VCARD\nFN:Wei\nORG:Acme\nTEL;WORK:1\nEND:VCARD\nBEGIN:VCARD\nFN:Alone\nEND:VCARD\n"+strings.Repeat("BEGIN:VCARD\nFN:Li\nORG:acme\nEND:VCARD\n", 2), nil)
		require.Equal(t, "4 = 1 + 0 + 0 + 0 + 3", counts(r))
		require.Equal(t, []string{"6 MANDATORY_NOT_FOUND Account_Name", "9 DUPLICATE_ROW Account_Name", "13 DUPLICATE_ROW Account_Name"}, faults(r))
		require.Equal(t, "1", find(t, org, "Acme").Phone)
	})
}

func FuzzCards(f *testing.F) {
	f.Add("BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=41=\n=42\nADR:;;a\\n;b\nEND:VCARD\n")
	f.Add("BEGIN:VCARD\nBEGIN:VCARD\n:\nEND:VCARD\nx")
	f.Fuzz(func(t *testing.T, text string) {
		text = "BEGIN:VCARD\n" + text
		file, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "t.vcf", &importer.FileOptions{Charset: "utf-8"})
		if err != nil {
			return
		}
		end := int64(0)
		for row, err := range file.Rows(t.Context()) {
			require.NoError(t, err)
			require.GreaterOrEqual(t, row.Offset, end) // no byte is in two rows
			require.Greater(t, row.End, row.Offset)
			end = row.End
		}
	})
}
