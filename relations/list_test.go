package relations_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

// hang gives an account one of everything, and two that are closed.
func hang(t *testing.T, org *crm.Org, a record.ID, name string) {
	t.Helper()
	ctx := t.Context()
	what := record.Link{Module: account.Module, ID: a}
	lines := []relations.Line{{Name: "x", Quantity: dec("1"), ListPrice: dec("2")}}
	doc := relations.Document{Subject: name, AccountID: a, Lines: lines}
	start := crmtest.Start
	for _, err := range []error{
		org.Contacts.Create(ctx, &relations.Contact{LastName: name, AccountID: a}),
		org.Deals.Create(ctx, &relations.Deal{Name: name, AccountID: a, Stage: "Qualification"}),
		org.Tasks.Create(ctx, &relations.Task{Subject: name, What: what}, &relations.Task{Subject: name + " done", What: what, Status: relations.Completed}),
		org.Events.Create(ctx, &relations.Event{Title: name, What: what, Start: start, End: start.Add(1000 * time.Hour)}, &relations.Event{Title: name + " over", What: what, Start: start.Add(-2 * time.Hour), End: start.Add(-time.Hour)}),
		org.Calls.Create(ctx, &relations.Call{Subject: name, What: what, Type: relations.Outbound, Status: relations.Scheduled, Start: start.Add(1000 * time.Hour)},
			&relations.Call{Subject: name + " missed", What: what, Type: relations.Missed, Start: start}),
		org.Emails.Create(ctx, &relations.Email{Subject: name, What: what, Direction: relations.Sent, From: "a@b.example", Time: start}),
		org.Quotes.Create(ctx, &relations.Quote{Document: doc}), org.Orders.Create(ctx, &relations.SalesOrder{Document: doc}), org.Invoices.Create(ctx, &relations.Invoice{Document: doc}),
		org.Cases.Create(ctx, &relations.Case{Subject: name, AccountID: a, Status: "New", Origin: "Web"}),
	} {
		require.NoError(t, err)
	}
	require.NoError(t, org.Notes.Create(ctx, &relations.Note{Title: name, Content: "x", Parent: what}))
	_, err := org.Files.Attach(ctx, what, name, strings.NewReader("x"))
	require.NoError(t, err)
	p := &relations.Product{Name: name}
	require.NoError(t, org.Products.Create(ctx, p))
	require.NoError(t, relations.AddProducts(ctx, org.Session(), a, p.ID))
}

