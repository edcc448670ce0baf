package storage

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestErrors(t *testing.T) {
	sentinels := []error{ErrStale, ErrBusy, ErrClosed, ErrOutcomeUnknown}
	for i, want := range sentinels {
		err := fmt.Errorf("account 1: %w", want)
		for j, other := range sentinels {
			require.Equal(t, i == j, errors.Is(err, other), "%v is %v", want, other)
		}
	}

	err := fmt.Errorf("import: %w", &ConflictError{Table: "account", Index: "number"})
	var conflict *ConflictError
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, ConflictError{Table: "account", Index: "number"}, *conflict)
	require.EqualError(t, conflict, "storage: account: duplicate value for number")
	require.NotErrorIs(t, err, ErrStale)
}
