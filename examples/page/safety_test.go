package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

const (
	markup  = `</title><script>alert(1)</script><img src=x onerror=alert(1)>"'>`
	turning = "\u202Eexe.fdp\u202C \u2066\u05d0\u05d1\u05d2\u2069"
)

// TestHostileText stores what would be harm elsewhere, and sees every page show it as text.
func TestHostileText(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	ctx := t.Context()
	a := &account.Account{Name: markup, Industry: markup, Description: markup, Phone: "1", Website: "evil.example/?q=\"onmouseover=1", ParentID: s.account(chief).ID}
	err := s.org.Accounts.Create(ctx, a)
	if err != nil { // the library takes no such address
		a.Website = ""
		require.NoError(t, s.org.Accounts.Create(ctx, a))
	}
	turned := &account.Account{Name: turning, ParentID: a.ID}
	require.NoError(t, s.org.Accounts.Create(ctx, turned))
	to := record.Link{Module: account.Module, ID: a.ID}
	require.NoError(t, s.org.Notes.Create(ctx, &relations.Note{Title: markup, Content: markup + turning, Parent: to}))
	require.NoError(t, s.org.Contacts.Create(ctx, &relations.Contact{LastName: markup, AccountID: a.ID}))
	_, err = s.org.Files.Attach(ctx, to, `<img src=x onerror=alert(1)>.html`, strings.NewReader("<script>alert(1)</script>"))
	require.NoError(t, err)
	id := a.ID.String()
	for _, path := range []string{"/accounts", "/accounts?q=" + url.QueryEscape(markup), "/accounts?sort=" + url.QueryEscape(markup), "/accounts/" + id, "/accounts/" + id + "/timeline", "/records/Accounts/" + id, "/records/Accounts/new?clone=" + id,
		"/accounts/" + id + "/lists/Contacts", "/accounts/" + turned.ID.String(), "/accounts?done=" + url.QueryEscape(markup), "/accounts/" + id + "?list=" + url.QueryEscape(markup) + "&sort=" + url.QueryEscape(markup)} {
		page := s.page(path)
		require.NotContains(t, page, "<script>", path)
		require.NotContains(t, page, "<img", path)
		sound(t, path, page, "en")
	}
	page := s.page("/accounts/" + a.ID.String())
	drawing := page[strings.Index(page, "<svg"):strings.Index(page, "</svg>")]
	require.NotContains(t, drawing, "\u202E", "a drawing cannot isolate what turns a text around")
	require.Contains(t, page, "<bdi>"+strings.ReplaceAll(turning, `"`, "&#34;")+"</bdi>", "and elsewhere it is isolated")
	require.Equal(t, http.StatusSeeOther, s.post("/records/Accounts/"+id+"/delete", nil).Status)
	require.NotContains(t, s.page("/bin/Accounts"), "<script>")
}

