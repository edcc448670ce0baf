package main

import (
	"context"
	"fmt"
)

// importKey names an import in bench.took.
func importKey(store string, rows int) string { return fmt.Sprint(store, "/", rows) }

// growth asks that ten times the rows cost ten times the time, and not more.
func (b *bench) growth(ctx context.Context) error {
	for _, s := range []struct {
		name    string
		measure func(rows int) (float64, error)
	}{
		{"memory", func(rows int) (float64, error) {
			store, c, err := b.importMemory(ctx, rows)
			if err != nil {
				return 0, err
			}
			return c.wall.Seconds(), store.Close()
		}},
		{"SQLite", func(rows int) (float64, error) {
			_, c, err := b.importSQLite(ctx, rows)
			return c.wall.Seconds(), err
		}},
	} {
		large, small := importKey(s.name, b.rows), importKey(s.name, b.rows/10)
		if b.took[large] == 0 || b.took[small] == 0 {
			got, err := rounds(b.runs, func() (float64, error) { return s.measure(b.rows) },
				func() (float64, error) { return s.measure(b.rows / 10) })
			if err != nil {
				return err
			}
			b.took[large], b.took[small] = got[0], got[1]
		}
		x := b.took[large] / b.took[small] / 10
		b.add(line{fmt.Sprintf("growth: import of %s rows into %s, a row", thousands(b.rows), s.name), micros(b.took[large] / float64(b.rows)),
			micros(b.took[small]/float64(b.rows/10)) + " with a tenth of the rows", times(x), "≤ 1.15", x <= 1.15})
	}
	return nil
}
