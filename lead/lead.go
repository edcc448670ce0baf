package lead

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

// Module is the API name of the module of leads.
const Module = relations.LeadModule

// Lead is somebody who may become a contact, and whose company an account. Empty texts, zero ids, nil numbers and invalid amounts
// mean absent.
type Lead struct {
	record.Meta // id, version, owner, tags, who and when, source

	FullName       string // made of the two names, as relations.FullName does
	Salutation     string // one of relations.Salutations, or a text of the user's own
	FirstName      string
	LastName       string // required
	Company        string // empty for somebody of no company: then no account comes of it
	Title          string // the job; its API name is Designation
	LeadSource     string // one of relations.LeadSources, or a text of the user's own
	Status         string // one of Statuses, or a text of the user's own
	Industry       string // one of account.Industries, or a text of the user's own
	Rating         string // one of account.Ratings, or a text of the user's own
	AnnualRevenue  decimal.NullDecimal
	Employees      *int64
	Phone          string
	Mobile         string
	Fax            string
	Email          string
	SecondaryEmail string
	Website        string // with or without the scheme
	SkypeID        string
	Twitter        string
	EmailOptOut    *bool
	Address        account.Address
	Description    string // of several lines

	// What a conversion leaves. Callers do not set it.
	Converted     *bool     // false until then
	ConvertedTime time.Time // zero until then
	DaysToConvert *int64    // whole days since it was created
	AccountID     record.ID // what it became; zero when there is none, or it is in the bin
	ContactID     record.ID
	DealID        record.ID
}

// The API names of what a conversion leaves.
const (
	ConvertedField        = "Converted__s"
	ConvertedTimeField    = "Converted_Date_Time"
	DaysToConvertField    = "Lead_Conversion_Time"
	ConvertedAccountField = "Converted_Account"
	ConvertedContactField = "Converted_Contact"
	ConvertedDealField    = "Converted_Deal"
)

// The API names of the fields that conversions treat by themselves.
const (
	companyField = "Company"
	emailField   = "Email"
	nameField    = "Full_Name"
	ownerField   = "Owner"
	tagField     = "Tag"
)

// Statuses are the values of Lead_Status (线索状态), in Zoho's order. They are open, and not to be changed.
var Statuses = &record.PickValues{Values: []record.PickValue{
	{Actual: "Attempted to Contact", Chinese: "尝试联系"}, {Actual: "Contact in Future", Chinese: "将来联系"}, {Actual: "Contacted", Chinese: "已联系"},
	{Actual: "Junk Lead", Chinese: "垃圾线索"}, {Actual: "Lost Lead", Chinese: "丢失的线索"}, {Actual: "Not Contacted", Chinese: "未联系"},
	{Actual: "Pre-Qualified", Chinese: "预审合格"}, {Actual: "Not Qualified", Chinese: "不合格"}}}

// Fields lists every field in the order of the form. Limits count characters: those of Zoho's help page where it is consistent, and of
// its API where it is not; those of an account's fields where a value goes to an account. The list is not to be changed.
var Fields = slices.Concat([]record.Field[Lead]{
	record.Text(nameField, 121, func(l *Lead) *string { return &l.FullName }).Label("Full Name", "姓名").ReadOnly().Folded().Sorted(),
	record.PickList("Salutation", relations.Salutations, func(l *Lead) *string { return &l.Salutation }).Label("Salutation", "称谓"),
	record.Text("First_Name", 40, func(l *Lead) *string { return &l.FirstName }).Label("First Name", "名").Alias("FirstName", "Given Name", "名字"),
	record.Text("Last_Name", 80, func(l *Lead) *string { return &l.LastName }).Label("Last Name", "姓").Required().
		Alias("LastName", "Family Name", "Surname", "姓氏"),
	record.Text(companyField, 100, func(l *Lead) *string { return &l.Company }).Label("Company", "公司").
		Alias("Company Name", "Account", "Organization", "Organization Name", "公司名称", "单位名称"),
	record.Text("Designation", 100, func(l *Lead) *string { return &l.Title }).Label("Title", "职务").Alias("Job Title", "职位"),
	record.PickList("Lead_Source", relations.LeadSources, func(l *Lead) *string { return &l.LeadSource }).Label("Lead Source", "线索来源").Alias("LeadSource"),
	record.PickList("Lead_Status", Statuses, func(l *Lead) *string { return &l.Status }).Label("Lead Status", "线索状态").Alias("Status", "状态"),
	record.PickList("Industry", account.Industries, func(l *Lead) *string { return &l.Industry }).Label("Industry", "行业").Alias("所属行业"),
	record.PickList("Rating", account.Ratings, func(l *Lead) *string { return &l.Rating }).Label("Rating", "评级"),
	record.Currency("Annual_Revenue", func(l *Lead) *decimal.NullDecimal { return &l.AnnualRevenue }).Label("Annual Revenue", "年收入").Alias("AnnualRevenue"),
	record.Integer("No_of_Employees", 9, func(l *Lead) **int64 { return &l.Employees }).Label("No. of Employees", "员工数量").
		Alias("NumberOfEmployees", "Number of Employees", "Employees", "员工数", "员工人数"),
	record.Email(emailField, 100, func(l *Lead) *string { return &l.Email }).Label("Email", "邮件").Folded().
		Alias("E-mail", "Email Address", "E-mail Address", "邮箱", "电子邮件"),
	record.Email("Secondary_Email", 100, func(l *Lead) *string { return &l.SecondaryEmail }).Label("Secondary Email", "第二电子邮箱").Alias("E-mail 2 Address"),
	record.Phone("Phone", 30, func(l *Lead) *string { return &l.Phone }).Label("Phone", "电话").Alias("Business Phone", "Phone Number", "Work Phone", "办公电话"),
	record.Phone("Mobile", 30, func(l *Lead) *string { return &l.Mobile }).Label("Mobile", "手机").Alias("Mobile Phone", "MobilePhone", "手机号", "手机号码"),
	record.Text("Fax", 30, func(l *Lead) *string { return &l.Fax }).Label("Fax", "传真").Alias("Business Fax", "传真号码"),
	record.URL("Website", 255, func(l *Lead) *string { return &l.Website }).Label("Website", "网站").Alias("Web Page", "Website URL", "网址"),
	record.Text("Skype_ID", 50, func(l *Lead) *string { return &l.SkypeID }).Label("Skype ID", "Skype ID"),
	record.Text("Twitter", 50, func(l *Lead) *string { return &l.Twitter }).Label("Twitter", "Twitter"),
	record.Bool("Email_Opt_Out", func(l *Lead) **bool { return &l.EmailOptOut }).Label("Email Opt Out", "邮件选择退出"),
	record.TextArea("Street", 250, func(l *Lead) *string { return &l.Address.Street }).Label("Street", "街道").Alias("Street Address", "Address", "地址"),
	record.Text("City", 100, func(l *Lead) *string { return &l.Address.City }).Label("City", "城市"),
	record.Text("State", 100, func(l *Lead) *string { return &l.Address.State }).Label("State", "省(州)").Alias("State/Province", "Province", "省份"),
	record.Text("Zip_Code", 30, func(l *Lead) *string { return &l.Address.Code }).Label("Zip Code", "邮编").Alias("PostalCode", "Zip", "Postal Code", "Zip/Postal Code", "邮政编码"),
	record.Text("Country", 100, func(l *Lead) *string { return &l.Address.Country }).Label("Country", "国家"),
	record.TextArea("Description", relations.MaxDescription, func(l *Lead) *string { return &l.Description }).Label("Description", "说明").Alias("备注", "描述"),
}, outcome)

