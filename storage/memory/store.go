package memory

import (
	"context"
	"fmt"
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

	open    sync.RWMutex // held by every call; Close holds it alone
	closed  bool
	mu      sync.Mutex // guards what follows
	schema  map[string]*storage.Table
	tenants map[string]*tenant
}

// tenant is the rows of one tenant.
type tenant struct {
	turn  chan struct{} // holds a token while nobody writes
	state atomic.Pointer[state]
}

// state is all tables at one moment, by name. It never changes.
type state map[string]*table

var _ storage.Store = (*Store)(nil)

// New returns an empty store. Options may be nil.
func New(o *Options) *Store {
	s := &Store{wait: 10 * time.Second, schema: map[string]*storage.Table{}, tenants: map[string]*tenant{}}
	if o != nil && o.Wait > 0 {
		s.wait = o.Wait
	}
	return s
}

// enter admits a call, which ends with leave.
func (s *Store) enter(ctx context.Context) error {
	s.open.RLock()
	err := ctx.Err()
	if s.closed {
		err = storage.ErrClosed
	}
	if err != nil {
		s.open.RUnlock()
	}
	return err
}

func (s *Store) leave() { s.open.RUnlock() }

// Close waits for the transactions that run, and forgets all rows. Closing again does nothing.
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	s.closed, s.tenants = true, nil
	return nil
}

// tenant returns the named tenant, with a table for each that was migrated.
func (s *Store) tenant(name string) *tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tenants[name]
	if t == nil {
		t = &tenant{turn: make(chan struct{}, 1)}
		t.turn <- struct{}{}
		first := make(state, len(s.schema))
		for name, def := range s.schema {
			first[name] = newTable(def)
		}
		t.state.Store(&first)
		s.tenants[name] = t
	}
	return t
}

// lock waits for the turn to write.
func (s *Store) lock(ctx context.Context, t *tenant) error {
	select {
	case <-t.turn:
		return nil
	default:
	}
	end := time.NewTimer(s.wait)
	defer end.Stop()
	select {
	case <-t.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-end.C:
		return storage.ErrBusy
	}
}

// View runs fn on one state of the tenant's rows.
func (s *Store) View(ctx context.Context, name string, fn func(storage.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return fn(&tx{state: *s.tenant(name).state.Load()})
}

// Update runs fn as one transaction, once.
func (s *Store) Update(ctx context.Context, name string, fn func(storage.Tx) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	t := s.tenant(name)
	if err := s.lock(ctx, t); err != nil {
		return err
	}
	defer func() { t.turn <- struct{}{} }()
	x := &tx{state: maps.Clone(*t.state.Load()), own: map[string]bool{}}
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

// Migrate adds what the tables need to every tenant, all or nothing.
func (s *Store) Migrate(ctx context.Context, defs []*storage.Table) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for _, d := range defs {
		if err := d.Validate(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	schema := maps.Clone(s.schema)
	for _, d := range defs {
		merged, err := merge(schema[d.Name], d)
		if err != nil {
			return err
		}
		schema[d.Name] = merged
	}
	next := map[*tenant]*state{}
	for _, t := range s.tenants {
		if err := s.lock(ctx, t); err != nil {
			return err
		}
		defer func() { t.turn <- struct{}{} }()
		st := maps.Clone(*t.state.Load())
		for _, d := range defs {
			grown, err := st[d.Name].grow(schema[d.Name])
			if err != nil {
				return err
			}
			st[d.Name] = grown
		}
		next[t] = &st
	}
	for t, st := range next {
		t.state.Store(st)
	}
	s.schema = schema
	return nil
}

// merge returns old with what d has more. The columns keep their places, so that rows need no change.
func merge(old, d *storage.Table) (*storage.Table, error) {
	m := &storage.Table{Name: d.Name}
	if old != nil {
		m.Columns = append(m.Columns, old.Columns...)
		for _, ix := range old.Indexes {
			if d.Index(ix.Name) == nil {
				m.Indexes = append(m.Indexes, ix)
			}
		}
	}
	for _, c := range d.Columns {
		switch i := m.Column(c.Name); {
		case i < 0:
			m.Columns = append(m.Columns, c)
		case m.Columns[i].Kind != c.Kind:
			return nil, fmt.Errorf("memory: %s: column %s is of kind %s, and cannot become %s", d.Name, c.Name, m.Columns[i].Kind, c.Kind)
		}
	}
	m.Indexes = append(m.Indexes, d.Indexes...)
	return m, nil
}
