package record

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/storage"
)

// Rule is what happens to a record when one that it links to is deleted.
type Rule uint8

// The rules.
const (
	Clear   Rule = iota // its link is emptied, and comes back when the target is restored
	Cascade             // it goes to the bin too, and comes back with the target
	Refuse              // the target stays: the delete is a *ConflictError
)

func (r Rule) is(other Rule) bool { return r == other }

var ruleNames = [...]string{Clear: "clear", Cascade: "cascade", Refuse: "refuse"}

func (r Rule) String() string {
	if int(r) < len(ruleNames) {
		return ruleNames[r]
	}
	return fmt.Sprintf("rule %d", r)
}

// MarshalText is String, for encoding/json and its like.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Rule) UnmarshalText(b []byte) error {
	i := slices.Index(ruleNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("record: no rule %q", b)
	}
	*r = Rule(i)
	return nil
}

// Def is a field without its struct: all that storage, validation, import, lists and JSON need to know. Everything reads
// these; nothing keeps a list of fields of its own.
type Def struct {
	Name     string // API name, such as Account_Name; the column is its lower case
	English  string // label
	Chinese  string // label
	Type     Type
	Required bool     // not null
	ReadOnly bool     // set by this module, and not by callers
	Folded   bool     // has a column and an index with the folded text, for matching
	Sorted   bool     // has a column and an index with the collation key, for ordering
	Indexed  bool     // has an index
	NoClone  bool     // a clone leaves it empty
	To       string   // the module that a lookup leads to, or AnyModule
	ToIn     string   // of AnyModule: the field that says to which module
	ListedBy []string // of a lookup: fields by which lists of what leads to one record are ordered fast
	Noted    bool     // of a lookup: what happens to the record is in the related timeline of what it leads to
	Depth    int
	OnDelete Rule
	Unique   bool       // no two live records have the same value, whatever the case
	Hidden   bool       // to who sees the Shape there is no such field
	Custom   bool       // made by the organization, and not declared by the module
	Number   *Numbering // of a field that is counted
	Aliases  []string   // what other programs call it in their exports

	kept bool // some records have values that it would refuse now
}

// AnyModule is where a lookup leads to whose module is in another field of its record.
const AnyModule = "*"

// Numbering is how an auto-number counts: the number that is next, between a prefix and a suffix. A number is never given
// again, even when its record is gone.
type Numbering struct {
	Prefix string `json:"prefix,omitempty"`
	Suffix string `json:"suffix,omitempty"`
	Start  int64  `json:"start_number,omitempty"` // the first number; default 1
	Digits int    `json:"digits,omitempty"`       // numbers with fewer have zeros before them
}

// Column returns the name of the field's column.
func (d *Def) Column() string { return strings.ToLower(d.Name) }

// Label returns the field's label in a language, or its API name when it has none.
func (d *Def) Label(l Language) string {
	switch {
	case l == Chinese && d.Chinese != "":
		return d.Chinese
	case d.English != "":
		return d.English
	}
	return d.Name
}

func (d *Def) foldColumn() string { return d.Column() + "_fold" }
func (d *Def) sortColumn() string { return d.Column() + "_sort" }

// Field binds one member of T to a Def. Its two functions are the only place that knows T. Make one with [Text],
// [Lookup] and their like, and refine it with its methods, each of which returns a changed copy.
type Field[T any] struct {
	def Def
	get func(*T) storage.Value
	set func(*T, storage.Value)
}

// Def returns the field without its struct.
func (f Field[T]) Def() Def { return f.def }

// Label names the field for people.
func (f Field[T]) Label(english, chinese string) Field[T] {
	f.def.English, f.def.Chinese = english, chinese
	return f
}

// Alias adds what other programs call the field in their exports, for imports.
func (f Field[T]) Alias(names ...string) Field[T] {
	f.def.Aliases = slices.Concat(f.def.Aliases, names)
	return f
}

// Required refuses a record without a value: MANDATORY_NOT_FOUND.
func (f Field[T]) Required() Field[T] { f.def.Required = true; return f }

