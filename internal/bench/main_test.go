package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

// TestRun measures a small file, so that every part of the table is known to work. What it says of speed means nothing.
func TestRun(t *testing.T) {
	var out, log bytes.Buffer
	if err := run(t.Context(), []string{"-rows", "2000", "-runs", "1", "-dir", t.TempDir()}, &out, &log); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	rows := strings.Count(out.String(), "\n| ") - 1 // without the line below the heading
	want := 26 + 6                                  // lines, and those of the table of reaches
	if _, err := exec.LookPath("soffice"); err == nil {
		want += 3
	}
	if rows != want {
		t.Errorf("got tables of %d rows, want %d:\n%s", rows, want, out.String())
	}
}

func TestRunRefuses(t *testing.T) {
	for name, args := range map[string][]string{"part": {"-only", "speed"}, "rows": {"-rows", "10"}, "program": {"-rows", "1000", "-only", "sqlite", "-sqlite3", "/none"}} {
		t.Run(name, func(t *testing.T) {
			var out, log bytes.Buffer
			if err := run(t.Context(), append(args, "-dir", t.TempDir()), &out, &log); err == nil || out.Len() > 0 {
				t.Errorf("got %v, and printed %q", err, out.String())
			}
		})
	}
}
