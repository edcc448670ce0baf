package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuickstart(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	require.Equal(t, `created Acme, a Customer, owned by ann
refused: Phone: at most 30 characters, has 31
refused: Website: not valid: expected a web address
refused: Account_Name: required
cloned into Acme East
refused: CIRCULAR_REFERENCE
imported: 3 read = 1 created + 1 updated + 0 unchanged + 0 skipped + 1 failed
line 4: Employees: not valid: expected a whole number
member of Acme: Acme East ()
member of Acme: Acme West (Technology)
3 accounts, annual revenue 1200000.5, employees 40
version 2: update by ann through import, Account_Name "Acme" -> "acme", Industry null -> "Manufacturing"
version 1: create by ann through api
undone: 1 purged, 1 put back, 0 kept
`, out.String())
}
