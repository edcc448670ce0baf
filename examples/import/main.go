// Import brings a file of CSV, XLSX, XLS or vCards into a store, with a progress bar.
//
//	go run ./examples/import -to crm.db examples/import/accounts.csv
//	go run ./examples/import -to crm.db -plan more.xlsx
//	go run ./examples/import -to crm.db -resume more.xlsx
//	go run ./examples/import -to crm.db -history
//	go run ./examples/import -to crm.db -undo JOB
//
// Its exit status is 0 only when no row failed: 1 when a row did, 2 when the import could not run or did not end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
)

const usage = `usage: import [flags] file

Brings the rows of a file of CSV, XLSX, XLS or vCards (first row the names of the fields) into a store.

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
	to, module, mode, match, report, faults, key string
	charset, sheet, mapping, date, undo          string
	rows, json, quiet, plan, history, resume     bool
	file                                         string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("import", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage); flags.PrintDefaults() }
	flags.StringVar(&o.to, "to", "memory:", "`store`: memory:, or the path of a SQLite file, which is made if need be")
	flags.StringVar(&o.module, "module", "Accounts", "API `name` of the module")
	flags.StringVar(&o.mode, "mode", string(importer.Upsert), "what happens to rows that match a record, and to the rest: upsert, add, update or clone")
	flags.StringVar(&o.match, "match", "", "`fields`, by API name or label and with commas, that tell which record a row is of (default the name)")
	flags.StringVar(&o.report, "report", "", "write the failed rows to this CSV `file`, to be mended and imported again")
	flags.StringVar(&o.faults, "faults", "", "write all that was wrong with the rows to this `file`, .csv or .xlsx")
	flags.BoolVar(&o.resume, "resume", false, "go on where an import of this file, with these flags, was interrupted, or join one that goes on")
	flags.StringVar(&o.key, "key", "", "at most one import for this `key`: the same one goes on where an interrupted import ended")
	flags.StringVar(&o.charset, "charset", "", "the file's `charset`, such as gbk (default found from its bytes)")
	flags.StringVar(&o.sheet, "sheet", "", "`name` of a workbook's sheet (default the first that is shown)")
	flags.StringVar(&o.mapping, "map", "", "`HEADER=FIELD,…` for columns whose headers say nothing; HEADER= passes one over")
	flags.StringVar(&o.date, "date", "", "what comes first in dates such as 03/04/2026: `day or month` (default found from the columns)")
	flags.StringVar(&o.undo, "undo", "", "take an import back: the `job`'s id, as -history has it")
	flags.BoolVar(&o.plan, "plan", false, "say what would become of each row, and write nothing")
	flags.BoolVar(&o.history, "history", false, "list the imports into the store, and stop")
	flags.BoolVar(&o.rows, "rows", false, "print the rows as they are read, as CSV, and stop")
	flags.BoolVar(&o.json, "json", false, "print one JSON object with the counts")
	flags.BoolVar(&o.quiet, "quiet", false, "no progress bar")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitError
	}
	wanted := 1
	if o.history || o.undo != "" {
		wanted = 0
	}
	if flags.NArg() != wanted {
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
	if o.history || o.undo != "" {
		return o.withOrg(ctx, func(org *crm.Org) (int, error) {
			if o.history {
				return exitOK, printHistory(ctx, org, stdout)
			}
			return undo(ctx, org, o.undo, stdout)
		})
	}
	file, err := importer.Open(o.file, &importer.FileOptions{Charset: o.charset, Sheet: o.sheet})
	if err != nil {
		return exitError, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if o.rows {
		return printRows(ctx, file, stdout, stderr)
	}
	return o.withOrg(ctx, func(org *crm.Org) (int, error) {
		records, err := org.Session().Records(o.module)
		if err != nil {
			return exitError, err
		}
		if o.plan {
			return o.printPlan(ctx, records, file, stdout)
		}
		return o.importAndTell(ctx, records, file, stdout, stderr)
	})
}

// withOrg runs fn on the store that -to names.
func (o *options) withOrg(ctx context.Context, fn func(*crm.Org) (int, error)) (code int, err error) {
	store, err := open(o.to)
	if err != nil {
		return exitError, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		return exitError, err
	}
	return fn(org)
}

// importAndTell runs the import, and prints what became of it.
func (o *options) importAndTell(ctx context.Context, records *record.Records, file *importer.File, stdout, stderr io.Writer) (code int, err error) {
	report, err := o.importInto(ctx, records, file, stderr)
	if report == nil {
		return exitError, err
	}
	if o.faults != "" {
		err = errors.Join(err, o.writeFaults(ctx, records.Session(), report.Operation))
	}
	if o.json {
		err = errors.Join(err, printJSON(stdout, report))
	} else {
		err = errors.Join(err, printReport(stdout, report))
	}
	if err != nil || report.Failed == 0 {
		return exitOK, err
	}
	return exitFailed, nil
}

// open opens the store that -to names.
func open(to string) (storage.Store, error) {
	if to == "memory:" {
		return memory.New(nil), nil
	}
	if to == ":memory:" {
		return nil, errors.New("-to :memory: is SQLite's; the store in memory is \"memory:\"")
	}
	if path, uri := strings.CutPrefix(to, "file:"); uri {
		return nil, fmt.Errorf("-to takes a path, and no URI: -to %s", path)
	}
	return sqlite.Open(to, nil)
}

// importOptions are the options of a run, or of its plan.
func (o *options) importOptions(records *record.Records) (*importer.Options, error) {
	columns, err := o.columns()
	if err != nil {
		return nil, err
	}
	fields, err := o.dates(records.Shape())
	return &importer.Options{
		Mode:    importer.Mode(strings.ToLower(strings.TrimSpace(o.mode))),
		Match:   fieldNames(records.Shape(), o.match),
		Key:     o.key,
		Resume:  o.resume,
		Columns: columns, Fields: fields,
	}, err
}

// importInto runs the import, with its bar on stderr and its failed rows in the report file.
func (o *options) importInto(ctx context.Context, records *record.Records, file *importer.File, stderr io.Writer) (report *importer.Report, err error) {
	options, err := o.importOptions(records)
	if err != nil {
		return nil, err
	}
	if o.report != "" {
		failed, cannot := createReport(o.report, o.file, o.to, o.to+"-wal", o.to+"-shm")
		if cannot != nil {
			return nil, cannot
		}
		// A run that was refused leaves an earlier report as it is; one that stopped half-way has something to say.
		defer func() { err = errors.Join(err, failed.close(report != nil)) }()
		options.Rejects = failed
	}
	if !o.quiet && isTerminal(stderr) {
		bar := progressbar.NewOptions64(file.Size(), progressbar.OptionSetWriter(stderr), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(o.file), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
		options.Progress = func(p importer.Progress) {
			bar.Describe(fmt.Sprintf("%d rows, %d failed", p.Read, p.Failed))
			_ = bar.Set64(p.Bytes) // a bar that cannot be drawn stops no import
		}
		defer func() { _ = bar.Finish() }()
	}
	return importer.Run(ctx, records, file, options)
}

// fieldNames returns the API names of the fields that a list with commas names, by API name or label. What names no field
// is for the importer to refuse.
func fieldNames(shape *record.Shape, list string) (names []string) {
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		for _, d := range shape.Fields() {
			if f := record.Fold(name); f == record.Fold(d.Name) || f == record.Fold(d.English) || f == record.Fold(d.Chinese) {
				name = d.Name
				break
			}
		}
		names = append(names, name)
	}
	return names
}

// isTerminal reports whether somebody may be looking at what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
