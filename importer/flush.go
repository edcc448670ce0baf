package importer

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele-go/crm/record"
)

// flush writes the batch in one transaction, and then tells of it. Where another run of the same key was first, what that did is
// taken as it is: its transactions may end elsewhere, and the batch is then several, or not whole yet.
func (r *run) flush(ctx context.Context, op *record.Operation, b *batch) error {
	part := b.after(0)
	if r.held != nil {
		part, r.held = r.held.with(b), nil
	}
	for len(part.rows) > 0 {
		clock := startClock()
		write := part.write(ctx)
		done, err := r.session.Batch(ctx, op, part.first, func(s *record.Session, done *record.Batch) error {
			clock.begin()
			return write(s, done)
		})
		if err != nil {
			return err
		}
		n := int(done.Next - done.First)
		switch {
		case n <= 0:
			return fmt.Errorf("importer: row %d: the transaction of no row", done.First)
		case n > len(part.rows):
			r.held = part.clone()
			return nil
		}
		r.size.took(clock, n)
		b.limit = r.size.rows // when it is filled the next time
		if err := r.account(part.upTo(n), done); err != nil {
			return err
		}
		part = part.after(n)
	}
	return nil
}

// account takes down what became of a batch that was committed.
func (r *run) account(b *batch, done *record.Batch) error {
	out, err := readResult(done)
	if err != nil {
		return err
	}
	r.later.read += int64(len(b.rows))
	for _, i := range out.Later {
		r.later.add(b.rows[i].row)
	}
	if r.plan != nil && r.o.Planned == nil {
		r.plan.add(b, b.told, out)
	}
	r.report.add(done.Counts, out)
	if r.rejects != nil {
		if err := r.rejects.write(b, out); err != nil {
			return err
		}
	}
	r.tell(b.end)
	return nil
}

// upTo returns the first n rows as a batch, which shares them.
func (b *batch) upTo(n int) *batch {
	part := *b
	if n < len(b.rows) {
		part.rows, part.end = b.rows[:n], 0 // where it ends is not known
	}
	return &part
}

// after returns the rows after the first n as a batch, which shares them.
func (b *batch) after(n int) *batch {
	part := *b
	part.first += int64(n)
	part.rows, part.values, part.told = b.rows[n:], b.values[n*len(b.blank):], nil
	if b.r.rejects != nil {
		part.cells = b.cells[n*len(b.r.m.columns):]
	}
	return &part
}

// clone returns a copy that stays when the batch is filled again.
func (b *batch) clone() *batch {
	c := *b
	c.rows, c.values, c.cells = slices.Clone(b.rows), slices.Clone(b.values), slices.Clone(b.cells)
	return &c
}

// with adds the rows of the batch that follows.
func (b *batch) with(next *batch) *batch {
	b.rows, b.values, b.cells = append(b.rows, next.rows...), append(b.values, next.values...), append(b.cells, next.cells...)
	b.end = next.end
	return b
}
