package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
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

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// database names a SQLite file to import into, which is verified when the test ends.
func database(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "crm.db")
	t.Cleanup(func() { accounts(t, path) })
	return path
}

// accounts verifies what is in a database, and counts its accounts.
func accounts(t *testing.T, path string) int64 {
	t.Helper()
	ctx := context.Background() // that of the test is over in a cleanup
	store, err := sqlite.Open(path, nil)
	require.NoError(t, err)
	defer store.Close()
	org, err := crm.Open(ctx, store, nil)
	require.NoError(t, err)
	require.NoError(t, crm.Verify(ctx, org))
	n, err := org.Accounts.Count(ctx, record.Query{})
	require.NoError(t, err)
	return n
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func TestSampleIntoSQLiteTwice(t *testing.T) {
	t.Parallel()
	db := database(t)
	code, out, _ := command(t, "-to", db, "-json", "accounts.csv")
	require.Equal(t, exitOK, code)
	require.JSONEq(t, `{"read":1000,"created":1000,"updated":0,"unchanged":0,"skipped":0,"failed":0}`, out)
	code, out, errs := command(t, "-to", db, "-mode", "upsert", "-match", "Account_Name", "accounts.csv")
	require.Equal(t, exitOK, code)
	require.Equal(t, "1000 rows read: 0 created, 0 updated, 1000 unchanged, 0 skipped, 0 failed\n", out)
	require.Empty(t, errs, "a bar where nobody looks")
}

func TestBarOnATerminal(t *testing.T) {
	t.Parallel()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a device, as a terminal is
	require.NoError(t, err)
	defer null.Close()
	require.True(t, isTerminal(null))
	var out strings.Builder
	require.Equal(t, exitOK, run(t.Context(), []string{"-to", database(t), "accounts.csv"}, &out, null))
	file, err := os.Open("accounts.csv")
	require.NoError(t, err)
	defer file.Close()
	require.False(t, isTerminal(file))
}

func TestFailedRows(t *testing.T) {
	t.Parallel()
	in := write(t, "Account Name,Employees,x\na,many,\nb,1,\n")
	report := filepath.Join(t.TempDir(), "failed.csv")
	code, out, _ := command(t, "-to", database(t), "-report", report, in)
	require.Equal(t, exitFailed, code)
	require.Equal(t, "2 rows read: 1 created, 0 updated, 0 unchanged, 0 skipped, 1 failed\ncolumn \"x\": ignored\n"+
		"line 2: INVALID_DATA Employees: not valid: expected a whole number\n", out)
	require.Contains(t, read(t, report), "a,many,,2,INVALID_DATA-Employees,")
}

// TestReportSparesWhatIsInUse names the input, a link to it and the database as the report: none loses a byte.
func TestReportSparesWhatIsInUse(t *testing.T) {
	t.Parallel()
	const text = "Account Name,Employees\na,1\nb,many\n"
	db := database(t)
	code, _, _ := command(t, "-to", db, write(t, text))
	require.Equal(t, exitFailed, code)
	in := write(t, text)
	link := filepath.Join(t.TempDir(), "link.csv")
	require.NoError(t, os.Symlink(in, link))
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	for name, c := range map[string]struct{ to, report string }{
		"the input":      {db, in},
		"a link":         {db, link},
		"the database":   {db, db},
		"its log":        {db, db + "-wal"},
		"a new database": {fresh, fresh},
		"a folder":       {db, t.TempDir()},
		"a device":       {db, os.DevNull},
		"no folder":      {db, filepath.Join(t.TempDir(), "none", "failed.csv")},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(t, "-to", c.to, "-report", c.report, in)
			require.Equal(t, exitError, code)
			require.Empty(t, out)
			require.Contains(t, errs, filepath.Dir(c.report))
			require.Equal(t, text, read(t, in))
		})
	}
	require.Equal(t, int64(1), accounts(t, db))
	require.Zero(t, accounts(t, fresh))
}

