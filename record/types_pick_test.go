package record

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

func TestPickListType(t *testing.T) {
	t.Parallel()
	known := []typeCase{
		{"Red", `"Red"`},
		{" red ", `"Red"`},
		{"ＲＥＤ", `"Red"`},
		{"红色", `"Red"`},
		{"dark  BLUE", `"Dark Blue"`},
		{"Teal", `"Teal"`},
		{"旧", `"Old"`},
		{"其它", `"Other"`},
		{"Rest", `"Rest"`},
		{"-None-", "null"},
		{"-NONE-", "null"},
	}
	checkType(t, PickListType(colours), nil, append(known, []typeCase{
		{" Mauve ", `"Mauve"`},
		{strings.Repeat("紫", 120), `"` + strings.Repeat("紫", 120) + `"`},
		{strings.Repeat("紫", 121), "INVALID_DATA map[length:121 limit:120]"},
		{"a\nb", expected("one line of text")},
		{"a;b", `"a;b"`},
	}...))
	checkType(t, PickListType(closedColours), nil, append(known, typeCase{"Mauve", expected("one of the pick list")}))
	checkType(t, PickListType(nil), nil, []typeCase{{"Red", `"Red"`}, {"red", `"red"`}, {"-none-", "null"}})
	v, p := PickListType(closedColours).Clean(storage.TextValue("红色"))
	require.True(t, p.OK())
	require.Equal(t, "Red", v.Text())
	for _, empty := range []string{"", " ", "-none-"} {
		v, p = PickListType(closedColours).Clean(storage.TextValue(empty))
		require.True(t, p.OK() && v.IsNull())
	}
}

func TestPickListFormat(t *testing.T) {
	t.Parallel()
	chinese := &Locale{Language: Chinese}
	for actual, want := range map[string]string{"Red": "红色", "Teal": "Teal", "Other": "其它", "Rest": "Rest", "Mauve": "Mauve", "Old": "旧"} {
		v := storage.TextValue(actual)
		require.Equal(t, want, PickListType(colours).Format(v, chinese))
		require.Equal(t, actual, PickListType(colours).Format(v, nil))
	}
	labelled := PickListType(&PickValues{Values: []PickValue{{Actual: "a", English: "Alpha", Chinese: "甲"}, {Actual: "b", English: "a"}, {Actual: "c"}}})
	for actual, want := range map[string][2]string{"a": {"Alpha", "甲"}, "b": {"b", "b"}, "c": {"c", "c"}, "d": {"d", "d"}} {
		v := storage.TextValue(actual)
		require.Equal(t, want, [2]string{labelled.Format(v, nil), labelled.Format(v, chinese)})
	}
	require.Equal(t, `"a"`, become(labelled, "ALPHA", nil))
	multi := MultiPickListType(colours)
	require.Equal(t, "红色;Teal;Rest", multi.Format(storage.TextValue(";Red;Teal;Rest;"), chinese))
	require.Equal(t, "Red;Teal", multi.Format(storage.TextValue(";Red;Teal;"), nil))
}

func TestMultiPickListType(t *testing.T) {
	t.Parallel()
	checkType(t, MultiPickListType(colours), nil, []typeCase{
		{"红色; dark blue；Mauve;RED;-None-", `";Red;Dark Blue;Mauve;"`},
		{"-None-", "null"},
		{";Red;", `";Red;"`},
		{";", "null"},
		{"Red\x1fTeal", expected("values without semicolons")},
	})
	checkType(t, MultiPickListType(closedColours), nil, []typeCase{{"红色", `";Red;"`}, {"Red;Mauve", expected("one of the pick list")}})
	many := strings.Split(strings.Repeat("x", 101), "")
	for i := range many {
		many[i] += strings.Repeat("y", i)
	}
	_, p := MultiPickListType(nil).Clean(storage.TextValue(JoinMulti(many)))
	require.Equal(t, Problem{CodeLimit, Args{"limit": 100, "length": 101}}, p)
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	type unknown interface{ Unknown(storage.Value) bool }
	for text, want := range map[string]bool{"Red": false, "红色": false, "Old": false, "Mauve": true, "": false} {
		require.Equal(t, want, PickListType(colours).(unknown).Unknown(storage.TextValue(text)) && text != "", text)
		require.Equal(t, want, MultiPickListType(colours).(unknown).Unknown(storage.TextValue(JoinMulti([]string{"Teal", text}))), text)
	}
	require.False(t, PickListType(colours).(unknown).Unknown(storage.Value{}))
	require.False(t, PickListType(nil).(unknown).Unknown(storage.TextValue("Red")))
	require.False(t, MultiPickListType(nil).(unknown).Unknown(storage.TextValue(";Red;")))
	require.NotImplements(t, (*unknown)(nil), TextType(1))
}

func TestPickListIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	typ := PickListType(&PickValues{Values: colours.Values})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			v, _ := typ.Parse("红色", nil)
			require.Equal(t, "Red", v.Text())
		})
	}
	all.Wait()
}

func TestOffered(t *testing.T) {
	t.Parallel()
	list := &PickValues{Closed: true, Values: []PickValue{{Actual: "a", English: "Alpha", Chinese: "甲"}, {Actual: "b", Retired: true}, {Actual: "c", English: "a"}}}
	for _, of := range []Type{PickListType(list), MultiPickListType(list)} {
		offers := of.(interface {
			Offered(*Locale) ([]string, bool)
		})
		values, closed := offers.Offered(nil)
		require.Equal(t, []string{"Alpha", "c"}, values)
		require.True(t, closed)
		values, _ = offers.Offered(&Locale{Language: Chinese})
		require.Equal(t, []string{"甲", "c"}, values)
	}
	values, closed := newPick(nil).Offered(nil)
	require.Empty(t, values)
	require.False(t, closed)
}
