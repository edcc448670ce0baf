package lead_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

// ptr returns a pointer to a value.
func ptr[T any](v T) *T { return &v }

// full is a lead with a value in every field that people fill.
func full() *lead.Lead {
	return &lead.Lead{Meta: record.Meta{Owner: "bob", Tags: []string{"fair", "hot"}}, Salutation: "Ms.", FirstName: "Ann", LastName: "Lee", Company: "Acme", Title: "Buyer",
		LeadSource: "Trade Show", Status: "Contacted", Industry: "ERP", Rating: "Active", AnnualRevenue: decimal.NewNullDecimal(decimal.RequireFromString("1234.5")),
		Employees: ptr(int64(42)), Phone: "1", Mobile: "2", Fax: "3", Email: "ann@acme.example", SecondaryEmail: "lee@acme.example", Website: "acme.example",
		SkypeID: "ann.lee", Twitter: "@ann", EmailOptOut: ptr(true), Address: account.Address{Street: "1 Main St", City: "Boston", State: "MA", Code: "02101", Country: "US"},
		Description: "Two\nlines"}
}

func create(t *testing.T, org *crm.Org, l *lead.Lead) *lead.Lead {
	t.Helper()
	require.NoError(t, org.Leads.Create(t.Context(), l))
	return l
}

// deal is one that can be made.
func deal() *lead.Deal {
	return &lead.Deal{Name: "Pumps", ClosingDate: record.Date{Year: 2026, Month: time.March, Day: 31}, Stage: "Qualification"}
}

// TestConvertMakesAll is the default: a contact, an account, and a deal that is asked for, with the lead's owner, leading to each other.
func TestConvertMakesAll(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		l := create(t, org, full())
		r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Deal: deal()})
		require.NoError(t, err)
		require.Len(t, r.Made, 3)
		c, err := org.Contacts.Get(ctx, r.Contact)
		require.NoError(t, err)
		a, err := org.Accounts.Get(ctx, r.Account)
		require.NoError(t, err)
		d, err := org.Deals.Get(ctx, r.Deal)
		require.NoError(t, err)
		require.Equal(t, []any{"Ann Lee", r.Account, record.Actor("bob"), "convert", []string{"fair", "hot"}}, []any{c.FullName, c.AccountID, c.Owner, c.Source, c.Tags})
		require.Equal(t, []any{"Acme", record.Actor("bob"), "convert"}, []any{a.Name, a.Owner, a.Source})
		require.Equal(t, []any{"Pumps", r.Account, r.Contact, "Qualification", record.Actor("bob")}, []any{d.Name, d.AccountID, d.ContactID, d.Stage, d.Owner})
		got, err := org.Leads.Get(ctx, l.ID)
		require.NoError(t, err)
		require.Equal(t, []any{true, r.Contact, r.Account, r.Deal, int64(0)}, []any{*got.Converted, got.ContactID, got.AccountID, got.DealID, *got.DaysToConvert})
		require.False(t, got.ConvertedTime.IsZero())
		n, err := org.Leads.Count(ctx, record.Query{})
		require.NoError(t, err)
		require.Zero(t, n, "a converted lead is in no list")
		n, err = org.Leads.Count(ctx, record.Query{Aside: record.AsideOnly})
		require.NoError(t, err)
		require.Equal(t, int64(1), n)
		es, err := org.Leads.Timeline(ctx, l.ID, time.Time{}, 0)
		require.NoError(t, err)
		require.Equal(t, record.Converted, es[0].Action)
	})
}

