package importer

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// write returns the function that stores the batch. It may run more than once, and so changes nothing of b.
func (b *batch) write(ctx context.Context) func(*record.Session, *record.Batch) error {
	return func(s *record.Session, done *record.Batch) error {
		w := &writing{batch: b, rs: b.r.rs.In(s), faults: make([][]Fault, len(b.rows)), several: map[int]bool{}}
		if err := w.begin(ctx); err != nil {
			return err
		}
		if err := w.run(ctx); err != nil {
			return err
		}
		out := w.settle()
		if plan := w.r.plan; plan != nil {
			b.told = w.verdicts()
			if w.r.o.Planned != nil {
				if err := plan.check(b, b.told, out); err != nil {
					return err
				}
			}
		}
		done.Next = done.First + int64(len(b.rows))
		done.Counts, done.Again = w.counts, int64(len(w.later))
		if len(out.Rows) == 0 && len(out.Notes) == 0 && len(out.Later) == 0 {
			return nil
		}
		var err error
		done.Outcome, err = json.Marshal(out)
		return err
	}
}

// writing is one run of a batch's transaction. It goes in waves: a row that takes knowing what became of an earlier row of
// its wave begins the next one. So a row finds what it would find if each were a transaction of its own.
type writing struct {
	*batch
	rs      *record.Records
	changed bool            // the fields are not those that the values were read for
	faults  [][]Fault       // by row
	several map[int]bool    // rows that more than one record matched
	later   []int           // rows that wait for others of the file
	make    []making        // what the row in hand links to, and is not there
	stored  map[int]verdict // by row, when there is a plan
	counts  record.Counts

	// of the wave
	names   names
	matches matches
	row     []storage.Value // of the row in hand, its links resolved: in buf, if there are any
	buf     []storage.Value
	recs    []*record.Record // to be put
	at      []int            // their rows
	fresh   map[record.ID]bool
	renamed map[[2]string]bool // fields and names that a stored record gets or loses
	taken   map[string]bool    // keys of rows
	news    []*record.Record
}

// maxWave is how many rows a wave has, so that there are never more records in memory than those.
const maxWave = 500

// begin sees to it that the actor may still do what the run does, and that its columns still stand for the same fields.
func (w *writing) begin(ctx context.Context) error {
	shape, err := w.r.load(ctx, w.rs)
	if err != nil {
		return err
	}
	w.changed = !shape.Same(w.r.shape)
	for n, at := range w.r.at {
		c := &w.r.m.imported[n]
		d, _ := shape.Field(c.def.Name)
		if at >= 0 && (shape.At(c.def.Name) < 0 || w.changed && (d.Type.Kind() != c.def.Type.Kind() || d.To != c.def.To)) {
			return &record.ConflictError{Reason: fmt.Sprintf("the field %s has become another one during the import", c.def.Name)}
		}
	}
	return nil
}

func (w *writing) run(ctx context.Context) error {
	ahead := maxWave // rows that a wave looks at, few after a short one, so that no row is looked at often
	for from := 0; from < len(w.rows); {
		to := min(from+ahead, len(w.rows))
		next, err := w.wave(ctx, from, to)
		if err != nil {
			return err
		}
		from, ahead = next, min(max(2*(next-from), 16), maxWave)
	}
	return nil
}

// wave stores rows from and on, at most up to to, and returns the row that begins the next wave.
func (w *writing) wave(ctx context.Context, from, to int) (next int, err error) {
	w.recs, w.at = w.recs[:0], w.at[:0]
	w.fresh, w.renamed, w.taken = map[record.ID]bool{}, map[[2]string]bool{}, map[string]bool{}
	if err := w.loadNames(ctx, from, to); err != nil {
		return 0, err
	}
	if w.r.o.Mode != Clone {
		if w.matches, err = w.find(ctx, from, to); err != nil {
			return 0, err
		}
	}
	for next = from; next < to; next++ {
		if ok, err := w.assemble(ctx, next); err != nil {
			return 0, err
		} else if !ok {
			break
		}
	}
	ids := make([]record.ID, len(w.recs))
	for n, rec := range w.recs {
		if rec.Version > 0 {
			ids[n] = rec.ID
		}
	}
	out, err := w.rs.Spend(ctx, w.recs...)
	if err != nil {
		return 0, err
	}
	for n, o := range out {
		w.tell(w.at[n], o.Action, ids[n])
		switch o.Action {
		case record.Created:
			w.counts.Created++
		case record.Updated:
			w.counts.Updated++
		case record.Unchanged:
			w.counts.Unchanged++
		default:
			if err := w.refused(w.at[n], o.Err); err != nil {
				return 0, err
			}
		}
	}
	return next, nil
}

