package relations

import "github.com/clientele-go/crm/record"

// CaseModule is the API name of the module of cases.
const CaseModule = "Cases"

// Case is what somebody asks for help with. Empty texts and zero ids mean absent.
type Case struct {
	record.Meta // id, version, owner, tags, who and when, source

	Subject     string    // required
	Number      string    // the host's own number for it
	Status      string    // required: one of CaseStatuses, or a text of the user's own
	Origin      string    // required: one of CaseOrigins, or a text of the user's own
	Priority    string    // one of CasePriorities, or a text of the user's own
	Type        string    // one of CaseTypes, or a text of the user's own
	Reason      string    // one of CaseReasons, or a text of the user's own
	AccountID   record.ID //
	ContactID   record.ID // whom it is about
	DealID      record.ID
	ProductID   record.ID
	ReportedBy  string
	Email       string
	Phone       string
	Description string // of several lines
	Comments    string // of several lines, for those who work on it
	Solution    string // of several lines
}

// The pick lists of cases. They are open, and not to be changed.
var (
	// CaseStatuses are the values of a case's Status (状态).
	CaseStatuses = &record.PickValues{Values: []record.PickValue{{Actual: "New", Chinese: "新建"}, {Actual: "On Hold", Chinese: "搁置"}, {Actual: "Escalated", Chinese: "已升级"}, {Actual: "Closed", Chinese: "已关闭"}}}
	// CaseOrigins are the values of Case_Origin (来源).
	CaseOrigins = &record.PickValues{Values: []record.PickValue{{Actual: "Email", Chinese: "邮件"}, {Actual: "Phone", Chinese: "电话"}, {Actual: "Web", Chinese: "网站"}}}
	// CasePriorities are the values of a case's Priority (优先级).
	CasePriorities = &record.PickValues{Values: []record.PickValue{{Actual: "High", Chinese: "高"}, {Actual: "Medium", Chinese: "中"}, {Actual: "Low", Chinese: "低"}}}
	// CaseTypes are the values of a case's Type (类型).
	CaseTypes = &record.PickValues{Values: []record.PickValue{{Actual: "Problem", Chinese: "问题"}, {Actual: "Feature Request", Chinese: "功能请求"}, {Actual: "Question", Chinese: "疑问"}}}
	// CaseReasons are the values of Case_Reason (原因).
	CaseReasons = &record.PickValues{Values: []record.PickValue{{Actual: "User did not attend any training", Chinese: "用户未参加培训"}, {Actual: "Complex functionality", Chinese: "功能复杂"},
		{Actual: "Existing problem", Chinese: "已有问题"}, {Actual: "Instructions not clear", Chinese: "说明不清楚"}, {Actual: "New problem", Chinese: "新问题"}}}
)

// CaseFields lists every field in the order of the form. The list is not to be changed.
var CaseFields = []record.Field[Case]{
	record.Text("Subject", 255, func(c *Case) *string { return &c.Subject }).Label("Subject", "主题").Required().Folded().Sorted(),
	record.Text("Case_Number", 40, func(c *Case) *string { return &c.Number }).Label("Case Number", "服务支持编号").NoClone(),
	record.PickList("Status", CaseStatuses, func(c *Case) *string { return &c.Status }).Label("Status", "状态").Required(),
	record.PickList("Case_Origin", CaseOrigins, func(c *Case) *string { return &c.Origin }).Label("Case Origin", "来源").Required().Alias("Origin"),
	record.PickList("Priority", CasePriorities, func(c *Case) *string { return &c.Priority }).Label("Priority", "优先级"),
	record.PickList("Type", CaseTypes, func(c *Case) *string { return &c.Type }).Label("Type", "类型"),
	record.PickList("Case_Reason", CaseReasons, func(c *Case) *string { return &c.Reason }).Label("Case Reason", "原因").Alias("Reason"),
	toAccount(func(c *Case) *record.ID { return &c.AccountID }),
	record.Lookup("Related_To", func(c *Case) *record.ID { return &c.ContactID }).Label("Related To", "相关联系人").To(ContactModule).OnDelete(record.Clear).Alias("Contact", "Contact Name"),
	record.Lookup("Deal_Name", func(c *Case) *record.ID { return &c.DealID }).Label("Deal Name", "商机名称").To(DealModule).OnDelete(record.Clear),
	record.Lookup("Product_Name", func(c *Case) *record.ID { return &c.ProductID }).Label("Product Name", "产品名称").To(ProductModule).OnDelete(record.Clear),
	record.Text("Reported_By", 50, func(c *Case) *string { return &c.ReportedBy }).Label("Reported By", "报告人"),
	record.Email("Email", 100, func(c *Case) *string { return &c.Email }).Label("Email", "邮件"),
	record.Phone("Phone", 30, func(c *Case) *string { return &c.Phone }).Label("Phone", "电话"),
	description(func(c *Case) *string { return &c.Description }),
	record.TextArea("Internal_Comments", MaxDescription, func(c *Case) *string { return &c.Comments }).Label("Internal Comments", "内部意见"),
	record.TextArea("Solution", MaxDescription, func(c *Case) *string { return &c.Solution }).Label("Solution", "解决方案"),
}

// CaseDefinition declares the module of cases.
var CaseDefinition = record.Define(CaseModule, CaseFields, record.ModuleOptions{Singular: "Case", Chinese: "服务支持"})

// Cases is the cases of one organization, as one session sees them.
type Cases = record.Module[Case]
