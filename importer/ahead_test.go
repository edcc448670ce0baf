package importer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

// at is a source that does something before a line, and counts who still reads it.
type at struct {
	importer.Source
	line    int
	do      func()
	readers *sync.WaitGroup
}

func (a at) Rows(ctx context.Context) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		a.readers.Add(1)
		defer a.readers.Done()
		for r, err := range a.Source.Rows(ctx) {
			if r.Line == a.line {
				a.do()
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// TestTheSourceIsLeft ends runs in the middle in every way: what was written is told, nobody reads on afterwards, and a
// panic comes to whoever called.
func TestTheSourceIsLeft(t *testing.T) {
	t.Parallel()
	text := "Account Name\n"
	for i := range 50 {
		text += fmt.Sprintln("company", i)
	}
	boom := errors.New("boom")
	for name, tt := range map[string]struct {
		do       func()                  // before line 20 is read
		progress func(importer.Progress) // in which a run may panic too
		store    func(*testing.T, *crm.Org) *crm.Org
		panics   bool
		err      error
	}{
		"the source panics":   {do: func() { panic(boom) }, panics: true},
		"the progress panics": {progress: func(p importer.Progress) { panicAt(p, 15, boom) }, panics: true},
		"the store fails": {store: func(t *testing.T, org *crm.Org) *crm.Org {
			broken, err := crm.Open(t.Context(), storagetest.Faulty(memory.New(nil), &storagetest.Faults{FailAt: 30}), nil)
			require.NoError(t, err)
			return broken
		}, err: storagetest.ErrFault},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := crmtest.New(t)
			if tt.store != nil {
				org = tt.store(t, org)
			}
			src := at{file(t, text), 20, func() {}, new(sync.WaitGroup)}
			if tt.do != nil {
				src.do = tt.do
			}
			run := func() (err error) {
				_, err = importer.Run(t.Context(), org.Accounts, src, &importer.Options{Batch: 5, Progress: tt.progress})
				src.readers.Wait() // it has ended, or this never does
				return err
			}
			if tt.panics {
				require.PanicsWithError(t, "boom", func() { _ = run() })
				src.readers.Wait()
				return
			}
			require.ErrorIs(t, run(), tt.err)
		})
	}
}

func panicAt(p importer.Progress, read int64, v error) {
	if p.Read == read {
		panic(v)
	}
}

// TestGoexitOfTheSource ends the goroutine that runs the import, as it would if the source ran in it.
func TestGoexitOfTheSource(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	src := at{file(t, "Account Name\na\nb\n"), 3, runtime.Goexit, new(sync.WaitGroup)}
	returned := false
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = importer.Run(t.Context(), org.Accounts, src, nil)
		returned = true
	})
	wg.Wait()
	require.False(t, returned)
}

// TestCanceledInTheMiddle stops an import between two batches: those that were written are told of.
func TestCanceledInTheMiddle(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r, err := importer.Run(ctx, org.Accounts, file(t, "Account Name\n"+strings.Repeat("a\n", 40)), &importer.Options{Batch: 10, Mode: importer.Clone,
			Progress: func(p importer.Progress) {
				if p.Read == 20 {
					cancel()
				}
			}})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, "20 = 20 + 0 + 0 + 0 + 0", counts(r))
		require.Len(t, list(t, org), 20)
	})
}

// TestSourceInTheTransaction imports what the source reads from the transaction that the import is part of.
func TestSourceInTheTransaction(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		crmtest.Seed(t, org)
		before := list(t, org)
		require.NoError(t, org.Update(t.Context(), func(tx *crm.Org) error {
			src := rowsSource{header: []string{"Account Name"}}
			for i, name := range before {
				src.rows = append(src.rows, importer.Row{Line: i + 2, Cells: []string{name + " 2"}})
			}
			live := at{src, 3, func() { list(t, tx) }, new(sync.WaitGroup)}
			_, err := importer.Run(t.Context(), tx.Accounts, live, &importer.Options{Batch: 1})
			return err
		}))
		require.Len(t, list(t, org), 2*len(before))
	})
}
