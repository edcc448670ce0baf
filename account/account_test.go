package account_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

// each runs fn on every store.
func each(t *testing.T, fn func(t *testing.T, org *crm.Org)) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) storage.Store{
		"memory": func(*testing.T) storage.Store { return memory.New(nil) },
		"sqlite": func(t *testing.T) storage.Store {
			s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"), nil)
			require.NoError(t, err)
			return s
		},
		"twice": func(*testing.T) storage.Store {
			return storagetest.Faulty(memory.New(nil), &storagetest.Faults{Twice: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, crmtest.Open(t, open(t), &crm.Options{Actor: "ann"}))
		})
	}
}

func ptr[V any](v V) *V { return &v }

// full is an account with every field filled to its limit.
func full() *account.Account {
	at := func(n int) string { return strings.Repeat("客", n) }
	return &account.Account{
		Meta: record.Meta{Owner: "bob", Tags: []string{"key", "2026"}},
		Name: at(100), Number: at(40), Site: at(80), Type: "Customer", Industry: "Technology", Ownership: "Public", Rating: "Active",
		AnnualRevenue: decimal.NewNullDecimal(decimal.RequireFromString("9999999999999999.9999")), Employees: ptr(int64(9999999999)),
		Phone: strings.Repeat("1", 30), Fax: strings.Repeat("2", 30), Website: "acme.example/" + strings.Repeat("a", 242),
		TickerSymbol: at(30), SICCode: at(10),
		Billing:     account.Address{Street: at(250), City: at(100), State: at(100), Code: at(30), Country: at(100)},
		Shipping:    account.Address{Street: at(250), City: at(100), State: at(100), Code: at(30), Country: at(100)},
		Description: at(32000),
	}
}

func TestEveryFieldToItsLimit(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		a := full()
		require.NoError(t, org.Accounts.Create(t.Context(), a))
		got, err := org.Accounts.Get(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, a, got)
		want := full()
		want.Meta, want.AnnualRevenue = got.Meta, got.AnnualRevenue
		require.Equal(t, want, got)

		over := full()
		over.Name, over.Number, over.Site, over.TickerSymbol, over.SICCode = over.Name+"x", over.Number+"x", over.Site+"x", over.TickerSymbol+"x", over.SICCode+"x"
		over.Phone, over.Fax, over.Website, over.Description = over.Phone+"1", over.Fax+"1", over.Website+"a", over.Description+"x"
		over.Employees = ptr(int64(10000000000))
		over.AnnualRevenue = decimal.NewNullDecimal(decimal.RequireFromString("10000000000000000"))
		for _, at := range []*account.Address{&over.Billing, &over.Shipping} {
			at.Street, at.City, at.State, at.Code, at.Country = at.Street+"x", at.City+"x", at.State+"x", at.Code+"x", at.Country+"x"
		}
		err = org.Accounts.Create(t.Context(), over)
		var ve *record.ValidationError
		require.ErrorAs(t, err, &ve)
		var bad []string
		for _, f := range ve.Fields {
			require.Equal(t, record.CodeInvalid, f.Code)
			bad = append(bad, f.Field)
		}
		require.ElementsMatch(t, []string{"Account_Name", "Account_Number", "Account_Site", "Ticker_Symbol", "SIC_Code", "Phone", "Fax", "Website",
			"Description", "Employees", "Annual_Revenue", "Billing_Street", "Billing_City", "Billing_State", "Billing_Code", "Billing_Country",
			"Shipping_Street", "Shipping_City", "Shipping_State", "Shipping_Code", "Shipping_Country"}, bad)
	})
}

