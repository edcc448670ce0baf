package sqlgen

import (
	"strings"

	"github.com/clientele-go/crm/storage"
)

// CreateTable returns the statement that creates t without its indexes.
func CreateTable(d *Dialect, t *storage.Table) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + Ident(t.Name) + " (\n  tenant_id " + d.Types[storage.Text] + " NOT NULL,\n  id " + d.Types[storage.Ref] +
		" NOT NULL,\n  version " + d.Types[storage.Int] + " NOT NULL")
	for _, c := range t.Columns {
		b.WriteString(",\n  " + Ident(c.Name) + " " + d.Types[c.Kind])
	}
	return b.String() + ",\n  PRIMARY KEY (tenant_id, id)\n)"
}

// AddColumn returns the statement that adds a column to t.
func AddColumn(d *Dialect, t *storage.Table, c storage.Column) string {
	return "ALTER TABLE " + Ident(t.Name) + " ADD COLUMN " + Ident(c.Name) + " " + d.Types[c.Kind]
}

// CreateIndex returns the statement that creates an index of t. Each ends with the id, and so keeps the order of lists; a
// unique one with the id of rows that conflict with none, since one of its columns is null.
func CreateIndex(d *Dialect, t *storage.Table, ix *storage.Index) string {
	var b strings.Builder
	b.WriteString("CREATE ")
	if ix.Unique {
		b.WriteString("UNIQUE ")
	}
	b.WriteString("INDEX " + Ident(IndexName(t.Name, ix.Name)) + " ON " + Ident(t.Name) + " (tenant_id")
	for _, c := range ix.Columns {
		b.WriteString(", " + Ident(c))
	}
	if ix.Unique {
		return b.String() + ", (" + tie(d, ix) + "))"
	}
	return b.String() + ", id)"
}

// tie is the last key of a unique index: the id of a row with a null in its columns, and nothing for other rows, which the
// columns tell apart. So rows that conflict with none are in the order of their ids, and a page of them is not sorted.
func tie(d *Dialect, ix *storage.Index) string {
	var b strings.Builder
	for i, c := range ix.Columns {
		if i > 0 {
			b.WriteString(" OR ")
		}
		b.WriteString(Ident(c) + " IS NULL")
	}
	return "CASE WHEN " + b.String() + " THEN id ELSE " + d.NoID + " END"
}
