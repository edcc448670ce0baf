package relations_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func TestQuotes(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		a := &account.Account{Name: "Acme", Billing: account.Address{City: "上海", Code: "200000"}, Shipping: account.Address{City: "北京"}}
		require.NoError(t, org.Accounts.Create(ctx, a))
		require.Equal(t, "Subject=MANDATORY_NOT_FOUND Quoted_Items=MANDATORY_NOT_FOUND", codes(org.Quotes.Create(ctx, &relations.Quote{})))
		p := &relations.Product{Name: "Pump"}
		require.NoError(t, org.Products.Create(ctx, p))
		q := &relations.Quote{Stage: "Draft", Document: relations.Document{Subject: "Pumps", AccountID: a.ID, Discount: money("1"), Adjustment: money("-0.06"), Tax: money("2.5"),
			Shipping: account.Address{City: "Köln"}, Lines: []relations.Line{
				{Name: " Pump ", ProductID: p.ID, Quantity: dec("3"), ListPrice: dec("19.99"), DiscountPercent: dec("10"), TaxPercent: dec("13")},
				{Name: "Delivery", Quantity: dec("1"), ListPrice: dec("5"), Discount: dec("0.5"), NetTotal: dec("99")}}}}
		require.NoError(t, org.Quotes.Create(ctx, q))
		q, err := org.Quotes.Get(ctx, q.ID)
		require.NoError(t, err)
		line := q.Lines[0]
		require.Equal(t, "Pump 59.97 5.997 7.0165 60.9895", strings.Join([]string{line.Name, line.Total.String(), line.Discount.String(), line.Tax.String(), line.NetTotal.String()}, " "))
		require.Equal(t, "4.5", q.Lines[1].NetTotal.String(), "it is worked out, whatever was given")
		require.Equal(t, "65.4895 66.9295", q.SubTotal.Decimal.String()+" "+q.GrandTotal.Decimal.String())
		require.Equal(t, account.Address{City: "上海", Code: "200000"}, q.Billing)
		require.Equal(t, account.Address{City: "Köln"}, q.Shipping, "which was given")

		// The timeline and JSON have the lines, and a change of one is a change of the quote.
		rec, err := org.Quotes.Records.Get(ctx, q.ID)
		require.NoError(t, err)
		b, err := json.Marshal(rec)
		require.NoError(t, err)
		require.Contains(t, string(b), `"Quoted_Items":[{"Product_Name":"Pump","Product_Id":"`+p.ID.String()+`","Quantity":"3","List_Price":"19.99","Discount_Percent":"10","Discount":"5.997","Tax_Percent":"13","Total":"59.97","Tax":"7.0165","Net_Total":"60.9895"},`)
		require.NoError(t, json.Unmarshal([]byte(`{"Quoted_Items":[{"Product_Name":"Pump","Quantity":2,"List_Price":1.5}]}`), rec))
		require.NoError(t, org.Quotes.Records.Update(ctx, rec))
		q = org.Quotes.Decode(rec)
		require.Equal(t, "3 4.44", q.SubTotal.Decimal.String()+" "+q.GrandTotal.Decimal.String())
		require.NoError(t, org.Products.Delete(ctx, p.ID))
		q.Subject = "Pumps again"
		require.NoError(t, org.Quotes.Update(ctx, q))
		out, err := org.Quotes.Put(ctx, q)
		require.NoError(t, err)
		require.Equal(t, record.Unchanged, out[0].Action)

		draft, err := org.Quotes.Records.CloneDraft(ctx, q.ID)
		require.NoError(t, err)
		require.Equal(t, q.Lines, org.Quotes.Decode(draft).Lines)
		require.NoError(t, org.Accounts.Delete(ctx, a.ID))
		q, err = org.Quotes.Get(ctx, q.ID)
		require.NoError(t, err)
		require.Zero(t, q.AccountID)
		require.Equal(t, "上海", q.Billing.City)
	})
}

