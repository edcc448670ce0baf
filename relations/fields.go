package relations

import (
	"context"
	"errors"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// Schemas returns the modules of this package. A session of them has those of the packages account and lead too.
func Schemas() []*record.Schema {
	return []*record.Schema{ContactDefinition.Schema, DealDefinition.Schema, TaskDefinition.Schema, EventDefinition.Schema, CallDefinition.Schema, EmailDefinition.Schema,
		ProductDefinition.Schema, QuoteDefinition.Schema, SalesOrderDefinition.Schema, InvoiceDefinition.Schema, CaseDefinition.Schema,
		AccountProductDefinition.Schema, NoteDefinition.Schema, AttachmentDefinition.Schema, ContactRoleDefinition.Schema}
}

// AccountField is the API name of the lookup by which records lead to their account.
const AccountField = "Account_Name"

// MaxDescription is how many characters a description has. Zoho: 32,000.
const MaxDescription = 32000

// toAccount is the lookup to an account.
func toAccount[T any](at func(*T) *record.ID) record.Field[T] {
	return record.Lookup(AccountField, at).Label("Account Name", "客户名称").To(account.Module).OnDelete(record.Clear).Noted().
		Alias("Account", "Company", "Company Name", "Customer", "Organization", "公司", "公司名称", "客户")
}

func description[T any](at func(*T) *string) record.Field[T] {
	return record.TextArea("Description", MaxDescription, at).Label("Description", "说明").Alias("Notes", "Comments", "Remarks", "备注", "描述")
}

// address is the five fields of an address, which are as long as those of accounts. Zoho names the postal code Zip in contacts, and
// Code elsewhere.
func address[T any](english, chinese, code string, at func(*T) *account.Address) []record.Field[T] {
	part := func(name, zh string, limit int, part func(*account.Address) *string) record.Field[T] {
		return record.Text(english+"_"+name, limit, func(t *T) *string { return part(at(t)) }).Label(english+" "+name, chinese+zh)
	}
	return []record.Field[T]{
		record.TextArea(english+"_Street", 250, func(t *T) *string { return &at(t).Street }).Label(english+" Street", chinese+"街道").Alias(english + "Street"),
		part("City", "城市", 100, func(a *account.Address) *string { return &a.City }).Alias(english + "City"),
		part("State", "省(州)", 100, func(a *account.Address) *string { return &a.State }).Alias(english+"State", english+" State/Province"),
		part(code, "邮编", 30, func(a *account.Address) *string { return &a.Code }).Alias(english+"PostalCode", english+" Zip/Postal Code"),
		part("Country", "国家", 100, func(a *account.Address) *string { return &a.Country }).Alias(english + "Country"),
	}
}

// LeadSources are the values of Lead_Source (线索来源), of contacts and deals, in Zoho's order. They are not to be changed.
var LeadSources = &record.PickValues{Values: []record.PickValue{
	{Actual: "Advertisement", Chinese: "广告"}, {Actual: "Cold Call", Chinese: "陌生电话"}, {Actual: "Employee Referral", Chinese: "员工推荐"},
	{Actual: "External Referral", Chinese: "外部推荐"}, {Actual: "Online Store", Chinese: "在线商店"}, {Actual: "Partner", Chinese: "合作伙伴"},
	{Actual: "Public Relations", Chinese: "公共关系"}, {Actual: "Sales Email Alias", Chinese: "销售邮箱"}, {Actual: "Seminar Partner", Chinese: "研讨会合作伙伴"},
	{Actual: "Internal Seminar", Chinese: "内部研讨会"}, {Actual: "Trade Show", Chinese: "展会"}, {Actual: "Web Download", Chinese: "网站下载"},
	{Actual: "Web Research", Chinese: "网络调研"}, {Actual: "Chat", Chinese: "在线聊天"}}}

// refuse is what a hook says against a field, for programs and for people.
func refuse(field string, code record.Code, english, chinese string) error {
	return &record.ValidationError{Fields: []record.FieldError{{Field: field, Code: code, Args: record.Args{"text": record.Words{English: english, Chinese: chinese}}}}}
}

// text returns a text as a value, which is null when it is empty.
func text(s string) storage.Value {
	if s == "" {
		return storage.Value{}
	}
	return storage.TextValue(s)
}

// changed reports whether a field of a record is not as it was.
func changed(old, rec *record.Record, field string) bool {
	return old == nil || old.Value(field) != rec.Value(field)
}

// find returns a record of a module, whoever the actor is; nil when there is none.
func find(ctx context.Context, s *record.Session, module string, id record.ID) (*record.Record, error) {
	rs, err := s.AsSystem().Records(module)
	if err != nil {
		return nil, err
	}
	rec, err := rs.Get(ctx, id)
	if errors.Is(err, record.ErrNotFound) {
		return nil, nil
	}
	return rec, err
}
