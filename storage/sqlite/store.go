package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

// Options adjust a Store. The zero value is ready to use.
type Options struct {
	Wait    time.Duration // that a call waits for others, of this process or not, before storage.ErrBusy; default 10 s
	Readers int           // Views that run at the same time, others wait for their turn; default 4, or the number of CPUs if that is more
	Durable bool          // a commit returns only when the disk has it, so that a power cut loses nothing; default false
}

// Store is an open SQLite database. It is safe for concurrent use, and several processes of one machine may have the same
// file open.
type Store struct {
	path    string
	options Options

	turn    queue // one writes at a time
	manners manners
	write   *conn // nil when it has to be opened again

	logMost   int64 // the size of a log that is too much
	shortenAt int64 // it, or more where shortening has failed

	views   queue // some read at a time
	idle    []*conn
	mu      sync.Mutex // guards idle, closed, and the start of calls
	closed  bool
	running sync.WaitGroup
	closing chan struct{} // closed when Close is done
}

var _ storage.Store = (*Store)(nil)

// The caches of a connection, in KB. What a writer changes stays in its cache until the commit.
const (
	writerCache = 64 << 10
	readerCache = 16 << 10
)

// Open opens the database in the named file, or creates it. The file is on a local disk: WAL needs memory that processes
// share.
func Open(path string, o *Options) (*Store, error) {
	s := &Store{turn: newQueue(1), logMost: logMost(leastLog), shortenAt: logMost(leastLog), closing: make(chan struct{})}
	if o != nil {
		s.options = *o
	}
	if s.options.Wait <= 0 {
		s.options.Wait = 10 * time.Second
	}
	if s.options.Readers <= 0 {
		s.options.Readers = max(4, runtime.GOMAXPROCS(0))
	}
	s.views = newQueue(s.options.Readers)
	if path == "" || path == ":memory:" {
		return nil, errors.New("sqlite: no file is named; package memory keeps rows in memory")
	}
	var err error
	if s.path, err = filepath.Abs(path); err != nil { // readers are opened later, and the directory may change
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	if s.write, err = s.open(context.Background(), s.deadline(), writerCache); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, by time.Time, cacheKB int) (*conn, error) {
	return openConn(ctx, s.path, by, cacheKB, s.options.Durable)
}

// deadline is when a call that starts now has waited for long enough.
func (s *Store) deadline() time.Time { return time.Now().Add(s.options.Wait) }

// enter admits a call; leave ends it.
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

// Close waits for the transactions that run, and closes the file. Closing again does nothing more.
func (s *Store) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if !first {
		<-s.closing
		return nil
	}
	defer close(s.closing)
	s.running.Wait()
	var err error
	for _, c := range s.idle {
		err = errors.Join(err, c.close())
	}
	if s.write != nil {
		err = errors.Join(err, s.write.close()) // the last to close the file moves what the log holds into it
	}
	return err
}

// View runs fn on one state of the tenant's rows.
func (s *Store) View(ctx context.Context, tenant string, fn func(storage.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return s.viewing(ctx, func(c *conn) error {
		x := &tx{conn: c, done: ctx.Done(), tenant: tenant, wait: s.options.Wait}
		defer x.end()
		return fn(x)
	})
}

// viewing runs fn in a transaction that reads.
func (s *Store) viewing(ctx context.Context, fn func(*conn) error) (err error) {
	by := s.deadline()
	if err := s.views.enter(ctx, by); err != nil {
		return err
	}
	defer s.views.leave()
	c, err := s.reader(ctx, by)
	if err != nil {
		return finish(ctx, err)
	}
	defer func() {
		err = finish(ctx, also(err, c.rollback()))
		s.release(c)
	}()
	c.SetInterrupt(ctx.Done())
	if err := c.exec("BEGIN"); err != nil { // the state is fixed by the first read, which is why nothing waits here
		return err
	}
	return fn(c)
}

// reader returns a connection that nobody uses, the one that was used last, since its cache is warm.
func (s *Store) reader(ctx context.Context, by time.Time) (*conn, error) {
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		c := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		return c, nil
	}
	s.mu.Unlock()
	return s.open(ctx, by, readerCache)
}

func (s *Store) release(c *conn) {
	if !c.AutocommitEnabled() { // it could not be rolled back
		_ = c.close()
		return
	}
	s.mu.Lock()
	s.idle = append(s.idle, c)
	s.mu.Unlock()
}

// Update runs fn as one transaction.
func (s *Store) Update(ctx context.Context, tenant string, fn func(storage.Tx) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return s.writing(ctx, func(c *conn) error {
		x := &tx{conn: c, done: ctx.Done(), tenant: tenant, wait: s.options.Wait}
		defer x.end()
		if err := fn(x); err != nil {
			return err
		}
		return x.failed
	})
}

// writing runs fn between BEGIN and COMMIT, when it is this call's turn.
func (s *Store) writing(ctx context.Context, fn func(*conn) error) (err error) {
	by := s.deadline()
	if err := s.turn.enter(ctx, by); err != nil {
		return err
	}
	defer s.turn.leave()
	s.manners.before()
	if s.write == nil {
		if s.write, err = s.open(ctx, by, writerCache); err != nil {
			return finish(ctx, err)
		}
		s.logMost, s.shortenAt = logMost(leastLog), logMost(leastLog)
	}
	c := s.write
	defer func() {
		err = finish(ctx, also(err, c.rollback())) // of what was not committed
		if !c.AutocommitEnabled() {
			_, s.write = c.close(), nil
		}
	}()
	c.SetInterrupt(ctx.Done())
	if err := retry(ctx, by, func() error { return c.exec("BEGIN IMMEDIATE") }); err != nil {
		return err
	}
	defer s.manners.after(time.Now())
	if err := fn(c); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.commit(); err != nil {
		return err
	}
	s.allow(c)
	s.shorten(c)
	return nil
}

// finish gives what an ended context has stopped the error of the context.
func finish(ctx context.Context, err error) error {
	if err != nil && sqlite.ErrCode(err) == sqlite.ResultInterrupt && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// also adds an error to one that stays itself where there is nothing to add.
func also(err, more error) error {
	switch {
	case more == nil:
		return err
	case err == nil:
		return more
	}
	return errors.Join(err, more)
}
