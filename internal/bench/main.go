// Command bench measures the library beside what else one could use for the same work, in one run, and prints the table of
// the README.
//
//	cd internal/bench && go run . -rows 1000000
//
// It needs sqlite3 of the command line, some three gigabytes of disk for a million rows, and a machine that does nothing
// else. Files are generated, the same in each run. Rivals take turns with us, and figures are medians.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run of the program.
type bench struct {
	rows, runs int
	dir        string // of files that are removed in the end
	sqlite3    string
	log        io.Writer
	lines      []line
	notes      []string
	tables     []string           // beside the one of lines
	took       map[string]float64 // whole imports, in seconds, by importKey
	database   string             // that an import of all rows has left
}

// section is one part of the table.
type section struct {
	name string
	run  func(b *bench, ctx context.Context) error
}

func sections() []section {
	return []section{{"csv", (*bench).csv}, {"sqlite", (*bench).sqlite}, {"memory", (*bench).memory}, {"usual", (*bench).usual},
		{"get", (*bench).get}, {"page", (*bench).pages}, {"subtree", (*bench).subtree}, {"growth", (*bench).growth},
		{"reach", (*bench).reach}, {"custom", (*bench).custom}, {"wide", (*bench).wide}, {"xlsx", (*bench).xlsx}, {"office", (*bench).office}}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	b := &bench{log: stderr, took: map[string]float64{}}
	var names []string
	for _, s := range sections() {
		names = append(names, s.name)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&b.rows, "rows", 1_000_000, "`rows` of the file")
	flags.IntVar(&b.runs, "runs", 3, "how often each thing is measured; figures are medians")
	flags.StringVar(&b.sqlite3, "sqlite3", "/usr/bin/sqlite3", "`program` of the sqlite3 command line")
	dir := flags.String("dir", "", "`folder` of temporary files (default the system's)")
	only := flags.String("only", strings.Join(names, ","), "`parts` of the table, with commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if b.rows < 1000 || b.runs < 1 {
		return errors.New("-rows needs a thousand, and -runs one")
	}
	wanted := strings.Split(*only, ",")
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			return fmt.Errorf("-only: there is no %q", name)
		}
	}
	if b.dir, err = os.MkdirTemp(*dir, "crm-bench-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	for _, s := range sections() {
		if !slices.Contains(wanted, s.name) {
			continue
		}
		began := time.Now()
		if err := s.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(stderr, "%s: measured in %.0f s\n", s.name, time.Since(began).Seconds())
	}
	return b.print(stdout)
}

// print writes the table, and what there is to say about it.
func (b *bench) print(w io.Writer) error {
	var out strings.Builder
	writeTable(&out, b.lines)
	fmt.Fprintf(&out, "\n%s, %s/%s, %d processors; %s rows of %d columns, medians of %d.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.GOMAXPROCS(0), thousands(b.rows), len(columns()), b.runs)
	for _, n := range b.notes {
		fmt.Fprintln(&out, "- "+n)
	}
	for _, t := range b.tables {
		fmt.Fprint(&out, "\n"+t)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (b *bench) add(l line) {
	b.lines = append(b.lines, l)
	fmt.Fprintf(b.log, "  %s: %s against %s: %s\n", l.what, l.ours, cmp.Or(l.rival, "nothing"), l.ratio)
}

func (b *bench) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
	fmt.Fprintln(b.log, "  "+b.notes[len(b.notes)-1])
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// file is the CSV file of that many companies, which is made when it is first asked for.
func (b *bench) file(rows int) (string, error) {
	path := b.path(fmt.Sprintf("companies-%d.csv", rows))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, generate(path, 0, rows, alone)
}