func TestBadLines(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		good := relations.Line{Name: "x", Quantity: dec("1"), ListPrice: dec("1")}
		for want, change := range map[string]func(*relations.Quote){
			"Quoted_Items=MANDATORY_NOT_FOUND a line without Product_Name (line 2)":                       func(q *relations.Quote) { q.Lines = append(q.Lines, relations.Line{Quantity: dec("1")}) },
			"Quoted_Items=INVALID_DATA a line with a Quantity of none or less (line 1)":                   func(q *relations.Quote) { q.Lines[0].Quantity = dec("0") },
			"Quoted_Items=INVALID_DATA a line with a negative amount (line 1)":                            func(q *relations.Quote) { q.Lines[0].ListPrice = dec("-1") },
			"Quoted_Items=INVALID_DATA a line with a Discount_Percent that is not from 0 to 100 (line 1)": func(q *relations.Quote) { q.Lines[0].DiscountPercent = dec("100.1") },
			"Quoted_Items=INVALID_DATA a line with a Discount of more than its Total (line 1)":            func(q *relations.Quote) { q.Lines[0].Discount = dec("1.01") },
			"Quoted_Items=INVALID_DATA a line with a number of too many digits (line 1)":                  func(q *relations.Quote) { q.Lines[0].Quantity = dec("1.00001") },
			"Quoted_Items=INVALID_DATA a line with a number of too many digits":                           func(q *relations.Quote) { q.Lines[0].ListPrice = decimal.New(1, 1_000_000_000) },
			"Quoted_Items=INVALID_DATA a line with a number of too many digits ":                          func(q *relations.Quote) { q.Lines[0].Total = decimal.New(1, -1_000_000_000) },
			"Quoted_Items=INVALID_DATA a line with a text that is too long (line 1)":                      func(q *relations.Quote) { q.Lines[0].Name = strings.Repeat("長", 201) },
			"Quoted_Items=LIMIT_EXCEEDED at most 200 lines": func(q *relations.Quote) {
				for range relations.MaxLines {
					q.Lines = append(q.Lines, good)
				}
			},
			"Quoted_Items=NOT_FOUND a line of a product that is not there": func(q *relations.Quote) { q.Lines[0].ProductID = record.NewID() },
			"Discount=INVALID_DATA from nothing to the Sub Total":          func(q *relations.Quote) { q.Discount = money("1.01") },
			"Tax=INVALID_DATA nothing or more":                             func(q *relations.Quote) { q.Tax = money("-1") },
		} {
			q := &relations.Quote{Document: relations.Document{Subject: "x", Lines: []relations.Line{good}}}
			change(q)
			err := org.Quotes.Create(t.Context(), q)
			var ve *record.ValidationError
			require.ErrorAs(t, err, &ve, want)
			require.Equal(t, strings.TrimSpace(want), codes(err)+" "+ve.Fields[0].Message(record.English))
		}
		rec := org.Quotes.New()
		for _, bad := range []string{`{"Quoted_Items":{}}`, `{"Quoted_Items":"x"}`, `{"Quoted_Items":[{"Colour":"red"}]}`, `{"Quoted_Items":[1]}`, `{"Quoted_Items":true}`} {
			require.Equal(t, "Quoted_Items=INVALID_DATA", codes(json.Unmarshal([]byte(bad), rec)), bad)
		}
	})
}

// TestSums adds up random lines in whole ten-thousandths, as somebody would with a pencil.
func TestSums(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	rapid.Check(t, func(rt *rapid.T) {
		o := &relations.SalesOrder{Document: relations.Document{Subject: "x"}}
		var sub int64
		half := func(n, by int64) int64 { return (n + by/2) / by } // rounds half up; nothing is negative
		for range rapid.IntRange(1, 5).Draw(rt, "lines") {
			q, p := rapid.Int64Range(1, 1_000_0000).Draw(rt, "quantity"), rapid.Int64Range(0, 1_000_0000).Draw(rt, "price")
			d, x := rapid.Int64Range(0, 100_0000).Draw(rt, "discount"), rapid.Int64Range(0, 100_0000).Draw(rt, "tax")
			o.Lines = append(o.Lines, relations.Line{Name: "x", Quantity: decimal.New(q, -4), ListPrice: decimal.New(p, -4), DiscountPercent: decimal.New(d, -4), TaxPercent: decimal.New(x, -4)})
			total := half(q*p, 1_0000)
			net := total - big(total, d)
			sub += net + big(net, x)
		}
		if err := org.Orders.Create(t.Context(), o); err != nil {
			rt.Fatal(err)
		}
		if want := decimal.New(sub, -4); !o.SubTotal.Decimal.Equal(want) || !o.GrandTotal.Decimal.Equal(want) {
			rt.Fatalf("%s and %s, not %s", o.SubTotal.Decimal, o.GrandTotal.Decimal, want)
		}
	})
}

// big is a percentage, in ten-thousandths, of an amount in ten-thousandths, rounded half up.
func big(amount, percent int64) int64 {
	whole, rest := amount/1_000_000, amount%1_000_000
	return whole*percent + (rest*percent+500_000)/1_000_000
}

func TestOrdersAndInvoices(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		lines := []relations.Line{{Name: "x", Quantity: dec("2"), ListPrice: dec("3")}}
		o := &relations.SalesOrder{Status: "Created", Document: relations.Document{Subject: "o", Lines: lines}}
		require.NoError(t, org.Orders.Create(ctx, o))
		i := &relations.Invoice{SalesOrderID: o.ID, Document: relations.Document{Subject: "i", Lines: o.Lines}}
		require.NoError(t, org.Invoices.Create(ctx, i))
		require.Equal(t, "6", i.GrandTotal.Decimal.String())
		task := &relations.Task{Subject: "Remind", What: record.Link{Module: relations.InvoiceModule, ID: i.ID}}
		require.NoError(t, org.Tasks.Create(ctx, task))
		require.NoError(t, org.Orders.Delete(ctx, o.ID))
		i, err := org.Invoices.Get(ctx, i.ID)
		require.NoError(t, err)
		require.Zero(t, i.SalesOrderID)
		require.NoError(t, org.Invoices.Delete(ctx, i.ID))
		_, err = org.Tasks.Get(ctx, task.ID)
		require.ErrorIs(t, err, record.ErrNotFound)
	})
}
