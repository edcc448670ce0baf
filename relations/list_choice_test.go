package relations_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

func names(lists []*relations.List) (all []string) {
	for _, l := range lists {
		all = append(all, l.Name)
	}
	return all
}

// An organization hides, reorders and adds lists while the program runs.
func TestListChoices(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, s := t.Context(), org.Session()
		mine := &relations.List{Name: "Large_Deals", English: "Large Deals", Chinese: "大额商机", Module: relations.DealModule, Via: relations.AccountField, Columns: []string{"Deal_Name", "Amount"},
			Where: func(*record.Session) record.Filter { return record.Ge("Amount", "1000") }}
		lists, err := relations.ListsOf(ctx, s, mine)
		require.NoError(t, err)
		require.Equal(t, append(names(relations.Lists()), "Large_Deals"), names(lists))
		require.NoError(t, relations.SaveLists(ctx, s, []*relations.List{mine},
			relations.ListChoice{Name: "Member_Accounts", Order: []string{"-Annual_Revenue"}},
			relations.ListChoice{Name: "Large_Deals"},
			relations.ListChoice{Name: "Deals", Hidden: true},
			relations.ListChoice{Name: "Reports", English: "Case Origins", Chinese: "来源", Module: relations.CaseModule, Via: relations.AccountField, Columns: []string{"Case_Origin", "Subject"}},
			relations.ListChoice{Name: "Contacts", Columns: []string{"Full_Name", "Department"}}))
		lists, err = relations.ListsOf(ctx, s, mine)
		require.NoError(t, err)
		rest := strings.Split(strings.ReplaceAll(strings.Join(names(relations.Lists()), " "), "Deals Contacts ", ""), " ")
		rest = strings.Split(strings.Replace(strings.Join(rest, " "), "Member_Accounts ", "", 1), " ")
		require.Equal(t, append([]string{"Member_Accounts", "Large_Deals", "Reports", "Contacts"}, rest...), names(lists))
		lists, err = relations.ListsOf(ctx, s)
		require.NoError(t, err)
		require.NotContains(t, names(lists), "Large_Deals", "whose filter only the host has")

		all := crmtest.Seed(t, org)
		acme := all["Acme"].ID
		hang(t, org, acme, "acme")
		page, err := relations.PageOf(ctx, s, acme, nil)
		require.NoError(t, err)
		require.Equal(t, names(lists), func() (n []string) {
			for _, p := range page.Lists {
				n = append(n, p.List.Name)
			}
			return n
		}())
		require.Equal(t, "Case Origins", page.Lists[1].Title)
		require.Equal(t, "Web", page.Lists[1].Records[0].Value(page.Lists[1].Columns[0].Name).Text())
		require.Equal(t, "Department", page.Lists[2].Columns[1].Name)

		require.NoError(t, relations.SaveLists(ctx, s, nil))
		lists, err = relations.ListsOf(ctx, s)
		require.NoError(t, err)
		require.Equal(t, names(relations.Lists()), names(lists))
	})
}

func TestBadListChoices(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	for want, c := range map[string]relations.ListChoice{
		"Name=MANDATORY_NOT_FOUND Module=NOT_FOUND": {},
		"Module=NOT_FOUND":                          {Name: "x", Module: "Nothing", Via: "y"},
		"Module=NOT_FOUND ":                         {Name: "x"},
		"Name=DUPLICATE_DATA":                       {Name: "Deals", English: "x"},
		"Via=INVALID_FIELD":                         {Name: "x", Module: relations.DealModule, Via: "Contact_Name", Columns: []string{"Stage"}},
		"Columns=MANDATORY_NOT_FOUND":               {Name: "x", Module: relations.DealModule, Via: relations.AccountField},
		"Columns=INVALID_FIELD":                     {Name: "Deals", Columns: []string{"Stage", "Nothing"}},
		"Columns=INVALID_FIELD ":                    {Name: "Deals", Columns: []string{"Stage", "Stage"}},
		"Order=INVALID_DATA":                        {Name: "Deals", Order: []string{"Next_Step"}},
		"Order=LIMIT_EXCEEDED":                      {Name: "Deals", Order: []string{"id", "Stage", "Amount", "Type"}},
		"Name=INVALID_DATA Module=NOT_FOUND":        {Name: strings.Repeat("x", 101)},
	} {
		err := relations.SaveLists(t.Context(), org.Session(), nil, c)
		require.Equal(t, strings.TrimSpace(want), codes(err))
	}
	err := relations.SaveLists(t.Context(), org.Session(), nil, relations.ListChoice{Name: "Deals"}, relations.ListChoice{Name: "Deals", Hidden: true})
	require.Equal(t, "Name=DUPLICATE_DATA", codes(err))
}

// A column and an order by a field that the organization has no more are left out, and the page is there.
func TestListsOutliveFields(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, s := t.Context(), org.Session()
		all := crmtest.Seed(t, org)
		hang(t, org, all["Acme"].ID, "acme")
		l := relations.ListNamed("Deals")
		l.Columns, l.Order = append(l.Columns, "Gone"), record.By("Gone")
		recs, _, err := l.Page(ctx, s, []record.ID{all["Acme"].ID}, record.Query{})
		require.NoError(t, err)
		require.Len(t, recs, 1)
		page, err := relations.PageOf(ctx, s, all["Acme"].ID, &relations.PageOptions{Lists: []*relations.List{l}})
		require.NoError(t, err)
		require.Len(t, page.Lists[0].Columns, 6)
	})
}
