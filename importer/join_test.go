package importer_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// joinText is a file of rows that wait for others, and of some that fail.
func joinText(rows int) string {
	var text strings.Builder
	text.WriteString("Account Name,Employees,Parent Account\n")
	for n := range rows {
		parent := ""
		if n%10 == 3 && n%1000 < 800 && n+200 < rows {
			parent = fmt.Sprint("a", n+200) // which may wait itself
		}
		fmt.Fprintf(&text, "a%d,%s,%s\n", n, []string{"1", "x"}[n%100/99], parent)
	}
	return text.String()
}

// TestJoinedWithOtherBatches has a run of the same file come to its end while another is between two transactions: that one takes
// what the other did as it is, whether transactions end before its own or after.
func TestJoinedWithOtherBatches(t *testing.T) {
	t.Parallel()
	for _, size := range []int{7, 50, 70, 1000, 0} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			each(t, func(t *testing.T, org *crm.Org) {
				text := joinText(1000)
				var rejects, others bytes.Buffer
				var other *importer.Report
				var told []int64
				f := file(t, text)
				o := &importer.Options{Resume: true, Batch: 50, Rejects: &rejects}
				o.Progress = func(p importer.Progress) {
					told = append(told, p.Bytes)
					if other == nil {
						var err error
						other, err = importer.Run(t.Context(), org.Accounts, file(t, text), &importer.Options{Resume: true, Batch: size, Rejects: &others})
						require.NoError(t, err)
					}
				}
				r, err := importer.Run(t.Context(), org.Accounts, f, o)
				require.NoError(t, err)
				require.Equal(t, "1000 = 990 + 0 + 0 + 0 + 10", counts(r))
				require.Equal(t, other, r)
				require.Equal(t, others.String(), rejects.String())
				require.True(t, slices.IsSorted(told))
				require.Equal(t, f.Size(), told[len(told)-1])
				jobs, err := importer.History(t.Context(), org.Session(), 0)
				require.NoError(t, err)
				require.Len(t, jobs, 1)
				var lines []int
				for f, err := range importer.Faults(t.Context(), org.Session(), r.Operation) {
					require.NoError(t, err)
					lines = append(lines, f.Line)
				}
				require.Equal(t, []int{101, 201, 301, 401, 501, 601, 701, 801, 901, 1001}, lines)
				require.NotZero(t, find(t, org, "a3").ParentID)
			})
		})
	}
}

// TestJoinedAtOnce has runs of one file go on at once, whose transactions end in the same places, or anywhere.
func TestJoinedAtOnce(t *testing.T) {
	t.Parallel()
	for _, sizes := range [][]int{{50, 50, 50, 50}, {0, 0, 70, 333}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			t.Parallel()
			joinAtOnce(t, sizes)
		})
	}
}

func joinAtOnce(t *testing.T, sizes []int) {
	const rows = 12_000
	path, text := filepath.Join(t.TempDir(), "crm.db"), joinText(rows)
	open := func() *crm.Org { // with ids that differ from the others'
		store := openSQLite(t, path)
		t.Cleanup(func() { require.NoError(t, store.Close()) })
		org, err := crm.Open(t.Context(), store, nil)
		require.NoError(t, err)
		return org
	}
	var all sync.WaitGroup
	reports, errs := make([]*importer.Report, len(sizes)), make([]error, len(sizes))
	for i, size := range sizes {
		org := open()
		all.Go(func() {
			f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), fmt.Sprint(i, ".csv"), nil)
			if errs[i] = err; err == nil {
				reports[i], errs[i] = importer.Run(t.Context(), org.Accounts, f, &importer.Options{Resume: true, Batch: size})
			}
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	org := open()
	jobs, err := importer.History(t.Context(), org.Session(), 0)
	require.NoError(t, err)
	for _, r := range reports {
		if r.Created == 0 { // it began when the others had ended
			require.Equal(t, "12000 = 0 + 0 + 11880 + 0 + 120", counts(r))
			continue
		}
		require.Equal(t, "12000 = 11880 + 0 + 0 + 0 + 120", counts(r))
		require.Equal(t, jobs[len(jobs)-1].ID, r.Operation, "the first job, and the only one that created")
	}
	n, err := org.Accounts.Count(t.Context(), record.Query{})
	require.NoError(t, err)
	require.Equal(t, int64(11_880), n)
	require.NoError(t, crm.Verify(t.Context(), org))
}

// TestSourceThatLostRows is told of, where nothing but the number of rows can tell.
func TestSourceThatLostRows(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		src := &fixed{header: []string{"Account Name"}}
		for n := range 10 {
			src.rows = append(src.rows, importer.Row{Line: n + 2, Cells: []string{fmt.Sprint("a", n)}})
		}
		o := &importer.Options{Key: "k", Batch: 4}
		_, err := importer.Run(t.Context(), org.Accounts, src, o)
		require.NoError(t, err)
		src.rows = src.rows[:7]
		r, err := importer.Run(t.Context(), org.Accounts, src, o)
		require.EqualError(t, err, "importer: row 4: other rows were imported here under this key: the source has changed")
		require.Equal(t, "4 = 4 + 0 + 0 + 0 + 0", counts(r))
	})
}
