package record_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// No goroutine outlives the call that started it, on any store.
func TestMain(m *testing.M) {
	if file := os.Getenv(followFile); file != "" {
		if err := follow(context.Background(), file, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}
