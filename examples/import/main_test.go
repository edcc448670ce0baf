package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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

func TestSampleIntoSQLiteTwice(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "crm.db")
	code, out, _ := command(t, "-to", db, "-json", "accounts.csv")
	require.Equal(t, exitOK, code)
	require.JSONEq(t, `{"read":1000,"created":1000,"updated":0,"unchanged":0,"skipped":0,"failed":0}`, out)
	code, out, bar := command(t, "-to", db, "-mode", "upsert", "-match", "Account_Name", "accounts.csv")
	require.Equal(t, exitOK, code)
	require.Equal(t, "1000 rows read: 0 created, 0 updated, 1000 unchanged, 0 skipped, 0 failed\n", out)
	require.NotEmpty(t, bar)
}

func TestFailedRows(t *testing.T) {
	t.Parallel()
	in := write(t, "Account Name,Employees,x\na,many,\nb,1,\n")
	report := filepath.Join(t.TempDir(), "failed.csv")
	code, out, _ := command(t, "-quiet", "-report", report, in)
	require.Equal(t, exitFailed, code)
	require.Equal(t, "2 rows read: 1 created, 0 updated, 0 unchanged, 0 skipped, 1 failed\ncolumn \"x\": ignored\n"+
		"line 2: INVALID_DATA Employees: not valid: expected a whole number\n", out)
	text, err := os.ReadFile(report)
	require.NoError(t, err)
	require.Contains(t, string(text), "a,many,,2,INVALID_DATA-Employees,")
}

func TestRows(t *testing.T) {
	t.Parallel()
	code, out, errs := command(t, "-rows", write(t, "\ufeffa,b\n\"1\n\",\"x\"\"y\"\n\nq\"\n2,3\n"))
	require.Equal(t, exitFailed, code)
	require.Equal(t, "a,b\n\"1\n\",\"x\"\"y\"\n2,3\n", out)
	require.Equal(t, "line 4: BLANK_ROW\nline 5, column 2: BAD_QUOTE\n", errs)
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
	code, _, errs := command(t, "-help")
	require.Equal(t, exitOK, code)
	require.Contains(t, errs, "usage: import")
}
