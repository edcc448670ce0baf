package record

import (
	"slices"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// maxMulti is how many values a field of several holds, unless its type says otherwise.
const maxMulti = 100

// innerSemicolon stands for a semicolon within a value, until Clean refuses it as a control character.
const innerSemicolon = "\x1f"

// JoinMulti returns several values as the text that fields of several values store: ";a;b;", in their order, without
// empty ones and repetitions, and "" for none. So ";a;" is in the text exactly when a is one of the values. A semicolon
// separates, so no type takes a value with one in it.
func JoinMulti(values []string) string {
	var b strings.Builder
	var seen map[string]bool
	if len(values) > 16 {
		seen = make(map[string]bool, len(values))
	}
	for i, s := range values {
		if s == "" || seen[s] || seen == nil && slices.Contains(values[:i], s) {
			continue
		}
		if seen != nil {
			seen[s] = true
		}
		if strings.Contains(s, ";") {
			s = strings.ReplaceAll(s, ";", innerSemicolon)
		}
		if b.Len() == 0 {
			b.WriteByte(';')
		}
		b.WriteString(s)
		b.WriteByte(';')
	}
	return b.String()
}

// SplitMulti returns the values that JoinMulti joined, nil for "". It reads "a;b" too.
func SplitMulti(text string) []string {
	var parts []string
	for s := range strings.SplitSeq(text, ";") {
		if s != "" {
			parts = append(parts, strings.ReplaceAll(s, innerSemicolon, ";"))
		}
	}
	return parts
}

// multiType is several values of another type, in one text.
type multiType struct {
	name  string
	limit int  // of values
	one   Type // of each value, of the kind Text
}

// MultiPickListType is several values of a list, at most 100. An input has semicolons between them, ; or ；, and so has
// a value that is shown. A nil list takes every text.
func MultiPickListType(list *PickValues) Type {
	if list != nil {
		for _, v := range list.Values {
			if strings.ContainsAny(v.Actual, ";；") {
				panic("record: a multi-select pick list with a semicolon in " + v.Actual)
			}
		}
	}
	return multiPickType{multiType{"multiselectpicklist", maxMulti, newPick(list)}}
}

// MultiUserType is several users, by the host's ids, at most limit.
func MultiUserType(limit int) Type {
	mustBePositive("limit", limit)
	return multiType{"multiuserlookup", limit, UserType()}
}

// maxEmail is how many characters an address of a list has: as many as there can be.
const maxEmail = 254

// MultiEmailType is several e-mail addresses, at most limit.
func MultiEmailType(limit int) Type {
	mustBePositive("limit", limit)
	return multiType{"multiemail", limit, EmailType(maxEmail)}
}

func (t multiType) Name() string       { return t.name }
func (t multiType) Kind() storage.Kind { return storage.Text }

// Multi reports that a value is several.
func (t multiType) Multi() bool { return true }

func (t multiType) Parse(text string, l *Locale) (storage.Value, Problem) {
	var parts []string
	for s := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '；' }) {
		v, p := t.one.Parse(s, l)
		if !p.OK() {
			return storage.Value{}, p
		}
		if !v.IsNull() {
			parts = append(parts, v.Text())
		}
	}
	return multiValue(parts), Problem{}
}

func multiValue(parts []string) storage.Value {
	if text := JoinMulti(parts); text != "" {
		return storage.TextValue(text)
	}
	return storage.Value{}
}

func (t multiType) Clean(v storage.Value) (storage.Value, Problem) {
	if v.IsNull() {
		return v, Problem{}
	}
	if v.Kind() != storage.Text {
		return v, refuse(t.name)
	}
	parts := SplitMulti(v.Raw())
	for i, s := range parts {
		if strings.ContainsAny(s, ";；") {
			return v, refuse(expectedNoSemi)
		}
		one, p := t.one.Clean(storage.TextValue(s))
		if !p.OK() {
			return v, p
		}
		parts[i] = one.Text()
	}
	clean := multiValue(parts)
	if n := strings.Count(clean.Raw(), ";") - 1; n > t.limit {
		return v, Problem{CodeLimit, Args{"limit": t.limit, "length": n}}
	}
	return clean, Problem{}
}

func (t multiType) Format(v storage.Value, l *Locale) string {
	parts := SplitMulti(v.Text())
	for i, s := range parts {
		parts[i] = t.one.Format(storage.TextValue(s), l)
	}
	return strings.Join(parts, ";")
}

// multiPickType is several values of a pick list.
type multiPickType struct{ multiType }

// Unknown reports whether some value is not in the list.
func (t multiPickType) Unknown(v storage.Value) bool {
	one := t.one.(*pickType)
	return slices.ContainsFunc(SplitMulti(v.Text()), func(s string) bool { return one.Unknown(storage.TextValue(s)) })
}

// Offered returns the values that a form offers, as they are shown, and whether others are refused.
func (t multiPickType) Offered(l *Locale) (values []string, closed bool) {
	return t.one.(*pickType).Offered(l)
}
