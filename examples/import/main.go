// Import brings a CSV file into a store, with a progress bar.
//
//	go run ./examples/import -to crm.db examples/import/accounts.csv
//
// Its exit status is 0 only when no row failed: 1 when a row did, 2 when the import could not run or did not end.
package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/schollz/progressbar/v3"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
)

const usage = `usage: import [flags] file.csv

Brings the rows of a CSV file (UTF-8, first row the names of the fields) into a store.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1 // some rows failed
	exitError  = 2 // the import could not run, or did not end
)

type options struct {
	to, module, mode, match, report, key string
	rows, json, quiet                    bool
	file                                 string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage); flags.PrintDefaults() }
	flags.StringVar(&o.to, "to", "memory:", "`store`: memory:, or the path of a SQLite file, which is made if need be")
	flags.StringVar(&o.module, "module", "Accounts", "API `name` of the module")
	flags.StringVar(&o.mode, "mode", string(importer.Upsert), "what happens to rows that match a record, and to the rest: upsert, add, update or clone")
	flags.StringVar(&o.match, "match", "", "API `names`, with commas, of the fields that tell which record a row is of (default the name)")
	flags.StringVar(&o.report, "report", "", "write the failed rows to this CSV `file`, to be mended and imported again")
	flags.StringVar(&o.key, "key", "", "at most one import for this `key`: the same one goes on where an interrupted import ended")
	flags.BoolVar(&o.rows, "rows", false, "print the rows as they are read, as CSV, and stop")
	flags.BoolVar(&o.json, "json", false, "print one JSON object with the counts")
	flags.BoolVar(&o.quiet, "quiet", false, "no progress bar")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitError
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return exitError
	}
	o.file = flags.Arg(0)
	code, err := o.run(ctx, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "import:", err)
		return exitError
	}
	return code
}

func (o *options) run(ctx context.Context, stdout, stderr io.Writer) (code int, err error) {
	file, err := importer.Open(o.file, nil)
	if err != nil {
		return exitError, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if o.rows {
		return printRows(ctx, file, stdout, stderr)
	}
	store, err := open(o.to)
	if err != nil {
		return exitError, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		return exitError, err
	}
	records, err := org.Session().Records(o.module)
	if err != nil {
		return exitError, err
	}
	report, err := o.importInto(ctx, records, file, stderr)
	if report == nil {
		return exitError, err
	}
	if o.json {
		err = errors.Join(err, printJSON(stdout, report))
	} else {
		printReport(stdout, report)
	}
	if err != nil || report.Failed == 0 {
		return exitOK, err
	}
	return exitFailed, nil
}

func open(to string) (storage.Store, error) {
	if to == "memory:" {
		return memory.New(nil), nil
	}
	return sqlite.Open(to, nil)
}

// importInto runs the import, with its bar on stderr and its failed rows in the report file.
func (o *options) importInto(ctx context.Context, records *record.Records, file *importer.File, stderr io.Writer) (report *importer.Report, err error) {
	options := &importer.Options{Mode: importer.Mode(o.mode), Key: o.key}
	if o.match != "" {
		options.Match = strings.Split(o.match, ",")
	}
	if o.report != "" {
		out, err := os.Create(o.report)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		options.Rejects = out
	}
	if !o.quiet {
		bar := progressbar.NewOptions64(file.Size(), progressbar.OptionSetWriter(stderr), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(o.file), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100e6))
		options.Progress = func(p importer.Progress) {
			bar.Describe(fmt.Sprintf("%d rows, %d failed", p.Read, p.Failed))
			_ = bar.Set64(p.Bytes) // a bar that cannot be drawn stops no import
		}
		defer func() { _ = bar.Finish() }()
	}
	return importer.Run(ctx, records, file, options)
}

// printRows prints what was read, each row as it is understood; rows that cannot be read go to stderr.
func printRows(ctx context.Context, file *importer.File, stdout, stderr io.Writer) (int, error) {
	w := csv.NewWriter(stdout)
	if err := w.Write(file.Header().Cells); err != nil {
		return exitError, err
	}
	code := exitOK
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
	w.Flush()
	return code, w.Error()
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

func printReport(w io.Writer, r *importer.Report) {
	fmt.Fprintf(w, "%d rows read: %d created, %d updated, %d unchanged, %d skipped, %d failed\n",
		r.Read, r.Created, r.Updated, r.Unchanged, r.Skipped, r.Failed)
	for _, c := range r.Columns {
		if c.Use != importer.Imported {
			fmt.Fprintf(w, "column %q: %s\n", c.Header, c.Use)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "%s: %s: %d rows, first line %d\n", n.Field, n.Code, n.Rows, n.First)
	}
	const most = 20
	for i, f := range r.Faults {
		if i == most {
			fmt.Fprintf(w, "and more; -report FILE writes the failed rows\n")
			break
		}
		fmt.Fprintf(w, "line %d: %s %s\n", f.Line, f.Code, strings.TrimPrefix(f.Field+": "+f.Message(record.English), ": "))
	}
}
