package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

// The tests of several processes run this program again, as a writer.
const (
	writerFile   = "CRM_TEST_SQLITE_FILE"
	writerTenant = "CRM_TEST_SQLITE_TENANT"
	writerBatch  = "CRM_TEST_SQLITE_BATCH"
	writerPause  = "CRM_TEST_SQLITE_PAUSE"
)

func TestMain(m *testing.M) {
	if os.Getenv(writerFile) == "" {
		os.Exit(m.Run())
	}
	if err := writeOn(); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// writeOn writes batches until standard input ends, and says what it has committed and how long it waited for each.
func writeOn() error {
	s, err := Open(os.Getenv(writerFile), nil)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := s.Migrate(ctx, []*storage.Table{company}); err != nil {
		return err
	}
	batch, err := strconv.Atoi(os.Getenv(writerBatch))
	if err != nil {
		return err
	}
	pause, err := time.ParseDuration(os.Getenv(writerPause))
	if err != nil {
		return err
	}
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1)) // until it ends
		cancel()
	}()
	for n := 0; ctx.Err() == nil; n += batch {
		rows := make([]storage.Row, batch)
		for i := range rows {
			rows[i] = companyRow(n + i)
		}
		asked := time.Now()
		var got time.Time
		err := s.Update(context.Background(), os.Getenv(writerTenant), func(x storage.Tx) error {
			got = time.Now()
			return x.Insert(context.Background(), company, rows)
		})
		if err != nil {
			return err
		}
		fmt.Println("committed", n+batch, got.Sub(asked).Microseconds())
		time.Sleep(pause)
	}
	return s.Close()
}

// writer is another process that writes.
type writer struct {
	tenant string
	batch  int
	cmd    *exec.Cmd
	stop   func() error
	ready  chan struct{} // closed after the first commit
	ended  chan struct{}

	committed int           // rows, that it has told of
	longest   time.Duration // that it waited for its turn
	said      []string      // what else it has said
}

// startWriter starts a process that writes batches of a tenant of its own.
func startWriter(t *testing.T, file, tenant string, batch int, pause time.Duration) *writer {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	w := &writer{tenant: tenant, batch: batch, ready: make(chan struct{}), ended: make(chan struct{})}
	w.cmd = exec.Command(exe)
	w.cmd.Env = append(os.Environ(), writerFile+"="+file, writerTenant+"="+tenant, fmt.Sprint(writerBatch, "=", batch), fmt.Sprint(writerPause, "=", pause))
	w.cmd.Stderr = os.Stderr
	in, err := w.cmd.StdinPipe()
	require.NoError(t, err)
	out, err := w.cmd.StdoutPipe()
	require.NoError(t, err)
	w.stop = in.Close
	require.NoError(t, w.cmd.Start())
	go func() {
		defer close(w.ended)
		once := sync.OnceFunc(func() { close(w.ready) })
		defer once()
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var rows, waited int
			if n, _ := fmt.Sscanf(lines.Text(), "committed %d %d", &rows, &waited); n != 2 {
				if !strings.HasPrefix("committed", lines.Text()[:min(9, len(lines.Text()))]) { // not the half of a line that a killed one leaves
					w.said = append(w.said, lines.Text())
				}
				continue
			}
			w.committed, w.longest = rows, max(w.longest, time.Duration(waited)*time.Microsecond)
			once()
		}
	}()
	t.Cleanup(func() {
		_ = w.cmd.Process.Kill() // it has ended by now unless the test has failed
		<-w.ended
		_ = w.cmd.Wait()
	})
	return w
}

// end lets the writers write for a while, once all have begun, and then asks them to stop.
func end(t *testing.T, after time.Duration, ws ...*writer) {
	t.Helper()
	for _, w := range ws {
		<-w.ready
	}
	time.Sleep(after)
	for _, w := range ws {
		require.NoError(t, w.stop())
	}
	for _, w := range ws {
		<-w.ended
		require.Empty(t, w.said, w.tenant)
	}
}

