package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/clientele-go/crm"

var update = flag.Bool("update", false, "rewrite the golden files")

// project is what the tests look at.
type project struct {
	root    string          // the folder of go.mod
	listed  map[string]*pkg // the packages of the module and all that they are built from, by import path
	pkgs    []*pkg          // those of the module
	sources []*source       // every .go file outside testdata, nested modules included
}

// pkg is a package as `go list` describes it.
type pkg struct {
	ImportPath string
	Name       string
	Standard   bool
	Module     *struct{ Path string }
	Deps       []string
	Export     string
	Error      *struct{ Err string }

	name string // its path in the module, "crm" for the root; empty for other modules
}

// source is one parsed file.
type source struct {
	path   string // relative to the root, with slashes
	pkg    string // the name of its package's folder, as in pkg.name
	nested bool   // it belongs to a module below this one
	text   []byte
	file   *ast.File
	fset   *token.FileSet
}

func (s *source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s *source) at(p token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(p).Line)
}

// public reports whether users import the package of that name.
func public(name string) bool {
	return !strings.HasPrefix(name, "examples/") && !slices.Contains(strings.Split(name, "/"), "internal")
}

// local turns an import path into the name of a package of this module.
func local(importPath string) (name string, ok bool) {
	if importPath == module {
		return "crm", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// parse makes a source of a text, as the checks' own tests do.
func parse(name, text string) (*source, error) {
	s := &source{path: name, pkg: path.Dir(name), text: []byte(text), fset: token.NewFileSet()}
	if s.pkg == "." {
		s.pkg = "crm"
	}
	var err error
	s.file, err = parser.ParseFile(s.fset, name, text, parser.ParseComments)
	return s, err
}

func mustParse(t *testing.T, name, text string) *source {
	t.Helper()
	s, err := parse(name, text)
	require.NoError(t, err)
	return s
}

var loaded = sync.OnceValues(loadProject)

func load(t *testing.T) *project {
	t.Helper()
	p, err := loaded()
	require.NoError(t, err)
	return p
}

func loadProject() (*project, error) {
	root, err := filepath.Abs("../..")
	if err != nil {
		return nil, err
	}
	p := &project{root: root, listed: map[string]*pkg{}}
	out, err := p.run("go", "list", "-e", "-deps", "-export",
		"-json=ImportPath,Name,Standard,Module,Deps,Export,Error", "./...")
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var k pkg
		if err := d.Decode(&k); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		p.listed[k.ImportPath] = &k
		if name, ok := local(k.ImportPath); ok {
			k.name = name
			p.pkgs = append(p.pkgs, &k)
		}
	}
	slices.SortFunc(p.pkgs, func(a, b *pkg) int { return strings.Compare(a.name, b.name) })
	return p, p.parseAll()
}

func (p *project) parseAll() error {
	return p.walk(".go", func(name string, nested bool) error {
		text, err := os.ReadFile(filepath.Join(p.root, name))
		if err != nil {
			return err
		}
		s, err := parse(name, string(text))
		if err != nil {
			return err
		}
		s.nested = nested
		p.sources = append(p.sources, s)
		return nil
	})
}

// walk calls fn for the files with that extension, but for those below testdata and hidden folders.
func (p *project) walk(ext string, fn func(name string, nested bool) error) error {
	var nested []string
	return filepath.WalkDir(p.root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == p.root {
			return err
		}
		name, err := filepath.Rel(p.root, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if b := d.Name(); b == "testdata" || b == "vendor" || b == "bin" || b[0] == '.' || b[0] == '_' {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(file, "go.mod")); err == nil {
				nested = append(nested, name+"/")
			}
			return nil
		}
		if path.Ext(name) != ext {
			return nil
		}
		return fn(name, slices.ContainsFunc(nested, func(dir string) bool { return strings.HasPrefix(name, dir) }))
	})
}

// run runs a program in the root of the module, without cgo, and returns its standard output.
func (p *project) run(name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = p.root
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, stderr.Bytes())
	}
	return out, nil
}

// none fails with every problem on a line of its own.
func none(t *testing.T, problems []string) {
	t.Helper()
	for _, s := range problems {
		t.Error(s)
	}
}
