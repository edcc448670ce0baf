package xls

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// oleStart is how a container begins.
const oleStart = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

const (
	headerSize = 512
	entrySize  = 128 // of a stream in the directory
	miniShift  = 6   // small streams are in sectors of 64 bytes, which are in a stream of their own
	headFAT    = 109 // sectors of the allocation table that the header lists
	regular    = 0xfffffffa
	chainEnd   = 0xfffffffe
	nothing    = 0xffffffff
)

// container is an OLE2 compound file: streams that are cut into sectors, each chained to the next by a table.
type container struct {
	r       io.ReaderAt
	size    int64
	shift   uint // of the size of a sector
	long    bool // sizes have 64 bits
	cutoff  int64
	fat     []uint32
	entries *stream // of the directory
	mini    *stream // what small streams are in
	miniFAT []uint32
}

func damaged(at int64, format string, args ...any) error {
	return &grid.Error{Code: grid.Damaged, Offset: at, Detail: fmt.Sprintf(format, args...)}
}

func newContainer(r io.ReaderAt, size int64) (*container, error) {
	c := &container{r: r, size: size}
	h, err := c.bytes(0, headerSize)
	if err != nil {
		return nil, err
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(h[at:]) }
	c.shift, c.long = uint(binary.LittleEndian.Uint16(h[30:])), binary.LittleEndian.Uint16(h[26:]) > 3
	if c.shift != 9 && c.shift != 12 || binary.LittleEndian.Uint16(h[32:]) != miniShift {
		return nil, damaged(30, "sectors of an unknown size")
	}
	c.cutoff = int64(u32(56))
	if err := c.readFAT(h, u32(68)); err != nil {
		return nil, err
	}
	if c.entries, err = c.chain(u32(48), -1); err != nil {
		return nil, err
	}
	root, err := c.entry(0)
	if err != nil {
		return nil, err
	}
	if root.size == 0 || u32(60) >= regular {
		c.mini = &stream{}
		return c, nil
	}
	if c.mini, err = c.chain(root.start, root.size); err != nil {
		return nil, err
	}
	table, err := c.chain(u32(60), -1)
	if err != nil {
		return nil, err
	}
	c.miniFAT, err = table.numbers(min(table.size/4, root.size>>miniShift+1))
	return c, err
}

// bytes returns n bytes of the file.
func (c *container) bytes(at int64, n int) ([]byte, error) {
	if at+int64(n) > c.size {
		return nil, damaged(at, "the file ends")
	}
	b := make([]byte, n)
	if _, err := c.r.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b, nil
}

// sectors returns how many sectors the file has, the last perhaps not whole.
func (c *container) sectors() int64 {
	size := int64(1) << c.shift
	return (c.size - 1) / size
}

func (c *container) offset(sector uint32) int64 { return (int64(sector) + 1) << c.shift }

// readFAT reads the table of sectors, as far as there are sectors. Which of them it is in is listed in the header, and from
// the sector more on.
func (c *container) readFAT(header []byte, more uint32) error {
	list := header[headerSize-4*headFAT:]
	for range c.sectors() {
		last := uint32(nothing)
		if more < regular {
			last = more
		}
		for ; len(list) > 0; list = list[4:] {
			sector := binary.LittleEndian.Uint32(list)
			if int64(len(c.fat)) >= c.sectors() {
				return nil
			}
			if sector == nothing {
				continue
			}
			b, err := c.bytes(c.offset(sector), 1<<c.shift)
			if err != nil {
				return err
			}
			for ; len(b) > 0; b = b[4:] {
				c.fat = append(c.fat, binary.LittleEndian.Uint32(b))
			}
		}
		if last == nothing {
			return nil
		}
		b, err := c.bytes(c.offset(last), 1<<c.shift)
		if err != nil {
			return err
		}
		end := len(b) - 4
		list, more = b[:end], binary.LittleEndian.Uint32(b[end:])
	}
	return nil
}

// chain returns the stream that begins at a sector. It is as long as its chain when size is negative.
func (c *container) chain(sector uint32, size int64) (*stream, error) {
	return chain(c.r, c.fat, sector, size, c.shift, c.sectors(), c.offset)
}

// chain follows a table from a sector on, as far as size goes, and for at most so many sectors as there are.
func chain(r io.ReaderAt, table []uint32, sector uint32, size int64, shift uint, sectors int64, offset func(uint32) int64) (*stream, error) {
	s := &stream{r: r}
	for ; sector < regular && (size < 0 || s.size < size); sectors-- {
		at := offset(sector)
		if int64(sector) >= int64(len(table)) || sectors <= 0 {
			return nil, damaged(at, "a chain of sectors leads out of the file, or has a loop")
		}
		s.add(at, 1<<shift)
		sector = table[sector]
	}
	if size >= 0 {
		if s.size < size {
			return nil, damaged(0, "a stream of %d bytes ends after %d", size, s.size)
		}
		s.size = size
	}
	return s, nil
}

// entry is one of the directory.
type entry struct {
	name              string
	kind              byte
	left, right, kids uint32
	start             uint32
	size              int64
}

const isStream = 2

func (c *container) entry(i uint32) (e entry, err error) {
	b := make([]byte, entrySize)
	if _, err := c.entries.ReadAt(b, int64(i)*entrySize); err != nil {
		if errors.Is(err, io.EOF) {
			err = damaged(0, "the directory has no entry %d", i)
		}
		return e, err
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	e = entry{kind: b[66], left: u32(68), right: u32(72), kids: u32(76), start: u32(116), size: int64(u32(120))}
	if c.long {
		if e.size |= int64(u32(124)) << 32; e.size < 0 {
			return e, damaged(0, "a stream without a size")
		}
	}
	var units []uint16
	for n := min(int(binary.LittleEndian.Uint16(b[64:])), 64) - 2; len(units)*2 < n; {
		units = append(units, binary.LittleEndian.Uint16(b[2*len(units):]))
	}
	e.name = string(utf16.Decode(units))
	return e, nil
}

// streams calls fn with each stream that is in no folder, by its name in small letters.
func (c *container) streams(fn func(name string, e entry)) error {
	root, err := c.entry(0)
	if err != nil {
		return err
	}
	left := c.entries.size / entrySize // how many there can be
	for waiting := []uint32{root.kids}; len(waiting) > 0; {
		i := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		if i == nothing {
			continue
		}
		e, err := c.entry(i)
		switch {
		case err != nil:
			return err
		case left <= 0:
			return damaged(0, "the directory has a loop")
		case e.kind == isStream:
			fn(strings.ToLower(e.name), e)
		}
		left--
		waiting = append(waiting, e.left, e.right)
	}
	return nil
}

// open returns the stream of an entry.
func (c *container) open(e entry) (*stream, error) {
	if e.size >= c.cutoff {
		return c.chain(e.start, e.size)
	}
	return chain(c.mini, c.miniFAT, e.start, e.size, miniShift, int64(len(c.miniFAT)), func(sector uint32) int64 { return int64(sector) << miniShift })
}
