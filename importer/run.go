package importer

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// Run imports src into a module. On an Org or a session it runs in transactions of Batch rows each, which stay even when a
// later one fails; inside a transaction it is part of that. A bad row fails alone, and what becomes of a row depends on the
// rows before it, and not on where a transaction ends.
//
// It takes [record.RightImport], and with it the rights that the Mode needs: to create, to edit, and to view where records
// are matched. Records that the actor does not see match nothing, and those that the actor may not change fail with their
// rows. To the actor's file, a hidden field is none, and a read-only one is passed over.
//
// An error means that the run did not come to its end: a *HeaderError or *record.ForbiddenError before anything was written;
// the source's own error, ctx's, or the store's later, and then the Report says what was done until then. With a Key, or with
// Resume, the same Run can be tried again, and goes on. A *record.ConflictError says that the Key belongs to a run of another file or
// other options, or that a field of the file has become another one meanwhile.
func Run(ctx context.Context, m Module, src Source, o *Options) (*Report, error) {
	r, err := newRun(ctx, m, src, o)
	if err != nil {
		return nil, err
	}
	request, err := r.request(ctx)
	if err != nil {
		return nil, err
	}
	if r.o.Key == "" && r.o.Planned == nil && !r.o.Resume {
		request = ""
	}
	if r.o.Planned != nil {
		if r.plan, err = keepTo(r.o.Planned, request); err != nil {
			return nil, err
		}
		r.size.planned(r.plan)
	}
	details, err := json.Marshal(r.details)
	if err != nil {
		return nil, err
	}
	op, err := r.start(ctx, request, string(details))
	if err != nil {
		return nil, err
	}
	r.report.Operation = op.ID
	err = errors.Join(r.all(ctx, op), r.seen.close())
	r.report.sort()
	if err != nil {
		return r.report, err
	}
	if f, ok := src.(sized); ok && r.told < f.Size() {
		r.tell(f.Size())
	}
	if !r.report.Balanced() {
		return r.report, fmt.Errorf("importer: %d rows read, but not each has its outcome: %+v", r.report.Read, r.report.Counts)
	}
	return r.report, r.session.Finish(ctx, op, r.report.Counts, r.o.summary(src))
}

// start returns the operation of the run.
func (r *run) start(ctx context.Context, request, details string) (*record.Operation, error) {
	switch {
	case !r.o.Resume:
		return r.session.Start(ctx, kind, r.o.Key, request, details)
	case r.o.Key != "":
		return nil, errors.New("importer: Options.Resume and Key do not go together")
	case r.details.Digest == "":
		return nil, errors.New("importer: Options.Resume: the source has no digest")
	}
	of := digest(string(r.session.Actor()) + "\n" + request)
	for n := 1; ; n++ {
		r.o.Key = fmt.Sprintf("run %d of %s", n, of)
		op, err := r.session.Start(ctx, kind, r.o.Key, request, details)
		if err != nil || op.State == record.Running {
			return op, err
		}
	}
}

// run is an import on its way.
type run struct {
	rs       *record.Records
	shape    *record.Shape // as the actor has it when the run begins
	session  *record.Session
	locale   *record.Locale
	src      Source
	o        Options
	rights   []record.Right
	m        *mapping
	match    []int  // imported columns to match by; none in mode Clone
	linked   bool   // one of them is a link
	byID     bool   // the match is by id
	name     string // the field that names a record
	naming   int    // its imported column, or -1
	at       []int  // the positions of the imported columns in a record
	defaults defaults
	selves   []lookup // by what rows link to records of the same module
	later    waiting  // rows that wait for others
	last     bool     // rows wait no more
	plan     *plan    // that is made, or kept to; nil for none
	details  JobDetails
	cycles   map[int][]int // by line: the lines of rows that are each above the other
	seen     *keySet
	size     batchSize
	held     *batch // rows of a transaction of another run, which has more than were read yet; nil for none
	rejects  *rejects
	report   *Report
	told     int64 // how many bytes Progress was told of
}

// rightsOf is what each mode takes.
var rightsOf = map[Mode][]record.Right{
	Upsert: {record.RightImport, record.RightView, record.RightCreate, record.RightEdit},
	Add:    {record.RightImport, record.RightView, record.RightCreate},
	Update: {record.RightImport, record.RightView, record.RightEdit},
	Clone:  {record.RightImport, record.RightCreate},
}