// ReadOnly keeps callers from setting the field. Hooks may.
func (f Field[T]) ReadOnly() Field[T] { f.def.ReadOnly = true; return f }

// Folded lets the field be matched whatever the case, width and spacing, by import, lookup by name and Contains.
func (f Field[T]) Folded() Field[T] { f.def.Folded = true; return f }

// Sorted makes lists order the field as people do: by pinyin for Han, alphabetically for the rest.
func (f Field[T]) Sorted() Field[T] { f.def.Sorted = true; return f }

// Indexed makes lists that filter or order by the field fast, at some cost to every write.
func (f Field[T]) Indexed() Field[T] { f.def.Indexed = true; return f }

// NoClone leaves the field empty in a clone.
func (f Field[T]) NoClone() Field[T] { f.def.NoClone = true; return f }

// To names the module that a lookup links to.
func (f Field[T]) To(module string) Field[T] { f.def.To = module; return f }

// Tree makes a lookup to its own module a tree: no record is its own ancestor, and no path has more than depth records.
func (f Field[T]) Tree(depth int) Field[T] { f.def.Depth = depth; return f }

// ListedBy makes lists of what leads to one record fast in the order of these fields, at some cost to every write: each is an
// index.
func (f Field[T]) ListedBy(fields ...string) Field[T] { f.def.ListedBy = fields; return f }

// Noted has what happens to the record be in the related timeline of what it links to: see [Records.RelatedTimeline]. It costs a
// row at each write.
func (f Field[T]) Noted() Field[T] { f.def.Noted = true; return f }

// OnDelete says what happens to the record when the one it links to is deleted.
func (f Field[T]) OnDelete(r Rule) Field[T] { f.def.OnDelete = r; return f }

func textValue(s string) storage.Value {
	if s == "" {
		return storage.Value{}
	}
	return storage.TextValue(s)
}

func textField[T any](name string, t Type, at func(*T) *string) Field[T] {
	if t.Kind() != storage.Text {
		panic("record: " + name + ": a text of type " + t.Name())
	}
	return Field[T]{Def{Name: name, Type: t},
		func(r *T) storage.Value { return textValue(*at(r)) },
		func(r *T, v storage.Value) { *at(r) = v.Text() }}
}

// Typed is a text of any type whose Kind is Text, such as a host's own.
func Typed[T any](name string, t Type, at func(*T) *string) Field[T] { return textField(name, t, at) }

// Encoded is a value of several parts, such as the lines of a quote, that write makes one text of and read takes apart. The type
// says which texts are such values; read gets clean ones alone. The empty text is absent.
func Encoded[T, V any](name string, t Type, at func(*T) *V, write func(V) string, read func(string) V) Field[T] {
	if t.Kind() != storage.Text {
		panic("record: " + name + ": a text of type " + t.Name())
	}
	return Field[T]{Def{Name: name, Type: t},
		func(r *T) storage.Value { return textValue(write(*at(r))) },
		func(r *T, v storage.Value) { *at(r) = read(v.Text()) }}
}

// Text is one line of at most limit characters. The empty text is absent.
func Text[T any](name string, limit int, at func(*T) *string) Field[T] {
	return textField(name, TextType(limit), at)
}

// TextArea is text of several lines, at most limit characters.
func TextArea[T any](name string, limit int, at func(*T) *string) Field[T] {
	return textField(name, TextAreaType(limit), at)
}

// Email is an e-mail address of at most limit characters.
func Email[T any](name string, limit int, at func(*T) *string) Field[T] {
	return textField(name, EmailType(limit), at)
}

// Phone is a telephone number as people write it, at most limit characters.
func Phone[T any](name string, limit int, at func(*T) *string) Field[T] {
	return textField(name, PhoneType(limit), at)
}

// URL is a web address with or without its scheme, at most limit characters.
func URL[T any](name string, limit int, at func(*T) *string) Field[T] {
	return textField(name, URLType(limit), at)
}