// TestDefaultMapping has a test for each row: the value is where it goes, and nowhere else.
func TestDefaultMapping(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	ctx := t.Context()
	l := create(t, org, full())
	was, err := org.Leads.Records.Get(ctx, l.ID)
	require.NoError(t, err)
	r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Deal: deal(), Strict: true})
	require.NoError(t, err)
	contact, err := org.Contacts.Records.Get(ctx, r.Contact)
	require.NoError(t, err)
	acct, err := org.Accounts.Records.Get(ctx, r.Account)
	require.NoError(t, err)
	opportunity, err := org.Deals.Records.Get(ctx, r.Deal)
	require.NoError(t, err)
	rows := map[string]bool{}
	for _, row := range lead.DefaultMapping() {
		rows[row.Lead] = true
		t.Run(row.Lead, func(t *testing.T) {
			v := was.Value(row.Lead)
			require.False(t, v.IsNull(), "the sample has no value")
			for _, to := range []struct {
				rec   *record.Record
				field string
			}{{contact, row.Contact}, {acct, row.Account}, {opportunity, row.Deal}} {
				if to.field != "" {
					require.Equal(t, v, to.rec.Value(to.field), to.field)
				}
			}
		})
	}
	for _, f := range lead.Fields {
		if d := f.Def(); !d.ReadOnly {
			require.True(t, rows[d.Name], "%s has no row", d.Name)
		}
	}
	require.Equal(t, r.Account, contact.Value(relations.AccountField).ID(), "the company links the account")
}

// TestNoAccountWithoutCompany is Zoho's rule.
func TestNoAccountWithoutCompany(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		l := create(t, org, &lead.Lead{LastName: "Lee", Website: "lee.example"})
		p, err := org.Leads.Preview(ctx, l.ID, nil)
		require.NoError(t, err)
		require.Nil(t, p.Account)
		require.Equal(t, []lead.Loss{{Field: "Website", Reason: lead.NoTarget}}, p.Lost)
		r, err := org.Leads.Convert(ctx, l.ID, nil)
		require.NoError(t, err)
		require.True(t, r.Account.IsZero())
		require.Len(t, r.Made, 1)

		named := create(t, org, &lead.Lead{LastName: "Li"})
		r, err = org.Leads.Convert(ctx, named.ID, &lead.Options{Company: " Hengxin "})
		require.NoError(t, err)
		a, err := org.Accounts.Get(ctx, r.Account)
		require.NoError(t, err)
		require.Equal(t, "Hengxin", a.Name)

		without := create(t, org, full())
		r, err = org.Leads.Convert(ctx, without.ID, &lead.Options{NoAccount: true})
		require.NoError(t, err)
		require.True(t, r.Account.IsZero())
	})
}

// TestLinksTheOnlyMatch links an account of equal fold and a contact of equal e-mail, fills what is empty, and overwrites nothing.
func TestLinksTheOnlyMatch(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		a := &account.Account{Name: "ＡＣＭＥ", Phone: "9"}
		require.NoError(t, org.Accounts.Create(ctx, a))
		c := &relations.Contact{LastName: "Li", Email: "ANN@acme.example", Mobile: "8"}
		require.NoError(t, org.Contacts.Create(ctx, c))
		l := create(t, org, full())
		p, err := org.Leads.Preview(ctx, l.ID, nil)
		require.NoError(t, err)
		require.NoError(t, p.Err())
		r, err := org.Leads.Convert(ctx, l.ID, nil)
		require.NoError(t, err)
		require.Equal(t, []record.ID{a.ID, c.ID}, []record.ID{r.Account, r.Contact})
		require.Empty(t, r.Made)
		gotA, err := org.Accounts.Get(ctx, a.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"ＡＣＭＥ", "9", "3", "acme.example"}, []string{gotA.Name, gotA.Phone, gotA.Fax, gotA.Website})
		gotC, err := org.Contacts.Get(ctx, c.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"Li", "Ann", "ANN@acme.example", "8", "1"}, []string{gotC.LastName, gotC.FirstName, gotC.Email, gotC.Mobile, gotC.Phone})
		require.Equal(t, a.ID, gotC.AccountID)
		var kept []string
		for _, v := range slices.Concat(p.Contact.Values, p.Account.Values) {
			if v.Kept {
				kept = append(kept, v.Field)
			}
		}
		require.Equal(t, []string{"Last_Name", "Email", "Mobile", "Account_Name", "Phone"}, kept)
		require.Equal(t, []lead.Loss{{Field: "Last_Name", Reason: lead.Kept}, {Field: "Mobile", Reason: lead.Kept}}, p.Lost)
	})
}

