package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

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
