package record

import (
	"slices"

	"github.com/clientele-go/crm/storage"
)

// length is how long the values of a type may be: characters, digits, or digits before the point.
type length struct {
	usual    int // of a custom field that says nothing
	custom   int // the most of a custom field
	standard int // the most of a standard field, unless it is declared with more
}

// lengths are those of the types that have one. Zoho: 255 characters of a text, 50,000 of several lines, 100 of an e-mail
// address, 30 of a phone number, 450 of a web address, 9 digits of a number, 18 of a long one, and 16 before the point.
var lengths = map[string]length{
	"text":     {255, 255, 255},
	"textarea": {2000, 50_000, 50_000},
	"email":    {100, 100, 255},
	"phone":    {30, 30, 255},
	"website":  {450, 450, 450},
	"integer":  {9, 9, maxDigits},
	"bigint":   {maxDigits, maxDigits, maxDigits},
	"double":   {16, 16, storage.MaxWhole},
	"currency": {16, 16, storage.MaxWhole},
	"percent":  {percentWhole, 16, storage.MaxWhole},
}

// places are the digits after the point of the types that have one. Zoho: at most 9.
var places = map[string]length{
	"double":   {9, 9, storage.MaxFraction},
	"currency": {4, 9, storage.MaxFraction},
	"percent":  {percentFraction, 9, storage.MaxFraction},
}

// sized is a type whose length a layout can change.
type sized interface {
	size() (limit, places int)
	withSize(limit, places int) Type
}

func (t *lineType) size() (limit, places int)    { return t.limit, 0 }
func (t *areaType) size() (limit, places int)    { return t.limit, 0 }
func (t *integerType) size() (limit, places int) { return t.digits, 0 }
func (t *decimalType) size() (limit, places int) { return t.whole, t.fraction }

func (t *lineType) withSize(limit, _ int) Type { c := *t; c.limit = limit; return &c }
func (t *areaType) withSize(limit, _ int) Type { return &areaType{limit} }

func (t *integerType) withSize(digits, _ int) Type {
	c := IntegerType(digits).(*integerType)
	if t.name == "bigint" {
		c.name = t.name
	}
	return c
}

func (t *decimalType) withSize(whole, fraction int) Type {
	c := *t
	c.whole, c.fraction = whole, fraction
	return &c
}

// listed is a type whose values a layout can change.
type listed interface {
	values() *PickValues
	withValues(list *PickValues) Type
}

func (t *pickType) values() *PickValues              { return t.list }
func (t *pickType) withValues(list *PickValues) Type { return &pickType{list, t.limit} }

func (t multiPickType) values() *PickValues { return t.one.(*pickType).list }
func (t multiPickType) withValues(list *PickValues) Type {
	t.one = t.one.(*pickType).withValues(list)
	return t
}

// CustomTypes returns the types that custom fields may have, by Zoho's data_type.
func CustomTypes() []string { return slices.Clone(customTypes[:]) }

var customTypes = [...]string{"text", "textarea", "email", "phone", "website", "integer", "bigint", "double", "currency", "percent",
	"autonumber", "picklist", "multiselectpicklist", "date", "datetime", "boolean", "lookup", "userlookup", "multiselectlookup", "multiuserlookup"}

// customType returns a type of customTypes with the usual length, or nil.
func customType(name string) Type {
	usual, fraction := lengths[name].usual, places[name].usual
	switch name {
	case "text":
		return TextType(usual)
	case "textarea":
		return TextAreaType(usual)
	case "email":
		return EmailType(usual)
	case "phone":
		return PhoneType(usual)
	case "website":
		return URLType(usual)
	case "integer", "bigint":
		return IntegerType(usual)
	case "double":
		return DecimalType(usual, fraction)
	case "currency":
		return CurrencyType(usual, fraction)
	case "percent":
		return PercentType()
	case "autonumber":
		return AutoNumberType()
	case "picklist":
		return PickListType(nil)
	case "multiselectpicklist":
		return MultiPickListType(nil)
	case "date":
		return DateType()
	case "datetime":
		return DateTimeType()
	case "boolean":
		return BoolType()
	case "lookup":
		return LookupType()
	case "userlookup":
		return UserType()
	case "multiselectlookup":
		return MultiLookupType()
	case "multiuserlookup":
		return MultiUserType(maxMulti)
	}
	return nil
}

// canBeUnique reports whether a field of the type can be unique: its values name something, in one line. Of a host's own
// types that is any whose values are texts or whole numbers.
func canBeUnique(t Type) bool {
	switch t := t.(type) {
	case *lineType:
		return t.name != "userlookup" && t.name != "autonumber"
	case *decimalType:
		return t.name == "double"
	case *integerType, dateType:
		return true
	case *areaType, *pickType, multiType, multiPickType, boolType, dateTimeType, linkType:
		return false
	}
	return !isMulti(t) && (t.Kind() == storage.Text || t.Kind() == storage.Int)
}

// maxIndexed is how many characters the values of an indexed field may have. Databases have limits on keys.
const maxIndexed = 255

// canBeIndexed reports whether a custom field of the type can be indexed.
func canBeIndexed(t Type) bool {
	switch t := t.(type) {
	case *lineType:
		return t.limit <= maxIndexed
	case *areaType, multiType, multiPickType:
		return false
	}
	return true
}

// takesAll reports whether every value that a field of the type old may have is one of t too, and stays as it is. It may
// be false where that is so, and then the values tell.
func takesAll(t, old Type) bool {
	switch t := t.(type) {
	case *lineType:
		o, ok := old.(*lineType)
		return ok && t.limit >= o.limit && (t.takes == nil || t.name == o.name)
	case *areaType:
		switch o := old.(type) {
		case *areaType:
			return t.limit >= o.limit
		case *lineType:
			return t.limit >= o.limit
		}
	case *integerType:
		o, ok := old.(*integerType)
		return ok && t.digits >= o.digits
	case *decimalType:
		o, ok := old.(*decimalType)
		return ok && t.whole >= o.whole && t.fraction >= o.fraction
	case *pickType:
		o, ok := old.(*pickType)
		return ok && t.limit >= o.limit && t.list.takesAll(o.list)
	case multiPickType:
		o, ok := old.(multiPickType)
		return ok && t.values().takesAll(o.values())
	case multiType, boolType, dateType, dateTimeType, linkType:
		return t == old
	default:
		return true // a host's own, which no layout changes
	}
	return false
}

// takesAll reports whether every value of a field with the list old is one of l too, and stands for itself.
func (l *PickValues) takesAll(old *PickValues) bool {
	if l == old {
		return true
	}
	if l.Closed && !old.Closed {
		return false
	}
	known := make(map[string]bool, len(l.Values))
	for _, v := range l.Values {
		known[v.Actual] = true
	}
	for _, v := range old.Values {
		if !known[v.Actual] {
			return false
		}
	}
	for _, v := range l.Values { // a text that an open list kept as it is may stand for one of its values now
		for _, s := range []string{v.Actual, v.English, v.Chinese} {
			if _, knew := old.find(s); !old.Closed && !knew && trim(s) != "" {
				return false
			}
		}
	}
	return true
}
