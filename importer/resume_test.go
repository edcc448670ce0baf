package importer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/storage/memory"
)

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
