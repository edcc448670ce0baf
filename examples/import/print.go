package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// printRows prints what was read, each row as it is understood; rows that cannot be read go to stderr.
func printRows(ctx context.Context, file *importer.File, stdout, stderr io.Writer) (code int, err error) {
	w := csv.NewWriter(stdout)
	defer func() { w.Flush(); err = errors.Join(err, w.Error()) }() // also the rows before one that cannot be read
	if err := w.Write(file.Header().Cells); err != nil {
		return exitError, err
	}
	code = exitOK
	for row, err := range file.Rows(ctx) {
		if err != nil {
			return exitError, err
		}
		if p := row.Problem; p != nil {
			fmt.Fprintln(stderr, p)
			if p.Code != importer.CodeBlankRow {
				code = exitFailed
			}
			continue
		}
		if err := w.Write(row.Cells); err != nil {
			return exitError, err
		}
	}
	return code, nil
}

func printJSON(w io.Writer, r *importer.Report) error {
	return json.NewEncoder(w).Encode(struct {
		Read      int64 `json:"read"`
		Created   int64 `json:"created"`
		Updated   int64 `json:"updated"`
		Unchanged int64 `json:"unchanged"`
		Skipped   int64 `json:"skipped"`
		Failed    int64 `json:"failed"`
	}{r.Read, r.Created, r.Updated, r.Unchanged, r.Skipped, r.Failed})
}

// mostFaults is how many faults are printed.
const mostFaults = 20

func printReport(stdout io.Writer, r *importer.Report) error {
	w := bufio.NewWriter(stdout)
	fmt.Fprintf(w, "%d rows read: %d created, %d updated, %d unchanged, %d skipped, %d failed\n",
		r.Read, r.Created, r.Updated, r.Unchanged, r.Skipped, r.Failed)
	printColumns(w, r.Columns)
	for _, n := range r.Notes {
		fmt.Fprintf(w, "%s: %s: %d rows, first line %d\n", n.Field, n.Code, n.Rows, n.First)
	}
	faults := slices.Clone(r.Faults)
	slices.SortStableFunc(faults, func(a, b importer.Fault) int { // rows that failed before rows that were skipped
		switch {
		case a.Skip == b.Skip:
			return 0
		case b.Skip:
			return -1
		}
		return 1
	})
	failed := map[int]bool{} // the lines that are printed
	for _, f := range faults[:min(len(faults), mostFaults)] {
		fmt.Fprintf(w, "line %d: %s %s\n", f.Line, f.Code, strings.TrimPrefix(f.Field+": "+f.Message(record.English), ": "))
		if !f.Skip {
			failed[f.Line] = true
		}
	}
	switch {
	case int64(len(failed)) < r.Failed:
		fmt.Fprintln(w, "and more that failed; -report FILE writes them all")
	case len(faults) > mostFaults:
		fmt.Fprintln(w, "and more that were skipped")
	}
	return w.Flush()
}

// ours are the columns of a report, which need no remark when it was mended and comes back.
var ours = []string{"Import line", "Import codes", "Import message", "Import raw line"}

// printColumns tells of the columns that were passed over, those of one name together.
func printColumns(w io.Writer, columns []importer.Column) {
	times := map[importer.Column]int{}
	for _, c := range columns {
		times[c]++
	}
	for _, c := range columns {
		n := times[c]
		if n == 0 || c.Use == importer.Imported || slices.Contains(ours, c.Header) {
			continue
		}
		times[c] = 0
		fmt.Fprintf(w, "column %q: %s", c.Header, c.Use)
		if n > 1 {
			fmt.Fprintf(w, " ×%d", n)
		}
		fmt.Fprintln(w)
	}
}
