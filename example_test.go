package crm_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

// A tour: open, create, clone, import.
func Example() {
	ctx := context.Background()
	store := memory.New(nil) // or sqlite.Open("crm.db", nil)
	defer store.Close()

	org, err := crm.Open(ctx, store, nil) // creates or upgrades the tables
	if err != nil {
		log.Fatal(err)
	}

	acme := &account.Account{Name: "Acme", Website: "acme.example", Type: "客户"}
	if err := org.Accounts.Create(ctx, acme); err != nil { // one or many; sets ID, Version, times
		log.Fatal(err)
	}

	east, err := org.Accounts.Clone(ctx, acme.ID, func(a *account.Account) {
		a.Name, a.ParentID = "Acme East", acme.ID
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(east.Name, "is a", east.Type)

	file, err := importer.Spool(ctx, strings.NewReader("客户名称,Industry,父客户\nAcme West,制造业,Acme\nacme,Technology,\n"), "customers.csv", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	report, err := importer.Run(ctx, org.Accounts, file, nil) // updates what has the same name, creates the rest
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Read, "rows:", report.Created, "created,", report.Updated, "updated,", report.Failed, "failed")

	members, _, err := org.Accounts.Members(ctx, acme.ID, record.Query{Order: record.By("-Account_Name")})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range members {
		fmt.Println("member:", m.Name)
	}

	page, err := relations.PageOf(ctx, org.Session(), acme.ID, nil) // or encode it as JSON
	if err != nil {
		log.Fatal(err)
	}
	for _, list := range page.Lists {
		if list.Count > 0 {
			fmt.Println(list.Title, list.Count)
		}
	}

	if err := crm.Verify(ctx, org); err != nil { // that everything holds that must: for tests, and after a disk has failed
		log.Fatal(err)
	}
	// Output:
	// Acme East is a Customer
	// 2 rows: 1 created, 1 updated, 0 failed
	// member: Acme West
	// member: Acme East
	// Member Accounts 2
}

// Every bad field is named at once, with a code for programs and a text for people.
func Example_validation() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	err := org.Accounts.Create(ctx, &account.Account{Website: "nowhere", Fax: strings.Repeat("5", 31)})

	var invalid *record.ValidationError
	switch {
	case errors.As(err, &invalid): // show each beside its input
		for _, f := range invalid.Fields {
			field, _ := org.Accounts.Shape().Field(f.Field)
			fmt.Println(f.Code, field.Label(record.Chinese), f.Message(record.Chinese))
		}
	case errors.Is(err, record.ErrStale): // somebody was faster: load again
	}
	// Output:
	// INVALID_DATA 传真 最多30个字符，实际31个
	// INVALID_DATA 网站 格式不正确，应为网址
	// MANDATORY_NOT_FOUND 客户名称 必填
}

// Edit changes one record as it is now; what an actor did is in the timeline.
func ExampleOrg_As() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	acme := &account.Account{Name: "Acme"}
	if err := org.As("ann").Accounts.Create(ctx, acme); err != nil {
		log.Fatal(err)
	}
	err := org.As("bob").Accounts.Edit(ctx, acme.ID, func(a *account.Account) error {
		a.Industry = "制造业"
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	entries, err := org.Accounts.Timeline(ctx, acme.ID, crmtest.Start.AddDate(0, -6, 0), 0) // the last six months
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range entries {
		fmt.Print(e.Version, " ", e.Action, " by ", e.Actor)
		for _, c := range e.Changes {
			fmt.Print(": ", c.Field, " ", c.Old, " -> ", c.New)
		}
		fmt.Println()
	}
	// Output:
	// 2 update by bob: Industry null -> "Manufacturing"
	// 1 create by ann
}

// A transaction is a function: all of it happens, or nothing.
func ExampleOrg_Update() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	err := org.Update(ctx, func(tx *crm.Org) error {
		parent := &account.Account{Name: "Holding"}
		if err := tx.Accounts.Create(ctx, parent); err != nil {
			return err
		}
		return tx.Accounts.Create(ctx, &account.Account{Name: "Branch", ParentID: parent.ID, Employees: new(int64)}, &account.Account{})
	})
	fmt.Println(err)
	n, err := org.Accounts.Count(ctx, record.Query{})
	fmt.Println(n, err)
	// Output:
	// record: invalid: [1] Account_Name MANDATORY_NOT_FOUND
	// 0 <nil>
}

// Once does something at most once, however often a client sends its request.
func ExampleOrg_Once() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	for range 3 {
		op, err := org.Once("request 4711").Do(ctx, func(tx *crm.Org) error {
			return tx.Accounts.Create(ctx, &account.Account{Name: "Acme"})
		})
		if err != nil {
			log.Fatal(err)
		}
		created, err := org.Session().Created(ctx, op.ID)
		fmt.Println(created, err)
	}
	// Output:
	// [Accounts 00000000-0000-7000-8000-000000000001] <nil>
	// [Accounts 00000000-0000-7000-8000-000000000001] <nil>
	// [Accounts 00000000-0000-7000-8000-000000000001] <nil>
}

