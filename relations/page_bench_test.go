package relations_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/sqlite"
)

// BenchmarkPage reads the page of an account on SQLite with 10,000 records of each kind.
func BenchmarkPage(b *testing.B) {
	const each = 10_000
	store, err := sqlite.Open(filepath.Join(b.TempDir(), "crm.db"), nil)
	require.NoError(b, err)
	defer store.Close()
	org, err := crm.Open(b.Context(), store, nil)
	require.NoError(b, err)
	a := &account.Account{Name: "Acme"}
	require.NoError(b, org.Accounts.Create(b.Context(), a))
	what := record.Link{Module: account.Module, ID: a.ID}
	doc := relations.Document{AccountID: a.ID, Lines: []relations.Line{{Name: "x", Quantity: dec("1"), ListPrice: dec("2")}}}
	start := crmtest.Start
	fill(b, org, org.Contacts, each, func(n string) *relations.Contact { return &relations.Contact{LastName: n, AccountID: a.ID} })
	fill(b, org, org.Deals, each, func(n string) *relations.Deal {
		return &relations.Deal{Name: n, AccountID: a.ID, Stage: "Qualification"}
	})
	fill(b, org, org.Tasks, 2*each, func(n string) *relations.Task {
		return &relations.Task{Subject: n, What: what, Status: map[bool]string{true: relations.Completed}[n[len(n)-1]%2 == 0]}
	})
	fill(b, org, org.Events, each, func(n string) *relations.Event {
		return &relations.Event{Title: n, What: what, Start: start, End: start}
	})
	fill(b, org, org.Calls, each, func(n string) *relations.Call {
		return &relations.Call{Subject: n, What: what, Type: relations.Missed, Start: start}
	})
	fill(b, org, org.Emails, each, func(n string) *relations.Email {
		return &relations.Email{Subject: n, What: what, Direction: relations.Sent, From: "a@b.example", Time: start}
	})
	fill(b, org, org.Quotes, each, func(n string) *relations.Quote {
		d := doc
		d.Subject = n
		return &relations.Quote{Document: d}
	})
	fill(b, org, org.Orders, each, func(n string) *relations.SalesOrder {
		d := doc
		d.Subject = n
		return &relations.SalesOrder{Document: d}
	})
	fill(b, org, org.Invoices, each, func(n string) *relations.Invoice {
		d := doc
		d.Subject = n
		return &relations.Invoice{Document: d}
	})
	fill(b, org, org.Accounts.Module, each, func(n string) *account.Account { return &account.Account{Name: n, ParentID: a.ID} })
	fill(b, org, org.Cases, each, func(n string) *relations.Case {
		return &relations.Case{Subject: n, AccountID: a.ID, Status: "New", Origin: "Web"}
	})
	for _, l := range relations.Lists() {
		b.Run(l.Name, func(b *testing.B) {
			for b.Loop() {
				_, err := relations.PageOf(b.Context(), org.Session(), a.ID, &relations.PageOptions{Lists: []*relations.List{l}})
				require.NoError(b, err)
			}
		})
	}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			page, err := relations.PageOf(b.Context(), org.Session(), a.ID, nil)
			require.NoError(b, err)
			require.True(b, page.Lists[0].More)
		}
	})
}

func fill[T any](b *testing.B, org *crm.Org, m *record.Module[T], n int, make func(name string) *T) {
	b.Helper()
	require.NoError(b, org.Update(b.Context(), func(tx *crm.Org) error {
		in, batch := m.In(tx.Session()), []*T{}
		for i := range n {
			if batch = append(batch, make(fmt.Sprintf("name %d", (i*7919)%n))); len(batch) == 1000 || i == n-1 {
				if err := in.Create(context.Background(), batch...); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
		return nil
	}))
}