// TestReportIsPutInPlaceAtTheEnd sees an earlier report outlive a run that was refused, and give way to one that was not.
func TestReportIsPutInPlaceAtTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	report := filepath.Join(dir, "failed.csv")
	require.NoError(t, os.WriteFile(report, []byte("earlier"), 0o640))
	link := filepath.Join(t.TempDir(), "link.csv")
	require.NoError(t, os.Symlink(report, link))
	alone := func() {
		t.Helper()
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, files, 1, "a file was left beside the report")
	}
	for _, args := range [][]string{
		{"-mode", "replace", write(t, "Account Name\na\n")},
		{write(t, "Phone\n1\n")},
	} {
		code, _, _ := command(t, append([]string{"-report", report}, args...)...)
		require.Equal(t, exitError, code)
		require.Equal(t, "earlier", read(t, report))
		alone()
	}
	code, _, _ := command(t, "-to", database(t), "-report", link, write(t, "Account Name,Employees\na,many\n"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, read(t, report), "a,many,2,INVALID_DATA-Employees,")
	info, err := os.Stat(report)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o640), info.Mode())
	alone()
}

// untilRows is a context that is over as soon as a file of dir has a line below its header.
type untilRows struct {
	context.Context
	dir string
}

func (c untilRows) Err() error {
	files, _ := os.ReadDir(c.dir)
	for _, f := range files {
		if b, err := os.ReadFile(filepath.Join(c.dir, f.Name())); err == nil && strings.Count(string(b), "\n") > 1 {
			return context.Canceled
		}
	}
	return c.Context.Err()
}

// TestReportOfAHalfWayRun stops a run after its first batch.
func TestReportOfAHalfWayRun(t *testing.T) {
	t.Parallel()
	in := write(t, "Account Name,Employees\na,many\n"+strings.Repeat("b,1\n", 5000))
	report := filepath.Join(t.TempDir(), "failed.csv")
	db := database(t)
	var out, errs strings.Builder
	args := []string{"-to", db, "-mode", "clone", "-report", report, in}
	require.Equal(t, exitError, run(untilRows{t.Context(), filepath.Dir(report)}, args, &out, &errs))
	require.Contains(t, errs.String(), context.Canceled.Error())
	n := accounts(t, db)
	require.Less(t, n, int64(5000))
	require.Contains(t, out.String(), fmt.Sprintf("%d rows read: %d created", n+1, n))
	require.Contains(t, read(t, report), "a,many,2,INVALID_DATA-Employees,")
}

