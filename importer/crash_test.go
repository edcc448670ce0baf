package importer_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/sqlite"
)

// crashFolder names, for a child process, the folder of a database and a file to import into it.
const crashFolder = "CRM_TEST_CRASH_FOLDER"

const (
	crashRows  = 20_000
	crashBatch = 250
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(crashFolder); folder != "" {
		if err := crashImport(context.Background(), folder, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m) // no goroutine outlives a run
}

// crashImport imports the file of the folder, and says after each batch how many rows are in.
func crashImport(ctx context.Context, folder string, out *os.File) error {
	store, err := sqlite.Open(filepath.Join(folder, "crm.db"), nil)
	if err != nil {
		return err
	}
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		return err
	}
	file, err := importer.Open(filepath.Join(folder, "rows.csv"), nil)
	if err != nil {
		return err
	}
	_, err = importer.Run(ctx, org.Accounts, file, &importer.Options{Resume: true, Batch: crashBatch,
		Progress: func(p importer.Progress) { fmt.Fprintln(out, p.Read) }})
	if err != nil {
		return err
	}
	return store.Close()
}

// TestKilledInTheMiddle kills an import again and again: each time whole batches are there, all that was told of is
// among them, and the next run goes on from there.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	kills := 20
	if testing.Short() {
		kills = 3
	}
	if n, err := strconv.Atoi(os.Getenv("CRM_TEST_KILLS")); err == nil {
		kills = n
	}
	folder := t.TempDir()
	var b strings.Builder
	b.WriteString("Account Name,Parent Account,Employees\n")
	for i := range crashRows {
		parent := []string{"", "company 0"}[min(i%2, i)]
		if i%50 == 7 {
			parent = fmt.Sprint("company ", i+60) // which comes later, and of some that one's parent too
		}
		fmt.Fprintf(&b, "company %d,%s,%s\n", i, parent, []string{"1", "x"}[i%100/99])
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "rows.csv"), []byte(b.String()), 0o600))
	r := rand.New(rand.NewPCG(1, 2))
	for killed := 0; killed < kills; {
		told, ended := crashOnce(t, folder, time.Duration(20+r.IntN(120))*time.Millisecond)
		rows := crashCheck(t, folder)
		require.GreaterOrEqual(t, rows, told)
		if ended || rows == crashRows { // too fast to be killed: begin anew
			require.Equal(t, int64(crashRows), rows)
			for _, suffix := range []string{"", "-wal", "-shm"} {
				_ = os.Remove(filepath.Join(folder, "crm.db"+suffix))
			}
		} else {
			killed++
		}
	}
	for ended := false; !ended; {
		_, ended = crashOnce(t, folder, time.Minute)
	}
	require.Equal(t, int64(crashRows), crashCheck(t, folder))
	crashParents(t, folder)
}

// crashParents asks that the rows which waited for others have found them, all but those whose parent is not in the file or failed.
func crashParents(t *testing.T, folder string) {
	t.Helper()
	store, err := sqlite.Open(filepath.Join(folder, "crm.db"), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	org, err := crm.Open(t.Context(), store, nil)
	require.NoError(t, err)
	names := map[record.ID]string{}
	up := map[string]record.ID{}
	for a, err := range org.Accounts.All(t.Context(), record.Query{}) {
		require.NoError(t, err)
		names[a.ID], up[a.Name] = a.Name, a.ParentID
	}
	for i := 7; i+60 < crashRows; i += 50 {
		name, parent := fmt.Sprint("company ", i), fmt.Sprint("company ", i+60)
		_, there := up[parent]
		id, created := up[name]
		require.Equal(t, there, created, name)
		if there {
			require.Equal(t, parent, names[id], name)
		}
	}
}

// crashOnce starts the import in another process and kills it, unless it ends first, a while after its first batch. It
// returns the last count that the process told.
func crashOnce(t *testing.T, folder string, after time.Duration) (told int64, ended bool) {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), crashFolder+"="+folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, err := fmt.Sscan(lines.Text(), &told)
		require.NoError(t, err)
		if timer == nil {
			timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
	}
	err = cmd.Wait()
	if timer != nil {
		timer.Stop()
	}
	return told, err == nil
}

// crashCheck opens what a killed process left, and returns how many rows are accounted for.
func crashCheck(t *testing.T, folder string) (rows int64) {
	t.Helper()
	store, err := sqlite.Open(filepath.Join(folder, "crm.db"), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	org, err := crm.Open(t.Context(), store, nil)
	require.NoError(t, err)
	require.NoError(t, crm.Verify(t.Context(), org))
	ops, err := org.Session().Operations(t.Context(), 0)
	require.NoError(t, err)
	if len(ops) == 0 {
		return 0
	}
	require.Len(t, ops, 1)
	stored, err := org.Accounts.Count(t.Context(), record.Query{})
	require.NoError(t, err)
	created, err := org.Session().Created(t.Context(), ops[0].ID)
	require.NoError(t, err)
	require.Len(t, created, int(stored)) // whole batches only: what is there is what the batches say
	var counts record.Counts
	require.NoError(t, org.Session().EachBatch(t.Context(), ops[0].ID, func(b *record.Batch) error { counts.Add(b.Counts); return nil }))
	require.Equal(t, stored, counts.Created)
	require.True(t, counts.Balanced())
	return counts.Read
}