// An import is an operation, and can be taken back.
func ExampleOrg_Undo() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	acme := &account.Account{Name: "Acme", Phone: "1"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		log.Fatal(err)
	}
	file, err := importer.Spool(ctx, strings.NewReader("Account Name,Phone\nAcme,2\nGlobex,3\n"), "customers.csv", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	report, err := importer.Run(ctx, org.Accounts, file, nil)
	if err != nil {
		log.Fatal(err)
	}
	undone, err := org.Undo(ctx, report.Operation, false)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(undone.Purged, "purged,", undone.PutBack, "put back,", len(undone.Kept), "kept")
	a, err := org.Accounts.Get(ctx, acme.ID)
	fmt.Println(a.Phone, err)
	// Output:
	// 1 purged, 1 put back, 0 kept
	// 1 <nil>
}

// Totals over a group of companies.
func ExampleOrg_rollUp() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	group := &account.Account{Name: "Group", AnnualRevenue: decimal.NewNullDecimal(decimal.RequireFromString("0.1"))}
	if err := org.Accounts.Create(ctx, group); err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"East", "West"} {
		branch := &account.Account{Name: name, ParentID: group.ID, AnnualRevenue: decimal.NewNullDecimal(decimal.RequireFromString("0.2"))}
		if err := org.Accounts.Create(ctx, branch); err != nil {
			log.Fatal(err)
		}
	}
	totals, err := org.Accounts.RollUp(ctx, group.ID, record.Sum{Field: "Annual_Revenue"})
	fmt.Println(totals[0].Records, totals[0].Sum, err)
	// Output:
	// 3 0.5 <nil>
}

// A deleted account is in the bin, and its members are without a parent until it is restored.
func ExampleOrg_bin() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	acme := &account.Account{Name: "Acme"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		log.Fatal(err)
	}
	east := &account.Account{Name: "Acme East", ParentID: acme.ID}
	if err := org.Accounts.Create(ctx, east); err != nil {
		log.Fatal(err)
	}
	show := func() {
		e, err := org.Accounts.Get(ctx, east.ID)
		if err != nil {
			log.Fatal(err)
		}
		bin, _, err := org.Accounts.List(ctx, record.Query{Bin: true}) // what was deleted last comes first
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(bin), "in the bin,", e.Name, "has a parent:", e.ParentID == acme.ID)
	}
	if err := org.Accounts.Delete(ctx, acme.ID); err != nil {
		log.Fatal(err)
	}
	show()
	if err := org.Accounts.Restore(ctx, acme.ID); err != nil {
		log.Fatal(err)
	}
	show()
	// Output:
	// 1 in the bin, Acme East has a parent: false
	// 0 in the bin, Acme East has a parent: true
}

// The members of an account, two at a time, those with the largest revenue first.
func ExampleOrg_members() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	group := exampleGroup(org)
	q := record.Query{Order: record.By("-Annual_Revenue", "Account_Name"), Limit: 2}
	for {
		members, next, err := org.Accounts.Members(ctx, group.ID, q)
		if err != nil {
			log.Fatal(err)
		}
		var names []string
		for _, m := range members {
			names = append(names, m.Name)
		}
		fmt.Println(strings.Join(names, ", "))
		if q.After = next; next == "" {
			break
		}
	}
	// Output:
	// West, East
	// North
}

