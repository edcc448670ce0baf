package record

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/clientele-go/crm/storage"
)

// Options adjust a Session. The zero value is ready to use.
type Options struct {
	Tenant string           // whose records; default "", the only tenant of a store that has one
	Actor  Actor            // who acts; default "", which is nobody in particular
	Source string           // how records come; default "api"
	Locale Locale           // default UTC, English, no currency
	Now    func() time.Time // default time.Now
	NewID  func() ID        // default NewID
	Logger *slog.Logger     // told of every transaction, at Debug, without values; default none
}

// Session is a store and a catalogue of modules as one actor of one tenant sees them: all that a module needs. It is
// safe for concurrent use, and copies are cheap. The Session that a function of View or Update receives is its
// transaction, is used by one goroutine, and not after the function has returned.
type Session struct {
	store storage.Store
	cat   *Catalogue
	o     Options
	err   error      // of settings that are refused, such as another tenant in a transaction
	op    *Operation // that the transaction belongs to
	tx    *transaction
	view  bool // in a View, perhaps one within an Update
}

// Open creates or upgrades the tables of the modules, and returns a session of them.
func Open(ctx context.Context, store storage.Store, modules []*Schema, o *Options) (*Session, error) {
	cat, err := newCatalogue(modules)
	if err != nil {
		return nil, err
	}
	s := &Session{store: store, cat: cat}
	if o != nil {
		s.o = *o
	}
	if s.o.Now == nil {
		s.o.Now = time.Now
	}
	if s.o.NewID == nil {
		s.o.NewID = NewID
	}
	if s.o.Source == "" {
		s.o.Source = "api"
	}
	if s.o.Logger == nil {
		s.o.Logger = slog.New(slog.DiscardHandler)
	}
	if s = s.checked(); s.err != nil {
		return nil, fmt.Errorf("record: open: %w", s.err)
	}
	if err := store.Migrate(ctx, cat.tables); err != nil {
		return nil, fmt.Errorf("record: open: %w", err)
	}
	return s, nil
}

// As returns the session of another actor, in the same transaction if there is one. An actor is at most 120 characters
// of one line, without spaces around them; of another one, everything that the session does is a *ValidationError.
func (s *Session) As(a Actor) *Session { c := *s; c.o.Actor = a; return c.checked() }

// From returns a session whose new records have another Source, such as "webform", of at most 40 characters like those
// of an actor.
func (s *Session) From(source string) *Session { c := *s; c.o.Source = source; return c.checked() }

// In returns a session of other settings.
func (s *Session) In(l Locale) *Session { c := *s; c.o.Locale = l; return &c }

// Tenant returns the session of another tenant. Inside a transaction everything that it does is ErrTenant.
func (s *Session) Tenant(tenant string) *Session {
	c := *s
	if c.tx != nil {
		c.err = ErrTenant
	}
	c.o.Tenant = tenant
	return c.checked()
}

// checked refuses texts that a store could not keep, or that would come back as others.
func (s *Session) checked() *Session {
	for _, t := range []struct {
		name, text string
		of         Type
	}{{"Tenant", s.o.Tenant, TextType(255)}, {"Actor", string(s.o.Actor), systemFields[colCreatedBy].Type}, {"Source", s.o.Source, systemFields[colSource].Type}} {
		if p := exactly(t.of, t.text); s.err == nil && !p.OK() {
			s.err = invalid(t.name, p.Code, p.Args)
		}
	}
	return s
}

// exactly asks that a text is one that a type keeps as it is.
func exactly(t Type, text string) Problem {
	if text == "" {
		return Problem{}
	}
	v, p := t.Clean(storage.TextValue(text))
	if p.OK() && v.Text() != text {
		p = Problem{Code: CodeInvalid, Args: Args{"expected": t.Name()}}
	}
	return p
}

// Actor returns who acts.
func (s *Session) Actor() Actor { return s.o.Actor }

// Locale returns the settings of the organization.
func (s *Session) Locale() *Locale { return &s.o.Locale }

// Now returns the time of the session's clock, UTC, to the microsecond.
func (s *Session) Now() time.Time { return s.o.Now().UTC().Truncate(time.Microsecond) }

// NewID returns an id for a new record.
func (s *Session) NewID() ID { return s.o.NewID() }

// InTransaction reports whether the session belongs to a View or an Update.
func (s *Session) InTransaction() bool { return s.tx != nil }

// View runs fn on one state of the tenant's records; inside a transaction, on that one. A write in it is ErrReadOnly.
func (s *Session) View(ctx context.Context, fn func(*Session) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	in := *s
	in.view = true
	if s.tx != nil {
		return fn(&in)
	}
	t := &transaction{}
	defer t.end()
	err := s.store.View(ctx, s.o.Tenant, func(r storage.Reader) error {
		t.begin(r, nil)
		in.tx = t
		return fn(&in)
	})
	if err == nil {
		t.run()
	}
	return err
}

// errOver is what a session says that outlived its transaction, which is a programmer's error.
var errOver = errors.New("record: the transaction is over")

// usable says why the session cannot be used, if it cannot.
func (s *Session) usable() error {
	if s.err == nil && s.tx != nil && s.tx.over {
		return errOver
	}
	return s.err
}

