package lead_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// state is every value of every record, in the bin too, but for versions and when and by whom they were changed.
func state(ctx context.Context, t require.TestingT, org *crm.Org) map[string]string {
	all, s := map[string]string{}, org.AsSystem().Session()
	for _, module := range s.Modules() {
		rs, err := s.Records(module)
		require.NoError(t, err)
		for _, q := range []record.Query{{Aside: record.AsideToo}, {Bin: true}} {
			for rec, err := range rs.All(ctx, q) {
				require.NoError(t, err)
				var b strings.Builder
				for _, d := range rec.Shape().Fields() {
					if d.Name != "Modified_By" && d.Name != "Modified_Time" && d.Name != "Last_Activity_Time" {
						fmt.Fprintf(&b, "%s=%q ", d.Name, d.Type.Format(rec.Value(d.Name), nil))
					}
				}
				all[fmt.Sprint(rec.Link(), " ", q.Bin)] = b.String()
			}
		}
	}
	return all
}

// TestRevertIsIdentity converts random leads of random histories and takes that back: all is as it was.
func TestRevertIsIdentity(t *testing.T) {
	t.Parallel()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, tenant := open(t), 0
			t.Cleanup(func() { require.NoError(t, store.Close()) })
			rapid.Check(t, func(rt *rapid.T) {
				tenant++
				org, err := crm.Open(t.Context(), store, &crm.Options{Tenant: fmt.Sprint(tenant), Actor: "ann", Now: crmtest.Clock(), NewID: crmtest.IDs()})
				require.NoError(rt, err)
				ctx := t.Context()
				ids := history(ctx, rt, org)
				before := state(ctx, rt, org)
				id := rapid.SampledFrom(ids).Draw(rt, "lead")
				o := drawOptions(rt)
				p, err := org.Leads.Preview(ctx, id, o)
				require.NoError(rt, err)
				r, err := org.Leads.Convert(ctx, id, o)
				require.Equal(rt, fmt.Sprint(p.Err()), fmt.Sprint(err), "the plan says what happens")
				if err != nil {
					require.NotEmpty(rt, lead.CodeOf(err), "%v", err)
					require.Equal(rt, before, state(ctx, rt, org), "a refusal changes nothing")
					return
				}
				require.NotEqual(rt, before, state(ctx, rt, org))
				asPlanned(ctx, rt, org, p, r)
				rep, err := org.Leads.Revert(ctx, id)
				require.NoError(rt, err)
				made := len(r.Made)
				if p.Role != "" {
					made++
				}
				require.Equal(rt, made, rep.Purged)
				require.Equal(rt, before, state(ctx, rt, org))
				_, err = org.Leads.Revert(ctx, id)
				require.ErrorIs(rt, err, record.ErrConflict, "it is not converted")
				_, err = org.Leads.Convert(ctx, id, o)
				require.NoError(rt, err, "it can be converted again")
				require.NoError(rt, crm.Verify(ctx, org))
			})
		})
	}
}

// history makes leads, accounts and contacts that may match, and items about the leads, and changes some of them.
func history(ctx context.Context, rt *rapid.T, org *crm.Org) (leads []record.ID) {
	names, mails := []string{"", "Acme", "ACME", "Globex"}, []string{"", "a@x.example", "A@x.example", "b@x.example"}
	draw := func(label string, of []string) string { return rapid.SampledFrom(of).Draw(rt, label) }
	some := func(label string, most int) int { return rapid.IntRange(0, most).Draw(rt, label) }
	for range some("accounts", 2) {
		a := &account.Account{Name: draw("account", names[1:]), Phone: draw("phone", []string{"", "7"}), Rating: draw("rating", []string{"", "Active"})}
		require.NoError(rt, org.Accounts.Create(ctx, a))
		if rapid.Bool().Draw(rt, "deleted") {
			require.NoError(rt, org.Accounts.Delete(ctx, a.ID))
			continue
		}
		for range some("contacts", 2) {
			c := &relations.Contact{LastName: "Li", Email: draw("mail", mails), Mobile: draw("mobile", []string{"", "8"})}
			if rapid.Bool().Draw(rt, "of it") {
				c.AccountID = a.ID
			}
			require.NoError(rt, org.Contacts.Create(ctx, c))
		}
	}
	for range 1 + some("leads", 2) {
		l := &lead.Lead{LastName: draw("last name", []string{"Lee", "张"}), FirstName: draw("first name", []string{"", "三"}), Company: draw("company", names), Email: draw("e-mail", mails),
			Phone: draw("phone of lead", []string{"", "1"}), Mobile: draw("mobile of lead", []string{"", "2"}), Rating: draw("rating of lead", []string{"", "Active", "Shut Down"}),
			Meta: record.Meta{Tags: rapid.SampledFrom([][]string{nil, {"hot"}, {"hot", "fair"}}).Draw(rt, "tags")}}
		require.NoError(rt, org.Leads.Create(ctx, l))
		leads = append(leads, l.ID)
		on := record.Link{Module: lead.Module, ID: l.ID}
		for range some("items", 3) {
			task := &relations.Task{Subject: "Call", What: on}
			require.NoError(rt, org.Tasks.Create(ctx, task))
			require.NoError(rt, org.Notes.Create(ctx, &relations.Note{Content: "heard of us", Parent: on}))
			switch some("what then", 2) {
			case 0:
				require.NoError(rt, org.Tasks.Delete(ctx, task.ID))
			case 1:
				require.NoError(rt, org.Tasks.Edit(ctx, task.ID, func(t *relations.Task) error { t.Status = relations.Completed; return nil }))
			}
		}
		if rapid.Bool().Draw(rt, "changed") {
			require.NoError(rt, org.Leads.Edit(ctx, l.ID, func(l *lead.Lead) error { l.Website = "x.example"; return nil }))
		}
	}
	return leads
}