// TestRefusesSeveralMatches names them, and makes nothing.
func TestRefusesSeveralMatches(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		twins := []*account.Account{{Name: "Acme"}, {Name: "ACME"}}
		require.NoError(t, org.Accounts.Create(ctx, twins...))
		l := create(t, org, full())
		_, err := org.Leads.Convert(ctx, l.ID, nil)
		var several *lead.AmbiguousError
		require.ErrorAs(t, err, &several)
		require.ErrorIs(t, err, record.ErrConflict)
		require.Equal(t, record.CodeAmbiguous, lead.CodeOf(err))
		require.Equal(t, []lead.Match{{Module: account.Module, ID: twins[0].ID, Name: "Acme", Field: "Account_Name"}, {Module: account.Module, ID: twins[1].ID, Name: "ACME", Field: "Account_Name"}}, several.Matches)
		n, err := org.Contacts.Count(ctx, record.Query{})
		require.NoError(t, err)
		require.Zero(t, n)
		r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Account: lead.Target{ID: twins[1].ID}})
		require.NoError(t, err)
		require.Equal(t, twins[1].ID, r.Account)
		second := create(t, org, full())
		r, err = org.Leads.Convert(ctx, second.ID, &lead.Options{Account: lead.Target{New: true}, Contact: lead.Target{New: true}})
		require.NoError(t, err)
		require.Len(t, r.Made, 2)
	})
}

// TestFillFieldByField fills, overwrites and keeps, each field as it is told.
func TestFillFieldByField(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		other := &account.Account{Name: "Globex"}
		a := &account.Account{Name: "Acme", Phone: "9", Fax: "9"}
		require.NoError(t, org.Accounts.Create(ctx, a, other))
		c := &relations.Contact{LastName: "Li", Email: "ann@acme.example", AccountID: other.ID}
		require.NoError(t, org.Contacts.Create(ctx, c))
		l := create(t, org, full())
		o := &lead.Options{Account: lead.Target{FillFor: map[string]lead.Fill{"Phone": lead.Overwrite, "Website": lead.Keep}},
			Contact: lead.Target{Fill: lead.Overwrite, FillFor: map[string]lead.Fill{"Mobile": lead.Keep}}, Owner: "eve"}
		r, err := org.Leads.Convert(ctx, l.ID, o)
		require.NoError(t, err)
		gotA, err := org.Accounts.Get(ctx, r.Account)
		require.NoError(t, err)
		require.Equal(t, []string{"1", "9", "", "ann"}, []string{gotA.Phone, gotA.Fax, gotA.Website, string(gotA.Owner)})
		gotC, err := org.Contacts.Get(ctx, r.Contact)
		require.NoError(t, err)
		require.Equal(t, []string{"Lee", "", "1"}, []string{gotC.LastName, gotC.Mobile, gotC.Phone})
		require.Equal(t, a.ID, gotC.AccountID, "Zoho: overwrite replaces the contact's account")
	})
}

// TestContactKeepsItsAccount is Zoho's default: who has another account already keeps it.
func TestContactKeepsItsAccount(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		other := &account.Account{Name: "Globex"}
		require.NoError(t, org.Accounts.Create(ctx, other))
		c := &relations.Contact{LastName: "Lee", Email: "ann@acme.example", AccountID: other.ID}
		require.NoError(t, org.Contacts.Create(ctx, c))
		l := create(t, org, full())
		p, err := org.Leads.Preview(ctx, l.ID, nil)
		require.NoError(t, err)
		v := p.Contact.Values[slices.IndexFunc(p.Contact.Values, func(v lead.Value) bool { return v.Field == relations.AccountField })]
		require.Equal(t, lead.Value{Field: relations.AccountField, Origin: lead.OfPart, Was: storage.RefValue(other.ID), Kept: true}, v)
		r, err := org.Leads.Convert(ctx, l.ID, nil)
		require.NoError(t, err)
		got, err := org.Contacts.Get(ctx, r.Contact)
		require.NoError(t, err)
		require.Equal(t, other.ID, got.AccountID)
	})
}

