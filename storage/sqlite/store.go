package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/clientele-go/crm/storage"
)

// Options adjust a Store. The zero value is ready to use.
type Options struct {
	Wait    time.Duration // that an Update waits for another writer, of this process or not, before ErrBusy; default 10 s
	Readers int           // Views that run at the same time; more wait for their turn; default 4, or the number of CPUs if that is more
	Durable bool          // a commit returns only when the disk has it, so that a power cut loses nothing; default false
}

// Store is an open SQLite database. It is safe for concurrent use, also by several processes on one machine.
type Store struct {
	path  string
	wait  time.Duration
	turn  chan struct{} // holds a token while nobody writes
	write *conn
	read  chan *conn // idle readers

	held     time.Duration // how long this process has written without a gap
	released time.Time     // when it last stopped
	written  int           // rows since the last ANALYZE

	mu      sync.RWMutex // held by every call; Close holds it alone
	closed  bool
	readers []*conn
}

var _ storage.Store = (*Store)(nil)

// Open opens the database in the named file, or creates it.
func Open(path string, o *Options) (*Store, error) {
	var options Options
	if o != nil {
		options = *o
	}
	if options.Wait <= 0 {
		options.Wait = 10 * time.Second
	}
	if options.Readers <= 0 {
		options.Readers = max(4, runtime.GOMAXPROCS(0))
	}
	if path == "" || path == ":memory:" {
		return nil, errors.New("sqlite: no file is named; package memory keeps rows in memory")
	}
	s := &Store{path: path, wait: options.Wait, turn: make(chan struct{}, 1), read: make(chan *conn, options.Readers)}
	synchronous := "NORMAL"
	if options.Durable {
		synchronous = "FULL"
	}
	var err error
	if s.write, err = openConn(path, options.Wait, synchronous); err != nil {
		return nil, err
	}
	for range options.Readers {
		c, err := openConn(path, options.Wait, synchronous)
		if err != nil {
			return nil, errors.Join(err, s.closeAll())
		}
		s.readers = append(s.readers, c)
		s.read <- c
	}
	s.turn <- struct{}{}
	return s, nil
}

func (s *Store) closeAll() error {
	err := s.write.Close()
	for _, c := range s.readers {
		err = errors.Join(err, c.Close())
	}
	return err
}

// openConn opens one connection, and waits where another process recovers the file or turns it into WAL mode.
func openConn(path string, wait time.Duration, synchronous string) (*conn, error) {
	raw, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	raw.SetBusyTimeout(0)
	c := &conn{Conn: raw, statements: map[string]*sqlite.Stmt{}}
	for _, pragma := range []string{"PRAGMA page_size = 8192", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = " + synchronous,
		"PRAGMA cache_size = -65536", "PRAGMA temp_store = MEMORY", "PRAGMA wal_autocheckpoint = 4000", "PRAGMA foreign_keys = ON"} {
		err := retry(context.Background(), wait, func() error { return sqlitex.ExecuteTransient(raw, pragma, nil) })
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sqlite: %s: %s: %w", path, pragma, err), raw.Close())
		}
	}
	return c, nil
}

// poll is how often a writer looks whether the writer of another process has ended.
const poll = time.Millisecond

// retry runs fn until it is not busy.
func retry(ctx context.Context, wait time.Duration, fn func() error) error {
	end := time.Now().Add(wait)
	for {
		err := fn()
		if err == nil || !busy(err) {
			return err
		}
		if time.Now().After(end) {
			return storage.ErrBusy
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(poll):
		}
	}
}

func busy(err error) bool {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return true
	}
	return false
}

// enter admits a call; leave ends it.
func (s *Store) enter(ctx context.Context) error {
	s.mu.RLock()
	err := ctx.Err()
	if s.closed {
		err = storage.ErrClosed
	}
	if err != nil {
		s.mu.RUnlock()
	}
	return err
}

func (s *Store) leave() { s.mu.RUnlock() }

// Close waits for the transactions that run, and closes the file. Closing again does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.analyze()
	return s.closeAll()
}

// View runs fn on one state of the tenant's rows.
func (s *Store) View(ctx context.Context, tenant string, fn func(storage.Reader) error) (err error) {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	var c *conn
	select {
	case c = <-s.read:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.read <- c }()
	defer c.interruptBy(ctx)()
	if err := c.exec("BEGIN"); err != nil { // the state is fixed at the first read
		return finish(ctx, err)
	}
	defer func() { err = errors.Join(err, c.rollback()) }()
	return finish(ctx, fn(&tx{conn: c, tenant: tenant, wait: s.wait}))
}

// Update runs fn as one transaction.
func (s *Store) Update(ctx context.Context, tenant string, fn func(storage.Tx) error) (err error) {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return s.writing(ctx, func(c *conn) error {
		t := &tx{conn: c, tenant: tenant}
		if err := fn(t); err != nil {
			return err
		}
		s.written += t.written
		return t.failed
	})
}

// gap is how long a process that has written for hold without one waits before it writes again, so that the writers of
// other processes, who look every poll, get their turn.
const (
	hold = 50 * time.Millisecond
	gap  = 2 * poll
)

// writing runs fn between BEGIN and COMMIT, when it is this call's turn.
func (s *Store) writing(ctx context.Context, fn func(*conn) error) (err error) {
	end := time.NewTimer(s.wait)
	defer end.Stop()
	select {
	case <-s.turn:
	case <-ctx.Done():
		return ctx.Err()
	case <-end.C:
		return storage.ErrBusy
	}
	defer func() { s.turn <- struct{}{} }()
	if time.Since(s.released) > gap {
		s.held = 0
	} else if s.held > hold {
		s.held = 0
		time.Sleep(gap)
	}
	c := s.write
	defer c.interruptBy(ctx)()
	if err := retry(ctx, s.wait, func() error { return c.exec("BEGIN IMMEDIATE") }); err != nil {
		return finish(ctx, err)
	}
	began := time.Now()
	committed := false
	defer func() {
		if !committed {
			err = errors.Join(err, c.rollback())
		}
		s.released = time.Now()
		s.held += s.released.Sub(began)
	}()
	if err := fn(c); err != nil {
		return finish(ctx, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.commit(ctx, s.wait); err != nil {
		return finish(ctx, err)
	}
	committed = true
	if s.written >= analyzeAfter {
		s.analyze()
	}
	return nil
}

// finish gives what a cancelled statement returned the error of its context.
func finish(ctx context.Context, err error) error {
	if err != nil && sqlite.ErrCode(err) == sqlite.ResultInterrupt && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// analyzeAfter is how many rows are written before the planner's figures are made anew.
const analyzeAfter = 50_000

// analyze lets SQLite look at what its indexes hold. What it finds is a help and no more, so that a failure is none. The
// samples of single values are dropped: with them SQLite plans a statement anew for each value that it is given, which
// takes longer than to run most of them.
func (s *Store) analyze() {
	if s.written < analyzeAfter/50 {
		return
	}
	s.written = 0
	for _, text := range []string{"PRAGMA analysis_limit = 400", "PRAGMA optimize = 0x10002", "DELETE FROM sqlite_stat4", "ANALYZE sqlite_schema"} {
		_ = s.write.once(text)
	}
}