// drawOptions returns random options.
func drawOptions(rt *rapid.T) *lead.Options {
	o := &lead.Options{Strict: rapid.Bool().Draw(rt, "strict"), NoAccount: rapid.Bool().Draw(rt, "no account"), Owner: rapid.SampledFrom([]record.Actor{"", "bob"}).Draw(rt, "owner"),
		Company: rapid.SampledFrom([]string{"", "Globex"}).Draw(rt, "named")}
	for i, t := range []*lead.Target{&o.Contact, &o.Account} {
		t.New = rapid.Bool().Draw(rt, fmt.Sprint("new ", i))
		t.Fill = rapid.SampledFrom([]lead.Fill{lead.FillEmpty, lead.Overwrite, lead.Keep}).Draw(rt, fmt.Sprint("fill ", i))
	}
	if rapid.Bool().Draw(rt, "deal") {
		o.Deal = deal()
		o.Deal.Role = rapid.SampledFrom([]string{"", "Purchasing"}).Draw(rt, "role")
	}
	return o
}

// TestRevertRefusesWhenSomethingDepends names what stands against it, and changes nothing.
func TestRevertRefusesWhenSomethingDepends(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		for name, then := range map[string]func(r *lead.Result, items []record.Link) record.Link{
			"the contact was changed": func(r *lead.Result, _ []record.Link) record.Link {
				require.NoError(t, org.Contacts.Edit(ctx, r.Contact, func(c *relations.Contact) error { c.Title = "Boss"; return nil }))
				return record.Link{Module: relations.ContactModule, ID: r.Contact}
			},
			"a deal is of the account": func(r *lead.Result, _ []record.Link) record.Link {
				d := &relations.Deal{Name: "More", Stage: "Qualification", AccountID: r.Account}
				require.NoError(t, org.Deals.Create(ctx, d))
				return record.Link{Module: relations.DealModule, ID: d.ID}
			},
			"a note is on the contact": func(r *lead.Result, _ []record.Link) record.Link {
				n := &relations.Note{Content: "nice", Parent: record.Link{Module: relations.ContactModule, ID: r.Contact}}
				require.NoError(t, org.Notes.Create(ctx, n))
				return record.Link{Module: relations.NoteModule, ID: n.ID}
			},
			"a task was completed": func(_ *lead.Result, items []record.Link) record.Link {
				require.NoError(t, org.Tasks.Edit(ctx, items[0].ID, func(t *relations.Task) error { t.Status = relations.Completed; return nil }))
				return items[0]
			},
			"the account is in the bin": func(r *lead.Result, _ []record.Link) record.Link {
				require.NoError(t, org.Accounts.Delete(ctx, r.Account))
				return record.Link{Module: account.Module, ID: r.Account}
			},
		} {
			l := create(t, org, full())
			items := about(t, org, l.ID)
			r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Account: lead.Target{New: true}, Contact: lead.Target{New: true}})
			require.NoError(t, err)
			reason := then(r, items)
			before := state(ctx, t, org)
			_, err = org.Leads.Revert(ctx, l.ID)
			var conflict *record.ConflictError
			require.ErrorAs(t, err, &conflict, name)
			require.Contains(t, conflict.By, reason, name)
			require.Equal(t, before, state(ctx, t, org), name)
		}
	})
}

// TestRevertTwice converts, reverts and converts again, with and without a key.
func TestRevertTwice(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		l := create(t, org, full())
		_, err := org.Leads.Revert(ctx, l.ID)
		require.ErrorContains(t, err, "not converted")
		_, err = org.Leads.Revert(ctx, record.ID{1})
		require.ErrorIs(t, err, record.ErrNotFound)
		first, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Key: "k"})
		require.NoError(t, err)
		rep, err := org.Leads.Revert(ctx, l.ID)
		require.NoError(t, err)
		require.Equal(t, record.UndoReport{Purged: 2, PutBack: 1}, *rep)
		_, err = org.Leads.Convert(ctx, l.ID, &lead.Options{Key: "k"})
		require.ErrorContains(t, err, "was reverted")
		second, err := org.Leads.Convert(ctx, l.ID, nil)
		require.NoError(t, err)
		require.NotEqual(t, first.Contact, second.Contact)
		_, err = org.Leads.Convert(ctx, l.ID, &lead.Options{Key: "k"})
		var before *lead.ConvertedError
		require.ErrorAs(t, err, &before)
		require.Equal(t, second, before.Result)
	})
}

// TestRevertAfterTheTimelineWasPurged is refused: nobody knows what there was before.
func TestRevertAfterTheTimelineWasPurged(t *testing.T) {
	t.Parallel()
	now := crmtest.Start
	org := crmtest.Open(t, stores["memory"](t), &crm.Options{Actor: "ann", Now: func() time.Time { return now }})
	ctx := t.Context()
	l := create(t, org, full())
	now = now.Add(36 * time.Hour)
	first, err := org.Leads.Convert(ctx, l.ID, nil)
	require.NoError(t, err)
	got, err := org.Leads.Get(ctx, l.ID)
	require.NoError(t, err)
	require.Equal(t, int64(1), *got.DaysToConvert)
	now = now.Add(2 * record.Retention)
	_, err = org.Session().PurgeTimeline(ctx, now.Add(-record.Retention))
	require.NoError(t, err)
	_, err = org.Leads.Convert(ctx, l.ID, nil)
	var before *lead.ConvertedError
	require.ErrorAs(t, err, &before)
	require.Equal(t, lead.Result{Lead: l.ID, Contact: first.Contact, Account: first.Account}, *before.Result)
	_, err = org.Leads.Revert(ctx, l.ID)
	require.ErrorIs(t, err, record.ErrConflict)
}
