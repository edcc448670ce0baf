package xlsx

import (
	"bytes"
	"context"
	"strconv"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// holds says what a cell's value is in the file.
type holds uint8

const (
	number    holds = iota
	sharedOne       // the place of a text among those that cells share
	formula         // the text of a formula's result
	inline          // a text within the cell
	rich            // such a text, as it is to be
	truth
	fault
	moment // a day, a time of day or both, as ISO 8601 writes them
)

// value is what a cell's tag says of its value.
type value struct {
	at    int64 // where the tag is
	holds holds
	style int
}

// cell reads the cell that begins with t.
func (r *rows) cell(ctx context.Context, t tag) error {
	v, err := r.beginCell(t)
	if err != nil || t.kind == empty {
		return err
	}
	start, found := len(r.Text), false
	switch {
	case v.holds != inline && r.accept(r.v.start):
		found = true
		r.Text, err = r.content(ctx, r.v, r.Text, start)
	case v.holds == inline && r.accept(r.is.start):
		found, v.holds = true, rich
		r.Text, err = r.richText(ctx, r.is, r.Text, start)
	}
	for {
		if err != nil {
			return err
		}
		if r.accept(r.c.end) {
			return r.put(ctx, v, start, found)
		}
		var t tag
		t, err = r.next(ctx)
		switch {
		case err != nil:
		case t.ends("c"):
			return r.put(ctx, v, start, found)
		case t.is("v") && t.kind == opening && !found:
			found = true
			r.Text, err = r.content(ctx, r.v, r.Text, start)
		case t.is("is") && t.kind == opening && (!found || v.holds == inline):
			found, v.holds = true, rich
			r.Text, err = r.richText(ctx, r.is, r.Text[:start], start)
		case t.is("v"), t.is("is"), t.is("f"):
			err = r.skip(ctx, t)
		default:
			err = r.unexpected(ctx, t)
		}
	}
}

// beginCell finds the place and the kind of the cell that begins with t.
func (r *rows) beginCell(t tag) (v value, err error) {
	v.at = t.at
	placed := false
	a := attributes{rest: t.attrs}
	for a.next() {
		ok := true
		switch string(a.name) {
		case "r":
			if err := r.place(t, a.value); err != nil {
				return v, err
			}
			placed = true
		case "s":
			v.style, ok = digits(a.value)
		case "t":
			v.holds, ok = holdsOf(a.value)
		}
		if !ok {
			return v, r.fault(t.at, "a cell of a kind that is not known")
		}
	}
	if a.bad {
		return v, r.fault(t.at, "no attribute")
	}
	if !placed {
		if r.column++; r.column >= grid.MaxColumns {
			return v, r.tooLarge(t.at, "columns")
		}
	}
	return v, nil
}

func holdsOf(name []byte) (holds, bool) {
	switch string(name) {
	case "s":
		return sharedOne, true
	case "n":
		return number, true
	case "str":
		return formula, true
	case "inlineStr":
		return inline, true
	case "b":
		return truth, true
	case "e":
		return fault, true
	case "d":
		return moment, true
	}
	return 0, false
}

// put gives the cell its value, which the file has as the row's text from start on.
func (r *rows) put(ctx context.Context, v value, start int, found bool) error {
	if !found {
		return nil
	}
	switch v.holds {
	case rich:
		return r.add(v.at, grid.Text, start)
	case formula, inline:
		r.Text = unescape(r.Text, start)
		return r.add(v.at, grid.Text, start)
	case fault:
		return r.add(v.at, grid.Fault, start)
	}
	text := bytes.TrimSpace(r.Text[start:])
	if len(text) == 0 {
		return nil
	}
	if v.holds == number {
		if format := r.format(v.style); !format.IsPlain() || !isExact(text) {
			c, ok := cellOf(string(text), format, r.book.from1904)
			if !ok {
				return r.fault(v.at, "a number that is none")
			}
			r.Text = r.Text[:start]
			r.Set(r.column, c)
			return nil
		}
		r.Text = append(r.Text[:start], text...)
		return r.add(v.at, grid.Number, start)
	}
	r.Text = r.Text[:start]
	switch v.holds {
	case sharedOne:
		return r.sharedText(ctx, v, text)
	case truth:
		b, ok := boolean(text)
		if !ok {
			return r.fault(v.at, "a truth value that is neither true nor false")
		}
		r.Set(r.column, grid.Cell{Kind: grid.Bool, Text: strconv.FormatBool(b)})
	case moment:
		r.Set(r.column, grid.ISO(string(text), r.format(v.style)))
	}
	return nil
}

// format returns the number format of a style. A file may have no styles.
func (r *rows) format(style int) grid.Format {
	if style < len(r.book.formats) {
		return r.book.formats[style]
	}
	return grid.Format{}
}

// sharedText gives the cell the text whose place among those that cells share is in text.
func (r *rows) sharedText(ctx context.Context, v value, text []byte) error {
	if r.shared == nil {
		shared, err := r.book.texts(ctx)
		if err != nil {
			return err
		}
		r.shared = shared
	}
	i, ok := digits(text)
	s := ""
	if ok {
		s, ok = r.shared.At(i)
	}
	if !ok {
		return r.fault(v.at, "a text that is not among those that cells share")
	}
	r.Set(r.column, grid.Cell{Text: s})
	return nil
}
