package relations

import "github.com/clientele-go/crm/record"

// QuoteModule is the API name of the module of quotes.
const QuoteModule = "Quotes"

// Quote is an offer. Empty texts, zero ids and zero dates mean absent.
type Quote struct {
	record.Meta // id, version, owner, tags, who and when, source
	Document

	Number    string // the host's own
	Stage     string // one of QuoteStages, or a text of the user's own
	ValidTill record.Date
	DealID    record.ID
	Carrier   string // one of Carriers, or a text of the user's own
}

// The pick lists of quotes. They are open, and not to be changed.
var (
	// QuoteStages are the values of Quote_Stage (报价阶段).
	QuoteStages = &record.PickValues{Values: []record.PickValue{{Actual: "Draft", Chinese: "草稿"}, {Actual: "Negotiation", Chinese: "谈判"}, {Actual: "Delivered", Chinese: "已发送"},
		{Actual: "On Hold", Chinese: "搁置"}, {Actual: "Confirmed", Chinese: "已确认"}, {Actual: "Closed Won", Chinese: "成交"}, {Actual: "Closed Lost", Chinese: "丢单"}}}
	// Carriers are the values of Carrier (承运人), of quotes and orders.
	Carriers = &record.PickValues{Values: []record.PickValue{{Actual: "FedEX", Chinese: "联邦快递"}, {Actual: "UPS", Chinese: "联合包裹"}, {Actual: "USPS", Chinese: "美国邮政"},
		{Actual: "DHL", Chinese: "敦豪"}, {Actual: "BlueDart", Chinese: "蓝标"}}}
)

// QuoteFields lists every field in the order of the form. The list is not to be changed.
var QuoteFields = documentFields("Quoted_Items", "Quoted Items", "报价明细", func(q *Quote) *Document { return &q.Document },
	record.Text("Quote_Number", 40, func(q *Quote) *string { return &q.Number }).Label("Quote Number", "报价编号").NoClone(),
	record.PickList("Quote_Stage", QuoteStages, func(q *Quote) *string { return &q.Stage }).Label("Quote Stage", "报价阶段").Alias("Stage"),
	record.DateOnly("Valid_Till", func(q *Quote) *record.Date { return &q.ValidTill }).Label("Valid Until", "有效期至"),
	record.Lookup("Deal_Name", func(q *Quote) *record.ID { return &q.DealID }).Label("Deal Name", "商机名称").To(DealModule).OnDelete(record.Clear),
	record.PickList("Carrier", Carriers, func(q *Quote) *string { return &q.Carrier }).Label("Carrier", "承运人"),
)

// QuoteDefinition declares the module of quotes.
var QuoteDefinition = record.Define(QuoteModule, QuoteFields, record.ModuleOptions{Singular: "Quote", Chinese: "报价", Hooks: []record.Hook{documentHook("Quoted_Items")}})

// Quotes is the quotes of one organization, as one session sees them.
type Quotes = record.Module[Quote]
