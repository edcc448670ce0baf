package importer_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

// TestResumedTwiceAtOnce has two processes, as it were, import one file at once: it is one job.
func TestResumedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	open := func(t *testing.T) *crm.Org { // with ids that differ from the others'
		store := openSQLite(t, path)
		t.Cleanup(func() { require.NoError(t, store.Close()) })
		org, err := crm.Open(t.Context(), store, nil)
		require.NoError(t, err)
		return org
	}
	var text strings.Builder
	text.WriteString("Account Name,Employees\n")
	for n := range 3000 {
		fmt.Fprintf(&text, "a%d,%s\n", n, []string{"1", "x"}[n%100/99])
	}
	var all sync.WaitGroup
	reports, errs := make([]*importer.Report, 4), make([]error, 4)
	for i := range reports {
		org := open(t)
		all.Go(func() {
			f, err := importer.NewFile(strings.NewReader(text.String()), int64(text.Len()), fmt.Sprint(i, ".csv"), nil)
			if errs[i] = err; err == nil {
				reports[i], errs[i] = importer.Run(t.Context(), org.Accounts, f, &importer.Options{Resume: true, Batch: 50})
			}
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	org := open(t)
	jobs, err := importer.History(t.Context(), org.Session(), 0)
	require.NoError(t, err)
	for i, r := range reports {
		if r.Created == 0 { // it began when the others had ended
			require.Equal(t, "3000 = 0 + 0 + 2970 + 0 + 30", counts(r))
			continue
		}
		require.Equal(t, "3000 = 2970 + 0 + 0 + 0 + 30", counts(r), i)
		require.Equal(t, jobs[len(jobs)-1].ID, r.Operation)
	}
	n, err := org.Accounts.Count(t.Context(), record.Query{})
	require.NoError(t, err)
	require.Equal(t, int64(2970), n)
	require.NoError(t, crm.Verify(t.Context(), org))
}

// TestResumeOption goes on where a run was interrupted, and begins anew when it has ended.
func TestResumeOption(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		text := "Account Name,Employees\n"
		for n := range 40 {
			text += fmt.Sprintf("a%d,1\n", n)
		}
		o := &importer.Options{Resume: true, Batch: 10}
		ctx, cancel := context.WithCancel(t.Context())
		o.Progress = func(p importer.Progress) {
			if p.Read == 20 {
				cancel()
			}
		}
		r, err := importer.Run(ctx, org.Accounts, file(t, text), o)
		require.ErrorIs(t, err, context.Canceled)
		require.Less(t, r.Read, int64(40))
		first := r.Operation
		_, err = importer.Run(t.Context(), org.As("bob").Accounts, file(t, text), &importer.Options{Resume: true, Match: []string{"Phone"}})
		require.Error(t, err, "another's options are another job")
		o.Progress = nil
		edited := find(t, org, "a3")
		edited.Phone = "7"
		require.NoError(t, org.Accounts.Update(t.Context(), edited))
		r, err = importer.Run(t.Context(), org.Accounts, file(t, text), o)
		require.NoError(t, err)
		require.Equal(t, first, r.Operation)
		require.Equal(t, "40 = 40 + 0 + 0 + 0 + 0", counts(r))
		require.Equal(t, "7", find(t, org, "a3").Phone)

		r, err = importer.Run(t.Context(), org.Accounts, file(t, text), o)
		require.NoError(t, err)
		require.NotEqual(t, first, r.Operation)
		require.Equal(t, "40 = 0 + 0 + 40 + 0 + 0", counts(r))
		r, err = importer.Run(t.Context(), org.Accounts, file(t, text), &importer.Options{Resume: true, Mode: importer.Add})
		require.NoError(t, err)
		require.Equal(t, "40 = 0 + 0 + 0 + 40 + 0", counts(r))
		other, err := importer.Run(t.Context(), org.As("bob").Accounts, file(t, text), o)
		require.NoError(t, err)
		require.Equal(t, "40 = 0 + 0 + 40 + 0 + 0", counts(other), "another's job is their own")
	})
}

func TestResumeRefused(t *testing.T) {
	t.Parallel()
	org := crmtest.Open(t, memory.New(nil), nil)
	_, err := importer.Run(t.Context(), org.Accounts, &fixed{header: []string{"Account Name"}}, &importer.Options{Resume: true})
	require.EqualError(t, err, "importer: Options.Resume: the source has no digest")
	_, err = importer.Run(t.Context(), org.Accounts, file(t, "Account Name\na\n"), &importer.Options{Resume: true, Key: "k"})
	require.EqualError(t, err, "importer: Options.Resume and Key do not go together")
}
