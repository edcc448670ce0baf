package main

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

var (
	rowName = regexp.MustCompile(`<th scope="row"><a href="[^"]*"><bdi>([^<]*)</bdi>`)
	nextTo  = regexp.MustCompile(`href="([^"]*)" rel="next"`)
)

// names are the names in the rows of a part of a page.
func names(page string) (all []string) {
	for _, m := range rowName.FindAllStringSubmatch(page, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	return all
}

// section returns the related list of that name on a page.
func section(t *testing.T, page, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `<section class="panel related" id="`+name+`"`)
	require.True(t, ok, name)
	part, _, _ := strings.Cut(rest, "</section>")
	return part
}

// TestPages reads the list of accounts to its end, in every order, by the cursors of its pages: nothing is missing, and nothing is
// there twice.
func TestPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	for i := range 25 {
		require.NoError(t, s.org.Accounts.Create(t.Context(), &account.Account{Name: fmt.Sprintf("Many %02d", i/2), Phone: fmt.Sprint(i % 3)}))
	}
	for _, sort := range []string{"", "-Account_Name", "Phone", "-Annual_Revenue", "Industry"} {
		path, all := address("/accounts", url.Values{"sort": {sort}}), []string{}
		for path != "" {
			page := s.page(path)
			rows := names(page)
			require.LessOrEqual(t, len(rows), rowsOnPage)
			all = append(all, rows...)
			path = ""
			if m := nextTo.FindStringSubmatch(page); m != nil {
				path = html.UnescapeString(m[1])
			}
		}
		want, _, err := s.org.Accounts.List(t.Context(), record.Query{Order: orderBy(sort, accountColumns, record.By("Account_Name"))})
		require.NoError(t, err)
		require.Len(t, want, 37)
		for i := range want {
			require.Equal(t, want[i].Name, all[i], sort)
		}
	}
	require.Contains(t, s.page("/accounts"), `aria-sort="ascending"`)
	require.Contains(t, s.page("/accounts?sort=-Phone"), `<th scope="col" aria-sort="descending"><a href="/accounts?sort=Phone">`)
}

// TestSearch finds accounts whatever the case and width of what is typed.
func TestSearch(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{}).in("zh")
	require.Equal(t, []string{"Northwind Iberia"}, names(s.page("/accounts?q="+url.QueryEscape(" ＩＢＥＲ"))))
	require.Equal(t, []string{"华信软件（上海）有限公司"}, names(s.page("/accounts?q="+url.QueryEscape("上海"))))
	page := s.page("/accounts?q=nobody")
	require.Contains(t, page, "没有符合条件的客户。")
	require.Contains(t, page, `value="nobody"`)
	all := s.page("/accounts?q=northwind&sort=-Phone")
	require.Contains(t, all, "/accounts?q=northwind&amp;sort=Phone", "the order changes, and what is looked for stays")
}

// TestMembers sorts the member accounts by a click on each heading.
func TestMembers(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	top := s.account("华信集团")
	path := "/accounts/" + top.ID.String()
	part := section(t, s.page(path), "Member_Accounts")
	require.Contains(t, part, `<th scope="col" aria-sort="ascending">`)
	for _, field := range account.MemberColumns {
		for _, sort := range []string{field, "-" + field} {
			to := address(path, url.Values{"list": {"Member_Accounts"}, "sort": {sort}})
			if sort == field && field != "Account_Name" {
				require.Contains(t, part, `href="`+html.EscapeString(to)+`#Member_Accounts"`)
			}
			want, _, err := s.org.Accounts.Members(t.Context(), top.ID, record.Query{Order: record.By(sort)})
			require.NoError(t, err)
			got := names(section(t, s.page(to), "Member_Accounts"))
			require.Len(t, got, 2)
			for i := range want {
				require.Equal(t, want[i].Name, got[i], sort)
			}
			require.Contains(t, section(t, s.page(to), "Member_Accounts"), map[bool]string{true: `aria-sort="descending"`, false: `aria-sort="ascending"`}[sort[0] == '-'])
		}
	}
}

// TestWholeList has more entries than the page shows, and shows them all elsewhere.
func TestWholeList(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	id := s.account("Fabrikam Studio").ID
	for i := range 12 {
		require.NoError(t, s.org.Deals.Create(t.Context(), &relations.Deal{Name: fmt.Sprintf("Deal %02d", i), AccountID: id, Stage: "Qualification"}))
	}
	part := section(t, s.page("/accounts/"+id.String()), "Deals")
	require.Len(t, names(part), 5)
	require.Contains(t, part, `>12<`)
	whole := "/accounts/" + id.String() + "/lists/Deals"
	require.Contains(t, part, `href="`+whole+`"`)
	first := s.page(whole + "?sort=Deal_Name")
	require.Equal(t, "Deal 00", names(first)[0])
	m := nextTo.FindStringSubmatch(first)
	require.NotNil(t, m)
	require.Equal(t, []string{"Deal 10", "Deal 11"}, names(s.page(html.UnescapeString(m[1]))))
}

// TestProducts takes a product out of the list of an account, and puts it in again. The product stays what it is.
func TestProducts(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	id := s.account(chief).ID
	l := relations.ListNamed("Products")
	in := func() []*record.Record {
		recs, _, err := l.Page(t.Context(), s.org.Session(), []record.ID{id}, record.Query{})
		require.NoError(t, err)
		return recs
	}
	before := in()
	require.Len(t, before, 2)
	part := section(t, s.page("/accounts/"+id.String()), "Products")
	remove := fmt.Sprintf("/accounts/%s/products/%s/remove", id, before[0].ID)
	require.Contains(t, part, `action="`+remove+`"`)
	require.Contains(t, part, ">Remove<")
	require.Equal(t, http.StatusSeeOther, s.post(remove, nil).Status)
	require.Len(t, in(), 1)
	require.Equal(t, int64(4), s.count(s.org.Products.Records, record.Filter{}))
	add := "/accounts/" + id.String() + "/products"
	for range 2 {
		require.Equal(t, http.StatusSeeOther, s.post(add, url.Values{"product": {before[0].ID.String()}}).Status)
	}
	require.Len(t, in(), 2)
	require.Equal(t, http.StatusBadRequest, s.post(add, url.Values{"product": {"x"}}).Status)
	require.Equal(t, http.StatusNotFound, s.post(add, url.Values{"product": {id.String()}}).Status)
}

// TestTimeline shows what happened to an account and what hangs on it, with the old value and the new one.
func TestTimeline(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{}).in("zh")
	top := s.account("华信集团")
	require.NoError(t, s.org.As("王芳").Accounts.Edit(t.Context(), top.ID, func(a *account.Account) error {
		a.ParentID, a.Industry = s.account("青禾设计工作室").ID, "Consulting"
		return nil
	}))
	page := s.page("/accounts/" + top.ID.String() + "/timeline")
	require.Contains(t, page, "王芳")
	require.Contains(t, page, "<dt>行业</dt><dd><del><bdi>科技</bdi></del>")
	require.Contains(t, page, "<ins><bdi>咨询</bdi></ins>")
	require.Contains(t, page, "青禾设计工作室", "a link by its name")
	require.Contains(t, page, "首次拜访")
	only := s.page("/accounts/" + top.ID.String() + "/timeline?of=Notes")
	require.Contains(t, only, "首次拜访")
	require.NotContains(t, only, "咨询")
	require.Contains(t, s.page("/accounts/"+s.account("青禾设计工作室").ID.String()+"/timeline"), "创建")
}
