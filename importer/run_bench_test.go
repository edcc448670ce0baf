package importer_test

import (
	"fmt"
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

// benchText is n companies with some twenty cells filled.
func benchText(n int) string {
	var b strings.Builder
	b.WriteString("Account_Name,Phone,Website,Account_Number,Account_Type,Ownership,Industry,Employees,Annual_Revenue,SIC_Code,Rating," +
		"Billing_Street,Billing_City,Billing_State,Billing_Code,Billing_Country,Shipping_Street,Shipping_City,Description,Tag,unknown\n")
	for i := range n {
		fmt.Fprintf(&b, "%s Company %d,+1 617 555 %04d,www.company%d.example,N%07d,Customer,Private,Technology,%d,%d.50,1234,Active,"+
			"%d High Street,Boston,MA,02110,USA,%d Mill Street,Leeds,A description of company %d of ordinary length,key,x\n",
			[]string{"Alpha", "Beta", "Gamma", "Delta", "Omega"}[i*7%5], i, i%10000, i, i, i%5000, i*37, i, i, i)
	}
	return b.String()
}

func benchImport(b *testing.B, open func(b *testing.B) storage.Store) {
	const rows = 50_000
	text := benchText(rows)
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
