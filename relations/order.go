package relations

import "github.com/clientele-go/crm/record"

// SalesOrderModule is the API name of the module of sales orders.
const SalesOrderModule = "Sales_Orders"

// SalesOrder is what an account has ordered. Empty texts, zero ids and zero dates mean absent.
type SalesOrder struct {
	record.Meta // id, version, owner, tags, who and when, source
	Document

	Number        string // the host's own
	Status        string // one of OrderStatuses, or a text of the user's own
	DueDate       record.Date
	PurchaseOrder string // the account's number for it
	DealID        record.ID
	QuoteID       record.ID // what it comes from
	Carrier       string    // one of Carriers, or a text of the user's own
}

// OrderStatuses are the values of Status (状态), of sales orders and invoices. They are open, and not to be changed.
var OrderStatuses = &record.PickValues{Values: []record.PickValue{{Actual: "Created", Chinese: "已创建"}, {Actual: "Approved", Chinese: "已批准"},
	{Actual: "Delivered", Chinese: "已发货"}, {Actual: "Cancelled", Chinese: "已取消"}}}

// SalesOrderFields lists every field in the order of the form. The list is not to be changed.
var SalesOrderFields = documentFields("Ordered_Items", "Ordered Items", "订购明细", func(o *SalesOrder) *Document { return &o.Document },
	record.Text("SO_Number", 40, func(o *SalesOrder) *string { return &o.Number }).Label("SO Number", "销售订单编号").NoClone(),
	record.PickList("Status", OrderStatuses, func(o *SalesOrder) *string { return &o.Status }).Label("Status", "状态"),
	record.DateOnly("Due_Date", func(o *SalesOrder) *record.Date { return &o.DueDate }).Label("Due Date", "截止日期"),
	record.Text("Purchase_Order", 100, func(o *SalesOrder) *string { return &o.PurchaseOrder }).Label("Purchase Order", "采购订单"),
	record.Lookup("Deal_Name", func(o *SalesOrder) *record.ID { return &o.DealID }).Label("Deal Name", "商机名称").To(DealModule).OnDelete(record.Clear),
	record.Lookup("Quote_Name", func(o *SalesOrder) *record.ID { return &o.QuoteID }).Label("Quote Name", "报价名称").To(QuoteModule).OnDelete(record.Clear),
	record.PickList("Carrier", Carriers, func(o *SalesOrder) *string { return &o.Carrier }).Label("Carrier", "承运人"),
)

// SalesOrderDefinition declares the module of sales orders.
var SalesOrderDefinition = record.Define(SalesOrderModule, SalesOrderFields, record.ModuleOptions{Singular: "Sales Order", Chinese: "销售订单", Hooks: []record.Hook{documentHook("Ordered_Items")}})

// SalesOrders is the sales orders of one organization, as one session sees them.
type SalesOrders = record.Module[SalesOrder]
