package main

import (
	"html"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
)

var (
	linkTo   = regexp.MustCompile(` (?:href|action)="(/[^"]*)"`)
	verbs    = regexp.MustCompile(`%!|{{|}}|&lt;no value|ZgotmplZ`)
	forms    = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)
	chinese  = regexp.MustCompile(`\p{Han}`)
	wordUsed = regexp.MustCompile(`(?:\bT |say\()"([^"]+)"`)
)

// TestEveryPage follows every link of every page, in both languages.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "zh"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, crm.Options{}).in(lang)
			seen, queue := map[string]bool{}, []string{"/accounts"}
			for len(queue) > 0 {
				path := queue[0]
				queue = queue[1:]
				key, _, _ := strings.Cut(path, "#")
				if seen[key] || strings.Contains(path, "lang=") {
					continue
				}
				seen[key] = true
				a := s.get(path)
				require.Equal(t, http.StatusOK, a.Status, path)
				require.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"), path)
				require.Contains(t, a.Header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'", path)
				if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
					continue
				}
				sound(t, path, a.Body, lang)
				posts := map[string]bool{}
				for _, m := range forms.FindAllStringSubmatch(a.Body, -1) {
					posts[m[1]] = true
				}
				for _, m := range linkTo.FindAllStringSubmatch(a.Body, -1) {
					if !posts[m[1]] || m[1] == "/accounts" {
						queue = append(queue, html.UnescapeString(m[1]))
					}
				}
			}
			require.Greater(t, len(seen), 150)
		})
	}
}

// sound asks of a page what every page must have.
func sound(t *testing.T, path, page, lang string) {
	t.Helper()
	require.NotRegexp(t, verbs, page, path)
	require.NotContains(t, page, "<script>", path)
	require.NotContains(t, page, " style=", path)
	labels, ids, headings := map[string]bool{}, map[string]bool{}, 0
	all := elements(t, page)
	for _, e := range all {
		for name := range e.Attrs {
			require.False(t, strings.HasPrefix(name, "on"), "%s: %s", path, name)
		}
		if id := e.Attrs["id"]; id != "" {
			require.False(t, ids[id], "%s: two elements %s", path, id)
			ids[id] = true
		}
		if e.Name == "label" {
			labels[e.Attrs["for"]] = true
		}
	}
	for _, e := range all {
		switch e.Name {
		case "html":
			require.Equal(t, map[string]string{"en": "en", "zh": "zh-CN"}[lang], e.Attrs["lang"], path)
		case "h1":
			headings++
			require.NotEmpty(t, strings.TrimSpace(e.Text), path)
		case "input", "select", "textarea":
			if e.Attrs["type"] != "hidden" {
				require.True(t, labels[e.Attrs["id"]] || e.Attrs["aria-label"] != "", "%s: %s %s without a label", path, e.Name, e.Attrs["name"])
			}
		case "th":
			require.Contains(t, []string{"col", "row"}, e.Attrs["scope"], path)
		case "a", "button", "summary":
			require.NotEmpty(t, strings.TrimSpace(e.Text), "%s: a %s without a text: %v", path, e.Name, e.Attrs)
		}
		for _, name := range []string{"aria-labelledby", "for", "list"} {
			if to := e.Attrs[name]; to != "" {
				require.True(t, ids[to], "%s: %s=%s leads nowhere", path, name, to)
			}
		}
		for to := range strings.FieldsSeq(e.Attrs["aria-describedby"]) {
			require.True(t, ids[to], "%s: aria-describedby=%s leads nowhere", path, to)
		}
	}
	require.Equal(t, 1, headings, path)
	require.True(t, ids["content"], path)
	if lang == "zh" {
		require.NotContains(t, page, "Account Name", path)
		require.Contains(t, page, "回收站", path)
	} else {
		require.NotContains(t, page, "回收站", path)
	}
}

// TestWords asks that every text which a page uses is there, in both languages, and no other.
func TestWords(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	more, err := filepath.Glob("templates/*/*.html")
	require.NoError(t, err)
	pages, err := filepath.Glob("templates/*.html")
	require.NoError(t, err)
	source := ""
	for _, name := range append(append(files, more...), pages...) {
		if strings.HasSuffix(name, "_test.go") || name == "words.go" {
			continue
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		source += string(text)
	}
	for _, m := range wordUsed.FindAllStringSubmatch(source, -1) {
		used[m[1]] = true
		if !strings.HasSuffix(m[1], ".") { // it goes on with what happened
			require.True(t, known(m[1]), "no text %q", m[1])
		}
	}
	for key, w := range words {
		require.NotEmpty(t, w.English, key)
		require.NotEmpty(t, w.Chinese, key)
		if key != "language" && key != "tongue" && key != "timeline.by" {
			require.NotRegexp(t, chinese, strings.ReplaceAll(w.English, "客户名称", ""), key)
		}
		prefix, _, _ := strings.Cut(key, ".")
		made := used[prefix+"."] || strings.Contains(source, `"`+prefix+`."`)
		require.True(t, used[key] || made || strings.Contains(source, `"`+key+`"`), "%s is used nowhere", key)
	}
}

func TestNothingThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	id := s.account(chief).ID.String()
	for _, path := range []string{"/nothing", "/accounts/x", "/accounts/00000000-0000-7000-8000-000000000001", "/records/Nothing/new", "/records/Accounts_X_Products/new",
		"/records/crm_timeline/" + id, "/bin/Nothing", "/imports/" + id, "/imports/" + id + "/rejects", "/imports/" + id + "/events", "/attachments/" + id, "/accounts/" + id + "/lists/Nothing",
		"/records/Deals/" + id, "/accounts/" + id + "/../../etc/passwd", "/static/../main.go", "/records/Accounts/new?clone=00000000-0000-7000-8000-000000000001"} {
		require.Contains(t, []int{http.StatusNotFound, http.StatusMovedPermanently, http.StatusTemporaryRedirect}, s.get(path).Status, path)
	}
	for _, path := range []string{"/accounts?after=nonsense", "/accounts/" + id + "/timeline?after=nonsense", "/bin/Accounts?after=nonsense", "/records/Accounts/new?clone=x", "/records/Accounts/new?account=x", "/accounts/" + id + "/lists/Deals?after=x"} {
		require.Equal(t, http.StatusBadRequest, s.get(path).Status, path)
	}
	require.Equal(t, http.StatusOK, s.get("/accounts?sort=Nothing").Status, "an order that there is not is the usual one")
	require.Contains(t, s.in("zh").get("/nothing").Body, "找不到页面")
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	a := s.get("/accounts?q=a&lang=zh")
	require.Equal(t, http.StatusSeeOther, a.Status)
	require.Equal(t, "/accounts?q=a", a.Header.Get("Location"))
	require.Contains(t, a.Header.Get("Set-Cookie"), "lang=zh")
	require.Contains(t, a.Header.Get("Set-Cookie"), "HttpOnly")
	require.Contains(t, a.Header.Get("Set-Cookie"), "SameSite=Lax")
	require.NotContains(t, s.get("//evil.example/?lang=zh").Header.Get("Location"), "//evil", "no way out of the site")
	require.Empty(t, s.get("/accounts?lang=fr").Header.Get("Location"))
	for _, c := range []struct{ asks, want string }{{"zh-TW,zh;q=0.9", "zh-CN"}, {"de", "en"}} {
		r := s.request(http.MethodGet, "/accounts", nil)
		r.Header.Set("Accept-Language", c.asks)
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Contains(t, string(body), `<html lang="`+c.want+`">`)
	}
}
