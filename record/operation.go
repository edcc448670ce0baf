package record

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele-go/crm/storage"
)

var operations = &storage.Table{Name: "crm_operations", Columns: append([]storage.Column{
	{Name: "kind", Kind: storage.Text}, {Name: "request_key", Kind: storage.Text}, {Name: "request", Kind: storage.Text},
	{Name: "state", Kind: storage.Text}, {Name: "actor", Kind: storage.Text},
	{Name: "started", Kind: storage.Time}, {Name: "finished", Kind: storage.Time}, {Name: "summary", Kind: storage.Text},
	{Name: "details", Kind: storage.Text}},
	countColumns...), Indexes: []storage.Index{{Name: "started", Columns: []string{"started"}}}}

var batches = &storage.Table{Name: "crm_batches", Columns: append([]storage.Column{
	{Name: "operation", Kind: storage.Ref}, {Name: "first", Kind: storage.Int}, {Name: "next", Kind: storage.Int},
	{Name: "created_ids", Kind: storage.Bytes}, {Name: "outcome", Kind: storage.Bytes}, {Name: "again", Kind: storage.Int}},
	countColumns...), Indexes: []storage.Index{{Name: "operation", Columns: []string{"operation", "first"}}}}

// Counts accounts for the rows of an operation: Read = Created + Updated + Unchanged + Skipped + Failed, always.
type Counts struct{ Read, Created, Updated, Unchanged, Skipped, Failed int64 }

// Add adds the counts of d.
func (c *Counts) Add(d Counts) {
	c.Read, c.Created, c.Updated = c.Read+d.Read, c.Created+d.Created, c.Updated+d.Updated
	c.Unchanged, c.Skipped, c.Failed = c.Unchanged+d.Unchanged, c.Skipped+d.Skipped, c.Failed+d.Failed
}

// Balanced reports whether every row read has its outcome.
func (c Counts) Balanced() bool {
	return c.Read == c.Created+c.Updated+c.Unchanged+c.Skipped+c.Failed
}

var countColumns = []storage.Column{{Name: "read", Kind: storage.Int}, {Name: "created", Kind: storage.Int},
	{Name: "updated", Kind: storage.Int}, {Name: "unchanged", Kind: storage.Int}, {Name: "skipped", Kind: storage.Int},
	{Name: "failed", Kind: storage.Int}}

func (c Counts) values() []storage.Value {
	return []storage.Value{storage.IntValue(c.Read), storage.IntValue(c.Created), storage.IntValue(c.Updated),
		storage.IntValue(c.Unchanged), storage.IntValue(c.Skipped), storage.IntValue(c.Failed)}
}

func readCounts(v []storage.Value) Counts {
	return Counts{v[0].Int64(), v[1].Int64(), v[2].Int64(), v[3].Int64(), v[4].Int64(), v[5].Int64()}
}

// State is where an operation stands.
type State string

// The states.
const (
	Running      State = "running"
	Done         State = "done"
	UndoneAll    State = "undone"
	UndoneInPart State = "partly undone"
)

// Operation is something that changes many records at once, or one thing that must be done at most once: an import, a
// merge, a host's own. It is one row, and one row for each of its transactions.
type Operation struct {
	ID       ID
	Kind     string // "import", "once", or a host's own
	Key      string // the caller's, or ""
	Request  string // what the caller asked for, as a digest
	State    State
	Actor    Actor
	Started  time.Time
	Finished time.Time // zero while it runs
	Summary  string    // for people
	Details  string    // what its kind wants to know of it, such as the file of an import, as Start was given it
	Counts   Counts

	version int64
	created []Link // by the batch in progress
}

func (o *Operation) row() storage.Row {
	return storage.Row{ID: o.ID, Version: o.version, Values: append([]storage.Value{storage.TextValue(o.Kind),
		textValue(o.Key), textValue(o.Request), storage.TextValue(string(o.State)), textValue(string(o.Actor)),
		timeValue(o.Started), timeValue(o.Finished), textValue(o.Summary), textValue(o.Details)}, o.Counts.values()...)}
}

func readOperation(r *storage.Row) *Operation {
	v := r.Values
	return &Operation{ID: r.ID, version: r.Version, Kind: v[0].Text(), Key: v[1].Text(), Request: v[2].Text(),
		State: State(v[3].Text()), Actor: Actor(v[4].Text()), Started: v[5].Time(), Finished: v[6].Time(),
		Summary: v[7].Text(), Details: v[8].Text(), Counts: readCounts(v[9:])}
}

// Operation returns the operation of that id, or ErrNotFound. That of another actor takes [RightManageData].
func (s *Session) Operation(ctx context.Context, id ID) (op *Operation, err error) {
	err = s.View(ctx, func(s *Session) error {
		row, err := s.one(ctx, operations, id)
		if err != nil {
			return err
		}
		if row == nil {
			return fmt.Errorf("operation %s: %w", id, ErrNotFound)
		}
		op = readOperation(row)
		return s.own(ctx, op)
	})
	return op, err
}

