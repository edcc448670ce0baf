package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// batch is the rows of one transaction. Whatever does not need the store is done once, when a row is added; write may run
// more than once.
type batch struct {
	r      *run
	rows   []parsed
	values []storage.Value // of all rows, as many as there are columns for each
	cells  []string        // the same, as they stand in the file: for rejects, and for links by name
	faults []Fault         // found before the store was asked
	notes  []Note
	end    int64 // of the last row, in bytes
}

// parsed is one row, read.
type parsed struct {
	line    int
	key     string // what it matches by, or ""
	bad     bool   // it has a fault already
	problem *Problem
}

func newBatch(r *run) *batch { return &batch{r: r} }

func (b *batch) reset() {
	clear(b.cells)
	b.rows, b.values, b.cells, b.faults, b.notes = b.rows[:0], b.values[:0], b.cells[:0], nil, nil
}

// add reads the cells of a row into values. It fails only when keys cannot be kept.
func (b *batch) add(row *Row) (err error) {
	width := len(b.r.m.columns)
	p := parsed{line: row.Line, problem: row.Problem}
	for i := range width {
		cell := ""
		if i < len(row.Cells) {
			cell = row.Cells[i]
		}
		if b.r.m.ours {
			cell = plainCell(cell)
		}
		b.cells = append(b.cells, cell)
		b.values = append(b.values, storage.Value{})
	}
	b.end = row.End
	if row.Problem != nil {
		p.bad = true
		b.faults = append(b.faults, Fault{Line: row.Line, Code: row.Problem.Code, Args: row.Problem.Args(), Skip: row.Problem.Code == CodeBlankRow})
	} else {
		err = b.parse(&p, b.cells[len(b.cells)-width:], b.values[len(b.values)-width:])
	}
	b.rows = append(b.rows, p)
	return err
}

func (b *batch) parse(p *parsed, cells []string, values []storage.Value) error {
	m, l := b.r.m, b.r.session.Locale()
	for i := range cells {
		if cells[i] == "" || m.columns[i].Use != Imported || isLink(&m.fields[i]) {
			continue
		}
		v, problem := m.fields[i].Type.Parse(cells[i], l)
		if !problem.OK() {
			p.bad = true
			b.faults = append(b.faults, Fault{Line: p.line, Field: m.fields[i].Name, Code: string(problem.Code), Args: problem.Args})
			continue
		}
		values[i] = v
		if list, ok := m.fields[i].Type.(interface{ Unknown(storage.Value) bool }); ok && list.Unknown(v) {
			b.note(Note{Field: m.fields[i].Name, Code: CodeUnknownValue, Rows: 1, First: p.line})
		}
	}
	if p.key = b.r.key(cells, values); p.key == "" {
		return nil
	}
	first, err := b.r.seen.add(p.key, p.line)
	if first > 0 {
		p.bad = true
		b.faults = append(b.faults, Fault{Line: p.line, Field: b.r.o.Match[0], Code: CodeDuplicateRow, Args: record.Args{"first": first}})
	}
	return err
}

func (b *batch) note(n Note) { b.notes = addNote(b.notes, n) }

func (w *writing) note(n Note) { w.out.Notes = addNote(w.out.Notes, n) }

// addNote counts n with the note of the same field and code, if there is one.
func addNote(notes []Note, n Note) []Note {
	for i := range notes {
		if notes[i].Field == n.Field && notes[i].Code == n.Code {
			notes[i].Rows += n.Rows
			return notes
		}
	}
	return append(notes, n)
}

// key is what a row matches by: "" when it does not, since one of its fields is empty.
func (r *run) key(cells []string, values []storage.Value) string {
	var b strings.Builder
	for n, i := range r.match {
		if r.byID {
			return strings.ToLower(strings.TrimSpace(cells[i]))
		}
		v := values[i]
		if isLink(&r.m.fields[i]) {
			v = foldedText(cells[i])
		}
		k, ok := r.rs.MatchKey(r.o.Match[n], v)
		if !ok {
			return ""
		}
		if len(r.match) == 1 {
			return keyText(k)
		}
		b.Write(k.Append(nil))
	}
	return b.String()
}