// TestConvertedOnce gives whoever comes second what the first one did.
func TestConvertedOnce(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		l := create(t, org, full())
		first, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Key: "k"})
		require.NoError(t, err)
		_, err = org.Leads.Convert(ctx, l.ID, nil)
		var before *lead.ConvertedError
		require.ErrorAs(t, err, &before)
		require.ErrorIs(t, err, lead.ErrConverted)
		require.Equal(t, first, before.Result)
		_, err = org.Leads.Preview(ctx, l.ID, nil)
		require.ErrorIs(t, err, lead.ErrConverted)
		again, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Key: "k"})
		require.NoError(t, err)
		require.Equal(t, first, again)
		_, err = org.Leads.Convert(ctx, l.ID, &lead.Options{Key: "another"})
		require.ErrorIs(t, err, lead.ErrConverted)
		_, err = org.Leads.Convert(ctx, l.ID, &lead.Options{Key: "k", Strict: true})
		require.ErrorIs(t, err, record.ErrConflict, "another request under the key")
		require.NoError(t, org.Contacts.Delete(ctx, first.Contact))
		_, err = org.Leads.Convert(ctx, l.ID, nil)
		require.ErrorAs(t, err, &before)
		require.Equal(t, first.Contact, before.Result.Contact, "what it did, whatever became of that")
	})
}

// TestConvertedLeadStays is CONVERTED_RECORD.
func TestConvertedLeadStays(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		l := create(t, org, full())
		r, err := org.Leads.Convert(ctx, l.ID, nil)
		require.NoError(t, err)
		for _, change := range []func(l *lead.Lead){func(l *lead.Lead) { l.Phone = "7" }, func(l *lead.Lead) { l.Owner = "eve" }, func(l *lead.Lead) { l.Tags = nil }} {
			err := org.Leads.Edit(ctx, l.ID, func(l *lead.Lead) error { change(l); return nil })
			require.Equal(t, lead.CodeConvertedRecord, lead.CodeOf(err))
		}
		require.NoError(t, org.Leads.Edit(ctx, l.ID, func(*lead.Lead) error { return nil }))
		report, err := importer.Run(ctx, org.Leads, source(t, "Last Name,Email\nLee,ann@acme.example\n"), nil)
		require.NoError(t, err)
		require.Equal(t, record.Counts{Read: 1, Created: 1}, report.Counts, "it matches nothing")
		require.NoError(t, org.Accounts.Delete(ctx, r.Account))
		got, err := org.Leads.Get(ctx, l.ID)
		require.NoError(t, err)
		require.True(t, got.AccountID.IsZero())
		require.NoError(t, org.Accounts.Restore(ctx, r.Account))
		got, err = org.Leads.Get(ctx, l.ID)
		require.NoError(t, err)
		require.Equal(t, r.Account, got.AccountID)
		require.NoError(t, org.Leads.Delete(ctx, l.ID))
	})
}

// about makes one of each kind of activity about a lead, and returns their links.
func about(t *testing.T, org *crm.Org, id record.ID) []record.Link {
	t.Helper()
	ctx, what := t.Context(), record.Link{Module: lead.Module, ID: id}
	task := &relations.Task{Subject: "Send offer", What: what}
	event := &relations.Event{Title: "Demo", Start: crmtest.Start, End: crmtest.Start.Add(time.Hour), What: what}
	call := &relations.Call{Subject: "First call", Type: relations.Inbound, Start: crmtest.Start, Seconds: ptr(int64(60)), What: what}
	mail := &relations.Email{Subject: "Hello", Direction: relations.Received, From: "ann@acme.example", Time: crmtest.Start, What: what}
	require.NoError(t, org.Tasks.Create(ctx, task))
	require.NoError(t, org.Events.Create(ctx, event))
	require.NoError(t, org.Calls.Create(ctx, call))
	require.NoError(t, org.Emails.Create(ctx, mail))
	return []record.Link{{Module: relations.TaskModule, ID: task.ID}, {Module: relations.EventModule, ID: event.ID}, {Module: relations.CallModule, ID: call.ID}, {Module: relations.EmailModule, ID: mail.ID}}
}

// where says what a record is about and with whom.
func where(t *testing.T, org *crm.Org, l record.Link) string {
	t.Helper()
	rs, err := org.AsSystem().Session().Records(l.Module)
	require.NoError(t, err)
	rec, err := rs.Get(t.Context(), l.ID)
	require.NoError(t, err)
	module, id := rec.Value(relations.WhatModuleField).Text(), rec.Value(relations.WhatField).ID()
	return fmt.Sprint(module, " ", id, " ", rec.Value(relations.WhoField).ID())
}

