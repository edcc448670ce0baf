package importer

import (
	"fmt"
	"hash/maphash"
)

// keySet remembers the keys of the rows read so far, and their lines. It holds 80 bits of hash for each key, however long
// that is, so that two different keys of a file of a million rows are taken for one with odds of one in 10^12. A key takes
// some 20 bytes: in memory up to a limit, and beyond in a temporary file.
type keySet struct {
	a, b   maphash.Seed
	memory [keyParts]memoryKeys // by the first bits of the hash, so that never all of them grow at once
	n      int
	limit  int    // keys that are held in memory
	dir    string // of the temporary file
	file   *fileKeys
}

const keyParts = 64

// keyHash is what is held of a key.
type keyHash struct {
	a uint64
	b uint16
}

// maxKeys is how many keys are held in memory, in some 30 MB.
const maxKeys = 1_500_000

func newKeySet(limit int, dir string) *keySet {
	return &keySet{a: maphash.MakeSeed(), b: maphash.MakeSeed(), limit: limit, dir: dir}
}

// add returns the line on which key was seen first, or 0 when it is new.
func (k *keySet) add(key string, line int) (first int, err error) {
	h := keyHash{maphash.String(k.a, key), uint16(maphash.String(k.b, key))}
	if k.file == nil && k.n >= k.limit {
		if err := k.spill(); err != nil {
			return 0, fmt.Errorf("importer: keys: %w", err)
		}
	}
	k.n++
	if k.file == nil {
		return int(k.memory[h.a>>58].add(h, uint32(line))), nil
	}
	was, err := k.file.add(h, uint32(line))
	if err != nil {
		return 0, fmt.Errorf("importer: keys: %w", err)
	}
	return int(was), nil
}

// spill moves the keys into a file.
func (k *keySet) spill() (err error) {
	if k.file, err = newFileKeys(k.dir, 4*k.limit); err != nil {
		return err
	}
	for i := range k.memory {
		part := &k.memory[i]
		for s, line := range part.line {
			if line != 0 {
				if _, err := k.file.add(keyHash{part.a[s], part.b[s]}, line); err != nil {
					return err
				}
			}
		}
		*part = memoryKeys{}
	}
	return nil
}

func (k *keySet) close() error {
	if k.file == nil {
		return nil
	}
	return k.file.remove()
}

// memoryKeys is a table with open addressing; its slots are at most five parts of six full. A line of 0 is an empty slot.
type memoryKeys struct {
	a    []uint64
	b    []uint16
	line []uint32
	n    int
}

// add stores a key, unless it is there: then it returns its line.
func (t *memoryKeys) add(h keyHash, line uint32) (first uint32) {
	if 6*t.n >= 5*len(t.line) {
		t.grow()
	}
	i := t.find(h)
	if t.line[i] == 0 {
		t.a[i], t.b[i], t.line[i] = h.a, h.b, line
		t.n++
		return 0
	}
	return t.line[i]
}

// find returns the slot of a key, or the empty one where it belongs.
func (t *memoryKeys) find(h keyHash) int {
	i := slotOf(h, len(t.line))
	for t.line[i] != 0 && (t.a[i] != h.a || t.b[i] != h.b) {
		if i++; i == len(t.line) {
			i = 0
		}
	}
	return i
}

// slotOf spreads hashes over n slots, by bits other than the first.
func slotOf(h keyHash, n int) int { return int(h.a & (1<<32 - 1) * uint64(n) >> 32) }

func (t *memoryKeys) grow() {
	old := *t
	n := max(16, len(old.line)*5/4)
	t.a, t.b, t.line = make([]uint64, n), make([]uint16, n), make([]uint32, n)
	for s, line := range old.line {
		if line != 0 {
			i := t.find(keyHash{old.a[s], old.b[s]})
			t.a[i], t.b[i], t.line[i] = old.a[s], old.b[s], line
		}
	}
}
