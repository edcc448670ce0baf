package xlsx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

const (
	zipStart = "PK\x03\x04"
	oleStart = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

// noArchive returns why a file that begins otherwise than an archive is no workbook, or nil when it begins like one.
func noArchive(r io.ReaderAt, size int64) error {
	head := make([]byte, 512)
	n, err := r.ReadAt(head[:min(size, int64(len(head)))], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte(zipStart)), bytes.HasPrefix(head, []byte("PK\x05\x06")), strings.HasPrefix(zipStart, string(head)):
		return nil
	case !bytes.HasPrefix(head, []byte(oleStart)):
		return &grid.Error{Code: grid.Foreign, Detail: "no zip archive"}
	case hasStream(r, head, "EncryptedPackage"):
		return &grid.Error{Code: grid.Encrypted, Detail: "a container with an encrypted workbook"}
	}
	return &grid.Error{Code: grid.Foreign, Detail: "a container as older versions of Office write them"}
}

// hasStream reports whether the beginning of the directory of an OLE2 container has a name. It is where head says.
func hasStream(r io.ReaderAt, head []byte, name string) bool {
	if len(head) < 52 {
		return false
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift < 7 || shift > 16 {
		return false
	}
	at := (int64(binary.LittleEndian.Uint32(head[48:])) + 1) << shift
	dir := make([]byte, 4096)
	n, err := r.ReadAt(dir, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	var units []byte
	for _, c := range []byte(name) {
		units = append(units, c, 0)
	}
	return bytes.Contains(dir[:n], units)
}

// seems says what an archive that has no workbook seems to be.
func (c *container) seems() string {
	for _, known := range []struct{ part, what string }{
		{"xl/workbook.bin", "a binary workbook (.xlsb)"},
		{"word/document.xml", "a text document (.docx)"},
		{"ppt/presentation.xml", "a presentation (.pptx)"},
		{"visio/document.xml", "a drawing (.vsdx)"},
		{"mimetype", "an OpenDocument file or a book"},
		{"index/document.iwa", "a document of iWork"},
		{"meta-inf/manifest.mf", "a Java archive"},
		{"[content_types].xml", "another document of Office"},
	} {
		if c.has(known.part) {
			return known.what
		}
	}
	return "an archive of other files"
}
