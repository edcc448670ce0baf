package importer_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// TestExportsOfOthers maps the headers of what other programs export, without a word about them.
func TestExportsOfOthers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		header string
		fields []string // "" for columns that are passed over
	}{
		"Zoho": {"Record Id,Account Name,Account Owner,Phone,Website,Account Site,Parent Account,Account Number,Ticker Symbol,Annual Revenue,SIC Code,Employees,Billing Street,Billing Code,Tag,Created Time",
			[]string{"id", "Account_Name", "Owner", "Phone", "Website", "Account_Site", "Parent_Account", "Account_Number", "Ticker_Symbol", "Annual_Revenue", "SIC_Code", "Employees", "Billing_Street", "Billing_Code", "Tag", "Created_Time"}},
		"Salesforce": {"Name,Type,BillingStreet,BillingCity,BillingState,BillingPostalCode,BillingCountry,ShippingCity,Phone,Fax,AccountNumber,Website,Sic,Industry,AnnualRevenue,NumberOfEmployees,Ownership,TickerSymbol,Description,Rating,Site,OwnerId",
			[]string{"Account_Name", "Account_Type", "Billing_Street", "Billing_City", "Billing_State", "Billing_Code", "Billing_Country", "Shipping_City", "Phone", "Fax", "Account_Number", "Website", "SIC_Code", "Industry",
				"Annual_Revenue", "Employees", "Ownership", "Ticker_Symbol", "Description", "Rating", "Account_Site", ""}},
		"HubSpot": {"Company name,Company Domain Name,Phone Number,City,State/Region,Country/Region,Postal Code,Street Address,Industry,Number of Employees,Annual Revenue,Description,Parent Company",
			[]string{"Account_Name", "Website", "Phone", "Billing_City", "Billing_State", "Billing_Country", "Billing_Code", "Billing_Street", "Industry", "Employees", "Annual_Revenue", "Description", "Parent_Account"}},
		"Outlook": {"First Name,Company,Business Street,Business City,Business State,Business Postal Code,Business Country/Region,Business Fax,Business Phone,Web Page,Notes",
			[]string{"", "Account_Name", "Billing_Street", "Billing_City", "Billing_State", "Billing_Code", "Billing_Country", "Fax", "Phone", "Website", "Description"}},
		"Google": {"Given Name,Organization 1 - Name,Phone 1 - Value,Address 1 - Street,Address 1 - City,Address 1 - Postal Code,Website 1 - Value",
			[]string{"", "Account_Name", "Phone", "Billing_Street", "Billing_City", "Billing_Code", "Website"}},
		"an alias beside the name": {"Company,Account Name,Organization", []string{"", "Account_Name", ""}},
		"two aliases":              {"Company,Organization", []string{"Account_Name", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, crmtest.New(t), tt.header+"\n", nil)
			var fields []string
			for _, c := range r.Columns {
				fields = append(fields, c.Field)
			}
			require.Equal(t, tt.fields, fields)
		})
	}
}

func TestSuggest(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		layout(t, org, record.FieldLayout{Name: "Loyalty_Level", Type: "text", Chinese: "忠诚度"})
		got, err := importer.Suggest(t.Context(), org.Accounts, []string{"Account_Name", "客户类型", "Company", "Annual Revenu", "loyalty-level", "忠诚度", "Shoe size", "", "Created Time", "id", "E-mail"})
		require.NoError(t, err)
		var lines []string
		for _, s := range got {
			lines = append(lines, fmt.Sprintf("%d %s %s %.2f", s.Column, s.Field, s.By, s.Score))
		}
		require.Equal(t, []string{"1 Account_Name name 1.00", "2 Account_Type label 0.95", "3 Account_Name alias 0.90", "4 Annual_Revenue look 0.74", "5 Loyalty_Level look 0.80",
			"6 Loyalty_Level label 0.95", "10 id name 1.00"}, lines)
	})
}
