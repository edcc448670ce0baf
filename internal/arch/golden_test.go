package arch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// golden compares sorted lines with a file, or writes it under -update.
func golden(t *testing.T, file string, lines []string) {
	t.Helper()
	slices.Sort(lines)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644))
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v: go test ./internal/arch -update", err)
		return
	}
	if d := diff(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), lines); d != "" {
		t.Errorf("internal/arch/%s differs; when that is meant: go test ./internal/arch -update\n%s",
			filepath.ToSlash(file), d)
	}
}

// diff tells how two lists of lines without order differ: what only the old one has, and what only the new one has.
func diff(before, after []string) string {
	count := map[string]int{}
	for _, l := range before {
		count[l]--
	}
	for _, l := range after {
		count[l]++
	}
	delete(count, "")
	var lines []string
	for l, n := range count {
		for ; n < 0; n++ {
			lines = append(lines, l+"\x00-")
		}
		for ; n > 0; n-- {
			lines = append(lines, l+"\x00+")
		}
	}
	slices.Sort(lines)
	var b strings.Builder
	for _, l := range lines {
		line, sign, _ := strings.Cut(l, "\x00")
		fmt.Fprintf(&b, "%s %s\n", sign, line)
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	require.Empty(t, diff([]string{"a", "b"}, []string{"b", "a"}))
	require.Equal(t, "- a\n+ c\n", diff([]string{"a", "b"}, []string{"b", "c"}))
	require.Equal(t, "+ a\n", diff([]string{""}, []string{"a"}), "an empty file")
	require.Equal(t, "+ a\n", diff([]string{"a"}, []string{"a", "a"}))
}
