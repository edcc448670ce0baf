package arch_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// deps lists the modules that a package is built from, one to a line: a new dependency, of ours or of theirs, is a line
// in review.
func deps(k *pkg, listed map[string]*pkg) []string {
	var modules []string
	for _, d := range k.Deps {
		if m := listed[d]; m != nil && !m.Standard && m.Module != nil && m.Module.Path != module {
			modules = append(modules, m.Module.Path)
		}
	}
	if modules == nil {
		return []string{k.name + ": standard library"}
	}
	slices.Sort(modules)
	modules = slices.Compact(modules)
	for i, m := range modules {
		modules[i] = k.name + ": " + m
	}
	return modules
}

func TestDeps(t *testing.T) {
	t.Parallel()
	p := load(t)
	var lines []string
	for _, k := range p.pkgs {
		if k.Name != "" { // imported, and not there
			lines = append(lines, deps(k, p.listed)...)
		}
	}
	golden(t, "testdata/deps.txt", lines)
}

func TestDepsOf(t *testing.T) {
	t.Parallel()
	of := func(path string, standard bool) *pkg {
		return &pkg{Standard: standard, Module: &struct{ Path string }{path}}
	}
	listed := map[string]*pkg{
		"fmt": {Standard: true}, "a.b/c/x": of("a.b/c", false), "a.b/c/y": of("a.b/c", false), "own": of(module, false),
	}
	require.Equal(t, "storage: standard library",
		strings.Join(deps(&pkg{name: "storage", Deps: []string{"fmt", "own"}}, listed), "\n"))
	require.Equal(t, "storage: a.b/c",
		strings.Join(deps(&pkg{name: "storage", Deps: []string{"a.b/c/x", "a.b/c/y", "fmt"}}, listed), "\n"))
}
