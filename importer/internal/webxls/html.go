package webxls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// Tables is a text of HTML. It implements [grid.Workbook]: each table that is in no other is a sheet.
type Tables struct {
	text   func() io.Reader
	sheets []grid.Sheet
	nth    []int   // of all tables, from 0: that of each sheet
	ends   []int64 // where each sheet ends in the text
}

var _ grid.Workbook = (*Tables)(nil)

// OpenHTML reads a text of HTML. Text returns it anew each time, in UTF-8 and without a byte order mark.
func OpenHTML(text func() io.Reader) (*Tables, error) {
	t := &Tables{text: text}
	r := &tables{z: tokenizer(text()), want: -1, yield: func(grid.Row, error) bool { return true }}
	r.ended = func() {
		if r.filled == 0 {
			return
		}
		name := string(r.caption)
		if name == "" {
			name = fmt.Sprint("Table ", r.nth+1)
		}
		t.sheets, t.nth, t.ends = append(t.sheets, grid.Sheet{Name: name}), append(t.nth, r.nth), append(t.ends, r.offset)
	}
	err := r.all(context.Background())
	switch {
	case err != nil:
		return nil, r.in(err)
	case t.sheets == nil:
		return nil, &grid.Error{Code: grid.Foreign, Detail: "HTML without a table that has cells"}
	}
	return t, nil
}

// maxToken is how many bytes a tag, a text or a comment may have.
const maxToken = 16 << 20

func tokenizer(text io.Reader) *html.Tokenizer {
	z := html.NewTokenizer(text)
	z.SetMaxBuf(maxToken)
	return z
}

// Sheets returns the tables with cells.
func (t *Tables) Sheets() []grid.Sheet { return t.sheets }

// Size returns where the i-th table ends in the text.
func (t *Tables) Size(i int) int64 { return t.ends[i] }

// Rows returns the rows of the i-th table. Their cells must not be changed.
func (t *Tables) Rows(ctx context.Context, i int) iter.Seq2[grid.Row, error] {
	return func(yield func(grid.Row, error) bool) {
		r := &tables{z: tokenizer(t.text()), want: t.nth[i], yield: yield, ended: func() {}}
		if err := r.all(ctx); err != nil && !errors.Is(err, errStop) {
			yield(grid.Row{}, r.in(err))
		}
	}
}

// errStop ends a walk that nobody follows any more.
var errStop = errors.New("webxls: stopped")

// tables reads the tables of a text.
type tables struct {
	grid.Line // of the row that is read

	z      *html.Tokenizer
	offset int64 // of the token, in the text
	want   int   // which table is wanted, -1 for all
	yield  func(grid.Row, error) bool
	ended  func() // is called at the end of each table

	nth     int // which table it is
	depth   int // how many tables it is in: 0 outside, 1 in one
	filled  int // how many rows of it have values
	formats map[string]grid.Format
	caption []byte
	named   bool      // it is in the caption
	raw     atom.Atom // the element whose text comes next, and is no markup

	number int   // of the row that is read, or was read last
	begin  int64 // where it begins
	inRow  bool
	inCell bool
	column int   // of the cell that is read, or the first free one
	wide   int   // how many columns the cell takes
	spans  []int // for how many rows more each column is taken by a cell from above
	value  value // that attributes of the cell say
	words  words
}

// in returns an error with its place.
func (r *tables) in(err error) error {
	var e *grid.Error
	switch {
	case errors.As(err, &e):
	case errors.Is(err, html.ErrBufferExceeded):
		e = &grid.Error{Code: grid.TooLarge, Detail: "a tag, a text or a comment"}
	default:
		return err
	}
	if r.depth == 0 {
		return e.In("", 0, r.offset)
	}
	return e.In(fmt.Sprint("Table ", r.nth+1), r.number, r.offset)
}

// most is how many tokens are read between two looks at a context.
const most = 1 << 12

// all reads all tables, or the one that is wanted.
func (r *tables) all(ctx context.Context) error {
	r.nth = -1
	for n := 0; r.want < 0 || r.nth < r.want || r.depth > 0; n++ {
		if n%most == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		kind := r.z.Next()
		if kind == html.ErrorToken {
			if err := r.z.Err(); !errors.Is(err, io.EOF) {
				return err
			}
			if r.depth > 0 {
				return &grid.Error{Code: grid.Damaged, Detail: "the file ends within a table"}
			}
			return nil
		}
		size := int64(len(r.z.Raw()))
		if err := r.token(kind); err != nil {
			return err
		}
		r.offset += size
	}
	return nil
}

// token takes a token.
func (r *tables) token(kind html.TokenType) error {
	raw := r.raw
	r.raw = 0
	switch kind {
	case html.TextToken:
		if raw != 0 {
			if raw == atom.Style {
				r.styles(r.z.Text())
			}
			return nil
		}
		return r.textToken()
	case html.StartTagToken, html.SelfClosingTagToken:
		name, more := r.z.TagName()
		return r.start(atom.Lookup(name), more)
	case html.EndTagToken:
		name, _ := r.z.TagName()
		return r.end(atom.Lookup(name))
	}
	return nil
}

func (r *tables) textToken() error {
	switch {
	case r.named:
		r.caption = r.words.append(r.caption, r.z.Text(), 0)
		if len(r.caption) > grid.MaxCell {
			return &grid.Error{Code: grid.TooLarge, Detail: "the caption of a table"}
		}
	case r.inCell:
		r.Text = r.words.append(r.Text, r.z.Text(), r.words.start)
		if len(r.Text)-r.words.start > grid.MaxCell {
			return &grid.Error{Code: grid.TooLarge, Detail: "a cell"}
		}
	}
	return nil
}

