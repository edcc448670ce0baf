package arch_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	inlineLink = regexp.MustCompile(`\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*)?\)`)
	namedLink  = regexp.MustCompile(`^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)`)
	htmlLink   = regexp.MustCompile(`(?:href|src)="([^"]+)"`)
	inlineCode = regexp.MustCompile("`[^`]*`")
)

// checkLinks asks that every relative link of a document leads to a file or folder of the module.
func checkLinks(name, text string, exists func(name string) bool) (problems []string) {
	for i, line := range strings.Split(dropBlocks(text), "\n") {
		line = inlineCode.ReplaceAllString(line, "")
		for _, re := range []*regexp.Regexp{inlineLink, namedLink, htmlLink} {
			for _, m := range re.FindAllStringSubmatch(line, -1) {
				u, err := url.Parse(m[1])
				if err == nil && (u.Scheme != "" || u.Host != "" || u.Path == "") {
					continue // elsewhere, or in the same document
				}
				if err != nil || !exists(path.Join(path.Dir(name), u.Path)) {
					problems = append(problems, fmt.Sprintf("%s:%d: link to %s leads nowhere", name, i+1, m[1]))
				}
			}
		}
	}
	return problems
}

// fence is a line that opens or closes a block of code.
var fence = regexp.MustCompile("^\\s*(```+|~~~+)\\s*([A-Za-z]*)")

// dropBlocks empties the lines of code blocks.
func dropBlocks(text string) string {
	lines := strings.Split(text, "\n")
	open := ""
	for i, l := range lines {
		m := fence.FindStringSubmatch(l)
		switch {
		case open == "" && m != nil:
			open = m[1]
		case open != "" && m != nil && strings.HasPrefix(m[1], open) && m[2] == "":
			open = ""
		case open == "":
			continue
		}
		lines[i] = ""
	}
	return strings.Join(lines, "\n")
}

// goBlock is a block of Go in a document: its lines without indentation and trailing space, and where it begins.
type goBlock struct {
	line int
	text []string
}

func goBlocks(text string) (blocks []goBlock) {
	open, language := "", ""
	for i, l := range strings.Split(text, "\n") {
		m := fence.FindStringSubmatch(l)
		switch {
		case open == "" && m != nil:
			open, language = m[1], strings.ToLower(m[2])
			if language == "go" {
				blocks = append(blocks, goBlock{line: i + 2})
			}
		case open != "" && m != nil && strings.HasPrefix(m[1], open) && m[2] == "":
			open = ""
		case open != "" && language == "go":
			b := &blocks[len(blocks)-1]
			b.text = append(b.text, strings.TrimSpace(l))
		}
	}
	for i := range blocks {
		blocks[i].text = trimBlank(blocks[i].text)
	}
	return blocks
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// checkCompiled asks that every block of Go in a document stands in the body of an Example function, word for word but
// for indentation, or, when it is a whole file, that it is one of the programs.
func checkCompiled(name, text string, examples, programs []*source) (problems []string) {
	var bodies [][]string
	for _, s := range examples {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Body != nil && strings.HasPrefix(f.Name.Name, "Example") {
				from, to := s.fset.Position(f.Body.Lbrace).Offset, s.fset.Position(f.Body.Rbrace).Offset
				bodies = append(bodies, trimLines(string(s.text[from+1:to])))
			}
		}
	}
	for _, b := range goBlocks(text) {
		where, in := bodies, "the body of an Example in example_test.go"
		if slices.ContainsFunc(b.text, func(l string) bool { return strings.HasPrefix(l, "package ") }) {
			where, in = nil, "a program of examples"
			for _, s := range programs {
				where = append(where, trimLines(string(s.text)))
			}
		}
		if len(b.text) == 0 || !slices.ContainsFunc(where, func(lines []string) bool { return holds(lines, b.text) }) {
			problems = append(problems, fmt.Sprintf("%s:%d: this block of Go is not in %s", name, b.line, in))
		}
	}
	return problems
}

func trimLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	return lines
}

