package lead_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/storagetest"
)

// callers is how many convert a lead at once.
const callers = 10

// TestTenCallersAtOnce has ten convert one lead at once while some call of the store fails, each in turn, or the answer to a commit is
// lost: there is one contact, one account and one deal, everything has moved, and everybody hears of the same, or of the fault.
func TestTenCallersAtOnce(t *testing.T) {
	t.Parallel()
	for name, open := range stores {
		if name == "twice" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			t.Cleanup(func() { require.NoError(t, store.Close()) })
			n, step := 0, 1
			if testing.Short() {
				step = 5
			}
			try := func(f storagetest.Faults) (calls int) {
				n++
				host, err := crm.Open(t.Context(), store, &crm.Options{Tenant: fmt.Sprint("t", n), Actor: "ann"})
				require.NoError(t, err)
				faulty := storagetest.Faulty(store, &f)
				org, err := crm.Open(t.Context(), faulty, &crm.Options{Tenant: fmt.Sprint("t", n), Actor: "ann"})
				require.NoError(t, err)
				atOnce(t, host, org)
				require.NoError(t, crm.Verify(context.WithoutCancel(t.Context()), host))
				return faulty.Calls()
			}
			calls := try(storagetest.Faults{})
			for at := 1; at <= calls; at += step {
				try(storagetest.Faults{FailAt: at})
			}
			for at := 1; at <= callers; at++ {
				try(storagetest.Faults{LoseCommit: at})
				try(storagetest.Faults{DropCommit: at})
				try(storagetest.Faults{FailStart: at + 1}) // the first is the opening
				try(storagetest.Faults{CancelAt: at * calls / callers})
			}
			t.Logf("%d calls", calls)
		})
	}
}

// atOnce has callers convert a lead through org, and looks at what is there through host.
func atOnce(t *testing.T, host, org *crm.Org) {
	t.Helper()
	ctx := t.Context()
	l := create(t, host, full())
	items := about(t, host, l.ID)
	results, errs := make([]*lead.Result, callers), make([]error, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			o := &lead.Options{Deal: deal()}
			if i%2 == 0 {
				o.Key = "k"
			}
			results[i], errs[i] = org.Leads.Convert(ctx, l.ID, o)
		})
	}
	wg.Wait()
	got, err := host.Leads.Get(ctx, l.ID)
	require.NoError(t, err)
	want := int64(0)
	if *got.Converted {
		want = 1
	}
	for i, err := range errs {
		var before *lead.ConvertedError
		switch {
		case err == nil:
			require.Equal(t, got.ContactID, results[i].Contact)
		case errors.As(err, &before):
			require.Equal(t, got.ContactID, before.Result.Contact)
		default:
			require.True(t, errors.Is(err, storagetest.ErrFault) || errors.Is(err, record.ErrOutcomeUnknown) || errors.Is(err, context.Canceled), "%v", err)
		}
	}
	for _, module := range []string{relations.ContactModule, "Accounts", relations.DealModule} {
		rs, err := host.Session().Records(module)
		require.NoError(t, err)
		n, err := rs.Count(ctx, record.Query{})
		require.NoError(t, err)
		require.Equal(t, want, n, module)
	}
	for _, item := range items {
		if want == 0 {
			require.Equal(t, fmt.Sprint("Leads ", l.ID, " ", record.ID{}), where(t, host, item))
		} else {
			require.Equal(t, fmt.Sprint("Accounts ", got.AccountID, " ", got.ContactID), where(t, host, item))
		}
	}
}

// TestOnceAfterLostAnswer is asked again with its key after a commit whose answer was lost, and gets what was done.
func TestOnceAfterLostAnswer(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{true, false} {
		f := storagetest.Faults{LoseCommit: 2}
		if !lost {
			f = storagetest.Faults{DropCommit: 2}
		}
		org := crmtest.Open(t, storagetest.Faulty(stores["memory"](t), &f), &crm.Options{Actor: "ann"})
		l := create(t, org, full())
		_, err := org.Leads.Convert(t.Context(), l.ID, &lead.Options{Key: "k"})
		require.ErrorIs(t, err, record.ErrOutcomeUnknown)
		r, err := org.Leads.Convert(t.Context(), l.ID, &lead.Options{Key: "k"})
		require.NoError(t, err)
		n, err := org.Contacts.Count(t.Context(), record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(1), n)
		require.Len(t, r.Made, 2)
	}
}
