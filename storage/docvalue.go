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
	byName := func(a, b Member) int { return strings.Compare(a.Name, b.Name) }
	ms, size := members, 0
	if !slices.IsSortedFunc(ms, byName) {
		ms = slices.Clone(members)
		slices.SortStableFunc(ms, byName)
	}
	for i := range ms {
		size += len(ms[i].Name) + len(ms[i].Value.s) + 2*binary.MaxVarintLen32
	}
	b := make([]byte, 0, size)
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
	if len(b) == 0 {
		return Value{}
	}
	return Value{kind: Doc, s: string(b)}
}

// Members returns the members of a Doc in the order of their names, and nil for other kinds.
func (v Value) Members() []Member {
	if v.kind != Doc {
		return nil
	}
	ms := make([]Member, 0, 1+len(v.s)/16) // most are longer
	for s := v.s; s != ""; {
		var m Member
		m, s, _ = nextMember(s)
		ms = append(ms, m)
	}
	return ms
}

// Member returns the named member of a Doc, null when there is none.
func (v Value) Member(name string) Value {
	if v.kind != Doc {
		return Value{}
	}
	for s := v.s; s != ""; {
		var m Member
		if m, s, _ = nextMember(s); m.Name >= name {
			if m.Name == name {
				return m.Value
			}
			break
		}
	}
	return Value{}
}

// nextMember reads the first of the members in s, and shares the memory of s. It does not look into texts.
func nextMember(s string) (m Member, rest string, ok bool) {
	if m.Name, rest, ok = cutString(s); ok {
		m.Value, rest, ok = cutValue(rest)
	}
	return m, rest, ok
}

// isDoc reports whether DocValue could have written s.
func isDoc(s string) bool {
	last := ""
	for rest := s; rest != ""; {
		m, r, ok := nextMember(rest)
		if !ok || m.Value.IsNull() || m.Value.kind == Doc || !m.Value.whole() || !MemberName(m.Name) || m.Name <= last {
			return false
		}
		rest, last = r, m.Name
	}
	return s != ""
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
	v, after, ok := cutValue(string(b))
	if !ok || !v.whole() {
		return Value{}, nil, false
	}
	return v, b[len(b)-len(after):], true
}

// whole reports whether the bytes behind a value are such as its kind may have.
func (v Value) whole() bool {
	switch v.kind {
	case Null, Int, Bool, Time:
		return true
	}
	_, ok := FromRaw(v.kind, v.s)
	return ok
}

// cutValue reads one value that Append wrote, and does not look into texts.
func cutValue(s string) (v Value, rest string, ok bool) {
	if s == "" || Kind(s[0]) > Doc {
		return Value{}, "", false
	}
	v, rest = Value{kind: Kind(s[0])}, s[1:]
	switch v.kind {
	case Null:
		return v, rest, true
	case Int, Bool, Time:
		n, w := binary.Varint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
		if !shortest(rest, w) || v.kind == Bool && n != 0 && n != 1 {
			return Value{}, "", false
		}
		v.n = n
		return v, rest[w:], true
	}
	v.s, rest, ok = cutString(rest)
	return v, rest, ok
}

// cutString reads a string after its length.
func cutString(s string) (cut, rest string, ok bool) {
	n, w := binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
	if !shortest(s, w) || n > uint64(len(s)-w) {
		return "", "", false
	}
	return s[w : w+int(n)], s[w+int(n):], true
}

// shortest reports whether the number read from the first w bytes of s was written as Append does. A longer form of it
// would make one value of two that are not ==.
func shortest(s string, w int) bool { return w == 1 || w > 1 && s[w-1] != 0 }