func TestMendedReportNeedsNoRemark(t *testing.T) {
	t.Parallel()
	db := database(t)
	report := filepath.Join(t.TempDir(), "failed.csv")
	code, out, _ := command(t, "-to", db, "-report", report, write(t, "Account Name,Employees,,,,y\na,many,,,,\n"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "column \"\": ignored ×3\ncolumn \"y\": ignored\nline 2")
	mended := write(t, strings.Replace(read(t, report), "a,many", "a,5", 1))
	code, out, _ = command(t, "-to", db, mended)
	require.Equal(t, exitOK, code)
	require.Equal(t, "1 rows read: 1 created, 0 updated, 0 unchanged, 0 skipped, 0 failed\n"+
		"column \"\": ignored ×3\ncolumn \"y\": ignored\n", out)
}

func TestFailuresComeBeforeSkips(t *testing.T) {
	t.Parallel()
	code, out, _ := command(t, "-to", database(t), write(t, "Account Name,Employees\n"+strings.Repeat("\n", 30)+"a,many\n"))
	require.Equal(t, exitFailed, code)
	lines := strings.Split(out, "\n")
	require.Equal(t, "line 32: INVALID_DATA Employees: not valid: expected a whole number", lines[1])
	require.Equal(t, "line 2: BLANK_ROW the row is blank", lines[2])
	require.Equal(t, []string{"and more that were skipped", ""}, lines[21:])

	var many strings.Builder
	for i := range 30 {
		fmt.Fprintf(&many, "a%d,many\n", i)
	}
	code, out, _ = command(t, "-to", database(t), write(t, "Account Name,Employees\n"+many.String()))
	require.Equal(t, exitFailed, code)
	require.Equal(t, []string{"and more that failed; -report FILE writes them all", ""}, strings.Split(out, "\n")[21:])
}

func TestMatchByLabelAndModeInAnyCase(t *testing.T) {
	t.Parallel()
	for _, match := range []string{"Account_Name", " account name ", "客户名称", "Account Name , Phone", "phone,,客户名称,"} {
		db := database(t)
		in := write(t, "Account Name,Phone,Site\na,1,x\nb,2,y\n")
		code, _, errs := command(t, "-to", db, "-mode", " Add ", "-match", match, in)
		require.Equal(t, exitOK, code, errs)
		code, out, _ := command(t, "-to", db, "-mode", "ADD", "-match", match, in)
		require.Equal(t, exitOK, code)
		require.Contains(t, out, "2 rows read: 0 created, 0 updated, 0 unchanged, 2 skipped, 0 failed\n", match)
	}
	code, _, errs := command(t, "-match", "Nope", write(t, "Account Name\na\n"))
	require.Equal(t, exitError, code)
	require.Contains(t, errs, "Nope")
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, fs.ErrPermission }

func TestWhatCannotBePrintedIsAnError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"-json"}, {"-rows"}} {
		var errs strings.Builder
		args = append(args, "-to", database(t), write(t, "Account Name\na\n"))
		require.Equal(t, exitError, run(t.Context(), args, full{}, &errs))
		require.Contains(t, errs.String(), fs.ErrPermission.Error())
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	code, out, errs := command(t, "-rows", write(t, "\ufeffa,b\n\"1\n\",\"x\"\"y\"\n\nq\"\n2,3\n"))
	require.Equal(t, exitFailed, code)
	require.Equal(t, "a,b\n\"1\n\",\"x\"\"y\"\n2,3\n", out)
	require.Equal(t, "line 4: BLANK_ROW\nline 5, column 2: BAD_QUOTE\n", errs)
}

// TestRowsBeforeAnErrorArePrinted stops reading on the way.
func TestRowsBeforeAnErrorArePrinted(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs strings.Builder
	require.Equal(t, exitError, run(ctx, []string{"-rows", write(t, "a,b\n1,2\n")}, &out, &errs))
	require.Equal(t, "a,b\n", out.String())
	require.Contains(t, errs.String(), context.Canceled.Error())
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no file":      {},
		"not there":    {"nowhere.csv"},
		"no csv":       {write(t, "PK\x03\x04 and so on")},
		"bad mode":     {"-mode", "replace", write(t, "Account Name\na\n")},
		"bad module":   {"-module", "Nope", write(t, "Account Name\na\n")},
		"no column":    {write(t, "Phone\n1\n")},
		"bad flag":     {"-nope"},
		"no path":      {"-to", "", write(t, "Account Name\na\n")},
		"SQLite's own": {"-to", ":memory:", write(t, "Account Name\na\n")},
		"a URI":        {"-to", "file:x.db", write(t, "Account Name\na\n")},
		"bad database": {"-to", write(t, strings.Repeat("not a database ", 100)), write(t, "Account Name\na\n")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := command(t, args...)
			require.Equal(t, exitError, code)
			require.Empty(t, out)
			require.NotEmpty(t, errs)
		})
	}
	require.NoFileExists(t, "file:x.db")
	_, _, errs := command(t, "-to", "file:x.db", "accounts.csv")
	require.Contains(t, errs, "-to x.db")
	_, _, errs = command(t, "-to", ":memory:", "accounts.csv")
	require.Contains(t, errs, `"memory:"`)
	code, _, errs := command(t, "-help")
	require.Equal(t, exitOK, code)
	require.Contains(t, errs, "usage: import")
}