func newRun(ctx context.Context, m Module, src Source, o *Options) (*run, error) {
	rs := m.AsRecords()
	r := &run{session: rs.Session().From("import"), src: src, seen: newKeySet(maxKeys, os.TempDir())}
	if o != nil {
		r.o = *o
	}
	if r.o.Mode == "" {
		r.o.Mode = Upsert
	}
	r.rights = rightsOf[r.o.Mode]
	switch {
	case r.rights == nil:
		return nil, fmt.Errorf("importer: unknown mode %q", r.o.Mode)
	case r.o.Mode == Clone && len(r.o.Match) > 0:
		return nil, fmt.Errorf("importer: mode %q matches nothing, and so has no fields to match by", r.o.Mode)
	}
	shape, err := r.load(ctx, rs)
	if err != nil {
		return nil, err
	}
	r.rs, r.shape, r.locale = rs.In(r.session), shape, r.session.Locale() // as they are known by now
	r.size = newBatchSize(r.o.Batch)
	header := src.Header()
	var problems []HeaderProblem
	r.m, problems = newMapping(shape, header.Cells, r.o.Columns, r.o.Fields)
	r.name = nameField(shape)
	r.naming = r.m.position(r.name)
	if len(r.o.Match) == 0 && r.o.Mode != Clone {
		r.o.Match = []string{matchField(shape)}
	}
	problems = append(problems, r.checkFields()...)
	bad, err := r.lookups(ctx)
	if err != nil {
		return nil, err
	}
	problems = append(problems, bad...)
	problems = append(problems, r.require()...)
	if problems != nil {
		return nil, &HeaderError{Line: header.Line, Problems: problems}
	}
	if problems, err = r.survey(ctx); err != nil {
		return nil, err
	} else if problems != nil {
		return nil, &HeaderError{Line: header.Line, Problems: problems}
	}
	for _, c := range r.m.imported {
		r.at = append(r.at, shape.At(c.def.Name))
	}
	r.report = &Report{Columns: r.m.columns}
	if r.o.Rejects != nil {
		r.rejects = newRejects(r.o.Rejects, r.m, r.locale.Language)
	}
	return r, nil
}

