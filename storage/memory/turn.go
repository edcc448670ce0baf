package memory

import (
	"context"
	"time"

	"github.com/clientele-go/crm/storage"
)

// A turn is had by one at a time, and goes to those that wait in the order in which they came. It holds a token while
// nobody has it.
type turn chan struct{}

func newTurn() turn {
	t := make(turn, 1)
	t.pass()
	return t
}

// take waits until the turn is free, the context ends, or the time has come.
func (t turn) take(ctx context.Context, by time.Time) error {
	select {
	case <-t: // never while somebody waits
		return nil
	default:
	}
	end := time.NewTimer(time.Until(by))
	defer end.Stop()
	select {
	case <-t:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-end.C:
		return storage.ErrBusy
	}
}

func (t turn) pass() { t <- struct{}{} }
