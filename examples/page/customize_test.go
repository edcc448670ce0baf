package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/relations"
)

// formAt returns what a form of a page sends when nothing is typed into it.
func formAt(t *testing.T, page, action string) url.Values {
	t.Helper()
	_, rest, ok := strings.Cut(page, `action="`+action+`"`)
	require.True(t, ok, action)
	part, _, _ := strings.Cut(rest, "</form>")
	form, name := url.Values{}, ""
	for _, e := range elements(t, "<form"+part+"</form>") {
		_, checked := e.Attrs["checked"]
		_, chosen := e.Attrs["selected"]
		switch {
		case e.Name == "select":
			name = e.Attrs["name"]
		case e.Name == "option" && chosen:
			form.Add(name, e.Attrs["value"])
		case e.Name == "input" && (e.Attrs["type"] != "checkbox" || checked):
			form.Add(e.Attrs["name"], e.Attrs["value"])
		}
	}
	return form
}

// TestCustomize changes the card, the lists and the links, and sees the page of an account change.
func TestCustomize(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	account := "/accounts/" + s.account(chief).ID.String()
	require.Contains(t, s.page(account), `<a href="/customize">Customize Page</a>`)
	sound(t, "customize", s.page("/customize"), "en")
	sound(t, "customize", s.in("zh").page("/customize"), "zh")

	form := formAt(t, s.page("/customize"), "/customize/card")
	require.Equal(t, relations.DefaultCard, form["field"])
	form["field"] = []string{"Ticker_Symbol", "", "Fax"}
	require.Equal(t, http.StatusSeeOther, s.post("/customize/card", form).Status)
	card, _, _ := strings.Cut(s.page(account), "Details")
	require.Contains(t, card, "NWH")
	require.NotContains(t, card, "Annual Revenue")
	a := s.in("zh").post("/customize/card", url.Values{"field": {"Account_Name", "Fax", "Fax"}})
	require.Equal(t, http.StatusUnprocessableEntity, a.Status)
	require.Contains(t, a.Body, "未保存。请更正：")
	sound(t, "refused", a.Body, "zh")

	form = formAt(t, s.page("/customize"), "/customize/lists")
	before := form["list"]
	require.Equal(t, http.StatusSeeOther, s.post("/customize/lists", form).Status)
	require.Equal(t, before, formAt(t, s.page("/customize"), "/customize/lists")["list"], "what is not changed stays")
	form.Set("place.Cases", "0")
	form.Del("shown.Emails")
	form["columns.Contacts"] = append(form["columns.Contacts"], "Title")
	form.Set("title", "Deals <b>again</b>")
	form.Set("records", "Deals.Account_Name")
	require.Equal(t, http.StatusSeeOther, s.post("/customize/lists", form).Status)
	page := s.page(account)
	require.Less(t, strings.Index(page, `id="Cases"`), strings.Index(page, `id="Deals"`))
	require.NotContains(t, page, `id="Emails"`)
	require.Contains(t, section(t, page, "Contacts"), "Head of IT")
	require.Contains(t, page, "Deals &lt;b&gt;again")
	lists, err := relations.ListsOf(t.Context(), s.org.Session())
	require.NoError(t, err)
	own := lists[len(lists)-1]
	require.Len(t, names(section(t, page, own.Name)), 3)
	require.Contains(t, s.page("/records/Deals/new?account="+s.account(chief).ID.String()+"&list="+own.Name), chief)
	form = formAt(t, s.page("/customize"), "/customize/lists")
	require.Equal(t, "Emails", form["list"][len(form["list"])-1], "a hidden list can be shown again")
	form.Set("remove."+own.Name, "on")
	form.Set("shown.Emails", "on")
	require.Equal(t, http.StatusSeeOther, s.post("/customize/lists", form).Status)
	page = s.page(account)
	require.NotContains(t, page, own.Name)
	require.Contains(t, page, `id="Emails"`)

	form = formAt(t, s.page("/customize"), "/customize/links")
	form["name"][2], form["url"][2] = "Map & more", "https://maps.example/?q=${Accounts.Billing_City}"
	require.Equal(t, http.StatusSeeOther, s.post("/customize/links", form).Status)
	require.Contains(t, s.page(account), `href="https://maps.example/?q=London"`)
	for _, bad := range []string{"javascript:alert(1)", "https://${Accounts.Website}/", "data:text/html,x", "https://a.example/${Accounts.Nothing}"} {
		form["url"][2] = bad
		require.Equal(t, http.StatusUnprocessableEntity, s.post("/customize/links", form).Status, bad)
	}
	links, err := relations.Links(t.Context(), s.org.Session())
	require.NoError(t, err)
	require.Len(t, links, 3)
	require.False(t, slices.ContainsFunc(links, func(l relations.Link) bool { return !safeLink(l.URL) }))
}
