package arch_test

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rule says what a package may import besides the standard library. A name that ends in /... covers what is below it
// too, "..." is every package, and a leading ! takes one out again.
type rule struct {
	pkg     string
	own     []string // packages of this module
	modules []string // packages of others, by the path that they start with
	tests   []string // packages of this module that its tests may import as well; default anyTest
}

// anyTest is what tests may import: all but programs. A test above a driver runs against every driver.
var anyTest = []string{"...", "!examples/..."}

// testModules may be imported by _test.go files, and by nothing else.
var testModules = []string{
	"github.com/chromedp/chromedp", "github.com/stretchr/testify", "go.uber.org/goleak", "pgregory.net/rapid",
}

const decimal = "github.com/shopspring/decimal"

// rules is the plan of the house: imports point down. The first that matches a package counts, and each needs one.
var rules = []rule{
	{pkg: "storage", tests: []string{"storage/..."}},
	{pkg: "storage/internal/sqlgen", own: []string{"storage"}, tests: []string{"storage/..."}},
	{pkg: "storage/storagetest", own: []string{"storage"}, tests: []string{"storage/..."}},
	{
		pkg: "storage/memory", own: []string{"storage"}, tests: []string{"storage/..."},
		modules: []string{"github.com/google/btree"},
	},
	{
		pkg: "storage/sqlite", own: []string{"storage", "storage/internal/sqlgen"}, tests: []string{"storage/..."},
		modules: []string{"zombiezen.com/go/sqlite", "modernc.org/sqlite"},
	},
	{
		pkg: "storage/postgres", own: []string{"storage", "storage/internal/sqlgen"}, tests: []string{"storage/..."},
		modules: []string{"github.com/jackc/pgx/v5", "!github.com/jackc/pgx/v5/stdlib"},
	},
	{pkg: "storage/blob"},
	{pkg: "record/rights", own: []string{"record"}, tests: []string{"storage/...", "record/..."}},
	{
		pkg: "record/...", own: []string{"storage", "record/..."}, tests: []string{"storage/...", "record/..."},
		modules: []string{decimal, "github.com/go-playground/validator/v10", "golang.org/x/text"},
	},
	{pkg: "account", own: []string{"storage", "record/..."}, modules: []string{decimal}},
	{pkg: "relations", own: []string{"storage", "storage/blob", "record/...", "account"}, modules: []string{decimal}},
	{pkg: "lead", own: []string{"storage", "record/...", "account", "relations"}, modules: []string{decimal}},
	{pkg: "crm", own: []string{"storage", "storage/blob", "record/...", "account", "relations", "lead"}, modules: []string{decimal}},
	{
		pkg: "importer/outlook", own: []string{"storage", "record/...", "account", "relations"},
		modules: []string{decimal, "golang.org/x/text"},
	},
	{
		pkg: "importer/...", own: []string{"storage", "record/...", "importer/...", "!importer/outlook"},
		modules: []string{
			decimal, "github.com/emersion/go-vcard", "github.com/gocarina/gocsv",
			"github.com/xuri/excelize/v2", "golang.org/x/net", "golang.org/x/text",
		},
	},
	{
		pkg:     "crmtest",
		own:     []string{"storage", "storage/blob", "storage/memory", "record/...", "account", "relations", "lead", "crm"},
		modules: []string{decimal},
	},
	{
		pkg: "examples/...", own: []string{"...", "!internal/...", "!examples/..."},
		modules: []string{decimal, "github.com/schollz/progressbar/v3"},
	},
	{pkg: "internal/...", own: []string{"...", "!examples/..."}},
}

// guarded packages of the standard library are for few; tests may import them all.
var guarded = []struct {
	pkg string
	by  []string
}{
	{"C", nil},
	{"database/sql/...", nil}, // a driver uses the client of its database
	{"encoding/csv", []string{"importer/...", "examples/..."}},
	{"testing/...", []string{"storage/storagetest", "crmtest", "importer/internal/grid/gridtest"}},
}

// edge is one import.
type edge struct {
	from, to string // the name of a package of this module, and an import path
	test     bool   // by a _test.go file
	at       string
}

func matches(pattern, name string) bool {
	if pattern == "..." {
		return true
	}
	if base, tree := strings.CutSuffix(pattern, "/..."); tree {
		return name == base || strings.HasPrefix(name, base+"/")
	}
	return name == pattern
}

func matchesAny(patterns []string, name string) bool {
	ok := false
	for _, p := range patterns {
		if not, out := strings.CutPrefix(p, "!"); out {
			if matches(not, name) {
				return false
			}
		} else if matches(p, name) {
			ok = true
		}
	}
	return ok
}