// Update runs fn as one transaction: all of it, when fn returns nil, or nothing. fn may run more than once, so it
// assigns to what it captures and does no I/O; what must happen once goes to [Session.AfterCommit]. A nested Update joins
// the outer one, and when it fails after a write, the outer one fails too, whatever its function returns.
//
// It fails with ErrBusy, with ErrOutcomeUnknown, and with whatever fn returns.
func (s *Session) Update(ctx context.Context, fn func(*Session) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.view {
		return ErrReadOnly
	}
	if s.tx != nil {
		return s.nested(fn)
	}
	t := &transaction{}
	defer t.end()
	began, runs := s.o.Now(), 0
	err := s.store.Update(ctx, s.o.Tenant, func(w storage.Tx) error {
		runs++
		t.begin(w, w)
		in := *s
		in.tx = t
		if err := fn(&in); err != nil {
			return err
		}
		return t.failed
	})
	if err != nil {
		s.o.Logger.DebugContext(ctx, "crm: update failed", "tenant", s.o.Tenant, "runs", runs, "took", s.o.Now().Sub(began))
		return err
	}
	t.undo = nil
	s.o.Logger.DebugContext(ctx, "crm: update", "tenant", s.o.Tenant, "runs", runs, "writes", t.writes, "took", s.o.Now().Sub(began))
	t.run()
	return nil
}

// nested runs fn in the transaction that there is.
func (s *Session) nested(fn func(*Session) error) error {
	t := s.tx
	writes, after := t.writes, len(t.after)
	err := fn(s)
	if err == nil {
		return nil
	}
	t.after = t.after[:min(after, len(t.after))]
	if t.writes > writes && t.failed == nil {
		t.failed = err
	}
	return err
}

// AfterCommit runs fn once, when the outermost transaction has been committed, and at once outside of any. It does not
// run when the outcome of the commit is unknown, nor when it was asked for in a nested Update that failed.
func (s *Session) AfterCommit(fn func()) {
	if s.tx == nil {
		fn()
		return
	}
	s.tx.after = append(s.tx.after, fn)
}

// transaction is one transaction: its reader, its writer (nil in a View), and how to take back what it told callers.
type transaction struct {
	storage.Reader
	w      storage.Tx
	writes int
	failed error // of a nested Update that had written
	undo   []func()
	after  []func()
	over   bool
}

// begin prepares for a run, perhaps not the first.
func (t *transaction) begin(r storage.Reader, w storage.Tx) {
	t.restore()
	t.Reader, t.w, t.writes, t.failed, t.after = r, w, 0, nil, nil
}

// restore takes back, newest first, what this run told its callers.
func (t *transaction) restore() {
	for _, fn := range slices.Backward(t.undo) {
		fn()
	}
	t.undo = nil
}

// end closes the transaction for who kept it, and takes back what it told its callers unless it was committed.
func (t *transaction) end() {
	t.over = true
	t.restore()
}

// run calls what waited for the end, and what that asks for in turn.
func (t *transaction) run() {
	for i := 0; i < len(t.after); i++ {
		t.after[i]()
	}
}

func (s *Session) insert(ctx context.Context, t *storage.Table, rows ...storage.Row) error {
	if len(rows) == 0 {
		return nil
	}
	s.tx.writes += len(rows)
	return s.tx.w.Insert(ctx, t, rows)
}

func (s *Session) update(ctx context.Context, t *storage.Table, rows ...storage.Row) error {
	if len(rows) == 0 {
		return nil
	}
	s.tx.writes += len(rows)
	return s.tx.w.Update(ctx, t, rows)
}

func (s *Session) delete(ctx context.Context, t *storage.Table, keys ...storage.Key) error {
	if len(keys) == 0 {
		return nil
	}
	s.tx.writes += len(keys)
	return s.tx.w.Delete(ctx, t, keys)
}

// pageSize is how many rows are read at a time where all of them are wanted.
const pageSize = 1000

// each calls fn with the rows that q selects, a page at a time, in the order of their ids. fn may change or delete them.
func (s *Session) each(ctx context.Context, q storage.Query, fn func(rows []storage.Row) error) error {
	return s.View(ctx, func(s *Session) error {
		where := q.Where
		q.Order, q.Limit = nil, pageSize
		for {
			rows, err := s.tx.Find(ctx, &q)
			if err != nil || len(rows) == 0 {
				return err
			}
			last := rows[len(rows)-1].ID
			if err := fn(rows); err != nil || len(rows) < pageSize {
				return err
			}
			q.Where = and(where, compare(storage.Gt, "id", storage.RefValue(last)))
		}
	})
}

// one returns the row of that id, or nil.
func (s *Session) one(ctx context.Context, t *storage.Table, id ID) (row *storage.Row, err error) {
	err = s.View(ctx, func(s *Session) error {
		rows, err := s.tx.Find(ctx, &storage.Query{Table: t, Where: byID(id), Limit: 1, Index: "id"})
		if err == nil && len(rows) > 0 {
			row = &rows[0]
		}
		return err
	})
	return row, err
}
