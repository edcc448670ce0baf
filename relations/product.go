package relations

import (
	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/record"
)

// ProductModule is the API name of the module of products.
const ProductModule = "Products"

// Product is what is sold. Empty texts, nil pointers, zero dates and invalid numbers mean absent.
type Product struct {
	record.Meta // id, version, owner, tags, who and when, source

	Name           string // required
	Code           string
	Active         *bool
	Manufacturer   string
	Category       string
	SalesStart     record.Date
	SalesEnd       record.Date
	SupportStart   record.Date
	SupportExpiry  record.Date
	UnitPrice      decimal.NullDecimal
	CommissionRate decimal.NullDecimal
	Taxable        *bool
	UsageUnit      string // what is counted: Box, Piece, …
	InStock        decimal.NullDecimal
	Ordered        decimal.NullDecimal
	ReorderLevel   decimal.NullDecimal
	Demand         decimal.NullDecimal
	Description    string // of several lines
}

// The pick lists of products. They are open, and not to be changed.
var (
	// ProductCategories are the values of Product_Category (产品分类).
	ProductCategories = &record.PickValues{Values: []record.PickValue{{Actual: "Hardware", Chinese: "硬件"}, {Actual: "Software", Chinese: "软件"}, {Actual: "CRM Applications", Chinese: "CRM应用"}}}

	// UsageUnits are the values of Usage_Unit (使用单位).
	UsageUnits = &record.PickValues{Values: []record.PickValue{
		{Actual: "Box", Chinese: "箱"}, {Actual: "Carton", Chinese: "纸箱"}, {Actual: "Dozen", Chinese: "打"}, {Actual: "Each", Chinese: "个"}, {Actual: "Hours", Chinese: "小时"},
		{Actual: "Impressions", Chinese: "次"}, {Actual: "Lb", Chinese: "磅"}, {Actual: "M", Chinese: "米"}, {Actual: "Pack", Chinese: "包"}, {Actual: "Pages", Chinese: "页"},
		{Actual: "Pieces", Chinese: "件"}, {Actual: "Quantity", Chinese: "数量"}, {Actual: "Reams", Chinese: "令"}, {Actual: "Sheet", Chinese: "张"}, {Actual: "Spiral Binder", Chinese: "螺旋装订本"},
		{Actual: "Sq Ft", Chinese: "平方英尺"}}}
)

// ProductFields lists every field in the order of the form. The list is not to be changed.
var ProductFields = []record.Field[Product]{
	record.Text("Product_Name", 200, func(p *Product) *string { return &p.Name }).Label("Product Name", "产品名称").Required().Folded().Sorted().Alias("Name", "Product", "产品"),
	record.Text("Product_Code", 100, func(p *Product) *string { return &p.Code }).Label("Product Code", "产品编号").Folded().Alias("SKU", "ProductCode", "Code", "产品代码"),
	record.Bool("Product_Active", func(p *Product) **bool { return &p.Active }).Label("Product Active", "产品有效").Alias("Active", "IsActive"),
	record.Text("Manufacturer", 100, func(p *Product) *string { return &p.Manufacturer }).Label("Manufacturer", "制造商"),
	record.PickList("Product_Category", ProductCategories, func(p *Product) *string { return &p.Category }).Label("Product Category", "产品分类").Alias("Category", "Family"),
	record.DateOnly("Sales_Start_Date", func(p *Product) *record.Date { return &p.SalesStart }).Label("Sales Start Date", "销售开始日期"),
	record.DateOnly("Sales_End_Date", func(p *Product) *record.Date { return &p.SalesEnd }).Label("Sales End Date", "销售结束日期"),
	record.DateOnly("Support_Start_Date", func(p *Product) *record.Date { return &p.SupportStart }).Label("Support Start Date", "支持开始日期"),
	record.DateOnly("Support_Expiry_Date", func(p *Product) *record.Date { return &p.SupportExpiry }).Label("Support Expiry Date", "支持截止日期"),
	record.Currency("Unit_Price", func(p *Product) *decimal.NullDecimal { return &p.UnitPrice }).Label("Unit Price", "单价").Alias("Price", "价格"),
	record.Percent("Commission_Rate", func(p *Product) *decimal.NullDecimal { return &p.CommissionRate }).Label("Commission Rate", "佣金率"),
	record.Bool("Taxable", func(p *Product) **bool { return &p.Taxable }).Label("Taxable", "应税"),
	record.PickList("Usage_Unit", UsageUnits, func(p *Product) *string { return &p.UsageUnit }).Label("Usage Unit", "使用单位").Alias("Unit", "单位"),
	record.Decimal("Qty_in_Stock", 16, 4, func(p *Product) *decimal.NullDecimal { return &p.InStock }).Label("Quantity in Stock", "库存数量").Alias("Stock", "库存"),
	record.Decimal("Qty_Ordered", 16, 4, func(p *Product) *decimal.NullDecimal { return &p.Ordered }).Label("Qty Ordered", "订购数量"),
	record.Decimal("Reorder_Level", 16, 4, func(p *Product) *decimal.NullDecimal { return &p.ReorderLevel }).Label("Reorder Level", "再订购水平"),
	record.Decimal("Qty_in_Demand", 16, 4, func(p *Product) *decimal.NullDecimal { return &p.Demand }).Label("Quantity in Demand", "需求数量"),
	description(func(p *Product) *string { return &p.Description }),
}

// ProductDefinition declares the module of products.
var ProductDefinition = record.Define(ProductModule, ProductFields, record.ModuleOptions{Singular: "Product", Chinese: "产品"})

// Products is the products of one organization, as one session sees them.
type Products = record.Module[Product]
