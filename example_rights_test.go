package crm_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// Two users: one does not see the accounts of the other.
func ExampleOptions_policy() {
	ctx := context.Background()
	org, err := crm.Open(ctx, memory.New(nil), &crm.Options{Policy: rights.New()})
	if err != nil {
		log.Fatal(err)
	}
	err = org.AsSystem().Rights.SaveUsers(ctx, // the host itself makes the first users
		rights.User{ID: "ann", Profile: rights.Administrator, Role: rights.CEO, Active: true})
	if err != nil {
		log.Fatal(err)
	}
	if err := org.As("ann").Accounts.Create(ctx, &account.Account{Name: "Acme"}); err != nil {
		log.Fatal(err)
	}
	_, _, err = org.As("eve").Accounts.List(ctx, record.Query{})
	var forbidden *record.ForbiddenError
	if errors.As(err, &forbidden) {
		fmt.Println("eve lacks the right", forbidden.Right)
	}
	// Output:
	// eve lacks the right View
}

// An administrator makes a custom field, and a standard one unique.
func ExampleOrg_layout() {
	ctx := context.Background()
	org, err := crm.Open(ctx, memory.New(nil), nil)
	if err != nil {
		log.Fatal(err)
	}
	layout, err := org.Session().Layout(ctx, account.Module)
	if err != nil {
		log.Fatal(err)
	}
	layout.Fields = append(layout.Fields,
		record.FieldLayout{Name: "Website", Unique: true, English: "Home page"},
		record.FieldLayout{Name: "Region", Type: "picklist", Chinese: "地区", Values: []record.PickValue{{Actual: "North", Chinese: "北"}, {Actual: "South", Chinese: "南"}}})
	if _, err := org.Session().SaveLayout(ctx, account.Module, layout, nil); err != nil {
		log.Fatal(err)
	}

	a := &account.Account{Name: "Initech", Website: "initech.example"}
	a.Custom = map[string]storage.Value{"Region": record.Custom("北")}
	if err := org.Accounts.Create(ctx, a); err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Custom["Region"].Text())
	n, err := org.Accounts.Count(ctx, record.Query{Where: record.Eq("Region", "North")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n, "in the north")

	var invalid *record.ValidationError
	err = org.Accounts.Create(ctx, &account.Account{Name: "Another", Website: "Initech.example"})
	if errors.As(err, &invalid) {
		fmt.Println(invalid.Fields[0].Field, invalid.Fields[0].Code, invalid.Fields[0].Args["record"] == a.ID)
	}
	// Output:
	// North
	// 1 in the north
	// Website DUPLICATE_DATA true
}

// A layout that records stand against changes nothing until it is said what becomes of their values.
func ExampleOrg_layoutError() {
	ctx := context.Background()
	org, err := crm.Open(ctx, memory.New(nil), nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := org.Accounts.Create(ctx, &account.Account{Name: "Acme"}, &account.Account{Name: "Acme East"}, &account.Account{Name: "Acme West"}); err != nil {
		log.Fatal(err)
	}
	layout := &record.Layout{Fields: []record.FieldLayout{{Name: "Account_Name", Limit: 6}}}
	_, err = org.Session().SaveLayout(ctx, account.Module, layout, nil)
	var stands *record.LayoutError
	if errors.As(err, &stands) {
		for _, v := range stands.Violations {
			fmt.Println(v.Field, v.Code, v.Records)
		}
	}
	report, err := org.Session().SaveLayout(ctx, account.Module, layout, &record.LayoutOptions{Keep: []string{"Account_Name"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Violations[0].Records, "kept")
	// Output:
	// Account_Name INVALID_DATA 2
	// 2 kept
}
