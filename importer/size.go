package importer

import (
	"time"

	"github.com/clientele-go/crm/record"
)

// The sizes of batches that a run chooses, see Options.Batch. A larger transaction writes each page of an index once in
// place of many times; but whoever else wants to write waits for its end.
const (
	firstBatch  = 1000
	largeBatch  = 8192
	smallBatch  = 100
	batchBytes  = 3 << 20              // of cells
	valueBytes  = 32                   // of a cell beside its text
	soon        = 4 * time.Millisecond // SQLite leaves a gap of 2 for other processes, whether there are any or not
	politeBatch = 25 * time.Millisecond
)

// batchSize says where a batch ends.
type batchSize struct {
	given bool
	rows  int
	ends  map[int64]int64 // of batches that were committed before: the row after the last, by the first
}

func newBatchSize(rows int) batchSize {
	if rows > 0 {
		return batchSize{given: true, rows: rows}
	}
	return batchSize{rows: firstBatch}
}

// committed has the batches that were committed before end where they did then.
func (z *batchSize) committed(done []record.Batch) {
	if z.ends == nil {
		z.ends = make(map[int64]int64, len(done))
	}
	for _, b := range done {
		z.ends[b.First] = b.Next
	}
}

// planned has batches end where those of a plan do.
func (z *batchSize) planned(p *plan) {
	z.ends = make(map[int64]int64, len(p.batches))
	for first, b := range p.batches {
		z.ends[first] = b.next
	}
}

// took chooses the size of the next batch by how the last went, one of that many rows.
func (z *batchSize) took(c *batchClock, rows int) {
	if z.given || c.began.IsZero() {
		return
	}
	if c.began.Sub(c.asked) < soon {
		z.rows = min(2*z.rows, largeBatch)
		return
	}
	each := max(time.Since(c.began)/time.Duration(rows), 1)
	z.rows = min(max(int(politeBatch/each), smallBatch), largeBatch)
}

// batchClock knows when a transaction was asked for, and when it began.
type batchClock struct{ asked, began time.Time }

func startClock() *batchClock { return &batchClock{asked: time.Now()} }

// begin is called each time the transaction runs; the first is when it had not to wait any longer.
func (c *batchClock) begin() {
	if c.began.IsZero() {
		c.began = time.Now()
	}
}
