// Convert tells how a lead becomes a contact, an account and a deal: what would happen, what happens, and how it is taken back.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"time"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
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
	org, err := crm.Open(ctx, store, &crm.Options{Actor: "bob"})
	if err != nil {
		return err
	}
	acme := &account.Account{Name: "ACME", Phone: "555-0100"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		return err
	}
	ann := &lead.Lead{FirstName: "Ann", LastName: "Lee", Company: "Acme", Email: "ann@acme.example", Phone: "555-0199", Website: "acme.example", Status: "Contacted"}
	if err := org.Leads.Create(ctx, ann); err != nil {
		return err
	}
	about := record.Link{Module: lead.Module, ID: ann.ID}
	if err := org.Tasks.Create(ctx, &relations.Task{Subject: "Send the offer", What: about}); err != nil {
		return err
	}
	if err := org.Notes.Create(ctx, &relations.Note{Content: "wants two pumps", Parent: about}); err != nil {
		return err
	}

	// What would happen. The account is there, in other letters.
	options := &lead.Options{Deal: &lead.Deal{Name: "Two pumps", ClosingDate: record.Date{Year: 2026, Month: time.June, Day: 30}, Stage: "Qualification"}}
	plan, err := org.Leads.Preview(ctx, ann.ID, options)
	if err != nil {
		return err
	}
	show(out, plan)

	// A stage that there is not is said before anything is written.
	wrong := *options.Deal
	wrong.Stage = "Nearly sold"
	_, err = org.Leads.Convert(ctx, ann.ID, &lead.Options{Deal: &wrong})
	fmt.Fprintln(out, "refused:", lead.CodeOf(err))

	// It happens once: who comes later gets what the first one did.
	result, err := org.Leads.Convert(ctx, ann.ID, options)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "made:", len(result.Made), "records; linked the account:", result.Account == acme.ID)
	_, err = org.Leads.Convert(ctx, ann.ID, nil)
	var before *lead.ConvertedError
	if errors.As(err, &before) {
		fmt.Fprintln(out, "refused:", lead.CodeOf(err), "– the same contact:", before.Result.Contact == result.Contact)
	}
	if err := counts(ctx, out, org); err != nil {
		return err
	}

	// A lead that was converted stays as it is.
	err = org.Leads.Edit(ctx, ann.ID, func(l *lead.Lead) error { l.Phone = ""; return nil })
	fmt.Fprintln(out, "refused:", lead.CodeOf(err))

	// It is taken back, unless something else came to depend on it.
	note := &relations.Note{Content: "prefers mail", Parent: record.Link{Module: relations.ContactModule, ID: result.Contact}}
	if err := org.Notes.Create(ctx, note); err != nil {
		return err
	}
	_, err = org.Leads.Revert(ctx, ann.ID)
	var conflict *record.ConflictError
	if errors.As(err, &conflict) {
		fmt.Fprintln(out, "refused: something depends on it, among it the note:", slices.Contains(conflict.By, record.Link{Module: relations.NoteModule, ID: note.ID}))
	}
	err = org.Update(ctx, func(tx *crm.Org) error {
		if err := tx.Notes.Delete(ctx, note.ID); err != nil {
			return err
		}
		return tx.Notes.Purge(ctx, note.ID)
	})
	if err != nil {
		return err
	}
	undone, err := org.Leads.Revert(ctx, ann.ID)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "reverted:", undone.Purged, "purged,", undone.PutBack, "put back")
	return counts(ctx, out, org)
}

// show prints a plan as a form might.
func show(out io.Writer, plan *lead.Plan) {
	for _, m := range plan.Matches {
		fmt.Fprintf(out, "there is: %s %s, by %s\n", m.Module, m.Name, m.Field)
	}
	for _, part := range []*lead.Part{plan.Account, plan.Contact, plan.Deal} {
		if part == nil {
			continue
		}
		what := "links"
		if part.New() {
			what = "makes"
		}
		fmt.Fprintf(out, "%s one of %s\n", what, part.Module)
		for _, v := range part.Values {
			switch {
			case v.Kept:
				fmt.Fprintf(out, "\t%s stays %s\n", v.Field, v.Was.Text())
			case v.Origin == lead.OfLead:
				fmt.Fprintf(out, "\t%s = %s, of the lead's %s\n", v.Field, v.Value.Text(), v.From)
			case v.Origin == lead.OfOptions:
				fmt.Fprintf(out, "\t%s = %s\n", v.Field, v.Value.Text())
			}
		}
	}
	for _, m := range plan.Moves {
		fmt.Fprintf(out, "moves one of %s to", m.Item.Module)
		for _, to := range m.To {
			fmt.Fprint(out, " ", to.Module)
		}
		fmt.Fprintln(out)
	}
	for _, l := range plan.Lost {
		fmt.Fprintf(out, "stays behind: %s, since %s\n", l.Field, l.Reason.Label(record.English))
	}
}

// counts prints how many records there are.
func counts(ctx context.Context, out io.Writer, org *crm.Org) error {
	fmt.Fprint(out, "there are:")
	for _, module := range []string{lead.Module, account.Module, relations.ContactModule, relations.DealModule} {
		rs, err := org.Session().Records(module)
		if err != nil {
			return err
		}
		n, err := rs.Count(ctx, record.Query{})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, " %d %s", n, module)
	}
	fmt.Fprintln(out)
	return nil
}
