package storagetest

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// TestRun holds the suite against a store that keeps all rules.
func TestRun(t *testing.T) {
	Run(t, func(testing.TB) storage.Store { return openNaive("") })
}

// TestRunOptimistic holds the suite against another kind of store, whose writers do not wait for each other, and which
// runs every function at least twice.
func TestRunOptimistic(t *testing.T) {
	Run(t, func(testing.TB) storage.Store {
		n := openNaive("")
		n.optimistic = true
		return n
	})
}

// TestEveryRule demands a subtest for each rule that package storage states, and a rule for each subtest.
func TestEveryRule(t *testing.T) {
	doc, err := os.ReadFile("../doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var stated, tested []string
	for _, m := range regexp.MustCompile(`(?m)^//   - (\w+):`).FindAllStringSubmatch(string(doc), -1) {
		if m[1] != "OutcomeUnknown" { // needs a connection to cut
			stated = append(stated, m[1])
		}
	}
	for _, rule := range rules {
		tested = append(tested, rule.name)
	}
	if !slices.Equal(stated, tested) {
		t.Errorf("doc.go states  %v\nsubtests are  %v", stated, tested)
	}
}

func BenchmarkNaive(b *testing.B) {
	Bench(b, func(testing.TB) storage.Store { return openNaive("") })
}
