package relations

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// ContactModule is the API name of the module of contacts.
const ContactModule = "Contacts"

// ReportingField is the API name of the lookup to a contact's superior.
const ReportingField = "Reporting_To"

// MaxReporting is the most contacts that a path from the top down may have.
const MaxReporting = 64

// Contact is a person, mostly one of an account. Empty texts and zero ids mean absent.
type Contact struct {
	record.Meta // id, version, owner, tags, who and when, source

	FullName       string // made of the two names; see FullName
	Salutation     string // one of Salutations, or a text of the user's own
	FirstName      string
	LastName       string    // required
	AccountID      record.ID // zero for somebody of no account
	ReportingToID  record.ID // a contact of the same account
	Title          string    // the job
	Department     string
	LeadSource     string // one of LeadSources, or a text of the user's own
	Email          string
	SecondaryEmail string
	Phone          string
	HomePhone      string
	OtherPhone     string
	Mobile         string
	Fax            string
	Assistant      string
	AssistantPhone string
	DateOfBirth    record.Date
	EmailOptOut    *bool // nil when unknown
	SkypeID        string
	Twitter        string
	Mailing        account.Address
	Other          account.Address
	Description    string // of several lines
}

// Salutations are the values of Salutation (称谓). They are not to be changed.
var Salutations = &record.PickValues{Values: []record.PickValue{
	{Actual: "Mr.", Chinese: "先生"}, {Actual: "Mrs.", Chinese: "夫人"}, {Actual: "Ms.", Chinese: "女士"}, {Actual: "Dr.", Chinese: "博士"}, {Actual: "Prof.", Chinese: "教授"}}}

// ContactFields lists every field in the order of the form. Limits count characters, as Zoho has them. The list is not to be changed.
var ContactFields = slices.Concat([]record.Field[Contact]{
	record.Text("Full_Name", 121, func(c *Contact) *string { return &c.FullName }).Label("Full Name", "姓名").ReadOnly().Folded().Sorted(),
	record.PickList("Salutation", Salutations, func(c *Contact) *string { return &c.Salutation }).Label("Salutation", "称谓"),
	record.Text("First_Name", 40, func(c *Contact) *string { return &c.FirstName }).Label("First Name", "名").
		Alias("FirstName", "Given Name", "名字"),
	record.Text("Last_Name", 80, func(c *Contact) *string { return &c.LastName }).Label("Last Name", "姓").Required().
		Alias("LastName", "Family Name", "Surname", "姓氏"),
	toAccount(func(c *Contact) *record.ID { return &c.AccountID }).ListedBy("Full_Name").Alias("Organization 1 - Name", "Organization Name", "单位名称"),
	record.Text("Title", 100, func(c *Contact) *string { return &c.Title }).Label("Title", "职务").
		Alias("Job Title", "Organization 1 - Title", "Organization Title", "职位"),
	record.Text("Department", 50, func(c *Contact) *string { return &c.Department }).Label("Department", "部门").Alias("Organization 1 - Department"),
	record.Email("Email", 100, func(c *Contact) *string { return &c.Email }).Label("Email", "邮件").Folded().
		Alias("E-mail", "Email Address", "E-mail Address", "E-mail 1 - Value", "邮箱", "电子邮件"),
	record.Phone("Phone", 50, func(c *Contact) *string { return &c.Phone }).Label("Phone", "电话").
		Alias("Business Phone", "Phone Number", "Phone 1 - Value", "Work Phone", "办公电话"),
	record.Phone("Mobile", 30, func(c *Contact) *string { return &c.Mobile }).Label("Mobile", "手机").Alias("Mobile Phone", "MobilePhone", "手机号", "手机号码"),
	record.Phone("Home_Phone", 30, func(c *Contact) *string { return &c.HomePhone }).Label("Home Phone", "家庭电话").Alias("HomePhone"),
	record.Phone("Other_Phone", 30, func(c *Contact) *string { return &c.OtherPhone }).Label("Other Phone", "其他电话").Alias("OtherPhone"),
	record.Text("Fax", 30, func(c *Contact) *string { return &c.Fax }).Label("Fax", "传真").Alias("Business Fax", "传真号码"),
	record.Lookup(ReportingField, func(c *Contact) *record.ID { return &c.ReportingToID }).Label("Reporting To", "上级").
		To(ContactModule).Tree(MaxReporting).OnDelete(record.Clear).Alias("Reports To", "Manager", "Manager's Name", "汇报对象"),
	record.PickList("Lead_Source", LeadSources, func(c *Contact) *string { return &c.LeadSource }).Label("Lead Source", "线索来源").Alias("LeadSource"),
	record.DateOnly("Date_of_Birth", func(c *Contact) *record.Date { return &c.DateOfBirth }).Label("Date of Birth", "出生日期").Alias("Birthday", "Birthdate", "生日"),
	record.Text("Assistant", 50, func(c *Contact) *string { return &c.Assistant }).Label("Assistant", "助理").Alias("Assistant's Name", "AssistantName"),
	record.Phone("Asst_Phone", 30, func(c *Contact) *string { return &c.AssistantPhone }).Label("Asst Phone", "助理电话").Alias("Assistant's Phone", "AssistantPhone"),
	record.Bool("Email_Opt_Out", func(c *Contact) **bool { return &c.EmailOptOut }).Label("Email Opt Out", "邮件选择退出"),
	record.Email("Secondary_Email", 100, func(c *Contact) *string { return &c.SecondaryEmail }).Label("Secondary Email", "第二电子邮箱").Alias("E-mail 2 Address", "E-mail 2 - Value"),
	record.Text("Skype_ID", 50, func(c *Contact) *string { return &c.SkypeID }).Label("Skype ID", "Skype ID"),
	record.Text("Twitter", 50, func(c *Contact) *string { return &c.Twitter }).Label("Twitter", "Twitter"),
},
	address("Mailing", "邮寄", "Zip", func(c *Contact) *account.Address { return &c.Mailing }),
	address("Other", "其他", "Zip", func(c *Contact) *account.Address { return &c.Other }),
	[]record.Field[Contact]{description(func(c *Contact) *string { return &c.Description })})

