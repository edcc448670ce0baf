package sqlgen

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

var update = flag.Bool("update", false, "write the golden files")

// dialect is one of no database, in which everything can be seen.
var dialect = &Dialect{
	Types: [...]string{storage.Text: "TEXT", storage.Int: "INT", storage.Decimal: "DECIMAL", storage.Bool: "BOOL", storage.Time: "TIME",
		storage.Ref: "REF", storage.Bytes: "BYTES", storage.Doc: "DOC"},
	NoID:  "NOBODY",
	Arg:   func(n int) string { return fmt.Sprint("$", n) },
	Value: func(arg string) string { return arg },
	Limit: func(arg string) string { return arg },
	List: func(k storage.Kind, member bool, arg string) string {
		return fmt.Sprintf("LIST OF %s %t %s", k, member, arg)
	},
	Contains:   func(col, arg string) string { return col + " CONTAINS " + arg },
	AsMember:   func(col string, k storage.Kind) string { return fmt.Sprintf("as_member(%s, %s)", col, k) },
	FromMember: func(member string, k storage.Kind) string { return fmt.Sprintf("from_member(%s, %s)", member, k) },
	Member:     func(col, key string) string { return fmt.Sprintf("member(%s, '%s')", col, key) },
	Read:       func(col string, _ storage.Kind) string { return col },
	Write:      func(arg string, _ storage.Kind) string { return arg },
	Hint:       func(table, index string) string { return fmt.Sprintf("USING %s OF %s", index, table) },
}

var (
	company = &storage.Table{Name: "company", Columns: []storage.Column{{Name: "number", Kind: storage.Text}, {Name: "name", Kind: storage.Text},
		{Name: "parent", Kind: storage.Ref}, {Name: "gone", Kind: storage.Time}, {Name: "custom", Kind: storage.Doc}},
		Indexes: []storage.Index{{Name: "number", Columns: []string{"number"}, Unique: true}, {Name: "name", Columns: []string{"gone", "name"}},
			{Name: "parent", Columns: []string{"parent", "gone"}}}}
	deal = &storage.Table{Name: "deal", Columns: []storage.Column{{Name: "company", Kind: storage.Ref}, {Name: "stage", Kind: storage.Int}},
		Indexes: []storage.Index{{Name: "company", Columns: []string{"company", "stage"}, Unique: true}}}
)

func is(op storage.Op, field string, args ...storage.Value) storage.Filter {
	return storage.Filter{Op: op, Field: field, Args: args}
}

func both(op storage.Op, sub ...storage.Filter) storage.Filter {
	return storage.Filter{Op: op, Sub: sub}
}

func among(field string, of *storage.Query, on, along string) storage.Filter {
	return storage.Filter{Op: storage.Among, Field: field, Of: of, On: on, Along: along}
}

func queries() map[string]*storage.Query {
	text, id := storage.TextValue("a"), storage.RefValue(storage.ID{1})
	live, null := is(storage.Eq, "gone", storage.Value{}), storage.Value{}
	one := &storage.Query{Table: company, Where: is(storage.Eq, "id", id)}
	stage := is(storage.Eq, "stage", storage.IntValue(3))
	deals := &storage.Query{Table: deal, Where: stage}
	under, above := among("id", one, "id", "parent"), among("id", one, "parent", "id")
	with := func(field string) storage.Filter {
		return among(field, &storage.Query{Table: deal, Where: stage, Index: "company"}, "company", "")
	}
	member := storage.MemberField("custom", "floors", storage.Int)
	code := storage.MemberField("custom", "account", storage.Ref)
	by := func(fields ...string) (o []storage.Order) {
		for _, f := range fields {
			o = append(o, storage.Order{Field: strings.TrimPrefix(f, "-"), Desc: f[0] == '-'})
		}
		return o
	}
	find := func(where storage.Filter, order ...string) *storage.Query {
		return &storage.Query{Table: company, Columns: []string{"name"}, Where: where, Order: by(order...), Limit: 50}
	}
	hinted := func(index string, q *storage.Query) *storage.Query {
		q.Index = index
		return q
	}
	return map[string]*storage.Query{
		"01 all":                          find(storage.Filter{}),
		"02 and":                          find(both(storage.And, live, both(storage.And, is(storage.Eq, "name", text), storage.Filter{}))),
		"03 or":                           find(both(storage.Or, live, is(storage.Eq, "name", text), is(storage.Gt, "id", id))),
		"04 and of none":                  find(both(storage.And)),
		"05 or of none":                   find(both(storage.Or)),
		"06 not":                          find(both(storage.Not, is(storage.Lt, "name", text))),
		"07 equal":                        find(is(storage.Eq, "name", text)),
		"08 equal to null":                find(is(storage.Eq, "name", null)),
		"09 less":                         find(is(storage.Lt, "name", text)),
		"10 less or equal":                find(is(storage.Le, "name", text)),
		"11 greater":                      find(is(storage.Gt, "name", text)),
		"12 greater or equal":             find(is(storage.Ge, "name", text)),
		"13 less than null":               find(is(storage.Lt, "name", null)),
		"14 in":                           find(is(storage.In, "name", text, text)),
		"15 in of none":                   find(is(storage.In, "id")),
		"16 contains":                     find(is(storage.Contains, "name", text)),
		"17 member":                       find(is(storage.Eq, member, storage.IntValue(1)), member),
		"18 member in":                    find(is(storage.In, code, id)),
		"19 among":                        find(among("id", deals, "company", "")),
		"20 member among":                 find(among(code, deals, "company", "")),
		"21 under":                        find(both(storage.And, live, under), "name"),
		"22 above":                        find(above),
		"23 not under":                    find(both(storage.Not, under)),
		"24 under and under":              find(both(storage.And, under, among("parent", one, "id", "parent"))),
		"25 under, by an index":           hinted("name", find(both(storage.And, live, under), "name")),
		"26 under, by the id":             hinted("id", find(both(storage.And, live, under))),
		"27 member under":                 find(among(code, one, "id", "parent")),
		"28 deals under":                  {Table: deal, Where: among("company", one, "id", "parent"), Limit: 50},
		"29 numbers under, no index":      find(among("custom.number:text", &storage.Query{Table: company}, "number", "name")),
		"30 order":                        hinted("name", find(live, "name", "-id")),
		"31 order of a unique index":      hinted("number", find(live, "-number")),
		"32 order of the rest of it":      hinted("company", &storage.Query{Table: deal, Where: is(storage.Eq, "company", id), Order: by("stage"), Limit: 50}),
		"33 order of a part of it":        hinted("company", &storage.Query{Table: deal, Order: by("company"), Limit: 50}),
		"34 order of it, not hinted":      find(live, "number"),
		"35 order of nothing":             hinted("number", find(is(storage.Eq, "number", text))),
		"36 more than the planner sees":   find(both(storage.And, many(apart+3)...)),
		"37 with a deal":                  find(both(storage.And, live, with("id"))),
		"38 not with a deal":              find(both(storage.Not, with("id"))),
		"39 member with a deal":           find(with(code)),
		"40 below one with a deal":        hinted("name", find(among("parent", &storage.Query{Table: company, Where: both(storage.And, live, with("id")), Index: "id"}, "id", ""), "name")),
		"41 below and with a deal":        find(both(storage.And, among("parent", &storage.Query{Table: company, Where: live, Index: "id"}, "id", ""), with("id"))),
		"42 collected, with a deal":       find(among("id", &storage.Query{Table: company, Where: both(storage.And, live, with("id"))}, "parent", "")),
		"43 with a deal of what is under": find(among("id", &storage.Query{Table: deal, Where: among("company", one, "id", "parent"), Index: "company"}, "company", "")),
		"44 under what has a deal":        find(among("id", &storage.Query{Table: company, Where: with("id")}, "id", "parent")),
		"45 under, with a deal":           find(both(storage.And, under, with("id"))),
	}
}

