package xlsx

import (
	"context"
	"io"
	"iter"
	"math"
	"path"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// Book is a workbook. It implements [grid.Workbook].
type Book struct {
	parts    *container
	sheets   []sheet
	formats  []grid.Format // of each style that cells may have
	from1904 bool

	stylesPart, stringsPart string

	reading chan struct{} // has room for the one that reads strings
	strings *grid.Texts   // nil before a cell asks for them
}

var _ grid.Workbook = (*Book)(nil)

// Open reads what a workbook says of its sheets. It keeps r, which is read at any time and has to be safe for concurrent use.
// What is wrong with the file is a [*grid.Error].
func Open(r io.ReaderAt, size int64) (*Book, error) {
	if err := noArchive(r, size); err != nil {
		return nil, err
	}
	c, err := newContainer(r, size)
	if err != nil {
		return nil, err
	}
	ctx := context.Background() // what is read here is small, or refused
	b := &Book{parts: c, reading: make(chan struct{}, 1)}
	main, err := c.workbook(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.read(main, func(s *scanner) error { return b.readWorkbook(ctx, s, main) }); err != nil {
		return nil, err
	}
	if b.stylesPart != "" {
		err = c.read(b.stylesPart, func(s *scanner) (err error) {
			b.formats, err = readStyles(ctx, s)
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// workbook returns the name of the part that lists the sheets.
func (c *container) workbook(ctx context.Context) (string, error) {
	const usual = "xl/workbook.xml"
	if !c.has("_rels/.rels") {
		if c.has(usual) {
			return usual, nil
		}
		return "", &grid.Error{Code: grid.Foreign, Detail: c.seems()}
	}
	relations, err := c.relations(ctx, "")
	if err != nil {
		return "", err
	}
	for _, r := range relations {
		if r.kind == "officeDocument" && r.part != "" && path.Ext(r.part) != ".bin" {
			return r.part, nil
		}
	}
	return "", &grid.Error{Code: grid.Foreign, Detail: c.seems()}
}

// Sheets returns the sheets with cells, in the order of the workbook.
func (b *Book) Sheets() []grid.Sheet {
	sheets := make([]grid.Sheet, len(b.sheets))
	for i, s := range b.sheets {
		sheets[i] = s.Sheet
	}
	return sheets
}

// Size returns how many bytes the i-th sheet has, as the archive says.
func (b *Book) Size(i int) int64 {
	if f := b.parts.parts[b.sheets[i].part]; f != nil {
		return int64(min(f.UncompressedSize64, math.MaxInt64))
	}
	return 0
}

// Rows returns the rows of the i-th sheet. Their cells must not be changed.
func (b *Book) Rows(ctx context.Context, i int) iter.Seq2[grid.Row, error] {
	return func(yield func(grid.Row, error) bool) {
		r := rows{book: b}
		err := b.parts.scan(b.sheets[i].part, asStream, func(s *scanner) error {
			r.scanner = s
			return r.all(ctx, yield)
		})
		if err != nil {
			yield(grid.Row{}, in(err, b.sheets[i].Name, r.number))
		}
	}
}

// texts returns the strings that cells share. They are read when they are first asked for.
func (b *Book) texts(ctx context.Context) (*grid.Texts, error) {
	select {
	case b.reading <- struct{}{}:
		defer func() { <-b.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if b.strings != nil {
		return b.strings, nil
	}
	err := b.parts.read(b.stringsPart, func(s *scanner) error {
		all, err := readTexts(ctx, s)
		if err == nil {
			b.strings = all
		}
		return err
	})
	return b.strings, err
}
