// Package grid is what the readers of workbooks have in common: sheets, rows, and cells as text that knows what it was, in
// the same form whatever kind of file they are from.
package grid