// trees makes patterns of module paths.
func trees(modules []string) []string {
	ts := make([]string, len(modules))
	for i, m := range modules {
		ts[i] = m + "/..."
	}
	return ts
}

// ruleOf is the rule of a package, nil when there is none.
func ruleOf(name string) *rule {
	for i := range rules {
		if matches(rules[i].pkg, name) {
			return &rules[i]
		}
	}
	return nil
}

func checkImport(e edge) (problem string) {
	r := ruleOf(e.from)
	if r == nil {
		return fmt.Sprintf("%s: package %s has no rule", e.at, e.from)
	}
	refuse := func(format string, args ...any) string {
		return fmt.Sprintf("%s: %s → %s: ", e.at, e.from, e.to) + fmt.Sprintf(format, args...)
	}
	if name, own := local(e.to); own {
		switch {
		case name == e.from && e.test, matchesAny(r.own, name):
			return ""
		case e.test && r.tests == nil && matchesAny(anyTest, name), e.test && matchesAny(r.tests, name):
			return ""
		case len(r.own) == 0:
			return refuse("%s imports no package of this module", r.pkg)
		}
		return refuse("%s may import of this module only %s", r.pkg, strings.Join(r.own, ", "))
	}
	if host, _, _ := strings.Cut(e.to, "/"); strings.Contains(host, ".") {
		switch {
		case matchesAny(trees(r.modules), e.to), e.test && matchesAny(trees(testModules), e.to):
			return ""
		case matchesAny(trees(testModules), e.to):
			return refuse("only _test.go files import it")
		case len(r.modules) == 0:
			return refuse("%s imports the standard library and this module only", r.pkg)
		}
		return refuse("%s may import of other modules only %s", r.pkg, strings.Join(r.modules, ", "))
	}
	for _, g := range guarded {
		if !e.test && matches(g.pkg, e.to) && !matchesAny(g.by, e.from) {
			if g.by == nil {
				return refuse("nothing imports it")
			}
			return refuse("only %s imports it", strings.Join(g.by, ", "))
		}
	}
	return ""
}

func edges(s *source) (es []edge) {
	for _, im := range s.file.Imports {
		to, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			continue // the parser has refused it
		}
		es = append(es, edge{from: s.pkg, to: to, test: s.test(), at: s.at(im.Pos())})
	}
	return es
}

func TestImports(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, k := range p.pkgs {
		if ruleOf(k.name) == nil {
			t.Errorf("package %s has no rule in internal/arch/imports_test.go", k.name)
		}
	}
	for _, s := range p.sources {
		for _, e := range edges(s) {
			if problem := checkImport(e); problem != "" && !s.nested {
				t.Error(problem)
			}
		}
	}
}

