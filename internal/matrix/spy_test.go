package matrix

import (
	"context"
	"sync"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// event is something that a spy saw: a transaction that began, a module that the policy was asked about, or a table that
// was written.
type event struct {
	kind kind
	what string
}

type kind uint8

const (
	began kind = iota
	asked
	wrote
)

// spy is a store that notes what is written, in the order in which it happens.
type spy struct {
	storage.Store

	mu     sync.Mutex
	events []event
	writes int
}

func (s *spy) note(k kind, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k == wrote {
		s.writes++
	}
	s.events = append(s.events, event{k, what})
}

// reset forgets what was seen.
func (s *spy) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events, s.writes = nil, 0
}

// seen returns what was seen since the last reset, and how many of it were writes.
func (s *spy) seen() ([]event, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events, s.writes
}

func (s *spy) View(ctx context.Context, tenant string, fn func(storage.Reader) error) error {
	return s.Store.View(ctx, tenant, func(r storage.Reader) error {
		s.note(began, "view")
		return fn(r)
	})
}

func (s *spy) Update(ctx context.Context, tenant string, fn func(storage.Tx) error) error {
	return s.Store.Update(ctx, tenant, func(tx storage.Tx) error {
		s.note(began, "update")
		return fn(&spyTx{tx, s})
	})
}

type spyTx struct {
	storage.Tx
	spy *spy
}

func (x *spyTx) Insert(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	x.spy.note(wrote, t.Name)
	return x.Tx.Insert(ctx, t, rows)
}

func (x *spyTx) Update(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	x.spy.note(wrote, t.Name)
	return x.Tx.Update(ctx, t, rows)
}

func (x *spyTx) Delete(ctx context.Context, t *storage.Table, keys []storage.Key) error {
	x.spy.note(wrote, t.Name)
	return x.Tx.Delete(ctx, t, keys)
}

// plain is a policy that lets everybody do the same, with all records, and notes what it is asked.
type plain struct {
	may func(module string, right record.Right) bool
	all bool // the records that may be reached
	spy *spy
}

func (p *plain) Rights(_ context.Context, _ *record.Session, module string) (*record.Rights, error) {
	if p.spy != nil {
		p.spy.note(asked, module)
	}
	r := &record.Rights{Allowed: map[record.Right]bool{}}
	for _, right := range organizationRights {
		r.Allowed[right] = p.may(module, right)
	}
	for right := range moduleRights {
		r.Allowed[right] = p.may(module, right)
	}
	for level := range r.Scopes {
		r.Scopes[level].All = p.all
	}
	return r, nil
}

func (p *plain) Grants(context.Context, *record.Session, string) ([]record.Grant, error) {
	return nil, nil
}