// holds reports whether part stands in lines as it is.
func holds(lines, part []string) bool {
	for i := range len(lines) - len(part) + 1 {
		if slices.Equal(lines[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// checkTranslated asks that the blocks of Go of a translation are those of the original, in order, but for comments.
func checkTranslated(name, text, original string) (problems []string) {
	theirs := goBlocks(original)
	ours := goBlocks(text)
	for i, b := range ours {
		if i >= len(theirs) || !slices.Equal(tokens(b.text), tokens(theirs[i].text)) {
			problems = append(problems, fmt.Sprintf("%s:%d: this block of Go is not that of the original", name, b.line))
		}
	}
	if len(ours) < len(theirs) {
		problems = append(problems, fmt.Sprintf("%s: %d blocks of Go, and the original has %d", name, len(ours), len(theirs)))
	}
	return problems
}

// tokens reads Go without its comments.
func tokens(lines []string) (words []string) {
	text := []byte(strings.Join(lines, "\n"))
	fset := token.NewFileSet()
	var s scanner.Scanner
	s.Init(fset.AddFile("", fset.Base(), len(text)), text, func(token.Position, string) {}, 0)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return words
		}
		if tok == token.SEMICOLON {
			lit = ";" // whether written or at the end of a line
		}
		words = append(words, tok.String()+" "+lit)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	p := load(t)
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(p.root, name))
		return err == nil && filepath.IsLocal(name)
	}
	require.NoError(t, p.walk(".md", func(name string, _ bool) error {
		text, err := os.ReadFile(filepath.Join(p.root, name))
		none(t, checkLinks(name, string(text), exists))
		return err
	}))
}

func TestReadme(t *testing.T) {
	t.Parallel()
	p := load(t)
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(p.root, name))
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("there is no " + name)
		}
		require.NoError(t, err)
		return string(text)
	}
	var examples, programs []*source
	for _, s := range p.sources {
		switch {
		case s.pkg == "crm" && s.test() && strings.HasPrefix(s.path, "example"):
			examples = append(examples, s)
		case strings.HasPrefix(s.pkg, "examples/") && !s.test():
			programs = append(programs, s)
		}
	}
	original := read("README.md")
	none(t, checkCompiled("README.md", original, examples, programs))
	none(t, checkTranslated("README.zh-CN.md", read("README.zh-CN.md"), original))
}

func TestCheckLinks(t *testing.T) {
	t.Parallel()
	exists := func(name string) bool { return name == "LICENSE" || name == "docs" || name == "docs/a b.md" }
	require.Empty(t, checkLinks("docs/x.md", strings.Join([]string{
		"[a](../LICENSE) ![b](a%20b.md#top \"title\") [c](#here) [d](https://example.com/x) [e](mailto:a@example.com)",
		"`[f](code.md)` <a href=\"../LICENSE\">g</a>", "```", "[h](block.md)", "```", "[i]: ../LICENSE", "[j](.)",
	}, "\n"), exists))
	require.Equal(t, []string{
		"docs/x.md:1: link to LICENSE leads nowhere",
		"docs/x.md:2: link to y.md#z leads nowhere",
		"docs/x.md:7: link to z.png leads nowhere",
		"docs/x.md:8: link to ../../LICENSE leads nowhere",
	}, checkLinks("docs/x.md", strings.Join([]string{
		"[a](LICENSE)", "[b]: y.md#z", "```go", "x", "", "```", "<img src=\"z.png\">", "[c](../../LICENSE)",
	}, "\n"), exists))
}

func TestCheckCompiled(t *testing.T) {
	t.Parallel()
	example := mustParse(t, "example_test.go",
		"package crm_test\n\nfunc Example() {\n\tif true {\n\t\tx := 1\n\n\t\tprint(x)\n\t}\n}\n\nfunc helper() {\n\tprint(2)\n}\n")
	program := mustParse(t, "examples/a/main.go", "package main\n\nfunc main() {\n\tprint(3)\n}\n")
	check := func(block string) []string {
		return checkCompiled("README.md", "text\n\n```go\n"+block+"\n```\n", []*source{example}, []*source{program})
	}
	require.Empty(t, check("x := 1\n\nprint(x)  "))
	require.Empty(t, check("if true {\n    x := 1"))
	require.Empty(t, check("package main\n\nfunc main() {\n    print(3)\n}"))
	require.Empty(t, checkCompiled("README.md", "```sh\ngo test\n```\n", nil, nil), "not Go")
	gone := []string{"README.md:4: this block of Go is not in the body of an Example in example_test.go"}
	require.Equal(t, gone, check("x := 2"))
	require.Equal(t, gone, check("x := 1\nprint(x)"), "a line is missing")
	require.Equal(t, gone, check("print(2)"), "not in an Example")
	require.Equal(t, gone, check(""))
	require.Equal(t, []string{"README.md:4: this block of Go is not in a program of examples"},
		check("package main\n\nfunc main() {\n\tprint(4)\n}"))
}

func TestCheckTranslated(t *testing.T) {
	t.Parallel()
	block := func(text string) string { return "```go\n" + text + "\n```\n" }
	original := block("x := 1 // one") + block("f()")
	require.Empty(t, checkTranslated("README.zh-CN.md", block("x := 1 // 一")+"文\n"+block("f()"), original))
	require.Equal(t, []string{"README.zh-CN.md:2: this block of Go is not that of the original"},
		checkTranslated("README.zh-CN.md", block("x := 2 // 一")+block("f()"), original))
	require.Equal(t, []string{"README.zh-CN.md: 1 blocks of Go, and the original has 2"},
		checkTranslated("README.zh-CN.md", block("x := 1"), original))
	require.Equal(t, []string{"README.zh-CN.md:8: this block of Go is not that of the original"},
		checkTranslated("README.zh-CN.md", original+block("f()"), original))
}