// PickList is one value of a list, stored as its actual (English) value.
func PickList[T any](name string, list *PickValues, at func(*T) *string) Field[T] {
	return textField(name, PickListType(list), at)
}

// User is a user of the host.
func User[T any](name string, at func(*T) *Actor) Field[T] {
	return Field[T]{Def{Name: name, Type: UserType()},
		func(r *T) storage.Value { return textValue(string(*at(r))) },
		func(r *T, v storage.Value) { *at(r) = Actor(v.Text()) }}
}

func multiField[T any](name string, t Type, at func(*T) *[]string) Field[T] {
	return Field[T]{Def{Name: name, Type: t},
		func(r *T) storage.Value { return textValue(JoinMulti(*at(r))) },
		func(r *T, v storage.Value) { *at(r) = SplitMulti(v.Text()) }}
}

// MultiPickList is several values of a list, in order and none twice.
func MultiPickList[T any](name string, list *PickValues, at func(*T) *[]string) Field[T] {
	return multiField(name, MultiPickListType(list), at)
}

// MultiUser is several users of the host, at most limit.
func MultiUser[T any](name string, limit int, at func(*T) *[]string) Field[T] {
	return multiField(name, MultiUserType(limit), at)
}

// MultiEmail is several e-mail addresses, at most limit.
func MultiEmail[T any](name string, limit int, at func(*T) *[]string) Field[T] {
	return multiField(name, MultiEmailType(limit), at)
}

// Integer is a whole number of at most digits digits, nil when unknown.
func Integer[T any](name string, digits int, at func(*T) **int64) Field[T] {
	return Field[T]{Def{Name: name, Type: IntegerType(digits)},
		func(r *T) storage.Value {
			if p := *at(r); p != nil {
				return storage.IntValue(*p)
			}
			return storage.Value{}
		},
		func(r *T, v storage.Value) {
			*at(r) = nil
			if n := v.Int64(); !v.IsNull() {
				*at(r) = &n
			}
		}}
}

// Bool is true or false, nil when unknown.
func Bool[T any](name string, at func(*T) **bool) Field[T] {
	return Field[T]{Def{Name: name, Type: BoolType()},
		func(r *T) storage.Value {
			if p := *at(r); p != nil {
				return storage.BoolValue(*p)
			}
			return storage.Value{}
		},
		func(r *T, v storage.Value) {
			*at(r) = nil
			if b := v.Bool(); !v.IsNull() {
				*at(r) = &b
			}
		}}
}

func decimalField[T any](name string, t Type, at func(*T) *decimal.NullDecimal) Field[T] {
	return Field[T]{Def{Name: name, Type: t},
		func(r *T) storage.Value {
			if d := *at(r); d.Valid {
				return decimalValue(d.Decimal)
			}
			return storage.Value{}
		},
		func(r *T, v storage.Value) {
			*at(r) = decimal.NullDecimal{}
			if !v.IsNull() {
				at(r).Decimal, at(r).Valid = valueDecimal(v), true
			}
		}}
}

// decimalValue is d as a value; one with more digits than storage has is a text, which no decimal type takes.
func decimalValue(d decimal.Decimal) storage.Value {
	if d.IsZero() {
		d = decimal.Zero // whatever its exponent
	}
	if e := d.Exponent(); e <= storage.MaxWhole && e >= -64 { // or its text would be as long as the exponent is large
		if v, ok := storage.ParseDecimal(d.String()); ok {
			return v
		}
	}
	digits := d.Coefficient().String()
	short := strings.TrimRight(digits, "0")
	e := int64(d.Exponent()) + int64(len(digits)-len(short))
	n := int64(len(strings.TrimPrefix(short, "-")))
	whole, fraction := max(0, n+e), max(0, -e)
	if whole > storage.MaxWhole || fraction > storage.MaxFraction {
		return storage.TextValue(fmt.Sprintf(hugeForm, whole, fraction))
	}
	c, _ := new(big.Int).SetString(short, 10)
	v, _ := storage.ParseDecimal(decimal.NewFromBigInt(c, int32(e)).String())
	return v
}

