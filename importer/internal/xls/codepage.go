package xls

import (
	"bytes"
	"context"
	"strconv"

	"github.com/clientele-go/crm/importer/internal/charset"
	"github.com/clientele-go/crm/importer/internal/grid"
)

// codePages are the names of those that are not called windows- and their number.
var codePages = map[uint16]string{932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5", 10000: "macintosh", 10001: "shift_jis",
	10002: "big5", 10003: "euc-kr", 10007: "x-mac-cyrillic", 10008: "gbk", 20127: "windows-1252", 28591: "windows-1252", 32768: "macintosh",
	32769: "windows-1252", 65001: "utf-8", 866: "ibm866", 367: "windows-1252"}

// charset finds the charset of texts that are bytes, unless somebody said what it is. Without a code page, they are looked at.
func (b *Book) charset(ctx context.Context, page uint16) error {
	if !b.old || b.code.Charset != nil {
		return nil
	}
	if page == 0 {
		return b.detect(ctx)
	}
	name, ok := codePages[page]
	if !ok {
		name = "windows-" + strconv.Itoa(int(page))
	}
	c, ok := charset.Named(name)
	if !ok {
		return &grid.Error{Code: grid.Old, Detail: "texts in code page " + strconv.Itoa(int(page))}
	}
	b.code = charset.Found{Charset: c, By: byPage, Sure: true}
	return nil
}

// sampleSize is how many bytes of texts are looked at.
const sampleSize = 1 << 17

// detect finds the charset by the texts of the sheets.
func (b *Book) detect(ctx context.Context) error {
	var sample []byte
	s := b.scanner()
	s.code = nil // so that bytes stay as they are
	for _, sh := range b.sheets {
		if len(sample) >= sampleSize {
			break
		}
		err := s.each(ctx, sh.at, func() (err error) {
			if s.kind == label && len(s.body) > 6 && len(sample) < sampleSize {
				s.body = s.body[6:]
				sample, err = s.text(sample, 2)
				sample = append(sample, '\n')
			}
			return err
		})
		if err != nil {
			break // who reads the sheet is told
		}
	}
	found, err := charset.Detect(bytes.NewReader(sample), int64(len(sample)))
	if err != nil {
		return err
	}
	if !found.Sure {
		return &grid.Error{Code: grid.Unclear, Charsets: []string{found.Name, found.Next.Name}}
	}
	b.code = found
	return nil
}
