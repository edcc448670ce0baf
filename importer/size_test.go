package importer

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

func TestBatchSize(t *testing.T) {
	t.Parallel()
	now := time.Now()
	after := func(wait, took time.Duration) *batchClock {
		began := now.Add(-took)
		return &batchClock{asked: began.Add(-wait), began: began}
	}
	z := newBatchSize(0)
	require.Equal(t, 1000, z.rows)
	for _, want := range []int{2000, 4000, 8000, 8192, 8192} {
		z.took(after(0, time.Second), z.rows)
		require.Equal(t, want, z.rows)
	}
	z.took(after(5*time.Millisecond, 400*time.Second), 8192) // slow, and others wait
	require.Equal(t, smallBatch, z.rows)
	z.took(after(0, time.Second), z.rows)
	require.Equal(t, 2*smallBatch, z.rows)
	z.took(after(time.Second, time.Hour), 3600*1000) // 1 ms a row
	require.Equal(t, smallBatch, z.rows)
	z.took(after(time.Second, 100*time.Second), 1_000_000) // 100 µs a row
	require.InDelta(t, 250, z.rows, 3)
	z.took(&batchClock{asked: now}, 10) // it did not run: it had been committed before
	require.InDelta(t, 250, z.rows, 3)

	z = newBatchSize(7)
	z.took(after(0, time.Second), 7)
	require.Equal(t, 7, z.rows)
	z.committed([]record.Batch{{First: 0, Next: 3}, {First: 3, Next: 12}})
	require.Equal(t, map[int64]int64{0: 3, 3: 12}, z.ends)
}
