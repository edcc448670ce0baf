package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"

	"github.com/clientele-go/crm/record"
)

//go:embed templates
var templates embed.FS

// pages are the templates, each with the frame around it.
type pages map[string]*template.Template

// parsePages reads the templates. They are part of the program, and any test shows one that is malformed.
func parsePages() pages {
	all := pages{}
	common := template.Must(template.New("").Funcs(functions).ParseFS(templates, "templates/common/*.html"))
	files, err := templates.ReadDir("templates")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		if !f.IsDir() {
			all[strings.TrimSuffix(f.Name(), ".html")] = template.Must(template.Must(common.Clone()).ParseFS(templates, path.Join("templates", f.Name())))
		}
	}
	return all
}

// tableOn is a table with the page that it is on, and inputOn an input.
type (
	tableOn struct{ Table, Page any }
	inputOn struct{ Input, Page any }
)

// functions give templates what they need of two things.
var functions = template.FuncMap{
	"pair": func(t, page any) tableOn { return tableOn{t, page} },
	"both": func(in, page any) inputOn { return inputOn{in, page} },
}

// frame is what every page has.
type frame struct {
	Lang    record.Language
	Title   string
	Nav     string // which part of the program it belongs to
	Other   string // the address of this page in the other language
	Notice  string // what was just done
	Message string // what is wrong
	Reload  bool   // the page changes by itself
	Undo    *undo  // how to take back what was just done
}

// undo is a button that takes something back.
type undo struct{ Action, Back string }

// T returns a text of the page itself, in its language.
func (f *frame) T(key string) string { return say(f.Lang, key) }

func (v *visit) frame(title string) *frame {
	q := v.r.URL.Query()
	q.Del("done")
	q.Del("undo")
	q.Set("lang", string(other(v.lang)))
	f := &frame{Lang: v.lang, Title: title, Other: address(v.r.URL.Path, q)}
	if v.r.Method != http.MethodGet {
		f.Other = "" // nothing is shown of it when it is asked for again
	}
	if done := "done." + v.r.URL.Query().Get("done"); known(done) {
		f.Notice = v.say(done)
	}
	return f
}

func other(l record.Language) record.Language {
	if l == record.Chinese {
		return record.English
	}
	return record.Chinese
}

// render writes a page, or nothing of it when something goes wrong on the way.
func (v *visit) render(status int, name string, data any) error {
	var b bytes.Buffer
	if err := v.pages[name].ExecuteTemplate(&b, "frame", data); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Cookie, Accept-Language")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // whoever asked has gone
	return nil
}
