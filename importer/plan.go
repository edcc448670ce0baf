package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/clientele-go/crm/record"
)

// Verdict is what a run would do with a row.
type Verdict struct {
	Line   int           // the physical line on which the row begins
	Action record.Action // record.Created, Updated, Unchanged or Failed, or Skipped
	Record record.ID     // that matches, if one does that is there already
	Faults []Fault       // of a row that fails or is skipped
}

// Skipped is the action of rows that are counted and left alone.
const Skipped record.Action = "skip"

// Planned is what a run would do.
type Planned struct {
	Report // without an Operation, since there was none

	// Token stands for the plan in Options.Planned, also in another process: it has some 10 bytes for each transaction.
	Token string

	verdicts []verdict // by row, in the order of the file
	faults   map[int][]Fault
}

// verdict is a Verdict without its faults.
type verdict struct {
	line   int
	action record.Action
	record record.ID
}

// PlanError says that a run would have done something else than its plan. It is record.ErrConflict to errors.Is. What was done
// before that is as planned, and stays.
type PlanError struct {
	First, Last int   // the lines on which the rows begin that are the first and last of the transaction
	Lines       []int // of those rows that would differ, when the Planned was made by this process
}

func (e *PlanError) Error() string {
	if e.Lines != nil {
		return fmt.Sprintf("importer: not as planned: the rows of lines %v", e.Lines)
	}
	return fmt.Sprintf("importer: not as planned: among the rows of lines %d to %d", e.First, e.Last)
}

// Is reports whether target is record.ErrConflict.
func (e *PlanError) Is(target error) bool { return target == record.ErrConflict }

// errTakenBack ends the transaction of a plan.
var errTakenBack = errors.New("importer: planned")

// Plan says what [Run] would do, and writes nothing: it is a run in one transaction that is taken back, so others who write
// wait for it. It takes what the run takes, and fails as that does. Options.Key, Rejects and Planned are passed over. fn, unless it is
// nil, is told of each row in the order of the file, when all is known. A row takes some 50 bytes of memory. Within a transaction
// there can be no plan.
func Plan(ctx context.Context, m Module, src Source, o *Options, fn func(*Verdict) error) (*Planned, error) {
	session := m.AsRecords().Session()
	if session.InTransaction() {
		return nil, errors.New("importer: a plan within a transaction")
	}
	var options Options
	if o != nil {
		options = *o
	}
	options.Key, options.Rejects, options.Planned = "", nil, nil
	var p *Planned
	err := session.Update(ctx, func(s *record.Session) error {
		r, err := newRun(ctx, m.AsRecords().In(s), src, &options)
		if err != nil {
			return err
		}
		request, err := r.request(ctx)
		if err != nil {
			return err
		}
		r.plan = newPlan(request)
		op, err := r.session.Start(ctx, "import", "", "")
		if err != nil {
			return err
		}
		if err := errors.Join(r.all(ctx, op), r.seen.close()); err != nil {
			return err
		}
		r.report.sort()
		p = r.plan.planned(r.report)
		return errTakenBack
	})
	if !errors.Is(err, errTakenBack) {
		return nil, err
	}
	if fn == nil {
		return p, nil
	}
	for _, v := range p.verdicts {
		if err := fn(&Verdict{v.line, v.action, v.record, p.faults[v.line]}); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// plan is a plan in the making, or one that a run keeps to.
type plan struct {
	request []byte             // a digest of file and options
	batches map[int64]planned  // by first row, in the count of rows of all passes
	known   map[int]verdict    // by line, of a plan that this process has made
	made    map[record.ID]bool // records that the run itself has made for others to link to

	verdicts []verdict // of one in the making
	faults   map[int][]Fault
}

// planned is a batch of a plan.
type planned struct {
	next int64
	sum  [sumSize]byte
}

// sumSize is how many bytes of a digest a plan keeps of each batch.
const sumSize = 8

func newPlan(request string) *plan {
	sum := sha256.Sum256([]byte(request))
	return &plan{request: sum[:sumSize], batches: map[int64]planned{}, made: map[record.ID]bool{}, faults: map[int][]Fault{}}
}

// add takes down what becomes of a batch.
func (p *plan) add(b *batch, told []verdict, out *result) {
	p.batches[b.first] = planned{b.first + int64(len(b.rows)), sumOf(told, out)}
	for _, v := range told {
		if v.action != waitsAction {
			p.verdicts = append(p.verdicts, v)
		}
	}
	for _, row := range out.Rows {
		p.faults[b.rows[row.Row].line] = row.Faults
	}
}

// waitsAction is of rows that wait for others.
const waitsAction record.Action = "wait"

// planned returns the plan that is made.
func (p *plan) planned(r *Report) *Planned {
	slices.SortStableFunc(p.verdicts, func(a, b verdict) int { return a.line - b.line })
	token := append([]byte{1}, p.request...)
	var next int64
	for {
		b, ok := p.batches[next]
		if !ok {
			break
		}
		token = append(binary.AppendUvarint(token, uint64(b.next-next)), b.sum[:]...)
		next = b.next
	}
	return &Planned{Report: *r, Token: base64.RawURLEncoding.EncodeToString(token), verdicts: p.verdicts, faults: p.faults}
}

// keepTo returns the plan that a run is to keep to.
func keepTo(given *Planned, request string) (*plan, error) {
	p := newPlan(request)
	b, err := base64.RawURLEncoding.DecodeString(given.Token)
	switch {
	case err != nil || len(b) < 1+sumSize || b[0] != 1:
		return nil, errors.New("importer: not the token of a plan")
	case !bytes.Equal(b[1:1+sumSize], p.request):
		return nil, &record.ConflictError{Reason: "the plan is of another file or other options"}
	}
	b = b[1+sumSize:]
	for next := int64(0); len(b) > 0; {
		rows, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+sumSize || rows == 0 || rows > 1<<40 {
			return nil, errors.New("importer: not the token of a plan")
		}
		first := next
		next += int64(rows)
		p.batches[first] = planned{next, [sumSize]byte(b[n : n+sumSize])}
		b = b[n+sumSize:]
	}
	if given.verdicts != nil {
		p.known = make(map[int]verdict, len(given.verdicts))
		for _, v := range given.verdicts {
			p.known[v.line] = v
		}
	}
	return p, nil
}

// check fails when a batch would become something else than the plan says.
func (p *plan) check(b *batch, told []verdict, out *result) error {
	if want, ok := p.batches[b.first]; ok && want == (planned{b.first + int64(len(b.rows)), sumOf(told, out)}) {
		return nil
	}
	e := &PlanError{First: b.rows[0].line, Last: b.rows[len(b.rows)-1].line}
	for _, v := range told {
		if was, ok := p.known[v.line]; ok && v.action != waitsAction && was != v {
			e.Lines = append(e.Lines, v.line)
		}
	}
	return e
}

// sumOf is a digest of what becomes of a batch.
func sumOf(told []verdict, out *result) [sumSize]byte {
	h := sha256.New()
	for _, v := range told {
		fmt.Fprintf(h, "%d %s %s\n", v.line, v.action, v.record)
	}
	for _, row := range out.Rows {
		for _, f := range row.Faults {
			fmt.Fprintf(h, "%d %s %s\n", row.Row, f.Field, f.Code)
		}
	}
	return [sumSize]byte(h.Sum(nil))
}
