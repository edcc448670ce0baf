package sqlite

import (
	"context"
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

// The kinds of the columns are kept in a table of their own, since those of SQLite do not tell all of them apart.
const createKinds = `CREATE TABLE IF NOT EXISTS crm_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, kind TEXT NOT NULL,
  PRIMARY KEY (table_name, column_name)) WITHOUT ROWID`

// Migrate creates what the tables need and the file lacks, in one transaction.
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
	return s.writing(ctx, func(c *conn) error {
		if err := c.once(createKinds); err != nil {
			return err
		}
		for _, t := range tables {
			if err := migrate(c, t); err != nil {
				return fmt.Errorf("sqlite: migrate %s: %w", t.Name, err)
			}
		}
		return nil
	})
}

func migrate(c *conn, t *storage.Table) error {
	kinds, err := pairs(c, "SELECT column_name, kind FROM crm_columns WHERE table_name = ?1", t.Name)
	if err != nil {
		return err
	}
	for _, col := range t.Columns {
		if kind, ok := kinds[col.Name]; ok && kind != col.Kind.String() {
			return fmt.Errorf("column %s is of kind %s, and cannot become %s", col.Name, kind, col.Kind)
		}
	}
	var statements []string
	exists, err := pairs(c, "SELECT name, name FROM sqlite_schema WHERE type = 'table' AND name = ?1", t.Name)
	if err != nil {
		return err
	}
	switch {
	case len(exists) > 0 && len(kinds) == 0 && len(t.Columns) > 0:
		return fmt.Errorf("the file has such a table, which is not of this package")
	case len(exists) == 0:
		statements = append(statements, sqlgen.CreateTable(dialect, t))
	}
	for _, col := range t.Columns {
		if _, ok := kinds[col.Name]; ok {
			continue
		}
		if len(exists) > 0 {
			statements = append(statements, sqlgen.AddColumn(dialect, t, col))
		}
		statements = append(statements, fmt.Sprintf("INSERT INTO crm_columns VALUES ('%s', '%s', '%s')", t.Name, col.Name, col.Kind))
	}
	have, err := pairs(c, "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 AND sql IS NOT NULL", t.Name)
	if err != nil {
		return err
	}
	for i := range t.Indexes {
		ix := &t.Indexes[i]
		name, want := sqlgen.IndexName(t, ix.Name), sqlgen.CreateIndex(t, ix)
		if have[name] == want {
			continue
		}
		if have[name] != "" { // of other columns
			statements = append(statements, "DROP INDEX "+sqlgen.Ident(name))
		}
		statements = append(statements, want)
	}
	for _, text := range statements {
		if err := c.once(text); err != nil {
			return conflict(t, err)
		}
	}
	return nil
}

// pairs returns the rows of two texts that a query about a table gives.
func pairs(c *conn, text, table string) (map[string]string, error) {
	found := map[string]string{}
	err := c.run(text, func(st *sqlite.Stmt) error {
		st.BindText(1, table)
		for {
			more, err := st.Step()
			if err != nil || !more {
				return err
			}
			found[st.ColumnText(0)] = st.ColumnText(1)
		}
	})
	return found, err
}
