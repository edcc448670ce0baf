package relations_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

func TestPage(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		all := crmtest.Seed(t, org)
		acme := all["Acme"].ID
		hang(t, org, acme, "acme")
		for n := range 7 {
			require.NoError(t, org.Deals.Create(ctx, &relations.Deal{Name: fmt.Sprint("deal ", n), AccountID: acme, Stage: "Qualification"}))
		}
		page, err := relations.PageOf(ctx, org.Session().In(record.Locale{Language: record.Chinese}), acme, nil)
		require.NoError(t, err)
		require.Empty(t, page.Links)
		require.Equal(t, "Acme", page.Account.Value("Account_Name").Text())
		require.Equal(t, []relations.CardEntry{{Field: "Owner", Label: "客户所有者", Text: "ann"}, {Field: "Phone", Label: "电话"}, {Field: "Website", Label: "网站"},
			{Field: "Industry", Label: "行业", Text: "制造业"}, {Field: "Annual_Revenue", Label: "年收入"}}, page.Card)
		var got []string
		for _, p := range page.Lists {
			got = append(got, fmt.Sprint(p.Title, " ", len(p.Records), " of ", p.Count))
			require.Len(t, p.Columns, len(p.List.Columns))
		}
		require.Equal(t, []string{"商机 5 of 8", "联系人 1 of 1", "未关闭的任务 1 of 1", "未关闭的会议 1 of 1", "未关闭的通话 1 of 1", "已关闭的任务 1 of 1", "已关闭的会议 1 of 1", "已关闭的通话 1 of 1",
			"产品 1 of 1", "报价 1 of 1", "销售订单 1 of 1", "发货单 1 of 1", "邮件 1 of 1", "备注 1 of 1", "附件 1 of 1", "成员客户 2 of 2", "服务支持 1 of 1"}, got)
		deals := page.Lists[0]
		require.Equal(t, "deal 6", deals.Records[0].Value("Deal_Name").Text(), "the newest first")
		rest, _, err := deals.List.Page(ctx, org.Session(), []record.ID{acme}, record.Query{After: deals.Next})
		require.NoError(t, err)
		require.Len(t, rest, 3)

		require.NoError(t, relations.SaveLinks(ctx, org.Session(), relations.Link{Name: "Map", URL: "https://maps.example/?q=${Accounts.Account_Name}"}, relations.Link{Name: "For few", URL: "https://x.example/", Profiles: []string{"few"}}))
		page, err = relations.PageOf(ctx, org.Session(), acme, &relations.PageOptions{Lists: []*relations.List{}, Profiles: []string{"others"}})
		require.NoError(t, err)
		require.Equal(t, []relations.LinkEntry{{Name: "Map", URL: "https://maps.example/?q=Acme"}}, page.Links)
		require.Empty(t, page.Lists)

		page, err = relations.PageOf(ctx, org.Session(), acme, &relations.PageOptions{Without: []string{relations.PartCard, relations.PartActions, relations.PartLinks, relations.PartLists}})
		require.NoError(t, err)
		require.Equal(t, relations.Page{Account: page.Account}, *page)

		// Parts can be left out, and a host has lists of its own.
		own := &relations.List{Name: "Losses", English: "Losses", Module: relations.DealModule, Via: relations.AccountField, Columns: []string{"Deal_Name"},
			Where: func(*record.Session) record.Filter { return record.In("Stage", relations.StagesOf(relations.Lost)...) }}
		page, err = relations.PageOf(ctx, org.Session(), acme, &relations.PageOptions{Lists: []*relations.List{relations.ListNamed("Deals"), own}, Rows: -1, Count: 3})
		require.NoError(t, err)
		require.Equal(t, "0 3 true Losses 0", fmt.Sprint(len(page.Lists[0].Records), " ", page.Lists[0].Count, " ", page.Lists[0].More, " ", page.Lists[1].Title, " ", page.Lists[1].Count))
		page, err = relations.PageOf(ctx, org.Session(), acme, &relations.PageOptions{Lists: []*relations.List{relations.ListNamed("Deals")}, Count: -1, Rows: 8})
		require.NoError(t, err)
		require.Equal(t, "8 0 false", fmt.Sprint(len(page.Lists[0].Records), " ", page.Lists[0].Count, " ", page.Lists[0].More))
		_, err = relations.PageOf(ctx, org.Session(), record.NewID(), nil)
		require.ErrorIs(t, err, record.ErrNotFound)
	})
}

