package importer

import (
	"context"
	"errors"
	"runtime"
)

// reader is the goroutine that reads a batch ahead of the one that is written. It has two batches, which change hands.
type reader struct {
	full chan *batch // that were read; closed when the goroutine is at its end
	free chan *batch // to be filled

	// when full is closed
	err      error
	panicked any
	returned bool // it neither panicked nor called runtime.Goexit
}

// readAhead calls flush with one batch after the other, while the next is read in another goroutine. That has ended when
// readAhead returns or panics.
func (r *run) readAhead(ctx context.Context, flush func(*batch) error) (err error) {
	reading, stop := context.WithCancel(ctx)
	d := &reader{full: make(chan *batch), free: make(chan *batch, 2)}
	d.free <- newBatch(r)
	go d.run(reading, r, newBatch(r))
	end := func() {
		stop()
		for range d.full { // to its end
		}
	}
	defer end() // also when flush panics
	for b := range d.full {
		if err = flush(b); err != nil {
			break
		}
		d.free <- b
	}
	end()
	switch {
	case d.panicked != nil:
		panic(d.panicked)
	case !d.returned:
		runtime.Goexit() // as the source did
	case err == nil:
		return d.err
	case ctx.Err() == nil && errors.Is(d.err, context.Canceled):
		return err // the other comes of it
	}
	return errors.Join(err, d.err)
}

func (d *reader) run(ctx context.Context, r *run, b *batch) {
	defer close(d.full)
	defer func() { d.panicked = recover() }()
	d.err = r.read(ctx, b, func(b *batch) (*batch, error) {
		select {
		case d.full <- b:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		select {
		case b = <-d.free:
			return b, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	d.returned = true
}
