package storagetest

import (
	"context"
	"errors"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// move is a transaction of 4 calls and a commit, whose function may run again.
func move(ctx context.Context, s storage.Store) error {
	return s.Update(ctx, "", func(x storage.Tx) error {
		got, err := x.Find(ctx, byID(1))
		if err != nil {
			return err
		}
		if _, err = x.Count(ctx, everyRow); err != nil {
			return err
		}
		if err = x.Update(ctx, account, []storage.Row{next(got[0], staff(value(got[0])+1))}); err != nil {
			return err
		}
		return x.Insert(ctx, account, []storage.Row{row(2)})
	})
}

// faulty returns a store that has one account, and nothing counted yet.
func faulty(t *testing.T, o *Faults) *FaultyStore {
	s := fresh(t, func(testing.TB) storage.Store { return openNaive("") })
	must(t, insert(t.Context(), s, row(1, staff(0))))
	return Faulty(s, o)
}

var (
	before = []storage.Row{row(1, staff(0))}
	after  = []storage.Row{next(row(1, staff(0)), staff(1)), row(2)}
)

// TestFaultyWithoutFaults holds a store that is wrapped for nothing against the suite.
func TestFaultyWithoutFaults(t *testing.T) {
	Run(t, func(testing.TB) storage.Store { return Faulty(openNaive(""), nil) })
}

func TestFaultyCalls(t *testing.T) {
	s := faulty(t, nil)
	must(t, move(t.Context(), s))
	if s.Calls() != 5 || s.Commits() != 1 {
		t.Errorf("got %d calls and %d commits, want 5 and 1", s.Calls(), s.Commits())
	}
	holds(t, s, after...)
}

func TestFaultyFailAt(t *testing.T) {
	for n := 1; n <= 5; n++ {
		s := faulty(t, &Faults{FailAt: n})
		if err := move(t.Context(), s); !errors.Is(err, ErrFault) {
			t.Errorf("call %d: got %v, want ErrFault", n, err)
		}
		holds(t, s.Store, before...)
		must(t, move(t.Context(), s)) // it fails once
		holds(t, s.Store, after...)
	}
}

func TestFaultyCancelAt(t *testing.T) {
	for n := 1; n <= 5; n++ {
		for _, bug := range []string{"", "context ignored"} {
			s := fresh(t, func(testing.TB) storage.Store { return openNaive(bug) })
			must(t, insert(t.Context(), s, row(1, staff(0))))
			if err := move(t.Context(), Faulty(s, &Faults{CancelAt: n})); !errors.Is(err, context.Canceled) {
				t.Errorf("call %d: got %v, want context.Canceled", n, err)
			}
			holds(t, s, before...)
		}
	}
}

func TestFaultyTwice(t *testing.T) {
	s, runs := faulty(t, &Faults{Twice: true}), 0
	must(t, s.Update(t.Context(), "", func(x storage.Tx) error {
		runs++
		return x.Insert(t.Context(), account, []storage.Row{row(2)})
	}))
	if runs != 2 {
		t.Errorf("got %d runs, want 2", runs)
	}
	if s.Calls() != 3 || s.Commits() != 1 {
		t.Errorf("got %d calls and %d commits, want 3 and 1", s.Calls(), s.Commits())
	}
	holds(t, s, append(before[:1:1], row(2))...)
	boom := errors.New("boom")
	if err := s.Update(t.Context(), "", func(storage.Tx) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("got %v, want the error of the function", err)
	}
}

func TestFaultyLoseCommit(t *testing.T) {
	s := faulty(t, &Faults{LoseCommit: 2})
	must(t, insert(t.Context(), s, row(7)))
	if err := move(t.Context(), s); !errors.Is(err, storage.ErrOutcomeUnknown) {
		t.Errorf("got %v, want ErrOutcomeUnknown", err)
	}
	holds(t, s, append(after[:2:2], row(7))...) // it happened
}

func TestFaultyDropCommit(t *testing.T) {
	for _, twice := range []bool{false, true} {
		s := faulty(t, &Faults{DropCommit: 2, Twice: twice})
		must(t, insert(t.Context(), s, row(7)))
		if err := move(t.Context(), s); !errors.Is(err, storage.ErrOutcomeUnknown) {
			t.Errorf("got %v, want ErrOutcomeUnknown", err)
		}
		holds(t, s, before[0], row(7)) // it did not happen
		must(t, move(t.Context(), s))
		holds(t, s, append(after[:2:2], row(7))...)
	}
}

func TestFaultyFailStart(t *testing.T) {
	calls := []func(s *FaultyStore) error{
		func(s *FaultyStore) error { return s.Migrate(t.Context(), []*storage.Table{account}) },
		func(s *FaultyStore) error { return move(t.Context(), s) },
		func(s *FaultyStore) error { _, err := find(t.Context(), s, everyRow); return err },
	}
	for n := range calls {
		s := faulty(t, &Faults{FailStart: n + 1})
		for i, call := range calls {
			if err := call(s); (i == n) != errors.Is(err, ErrFault) {
				t.Errorf("start %d fails: start %d: got %v", n+1, i+1, err)
			}
		}
		if s.Starts() != len(calls) {
			t.Errorf("got %d starts, want %d", s.Starts(), len(calls))
		}
		want := after
		if n == 1 {
			want = before
		}
		holds(t, s.Store, want...)
	}
}

func TestFaultySwallowed(t *testing.T) {
	s := faulty(t, &Faults{FailAt: 2})
	err := s.Update(t.Context(), "", func(x storage.Tx) error {
		_ = x.Insert(t.Context(), account, []storage.Row{row(2)})
		_ = x.Insert(t.Context(), account, []storage.Row{row(3)})
		return nil
	})
	if !errors.Is(err, ErrFault) {
		t.Errorf("got %v, want ErrFault", err)
	}
	holds(t, s, before...)
}