func TestCard(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, s := t.Context(), org.Session()
		a := &account.Account{Name: "Acme", Phone: "1", Billing: account.Address{City: "上海"}}
		require.NoError(t, org.Accounts.Create(ctx, a))
		require.NoError(t, relations.SaveCardFields(ctx, s, "Billing_City", "Phone"))
		card, err := relations.Card(ctx, s, a.ID)
		require.NoError(t, err)
		require.Equal(t, []relations.CardEntry{{Field: "Billing_City", Label: "Billing City", Text: "上海"}, {Field: "Phone", Label: "Phone", Text: "1"}}, card)
		require.Equal(t, "Nothing=INVALID_FIELD Account_Name=INVALID_DATA Phone=DUPLICATE_DATA", codes(relations.SaveCardFields(ctx, s, "Nothing", "Account_Name", "Phone", "Phone")))
		require.Equal(t, "=LIMIT_EXCEEDED", codes(relations.SaveCardFields(ctx, s, "Phone", "Fax", "Rating", "Industry", "Owner", "Website")))
		fields, err := relations.CardFields(ctx, s)
		require.NoError(t, err)
		require.Equal(t, []string{"Billing_City", "Phone"}, fields)
		require.NoError(t, relations.SaveCardFields(ctx, s))
		card, err = relations.Card(ctx, s, a.ID)
		require.NoError(t, err)
		require.Empty(t, card, "an organization may want none")
		_, err = relations.Card(ctx, s, record.NewID())
		require.ErrorIs(t, err, record.ErrNotFound)
	})
}

// TestPageObeysRights leaves out modules and fields that the actor may not see.
func TestPageObeysRights(t *testing.T) {
	t.Parallel()
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Policy: rights.New()})
	ctx, root := t.Context(), org.AsSystem()
	p, err := root.Rights.Profile(ctx, rights.Standard)
	require.NoError(t, err)
	p.ID, p.Name = "few", "Few"
	allowed := p.Modules[rights.AllModules].Rights
	p.Modules[relations.CaseModule] = rights.Permission{}
	p.Modules[relations.DealModule] = rights.Permission{Rights: allowed, Fields: map[string]record.Access{"Amount": record.FieldHidden}}
	p.Modules[account.Module] = rights.Permission{Rights: allowed, Fields: map[string]record.Access{"Phone": record.FieldHidden}}
	require.NoError(t, root.Rights.SaveProfile(ctx, p))
	require.NoError(t, root.Rights.SaveUsers(ctx, rights.User{ID: "ann", Profile: "few", Role: rights.CEO, Active: true}))
	a := &account.Account{Name: "Acme", Phone: "1"}
	require.NoError(t, root.As("ann").Accounts.Create(ctx, a))
	require.NoError(t, root.As("ann").Cases.Create(ctx, &relations.Case{Subject: "x", AccountID: a.ID, Status: "New", Origin: "Web"}))
	page, err := relations.PageOf(ctx, org.As("ann").Session(), a.ID, nil)
	require.NoError(t, err)
	require.Len(t, page.Card, 4)
	require.Len(t, page.Lists[0].Columns, 5)
	cases := page.Lists[len(page.Lists)-1]
	require.True(t, cases.Denied)
	require.Zero(t, cases.Count)
	var fe *record.ForbiddenError
	require.ErrorAs(t, relations.SaveCardFields(ctx, org.As("ann").Session(), "Phone"), &fe)
	require.Equal(t, record.RightCustomize, fe.Right)
}

// The JSON of a page with every kind of record is the same on every store.
func TestPageJSON(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "page.json")
	for name, store := range map[string]storage.Store{"memory": memory.New(nil), "sqlite": openSQLite(t)} {
		org := crmtest.Open(t, store, &crm.Options{Actor: "ann", Locale: record.Locale{Language: record.Chinese, Currency: "CNY"}})
		acme := crmtest.Seed(t, org)["Acme"].ID
		require.NoError(t, relations.SaveLinks(t.Context(), org.Session(), relations.Link{Name: "Map", Chinese: "地图", URL: "https://maps.example/?q=${Accounts.Account_Name}"}))
		hang(t, org, acme, "acme")
		page, err := relations.PageOf(t.Context(), org.Session(), acme, nil)
		require.NoError(t, err)
		b, err := json.MarshalIndent(page, "", "\t")
		require.NoError(t, err)
		if *update && name == "memory" {
			require.NoError(t, os.WriteFile(golden, append(b, '\n'), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), string(b)+"\n", name)
	}
}

// However much hangs on an account, its page asks the store a bounded number of questions.
func TestPageQuestions(t *testing.T) {
	t.Parallel()
	store := storagetest.Faulty(memory.New(nil), nil)
	org := crmtest.Open(t, store, &crm.Options{Actor: "ann"})
	acme := crmtest.Seed(t, org)["Acme"].ID
	asked := func() int {
		before := store.Calls()
		page, err := relations.PageOf(t.Context(), org.Session(), acme, nil)
		require.NoError(t, err)
		require.Len(t, page.Lists, 17)
		return store.Calls() - before
	}
	few := asked()
	for range 12 {
		hang(t, org, acme, "x")
	}
	many := asked()
	for range 12 {
		hang(t, org, acme, "y")
	}
	require.Equal(t, []int{21, 37, 37}, []int{few, many, asked()}, "a count more for each list of which not all is shown")
}
