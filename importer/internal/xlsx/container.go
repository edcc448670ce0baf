package xlsx

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// allowance is how much a part may unpack to: ratio times its packed size, and always free bytes.
type allowance struct{ ratio, free int64 }

// What was measured of honest parts: sheets of programs reach 25 when all of their cells are the same, since each says its
// place; one without places whose 100,000 rows are the same 277. Texts that cells share reach 106 when they are letters of two
// thousand characters that differ in names and numbers. A part that does nothing but unpack has 1,030.
var (
	asStream = allowance{ratio: 300, free: 64 << 20}
	asKept   = allowance{ratio: 200, free: 16 << 20}
)

// container is the zip archive that a workbook is in.
type container struct {
	parts map[string]*zip.File // by name in lower case; nil when it is there twice
	size  int64                // of the file
}

func newContainer(r io.ReaderAt, size int64) (*container, error) {
	z, err := zip.NewReader(io.NewSectionReader(r, 0, size), size) // which refuses places before and behind the file
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, broken(err, 0)
	}
	c := &container{parts: make(map[string]*zip.File, len(z.File)), size: size}
	for _, f := range z.File {
		name := partName(f.Name)
		if _, twice := c.parts[name]; twice {
			f = nil
		}
		c.parts[name] = f
	}
	return c, nil
}

// partName returns the name that a part is known by. Some programs write backslashes, and letters in another case.
func partName(s string) string {
	return strings.ToLower(path.Clean("/" + strings.ReplaceAll(s, `\`, "/")))[1:]
}

// has reports whether there is a part of that name.
func (c *container) has(name string) bool {
	_, ok := c.parts[name]
	return ok
}

// read calls fn with a scanner of a part. Whatever error there is gets the part's name.
func (c *container) read(name string, fn func(*scanner) error) error {
	err := c.scan(name, asKept, fn)
	if f := c.parts[name]; f != nil {
		name = f.Name
	}
	return in(err, name, 0)
}

// scan calls fn with a scanner of a part.
func (c *container) scan(name string, a allowance, fn func(*scanner) error) error {
	p, err := c.open(name, a)
	if err != nil {
		return err
	}
	err = fn(&scanner{window: window{r: p}})
	_ = p.Close() // its error is that of reading, or of what nobody wanted to read
	return err
}

// in returns err with its place.
func in(err error, part string, row int) error {
	var e *grid.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e) && e.Part != "": // it is about another part
		return err
	case e != nil:
		return e.In(part, row, 0)
	case row > 0:
		return fmt.Errorf("workbook: %q at row %d: %w", part, row, err)
	}
	return fmt.Errorf("workbook: %q: %w", part, err)
}

// open opens a part.
func (c *container) open(name string, a allowance) (*part, error) {
	f, ok := c.parts[name]
	switch {
	case !ok:
		return nil, &grid.Error{Code: grid.Damaged, Detail: "it is missing: " + name}
	case f == nil:
		return nil, &grid.Error{Code: grid.Damaged, Detail: "it is there twice: " + name}
	case f.Flags&1 != 0:
		return nil, &grid.Error{Code: grid.Encrypted, Detail: "a password of the zip archive"}
	}
	r, err := f.Open()
	if err != nil {
		return nil, broken(err, 0)
	}
	packed := int64(min(f.CompressedSize64, uint64(c.size)))
	return &part{ReadCloser: r, limit: max(a.ratio*packed, a.free)}, nil
}

// part is what a part unpacks to.
type part struct {
	io.ReadCloser
	n, limit int64
}

func (p *part) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	p.n += int64(n)
	switch {
	case p.n > p.limit:
		return n, &grid.Error{Code: grid.TooLarge, Offset: p.n, Detail: "more than its packed size lets expect"}
	case err != nil && !errors.Is(err, io.EOF):
		return n, broken(err, p.n)
	}
	return n, err
}

// broken returns what an error of the archive says. Other errors are those of reading the file.
func broken(err error, offset int64) error {
	detail := ""
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zip.ErrChecksum):
		detail = "its checksum is another"
	case errors.Is(err, zip.ErrAlgorithm):
		detail = "packed in a way that is not read"
	case errors.Is(err, zip.ErrFormat):
		detail = "the archive is not as it should be"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		detail = "the archive ends too early"
	case errors.As(err, &corrupt):
		detail = "packed wrongly"
	default:
		return err
	}
	return &grid.Error{Code: grid.Damaged, Offset: offset, Detail: detail}
}
