package arch_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// setters are functions that change what every user of a package shares.
var setters = []struct{ pkg, prefix string }{{"github.com/gocarina/gocsv", "Set"}}

// stateless looks for state that packages keep or change behind their users' backs.
type stateless struct {
	*source
	imports  map[string]string       // import path by its name in the file
	vars     map[string]bool         // the variables of the package, in all of its files
	specs    map[*ast.ValueSpec]bool // those of this file
	problems []string
}

// checkState refuses func init, package variables that are made to change, assignments to package variables, ours or
// another's, and calls of setters. vars are the package's variables, and name gives the name of an imported package.
func checkState(s *source, vars map[string]bool, name func(importPath string) string) []string {
	c := &stateless{source: s, imports: map[string]string{}, vars: vars, specs: map[*ast.ValueSpec]bool{}}
	for _, im := range s.file.Imports {
		if to, err := strconv.Unquote(im.Path.Value); err == nil {
			if as := im.Name; as != nil {
				c.imports[as.Name] = to
			} else {
				c.imports[name(to)] = to
			}
		}
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				c.refuse(d, "func init")
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				c.declared(d)
			}
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					c.written(e)
				}
			}
		case *ast.IncDecStmt:
			c.written(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				c.written(n.Key)
				c.written(n.Value)
			}
		case *ast.UnaryExpr:
			c.addressed(n)
		case *ast.CallExpr:
			c.called(n)
		}
		return true
	})
	return c.problems
}

func (c *stateless) refuse(n ast.Node, format string, args ...any) {
	c.problems = append(c.problems, c.at(n.Pos())+": "+fmt.Sprintf(format, args...))
}

func (c *stateless) declared(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		c.specs[v] = true
		types := []ast.Expr{v.Type}
		for _, e := range v.Values {
			if u, ok := e.(*ast.UnaryExpr); ok {
				e = u.X
			}
			if l, ok := e.(*ast.CompositeLit); ok {
				types = append(types, l.Type)
			}
		}
		for _, t := range types {
			if g, ok := t.(*ast.IndexExpr); ok {
				t = g.X // atomic.Pointer[T]
			}
			pkg, name := c.imported(t)
			if pkg == "sync/atomic" || pkg == "sync" && (name == "Map" || name == "Mutex" || name == "RWMutex") {
				c.refuse(v, "package variable %s is made to change", v.Names[0].Name)
			}
		}
	}
}

// imported takes pkg.Name apart; both are empty for other expressions.
func (c *stateless) imported(e ast.Expr) (importPath, name string) {
	if sel, ok := e.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil && c.imports[x.Name] != "" {
			return c.imports[x.Name], sel.Sel.Name
		}
	}
	return "", ""
}

// written refuses e as what an assignment changes when it is a package variable or a part of one.
func (c *stateless) written(e ast.Expr) {
	for e != nil {
		if pkg, name := c.imported(e); pkg != "" {
			c.refuse(e, "changes %s of %s", name, pkg)
			return
		}
		switch x := e.(type) {
		case *ast.Ident:
			if x.Name != "_" && c.packageVar(x) {
				c.refuse(e, "changes package variable %s", x.Name)
			}
			return
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return
		}
	}
}

func (c *stateless) packageVar(x *ast.Ident) bool {
	if x.Obj == nil {
		return c.vars[x.Name]
	}
	spec, ok := x.Obj.Decl.(*ast.ValueSpec)
	return ok && c.specs[spec]
}

// addressed refuses &pkg.Name of another module: a pointer to its variable.
func (c *stateless) addressed(u *ast.UnaryExpr) {
	if u.Op != token.AND {
		return
	}
	if pkg, name := c.imported(u.X); pkg != "" {
		if _, own := local(pkg); !own {
			c.refuse(u, "takes the address of %s of %s", name, pkg)
		}
	}
}

func (c *stateless) called(call *ast.CallExpr) {
	pkg, name := c.imported(call.Fun)
	for _, s := range setters {
		if pkg == s.pkg && strings.HasPrefix(name, s.prefix) {
			c.refuse(call, "calls %s of %s", name, pkg)
		}
	}
	f, ok := call.Fun.(*ast.Ident)
	if ok && f.Obj == nil && (f.Name == "delete" || f.Name == "clear") && len(call.Args) > 0 {
		c.written(call.Args[0])
	}
}

