package main

import (
	"context"
	"errors"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// importPage is the form of a new import, with the imports that there were.
type importPage struct {
	*frame
	Modes   []option
	Problem string // why the file was refused
	Details []string
	History []importEntry
}

// importEntry is an import that was run.
type importEntry struct {
	File, Time, Who string
	Counts          []count
	State           string
	Undo            string // where it is taken back; "" when it cannot be
}

// count is how many rows had one outcome.
type count struct {
	Name, Label string
	N           int64
}

// modes are what an import can do with rows that match a record.
var modes = []importer.Mode{importer.Upsert, importer.Add, importer.Update, importer.Clone}

// imports shows the form of a new import.
func (s *server) imports(v *visit) error {
	return v.importForm(http.StatusOK, "", nil, importer.Upsert)
}

func (v *visit) importForm(status int, problem string, details []string, mode importer.Mode) error {
	p := &importPage{frame: v.frame(v.say("import")), Problem: problem, Details: details}
	p.Nav = "import"
	for _, m := range modes {
		p.Modes = append(p.Modes, option{Value: string(m), Text: v.say("mode." + string(m)), Chosen: m == mode})
	}
	history, err := importer.History(v.ctx(), v.s, 10)
	if err != nil {
		return err
	}
	for _, j := range history {
		e := importEntry{File: j.File, Time: v.moment(j.Started), Who: string(j.Actor), Counts: v.counts(j.Counts), State: v.say("state." + string(j.State))}
		if j.State == record.Done {
			e.Undo = "/imports/" + j.ID.String() + "/undo"
		}
		p.History = append(p.History, e)
	}
	return v.render(status, "imports", p)
}

// counts names what became of the rows of an import. Those of nothing are left out, but for what was read.
func (v *visit) counts(c record.Counts) (all []count) {
	for _, n := range []count{{"read", "", c.Read}, {"created", "", c.Created}, {"updated", "", c.Updated}, {"unchanged", "", c.Unchanged}, {"skipped", "", c.Skipped}, {"failed", "", c.Failed}} {
		n.Label = v.say("count." + n.Name)
		all = append(all, n)
	}
	return all
}

// startImport takes a file, and begins to import it.
func (s *server) startImport(v *visit) error {
	if mediaType := v.r.Header.Get("Content-Type"); !strings.HasPrefix(mediaType, "multipart/form-data") {
		return errRequest
	}
	parts, err := v.r.MultipartReader()
	if err != nil {
		return errRequest
	}
	mode := importer.Upsert
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return v.importForm(http.StatusUnprocessableEntity, v.say("import.nofile"), nil, mode)
		}
		if err != nil {
			return formFault(err)
		}
		switch part.FormName() {
		case "mode":
			text, err := io.ReadAll(io.LimitReader(part, 20))
			if err != nil {
				return formFault(err)
			}
			if mode = importer.Mode(text); !slices.Contains(modes, mode) {
				return errRequest
			}
		case "file":
			if part.FileName() == "" {
				return v.importForm(http.StatusUnprocessableEntity, v.say("import.nofile"), nil, mode)
			}
			return v.spool(part, mode)
		}
	}
}

// spool keeps the file of an import, and starts the job, unless the file is none that can be imported.
func (v *visit) spool(part *multipart.Part, mode importer.Mode) error {
	if err := v.s.Authorise(v.ctx(), account.Module, record.RightImport); err != nil {
		return err
	}
	name := fileName(part.FileName())
	file, err := importer.Spool(v.ctx(), part, name, &importer.FileOptions{MaxBytes: maxUpload})
	if err != nil {
		return v.refuseFile(err, mode)
	}
	rs, shape, err := v.recordsOf(account.Module)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	j := v.jobs.start(name, shape, func(ctx context.Context, rejects io.Writer, progress func(importer.Progress)) (*importer.Report, error) {
		report, err := importer.Run(ctx, rs, file, &importer.Options{Mode: mode, Rejects: rejects, Progress: progress})
		return report, errors.Join(err, file.Close())
	})
	v.to("/imports/" + j.id.String())
	return nil
}

// refuseFile shows why a file cannot be imported.
func (v *visit) refuseFile(err error, mode importer.Mode) error {
	problem, details := v.fault(err, nil)
	if problem == "" {
		return formFault(err)
	}
	return v.importForm(http.StatusUnprocessableEntity, problem, details, mode)
}

