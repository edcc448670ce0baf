package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/clientele-go/crm/storage"
)

// naive is the smallest store that keeps all rules: maps that are copied before they are changed, one writer, and the
// definitions of package storage for every query. It is slow, and easy to break: bug names what is wrong with it, see
// mutants_test.go. With optimistic it has as many writers as there are, and runs what another was quicker than again;
// the first run of each function is always for nothing.
type naive struct {
	bug        string
	optimistic bool
	writer     chan struct{} // holds a token while no transaction writes

	mu      sync.Mutex // guards what follows
	closed  bool
	waiting int // used by one mutant
	running sync.WaitGroup
	schema  map[string]*storage.Table // what was migrated, by name
	state   map[string]tables         // by tenant; a tables that is here never changes
	commits map[string]int            // by tenant
}

type tables map[string]map[storage.ID]stored

// stored is a row whose values are kept by the names of their columns, so that a table may grow.
type stored struct {
	version int64
	values  map[string]storage.Value
	shared  []storage.Value // used by two mutants
}

func openNaive(bug string) *naive {
	n := &naive{bug: bug, writer: make(chan struct{}, 1), schema: map[string]*storage.Table{}, state: map[string]tables{}, commits: map[string]int{}}
	n.writer <- struct{}{}
	n.optimistic = bug == "snapshot isolation" || bug == "no second try"
	return n
}

// enter admits a call, which ends with exit.
func (n *naive) enter(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed && n.bug == "calls wait for Close" {
		n.running.Wait()
	}
	if n.closed && n.bug != "use after close allowed" {
		return storage.ErrClosed
	}
	if err := n.done(ctx); err != nil {
		return err
	}
	n.running.Add(1)
	return nil
}

func (n *naive) exit() { n.running.Done() }

// done returns the error of a context that has ended.
func (n *naive) done(ctx context.Context) error {
	if n.bug == "context ignored" {
		return nil
	}
	return ctx.Err()
}

// lock waits for the writer's token.
func (n *naive) lock(ctx context.Context) error {
	if n.optimistic {
		return nil
	}
	switch n.bug {
	case "no writer lock":
		return nil
	case "waits without end":
		<-n.writer
		return nil
	case "last come, first served":
		return n.lockLast()
	case "waits for its limit only":
		ctx = context.Background()
	case "refuses to wait":
		select {
		case <-n.writer:
			return nil
		default:
			return storage.ErrBusy
		}
	}
	limit := time.Second
	if n.bug == "waits for the context only" {
		limit = time.Hour
	}
	select {
	case <-n.writer:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(limit):
		return storage.ErrBusy
	}
}

// lockLast waits until nobody waits who came later.
func (n *naive) lockLast() error {
	n.mu.Lock()
	n.waiting++
	place := n.waiting
	n.mu.Unlock()
	for end := time.Now().Add(time.Second); ; time.Sleep(time.Millisecond) {
		n.mu.Lock()
		if n.waiting == place {
			select {
			case <-n.writer:
				n.waiting--
				n.mu.Unlock()
				return nil
			default:
			}
		}
		n.mu.Unlock()
		if time.Now().After(end) {
			return storage.ErrBusy
		}
	}
}

func (n *naive) unlock() {
	if n.bug != "no writer lock" && !n.optimistic {
		n.writer <- struct{}{}
	}
}

func (n *naive) Close() error {
	n.mu.Lock()
	closed := n.closed
	n.closed = true
	n.mu.Unlock()
	if n.bug == "close twice" && closed {
		return errors.New("closed already")
	}
	if n.bug != "close does not wait" {
		n.running.Wait()
	}
	return nil
}

func (n *naive) Migrate(ctx context.Context, want []*storage.Table) error {
	if err := n.enter(ctx); err != nil {
		return err
	}
	defer n.exit()
	if err := n.lock(ctx); err != nil {
		return err
	}
	defer n.unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	schema := maps.Clone(n.schema)
	if n.bug == "half a migration stays" {
		schema = n.schema
	}
	for _, t := range want {
		merged, err := n.merge(schema[t.Name], t)
		if err != nil {
			return err
		}
		for tenant := range n.state {
			tx := &tx{n: n, tables: n.state[tenant], schema: map[string]*storage.Table{t.Name: merged}}
			if _, err := tx.keysOf(t.Name); err != nil {
				return err
			}
		}
		schema[t.Name] = merged
	}
	n.schema = schema
	if n.bug == "migrate drops rows" {
		n.state = map[string]tables{}
	}
	return nil
}

