package sqlite

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// A host can write into the file too. What is no value of its column is an error that names the column, and no other value.
func TestColumnsThatHoldNoValue(t *testing.T) {
	t.Parallel()
	for set, column := range map[string]string{
		"name = CAST(x'ff' AS TEXT)":                                   "name",
		"name = CAST(x'610062' AS TEXT)":                               "name",
		"number = CAST(x'61e4' AS TEXT), name = CAST(x'bda0' AS TEXT)": "name", // one character in two columns
		"number = CAST(x'61' AS TEXT), name = CAST(x'bda0' AS TEXT)":   "name",
		"created = 'today'":                                            "created",
		"active = 2":                                                   "active",
		"parent = x'00'":                                               "parent",
		"custom = '{\"a:b:int\":1}'":                                   "custom",
	} {
		t.Run(set, func(t *testing.T) {
			t.Parallel()
			s := companies(t, 3, 0)
			read := func() (rows []storage.Row, err error) {
				err = s.View(t.Context(), "big", func(r storage.Reader) error {
					rows, err = r.Find(t.Context(), &storage.Query{Table: company, Limit: math.MaxInt})
					return err
				})
				return rows, err
			}
			before, err := read()
			require.NoError(t, err)
			require.Len(t, before, 3)
			require.NoError(t, s.writing(t.Context(), func(c *conn) error { return c.once("UPDATE company SET "+set+" WHERE name = 'Company 007919'", nil) }))
			rows, err := read()
			require.ErrorContains(t, err, "column "+column+" holds what is no")
			require.Empty(t, rows)
		})
	}
}
