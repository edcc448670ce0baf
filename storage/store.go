package storage

import (
	"context"
	"errors"
	"fmt"
)

// Reader reads one state of a tenant's rows. It is used by one goroutine at a time, and not after the function that it
// was given to has returned.
type Reader interface {
	// Find returns the rows that q selects, at most q.Limit.
	Find(ctx context.Context, q *Query) ([]Row, error)
	// Count counts the rows that q selects, up to q.Limit if that is not 0.
	Count(ctx context.Context, q *Query) (int64, error)
}

// Tx reads and writes a tenant's rows. After a failed write only returning is left.
type Tx interface {
	Reader
	// Insert adds rows. It fails with a *ConflictError.
	Insert(ctx context.Context, t *Table, rows []Row) error
	// Update replaces rows. The stored version of each must be Row.Version-1, or it fails with ErrStale. It fails with a
	// *ConflictError too. Rows take effect one after the other.
	Update(ctx context.Context, t *Table, rows []Row) error
	// Delete removes rows. The stored version of each must be the key's, or it fails with ErrStale.
	Delete(ctx context.Context, t *Table, keys []Key) error
}

// Store is an open database. It is safe for concurrent use. A tenant is a text of the host's own choosing, perhaps
// empty; no row belongs to more than one.
type Store interface {
	// Migrate creates what the tables need and the database lacks.
	Migrate(ctx context.Context, tables []*Table) error
	// View runs fn on one state of the tenant's rows.
	View(ctx context.Context, tenant string, fn func(Reader) error) error
	// Update runs fn as one transaction: all of it, when fn returns nil, or nothing. It may run fn more than once.
	Update(ctx context.Context, tenant string, fn func(Tx) error) error
	// Close waits for the transactions that run, and closes the store.
	Close() error
}

// What a caller can do something about.
var (
	ErrStale          = errors.New("storage: stale version")   // load again, and try again
	ErrBusy           = errors.New("storage: busy")            // a writer held on for too long; try again later
	ErrClosed         = errors.New("storage: closed")          // the store was closed
	ErrOutcomeUnknown = errors.New("storage: outcome unknown") // a commit went unanswered; look before trying again
)

// ConflictError says that a write would have put two equal rows into a unique index.
type ConflictError struct {
	Table string
	Index string // its name, or "id"
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("storage: %s: duplicate value for %s", e.Table, e.Index)
}
