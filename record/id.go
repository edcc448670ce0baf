package record

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/clientele-go/crm/storage"
)

// ID is the identity of a record, and its text is that of a UUID. The zero ID means none.
type ID = storage.ID

// ParseID reads the text of an ID.
func ParseID(s string) (ID, error) { return storage.ParseID(s) }

// Actor is who acts: the host's own name for a user or a program, opaque to this module. At most 255 characters.
type Actor string

// NewID returns a UUID of version 7, made of the time to a quarter of a microsecond and 62 random bits, so that ids sort
// in the order in which they were made.
func NewID() ID { return newID(time.Now()) }

func newID(now time.Time) (id ID) {
	ms := now.UnixMilli()
	part := now.Sub(time.UnixMilli(ms)).Nanoseconds() << 12 / 1e6
	binary.BigEndian.PutUint64(id[:8], uint64(ms)<<16|7<<12|uint64(part))
	_, _ = rand.Read(id[8:]) // it never fails: it ends the program first
	id[8] = id[8]&0x3f | 0x80
	return id
}

// hashID is the id of a row of which there must be only one: that of these parts.
func hashID(kind string, parts ...string) (id ID) {
	h := sha256.New()
	var n [8]byte
	for _, p := range append(parts, kind) {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	copy(id[:], h.Sum(nil))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // a UUID of version 8
	return id
}