func TestCheckImport(t *testing.T) {
	t.Parallel()
	own := func(name string) string { return path.Join(module, name) }
	for name, c := range map[string]struct {
		e    edge
		want string // empty: allowed
	}{
		"down":                     {edge{from: "account", to: own("record")}, ""},
		"down two":                 {edge{from: "crm", to: own("storage")}, ""},
		"up":                       {edge{from: "storage", to: own("record")}, "storage imports no package"},
		"record knows no account":  {edge{from: "record", to: own("account")}, "record/... may import of this module only"},
		"record knows no driver":   {edge{from: "record", to: own("storage/memory")}, "record/... may import"},
		"a room of record":         {edge{from: "record/match", to: own("record")}, ""},
		"rights are a host's too":  {edge{from: "record/rights", to: own("storage")}, "record/rights may import"},
		"account above relations":  {edge{from: "account", to: own("relations")}, "account may import"},
		"relations above lead":     {edge{from: "relations", to: own("lead")}, "relations may import"},
		"root below importer":      {edge{from: "crm", to: own("importer")}, "crm may import"},
		"root without driver":      {edge{from: "crm", to: own("storage/sqlite")}, "crm may import"},
		"importer knows no module": {edge{from: "importer", to: own("account")}, "importer/... may import"},
		"importer beside outlook":  {edge{from: "importer", to: own("importer/outlook")}, "importer/... may import"},
		"outlook":                  {edge{from: "importer/outlook", to: own("relations")}, ""},
		"outlook knows no lead":    {edge{from: "importer/outlook", to: own("lead")}, "importer/outlook may import"},
		"driver and sqlgen":        {edge{from: "storage/sqlite", to: own("storage/internal/sqlgen")}, ""},
		"driver knows no record":   {edge{from: "storage/postgres", to: own("record")}, "storage/postgres may import"},
		"driver knows no driver":   {edge{from: "storage/sqlite", to: own("storage/memory")}, "storage/sqlite may import"},
		"suite":                    {edge{from: "storage/storagetest", to: own("storage")}, ""},
		"suite knows no driver":    {edge{from: "storage/storagetest", to: own("storage/memory")}, "may import"},
		"crmtest and memory":       {edge{from: "crmtest", to: own("storage/memory")}, ""},
		"crmtest without suite":    {edge{from: "crmtest", to: own("storage/storagetest")}, "crmtest may import"},
		"sqlgen is for drivers":    {edge{from: "record", to: own("storage/internal/sqlgen")}, "record/... may import"},
		"internal":                 {edge{from: "account", to: own("internal/bench")}, "account may import"},
		"examples":                 {edge{from: "crm", to: own("examples/quickstart")}, "crm may import"},
		"example of all":           {edge{from: "examples/import", to: own("importer")}, ""},
		"example knows no inside":  {edge{from: "examples/import", to: own("internal/arch")}, "examples/... may import"},
		"unknown package":          {edge{from: "util", to: "fmt"}, "has no rule"},
		"its own package in tests": {edge{from: "account", to: own("account"), test: true}, ""},
		"tests run on drivers":     {edge{from: "record", to: own("storage/sqlite"), test: true}, ""},
		"record tests":             {edge{from: "record", to: own("account"), test: true}, "record/... may import"},
		"tests of a module":        {edge{from: "account", to: own("importer"), test: true}, ""},
		"tests import no program":  {edge{from: "account", to: own("examples/import"), test: true}, "account may import"},

		"driver's database":     {edge{from: "storage/sqlite", to: "zombiezen.com/go/sqlite/sqlitex"}, ""},
		"another's database":    {edge{from: "record", to: "zombiezen.com/go/sqlite"}, "may import of other modules"},
		"storage stands alone":  {edge{from: "storage", to: decimal}, "standard library and this module only"},
		"suite without testify": {edge{from: "storage/storagetest", to: "github.com/stretchr/testify/require"}, "only _test.go"},
		"testify in tests":      {edge{from: "account", to: "github.com/stretchr/testify/require", test: true}, ""},
		"rapid":                 {edge{from: "record", to: "pgregory.net/rapid"}, "only _test.go"},
		"spreadsheets":          {edge{from: "importer", to: "github.com/xuri/excelize/v2"}, ""},
		"spreadsheets elsewhere": {
			edge{from: "relations", to: "github.com/xuri/excelize/v2", test: true}, "relations may import of other",
		},
		"progress bar":           {edge{from: "examples/import", to: "github.com/schollz/progressbar/v3"}, ""},
		"progress bar elsewhere": {edge{from: "importer", to: "github.com/schollz/progressbar/v3"}, "importer/... may"},
		"pgx":                    {edge{from: "storage/postgres", to: "github.com/jackc/pgx/v5/pgxpool"}, ""},
		"pgx by database/sql":    {edge{from: "storage/postgres", to: "github.com/jackc/pgx/v5/stdlib"}, "may import of other"},
		"a longer name":          {edge{from: "record", to: decimal + "s"}, "may import of other"},

		"csv":                {edge{from: "importer", to: "encoding/csv"}, ""},
		"csv elsewhere":      {edge{from: "account", to: "encoding/csv"}, "only importer/..., examples/... imports it"},
		"csv in tests":       {edge{from: "account", to: "encoding/csv", test: true}, ""},
		"testing":            {edge{from: "storage/storagetest", to: "testing"}, ""},
		"testing elsewhere":  {edge{from: "record", to: "testing/fstest"}, "only storage/storagetest, crmtest, importer/internal/grid/gridtest imports it"},
		"cgo":                {edge{from: "storage/sqlite", to: "C"}, "nothing imports it"},
		"database/sql":       {edge{from: "storage/sqlite", to: "database/sql"}, "nothing imports it"},
		"plain standard use": {edge{from: "storage", to: "context"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := checkImport(c.e); c.want == "" {
				require.Empty(t, got)
			} else {
				require.Contains(t, got, c.want)
			}
		})
	}
}

func TestEdges(t *testing.T) {
	t.Parallel()
	s := mustParse(t, "storage/a_test.go", "package storage\n\nimport (\n\t\"fmt\"\n\tx \"a.b/c\"\n)\n")
	require.Equal(t, []edge{
		{from: "storage", to: "fmt", test: true, at: "storage/a_test.go:4"},
		{from: "storage", to: "a.b/c", test: true, at: "storage/a_test.go:5"},
	}, edges(s))
}
