package importer

import (
	"crypto/sha256"
	"encoding/hex"
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