// hugeForm is the text in place of a decimal with more digits than storage has: how many these are.
const hugeForm = "a decimal of %d.%d digits"

// hugeDigits reads what decimalValue wrote in place of a decimal.
func hugeDigits(v storage.Value) (whole, fraction int) {
	if n, err := fmt.Sscanf(v.Text(), hugeForm, &whole, &fraction); n < 2 || err != nil {
		return 0, 0
	}
	return whole, fraction
}

func valueDecimal(v storage.Value) decimal.Decimal {
	d, err := decimal.NewFromString(v.Text())
	if err != nil {
		return decimal.Zero // no Decimal value has another text than digits
	}
	return d
}

// Decimal is an exact number with at most whole digits before the point and fraction after it, null when unknown.
func Decimal[T any](name string, whole, fraction int, at func(*T) *decimal.NullDecimal) Field[T] {
	return decimalField(name, DecimalType(whole, fraction), at)
}

// Currency is an amount of money with at most 16 digits before the point and 4 after it, null when unknown.
func Currency[T any](name string, at func(*T) *decimal.NullDecimal) Field[T] {
	return decimalField(name, CurrencyType(16, 4), at)
}

// Percent is a percentage, null when unknown.
func Percent[T any](name string, at func(*T) *decimal.NullDecimal) Field[T] {
	return decimalField(name, PercentType(), at)
}

// DateOnly is a day without a time, the zero Date when unknown.
func DateOnly[T any](name string, at func(*T) *Date) Field[T] {
	return Field[T]{Def{Name: name, Type: DateType()},
		func(r *T) storage.Value {
			if d := *at(r); !d.IsZero() {
				return storage.TextValue(d.String())
			}
			return storage.Value{}
		},
		func(r *T, v storage.Value) {
			d, err := ParseDate(v.Text())
			if err != nil {
				d = Date{} // no clean value comes here
			}
			*at(r) = d
		}}
}

// DateTime is an instant to the microsecond, the zero time when unknown.
func DateTime[T any](name string, at func(*T) *time.Time) Field[T] {
	return Field[T]{Def{Name: name, Type: DateTimeType()},
		func(r *T) storage.Value { return timeValue(*at(r)) },
		func(r *T, v storage.Value) { *at(r) = v.Time() }}
}

// Lookup links to a record of the module that [Field.To] names, the zero ID when it links to none.
func Lookup[T any](name string, at func(*T) *ID) Field[T] {
	return Field[T]{Def{Name: name, Type: LookupType()},
		func(r *T) storage.Value { return refValue(*at(r)) },
		func(r *T, v storage.Value) { *at(r) = v.ID() }}
}

// LookupIn links to a record of a module that another field names, which is one made with [ModuleOf] of the same member: of a
// task, what it is about. It links to none when the member's ID is zero.
func LookupIn[T any](name, module string, at func(*T) *Link) Field[T] {
	return Field[T]{Def{Name: name, Type: LookupType(), To: AnyModule, ToIn: module},
		func(r *T) storage.Value { return refValue(at(r).ID) },
		func(r *T, v storage.Value) { at(r).ID = v.ID() }}
}

// ModuleOf is the module of a link made with [LookupIn]: one of these, or of all when none are given. When what it leads to is
// deleted and the link is emptied, the module stays.
func ModuleOf[T any](name string, at func(*T) *Link, modules ...string) Field[T] {
	return Field[T]{Def{Name: name, Type: ModuleType(modules...)},
		func(r *T) storage.Value { return textValue(at(r).Module) },
		func(r *T, v storage.Value) { at(r).Module = v.Text() }}
}

// timeValue is t as a value; one outside of the years that a time may have is a text, which no type of times takes.
func timeValue(t time.Time) storage.Value {
	if t.IsZero() {
		return storage.Value{}
	}
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return storage.TextValue("a time out of range") // microseconds would come round to another time
	}
	return storage.TimeValue(t)
}

func refValue(id ID) storage.Value {
	if id.IsZero() {
		return storage.Value{}
	}
	return storage.RefValue(id)
}
