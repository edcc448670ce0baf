package webxls

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// Book is a workbook in XML. It implements [grid.Workbook].
type Book struct {
	text     func() io.Reader
	sheets   []grid.Sheet
	ends     []int64                // where each sheet ends in the text
	formats  map[string]grid.Format // of styles, by their id
	from1904 bool
}

var _ grid.Workbook = (*Book)(nil)

// OpenXML reads a workbook in XML. Text returns it anew each time, in UTF-8 and without a byte order mark, whatever it says of
// itself.
func OpenXML(text func() io.Reader) (*Book, error) {
	b := &Book{text: text, formats: map[string]grid.Format{}}
	r := b.reader(context.Background(), -1, func(grid.Row, error) bool { return true })
	if err := r.workbook(); err != nil {
		return nil, r.in(err)
	}
	b.sheets, b.ends = r.sheets, r.ends
	if b.sheets == nil {
		return nil, &grid.Error{Code: grid.Damaged, Detail: "no sheets"}
	}
	return b, nil
}

// Sheets returns the sheets, in the order of the workbook.
func (b *Book) Sheets() []grid.Sheet { return b.sheets }

// Size returns where the i-th sheet ends in the text.
func (b *Book) Size(i int) int64 { return b.ends[i] }

// Rows returns the rows of the i-th sheet. Their cells must not be changed.
func (b *Book) Rows(ctx context.Context, i int) iter.Seq2[grid.Row, error] {
	return func(yield func(grid.Row, error) bool) {
		r := b.reader(ctx, i, yield)
		if err := r.workbook(); err != nil && !errors.Is(err, errStop) {
			yield(grid.Row{}, r.in(err))
		}
	}
}

// reader reads a workbook.
type reader struct {
	grid.Line // of the row that is read

	over  func() error // says that nobody waits for it any more
	book  *Book
	d     *xml.Decoder
	bytes *bounded
	depth int
	n     int // tokens
	want  int // which sheet is wanted, -1 for all
	yield func(grid.Row, error) bool

	sheets  []grid.Sheet // those that were read, or are
	ends    []int64      // where these end
	inSheet bool
	columns []styled // of the sheet
	number  int      // of the row that is read, or was read last
}

// styled is the style of some columns.
type styled struct {
	from, to int
	style    string
}

func (b *Book) reader(ctx context.Context, want int, yield func(grid.Row, error) bool) *reader {
	r := &reader{over: ctx.Err, book: b, want: want, yield: yield, bytes: &bounded{r: b.text()}}
	r.d = xml.NewDecoder(r.bytes)
	r.d.CharsetReader = func(_ string, text io.Reader) (io.Reader, error) { return text, nil } // which is decoded
	return r
}

// bounded is a text of which so much may be read for one token, and some more that is read ahead.
type bounded struct {
	r    io.Reader
	left int
	err  error // of reading it
}

var errLong = &grid.Error{Code: grid.TooLarge, Detail: "a tag, a text or a comment"}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	if b.left -= n; err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// in returns an error with its place. What is no error of reading the text is one of the text.
func (r *reader) in(err error) error {
	var e *grid.Error
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &e):
	case r.bytes.err != nil || r.over() != nil:
		return err
	case errors.As(err, &syntax):
		e = &grid.Error{Code: grid.Damaged, Detail: syntax.Msg}
	case errors.Is(err, io.EOF):
		e = &grid.Error{Code: grid.Damaged, Detail: "the file ends"}
	default:
		e = &grid.Error{Code: grid.Damaged, Detail: err.Error()}
	}
	if !r.inSheet {
		return e.In("", 0, r.d.InputOffset())
	}
	return e.In(r.sheets[len(r.sheets)-1].Name, r.number, r.d.InputOffset())
}

func (r *reader) fault(detail string) error {
	return &grid.Error{Code: grid.Damaged, Detail: detail}
}

// maxDepth is how deep elements may be within each other.
const maxDepth = 100

// token returns the next token, nil at the end of the element.
func (r *reader) token() (xml.Token, error) {
	if r.n++; r.n%most == 0 && r.over() != nil {
		return nil, r.over()
	}
	r.bytes.left = maxToken
	t, err := r.d.Token()
	if err != nil {
		return nil, err
	}
	switch t.(type) {
	case xml.StartElement:
		if r.depth++; r.depth > maxDepth {
			return nil, r.fault("elements too deep in others")
		}
	case xml.EndElement:
		r.depth--
		return nil, nil
	}
	return t, nil
}

