package main

import (
	"embed"
	"errors"
	"io/fs"
	"log"
	"net"
	"net/http"
	"strings"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

//go:embed static
var static embed.FS

// server answers requests with pages of one organization.
type server struct {
	org      *crm.Org
	jobs     *jobs
	language record.Language // of those who have chosen none; "" for what the browser asks for
	pages    pages
}

func newServer(org *crm.Org, jobs *jobs, language record.Language) *server {
	return &server{org: org, jobs: jobs, language: language, pages: parsePages()}
}

// The most bytes that a request may have.
const (
	maxForm   = 2 << 20
	maxUpload = 64 << 20
)

// handler returns all that the server answers, behind what keeps other sites out.
func (s *server) handler(addr string) http.Handler {
	mux := http.NewServeMux()
	page := func(pattern string, fn func(*visit) error) { mux.Handle(pattern, s.answer(fn, maxForm)) }
	mux.Handle("GET /{$}", http.RedirectHandler("/accounts", http.StatusSeeOther))
	page("GET /accounts", s.accountList)
	page("GET /accounts/{id}", s.accountInfo)
	page("GET /accounts/{id}/timeline", s.accountTimeline)
	page("GET /accounts/{id}/lists/{list}", s.wholeList)
	page("POST /accounts/{id}/products", s.addProduct)
	page("POST /accounts/{id}/products/{product}/remove", s.removeProduct)
	mux.Handle("POST /accounts/{id}/attachments", s.answer(s.attach, maxUpload))
	page("GET /attachments/{id}", s.openAttachment)
	page("GET /records/{module}/new", s.newRecord)
	page("POST /records/{module}/new", s.createRecord)
	page("GET /records/{module}/{id}", s.editRecord)
	page("POST /records/{module}/{id}", s.saveRecord)
	page("POST /records/{module}/{id}/delete", s.deleteRecord)
	page("POST /records/{module}/{id}/restore", s.restoreRecord)
	page("GET /leads", s.leadList)
	page("GET /leads/{id}", s.showLead)
	page("POST /leads/{id}/convert", s.convertLead)
	page("POST /leads/{id}/revert", s.revertLead)
	page("GET /bin/{module}", s.bin)
	page("GET /customize", s.customize)
	page("POST /customize/card", s.saveCard)
	page("POST /customize/lists", s.saveLists)
	page("POST /customize/links", s.saveLinks)
	page("GET /imports", s.imports)
	mux.Handle("POST /imports", s.answer(s.startImport, maxUpload))
	page("GET /imports/{job}", s.importProgress)
	page("GET /imports/{job}/events", s.importEvents)
	page("GET /imports/{job}/rejects", s.importRejects)
	page("POST /imports/{job}/undo", s.undoImport)
	page("GET /", func(*visit) error { return record.ErrNotFound })
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(files)))
	return guarded(addr, http.NewCrossOriginProtection().Handler(mux))
}

// guarded adds the headers that keep a browser from doing more than a page asks for, and refuses names of this machine that are not
// its own: a site could let its name lead here, and then read what we answer.
func guarded(addr string, next http.Handler) http.Handler {
	own, _, _ := net.SplitHostPort(addr)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		host = strings.Trim(host, "[]")
		if host != "localhost" && host != own && net.ParseIP(host) == nil {
			http.Error(w, "no such host", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answer runs fn, and shows its error as a page.
func (s *server) answer(fn func(*visit) error, limit int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		v := s.visit(w, r)
		if v.switched() {
			return
		}
		if err := fn(v); err != nil {
			v.fail(err)
		}
	})
}

// fail shows an error as a page that says what to do.
func (v *visit) fail(err error) {
	status, text := http.StatusInternalServerError, "error.other"
	var tooLarge *http.MaxBytesError
	var forbidden *record.ForbiddenError
	said := ""
	switch {
	case errors.Is(err, record.ErrNotFound):
		status, text = http.StatusNotFound, "error.notfound"
	case errors.As(err, &forbidden):
		status, text, said = http.StatusForbidden, "error.forbidden", forbidden.Message(v.lang)
	case isValidation(err):
		status, text, said = http.StatusUnprocessableEntity, "error.refused", v.faults(err)
	case errors.Is(err, relations.ErrBytesMissing), errors.Is(err, relations.ErrNoBlobs):
		status, text = http.StatusNotFound, "error.bytes"
	case errors.Is(err, record.ErrConflict):
		status, text = http.StatusConflict, "error.conflict"
	case errors.Is(err, record.ErrBusy):
		status, text = http.StatusServiceUnavailable, "error.busy"
	case errors.As(err, &tooLarge):
		status, text = http.StatusRequestEntityTooLarge, "error.large"
	case errors.Is(err, errRequest):
		status, text = http.StatusBadRequest, "error.request"
	default:
		log.Printf("%s %s: %v", v.r.Method, v.r.URL.Path, err) // without what was asked for: it may hold what people typed
	}
	f := v.frame(v.say(text))
	f.Message = said
	if err := v.render(status, "failed", f); err != nil {
		log.Print(err)
		http.Error(v.w, f.Title, status)
	}
}

// errRequest is a request that no page of ours makes.
var errRequest = errors.New("page: a request that no page makes")
