package memory_test

import (
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

func open(testing.TB) storage.Store { return memory.New(&memory.Options{Wait: time.Second}) }

func TestSuite(t *testing.T) { storagetest.Run(t, open) }

func Benchmark(b *testing.B) { storagetest.Bench(b, open) }
