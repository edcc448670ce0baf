package storage

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Member is one named value of a Doc.
type Member struct {
	Name  string // see MemberName
	Value Value  // of any kind but Doc
}

// DocValue returns a Doc of these members, sorted by name. A null member is dropped, since absent and null are one; of
// two with one name the last stays. A Doc without members is null. A name that is none ([MemberName]) and a Doc as a
// member are mistakes of a program, and panic: what reads docs from elsewhere checks them first.
func DocValue(members ...Member) Value {
	ms := slices.Clone(members)
	slices.SortStableFunc(ms, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	var b []byte
	for i, m := range ms {
		if !MemberName(m.Name) || m.Value.kind == Doc {
			panic(fmt.Sprintf("storage: a doc cannot have the member %q of kind %s", m.Name, m.Value.kind))
		}
		if m.Value.IsNull() || i+1 < len(ms) && ms[i+1].Name == m.Name {
			continue
		}
		b = append(binary.AppendUvarint(b, uint64(len(m.Name))), m.Name...)
		b = m.Value.Append(b)
	}
	if b == nil {
		return Value{}
	}
	return Value{kind: Doc, s: string(b)}
}

// Members returns the members of a Doc in the order of their names, and nil for other kinds.
func (v Value) Members() []Member {
	if v.kind != Doc {
		return nil
	}
	ms, _ := parseDoc(v.s)
	return ms
}

// Member returns the named member of a Doc, null when there is none.
func (v Value) Member(name string) Value {
	for _, m := range v.Members() {
		if m.Name == name {
			return m.Value
		}
	}
	return Value{}
}

func parseDoc(s string) (ms []Member, ok bool) {
	for b := []byte(s); len(b) > 0; {
		n, k := binary.Uvarint(b)
		if !shortest(b, k) || n > uint64(len(b)-k) {
			return nil, false
		}
		m := Member{Name: string(b[k : k+int(n)])}
		if m.Value, b, ok = ParseValue(b[k+int(n):]); !ok || m.Value.IsNull() || m.Value.kind == Doc || !MemberName(m.Name) {
			return nil, false
		}
		if len(ms) > 0 && ms[len(ms)-1].Name >= m.Name {
			return nil, false
		}
		ms = append(ms, m)
	}
	return ms, len(ms) > 0
}

// MemberField returns the name by which filters and orders reach the member of a Doc column: "custom.floors:int". A
// member that is there with another kind counts as null, so that old data never fails a query.
func MemberField(column, member string, k Kind) string {
	return column + "." + member + ":" + k.String()
}

// SplitField takes the name of a field apart: a column alone, or a member of a Doc column and its kind. ok is false when
// it is neither.
func SplitField(field string) (column, member string, k Kind, ok bool) {
	column, rest, isMember := strings.Cut(field, ".")
	if !isMember {
		return column, "", Null, column != ""
	}
	member, kind, _ := strings.Cut(rest, ":")
	i := slices.Index(kinds[:], kind)
	if column == "" || !MemberName(member) || i <= int(Null) || i >= int(Doc) {
		return "", "", Null, false
	}
	return column, member, Kind(i), true
}

// MemberName reports whether s may be the name of a member of a Doc: letters of ASCII, digits and _, at most 64. So
// filters and databases can write it as it is.
func MemberName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// Append adds v to b in the form that [ParseValue] reads. It is how a Doc holds its values, and how a cursor travels.
func (v Value) Append(b []byte) []byte {
	b = append(b, byte(v.kind))
	switch v.kind {
	case Null:
		return b
	case Int, Bool, Time:
		return binary.AppendVarint(b, v.n)
	}
	return append(binary.AppendUvarint(b, uint64(len(v.s))), v.s...)
}

// ParseValue reads one value that Append wrote, and returns what follows it. ok is false when b is damaged.
func ParseValue(b []byte) (v Value, rest []byte, ok bool) {
	if len(b) == 0 || Kind(b[0]) > Doc {
		return Value{}, nil, false
	}
	k, b := Kind(b[0]), b[1:]
	switch k {
	case Null:
		return Value{}, b, true
	case Int, Bool, Time:
		n, w := binary.Varint(b)
		if !shortest(b, w) || k == Bool && n != 0 && n != 1 {
			return Value{}, nil, false
		}
		return Value{kind: k, n: n}, b[w:], true
	}
	n, w := binary.Uvarint(b)
	if !shortest(b, w) || n > uint64(len(b)-w) {
		return Value{}, nil, false
	}
	v, ok = FromRaw(k, string(b[w:w+int(n)]))
	return v, b[w+int(n):], ok
}

// shortest reports whether the number read from the first w bytes of b was written as Append does. A longer form of it
// would make one value of two that are not ==.
func shortest(b []byte, w int) bool { return w == 1 || w > 1 && b[w-1] != 0 }
