package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"time"
)

// Store keeps bytes by key. It is safe for concurrent use.
type Store interface {
	// Put keeps what r has until its end under a key, in place of what was there. Until Put returns nil, and after an error, the
	// key has what it had before; after that the bytes outlive a crash of the machine.
	Put(ctx context.Context, key string, r io.Reader) error
	// Open returns the bytes of a key, or an error that is fs.ErrNotExist. The caller closes it.
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	// Delete removes the bytes of a key. It is no error when there are none.
	Delete(ctx context.Context, key string) error
	// List returns the keys that begin with a prefix, which ends in a slash or is empty, in any order, and among them what
	// unfinished writes have left, if they have: such a key is good for Delete alone.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
}

// Info is a key that has bytes.
type Info struct {
	Key  string
	Time time.Time // when it got them
}

// ErrKey is that a key is none.
var ErrKey = errors.New("blob: malformed key")

// The limits of keys.
const (
	maxParts = 8
	maxPart  = 64
)

// check fails with ErrKey when a key is none.
func check(key string) error {
	parts := strings.Split(key, "/")
	if len(parts) > maxParts {
		return fmt.Errorf("%w: %d parts", ErrKey, len(parts))
	}
	for _, part := range parts {
		if part == "" || len(part) > maxPart || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("%w: %q", ErrKey, key)
		}
	}
	return nil
}

// missing is what Open says of a key without bytes.
func missing(key string) error { return fmt.Errorf("blob: %s: %w", key, fs.ErrNotExist) }

// reader is an io.Reader made of its only method.
type reader func(p []byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

// until reads from r until the context is done.
func until(ctx context.Context, r io.Reader) io.Reader {
	return reader(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}