// assemble makes the record of row i: the one that matches with the row's values over it, or a new one. A row that has
// faults already makes one too, if it can, to be told all that is wrong with it. It reports false when the row has to wait
// for the next wave.
func (w *writing) assemble(ctx context.Context, i int) (ok bool, err error) {
	p := &w.rows[i]
	w.faults[i] = p.faults
	if p.problem != nil || p.repeats {
		return true, nil
	}
	faults, how := w.resolve(i)
	if how == waits || len(w.make) > 0 && len(w.recs) > 0 { // whether it is good must be known before something is made for it
		return false, nil
	}
	if how == deferred {
		w.later = append(w.later, i)
		return true, nil
	}
	faults = slices.Concat(p.faults, faults)
	key := w.key(p, faults)
	if key != "" && w.taken[key] {
		return false, nil
	}
	rec := w.matches.known[key]
	if key == "" {
		rec = nil
	}
	w.faults[i] = faults
	drop := func(f Fault) (bool, error) { // in place of a record
		f.Line = p.line
		switch {
		case !f.Skip:
			w.faults[i] = append(faults, f)
		case p.faults == nil:
			w.faults[i] = []Fault{f}
		}
		return true, nil
	}
	lost := w.keyless(faults) // whether there is a record cannot be known
	if (lost || rec == nil && w.r.byID && key != "") && w.leadsToFresh() {
		return false, nil // there will be no record to tell whether its links are good
	}
	switch {
	case lost:
		return true, nil
	case rec != nil && w.r.o.Mode == Add:
		return drop(Fault{Field: w.r.o.Match[0], Code: CodeAlreadyExists, Skip: true})
	case rec == nil && w.r.byID && key != "":
		return drop(Fault{Field: idField, Code: string(record.CodeNotFound)})
	case rec == nil && w.r.o.Mode == Update:
		return drop(Fault{Field: w.r.o.Match[0], Code: CodeNoMatch, Skip: true})
	case rec == nil:
		rec = w.newRecord()
	}
	if key != "" {
		w.taken[key] = true
		if w.matches.several[key] {
			w.several[i] = true
		}
	}
	if faults == nil {
		w.rename(rec)
	}
	w.fill(rec)
	for _, f := range faults {
		rec.Refuse(record.FieldError{Field: f.Field, Code: record.Code(f.Code), Args: f.Args})
	}
	if len(w.make) > 0 && faults == nil {
		if err := w.makeTargets(ctx, rec); err != nil {
			return false, err
		}
	}
	w.faults[i] = nil // Spend tells of them
	w.recs, w.at = append(w.recs, rec), append(w.at, i)
	return true, nil
}

// fill gives a record the values of the row in hand, over the defaults of a new one; an empty cell keeps the value, unless its
// field is to be cleared.
func (w *writing) fill(rec *record.Record) {
	fresh := rec.Version == 0
	if !w.changed {
		if fresh {
			rec.Fill(w.r.defaults.at, w.r.defaults.values)
		}
		rec.Fill(w.r.at, w.row)
	} else { // what was clean may not be so any more
		for n, name := range w.r.defaults.names {
			if fresh {
				rec.Set(name, w.r.defaults.values[n])
			}
		}
		for n, v := range w.row {
			if w.r.at[n] >= 0 && !v.IsNull() {
				rec.Set(w.r.m.imported[n].def.Name, v)
			}
		}
	}
	for n := range w.row {
		if c := &w.r.m.imported[n]; c.o.Clear && !fresh && w.row[n].IsNull() {
			rec.Set(c.def.Name, storage.Value{})
		}
	}
}

