package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// line is one line of the table that a run prints.
type line struct {
	what, ours, rival, ratio, bar string
	met                           bool
}

// writeTable prints lines as a table in Markdown.
func writeTable(w io.Writer, lines []line) {
	fmt.Fprintln(w, "| what | ours | rival | ratio | bar | met? |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- |")
	for _, l := range lines {
		met := "no"
		if l.met {
			met = "yes"
		}
		fmt.Fprintln(w, "| "+strings.Join([]string{l.what, l.ours, l.rival, l.ratio, l.bar, met}, " | ")+" |")
	}
}

// micros shows seconds as microseconds.
func micros(seconds float64) string { return fmt.Sprintf("%.3g µs", seconds*1e6) }

// seconds shows a time that people wait for.
func seconds(s float64) string {
	if s < 1 {
		return fmt.Sprintf("%.3g ms", s*1e3)
	}
	return fmt.Sprintf("%.1f s", s)
}

// perSecond shows a rate of rows.
func perSecond(rows int, s float64) string { return thousands(int(float64(rows)/s)) + " rows/s" }

func megabytes(b float64) string { return fmt.Sprintf("%.1f MB", b/(1<<20)) }

func times(x float64) string { return fmt.Sprintf("%.2f", x) }

// thousands shows a number with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func perRow(d time.Duration, rows int) float64 { return d.Seconds() / float64(rows) }
