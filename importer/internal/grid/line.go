package grid

// maxLine is how many bytes of text the cells of a row have of their own: that of five hundred cells as long as Excel has them.
const maxLine = 16 << 20

// Line collects the cells of a row, from left to right, and again for the next row.
type Line struct {
	Text []byte // what cells hold of their own, one behind the other; whoever appends to it calls Add

	cells  []Cell   // of the row, and empty ones
	filled []filled // the cells that have a value, in order
}

// filled is a cell that has a value. Its text is in that of the line, or, when end is 0, in the cell already.
type filled struct {
	column, start, end int
	kind               Kind
}

// Clear begins a row.
func (l *Line) Clear() {
	for _, f := range l.filled {
		l.cells[f.column] = Cell{}
	}
	l.filled, l.Text = l.filled[:0], l.Text[:0]
}

// Add gives a cell its text, which is what Text has from start on. It does nothing without one, and is not ok when the row
// has more than one has.
func (l *Line) Add(column int, kind Kind, start int) bool {
	end := len(l.Text)
	if end > start {
		l.reach(column)
		l.filled = append(l.filled, filled{column, start, end, kind})
	}
	return end <= maxLine
}

// Set gives a cell a value that is not in Text. It does nothing without one.
func (l *Line) Set(column int, c Cell) {
	if c.Text != "" {
		l.reach(column)
		l.cells[column] = c
		l.filled = append(l.filled, filled{column: column})
	}
}

// reach makes room for a cell.
func (l *Line) reach(column int) {
	if column >= len(l.cells) {
		cells := make([]Cell, max(2*len(l.cells), column+1, 32))
		copy(cells, l.cells)
		l.cells = cells
	}
}

// Take returns the cells of the row, which share one string.
func (l *Line) Take() []Cell {
	if len(l.filled) == 0 {
		return nil
	}
	text := string(l.Text)
	for _, f := range l.filled {
		if f.end > 0 {
			l.cells[f.column] = Cell{Kind: f.kind, Text: text[f.start:f.end]}
		}
	}
	return l.cells[:l.filled[len(l.filled)-1].column+1]
}
