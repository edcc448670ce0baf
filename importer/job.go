package importer

import (
	"context"
	"encoding/json"
	"fmt"

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
