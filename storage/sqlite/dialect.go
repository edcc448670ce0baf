package sqlite

import (
	"strconv"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

// Tables have rowids. WITHOUT ROWID they would have one index less, but rows of half a kilobyte in the inner nodes of a
// b-tree make it deep and large. With 200,000 accounts an import then takes as long (50 µs a row against 48), a first page
// and one account too, and reading 20,000 of them by id in no order four times as long (165 ms against 43).
var dialect = &sqlgen.Dialect{
	Types: [...]string{storage.Text: "TEXT", storage.Int: "INTEGER", storage.Decimal: "TEXT", storage.Bool: "INTEGER",
		storage.Time: "INTEGER", storage.Ref: "BLOB", storage.Bytes: "BLOB", storage.Doc: "BLOB"},
	NoID: "x''",
	Arg:  func(n int) string { return "?" + strconv.Itoa(n) },
	// The planner looks at the value of a bare parameter that a column is equal to or that is the limit, and so SQLite
	// prepares the statement anew for each call: 15 % of the time of a page of 50.
	Value: func(arg string) string { return "+" + arg },
	Limit: func(arg string) string { return arg + " + 0" },
	List: func(k storage.Kind, member bool, arg string) string {
		if blob(k) && !member {
			return "SELECT unhex(value) FROM json_each(" + arg + ")"
		}
		return "SELECT value FROM json_each(" + arg + ")"
	},
	Contains: func(col, arg string) string { return "instr(" + col + ", " + arg + ") > 0" },
	AsMember: func(col string, k storage.Kind) string {
		if blob(k) {
			return "lower(hex(" + col + "))"
		}
		return col
	},
	FromMember: func(member string, k storage.Kind) string {
		if blob(k) {
			return "unhex(" + member + ")"
		}
		return member
	},
	Member: func(col, key string) string { return "(" + col + " ->> '$.\"" + key + "\"')" },
	Read: func(col string, k storage.Kind) string {
		if k == storage.Doc {
			return "json(" + col + ")"
		}
		return col
	},
	Write: func(arg string, k storage.Kind) string {
		if k == storage.Doc {
			return "jsonb(" + arg + ")"
		}
		return arg
	},
	Hint: func(table, index string) string {
		return "INDEXED BY " + sqlgen.Ident(indexName(table, index))
	},
}

// plain is the dialect without hints.
var plain = func() *sqlgen.Dialect {
	d := *dialect
	d.Hint = nil
	return &d
}()

// indexName is the name of an index in the file. That of the primary key is SQLite's own choice.
func indexName(table, index string) string {
	if index == "id" {
		return "sqlite_autoindex_" + table + "_1"
	}
	return sqlgen.IndexName(table, index)
}

// blob reports whether a column of kind k holds blobs, which JSON has as lower-case hexadecimal digits: they sort alike.
func blob(k storage.Kind) bool { return k == storage.Ref || k == storage.Bytes }
