package blob

import (
	"bytes"
	"context"
	"io"
	"iter"
	"maps"
	"strings"
	"sync"
	"time"
)

// memory is a Store in memory.
type memory struct {
	mu  sync.RWMutex
	all map[string]kept
}

// kept is the bytes of a key, which never change.
type kept struct {
	bytes []byte
	time  time.Time
}

// Memory returns an empty Store that keeps everything in memory, for tests.
func Memory() Store { return &memory{all: map[string]kept{}} }

func (m *memory) Put(ctx context.Context, key string, r io.Reader) error {
	if err := check(key); err != nil {
		return err
	}
	b, err := io.ReadAll(until(ctx, r))
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all[key] = kept{b, time.Now()}
	return nil
}

func (m *memory) Open(_ context.Context, key string) (io.ReadCloser, error) {
	if err := check(key); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	k, ok := m.all[key]
	if !ok {
		return nil, missing(key)
	}
	return io.NopCloser(bytes.NewReader(k.bytes)), nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	if err := check(key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, key)
	return nil
}

func (m *memory) List(_ context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		m.mu.RLock()
		all := maps.Clone(m.all)
		m.mu.RUnlock()
		for key, k := range all {
			if strings.HasPrefix(key, prefix) && !yield(Info{key, k.time}, nil) {
				return
			}
		}
	}
}
