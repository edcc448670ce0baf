package xls

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"slices"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// rows reads the rows of a sheet.
type rows struct {
	*scanner
	grid.Line // of the row that is read

	book   *Book
	sheet  *sheet
	yield  func(grid.Row, error) bool
	number int   // of the row that is read, or was read last; 0 before the first
	begin  int64 // where its first cell is
}

// Rows returns the rows of the i-th sheet. Their cells must not be changed.
func (b *Book) Rows(ctx context.Context, i int) iter.Seq2[grid.Row, error] {
	return func(yield func(grid.Row, error) bool) {
		r := &rows{scanner: b.scanner(), book: b, sheet: b.sheets[i], yield: yield}
		err := r.all(ctx)
		if err != nil && !errors.Is(err, errStop) {
			yield(grid.Row{}, in(err, r.sheet.Name, r.number))
		}
	}
}

// errStop ends a walk that nobody follows any more.
var errStop = errors.New("xls: stopped")

// The orders of a sheet's cells.
const (
	unknown  int32 = iota
	sorted         // by row, and by column within it
	unsorted       // as the program came by
)

// all yields the rows.
func (r *rows) all(ctx context.Context) error {
	order := r.sheet.order.Load()
	if order == unknown {
		var err error
		if order, err = r.order(ctx); err != nil {
			return err
		}
		r.sheet.order.Store(order)
	}
	var err error
	if order == unsorted {
		err = r.eachSorted(ctx)
	} else {
		err = r.each(ctx, r.sheet.at, func() error { return r.record(-1) })
	}
	if err != nil {
		return err
	}
	return r.end()
}

// cells returns how many cells the record has, and whether it is whole. That of others is 0.
func (s *scanner) cells() (n int, whole bool) {
	size := 0
	switch s.kind {
	case sharedLabel, shortNumber:
		size = 10
	case number, theFormula, formula3, formula4:
		size = 14
	case label, richLabel, truthOrFault:
		size = 8
	case multipleNumbers: // the first column, numbers with their styles, the last column
		if n := len(s.body) - 6; n > 0 && n%6 == 0 {
			return n / 6, true
		}
		return 1, false
	default:
		return 0, true
	}
	return 1, len(s.body) >= size
}

// place is where a cell is.
type place struct {
	at  int64
	key uint32 // by which cells are in order: row and column
	nth uint32 // of its record
}

// key returns that of the first cell of the record.
func (s *scanner) key() uint32 {
	return uint32(binary.LittleEndian.Uint16(s.body))<<16 | uint32(binary.LittleEndian.Uint16(s.body[2:]))
}

// order finds how the cells of the sheet are in order. Those of a damaged one count as sorted, as far as they go: who reads
// them is told.
func (r *rows) order(ctx context.Context) (int32, error) {
	order, last := sorted, int64(-1)
	err := r.each(ctx, r.sheet.at, func() error {
		n, whole := r.cells()
		if n == 0 || !whole {
			return nil
		}
		key := int64(r.key())
		if key <= last {
			order = unsorted
			return errStop
		}
		last = key + int64(n) - 1
		return nil
	})
	var e *grid.Error
	if err == nil || errors.Is(err, errStop) || errors.As(err, &e) {
		return order, nil
	}
	return unknown, err
}

// maxPlaces is how many cells may be sorted.
const maxPlaces = 4 << 20

// eachSorted reads the cells of the sheet in order. Of two in one place the second is the cell.
func (r *rows) eachSorted(ctx context.Context) error {
	var places []place
	err := r.each(ctx, r.sheet.at, func() error {
		n, whole := r.cells()
		if !whole {
			return r.short(nil)
		}
		for i := range n {
			places = append(places, place{r.start, r.key() + uint32(i), uint32(i)})
		}
		if len(places) > maxPlaces {
			return &grid.Error{Code: grid.TooLarge, Offset: r.start, Detail: "cells that are not in order"}
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.key, b.key) })
	for i, p := range places {
		if i%most == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if i+1 < len(places) && places[i+1].key == p.key {
			continue
		}
		r.seek(p.at)
		if err := r.read(); err != nil {
			return err
		}
		if err := r.record(int(p.nth)); err != nil {
			return err
		}
	}
	return nil
}

// record adds the cells of the record to their row, or only the nth.
func (r *rows) record(nth int) error {
	n, whole := r.cells()
	switch {
	case n == 0:
		return nil
	case !whole:
		return r.short(nil)
	}
	if number := int(binary.LittleEndian.Uint16(r.body)) + 1; number != r.number {
		if err := r.end(); err != nil {
			return err
		}
		r.number, r.begin = number, r.start
	}
	if column := int(binary.LittleEndian.Uint16(r.body[2:])) + n; column > grid.MaxColumns {
		return &grid.Error{Code: grid.TooLarge, Offset: r.start, Detail: "columns"}
	}
	return r.cell(nth)
}

// end yields the row, if it has cells, and makes ready for the next.
func (r *rows) end() error {
	if cells := r.Take(); len(cells) > 0 && !r.yield(grid.Row{Number: r.number, Offset: r.begin - r.sheet.at, Cells: cells}, nil) {
		return errStop
	}
	r.Clear()
	return nil
}
