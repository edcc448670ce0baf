package lead_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/sqlite"
)

// BenchmarkConvertMany converts 10,000 leads of as many companies in a SQLite file, a tenth of which have a task: leads a second, and the
// most heap that was in use after a transaction, above what it was before.
func BenchmarkConvertMany(b *testing.B) {
	const leads = 10_000
	for b.Loop() {
		b.StopTimer()
		store, err := sqlite.Open(filepath.Join(b.TempDir(), "crm.db"), nil)
		require.NoError(b, err)
		org, err := crm.Open(b.Context(), store, &crm.Options{Actor: "ann"})
		require.NoError(b, err)
		ids := seed(b, org, leads)
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		most := uint64(0)
		b.StartTimer()
		m, err := org.Leads.ConvertMany(b.Context(), ids, &lead.ManyOptions{Progress: func(m lead.Many) {
			if m.Read%2000 == 0 {
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
				b.StartTimer()
			}
		}})
		b.StopTimer()
		require.NoError(b, err)
		require.Equal(b, int64(leads), m.Converted)
		b.ReportMetric(float64(most)/(1<<20), "MB-heap")
		require.NoError(b, store.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(leads*b.N)/b.Elapsed().Seconds(), "leads/s")
}

// seed makes leads of as many companies, and a task about each tenth.
func seed(tb testing.TB, org *crm.Org, n int) (ids []record.ID) {
	const batch = 1000
	for len(ids) < n {
		leads := make([]*lead.Lead, min(batch, n-len(ids)))
		for i := range leads {
			l := full()
			at := len(ids) + i
			l.LastName, l.Company, l.Email = fmt.Sprintf("Lee %d", at), fmt.Sprintf("Company %d", at), fmt.Sprintf("ann%d@acme.example", at)
			leads[i] = l
		}
		require.NoError(tb, org.Leads.Create(tb.Context(), leads...))
		var tasks []*relations.Task
		for i, l := range leads {
			ids = append(ids, l.ID)
			if i%10 == 0 {
				tasks = append(tasks, &relations.Task{Subject: "Call", What: record.Link{Module: lead.Module, ID: l.ID}})
			}
		}
		require.NoError(tb, org.Tasks.Create(tb.Context(), tasks...))
	}
	return ids
}
