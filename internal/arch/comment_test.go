package arch_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wellKnown methods mean what the standard library says, and a comment could only repeat it.
var wellKnown = []string{"Error", "String", "Unwrap"}

// checkComments asks for a comment on every exported constant, variable, function, type and method of a file, but for
// methods that are well known. One comment on a group of constants or variables serves them all.
func checkComments(s *source) (problems []string) {
	missing := func(n *ast.Ident, what string) {
		problems = append(problems, fmt.Sprintf("%s: exported %s%s has no comment", s.at(n.Pos()), what, n.Name))
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			recv := receiver(d)
			switch {
			case !d.Name.IsExported() || d.Doc.Text() != "":
			case d.Recv == nil:
				missing(d.Name, "func ")
			case token.IsExported(recv) && !slices.Contains(wellKnown, d.Name.Name):
				missing(d.Name, "method "+recv+".")
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch v := spec.(type) {
				case *ast.TypeSpec:
					if v.Name.IsExported() && v.Doc.Text() == "" && (d.Lparen.IsValid() || d.Doc.Text() == "") {
						missing(v.Name, "type ")
					}
				case *ast.ValueSpec:
					if v.Doc.Text() != "" || v.Comment.Text() != "" || d.Doc.Text() != "" {
						continue
					}
					for _, n := range v.Names {
						if n.IsExported() {
							missing(n, d.Tok.String()+" ")
						}
					}
				}
			}
		}
	}
	return problems
}

// receiver is the name of the type that a method belongs to.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// checkPackageComment asks for one package comment among the files of a package, in doc.go unless it is a program.
func checkPackageComment(name string, files []*source) (problems []string) {
	found := ""
	for _, s := range files {
		if s.test() || s.file.Doc.Text() == "" {
			continue
		}
		if found != "" {
			problems = append(problems, fmt.Sprintf("%s: package %s has its comment in %s", s.path, name, found))
		}
		found = s.path
		main := s.file.Name.Name == "main"
		if !main && path.Base(s.path) != "doc.go" {
			problems = append(problems, s.path+": the package comment belongs in doc.go")
		}
		if text := s.file.Doc.Text(); !main && !strings.HasPrefix(text, "Package "+s.file.Name.Name+" ") {
			problems = append(problems, fmt.Sprintf("%s: the comment does not begin %q", s.path, "Package "+s.file.Name.Name))
		}
	}
	if found == "" {
		problems = append(problems, fmt.Sprintf("package %s has no package comment", name))
	}
	return problems
}

func TestComments(t *testing.T) {
	t.Parallel()
	files := map[string][]*source{}
	for _, s := range load(t).sources {
		if !s.test() && !s.nested && public(s.pkg) {
			none(t, checkComments(s))
		}
		if !s.nested {
			files[s.pkg] = append(files[s.pkg], s)
		}
	}
	for _, k := range load(t).pkgs {
		none(t, checkPackageComment(k.name, files[k.name]))
	}
}

func TestCheckComments(t *testing.T) {
	t.Parallel()
	require.Empty(t, checkComments(mustParse(t, "a/a.go", `package a

// The limits.
const (
	Max = 1
	Min = 0
)

var (
	ErrA = 1 // a

	// ErrB is b.
	ErrB = 2
	errC = 3
)

// T is documented.
type T[K any] struct{ Field K }

// M is documented.
func (t *T[K]) M() {}

func (t *T[K]) String() string { return "" }

type hidden struct{}

func (hidden) Exported() {}

func f() {}
`)))
	require.Equal(t, []string{
		"a/a.go:3: exported const Max has no comment",
		"a/a.go:6: exported var ErrA has no comment",
		"a/a.go:9: exported type T has no comment",
		"a/a.go:11: exported method T.M has no comment",
		"a/a.go:13: exported func String has no comment",
		"a/a.go:17: exported func F has no comment",
		"a/a.go:21: exported type U has no comment",
	}, checkComments(mustParse(t, "a/a.go", `package a

const Max = 1

var (
	ErrA = 1
)

type T[K any] struct{}

func (t *T[K]) M() {}

func String() string { return "" }

//go:noinline

func F() {}

// A group of types is no comment on each.
type (
	U int
)
`)))
}

func TestCheckPackageComment(t *testing.T) {
	t.Parallel()
	file := func(name, text string) *source { return mustParse(t, name, text) }
	doc := file("a/doc.go", "// Package a is one.\npackage a\n")
	plain := file("a/a.go", "package a\n")
	require.Empty(t, checkPackageComment("a", []*source{plain, doc}))
	require.Empty(t, checkPackageComment("examples/a",
		[]*source{file("examples/a/main.go", "// Command a runs.\npackage main\n")}))
	require.Equal(t, []string{"package a has no package comment"}, checkPackageComment("a", []*source{plain}))
	require.Equal(t, []string{"a/a.go: the package comment belongs in doc.go"},
		checkPackageComment("a", []*source{file("a/a.go", "// Package a is one.\npackage a\n")}))
	require.Equal(t, []string{"a/doc.go: package a has its comment in a/doc.go"},
		checkPackageComment("a", []*source{doc, doc}))
	require.Equal(t, []string{`a/doc.go: the comment does not begin "Package a"`},
		checkPackageComment("a", []*source{file("a/doc.go", "// It is one.\npackage a\n")}))
}
