package relations

import "github.com/clientele-go/crm/record"

// InvoiceModule is the API name of the module of invoices.
const InvoiceModule = "Invoices"

// Invoice is what an account owes. Empty texts, zero ids and zero dates mean absent.
type Invoice struct {
	record.Meta // id, version, owner, tags, who and when, source
	Document

	Number        string // the host's own
	Status        string // one of OrderStatuses, or a text of the user's own
	Date          record.Date
	DueDate       record.Date
	PurchaseOrder string // the account's number for it
	SalesOrderID  record.ID
}

// InvoiceFields lists every field in the order of the form. The list is not to be changed.
var InvoiceFields = documentFields("Invoiced_Items", "Invoiced Items", "发货明细", func(i *Invoice) *Document { return &i.Document },
	record.Text("Invoice_Number", 40, func(i *Invoice) *string { return &i.Number }).Label("Invoice Number", "发货单编号").NoClone(),
	record.PickList("Status", OrderStatuses, func(i *Invoice) *string { return &i.Status }).Label("Status", "状态"),
	record.DateOnly("Invoice_Date", func(i *Invoice) *record.Date { return &i.Date }).Label("Invoice Date", "发货单日期"),
	record.DateOnly("Due_Date", func(i *Invoice) *record.Date { return &i.DueDate }).Label("Due Date", "截止日期"),
	record.Text("Purchase_Order", 100, func(i *Invoice) *string { return &i.PurchaseOrder }).Label("Purchase Order", "采购订单"),
	record.Lookup("Sales_Order", func(i *Invoice) *record.ID { return &i.SalesOrderID }).Label("Sales Order", "销售订单").To(SalesOrderModule).OnDelete(record.Clear),
)

// InvoiceDefinition declares the module of invoices.
var InvoiceDefinition = record.Define(InvoiceModule, InvoiceFields, record.ModuleOptions{Singular: "Invoice", Chinese: "发货单", Hooks: []record.Hook{documentHook("Invoiced_Items")}})

// Invoices is the invoices of one organization, as one session sees them.
type Invoices = record.Module[Invoice]