// TestActivitiesMove has them with the contact, and about the account or else the deal.
func TestActivitiesMove(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		for name, c := range map[string]struct {
			l *lead.Lead
			o *lead.Options
		}{
			"account": {full(), &lead.Options{Deal: deal(), Account: lead.Target{New: true}, Contact: lead.Target{New: true}}},
			"deal":    {&lead.Lead{LastName: "Lee"}, &lead.Options{Deal: deal()}},
			"neither": {&lead.Lead{LastName: "Li"}, nil},
		} {
			l := create(t, org, c.l)
			items := about(t, org, l.ID)
			p, err := org.Leads.Preview(ctx, l.ID, c.o)
			require.NoError(t, err)
			require.Len(t, p.Moves, len(items))
			r, err := org.Leads.Convert(ctx, l.ID, c.o)
			require.NoError(t, err)
			want := map[string]string{"account": fmt.Sprint("Accounts ", r.Account), "deal": fmt.Sprint("Deals ", r.Deal), "neither": " " + record.ID{}.String()}[name]
			for _, item := range items {
				require.Equal(t, want+" "+r.Contact.String(), where(t, org, item), "%s: %s", name, item)
			}
			mine, _, err := relations.ListNamed("Tasks").Page(ctx, org.Session(), []record.ID{r.Account}, record.Query{})
			if name == "account" {
				require.NoError(t, err)
				require.Len(t, mine, 1, "it is on the page of the account")
			}
		}
	})
}

// TestActivityWithSomebody stays with them, and with the lead if there is nothing else for it to be about.
func TestActivityWithSomebody(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		c := &relations.Contact{LastName: "Li"}
		require.NoError(t, org.Contacts.Create(ctx, c))
		l := create(t, org, &lead.Lead{LastName: "Lee"})
		task := &relations.Task{Subject: "Ask Li", WhoID: c.ID, What: record.Link{Module: lead.Module, ID: l.ID}}
		require.NoError(t, org.Tasks.Create(ctx, task))
		item := record.Link{Module: relations.TaskModule, ID: task.ID}
		p, err := org.Leads.Preview(ctx, l.ID, nil)
		require.NoError(t, err)
		require.Equal(t, []lead.Loss{{Item: item, Reason: lead.NoTarget}}, p.Lost)
		_, err = org.Leads.Convert(ctx, l.ID, &lead.Options{Strict: true})
		var loss *lead.LossError
		require.ErrorAs(t, err, &loss)
		require.Equal(t, p.Lost, loss.Lost)
		r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Company: "Acme", Strict: true})
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint("Accounts ", r.Account, " ", c.ID), where(t, org, item))
	})
}

// TestPlanIsWhatHappens converts what was previewed: each value of the plan is in the records, and the rest is as it was.
func TestPlanIsWhatHappens(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		require.NoError(t, org.Accounts.Create(ctx, &account.Account{Name: "ACME"}))
		require.NoError(t, org.Contacts.Create(ctx, &relations.Contact{LastName: "Lee", Email: "ann@acme.example", Title: "Boss", Meta: record.Meta{Tags: []string{"old"}}}))
		l := create(t, org, full())
		o := &lead.Options{Deal: deal(), Owner: "eve", Tags: map[string][]string{account.Module: {"hot"}, relations.ContactModule: {"fair"}}}
		p, err := org.Leads.Preview(ctx, l.ID, o)
		require.NoError(t, err)
		require.NoError(t, p.Err())
		again, err := org.Leads.Preview(ctx, l.ID, o)
		require.NoError(t, err)
		require.Equal(t, planText(p), planText(again), "it writes nothing")
		r, err := org.Leads.Convert(ctx, l.ID, o)
		require.NoError(t, err)
		asPlanned(ctx, t, org, p, r)
		require.Equal(t, "Contacts made false:", strings.SplitAfter(planText(p), "false:")[0])
	})
}