// outcome is the fields that a conversion sets.
var outcome = []record.Field[Lead]{
	record.Bool(ConvertedField, func(l *Lead) **bool { return &l.Converted }).Label("Is Converted", "是否已转换").ReadOnly().NoClone(),
	record.DateTime(ConvertedTimeField, func(l *Lead) *time.Time { return &l.ConvertedTime }).Label("Converted Time", "转换时间").ReadOnly().NoClone(),
	record.Integer(DaysToConvertField, 9, func(l *Lead) **int64 { return &l.DaysToConvert }).Label("Lead Conversion Time", "线索转换用时").ReadOnly().NoClone(),
	became(ConvertedContactField, "Converted Contact", "转换成的联系人", relations.ContactModule, func(l *Lead) *record.ID { return &l.ContactID }),
	became(ConvertedAccountField, "Converted Account", "转换成的客户", account.Module, func(l *Lead) *record.ID { return &l.AccountID }),
	became(ConvertedDealField, "Converted Deal", "转换成的商机", relations.DealModule, func(l *Lead) *record.ID { return &l.DealID }),
}

// became leads to what the lead became. When that is deleted, the lead stays, and points to it again when it is restored.
func became(name, english, chinese, module string, at func(*Lead) *record.ID) record.Field[Lead] {
	return record.Lookup(name, at).Label(english, chinese).To(module).ReadOnly().NoClone().OnDelete(record.Clear)
}

// Definition declares the module.
var Definition = record.Define(Module, Fields, record.ModuleOptions{Singular: "Lead", Chinese: "线索", Hooks: []record.Hook{nameLead, keepConverted}, Aside: ConvertedField})

// Leads is the leads of one organization, as one session sees them.
type Leads struct{ *record.Module[Lead] }

// In returns the leads of s.
func In(s *record.Session) *Leads { return &Leads{Definition.In(s)} }

// In returns the leads inside the transaction of s.
func (ls *Leads) In(s *record.Session) *Leads { return In(s) }

// nameLead sets the full name, and that a new lead is not converted.
func nameLead(_ context.Context, _ *record.Session, old, rec *record.Record) error {
	name := relations.FullName(rec.Value("First_Name").Text(), rec.Value("Last_Name").Text())
	rec.Set(nameField, text(name))
	if old == nil {
		rec.Set(ConvertedField, storage.BoolValue(false))
	}
	return nil
}

// CodeConvertedRecord says that a lead was converted, and stays as it is. Zoho has the same: "can't update the converted record".
const CodeConvertedRecord record.Code = "CONVERTED_RECORD"

// keepConverted refuses changes of a lead that was converted.
func keepConverted(_ context.Context, _ *record.Session, old, rec *record.Record) error {
	if old == nil || !old.Value(ConvertedField).Bool() {
		return nil
	}
	for _, d := range rec.Shape().Fields() {
		if !d.ReadOnly && old.Value(d.Name) != rec.Value(d.Name) {
			words := record.Words{English: "a lead that was converted cannot be changed", Chinese: "已转换的线索不能修改"}
			return refuse(d.Name, CodeConvertedRecord, record.Args{"text": words})
		}
	}
	return nil
}

// text returns a text as a value, which is null when it is empty.
func text(s string) storage.Value {
	if s == "" {
		return storage.Value{}
	}
	return storage.TextValue(s)
}

// refuse is what stands against a field.
func refuse(field string, code record.Code, args record.Args) error {
	return &record.ValidationError{Fields: []record.FieldError{{Field: field, Code: code, Args: args}}}
}
