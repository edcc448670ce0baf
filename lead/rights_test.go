package lead_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

// everyRight is what a profile may allow in a module.
var everyRight = []record.Right{record.RightView, record.RightCreate, record.RightEdit, record.RightDelete, record.RightShare, record.RightImport,
	record.RightExport, record.RightChangeOwner, record.RightConvert}

// guarded is a CRM with a policy, in which "bob" and "eve" are peers of a profile, and see their own records alone.
func guarded(t *testing.T, change func(p *rights.Profile) *rights.Profile) *crm.Org {
	t.Helper()
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Policy: rights.New()})
	require.NoError(t, org.AsSystem().Update(t.Context(), func(tx *crm.Org) error {
		p := &rights.Profile{ID: "seller", Name: "Seller", Organization: []record.Right{record.RightUse}, Modules: map[string]rights.Permission{rights.AllModules: {Rights: everyRight}}}
		if change != nil {
			p = change(p)
		}
		if err := tx.Rights.SaveProfile(t.Context(), p); err != nil {
			return err
		}
		for _, role := range []string{"east", "west"} {
			if err := tx.Rights.SaveRole(t.Context(), &rights.Role{ID: role, Name: role, Parent: rights.CEO}); err != nil {
				return err
			}
		}
		return tx.Rights.SaveUsers(t.Context(), rights.User{ID: "ceo", Profile: rights.Administrator, Role: rights.CEO, Active: true},
			rights.User{ID: "bob", Profile: "seller", Role: "east", Active: true}, rights.User{ID: "eve", Profile: "seller", Role: "west", Active: true})
	}))
	return org
}

// owned is a lead of somebody's.
func owned(t *testing.T, org *crm.Org, owner record.Actor) *lead.Lead {
	t.Helper()
	l := full()
	l.Owner = owner
	return create(t, org.As(owner).AsSystem(), l)
}

// TestEachRightIsAskedForFirst lacks one right after the other: the refusal names it, Preview lists it, and nothing is written.
func TestEachRightIsAskedForFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		module string
		right  record.Right
		linked bool // the account and the contact are there
	}{
		{lead.Module, record.RightConvert, false},
		{relations.ContactModule, record.RightView, false},
		{relations.ContactModule, record.RightCreate, false},
		{relations.ContactModule, record.RightEdit, true},
		{account.Module, record.RightView, false},
		{account.Module, record.RightCreate, false},
		{account.Module, record.RightEdit, true},
		{relations.DealModule, record.RightCreate, false},
	} {
		t.Run(c.module+" "+string(c.right), func(t *testing.T) {
			t.Parallel()
			org := guarded(t, func(p *rights.Profile) *rights.Profile { return p.Without(c.module, c.right) })
			ctx, bob, host := t.Context(), org.As("bob"), org.As("bob").AsSystem()
			l := owned(t, org, "bob")
			if c.linked {
				require.NoError(t, host.Accounts.Create(ctx, &account.Account{Name: "Acme"}))
				require.NoError(t, host.Contacts.Create(ctx, &relations.Contact{LastName: "Lee", Email: "ann@acme.example"}))
			}
			before, o := state(ctx, t, org), &lead.Options{Deal: deal()}
			want := &record.ForbiddenError{Right: c.right, Module: c.module}
			p, err := bob.Leads.Preview(ctx, l.ID, o)
			require.NoError(t, err)
			require.Contains(t, p.Missing, want)
			_, err = bob.Leads.Convert(ctx, l.ID, o)
			var missing *record.ForbiddenError
			require.ErrorAs(t, err, &missing)
			require.Equal(t, want, missing)
			require.Equal(t, lead.CodeNoPermission, lead.CodeOf(err))
			require.Equal(t, before, state(ctx, t, org))
			m, err := bob.Leads.ConvertMany(ctx, []record.ID{l.ID}, &lead.ManyOptions{Options: *o})
			if c.right == record.RightConvert {
				require.Equal(t, want, err)
			} else {
				require.NoError(t, err)
				require.Equal(t, int64(1), m.Failed)
			}
			require.Equal(t, before, state(ctx, t, org))
		})
	}
}

// TestLeadOutOfReach is not there for who does not see it, and not to be converted by who may only read it.
func TestLeadOutOfReach(t *testing.T) {
	t.Parallel()
	org := guarded(t, nil)
	ctx, l := t.Context(), owned(t, org, "bob")
	_, err := org.As("eve").Leads.Convert(ctx, l.ID, nil)
	require.ErrorIs(t, err, record.ErrNotFound)
	require.NoError(t, org.AsSystem().Rights.SetDefault(ctx, lead.Module, rights.PublicReadOnly))
	_, err = org.As("eve").Leads.Convert(ctx, l.ID, nil)
	var missing *record.ForbiddenError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, &record.ForbiddenError{Right: record.RightConvert, Module: lead.Module, Record: l.ID}, missing)
	r, err := org.As("bob").Leads.Convert(ctx, l.ID, nil)
	require.NoError(t, err)
	_, err = org.As("eve").Leads.Revert(ctx, l.ID)
	require.ErrorIs(t, err, record.ErrNotFound, "the operation is another's")
	require.NoError(t, org.AsSystem().Rights.SetDefault(ctx, lead.Module, rights.Private))
	_, err = org.As("eve").Leads.Convert(ctx, l.ID, nil)
	require.ErrorIs(t, err, record.ErrNotFound, "that it was converted is nobody else's business")
	_, err = org.As("bob").Leads.Revert(ctx, l.ID)
	require.NoError(t, err)
	require.False(t, r.Contact.IsZero())
}

