package sqlite

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// TestConflicts shows which index a row that violates several is said to violate: the id first, and then the first that
// the table declares.
func TestConflicts(t *testing.T) {
	t.Parallel()
	s, ctx := openTest(t, nil), t.Context()
	two := &storage.Table{Name: "two", Columns: []storage.Column{{Name: "a", Kind: storage.Text}, {Name: "b", Kind: storage.Int}, {Name: "c", Kind: storage.Ref}},
		Indexes: []storage.Index{{Name: "z", Columns: []string{"a"}, Unique: true}, {Name: "m", Columns: []string{"b", "c"}, Unique: true},
			{Name: "c", Columns: []string{"c"}, Unique: true}}}
	require.NoError(t, s.Migrate(ctx, []*storage.Table{two}))
	row := func(id int, a string, b int64, c int) storage.Row {
		return storage.Row{ID: companyID(id), Version: 1, Values: []storage.Value{storage.TextValue(a), storage.IntValue(b), storage.RefValue(companyID(c))}}
	}
	require.NoError(t, s.Update(ctx, "", func(x storage.Tx) error {
		return x.Insert(ctx, two, []storage.Row{row(1, "a", 1, 1), row(2, "b", 2, 2)})
	}))
	for want, r := range map[string]storage.Row{"id": row(1, "a", 1, 1), "z": row(3, "a", 1, 1), "m": row(3, "x", 1, 1), "c": row(3, "x", 9, 1)} {
		err := s.Update(ctx, "", func(x storage.Tx) error { return x.Insert(ctx, two, []storage.Row{row(9, "n", 9, 9), r}) })
		require.Equal(t, &storage.ConflictError{Table: "two", Index: want}, err)
		r.ID, r.Version = companyID(2), 2
		if want == "id" {
			want = "z"
		}
		err = s.Update(ctx, "", func(x storage.Tx) error { return x.Update(ctx, two, []storage.Row{r}) })
		require.Equal(t, &storage.ConflictError{Table: "two", Index: want}, err)
	}
	do(t, s.path, `CREATE UNIQUE INDEX "of the host" ON two (b)`)
	err := s.Update(ctx, "", func(x storage.Tx) error { return x.Insert(ctx, two, []storage.Row{row(5, "e", 1, 5)}) })
	var conflict *storage.ConflictError
	require.False(t, errors.As(err, &conflict), "%v", err)
	require.ErrorContains(t, err, "two")
}
