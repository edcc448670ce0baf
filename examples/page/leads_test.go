package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// leadOf returns the lead of that last name, as it is stored.
func (s *site) leadOf(name string) *lead.Lead {
	s.t.Helper()
	all, _, err := s.org.AsSystem().Leads.List(s.t.Context(), record.Query{Where: record.Eq("Last_Name", name), Aside: record.AsideToo})
	require.NoError(s.t, err)
	require.Len(s.t, all, 1)
	return all[0]
}

// A lead becomes a contact, an account and a deal, as the preview says, and is a lead again.
func TestLeadPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	require.Contains(t, s.page("/leads"), "林晓")
	l := s.leadOf("林晓")
	path := "/leads/" + l.ID.String()
	page := s.in("zh").page(path)
	for _, want := range []string{"长江精密仪器有限公司", "采购经理", "新建", "预览", "转换"} {
		require.Contains(t, page, want)
	}
	asked := url.Values{"account": {""}, "contact": {"new"}, "deal": {"1"}, "deal-name": {"仪器"}, "closing": {"2027-01-31"}, "stage": {"Qualification"}}
	require.Contains(t, s.page(path+"?"+asked.Encode()), "仪器")
	n, err := s.org.Contacts.Count(t.Context(), record.Query{Where: record.Eq("Last_Name", "林晓")})
	require.NoError(t, err)
	require.Zero(t, n, "a preview makes nothing")

	bad := url.Values{"deal": {"1"}}
	got := s.post(path+"/convert", bad)
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Contains(t, got.Body, "This stands against a conversion")
	require.False(t, *s.leadOf("林晓").Converted)

	got = s.post(path+"/convert", asked)
	require.Equal(t, http.StatusSeeOther, got.Status)
	l = s.leadOf("林晓")
	require.True(t, *l.Converted)
	require.Equal(t, "/accounts/"+l.AccountID.String()+"?done=converted", got.Header.Get("Location"))
	deal, err := s.org.Deals.Get(t.Context(), l.DealID)
	require.NoError(t, err)
	require.Equal(t, "仪器", deal.Name)
	require.Contains(t, s.page("/leads?converted=1"), "林晓")
	require.NotContains(t, s.page("/leads"), "林晓")
	require.Contains(t, s.page(path), "What it became")
	require.Equal(t, http.StatusSeeOther, s.post(path+"/convert", asked).Status, "once")
	n, err = s.org.Deals.Count(t.Context(), record.Query{Where: record.Eq("Deal_Name", "仪器")})
	require.NoError(t, err)
	require.Equal(t, int64(1), n)

	require.Equal(t, http.StatusSeeOther, s.post(path+"/revert", nil).Status)
	require.False(t, *s.leadOf("林晓").Converted)
	_, err = s.org.Accounts.Get(t.Context(), l.AccountID)
	require.ErrorIs(t, err, record.ErrNotFound)
}

// What is typed into a lead is shown as text.
func TestLeadPagesAreSafe(t *testing.T) {
	t.Parallel()
	s := newSite(t, crm.Options{})
	l := &lead.Lead{LastName: "<script>alert(1)</script>", Company: `"><img src=x onerror=alert(1)>`, Website: "x.example"}
	require.NoError(t, s.org.Leads.Create(t.Context(), l))
	require.NoError(t, s.org.Notes.Create(t.Context(), &relations.Note{Content: "x", Parent: record.Link{Module: lead.Module, ID: l.ID}}))
	for _, path := range []string{"/leads", "/leads/" + l.ID.String()} {
		page := s.page(path)
		require.NotContains(t, page, "<script>alert")
		require.NotContains(t, page, "<img src=x")
		require.True(t, strings.Contains(page, "&lt;script&gt;"))
	}
}
