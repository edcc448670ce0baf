package browser

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/storage/blob"
	"github.com/clientele-go/crm/storage/sqlite"
)

// chromium returns the browser of this machine. Without one, the test is passed over.
func chromium(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	if name := os.Getenv("CRM_TEST_BROWSER"); name != "" {
		names = []string{name}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CRM_BROWSER_REQUIRED") != "" {
		t.Fatalf("no browser: none of %s", strings.Join(names, ", "))
	}
	t.Skipf("no browser in PATH, nor at CRM_TEST_BROWSER: none of %s", strings.Join(names, ", "))
	return ""
}

// server is the program of the example, started on a file of its own.
type server struct {
	base string
	db   string
}

// build builds the program, and returns its path.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "page")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir, build.Env = "..", append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	return program
}

// start runs the program until the test ends.
func start(t *testing.T, program string) *server {
	t.Helper()
	s := &server{db: filepath.Join(t.TempDir(), "crm.db")}
	ctx, cancel := context.WithCancel(context.Background())
	run := exec.CommandContext(ctx, program, "-addr", "127.0.0.1:0", "-db", s.db)
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
	run.WaitDelay = 10 * time.Second
	run.Stderr = os.Stderr
	stdout, err := run.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	t.Cleanup(func() {
		cancel()
		_ = run.Wait() // it was interrupted
	})
	said, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	s.base, _, _ = strings.Cut(said, ",")
	return s
}

// open returns the records in the server's file, as the library reads them beside the server.
func (s *server) open(t *testing.T) *crm.Org {
	t.Helper()
	store, err := sqlite.Open(s.db, nil)
	require.NoError(t, err)
	blobs, err := blob.Dir(s.db + "-files")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	org, err := crm.Open(t.Context(), store, &crm.Options{Blobs: blobs})
	require.NoError(t, err)
	return org
}

// tab is one page in the browser.
type tab struct {
	t    *testing.T
	ctx  context.Context // the browser's, which is how chromedp names a tab
	base string
	lang string
	dir  string // of pictures

	mu     sync.Mutex
	faults []string // that the browser has told of
}

// newTab opens the browser in a language.
func newTab(t *testing.T, s *server, lang string) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.Flag("lang", lang), chromedp.Flag("force-prefers-reduced-motion", true), chromedp.WindowSize(1280, 900))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	whole, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	require.NoError(t, chromedp.Do(whole)) // the browser lives as long as this
	ctx, stop := context.WithTimeout(whole, 3*time.Minute)
	t.Cleanup(stop)
	b := &tab{t: t, ctx: ctx, base: s.base, lang: lang, dir: os.Getenv("CRM_TEST_SCREENSHOTS")}
	if b.dir == "" {
		b.dir = t.TempDir()
	}
	require.NoError(t, os.MkdirAll(b.dir, 0o755))
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.faults = append(b.faults, e.ExceptionDetails.Text)
		case *cdplog.EventEntryAdded:
			if e.Entry.Level == cdplog.EntryLevelError {
				b.faults = append(b.faults, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	}))
	b.do(chromedp.Navigate(s.base+"/accounts?lang="+lang), chromedp.WaitReady("main"))
	return b
}

// do runs actions.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, actions...))
}

// click clicks on what loads another page, and waits for it.
func (b *tab) click(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, chromedp.Click(selector))
	require.NoError(b.t, err, selector)
}

// ask returns what an expression is worth in the page.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	require.NoError(b.t, err, expression)
	return value
}

// quiet asks that the browser had nothing to complain of.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.faults)
}

// look takes a picture of the whole page, and asks that all of its texts can be read, on a screen and on a telephone.
func (b *tab) look(name string) {
	b.t.Helper()
	for _, width := range []int64{1280, 400} {
		b.do(chromedp.EmulateViewport(width, 900), chromedp.Sleep(150*time.Millisecond))
		problems := ask[[]string](b, legible)
		require.Empty(b.t, problems, "%s, %s, %d wide", name, b.lang, width)
		picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		require.NoError(b.t, err)
		file := filepath.Join(b.dir, fmt.Sprintf("%s-%s-%d.png", name, b.lang, width))
		require.NoError(b.t, os.WriteFile(file, picture, 0o600))
	}
	b.do(chromedp.EmulateViewport(1280, 900))
	b.quiet()
}