// asPlanned compares what there is with what the plan said.
func asPlanned(ctx context.Context, t require.TestingT, org *crm.Org, p *lead.Plan, r *lead.Result) {
	for _, part := range []struct {
		*lead.Part
		id record.ID
	}{{p.Contact, r.Contact}, {p.Account, r.Account}, {p.Deal, r.Deal}} {
		if part.Part == nil {
			require.True(t, part.id.IsZero())
			continue
		}
		rs, err := org.Session().Records(part.Module)
		require.NoError(t, err)
		rec, err := rs.Get(ctx, part.id)
		require.NoError(t, err)
		require.Equal(t, !part.New(), part.ID == part.id)
		require.Equal(t, part.New(), slices.Contains(r.Made, rec.Link()))
		for _, v := range part.Values {
			switch {
			case v.Kept:
				require.Equal(t, v.Was, rec.Value(v.Field), v.Field)
			case v.Origin == lead.OfPart:
				require.Contains(t, []record.ID{r.Account, r.Contact}, rec.Value(v.Field).ID())
			default:
				require.Equal(t, v.Value, rec.Value(v.Field), v.Field)
			}
		}
	}
}

// planText is a plan as a text.
func planText(p *lead.Plan) string {
	var b strings.Builder
	for _, part := range []*lead.Part{p.Contact, p.Account, p.Deal} {
		if part == nil {
			continue
		}
		fmt.Fprintf(&b, "%s made %t:", part.Module, part.New())
		for _, v := range part.Values {
			fmt.Fprintf(&b, " %s=%s(%s %s)", v.Field, v.Value.Text(), v.Origin, v.From)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintln(&b, p.Matches, p.Moves, p.Lost, p.Missing, p.Several, p.Faults)
	return b.String()
}

// TestPreviewFindsMatches has those by unique fields first, then by e-mail, company and name.
func TestPreviewFindsMatches(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		layout, err := org.Session().Layout(ctx, relations.ContactModule)
		require.NoError(t, err)
		layout.Fields = append(layout.Fields, record.FieldLayout{Name: "Mobile", Unique: true})
		_, err = org.Session().SaveLayout(ctx, relations.ContactModule, layout, nil)
		require.NoError(t, err)
		a := &account.Account{Name: "acme"}
		require.NoError(t, org.Accounts.Create(ctx, a))
		cs := []*relations.Contact{{FirstName: "ann", LastName: "LEE"}, {LastName: "Mail", Email: "ann@acme.example"}, {LastName: "Mobile", Mobile: "2"}}
		require.NoError(t, org.Contacts.Create(ctx, cs...))
		l := create(t, org, full())
		p, err := org.Leads.Preview(ctx, l.ID, nil)
		require.NoError(t, err)
		require.Equal(t, []lead.Match{
			{Module: relations.ContactModule, ID: cs[2].ID, Name: "Mobile", Field: "Mobile"},
			{Module: relations.ContactModule, ID: cs[1].ID, Name: "Mail", Field: "Email"},
			{Module: account.Module, ID: a.ID, Name: "acme", Field: "Account_Name"},
			{Module: relations.ContactModule, ID: cs[0].ID, Name: "ann LEE", Field: "Full_Name"},
		}, p.Matches)
		require.Equal(t, record.CodeDuplicate, lead.CodeOf(p.Err()), "the mobile is another's")
		require.Equal(t, cs[2].ID, p.Faults[0].Args["record"])
		require.Equal(t, relations.ContactModule, p.Faults[0].Module)
	})
}

