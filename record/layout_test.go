package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// thing is a module whose layout the tests change.
type thing struct {
	Meta
	Name, Site, Mark, Notes, Kind, Serial, Phone string
	Tints                                        []string
	Count                                        *int64
	Price                                        decimal.NullDecimal
	UpID                                         ID
}

// markType is a host's own type.
type markType struct {
	Type
	words []string // so that it cannot be compared
}

func (markType) Name() string { return "mark" }

var things = Define("Things", []Field[thing]{
	Text("Thing_Name", 20, func(t *thing) *string { return &t.Name }).Label("Name", "名称").Required().Folded(),
	URL("Site", 40, func(t *thing) *string { return &t.Site }),
	Typed("Mark", markType{TextType(10), nil}, func(t *thing) *string { return &t.Mark }),
	TextArea("Notes", 100, func(t *thing) *string { return &t.Notes }),
	PickList("Kind", &PickValues{Values: colours.Values[:3]}, func(t *thing) *string { return &t.Kind }),
	MultiPickList("Tints", &PickValues{Values: colours.Values[:3], Closed: true}, func(t *thing) *[]string { return &t.Tints }),
	Typed("Serial", AutoNumberType(), func(t *thing) *string { return &t.Serial }).ReadOnly(),
	Phone("Phone", 300, func(t *thing) *string { return &t.Phone }),
	Integer("Count", 4, func(t *thing) **int64 { return &t.Count }),
	Currency("Price", func(t *thing) *decimal.NullDecimal { return &t.Price }),
	Lookup("Up", func(t *thing) *ID { return &t.UpID }).To("Things"),
}, ModuleOptions{Singular: "Thing", Chinese: "物品"}).Schema

func isThings(module string) bool { return module == "Things" }

func number(n int) *int { return &n }

func yes() *bool { b := true; return &b }

// compiled is the field of that name under a layout that must be right.
func compiled(t require.TestingT, name string, fields ...FieldLayout) Def {
	own, custom, err := (&Layout{Fields: fields}).compile(things, isThings)
	require.NoError(t, err)
	require.Len(t, own, len(things.own))
	for _, d := range append(own, custom...) {
		if d.Name == name {
			return d
		}
	}
	t.FailNow()
	return Def{}
}