// load returns the fields as the actor has them now, and who must have the rights that the run takes.
func (r *run) load(ctx context.Context, rs *record.Records) (*record.Shape, error) {
	if err := rs.Session().Authorise(ctx, rs.Shape().Module, r.rights...); err != nil {
		return nil, err
	}
	return rs.Load(ctx)
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

// matchField is the field by which records are matched when nothing else is said: the first that is folded and can be set.
func matchField(shape *record.Shape) string {
	for _, d := range shape.Fields() {
		if d.Folded && !d.ReadOnly {
			return d.Name
		}
	}
	return nameField(shape)
}

// require checks that the columns which the options need are there.
func (r *run) require() (problems []HeaderProblem) {
	missing := func(field string) {
		if !slices.ContainsFunc(problems, func(p HeaderProblem) bool { return p.Field == field }) {
			problems = append(problems, HeaderProblem{Code: CodeMissingColumn, Field: field})
		}
	}
	if len(r.m.imported) == 0 {
		return []HeaderProblem{{Code: CodeNoColumn, Hint: r.m.hint()}}
	}
	r.byID = slices.Equal(r.o.Match, []string{idField})
	for _, field := range r.o.Match {
		d, known := r.shape.Field(field)
		column := r.m.column(field)
		switch {
		case !known && !(r.byID && field == idField):
			problems = append(problems, HeaderProblem{Code: CodeUnknownField, Field: field})
		case d.ReadOnly:
			problems = append(problems, HeaderProblem{Code: CodeReadOnlyField, Field: field})
		case column < 0:
			missing(field)
		case r.byID:
			r.m.read(column, record.Def{Name: idField, Type: record.LookupType()})
			fallthrough
		default:
			at := r.m.position(field)
			r.match, r.linked = append(r.match, at), r.linked || r.m.imported[at].link
		}
	}
	if r.o.Mode != Update {
		for _, d := range r.shape.Fields() {
			if d.Required && !d.ReadOnly && r.m.column(d.Name) < 0 && !slices.Contains(r.defaults.names, d.Name) {
				missing(d.Name)
			}
		}
	}
	return problems
}

// request describes the run, so that a key and a plan are good for one file and one way to read it.
func (r *run) request(ctx context.Context) (string, error) {
	r.details = JobDetails{Module: r.shape.Module, Mode: r.o.Mode, Match: r.o.Match, Columns: r.m.columns}
	if f, ok := r.src.(interface{ Name() string }); ok {
		r.details.File = f.Name()
	}
	if f, ok := r.src.(interface{ Format() Format }); ok {
		format := f.Format()
		r.details.Format = &format
	}
	if f, ok := r.src.(interface {
		Digest(context.Context) ([32]byte, error)
	}); ok {
		sum, err := f.Digest(ctx)
		if err != nil {
			return "", err
		}
		r.details.Digest = hex.EncodeToString(sum[:])
	}
	asked := r.details
	asked.File = "" // whatever it is called
	b, err := json.Marshal(struct {
		JobDetails
		Fields map[string]FieldOptions
	}{asked, r.o.Fields})
	return digest(string(b)), err
}

func (o *Options) summary(src Source) string {
	name := ""
	if f, ok := src.(interface{ Name() string }); ok {
		name = f.Name()
	}
	return strings.TrimSpace(string(o.Mode) + " " + name)
}

// all reads the source to its end, and writes it a batch at a time.
func (r *run) all(ctx context.Context, op *record.Operation) error {
	if r.rejects != nil {
		if err := r.rejects.begin(); err != nil {
			return err
		}
	}
	if r.o.Key != "" {
		done, err := r.session.Batches(ctx, op.ID)
		if err != nil {
			return err
		}
		r.size.committed(done)
	}
	if err := r.pass(ctx, op); err != nil {
		return err
	}
	for r.later.any() {
		waited := r.later.count
		r.later.another()
		if err := r.pass(ctx, op); err != nil {
			return err
		}
		if r.later.count == waited { // none of them found what it waits for
			var err error
			if r.cycles, err = r.findCycles(ctx); err != nil {
				return err
			}
			r.last = true
		}
	}
	return nil
}

// pass reads the source to its end, and writes those of its rows that have their turn.
func (r *run) pass(ctx context.Context, op *record.Operation) error {
	flush := func(b *batch) error { return r.flush(ctx, op, b) }
	read := r.readAhead
	if r.session.InTransaction() { // which belongs to one goroutine, and the source may use it
		read = func(ctx context.Context, flush func(*batch) error) error {
			return r.read(ctx, newBatch(r), func(b *batch) (*batch, error) { return b, flush(b) })
		}
	}
	if err := read(ctx, flush); err != nil {
		return err
	}
	if r.held != nil {
		return fmt.Errorf("importer: row %d: other rows were imported here under this key: the source has changed", r.held.first)
	}
	return nil
}

// read fills one batch after the other with the rows of the source. turn takes a full one, and gives the next to fill.
func (r *run) read(ctx context.Context, b *batch, turn func(*batch) (*batch, error)) error {
	n := int64(-1)
	b.first = r.later.base
	for row, err := range r.src.Rows(ctx) {
		if err != nil {
			if len(b.rows) == 0 || b.rest() {
				return err
			}
			_, failed := turn(b)
			return errors.Join(failed, err)
		}
		if n++; !r.later.turn(n) {
			continue
		}
		if err := b.add(&row, n); err != nil {
			return err
		}
		if b.full() {
			first := b.first + int64(len(b.rows))
			if b, err = turn(b); err != nil {
				return err
			}
			b.reset(first)
		}
	}
	if len(b.rows) == 0 {
		return nil
	}
	_, err := turn(b)
	return err
}

// tell says how far the run has come.
func (r *run) tell(read int64) {
	if r.o.Progress == nil {
		return
	}
	r.told = max(r.told, read) // rows that waited for others are read again, from the beginning
	p := Progress{Counts: r.report.Counts, Bytes: r.told}
	if f, ok := r.src.(sized); ok {
		p.Size = f.Size()
	}
	r.o.Progress(p)
}

// sized is a source that knows how many bytes it has.
type sized interface{ Size() int64 }

// isLink reports whether the values of a field are links.
func isLink(d *record.Def) bool { return d.Type != nil && d.Type.Kind() == storage.Ref }
