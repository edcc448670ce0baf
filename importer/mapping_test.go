package importer

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

// FuzzSafeCell holds that what a report makes of a cell begins no formula, and is read back as it was.
func FuzzSafeCell(f *testing.F) {
	for _, s := range []string{"", "a", "=1", "'=1", "''+", "-1", "@x", "\t=", "\r", "\n=1", "＝1", "'", "''", "'a", "\xff", "=\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe := safeCell(s)
		require.Equal(t, s, plainCell(safe))
		if safe != "" {
			r, _ := utf8.DecodeRuneInString(safe)
			require.NotContains(t, []rune("=+-@\t\r\n＝＋－＠"), r)
		}
	})
}

// TestMappingOfAnyHeader holds that no header is mapped twice to one field, and that every doubtful one is told of.
func TestMappingOfAnyHeader(t *testing.T) {
	t.Parallel()
	store := memory.New(nil)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	s, err := record.Open(t.Context(), store, []*record.Schema{account.Definition.Schema}, nil)
	require.NoError(t, err)
	shape := account.In(s).Shape()
	var labels []string
	for _, d := range shape.Fields() {
		labels = append(labels, d.Name, d.English, d.Chinese, " "+d.Name+" ")
	}
	labels = append(labels, "id", "Record Id", "", columnLine, "'=x")
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(labels), rapid.String()), 1, 12).Draw(t, "header")
		given := rapid.MapOfN(rapid.SampledFrom(header), rapid.SampledFrom([]string{"", "Phone", "Nope", "电话"}), 0, 2).Draw(t, "given")
		m, problems := newMapping(shape, header, given, nil)
		require.Len(t, m.columns, len(header))
		fields := map[string]int{}
		for _, c := range m.columns {
			require.Equal(t, c.Field == "", c.Use == Ignored)
			if c.Field != "" {
				fields[c.Field]++
			}
		}
		for _, c := range m.imported {
			require.Equal(t, m.columns[c.at].Field, c.def.Name)
			require.Equal(t, Imported, m.columns[c.at].Use)
		}
		twice := 0
		for _, p := range problems {
			if p.Code == CodeDuplicateColumn && p.Field != "" {
				require.Equal(t, p.Field, m.columns[p.First-1].Field)
				twice++
			}
			if p.Code == CodeDuplicateColumn {
				require.Greater(t, p.Column, p.First)
			}
		}
		for _, n := range fields {
			twice -= n - 1
		}
		require.Zero(t, twice)
	})
}