// fault says what is wrong with a file, "" when something else is.
func (v *visit) fault(err error, shape *record.Shape) (problem string, details []string) {
	var format *importer.FormatError
	var header *importer.HeaderError
	switch {
	case errors.As(err, &format):
		problem = v.say("file.unreadable")
		if known("found." + format.Found) {
			details = append(details, v.say("found."+format.Found))
		}
	case errors.As(err, &header):
		problem = v.say("file.header")
		for _, p := range header.Problems {
			text := p.Code
			if known("header." + p.Code) {
				text = v.say("header." + p.Code)
			}
			if p.Field != "" && shape != nil {
				if d, ok := shape.Field(p.Field); ok {
					text += v.say("colon") + d.Label(v.lang)
				}
			}
			details = append(details, text)
		}
	}
	return problem, details
}

// fileName returns the name of a file without folders, whatever system it comes from, and without what a page cannot show.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(plain(s), `\`, "/"))
	if s == "." || s == "/" || s == ".." {
		return "file"
	}
	return s
}

// undoImport takes an import back.
func (s *server) undoImport(v *visit) error {
	id, err := v.id("job")
	if err != nil {
		return err
	}
	if _, err := v.s.Undo(v.ctx(), id, false); err != nil {
		return err
	}
	v.to("/imports?done=undone")
	return nil
}

// jobPage is an import under way, or its report.
type jobPage struct {
	*frame
	File    string
	Events  string // where its progress is told
	Percent int
	Counts  []count
	Done    bool
	Problem string
	Details []string
	Faults  []faultRow
	More    bool // there are more faults than are shown
	Notes   []string
	Rejects string // where the rows that failed are; "" when none did
}

// faultRow is one thing that is wrong with a row of the file.
type faultRow struct {
	Line        int
	Field, Text string
	Skip        bool
}

// shownFaults is how many faults a report shows.
const shownFaults = 100

// job returns the import in the path.
func (v *visit) job() (*job, error) {
	id, err := v.id("job")
	if err != nil {
		return nil, err
	}
	j := v.jobs.find(id)
	if j == nil {
		return nil, record.ErrNotFound
	}
	return j, nil
}

// importProgress shows how far an import has come, or its report.
func (s *server) importProgress(v *visit) error {
	j, err := v.job()
	if err != nil {
		return err
	}
	now := j.now()
	p := &jobPage{frame: v.frame(v.say("import")), File: j.file, Events: "/imports/" + j.id.String() + "/events", Percent: now.percent(), Counts: v.counts(now.progress.Counts), Done: now.done}
	p.Nav, p.Reload = "import", !now.done
	if now.err != nil {
		if p.Problem, p.Details = v.fault(now.err, j.shape); p.Problem == "" {
			log.Printf("import: %v", now.err)
			p.Problem = v.say("import.failed")
		}
	}
	if r := now.report; r != nil {
		p.Counts = v.counts(r.Counts)
		for i, f := range r.Faults {
			if p.More = i >= shownFaults; p.More {
				break
			}
			p.Faults = append(p.Faults, faultRow{f.Line, label(j.shape, f.Field, v.lang), f.Message(v.lang), f.Skip})
		}
		for _, n := range r.Notes {
			p.Notes = append(p.Notes, label(j.shape, n.Field, v.lang)+v.say("colon")+n.Message(v.lang))
		}
		if r.Failed > 0 {
			p.Rejects = "/imports/" + j.id.String() + "/rejects"
		}
	}
	return v.render(http.StatusOK, "job", p)
}

// label returns the label of a field, or its name when it is none of the module's.
func label(shape *record.Shape, field string, l record.Language) string {
	if d, ok := shape.Field(field); ok {
		return d.Label(l)
	}
	return field
}

// importRejects gives out the rows that failed, to be mended and imported again.
func (s *server) importRejects(v *visit) error {
	j, err := v.job()
	if err != nil {
		return err
	}
	now := j.now()
	if !now.done || now.rejects == nil {
		return record.ErrNotFound
	}
	download(v.w, "failed.csv", "text/csv; charset=utf-8")
	_, err = v.w.Write(now.rejects)
	if err != nil {
		return nil // whoever asked has gone
	}
	return nil
}
