package sqlite

import (
	"fmt"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// The planner of SQLite decides by figures: how many rows a table has, and how many share the first columns of an index.
// ANALYZE counts them, and is right for one moment and for the average tenant. Where it ran while the table was small, or
// where small tenants outnumber a large one, a tenant seems to have a few rows, and the planner reads all of them instead
// of using the index. Without figures it is the same. So Migrate writes figures of its own, which assume a large tenant
// and are the same at any time: plans depend on the schema alone.

// tenantRows is how many rows the planner believes that a tenant has.
const tenantRows = 1_000_000

// whole keeps the planner from reading an index piece by piece, with a search in it for each value of the first columns and
// each id that a condition allows. It takes that for fast where an index is named, and it takes minutes.
const whole = " noskipscan"

// figures are those of an index, in the form that SQLite keeps: the rows of the table, and the rows that share the first
// column, the first two, and so on.
func figures(t *storage.Table, ix *storage.Index) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d", tenantRows, tenantRows)
	n := tenantRows
	for i, name := range ix.Columns {
		last := i == len(ix.Columns)-1
		switch k := t.Columns[t.Column(name)].Kind; {
		case k == storage.Bool || k != storage.Ref && !last: // others follow what most rows share, such as not being deleted
			n /= 2
		case k == storage.Text || k == storage.Int: // a name, or one of a few
			n /= 1000
		case k == storage.Ref:
			n /= 10_000
		default:
			n /= 100_000
		}
		if n < 1 || ix.Unique && last {
			n = 1
		}
		fmt.Fprintf(&b, " %d", n)
	}
	return b.String() + " 1" + whole
}

// otherFigures lists what puts right the figures of t's indexes that are missing or were counted.
func (s *schema) otherFigures(t *storage.Table) (todo []string) {
	set := func(name, want string) {
		if s.figures[name] != want {
			todo = append(todo, fmt.Sprintf("DELETE FROM sqlite_stat1 WHERE tbl = '%s' AND idx = '%s'", t.Name, name),
				fmt.Sprintf("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('%s', '%s', '%s')", t.Name, name, want))
		}
	}
	set(indexName(t.Name, "id"), fmt.Sprintf("%d %d 1", tenantRows, tenantRows)+whole)
	for i := range t.Indexes {
		set(indexName(t.Name, t.Indexes[i].Name), figures(t, &t.Indexes[i]))
	}
	return todo
}
