package importer

import (
	"errors"
	"fmt"
	"io"

	"github.com/clientele-go/crm/importer/internal/charset"
)

// Format is what a file was found to be.
type Format struct {
	Kind    Kind
	Charset string  // IANA's name of it; of XLS only where texts are bytes, as Excel 5.0 and 95 write them, and none of XLSX
	By      string  // how it was found: "given", "byte order mark", "ASCII", "valid UTF-8", "zero bytes", "frequency of characters", "code page" or "declared"
	Common  float64 // of one found by frequency: the share of characters beyond ASCII that are usual in a language written so
	Next    string  // of one found by frequency: the next likely; "" when the text is the same in it
	Comma   byte    // what separates cells
	Quote   byte    // what quotes them
	Sheet   string  // of a workbook; of HTML the caption of the table, or "Table 1" for the first
}

// Kind is a kind of file.
type Kind string

// The kinds.
const (
	KindCSV   Kind = "CSV"
	KindXLSX  Kind = "XLSX"
	KindXLS   Kind = "XLS"
	KindHTML  Kind = "HTML" // tables, which programs on the web name .xls
	KindXML   Kind = "XML"  // a workbook as Excel 2002 and 2003 write it in XML
	KindVCard Kind = "vCard"
)

// byGiven is how a charset was found that FileOptions name.
const byGiven = "given"

// givenCharset returns the charset that FileOptions name, nil when they name none.
func (f *File) givenCharset() (*charset.Charset, error) {
	if f.o.Charset == "" {
		return nil, nil
	}
	c, ok := charset.Named(f.o.Charset)
	if !ok {
		return nil, fmt.Errorf("no charset %q", f.o.Charset)
	}
	return c, nil
}

// findCharset says in which charset the file is.
func (f *File) findCharset() error {
	c, err := f.givenCharset()
	if err != nil {
		return fmt.Errorf("importer: %q: %w", f.name, err)
	}
	if c != nil {
		f.readIn(charset.Found{Charset: c, By: byGiven})
		return nil
	}
	found, err := charset.Detect(f.src, f.size)
	if err != nil {
		return fmt.Errorf("importer: %q: %w", f.name, err)
	}
	f.readIn(found)
	if !found.Sure {
		return &FormatError{Name: f.name, Found: FoundUnclear, Line: 1, Column: 1, Charsets: []string{found.Name, found.Next.Name}}
	}
	return nil
}

// readIn notes how the texts of the file are read.
func (f *File) readIn(found charset.Found) {
	f.charset = found.Charset
	f.format.Charset, f.format.By, f.format.Common = found.Name, string(found.By), found.Common
	if found.Next != nil {
		f.format.Next = found.Next.Name
	}
}

// decoded is the text of a file in another charset than UTF-8, which is read once, from one end to the other.
type decoded struct {
	text io.Reader
	at   int64 // how much of it was read
}

// text returns what a scanner reads that begins at a byte of the file, the place of that in it, and its size.
func (f *File) text(offset int64) (src io.ReaderAt, base, size int64) {
	if f.charset == charset.UTF8 {
		return f.src, offset, f.size
	}
	whole := &wholeFile{r: io.NewSectionReader(f.src, offset, f.size-offset), name: f.name, at: offset, size: f.size}
	return &decoded{text: f.charset.Decode(whole)}, 0, unknown
}

func (d *decoded) ReadAt(p []byte, off int64) (int, error) {
	if off != d.at {
		panic("importer: a decoded text is read in order") // scanners do
	}
	n, err := io.ReadFull(d.text, p)
	d.at += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, new(*cutShortError)) {
		err = io.EOF
	}
	return n, err
}

// wholeFile is a file that is as long as it was.
type wholeFile struct {
	r        io.Reader
	name     string
	at, size int64
}

// cutShortError says that a file is not.
type cutShortError struct {
	file *wholeFile
	err  error
}

func (e *cutShortError) Error() string {
	return fmt.Sprintf("importer: %q at byte %d of %d: %v", e.file.name, e.file.at, e.file.size, e.err)
}

func (e *cutShortError) Unwrap() error { return e.err }

func (w *wholeFile) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.at += int64(n)
	if errors.Is(err, io.EOF) && w.at < w.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = &cutShortError{w, err}
	}
	return n, err
}

// headText returns the first bytes of the text after a mark, as text, and whether there is more of it. Its last line may not be
// whole.
func (f *File) headText(offset int64) (text []byte, more bool, err error) {
	src, base, size := f.text(offset)
	text = make([]byte, min(size-base, headSize+1))
	n, err := src.ReadAt(text, base)
	if n == len(text) || errors.Is(err, io.EOF) && size == unknown {
		err = nil
	} else if err == nil || errors.Is(err, io.EOF) {
		err = fmt.Errorf("importer: %q at byte %d of %d: %w", f.name, n, f.size, io.ErrUnexpectedEOF)
	}
	return text[:min(n, headSize)], n > headSize, err
}

// headSize is how much of a text is looked at to find how its cells are separated.
const headSize = 64 << 10
