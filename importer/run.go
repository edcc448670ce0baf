package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// Mode is what an import does with rows that match a record, and with those that do not.
type Mode string

// The modes.
const (
	Upsert Mode = "upsert" // update what matches, create the rest
	Add    Mode = "add"    // create, and skip what matches
	Update Mode = "update" // update what matches, and skip the rest
	Clone  Mode = "clone"  // create always, without matching
)

// Module is the records of any module, such as Org.Accounts.
type Module interface{ AsRecords() *record.Records }

// Options adjust a Run. The zero value is ready to use.
type Options struct {
	Mode     Mode              // default Upsert
	Match    []string          // API names of the fields, or "id", that tell which record a row is of; default the module's name field
	Columns  map[string]string // the API name of the field of a column, by its header, or "" to pass it over; default by name and label
	Key      string            // at most one run for each key: the same key goes on where an interrupted run ended; default a new run each time
	Batch    int               // rows a transaction; default 1,000
	Rejects  io.Writer         // gets the failed rows as CSV, to be mended and imported again; default none
	Progress func(Progress)    // is told after each batch; default none
}

// Progress is how far a run has come.
type Progress struct {
	record.Counts
	Bytes, Size int64 // of the file, where the source knows
}

// Report accounts for a run: Read = Created + Updated + Unchanged + Skipped + Failed.
type Report struct {
	record.Counts
	Operation record.ID // to be undone by
	Columns   []Column
	Faults    []Fault // of failed and skipped rows, in the order of the file, the first MaxFaults
	Notes     []Note  // what was imported, but may not be what was meant
}

// MaxFaults is how many faults a Report holds. Options.Rejects gets all failed rows.
const MaxFaults = 1000

// Fault is one thing wrong with one row.
type Fault struct {
	Line  int         `json:"line"`            // the physical line on which the row begins
	Field string      `json:"field,omitempty"` // API name, or "" when it is about the whole row
	Code  string      `json:"code"`            // of this package or of package record
	Args  record.Args `json:"args,omitempty"`  // "limit", "length", "first" and the like, never values
	Skip  bool        `json:"skip,omitempty"`  // the row was skipped, not failed
}

// The codes of a Fault, beside those of a [Problem] and of package record.
const (
	CodeDuplicateRow  = "DUPLICATE_ROW"  // an earlier row of the file has the same key: arg "first", its line
	CodeAlreadyExists = "ALREADY_EXISTS" // skipped: mode Add, and a record matches
	CodeNoMatch       = "NO_MATCH"       // skipped: mode Update, and no record matches
	CodeConflict      = "CONFLICT"       // another record stands against it
)

// Note is a remark on a field that concerns some rows.
type Note struct {
	Field string
	Code  string
	Rows  int64
	First int // the line of the first
}

// The codes of a Note.
const (
	CodeUnknownValue   = "UNKNOWN_PICK_VALUE" // not a value of the pick list; kept as it is
	CodeSeveralMatches = "SEVERAL_MATCHES"    // more than one record matched; the oldest was updated
)

// Run imports src into a module. On an Org or a session it runs in transactions of Batch rows each, which stay even when a
// later one fails; inside a transaction it is part of that. A bad row fails alone.
//
// An error means that the run did not come to its end: a *HeaderError before anything was written; the source's own error,
// ctx's, or the store's later, and then the Report says what was done until then. With a Key, the same Run can be tried
// again, and goes on. A *record.ConflictError says that the Key belongs to a run of another file or other options.
func Run(ctx context.Context, m Module, src Source, o *Options) (*Report, error) {
	r, err := newRun(m, src, o)
	if err != nil {
		return nil, err
	}
	request, err := r.request(ctx)
	if err != nil {
		return nil, err
	}
	op, err := r.session.Start(ctx, "import", r.o.Key, request)
	if err != nil {
		return nil, err
	}
	r.report.Operation = op.ID
	if err := errors.Join(r.all(ctx, op), r.seen.close()); err != nil {
		return r.report, err
	}
	if !r.report.Balanced() {
		return r.report, fmt.Errorf("importer: %d rows read, but not each has its outcome: %+v", r.report.Read, r.report.Counts)
	}
	return r.report, r.session.Finish(ctx, op, r.report.Counts, r.o.summary(src))
}

// run is an import on its way.
type run struct {
	rs      *record.Records
	session *record.Session
	src     Source
	o       Options
	m       *mapping
	match   []int // columns to match by; none in mode Clone
	byID    bool  // the match is by id
	name    string
	seen    *keySet
	rejects *rejects
	report  *Report
}

