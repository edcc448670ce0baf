package record_test

import (
	"testing"

	"go.uber.org/goleak"
)

// No goroutine outlives the call that started it, on any store.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
