package relations

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// DealModule is the API name of the module of deals.
const DealModule = "Deals"

// Deal is business that may be done with an account. Empty texts, zero ids, a nil Probability and invalid amounts mean absent.
type Deal struct {
	record.Meta // id, version, owner, tags, who and when, source

	Name            string // required
	AccountID       record.ID
	ContactID       record.ID
	Type            string              // one of DealTypes, or a text of the user's own
	LeadSource      string              // one of LeadSources, or a text of the user's own
	Amount          decimal.NullDecimal // in the organization's currency
	ClosingDate     record.Date
	Stage           string // required: one of Stages, or of the organization's own
	Pipeline        string // whose stage it is; set where the organization has pipelines: see SavePipelines
	NextStep        string
	Probability     *int64              // percent; by default, and when the stage changes, that of the stage
	ExpectedRevenue decimal.NullDecimal // Amount times Probability
	Description     string              // of several lines
}

// DealTypes are the values of a deal's Type (类型). They are not to be changed.
var DealTypes = &record.PickValues{Values: []record.PickValue{{Actual: "Existing Business", Chinese: "现有业务"}, {Actual: "New Business", Chinese: "新业务"}}}

// DealFields lists every field in the order of the form. Limits count characters, as Zoho has them. The list is not to be changed.
var DealFields = []record.Field[Deal]{
	record.Text("Deal_Name", 120, func(d *Deal) *string { return &d.Name }).Label("Deal Name", "商机名称").Required().Folded().Sorted().
		Alias("Opportunity Name", "Opportunity", "Deal", "Name", "商机"),
	toAccount(func(d *Deal) *record.ID { return &d.AccountID }),
	record.Lookup("Contact_Name", func(d *Deal) *record.ID { return &d.ContactID }).Label("Contact Name", "联系人名称").To(ContactModule).OnDelete(record.Clear).Alias("Contact", "Primary Contact"),
	record.PickList("Type", DealTypes, func(d *Deal) *string { return &d.Type }).Label("Type", "类型").Alias("Deal Type"),
	record.PickList("Lead_Source", LeadSources, func(d *Deal) *string { return &d.LeadSource }).Label("Lead Source", "线索来源").Alias("LeadSource"),
	record.Currency("Amount", func(d *Deal) *decimal.NullDecimal { return &d.Amount }).Label("Amount", "金额"),
	record.DateOnly("Closing_Date", func(d *Deal) *record.Date { return &d.ClosingDate }).Label("Closing Date", "结束日期").Indexed().Alias("Close Date", "CloseDate", "预计成交日期"),
	record.PickList("Stage", stageValues, func(d *Deal) *string { return &d.Stage }).Label("Stage", "阶段").Required().Alias("StageName", "Deal Stage"),
	record.Text("Pipeline", MaxPipelineName, func(d *Deal) *string { return &d.Pipeline }).Label("Pipeline", "销售管道"),
	record.Text("Next_Step", 100, func(d *Deal) *string { return &d.NextStep }).Label("Next Step", "下一步").Alias("NextStep"),
	record.Integer("Probability", 3, func(d *Deal) **int64 { return &d.Probability }).Label("Probability (%)", "可能性(%)").Alias("Probability", "赢率"),
	record.Currency("Expected_Revenue", func(d *Deal) *decimal.NullDecimal { return &d.ExpectedRevenue }).Label("Expected Revenue", "预期收入").ReadOnly(),
	description(func(d *Deal) *string { return &d.Description }),
}

// DealDefinition declares the module of deals.
var DealDefinition = record.Define(DealModule, DealFields, record.ModuleOptions{Singular: "Deal", Chinese: "商机", Hooks: []record.Hook{expectOfDeal}})

// Deals is the deals of one organization, as one session sees them.
type Deals = record.Module[Deal]

// Forecast returns what the deal's stage means in the pipeline that comes with this package: open, when it is none of that. See
// [StageIn] for those of the organization.
func (d *Deal) Forecast() Forecast {
	if s, ok := StageOf(d.Stage); ok {
		return s.Forecast
	}
	return Open
}

// expectOfDeal sets the pipeline of a deal, the probability of a new stage, unless it is given with it, and what revenue is expected.
func expectOfDeal(ctx context.Context, s *record.Session, old, rec *record.Record) error {
	stage, known, err := stageOf(ctx, s, old, rec)
	if err != nil {
		return err
	}
	p := rec.Value("Probability")
	if known && (p.IsNull() || old != nil && changed(old, rec, "Stage") && !changed(old, rec, "Probability")) {
		p = storage.IntValue(stage.Probability)
		rec.Set("Probability", p)
	}
	if n := p.Int64(); !p.IsNull() && (p.Kind() != storage.Int || n < 0 || n > 100) { // Zoho: Given Probability is not valid
		return refuse("Probability", record.CodeInvalid, "from 0 to 100", "应为0到100")
	}
	if p.IsNull() || rec.Value("Amount").Kind() != storage.Decimal {
		rec.Set("Expected_Revenue", storage.Value{})
		return nil
	}
	if !setAmount(rec, "Expected_Revenue", percent(number(rec, "Amount"), decimal.NewFromInt(p.Int64()))) {
		return refuse("Amount", record.CodeInvalid, "an amount of too many digits", "金额位数过多")
	}
	return nil
}

// moneyPlaces is how many digits amounts have after the point.
const moneyPlaces = 4
