package importer_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/storage/memory"
)

// TestHTML imports what programs on the web save as .xls.
func TestHTML(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		f, err := openBook(t, []byte(`<html><head><meta charset="utf-8"><style>.d{mso-number-format:"Short Date"}</style></head><body><table><caption>客户</caption>
			<tr><th>客户名称</th><th>Phone<th>Annual Revenue<th>Billing City</tr>
			<tr><td>上海华信 &amp; Co</td><td>021&nbsp;5555<td>1,234.50<td>上海</tr>
			<tr><td>Acme<td><td x:num="99.5">99<td rowspan=2>Köln</tr><tr><td>Bolt</tr><tr></tr><tr><td>a<td>1<td>1<td>c<td>too many</table></body></html>`), nil)
		require.NoError(t, err)
		require.Equal(t, importer.Format{Kind: importer.KindHTML, Charset: "UTF-8", By: "declared", Sheet: "客户"}, f.Format())
		r, err := importer.Run(t.Context(), org.Accounts, f, nil)
		require.NoError(t, err)
		require.Equal(t, "4 = 3 + 0 + 0 + 0 + 1", counts(r))
		require.Equal(t, []string{"6 RAGGED_ROW"}, faults(r))
		a := find(t, org, "上海华信 & Co")
		require.Equal(t, "021 5555 1234.5 上海", a.Phone+" "+a.AnnualRevenue.Decimal.String()+" "+a.Billing.City)
		a = find(t, org, "Acme")
		require.Equal(t, "99.5 Köln", a.AnnualRevenue.Decimal.String()+" "+a.Billing.City)
		require.Empty(t, find(t, org, "Bolt").Billing.City, "what a cell above says is its own")
	})
}

func TestXMLWorkbook(t *testing.T) {
	t.Parallel()
	org := crmtest.Open(t, memory.New(nil), nil)
	f, err := openBook(t, []byte(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
		<Worksheet ss:Name="Hidden"><Table/><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet><Worksheet ss:Name="Accounts"><Table><Row><Cell><Data ss:Type="String">Account Name</Data></Cell><Cell><Data ss:Type="String">Employees</Data></Cell></Row>
		<Row ss:Index="5"><Cell><Data ss:Type="String">上海华信</Data></Cell><Cell><Data ss:Type="Number">12</Data></Cell></Row></Table></Worksheet></Workbook>`), nil)
	require.NoError(t, err)
	require.Equal(t, importer.Format{Kind: importer.KindXML, Charset: "UTF-8", By: "valid UTF-8", Sheet: "Accounts"}, f.Format())
	require.Equal(t, []string{"Hidden", "Accounts"}, f.Sheets())
	r, err := importer.Run(t.Context(), org.Accounts, f, nil)
	require.NoError(t, err)
	require.Equal(t, "1 = 1 + 0 + 0 + 0 + 0", counts(r))
	require.Equal(t, int64(12), *find(t, org, "上海华信").Employees)
}

// TestCharsetsOfMarkup reads HTML by what is said of its charset, or what it looks like.
func TestCharsetsOfMarkup(t *testing.T) {
	t.Parallel()
	table := `<table><tr><td>客户名称</td><td>城市</td></tr><tr><td>上海华信科技有限公司</td><td>上海</td></tr></table>`
	in := func(e encoding.Encoding, text string) []byte {
		b, err := e.NewEncoder().Bytes([]byte(text))
		require.NoError(t, err)
		return b
	}
	for name, tt := range map[string]struct {
		file    []byte
		charset string
		want    string
	}{
		"declared":          {in(simplifiedchinese.GBK, `<meta http-equiv="Content-Type" content="text/html; charset=gb2312">`+table), "", "GB18030 declared"},
		"as XML":            {in(simplifiedchinese.GBK, `<?xml version="1.0" encoding="gbk"?><html>`+table+`</html>`), "", "GB18030 declared"},
		"found":             {in(simplifiedchinese.GBK, table), "", "GB18030 frequency of characters"},
		"valid":             {[]byte(table), "", "UTF-8 valid UTF-8"},
		"marked":            {[]byte("\uFEFF<meta charset=gbk>" + table), "", "UTF-8 byte order mark"},
		"marked, UTF-16":    {in(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), `<meta charset=unicode>`+table), "", "UTF-16LE byte order mark"},
		"marked, UTF-16BE":  {in(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), table), "", "UTF-16BE byte order mark"},
		"given":             {in(simplifiedchinese.GBK, `<meta charset=utf-8>`+table), "gbk", "GB18030 given"},
		"declared too wide": {[]byte(`<meta charset=utf-16>` + table), "", "UTF-8 valid UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := openBook(t, tt.file, &importer.FileOptions{Charset: tt.charset})
			require.NoError(t, err)
			require.Equal(t, tt.want, f.Format().Charset+" "+f.Format().By)
			require.Equal(t, []string{"客户名称", "城市"}, f.Header().Cells)
			for r, err := range f.Rows(t.Context()) {
				require.NoError(t, err)
				require.Equal(t, []string{"上海华信科技有限公司", "上海"}, r.Cells)
			}
		})
	}
	f, err := openBook(t, []byte("<meta charset=utf-8><table><tr><td>Account Name<tr><td>a\xff<tr><td>b</table>"), nil)
	require.NoError(t, err)
	r, err := importer.Run(t.Context(), crmtest.Open(t, memory.New(nil), nil).Accounts, f, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"2 INVALID_TEXT"}, faults(r))
	_, err = openBook(t, in(charmap.Windows1251, "<table><tr><td>Да</table>"), nil)
	var fe *importer.FormatError
	require.ErrorAs(t, err, &fe)
	require.Equal(t, importer.FoundUnclear, fe.Found)
	_, err = openBook(t, []byte(table), &importer.FileOptions{Charset: "klingon"})
	require.EqualError(t, err, `importer: "book.xlsx": no charset "klingon"`)
}

func TestMarkupRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"<!DOCTYPE html><html><body>Sign in</body></html>":            importer.FoundMarkup,
		"<?xml version='1.0'?><rows><row/></rows>":                    importer.FoundMarkup,
		"<table><tr><td>a</td></tr>":                                  importer.FoundDamaged,
		"<Workbook><Worksheet>":                                       importer.FoundDamaged,
		"<table><tr><td>" + strings.Repeat("x", 1<<20+1) + "</table>": importer.FoundBomb,
	} {
		_, err := openBook(t, []byte(text), nil)
		var fe *importer.FormatError
		require.ErrorAs(t, err, &fe, "%.40s", text)
		require.Equal(t, want, fe.Found, "%.40s", text)
	}
	_, err := openBook(t, []byte("<table><tr><td>a</table>"), &importer.FileOptions{Sheet: "Table 2"})
	var fe *importer.FormatError
	require.True(t, errors.As(err, &fe) && fe.Found == importer.FoundNoSheet)
	f, err := openBook(t, []byte("<name>,<city>\n1,2\n"), nil) // which begins like markup, and is none
	require.NoError(t, err)
	require.Equal(t, importer.KindCSV, f.Format().Kind)
}
