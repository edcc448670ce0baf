package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/clientele-go/crm/record"
)

// visit is one request: what is asked, and the records as the visitor's language shows them.
type visit struct {
	*server
	w    http.ResponseWriter
	r    *http.Request
	s    *record.Session
	lang record.Language
	of   record.ID // the account whose page is shown; zero for another page
}

func (s *server) visit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{server: s, w: w, r: r, lang: s.languageOf(r)}
	locale := *s.org.Session().Locale()
	locale.Language = v.lang
	v.s = s.org.Session().In(locale)
	return v
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// say returns a text of the page itself.
func (v *visit) say(key string) string { return say(v.lang, key) }

// languageCookie keeps the language that a visitor has chosen.
const languageCookie = "lang"

// languageOf returns the language of a request: the one that was chosen, that of the server, or what the browser asks for.
func (s *server) languageOf(r *http.Request) record.Language {
	if c, err := r.Cookie(languageCookie); err == nil {
		if l, ok := language(c.Value); ok {
			return l
		}
	}
	if l, ok := language(string(s.language)); ok {
		return l
	}
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "zh") {
		return record.Chinese
	}
	return record.English
}

func language(s string) (record.Language, bool) {
	l := record.Language(s)
	return l, l == record.English || l == record.Chinese
}

// switched takes the choice of a language, and sends the visitor back to the same page in it.
func (v *visit) switched() bool {
	q := v.r.URL.Query()
	l, ok := language(q.Get("lang"))
	if !ok || v.r.Method != http.MethodGet {
		return false
	}
	http.SetCookie(v.w, &http.Cookie{Name: languageCookie, Value: string(l), Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	q.Del("lang")
	v.to(address(v.r.URL.Path, q))
	return true
}

// to sends the visitor to another page of ours.
func (v *visit) to(path string) { http.Redirect(v.w, v.r, path, http.StatusSeeOther) }

// address returns the address of a page: a path of this server with a query.
func address(path string, q url.Values) string {
	u := url.URL{Path: "/" + strings.TrimLeft(path, "/"), RawQuery: q.Encode()}
	return u.String()
}

// id returns the id in the path of the request, or ErrNotFound: there is nothing under another text.
func (v *visit) id(name string) (record.ID, error) {
	id, err := record.ParseID(v.r.PathValue(name))
	if err != nil {
		return id, record.ErrNotFound
	}
	return id, nil
}

// records returns the records and the fields of the module in the path of the request.
func (v *visit) records() (*record.Records, *record.Shape, error) {
	return v.recordsOf(v.r.PathValue("module"))
}

// recordsOf returns the records and the fields of a module as the actor sees them. There is nothing of a module that there is not, nor
// of those that no page shows.
func (v *visit) recordsOf(module string) (*record.Records, *record.Shape, error) {
	if !shown(module) {
		return nil, nil, record.ErrNotFound
	}
	rs, err := v.s.Records(module)
	if err != nil {
		return nil, nil, record.ErrNotFound
	}
	shape, err := rs.Load(v.ctx())
	return rs, shape, err
}
