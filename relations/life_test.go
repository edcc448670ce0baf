package relations_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// fates say what becomes of the records of each list, as the package comment has it: a letter for each when the account is there, in the
// bin, back, and purged. L is live and linked to it, l live and linked to nothing, b in the bin, and - gone.
var fates = map[string]string{
	"Deals": "LlLl", "Contacts": "LlLl", "Quotes": "LlLl", "Sales_Orders": "LlLl", "Invoices": "LlLl", "Cases": "LlLl", "Member_Accounts": "LlLl",
	"Tasks": "LbL-", "Events": "LbL-", "Calls": "LbL-", "Tasks_History": "LbL-", "Events_History": "LbL-", "Calls_History": "LbL-", "Emails": "LbL-",
	"Notes": "LbL-", "Attachments": "LbL-", "Products": "LbL-", // of products, what is between them and the account
}

// TestFates deletes, restores and purges an account on which everything hangs.
func TestFates(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		acme := crmtest.Seed(t, org)["Acme"].ID
		hang(t, org, acme, "acme")
		type one struct {
			rs  *record.Records
			id  record.ID
			via string
		}
		hung := map[string]one{}
		for _, l := range relations.Lists() {
			module := l.Module
			if l.Through != "" {
				module = l.Through
			}
			rs, err := org.Session().Records(module)
			require.NoError(t, err)
			recs, _, err := l.Page(ctx, org.Session(), []record.ID{acme}, record.Query{})
			require.NoError(t, err)
			id := recs[0].ID
			if l.Through != "" {
				between, _, err := rs.List(ctx, record.Query{})
				require.NoError(t, err)
				id = between[0].ID
			}
			hung[l.Name] = one{rs, id, l.Via}
		}
		got := map[string]string{}
		look := func() {
			for name, o := range hung {
				fate := "-"
				for _, bin := range []bool{false, true} {
					recs, _, err := o.rs.List(ctx, record.Query{Where: record.Eq("id", o.id), Bin: bin})
					require.NoError(t, err)
					switch {
					case len(recs) == 0:
					case bin:
						fate = "b"
					case recs[0].Value(o.via).ID() == acme:
						fate = "L"
					case recs[0].Value(o.via).IsNull():
						fate = "l"
					default:
						fate = fmt.Sprint("linked to ", recs[0].Value(o.via))
					}
				}
				got[name] += fate
			}
		}
		look()
		require.NoError(t, org.Accounts.Delete(ctx, acme))
		look()
		require.NoError(t, org.Accounts.Restore(ctx, acme))
		look()
		require.NoError(t, org.Accounts.Delete(ctx, acme))
		require.NoError(t, org.Accounts.Purge(ctx, acme))
		look()
		require.Equal(t, fates, got)
	})
}
