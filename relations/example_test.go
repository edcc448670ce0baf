package relations_test

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

// A contact and a deal lead to their account, and what the deals of a whole group come to is asked of its top.
func Example() {
	ctx := context.Background()
	store := memory.New(nil)
	defer store.Close()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		panic(err)
	}
	acme := &account.Account{Name: "Acme"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		panic(err)
	}
	east := &account.Account{Name: "Acme East", ParentID: acme.ID}
	if err := org.Accounts.Create(ctx, east); err != nil {
		panic(err)
	}
	ann := &relations.Contact{FirstName: "Ann", LastName: "Lee", AccountID: east.ID}
	if err := org.Contacts.Create(ctx, ann); err != nil {
		panic(err)
	}
	deal := &relations.Deal{Name: "Pumps", AccountID: east.ID, ContactID: ann.ID, Stage: "Negotiation/Review",
		Amount: decimal.NewNullDecimal(decimal.NewFromInt(5000))}
	if err := org.Deals.Create(ctx, deal); err != nil {
		panic(err)
	}
	totals, err := org.Accounts.RollUp(ctx, acme.ID, record.Sum{Module: relations.DealModule, Field: "Expected_Revenue",
		Where: record.In("Stage", relations.StagesOf(relations.Open)...)})
	if err != nil {
		panic(err)
	}
	fmt.Println(ann.FullName, *deal.Probability, totals[0].Sum)
	// Output: Ann Lee 90 4500
}

// The related lists of an account, in the order of its page, with how many entries each has.
func ExampleLists() {
	ctx := context.Background()
	store := memory.New(nil)
	defer store.Close()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		panic(err)
	}
	acme := &account.Account{Name: "Acme"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		panic(err)
	}
	if err := org.Tasks.Create(ctx, &relations.Task{Subject: "Call back", What: record.Link{Module: account.Module, ID: acme.ID}}); err != nil {
		panic(err)
	}
	for _, list := range relations.Lists() {
		n, more, err := list.Count(ctx, org.Session(), []record.ID{acme.ID}, 1000)
		if err != nil {
			panic(err)
		}
		if n > 0 {
			fmt.Println(list.Title(record.Chinese), list.Title(record.English), n, more)
		}
	}
	// Output: 未关闭的任务 Open Tasks 1 false
}