// first is what each list shows of its first record, and how many there are.
func first(t *testing.T, org *crm.Org, accounts ...record.ID) (all []string) {
	t.Helper()
	for _, l := range relations.Lists() {
		recs, next, err := l.Page(t.Context(), org.Session(), accounts, record.Query{Limit: 10})
		require.NoError(t, err, l.Name)
		require.Empty(t, next)
		n, more, err := l.Count(t.Context(), org.Session(), accounts, 1000)
		require.NoError(t, err)
		require.False(t, more)
		require.Len(t, recs, int(n))
		s := fmt.Sprint(l.Name, " ", n)
		if n > 0 {
			s += " " + recs[0].Value(l.Columns[0]).Text()
		}
		all = append(all, s)
		fields, err := l.Fields(t.Context(), org.Session())
		require.NoError(t, err)
		require.Len(t, fields, len(l.Columns), "the columns are fields of the module")
	}
	return all
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		all := crmtest.Seed(t, org)
		acme, east, globex := all["Acme"].ID, all["Acme East"].ID, all["Globex"].ID
		hang(t, org, acme, "acme")
		hang(t, org, east, "east")
		require.Equal(t, []string{"Deals 1 acme", "Contacts 1 acme", "Tasks 1 acme", "Events 1 acme", "Calls 1 acme", "Tasks_History 1 acme done", "Events_History 1 acme over", "Calls_History 1 acme missed",
			"Products 1 acme", "Quotes 1 acme", "Sales_Orders 1 acme", "Invoices 1 acme", "Emails 1 acme", "Notes 1 acme", "Attachments 1 acme", "Member_Accounts 2 Acme East", "Cases 1 acme"}, first(t, org, acme))
		require.Equal(t, "Deals 0", first(t, org, globex)[0])

		// The consolidated view.
		group, err := relations.Group(t.Context(), org.Session(), acme)
		require.NoError(t, err)
		require.Len(t, group, 4)
		require.Equal(t, []string{"Deals 2 east", "Contacts 2 acme", "Tasks 2 acme"}, first(t, org, group...)[:3])

		// Pages go on where the last ended, and are ordered by columns alone.
		for n := range 5 {
			require.NoError(t, org.Deals.Create(t.Context(), &relations.Deal{Name: fmt.Sprint("deal ", n), AccountID: globex, Stage: "Qualification"}))
		}
		deals := relations.ListNamed("Deals")
		var names []string
		for q := (record.Query{Order: record.By("Deal_Name"), Limit: 2}); ; {
			recs, next, err := deals.Page(t.Context(), org.Session(), []record.ID{globex}, q)
			require.NoError(t, err)
			for _, rec := range recs {
				names = append(names, rec.Value("Deal_Name").Text())
			}
			if q.After = next; next == "" {
				break
			}
		}
		require.Equal(t, "deal 0|deal 1|deal 2|deal 3|deal 4", strings.Join(names, "|"))
		n, more, err := deals.Count(t.Context(), org.Session(), []record.ID{globex}, 3)
		require.NoError(t, err)
		require.Equal(t, "3 true", fmt.Sprint(n, " ", more))
		_, _, err = deals.Count(t.Context(), org.Session(), []record.ID{globex}, 0)
		require.Equal(t, "most=LIMIT_EXCEEDED", codes(err))
		_, _, err = deals.Page(t.Context(), org.Session(), []record.ID{globex}, record.Query{Order: record.By("Description")})
		require.Equal(t, "Description=INVALID_DATA", codes(err))
		_, _, err = deals.Page(t.Context(), org.Session(), []record.ID{record.NewID()}, record.Query{})
		require.ErrorIs(t, err, record.ErrNotFound)
		_, err = relations.Group(t.Context(), org.Session(), record.NewID())
		require.ErrorIs(t, err, record.ErrNotFound)
		require.Nil(t, relations.ListNamed("Nothing"))
		require.Equal(t, "商机 Deals", deals.Title(record.Chinese)+" "+deals.Title(record.English))

		// When the account is deleted, activities go along, and the rest stays.
		require.NoError(t, org.Accounts.Delete(t.Context(), acme))
		n, err = org.Tasks.Count(t.Context(), record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(2), n)
		require.NoError(t, org.Accounts.Restore(t.Context(), acme))
		require.Equal(t, "Products 1 acme", first(t, org, acme)[8])
	})
}

func TestProductsOfAccounts(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, s := t.Context(), org.Session()
		all := crmtest.Seed(t, org)
		acme := all["Acme"].ID
		a, b := &relations.Product{Name: "a"}, &relations.Product{Name: "b"}
		require.NoError(t, org.Products.Create(ctx, a, b))
		list := relations.ListNamed("Products")
		names := func() (names string) {
			recs, _, err := list.Page(ctx, s, []record.ID{acme}, record.Query{})
			require.NoError(t, err)
			for _, rec := range recs {
				names += rec.Value("Product_Name").Text()
			}
			return names
		}
		require.NoError(t, relations.AddProducts(ctx, s, acme, b.ID, a.ID))
		require.NoError(t, relations.AddProducts(ctx, s, acme, a.ID), "again")
		require.Equal(t, "ab", names())
		require.NoError(t, relations.RemoveProducts(ctx, s, acme, a.ID, record.NewID()))
		require.Equal(t, "b", names())
		require.NoError(t, relations.AddProducts(ctx, s, acme, a.ID))
		require.Equal(t, "ab", names())
		require.NoError(t, org.Products.Delete(ctx, b.ID))
		require.Equal(t, "a", names())
		require.NoError(t, org.Products.Restore(ctx, b.ID))
		require.Equal(t, "ab", names())
		require.ErrorIs(t, relations.AddProducts(ctx, s, acme, record.NewID()), record.ErrNotFound)
		require.ErrorIs(t, relations.AddProducts(ctx, s, record.NewID(), a.ID), record.ErrNotFound)
		require.Equal(t, "Product_Name=LIMIT_EXCEEDED", codes(relations.AddProducts(ctx, s, acme, make([]record.ID, relations.MaxLinked+1)...)))
		require.NoError(t, relations.AddProducts(ctx, s, all["Globex"].ID, a.ID), "of two accounts")
		require.NoError(t, org.Accounts.Delete(ctx, acme))
		require.NoError(t, org.Accounts.Purge(ctx, acme))
		left, err := relations.AccountProductDefinition.In(s).Count(ctx, record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(1), left)
	})
}

