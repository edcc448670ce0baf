package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/sqlite"
)

// command runs the program, and returns its exit status and what it printed.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// withOrg runs fn on a database.
func withOrg(t *testing.T, path string, fn func(org *crm.Org)) {
	t.Helper()
	store, err := sqlite.Open(path, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	org, err := crm.Open(t.Context(), store, nil)
	require.NoError(t, err)
	fn(org)
}

// database makes a SQLite file with two accounts.
func database(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "crm.db")
	withOrg(t, path, func(org *crm.Org) {
		acme := &account.Account{Name: "Acme", Phone: "+86 10"}
		require.NoError(t, org.Accounts.Create(t.Context(), acme))
		require.NoError(t, org.Accounts.Create(t.Context(), &account.Account{Name: "Acme East", ParentID: acme.ID}))
	})
	return path
}

// taken imports a file, and returns what became of its rows.
func taken(t *testing.T, db, path string, match ...string) (counts record.Counts) {
	t.Helper()
	withOrg(t, db, func(org *crm.Org) {
		f, err := importer.Open(path, nil)
		require.NoError(t, err)
		defer f.Close()
		r, err := importer.Run(t.Context(), org.Accounts, f, &importer.Options{Match: match})
		require.NoError(t, err)
		counts = r.Counts
	})
	return counts
}

func TestThereAndBack(t *testing.T) {
	t.Parallel()
	db := database(t)
	for _, args := range [][]string{{"a.csv"}, {"a.xlsx"}, {"A.XLSX", "-labels", "-names"}, {"b.csv", "-labels", "-bom", "-fields", "id, 客户名称, account name 2, Phone"}} {
		path := filepath.Join(t.TempDir(), args[0])
		code, out, errs := command(t, append([]string{"-from", db, "-o", path}, args[1:]...)...)
		if args[0] == "b.csv" {
			require.Equal(t, exitError, code)
			require.Contains(t, errs, "account name 2")
			require.NoFileExists(t, path)
			continue
		}
		require.Equal(t, exitOK, code, errs)
		require.Equal(t, "2 rows written\n", out)
		require.Equal(t, record.Counts{Read: 2, Unchanged: 2}, taken(t, db, path, "id"))
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.csv")
	code, _, errs := command(t, "-from", database(t), "-o", path, "-fields", "客户名称,parent account,Phone", "-names", "-labels", "-bom")
	require.Equal(t, exitOK, code, errs)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	header, rows, _ := strings.Cut(string(text), "\n")
	require.True(t, strings.HasPrefix(header, "\ufeffAccount Name,Parent Account,Phone,"), header)
	require.Equal(t, "Acme,,'+86 10,\nAcme East,Acme,,\n", rows)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	db := database(t)
	for _, name := range []string{"blank.csv", "blank.xlsx"} {
		path := filepath.Join(t.TempDir(), name)
		code, out, errs := command(t, "-from", db, "-o", path, "-template")
		require.Equal(t, exitOK, code, errs)
		require.Empty(t, out)
		require.Equal(t, record.Counts{}, taken(t, db, path))
	}
}

// TestWhatIsThereStays has an export that fails, and ones to where none may be.
func TestWhatIsThereStays(t *testing.T) {
	t.Parallel()
	db, dir := database(t), t.TempDir()
	earlier := filepath.Join(dir, "earlier.csv")
	require.NoError(t, os.WriteFile(earlier, []byte("earlier"), 0o640))
	code, _, errs := command(t, "-from", db, "-o", earlier, "-fields", "Nope")
	require.Equal(t, exitError, code)
	require.Contains(t, errs, "Nope")
	text, err := os.ReadFile(earlier)
	require.NoError(t, err)
	require.Equal(t, "earlier", string(text))

	linked := filepath.Join(dir, "link.csv")
	require.NoError(t, os.Symlink(db, linked))
	code, _, errs = command(t, "-from", db, "-o", linked)
	require.Equal(t, exitError, code)
	require.Contains(t, errs, "would replace")
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2, "a file was left behind")

	code, _, errs = command(t, "-from", db, "-o", earlier)
	require.Equal(t, exitOK, code, errs)
	info, err := os.Stat(earlier)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o640), info.Mode())
	require.Equal(t, record.Counts{Read: 2, Unchanged: 2}, taken(t, db, earlier, "id"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	db, out := database(t), filepath.Join(t.TempDir(), "out.csv")
	none := filepath.Join(t.TempDir(), "none.db")
	for name, args := range map[string][]string{
		"nothing":       {},
		"no output":     {"-from", db},
		"no store":      {"-o", out},
		"an argument":   {"-from", db, "-o", out, "more"},
		"not there":     {"-from", none, "-o", out},
		"no extension":  {"-from", db, "-o", filepath.Join(t.TempDir(), "out")},
		"a folder":      {"-from", db, "-o", filepath.Join(t.TempDir(), "no", "out.csv")},
		"bad module":    {"-from", db, "-o", out, "-module", "Nope"},
		"bad flag":      {"-nope"},
		"a field twice": {"-from", db, "-o", out, "-fields", "Phone,电话"},
		"not to be set": {"-from", db, "-o", out, "-template", "-fields", "Created_Time"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := command(t, args...)
			require.Equal(t, exitError, code)
			require.Empty(t, stdout)
			require.NotEmpty(t, stderr)
		})
	}
	require.NoFileExists(t, none)
	require.NoFileExists(t, out)
	code, _, errs := command(t, "-help")
	require.Equal(t, exitOK, code)
	require.Contains(t, errs, "usage: export")
}

func TestStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	out := filepath.Join(t.TempDir(), "out.csv")
	var stdout, stderr strings.Builder
	require.Equal(t, exitError, run(ctx, []string{"-from", database(t), "-o", out}, &stdout, &stderr))
	require.Contains(t, stderr.String(), context.Canceled.Error())
	require.NoFileExists(t, out)
}
