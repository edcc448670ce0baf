package record

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

func TestLayoutAgainst(t *testing.T) {
	t.Parallel()
	values := func(actual ...string) (vs []PickValue) {
		for _, s := range actual {
			vs = append(vs, PickValue{Actual: s, Retired: s == "Red", Chinese: map[string]string{"Teal": "青"}[s]})
		}
		return vs
	}
	list := func(closed *bool, vs ...string) FieldLayout {
		return FieldLayout{Name: "X", Type: "picklist", Values: values(vs...), Closed: closed}
	}
	custom := func(typ string, limit int) FieldLayout { return FieldLayout{Name: "X", Type: typ, Limit: limit} }
	for _, c := range []struct {
		old, new FieldLayout
		want     string
	}{
		{FieldLayout{Name: "Site", Limit: 50}, FieldLayout{Name: "Site", Limit: 60}, ""},
		{FieldLayout{Name: "Site", Limit: 50}, FieldLayout{Name: "Site"}, "values"},
		{FieldLayout{Name: "Site"}, FieldLayout{Name: "Site", Required: true, Unique: true}, "required unique"},
		{FieldLayout{Name: "Site", Required: true}, FieldLayout{Name: "Site", Hidden: true}, ""},
		{FieldLayout{Name: "Mark", Unique: true}, FieldLayout{Name: "Mark"}, ""},
		{FieldLayout{Name: "Count"}, FieldLayout{Name: "Count", Limit: 12}, ""},
		{FieldLayout{Name: "Count"}, FieldLayout{Name: "Count", Limit: 3}, "values"},
		{FieldLayout{Name: "Price"}, FieldLayout{Name: "Price", Limit: 20, Places: number(2)}, "values"},
		{FieldLayout{Name: "Price"}, FieldLayout{Name: "Price", Limit: 20}, ""},
		{FieldLayout{Name: "Kind"}, FieldLayout{Name: "Kind", Closed: yes()}, "values"},
		{FieldLayout{Name: "Kind"}, FieldLayout{Name: "Kind", Values: values("Dark Blue", "Teal")}, "values gone[Red]"},
		{FieldLayout{Name: "Tints"}, FieldLayout{Name: "Tints", Values: values("Dark Blue", "Red", "Teal")}, "retired[Red]"},
		{FieldLayout{Name: "Tints"}, FieldLayout{Name: "Tints", Values: values("Dark Blue", "Teal")}, "values gone[Red]"},
		{FieldLayout{Name: "Tints"}, FieldLayout{Name: "Tints", Closed: new(bool)}, ""},

		{FieldLayout{Name: "Site"}, custom("text", 0), ""},
		{FieldLayout{Name: "Site"}, FieldLayout{Name: "X", Type: "text", Unique: true}, ""}, // nobody has a value
		{FieldLayout{Name: "Site"}, FieldLayout{Name: "X", Type: "text", Required: true}, "required"},
		{FieldLayout{Name: "Site"}, FieldLayout{Name: "X", Type: "text", Indexed: true}, "indexed"},
		{FieldLayout{Name: "Site"}, FieldLayout{Name: "X", Type: "lookup", To: "Things"}, "indexed"},
		{custom("text", 0), FieldLayout{}, "unused"},
		{custom("text", 20), custom("textarea", 20), ""},
		{custom("text", 20), custom("email", 20), "values"},
		{custom("email", 20), custom("text", 20), ""},
		{custom("text", 20), custom("integer", 0), "values"},
		{custom("integer", 0), custom("bigint", 0), ""},
		{custom("integer", 0), custom("double", 0), "values"},
		{custom("currency", 0), custom("double", 0), ""},
		{custom("date", 0), custom("datetime", 0), "values"},
		{custom("date", 0), FieldLayout{Name: "X", Type: "date", Indexed: true}, "indexed"},
		{custom("picklist", 0), list(nil, "Teal"), "values"}, // 青 may be there as itself
		{list(yes(), "Teal"), list(yes(), "Teal", "Red"), ""},
		{list(nil, "Teal"), list(nil, "Teal"), ""},
		{list(yes(), "Red"), custom("text", 0), "values"},
		{FieldLayout{Name: "X", Type: "text", Unused: true}, custom("text", 0), "returned"},
		{FieldLayout{Name: "X", Type: "text", Unused: true, Required: true}, FieldLayout{Name: "X", Type: "text", Required: true, Indexed: true}, "required indexed returned"},
	} {
		old, l := &Layout{Fields: []FieldLayout{c.old}}, &Layout{}
		if c.new.Name != "" {
			l.Fields = append(l.Fields, c.new)
		}
		next, err := l.after(old)
		require.NoError(t, err)
		_, _, err = next.compile(things, isThings)
		require.NoError(t, err)
		var got []string
		for _, ch := range next.against(old, things, isThings) {
			for _, s := range []struct {
				is   bool
				name string
			}{{ch.new.Name == "", "unused"}, {ch.values, "values"}, {ch.required, "required"}, {ch.unique, "unique"}, {ch.indexed, "indexed"}, {ch.returned, "returned"}} {
				if s.is {
					got = append(got, s.name)
				}
			}
			for name, set := range map[string]map[string]bool{"gone": ch.gone, "retired": ch.retired} {
				for v := range set {
					got = append(got, name+"["+v+"]")
				}
			}
		}
		require.Equal(t, c.want, strings.Join(got, " "), "%+v", c)
	}
}

