package storage

import (
	"encoding/hex"
	"fmt"
)

// ID is the identity of a row, always assigned by the caller. Its text is that of a UUID.
type ID [16]byte

// IsZero reports whether id is the zero ID, which stands for "none" and identifies no row.
func (id ID) IsZero() bool { return id == ID{} }

// String returns the id as 36 characters, lower case: 0197a3c2-….
func (id ID) String() string {
	b, _ := id.MarshalText()
	return string(b)
}

// MarshalText is String, for encoding/json and its like.
func (id ID) MarshalText() ([]byte, error) {
	b := make([]byte, 36)
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return b, nil
}

// UnmarshalText is ParseID; the empty text is the zero ID.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	p, err := ParseID(string(b))
	if err == nil {
		*id = p
	}
	return err
}

// ParseID reads the text that [ID.String] writes, in upper or lower case.
func ParseID(s string) (id ID, err error) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, fmt.Errorf("storage: not an id: %d characters, not of the form 8-4-4-4-12", len(s))
	}
	at := 0
	for _, part := range []string{s[0:8], s[9:13], s[14:18], s[19:23], s[24:36]} {
		n, err := hex.Decode(id[at:], []byte(part))
		if err != nil {
			return ID{}, fmt.Errorf("storage: not an id: %w", err)
		}
		at += n
	}
	return id, nil
}
