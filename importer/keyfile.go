package importer

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// fileKeys is a table of keys in a temporary file, which the system keeps in memory as far as it has some.
type fileKeys struct {
	*os.File
	slots, n int
}

const slotBytes = 16 // a hash of 8 bytes, one of 2, nothing in 2, and a line of 4

func newFileKeys(dir string, slots int) (*fileKeys, error) {
	file, err := os.CreateTemp(dir, "crm-keys-*")
	if err != nil {
		return nil, err
	}
	t := &fileKeys{File: file, slots: max(slots, 1024)}
	if err := file.Truncate(int64(t.slots) * slotBytes); err != nil {
		return nil, errors.Join(err, t.remove())
	}
	return t, nil
}

// add stores a key, unless it is there: then it returns its line.
func (t *fileKeys) add(h keyHash, line uint32) (first uint32, err error) {
	if 2*t.n >= t.slots {
		if err := t.grow(); err != nil {
			return 0, err
		}
	}
	for i := slotOf(h, t.slots); ; i++ {
		if i == t.slots {
			i = 0
		}
		have, at, err := t.get(i)
		switch {
		case err != nil:
			return 0, err
		case at == 0:
			t.n++
			return 0, t.put(i, h, line)
		case have == h:
			return at, nil
		}
	}
}

// grow moves the keys into a file of twice the size.
func (t *fileKeys) grow() error {
	next, err := newFileKeys(filepath.Dir(t.Name()), 2*t.slots)
	if err != nil {
		return err
	}
	for i := range t.slots {
		h, line, err := t.get(i)
		if err == nil && line != 0 {
			_, err = next.add(h, line)
		}
		if err != nil {
			return errors.Join(err, next.remove())
		}
	}
	old := *t
	*t = *next
	return old.remove()
}

func (t *fileKeys) get(i int) (h keyHash, line uint32, err error) {
	var b [slotBytes]byte
	if _, err := t.ReadAt(b[:], int64(i)*slotBytes); err != nil && !errors.Is(err, io.EOF) {
		return h, 0, err
	}
	return keyHash{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint16(b[8:])}, binary.LittleEndian.Uint32(b[12:]), nil
}

func (t *fileKeys) put(i int, h keyHash, line uint32) error {
	var b [slotBytes]byte
	binary.LittleEndian.PutUint64(b[:], h.a)
	binary.LittleEndian.PutUint16(b[8:], h.b)
	binary.LittleEndian.PutUint32(b[12:], line)
	_, err := t.WriteAt(b[:], int64(i)*slotBytes)
	return err
}

// remove closes the file and deletes it.
func (t *fileKeys) remove() error { return errors.Join(t.Close(), os.Remove(t.Name())) }
