package main

import (
	"context"
	"runtime"
)

// memory measures an import into the memory of the process: how fast, and how much of it.
func (b *bench) memory(ctx context.Context) error {
	var heaps, slices []float64
	small := b.rows / 10
	got, err := rounds(b.runs,
		func() (float64, error) {
			base := liveHeap()
			store, c, err := b.importMemory(ctx, b.rows)
			if err != nil {
				return 0, err
			}
			heaps = append(heaps, float64(liveHeap()-base))
			return c.wall.Seconds(), store.Close()
		},
		func() (float64, error) {
			base := liveHeap()
			all, err := readAccounts(ctx, b)
			slices = append(slices, float64(liveHeap()-base))
			runtime.KeepAlive(all)
			return 0, err
		},
		func() (float64, error) {
			store, c, err := b.importMemory(ctx, small)
			if err != nil {
				return 0, err
			}
			return c.wall.Seconds(), store.Close()
		})
	if err != nil {
		return err
	}
	b.took[importKey("memory", b.rows)], b.took[importKey("memory", small)] = got[0], got[2]
	b.add(line{"import into memory, whole path", perSecond(b.rows, got[0]), "", "", "≥ 100,000 rows/s", float64(b.rows)/got[0] >= 100_000})
	ours, slice := median(heaps), median(slices)
	b.add(line{"heap of the store after that, with its indexes", megabytes(ours), megabytes(slice) + " `[]account.Account`", times(ours / slice),
		"≤ 3", ours <= 3*slice})
	return nil
}
