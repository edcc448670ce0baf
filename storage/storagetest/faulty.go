package storagetest

import (
	"context"
	"errors"
	"sync"

	"github.com/clientele-go/crm/storage"
)

// ErrFault is the error of a call that [Faults] made fail.
var ErrFault = errors.New("storagetest: fault")

// What ends a transaction that the caller hears something else of.
var (
	errAgain = errors.New("storagetest: run again") // the first of two runs
	errDrop  = errors.New("storagetest: dropped")   // a commit that does not happen
)

// Faults say what goes wrong in a [FaultyStore]. Calls are counted from 1, from the opening on: each Find, Count,
// Insert, Update and Delete, and each commit, that is, the end of a function of Update that returned nil.
type Faults struct {
	Twice      bool // run each function of Update twice, the first time for nothing, as a database that retries does
	FailAt     int  // the call that fails with ErrFault, and does nothing; default none
	CancelAt   int  // the call whose context is cancelled before it; default none
	LoseCommit int  // the commit, counted from 1 among commits, that happens and answers ErrOutcomeUnknown; default none
	DropCommit int  // the commit that does not happen and answers ErrOutcomeUnknown too; default none
	FailStart  int  // the View, Update or Migrate, counted from 1 among these, that fails with ErrFault before it does anything; default none
}

// A FaultyStore is a store in which things go wrong as [Faults] say, for tests of what stands above a store: its
// functions must be fit to run twice, and an error at any call must leave nothing half done. It is safe for concurrent
// use.
type FaultyStore struct {
	storage.Store
	faults Faults

	mu      sync.Mutex // guards what follows
	calls   int
	commits int
	starts  int
}

// Faulty wraps a store. Closing the one closes the other.
func Faulty(store storage.Store, o *Faults) *FaultyStore {
	s := &FaultyStore{Store: store}
	if o != nil {
		s.faults = *o
	}
	return s
}

// Calls returns how many calls were counted so far. A test that runs something once without faults knows then for which
// N to run it again.
func (s *FaultyStore) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// Commits returns how many commits were counted so far.
func (s *FaultyStore) Commits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commits
}

// Starts returns how many calls of View, Update and Migrate were counted so far.
func (s *FaultyStore) Starts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.starts
}

// Migrate creates what the tables need.
func (s *FaultyStore) Migrate(ctx context.Context, tables []*storage.Table) error {
	if err := s.start(); err != nil {
		return err
	}
	return s.Store.Migrate(ctx, tables)
}

// View runs fn on one state of the tenant's rows.
func (s *FaultyStore) View(ctx context.Context, tenant string, fn func(storage.Reader) error) error {
	if err := s.start(); err != nil {
		return err
	}
	return s.Store.View(ctx, tenant, func(r storage.Reader) error { return fn(&faultyReader{s: s, r: r}) })
}

// Update runs fn as one transaction.
func (s *FaultyStore) Update(ctx context.Context, tenant string, fn func(storage.Tx) error) error {
	if err := s.start(); err != nil {
		return err
	}
	if s.faults.Twice {
		err := s.Store.Update(ctx, tenant, func(x storage.Tx) error {
			if err := s.run(x, fn); err != nil {
				return err
			}
			return errAgain
		})
		if !errors.Is(err, errAgain) {
			return err
		}
	}
	lost := false
	err := s.Store.Update(ctx, tenant, func(x storage.Tx) error {
		if err := s.run(x, fn); err != nil {
			return err
		}
		cancelled, err := s.call()
		if err != nil {
			return err
		}
		if cancelled {
			return context.Canceled
		}
		var dropped bool
		if lost, dropped = s.commit(); dropped {
			return errDrop
		}
		return nil
	})
	if err == nil && lost || errors.Is(err, errDrop) {
		return storage.ErrOutcomeUnknown
	}
	return err
}

// run runs fn, and ends with the error of a write that failed even if fn swallows it.
func (s *FaultyStore) run(x storage.Tx, fn func(storage.Tx) error) error {
	tx := &faultyTx{faultyReader: faultyReader{s: s, r: x}, x: x}
	if err := fn(tx); err != nil {
		return err
	}
	return tx.failed
}

// call counts a call, and says whether it fails or is cancelled.
func (s *FaultyStore) call() (cancelled bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.calls == s.faults.FailAt {
		return false, ErrFault
	}
	return s.calls == s.faults.CancelAt, nil
}

// start counts a View, an Update or a Migrate, and says whether it fails.
func (s *FaultyStore) start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.starts++; s.starts == s.faults.FailStart {
		return ErrFault
	}
	return nil
}

// commit counts a commit, and says whether its answer is lost, and whether it does not happen.
func (s *FaultyStore) commit() (lost, dropped bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commits++
	return s.commits == s.faults.LoseCommit, s.commits == s.faults.DropCommit
}

// do counts a call and makes it, unless it fails. A call whose context is cancelled ends with that, whatever the store
// makes of it.
func (s *FaultyStore) do(ctx context.Context, fn func(context.Context) error) error {
	cancelled, err := s.call()
	if err != nil {
		return err
	}
	if !cancelled {
		return fn(ctx)
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if err := fn(ctx); err != nil {
		return err
	}
	return context.Canceled
}

type faultyReader struct {
	s *FaultyStore
	r storage.Reader
}

func (r *faultyReader) Find(ctx context.Context, q *storage.Query) (rows []storage.Row, err error) {
	err = r.s.do(ctx, func(ctx context.Context) (err error) {
		rows, err = r.r.Find(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (r *faultyReader) Count(ctx context.Context, q *storage.Query) (n int64, err error) {
	err = r.s.do(ctx, func(ctx context.Context) (err error) {
		n, err = r.r.Count(ctx, q)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

type faultyTx struct {
	faultyReader
	x      storage.Tx
	failed error // of the first write that failed
}

func (x *faultyTx) write(ctx context.Context, fn func(context.Context) error) error {
	err := x.s.do(ctx, fn)
	if x.failed == nil {
		x.failed = err
	}
	return err
}

func (x *faultyTx) Insert(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	return x.write(ctx, func(ctx context.Context) error { return x.x.Insert(ctx, t, rows) })
}

func (x *faultyTx) Update(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	return x.write(ctx, func(ctx context.Context) error { return x.x.Update(ctx, t, rows) })
}

func (x *faultyTx) Delete(ctx context.Context, t *storage.Table, keys []storage.Key) error {
	return x.write(ctx, func(ctx context.Context) error { return x.x.Delete(ctx, t, keys) })
}