// manages reports whether the actor may do with operations what only their own actors may else.
func (s *Session) manages(ctx context.Context) (bool, error) {
	rights, err := s.rightsIn(ctx, "")
	return err == nil && rights.may(RightManageData), err
}

// ofOwn asks whether an operation that is there is the actor's business.
func (s *Session) ofOwn(ctx context.Context, op ID) error {
	if s.system || s.o.Policy == nil {
		return nil
	}
	_, err := s.Operation(ctx, op)
	return err
}

// own fails with ErrNotFound when an operation is another actor's, and none of this one's business.
func (s *Session) own(ctx context.Context, op *Operation) error {
	if op.Actor == s.o.Actor {
		return s.Authorise(ctx, "", RightUse)
	}
	if may, err := s.manages(ctx); may || err != nil {
		return err
	}
	return fmt.Errorf("operation %s: %w", op.ID, ErrNotFound)
}

// Operations returns the newest operations, newest first, at most limit of them, and 50 when limit is 0: the actor's own,
// and with [RightManageData] all; of these kinds, if some are given.
func (s *Session) Operations(ctx context.Context, limit int, kinds ...string) (ops []*Operation, err error) {
	if limit <= 0 || limit > MaxLimit {
		limit = DefaultLimit
	}
	err = s.View(ctx, func(s *Session) error {
		q := storage.Query{Table: operations, Limit: limit, Index: "started", Order: []storage.Order{{Field: "started", Desc: true}}}
		switch may, err := s.manages(ctx); {
		case err != nil:
			return err
		case !may:
			if err := s.Authorise(ctx, "", RightUse); err != nil {
				return err
			}
			q.Where = eq("actor", textValue(string(s.o.Actor)))
		}
		if kinds != nil {
			of := storage.Filter{Op: storage.In, Field: "kind"}
			for _, kind := range kinds {
				of.Args = append(of.Args, storage.TextValue(kind))
			}
			q.Where = and(q.Where, of)
		}
		rows, err := s.tx.Find(ctx, &q)
		ops = make([]*Operation, len(rows))
		for i := range rows {
			ops[i] = readOperation(&rows[i])
		}
		return err
	})
	return ops, err
}

// Start opens an operation of several transactions, which [Session.Batch] runs and [Session.Finish] ends. With a key, it
// finds the operation of that kind and key if there is one, as it stands; when that was asked something else, by its
// request, it is a *ConflictError. A kind, a key and a request are each one line of at most 255 characters. The details, if
// given, are any text in UTF-8 of at most 1 MB, which the operation keeps.
func (s *Session) Start(ctx context.Context, kind, key, request string, details ...string) (op *Operation, err error) {
	if err := operable(kind, key, request); err != nil {
		return nil, err
	}
	told := strings.Join(details, "\n")
	if p := exactly(TextAreaType(maxDetails), told); told != "" && !p.OK() {
		return nil, invalid("details", p.Code, p.Args)
	}
	id := s.o.NewID()
	if key != "" {
		id = keyID(kind, key)
	}
	err = s.Update(ctx, func(s *Session) error {
		if op, err = s.existing(ctx, id, request); err != nil || op != nil {
			return err
		}
		op = &Operation{ID: id, Kind: kind, Key: key, Request: request, State: Running, Actor: s.o.Actor, Started: s.Now(), Details: told, version: 1}
		return s.insert(ctx, operations, op.row())
	})
	return op, err
}

// maxDetails is how many characters the details of an operation have.
const maxDetails = 1 << 20

// keyID is the id of the operation of a kind that has a key, so that the store sees to it that there is only one.
func keyID(kind, key string) ID { return hashID("operation", kind, key) }

// operable refuses texts that a store could not keep.
func operable(kind, key, request string) error {
	for _, t := range []struct{ name, text string }{{"kind", kind}, {"key", key}, {"request", request}} {
		if p := exactly(TextType(255), t.text); !p.OK() {
			return invalid(t.name, p.Code, p.Args)
		}
	}
	if kind == "" {
		return invalid("kind", CodeMandatory, nil)
	}
	return nil
}

// existing returns the operation of that id, nil if there is none.
func (s *Session) existing(ctx context.Context, id ID, request string) (*Operation, error) {
	if err := s.Authorise(ctx, "", RightUse); err != nil {
		return nil, err
	}
	row, err := s.one(ctx, operations, id)
	if err != nil || row == nil {
		return nil, err
	}
	op := readOperation(row)
	if s.own(ctx, op) != nil || op.Request != request {
		return nil, &ConflictError{Reason: "operation " + id.String() + ": the key was used for another request"}
	}
	return op, nil
}

