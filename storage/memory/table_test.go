package memory

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// TestRow keeps rows of all widths, with nulls anywhere, and reads columns that came later.
func TestRow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, width := range []int{0, 1, 40, sparse - 1, sparse, sparse + 1, 2*sparse + 3} {
		for _, nulls := range []int{1, 2, 5, 1000} {
			all := make([]storage.Value, width)
			for i := range all {
				if r.IntN(nulls) > 0 {
					all[i] = storage.IntValue(int64(i))
				}
			}
			kept := newRow(storage.ID{1}, 1, all)
			for i := range all {
				require.Equal(t, all[i], kept.value(i), "%d of %d", i, width)
			}
			for i := width; i < 3*sparse; i++ {
				require.Equal(t, storage.Value{}, kept.value(i), "%d of %d", i, width)
			}
			require.Equal(t, storage.RefValue(storage.ID{1}), kept.value(idColumn))
		}
	}
}

// TestWideTable lets a table grow beyond what a row has bits for, while software of yesterday goes on writing.
func TestWideTable(t *testing.T) {
	s, ctx := New(nil), t.Context()
	table := func(columns int) *storage.Table {
		x := &storage.Table{Name: "t"}
		for i := range columns {
			x.Columns = append(x.Columns, storage.Column{Name: fmt.Sprint("c", i), Kind: storage.Int})
		}
		x.Indexes = []storage.Index{{Name: "i", Columns: []string{"c1"}}}
		if columns > sparse {
			x.Indexes = append(x.Indexes, storage.Index{Name: "last", Columns: []string{fmt.Sprint("c", columns-1)}, Unique: true})
		}
		return x
	}
	row := func(id byte, version int64, columns int) storage.Row {
		x := storage.Row{ID: storage.ID{id}, Version: version, Values: make([]storage.Value, columns)}
		for i := range x.Values {
			x.Values[i] = storage.IntValue(int64(i) + 1000*version)
		}
		return x
	}
	old, wide := table(3), table(100)
	require.NoError(t, s.Migrate(ctx, []*storage.Table{old}))
	require.NoError(t, s.Update(ctx, "", func(x storage.Tx) error { return x.Insert(ctx, old, []storage.Row{row(1, 1, 3)}) }))
	require.NoError(t, s.Migrate(ctx, []*storage.Table{wide}))
	require.NoError(t, s.Update(ctx, "", func(x storage.Tx) error {
		if err := x.Insert(ctx, wide, []storage.Row{row(2, 1, 100)}); err != nil {
			return err
		}
		return x.Update(ctx, old, []storage.Row{row(1, 2, 3), row(2, 2, 3)})
	}))
	require.NoError(t, s.View(ctx, "", func(r storage.Reader) error {
		got, err := r.Find(ctx, &storage.Query{Table: wide, Limit: 3})
		require.NoError(t, err)
		one, two := row(1, 2, 100), row(2, 1, 100)
		two.Version = 2
		copy(two.Values, one.Values[:3])
		clear(one.Values[3:])
		require.Equal(t, []storage.Row{one, two}, got)
		got, err = r.Find(ctx, &storage.Query{Table: wide, Where: compare(storage.Eq, "c99", storage.IntValue(1099)), Limit: 3})
		require.Equal(t, []storage.Row{two}, got)
		return err
	}))
}
