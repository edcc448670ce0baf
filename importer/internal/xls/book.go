package xls

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"sync/atomic"

	"github.com/clientele-go/crm/importer/internal/charset"
	"github.com/clientele-go/crm/importer/internal/grid"
)

// Book is a workbook. It implements [grid.Workbook].
type Book struct {
	stream   io.ReaderAt
	size     int64
	sheets   []*sheet
	formats  []grid.Format // of each style that cells may have
	from1904 bool
	shared   *grid.Texts
	old      bool          // texts are bytes
	code     charset.Found // of such texts
}

var _ grid.Workbook = (*Book)(nil)

// sheet is a sheet with cells.
type sheet struct {
	grid.Sheet
	at    int64        // in the stream
	order atomic.Int32 // of its cells: one of the orders
}

// mainPart is what errors call the stream with all records.
const mainPart = "Workbook"

// starts are how a file begins that is a container, or records without one. The last ones are of Excel 2.0, 3.0 and 4.0.
var starts = []string{oleStart, "\x09\x08\x08\x00", "\x09\x08\x10\x00", "\x09\x04\x06\x00", "\x09\x02\x06\x00", "\x09\x00\x04\x00"}

// Begins reports whether a file that begins with head may be a workbook.
func Begins(head []byte) bool {
	for _, s := range starts {
		if bytes.HasPrefix(head, []byte(s)) {
			return true
		}
	}
	return false
}

// Open reads all of a workbook but its sheets. It keeps r, which is read at any time and has to be safe for concurrent use.
// Code is the charset of texts that are bytes, as Excel 5.0 and 95 write them; nil for what the file says, or for what
// they look like when it says nothing. What is wrong with the file is a [*grid.Error].
func Open(r io.ReaderAt, size int64, code *charset.Charset) (*Book, error) {
	head := make([]byte, len(oleStart))
	n, err := r.ReadAt(head[:min(size, int64(len(head)))], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	b := &Book{stream: r, size: size, code: charset.Found{Charset: code, By: byGiven, Sure: true}}
	head = head[:n]
	switch contained := strings.HasPrefix(oleStart, string(head)); { // or what there is of a file that was cut short
	case !contained && !Begins(head):
		return nil, &grid.Error{Code: grid.Foreign, Detail: "neither a container nor records"}
	case contained:
		s, err := workbook(r, size)
		if err != nil {
			return nil, err
		}
		b.stream, b.size = s, s.size
	}
	if err := b.read(context.Background()); err != nil { // it is small, or refused
		return nil, in(err, mainPart, 0)
	}
	return b, nil
}

// workbook returns the stream of a container that has the records.
func workbook(r io.ReaderAt, size int64) (*stream, error) {
	c, err := newContainer(r, size)
	if err != nil {
		return nil, err
	}
	has := map[string]entry{}
	err = c.streams(func(name string, e entry) {
		for _, known := range []string{"workbook", "book"} {
			if name == known {
				has[name] = e
			}
		}
		for _, o := range others {
			if name == o.stream {
				has[name] = e
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"workbook", "book"} { // some programs write both, the second for Excel 95
		if e, ok := has[name]; ok {
			return c.open(e)
		}
	}
	if _, ok := has[encryptedPackage]; ok {
		return nil, &grid.Error{Code: grid.Encrypted, Detail: "a container with an encrypted workbook"}
	}
	for _, o := range others {
		if _, ok := has[o.stream]; ok {
			return nil, &grid.Error{Code: grid.Foreign, Detail: o.what}
		}
	}
	return nil, &grid.Error{Code: grid.Foreign, Detail: "another document in the same container"}
}

const encryptedPackage = "encryptedpackage"

// others are the streams by which other files in such containers are known.
var others = []struct{ stream, what string }{
	{encryptedPackage, ""},
	{"worddocument", "a text document (.doc)"},
	{"powerpoint document", "a presentation (.ppt)"},
	{"visiodocument", "a drawing (.vsd)"},
	{"__properties_version1.0", "a mail (.msg)"},
	{"contents", "a document of Publisher or Works"},
}

// The versions of the format.
const (
	version8    = 0x0600 // Excel 97 to 2003
	version5    = 0x0500 // Excel 5.0 and 95
	versionNone = 0      // what programs write that write only the plainest of records
)

// worksheet is a part that is a sheet with cells.
const worksheet = 0x0010

// read reads what is before the sheets.
func (b *Book) read(ctx context.Context) error {
	s := b.scanner()
	if err := s.read(); err != nil {
		return err
	}
	if s.kind != beginOfPart || len(s.body) < 4 {
		return &grid.Error{Code: grid.Old, Detail: "a workbook of Excel 4.0 or older"}
	}
	part := binary.LittleEndian.Uint16(s.body[2:])
	switch version := binary.LittleEndian.Uint16(s.body); version {
	case version8:
	case version5, versionNone:
		b.old = true
	default:
		return &grid.Error{Code: grid.Old, Detail: "a workbook of Excel 4.0 or older"}
	}
	if part == worksheet { // and no workbook around it
		b.sheets = []*sheet{{Sheet: grid.Sheet{Name: "Sheet1"}}}
		return b.charset(ctx, 0)
	}
	p := preamble{scanner: b.scanner(), book: b, codes: map[int]string{}}
	p.old, p.code = b.old, charset.Windows1252 // until the code page is known; these texts are few, and mostly ASCII
	if err := p.each(ctx, 0, p.record); err != nil {
		return err
	}
	if p.texts == nil {
		p.texts = &grid.Texts{}
	}
	b.formats, b.shared = grid.Formats(p.styles, p.codes), p.texts
	if b.sheets == nil {
		return &grid.Error{Code: grid.Damaged, Detail: "no sheets"}
	}
	return b.charset(ctx, p.codePage)
}

// scanner returns a new scanner of the records.
func (b *Book) scanner() *scanner {
	s := newScanner(b.stream, b.size)
	s.old, s.code = b.old, b.code.Charset
	return s
}

// How a charset was found.
const (
	byGiven charset.By = "given"
	byPage  charset.By = "code page"
)

// Charset returns the charset of texts that are bytes. It is not ok when the workbook has none.
func (b *Book) Charset() (found charset.Found, ok bool) { return b.code, b.old }

// Sheets returns the sheets with cells, in the order of the workbook.
func (b *Book) Sheets() []grid.Sheet {
	sheets := make([]grid.Sheet, len(b.sheets))
	for i, s := range b.sheets {
		sheets[i] = s.Sheet
	}
	return sheets
}

// Size returns how many bytes the i-th sheet has: to the next one, or to the end.
func (b *Book) Size(i int) int64 {
	end := b.size
	for _, s := range b.sheets {
		if s.at > b.sheets[i].at {
			end = min(end, s.at)
		}
	}
	return end - b.sheets[i].at
}

// in returns an error with its place, if it is about the file.
func in(err error, part string, row int) error {
	var e *grid.Error
	if errors.As(err, &e) {
		return e.In(part, row, 0)
	}
	return err
}