// TestListsObeyRights has lists show what the actor sees.
func TestListsObeyRights(t *testing.T) {
	t.Parallel()
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Policy: rights.New()})
	ctx, root := t.Context(), org.AsSystem()
	require.NoError(t, root.Rights.SetDefault(ctx, account.Module, rights.PublicReadOnly))
	require.NoError(t, root.Rights.SetDefault(ctx, relations.DealModule, rights.Private))
	require.NoError(t, root.Rights.SaveRole(ctx, &rights.Role{ID: "sales", Name: "Sales", Parent: rights.CEO}))
	for _, u := range []record.Actor{"ann", "bob"} {
		require.NoError(t, root.Rights.SaveUsers(ctx, rights.User{ID: u, Profile: rights.Standard, Role: "sales", Active: true}))
	}
	a := &account.Account{Name: "Acme"}
	require.NoError(t, org.As("ann").Accounts.Create(ctx, a))
	for _, who := range []record.Actor{"ann", "bob", "bob"} {
		require.NoError(t, org.As(who).Deals.Create(ctx, &relations.Deal{Name: string(who), AccountID: a.ID, Stage: "Qualification"}))
	}
	p := &relations.Product{Name: "p"}
	require.NoError(t, org.As("ann").Products.Create(ctx, p))
	deals := relations.ListNamed("Deals")
	for who, want := range map[record.Actor]int64{"ann": 1, "bob": 2} {
		n, _, err := deals.Count(ctx, org.As(who).Session(), []record.ID{a.ID}, 100)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	var fe *record.ForbiddenError
	require.ErrorAs(t, relations.AddProducts(ctx, org.As("bob").Session(), a.ID, p.ID), &fe)
	require.Equal(t, record.RightEdit, fe.Right)
	require.NoError(t, root.Rights.SetDefault(ctx, account.Module, rights.Private))
	_, _, err := deals.Page(ctx, org.As("bob").Session(), []record.ID{a.ID}, record.Query{})
	require.ErrorIs(t, err, record.ErrNotFound)
	require.ErrorIs(t, relations.AddProducts(ctx, org.As("bob").Session(), a.ID, p.ID), record.ErrNotFound)
	_, _, err = deals.Page(ctx, org.As("bob").Session(), []record.ID{a.ID, a.ID}, record.Query{})
	require.ErrorIs(t, err, record.ErrNotFound)
	recs, _, err := deals.Page(ctx, org.As("ann").Session(), []record.ID{a.ID, a.ID}, record.Query{})
	require.NoError(t, err)
	require.Len(t, recs, 1)
}

// TestContactNotes has the notes on the contacts of an account, and on no other record.
func TestContactNotes(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, as := t.Context(), crmtest.Seed(t, org)
		acme := as["Acme"].ID
		list := func(want ...string) {
			recs, _, err := relations.ContactNotes().Page(ctx, org.Session(), []record.ID{acme}, record.Query{Order: record.By("Note_Title")})
			require.NoError(t, err)
			var titles []string
			for _, rec := range recs {
				titles = append(titles, rec.Value("Note_Title").Text())
			}
			require.Equal(t, want, titles)
		}
		list()
		for _, c := range []*relations.Contact{{LastName: "one", AccountID: acme}, {LastName: "two", AccountID: acme}, {LastName: "three"}} {
			require.NoError(t, org.Contacts.Create(ctx, c))
			require.NoError(t, org.Notes.Create(ctx, &relations.Note{Title: c.LastName, Content: "x", Parent: record.Link{Module: relations.ContactModule, ID: c.ID}}))
			if c.LastName == "one" {
				list("one")
			}
		}
		require.NoError(t, org.Notes.Create(ctx, &relations.Note{Title: "four", Content: "x", Parent: record.Link{Module: account.Module, ID: acme}}))
		list("one", "two")
	})
}
