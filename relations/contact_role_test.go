package relations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

func TestContactRoles(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		d, c := &relations.Deal{Name: "Pumps", Stage: "Qualification"}, &relations.Contact{LastName: "Lin"}
		require.NoError(t, org.Deals.Create(ctx, d))
		require.NoError(t, org.Contacts.Create(ctx, c))
		r := &relations.ContactRole{DealID: d.ID, ContactID: c.ID, Role: "决策者"}
		require.NoError(t, org.ContactRoles.Create(ctx, r))
		require.Equal(t, "Decision Maker", r.Role)
		require.Equal(t, "Contact_Name=DUPLICATE_DATA", codes(org.ContactRoles.Create(ctx, &relations.ContactRole{DealID: d.ID, ContactID: c.ID, Role: "Purchasing"})))
		require.NoError(t, org.ContactRoles.Edit(ctx, r.ID, func(r *relations.ContactRole) error { r.Role = "Our own"; return nil }))
		require.Equal(t, "Contact_Role=MANDATORY_NOT_FOUND Deal_Name=MANDATORY_NOT_FOUND Contact_Name=MANDATORY_NOT_FOUND", codes(org.ContactRoles.Create(ctx, &relations.ContactRole{})))
		require.NoError(t, org.Contacts.Delete(ctx, c.ID))
		n, err := org.ContactRoles.Count(ctx, record.Query{})
		require.NoError(t, err)
		require.Zero(t, n)
		require.NoError(t, org.Contacts.Restore(ctx, c.ID))
		got, err := org.ContactRoles.Get(ctx, r.ID)
		require.NoError(t, err)
		require.Equal(t, "Our own", got.Role)
	})
}
