package importer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/clientele-go/crm/importer/internal/charset"
	"github.com/clientele-go/crm/importer/internal/grid"
)

// FileOptions adjust how a file is read. The zero value is ready to use.
type FileOptions struct {
	Sheet      string // of a workbook; default the first that is not hidden
	Charset    string // name or alias of the WHATWG, such as "gbk"; default found from the bytes
	Comma      byte   // what separates cells: any ASCII character but a quote, a line end and NUL; default found from the rows
	Quote      byte   // what quotes cells: '"' or '\''; default found from the rows
	MaxRow     int    // bytes that a row may have, without its line end; default 1 MiB
	MaxColumns int    // cells that the header may have; default 1,000
	MaxBytes   int64  // bytes that Spool takes; default 1 GiB
	TempDir    string // where Spool writes; default os.TempDir

	window int // bytes of the file in memory to begin with; default 256 KiB
}

// File is a file of rows, a [Source]: CSV, vCards or a workbook (XLSX), told by its content. Of a workbook one sheet is read, whose
// first row with a value is the header; rows without any are none. Numbers, dates and times are as they are shown, in the forms
// that programs write.
//
// CSV is read as RFC 4180 says and as encoding/csv does without LazyQuotes, with these additions:
//
//   - Its charset is found from its bytes: a byte order mark, UTF-16, UTF-8, and then GB18030, Big5, Shift_JIS, EUC-JP, EUC-KR or
//     Windows-1250, 1251 and 1252 by how often characters are met. Where two are nearly as likely, FileOptions have to say.
//   - Its separator and its quotes are found from its first rows, unless a first line such as sep=; names one.
//   - A physical line ends with \n, \r\n, a lone \r, or the file; they may be mixed. Inside a quoted cell \r\n is read as
//     \n and a lone \r as it is, as encoding/csv does.
//   - Every line after the header belongs to one row. One that holds only white space, separators and empty quotes is a row
//     with CodeBlankRow. The line end at the end of the file begins no row.
//   - Cells beyond those of the header are dropped when all are empty (not even a space), which loses nothing. Otherwise, and
//     when there are too few, the row has CodeRaggedRow; of its cells the first MaxColumns are given, and all are counted.
//   - A wrong or unclosed quote costs one physical line, the first of its row: reading goes on at the next line. The lines of
//     a cell that was meant to span several are then read as rows of their own, and mostly come out ragged.
//   - A line longer than MaxRow has CodeRowTooLong and is skipped. A quoted cell of several lines that does not end within
//     MaxRow is an unclosed quote: what ends it later may be anything.
//   - A row with a NUL or with bytes that are no characters of the charset fails; no byte is ever replaced.
//
// The header is the first row that is not blank; blank lines before it are counted as lines, and are no rows. Its cells are
// trimmed of white space; whether their names are known, empty or given twice is not judged here.
//
// Memory is a small multiple of MaxRow, whatever the file. A File is safe for concurrent use.
type File struct {
	src    io.ReaderAt
	close  func() error
	name   string
	size   int64
	o      FileOptions
	header Row

	format  Format
	charset *charset.Charset
	book    grid.Workbook
	sheet   int
	head    []byte                                      // the first bytes
	rows    func(context.Context) iter.Seq2[Row, error] // of what is no CSV
}

// Open opens the CSV file at path, and reads its header. The caller closes it.
//
// What is no text is a [*FormatError], whatever the file's name. A path that is no regular file is refused:
// a pipe goes to [Spool].
func Open(path string, o *FileOptions) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("importer: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("importer: %w", err), f.Close())
	}
	file, err := newFile(f, info.Size(), path, o, f.Close)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return file, nil
}

// NewFile reads the first size bytes of r, which must not change while the File is in use. The name is for messages. Close
// does not close r. Errors are those of [Open].
func NewFile(r io.ReaderAt, size int64, name string, o *FileOptions) (*File, error) {
	return newFile(r, size, name, o, func() error { return nil })
}

// Spool copies r to a temporary file, which Close removes, and opens that. The name is for messages. More than MaxBytes is a
// [*FormatError] with FoundTooLarge; other errors are those of [Open]. The context is looked at between reads of r.
func Spool(ctx context.Context, r io.Reader, name string, o *FileOptions) (*File, error) {
	var opt FileOptions
	if o != nil {
		opt = *o
	}
	f, err := os.CreateTemp(opt.TempDir, "crm-import-*.csv")
	if err != nil {
		return nil, fmt.Errorf("importer: %w", err)
	}
	removed := os.Remove(f.Name()) == nil // where the system allows it, no crash can leave the file behind
	clear := func() error {
		if err := f.Close(); err != nil || removed {
			return err
		}
		return os.Remove(f.Name())
	}
	limit := min(cmp.Or(opt.MaxBytes, 1<<30), math.MaxInt64-1)
	n, err := io.Copy(f, io.LimitReader(until(ctx, r), limit+1))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("importer: %q at byte %d: %w", name, n, err), clear())
	}
	if n > limit {
		return nil, errors.Join(&FormatError{Name: name, Found: FoundTooLarge, Limit: limit}, clear())
	}
	file, err := newFile(f, n, name, o, clear)
	if err != nil {
		return nil, errors.Join(err, clear())
	}
	return file, nil
}

type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// until returns r, which fails once ctx is done.
func until(ctx context.Context, r io.Reader) io.Reader {
	return readFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p)
	})
}

