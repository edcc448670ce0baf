package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// TestVolume imports 50,001 rows from a file into SQLite, twice: each row is created once, and not changed by the second.
func TestVolume(t *testing.T) {
	if testing.Short() {
		t.Skip("imports 100,002 rows")
	}
	t.Parallel()
	const rows = 50_001
	ctx, folder := t.Context(), t.TempDir()
	path := filepath.Join(folder, "rows.csv")
	text := strings.ReplaceAll(joinText(rows), ",x,", ",2,") // of which none fails
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	store := openSQLite(t, filepath.Join(folder, "crm.db"))
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	org, err := crm.Open(ctx, store, nil)
	require.NoError(t, err)
	for _, want := range []string{"50001 = 50001 + 0 + 0 + 0 + 0", "50001 = 0 + 0 + 50001 + 0 + 0"} {
		f, err := importer.Open(path, nil)
		require.NoError(t, err)
		r, err := importer.Run(ctx, org.Accounts, f, nil)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, want, counts(r), "%v", r.Faults[:min(2, len(r.Faults))])
		require.Empty(t, r.Faults)
		n, err := org.Accounts.Count(ctx, record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(rows), n)
	}
	require.NoError(t, crm.Verify(ctx, org))
}
