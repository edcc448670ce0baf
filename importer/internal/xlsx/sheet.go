package xlsx

import (
	"context"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// rows reads the rows of a sheet.
type rows struct {
	*scanner
	book   *Book
	shared *grid.Texts // nil before a cell asks for them

	c, v, is element
	rowEnd   string

	number   int  // of the row that is read, or was read last
	numbered bool // it says so, or one of its cells does
	column   int  // of the cell that is read, or was read last

	grid.Line // of the row that is read
}

// all yields the rows.
func (r *rows) all(ctx context.Context, yield func(grid.Row, error) bool) error {
	some, err := r.beginSheet(ctx)
	if err != nil {
		return err
	}
	for some {
		var row grid.Row
		if row, some, err = r.nextRow(ctx); err != nil {
			return err
		}
		if len(row.Cells) > 0 && !yield(row, nil) {
			return nil
		}
	}
	return r.drain(ctx)
}

// beginSheet moves to the first row. There is none when it is not ok.
func (r *rows) beginSheet(ctx context.Context) (ok bool, err error) {
	if _, err := r.begin(ctx, "worksheet"); err != nil {
		return false, err
	}
	for {
		t, err := r.next(ctx)
		switch {
		case err != nil:
			return false, err
		case t.is("sheetData"):
			r.c, r.v, r.is, r.rowEnd = r.element("c"), r.element("v"), r.element("is"), r.element("row").end
			return t.kind == opening, nil
		case t.kind == closing:
			return false, r.fault(t.at, "a sheet without a place for rows")
		}
		if err := r.skip(ctx, t); err != nil {
			return false, err
		}
	}
}

// nextRow returns the next row, which may have no cells. It is not ok behind the last.
func (r *rows) nextRow(ctx context.Context) (row grid.Row, ok bool, err error) {
	for {
		t, err := r.next(ctx)
		switch {
		case err != nil:
			return grid.Row{}, false, err
		case t.is("row"):
			row, err := r.row(ctx, t)
			return row, err == nil, err
		case t.ends("sheetData"):
			return grid.Row{}, false, nil
		}
		if err := r.unexpected(ctx, t); err != nil {
			return grid.Row{}, false, err
		}
	}
}

// row reads the row that begins with t.
func (r *rows) row(ctx context.Context, t tag) (grid.Row, error) {
	row := grid.Row{Offset: t.at}
	if err := r.beginRow(t); err != nil {
		return row, err
	}
	for open := t.kind == opening; open && !r.accept(r.rowEnd); {
		if t, ok := r.tagOf(r.c); ok {
			if err := r.cell(ctx, t); err != nil {
				return row, err
			}
			continue
		}
		t, err := r.next(ctx)
		switch {
		case err != nil:
		case t.is("c"):
			err = r.cell(ctx, t)
		case t.ends("row"):
			open = false
		default:
			err = r.unexpected(ctx, t)
		}
		if err != nil {
			return row, err
		}
	}
	row.Number, row.Cells = r.number, r.Take()
	return row, nil
}

// beginRow empties the cells and finds the number of the row that begins with t.
func (r *rows) beginRow(t tag) error {
	r.Clear()
	r.column = -1
	last := r.number
	r.number, r.numbered = last+1, false
	a := attributes{rest: t.attrs}
	for a.next() {
		if string(a.name) != "r" {
			continue
		}
		n, ok := digits(a.value)
		if !ok || n <= last {
			return r.fault(t.at, "a row that is not behind the one before it")
		}
		r.number, r.numbered = n, true
	}
	switch {
	case a.bad:
		return r.fault(t.at, "no attribute")
	case r.number > grid.MaxRows:
		return r.tooLarge(t.at, "rows")
	}
	return nil
}

func (r *rows) tooLarge(at int64, what string) error {
	return &grid.Error{Code: grid.TooLarge, Offset: at, Detail: what}
}

// digits reads a whole number of at most nine digits.
func digits(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, 0 < len(b) && len(b) < 10
}

// place finds the column of the cell that begins with t by what it says of itself: B7.
func (r *rows) place(t tag, ref []byte) error {
	column, i := 0, 0
	for i < len(ref) && i < 4 && 'A' <= ref[i]&^0x20 && ref[i]&^0x20 <= 'Z' {
		column = column*26 + int(ref[i]&^0x20-'A') + 1
		i++
	}
	row, ok := digits(ref[i:])
	switch column--; {
	case i == 0 || !ok:
		return r.fault(t.at, "a cell without a place")
	case column >= grid.MaxColumns:
		return r.tooLarge(t.at, "columns")
	case column <= r.column:
		return r.fault(t.at, "a cell that is not behind the one before it")
	case row > grid.MaxRows:
		return r.tooLarge(t.at, "rows")
	case row < r.number, row > r.number && r.numbered:
		return r.fault(t.at, "a cell of another row")
	}
	r.column, r.number, r.numbered = column, row, true
	return nil
}

// add gives the cell its text, which is what the row's has from start on.
func (r *rows) add(at int64, kind grid.Kind, start int) error {
	if !r.Add(r.column, kind, start) {
		return r.tooLarge(at, "a row")
	}
	return nil
}