func TestConvert(t *testing.T) {
	t.Parallel()
	text := storage.TextValue
	zone := allLocales(t)[3]
	for _, c := range []struct {
		from, to FieldLayout
		v        storage.Value
		want     string
	}{
		{FieldLayout{Type: "text"}, FieldLayout{Type: "integer"}, text("12"), "12"},
		{FieldLayout{Type: "text"}, FieldLayout{Type: "integer"}, text("twelve"), expected("integer")},
		{FieldLayout{Type: "text"}, FieldLayout{Type: "boolean"}, text("是"), "true"},
		{FieldLayout{Type: "text"}, FieldLayout{Type: "picklist", Values: colours.Values[:1], Closed: yes()}, text("红色"), `"Red"`},
		{FieldLayout{Type: "picklist", Values: colours.Values[:1]}, FieldLayout{Type: "text"}, text("Red"), `"Red"`},
		{FieldLayout{Type: "multiselectpicklist", Values: colours.Values[:2]}, FieldLayout{Type: "text"}, text(";Red;Dark Blue;"), `"Red;Dark Blue"`},
		{FieldLayout{Type: "multiselectpicklist", Values: colours.Values[:2]}, FieldLayout{Type: "picklist"}, text(";Red;"), `"Red"`},
		{FieldLayout{Type: "multiselectpicklist", Values: colours.Values[:2]}, FieldLayout{Type: "picklist"}, text(";Red;Dark Blue;"), expected("picklist")},
		{FieldLayout{Type: "picklist"}, FieldLayout{Type: "multiselectpicklist"}, text("Red"), `";Red;"`},
		{FieldLayout{Type: "integer"}, FieldLayout{Type: "double"}, storage.IntValue(12), "12"},
		{FieldLayout{Type: "integer"}, FieldLayout{Type: "bigint"}, storage.IntValue(12), "12"},
		{FieldLayout{Type: "integer", Limit: 3}, FieldLayout{Type: "integer", Limit: 1}, storage.IntValue(12), "INVALID_DATA map[length:2 limit:1 unit:digits]"},
		{FieldLayout{Type: "double"}, FieldLayout{Type: "percent"}, mustDecimal("12.5"), "12.5"},
		{FieldLayout{Type: "double"}, FieldLayout{Type: "integer"}, mustDecimal("12.5"), expected("integer")},
		{FieldLayout{Type: "date"}, FieldLayout{Type: "datetime"}, text("2026-01-02"), "2026-01-01T16:00:00Z"},
		{FieldLayout{Type: "text"}, FieldLayout{Type: "email"}, text("x"), "INVALID_DATA map[expected:email length:1 limit:100]"},
		{FieldLayout{Type: "textarea"}, FieldLayout{Type: "text"}, text("a\nb"), expected("one line of text")},
		{FieldLayout{Type: "text"}, FieldLayout{Type: "date"}, storage.Value{}, "null"},
	} {
		c.from.Name, c.to.Name = "X", "X"
		ch := differ(defOf(t, c.from), defOf(t, c.to), false)
		v, p := ch.convert(c.v, zone)
		got := v.String()
		if !p.OK() {
			got = fmt.Sprintf("%s %v", p.Code, p.Args)
		}
		require.Equal(t, c.want, got, "%s to %s", c.from.Type, c.to.Type)
	}
}

func defOf(t *testing.T, f FieldLayout) *Def {
	d := compiled(t, f.Name, f)
	return &d
}

func mustDecimal(s string) storage.Value {
	v, _ := storage.ParseDecimal(s)
	return v
}

// What is said to take all values of another type takes each one, and leaves it as it is.
func TestTakesAll(t *testing.T) {
	t.Parallel()
	types := allTypes()
	for _, d := range []Def{compiled(t, "X", FieldLayout{Name: "X", Type: "picklist", Values: colours.Values[:6]}), compiled(t, "X", FieldLayout{Name: "X", Type: "textarea"}),
		compiled(t, "X", FieldLayout{Name: "X", Type: "percent", Limit: 4}), compiled(t, "X", FieldLayout{Name: "X", Type: "text", Limit: 12})} {
		types = append(types, d.Type)
	}
	pairs := 0
	for _, to := range types {
		require.True(t, takesAll(to, to), to.Name())
		for _, from := range types {
			if !takesAll(to, from) {
				continue
			}
			pairs++
			for _, s := range []string{"a", "Red", "旧", "Mauve", "12", "12.5", "999.99", "a@b.example", "2026-01-02", "a.example/b", strings.Repeat("9", 4), "a\nb", "Red;Teal", ID{1}.String()} {
				v, p := from.Parse(s, nil)
				if p.OK() {
					v, p = from.Clean(v)
				}
				if !p.OK() {
					continue
				}
				clean, p := to.Clean(v)
				require.True(t, p.OK() && clean == v, "%s to %s: %s", from.Name(), to.Name(), s)
			}
		}
	}
	require.Greater(t, pairs, len(types))
}
