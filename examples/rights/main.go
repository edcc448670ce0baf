// Rights shows two users with two profiles: one shares an account with the other, from whom a field is hidden.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
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
	org, err := crm.Open(ctx, store, &crm.Options{Policy: rights.New()})
	if err != nil {
		return err
	}
	if err := administer(ctx, org.AsSystem()); err != nil {
		return err
	}
	bob, eve := org.As("bob"), org.As("eve")

	// Accounts are private: what Bob creates is his.
	acme := &account.Account{Name: "Acme", Website: "acme.example", AnnualRevenue: decimal.NewNullDecimal(decimal.NewFromInt(5_000_000))}
	if err := bob.Accounts.Create(ctx, acme, &account.Account{Name: "Globex"}); err != nil {
		return err
	}
	if err := list(ctx, out, "eve", eve); err != nil {
		return err
	}

	// He shares one of them, to read.
	err = bob.Rights.Share(ctx, account.Module, acme.ID, []rights.Share{{To: rights.OfUser("eve"), Level: record.LevelRead}})
	if err != nil {
		return err
	}
	if err := list(ctx, out, "bob", bob); err != nil {
		return err
	}
	if err := list(ctx, out, "eve", eve); err != nil {
		return err
	}

	// To Eve there is no revenue: she sees none, and cannot ask for it.
	seen, err := eve.Accounts.Get(ctx, acme.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "eve sees a revenue: %t\n", seen.AnnualRevenue.Valid)
	_, err = eve.Accounts.Count(ctx, record.Query{Where: record.Gt("Annual_Revenue", 1)})
	refused(out, err)

	// What she may not do says which right she lacks, and changes nothing.
	seen.Name = "Eve's"
	refused(out, eve.Accounts.Update(ctx, seen))
	refused(out, eve.Accounts.Delete(ctx, acme.ID))
	refused(out, eve.Accounts.Create(ctx, &account.Account{Name: "New"}))
	return list(ctx, out, "bob", bob)
}

// administer makes the profiles and the users. Sellers may do everything with accounts; supporters may see and change
// them, but for their revenue.
func administer(ctx context.Context, org *crm.Org) error {
	return org.Update(ctx, func(tx *crm.Org) error {
		err := tx.Rights.SaveProfile(ctx, &rights.Profile{ID: "seller", Name: "Seller", Chinese: "销售",
			Organization: []record.Right{record.RightUse},
			Modules: map[string]rights.Permission{account.Module: {Rights: []record.Right{record.RightView, record.RightCreate,
				record.RightEdit, record.RightDelete, record.RightShare, record.RightImport}}}})
		if err != nil {
			return err
		}
		err = tx.Rights.SaveProfile(ctx, &rights.Profile{ID: "support", Name: "Support", Chinese: "客服",
			Organization: []record.Right{record.RightUse},
			Modules: map[string]rights.Permission{account.Module: {Rights: []record.Right{record.RightView, record.RightEdit},
				Fields: map[string]record.Access{"Annual_Revenue": record.FieldHidden}}}})
		if err != nil {
			return err
		}
		for _, role := range []string{"Sales", "Service"} {
			if err := tx.Rights.SaveRole(ctx, &rights.Role{ID: role, Name: role, Parent: rights.CEO}); err != nil {
				return err
			}
		}
		if err := tx.Rights.SetDefault(ctx, account.Module, rights.Private); err != nil {
			return err
		}
		return tx.Rights.SaveUsers(ctx,
			rights.User{ID: "ann", Profile: rights.Administrator, Role: rights.CEO, Active: true},
			rights.User{ID: "bob", Profile: "seller", Role: "Sales", Active: true},
			rights.User{ID: "eve", Profile: "support", Role: "Service", Active: true})
	})
}

// list prints the accounts that somebody sees.
func list(ctx context.Context, out io.Writer, who string, org *crm.Org) error {
	fmt.Fprintf(out, "%s sees:", who)
	for a, err := range org.Accounts.All(ctx, record.Query{Order: record.By("Account_Name")}) {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, " %s", a.Name)
	}
	fmt.Fprintln(out)
	return nil
}

// refused prints why something was refused.
func refused(out io.Writer, err error) {
	var forbidden *record.ForbiddenError
	var invalid *record.ValidationError
	switch {
	case errors.As(err, &forbidden):
		fmt.Fprintf(out, "refused: %s in %s\n", forbidden.Right, forbidden.Module)
	case errors.As(err, &invalid):
		fmt.Fprintf(out, "refused: %s %s\n", invalid.Fields[0].Field, invalid.Fields[0].Code)
	default:
		fmt.Fprintf(out, "not refused: %v\n", err)
	}
}