func newFile(src io.ReaderAt, size int64, name string, o *FileOptions, close func() error) (*File, error) {
	f := &File{src: src, size: size, name: name, close: close}
	if o != nil {
		f.o = *o
	}
	f.o.MaxRow = cmp.Or(f.o.MaxRow, 1<<20)
	f.o.MaxColumns = cmp.Or(f.o.MaxColumns, 1000)
	f.o.window = cmp.Or(f.o.window, 256<<10)
	switch c := f.o.Comma; {
	case c != 0 && !separates(c):
		return nil, fmt.Errorf("importer: Comma %q cannot separate cells", c)
	case f.o.Quote != 0 && f.o.Quote != '"' && f.o.Quote != '\'':
		return nil, fmt.Errorf("importer: Quote %q cannot quote cells", f.o.Quote)
	case f.o.MaxRow < 0 || f.o.MaxColumns < 0 || f.o.MaxBytes < 0:
		return nil, fmt.Errorf("importer: negative limit in FileOptions")
	}
	if err := f.readHeader(); err != nil {
		return nil, err
	}
	return f, nil
}

// scan returns a scanner at a row of the file.
func (f *File) scan(offset int64, line int) *csvScanner {
	step := f.o.window
	src, base, size := f.text(offset)
	return &csvScanner{
		csvWindow: csvWindow{
			src: src, name: f.name, size: size, base: base, step: step, mark: f.format.Quote,
			max: f.o.MaxRow + step + 16, // more than a row and its line end, so that there is always room to read
		},
		comma: f.format.Comma, maxRow: f.o.MaxRow, columns: len(f.header.Cells), limit: f.o.MaxColumns, line: line, source: offset, in: f.charset,
	}
}

func (f *File) readHeader() error {
	block := make([]byte, min(f.size, 4096))
	if n, err := f.src.ReadAt(block, 0); n < len(block) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("importer: %q at byte %d of %d: %w", f.name, n, f.size, err)
	}
	if book, kind, err := f.opened(block); err != nil {
		return f.workbookError(err)
	} else if book != nil {
		return f.readWorkbook(book, kind)
	}
	if ok, err := f.readMarkup(block); ok {
		return err
	}
	if found := sniff(block); found != "" {
		return &FormatError{Name: f.name, Found: found, Line: 1, Column: 1}
	}
	if err := f.findCharset(); err != nil {
		return err
	}
	if found := sniffNUL(block); found != "" && !f.charset.Wide() {
		return &FormatError{Name: f.name, Found: found, Line: 1, Column: 1}
	}
	offset, line := int64(f.charset.Mark(block)), 1
	text, more, err := f.headText(offset)
	if err != nil {
		return err
	}
	if f.head = block; isCards(text) {
		f.header = Row{Line: 1, EndLine: 1, Cells: cardHeader[:]}
		f.format.Kind, f.rows = KindVCard, f.cardRows
		return nil
	}
	f.format.Kind = KindCSV
	if skip := f.findDialect(text, more); skip > 0 {
		offset, line = offset+f.charset.Len(text[:skip]), 2
	}
	s := f.scan(offset, line)
	if f.o.window > len(block) { // the header is small
		s.step = max(len(block), 1)
	}
	for {
		row, err := s.next(context.Background())
		switch {
		case errors.Is(err, io.EOF):
			return &FormatError{Name: f.name, Found: FoundEmpty, Line: s.line, Column: 1, Offset: f.size}
		case err != nil:
			return err
		case row.Problem != nil && row.Problem.Code == CodeBlankRow:
			if row.End > int64(f.o.MaxRow)+offset {
				return &FormatError{Name: f.name, Found: FoundNoHeader, Line: row.Line, Column: 1, Offset: row.Offset}
			}
			continue
		case row.Problem != nil:
			return badHeader(f.name, row.Problem)
		case s.surplus.cells > 0:
			return &FormatError{Name: f.name, Found: FoundTooWide, Line: row.Line, Column: 1, Offset: row.Offset,
				Limit: int64(f.o.MaxColumns), Length: int64(len(row.Cells) + s.surplus.cells)}
		}
		row.Cells = slices.Clone(row.Cells)
		for i, c := range row.Cells {
			row.Cells[i] = strings.Clone(strings.TrimSpace(c))
		}
		f.header = row
		return nil
	}
}

// Header returns the header row.
func (f *File) Header() Row {
	row := f.header
	row.Cells = slices.Clone(row.Cells)
	return row
}

// Rows returns the rows after the header. The context is looked at whenever the file is read, every 256 KiB. A file that has
// become shorter since it was opened gives the rows that are complete, and then an error that is [io.ErrUnexpectedEOF].
func (f *File) Rows(ctx context.Context) iter.Seq2[Row, error] {
	if f.rows != nil {
		return f.rows(ctx)
	}
	return func(yield func(Row, error) bool) {
		s := f.scan(f.header.End, f.header.EndLine+1)
		for {
			row, err := s.next(ctx)
			if errors.Is(err, io.EOF) || !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Format returns what the file was found to be.
func (f *File) Format() Format { return f.format }

// Name returns the path or name that the file was opened with.
func (f *File) Name() string { return f.name }

// Size returns the bytes of the file: a row's End is that many when it is the last.
func (f *File) Size() int64 { return f.size }

// Digest reads the file and returns the SHA-256 of its content, which tells whether it is the file that was read before.
func (f *File) Digest(ctx context.Context) (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	n, err := io.Copy(h, until(ctx, io.NewSectionReader(f.src, 0, f.size)))
	if err == nil && n < f.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return sum, fmt.Errorf("importer: %q at byte %d of %d: %w", f.name, n, f.size, err)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// Close closes what Open opened, and removes what Spool wrote.
func (f *File) Close() error { return f.close() }
