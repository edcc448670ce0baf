package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer"
)

func TestPlanHistoryAndUndo(t *testing.T) {
	t.Parallel()
	db := database(t)
	code, _, _ := command(t, "-to", db, "-quiet", write(t, "Account Name,Phone\na,1\nb,1\n"))
	require.Equal(t, exitOK, code)
	more := write(t, "Account Name,Phone,Employees\na,2,\nb,1,\nc,,\nd,,many\n")
	code, out, _ := command(t, "-to", db, "-plan", more)
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "line 2: update\nline 4: create\nline 5: fail Employees: not valid: expected a whole number\n")
	require.Equal(t, int64(2), accounts(t, db))
	code, _, _ = command(t, "-to", db, "-quiet", more)
	require.Equal(t, exitFailed, code)
	require.Equal(t, int64(3), accounts(t, db))

	code, out, _ = command(t, "-to", db, "-history")
	require.Equal(t, exitOK, code)
	jobs := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, jobs, 2)
	require.Contains(t, jobs[0], "4 rows  1 created  1 updated  1 failed")
	job, _, _ := strings.Cut(jobs[0], " ")
	code, out, _ = command(t, "-to", db, "-undo", job)
	require.Equal(t, exitOK, code)
	require.Equal(t, "1 records purged, 1 put back, 0 left as they are\n", out)
	require.Equal(t, int64(2), accounts(t, db))
	code, _, errs := command(t, "-to", db, "-undo", "x")
	require.Equal(t, exitError, code)
	require.Contains(t, errs, "see -history")
}

func TestHowToRead(t *testing.T) {
	t.Parallel()
	db := database(t)
	gbk := "Firma,x\n\xD6\xD0\xB9\xFA,1\n" // 中国
	code, _, errs := command(t, "-to", db, "-quiet", "-charset", "gbk", "-map", "Firma=Account_Name, x=", write(t, gbk))
	require.Equal(t, exitOK, code, errs)
	code, out, _ := command(t, "-rows", "-charset", "gbk", write(t, gbk))
	require.Equal(t, exitOK, code)
	require.Contains(t, out, "中国,1")
	for _, bad := range [][]string{{"-map", "Firma", write(t, gbk)}, {"-date", "year", write(t, "Account Name\na\n")}, {"-charset", "klingon", write(t, gbk)},
		{"-sheet", "x"}, {"-history", "file"}} {
		code, _, _ = command(t, append([]string{"-to", db}, bad...)...)
		require.Equal(t, exitError, code, bad)
	}
	require.Equal(t, int64(1), accounts(t, db))
}

// TestResumeAndFaults imports a file with faults twice as one job would, and has them written as a workbook and as CSV.
func TestResumeAndFaults(t *testing.T) {
	t.Parallel()
	db, in := database(t), write(t, "Account Name,Employees\na,1\nb,x\n\n")
	book := filepath.Join(t.TempDir(), "faults.XLSX")
	code, out, errs := command(t, "-to", db, "-resume", "-faults", book, in)
	require.Equal(t, exitFailed, code, errs)
	require.Contains(t, out, "3 rows read: 1 created, 0 updated, 0 unchanged, 1 skipped, 1 failed")
	f, err := importer.Open(book, nil)
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, []string{"Line", "Status", "Field", "Code", "Message"}, f.Header().Cells)
	text := filepath.Join(t.TempDir(), "faults.csv")
	code, out, _ = command(t, "-to", db, "-resume", "-faults", text, in)
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "3 rows read: 0 created, 0 updated, 1 unchanged, 1 skipped, 1 failed")
	require.Contains(t, read(t, text), "3,failed,Employees,INVALID_DATA,")
	code, _, errs = command(t, "-to", db, "-faults", db, in)
	require.Equal(t, exitError, code)
	require.Contains(t, errs, "would replace")
}