// Batch is one transaction of an operation: rows First up to, and not with, Next.
type Batch struct {
	First, Next int64
	Again       int64 // rows that Counts do not have, since they come again in a later batch
	Counts      Counts
	Outcome     []byte // whatever the operation wants to read again
	Repeated    bool   // it had been committed before, and fn did not run
}

// Batch runs fn as the transaction of op that begins with row first, and stores what fn leaves in b together with what it
// wrote. When that was committed before, it returns what was left then, and fn does not run: so an operation that was
// interrupted, or whose commit went unanswered, is simply run again. An operation that has ended takes no more batches:
// that is a *ConflictError.
func (s *Session) Batch(ctx context.Context, op *Operation, first int64, fn func(s *Session, b *Batch) error) (b *Batch, err error) {
	id := batchID(op.ID, first)
	err = s.Update(ctx, func(s *Session) error {
		now, err := s.Operation(ctx, op.ID)
		if err != nil {
			return err
		}
		row, err := s.one(ctx, batches, id)
		if err != nil {
			return err
		}
		if row != nil {
			b = readBatch(row)
			return nil
		}
		if now.State != Running {
			return &ConflictError{Reason: "operation " + op.ID.String() + " has ended"}
		}
		b = &Batch{First: first, Next: first}
		return s.runBatch(ctx, op, id, b, fn)
	})
	return b, err
}

func (s *Session) runBatch(ctx context.Context, op *Operation, id ID, b *Batch, fn func(s *Session, b *Batch) error) error {
	in, mine := *s, *op
	in.op, mine.created = &mine, nil // afresh, since this may run again
	if err := fn(&in, b); err != nil {
		return err
	}
	return s.insert(ctx, batches, storage.Row{ID: id, Version: 1, Values: append([]storage.Value{storage.RefValue(op.ID),
		storage.IntValue(b.First), storage.IntValue(b.Next), storage.BytesValue(packLinks(mine.created)),
		storage.BytesValue(b.Outcome), storage.IntValue(b.Again)}, b.Counts.values()...)})
}

// EachBatch calls fn with the transactions of an operation that were committed, in order, with their outcomes. That of
// another actor takes [RightManageData].
func (s *Session) EachBatch(ctx context.Context, op ID, fn func(*Batch) error) error {
	done, err := s.Batches(ctx, op)
	if err != nil {
		return err
	}
	return s.View(ctx, func(s *Session) error {
		for i := range done {
			row, err := s.one(ctx, batches, batchID(op, done[i].First))
			if err != nil || row == nil {
				return err
			}
			if err := fn(readBatch(row)); err != nil {
				return err
			}
		}
		return nil
	})
}

// readBatch returns a batch that was committed.
func readBatch(row *storage.Row) *Batch {
	v := row.Values
	return &Batch{First: v[1].Int64(), Next: v[2].Int64(), Outcome: []byte(v[4].Raw()), Again: v[5].Int64(), Counts: readCounts(v[6:]), Repeated: true}
}

// Batches returns the transactions of an operation that were committed, in order, without their outcomes.
func (s *Session) Batches(ctx context.Context, op ID) (done []Batch, err error) {
	q := storage.Query{Table: batches, Columns: []string{"first", "next"}, Index: "operation", Where: eq("operation", storage.RefValue(op))}
	if err := s.ofOwn(ctx, op); err != nil {
		return nil, err
	}
	err = s.each(ctx, q, func(rows []storage.Row) error {
		for _, row := range rows {
			done = append(done, Batch{First: row.Values[0].Int64(), Next: row.Values[1].Int64(), Repeated: true})
		}
		return nil
	})
	slices.SortFunc(done, func(a, b Batch) int { return cmp.Compare(a.First, b.First) })
	return done, err
}

func batchID(op ID, first int64) ID {
	return hashID("batch", string(op[:]), strconv.FormatInt(first, 10))
}

// Finish ends op with these counts and summary. An operation that has ended already stays as it is.
func (s *Session) Finish(ctx context.Context, op *Operation, c Counts, summary string) error {
	var now *Operation
	err := s.Update(ctx, func(s *Session) (err error) {
		if now, err = s.Operation(ctx, op.ID); err != nil || now.State != Running {
			return err
		}
		now.Counts, now.Summary = c, strings.ReplaceAll(strings.ToValidUTF8(summary, "?"), "\x00", "?")
		return s.settle(ctx, now, Done)
	})
	if err == nil {
		*op = *now
	}
	return err
}

// settle stores the state that op comes to.
func (s *Session) settle(ctx context.Context, op *Operation, state State) error {
	op.State, op.Finished, op.version = state, s.Now(), op.version+1
	return s.update(ctx, operations, op.row())
}

// Once does something at most once for a key, however often it is asked: see [Session.Once].
type Once struct {
	s       *Session
	kind    string
	key     string
	request string
}

