package importer

import (
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// BenchmarkParse is what an import does before it asks the store: it decodes, maps, parses and checks every cell, and
// looks for keys that repeat. Beside it is what encoding/csv alone takes for the same text.
func BenchmarkParse(b *testing.B) {
	const rows = 50_000
	text := BenchText(rows)
	b.Run("import", func(b *testing.B) {
		store := memory.New(nil)
		defer store.Close()
		s, err := record.Open(b.Context(), store, []*record.Schema{account.Definition.Schema}, nil)
		require.NoError(b, err)
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			f, err := NewFile(strings.NewReader(text), int64(len(text)), "bench.csv", nil)
			require.NoError(b, err)
			r, err := newRun(b.Context(), account.In(s), f, nil)
			require.NoError(b, err)
			batch, n := newBatch(r), 0
			for row, err := range f.Rows(b.Context()) {
				if err == nil {
					err = batch.add(&row, int64(n))
				}
				if err != nil {
					b.Fatal(err)
				}
				if n++; batch.full() {
					batch.check(b)
					batch.reset(0)
				}
			}
			require.Equal(b, rows, n)
		}
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r := csv.NewReader(strings.NewReader(text))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); err != nil {
					require.ErrorIs(b, err, io.EOF)
					break
				}
			}
		}
	})
}

// check does to the values what a write does.
func (b *batch) check(tb testing.TB) {
	for i, v := range b.values {
		if v == (storage.Value{}) {
			continue
		}
		if _, p := b.r.m.imported[i%len(b.r.m.imported)].def.Type.Clean(v); !p.OK() {
			tb.Fatal(p)
		}
	}
}
