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
