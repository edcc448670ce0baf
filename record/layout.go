package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Layout is what an administrator changed of a module for one organization: labels, lengths, the values of pick lists, what
// is required, and custom fields. The zero Layout is the module as it is declared. Only what a field has beyond that is
// given, and nothing that the module itself asks of a field can be lifted.
type Layout struct {
	Version int64         `json:"version,omitempty"` // of the stored layout, 0 when there is none
	Fields  []FieldLayout `json:"fields,omitempty"`  // custom ones in the order of the form
}

// FieldLayout is one field of a [Layout]: a standard one that is not as declared, or a custom one. What is zero is as the
// module declares it, or as usual for the type of a custom field.
//
// A custom field that a new layout leaves out is Unused: its values stay where they are, its name stays taken, and a later
// layout that names it with the type that it had brings it back.
type FieldLayout struct {
	Name    string `json:"api_name"`                 // of a custom field it never changes
	Type    string `json:"data_type,omitempty"`      // of a custom field: see CustomTypes; empty for a standard one
	English string `json:"field_label,omitempty"`    // label, at most 100 characters
	Chinese string `json:"field_label_zh,omitempty"` // label

	Limit    int  `json:"length,omitempty"`        // characters, digits, or digits before the point
	Places   *int `json:"decimal_place,omitempty"` // digits after the point
	Required bool `json:"required,omitempty"`      // refuses records without a value
	ReadOnly bool `json:"read_only,omitempty"`     // only hooks set it
	Hidden   bool `json:"hidden,omitempty"`        // to everyone there is no such field; its values stay
	Unique   bool `json:"unique,omitempty"`        // no two live records have the same value, whatever the case
	Indexed  bool `json:"indexed,omitempty"`       // lists that filter by the custom field are fast; lookups always are

	Values []PickValue `json:"pick_list_values,omitempty"` // all of them, in the order of the form
	Closed *bool       `json:"closed,omitempty"`           // values outside of the list are refused

	To       string     `json:"lookup_module,omitempty"` // where a custom lookup leads; it never changes
	OnDelete Rule       `json:"on_delete,omitempty"`     // what happens when the record that a custom lookup leads to is deleted
	Number   *Numbering `json:"auto_number,omitempty"`   // how a custom auto-number counts

	Unused bool `json:"unused,omitempty"` // the custom field is no more, but can come back

	// What SaveLayout remembers. What a caller gives is ignored.
	Earlier []Numbering `json:"earlier_numbers,omitempty"` // formats of an auto-number that were given up
	Kept    bool        `json:"kept,omitempty"`            // some records have values from before that the field would refuse now
}

// The limits of layouts. Zoho: 50 characters of a name, 500 custom fields of the largest edition, one auto-number, and two
// unique fields a module.
const (
	MaxCustomFields = 500 // that are in use
	MaxUniqueFields = 2   // those that the module declares among them
	MaxAutoNumbers  = 1

	maxFieldName    = 50
	maxFieldNames   = 1000 // of custom fields, unused ones among them
	maxLabel        = 100
	maxPickValues   = 1000
	maxNumberAffix  = 16
	maxNumberDigits = 15
)

// The "expected" of what is wrong with layouts.
const (
	expectedName       = "API name"
	expectedType       = "type of custom fields"
	expectedSameType   = "the field's type"
	expectedSameModule = "the field's module"
	expectedModule     = "module"
	expectedSetting    = "setting of such a field"
	expectedPositive   = "number from 1"
	expectedShown      = "required field that is shown"
	expectedEditable   = "required field that is not read-only"
	expectedKept       = "required lookup that is not cleared"
	expectedValues     = "closed list with values"
	expectedTreatment  = "treatment of such values"
	expectedNumbers    = "numbers that were not given before"
)

