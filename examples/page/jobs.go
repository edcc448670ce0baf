package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// jobs are the imports of this run of the server, the last of them. Those of earlier runs are in the library's history. It is safe for
// concurrent use.
type jobs struct {
	run  func(func(context.Context)) // as long as the server does
	wait func()

	mu  sync.Mutex
	all []*job
}

// keptJobs is how many imports are kept to be looked at.
const keptJobs = 20

// newJobs returns no jobs yet. Those that it starts end when ctx does.
func newJobs(ctx context.Context) *jobs {
	var group sync.WaitGroup
	return &jobs{run: func(fn func(context.Context)) { group.Go(func() { fn(ctx) }) }, wait: group.Wait}
}

// job is one import.
type job struct {
	id    record.ID
	file  string
	shape *record.Shape

	mu    sync.Mutex
	state jobState
}

// jobState is where an import stands.
type jobState struct {
	progress importer.Progress
	done     bool
	report   *importer.Report
	rejects  []byte // the rows that failed, as CSV; nil when none did
	err      error
}

// percent is how much of the file was read.
func (s *jobState) percent() int {
	switch {
	case s.done:
		return 100
	case s.progress.Size == 0:
		return 0
	}
	return int(s.progress.Bytes * 100 / s.progress.Size)
}

// start runs an import beside what the server does, and returns the job that tells of it.
func (js *jobs) start(file string, shape *record.Shape, fn func(context.Context, io.Writer, func(importer.Progress)) (*importer.Report, error)) *job {
	j := &job{id: record.NewID(), file: file, shape: shape}
	js.mu.Lock()
	js.all = append(js.all, j)
	if n := len(js.all) - keptJobs; n > 0 {
		js.all = js.all[n:]
	}
	js.mu.Unlock()
	js.run(func(ctx context.Context) {
		var rejects bytes.Buffer
		report, err := fn(ctx, &rejects, func(p importer.Progress) {
			j.mu.Lock()
			j.state.progress = p
			j.mu.Unlock()
		})
		j.mu.Lock()
		defer j.mu.Unlock()
		j.state.done, j.state.report, j.state.err = true, report, err
		if report != nil {
			j.state.progress.Counts = report.Counts
			if report.Failed > 0 {
				j.state.rejects = rejects.Bytes()
			}
		}
	})
	return j
}

// find returns a job by its id, nil when there is none by now.
func (js *jobs) find(id record.ID) *job {
	js.mu.Lock()
	defer js.mu.Unlock()
	for _, j := range js.all {
		if j.id == id {
			return j
		}
	}
	return nil
}

// now returns where a job stands.
func (j *job) now() jobState {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state
}

// tick is how often a browser is told of an import.
const tick = 200 * time.Millisecond

// importEvents tells a browser how far an import has come, until it is over.
func (s *server) importEvents(v *visit) error {
	j, err := v.job()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/event-stream")
	v.w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(v.w)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		now := j.now()
		if _, err := fmt.Fprintf(v.w, "data: %s\n\n", eventOf(&now)); err != nil {
			return nil // whoever asked has gone
		}
		if out.Flush() != nil || now.done {
			return nil
		}
		select {
		case <-v.ctx().Done():
			return nil
		case <-ticker.C:
		}
	}
}

// eventOf is where a job stands, as the script of the page reads it.
func eventOf(s *jobState) string {
	c := s.progress.Counts
	b, err := json.Marshal(map[string]any{"percent": s.percent(), "done": s.done,
		"counts": map[string]int64{"read": c.Read, "created": c.Created, "updated": c.Updated, "unchanged": c.Unchanged, "skipped": c.Skipped, "failed": c.Failed}})
	if err != nil {
		return "{}" // numbers and truth values have no error
	}
	return string(b)
}