// TestErrorCodes has one conversion for each code of Zoho's.
func TestErrorCodes(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := context.WithoutCancel(t.Context())
		unique := func(module, field string) {
			layout, err := org.Session().Layout(ctx, module)
			require.NoError(t, err)
			layout.Fields = append(layout.Fields, record.FieldLayout{Name: field, Unique: true})
			_, err = org.Session().SaveLayout(ctx, module, layout, nil)
			require.NoError(t, err)
		}
		unique(relations.ContactModule, "Phone")
		require.NoError(t, org.Contacts.Create(ctx, &relations.Contact{LastName: "Other", Phone: "1"}))
		closing := deal().ClosingDate
		for _, c := range []struct {
			name string
			o    *lead.Options
			want string
		}{
			{"DUPLICATE_DATA", nil, "Phone=DUPLICATE_DATA"},
			{"MANDATORY_NOT_FOUND", &lead.Options{Deal: &lead.Deal{}}, "Closing_Date=MANDATORY_NOT_FOUND Deal_Name=MANDATORY_NOT_FOUND Stage=MANDATORY_NOT_FOUND"},
			{"MAPPING_MISMATCH stage", &lead.Options{Deal: &lead.Deal{Name: "x", ClosingDate: closing, Stage: "Nowhere"}}, "Stage=MAPPING_MISMATCH"},
			{"MAPPING_MISMATCH pipeline", &lead.Options{Deal: &lead.Deal{Name: "x", ClosingDate: closing, Stage: "Qualification", Pipeline: "None"}}, "Pipeline=MAPPING_MISMATCH"},
			{"INVALID_DATA id", &lead.Options{Account: lead.Target{ID: record.ID{1}}}, "id=INVALID_DATA"},
			{"INVALID_DATA length", &lead.Options{Deal: &lead.Deal{Name: strings.Repeat("x", 121), ClosingDate: closing, Stage: "Qualification"}}, "Deal_Name=INVALID_DATA"},
			{"INVALID_DATA company", &lead.Options{Company: strings.Repeat("x", 101)}, "Account_Name=INVALID_DATA"},
			{"INVALID_FIELD", &lead.Options{Account: lead.Target{FillFor: map[string]lead.Fill{"No_Such_Field": lead.Overwrite}}}, "No_Such_Field=INVALID_FIELD"},
			{"INVALID_DATA module", &lead.Options{Attachments: "Cases"}, "Attachments=INVALID_DATA"},
		} {
			t.Run(c.name, func(t *testing.T) {
				l := full()
				if !strings.HasPrefix(c.name, "DUPLICATE") {
					l.Phone = "" // the others fail at something else
				}
				create(t, org, l)
				_, err := org.Leads.Convert(ctx, l.ID, c.o)
				require.Equal(t, c.want, codes(err))
				code, _, _ := strings.Cut(c.name, " ")
				require.Equal(t, code, string(lead.CodeOf(err)))
				n, err := org.Accounts.Count(ctx, record.Query{})
				require.NoError(t, err)
				require.Zero(t, n, "nothing was written")
			})
		}
		l := full()
		l.Phone = ""
		create(t, org, l)
		_, err := org.Leads.Convert(ctx, l.ID, nil)
		require.NoError(t, err)
		for code, do := range map[string]func() error{
			"ID_ALREADY_CONVERTED": func() error { _, err := org.Leads.Convert(ctx, l.ID, nil); return err },
			"CONVERTED_RECORD": func() error {
				return org.Leads.Edit(ctx, l.ID, func(l *lead.Lead) error { l.Title = "Boss"; return nil })
			},
			"NO_PERMISSION": func() error {
				guard := guarded(t, func(p *rights.Profile) *rights.Profile { return p.Without(lead.Module, record.RightConvert) })
				_, err := guard.As("bob").Leads.Convert(ctx, owned(t, guard, "bob").ID, nil)
				return err
			},
		} {
			t.Run(code, func(t *testing.T) { require.Equal(t, code, string(lead.CodeOf(do()))) })
		}
		_, err = org.Leads.Convert(ctx, record.ID{1}, nil)
		require.ErrorIs(t, err, record.ErrNotFound)
		require.Equal(t, record.CodeNotFound, lead.CodeOf(err))
		require.Equal(t, record.Code(""), lead.CodeOf(record.ErrBusy))
	})
}

