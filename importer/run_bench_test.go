package importer_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
)

func benchImport(b *testing.B, open func(b *testing.B) storage.Store) {
	const rows = 50_000
	text := importer.BenchText(rows)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		store := open(b)
		org, err := crm.Open(b.Context(), store, nil)
		require.NoError(b, err)
		f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "bench.csv", nil)
		require.NoError(b, err)
		b.StartTimer()
		r, err := importer.Run(b.Context(), org.Accounts, f, nil)
		require.NoError(b, err)
		require.Equal(b, int64(rows), r.Created)
		b.StopTimer()
		require.NoError(b, store.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkImportMemory(b *testing.B) {
	benchImport(b, func(*testing.B) storage.Store { return memory.New(nil) })
}

func BenchmarkImportSQLite(b *testing.B) {
	benchImport(b, func(b *testing.B) storage.Store {
		s, err := sqlite.Open(filepath.Join(b.TempDir(), "crm.db"), nil)
		require.NoError(b, err)
		return s
	})
}
