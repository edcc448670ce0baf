package crmtest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

func TestSameAtEveryRun(t *testing.T) {
	t.Parallel()
	for range 2 {
		org, by := crmtest.Seeded(t)
		require.Len(t, by, 5)
		members, _, err := org.Accounts.Members(t.Context(), by["Acme"].ID, record.Query{})
		require.NoError(t, err)
		require.Len(t, members, 2)
		require.Equal(t, "00000000-0000-7000-8000-000000000001", by["Acme"].ID.String())
		require.Equal(t, by["Acme East"].ID, by["Acme Boston"].ParentID)
		require.False(t, by["Acme"].CreatedTime.Before(crmtest.Start))
		require.True(t, by["Acme"].CreatedTime.Before(crmtest.Start.Add(time.Minute)))
		_, err = record.ParseID(by["Globex"].ID.String())
		require.NoError(t, err)
	}
}

// tb is a test that may fail.
type tb struct {
	testing.TB
	cleanups []func()
	errs     []any
}

func (t *tb) Cleanup(fn func()) { t.cleanups = append(t.cleanups, fn) }
func (t *tb) Error(args ...any) { t.errs = append(t.errs, args...) }
func (t *tb) Helper()           {}

// TestVerifiedAtTheEnd damages what is stored, below the records, and sees the test fail.
func TestVerifiedAtTheEnd(t *testing.T) {
	t.Parallel()
	inner := &tb{TB: t}
	store := memory.New(nil)
	org := crmtest.Open(inner, store, &crm.Options{Actor: "ann"})
	a := &account.Account{Name: "Acme"}
	require.NoError(t, org.Accounts.Create(t.Context(), a))
	table := &storage.Table{Name: "accounts", Columns: []storage.Column{{Name: "parent_account", Kind: storage.Ref}}}
	err := store.Update(t.Context(), "", func(tx storage.Tx) error { // a loop, and a version without an entry
		return tx.Update(t.Context(), table, []storage.Row{{ID: a.ID, Version: 2, Values: []storage.Value{storage.RefValue(a.ID)}}})
	})
	require.NoError(t, err)
	for _, fn := range inner.cleanups {
		fn()
	}
	require.Len(t, inner.errs, 1)
	var broken *record.VerifyError
	require.True(t, errors.As(inner.errs[0].(error), &broken))
	require.Len(t, broken.Problems, 2)
	require.Contains(t, broken.Problems[0], "0 entries in the timeline")
	require.Contains(t, broken.Problems[1], "Parent_Account loops")
}
