package importer

import (
	"errors"
	"fmt"
	"io"

	"github.com/clientele-go/crm/importer/internal/charset"
	"github.com/clientele-go/crm/importer/internal/grid"
	"github.com/clientele-go/crm/importer/internal/webxls"
)

// byDeclared is how a charset was found that the text itself names.
const byDeclared charset.By = "declared"

// readMarkup reads the header of what programs on the web save as .xls, and is markup. It is not ok when it is no markup.
func (f *File) readMarkup(block []byte) (ok bool, err error) {
	marked := charset.UTF8
	for _, c := range []*charset.Charset{charset.UTF16LE, charset.UTF16BE} {
		if c.Mark(block) > 0 {
			marked = c
		}
	}
	mark := marked.Mark(block)
	head := block[mark:]
	if marked != charset.UTF8 {
		head = marked.Append(nil, head[:len(head)&^1])
	}
	markup := webxls.Sniff(head)
	switch markup {
	case webxls.None:
		return false, nil
	case webxls.OtherXML:
		return true, f.noTable()
	}
	c, err := f.givenCharset()
	if err != nil {
		return true, fmt.Errorf("importer: %q: %w", f.name, err)
	}
	declared, _ := charset.Named(webxls.Declared(head))
	switch {
	case c != nil:
		f.readIn(charset.Found{Charset: c, By: byGiven})
		mark = c.Mark(block)
	case mark > 0:
		f.readIn(charset.Found{Charset: marked, By: charset.ByMark})
	case declared != nil && !declared.Wide(): // or the declaration could not be read as it was
		f.readIn(charset.Found{Charset: declared, By: byDeclared})
	default:
		if err := f.findCharset(); err != nil {
			return true, err
		}
	}
	book, kind, err := f.openMarkup(markup, int64(mark))
	if err != nil {
		if e := (*grid.Error)(nil); errors.As(err, &e) && e.Code == grid.Foreign {
			return true, f.noTable()
		}
		return true, f.workbookError(err)
	}
	return true, f.readWorkbook(book, kind)
}

// openMarkup returns the workbook that is in the text from an offset on.
func (f *File) openMarkup(markup webxls.Markup, offset int64) (grid.Workbook, Kind, error) {
	text := func() io.Reader {
		return f.charset.Decode(&wholeFile{r: io.NewSectionReader(f.src, offset, f.size-offset), name: f.name, at: offset, size: f.size})
	}
	if markup == webxls.Workbook {
		b, err := webxls.OpenXML(text)
		return b, KindXML, err
	}
	b, err := webxls.OpenHTML(text)
	return b, KindHTML, err
}

func (f *File) noTable() error {
	return &FormatError{Name: f.name, Found: FoundMarkup, Line: 1, Column: 1}
}