// complaints is what is wrong with a layout, in short.
func complaints(err error) string {
	var ve *ValidationError
	if !errors.As(err, &ve) {
		return ""
	}
	var parts []string
	for _, f := range ve.Fields {
		part := fmt.Sprintf("%s %s", f.Field, f.Code)
		for _, k := range []string{"setting", "expected", "limit", "length", "position"} {
			if v, ok := f.Args[k]; ok && (k != "expected" || f.Args["setting"] == nil) {
				part += fmt.Sprintf(" %v", v)
			}
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func refusedLayout(t *testing.T, want string, fields ...FieldLayout) (own, custom []Def) {
	t.Helper()
	own, custom, err := (&Layout{Fields: fields}).compile(things, isThings)
	require.Equal(t, want, complaints(err))
	return own, custom
}

func TestZeroLayoutIsTheDeclaration(t *testing.T) {
	t.Parallel()
	for _, l := range []*Layout{{}, {Fields: []FieldLayout{{Name: "Thing_Name"}, {Name: "Owner"}, {Name: "Mark"}, {Name: "Kind"}}}} {
		own, custom, err := l.compile(things, isThings)
		require.NoError(t, err)
		require.Empty(t, custom)
		for i := range own {
			require.Equal(t, things.own[i].Label(Chinese), own[i].Label(Chinese))
			require.True(t, takesAll(own[i].Type, things.own[i].Type))
		}
		require.Empty(t, l.against(&Layout{}, things, isThings))
	}
}

func TestLayoutOfStandardFields(t *testing.T) {
	t.Parallel()
	d := compiled(t, "Thing_Name", FieldLayout{Name: "Thing_Name", English: "Title", Limit: 255, Unique: true})
	require.Equal(t, Def{Name: "Thing_Name", English: "Title", Chinese: "名称", Type: d.Type, Required: true, Folded: true, Unique: true}, d)
	require.Equal(t, `"`+strings.Repeat("x", 255)+`"`, become(d.Type, strings.Repeat("x", 255), nil))
	require.Equal(t, "INVALID_DATA map[length:256 limit:255]", become(d.Type, strings.Repeat("x", 256), nil))
	d = compiled(t, "Site", FieldLayout{Name: "Site", Limit: 450, Required: true})
	require.True(t, d.Required)
	require.Equal(t, "INVALID_DATA map[expected:url length:3 limit:450]", become(d.Type, "abc", nil))
	d = compiled(t, "Count", FieldLayout{Name: "Count", Limit: 18, Hidden: true, ReadOnly: true})
	require.True(t, d.Hidden && d.ReadOnly)
	require.Equal(t, "bigint", d.Type.Name())
	require.Equal(t, "123456789012345678", become(d.Type, "123456789012345678", nil))
	d = compiled(t, "Price", FieldLayout{Name: "Price", Limit: storage.MaxWhole, Places: number(0)})
	require.Equal(t, "currency", d.Type.Name())
	require.Equal(t, "INVALID_DATA map[length:1 limit:0 unit:decimal places]", become(d.Type, "0.5", nil))
	require.Equal(t, 50_000, compiled(t, "Notes", FieldLayout{Name: "Notes", Limit: 50_000}).Type.(*areaType).limit)
	require.Equal(t, 300, compiled(t, "Phone", FieldLayout{Name: "Phone", Limit: 300}).Type.(*lineType).limit)
	require.Equal(t, "负责人", compiledLabel(t, "Owner", FieldLayout{Name: "Owner", Chinese: "负责人"}))
	require.Equal(t, 20, things.own[thingAt("Thing_Name")].Type.(*lineType).limit)
}

func compiledLabel(t *testing.T, name string, f FieldLayout) string {
	d := compiled(t, name, f)
	return d.Label(Chinese)
}

func TestLayoutOfPickLists(t *testing.T) {
	t.Parallel()
	values := []PickValue{{Actual: "Teal", English: "Blue-green", Chinese: "青"}, {Actual: "Red", Retired: true}, {Actual: "Ochre"}}
	d := compiled(t, "Kind", FieldLayout{Name: "Kind", Values: values, Closed: yes()})
	checkType(t, d.Type, nil, []typeCase{{"青", `"Teal"`}, {"blue-GREEN", `"Teal"`}, {"Red", `"Red"`}, {"ochre", `"Ochre"`}, {"Dark Blue", expected("one of the pick list")}})
	require.Equal(t, "Blue-green", d.Type.Format(storage.TextValue("Teal"), nil))
	require.Equal(t, "Red", d.Type.Format(storage.TextValue("Red"), nil))
	require.Equal(t, "青", d.Type.Format(storage.TextValue("Teal"), &Locale{Language: Chinese}))
	values[0].Actual = "changed later"
	require.Equal(t, `"Teal"`, become(d.Type, "Teal", nil))
	d = compiled(t, "Tints", FieldLayout{Name: "Tints", Closed: new(bool)})
	require.Equal(t, `";Red;Mauve;"`, become(d.Type, "红色;Mauve", nil))
	d = compiled(t, "Kind", FieldLayout{Name: "Kind", Closed: yes()})
	require.Equal(t, expected("one of the pick list"), become(d.Type, "Mauve", nil))
	require.Equal(t, `"Mauve"`, become(things.own[thingAt("Kind")].Type, "Mauve", nil))
}

// customFields are one of every type.
func customFields() (fs []FieldLayout) {
	for _, typ := range CustomTypes() {
		f := FieldLayout{Name: "X_" + typ, Type: typ, English: "X"}
		if typ == "lookup" {
			f.To = "Things"
		}
		fs = append(fs, f)
	}
	return fs
}

func TestCustomFields(t *testing.T) {
	t.Parallel()
	_, custom, err := (&Layout{Fields: customFields()}).compile(things, isThings)
	require.NoError(t, err)
	require.Len(t, custom, 20)
	for i, d := range custom {
		typ := CustomTypes()[i]
		require.Equal(t, Def{Name: "X_" + typ, English: "X", Type: d.Type, Custom: true, ReadOnly: typ == "autonumber", NoClone: typ == "autonumber",
			Number: d.Number, Indexed: typ == "lookup", To: d.To}, d)
		require.Equal(t, typ == "lookup", d.To != "")
		require.Equal(t, typ == "autonumber", d.Number != nil)
		require.Equal(t, typ, d.Type.Name())
	}
	for name := range lengths {
		require.Contains(t, CustomTypes(), name)
	}
	for typ, want := range map[string]string{"text": "255", "textarea": "2000", "email": "100", "phone": "30", "website": "450"} {
		require.Equal(t, want, fmt.Sprint(lengths[typ].usual))
	}
	for _, c := range []struct {
		f          FieldLayout
		fits, over string
	}{
		{FieldLayout{Type: "integer"}, "123456789", "1234567890"},
		{FieldLayout{Type: "bigint"}, strings.Repeat("9", 18), strings.Repeat("9", 19)},
		{FieldLayout{Type: "bigint", Limit: 3}, "999", "1000"},
		{FieldLayout{Type: "double"}, strings.Repeat("9", 16) + ".123456789", "0.1234567891"},
		{FieldLayout{Type: "currency", Places: number(0)}, "1", "1.5"},
		{FieldLayout{Type: "percent"}, "999.99", "1000"},
		{FieldLayout{Type: "percent", Limit: 4}, "1000%", "10000"},
		{FieldLayout{Type: "textarea", Limit: 50_000}, strings.Repeat("x\n", 24_999) + "x", strings.Repeat("x", 50_001)},
	} {
		c.f.Name = "Custom"
		d := compiled(t, "Custom", c.f)
		require.Equal(t, c.f.Type, d.Type.Name())
		require.NotContains(t, become(d.Type, c.fits, nil), "INVALID_DATA")
		require.Contains(t, become(d.Type, c.over, nil), "INVALID_DATA")
	}
	d := compiled(t, "Ref", FieldLayout{Name: "Ref", Type: "lookup", To: "Things", Required: true, OnDelete: Refuse})
	require.True(t, d.Required && d.OnDelete == Refuse)
	for _, f := range AddressFields("Office", "Office", "办公地址") {
		d := compiled(t, f.Name, AddressFields("Office", "Office", "办公地址")...)
		require.Equal(t, strings.ReplaceAll(f.Name, "_", " "), d.Label(English))
		require.Contains(t, d.Label(Chinese), "办公地址")
	}
}

func TestWrongLayouts(t *testing.T) {
	t.Parallel()
	on := func(f FieldLayout) FieldLayout { f.Name = "X"; return f }
	for _, c := range []struct {
		want   string
		fields []FieldLayout
	}{
		{"Nothing INVALID_FIELD", []FieldLayout{{Name: "Nothing"}}},
		{"site INVALID_FIELD", []FieldLayout{{Name: "site"}}},
		{"Deleted_Time INVALID_FIELD", []FieldLayout{{Name: "Deleted_Time", English: "Gone"}}},
		{"Last_Activity_Time READ_ONLY", []FieldLayout{{Name: "Last_Activity_Time", English: "Active"}}},
		{"Site DUPLICATE_DATA", []FieldLayout{{Name: "Site"}, {Name: "Site"}}},
		{"Owner INVALID_DATA required", []FieldLayout{{Name: "Owner", Required: true}}},
		{"Tag INVALID_DATA pick_list_values", []FieldLayout{{Name: "Tag", Closed: yes()}}},
		{"Site INVALID_DATA 100 101", []FieldLayout{{Name: "Site", Chinese: strings.Repeat("长", 101)}}},
		{"Site INVALID_DATA text; Site INVALID_DATA one line of text", []FieldLayout{{Name: "Site", English: " a", Chinese: "a\nb"}}},
		{"Site INVALID_DATA 450 451", []FieldLayout{{Name: "Site", Limit: 451}}},
		{"Phone INVALID_DATA 300 301", []FieldLayout{{Name: "Phone", Limit: 301}}},
		{"Site INVALID_DATA number from 1", []FieldLayout{{Name: "Site", Limit: -1}}},
		{"Site INVALID_DATA length", []FieldLayout{{Name: "Site", Places: number(1)}}},
		{"Count INVALID_DATA 18 19", []FieldLayout{{Name: "Count", Limit: 19}}},
		{"Price INVALID_DATA 26 27", []FieldLayout{{Name: "Price", Limit: 27}}},
		{"Price INVALID_DATA 18 19", []FieldLayout{{Name: "Price", Places: number(19)}}},
		{"Mark INVALID_DATA length", []FieldLayout{{Name: "Mark", Limit: 5}}},
		{"Serial INVALID_DATA length; Serial INVALID_DATA auto_number", []FieldLayout{{Name: "Serial", Limit: 5, Number: &Numbering{}}}},
		{"Serial INVALID_DATA required field that is not read-only", []FieldLayout{{Name: "Serial", Required: true}}},
		{"Thing_Name INVALID_DATA required field that is not read-only", []FieldLayout{{Name: "Thing_Name", ReadOnly: true}}},
		{"Thing_Name INVALID_DATA required field that is shown", []FieldLayout{{Name: "Thing_Name", Hidden: true}}},
		{"Kind INVALID_DATA length", []FieldLayout{{Name: "Kind", Limit: 5}}},
		{"Up INVALID_DATA lookup_module; Up INVALID_DATA on_delete", []FieldLayout{{Name: "Up", To: "Things", OnDelete: Cascade}}},
		{"Site INVALID_DATA indexed", []FieldLayout{{Name: "Site", Indexed: true}}},
		{"Site INVALID_DATA unused", []FieldLayout{{Name: "Site", Unused: true}}},
		{"Notes INVALID_DATA unique", []FieldLayout{{Name: "Notes", Unique: true}}},
		{"Kind INVALID_DATA unique", []FieldLayout{{Name: "Kind", Unique: true}}},
		{"Tints INVALID_DATA unique", []FieldLayout{{Name: "Tints", Unique: true}}},
		{"Count LIMIT_EXCEEDED 2", []FieldLayout{{Name: "Site", Unique: true}, {Name: "Mark", Unique: true}, {Name: "Count", Unique: true}}},
		{"Kind DUPLICATE_DATA 1", []FieldLayout{{Name: "Kind", Values: []PickValue{{Actual: "Dark Blue"}, {Actual: "dark  BLUE"}}}}},
		{"Kind INVALID_DATA picklist 0", []FieldLayout{{Name: "Kind", Values: []PickValue{{Actual: "-None-"}}}}},
		{"Kind INVALID_DATA one of the pick list 0", []FieldLayout{{Name: "Kind", Values: []PickValue{{}}}}},
		{"Kind INVALID_DATA 120 121 0", []FieldLayout{{Name: "Kind", Values: []PickValue{{Actual: "a", Chinese: strings.Repeat("长", 121)}}}}},
		{"Tints INVALID_DATA values without semicolons 1", []FieldLayout{{Name: "Tints", Values: []PickValue{{Actual: "a"}, {Actual: "b;c"}}}}},
		{"Kind LIMIT_EXCEEDED 1000 1001", []FieldLayout{{Name: "Kind", Values: make([]PickValue, 1001)}}},

		{"Site DUPLICATE_DATA", []FieldLayout{{Name: "Site", Type: "text"}}},
		{"SITE DUPLICATE_DATA", []FieldLayout{{Name: "SITE", Type: "text"}}},
		{"ID DUPLICATE_DATA", []FieldLayout{{Name: "ID", Type: "text"}}},
		{"Version DUPLICATE_DATA", []FieldLayout{{Name: "Version", Type: "text"}}},
		{"deleted_BY DUPLICATE_DATA", []FieldLayout{{Name: "deleted_BY", Type: "text"}}},
		{"last_activity_time DUPLICATE_DATA", []FieldLayout{{Name: "last_activity_time", Type: "text"}}},
		{"x DUPLICATE_DATA", []FieldLayout{{Name: "X", Type: "text"}, {Name: "x", Type: "date"}}},
		{"X DUPLICATE_DATA", []FieldLayout{{Name: "X", Type: "text", Unused: true}, {Name: "X", Type: "text"}}},
		{"X-1 INVALID_DATA API name 50", []FieldLayout{{Name: "X-1", Type: "text"}}},
		{"1X INVALID_DATA API name 50", []FieldLayout{{Name: "1X", Type: "text"}}},
		{" INVALID_DATA API name 50", []FieldLayout{{Type: "text"}}},
		{"Größe INVALID_DATA API name 50", []FieldLayout{{Name: "Größe", Type: "text"}}},
		{strings.Repeat("x", 51) + " INVALID_DATA API name 50", []FieldLayout{{Name: strings.Repeat("x", 51), Type: "text"}}},
		{"X INVALID_DATA type of custom fields", []FieldLayout{on(FieldLayout{Type: "formula"})}},
		{"X INVALID_DATA 255 256", []FieldLayout{on(FieldLayout{Type: "text", Limit: 256})}},
		{"X INVALID_DATA 30 31", []FieldLayout{on(FieldLayout{Type: "phone", Limit: 31})}},
		{"X INVALID_DATA 9 10", []FieldLayout{on(FieldLayout{Type: "integer", Limit: 10})}},
		{"X INVALID_DATA 16 17", []FieldLayout{on(FieldLayout{Type: "double", Limit: 17})}},
		{"X INVALID_DATA 9 10", []FieldLayout{on(FieldLayout{Type: "currency", Places: number(10)})}},
		{"X INVALID_DATA number from 1", []FieldLayout{on(FieldLayout{Type: "currency", Places: number(-1)})}},
		{"X INVALID_DATA length", []FieldLayout{on(FieldLayout{Type: "date", Limit: 10})}},
		{"X INVALID_DATA length", []FieldLayout{on(FieldLayout{Type: "userlookup", Limit: 10})}},
		{"X INVALID_DATA pick_list_values", []FieldLayout{on(FieldLayout{Type: "text", Values: []PickValue{{Actual: "a"}}})}},
		{"X INVALID_DATA closed list with values", []FieldLayout{on(FieldLayout{Type: "picklist", Closed: yes()})}},
		{"X INVALID_DATA module", []FieldLayout{on(FieldLayout{Type: "lookup"})}},
		{"X INVALID_DATA module", []FieldLayout{on(FieldLayout{Type: "lookup", To: "Nowhere"})}},
		{"X INVALID_DATA lookup_module", []FieldLayout{on(FieldLayout{Type: "multiselectlookup", To: "Things"})}},
		{"X INVALID_DATA required lookup that is not cleared", []FieldLayout{on(FieldLayout{Type: "lookup", To: "Things", Required: true})}},
		{"X INVALID_DATA on_delete", []FieldLayout{on(FieldLayout{Type: "lookup", To: "Things", OnDelete: Refuse + 1})}},
		{"X INVALID_DATA required field that is shown", []FieldLayout{on(FieldLayout{Type: "text", Required: true, Hidden: true})}},
		{"X INVALID_DATA required field that is not read-only", []FieldLayout{on(FieldLayout{Type: "text", Required: true, ReadOnly: true})}},
		{"X INVALID_DATA required", []FieldLayout{on(FieldLayout{Type: "autonumber", Required: true})}},
		{"X INVALID_DATA indexed", []FieldLayout{on(FieldLayout{Type: "website", Indexed: true})}},
		{"X INVALID_DATA indexed", []FieldLayout{on(FieldLayout{Type: "textarea", Limit: 10, Indexed: true})}},
		{"X INVALID_DATA unique", []FieldLayout{on(FieldLayout{Type: "userlookup", Unique: true})}},
		{"X INVALID_DATA unique", []FieldLayout{on(FieldLayout{Type: "boolean", Unique: true})}},
		{"X INVALID_DATA auto_number", []FieldLayout{on(FieldLayout{Type: "text", Number: &Numbering{}})}},
		{"X LIMIT_EXCEEDED 1", []FieldLayout{{Name: "N", Type: "autonumber"}, on(FieldLayout{Type: "autonumber"})}},
		{"X INVALID_DATA 16 17", []FieldLayout{on(FieldLayout{Type: "autonumber", Number: &Numbering{Suffix: strings.Repeat("x", 17)}})}},
		{"X INVALID_DATA autonumber", []FieldLayout{on(FieldLayout{Type: "autonumber", Number: &Numbering{Prefix: " x"}})}},
		{"X INVALID_DATA number from 1", []FieldLayout{on(FieldLayout{Type: "autonumber", Number: &Numbering{Start: -1}})}},
		{"X INVALID_DATA 15 16", []FieldLayout{on(FieldLayout{Type: "autonumber", Number: &Numbering{Start: 1e15}})}},
	} {
		own, _ := refusedLayout(t, c.want, c.fields...)
		for i := range own { // what is wrong is left out
			require.True(t, !own[i].Required || !own[i].Hidden && !own[i].ReadOnly, c.want)
		}
	}
	many := make([]FieldLayout, MaxCustomFields+1)
	for i := range many {
		many[i] = FieldLayout{Name: fmt.Sprintf("F%d", i), Type: "date"}
	}
	_, custom := refusedLayout(t, "F500 LIMIT_EXCEEDED 500", many...)
	require.Len(t, custom, MaxCustomFields)
	many[0].Unused = true
	refusedLayout(t, "", many...)
}

func TestStoredLayoutOutlivesItsModule(t *testing.T) {
	t.Parallel()
	own, custom := refusedLayout(t, "Gone INVALID_FIELD; Site INVALID_DATA 450 900; Price DUPLICATE_DATA; Ref INVALID_DATA module",
		FieldLayout{Name: "Gone", English: "Was here", Limit: 5},
		FieldLayout{Name: "Site", Limit: 900, Required: true},
		FieldLayout{Name: "Price", Type: "text"},
		FieldLayout{Name: "Ref", Type: "lookup", To: "Gone"},
		FieldLayout{Name: "Stays", Type: "text"})
	require.Len(t, custom, 1)
	site := own[thingAt("Site")]
	require.True(t, site.Required)
	require.Equal(t, 40, site.Type.(*lineType).limit)
	refusedLayout(t, "", FieldLayout{Name: "Price", Type: "text", Unused: true}, FieldLayout{Name: "Price", Limit: 9})
	old := &Layout{Fields: []FieldLayout{{Name: "Price", Type: "text", Unused: true}}}
	next, err := (&Layout{Fields: []FieldLayout{{Name: "Price", Limit: 9}}}).after(old)
	require.NoError(t, err)
	require.Equal(t, []FieldLayout{{Name: "Price", Limit: 9}, {Name: "Price", Type: "text", Unused: true}}, next.Fields)
}

func TestLayoutIsStoredAsJSON(t *testing.T) {
	t.Parallel()
	l := &Layout{Version: 3, Fields: append(customFields(), FieldLayout{Name: "Kind", Limit: 7, Places: number(0), Closed: new(bool),
		Values: []PickValue{{Actual: "a", English: "A", Chinese: "甲", Retired: true}}, OnDelete: Refuse,
		Number: &Numbering{"a", "b", 7, 4}, Earlier: []Numbering{{Prefix: "c"}}, Kept: true, Unused: true})}
	body, err := l.encode()
	require.NoError(t, err)
	back, err := decodeLayout(body)
	require.NoError(t, err)
	require.Equal(t, &Layout{Fields: l.Fields}, back)
	for _, name := range []string{"api_name", "data_type", "length", "decimal_place", "pick_list_values", "actual_value", "lookup_module", `"on_delete":"refuse"`, "start_number"} {
		require.Contains(t, string(body), name)
	}
	empty, err := decodeLayout(nil)
	require.NoError(t, err)
	require.Equal(t, &Layout{}, empty)
	body, err = empty.encode()
	require.NoError(t, err)
	require.Equal(t, "{}", string(body))
	_, err = decodeLayout([]byte(`{"fields":[{"on_delete":"never"}]}`))
	require.ErrorContains(t, err, "record: a stored layout: ")
	require.Equal(t, "rule 9", Rule(9).String())
	require.Error(t, json.Unmarshal([]byte(`"rule 9"`), new(Rule)))
}

func TestLayoutRemembers(t *testing.T) {
	t.Parallel()
	old := &Layout{Fields: []FieldLayout{
		{Name: "A", Type: "text", English: "A", Kept: true}, {Name: "B", Type: "date"}, {Name: "C", Type: "text", Unused: true},
		{Name: "D", Type: "lookup", To: "Things"}, {Name: "E", Type: "autonumber", Number: &Numbering{Prefix: "E-", Start: 5}},
		{Name: "Site", Limit: 5, Kept: true}, {Name: "Count", Limit: 5}}}
	after := func(fields ...FieldLayout) string {
		next, err := (&Layout{Fields: fields}).after(old)
		if err != nil {
			return complaints(err)
		}
		body, err := next.encode()
		require.NoError(t, err)
		return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(string(body), `{"fields":[`), `]}`), `"`, "")
	}
	rest := ",{api_name:D,data_type:lookup,lookup_module:Things,unused:true},{api_name:E,data_type:autonumber,auto_number:{prefix:E-,start_number:5},unused:true}"
	require.Equal(t, "{api_name:A,data_type:text,field_label:A,unused:true,kept:true},{api_name:B,data_type:date,unused:true},{api_name:C,data_type:text,unused:true}"+
		rest+",{api_name:Site,kept:true}", after())
	require.Equal(t, "{api_name:C,data_type:text},{api_name:Site,length:9,kept:true},{api_name:A,data_type:email,kept:true},{api_name:N,data_type:text},{api_name:B,data_type:date,unused:true}"+rest,
		after(FieldLayout{Name: "C", Type: "text"}, FieldLayout{Name: "Site", Limit: 9}, FieldLayout{Name: "A", Type: "email"},
			FieldLayout{Name: "N", Type: "text", Kept: true, Earlier: []Numbering{{}}}, FieldLayout{Name: "M", Type: "text", Unused: true}, FieldLayout{Name: "B", Type: "date", Unused: true, Limit: -1}))
	for want, f := range map[string]FieldLayout{
		"a DUPLICATE_DATA":                  {Name: "a", Type: "text"},
		"B INVALID_DATA the field's type":   {Name: "B", Type: "autonumber"},
		"C INVALID_DATA the field's type":   {Name: "C", Type: "date"},
		"D INVALID_DATA the field's type":   {Name: "D", Type: "text"},
		"D INVALID_DATA the field's module": {Name: "D", Type: "lookup", To: "Others"},
		"E INVALID_DATA the field's type":   {Name: "E", Type: "lookup"},
	} {
		require.Equal(t, want, after(f))
	}
}

// thingAt returns the position of a field of things.
func thingAt(name string) int { return newShape(things, things.own, nil).position(name) }
