package importer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

func TestPresets(t *testing.T) {
	limited(t, allows(record.RightView, record.RightCreate, record.RightEdit, record.RightImport), func(t *testing.T, org *crm.Org) {
		ctx, bob := t.Context(), org.As("bob").Accounts
		shop := &importer.Preset{Name: " Shop ", Mode: importer.Upsert, Match: []string{"Account_Name"}, Columns: map[string]string{"Firma": "Account_Name", "Tel": "Phone", "Rest": ""},
			Fields: map[string]importer.FieldOptions{"Phone": {Default: "0"}, "Annual_Revenue": {Decimal: ','}}}
		require.NoError(t, importer.SavePreset(ctx, bob, shop))
		require.NoError(t, importer.SavePreset(ctx, bob, &importer.Preset{Name: "Another"}))
		all, err := importer.Presets(ctx, org.As("ann").Accounts)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, "Another", all[0].Name)
		shop.Name = "Shop"
		require.Equal(t, shop, all[1])

		f := file(t, "Firma;Annual Revenue\nx;1,5\n")
		r, err := importer.Run(ctx, bob, f, all[1].Options(f.Header().Cells))
		require.NoError(t, err)
		require.Equal(t, "1 = 1 + 0 + 0 + 0 + 0", counts(r))
		require.Equal(t, "0 1.5", find(t, org.AsSystem(), "x").Phone+" "+find(t, org.AsSystem(), "x").AnnualRevenue.Decimal.String())

		require.NoError(t, importer.SavePreset(ctx, bob, &importer.Preset{Name: "Shop", Mode: importer.Add}))
		require.NoError(t, importer.DeletePreset(ctx, bob, "Another"))
		all, err = importer.Presets(ctx, bob)
		require.NoError(t, err)
		require.Equal(t, []*importer.Preset{{Name: "Shop", Mode: importer.Add}}, all)
		for _, bad := range []*importer.Preset{{}, {Name: "a\nb"}, {Name: strings.Repeat("x", 101)}, {Name: "x", Mode: "sideways"}} {
			require.ErrorAs(t, importer.SavePreset(ctx, bob, bad), new(*record.ValidationError))
		}
		eve := org.As("eve").Accounts // nobody
		_, err = importer.Presets(ctx, eve)
		require.ErrorIs(t, err, record.ErrForbidden)
		require.ErrorIs(t, importer.SavePreset(ctx, eve, &importer.Preset{Name: "x"}), record.ErrForbidden)
		require.ErrorIs(t, importer.DeletePreset(ctx, eve, "Shop"), record.ErrForbidden)
	})
}
