package account_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
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
		require.Equal(t, []record.FieldError{{Field: "Parent_Account", Code: record.CodeLimit, Args: record.Args{"limit": 3, "length": int64(4)}}}, ve.Fields)
		root, err = org.Accounts.Tree(ctx, by["Acme"].ID, 4)
		require.NoError(t, err)
		require.Equal(t, "Acme", root.Name)
		for _, limit := range []int{-1, record.MaxLimit + 1} {
			_, err = org.Accounts.Tree(ctx, by["Acme"].ID, limit)
			require.ErrorAs(t, err, &ve)
			require.Equal(t, []record.FieldError{{Field: "Limit", Code: record.CodeLimit, Args: record.Args{"limit": record.MaxLimit, "length": limit}}}, ve.Fields)
		}

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

// Each column of the list orders it, both ways and page by page; members without a value come first, or last.
func TestMemberColumns(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		group := &account.Account{Name: "Group"}
		require.NoError(t, org.Accounts.Create(ctx, group))
		revenue := func(s string) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.RequireFromString(s)) }
		require.NoError(t, org.Accounts.Create(ctx,
			&account.Account{Name: "上海", Phone: "3", Website: "b.example", Type: "Vendor", Industry: "Education", AnnualRevenue: revenue("9")},
			&account.Account{Name: "apple", Phone: "1", Type: "Analyst", AnnualRevenue: revenue("-1.5")},
			&account.Account{Name: "北京", Website: "c.example", Industry: "Technology"},
			&account.Account{Name: "Zebra", Phone: "2", Website: "a.example", Type: "Partner", Industry: "Consulting", AnnualRevenue: revenue("10")},
			&account.Account{Name: "zoo", Type: "Customer", AnnualRevenue: revenue("0")},
		))
		require.NoError(t, org.Update(ctx, func(tx *crm.Org) error {
			for a, err := range tx.Accounts.All(ctx, record.Query{Where: record.Not(record.Eq("Account_Name", "Group"))}) {
				if err != nil {
					return err
				}
				a.ParentID = group.ID
				if err := tx.Accounts.Update(ctx, a); err != nil {
					return err
				}
			}
			return nil
		}))
		paged := func(order string, limit int) (all []string) {
			q := record.Query{Order: record.By(order), Limit: limit}
			for {
				page, next, err := org.Accounts.Members(ctx, group.ID, q)
				require.NoError(t, err)
				all = append(all, names(page)...)
				if q.After = next; next == "" {
					return all
				}
			}
		}
		for column, want := range map[string]struct{ up, down []string }{
			"Account_Name":   {[]string{"apple", "Zebra", "zoo", "北京", "上海"}, []string{"上海", "北京", "zoo", "Zebra", "apple"}},
			"Phone":          {[]string{"北京", "zoo", "apple", "Zebra", "上海"}, []string{"上海", "Zebra", "apple", "zoo", "北京"}},
			"Website":        {[]string{"apple", "zoo", "Zebra", "上海", "北京"}, []string{"北京", "上海", "Zebra", "zoo", "apple"}},
			"Account_Type":   {[]string{"北京", "apple", "zoo", "Zebra", "上海"}, []string{"上海", "Zebra", "zoo", "apple", "北京"}},
			"Industry":       {[]string{"apple", "zoo", "Zebra", "上海", "北京"}, []string{"北京", "上海", "Zebra", "zoo", "apple"}},
			"Annual_Revenue": {[]string{"北京", "apple", "zoo", "上海", "Zebra"}, []string{"Zebra", "上海", "zoo", "apple", "北京"}},
		} {
			require.Contains(t, account.MemberColumns, column)
			for _, limit := range []int{1, 2, 3, 50} {
				require.Equal(t, want.up, paged(column, limit), "%s, %d a page", column, limit)
				require.Equal(t, want.down, paged("-"+column, limit), "-%s, %d a page", column, limit)
			}
		}
		require.Len(t, account.MemberColumns, 6)
	})
}

// chain is n accounts, each under the one before, not stored.
func chain(org *crm.Org, name string, n int, parent record.ID) []*account.Account {
	as := make([]*account.Account, n)
	for i := range as {
		as[i] = &account.Account{Meta: record.Meta{ID: org.Session().NewID()}, Name: fmt.Sprint(name, i), ParentID: parent}
		parent = as[i].ID
	}
	return as
}

func TestDepthOf64(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		tooDeep := func(err error) {
			t.Helper()
			var ve *record.ValidationError
			require.ErrorAs(t, err, &ve)
			require.Len(t, ve.Fields, 1)
			require.Equal(t, "Parent_Account LIMIT_EXCEEDED 64", fmt.Sprint(ve.Fields[0].Field, " ", ve.Fields[0].Code, " ", ve.Fields[0].Args["limit"]))
		}
		move := func(a *account.Account, parent record.ID) error {
			return org.Accounts.Edit(ctx, a.ID, func(a *account.Account) error { a.ParentID = parent; return nil })
		}
		path := chain(org, "p", 64, record.ID{})
		require.NoError(t, org.Accounts.Create(ctx, path...)) // 64 at once
		bottom := path[63].ID
		tooDeep(org.Accounts.Create(ctx, &account.Account{Name: "65", ParentID: bottom}))
		tooDeep(org.Accounts.Create(ctx, chain(org, "q", 65, record.ID{})...))

		up, err := org.Accounts.Ancestors(ctx, bottom)
		require.NoError(t, err)
		var want []string
		for _, a := range slices.Backward(path[:63]) {
			want = append(want, a.Name)
		}
		require.Equal(t, want, names(up))
		top, err := org.Accounts.UltimateParent(ctx, bottom)
		require.NoError(t, err)
		require.Equal(t, "p0", top.Name)
		node, err := org.Accounts.Tree(ctx, path[0].ID, 0)
		require.NoError(t, err)
		n := 1
		for ; len(node.Members) > 0; n++ {
			node = node.Members[0]
		}
		require.Equal(t, 64, n)

		part := chain(org, "m", 32, record.ID{}) // 32 of its own, so the 32nd is the last that it can hang under
		require.NoError(t, org.Accounts.Create(ctx, part...))
		tooDeep(move(part[0], path[32].ID))
		require.NoError(t, move(part[0], path[31].ID))
		up, err = org.Accounts.Ancestors(ctx, part[31].ID)
		require.NoError(t, err)
		require.Len(t, up, 63)
		tooDeep(org.Accounts.Create(ctx, &account.Account{Name: "65", ParentID: part[31].ID}))
		over := &account.Account{Name: "over"}
		require.NoError(t, org.Accounts.Create(ctx, over))
		tooDeep(move(path[0], over.ID))
	})
}