// TestPipelines has the deal in a pipeline of the organization, which is asked for where there are several.
func TestPipelines(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		own := relations.Pipeline{Name: "Service", Stages: []relations.Stage{{Name: "Asked", Probability: 30, Forecast: relations.Open}}}
		convert := func(d lead.Deal) (*relations.Deal, string) {
			l := create(t, org, full())
			d.Name, d.ClosingDate = "Pumps", deal().ClosingDate
			r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Deal: &d, Account: lead.Target{New: true}, Contact: lead.Target{New: true}})
			if err != nil {
				return nil, codes(err)
			}
			got, err := org.Deals.Get(ctx, r.Deal)
			require.NoError(t, err)
			return got, ""
		}
		got, code := convert(lead.Deal{Stage: "资格审查", Pipeline: relations.StandardPipeline})
		require.Empty(t, code)
		require.Equal(t, "Qualification", got.Stage)
		layout(t, org, relations.DealModule, record.FieldLayout{Name: "Stage", Values: []record.PickValue{{Actual: "Qualification"}, {Actual: "Own"}}})
		_, code = convert(lead.Deal{Stage: "Own"})
		require.Empty(t, code, "a stage of the layout")
		require.NoError(t, relations.SavePipelines(ctx, org.Session(), own))
		got, code = convert(lead.Deal{Stage: "Asked"})
		require.Empty(t, code)
		require.Equal(t, []any{"Service", int64(30)}, []any{got.Pipeline, *got.Probability})
		require.NoError(t, relations.SavePipelines(ctx, org.Session(), own, relations.Pipeline{Name: "Sales", Stages: relations.Stages}))
		for _, c := range []struct {
			lead.Deal
			want string
		}{
			{lead.Deal{Stage: "Asked", Pipeline: "Service"}, ""},
			{lead.Deal{Stage: "Asked"}, "Pipeline=MANDATORY_NOT_FOUND"},
			{lead.Deal{Stage: "Asked", Pipeline: "Sales"}, "Stage=MAPPING_MISMATCH"},
			{lead.Deal{Stage: "Asked", Pipeline: "None"}, "Stage=MAPPING_MISMATCH"},
			{lead.Deal{Stage: "None", Pipeline: "Sales"}, "Stage=MAPPING_MISMATCH"},
		} {
			_, code := convert(c.Deal)
			require.Equal(t, c.want, code, "%+v", c.Deal)
		}
	})
}

// TestMessages says each error in both languages.
func TestMessages(t *testing.T) {
	t.Parallel()
	for _, e := range []interface {
		error
		Message(l record.Language) string
	}{
		&lead.ConvertedError{Result: &lead.Result{}}, &lead.AmbiguousError{Matches: make([]lead.Match, 2)}, &lead.LossError{Lost: make([]lead.Loss, 1)},
	} {
		require.NotEqual(t, e.Message(record.English), e.Message(record.Chinese))
		require.True(t, strings.HasPrefix(e.Error(), "lead"), e.Error())
		require.NotEmpty(t, lead.CodeOf(fmt.Errorf("host: %w", e)))
	}
	for _, r := range []lead.Reason{lead.Unmapped, lead.NoTarget, lead.Kept, lead.NoAccess} {
		require.NotEqual(t, r.Label(record.English), r.Label(record.Chinese))
	}
	require.Equal(t, "else", lead.Reason("else").Label(record.Chinese))
}

// TestContactRole gives the contact a part in the deal, which goes when the conversion is taken back.
func TestContactRole(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, l, d := t.Context(), create(t, org, full()), deal()
		for want, role := range map[string]string{"Contact_Role=INVALID_DATA": strings.Repeat("x", 121), "Contact_Role=INVALID_DATA ": "a;b\x00"} {
			d.Role = role
			_, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Deal: d})
			require.Equal(t, strings.TrimSpace(want), codes(err))
			p, err := org.Leads.Preview(ctx, l.ID, &lead.Options{Deal: d})
			require.NoError(t, err)
			require.Equal(t, relations.ContactRoleModule, p.Faults[0].Module)
		}
		d.Role = "采购"
		r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Deal: d})
		require.NoError(t, err)
		require.Len(t, r.Made, 3)
		roles, _, err := org.ContactRoles.List(ctx, record.Query{})
		require.NoError(t, err)
		require.Len(t, roles, 1)
		require.Equal(t, []any{r.Deal, r.Contact, "Purchasing"}, []any{roles[0].DealID, roles[0].ContactID, roles[0].Role})
		_, err = org.Leads.Convert(ctx, l.ID, &lead.Options{Deal: d})
		var before *lead.ConvertedError
		require.ErrorAs(t, err, &before)
		require.ElementsMatch(t, r.Made, before.Result.Made)
		_, err = org.Leads.Revert(ctx, l.ID)
		require.NoError(t, err)
		n, err := org.ContactRoles.Count(ctx, record.Query{})
		require.NoError(t, err)
		require.Zero(t, n)
	})
}
