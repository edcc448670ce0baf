package lead_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

// opened returns a CRM in memory with these leads.
func opened(ctx context.Context, leads ...*lead.Lead) *crm.Org {
	org, err := crm.Open(ctx, memory.New(nil), nil)
	if err != nil {
		panic(err)
	}
	if err := org.Leads.Create(ctx, leads...); err != nil {
		panic(err)
	}
	return org
}

// Without options, a contact comes of a lead, and an account when it has a company.
func ExampleLeads_Convert() {
	ctx := context.Background()
	ann := &lead.Lead{FirstName: "Ann", LastName: "Lee", Company: "Acme"}
	org := opened(ctx, ann)
	result, err := org.Leads.Convert(ctx, ann.ID, nil)
	if err != nil {
		panic(err)
	}
	contact, err := org.Contacts.Get(ctx, result.Contact)
	if err != nil {
		panic(err)
	}
	fmt.Println(contact.FullName, contact.AccountID == result.Account)

	_, err = org.Leads.Convert(ctx, ann.ID, nil) // a second time
	var before *lead.ConvertedError
	fmt.Println(errors.As(err, &before), before.Result.Contact == result.Contact, lead.CodeOf(err))
	// Output:
	// Ann Lee true
	// true true ID_ALREADY_CONVERTED
}

// Several records that match are named, and linked when one says which.
func ExampleAmbiguousError() {
	ctx := context.Background()
	ann := &lead.Lead{LastName: "Lee", Company: "Acme"}
	org := opened(ctx, ann)
	if err := org.Accounts.Create(ctx, &account.Account{Name: "Acme"}, &account.Account{Name: "ACME"}); err != nil {
		panic(err)
	}
	_, err := org.Leads.Convert(ctx, ann.ID, nil)
	var several *lead.AmbiguousError
	if errors.As(err, &several) {
		for _, m := range several.Matches {
			fmt.Println(m.Module, m.Name, m.Field)
		}
	}
	_, err = org.Leads.Convert(ctx, ann.ID, &lead.Options{Account: lead.Target{ID: several.Matches[1].ID}})
	fmt.Println(err)
	// Unordered output:
	// Accounts Acme Account_Name
	// Accounts ACME Account_Name
	// <nil>
}

// A preview says where each value goes, and what has nowhere to go.
func ExampleLeads_Preview() {
	ctx := context.Background()
	ann := &lead.Lead{LastName: "Lee", Phone: "555-0199", Website: "lee.example"}
	org := opened(ctx, ann)
	plan, err := org.Leads.Preview(ctx, ann.ID, nil)
	if err != nil {
		panic(err)
	}
	for _, v := range plan.Contact.Values {
		fmt.Println(v.Field, v.Value.Text(), v.Origin, v.From)
	}
	for _, l := range plan.Lost {
		fmt.Println(l.Field, l.Reason, l.Reason.Label(record.Chinese))
	}
	// Output:
	// Last_Name Lee lead Last_Name
	// Phone 555-0199 lead Phone
	// Website no target 对应的记录不会创建
}

// An organization has its leads' mobiles go elsewhere.
func ExampleLeads_SaveMapping() {
	ctx := context.Background()
	ann := &lead.Lead{LastName: "Lee", Mobile: "555-0123"}
	org := opened(ctx, ann)
	mapping, err := org.Leads.Mapping(ctx)
	if err != nil {
		panic(err)
	}
	for i := range mapping {
		if mapping[i].Lead == "Mobile" {
			mapping[i].Contact = "Other_Phone"
		}
	}
	if err := org.Leads.SaveMapping(ctx, mapping); err != nil {
		panic(err)
	}
	result, err := org.Leads.Convert(ctx, ann.ID, nil)
	if err != nil {
		panic(err)
	}
	contact, err := org.Contacts.Get(ctx, result.Contact)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%q %q\n", contact.Mobile, contact.OtherPhone)

	mapping[0] = lead.Map{Lead: "Annual_Revenue", Contact: "Department"}
	err = org.Leads.SaveMapping(ctx, mapping)
	var invalid *record.ValidationError
	if errors.As(err, &invalid) {
		fmt.Println(invalid.Fields[0].Record, invalid.Fields[0].Field, invalid.Fields[0].Code)
	}
	// Output:
	// "" "555-0123"
	// 0 Department INVALID_DATA
}

// Each lead of many has its outcome.
func ExampleLeads_ConvertMany() {
	ctx := context.Background()
	leads := []*lead.Lead{{LastName: "Lee", Company: "Acme"}, {LastName: "Li", Company: "acme"}, {LastName: "Ng"}}
	org := opened(ctx, leads...)
	many, err := org.Leads.ConvertMany(ctx, []record.ID{leads[0].ID, leads[1].ID, leads[2].ID, leads[0].ID}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(many.Read, "read:", many.Converted, "converted,", many.Skipped, "skipped,", many.Failed, "failed")
	for out, err := range org.Leads.Outcomes(ctx, many.Operation) {
		if err != nil {
			panic(err)
		}
		fmt.Printf("%q %d\n", out.Code, len(out.Result.Made))
	}
	// Output:
	// 4 read: 3 converted, 1 skipped, 0 failed
	// "" 2
	// "" 1
	// "" 1
	// "ID_ALREADY_CONVERTED" 2
}

// A conversion is taken back, unless something else came to depend on it.
func ExampleLeads_Revert() {
	ctx := context.Background()
	ann := &lead.Lead{LastName: "Lee"}
	org := opened(ctx, ann)
	result, err := org.Leads.Convert(ctx, ann.ID, nil)
	if err != nil {
		panic(err)
	}
	deal := &relations.Deal{Name: "Pumps", Stage: "Qualification", ContactID: result.Contact}
	if err := org.Deals.Create(ctx, deal); err != nil {
		panic(err)
	}
	_, err = org.Leads.Revert(ctx, ann.ID)
	var conflict *record.ConflictError
	if errors.As(err, &conflict) {
		fmt.Println("refused:", conflict.By[0].Module, "by", conflict.By[1].Module)
	}
	if err := org.Deals.Edit(ctx, deal.ID, func(d *relations.Deal) error { d.ContactID = record.ID{}; return nil }); err != nil {
		panic(err)
	}
	undone, err := org.Leads.Revert(ctx, ann.ID)
	if err != nil {
		panic(err)
	}
	fmt.Println("purged:", undone.Purged)
	// Output:
	// refused: Contacts by Deals
	// purged: 1
}
