package importer

import (
	"hash/maphash"
)

// keySet remembers the keys of the rows read so far and their lines, in some 30 bytes a key however long the key is: it
// holds two hashes of 64 bits, so that two different keys are taken for one with odds of one in 10^24 for a million rows.
type keySet struct {
	a, b  maphash.Seed
	slots []keySlot // open addressing; a power of two
	n     int
}

type keySlot struct {
	a, b uint64
	line uint32 // 0 for an empty slot
}

func newKeySet() *keySet {
	return &keySet{a: maphash.MakeSeed(), b: maphash.MakeSeed(), slots: make([]keySlot, 1024)}
}

// add returns the line on which key was seen first, or 0 when it is new.
func (k *keySet) add(key string, line int) (first int) {
	if k.n*4 >= len(k.slots)*3 {
		old := k.slots
		k.slots = make([]keySlot, 2*len(old))
		for _, s := range old {
			if s.line != 0 {
				*k.find(s.a, s.b) = s
			}
		}
	}
	a, b := maphash.String(k.a, key), maphash.String(k.b, key)
	s := k.find(a, b)
	if s.line != 0 {
		return int(s.line)
	}
	*s = keySlot{a, b, uint32(line)}
	k.n++
	return 0
}

// find returns the slot of these hashes, or the empty one where they belong.
func (k *keySet) find(a, b uint64) *keySlot {
	mask := uint64(len(k.slots) - 1)
	for i := a & mask; ; i = (i + 1) & mask {
		if s := &k.slots[i]; s.line == 0 || s.a == a && s.b == b {
			return s
		}
	}
}