// ContactDefinition declares the module of contacts.
var ContactDefinition = record.Define(ContactModule, ContactFields, record.ModuleOptions{Singular: "Contact", Chinese: "联系人", Hooks: []record.Hook{nameContact, superiorOfContact}})

// Contacts is the contacts of one organization, as one session sees them.
type Contacts = record.Module[Contact]

// FullName joins two names as people write them: 张三, and Ann Lee.
func FullName(first, last string) string {
	first, last = strings.TrimSpace(first), strings.TrimSpace(last)
	if first != "" && last != "" && isHan(first) && isHan(last) {
		return last + first
	}
	return strings.TrimSpace(first + " " + last)
}

// isHan reports whether a name has Chinese characters alone.
func isHan(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) && r != '·' }) < 0
}

// nameContact sets the full name.
func nameContact(_ context.Context, _ *record.Session, _, rec *record.Record) error {
	rec.Set("Full_Name", text(FullName(rec.Value("First_Name").Text(), rec.Value("Last_Name").Text())))
	return nil
}

// superiorOfContact sees to it that contacts report to contacts of their own account: who does not is refused, and so is a
// change of account of one to whom others report.
func superiorOfContact(ctx context.Context, s *record.Session, old, rec *record.Record) error {
	moved := changed(old, rec, AccountField)
	if up := rec.Value(ReportingField).ID(); !up.IsZero() && (moved || changed(old, rec, ReportingField)) {
		superior, err := find(ctx, s, ContactModule, up)
		if err != nil {
			return err
		}
		if superior != nil && superior.Value(AccountField) != rec.Value(AccountField) {
			return refuse(ReportingField, CodeOtherAccount, "a contact reports to one of the same account", "上级必须属于同一客户")
		}
	}
	if old == nil || !moved {
		return nil
	}
	all, err := s.AsSystem().Records(ContactModule)
	if err != nil {
		return err
	}
	n, err := all.Count(ctx, record.Query{Where: record.Eq(ReportingField, rec.ID)})
	if err == nil && n > 0 {
		return refuse(AccountField, CodeHasReports, fmt.Sprintf("contacts of this account report to this one: %d", n), fmt.Sprintf("该客户有%d位联系人向此联系人汇报", n))
	}
	return err
}

// The codes of contacts, beside those of package record.
const (
	CodeOtherAccount record.Code = "OTHER_ACCOUNT" // the superior is of another account
	CodeHasReports   record.Code = "HAS_REPORTS"   // contacts report to this one, and stay with their account
)
