package importer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
)

// keySet remembers the keys of the rows read so far, and their lines. It holds 96 bits of hash for each key, however long
// that is, so that two different keys of a file of a million rows are taken for one with odds of one in 10^17. It takes
// some 20 to 40 bytes a key: in memory up to a limit, and beyond in a temporary file.
type keySet struct {
	a, b  maphash.Seed
	slots slots // open addressing
	n     int
	limit int    // slots that are held in memory
	dir   string // of the temporary file
}

// keySlot is one key.
type keySlot struct {
	a    uint64
	b    uint32
	line uint32 // 0 for an empty slot
}

const slotBytes = 16

// keySlots is how many slots are held in memory: those of some 1.5 million keys, in 32 MB.
const keySlots = 1 << 21

// slots is a table of slots, as many as a power of two.
type slots interface {
	len() int
	get(i int) (keySlot, error)
	put(i int, s keySlot) error
	close() error
}

func newKeySet(limit int, dir string) *keySet {
	return &keySet{a: maphash.MakeSeed(), b: maphash.MakeSeed(), slots: make(memorySlots, 1024), limit: limit, dir: dir}
}

// add returns the line on which key was seen first, or 0 when it is new.
func (k *keySet) add(key string, line int) (first int, err error) {
	if k.n*4 >= k.slots.len()*3 {
		if err := k.grow(); err != nil {
			return 0, fmt.Errorf("importer: keys: %w", err)
		}
	}
	want := keySlot{maphash.String(k.a, key), uint32(maphash.String(k.b, key)), uint32(line)}
	i, have, err := find(k.slots, want)
	switch {
	case err != nil:
		return 0, fmt.Errorf("importer: keys: %w", err)
	case have.line != 0:
		return int(have.line), nil
	}
	k.n++
	if err := k.slots.put(i, want); err != nil {
		return 0, fmt.Errorf("importer: keys: %w", err)
	}
	return 0, nil
}

// find returns the slot of this hash, or the empty one where it belongs.
func find(t slots, want keySlot) (i int, have keySlot, err error) {
	mask := t.len() - 1
	for i = int(want.a) & mask; ; i = (i + 1) & mask {
		if have, err = t.get(i); err != nil || have.line == 0 || have.a == want.a && have.b == want.b {
			return i, have, err
		}
	}
}

// grow moves the keys into a table of twice the size.
func (k *keySet) grow() error {
	old := k.slots
	var next slots = memorySlots(nil)
	if n := 2 * old.len(); n <= k.limit {
		next = make(memorySlots, n)
	} else {
		file, err := newFileSlots(k.dir, n)
		if err != nil {
			return err
		}
		next = file
	}
	for i := range old.len() {
		s, err := old.get(i)
		if err == nil && s.line != 0 {
			var at int
			if at, _, err = find(next, s); err == nil {
				err = next.put(at, s)
			}
		}
		if err != nil {
			return errors.Join(err, next.close())
		}
	}
	k.slots = next
	return old.close()
}

func (k *keySet) close() error { return k.slots.close() }

type memorySlots []keySlot

func (t memorySlots) len() int                   { return len(t) }
func (t memorySlots) get(i int) (keySlot, error) { return t[i], nil }
func (t memorySlots) put(i int, s keySlot) error { t[i] = s; return nil }
func (t memorySlots) close() error               { return nil }

// fileSlots is slots in a temporary file, which the system keeps in memory as far as it has some.
type fileSlots struct {
	file *os.File
	n    int
}

func newFileSlots(dir string, n int) (*fileSlots, error) {
	file, err := os.CreateTemp(dir, "crm-keys-*")
	if err != nil {
		return nil, err
	}
	t := &fileSlots{file, n}
	if err := file.Truncate(int64(n) * slotBytes); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

func (t *fileSlots) len() int { return t.n }

func (t *fileSlots) get(i int) (keySlot, error) {
	var b [slotBytes]byte
	if _, err := t.file.ReadAt(b[:], int64(i)*slotBytes); err != nil && !errors.Is(err, io.EOF) {
		return keySlot{}, err
	}
	return keySlot{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])}, nil
}

func (t *fileSlots) put(i int, s keySlot) error {
	var b [slotBytes]byte
	binary.LittleEndian.PutUint64(b[:], s.a)
	binary.LittleEndian.PutUint32(b[8:], s.b)
	binary.LittleEndian.PutUint32(b[12:], s.line)
	_, err := t.file.WriteAt(b[:], int64(i)*slotBytes)
	return err
}

func (t *fileSlots) close() error {
	return errors.Join(t.file.Close(), os.Remove(t.file.Name()))
}