func many(n int) (fs []storage.Filter) {
	for i := range n {
		fs = append(fs, is(storage.Eq, "name", storage.TextValue(fmt.Sprint(i))))
	}
	return fs
}

func TestStatements(t *testing.T) {
	var b strings.Builder
	for _, tab := range []*storage.Table{company, deal} {
		b.WriteString(CreateTable(dialect, tab) + ";\n" + AddColumn(dialect, tab, tab.Columns[0]) + ";\n")
		for i := range tab.Indexes {
			b.WriteString(CreateIndex(dialect, tab, &tab.Indexes[i]) + ";\n")
		}
		b.WriteString(Insert(dialect, tab) + ";\n" + Update(dialect, tab) + ";\n" + Delete(dialect, tab) + ";\n")
	}
	all := queries()
	for n := range len(all) {
		for name, q := range all {
			if !strings.HasPrefix(name, fmt.Sprintf("%02d ", n+1)) {
				continue
			}
			require.NoError(t, q.ValidateFind(), name)
			s := Find(dialect, q, SelectList(dialect, Columns(q)))
			fmt.Fprintf(&b, "\n-- %s\n%s;\n", name, s.SQL())
			checkTenant(t, name, s)
			s = Count(dialect, q)
			checkTenant(t, name, s)
			without := *q
			without.Limit = 0
			s = Count(dialect, &without)
			fmt.Fprintf(&b, "%s;\n", s.SQL())
			checkTenant(t, name, s)
		}
	}
	path := filepath.Join("testdata", "statements.sql")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "go test -update writes it anew")
}

var (
	tables  = regexp.MustCompile(`(?:FROM|JOIN|INTO|UPDATE) "(?:company|deal)"`)
	tenants = regexp.MustCompile(`tenant_id = \$(\d+)`)
)

// checkTenant fails the test unless the tenant is named for each table that the statement reads.
func checkTenant(t *testing.T, name string, s *Statement) {
	t.Helper()
	found := tenants.FindAllStringSubmatch(s.SQL(), -1)
	require.Len(t, found, len(tables.FindAllString(s.SQL(), -1)), "%s: %s", name, s.SQL())
	for _, f := range found {
		var n int
		_, err := fmt.Sscan(f[1], &n)
		require.NoError(t, err)
		require.Equal(t, Tenant, s.Params[n-1].Source, "%s: %s", name, s.SQL())
	}
}

// TestHints shows that a dialect without hints writes none.
func TestHints(t *testing.T) {
	without := *dialect
	without.Hint = nil
	for name, q := range queries() {
		s := Find(&without, q, "id, version")
		require.False(t, s.Hinted, name)
		require.NotContains(t, s.SQL(), "USING", name)
		require.Equal(t, strings.Contains(Find(dialect, q, "id, version").SQL(), "USING"), Find(dialect, q, "id, version").Hinted, name)
	}
}
