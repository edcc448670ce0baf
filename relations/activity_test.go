package relations_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

func TestTasks(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		all := crmtest.Seed(t, org)
		require.Equal(t, "Subject=MANDATORY_NOT_FOUND", codes(org.Tasks.Create(ctx, &relations.Task{})))
		acme := record.Link{Module: account.Module, ID: all["Acme"].ID}
		a, b := &relations.Task{Subject: "Call back", What: acme}, &relations.Task{Subject: "Visit", What: acme, Status: relations.Completed}
		require.NoError(t, org.Tasks.Create(ctx, a, b))
		require.Equal(t, "Not Started", a.Status)
		require.True(t, a.ClosedTime.IsZero())
		require.False(t, b.ClosedTime.IsZero())
		open := func(where record.Filter) (subjects []string) {
			list, _, err := org.Tasks.List(ctx, record.Query{Where: record.And(relations.AboutRecord(acme), where), Order: record.By("Subject")})
			require.NoError(t, err)
			for _, x := range list {
				subjects = append(subjects, x.Subject)
			}
			return subjects
		}
		require.Equal(t, []string{"Call back"}, open(relations.OpenTasks()))
		require.Equal(t, []string{"Visit"}, open(relations.ClosedTasks()))
		a.Status, b.Status = relations.Completed, "Deferred"
		require.NoError(t, org.Tasks.Update(ctx, a, b))
		require.True(t, b.ClosedTime.IsZero())
		closed := a.ClosedTime
		a.Priority = "High"
		require.NoError(t, org.Tasks.Update(ctx, a))
		require.Equal(t, closed, a.ClosedTime, "it was closed then")

		// They go along with what they are about, and not with another record that has its id.
		same := &relations.Product{Meta: record.Meta{ID: acme.ID}, Name: "Same id"}
		require.NoError(t, org.Products.Create(ctx, same))
		other := &relations.Task{Subject: "About a product", What: record.Link{Module: relations.ProductModule, ID: same.ID}}
		require.NoError(t, org.Tasks.Create(ctx, other))
		require.NoError(t, org.Accounts.Delete(ctx, acme.ID))
		_, err := org.Tasks.Get(ctx, a.ID)
		require.ErrorIs(t, err, record.ErrNotFound)
		_, err = org.Tasks.Get(ctx, other.ID)
		require.NoError(t, err)
		require.NoError(t, org.Accounts.Restore(ctx, acme.ID))
		_, err = org.Tasks.Get(ctx, a.ID)
		require.NoError(t, err)
		require.Equal(t, "What_Module=INVALID_DATA", codes(org.Tasks.Create(ctx, &relations.Task{Subject: "x", What: record.Link{Module: relations.ContactModule, ID: acme.ID}})))
	})
}

func TestEvents(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		at := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
		require.Equal(t, "Event_Title=MANDATORY_NOT_FOUND Start_DateTime=MANDATORY_NOT_FOUND End_DateTime=MANDATORY_NOT_FOUND", codes(org.Events.Create(ctx, &relations.Event{})))
		require.Equal(t, "End_DateTime=DEPENDENT_MISMATCH", codes(org.Events.Create(ctx, &relations.Event{Title: "x", Start: at, End: at.Add(-time.Second)})))
		e := &relations.Event{Title: "Demo", Start: at, End: at.Add(time.Hour), Participants: []string{"ann", "li@acme.example"}, Venue: "上海"}
		require.NoError(t, org.Events.Create(ctx, e))
		e.Participants = slices.Repeat([]string{"x"}, 1)
		for i := range relations.MaxParticipants {
			e.Participants = append(e.Participants, strings.Repeat("y", i+1))
		}
		require.Equal(t, "Participants=LIMIT_EXCEEDED", codes(org.Events.Update(ctx, e)))
		for now, want := range map[time.Time]int64{at: 1, at.Add(time.Hour): 1, at.Add(time.Hour + time.Second): 0} {
			n, err := org.Events.Count(ctx, record.Query{Where: relations.OpenEvents(now)})
			require.NoError(t, err)
			require.Equal(t, want, n)
			n, err = org.Events.Count(ctx, record.Query{Where: relations.ClosedEvents(now)})
			require.NoError(t, err)
			require.Equal(t, 1-want, n)
		}
	})
}

