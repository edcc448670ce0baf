package xls

import (
	"encoding/binary"
	"errors"

	"github.com/clientele-go/crm/importer/internal/grid"
)

const (
	maxStyles = 1 << 16 // of cells, whose style has two bytes
	maxFormat = 1 << 10 // bytes of a number format; Excel has 255 characters
)

// preamble is what is before the sheets.
type preamble struct {
	*scanner
	book     *Book
	styles   []int // the number of each one's format
	codes    map[int]string
	texts    *grid.Texts
	codePage uint16
}

// record takes note of a record.
func (p *preamble) record() (err error) {
	body := p.body
	need := func(n int) bool { return len(body) >= n }
	switch p.kind {
	case filePass:
		return &grid.Error{Code: grid.Encrypted}
	case codePage:
		if !need(2) {
			return p.short(nil)
		}
		p.codePage = binary.LittleEndian.Uint16(body)
	case epoch:
		if !need(2) {
			return p.short(nil)
		}
		p.book.from1904 = body[0] == 1
	case cellStyle:
		if !need(4) {
			return p.short(nil)
		}
		if len(p.styles) < maxStyles {
			p.styles = append(p.styles, int(binary.LittleEndian.Uint16(body[2:])))
		}
	case numberFormat:
		return p.format()
	case boundSheet:
		return p.sheet()
	case sharedTexts:
		p.texts, err = p.shared()
	}
	return err
}

// lengthSize is how many bytes the length of a format has.
func (p *preamble) lengthSize() int {
	if p.old {
		return 1
	}
	return 2
}

// format reads a number format.
func (p *preamble) format() error {
	id, err := p.take(2)
	if err != nil {
		return err
	}
	code, err := p.text(nil, p.lengthSize())
	if err != nil {
		return err
	}
	if len(code) > maxFormat {
		return &grid.Error{Code: grid.TooLarge, Offset: p.start, Detail: "a number format"}
	}
	p.codes[int(id)] = string(code)
	return nil
}

// sheet reads where a sheet is, unless it has no cells.
func (p *preamble) sheet() error {
	at, err := p.take(4)
	if err != nil {
		return err
	}
	state, err := p.take(1)
	if err != nil {
		return err
	}
	kind, err := p.take(1)
	if err != nil {
		return err
	}
	name, err := p.text(nil, 1)
	switch {
	case err != nil:
		return err
	case kind != 0: // a chart, macros
		return nil
	case len(p.book.sheets) == grid.MaxSheets:
		return &grid.Error{Code: grid.TooLarge, Offset: p.start, Detail: "sheets"}
	}
	p.book.sheets = append(p.book.sheets, &sheet{Sheet: grid.Sheet{Name: string(name), Hidden: state&3 != 0}, at: int64(at)})
	return nil
}

// shared reads the texts that cells share. The file says how many there are, which some programs do not know: all are
// read, and what is behind as many as it says may be no text.
func (p *preamble) shared() (*grid.Texts, error) {
	if _, err := p.take(4); err != nil { // how many cells have them
		return nil, err
	}
	count, err := p.take(4)
	if err != nil {
		return nil, err
	}
	all := &grid.Texts{}
	for text := []byte(nil); ; {
		for len(p.body) == 0 {
			ok, err := p.readOn()
			if err != nil {
				return nil, err
			}
			if !ok {
				all.End()
				return all, nil
			}
		}
		text, err = p.text(text[:0], 2)
		var e *grid.Error
		if errors.As(err, &e) && int64(all.Len()) >= int64(count) {
			all.End()
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if !all.Add(text) {
			return nil, &grid.Error{Code: grid.TooLarge, Offset: p.start, Detail: "the texts that cells share"}
		}
	}
}
