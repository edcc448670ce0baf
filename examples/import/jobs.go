package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// printPlan prints what the import would do with each row, and how many there would be of each kind. Nothing is written.
func (o *options) printPlan(ctx context.Context, records *record.Records, file *importer.File, stdout io.Writer) (code int, err error) {
	options, err := o.importOptions(records)
	if err != nil {
		return exitError, err
	}
	p, err := importer.Plan(ctx, records, file, options, func(v *importer.Verdict) error {
		if v.Action == record.Unchanged {
			return nil
		}
		var why []string
		for _, f := range v.Faults {
			why = append(why, strings.TrimPrefix(f.Field+": "+f.Message(record.English), ": "))
		}
		_, err := fmt.Fprintln(stdout, strings.TrimRight(fmt.Sprintf("line %d: %s %s", v.Line, v.Action, strings.Join(why, "; ")), " "))
		return err
	})
	if err != nil {
		return exitError, err
	}
	if err := printReport(stdout, &p.Report); err != nil || p.Failed == 0 {
		return exitOK, err
	}
	return exitFailed, nil
}

// printHistory lists the imports into a store, the newest first.
func printHistory(ctx context.Context, org *crm.Org, stdout io.Writer) error {
	jobs, err := importer.History(ctx, org.Session(), record.MaxLimit)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, j := range jobs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d rows\t%d created\t%d updated\t%d failed\n", j.ID, j.Started.UTC().Format(time.DateTime), j.State, j.Module, j.File,
			j.Counts.Read, j.Counts.Created, j.Counts.Updated, j.Counts.Failed)
	}
	return w.Flush()
}

// undo takes an import back. What was changed since stays as it is, and makes the exit status 1.
func undo(ctx context.Context, org *crm.Org, job string, stdout io.Writer) (code int, err error) {
	id, err := record.ParseID(job)
	if err != nil {
		return exitError, fmt.Errorf("-undo %s: not the id of an import: see -history", job)
	}
	r, err := org.Undo(ctx, id, false)
	if err != nil {
		return exitError, err
	}
	if _, err := fmt.Fprintf(stdout, "%d records purged, %d put back, %d left as they are\n", r.Purged, r.PutBack, len(r.Kept)); err != nil || len(r.Kept) == 0 {
		return exitOK, err
	}
	return exitFailed, nil
}

// columns reads -map: the field of a column by its header, "" to pass it over.
func (o *options) columns() (map[string]string, error) {
	given := map[string]string{}
	for pair := range strings.SplitSeq(o.mapping, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		header, field, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("-map %s: not HEADER=FIELD", pair)
		}
		given[strings.TrimSpace(header)] = strings.TrimSpace(field)
	}
	return given, nil
}

// dates reads -date: the order of days and months in all fields of dates.
func (o *options) dates(shape *record.Shape) (map[string]importer.FieldOptions, error) {
	order, ok := map[string]importer.DateOrder{"": "", "day": importer.DayFirst, "month": importer.MonthFirst}[o.date]
	if !ok {
		return nil, fmt.Errorf("-date %s: day or month", o.date)
	}
	fields := map[string]importer.FieldOptions{}
	for _, d := range shape.Fields() {
		if name := d.Type.Name(); order != "" && !d.ReadOnly && (name == "date" || name == "datetime") {
			fields[d.Name] = importer.FieldOptions{Dates: order}
		}
	}
	return fields, nil
}
