package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// csv measures what lies above the store: reading, mapping, parsing, validating, and making rows of it.
func (b *bench) csv(ctx context.Context) error {
	path, err := b.file(b.rows)
	if err != nil {
		return err
	}
	cpu := func(fn func() error) func() (float64, error) {
		return func() (float64, error) {
			c, err := measure(fn)
			return perRow(c.cpu, b.rows), err
		}
	}
	got, err := rounds(b.runs,
		cpu(func() error { return importFile(ctx, newNullStore(), path, b.rows) }),
		cpu(func() error { return readStandard(path, b.rows) }),
		cpu(func() error { return readOurs(ctx, path, b.rows) }),
		cpu(func() error { return deriveNames(b.rows) }),
		cpu(func() error { return makeIDs(b.rows) }))
	if err != nil {
		return err
	}
	b.add(line{"CSV: decode, parse, map and validate, CPU a row", micros(got[0]), micros(got[1]) + " `encoding/csv`, reading alone",
		times(got[0] / got[1]), "≤ 3", got[0] <= 3*got[1]})
	b.note("CSV: an import into a store that forgets what it takes; of its %s a row, %s read the file, %s fold the name and make its sort key, "+
		"%s make the id, and %s map, parse, validate and make rows.", micros(got[0]), micros(got[2]), micros(got[3]), micros(got[4]),
		micros(got[0]-got[2]-got[3]-got[4]))
	peak, err := peakHeap(func() error { return importFile(ctx, newNullStore(), path, b.rows) })
	if err != nil {
		return err
	}
	b.add(line{"heap above the store while a file is imported", megabytes(float64(peak)), "", "", "< 64 MB", peak < 64<<20})
	return nil
}

// readStandard reads a file as Go programs do.
func readStandard(path string, rows int) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	for n := -1; ; n++ {
		_, err := r.Read()
		switch {
		case errors.Is(err, io.EOF) && n == rows:
			return nil
		case err != nil:
			return fmt.Errorf("row %d: %w", n, err)
		}
	}
}

// readOurs reads a file as an import does, and does nothing with its rows.
func readOurs(ctx context.Context, path string, rows int) (err error) {
	f, err := importer.Open(path, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	n := 0
	for row, err := range f.Rows(ctx) {
		if err != nil || row.Problem != nil {
			return fmt.Errorf("row %d: %v: %w", n, row.Problem, err)
		}
		n++
	}
	if n != rows {
		return fmt.Errorf("%d rows of %d", n, rows)
	}
	return nil
}

// deriveNames makes what is stored beside each name, to match it and to sort by it: twice the folded text, since the match
// needs it before the row does.
func deriveNames(rows int) error {
	pcg := rand.NewPCG(seed, 0)
	r := rand.New(pcg)
	names := make([]string, min(rows, 10_000))
	for n := range names {
		names[n] = name(r, pcg, n)
	}
	for n := range rows {
		s := names[n%len(names)]
		if record.Fold(s) == "" || record.Fold(s) == "" || len(record.SortKey(s)) == 0 {
			return fmt.Errorf("name %d is empty", n)
		}
	}
	return nil
}

func makeIDs(rows int) error {
	for range rows {
		if record.NewID().IsZero() {
			return errors.New("no id")
		}
	}
	return nil
}
