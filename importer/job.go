package importer

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/clientele-go/crm/record"
)

// kind is that of the operations which are imports.
const kind = "import"

// Job is an import that was run, or is running.
type Job struct {
	record.Operation // who ran it, when, and its counts; it is undone by its ID
	JobDetails
}

// JobDetails is what was imported, and how.
type JobDetails struct {
	Module  string   `json:"module"`
	File    string   `json:"file,omitempty"`   // its name, where the source has one
	Digest  string   `json:"digest,omitempty"` // the SHA-256 of its content, in hexadecimal, where the source has one
	Format  *Format  `json:"format,omitempty"` // of a file
	Mode    Mode     `json:"mode"`
	Match   []string `json:"match,omitempty"`
	Columns []Column `json:"columns"`
}

// History returns the newest imports into any module, newest first, at most limit of them, and 50 when limit is 0: the
// actor's own, and with [record.RightManageData] all.
func History(ctx context.Context, s *record.Session, limit int) (jobs []*Job, err error) {
	ops, err := s.Operations(ctx, limit, kind)
	if err != nil {
		return nil, err
	}
	for _, op := range ops {
		j := &Job{Operation: *op}
		if op.Details != "" {
			if err := json.Unmarshal([]byte(op.Details), &j.JobDetails); err != nil {
				return nil, fmt.Errorf("importer: operation %s: details: %w", op.ID, err)
			}
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// Faults returns all that was wrong with the rows of an import, however many there are, by transaction, and in the order of the
// file within one. It may be asked for while the import runs, and long after. It fails as [record.Session.Operation] does.
func Faults(ctx context.Context, s *record.Session, job record.ID) iter.Seq2[Fault, error] {
	return func(yield func(Fault, error) bool) {
		stopped := false
		err := s.EachBatch(ctx, job, func(b *record.Batch) error {
			out, err := readResult(b)
			if err != nil {
				return err
			}
			for _, row := range out.Rows {
				for _, f := range row.Faults {
					if !yield(f, nil) {
						stopped = true
						return errStopped
					}
				}
			}
			return nil
		})
		if err != nil && !stopped {
			yield(Fault{}, err)
		}
	}
}

// errStopped ends a walk that nobody follows any more.
var errStopped = errors.New("importer: stopped")

// WriteFaults writes all faults of an import as CSV, as [Report.WriteFaults] does for those that a report holds.
func WriteFaults(ctx context.Context, s *record.Session, job record.ID, w io.Writer, lang record.Language) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"line", "status", "field", "code", "message"}); err != nil {
		return fmt.Errorf("importer: report: %w", err)
	}
	for f, err := range Faults(ctx, s, job) {
		if err != nil {
			return err
		}
		if err := out.Write([]string{strconv.Itoa(f.Line), f.status(), f.Field, f.Code, f.Message(lang)}); err != nil {
			return fmt.Errorf("importer: report: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("importer: report: %w", err)
	}
	return nil
}

// status is what became of the row.
func (f *Fault) status() string {
	if f.Skip {
		return "skipped"
	}
	return "failed"
}