// AddressFields returns the five custom fields of an address: Name_Street, _City, _State, _Code and _Country. The labels
// are those of the address as a whole.
func AddressFields(name, english, chinese string) []FieldLayout {
	part := func(of, zh, typ string, limit int) FieldLayout {
		f := FieldLayout{Name: name + "_" + of, Type: typ, English: strings.TrimSpace(english + " " + of), Limit: limit}
		if chinese != "" {
			f.Chinese = chinese + zh
		}
		return f
	}
	return []FieldLayout{part("Street", "街道", "textarea", 250), part("City", "城市", "text", 100), part("State", "省(州)", "text", 100),
		part("Code", "邮编", "text", 30), part("Country", "国家", "text", 100)}
}

// encode returns the layout as it is stored. The version is that of the setting that holds it.
func (l *Layout) encode() ([]byte, error) { return json.Marshal(&Layout{Fields: l.Fields}) }

// decodeLayout reads what encode wrote, and nil as the zero Layout.
func decodeLayout(body []byte) (*Layout, error) {
	l := &Layout{}
	if body == nil {
		return l, nil
	}
	if err := json.Unmarshal(body, l); err != nil {
		return nil, fmt.Errorf("record: a stored layout: %w", err)
	}
	return l, nil
}

// same reports whether both are of one field: of one name, whatever its case, and both custom ones or both not.
func (f *FieldLayout) same(o *FieldLayout) bool {
	return strings.EqualFold(f.Name, o.Name) && (f.Type == "") == (o.Type == "")
}

// find returns the layout that is of the same field as f, or nil.
func (l *Layout) find(f *FieldLayout) *FieldLayout {
	i := slices.IndexFunc(l.Fields, func(o FieldLayout) bool { return f.same(&o) })
	if i < 0 {
		return nil
	}
	return &l.Fields[i]
}

// inUse returns the layout as if no field were unused.
func (l *Layout) inUse() *Layout {
	c := &Layout{l.Version, slices.Clone(l.Fields)}
	for i := range c.Fields {
		c.Fields[i].Unused = false
	}
	return c
}

// after returns the layout to store in place of old: l, the custom fields of old that it leaves out, which are unused from
// now on, and what else old remembers. What cannot become of a field of old is a *ValidationError.
func (l *Layout) after(old *Layout) (*Layout, error) {
	next, bad := &Layout{Version: l.Version}, new(ValidationError)
	for _, f := range l.Fields {
		f.Earlier, f.Kept = nil, false
		was := old.find(&f)
		if was == nil {
			if !f.Unused || f.Type == "" {
				next.Fields = append(next.Fields, f)
			}
			continue // of a field that never was there is nothing to remember
		}
		if p := was.become(&f); !p.OK() {
			bad.Fields = append(bad.Fields, FieldError{Field: f.Name, Code: p.Code, Args: p.Args})
		}
		if f.Unused {
			f = *was
			f.Unused = true
		}
		f.Kept, f.Earlier = was.Kept, was.formats(&f)
		next.Fields = append(next.Fields, f)
	}
	for _, was := range old.Fields {
		if l.find(&was) != nil {
			continue
		}
		switch {
		case was.Type != "":
			was.Unused = true
			next.Fields = append(next.Fields, was)
		case was.Kept:
			next.Fields = append(next.Fields, FieldLayout{Name: was.Name, Kept: true})
		}
	}
	if bad.Fields != nil {
		return nil, bad
	}
	return next, nil
}

// become says why a field of the stored layout cannot become next, if it cannot.
func (f *FieldLayout) become(next *FieldLayout) Problem {
	link := func(typ string) bool { return typ == "lookup" || typ == "multiselectlookup" }
	switch {
	case next.Name != f.Name:
		return Problem{CodeDuplicate, nil}
	case next.Type == f.Type && next.To == f.To:
		return Problem{}
	case next.Type == f.Type:
		return refuse(expectedSameModule)
	case f.Unused || next.Unused || link(f.Type) || link(next.Type) || next.Type == "autonumber":
		return refuse(expectedSameType)
	}
	return Problem{}
}