// An account with all that is below it.
func ExampleOrg_tree() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	group := exampleGroup(org)
	top, err := org.Accounts.Tree(ctx, group.ID, 1000) // LIMIT_EXCEEDED if there are more
	if err != nil {
		log.Fatal(err)
	}
	var show func(n *account.Node, indent string)
	show = func(n *account.Node, indent string) {
		fmt.Println(indent + n.Name)
		for _, m := range n.Members {
			show(m, indent+"- ")
		}
	}
	show(top, "")
	// Output:
	// Group
	// - East
	// - - Harbour
	// - North
	// - West
}

// A PATCH is an Edit with DecodeJSON in it: what the object lacks stays as it is, and null empties a field.
func ExampleOrg_json() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	acme := &account.Account{Name: "Acme", Phone: "1", Website: "acme.example"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		log.Fatal(err)
	}
	patch := func(body string) error {
		return org.Accounts.Edit(ctx, acme.ID, func(a *account.Account) error {
			return org.Accounts.DecodeJSON(ctx, []byte(body), a)
		})
	}
	fmt.Println(patch(`{"version": 1, "Phone": null, "Account_Type": "客户", "Annual_Revenue": 1200000.25}`))
	fmt.Println(patch(`{"Parent_Account": {"name": "Group"}, "Employees": "many"}`))
	a, err := org.Accounts.Get(ctx, acme.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q %s %s %s\n", a.Phone, a.Website, a.Type, a.AnnualRevenue.Decimal)
	// Output:
	// <nil>
	// record: invalid: Parent_Account INVALID_DATA expected lookup; Employees INVALID_DATA expected integer
	// "" acme.example Customer 1200000.25
}

// What must happen once, such as an e-mail, waits until the transaction is committed.
func ExampleOrg_AfterCommit() {
	ctx := context.Background()
	org, done := exampleOrg()
	defer done()
	err := org.Update(ctx, func(tx *crm.Org) error {
		acme := &account.Account{Name: "Acme"}
		if err := tx.Accounts.Create(ctx, acme); err != nil {
			return err
		}
		tx.AfterCommit(func() { fmt.Println("tell somebody of", acme.Name, acme.Version) })
		fmt.Println("perhaps more than once: no I/O here, but for this example")
		return nil
	})
	fmt.Println(err)
	// Output:
	// perhaps more than once: no I/O here, but for this example
	// tell somebody of Acme 1
	// <nil>
}

// exampleGroup is a company with three members, one of which has a member of its own.
func exampleGroup(org *crm.Org) *account.Account {
	ctx := context.Background()
	group := &account.Account{Name: "Group"}
	if err := org.Accounts.Create(ctx, group); err != nil {
		log.Fatal(err)
	}
	revenue := func(n int64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.NewFromInt(n)) }
	east := &account.Account{Name: "East", ParentID: group.ID, AnnualRevenue: revenue(2)}
	err := org.Accounts.Create(ctx, east, &account.Account{Name: "West", ParentID: group.ID, AnnualRevenue: revenue(3)},
		&account.Account{Name: "North", ParentID: group.ID})
	if err != nil {
		log.Fatal(err)
	}
	if err := org.Accounts.Create(ctx, &account.Account{Name: "Harbour", ParentID: east.ID}); err != nil {
		log.Fatal(err)
	}
	return group
}

// exampleOrg is an empty CRM in memory with a fixed clock and ids, and what verifies and closes it.
func exampleOrg() (org *crm.Org, done func()) {
	ctx, store := context.Background(), memory.New(nil)
	org, err := crm.Open(ctx, store, &crm.Options{Now: crmtest.Clock(), NewID: crmtest.IDs()})
	if err != nil {
		log.Fatal(err)
	}
	return org, func() {
		if err := errors.Join(crm.Verify(ctx, org), store.Close()); err != nil {
			log.Fatal(err)
		}
	}
}
