package record

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNumberFormats(t *testing.T) {
	t.Parallel()
	stored := &Layout{Fields: []FieldLayout{{Name: "N", Type: "autonumber", Number: &Numbering{Prefix: "A", Start: 7}}}}
	save := func(n Numbering) string {
		next, err := (&Layout{Fields: []FieldLayout{{Name: "N", Type: "autonumber", Number: &n}}}).after(stored)
		require.NoError(t, err)
		if _, _, err = next.compile(things, isThings); err == nil {
			stored = next
		}
		return complaints(err)
	}
	const refused = "N INVALID_DATA numbers that were not given before"
	require.Empty(t, save(Numbering{Prefix: "A", Digits: 5}))
	require.Empty(t, stored.Fields[0].Earlier)
	require.Equal(t, refused, save(Numbering{Prefix: "A1"}))
	require.Equal(t, refused, save(Numbering{Prefix: "A", Suffix: "0"}))
	require.Empty(t, save(Numbering{Prefix: "A-"}))
	require.Empty(t, save(Numbering{Prefix: "B", Suffix: "x"}))
	require.Empty(t, save(Numbering{Prefix: "A-"}))
	require.Equal(t, refused, save(Numbering{Prefix: "A2"}))
	require.Empty(t, save(Numbering{Prefix: "A"}))
	require.Equal(t, []Numbering{{Prefix: "B", Suffix: "x"}, {Prefix: "A-"}}, stored.Fields[0].Earlier)
	d := compiled(t, "N", FieldLayout{Name: "N", Type: "autonumber", Number: &Numbering{Prefix: "客", Suffix: "号", Digits: 4}})
	require.Equal(t, &Numbering{"客", "号", 1, 4}, d.Number)
	require.Equal(t, "客0012号", d.Number.format(12))

	part := rapid.StringMatching(`[01a-]{0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := Numbering{Prefix: part.Draw(t, "a"), Suffix: part.Draw(t, "s")}, Numbering{Prefix: part.Draw(t, "b"), Suffix: part.Draw(t, "t")}
		a.Digits, b.Digits = rapid.IntRange(0, 3).Draw(t, "da"), rapid.IntRange(0, 3).Draw(t, "db")
		i, j := rapid.Int64Range(1, 1200).Draw(t, "i"), rapid.Int64Range(1, 1200).Draw(t, "j")
		if i != j && a.format(i) == b.format(j) {
			require.True(t, a.mayMeet(&b) && b.mayMeet(&a), "%v %v", a, b)
		}
	})
}
