package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

func open(tb testing.TB) storage.Store {
	tb.Helper()
	s, err := sqlite.Open(filepath.Join(tb.TempDir(), "test.db"), &sqlite.Options{Wait: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestSuite(t *testing.T) { storagetest.Run(t, open) }

func Benchmark(b *testing.B) { storagetest.Bench(b, open) }