// key is the key of the row in hand, with its links resolved.
func (w *writing) key(p *parsed, faults []Fault) string {
	if !w.r.linked || w.keyless(faults) {
		return p.key
	}
	return w.r.key(func(n int) storage.Value { return w.row[w.r.match[n]] })
}

// keyless reports whether there are faults of fields to match by.
func (w *writing) keyless(faults []Fault) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool { return slices.Contains(w.r.o.Match, f.Field) })
}

// newRecord returns an empty record; they are made some at a time.
func (w *writing) newRecord() *record.Record {
	if len(w.news) == 0 {
		w.news = w.rs.NewBatch(64)
	}
	rec := w.news[0]
	w.news = w.news[1:]
	return rec
}

// refused takes down why a record was not stored, once for each field.
func (w *writing) refused(i int, err error) error {
	fs, err := faultsOf(err)
	for _, f := range fs {
		f.Line = w.rows[i].line
		if f.Field == "" {
			w.faults[i] = []Fault{f}
		} else if !slices.ContainsFunc(w.faults[i], func(have Fault) bool { return have.Field == f.Field }) {
			w.faults[i] = append(w.faults[i], f)
		}
	}
	return err
}

// faultsOf says why a record was not stored. What is no matter of the record is the error.
func faultsOf(err error) (fs []Fault, _ error) {
	var ve *record.ValidationError
	var forbidden *record.ForbiddenError
	switch {
	case errors.As(err, &ve):
		for _, f := range ve.Fields {
			delete(f.Args, "id") // a value of the row
			fs = append(fs, Fault{Field: f.Field, Code: string(f.Code), Args: f.Args})
		}
		return fs, nil
	case errors.As(err, &forbidden):
		return []Fault{{Code: CodeForbidden, Args: record.Args{"right": string(forbidden.Right)}}}, nil
	case errors.Is(err, record.ErrConflict):
		return []Fault{{Code: CodeConflict}}, nil
	case errors.Is(err, record.ErrNotFound):
		return []Fault{{Code: string(record.CodeNotFound)}}, nil
	}
	return nil, err
}

// tell notes what became of a row, if somebody wants to know. A record that the run itself has made has no id yet when it is
// planned.
func (w *writing) tell(i int, action record.Action, id record.ID) {
	if w.r.plan == nil {
		return
	}
	if w.r.plan.made[id] {
		id = record.ID{}
	}
	if w.stored == nil {
		w.stored = map[int]verdict{}
	}
	w.stored[i] = verdict{w.rows[i].line, action, id}
}

// verdicts is what became of the rows, when all is settled.
func (w *writing) verdicts() []verdict {
	told := make([]verdict, len(w.rows))
	for i := range w.rows {
		v, put := w.stored[i]
		switch {
		case len(w.faults[i]) > 0 && w.faults[i][0].Skip:
			v = verdict{action: Skipped}
		case len(w.faults[i]) > 0:
			v = verdict{action: record.Failed}
		case !put:
			v = verdict{action: waitsAction}
		}
		v.line = w.rows[i].line
		told[i] = v
	}
	return told
}

// settle counts the rows that were not put, and puts faults and notes in the order of the file.
func (w *writing) settle() *result {
	out := &result{}
	w.counts.Read = int64(len(w.rows) - len(w.later))
	out.Later = w.later
	waiting := w.later
	for i, fs := range w.faults {
		p := &w.rows[i]
		if len(waiting) > 0 && waiting[0] == i {
			waiting = waiting[1:]
			continue
		}
		if len(fs) == 0 {
			for _, m := range p.remarks {
				out.Notes = addNote(out.Notes, Note{Field: w.r.m.imported[m.n].def.Name, Code: m.code, Rows: 1, First: p.line})
			}
			if w.several[i] {
				out.Notes = addNote(out.Notes, Note{Field: w.r.o.Match[0], Code: CodeSeveralMatches, Rows: 1, First: p.line})
			}
			continue
		}
		if fs[0].Skip {
			w.counts.Skipped++
		} else {
			w.counts.Failed++
		}
		slices.SortStableFunc(fs, func(a, b Fault) int { return cmp.Compare(w.r.m.column(a.Field), w.r.m.column(b.Field)) })
		out.Rows = append(out.Rows, rowFaults{i, fs})
	}
	return out
}