// hidden are elements whose text is not seen, and is no markup.
var hidden = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Noframes: true, atom.Iframe: true, atom.Noembed: true}

// blocks are elements that begin a line of their own.
var blocks = map[atom.Atom]bool{atom.P: true, atom.Div: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.H5: true, atom.H6: true, atom.Tr: true, atom.Table: true, atom.Blockquote: true, atom.Pre: true, atom.Center: true, atom.Dt: true, atom.Dd: true}

// start takes the beginning of an element.
func (r *tables) start(name atom.Atom, more bool) error {
	switch {
	case hidden[name]:
		r.raw = name
	case name == atom.Table:
		if r.depth++; r.depth == 1 {
			r.nth++
			r.filled, r.number, r.caption, r.spans = 0, 0, r.caption[:0], r.spans[:0]
			r.words = words{}
		}
	case r.depth != 1:
	case name == atom.Caption:
		r.named, r.words = true, words{}
		return nil
	case name == atom.Tr:
		return r.beginRow()
	case name == atom.Td, name == atom.Th:
		return r.beginCell(more)
	case name == atom.Thead, name == atom.Tbody, name == atom.Tfoot:
		clear(r.spans)
		return r.endRow()
	}
	r.boundary(name)
	return nil
}

// boundary takes an element that ends words, or a line.
func (r *tables) boundary(name atom.Atom) {
	switch {
	case !r.inCell:
	case name == atom.Br:
		r.words.breaks++
	case blocks[name]:
		r.words.breaks = max(r.words.breaks, 1)
	case name == atom.Td, name == atom.Th: // of a table within
		r.words.gap = max(r.words.gap, 1)
	}
}

// end takes the end of an element.
func (r *tables) end(name atom.Atom) error {
	switch {
	case name == atom.Table && r.depth == 1:
		if err := r.endRow(); err != nil {
			return err
		}
		r.ended()
		r.depth, r.named = 0, false
		return nil
	case name == atom.Table && r.depth > 1:
		r.depth--
	case r.depth != 1:
	case name == atom.Caption:
		r.named = false
	case name == atom.Td, name == atom.Th:
		return r.endCell()
	case name == atom.Tr, name == atom.Thead, name == atom.Tbody, name == atom.Tfoot:
		if name != atom.Tr {
			clear(r.spans)
		}
		return r.endRow()
	}
	r.boundary(name)
	return nil
}

func (r *tables) beginRow() error {
	if err := r.endRow(); err != nil {
		return err
	}
	if r.number++; r.number > grid.MaxRows {
		return &grid.Error{Code: grid.TooLarge, Detail: "rows"}
	}
	r.Clear()
	r.inRow, r.column, r.begin, r.named = true, 0, r.offset, false
	return nil
}

// endRow ends the row, if there is one, and yields it if it has values.
func (r *tables) endRow() error {
	if err := r.endCell(); err != nil {
		return err
	}
	if !r.inRow {
		return nil
	}
	for i := r.column; i < len(r.spans); i++ { // those that its cells did not come to
		r.spans[i] = max(0, r.spans[i]-1)
	}
	r.inRow = false
	cells := r.Take()
	if len(cells) == 0 {
		return nil
	}
	r.filled++
	if (r.want < 0 || r.want == r.nth) && !r.yield(grid.Row{Number: r.number, Offset: r.begin, Cells: cells}, nil) {
		return errStop
	}
	return nil
}

// The most that a cell may span, as HTML has it.
const (
	maxColumns = 1000
	maxRows    = 65534
)

func (r *tables) beginCell(more bool) error {
	if err := r.endCell(); err != nil {
		return err
	}
	if !r.inRow {
		if err := r.beginRow(); err != nil {
			return err
		}
	}
	for r.column < len(r.spans) && r.spans[r.column] > 0 {
		r.spans[r.column]--
		r.column++
	}
	r.wide = 1
	high := 1
	var a attributes
	for more {
		var name, value []byte
		name, value, more = r.z.TagAttr()
		switch string(name) {
		case "colspan":
			r.wide = span(value, maxColumns)
		case "rowspan":
			if high = span(value, maxRows); string(value) == "0" { // to the end of its part of the table
				high = maxRows
			}
		default:
			a.take(string(name), string(value))
		}
	}
	if r.column+r.wide > grid.MaxColumns {
		return &grid.Error{Code: grid.TooLarge, Detail: "columns"}
	}
	for i := range r.wide {
		if at := r.column + i; at >= len(r.spans) {
			r.spans = append(r.spans, high-1)
		} else {
			r.spans[at] = max(r.spans[at]-1, high-1)
		}
	}
	r.inCell, r.value = true, a.value(r.formats)
	r.words = words{start: len(r.Text)}
	return nil
}

// span reads how many rows or columns a cell takes.
func span(value []byte, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(string(value)))
	if err != nil && !errors.Is(err, strconv.ErrRange) || n < 1 {
		return 1
	}
	return min(n, most)
}

func (r *tables) endCell() error {
	if !r.inCell {
		return nil
	}
	r.inCell = false
	start := r.words.start
	c, ok := r.value.cell(string(r.Text[start:]))
	switch {
	case ok:
		r.Text = r.Text[:start]
		r.Set(r.column, c)
	case !r.Add(r.column, grid.Text, start):
		return &grid.Error{Code: grid.TooLarge, Detail: "a row"}
	}
	r.column += r.wide
	return nil
}