// TestFieldsAreZohos holds the table against the names and labels that users know.
func TestFieldsAreZohos(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	var got []string
	for _, d := range org.Accounts.Shape().Fields() {
		got = append(got, fmt.Sprintf("%s|%s|%s|%s", d.Name, d.English, d.Chinese, d.Type.Name()))
	}
	require.Equal(t, []string{
		"Account_Name|Account Name|客户名称|text", "Phone|Phone|电话|phone", "Account_Site|Account Site|客户地点|text", "Fax|Fax|传真|phone",
		"Parent_Account|Parent Account|父客户|lookup", "Website|Website|网站|website", "Account_Number|Account Number|客户编号|text",
		"Ticker_Symbol|Ticker Symbol|股票代码|text", "Account_Type|Account Type|客户类型|picklist", "Ownership|Ownership|公司所有权|picklist",
		"Industry|Industry|行业|picklist", "Employees|Employees|员工数|integer", "Annual_Revenue|Annual Revenue|年收入|currency",
		"SIC_Code|SIC Code|SIC代码|text", "Rating|Rating|评级|picklist",
		"Billing_Street|Billing Street|账单地址街道|textarea", "Billing_City|Billing City|账单地址城市|text", "Billing_State|Billing State|账单地址省/州|text",
		"Billing_Code|Billing Code|账单地址邮编|text", "Billing_Country|Billing Country|账单地址国家|text",
		"Shipping_Street|Shipping Street|送货地址街道|textarea", "Shipping_City|Shipping City|送货地址城市|text", "Shipping_State|Shipping State|送货地址省/州|text",
		"Shipping_Code|Shipping Code|送货地址邮编|text", "Shipping_Country|Shipping Country|送货地址国家|text",
		"Description|Description|说明|textarea",
		"Owner|Account Owner|客户所有者|userlookup", "Tag|Tag|标签|multiselectpicklist", "Created_By|Created By|创建者|userlookup", "Created_Time|Created Time|创建时间|datetime",
		"Modified_By|Modified By|修改者|userlookup", "Modified_Time|Modified Time|修改时间|datetime", "Data_Source|Data Source|数据来源|text",
		"Last_Activity_Time|Last Activity Time|最近活动时间|datetime",
	}, got)
}

// TestStructAndTableAgree finds members that no field binds: each is set by reflection, and must come back from the store.
func TestStructAndTableAgree(t *testing.T) {
	t.Parallel()
	v := reflect.ValueOf(*full())
	unset := map[string]bool{"Meta": true, "ParentID": true}
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		require.Equal(t, !unset[name] || name == "Meta", !v.Field(i).IsZero(), "full() and %s", name)
	}
	require.Len(t, account.Fields, 16-1+10+1)
}

func TestPickListsInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		a := &account.Account{Name: "a", Type: "合作伙伴", Ownership: "上市公司", Rating: "-None-", Industry: "Shipbuilding"}
		require.NoError(t, org.Accounts.Create(t.Context(), a))
		require.Equal(t, "Partner|Public Company||Shipbuilding", a.Type+"|"+a.Ownership+"|"+a.Rating+"|"+a.Industry)
		rec, err := org.Accounts.Records.Get(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, "合作伙伴", rec.Text("Account_Type", &record.Locale{Language: record.Chinese}))
		require.Equal(t, "Partner", rec.Text("Account_Type", nil))
	})
}

func TestClone(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		parent := &account.Account{Name: "parent"}
		require.NoError(t, org.Accounts.Create(t.Context(), parent))
		a := full()
		a.ParentID = parent.ID
		require.NoError(t, org.Accounts.Create(t.Context(), a))
		member := &account.Account{Name: "member", ParentID: a.ID}
		require.NoError(t, org.Accounts.Create(t.Context(), member))

		draft, err := org.Accounts.CloneDraft(t.Context(), a.ID)
		require.NoError(t, err)
		want := *a
		want.Meta = record.Meta{Owner: "bob"}
		require.Equal(t, &want, draft)
		n, err := org.Accounts.Count(t.Context(), record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(3), n) // a draft is not stored

		c, err := org.As("eve").Accounts.Clone(t.Context(), a.ID, func(c *account.Account) { c.Name = "copy" })
		require.NoError(t, err)
		require.Equal(t, "copy bob eve clone", fmt.Sprint(c.Name, " ", c.Owner, " ", c.CreatedBy, " ", c.Source))
		require.Equal(t, parent.ID, c.ParentID)
		require.NotEqual(t, a.ID, c.ID)
		members, _, err := org.Accounts.Members(t.Context(), c.ID, record.Query{})
		require.NoError(t, err)
		require.Empty(t, members)
		_, err = org.Accounts.Clone(t.Context(), a.ID, func(c *account.Account) { c.Name = "" })
		var ve *record.ValidationError
		require.ErrorAs(t, err, &ve)
		_, err = org.Accounts.Clone(t.Context(), record.NewID(), nil)
		require.ErrorIs(t, err, record.ErrNotFound)
	})
}

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
