package relations_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// on is an account, as what notes and files are on.
func on(t *testing.T, org *crm.Org, name string) record.Link {
	t.Helper()
	a := &account.Account{Name: name}
	require.NoError(t, org.Accounts.Create(t.Context(), a))
	return record.Link{Module: account.Module, ID: a.ID}
}

func TestNotes(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, to := t.Context(), on(t, org, "Acme")
		n := &relations.Note{Title: strings.Repeat("題", 120), Content: "<script>alert(1)</script>\nsecond line", Parent: to}
		require.NoError(t, org.Notes.Create(ctx, n))
		require.Equal(t, relations.Remark, n.Kind)
		require.Equal(t, "<script>alert(1)</script>\nsecond line", n.Content)
		deal := &relations.Deal{Name: "Pumps", Stage: "Qualification"}
		require.NoError(t, org.Deals.Create(ctx, deal))
		require.NoError(t, org.Notes.Create(ctx, &relations.Note{Content: "on a deal", Parent: record.Link{Module: relations.DealModule, ID: deal.ID}}))
		recs, _, err := relations.ListNamed("Notes").Page(ctx, org.Session(), []record.ID{to.ID}, record.Query{})
		require.NoError(t, err)
		require.Len(t, recs, 1)
		require.Equal(t, n.ID, recs[0].ID)
		for want, change := range map[string]func(*relations.Note){
			"Note_Title=INVALID_DATA":           func(n *relations.Note) { n.Title = strings.Repeat("題", 121) },
			"Note_Content=MANDATORY_NOT_FOUND":  func(n *relations.Note) { n.Content = " " },
			"Note_Content=INVALID_DATA":         func(n *relations.Note) { n.Content = strings.Repeat("x", 65536) },
			"Note_Kind=INVALID_DATA":            func(n *relations.Note) { n.Kind = "Voice" },
			"Parent_Id=MANDATORY_NOT_FOUND":     func(n *relations.Note) { n.Parent = record.Link{} },
			"Parent_Id=NOT_FOUND":               func(n *relations.Note) { n.Parent.ID = record.NewID() },
			"Parent_Module=INVALID_DATA":        func(n *relations.Note) { n.Parent.Module = relations.NoteModule },
			"Check_In_Place=DEPENDENT_MISMATCH": func(n *relations.Note) { n.Place = "Shanghai" },
		} {
			bad := &relations.Note{Content: "x", Parent: to}
			change(bad)
			require.Equal(t, want, codes(org.Notes.Create(ctx, bad)))
		}
	})
}

func TestCheckIns(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, to := t.Context(), on(t, org, "Acme")
		n := &relations.Note{Content: "visited", Kind: relations.CheckIn, Place: "上海市南京西路", Parent: to}
		require.NoError(t, org.Notes.Create(ctx, n))
		require.False(t, n.Time.IsZero())
		require.NoError(t, org.Notes.Create(ctx, &relations.Note{Content: "x", Kind: relations.CheckIn, Latitude: money("31.2304167"), Longitude: money("-121.4737"), Parent: to}))
		for want, bad := range map[string]relations.Note{
			"Latitude=MANDATORY_NOT_FOUND":  {},
			"Latitude=MANDATORY_NOT_FOUND ": {Latitude: money("1"), Place: "x"},
			"Latitude=INVALID_DATA":         {Latitude: money("90.1"), Longitude: money("1")},
			"Longitude=INVALID_DATA":        {Latitude: money("1"), Longitude: money("-180.0000001")},
		} {
			bad.Content, bad.Kind, bad.Parent = "x", relations.CheckIn, to
			require.Equal(t, strings.TrimSpace(want), codes(org.Notes.Create(ctx, &bad)))
		}
	})
}
