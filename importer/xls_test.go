package importer_test

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

// TestXLS imports a workbook that LibreOffice wrote for Excel 97, whatever it is called.
func TestXLS(t *testing.T) {
	file, err := os.ReadFile("testdata/accounts.xls")
	require.NoError(t, err)
	each(t, func(t *testing.T, org *crm.Org) {
		f, err := openBook(t, file, nil)
		require.NoError(t, err)
		require.Equal(t, importer.Format{Kind: importer.KindXLS, Sheet: "acc"}, f.Format())
		require.Equal(t, []string{"acc"}, f.Sheets())
		r, err := importer.Run(t.Context(), org.Accounts, f, nil)
		require.NoError(t, err)
		require.Equal(t, "3 = 3 + 0 + 0 + 0 + 0", counts(r))
		a := find(t, org, "上海华信科技有限公司")
		require.Equal(t, "021 5555 1234|上海|1234567.5|120|00123|第一行\n第二行", strings.Join([]string{a.Phone, a.Billing.City, a.AnnualRevenue.Decimal.String(),
			strconv.FormatInt(*a.Employees, 10), a.Billing.Code, a.Description}, "|"))
		require.Equal(t, "01067", find(t, org, `Großmann & Söhne "GmbH"`).Billing.Code)
		require.Equal(t, "Paris", find(t, org, "Acme 😀").Billing.City)
	})
}

// biff is a sheet of texts as the plainest of programs write one for Excel: each with its row and column, in bytes, one row after
// the other.
func biff(rows ...[]string) []byte {
	record := func(kind uint16, body []byte) []byte {
		return append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, kind), uint16(len(body))), body...)
	}
	b := record(0x809, []byte{0, 0, 0x10, 0, 0, 0, 0, 0})
	for r, cells := range rows {
		for c, s := range cells {
			b = append(b, record(0x204, append([]byte{byte(r), 0, byte(c), 0, 0, 0, byte(len(s)), 0}, s...))...)
		}
	}
	return append(b, record(0x0a, nil)...)
}

// TestTextsInBytes reads workbooks that do not say in which charset they are.
func TestTextsInBytes(t *testing.T) {
	t.Parallel()
	file := biff([]string{"\xbf\xcd\xbb\xa7\xc3\xfb\xb3\xc6", "\xb5\xe7\xbb\xb0"}, []string{"\xc9\xcf\xba\xa3\xbb\xaa\xd0\xc5\xbf\xc6\xbc\xbc\xd3\xd0\xcf\xde\xb9\xab\xcb\xbe", "021"}, []string{"a\xff", "1"}, []string{"b\x00", "1"}, []string{"c", "1", "\xff"})
	f, err := openBook(t, file, nil)
	require.NoError(t, err)
	require.Equal(t, "GB18030 frequency of characters", f.Format().Charset+" "+f.Format().By)
	require.Equal(t, []string{"客户名称", "电话"}, f.Header().Cells)
	org := crmtest.Open(t, memory.New(nil), nil)
	r, err := importer.Run(t.Context(), org.Accounts, f, nil)
	require.NoError(t, err)
	require.Equal(t, "4 = 1 + 0 + 0 + 0 + 3", counts(r))
	require.Equal(t, []string{"3 INVALID_TEXT", "4 NUL_BYTE", "5 RAGGED_ROW"}, faults(r))
	require.Equal(t, "the cell has a byte that is no text in the charset of the file, or half a character, in cell 1", r.Faults[0].Message(record.English))
	require.Equal(t, "该单元格含有空字节，第1个单元格", r.Faults[1].Message(record.Chinese))
	require.Equal(t, "021", find(t, org, "上海华信科技有限公司").Phone)

	f, err = openBook(t, file, &importer.FileOptions{Charset: "big5"})
	require.NoError(t, err)
	require.Equal(t, "Big5 given", f.Format().Charset+" "+f.Format().By)
	_, err = openBook(t, file, &importer.FileOptions{Charset: "klingon"})
	require.EqualError(t, err, `importer: "book.xlsx": no charset "klingon"`)

	_, err = openBook(t, biff([]string{"\xc4\xe0"}), nil)
	var fe *importer.FormatError
	require.ErrorAs(t, err, &fe)
	require.Equal(t, importer.FoundUnclear, fe.Found)
	require.Equal(t, []string{"windows-1251", "EUC-KR"}, fe.Charsets)
}

// TestXLSRefused says why, before the first row or where it is.
func TestXLSRefused(t *testing.T) {
	t.Parallel()
	file := biff([]string{"Account Name"}, []string{"a"}, []string{"b"})
	for name, tt := range map[string]struct {
		file, found, detail string
	}{
		"Excel 4.0": {"\x09\x04\x06\x00\x00\x04\x10\x00\x00\x00", importer.FoundOld, "a workbook of Excel 4.0 or older"},
		"a stub":    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00", importer.FoundDamaged, "the file ends"},
		"cut":       {string(file[:20]), importer.FoundDamaged, "the file ends"},
	} {
		_, err := openBook(t, []byte(tt.file), nil)
		var fe *importer.FormatError
		require.ErrorAs(t, err, &fe, name)
		require.Equal(t, []string{tt.found, tt.detail}, []string{fe.Found, fe.Detail}, name)
	}
	_, err := openBook(t, biff([]string{"Account Name", "b\x00"}), nil)
	require.EqualError(t, err, `importer: "book.xlsx" cannot be read: found a header that cannot be read in "Sheet1" at row 1, cell 2: NUL_BYTE`)
	f, err := openBook(t, file[:len(file)-5], nil)
	require.NoError(t, err)
	org := crmtest.Open(t, memory.New(nil), nil)
	_, err = importer.Run(t.Context(), org.Accounts, f, nil)
	require.EqualError(t, err, `importer: "book.xlsx" cannot be read: found a damaged workbook in "Sheet1" at row 2, byte 49: the file ends`)
}
