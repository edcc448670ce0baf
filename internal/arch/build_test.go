package arch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTidy(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, file := range []string{"go.mod", "go.sum"} { // so that a change of theirs ends a cached result
		_, err := os.Stat(filepath.Join(p.root, file))
		require.NoError(t, err)
	}
	out, err := p.run("go", "mod", "tidy", "-diff")
	if err != nil && os.Getenv("CI") == "" && offline(err.Error()) {
		t.Skipf("the module proxy cannot be reached: %v", err)
	}
	if len(out) > 0 {
		t.Errorf("go.mod and go.sum are not what go mod tidy writes:\n%s", first(60, string(out)))
		return
	}
	require.NoError(t, err)
}

// first cuts a text after n lines.
func first(n int, text string) string {
	lines := strings.SplitAfterN(text, "\n", n+1)
	if len(lines) > n && lines[n] != "" {
		lines[n] = "…\n"
	}
	return strings.Join(lines, "")
}

// offline reports whether a message of the go tool means that there was no network, rather than something to mend.
func offline(message string) bool {
	for _, s := range []string{"dial tcp", "no such host", "GOPROXY=off", "i/o timeout", "network is unreachable"} {
		if strings.Contains(message, s) {
			return true
		}
	}
	return false
}

func TestFirst(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a\nb\n", first(2, "a\nb\n"))
	require.Equal(t, "a\nb\n…\n", first(2, "a\nb\nc\nd\n"))
}

func TestOffline(t *testing.T) {
	t.Parallel()
	require.True(t, offline("Get \"https://proxy.example/x\": dial tcp: lookup proxy.example: no such host"))
	require.True(t, offline("module lookup disabled by GOPROXY=off"))
	require.False(t, offline("updates to go.mod needed"))
	require.False(t, offline("missing go.sum entry"))
}

// checkBuilt asks that every package was built.
func checkBuilt(pkgs []*pkg) (problems []string) {
	for _, k := range pkgs {
		if k.Error != nil {
			problems = append(problems, fmt.Sprintf("package %s: %s", k.name, k.Error.Err))
		}
	}
	return problems
}

// TestBuildWithoutCgo asks that the module builds for those who ship one static binary: loading it has tried, without
// cgo.
func TestBuildWithoutCgo(t *testing.T) {
	t.Parallel()
	none(t, checkBuilt(load(t).pkgs))
}

func TestCheckBuilt(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"package a: undefined: f"}, checkBuilt([]*pkg{
		{name: "a", Error: &struct{ Err string }{"undefined: f"}}, {name: "b"},
	}))
}
