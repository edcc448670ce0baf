package account_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
)

func names(as []*account.Account) (ns []string) {
	for _, a := range as {
		ns = append(ns, a.Name)
	}
	return ns
}

func TestTree(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, by := t.Context(), crmtest.Seed(t, org)
		members, next, err := org.Accounts.Members(ctx, by["Acme"].ID, record.Query{})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Equal(t, []string{"Acme East", "Acme West"}, names(members)) // direct ones only
		members, _, err = org.Accounts.Members(ctx, by["Acme"].ID, record.Query{Where: record.Eq("Industry", "科技")})
		require.NoError(t, err)
		require.Equal(t, []string{"Acme West"}, names(members))
		for _, column := range account.MemberColumns {
			up, next, err := org.Accounts.Members(ctx, by["Acme"].ID, record.Query{Order: record.By(column), Limit: 1})
			require.NoError(t, err)
			rest, _, err := org.Accounts.Members(ctx, by["Acme"].ID, record.Query{Order: record.By(column), Limit: 1, After: next})
			require.NoError(t, err)
			down, _, err := org.Accounts.Members(ctx, by["Acme"].ID, record.Query{Order: record.By("-" + column)})
			require.NoError(t, err)
			require.Equal(t, names(append(up, rest...)), []string{down[1].Name, down[0].Name}, column)
		}
		_, _, err = org.Accounts.Members(ctx, record.NewID(), record.Query{})
		require.ErrorIs(t, err, record.ErrNotFound)

		up, err := org.Accounts.Ancestors(ctx, by["Acme Boston"].ID)
		require.NoError(t, err)
		require.Equal(t, []string{"Acme East", "Acme"}, names(up))
		for start, want := range map[string]string{"Acme Boston": "Acme", "Acme": "Acme", "Globex": "Globex"} {
			top, err := org.Accounts.UltimateParent(ctx, by[start].ID)
			require.NoError(t, err)
			require.Equal(t, want, top.Name)
		}
		_, err = org.Accounts.UltimateParent(ctx, record.NewID())
		require.ErrorIs(t, err, record.ErrNotFound)

		root, err := org.Accounts.Tree(ctx, by["Acme"].ID, 0)
		require.NoError(t, err)
		require.Equal(t, "Acme [Acme East [Acme Boston []] Acme West []]", show(root))
		_, err = org.Accounts.Tree(ctx, by["Acme"].ID, 3)
		var ve *record.ValidationError
		require.ErrorAs(t, err, &ve)
		require.Equal(t, record.CodeLimit, ve.Fields[0].Code)

		all, _, err := org.Accounts.List(ctx, record.Query{Where: account.Under(by["Acme East"].ID), Order: record.By("Account_Name")})
		require.NoError(t, err)
		require.Equal(t, []string{"Acme Boston", "Acme East"}, names(all))
		all, _, err = org.Accounts.List(ctx, record.Query{Where: account.Above(by["Acme Boston"].ID)})
		require.NoError(t, err)
		require.Equal(t, []string{"Acme", "Acme East"}, names(all))
	})
}

func show(n *account.Node) string {
	var parts []string
	for _, m := range n.Members {
		parts = append(parts, show(m))
	}
	return n.Name + " [" + strings.Join(parts, " ") + "]"
}

func TestDeleteDetachesMembersAndRestoreBringsThemBack(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, by := t.Context(), crmtest.Seed(t, org)
		require.NoError(t, org.Accounts.Delete(ctx, by["Acme"].ID))
		top, err := org.Accounts.UltimateParent(ctx, by["Acme Boston"].ID)
		require.NoError(t, err)
		require.Equal(t, "Acme East", top.Name)
		require.NoError(t, org.Accounts.Restore(ctx, by["Acme"].ID))
		root, err := org.Accounts.Tree(ctx, by["Acme"].ID, 0)
		require.NoError(t, err)
		require.Equal(t, "Acme [Acme East [Acme Boston []] Acme West []]", show(root))
	})
}
