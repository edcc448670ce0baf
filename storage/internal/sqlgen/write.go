package sqlgen

import (
	"strings"

	"github.com/clientele-go/crm/storage"
)

// Insert returns the insert of one row: tenant, id, version, values.
func Insert(d *Dialect, t *storage.Table) string {
	var b strings.Builder
	b.WriteString("INSERT INTO " + Ident(t.Name) + " (tenant_id, id, version")
	for _, c := range t.Columns {
		b.WriteString(", " + Ident(c.Name))
	}
	b.WriteString(") VALUES (" + d.Arg(1) + ", " + d.Arg(2) + ", " + d.Arg(3))
	for i, c := range t.Columns {
		b.WriteString(", " + d.Write(d.Arg(i+4), c.Kind))
	}
	return b.String() + ")"
}

// Update returns the update of one row: tenant, id, version, values, and the version that is stored.
func Update(d *Dialect, t *storage.Table) string {
	var b strings.Builder
	b.WriteString("UPDATE " + Ident(t.Name) + " SET version = " + d.Arg(3))
	for i, c := range t.Columns {
		b.WriteString(", " + Ident(c.Name) + " = " + d.Write(d.Arg(i+4), c.Kind))
	}
	return b.String() + " WHERE tenant_id = " + d.Arg(1) + " AND id = " + d.Arg(2) + " AND version = " + d.Arg(len(t.Columns)+4)
}

// Delete returns the delete of one row: tenant, id, version.
func Delete(d *Dialect, t *storage.Table) string {
	return "DELETE FROM " + Ident(t.Name) + " WHERE tenant_id = " + d.Arg(1) + " AND id = " + d.Arg(2) + " AND version = " + d.Arg(3)
}
