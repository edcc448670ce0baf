// Quickstart is a tour of the library on a store in memory, printing what it does.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	store := memory.New(nil)
	defer store.Close()
	org, err := crm.Open(ctx, store, &crm.Options{Actor: "ann"})
	if err != nil {
		return err
	}

	// Create, and see every bad field at once.
	acme := &account.Account{Name: "Acme", Website: "acme.example", Type: "客户"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		return err
	}
	fmt.Fprintf(out, "created %s, a %s, owned by %s\n", acme.Name, acme.Type, acme.Owner)

	var invalid *record.ValidationError
	err = org.Accounts.Create(ctx, &account.Account{Website: "nowhere", Phone: strings.Repeat("1", 31)})
	if errors.As(err, &invalid) {
		for _, f := range invalid.Fields {
			fmt.Fprintf(out, "refused: %s: %s\n", f.Field, f.Message(record.English))
		}
	}

	// Clone, with another name and under the first.
	east, err := org.Accounts.Clone(ctx, acme.ID, func(a *account.Account) {
		a.Name, a.ParentID = "Acme East", acme.ID
		a.AnnualRevenue = decimal.NewNullDecimal(decimal.RequireFromString("1200000.50"))
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "cloned into %s\n", east.Name)

	// A tree never loops.
	err = org.Accounts.Edit(ctx, acme.ID, func(a *account.Account) error { a.ParentID = east.ID; return nil })
	if errors.As(err, &invalid) {
		fmt.Fprintf(out, "refused: %s\n", invalid.Fields[0].Code)
	}

	// Import a file: one row is new, one changes Acme, one is wrong.
	file, err := importer.Spool(ctx, strings.NewReader("客户名称,行业,Parent Account,Employees\nAcme West,科技,Acme,40\nacme,制造业,,\nAcme North,,Acme,many\n"), "customers.csv", nil)
	if err != nil {
		return err
	}
	defer file.Close()
	report, err := importer.Run(ctx, org.Accounts, file, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "imported: %d read = %d created + %d updated + %d unchanged + %d skipped + %d failed\n",
		report.Read, report.Created, report.Updated, report.Unchanged, report.Skipped, report.Failed)
	for _, f := range report.Faults {
		fmt.Fprintf(out, "line %d: %s: %s\n", f.Line, f.Field, f.Message(record.English))
	}

	// The members of an account, and what they come to together.
	members, _, err := org.Accounts.Members(ctx, acme.ID, record.Query{})
	if err != nil {
		return err
	}
	for _, m := range members {
		fmt.Fprintf(out, "member of %s: %s (%s)\n", acme.Name, m.Name, m.Industry)
	}
	totals, err := org.Accounts.RollUp(ctx, acme.ID, record.Sum{Field: "Annual_Revenue"}, record.Sum{Field: "Employees"})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d accounts, annual revenue %s, employees %s\n", totals[0].Records, totals[0].Sum, totals[1].Sum)

	// What happened to Acme, newest first.
	entries, err := org.Accounts.Timeline(ctx, acme.ID, time.Now().AddDate(0, -6, 0), 0)
	if err != nil {
		return err
	}
	for _, e := range entries {
		fmt.Fprintf(out, "version %d: %s by %s through %s", e.Version, e.Action, e.Actor, e.Source)
		for _, c := range e.Changes {
			fmt.Fprintf(out, ", %s %s -> %s", c.Field, c.Old, c.New)
		}
		fmt.Fprintln(out)
	}

	// Take the whole import back.
	undone, err := org.Undo(ctx, report.Operation, false)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "undone: %d purged, %d put back, %d kept\n", undone.Purged, undone.PutBack, len(undone.Kept))

	// Delete and restore: the members are set free, and come back.
	if err := org.Accounts.Delete(ctx, acme.ID); err != nil {
		return err
	}
	if err := org.Accounts.Restore(ctx, acme.ID); err != nil {
		return err
	}

	return crm.Verify(ctx, org)
}