// TestMatchesOutOfReach are none: the contact of somebody else is not linked, and not named.
func TestMatchesOutOfReach(t *testing.T) {
	t.Parallel()
	org := guarded(t, nil)
	ctx, l := t.Context(), owned(t, org, "bob")
	require.NoError(t, org.As("eve").Contacts.Create(ctx, &relations.Contact{LastName: "Lee", Email: "ann@acme.example"}))
	require.NoError(t, org.As("eve").Accounts.Create(ctx, &account.Account{Name: "Acme"}))
	p, err := org.As("bob").Leads.Preview(ctx, l.ID, nil)
	require.NoError(t, err)
	require.Empty(t, p.Matches)
	r, err := org.As("bob").Leads.Convert(ctx, l.ID, nil)
	require.NoError(t, err)
	require.Len(t, r.Made, 2)
}

// TestMadeForAnother gives the records to somebody whose records the actor does not see, each leading to the other.
func TestMadeForAnother(t *testing.T) {
	t.Parallel()
	org := guarded(t, nil)
	ctx, bob := t.Context(), org.As("bob")
	ids := []record.ID{owned(t, org, "bob").ID, owned(t, org, "bob").ID}
	r, err := bob.Leads.Convert(ctx, ids[0], &lead.Options{Owner: "eve", Deal: deal()})
	require.NoError(t, err)
	_, err = bob.Contacts.Get(ctx, r.Contact)
	require.ErrorIs(t, err, record.ErrNotFound)
	c, err := org.As("eve").Contacts.Get(ctx, r.Contact)
	require.NoError(t, err)
	require.Equal(t, r.Account, c.AccountID)
	m, err := bob.Leads.ConvertMany(ctx, ids, &lead.ManyOptions{Options: lead.Options{Owner: "eve"}})
	require.NoError(t, err)
	require.Equal(t, []int64{1, 1}, []int64{m.Converted, m.Skipped})
}

// TestItemsOfOthersMove goes along with the lead, whoever's they are, and Preview shows those that the actor sees.
func TestItemsOfOthersMove(t *testing.T) {
	t.Parallel()
	org := guarded(t, nil)
	ctx, l := t.Context(), owned(t, org, "bob")
	items := about(t, org.As("eve").AsSystem(), l.ID)
	p, err := org.As("bob").Leads.Preview(ctx, l.ID, nil)
	require.NoError(t, err)
	require.Empty(t, p.Moves)
	r, err := org.As("bob").Leads.Convert(ctx, l.ID, nil)
	require.NoError(t, err)
	for _, item := range items {
		require.Contains(t, where(t, org, item), r.Contact.String())
	}
}

// TestFieldsOutOfReach names values that the actor may not set, and takes nothing from fields that the actor does not see.
func TestFieldsOutOfReach(t *testing.T) {
	t.Parallel()
	org := guarded(t, func(p *rights.Profile) *rights.Profile {
		p.Modules[relations.ContactModule] = rights.Permission{Rights: everyRight, Fields: map[string]record.Access{"Mobile": record.FieldReadOnly, "Title": record.FieldHidden}}
		p.Modules[lead.Module] = rights.Permission{Rights: everyRight, Fields: map[string]record.Access{"Website": record.FieldHidden, lead.ConvertedField: record.FieldHidden}}
		return p
	})
	ctx, l := context.WithoutCancel(t.Context()), owned(t, org, "bob")
	bob := org.As("bob")
	p, err := bob.Leads.Preview(ctx, l.ID, nil)
	require.NoError(t, err)
	require.Equal(t, []lead.Loss{{Field: "Designation", Reason: lead.Unmapped}, {Field: "Mobile", Reason: lead.NoAccess}}, p.Lost)
	_, err = bob.Leads.Convert(ctx, l.ID, &lead.Options{Strict: true})
	require.Equal(t, lead.CodeLoss, lead.CodeOf(err))
	r, err := bob.Leads.Convert(ctx, l.ID, nil)
	require.NoError(t, err)
	a, err := org.AsSystem().Accounts.Get(ctx, r.Account)
	require.NoError(t, err)
	require.Empty(t, a.Website, "it would show there what is hidden here")
	_, err = bob.Leads.Convert(ctx, l.ID, nil)
	require.ErrorIs(t, err, lead.ErrConverted)
	_, err = bob.Leads.Revert(ctx, l.ID)
	require.NoError(t, err)
}
