package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/blob"
	"github.com/clientele-go/crm/storage/memory"
)

// site is the server on the sample, as one visitor asks it.
type site struct {
	t    *testing.T
	org  *crm.Org
	base string
	lang string
}

// newSite starts a server on the sample. What is in its store at the end is verified.
func newSite(t *testing.T, o crm.Options) *site {
	t.Helper()
	store := memory.New(nil)
	o.Blobs = blob.Memory()
	if o.Actor == "" {
		o.Actor = "ann"
	}
	org, err := crm.Open(t.Context(), store, &o)
	require.NoError(t, err)
	require.NoError(t, fillWhenEmpty(t.Context(), org.AsSystem()))
	ctx, cancel := context.WithCancel(context.Background())
	jobs := newJobs(ctx)
	server := httptest.NewServer(newServer(org, jobs, "").handler("127.0.0.1:0"))
	t.Cleanup(func() {
		server.Close()
		cancel()
		jobs.wait()
		require.NoError(t, crm.Verify(context.Background(), org.AsSystem()))
		require.NoError(t, store.Close())
	})
	return &site{t: t, org: org, base: server.URL, lang: "en"}
}

// in returns the same site in a language.
func (s *site) in(lang string) *site { c := *s; c.lang = lang; return &c }

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// do sends a request as a page of the site would, and follows no redirect.
func (s *site) do(r *http.Request) answer {
	s.t.Helper()
	r.AddCookie(&http.Cookie{Name: languageCookie, Value: s.lang})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (s *site) request(method, path string, body io.Reader) *http.Request {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, body)
	require.NoError(s.t, err)
	return r
}

func (s *site) get(path string) answer {
	s.t.Helper()
	return s.do(s.request(http.MethodGet, path, nil))
}

// page returns a page that is there.
func (s *site) page(path string) string {
	s.t.Helper()
	a := s.get(path)
	require.Equal(s.t, http.StatusOK, a.Status, path)
	return a.Body
}

// post sends a form.
func (s *site) post(path string, form url.Values) answer {
	s.t.Helper()
	r := s.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

// upload sends a form with a file.
func (s *site) upload(path, name, content string, form map[string]string) answer {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range form {
		require.NoError(s.t, w.WriteField(k, v))
	}
	part, err := w.CreateFormFile("file", name)
	require.NoError(s.t, err)
	_, err = io.WriteString(part, content)
	require.NoError(s.t, err)
	require.NoError(s.t, w.Close())
	r := s.request(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(r)
}

// account returns the account of that name.
func (s *site) account(name string) *account.Account {
	s.t.Helper()
	all, _, err := s.org.Accounts.List(s.t.Context(), record.Query{Where: record.Eq("Account_Name", name)})
	require.NoError(s.t, err)
	require.Len(s.t, all, 1, name)
	return all[0]
}

func (s *site) count(rs *record.Records, where record.Filter) int64 {
	s.t.Helper()
	n, err := rs.Count(s.t.Context(), record.Query{Where: where})
	require.NoError(s.t, err)
	return n
}

// element is an element of a page.
type element struct {
	Name  string
	Attrs map[string]string
	Text  string // of all that is in it
}

// elements takes a page apart, and refuses one whose elements are not within each other.
func elements(t *testing.T, page string) (all []*element) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []*element
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{Name: token.Name.Local, Attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.Attrs[a.Name.Local] = a.Value
			}
			all, open = append(all, e), append(open, e)
		case xml.EndElement:
			require.Equal(t, open[len(open)-1].Name, token.Name.Local)
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.Text += string(token)
			}
		}
	}
	require.Empty(t, open)
	return all
}

// formOf returns what the first form of records on a page sends when nothing is typed into it.
func formOf(t *testing.T, page string) url.Values {
	t.Helper()
	form := url.Values{}
	name := ""
	inForm := page[strings.Index(page, `<form class="record"`):]
	for _, e := range elements(t, inForm[:strings.Index(inForm, "</form>")+len("</form>")]) {
		switch e.Name {
		case "input":
			form.Add(e.Attrs["name"], e.Attrs["value"])
		case "textarea":
			form.Add(e.Attrs["name"], strings.TrimPrefix(e.Text, "\n"))
		case "select":
			name = e.Attrs["name"]
			if _, several := e.Attrs["multiple"]; !several {
				form.Set(name, "")
			}
		case "option":
			if _, chosen := e.Attrs["selected"]; chosen {
				form.Set(name, e.Attrs["value"])
			}
		}
	}
	return form
}

// actionOf returns where the form of records on a page is sent to.
func actionOf(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`<form class="record" method="post" action="([^"]*)"`).FindStringSubmatch(page)
	require.NotNil(t, m)
	return html.UnescapeString(m[1])
}

// field returns the part of a page that is about one field.
func field(t *testing.T, page, name string) string {
	t.Helper()
	for part := range strings.SplitSeq(page, `<div class="field`) {
		if strings.Contains(part, `id="f-`+name+`"`) {
			return part
		}
	}
	require.Fail(t, "no field "+name)
	return ""
}
