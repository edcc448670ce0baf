package sqlite

import (
	"context"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

// The kinds of the columns are kept in a table of their own, since the types of SQLite do not tell all of them apart. A
// table is ours if it has a row for its id. The dot keeps the name apart from those of tables.
const createKinds = `CREATE TABLE "crm.columns" (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (table_name, column_name)
) WITHOUT ROWID`

// format is how values are kept in columns. It is a row of the table of kinds, for a table without a name.
const format = "1"

// Migrate creates what the tables need and the file lacks, in one transaction. It waits for no writer when there is
// nothing to do. A column of another kind than the one in the file is an error, and so is an index of other columns or of
// another uniqueness.
func (s *Store) Migrate(ctx context.Context, tables []*storage.Table) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for _, t := range tables {
		if err := t.Validate(); err != nil {
			return err
		}
	}
	lacks := errors.New("something to do")
	err := s.viewing(ctx, func(c *conn) error {
		todo, err := plan(c, tables)
		if err == nil && len(todo) > 0 {
			err = lacks
		}
		return err
	})
	if !errors.Is(err, lacks) {
		return err
	}
	return s.writing(ctx, func(c *conn) error {
		todo, err := plan(c, tables)
		if err != nil {
			return err
		}
		for _, do := range todo {
			if err := c.once(do.sql, nil); err != nil {
				return fmt.Errorf("sqlite: %s: %w", do.table.Name, err)
			}
		}
		return nil
	})
}

// change is one statement that changes the schema.
type change struct {
	table *storage.Table
	sql   string
}

// schema is what a file has.
type schema struct {
	tables  map[string]bool
	indexes map[string]string    // the SQL of each
	kinds   map[[2]string]string // of the columns, by the names of table and column
	figures map[string]string    // of the planner, by the name of the index
}

func read(c *conn) (*schema, error) {
	s := &schema{tables: map[string]bool{}, indexes: map[string]string{}, kinds: map[[2]string]string{}, figures: map[string]string{}}
	err := c.once("SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'view', 'index')", func(st *sqlite.Stmt) {
		if st.ColumnText(0) == "index" {
			s.indexes[st.ColumnText(1)] = st.ColumnText(2)
		} else {
			s.tables[st.ColumnText(1)] = true
		}
	})
	if err == nil && s.tables["crm.columns"] {
		err = c.once(`SELECT table_name, column_name, kind FROM "crm.columns"`, func(st *sqlite.Stmt) {
			s.kinds[[2]string{st.ColumnText(0), st.ColumnText(1)}] = st.ColumnText(2)
		})
	}
	if err == nil && s.tables["sqlite_stat1"] {
		err = c.once("SELECT idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL", func(st *sqlite.Stmt) {
			s.figures[st.ColumnText(0)] = st.ColumnText(1)
		})
	}
	return s, err
}

// plan lists what the tables need and the file lacks.
func plan(c *conn, tables []*storage.Table) ([]change, error) {
	s, err := read(c)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	none := &storage.Table{Name: "crm.columns"}
	var todo []change
	if !s.tables["crm.columns"] {
		todo = append(todo, change{none, createKinds}, change{none, insertKind("", "format", format)})
	} else if f := s.kinds[[2]string{"", "format"}]; f != format {
		return nil, fmt.Errorf("sqlite: the file is of format %q; this software knows %q", f, format)
	}
	var figures []change
	for _, t := range tables {
		if err := s.check(t); err != nil {
			return nil, fmt.Errorf("sqlite: %s: %w", t.Name, err)
		}
		for _, sql := range s.lacking(t) {
			todo = append(todo, change{t, sql})
		}
		for _, sql := range s.otherFigures(t) {
			figures = append(figures, change{t, sql})
		}
	}
	if len(figures) > 0 { // the first makes sure of the table of figures, the last makes the planner read it
		todo = append(append(append(todo, change{none, "ANALYZE sqlite_schema"}), figures...), change{none, "ANALYZE sqlite_schema"})
	}
	return todo, nil
}

// check refuses a table that is somebody else's, and a column of another kind.
func (s *schema) check(t *storage.Table) error {
	if s.tables[t.Name] && s.kinds[[2]string{t.Name, "id"}] == "" {
		return errors.New("the file has a table or view of that name, which this package has not made")
	}
	for _, c := range t.Columns {
		if kind := s.kinds[[2]string{t.Name, c.Name}]; kind != "" && kind != c.Kind.String() {
			return fmt.Errorf("column %s is of kind %s, and cannot become %s", c.Name, kind, c.Kind)
		}
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		have, want := s.indexes[indexName(t.Name, ix.Name)], sqlgen.CreateIndex(dialect, t, ix)
		if have != "" && have != want {
			return fmt.Errorf("index %s is another in the file: %s", ix.Name, have)
		}
	}
	return nil
}

// lacking lists what creates the table, the columns and the indexes that are not there.
func (s *schema) lacking(t *storage.Table) (todo []string) {
	is := s.tables[t.Name]
	if !is {
		todo = append(todo, sqlgen.CreateTable(dialect, t), insertKind(t.Name, "id", storage.Ref.String()))
	}
	for _, c := range t.Columns {
		if s.kinds[[2]string{t.Name, c.Name}] != "" {
			continue
		}
		if is {
			todo = append(todo, sqlgen.AddColumn(dialect, t, c))
		}
		todo = append(todo, insertKind(t.Name, c.Name, c.Kind.String()))
	}
	for i := range t.Indexes {
		if ix := &t.Indexes[i]; s.indexes[indexName(t.Name, ix.Name)] == "" {
			todo = append(todo, sqlgen.CreateIndex(dialect, t, ix))
		}
	}
	return todo
}

func insertKind(table, column, kind string) string {
	return fmt.Sprintf(`INSERT INTO "crm.columns" VALUES ('%s', '%s', '%s')`, table, column, kind)
}
