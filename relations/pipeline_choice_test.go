package relations_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

var renewals = relations.Pipeline{Name: "Renewals", Chinese: "续约", Stages: []relations.Stage{{Name: "Due", Chinese: "到期", Probability: 70, Forecast: relations.Open},
	{Name: "Qualification", Probability: 35, Forecast: relations.Open}, {Name: "Renewed", Probability: 100, Forecast: relations.Won}, {Name: "Lapsed", Forecast: relations.Lost}}}

func TestPipelines(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, s := t.Context(), org.Session()
		standard, err := relations.Pipelines(ctx, s)
		require.NoError(t, err)
		require.Equal(t, []relations.Pipeline{{Name: relations.StandardPipeline, Stages: relations.Stages}}, standard)
		before := &relations.Deal{Name: "before", Stage: "Our own", Pipeline: relations.StandardPipeline}
		require.NoError(t, org.Deals.Create(ctx, before))
		require.Equal(t, "Pipeline=MAPPING_MISMATCH", codes(org.Deals.Create(ctx, &relations.Deal{Name: "x", Stage: "Due", Pipeline: "Renewals"})))

		require.NoError(t, relations.SavePipelines(ctx, s, standard[0], renewals))
		d := &relations.Deal{Name: "a", Stage: "Due"}
		require.NoError(t, org.Deals.Create(ctx, d))
		require.Equal(t, "Renewals 70", d.Pipeline+" "+fmt.Sprint(*d.Probability))
		for _, c := range []struct{ pipeline, stage, want string }{
			{"", "Qualification", relations.StandardPipeline + " 10"}, {"Renewals", "Qualification", "Renewals 35"}, {"Renewals", "Closed Won", "Stage=MAPPING_MISMATCH"},
			{"Nothing", "Due", "Stage=MAPPING_MISMATCH"}, {"", "Our own", "Stage=MAPPING_MISMATCH"}, {"Renewals", "", "Stage=MANDATORY_NOT_FOUND"}} {
			d := &relations.Deal{Name: "x", Stage: c.stage, Pipeline: c.pipeline}
			if err := org.Deals.Create(ctx, d); err != nil {
				require.Equal(t, c.want, codes(err))
				continue
			}
			require.Equal(t, c.want, d.Pipeline+" "+fmt.Sprint(*d.Probability))
		}
		require.NoError(t, org.Deals.Edit(ctx, d.ID, func(d *relations.Deal) error { d.Stage = "Qualification"; return nil }))
		d, err = org.Deals.Get(ctx, d.ID)
		require.NoError(t, err)
		require.Equal(t, "Renewals 35", d.Pipeline+" "+fmt.Sprint(*d.Probability), "it stays in its pipeline")
		require.NoError(t, org.Deals.Edit(ctx, d.ID, func(d *relations.Deal) error { d.Stage = "Closed Won"; return nil }))
		require.NoError(t, org.Deals.Edit(ctx, before.ID, func(d *relations.Deal) error { d.NextStep = "call"; return nil }), "what there was stays")

		won, err := relations.DealsThatAre(ctx, s, relations.Won)
		require.NoError(t, err)
		open, err := relations.DealsThatAre(ctx, s, relations.Open)
		require.NoError(t, err)
		for want, f := range map[string]record.Filter{"a": won, "before x x": open} {
			var got string
			for d, err := range org.Deals.All(ctx, record.Query{Where: f}) {
				require.NoError(t, err)
				got += " " + d.Name
			}
			require.Equal(t, " "+want, got)
		}
		stage, ok, err := relations.StageIn(ctx, s, "Renewals", "Lapsed")
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, renewals.Stages[3], stage)
		require.NoError(t, relations.SavePipelines(ctx, s))
		require.NoError(t, org.Deals.Create(ctx, &relations.Deal{Name: "x", Stage: "Our own"}))
	})
}

func TestBadPipelines(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	one := func(s ...relations.Stage) relations.Pipeline { return relations.Pipeline{Name: "x", Stages: s} }
	open := relations.Stage{Name: "a", Forecast: relations.Open}
	for want, all := range map[string][]relations.Pipeline{
		"Name=INVALID_DATA":     {{Stages: []relations.Stage{open}}},
		"Name=DUPLICATE_DATA":   {one(open), one(open)},
		"Stages=LIMIT_EXCEEDED": {one()},
		"Stages=DUPLICATE_DATA": {one(open, open)},
		"Stages=INVALID_DATA":   {one(relations.Stage{Name: "a", Probability: 101, Forecast: relations.Open})},
		"Stages=INVALID_DATA ":  {one(relations.Stage{Name: "a", Forecast: "Perhaps"})},
		"Stages=INVALID_DATA  ": {one(relations.Stage{Name: " a", Forecast: relations.Open})},
		"Stages=INVALID_DATA 2": {one(open), {Name: "y", Stages: []relations.Stage{{Name: "a", Forecast: relations.Won}}}},
	} {
		err := relations.SavePipelines(t.Context(), org.Session(), all...)
		require.Equal(t, strings.Fields(want)[0], codes(err))
	}
}
