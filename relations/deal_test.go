package relations_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

func money(s string) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.RequireFromString(s)) }

func TestDeals(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		all := crmtest.Seed(t, org)
		require.Equal(t, "Deal_Name=MANDATORY_NOT_FOUND Stage=MANDATORY_NOT_FOUND", codes(org.Deals.Create(ctx, &relations.Deal{})))
		d := &relations.Deal{Name: "Pumps", AccountID: all["Acme East"].ID, Stage: "Needs Analysis", Amount: money("1234.5678")}
		require.NoError(t, org.Deals.Create(ctx, d))
		require.Equal(t, int64(20), *d.Probability)
		require.Equal(t, "246.9136", d.ExpectedRevenue.Decimal.String())
		require.Equal(t, relations.Open, d.Forecast())

		// The probability is the stage's, unless it is given with it.
		d.Stage = "Proposal/Price Quote"
		require.NoError(t, org.Deals.Update(ctx, d))
		require.Equal(t, int64(75), *d.Probability)
		d.Stage, d.Probability = "Negotiation/Review", new(int64(33))
		require.NoError(t, org.Deals.Update(ctx, d))
		require.Equal(t, "33 407.4074", decimal.NewFromInt(*d.Probability).String()+" "+d.ExpectedRevenue.Decimal.String())
		d.Amount = decimal.NullDecimal{}
		require.NoError(t, org.Deals.Update(ctx, d))
		require.False(t, d.ExpectedRevenue.Valid)
		for _, bad := range []int64{-1, 101} {
			d.Probability = new(bad)
			err := org.Deals.Update(ctx, d)
			require.Equal(t, "Probability=INVALID_DATA", codes(err))
		}
		own := &relations.Deal{Name: "Own", Stage: "Our own stage", Amount: money("5")}
		require.NoError(t, org.Deals.Create(ctx, own))
		require.Nil(t, own.Probability)
		require.False(t, own.ExpectedRevenue.Valid)
		require.Equal(t, relations.Open, own.Forecast())

		won := &relations.Deal{Name: "Won", AccountID: all["Acme Boston"].ID, Stage: "Closed Won", Amount: money("10.01")}
		lost := &relations.Deal{Name: "Lost", AccountID: all["Acme"].ID, Stage: "Closed Lost", Amount: money("7")}
		require.NoError(t, org.Deals.Create(ctx, won, lost))
		require.Equal(t, relations.Won, won.Forecast())
		require.Equal(t, "10.01 0", won.ExpectedRevenue.Decimal.String()+" "+lost.ExpectedRevenue.Decimal.String())
		totals, err := org.Accounts.RollUp(ctx, all["Acme"].ID, record.Sum{Module: relations.DealModule, Field: "Amount", Where: record.In("Stage", relations.StagesOf(relations.Won)...)},
			record.Sum{Module: relations.DealModule, Where: record.In("Stage", relations.StagesOf(relations.Open)...)})
		require.NoError(t, err)
		require.Equal(t, "10.01", totals[0].Sum.String())
		require.Equal(t, int64(1), totals[1].Records)

		list, _, err := org.Deals.List(ctx, record.Query{Where: record.Eq(relations.AccountField, all["Acme East"].ID)})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.NoError(t, org.Accounts.Delete(ctx, all["Acme"].ID))
		lost, err = org.Deals.Get(ctx, lost.ID)
		require.NoError(t, err)
		require.Zero(t, lost.AccountID)
	})
}

func TestProductsAndCases(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		all := crmtest.Seed(t, org)
		require.Equal(t, "Product_Name=MANDATORY_NOT_FOUND", codes(org.Products.Create(ctx, &relations.Product{})))
		p := &relations.Product{Name: "Pump", Code: "P-1", UnitPrice: money("9.9"), UsageUnit: "Pieces"}
		require.NoError(t, org.Products.Create(ctx, p))
		require.Equal(t, "Subject=MANDATORY_NOT_FOUND Status=MANDATORY_NOT_FOUND Case_Origin=MANDATORY_NOT_FOUND", codes(org.Cases.Create(ctx, &relations.Case{})))
		c := &relations.Case{Subject: "Leaks", Number: "7", Status: "New", Origin: "Phone", AccountID: all["Globex"].ID, ProductID: p.ID}
		require.NoError(t, org.Cases.Create(ctx, c))
		require.Equal(t, "Product_Name=NOT_FOUND", codes(org.Cases.Create(ctx, &relations.Case{Subject: "x", Status: "New", Origin: "Web", ProductID: record.NewID()})))
		require.NoError(t, org.Products.Delete(ctx, p.ID))
		c, err := org.Cases.Get(ctx, c.ID)
		require.NoError(t, err)
		require.Zero(t, c.ProductID)
		draft, err := org.Cases.Records.CloneDraft(ctx, c.ID)
		require.NoError(t, err)
		copied := org.Cases.Decode(draft)
		require.Equal(t, "Leaks  ", copied.Subject+" "+copied.Number+" ")
		require.Equal(t, all["Globex"].ID, copied.AccountID)
	})
}