// children calls fn with each child of the element that has begun, until its end. Fn reads the child to its end.
func (r *reader) children(fn func(xml.StartElement) error) error {
	for {
		t, err := r.token()
		if err != nil || t == nil {
			return err
		}
		if child, ok := t.(xml.StartElement); ok {
			if err := fn(child); err != nil {
				return err
			}
		}
	}
}

// skip reads the element that has begun to its end.
func (r *reader) skip(xml.StartElement) error { return r.children(r.skip) }

// content appends all text of the element that has begun, to its end.
func (r *reader) content(dst []byte) ([]byte, error) {
	start := len(dst)
	for depth := 1; depth > 0; {
		t, err := r.token()
		if err != nil {
			return dst, err
		}
		switch t := t.(type) {
		case nil:
			depth--
		case xml.StartElement:
			depth++
		case xml.CharData:
			if dst = append(dst, t...); len(dst)-start > grid.MaxCell {
				return dst, &grid.Error{Code: grid.TooLarge, Detail: "a cell"}
			}
		}
	}
	return dst, nil
}

// attribute returns the value of an attribute, whatever its prefix, or "".
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// index returns the number that an attribute has, or otherwise.
func (r *reader) index(e xml.StartElement, name string, otherwise, most int) (int, error) {
	text := attribute(e, name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange), n < 0:
		return 0, r.fault("a place that is no number")
	case n > most:
		return 0, &grid.Error{Code: grid.TooLarge, Detail: strings.ToLower(e.Name.Local) + "s"}
	}
	return n, nil
}

// workbook reads all of a workbook.
func (r *reader) workbook() error {
	for {
		t, err := r.token()
		if err != nil {
			return err
		}
		if root, ok := t.(xml.StartElement); ok {
			if root.Name.Local != "Workbook" {
				return &grid.Error{Code: grid.Foreign, Detail: "XML of another kind"}
			}
			break
		}
	}
	err := r.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "Styles":
			return r.children(r.style)
		case "ExcelWorkbook":
			return r.children(func(e xml.StartElement) error {
				if e.Name.Local == "Date1904" {
					r.book.from1904 = true
				}
				return r.skip(e)
			})
		case "Worksheet":
			return r.worksheet(e)
		}
		return r.skip(e)
	})
	if err != nil {
		return err
	}
	for { // behind the root there is nothing but comments
		if _, err := r.token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// style takes note of the number format of a style, which may have one from another.
func (r *reader) style(e xml.StartElement) error {
	id, format, ok := attribute(e, "ID"), grid.Format{}, false
	if r.want >= 0 { // it is known
		return r.skip(e)
	}
	if parent, found := r.book.formats[attribute(e, "Parent")]; found {
		format, ok = parent, true
	}
	err := r.children(func(e xml.StartElement) error {
		if code := attribute(e, "Format"); e.Name.Local == "NumberFormat" && code != "" {
			format, ok = formatOf(code), true
		}
		return r.skip(e)
	})
	if ok {
		r.book.formats[id] = format
	}
	if len(r.book.formats) > maxFormats {
		return &grid.Error{Code: grid.TooLarge, Detail: "styles"}
	}
	return err
}

// worksheet reads a sheet.
func (r *reader) worksheet(e xml.StartElement) error {
	if len(r.sheets) == grid.MaxSheets {
		return &grid.Error{Code: grid.TooLarge, Detail: "sheets"}
	}
	i := len(r.sheets)
	r.sheets = append(r.sheets, grid.Sheet{Name: attribute(e, "Name")})
	r.inSheet, r.number, r.columns = true, 0, nil
	err := r.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "Table":
			return r.table(i, attribute(e, "StyleID"))
		case "WorksheetOptions":
			return r.children(func(e xml.StartElement) error {
				if e.Name.Local != "Visible" {
					return r.skip(e)
				}
				text, err := r.content(nil)
				r.sheets[i].Hidden = strings.TrimSpace(string(text)) != "SheetVisible"
				return err
			})
		}
		return r.skip(e)
	})
	if err == nil {
		r.inSheet = false
		r.ends = append(r.ends, r.d.InputOffset())
	}
	if err == nil && i == r.want {
		return errStop
	}
	return err
}
