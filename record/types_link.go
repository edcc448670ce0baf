package record

import "github.com/clientele-go/crm/storage"

// linkType is a record, by its id.
type linkType struct{}

// LookupType is a link to a record. Its text is the id; names are looked up by what knows the other records. The zero id
// is null.
func LookupType() Type { return linkType{} }

func (linkType) Name() string       { return "lookup" }
func (linkType) Kind() storage.Kind { return storage.Ref }

func (linkType) Parse(text string, _ *Locale) (storage.Value, Problem) {
	if text = trim(text); text == "" {
		return storage.Value{}, Problem{}
	}
	id, err := storage.ParseID(text)
	if err != nil {
		return storage.Value{}, refuse(expectedID)
	}
	return storage.RefValue(id), Problem{}
}

func (linkType) Clean(v storage.Value) (storage.Value, Problem) {
	switch {
	case v.IsNull():
		return v, Problem{}
	case v.Kind() != storage.Ref:
		return v, refuse("lookup")
	case v.ID().IsZero():
		return storage.Value{}, Problem{}
	}
	return v, Problem{}
}

func (linkType) Format(v storage.Value, _ *Locale) string {
	if v.IsNull() {
		return ""
	}
	return v.ID().String()
}

// idText is the id of a record as text, for fields of several.
type idText struct{}

// MultiLookupType is several records, by id, in their order, none twice, at most 100, for a field made with [Typed]. It
// checks that they are ids. A link that must lead somewhere, and has a rule for when its target is deleted, is a [Lookup];
// many of them are records of a module between the two.
func MultiLookupType() Type { return multiType{"multiselectlookup", maxMulti, idText{}} }

func (idText) Name() string       { return linkType{}.Name() }
func (idText) Kind() storage.Kind { return storage.Text }

func (t idText) Parse(text string, _ *Locale) (storage.Value, Problem) {
	return t.Clean(storage.TextValue(text))
}

func (idText) Clean(v storage.Value) (storage.Value, Problem) {
	id, p := linkType{}.Parse(v.Text(), nil)
	if !p.OK() || id.ID().IsZero() {
		return storage.Value{}, p
	}
	return storage.TextValue(id.ID().String()), p
}

func (idText) Format(v storage.Value, _ *Locale) string { return v.Text() }
