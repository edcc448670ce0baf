package record

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/clientele-go/crm/storage"
)

// Options adjust a Session. The zero value is ready to use.
type Options struct {
	Tenant string            // whose records; default "", the only tenant of a store that has one
	Actor  Actor             // who acts; default "", which is nobody in particular
	Source string            // how records come; default "api"
	Locale Locale            // of organizations that have saved none; default UTC, English, no currency
	Policy Policy            // what actors may do; default everything
	Rules  map[string][]Hook // validation rules by module, run after the module's own hooks; default none
	Now    func() time.Time  // default time.Now
	NewID  func() ID         // default NewID

	// Purged is told which records of a module are gone for good, once for each, after the commit: what belongs to them elsewhere
	// can go too. It may never be told, when the process stops just then. Default nobody is told.
	Purged func(ctx context.Context, s *Session, module string, ids []ID)

	Logger *slog.Logger // told of every transaction, at Debug, without values; default none
}

// Session is a store and a catalogue of modules as one actor of one tenant sees them: all that a module needs. It is
// safe for concurrent use, and copies are cheap. The Session that a function of View or Update receives is its
// transaction, is used by one goroutine, and not after the function has returned.
type Session struct {
	store storage.Store
	cat   *Catalogue
	o     Options
	confs *configurations
	err   error      // of settings that are refused, such as another tenant in a transaction
	op    *Operation // that the transaction belongs to
	tx    *transaction
	view  bool // in a View, perhaps one within an Update

	assumed map[Link]bool // records that links may lead to: see Assume
	dry     bool          // nothing will be written

	system bool // no policy holds
	locale bool // o.Locale was given by In
}

// Open creates or upgrades the tables of the modules, and returns a session of them.
func Open(ctx context.Context, store storage.Store, modules []*Schema, o *Options) (*Session, error) {
	s := &Session{store: store}
	if o != nil {
		s.o = *o
	}
	var err error
	if s.cat, err = newCatalogue(modules, s.o.Rules); err != nil {
		return nil, err
	}
	base, err := s.cat.configure(0, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("record: open: %w", err)
	}
	s.confs = &configurations{of: map[string]known{}, base: base}
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
	if err := store.Migrate(ctx, s.cat.tables); err != nil {
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

// AsSystem returns a session that no policy holds back: for the host's own code, and for hooks that must see more than the
// actor, who stays the same.
func (s *Session) AsSystem() *Session { c := *s; c.system = true; return &c }

// Assume returns a session in which links may lead to these records although the actor does not see them, since the actor has
// just made them for somebody else; to Validate they need not be there yet.
func (s *Session) Assume(links ...Link) *Session {
	c := *s
	c.assumed = maps.Clone(s.assumed)
	for _, l := range links {
		if c.assumed == nil {
			c.assumed = map[Link]bool{}
		}
		c.assumed[l] = true
	}
	return &c
}

// In returns a session that reads and shows values by this locale, whatever the organization's is.
func (s *Session) In(l Locale) *Session { c := *s; c.o.Locale, c.locale = l, true; return &c }

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

// TenantName returns whose records they are.
func (s *Session) TenantName() string { return s.o.Tenant }

// Locale returns how values are read and shown: as [Session.In] says, or else as the organization does, or else as the
// Options do.
func (s *Session) Locale() *Locale {
	if l := s.configuration().locale; l != nil && !s.locale {
		return l
	}
	return &s.o.Locale
}

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
		if err := in.configure(ctx, true); err != nil {
			return err
		}
		return fn(&in)
	})
	if err == nil {
		t.run()
	}
	return err
}

// outside returns the same session outside of the transaction.
func (s *Session) outside() *Session { c := *s; c.tx, c.view, c.op = nil, false, nil; return &c }

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
		if err := in.configure(ctx, false); err != nil {
			return err
		}
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
	if t.changed {
		s.confs.put(s.o.Tenant, t.conf, time.Now(), false) // by now a later Update may have been here
	}
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

	conf    *configuration
	changed bool // conf is of this transaction
	rights  map[rightsOf]*Rights
	grants  map[*Schema][]grant
}

// rightsOf is what rights are of.
type rightsOf struct {
	actor  Actor
	module string
}

// reconfigured lets the transaction go by a configuration that it has made.
func (t *transaction) reconfigured(conf *configuration) {
	t.conf, t.changed, t.rights, t.grants = conf, true, nil, nil
}

// begin prepares for a run, perhaps not the first.
func (t *transaction) begin(r storage.Reader, w storage.Tx) {
	t.restore()
	t.Reader, t.w, t.writes, t.failed, t.after = r, w, 0, nil, nil
	t.conf, t.changed, t.rights, t.grants = nil, false, nil, nil
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
