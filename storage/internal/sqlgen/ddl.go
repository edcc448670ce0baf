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

// CreateIndex returns the statement that creates an index of t. One that is not unique ends with the id, and so keeps the
// order of lists.
func CreateIndex(t *storage.Table, ix *storage.Index) string {
	var b strings.Builder
	b.WriteString("CREATE ")
	if ix.Unique {
		b.WriteString("UNIQUE ")
	}
	b.WriteString("INDEX " + Ident(IndexName(t.Name, ix.Name)) + " ON " + Ident(t.Name) + " (tenant_id")
	for _, c := range ix.Columns {
		b.WriteString(", " + Ident(c))
	}
	if !ix.Unique {
		b.WriteString(", id")
	}
	return b.String() + ")"
}