// keyText is a key of one value. Most are texts, which need no copy.
func keyText(v storage.Value) string {
	if v.Kind() == storage.Text {
		return v.Raw()
	}
	return string(v.Append(nil))
}

func foldedText(s string) storage.Value {
	if s = record.Fold(s); s == "" {
		return storage.Value{}
	}
	return storage.TextValue(s)
}

// result is what a batch leaves to be read again: its faults and notes.
type result struct {
	Faults []Fault `json:"faults,omitempty"`
	Notes  []Note  `json:"notes,omitempty"`
}

func (b *batch) outcome(done *record.Batch) (result, error) {
	var out result
	if int(done.Next-done.First) != len(b.rows) {
		return out, fmt.Errorf("importer: row %d: the source has other rows than when it was imported first", done.First)
	}
	if len(done.Outcome) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(done.Outcome, &out); err != nil {
		return out, fmt.Errorf("importer: row %d: outcome: %w", done.First, err)
	}
	for _, f := range out.Faults {
		for name, arg := range f.Args {
			if n, ok := arg.(float64); ok {
				f.Args[name] = int(n) // JSON has no whole numbers
			}
		}
	}
	return out, nil
}

// write returns the function that stores the batch. It may run more than once, and so changes nothing of b.
func (b *batch) write(ctx context.Context) func(*record.Session, *record.Batch) error {
	return func(s *record.Session, done *record.Batch) error {
		w := &writing{batch: b, rs: b.r.rs.In(s)}
		w.out.Notes = append(w.out.Notes, b.notes...)
		if err := w.run(ctx); err != nil {
			return err
		}
		done.Next = done.First + int64(len(b.rows))
		done.Counts = w.counts
		if len(w.out.Faults) == 0 && len(w.out.Notes) == 0 {
			return nil
		}
		out, err := json.Marshal(w.out)
		done.Outcome = out
		return err
	}
}

// writing is one run of a batch's transaction.
type writing struct {
	*batch
	rs      *record.Records
	known   map[string]*record.Record // by key
	several map[string]bool           // keys that more than one record has
	recs    []*record.Record          // to be put
	at      []int                     // their rows
	faults  map[int][]Fault           // by row
	out     result
	counts  record.Counts
}

func (w *writing) run(ctx context.Context) error {
	w.faults = map[int][]Fault{}
	if err := w.find(ctx); err != nil {
		return err
	}
	if err := w.assemble(ctx); err != nil {
		return err
	}
	out, err := w.rs.Put(ctx, w.recs...)
	if err != nil {
		return err
	}
	for n, o := range out {
		switch o.Action {
		case record.Created:
			w.counts.Created++
		case record.Updated:
			w.counts.Updated++
		case record.Unchanged:
			w.counts.Unchanged++
		default:
			if err := w.refused(w.at[n], o.Err); err != nil {
				return err
			}
		}
	}
	w.settle()
	return nil
}