// TestProcesses has several processes that write to one file, from before it is there: none sees an error, each gets its
// turn, and all that they were told is there.
func TestProcesses(t *testing.T) {
	t.Parallel()
	type kind struct {
		batch int
		pause time.Duration
	}
	for name, kinds := range map[string][]kind{
		"small and small":         {{1, 0}, {1, 0}},
		"large and small":         {{1000, 0}, {1, 0}},
		"large and an editor":     {{1000, 0}, {1, 20 * time.Millisecond}},
		"two large and an editor": {{2000, 0}, {2000, 0}, {1, 20 * time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			if slow() {
				for i := range kinds {
					kinds[i].batch = max(1, kinds[i].batch/20)
				}
			}
			file := filepath.Join(t.TempDir(), "test.db")
			var ws []*writer
			for i, k := range kinds {
				ws = append(ws, startWriter(t, file, fmt.Sprint(i), k.batch, k.pause))
			}
			end(t, time.Second, ws...)
			for _, w := range ws {
				t.Logf("batches of %d: %d rows; waited for at most %s", w.batch, w.committed, w.longest)
				require.Greater(t, w.committed, 3*w.batch, "its share of a second")
				require.Less(t, w.longest, 5*time.Second, "half of what ends in ErrBusy")
			}
			s, err := Open(file, nil)
			require.NoError(t, err)
			for _, w := range ws {
				n, err := count(t.Context(), s, w.tenant, storage.Filter{})
				require.NoError(t, err)
				require.EqualValues(t, w.committed, n)
			}
			require.NoError(t, s.Close())
		})
	}
}

// TestKill kills processes while they write (kill -9), one while another goes on: what they were told is there, and
// of the rest each transaction as a whole or not at all.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 8
	if testing.Short() {
		rounds = 3
	}
	file := filepath.Join(t.TempDir(), "test.db")
	for round := range rounds {
		a := startWriter(t, file, fmt.Sprint("a", round), 100, 0)
		b := startWriter(t, file, fmt.Sprint("b", round), 1, 0)
		<-a.ready
		<-b.ready
		time.Sleep(time.Duration(50+17*round) * time.Millisecond)
		require.NoError(t, a.cmd.Process.Kill())
		time.Sleep(50 * time.Millisecond)
		require.NoError(t, b.cmd.Process.Kill())
		<-a.ended
		<-b.ended
		s, err := Open(file, nil)
		require.NoError(t, err)
		for _, w := range []*writer{a, b} {
			require.Empty(t, w.said)
			n, err := count(t.Context(), s, w.tenant, storage.Filter{})
			require.NoError(t, err)
			require.GreaterOrEqual(t, int(n), w.committed)
			require.LessOrEqual(t, int(n), w.committed+w.batch, "one that was committed, and it died before it could tell")
			require.Zero(t, int(n)%w.batch)
		}
		require.NoError(t, s.writing(t.Context(), func(c *conn) error {
			return c.once("PRAGMA integrity_check", func(st *sqlite.Stmt) { require.Equal(t, "ok", st.ColumnText(0)) })
		}))
		require.NoError(t, s.Close())
	}
}

// TestFullDisk fills a small disk, so that a commit is what does not fit.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("needs to mount a small disk: %v: %s", err, out)
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", dir).Run()) })
	ballast := filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 1<<20), 0o600))
	s, err := Open(filepath.Join(dir, "test.db"), nil)
	require.NoError(t, err)
	ctx := t.Context()
	require.NoError(t, s.Migrate(ctx, []*storage.Table{company}))
	committed := 0
	for err == nil && committed < 100_000 {
		if err = insertCompanies(ctx, s, "", committed, committed+20); err == nil {
			committed += 20
		}
	}
	require.Error(t, err)
	require.NotErrorIs(t, err, storage.ErrOutcomeUnknown)
	t.Logf("full after %d rows: %v", committed, err)
	n, err := count(ctx, s, "", storage.Filter{})
	require.NoError(t, err)
	require.EqualValues(t, committed, n)
	require.NoError(t, os.Remove(ballast))
	require.NoError(t, insertCompanies(ctx, s, "", committed, committed+20))
	require.NoError(t, s.Close())
}
