package relations_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

// All that hangs on an account is in its timeline, by name.
func TestTimeline(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		all := crmtest.Seed(t, org)
		acme, globex := all["Acme"].ID, all["Globex"].ID
		hang(t, org, acme, "acme")
		hang(t, org, globex, "globex")
		es, next, err := relations.Timeline(t.Context(), org.Session(), acme, record.TimelineQuery{})
		require.NoError(t, err)
		require.Empty(t, next)
		var got []string
		for _, e := range es {
			require.Equal(t, record.Created, e.Action)
			got = append(got, e.Module+" "+e.Name)
		}
		require.Equal(t, "Accounts_X_Products , Attachments acme, Notes acme, Cases acme, Invoices acme, Sales_Orders acme, Quotes acme, Emails acme, Calls acme missed, Calls acme, "+
			"Events acme over, Events acme, Tasks acme done, Tasks acme, Deals acme, Contacts acme, Accounts Acme", strings.Join(got, ", "))
	})
}

func TestTimelineGoesBackSixMonths(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	now.Store(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC).UnixMicro())
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Now: func() time.Time { return time.UnixMicro(now.Load()) }})
	to := on(t, org, "Acme")
	seen := func(month time.Month, day int) string {
		now.Store(time.Date(2026, month, day, 12, 0, 0, 0, time.UTC).UnixMicro())
		es, _, err := relations.Timeline(t.Context(), org.Session(), to.ID, record.TimelineQuery{})
		require.NoError(t, err)
		older, _, err := relations.Timeline(t.Context(), org.Session(), to.ID, record.TimelineQuery{Since: time.Unix(1, 0)})
		require.NoError(t, err)
		return fmt.Sprint(len(es), " of ", len(older))
	}
	require.Equal(t, "1 of 1", seen(time.July, 31))
	require.Equal(t, "0 of 1", seen(time.August, 1))
}
