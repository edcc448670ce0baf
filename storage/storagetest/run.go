package storagetest

import (
	"context"
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
)

// patience returns how long one thing may take that a sound store does in milliseconds. A broken store that hangs is
// thus told apart from a slow one, and fails its test and not the whole run: where the run has a deadline, a quarter of
// what is left is the most.
func patience(t testing.TB) time.Duration {
	const most = 2 * time.Minute
	if t, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if end, ok := t.Deadline(); ok {
			return min(most, time.Until(end)/4)
		}
	}
	return most
}

// An opener returns a new and empty store, which is closed when the test ends.
type opener func(testing.TB) storage.Store

// rules are the subtests, named and ordered as in the documentation of package storage.
var rules = []struct {
	name string
	test func(*testing.T, opener)
}{
	{"Migrate", testMigrate},
	{"RoundTrip", testRoundTrip},
	{"Match", testMatch},
	{"Order", testOrder},
	{"Among", testAmong},
	{"In", testIn},
	{"Projection", testProjection},
	{"Limit", testLimit},
	{"BadQuery", testBadQuery},
	{"Unmigrated", testUnmigrated},
	{"Hint", testHint},
	{"Unique", testUnique},
	{"Stale", testStale},
	{"Rollback", testRollback},
	{"FailedWrite", testFailedWrite},
	{"ReadYourWrites", testReadYourWrites},
	{"Snapshot", testSnapshot},
	{"Serialisable", testSerialisable},
	{"Contention", testContention},
	{"Turns", testTurns},
	{"WaitEnds", testWaitEnds},
	{"Tenants", testTenants},
	{"Cancel", testCancel},
	{"Alias", testAlias},
	{"UseAfterEnd", testUseAfterEnd},
	{"UseAfterClose", testUseAfterClose},
	{"Time", testTime},
}

// Run tests a driver against every rule of package storage, in one subtest for each. Open returns a new and empty store
// each time that it is called; Run closes it, before the cleanups that open registered.
//
// One subtest waits for as long as the store lets a writer wait, and others wait for writers for well below a second: a
// store that is opened with a limit of one or two seconds takes less time, and one with a limit below half a second may
// fail.
func Run(t *testing.T, open func(testing.TB) storage.Store) {
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			rule.test(t, func(t testing.TB) storage.Store {
				t.Helper()
				s := open(t)
				t.Cleanup(func() { closeStore(t, s) })
				return s
			})
		})
	}
}

// closeStore closes s, and does not wait for long when the test has failed already, since what failed may hold on.
func closeStore(t testing.TB, s storage.Store) {
	limit := patience(t)
	if t.Failed() {
		limit = time.Second
	}
	done := make(chan error, 1)
	go func() { done <- s.Close() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Close: %v", err)
		}
	case <-time.After(limit):
		t.Errorf("Close hangs")
	}
}

// limited returns a context that ends with the test, or when [patience] does.
func limited(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience(t))
	t.Cleanup(cancel)
	return ctx
}

// ends returns what fn returns, and ends the test when fn takes longer than limit. Fn runs in a goroutine of its own, so
// it must not end the test itself.
func ends(t testing.TB, limit time.Duration, what string, fn func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- fn() }()
	select {
	case err := <-done:
		return err
	case <-time.After(limit):
		t.Fatalf("%s: no end after %s", what, limit)
		return nil
	}
}

// must ends the test when there is an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}
