package arch_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Between these lines of .golangci.yml are the rules of this folder as those of depguard, so that the linter, and an
// editor that runs it, shows where an import goes up. Tests import more, and the rest of the table is for TestImports.
const (
	lintBegin = "        # The direction of imports, as in internal/arch/imports_test.go; make update writes it.\n"
	lintEnd   = "        # So far the direction of imports.\n"
)

// lintRules writes rules for depguard. Those that allow every package are left out.
func lintRules(rules []rule) string {
	var b strings.Builder
	var before []string // packages of the rules that came first
	for _, r := range rules {
		files := append([]string{lintFiles(r.pkg)}, "!$test")
		for _, p := range before {
			if matches(r.pkg, p) {
				files = append(files, "!"+lintFiles(p))
			}
		}
		before = append(before, strings.TrimSuffix(r.pkg, "/..."))
		if slices.Contains(r.own, "...") {
			continue
		}
		allow, deny := []string{"$gostd"}, []string(nil)
		add := func(name, path string) {
			if strings.HasPrefix(name, "!") {
				deny = append(deny, path)
			} else {
				allow = append(allow, path)
			}
		}
		for _, p := range r.own {
			name, tree := strings.CutSuffix(strings.TrimPrefix(p, "!"), "/...")
			own := path.Join(module, name)
			if name == "crm" {
				own = module
			}
			if !tree {
				own += "$"
			}
			add(p, own)
		}
		for _, m := range r.modules {
			add(m, strings.TrimPrefix(m, "!"))
		}
		fmt.Fprintf(&b, "        %s:\n          list-mode: strict\n", strings.TrimSuffix(r.pkg, "/..."))
		fmt.Fprintf(&b, "          files: [%s]\n          allow:\n", `"`+strings.Join(files, `", "`)+`"`)
		for _, s := range allow {
			fmt.Fprintf(&b, "            - %s\n", s)
		}
		for i, s := range deny {
			if i == 0 {
				b.WriteString("          deny:\n")
			}
			fmt.Fprintf(&b, "            - pkg: %s\n              desc: see internal/arch/imports_test.go\n", s)
		}
	}
	return b.String()
}

// lintFiles is the pattern of the files of a package, or of those below it too.
func lintFiles(pkg string) string {
	name, tree := strings.CutSuffix(pkg, "/...")
	switch {
	case name == "crm":
		return "${base-path}/*.go"
	case tree:
		return "${base-path}/" + name + "/**"
	}
	return "${base-path}/" + name + "/*.go"
}

func TestLinter(t *testing.T) {
	t.Parallel()
	file := filepath.Join(load(t).root, ".golangci.yml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	head, rest, begins := strings.Cut(string(text), lintBegin)
	have, tail, ends := strings.Cut(rest, lintEnd)
	require.True(t, begins && ends, "the lines that the rules stand between")
	want := lintRules(rules)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(head+lintBegin+want+lintEnd+tail), 0o644))
		return
	}
	require.Equal(t, want, have, ".golangci.yml differs; when that is meant: go test ./internal/arch -update")
}

func TestLintRules(t *testing.T) {
	t.Parallel()
	require.Equal(t, `        crm:
          list-mode: strict
          files: ["${base-path}/*.go", "!$test"]
          allow:
            - $gostd
            - github.com/clientele-go/crm/a$
            - x.y/z
        a/b:
          list-mode: strict
          files: ["${base-path}/a/b/*.go", "!$test"]
          allow:
            - $gostd
        a:
          list-mode: strict
          files: ["${base-path}/a/**", "!$test", "!${base-path}/a/b/*.go"]
          allow:
            - $gostd
            - github.com/clientele-go/crm$
            - github.com/clientele-go/crm/a
          deny:
            - pkg: github.com/clientele-go/crm/a/b$
              desc: see internal/arch/imports_test.go
`, lintRules([]rule{
		{pkg: "crm", own: []string{"a"}, modules: []string{"x.y/z"}},
		{pkg: "a/b"},
		{pkg: "a/...", own: []string{"crm", "a/...", "!a/b"}},
		{pkg: "examples/...", own: []string{"..."}},
	}))
}
