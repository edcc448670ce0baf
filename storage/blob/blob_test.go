package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage/blob"
)

// each runs fn on every store.
func each(t *testing.T, fn func(t *testing.T, s blob.Store)) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) blob.Store{
		"memory": func(*testing.T) blob.Store { return blob.Memory() },
		"dir": func(t *testing.T) blob.Store {
			s, err := blob.Dir(filepath.Join(t.TempDir(), "a", "b"))
			require.NoError(t, err)
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, open(t))
		})
	}
}

func read(t *testing.T, s blob.Store, key string) string {
	t.Helper()
	r, err := s.Open(t.Context(), key)
	require.NoError(t, err)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return string(b)
}

func keys(t *testing.T, s blob.Store, prefix string) (all []string) {
	t.Helper()
	for info, err := range s.List(t.Context(), prefix) {
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), info.Time, time.Minute)
		all = append(all, info.Key)
	}
	slices.Sort(all)
	return all
}

func TestStore(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		ctx := t.Context()
		require.Empty(t, keys(t, s, ""))
		require.Empty(t, keys(t, s, "east/"))
		for _, key := range []string{"east/1", "east/2", "west/1"} {
			require.NoError(t, s.Put(ctx, key, strings.NewReader(key)))
		}
		require.NoError(t, s.Put(ctx, "east/2", strings.NewReader("other")))
		require.NoError(t, s.Put(ctx, "east/0", strings.NewReader("")))
		require.Equal(t, "east/1", read(t, s, "east/1"))
		require.Equal(t, "other", read(t, s, "east/2"))
		require.Empty(t, read(t, s, "east/0"))
		require.Equal(t, []string{"east/0", "east/1", "east/2"}, keys(t, s, "east/"))
		require.Len(t, keys(t, s, ""), 4)
		for _, err := range s.List(ctx, "") {
			require.NoError(t, err)
			break
		}
		require.NoError(t, s.Delete(ctx, "east/1"))
		require.NoError(t, s.Delete(ctx, "east/1"))
		_, err := s.Open(ctx, "east/1")
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.Equal(t, []string{"east/0", "east/2"}, keys(t, s, "east/"))
	})
}

// A key whose bytes did not come to their end has what it had before.
func TestPutIsWholeOrNothing(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		ctx := t.Context()
		require.NoError(t, s.Put(ctx, "a/1", strings.NewReader("before")))
		lost := errors.New("the line is cut")
		cut := io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<20)), iotest.ErrReader(lost))
		require.ErrorIs(t, s.Put(ctx, "a/1", cut), lost)
		require.ErrorIs(t, s.Put(ctx, "a/2", io.MultiReader(strings.NewReader("x"), iotest.ErrReader(lost))), lost)
		over, cancel := context.WithCancel(ctx)
		cancel()
		require.ErrorIs(t, s.Put(over, "a/3", strings.NewReader("x")), context.Canceled)
		require.Equal(t, "before", read(t, s, "a/1"))
		require.Equal(t, []string{"a/1"}, keys(t, s, ""))
	})
}

func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		for _, key := range []string{"", "/", "a/", "/a", "a//b", "..", "../a", "a/../b", ".", "A", "a b", "a.b", "a\\b", "a\x00", "ä", strings.Repeat("a", 65), strings.Repeat("a/", 8) + "a"} {
			require.ErrorIs(t, s.Put(t.Context(), key, strings.NewReader("x")), blob.ErrKey, key)
			_, err := s.Open(t.Context(), key)
			require.ErrorIs(t, err, blob.ErrKey, key)
			require.ErrorIs(t, s.Delete(t.Context(), key), blob.ErrKey, key)
		}
		require.Empty(t, keys(t, s, ""))
	})
}

// Writers of one key are each whole.
func TestPutAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s blob.Store) {
		var wg sync.WaitGroup
		for _, c := range "abcdefgh" {
			wg.Go(func() {
				for range 20 {
					_ = s.Put(t.Context(), "k/1", strings.NewReader(strings.Repeat(string(c), 10_000)))
				}
			})
		}
		wg.Wait()
		got := read(t, s, "k/1")
		require.Equal(t, strings.Repeat(got[:1], 10_000), got)
		require.Equal(t, []string{"k/1"}, keys(t, s, ""))
	})
}

// What a crash left of a file that was being written is listed, and can be deleted.
func TestDirLeftovers(t *testing.T) {
	t.Parallel()
	name := t.TempDir()
	s, err := blob.Dir(name)
	require.NoError(t, err)
	require.NoError(t, s.Put(t.Context(), "a/1", bytes.NewReader(nil)))
	require.NoError(t, os.WriteFile(filepath.Join(name, "a", "part-x"), []byte("half"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(name, "a", "Thumbs.db"), nil, 0o600)) // somebody else's
	require.Equal(t, []string{"a/1", "a/part-x"}, keys(t, s, "a/"))
	require.NoError(t, s.Delete(t.Context(), "a/part-x"))
	require.Equal(t, []string{"a/1"}, keys(t, s, "a/"))
	info, err := os.Stat(filepath.Join(name, "a", "1"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
}

// A link in the directory leads nowhere outside of it.
func TestDirStaysInside(t *testing.T) {
	t.Parallel()
	outside, name := t.TempDir(), t.TempDir()
	s, err := blob.Dir(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(outside, "1"), []byte("secret"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(name, "a")))
	_, err = s.Open(t.Context(), "a/1")
	require.Error(t, err)
	require.Error(t, s.Put(t.Context(), "a/2", strings.NewReader("x")))
	require.NoFileExists(t, filepath.Join(outside, "2"))
}
