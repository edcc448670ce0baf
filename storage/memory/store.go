package memory

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clientele-go/crm/storage"
)

// Options adjust a Store. The zero value is ready to use.
type Options struct {
	Wait time.Duration // that an Update waits for another of its tenant before storage.ErrBusy; default 10 s
}

// Store is a store in memory. It is safe for concurrent use.
type Store struct {
	wait time.Duration

	migrating turn // one Migrate changes the schema at a time

	mu      sync.Mutex // guards what follows, and the start of calls
	closed  bool
	running sync.WaitGroup
	schema  map[string]*storage.Table
	empty   *state // of a tenant that has written nothing yet
	tenants map[string]*tenant
}

// tenant is the rows of one tenant.
type tenant struct {
	turn  turn
	state atomic.Pointer[state]
}

// state is all tables at one moment, by name. It never changes.
type state map[string]*table

var _ storage.Store = (*Store)(nil)

// New returns an empty store. Options may be nil.
func New(o *Options) *Store {
	s := &Store{wait: 10 * time.Second, migrating: newTurn(), schema: map[string]*storage.Table{}, empty: &state{}, tenants: map[string]*tenant{}}
	if o != nil && o.Wait > 0 {
		s.wait = o.Wait
	}
	return s
}

// enter admits a call, which ends with leave.
func (s *Store) enter(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return storage.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.running.Add(1)
	return nil
}

func (s *Store) leave() { s.running.Done() }

// Close waits for the transactions that run, and forgets all rows. Closing again does nothing more.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.running.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tenants = nil
	return nil
}

// deadline is when a call that starts now has waited for long enough.
func (s *Store) deadline() time.Time { return time.Now().Add(s.wait) }

// state returns the rows of the named tenant. One that has never written leaves no trace.
func (s *Store) state(name string) *state {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tenants[name]; t != nil {
		return t.state.Load()
	}
	return s.empty
}

// tenant returns the named tenant, which is there from now on.
func (s *Store) tenant(name string) *tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[name]
	if t == nil {
		t = &tenant{turn: newTurn()}
		t.state.Store(s.empty)
		s.tenants[name] = t
	}
	return t
}

// View runs fn on one state of the tenant's rows.
func (s *Store) View(ctx context.Context, name string, fn func(storage.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	x := &tx{state: *s.state(name)}
	defer x.end()
	return fn(x)
}

// Update runs fn as one transaction, once.
func (s *Store) Update(ctx context.Context, name string, fn func(storage.Tx) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	t := s.tenant(name)
	if err := t.turn.take(ctx, s.deadline()); err != nil {
		return err
	}
	defer t.turn.pass()
	x := &tx{state: maps.Clone(*t.state.Load()), own: map[string]bool{}}
	defer x.end()
	if err := fn(x); err != nil {
		return err
	}
	if x.failed != nil {
		return x.failed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(x.own) > 0 {
		t.state.Store(&x.state)
	}
	return nil
}