// packageVars are the names of the variables that a file declares for its package.
func packageVars(s *source) (names []string) {
	for _, d := range s.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				for _, n := range spec.(*ast.ValueSpec).Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

func TestState(t *testing.T) {
	t.Parallel()
	p := load(t)
	vars := map[string]map[string]bool{}
	for _, s := range p.sources {
		if s.test() {
			continue
		}
		if vars[s.pkg] == nil {
			vars[s.pkg] = map[string]bool{}
		}
		for _, n := range packageVars(s) {
			vars[s.pkg][n] = true
		}
	}
	name := func(importPath string) string {
		if k := p.listed[importPath]; k != nil {
			return k.Name
		}
		return path.Base(importPath)
	}
	for _, s := range p.sources {
		if !s.test() && !s.nested {
			none(t, checkState(s, vars[s.pkg], name))
		}
	}
}

func TestCheckState(t *testing.T) {
	t.Parallel()
	const head = `package a

import (
	"sync"
	"sync/atomic"
	"time"
	csv "github.com/gocarina/gocsv"
	"github.com/shopspring/decimal"
)

var count, table = 0, map[string]int{}

`
	for name, c := range map[string]struct {
		text string
		want string // of the one problem; empty: none
	}{
		"nothing":              {"func f() { x := count; x++; var y struct{ z int }; y.z = x }", ""},
		"shadowed":             {"func f(count int, table map[string]int) { count = 1; table[``] = 2 }", ""},
		"shadowed import":      {"func f(time struct{ Local int }) { time.Local = 1 }", ""},
		"declared by :=":       {"func f() { count := 1; count = 2; _ = count }", ""},
		"a method called init": {"type T struct{}\n\nfunc (T) init() {}", ""},
		"once":                 {"var all = sync.OnceValue(func() int { return 1 })", ""},
		"address of a value":   {"func f() *time.Time { return &time.Time{} }", ""},

		"init":               {"func init() {}", "func init"},
		"assigned":           {"func f() { count = 1 }", "changes package variable count"},
		"counted":            {"func f() { count++ }", "changes package variable count"},
		"element":            {"func f() { table[``] = 1 }", "changes package variable table"},
		"in another file":    {"func f() { other = 1 }", "changes package variable other"},
		"field":              {"func f() { other.x[2].y = 1 }", "changes package variable other"},
		"deleted":            {"func f() { delete(table, ``) }", "changes package variable table"},
		"ranged":             {"func f() { for count = range 3 {} }", "changes package variable count"},
		"one of two":         {"func f() { var x int; x, count = 1, 2; _ = x }", "changes package variable count"},
		"in a closure":       {"var g = func() { (count) = 1 }", "changes package variable count"},
		"another's":          {"func f() { decimal.DivisionPrecision = 3 }", "changes DivisionPrecision of github.com/shopspring/decimal"},
		"another's, renamed": {"func f() { csv.TagName = `x` }", "changes TagName of github.com/gocarina/gocsv"},
		"standard library's": {"func f() { time.Local = time.UTC }", "changes Local of time"},
		"another's address":  {"func f() *bool { return &decimal.MarshalJSONWithoutQuotes }", "takes the address of MarshalJSONWithoutQuotes of github.com/shopspring/decimal"},
		"setter":             {"func f() { csv.SetCSVReader(nil) }", "calls SetCSVReader of github.com/gocarina/gocsv"},
		"mutex":              {"var mu sync.Mutex", "package variable mu is made to change"},
		"map":                {"var cache = &sync.Map{}", "package variable cache is made to change"},
		"atomic":             {"var now atomic.Pointer[int]", "package variable now is made to change"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := mustParse(t, "a/a.go", head+c.text+"\n")
			vars := map[string]bool{"other": true}
			for _, v := range packageVars(s) {
				vars[v] = true
			}
			got := checkState(s, vars, path.Base)
			if c.want == "" {
				require.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			require.Regexp(t, `^a/a\.go:\d+: `+regexp.QuoteMeta(c.want)+"$", got[0])
		})
	}
}
