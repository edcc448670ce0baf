package account

import "github.com/clientele-go/crm/record"

// The pick lists, in Zoho's order. They are open: a value that is not among them is kept as it is. The actual value is the
// English one; the Chinese one is understood on the way in, and shown to those who read Chinese. They are not to be changed.
var (
	// Types are the values of Account_Type (客户类型).
	Types = &record.PickValues{Values: []record.PickValue{
		{Actual: "Analyst", Chinese: "分析师"}, {Actual: "Competitor", Chinese: "竞争者"}, {Actual: "Customer", Chinese: "客户"},
		{Actual: "Distributor", Chinese: "经销商"}, {Actual: "Integrator", Chinese: "集成商"}, {Actual: "Investor", Chinese: "投资者"},
		{Actual: "Other", Chinese: "其它"}, {Actual: "Partner", Chinese: "合作伙伴"}, {Actual: "Press", Chinese: "媒体"},
		{Actual: "Prospect", Chinese: "潜在客户"}, {Actual: "Reseller", Chinese: "代理商"}, {Actual: "Supplier", Chinese: "供应商"},
		{Actual: "Vendor", Chinese: "供货商"}}}

	// Ownerships are the values of Ownership (公司所有权).
	Ownerships = &record.PickValues{Values: []record.PickValue{
		{Actual: "Other", Chinese: "其它"}, {Actual: "Private", Chinese: "私有"}, {Actual: "Public", Chinese: "公有"},
		{Actual: "Subsidiary", Chinese: "子公司"}, {Actual: "Partnership", Chinese: "合伙"}, {Actual: "Government", Chinese: "政府"},
		{Actual: "Privately Held", Chinese: "私营"}, {Actual: "Public Company", Chinese: "上市公司"}}}

	// Ratings are the values of Rating (评级).
	Ratings = &record.PickValues{Values: []record.PickValue{
		{Actual: "Acquired", Chinese: "已获取"}, {Actual: "Active", Chinese: "活跃"}, {Actual: "Market Failed", Chinese: "市场失败"},
		{Actual: "Project Cancelled", Chinese: "项目取消"}, {Actual: "Shut Down", Chinese: "已关闭"}}}

	// Industries are the values of Industry (行业). Zoho's list has two pairs that mean the same; both are kept, since
	// data has both.
	Industries = &record.PickValues{Values: []record.PickValue{
		{Actual: "ASP (Application Service Provider)", Chinese: "应用服务提供商"}, {Actual: "Data/Telecom OEM", Chinese: "数据/电信设备制造商"},
		{Actual: "ERP (Enterprise Resource Planning)", Chinese: "企业资源规划"}, {Actual: "Government/Military", Chinese: "政府/军队"},
		{Actual: "Large Enterprise", Chinese: "大型企业"}, {Actual: "ManagementISV", Chinese: "管理软件开发商"},
		{Actual: "MSP (Management Service Provider)", Chinese: "管理服务提供商"}, {Actual: "Network Equipment Enterprise", Chinese: "网络设备企业"},
		{Actual: "Non-management ISV", Chinese: "非管理软件开发商"}, {Actual: "Optical Networking", Chinese: "光纤网络"},
		{Actual: "Service Provider", Chinese: "服务提供商"}, {Actual: "Small/Medium Enterprise", Chinese: "中小型企业"},
		{Actual: "Storage Equipment", Chinese: "存储设备"}, {Actual: "Storage Service Provider", Chinese: "存储服务提供商"},
		{Actual: "Systems Integrator", Chinese: "系统集成商"}, {Actual: "Wireless Industry", Chinese: "无线行业"},
		{Actual: "ERP", Chinese: "ERP软件"}, {Actual: "Management ISV", Chinese: "管理类独立软件开发商"},
		{Actual: "Communications", Chinese: "通信"}, {Actual: "Consulting", Chinese: "咨询"}, {Actual: "Education", Chinese: "教育"},
		{Actual: "Financial Services", Chinese: "金融服务"}, {Actual: "Manufacturing", Chinese: "制造业"},
		{Actual: "Real Estate", Chinese: "房地产"}, {Actual: "Technology", Chinese: "科技"}}}
)
