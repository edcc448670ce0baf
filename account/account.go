package account

import (
	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/record"
)

// Module is the API name of the module.
const Module = "Accounts"

// ParentField is the API name of the lookup that makes the tree of accounts.
const ParentField = "Parent_Account"

// MaxDepth is the most accounts that a path from an ultimate parent down may have.
const MaxDepth = 64

// Account is a company, or a part of one, that we do business with. Empty texts, a zero ParentID, a nil Employees and an
// invalid AnnualRevenue mean absent.
type Account struct {
	record.Meta // id, version, owner, tags, who and when, source

	Name          string              // as the company writes it; required
	Number        string              // the host's own number for it
	Site          string              // which location of the company: Headquarters
	Type          string              // one of Types, or a text of the user's own
	Industry      string              // one of Industries, or a text of the user's own
	Ownership     string              // one of Ownerships, or a text of the user's own
	Rating        string              // one of Ratings, or a text of the user's own
	AnnualRevenue decimal.NullDecimal // null when unknown, which is not zero
	Employees     *int64              // nil when unknown, which is not zero
	ParentID      record.ID           // zero for a top-level account
	Phone         string              // as people write it
	Fax           string              // as people write it
	Website       string              // with or without the scheme
	TickerSymbol  string              // at the stock exchange
	SICCode       string              // Standard Industrial Classification; text, since zeros lead
	Billing       Address
	Shipping      Address
	Description   string // of several lines
}

// Address is where a company is.
type Address struct {
	Street  string // perhaps several lines
	City    string
	State   string
	Code    string // the postal code
	Country string
}

// Fields lists every field in the order of the form. Tables, validation, import, clone, lists, the timeline and JSON all
// read it. Limits count characters: those of Zoho's help page where it is consistent, and of its API where it is not. The id
// (记录ID) is no field of the form: it is in record.Meta, and "id" to lists, JSON and import. The list is not to be changed.
var Fields = append(append([]record.Field[Account]{
	record.Text("Account_Name", 100, func(a *Account) *string { return &a.Name }).Label("Account Name", "客户名称").Required().Folded().Sorted().
		Alias("Company", "Company Name", "Name", "Account", "Organization", "Organization Name", "Organization 1 - Name", "Customer", "Customer Name", "公司", "公司名称", "企业名称", "单位名称", "客户"),
	record.Phone("Phone", 30, func(a *Account) *string { return &a.Phone }).Label("Phone", "电话").
		Alias("Phone Number", "Business Phone", "Main Phone", "Company Main Phone", "Phone 1 - Value", "Telephone", "联系电话", "公司电话", "电话号码"),
	record.Text("Account_Site", 80, func(a *Account) *string { return &a.Site }).Label("Account Site", "客户地点").
		Alias("Site"),
	record.Text("Fax", 30, func(a *Account) *string { return &a.Fax }).Label("Fax", "传真").
		Alias("Business Fax", "Fax Number", "传真号码"),
	record.Lookup(ParentField, func(a *Account) *record.ID { return &a.ParentID }).Label("Parent Account", "父客户").To(Module).Tree(MaxDepth).OnDelete(record.Clear).
		Alias("Parent Company", "Parent", "上级客户", "母公司"),
	record.URL("Website", 255, func(a *Account) *string { return &a.Website }).Label("Website", "网站").
		Alias("Web Page", "Website URL", "Company Domain Name", "Domain", "URL", "Website 1 - Value", "网址", "公司网站"),
	record.Text("Account_Number", 40, func(a *Account) *string { return &a.Number }).Label("Account Number", "客户编号").
		Alias("AccountNumber"),
	record.Text("Ticker_Symbol", 30, func(a *Account) *string { return &a.TickerSymbol }).Label("Ticker Symbol", "股票代码").
		Alias("TickerSymbol"),
	record.PickList("Account_Type", Types, func(a *Account) *string { return &a.Type }).Label("Account Type", "客户类型").
		Alias("Type"),
	record.PickList("Ownership", Ownerships, func(a *Account) *string { return &a.Ownership }).Label("Ownership", "公司所有权"),
	record.PickList("Industry", Industries, func(a *Account) *string { return &a.Industry }).Label("Industry", "行业").
		Alias("Sector", "所属行业"),
	record.Integer("Employees", 10, func(a *Account) **int64 { return &a.Employees }).Label("Employees", "员工数").
		Alias("NumberOfEmployees", "Number of Employees", "No. of Employees", "Employee Count", "员工人数"),
	record.Currency("Annual_Revenue", func(a *Account) *decimal.NullDecimal { return &a.AnnualRevenue }).Label("Annual Revenue", "年收入").
		Alias("AnnualRevenue", "Revenue", "年营业额"),
	record.Text("SIC_Code", 10, func(a *Account) *string { return &a.SICCode }).Label("SIC Code", "SIC代码").
		Alias("Sic"),
	record.PickList("Rating", Ratings, func(a *Account) *string { return &a.Rating }).Label("Rating", "评级"),
}, append(
	address("Billing", "账单地址", func(a *Account) *Address { return &a.Billing }),
	address("Shipping", "送货地址", func(a *Account) *Address { return &a.Shipping })...)...),
	record.TextArea("Description", 32000, func(a *Account) *string { return &a.Description }).Label("Description", "说明").
		Alias("Notes", "Comments", "Remarks", "备注", "描述"),
)

// address is the five fields of an address.
func address(english, chinese string, at func(*Account) *Address) []record.Field[Account] {
	part := func(name, zh string, limit int, part func(*Address) *string) record.Field[Account] {
		return record.Text(english+"_"+name, limit, func(a *Account) *string { return part(at(a)) }).Label(english+" "+name, chinese+zh)
	}
	street := record.TextArea(english+"_Street", 250, func(a *Account) *string { return &at(a).Street }).Label(english+" Street", chinese+"街道")
	fields := []record.Field[Account]{
		street.Alias(english + "Street"),
		part("City", "城市", 100, func(a *Address) *string { return &a.City }).Alias(english + "City"),
		part("State", "省(州)", 100, func(a *Address) *string { return &a.State }).Alias(english+"State", english+" State/Province"),
		part("Code", "邮编", 30, func(a *Address) *string { return &a.Code }).Alias(english+"PostalCode", english+" Zip/Postal Code"),
		part("Country", "国家", 100, func(a *Address) *string { return &a.Country }).Alias(english + "Country"),
	}
	if english == "Billing" {
		for i, names := range onlyAddress {
			fields[i] = fields[i].Alias(names...)
		}
	}
	return fields
}

// onlyAddress is what programs call the parts of an address that know only one.
var onlyAddress = [][]string{
	{"Street", "Street Address", "Address", "Business Street", "Address 1 - Street", "地址", "街道"},
	{"City", "Business City", "Address 1 - City", "城市"},
	{"State", "State/Region", "Province", "Business State", "Address 1 - Region", "省份"},
	{"Postal Code", "Zip", "Zip Code", "Business Postal Code", "Address 1 - Postal Code", "邮编", "邮政编码"},
	{"Country", "Country/Region", "Business Country/Region", "Address 1 - Country", "国家"},
}

// Definition declares the module.
var Definition = record.Define(Module, Fields, record.ModuleOptions{Singular: "Account", Chinese: "客户"})

// Accounts is the accounts of one organization, as one session sees them.
type Accounts struct{ *record.Module[Account] }

// In returns the accounts of s.
func In(s *record.Session) *Accounts { return &Accounts{Definition.In(s)} }

// In returns the accounts inside the transaction of s.
func (as *Accounts) In(s *record.Session) *Accounts { return In(s) }
