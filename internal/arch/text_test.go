package arch_test

import (
	"bytes"
	"fmt"
	"go/format"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// unfinished are the words that promise work instead of doing it.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

// checkText looks at what every file must keep, tests too.
func checkText(s *source) (problems []string) {
	if formatted, err := format.Source(s.text); err != nil || !bytes.Equal(formatted, s.text) {
		problems = append(problems, s.path+": not formatted by gofmt")
	}
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			if w := unfinished.FindString(c.Text); w != "" {
				problems = append(problems, fmt.Sprintf("%s: a comment says %s", s.at(c.Pos()), w))
			}
		}
	}
	return problems
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, s := range load(t).sources {
		none(t, checkText(s))
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	require.Empty(t, checkText(mustParse(t, "a/a.go", "package a\n\n// Whatever remains to do.\nvar x = 1\n")))
	require.Equal(t, []string{"a/a.go: not formatted by gofmt"}, checkText(mustParse(t, "a/a.go", "package a\nvar x=1\n")))
	require.Equal(t, []string{"a/a_test.go:3: a comment says TO" + "DO"},
		checkText(mustParse(t, "a/a_test.go", "package a\n\n// TO"+"DO: more\nvar x = 1\n")))
	require.Equal(t, []string{"a/a.go:3: a comment says FIX" + "ME"},
		checkText(mustParse(t, "a/a.go", "package a\n\nvar x = 1 /* FIX"+"ME */\n")))
}
