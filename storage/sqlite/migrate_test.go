package sqlite

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a text with that of a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test -update writes it anew")
}

// schemaOf returns all that the file has been told, figures too.
func schemaOf(t *testing.T, s *Store) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, s.viewing(t.Context(), func(c *conn) error {
		err := c.once("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid", func(st *sqlite.Stmt) {
			b.WriteString(st.ColumnText(0) + ";\n")
		})
		if err != nil {
			return err
		}
		err = c.once(`SELECT table_name, column_name, kind FROM "crm.columns" ORDER BY 1, 2`, func(st *sqlite.Stmt) {
			b.WriteString("-- " + st.ColumnText(0) + "." + st.ColumnText(1) + ": " + st.ColumnText(2) + "\n")
		})
		if err != nil {
			return err
		}
		return c.once("SELECT idx, stat FROM sqlite_stat1 ORDER BY 1", func(st *sqlite.Stmt) {
			b.WriteString("-- figures of " + st.ColumnText(0) + ": " + st.ColumnText(1) + "\n")
		})
	}))
	return b.String()
}

func TestDDL(t *testing.T) {
	t.Parallel()
	s, ctx := openTest(t, nil), t.Context()
	kinds := &storage.Table{Name: "kinds", Indexes: []storage.Index{{Name: "two", Columns: []string{"c_int", "c_ref"}, Unique: true}}}
	for k := storage.Text; k <= storage.Doc; k++ {
		kinds.Columns = append(kinds.Columns, storage.Column{Name: "c_" + strings.ReplaceAll(k.String(), " ", "_"), Kind: k})
	}
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company, kinds}))
	later := *company
	later.Columns = append(later.Columns[:len(later.Columns):len(later.Columns)], storage.Column{Name: "order", Kind: storage.Decimal}) // a word of SQL
	later.Indexes = append(later.Indexes[:len(later.Indexes):len(later.Indexes)], storage.Index{Name: "order", Columns: []string{"order"}})
	require.NoError(t, s.Migrate(ctx, []*storage.Table{&later}))
	golden(t, "schema.sql", schemaOf(t, s))
}

// TestRedefined shows that what is there with another meaning is an error, and that nothing is changed then.
func TestRedefined(t *testing.T) {
	t.Parallel()
	s, ctx := openTest(t, nil), t.Context()
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company}))
	do(t, s.path, `CREATE TABLE of_the_host (id INTEGER PRIMARY KEY)`)
	do(t, s.path, `CREATE VIEW view_of_the_host AS SELECT 1 AS id`)
	do(t, s.path, `CREATE INDEX "company.host" ON company (created)`)
	before := schemaOf(t, s)
	with := func(change func(t *storage.Table)) *storage.Table {
		c := &storage.Table{Name: company.Name, Columns: append([]storage.Column(nil), company.Columns...), Indexes: append([]storage.Index(nil), company.Indexes...)}
		change(c)
		return c
	}
	for name, c := range map[string]*storage.Table{
		"index no longer unique": with(func(t *storage.Table) { t.Indexes[0].Unique = false }),
		"index now unique":       with(func(t *storage.Table) { t.Indexes[1].Unique = true }),
		"index of other columns": with(func(t *storage.Table) { t.Indexes[1].Columns = []string{"name", "created"} }),
		"index of the host": with(func(t *storage.Table) {
			t.Indexes = append(t.Indexes, storage.Index{Name: "host", Columns: []string{"created"}})
		}),
		"column of another kind": with(func(t *storage.Table) { t.Columns[3].Kind = storage.Int }),
		"table of the host":      {Name: "of_the_host", Columns: []storage.Column{{Name: "a", Kind: storage.Int}}},
		"view of the host":       {Name: "view_of_the_host", Columns: []storage.Column{{Name: "a", Kind: storage.Int}}},
		"no table":               {Name: "no table"},
	} {
		other := &storage.Table{Name: "other", Columns: []storage.Column{{Name: "a", Kind: storage.Int}}}
		require.Error(t, s.Migrate(ctx, []*storage.Table{other, c}), name)
		require.Equal(t, before, schemaOf(t, s), name)
	}
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company}))
}

// TestFormat shows that a file which newer software has written in another way is not touched.
func TestFormat(t *testing.T) {
	t.Parallel()
	s, ctx := openTest(t, nil), t.Context()
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company}))
	do(t, s.path, `UPDATE "crm.columns" SET kind = '99' WHERE table_name = '' AND column_name = 'format'`)
	require.ErrorContains(t, s.Migrate(ctx, []*storage.Table{company}), `format "99"`)
}

// TestMigrateNothing shows that a Migrate with nothing to do waits for no writer.
func TestMigrateNothing(t *testing.T) {
	t.Parallel()
	s, ctx := openTest(t, nil), t.Context()
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company}))
	require.NoError(t, s.Update(ctx, "", func(storage.Tx) error { return s.Migrate(ctx, []*storage.Table{company}) }))
}
