package storage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// person is the table of these tests.
var person = &Table{
	Name: "person",
	Columns: []Column{{Name: "name", Kind: Text}, {Name: "boss", Kind: Ref}, {Name: "age", Kind: Int}, {Name: "custom", Kind: Doc},
		{Name: "ready", Kind: Bool}, {Name: "born", Kind: Time}, {Name: "pay", Kind: Decimal}, {Name: "mark", Kind: Bytes}},
	Indexes: []Index{{Name: "boss", Columns: []string{"boss", "name"}}, {Name: "name", Columns: []string{"name"}, Unique: true}},
}

// human returns a row of person; a zero boss is none, a negative age too.
func human(id, boss byte, name string, age int64) Row {
	r := Row{ID: ID{id}, Version: 1, Values: make([]Value, len(person.Columns))}
	r.Values[0] = TextValue(name)
	if boss != 0 {
		r.Values[1] = RefValue(ID{boss})
	}
	if age >= 0 {
		r.Values[2] = IntValue(age)
		r.Values[3] = DocValue(Member{"age", IntValue(age)}, Member{"name", TextValue(name)})
	}
	return r
}

func TestTableLookups(t *testing.T) {
	require.Equal(t, 2, person.Column("age"))
	require.Equal(t, -1, person.Column("Age"))
	require.Equal(t, -1, person.Column("id"))
	require.True(t, person.Index("name").Unique)
	require.Nil(t, person.Index("age"))

	for field, want := range map[string]Kind{"id": Ref, "name": Text, "boss": Ref, "custom": Doc, "custom.x:decimal": Decimal} {
		k, ok := person.FieldKind(field)
		require.True(t, ok, field)
		require.Equal(t, want, k, field)
	}
	for _, field := range []string{"", "version", "tenant_id", "nothing", "name.x:text", "custom.x", "custom.x:doc", "nothing.x:int", ".x:int"} {
		_, ok := person.FieldKind(field)
		require.False(t, ok, field)
	}

	r := human(3, 1, "c", 30)
	for field, want := range map[string]Value{"id": RefValue(ID{3}), "name": TextValue("c"), "boss": RefValue(ID{1}), "custom": r.Values[3],
		"custom.age:int": IntValue(30), "custom.age:text": {}, "custom.age:decimal": {}, "custom.nothing:int": {}, "pay": {}} {
		require.Equal(t, want, person.Get(&r, field), field)
	}
	none := human(4, 0, "d", -1)
	require.Equal(t, Value{}, person.Get(&none, "custom.age:int"))
}

func TestTableValidate(t *testing.T) {
	require.NoError(t, person.Validate())
	require.NoError(t, (&Table{Name: "empty"}).Validate())
	long := strings.Repeat("n", 60)
	require.NoError(t, (&Table{Name: long, Columns: []Column{{long, Bytes}}, Indexes: []Index{{Name: long, Columns: []string{long}}}}).Validate())

	text := []Column{{"a", Text}, {"b", Int}, {"d", Doc}}
	for what, bad := range map[string]*Table{
		"no name":            {},
		"upper case":         {Name: "Person"},
		"digit first":        {Name: "1st"},
		"space":              {Name: "a b"},
		"quote":              {Name: `a"`},
		"beyond ASCII":       {Name: "é"},
		"too long":           {Name: long + "n"},
		"column id":          {Name: "t", Columns: []Column{{"id", Text}}},
		"column version":     {Name: "t", Columns: []Column{{"version", Int}}},
		"column tenant_id":   {Name: "t", Columns: []Column{{"tenant_id", Text}}},
		"column twice":       {Name: "t", Columns: []Column{{"a", Text}, {"a", Text}}},
		"column unnamed":     {Name: "t", Columns: []Column{{"", Text}}},
		"column with a dot":  {Name: "t", Columns: []Column{{"a.b", Text}}},
		"column of null":     {Name: "t", Columns: []Column{{"a", Null}}},
		"column of unknown":  {Name: "t", Columns: []Column{{"a", Doc + 1}}},
		"index unnamed":      {Name: "t", Columns: text, Indexes: []Index{{Columns: []string{"a"}}}},
		"index twice":        {Name: "t", Columns: text, Indexes: []Index{{Name: "i", Columns: []string{"a"}}, {Name: "i", Columns: []string{"b"}}}},
		"index of nothing":   {Name: "t", Columns: text, Indexes: []Index{{Name: "i"}}},
		"index of unknown":   {Name: "t", Columns: text, Indexes: []Index{{Name: "i", Columns: []string{"c"}}}},
		"index of id":        {Name: "t", Columns: text, Indexes: []Index{{Name: "i", Columns: []string{"id"}}}},
		"index of a doc":     {Name: "t", Columns: text, Indexes: []Index{{Name: "i", Columns: []string{"d"}}}},
		"index of one twice": {Name: "t", Columns: text, Indexes: []Index{{Name: "i", Columns: []string{"a", "a"}}}},
	} {
		require.Error(t, bad.Validate(), what)
	}
}
