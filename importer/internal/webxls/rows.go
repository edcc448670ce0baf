package webxls

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// table reads the rows of the i-th sheet.
func (r *reader) table(i int, style string) error {
	column := 0 // from 1
	return r.children(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "Column":
			if column, err = r.index(e, "Index", column+1, grid.MaxColumns); err != nil {
				return err
			}
			span, err := r.index(e, "Span", 0, grid.MaxColumns)
			if err != nil {
				return err
			}
			if id := attribute(e, "StyleID"); id != "" && len(r.columns) < grid.MaxColumns {
				r.columns = append(r.columns, styled{column - 1, column - 1 + span, id})
			}
			column += span
		case "Row":
			return r.row(i, e, style)
		}
		return r.skip(e)
	})
}

// row reads a row, and yields it if it has values.
func (r *reader) row(sheet int, e xml.StartElement, style string) error {
	last := r.number
	number, err := r.index(e, "Index", last+1, grid.MaxRows)
	switch {
	case err != nil:
		return err
	case number <= last:
		return r.fault("a row that is not behind the one before it")
	case number > grid.MaxRows:
		return &grid.Error{Code: grid.TooLarge, Detail: "rows"}
	}
	span, err := r.index(e, "Span", 0, grid.MaxRows)
	if err != nil {
		return err
	}
	r.Clear()
	r.number = number
	begin := r.d.InputOffset()
	own, column := attribute(e, "StyleID"), 0
	if sheet != r.want && r.want >= 0 {
		err = r.skip(e)
	} else {
		err = r.children(func(e xml.StartElement) error {
			if e.Name.Local != "Cell" {
				return r.skip(e)
			}
			at, err := r.index(e, "Index", column+1, grid.MaxColumns)
			switch {
			case err != nil:
				return err
			case at <= column:
				return r.fault("a cell that is not behind the one before it")
			case at > grid.MaxColumns:
				return &grid.Error{Code: grid.TooLarge, Detail: "cells"}
			}
			across, err := r.index(e, "MergeAcross", 0, grid.MaxColumns)
			if err != nil {
				return err
			}
			column = at + across
			return r.cell(at-1, r.format(at-1, attribute(e, "StyleID"), own, style))
		})
	}
	if err != nil {
		return err
	}
	cells := r.Take()
	if len(cells) > 0 && (r.want < 0 || sheet == r.want) && !r.yield(grid.Row{Number: number, Offset: begin, Cells: cells}, nil) {
		return errStop
	}
	r.number += span // rows that look like this one, and are empty
	return nil
}

// format returns the number format of a cell by the first style that there is: its own, its row's, its column's, the sheet's.
func (r *reader) format(column int, cell, row, table string) grid.Format {
	switch {
	case cell != "":
	case row != "":
		cell = row
	default:
		cell = table
		for _, c := range r.columns {
			if c.from <= column && column <= c.to {
				cell = c.style
			}
		}
	}
	return r.book.formats[cell]
}

// cell reads a cell.
func (r *reader) cell(column int, format grid.Format) error {
	found := false
	return r.children(func(e xml.StartElement) error {
		if e.Name.Local != "Data" || found { // a comment, or something of another program
			return r.skip(e)
		}
		found = true
		start := len(r.Text)
		text, err := r.content(r.Text)
		if err != nil {
			return err
		}
		switch kind := attribute(e, "Type"); kind {
		case "String", "":
			if r.Text = text; !r.Add(column, grid.Text, start) {
				return &grid.Error{Code: grid.TooLarge, Detail: "a row"}
			}
		default:
			c, ok := dataCell(kind, strings.TrimSpace(string(text[start:])), format, r.book.from1904)
			if !ok {
				return r.fault("a value that is none of its type")
			}
			r.Set(column, c)
		}
		return nil
	})
}

// dataCell returns a value of a type. An empty one is none.
func dataCell(kind, text string, format grid.Format, from1904 bool) (c grid.Cell, ok bool) {
	if text == "" {
		return c, true
	}
	switch kind {
	case "Number":
		v, err := strconv.ParseFloat(text, 64)
		if err != nil && !math.IsInf(v, 0) {
			return c, false
		}
		return format.Cell(v, text, from1904), true
	case "DateTime":
		if clock, ok := strings.CutPrefix(text, "1899-12-31T"); ok { // a time of day
			text = clock
		}
		c = grid.ISO(text, format)
		if day, midnight := strings.CutSuffix(c.Text, " 00:00:00"); midnight && c.Kind == grid.DateTime && format.IsPlain() {
			c = grid.Cell{Kind: grid.Date, Text: day} // as some programs write days
		}
		return c, true
	case "Boolean":
		switch strings.ToLower(text) {
		case "1", "true":
			return grid.Cell{Kind: grid.Bool, Text: "true"}, true
		case "0", "false":
			return grid.Cell{Kind: grid.Bool, Text: "false"}, true
		}
		return c, false
	case "Error":
		return grid.Cell{Kind: grid.Fault, Text: text}, true
	}
	return c, false
}
