package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRights(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	require.Equal(t, `eve sees:
bob sees: Acme Globex
eve sees: Acme
eve sees a revenue: false
refused: Annual_Revenue INVALID_FIELD
refused: Edit in Accounts
refused: Delete in Accounts
refused: Create in Accounts
bob sees: Acme Globex
`, out.String())
}
