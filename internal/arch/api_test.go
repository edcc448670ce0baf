package arch_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// api lists what a package exports, one line for each constant, variable, function, type, field and method.
func api(p *types.Package) []string {
	w := &apiWriter{}
	w.qualify = func(other *types.Package) string {
		if other == p {
			return ""
		}
		return other.Name()
	}
	for _, name := range p.Scope().Names() {
		if !token.IsExported(name) {
			continue
		}
		switch o := p.Scope().Lookup(name).(type) {
		case *types.Const:
			w.add("const %s %s = %s", name, w.typ(o.Type()), o.Val().ExactString())
		case *types.Var:
			w.add("var %s %s", name, w.typ(o.Type()))
		case *types.Func:
			w.add("func %s%s", name, w.signature(o.Signature()))
		case *types.TypeName:
			w.typeName(o)
		}
	}
	return w.lines
}

type apiWriter struct {
	lines   []string
	qualify types.Qualifier
}

func (w *apiWriter) add(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

func (w *apiWriter) typ(t types.Type) string { return types.TypeString(t, w.qualify) }

func (w *apiWriter) signature(s *types.Signature) string {
	return strings.TrimPrefix(w.typ(s), "func")
}

func (w *apiWriter) typeName(o *types.TypeName) {
	if o.IsAlias() {
		w.add("type %s = %s", o.Name(), w.typ(types.Unalias(o.Type())))
		return
	}
	declared := "type " + w.typ(o.Type())
	switch u := o.Type().Underlying().(type) {
	case *types.Struct:
		w.add("%s struct", declared)
		w.fields(declared, u)
	case *types.Interface:
		if !u.IsMethodSet() {
			w.add("%s %s", declared, w.typ(u))
			return
		}
		w.add("%s interface", declared)
		for m := range u.Methods() {
			if m.Exported() {
				w.add("%s interface, %s%s", declared, m.Name(), w.signature(m.Signature()))
			} else {
				w.add("%s interface, unexported methods", declared)
			}
		}
		return
	default:
		w.add("%s %s", declared, w.typ(u))
	}
	w.methods(o)
}

// fields lists the exported fields of a struct, those of unexported embedded structs included.
func (w *apiWriter) fields(declared string, s *types.Struct) {
	for i := range s.NumFields() {
		f, tag := s.Field(i), s.Tag(i)
		if tag != "" {
			tag = " `" + tag + "`"
		}
		switch {
		case f.Exported() && f.Embedded():
			w.add("%s struct, embedded %s%s", declared, w.typ(f.Type()), tag)
		case f.Exported():
			w.add("%s struct, %s %s%s", declared, f.Name(), w.typ(f.Type()), tag)
		case f.Embedded():
			t := f.Type()
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = p.Elem()
			}
			if inner, ok := t.Underlying().(*types.Struct); ok {
				w.fields(declared, inner)
			}
		}
	}
}

// methods lists the exported methods of a type, those of unexported embedded types included. What an exported embedded
// type brings is listed there.
func (w *apiWriter) methods(o *types.TypeName) {
	set := types.NewMethodSet(types.NewPointer(o.Type()))
	for sel := range set.Methods() {
		m := sel.Obj().(*types.Func)
		if !m.Exported() || throughExported(o.Type(), sel.Index()) {
			continue
		}
		star := ""
		if _, ok := m.Signature().Recv().Type().(*types.Pointer); ok {
			star = "*"
		}
		w.add("method (%s%s) %s%s", star, o.Name(), m.Name(), w.signature(m.Signature()))
	}
}

// throughExported reports whether a selection passes through an exported embedded field.
func throughExported(t types.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		f := t.Underlying().(*types.Struct).Field(i)
		if f.Exported() {
			return true
		}
		t = f.Type()
	}
	return false
}

func TestAPI(t *testing.T) {
	t.Parallel()
	p := load(t)
	im := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		k := p.listed[path]
		if k == nil || k.Export == "" {
			return nil, fmt.Errorf("package %s was not built", path)
		}
		return os.Open(k.Export)
	})
	files := map[string]bool{}
	for _, k := range p.pkgs {
		if !public(k.name) || k.Name == "" {
			continue
		}
		file := "testdata/api/" + k.name + ".txt"
		files[filepath.FromSlash(file)] = true
		if k.Error != nil {
			t.Errorf("package %s: %s", k.name, k.Error.Err)
			continue
		}
		built, err := im.Import(k.ImportPath)
		if err != nil {
			t.Errorf("package %s: %v", k.name, err)
			continue
		}
		golden(t, file, api(built))
	}
	require.NoError(t, filepath.WalkDir("testdata/api", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || files[file] {
			return err
		}
		if *update {
			return os.Remove(file)
		}
		t.Errorf("internal/arch/%s is of a package that is no more: go test ./internal/arch -update", file)
		return nil
	}))
}

func TestAPIOf(t *testing.T) {
	t.Parallel()
	const text = `package p

import "errors"

const Max, min = 26, 1

type Kind uint8

const Text Kind = 1

var ErrStale, hidden = errors.New("stale"), 0

func Open(name string, o ...*Options) (*Store, error) { return nil, nil }

func closed() {}

type Options struct {
	base
	Base
	Limit int ` + "`json:\"limit\"`" + `
	now   int
}

type base struct{ Shared string }

func (*base) Promoted() {}

type Base struct{ Own int }

func (Base) Listed() {}

type Store struct{}

func (*Store) Close() error { return nil }

func (Store) lock() {}

type Reader interface {
	Find(id int) (string, bool)
	seal()
}

type Number interface{ ~int | ~int64 }

type List[T any] struct{ Items []T }

func (l List[T]) Map(fn func(T) T) List[T] { return l }

type Alias = Store
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", text, 0)
	require.NoError(t, err)
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	p, err := conf.Check("example.com/p", fset, []*ast.File{f}, nil)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		"const Max untyped int = 26",
		"const Text Kind = 1",
		"var ErrStale error",
		"func Open(name string, o ...*Options) (*Store, error)",
		"type Alias = Store",
		"type Base struct",
		"type Base struct, Own int",
		"method (Base) Listed()",
		"type Kind uint8",
		"type List[T any] struct",
		"type List[T any] struct, Items []T",
		"method (List) Map(fn func(T) T) List[T]",
		"type Number interface{~int | ~int64}",
		"type Options struct",
		"type Options struct, embedded Base",
		"type Options struct, Limit int `json:\"limit\"`",
		"type Options struct, Shared string",
		"method (*Options) Promoted()",
		"type Reader interface",
		"type Reader interface, Find(id int) (string, bool)",
		"type Reader interface, unexported methods",
		"type Store struct",
		"method (*Store) Close() error",
	}, api(p))
}