func TestCalls(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		past, future := crmtest.Start.Add(-time.Hour), crmtest.Start.Add(24*time.Hour)
		for want, c := range map[string]relations.Call{
			"Subject=MANDATORY_NOT_FOUND Call_Type=MANDATORY_NOT_FOUND Call_Start_Time=MANDATORY_NOT_FOUND": {},
			"Call_Duration_in_seconds=DEPENDENT_MISMATCH":                                                   {Subject: "x", Type: relations.Inbound, Start: past},
			"Call_Duration_in_seconds=DEPENDENT_MISMATCH ":                                                  {Subject: "x", Type: relations.Outbound, Start: past, Seconds: new(int64(0))},
			"Call_Duration_in_seconds=DEPENDENT_MISMATCH  ":                                                 {Subject: "x", Type: relations.Missed, Start: past, Seconds: new(int64(5))},
			"Call_Duration_in_seconds=DEPENDENT_MISMATCH   ":                                                {Subject: "x", Type: relations.Outbound, Status: relations.Scheduled, Start: future, Seconds: new(int64(5))},
			"Call_Start_Time=INVALID_DATA":                                                                  {Subject: "x", Type: relations.Outbound, Status: relations.Scheduled, Start: past},
			"Outbound_Call_Status=DEPENDENT_MISMATCH":                                                       {Subject: "x", Type: relations.Inbound, Status: relations.Scheduled, Start: future},
			"Outbound_Call_Status=INVALID_DATA":                                                             {Subject: "x", Type: relations.Outbound, Status: "Never", Start: past, Seconds: new(int64(5))},
			"Call_Type=INVALID_DATA":                                                                        {Subject: "x", Type: "Sideways", Start: past, Seconds: new(int64(5))},
		} {
			require.Equal(t, strings.TrimRight(want, " "), codes(org.Calls.Create(ctx, &c)))
		}
		made := &relations.Call{Subject: "made", Type: relations.Outbound, Start: past, Seconds: new(int64(61))}
		missed := &relations.Call{Subject: "missed", Type: relations.Missed, Start: past}
		later := &relations.Call{Subject: "later", Type: relations.Outbound, Status: relations.Scheduled, Start: future}
		require.NoError(t, org.Calls.Create(ctx, made, missed, later))
		require.Equal(t, relations.CallCompleted, made.Status)
		for n, where := range map[int64]record.Filter{1: relations.OpenCalls(), 2: relations.ClosedCalls()} {
			got, err := org.Calls.Count(ctx, record.Query{Where: where})
			require.NoError(t, err)
			require.Equal(t, n, got)
		}
		later.Status, later.Seconds, later.Start = relations.CallCompleted, new(int64(9)), past
		require.NoError(t, org.Calls.Update(ctx, later))
	})
}

func TestEmails(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		require.Equal(t, "Direction=MANDATORY_NOT_FOUND From=MANDATORY_NOT_FOUND Sent_Time=MANDATORY_NOT_FOUND", codes(org.Emails.Create(ctx, &relations.Email{})))
		e := &relations.Email{Subject: "Offer", Direction: relations.Sent, From: "ann@acme.example", To: []string{"li@hx.example", "bob@hx.example"}, Time: crmtest.Start, Message: "Dear Li,\n…"}
		require.NoError(t, org.Emails.Create(ctx, e))
		got, err := org.Emails.Get(ctx, e.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"li@hx.example", "bob@hx.example"}, got.To)
		got.Cc = []string{"nobody"}
		err = org.Emails.Update(ctx, got)
		require.Equal(t, "Cc=INVALID_DATA", codes(err))
	})
}
