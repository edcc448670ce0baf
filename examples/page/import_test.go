package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

// imported waits for an import, and returns its report.
func (s *site) imported(a answer) string {
	s.t.Helper()
	require.Equal(s.t, http.StatusSeeOther, a.Status, a.Body)
	to := a.Header.Get("Location")
	resp, err := http.DefaultClient.Do(s.request(http.MethodGet, to+"/events", nil)) // which ends with the import
	require.NoError(s.t, err)
	defer resp.Body.Close()
	require.Equal(s.t, "text/event-stream", resp.Header.Get("Content-Type"))
	last, percent := "", 0.0
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		last = data
		var now struct{ Percent float64 }
		require.NoError(s.t, json.Unmarshal([]byte(data), &now))
		require.GreaterOrEqual(s.t, now.Percent, percent, "progress goes on")
		percent = now.Percent
	}
	require.Contains(s.t, last, `"done":true`)
	return s.page(to)
}

// TestImport imports a file, sees its report in both languages, gets the failed rows, and takes the import back.
func TestImport(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	before := s.count(s.org.Accounts.Records, record.Filter{})
	file := "客户名称,Parent Account,Employees\nNew One,northwind europe,12\n<i>Bad</i>,,many\nFabrikam Studio,,99\n"
	a := s.upload("/imports", `..\<b>x.csv`, file, map[string]string{"mode": "upsert"})
	page := s.imported(a)
	sound(t, "report", page, "en")
	require.Contains(t, page, `<dd data-count="created">1</dd>`)
	require.Contains(t, page, `<dd data-count="updated">1</dd>`)
	require.Contains(t, page, `<dd data-count="failed">1</dd>`)
	require.Contains(t, page, "not valid: expected a whole number")
	require.Contains(t, s.in("zh").page(a.Header.Get("Location")), "格式不正确，应为整数")
	require.Contains(t, page, "&lt;b&gt;x.csv")
	require.Equal(t, before+1, s.count(s.org.Accounts.Records, record.Filter{}))
	require.Equal(t, s.account("Northwind Europe").ID, s.account("New One").ParentID)
	require.Equal(t, int64(99), *s.account("Fabrikam Studio").Employees)

	rejects := s.get(a.Header.Get("Location") + "/rejects")
	require.Contains(t, rejects.Header.Get("Content-Disposition"), "attachment")
	require.Contains(t, rejects.Body, "<i>Bad</i>,,many")

	history := s.page("/imports")
	_, undo, ok := strings.Cut(history, `action="/imports/`)
	require.True(t, ok)
	job, _, _ := strings.Cut(undo, "/undo")
	require.Equal(t, http.StatusSeeOther, s.post("/imports/"+job+"/undo", nil).Status)
	require.Equal(t, before, s.count(s.org.Accounts.Records, record.Filter{}))
	require.Equal(t, int64(9), *s.account("Fabrikam Studio").Employees)
	require.Contains(t, s.page("/imports"), "Taken back")
}

// TestImportWorkbook imports what the library exports as a workbook.
func TestImportWorkbook(t *testing.T) {
	t.Parallel()
	other, err := crm.Open(t.Context(), memory.New(nil), nil)
	require.NoError(t, err)
	for i := range 300 {
		require.NoError(t, other.Accounts.Create(t.Context(), &account.Account{Name: fmt.Sprintf("第%03d公司", i)}))
	}
	var book bytes.Buffer
	_, err = importer.Export(t.Context(), other.Accounts, &book, record.Query{}, &importer.ExportOptions{Format: importer.KindXLSX, Fields: []string{"Account_Name"}})
	require.NoError(t, err)
	s := newSite(t, crm.Options{})
	page := s.imported(s.upload("/imports", "companies.xlsx", book.String(), map[string]string{"mode": "add"}))
	require.Contains(t, page, `<dd data-count="created">300</dd>`)
	require.Equal(t, int64(300), s.count(s.org.Accounts.Records, record.Contains("Account_Name", "第")))
}

// TestImportXLS imports a workbook of Excel 97.
func TestImportXLS(t *testing.T) {
	t.Parallel()
	book, err := os.ReadFile("../../importer/testdata/accounts.xls")
	require.NoError(t, err)
	s := newSite(t, crm.Options{})
	before := s.count(s.org.Accounts.Records, record.Filter{})
	page := s.imported(s.upload("/imports", "accounts.xls", string(book), map[string]string{"mode": "add"}))
	require.Contains(t, page, "The import is done.")
	require.Greater(t, s.count(s.org.Accounts.Records, record.Filter{}), before)
}

// TestBadFiles are refused with a reason in the language of the page, and nothing is imported.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{}).in("zh")
	before := s.count(s.org.Accounts.Records, record.Filter{})
	for said, content := range map[string]string{"文件为空。": "", "这是PDF文件。": "%PDF-1.7\n", "工作簿已损坏。": "PK\x03\x04broken"} {
		a := s.upload("/imports", "file", content, map[string]string{"mode": "upsert"})
		require.Equal(t, http.StatusUnprocessableEntity, a.Status, said)
		require.Contains(t, a.Body, said)
		sound(t, said, a.Body, "zh")
	}
	page := s.imported(s.upload("/imports", "a.csv", "Colour,Taste\nred,sweet\n", nil))
	require.Contains(t, page, "文件首行不符合要求")
	require.Equal(t, http.StatusUnprocessableEntity, s.upload("/imports", "", "x", nil).Status)
	require.Equal(t, http.StatusBadRequest, s.post("/imports", nil).Status)
	require.Equal(t, http.StatusBadRequest, s.upload("/imports", "a.csv", "Account Name\nX\n", map[string]string{"mode": "nonsense"}).Status)
	require.Equal(t, before, s.count(s.org.Accounts.Records, record.Filter{}))
}

// TestJobs keeps the last imports and no more, and ends them with the server.
func TestJobs(t *testing.T) {
	t.Parallel()
	js := newJobs(t.Context())
	var ids []record.ID
	for range keptJobs + 3 {
		ids = append(ids, js.start("f", nil, nothing).id)
	}
	js.wait()
	require.Nil(t, js.find(ids[2]))
	require.NotNil(t, js.find(ids[3]))
	require.Eventually(t, func() bool { now := js.find(ids[3]).now(); return now.done && now.percent() == 100 }, time.Second, time.Millisecond)
	state := jobState{progress: importer.Progress{Bytes: 1, Size: 3}}
	require.Equal(t, 33, state.percent())
	require.Zero(t, (&jobState{}).percent())
}
