package main

import (
	"context"
	"flag"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer"
)

// nothing is an import of nothing.
func nothing(context.Context, io.Writer, func(importer.Progress)) (*importer.Report, error) {
	return &importer.Report{}, nil
}

// TestRun starts the program twice on one file: the sample is made once, and a change is still there.
func TestRun(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "crm.db")
	visit := func(check func(base string)) {
		ctx, cancel := context.WithCancel(t.Context())
		r, w := io.Pipe()
		ended := make(chan error, 1)
		go func() { ended <- run(ctx, []string{"-addr", "127.0.0.1:0", "-db", db, "-lang", "zh"}, w) }()
		said := make([]byte, 200)
		n, err := r.Read(said)
		require.NoError(t, err)
		base, _, _ := strings.Cut(string(said[:n]), ",")
		check(base)
		cancel()
		select {
		case err := <-ended:
			require.NoError(t, err)
		case <-time.After(20 * time.Second):
			require.Fail(t, "the server does not end")
		}
	}
	get := func(to string) string {
		resp, err := http.Get(to)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(body)
	}
	for range 2 {
		visit(func(base string) {
			page := get(base)
			require.Contains(t, page, `<html lang="zh-CN">`)
			require.Contains(t, page, `>12</span>`)
			require.Contains(t, get(base+"/static/page.css"), ":focus-visible")
		})
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, run(t.Context(), []string{"-h"}, io.Discard), flag.ErrHelp)
	require.Error(t, run(t.Context(), []string{"-db", filepath.Join(t.TempDir(), "no", "folder", "x.db")}, io.Discard))
	require.Error(t, run(t.Context(), []string{"-db", filepath.Join(t.TempDir(), "x.db"), "-addr", "nowhere"}, io.Discard))
	require.NotEmpty(t, defaultDB())
}
