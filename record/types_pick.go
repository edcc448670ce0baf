package record

import (
	"strings"
	"sync"

	"github.com/clientele-go/crm/storage"
)

// maxPick is the length of a value outside of its list. Zoho: 120 characters.
const maxPick = 120

// PickValues is the values of a pick list. It must not change after its first use, nor be copied.
type PickValues struct {
	Values []PickValue // in the order of the form
	Closed bool        // values outside of the list are refused; default kept as they are, and reported

	once  sync.Once
	index pickIndex
}

// PickValue is one value of a pick list.
type PickValue struct {
	Actual  string `json:"actual_value"`               // what is stored, in English
	English string `json:"display_value,omitempty"`    // what readers of English see; default Actual
	Chinese string `json:"display_value_zh,omitempty"` // what readers of Chinese see; default Actual
	Retired bool   `json:"retired,omitempty"`          // no longer offered, but understood where it comes
}

// pickIndex finds values by all that stands for them. The number is the position in Values, or pickNone.
type pickIndex struct {
	exact   map[string]int // by actual value and label
	folded  map[string]int // by the folds of these
	english []string       // what is shown of each, nil for the actual values
	chinese []string
}

// pickNone is what "-None-" stands for. Zoho: every pick list begins with it, and it is null.
const pickNone = -1

func (l *PickValues) find(s string) (i int, ok bool) {
	l.once.Do(l.build)
	if i, ok = l.index.exact[s]; !ok {
		i, ok = l.index.folded[Fold(s)]
	}
	return i, ok
}

func (l *PickValues) build() {
	x := pickIndex{exact: map[string]int{"-None-": pickNone}, folded: map[string]int{"-none-": pickNone}}
	add := func(s string, i int) {
		if s = trim(s); s == "" {
			return
		}
		if _, taken := x.exact[s]; !taken {
			x.exact[s] = i
		}
		if f := Fold(s); f != "" {
			if _, taken := x.folded[f]; !taken {
				x.folded[f] = i
			}
		}
	}
	english, chinese := func(v PickValue) string { return v.English }, func(v PickValue) string { return v.Chinese }
	for _, text := range []func(PickValue) string{func(v PickValue) string { return v.Actual }, english, chinese} { // an actual value comes first
		for i, v := range l.Values {
			add(text(v), i)
		}
	}
	x.english, x.chinese = x.labels(l.Values, english), x.labels(l.Values, chinese)
	l.index = x
}

// labels returns what is shown of each value: its label, or its actual value if the label stands for another too. It is
// nil when there are no labels.
func (x *pickIndex) labels(values []PickValue, label func(PickValue) string) (shown []string) {
	for i, v := range values {
		if s := trim(label(v)); s != "" && x.exact[s] == i && !strings.ContainsAny(s, ";；") {
			if shown == nil {
				shown = make([]string, len(values))
			}
			shown[i] = s
		}
	}
	for i := range shown {
		if shown[i] == "" {
			shown[i] = values[i].Actual
		}
	}
	return shown
}

// shown returns what is shown of each value in a language, nil for the actual values.
func (l *PickValues) shown(in *Locale) []string {
	l.once.Do(l.build)
	if in.chinese() {
		return l.index.chinese
	}
	return l.index.english
}

// pickType is one value of a list.
type pickType struct {
	list  *PickValues
	limit int // of a value outside of the list
}

// PickListType is one value of a list, stored as its actual value. Parse and Clean understand actual values and
// labels, in any case, width and spacing. A value outside of an open list has at most 120 characters. A nil list is open
// and empty.
func PickListType(list *PickValues) Type { return newPick(list) }

func newPick(list *PickValues) *pickType {
	if list == nil {
		list = new(PickValues)
	}
	return &pickType{list, maxPick}
}

func (t *pickType) Name() string       { return "picklist" }
func (t *pickType) Kind() storage.Kind { return storage.Text }

func (t *pickType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	if text = trim(text); text == "" {
		return storage.Value{}, Problem{}
	}
	i, ok := t.list.find(text)
	switch {
	case !ok:
		return storage.TextValue(text), Problem{}
	case i == pickNone:
		return storage.Value{}, Problem{}
	}
	return storage.TextValue(t.list.Values[i].Actual), Problem{}
}

func (t *pickType) Clean(v storage.Value) (storage.Value, Problem) {
	if v.IsNull() {
		return v, Problem{}
	}
	if v.Kind() != storage.Text {
		return v, refuse(t.Name())
	}
	s := trim(v.Raw())
	i, ok := t.list.find(s)
	switch {
	case ok && i == pickNone || s == "":
		return storage.Value{}, Problem{}
	case ok && t.list.Values[i].Actual == v.Raw():
		return v, Problem{}
	case ok:
		return storage.TextValue(t.list.Values[i].Actual), Problem{}
	}
	line, p := cleanLine(v.Raw(), t.limit)
	switch {
	case !p.OK():
		return v, p
	case t.list.Closed:
		return v, refuse(expectedPick)
	}
	return storage.TextValue(line), Problem{}
}

func (t *pickType) Format(v storage.Value, l *Locale) string {
	s := v.Text()
	if shown := t.list.shown(l); s != "" && shown != nil {
		if i, ok := t.list.find(s); ok && i != pickNone {
			return shown[i]
		}
	}
	return s
}

// Unknown reports whether v is a value that the list does not have. A list without values has no unknown ones.
func (t *pickType) Unknown(v storage.Value) bool {
	if v.IsNull() || len(t.list.Values) == 0 {
		return false
	}
	_, ok := t.list.find(trim(v.Text()))
	return !ok
}

// Offered returns the values that a form offers, as they are shown, and whether others are refused.
func (t *pickType) Offered(l *Locale) (values []string, closed bool) {
	for _, v := range t.list.Values {
		if !v.Retired {
			values = append(values, t.Format(storage.TextValue(v.Actual), l))
		}
	}
	return values, t.list.Closed
}