// merge returns a table with all that old and want have.
func (n *naive) merge(old, want *storage.Table) (*storage.Table, error) {
	if err := want.Validate(); err != nil && n.bug != "bad tables accepted" {
		return nil, err
	}
	if old == nil {
		return want, nil
	}
	if n.bug == "second migrate fails" {
		return nil, errors.New("the table exists")
	}
	merged := &storage.Table{Name: want.Name, Columns: slices.Clone(old.Columns), Indexes: slices.Clone(old.Indexes)}
	for _, c := range want.Columns {
		if i := old.Column(c.Name); i >= 0 && old.Columns[i].Kind != c.Kind && n.bug != "other kind accepted" {
			return nil, fmt.Errorf("%s.%s is of kind %s", want.Name, c.Name, old.Columns[i].Kind)
		} else if i < 0 && n.bug != "new columns ignored" {
			merged.Columns = append(merged.Columns, c)
		}
	}
	for _, ix := range want.Indexes {
		if i := slices.IndexFunc(merged.Indexes, func(is storage.Index) bool { return is.Name == ix.Name }); i < 0 && n.bug != "new indexes ignored" {
			merged.Indexes = append(merged.Indexes, ix)
		} else if i >= 0 && n.bug == "other index takes its place" {
			merged.Indexes[i] = ix
		} else if i >= 0 && (merged.Indexes[i].Unique != ix.Unique || !slices.Equal(merged.Indexes[i].Columns, ix.Columns)) && n.bug != "other index forgotten" {
			return nil, fmt.Errorf("%s: index %s is there, and another", want.Name, ix.Name)
		}
	}
	return merged, nil
}

// current returns the state of a tenant, and the schema.
func (n *naive) current(tenant string) (tables, map[string]*storage.Table) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.bug == "tenants fold case" {
		tenant = foldTenant(tenant)
	}
	return n.state[tenant], n.schema
}

func (n *naive) View(ctx context.Context, tenant string, fn func(storage.Reader) error) error {
	if err := n.enter(ctx); err != nil {
		return err
	}
	if n.bug != "a panic in a View holds on" {
		defer n.exit()
	}
	if n.bug == "views wait for writers" {
		if err := n.lock(ctx); err != nil {
			return err
		}
		defer n.unlock()
	}
	state, schema := n.current(tenant)
	x := &tx{n: n, tenant: tenant, tables: state, schema: schema, readOnly: true}
	defer x.end()
	err := fn(x)
	if n.bug == "a panic in a View holds on" {
		n.exit()
	}
	return err
}

func (n *naive) Update(ctx context.Context, tenant string, fn func(storage.Tx) error) error {
	if err := n.enter(ctx); err != nil {
		return err
	}
	defer n.exit()
	if err := n.lock(ctx); err != nil {
		return err
	}
	defer n.unlock()
	for first := n.optimistic && n.bug == ""; ; first = false {
		if again, err := n.try(ctx, tenant, first, fn); !again {
			return err
		}
	}
}

// try runs fn once. It is to be tried again if another was quicker, or this is the first of two runs.
func (n *naive) try(ctx context.Context, tenant string, first bool, fn func(storage.Tx) error) (again bool, err error) {
	n.mu.Lock()
	since := n.commits[tenant]
	n.mu.Unlock()
	state, schema := n.current(tenant) // perhaps newer, which only means another run
	x := &tx{n: n, tenant: tenant, since: since, base: state, tables: maps.Clone(state), schema: schema, own: map[string]bool{}, keys: map[string]map[string]storage.ID{}}
	if x.tables == nil {
		x.tables = tables{}
	}
	defer x.end()
	switch n.bug {
	case "no rollback on panic":
		defer x.commit()
	case "panic swallowed":
		defer func() { _ = recover() }()
	}
	err = fn(x)
	switch {
	case err != nil && n.bug == "no rollback on error":
		x.commit()
		return false, err
	case err != nil && n.bug == "errors wrapped":
		return false, errors.Join(err, nil)
	case err != nil:
		return false, err
	case x.failed != nil && n.bug == "swallowed write forgotten":
		return false, nil
	case x.failed != nil && n.bug != "swallowed write commits":
		return false, x.failed
	case n.bug != "end of context unseen at commit" && n.done(ctx) != nil:
		return false, n.done(ctx)
	case first:
		return true, nil
	}
	if x.commit() {
		return false, x.failed
	}
	if n.bug == "no second try" {
		return false, errors.New("another was quicker")
	}
	return true, nil
}

// commit makes the tables of x those of the tenant, unless another was quicker.
func (x *tx) commit() bool {
	x.n.mu.Lock()
	defer x.n.mu.Unlock()
	tenant := x.tenant
	if x.n.bug == "tenants fold case" {
		tenant = foldTenant(tenant)
	}
	switch {
	case x.n.bug == "snapshot isolation":
		return x.merge()
	case x.n.optimistic && x.n.commits[tenant] != x.since:
		return false
	}
	x.n.state[tenant] = x.tables
	x.n.commits[tenant]++
	return true
}