func newRun(m Module, src Source, o *Options) (*run, error) {
	rs := m.AsRecords()
	session := rs.Session().From("import")
	r := &run{rs: rs.In(session), session: session, src: src, seen: newKeySet(keySlots, os.TempDir())}
	if o != nil {
		r.o = *o
	}
	if r.o.Mode == "" {
		r.o.Mode = Upsert
	}
	if !slices.Contains([]Mode{Upsert, Add, Update, Clone}, r.o.Mode) {
		return nil, fmt.Errorf("importer: unknown mode %q", r.o.Mode)
	}
	if r.o.Batch <= 0 {
		r.o.Batch = 1000
	}
	header := src.Header()
	var problems []HeaderProblem
	r.m, problems = newMapping(rs.Shape(), header.Cells, r.o.Columns)
	r.name = nameField(rs.Shape())
	if len(r.o.Match) == 0 && r.o.Mode != Clone {
		r.o.Match = []string{r.name}
	}
	problems = append(problems, r.require()...)
	if problems != nil {
		return nil, &HeaderError{Line: header.Line, Problems: problems}
	}
	r.report = &Report{Columns: r.m.columns}
	if r.o.Rejects != nil {
		r.rejects = newRejects(r.o.Rejects, r.m, session.Locale().Language)
	}
	return r, nil
}

// nameField is the field that names a record for people: the first that is folded.
func nameField(shape *record.Shape) string {
	for _, d := range shape.Fields() {
		if d.Folded {
			return d.Name
		}
	}
	return idField
}

// require checks that the columns which the options need are there.
func (r *run) require() (problems []HeaderProblem) {
	missing := func(field string) {
		if !slices.ContainsFunc(problems, func(p HeaderProblem) bool { return p.Field == field }) {
			problems = append(problems, HeaderProblem{Code: CodeMissingColumn, Field: field})
		}
	}
	if !slices.ContainsFunc(r.m.columns, func(c Column) bool { return c.Use == Imported }) {
		return []HeaderProblem{{Code: CodeNoColumn}}
	}
	if r.o.Mode != Clone {
		for _, field := range r.o.Match {
			if _, ok := r.rs.Shape().Field(field); !ok && field != idField {
				problems = append(problems, HeaderProblem{Code: CodeUnknownField, Field: field})
				continue
			}
			column := r.m.column(field)
			if column < 0 {
				missing(field)
			}
			r.match = append(r.match, column)
		}
		r.byID = slices.Equal(r.o.Match, []string{idField})
		if !r.byID && slices.Contains(r.o.Match, idField) {
			problems = append(problems, HeaderProblem{Code: CodeUnknownField, Field: idField})
		}
	}
	if r.o.Mode != Update {
		for _, d := range r.rs.Shape().Fields() {
			if d.Required && !d.ReadOnly && r.m.column(d.Name) < 0 {
				missing(d.Name)
			}
		}
	}
	return problems
}

// request describes the run, so that a key is good for one file and one way to read it.
func (r *run) request(ctx context.Context) (string, error) {
	if r.o.Key == "" {
		return "", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %d %q %+v", r.rs.Shape().Module, r.o.Mode, r.o.Batch, r.o.Match, r.m.columns)
	if f, ok := r.src.(interface {
		Digest(context.Context) ([32]byte, error)
	}); ok {
		sum, err := f.Digest(ctx)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, " %x", sum)
	}
	return digest(b.String()), nil
}

func (o *Options) summary(src Source) string {
	name := ""
	if f, ok := src.(interface{ Name() string }); ok {
		name = f.Name()
	}
	return strings.TrimSpace(string(o.Mode) + " " + name)
}

// all reads the source to its end, a batch at a time.
func (r *run) all(ctx context.Context, op *record.Operation) error {
	b := newBatch(r)
	for row, err := range r.src.Rows(ctx) {
		if err != nil {
			return errors.Join(r.flush(ctx, op, b), err)
		}
		if err := b.add(&row); err != nil {
			return err
		}
		if len(b.rows) == r.o.Batch {
			if err := r.flush(ctx, op, b); err != nil {
				return err
			}
		}
	}
	return r.flush(ctx, op, b)
}

// flush writes the batch in one transaction, and then tells of it.
func (r *run) flush(ctx context.Context, op *record.Operation, b *batch) error {
	if len(b.rows) == 0 {
		return nil
	}
	done, err := r.session.Batch(ctx, op, r.report.Read, b.write(ctx))
	if err != nil {
		return err
	}
	out, err := b.outcome(done)
	if err != nil {
		return err
	}
	r.report.Add(done.Counts)
	for _, f := range out.Faults {
		if len(r.report.Faults) < MaxFaults {
			r.report.Faults = append(r.report.Faults, f)
		}
	}
	for _, n := range out.Notes {
		r.report.Notes = addNote(r.report.Notes, n)
	}
	if r.rejects != nil {
		if err := r.rejects.write(b, out.Faults); err != nil {
			return fmt.Errorf("importer: report: %w", err)
		}
	}
	if r.o.Progress != nil {
		p := Progress{Counts: r.report.Counts, Bytes: b.end}
		if f, ok := r.src.(interface{ Size() int64 }); ok {
			p.Size = f.Size()
		}
		r.o.Progress(p)
	}
	b.reset()
	return nil
}

// isLink reports whether the values of a field are links.
func isLink(d *record.Def) bool { return d.Type != nil && d.Type.Kind() == storage.Ref }
