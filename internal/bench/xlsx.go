package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/clientele-go/crm/importer"
)

// xlsx measures reading a workbook beside excelize, which wrote it: rows per second of the processor, and the bytes that are
// allocated.
func (b *bench) xlsx(ctx context.Context) error {
	size := b.rows / 5
	text, err := b.file(size)
	if err != nil {
		return err
	}
	path := b.path("companies.xlsx")
	if err := workbook(path, text); err != nil {
		return err
	}
	return b.beside(ctx, path, size, "")
}

// beside measures reading a workbook by the importer and by excelize.
func (b *bench) beside(ctx context.Context, path string, size int, by string) error {
	var allocated [2]float64
	cpu := func(i int, read func() (int, error)) func() (float64, error) {
		return func() (float64, error) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			perSecond, err := rowsPerSecond(size, read)
			runtime.ReadMemStats(&after)
			allocated[i] = float64(after.TotalAlloc - before.TotalAlloc)
			return perSecond, err
		}
	}
	got, err := rounds(b.runs, cpu(0, func() (int, error) { return readWorkbook(ctx, path) }), cpu(1, func() (int, error) { return readExcelize(path) }))
	if err != nil {
		return err
	}
	speed, share := got[0]/got[1], allocated[0]/allocated[1]
	b.add(line{fmt.Sprintf("XLSX of %s rows%s, rows a second of the processor", thousands(size), by), thousands(int(got[0])), thousands(int(got[1])) + " excelize `Rows`, raw",
		times(speed) + " times", "≥ 8", speed >= 8})
	b.add(line{"bytes allocated for that", megabytes(allocated[0]), megabytes(allocated[1]), times(share), "≤ 0.1", share <= 0.1})
	return nil
}

// rowsPerSecond measures reading so many rows, by the time of the processor.
func rowsPerSecond(size int, read func() (int, error)) (float64, error) {
	c, err := measure(func() error {
		rows, err := read()
		if err == nil && rows != size {
			err = fmt.Errorf("%d rows of %d", rows, size)
		}
		return err
	})
	return float64(size) / c.cpu.Seconds(), err
}

// workbook writes the rows of a CSV file as a workbook, numbers as such.
func workbook(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	r := csv.NewReader(in)
	for n := 1; ; n++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		row := make([]any, len(cells))
		for i, c := range cells {
			row[i] = c
			if v, err := strconv.ParseFloat(c, 64); err == nil && n > 1 && len(c) < 15 && c[0] != '0' && c[0] != '+' {
				row[i] = v
			}
		}
		if err := w.SetRow("A"+strconv.Itoa(n), row); err != nil {
			return err
		}
	}
	return errors.Join(w.Flush(), f.SaveAs(to))
}

func readWorkbook(ctx context.Context, path string) (rows int, err error) {
	f, err := importer.Open(path, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, err := range f.Rows(ctx) {
		if err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

func readExcelize(path string) (rows int, err error) {
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	all, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, all.Close()) }()
	for all.Next() {
		if _, err := all.Columns(); err != nil {
			return rows, err
		}
		rows++
	}
	return rows - 1, all.Error()
}
