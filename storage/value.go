package storage

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind is the type of a [Value] and of a [Column].
type Kind uint8

// The kinds of value.
const (
	Null    Kind = iota // the kind of the zero Value, never of a column
	Text                // valid UTF-8 without NUL
	Int                 // a whole number of 64 bits
	Decimal             // an exact decimal, see ParseDecimal
	Bool                // true or false
	Time                // an instant, to the microsecond, UTC
	Ref                 // an ID
	Bytes               // any bytes, such as a collation key
	Doc                 // named values, see DocValue
)

var kinds = [...]string{"null", "text", "int", "decimal", "bool", "time", "ref", "bytes", "doc"}

// String returns the name of the kind in lower case.
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Value is one stored value: a comparable tagged union. The zero Value is null. Two values are the same exactly when
// they are ==.
type Value struct {
	kind Kind
	n    int64  // Int, Bool, Time
	s    string // the others
}

// TextValue returns s as a value. The empty text is a value, and not null.
func TextValue(s string) Value { return Value{kind: Text, s: s} }

// IntValue returns n as a value.
func IntValue(n int64) Value { return Value{kind: Int, n: n} }

// BoolValue returns b as a value.
func BoolValue(b bool) Value {
	v := Value{kind: Bool}
	if b {
		v.n = 1
	}
	return v
}

// TimeValue returns t as a value, cut to the microsecond. Years are those from 1 to 9999; others may come back as another.
func TimeValue(t time.Time) Value { return Value{kind: Time, n: t.UnixMicro()} }

// MicrosValue returns the instant that many microseconds after 1970 as a value; it is what [Value.Int64] of a time gives.
func MicrosValue(us int64) Value { return Value{kind: Time, n: us} }

// RefValue returns id as a value. The zero ID is a value too, and not null.
func RefValue(id ID) Value { return Value{kind: Ref, s: string(id[:])} }

// BytesValue returns a copy of b as a value.
func BytesValue(b []byte) Value { return Value{kind: Bytes, s: string(b)} }

// Kind returns the kind of v.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.kind == Null }

// Int64 returns the number of an Int, 1 or 0 for a Bool, the microseconds since 1970 of a Time, and 0 for the rest.
func (v Value) Int64() int64 { return v.n }

// Bool reports whether v is the Bool true.
func (v Value) Bool() bool { return v.kind == Bool && v.n == 1 }

// Time returns the instant of a Time in UTC, and the zero time for the rest.
func (v Value) Time() time.Time {
	if v.kind != Time {
		return time.Time{}
	}
	return time.UnixMicro(v.n).UTC()
}

// ID returns the id of a Ref, and the zero ID for the rest.
func (v Value) ID() (id ID) {
	if v.kind == Ref {
		copy(id[:], v.s)
	}
	return id
}

// Text returns the text of a Text, the plain digits of a Decimal ("-12.5"), and "" for the rest.
func (v Value) Text() string {
	switch v.kind {
	case Text:
		return v.s
	case Decimal:
		return plainDecimal(v.s)
	}
	return ""
}

// Raw returns the bytes behind a Text, a Decimal, a Ref, a Bytes or a Doc, as a string, in the order of [Value.Compare]
// (but for a Doc, which has none), and "" for the rest. It is what a driver stores; [FromRaw] takes it back.
func (v Value) Raw() string { return v.s }

// FromRaw returns the value of kind k whose Raw is s. ok is false when s is no such value.
func FromRaw(k Kind, s string) (v Value, ok bool) {
	switch k {
	case Text:
		ok = utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
	case Bytes:
		ok = true
	case Decimal:
		ok = sortedDecimal(plainDecimal(s)) == s && s != ""
	case Ref:
		ok = len(s) == len(ID{})
	case Doc:
		ok = isDoc(s)
	}
	if !ok {
		return Value{}, false
	}
	return Value{kind: k, s: s}, true
}

// Compare orders values of one kind, -1, 0 or 1; null comes before everything. Values of different kinds are ordered by
// kind.
func (v Value) Compare(w Value) int {
	if v.kind != w.kind {
		return cmp.Compare(v.kind, w.kind)
	}
	if c := cmp.Compare(v.n, w.n); c != 0 {
		return c
	}
	return strings.Compare(v.s, w.s)
}

// String returns v for people who debug.
func (v Value) String() string {
	switch v.kind {
	case Null:
		return "null"
	case Text:
		return fmt.Sprintf("%q", v.s)
	case Decimal:
		return v.Text()
	case Bool:
		return fmt.Sprint(v.n == 1)
	case Time:
		return v.Time().Format(time.RFC3339Nano)
	case Ref:
		return v.ID().String()
	case Bytes:
		return fmt.Sprintf("%x", v.s)
	case Doc:
		return fmt.Sprint(v.Members())
	}
	return fmt.Sprint(v.n)
}