// TestFiles uploads and downloads files with bad names and bad content.
func TestFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	fabrikam := s.account("Fabrikam Studio").ID.String()
	upload := func(name, content string) answer {
		return s.upload("/accounts/"+fabrikam+"/attachments", name, content, nil)
	}
	for name, kept := range map[string]string{"../../etc/passwd": "passwd", `C:\temp\..\list.html`: "list.html", "报价 “2027”.svg": "报价 “2027”.svg", "a\"b;c.txt": `a"b;c.txt`} {
		content := "<script>alert('" + kept + "')</script>"
		require.Equal(t, http.StatusSeeOther, upload(name, content).Status, name)
		all, _, err := s.org.Attachments.List(t.Context(), record.Query{Order: record.By("-id"), Limit: 1})
		require.NoError(t, err)
		require.Equal(t, kept, all[0].Name)
		a := s.get("/attachments/" + all[0].ID.String())
		require.Equal(t, http.StatusOK, a.Status)
		require.Equal(t, content, a.Body)
		require.Equal(t, "application/octet-stream", a.Header.Get("Content-Type"))
		require.True(t, strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment"), a.Header.Get("Content-Disposition"))
		require.NotContains(t, a.Header.Get("Content-Disposition"), "/")
		require.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
		require.Contains(t, s.page("/accounts/"+fabrikam), "/attachments/"+all[0].ID.String())
		require.Equal(t, http.StatusSeeOther, s.post("/records/Attachments/"+all[0].ID.String()+"/delete?account="+fabrikam, nil).Status)
		require.Equal(t, http.StatusNotFound, s.get("/attachments/"+all[0].ID.String()).Status)
	}
	require.Equal(t, http.StatusUnprocessableEntity, upload("\u202Etxt.exe", "x").Status)
	require.Contains(t, s.in("zh").upload("/accounts/"+fabrikam+"/attachments", "\u202Etxt.exe", "x", nil).Body, "文件名不能含控制字符")
	require.Equal(t, http.StatusBadRequest, s.post("/accounts/"+fabrikam+"/attachments", url.Values{"file": {"x"}}).Status)
	require.Equal(t, http.StatusNotFound, s.upload("/accounts/00000000-0000-7000-8000-000000000001/attachments", "a", "x", nil).Status)
	require.Zero(t, s.count(s.org.Attachments.Records, record.Eq("Parent_Id", s.account("Fabrikam Studio").ID)))
	require.Equal(t, "file", fileName(".."))
	require.Equal(t, "b", fileName("/a/\u202Eb"))
}

// TestOtherSites has other sites send forms here, and ask under names of their own.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	id := s.account(chief).ID.String()
	for name, change := range map[string]func(*http.Request){
		"another origin":   func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"no origin":        func(r *http.Request) { r.Header.Set("Origin", "null") },
		"the browser says": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same site":        func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
	} {
		for _, path := range []string{"/records/Accounts/" + id + "/delete", "/records/Accounts/new", "/imports", "/accounts/" + id + "/products", "/accounts/" + id + "/attachments"} {
			r := s.request(http.MethodPost, path, strings.NewReader(""))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			change(r)
			require.Equal(t, http.StatusForbidden, s.do(r).Status, "%s: %s", name, path)
		}
	}
	require.Equal(t, id, s.account(chief).ID.String())
	r := s.request(http.MethodPost, "/records/Accounts/"+s.account("Fabrikam Studio").ID.String()+"/delete", nil)
	r.Header.Set("Origin", s.base)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	require.Equal(t, http.StatusSeeOther, s.do(r).Status)
	for host, status := range map[string]int{"evil.example": http.StatusMisdirectedRequest, "evil.example:80": http.StatusMisdirectedRequest, "localhost:1": http.StatusOK, "127.0.0.1": http.StatusOK, "[::1]:9": http.StatusOK} {
		r := s.request(http.MethodGet, "/accounts", nil)
		r.Host = host
		require.Equal(t, status, s.do(r).Status, host)
	}
	require.Equal(t, http.StatusMethodNotAllowed, s.do(s.request(http.MethodDelete, "/accounts/"+id, nil)).Status)
	require.Equal(t, http.StatusNotFound, s.get("/records/Accounts/"+id+"/delete").Status, "a link changes nothing")
}

// TestTooMuch sends more than a request may have.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	form := formOf(t, s.page("/records/Accounts/new"))
	form.Set("Account_Name", "Big")
	form.Set("Description", strings.Repeat("x", maxForm))
	require.Equal(t, http.StatusRequestEntityTooLarge, s.post("/records/Accounts/new", form).Status)
	require.Zero(t, s.count(s.org.Accounts.Records, record.Eq("Account_Name", "Big")))
	r := s.request(http.MethodPost, "/accounts/"+s.account(chief).ID.String()+"/attachments", io.MultiReader(
		strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big\"\r\n\r\n"), io.LimitReader(endless{}, maxUpload+1), strings.NewReader("\r\n--x--\r\n")))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("Expect", "")
	before := s.count(s.org.Attachments.Records, record.Filter{})
	require.Equal(t, http.StatusRequestEntityTooLarge, s.do(r).Status)
	require.Equal(t, before, s.count(s.org.Attachments.Records, record.Filter{}))
}

// endless is letters without an end.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}