// find loads the records that the rows match.
func (w *writing) find(ctx context.Context) error {
	w.known, w.several = map[string]*record.Record{}, map[string]bool{}
	if len(w.r.match) == 0 {
		return nil
	}
	field, column := w.r.o.Match[0], w.r.match[0]
	var values []storage.Value
	for i := range w.rows {
		if w.rows[i].bad || w.rows[i].key == "" {
			continue
		}
		v := w.value(i, column)
		if w.r.byID || isLink(&w.r.m.fields[column]) {
			id, err := record.ParseID(w.cell(i, column))
			if err != nil {
				continue // no record has it
			}
			v = storage.RefValue(id)
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return nil
	}
	return w.rs.Matching(ctx, field, values, func(rec *record.Record) error {
		key, ok := w.keyOf(rec)
		switch {
		case !ok:
		case w.known[key] != nil:
			w.several[key] = true
		default:
			w.known[key] = rec
		}
		return nil
	})
}

// keyOf is the key of a stored record, as [run.key] makes it of a row.
func (w *writing) keyOf(rec *record.Record) (string, bool) {
	if w.r.byID {
		return rec.ID.String(), true
	}
	var b strings.Builder
	for _, field := range w.r.o.Match {
		k, ok := w.rs.MatchKey(field, rec.Value(field))
		if !ok {
			return "", false
		}
		if len(w.r.o.Match) == 1 {
			return keyText(k), true
		}
		b.Write(k.Append(nil))
	}
	return b.String(), true
}

func (b *batch) value(row, column int) storage.Value {
	return b.values[row*len(b.r.m.columns)+column]
}

func (b *batch) cell(row, column int) string {
	return strings.TrimSpace(b.cells[row*len(b.r.m.columns)+column])
}

// assemble makes the record of each row: the one that matches with the row's values over it, or a new one.
func (w *writing) assemble(ctx context.Context) error {
	fresh := 0
	for i := range w.rows {
		if !w.rows[i].bad && w.known[w.rows[i].key] == nil {
			fresh++
		}
	}
	news := w.rs.NewBatch(fresh)
	for i := range w.rows {
		p := &w.rows[i]
		if p.bad {
			continue
		}
		rec := w.known[p.key]
		if p.key == "" {
			rec = nil
		}
		if rec == nil && len(news) > 0 {
			rec, news = news[0], news[1:]
			rec.ID = w.rs.Session().NewID()
		}
		switch isNew := rec.Version == 0; {
		case !isNew && w.r.o.Mode == Add:
			w.drop(i, Fault{Line: p.line, Field: w.r.o.Match[0], Code: CodeAlreadyExists, Skip: true})
			continue
		case isNew && w.r.byID && p.key != "":
			w.drop(i, Fault{Line: p.line, Field: idField, Code: string(record.CodeNotFound)})
			continue
		case isNew && w.r.o.Mode == Update:
			w.drop(i, Fault{Line: p.line, Field: w.r.o.Match[0], Code: CodeNoMatch, Skip: true})
			continue
		}
		if w.several[p.key] {
			w.note(Note{Field: w.r.o.Match[0], Code: CodeSeveralMatches, Rows: 1, First: p.line})
		}
		for c := range w.r.m.columns {
			if v := w.value(i, c); !v.IsNull() { // an empty cell keeps the value
				rec.Set(w.r.m.columns[c].Field, v)
			}
		}
		w.recs, w.at = append(w.recs, rec), append(w.at, i)
	}
	return w.link(ctx)
}

// drop gives row i its fault in place of a record.
func (w *writing) drop(i int, f Fault) { w.faults[i] = append(w.faults[i], f) }

// refused takes down why a record was not stored.
func (w *writing) refused(i int, err error) error {
	line := w.rows[i].line
	var ve *record.ValidationError
	switch {
	case errors.As(err, &ve):
		for _, f := range ve.Fields {
			w.drop(i, Fault{Line: line, Field: f.Field, Code: string(f.Code), Args: f.Args})
		}
	case errors.Is(err, record.ErrConflict):
		w.drop(i, Fault{Line: line, Code: CodeConflict})
	case errors.Is(err, record.ErrNotFound):
		w.drop(i, Fault{Line: line, Code: string(record.CodeNotFound)})
	default:
		return err
	}
	return nil
}

// settle counts the rows that were not put, and puts the faults in the order of the file.
func (w *writing) settle() {
	early := map[int][]Fault{} // by line
	for _, f := range w.batch.faults {
		early[f.Line] = append(early[f.Line], f)
	}
	w.counts.Read = int64(len(w.rows))
	for i := range w.rows {
		fs := w.faults[i]
		if w.rows[i].bad {
			fs = early[w.rows[i].line]
		}
		switch {
		case len(fs) == 0:
		case fs[0].Skip:
			w.counts.Skipped++
		default:
			w.counts.Failed++
		}
		w.out.Faults = append(w.out.Faults, fs...)
	}
}
