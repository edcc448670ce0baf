package relations_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// Activities of three kinds are one list in the order of time, whatever the size of its pages.
func TestActivities(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, to := t.Context(), on(t, org, "Acme")
		day := func(n int) time.Time { return crmtest.Start.AddDate(0, 0, n) }
		for i := range 5 {
			d := day(10 + 3*i)
			require.NoError(t, org.Tasks.Create(ctx, &relations.Task{Subject: fmt.Sprint("task ", 10+3*i), What: to, DueDate: record.Date{Year: d.Year(), Month: d.Month(), Day: d.Day()}}))
			require.NoError(t, org.Events.Create(ctx, &relations.Event{Title: fmt.Sprint("event ", 11+3*i), What: to, Start: day(1), End: day(11 + 3*i)}))
			require.NoError(t, org.Calls.Create(ctx, &relations.Call{Subject: fmt.Sprint("call ", 12+3*i), What: to, Type: relations.Outbound, Status: relations.Scheduled, Start: day(12 + 3*i)}))
			require.NoError(t, org.Events.Create(ctx, &relations.Event{Title: fmt.Sprint("event ", -i), What: to, Start: day(-9), End: day(-i).Add(-time.Hour)}))
			require.NoError(t, org.Calls.Create(ctx, &relations.Call{Subject: fmt.Sprint("call ", -i), What: to, Type: relations.Missed, Start: day(-i).Add(-2 * time.Hour)}))
		}
		require.NoError(t, org.Tasks.Create(ctx, &relations.Task{Subject: "some day", What: to}, &relations.Task{Subject: "done", What: to, Status: relations.Completed}))
		all := func(closed bool, limit int) (titles []string) {
			after := record.Cursor("")
			for {
				recs, next, err := relations.Activities(ctx, org.Session(), []record.ID{to.ID}, closed, after, limit)
				require.NoError(t, err)
				for _, rec := range recs {
					titles = append(titles, rec.Title())
				}
				if after = next; next == "" {
					return titles
				}
				require.Len(t, recs, limit)
			}
		}
		open, closed := []string{"some day"}, []string{"done"}
		for i := range 5 {
			open = append(open, fmt.Sprint("task ", 10+3*i), fmt.Sprint("event ", 11+3*i), fmt.Sprint("call ", 12+3*i))
			closed = append(closed, fmt.Sprint("event ", -i), fmt.Sprint("call ", -i))
		}
		for _, limit := range []int{1, 2, 3, 7, 15, 16, 100} {
			require.Equal(t, open, all(false, limit), limit)
			require.Equal(t, closed, all(true, limit), limit)
		}
		_, _, err := relations.Activities(ctx, org.Session(), []record.ID{to.ID}, false, "x", 0)
		require.Equal(t, "After=INVALID_DATA", codes(err))
		_, _, err = relations.Activities(ctx, org.Session(), []record.ID{record.NewID()}, false, "", 0)
		require.ErrorIs(t, err, record.ErrNotFound)
	})
}
