package sqlite

import (
	"context"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

// poll is how often a writer looks whether the writer of another process has ended.
const poll = time.Millisecond

// retry runs fn until it is not busy, or the time has come.
func retry(ctx context.Context, by time.Time, fn func() error) error {
	for {
		err := fn()
		if err == nil || !busy(err) {
			return err
		}
		if !time.Now().Before(by) {
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

// A queue lets some in at a time, and the others in the order in which they came.
type queue chan struct{}

func newQueue(n int) queue {
	q := make(queue, n)
	for range n {
		q <- struct{}{}
	}
	return q
}

// enter waits for a place until the context ends or the time has come.
func (q queue) enter(ctx context.Context, by time.Time) error {
	select {
	case <-q: // never while somebody waits
		return nil
	default:
	}
	end := time.NewTimer(time.Until(by))
	defer end.Stop()
	select {
	case <-q:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-end.C:
		return storage.ErrBusy
	}
}

func (q queue) leave() { q <- struct{}{} }

// manners is what makes a process leave a gap, so that the writers of other processes, who look every [poll], get their
// turn: without it a process whose transactions follow each other closely would hold the file nearly all of the time.
type manners struct {
	held     time.Duration // how long it has written without a gap
	released time.Time     // when it last stopped
}

const (
	hold = 50 * time.Millisecond
	gap  = 2 * poll
)

// before waits, if need be, before a transaction.
func (m *manners) before() {
	switch {
	case time.Since(m.released) > gap:
		m.held = 0
	case m.held > hold:
		m.held = 0
		time.Sleep(gap)
	}
}

// after notes a transaction that has ended.
func (m *manners) after(began time.Time) {
	m.released = time.Now()
	m.held += m.released.Sub(began)
}
