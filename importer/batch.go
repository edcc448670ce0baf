package importer

import (
	"crypto/sha256"
	"encoding/hex"
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
	first  int64 // the number of its first row
	rows   []parsed
	values []storage.Value // of all rows, as many as there are imported columns for each; a link by name is still its text
	cells  []string        // of all rows, as many as there are columns for each, as they stand in the file: for rejects
	bytes  int             // of all cells, read and as text
	limit  int             // rows that it may have
	blank  []storage.Value // the values of an empty row
	end    int64           // of the last row, in bytes
	told   []verdict       // of each row, when there is a plan, as the transaction's last run has it
}

// parsed is one row, read.
type parsed struct {
	line    int
	row     int64    // of the source, from 0
	key     string   // what it has in common with other rows of the same record, or ""
	faults  []Fault  // found before the store was asked
	remarks []remark // on values that are taken, and may not be meant
	problem *Problem
	repeats bool // an earlier row has the same key
}

// remark is on the value of an imported column.
type remark struct {
	n    int
	code string
}

func newBatch(r *run) *batch {
	return &batch{r: r, limit: r.size.rows, blank: make([]storage.Value, len(r.m.imported))}
}

// reset empties the batch, and makes room for as many rows as it may have now: growing while it is filled would cost more.
func (b *batch) reset(first int64) {
	clear(b.rows)
	// The bytes may end it before, by as many as the values of a row take without their texts.
	if rows := min(b.limit, largeBatch, batchBytes/(max(len(b.blank), 1)*valueBytes)*3/4); cap(b.rows) < rows {
		b.rows, b.values = make([]parsed, 0, rows), make([]storage.Value, 0, rows*len(b.blank))
	}
	b.first, b.rows, b.values, b.cells, b.bytes = first, b.rows[:0], b.values[:0], b.cells[:0], 0
}

// full reports whether the batch ends here: where it did when it was committed before, or else by the size that is wanted.
func (b *batch) full() bool {
	if end, ok := b.r.size.ends[b.first]; ok {
		return b.first+int64(len(b.rows)) == end
	}
	return len(b.rows) >= b.limit || b.bytes >= batchBytes
}

// rest reports whether the batch was committed before, and has more rows than were read now.
func (b *batch) rest() bool { return b.first+int64(len(b.rows)) < b.r.size.ends[b.first] }

// add reads the cells of a row into values. It fails when keys cannot be kept, and when the source breaks its promise.
func (b *batch) add(row *Row, number int64) (err error) {
	if row.Line < 1 {
		return fmt.Errorf("importer: the source's row %d has line %d: lines begin with 1", b.first+int64(len(b.rows)), row.Line)
	}
	m := b.r.m
	b.rows = append(b.rows, parsed{line: row.Line, row: number, problem: row.Problem})
	p := &b.rows[len(b.rows)-1]
	if width := len(m.columns); p.problem == nil && len(row.Cells) != width {
		p.problem = &Problem{Code: CodeRaggedRow, Line: row.Line, Offset: row.Offset, Columns: width, Cells: len(row.Cells)}
	}
	b.end = row.End
	n := len(b.values)
	b.values = append(b.values, b.blank...)
	b.bytes += len(b.blank) * valueBytes
	if p.problem != nil {
		b.bytes += len(p.problem.Raw)
		p.faults = []Fault{{Line: row.Line, Code: p.problem.Code, Args: p.problem.Args(), Skip: p.problem.Code == CodeBlankRow}}
		if b.r.rejects != nil {
			b.cells = append(b.cells, make([]string, len(m.columns))...)
		}
		return nil
	}
	if b.r.rejects != nil {
		b.cells = append(b.cells, row.Cells...)
	}
	b.parse(p, row, b.values[n:])
	if p.key = b.r.rowKey(b.values[n:]); p.key == "" || p.faults != nil {
		return nil // a row that fails anyway lets a later one be the first
	}
	if b.r.later.passes > 0 {
		return nil // it was seen
	}
	first, err := b.r.seen.add(p.key, p.line)
	if first > 0 {
		p.repeats = true
		p.faults = append(p.faults, Fault{Line: p.line, Field: b.r.o.Match[0], Code: CodeDuplicateRow, Args: record.Args{"first": first}})
	}
	return err
}

// parse reads cells into values, clean as they are stored.
func (b *batch) parse(p *parsed, row *Row, values []storage.Value) {
	m, l := b.r.m, b.r.locale
	for n := range m.imported {
		c := &m.imported[n]
		cell := row.Cells[c.at]
		if cell == "" {
			continue
		}
		b.bytes += len(cell)
		if m.ours {
			cell = plainCell(cell)
		}
		v, problem := c.parse(cell, row.kind(c.at), l)
		if c.link && !problem.OK() && problem.Code != CodeBrokenCell {
			values[n] = storage.TextValue(strings.TrimSpace(cell)) // a name
			continue
		}
		if problem.OK() {
			v, problem = c.def.Type.Clean(v)
		}
		if !problem.OK() {
			p.faults = append(p.faults, Fault{Line: p.line, Field: c.def.Name, Code: string(problem.Code), Args: problem.Args})
			continue
		}
		values[n] = v
		switch {
		case c.list != nil && c.list.Unknown(v):
			p.remarks = append(p.remarks, remark{n, CodeUnknownValue})
		case c.how.kind == asText && !c.link && lostDigits(cell, row.kind(c.at)):
			p.remarks = append(p.remarks, remark{n, CodeLostDigits})
		}
	}
}

// value returns the value of an imported column of a row.
func (b *batch) value(row, n int) storage.Value { return b.values[row*len(b.r.m.imported)+n] }
