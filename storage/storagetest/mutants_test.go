package storagetest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// mutants are the ways in which the naive store can be broken, and the rules that must notice.
var mutants = []struct{ bug, rules string }{
	{"migrate drops rows", "Migrate"},
	{"second migrate fails", "Migrate"},
	{"new columns ignored", "Migrate"},
	{"new indexes ignored", "Migrate"},
	{"other kind accepted", "Migrate"},
	{"half a migration stays", "Migrate"},
	{"bad tables accepted", "Migrate"},
	{"other index takes its place", "Migrate"},
	{"other index forgotten", "Migrate"},
	{"update drops columns", "Migrate"},

	{"decimals as float64", "RoundTrip"},
	{"ints as float64", "RoundTrip"},
	{"empty text is null", "RoundTrip"},
	{"text trimmed", "RoundTrip"},
	{"bytes as text", "RoundTrip"},
	{"version always 1", "RoundTrip Stale"},
	{"times cut to ms", "RoundTrip Time"},
	{"times as nanoseconds", "RoundTrip Time"},

	{"not has three values", "Match In"},
	{"texts equal in any case", "Match"},
	{"contains in any case", "Match"},
	{"contains is LIKE", "Match"},
	{"null in null", "Match"},
	{"null never equal", "Match"},
	{"null is less", "Match"},
	{"kind of a member ignored", "Match"},
	{"members fold case", "Match"},
	{"UTF-16 order", "Match Order"},

	{"nulls last", "Order"},
	{"order folds case", "Order"},
	{"ties always ascend", "Order"},
	{"only the first key sorts", "Order"},

	{"one step along", "Among"},
	{"no end along a ring", "Among"},
	{"among nulls", "Among"},
	{"looks in the wrong table", "Among"},
	{"in cut at 1000", "In"},
	{"columns in order of the table", "Projection"},
	{"empty projection is all", "Projection"},
	{"limit ignored", "Limit"},
	{"count ignores limit", "Limit"},
	{"bad queries panic", "BadQuery"},
	{"500 conditions", "BadQuery"},
	{"unmigrated is null", "Unmigrated"},
	{"unmigrated hint fails", "Hint"},
	{"hint changes the answer", "Hint"},

	{"unique ignored", "Unique"},
	{"nulls conflict", "Unique"},
	{"unique folds case", "Unique"},
	{"conflict of another index", "Unique"},
	{"id comes last", "Unique"},
	{"unique across tenants", "Tenants"},

	{"any version updates", "Stale"},
	{"any version deletes", "Stale"},
	{"update inserts", "Stale"},
	{"delete of nothing accepted", "Stale"},

	{"no rollback on error", "Rollback"},
	{"errors wrapped", "Rollback"},
	{"no rollback on panic", "Rollback"},
	{"panic swallowed", "Rollback"},
	{"a panic in a View holds on", "Rollback"},
	{"writes in place", "Rollback Snapshot"},
	{"swallowed write commits", "FailedWrite"},
	{"swallowed write forgotten", "FailedWrite"},
	{"own writes unseen", "ReadYourWrites"},

	{"read committed views", "Snapshot"},
	{"views wait for writers", "Snapshot"},
	{"no writer lock", "Serialisable Contention"},
	{"snapshot isolation", "Serialisable"},
	{"refuses to wait", "Contention"},
	{"no second try", "Contention"},
	{"last come, first served", "Turns"},
	{"waits for its limit only", "WaitEnds"},
	{"waits without end", "WaitEnds"},
	{"waits for the context only", "WaitEnds"},

	{"tenant leak in Find", "Tenants"},
	{"tenant leak in Among", "Tenants Among"},
	{"tenants fold case", "Tenants"},

	{"context ignored", "Cancel"},
	{"long reads go on", "Cancel"},
	{"long writes go on", "Cancel"},
	{"end of context unseen at commit", "Cancel"},
	{"input aliased", "Alias"},
	{"results aliased", "Alias"},
	{"use after end allowed", "UseAfterEnd"},
	{"calls wait for Close", "UseAfterClose"},
	{"use after close allowed", "UseAfterClose"},
	{"close twice", "UseAfterClose"},
	{"close does not wait", "UseAfterClose"},
}

// mutantVariable names the bug of the store under test in the process of a mutant.
const mutantVariable = "STORAGETEST_MUTANT"

// TestMutant is the suite on one broken store. It runs in processes that TestMutants starts, and fails there.
func TestMutant(t *testing.T) {
	bug := os.Getenv(mutantVariable)
	if bug == "" {
		t.Skip("is started by TestMutants")
	}
	Run(t, func(testing.TB) storage.Store { return openNaive(bug) })
}

// TestMutants tests the suite: each rule must fail for a store that is broken against it. A failed test cannot be taken
// back, so each mutant has a process of its own.
func TestMutants(t *testing.T) {
	for _, m := range mutants {
		t.Run(m.bug, func(t *testing.T) {
			t.Parallel()
			for _, rule := range strings.Fields(m.rules) {
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMutant$/^"+rule+"$", "-test.failfast", "-test.timeout=15s")
				cmd.Env = append(os.Environ(), mutantVariable+"="+m.bug)
				out, err := cmd.CombinedOutput()
				if err == nil || !strings.Contains(string(out), "--- FAIL: TestMutant/"+rule+" ") {
					t.Errorf("%s did not notice: %v\n%s", rule, err, out)
				} else if strings.Contains(string(out), "DATA RACE") {
					t.Errorf("%s: the mutant itself is broken\n%s", rule, out)
				}
			}
		})
	}
}

// TestEveryRuleHasMutant keeps rules from being added without a proof that they can fail.
func TestEveryRuleHasMutant(t *testing.T) {
	for _, rule := range rules {
		found := false
		for _, m := range mutants {
			found = found || strings.Contains(" "+m.rules+" ", " "+rule.name+" ")
		}
		if !found {
			t.Errorf("no mutant breaks %s", rule.name)
		}
	}
}
