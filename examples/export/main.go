// Export writes the records of a store as CSV or XLSX, or a blank file to be filled and imported.
//
//	go run ./examples/export -from crm.db -o accounts.csv
//	go run ./examples/export -from crm.db -o accounts.xlsx -labels -names
//	go run ./examples/export -from crm.db -o blank.xlsx -template
//
// Its exit status is 0 when the file is written, and 2 when it is not: then there is none, or that which was there before.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/sqlite"
)

const usage = `usage: export -from store -o file [flags]

Writes the records of a store to a file of CSV or XLSX, by its extension.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit statuses, those of the import.
const (
	exitOK    = 0
	exitError = 2
)

type options struct {
	from, to, module, fields     string
	labels, names, bom, template bool
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("export", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage); flags.PrintDefaults() }
	flags.StringVar(&o.from, "from", "", "the `path` of a SQLite file")
	flags.StringVar(&o.to, "o", "", "the `file` to write: .csv or .xlsx")
	flags.StringVar(&o.module, "module", "Accounts", "API `name` of the module")
	flags.StringVar(&o.fields, "fields", "", "`fields`, by API name or label and with commas (default all)")
	flags.BoolVar(&o.labels, "labels", false, "a header of labels in place of API names")
	flags.BoolVar(&o.names, "names", false, "links by name in place of ids")
	flags.BoolVar(&o.bom, "bom", false, "begin a CSV file with a byte order mark, for Excel")
	flags.BoolVar(&o.template, "template", false, "a blank file to be filled and imported")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitError
	}
	if flags.NArg() > 0 || o.from == "" || o.to == "" {
		flags.Usage()
		return exitError
	}
	if err := o.run(ctx, stdout); err != nil {
		fmt.Fprintln(stderr, "export:", err)
		return exitError
	}
	return exitOK
}

func (o *options) run(ctx context.Context, stdout io.Writer) (err error) {
	format, ok := map[string]importer.Kind{".csv": importer.KindCSV, ".xlsx": importer.KindXLSX}[strings.ToLower(filepath.Ext(o.to))]
	if !ok {
		return fmt.Errorf("-o %s: neither .csv nor .xlsx", o.to)
	}
	if _, err := os.Stat(o.from); err != nil { // to open it would make it
		return fmt.Errorf("-from: %w", err)
	}
	store, err := sqlite.Open(o.from, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		return err
	}
	records, err := org.Session().Records(o.module)
	if err != nil {
		return err
	}
	fields := fieldNames(records.Shape(), o.fields)
	rows := int64(0)
	err = replace(o.to, o.from, func(w io.Writer) error {
		if o.template {
			return importer.Template(ctx, records, w, &importer.TemplateOptions{Format: format, Fields: fields})
		}
		rows, err = importer.Export(ctx, records, w, record.Query{},
			&importer.ExportOptions{Format: format, Fields: fields, Labels: o.labels, Names: o.names, BOM: o.bom})
		return err
	})
	if err != nil || o.template {
		return err
	}
	_, err = fmt.Fprintln(stdout, rows, "rows written")
	return err
}

// fieldNames returns the API names of the fields that a list with commas names, by API name or label. What names no field is
// for the importer to refuse.
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