// Once returns what does something at most once for this key. A host takes the key from its caller, such as an
// Idempotency-Key header. The request, if given, is a digest of what is asked, so that another request under the same key
// is a *ConflictError.
func (s *Session) Once(key string, request ...string) Once {
	o := Once{s: s, kind: "once", key: key}
	if len(request) > 0 {
		o.request = request[0]
	}
	return o
}

// Of returns the same for a kind of operations with keys of their own; without it, the kind is "once".
func (o Once) Of(kind string) Once { o.kind = kind; return o }

// Do runs fn as one transaction, unless it was committed under this key before; then fn does not run, and what a caller
// needs of it is read from the operation. fn may run more than once, like that of Update.
func (o Once) Do(ctx context.Context, fn func(*Session) error) (op *Operation, err error) {
	if o.key == "" {
		return nil, invalid("key", CodeMandatory, nil)
	}
	if err := operable(o.kind, o.key, o.request); err != nil {
		return nil, err
	}
	id := keyID(o.kind, o.key)
	err = o.s.Update(ctx, func(s *Session) error {
		if op, err = s.existing(ctx, id, o.request); err != nil || op != nil {
			return err
		}
		op = &Operation{ID: id, Kind: o.kind, Key: o.key, Request: o.request, State: Done, Actor: s.o.Actor,
			Started: s.Now(), Finished: s.Now(), version: 1}
		return s.runWhole(ctx, op, fn)
	})
	return op, err
}

// Operate runs fn as an operation of one transaction, so that it can be undone as a whole. A kind is one line of at most
// 255 characters.
func (s *Session) Operate(ctx context.Context, kind string, fn func(*Session) error) (op *Operation, err error) {
	if err := operable(kind, "", ""); err != nil {
		return nil, err
	}
	id := s.o.NewID()
	err = s.Update(ctx, func(s *Session) error {
		if err := s.Authorise(ctx, "", RightUse); err != nil {
			return err
		}
		op = &Operation{ID: id, Kind: kind, State: Done, Actor: s.o.Actor, Started: s.Now(), Finished: s.Now(), version: 1}
		return s.runWhole(ctx, op, fn)
	})
	return op, err
}

func (s *Session) runWhole(ctx context.Context, op *Operation, fn func(*Session) error) error {
	if err := s.insert(ctx, operations, op.row()); err != nil {
		return err
	}
	b := &Batch{}
	return s.runBatch(ctx, op, batchID(op.ID, 0), b, func(s *Session, _ *Batch) error { return fn(s) })
}

// Created returns the records that an operation created, those of them that the actor sees by now. With [RightManageData]
// these are all of them.
func (s *Session) Created(ctx context.Context, op ID) (links []Link, err error) {
	err = s.View(ctx, func(s *Session) error {
		if err := s.ofOwn(ctx, op); err != nil {
			return err
		}
		if links, err = s.created(ctx, op); err != nil {
			return err
		}
		manages, err := s.manages(ctx)
		if err != nil || manages {
			return err
		}
		links, err = s.visible(ctx, links)
		return err
	})
	return links, err
}

// created returns all records that an operation created.
func (s *Session) created(ctx context.Context, op ID) (links []Link, err error) {
	q := storage.Query{Table: batches, Columns: []string{"created_ids"}, Index: "operation", Where: eq("operation", storage.RefValue(op))}
	err = s.each(ctx, q, func(rows []storage.Row) error {
		for _, row := range rows {
			links = append(links, unpackLinks([]byte(row.Values[0].Raw()))...)
		}
		return nil
	})
	return links, err
}

// packLinks writes runs of ids of one module: its name, how many, and the ids.
func packLinks(links []Link) (b []byte) {
	for len(links) > 0 {
		n := 1
		for n < len(links) && links[n].Module == links[0].Module {
			n++
		}
		b = append(binary.AppendUvarint(b, uint64(len(links[0].Module))), links[0].Module...)
		b = binary.AppendUvarint(b, uint64(n))
		for _, l := range links[:n] {
			b = append(b, l.ID[:]...)
		}
		links = links[n:]
	}
	return b
}

// unpackLinks reads what packLinks wrote.
func unpackLinks(b []byte) (links []Link) {
	for len(b) > 0 {
		n, w := binary.Uvarint(b)
		if w <= 0 || n > uint64(len(b)-w) {
			return links
		}
		module := string(b[w : w+int(n)])
		b = b[w+int(n):]
		if n, w = binary.Uvarint(b); w <= 0 || n > uint64(len(b)-w)/uint64(len(ID{})) {
			return links
		}
		b = b[w:]
		for range n {
			links = append(links, Link{module, ID(b[:len(ID{})])})
			b = b[len(ID{}):]
		}
	}
	return links
}
