package record

import (
	"fmt"
	"strings"
)

// Words is a text in the languages that people read. As the arg "text" of a [FieldError] it is what a rule of a module or a host
// says, whatever the code.
type Words struct {
	English string `json:"english"`
	Chinese string `json:"chinese"`
}

// In returns the text in a language, in English when it has no other.
func (w Words) In(l Language) string {
	if l == Chinese && w.Chinese != "" {
		return w.Chinese
	}
	return w.English
}

// codeWords are the texts of the codes that say enough by themselves.
var codeWords = map[Code]Words{
	CodeMandatory: {"required", "必填"},
	CodeInvalid:   {"not valid", "无效"},
	CodeDuplicate: {"another record has this value", "与其他记录重复"},
	CodeCircular:  {"the record would be above itself", "记录不能成为自身的上级"},
	CodeLimit:     {"too many", "超出数量限制"},
	CodeNotFound:  {"there is no such record", "找不到该记录"},
	CodeAmbiguous: {"several records match", "有多条匹配的记录"},
	CodeReadOnly:  {"read-only", "只读"},
	CodeUnknown:   {"there is no such field", "没有此字段"},
}

// expectedWords are what "expected" stands for: the names of types, and what they and the rest of the package report.
var expectedWords = map[string]Words{
	"text":                {"text", "文本"},
	"textarea":            {"text", "文本"},
	"phone":               {"a phone number", "电话号码"},
	"website":             {"a web address", "网址"},
	"autonumber":          {"text", "文本"},
	"userlookup":          {"a user", "用户"},
	"bigint":              {"a whole number", "整数"},
	"double":              {"a number", "数字"},
	"currency":            {"an amount", "金额"},
	"percent":             {"a percentage", "百分比"},
	"boolean":             {"true or false", "是或否"},
	"date":                {"a date", "日期"},
	"datetime":            {"a date and time", "日期和时间"},
	"picklist":            {"a value of the pick list", "选择列表中的值"},
	"multiselectpicklist": {"values of the pick list", "选择列表中的多个值"},
	"lookup":              {"the id of a record", "记录ID"},
	"multiselectlookup":   {"ids of records", "多个记录ID"},
	"multiuserlookup":     {"users", "多个用户"},
	"multiemail":          {"e-mail addresses", "多个电子邮件地址"},

	expectedUTF8:     {"text in UTF-8", "UTF-8编码的文本"},
	expectedNoNUL:    {"text without zero bytes", "不含空字节的文本"},
	expectedLine:     {"one line of text", "不含换行和控制字符的单行文本"},
	expectedArea:     {"text without control characters", "不含控制字符的文本"},
	expectedEmail:    {"an e-mail address", "电子邮件地址"},
	expectedURL:      {"a web address", "网址"},
	expectedInteger:  {"a whole number", "整数"},
	expectedDecimal:  {"a number", "数字"},
	expectedPlain:    {"a number without separators or currency signs", "不含分隔符和货币符号的数字"},
	expectedNoExp:    {"a number that is written out, without an exponent", "非科学记数法的数字"},
	expectedBool:     {"true or false", "是或否"},
	expectedDate:     {"a date such as 2006-01-02", "日期，如2006-01-02"},
	expectedDateTime: {"a date and time such as 2006-01-02 15:04:05", "日期和时间，如2006-01-02 15:04:05"},
	expectedRealTime: {"a time that the clocks of the time zone do not skip", "该时区实际存在的时间"},
	expectedPick:     {"a value of the pick list", "选择列表中的值"},
	expectedNoSemi:   {"values without semicolons", "不含分号的值"},
	expectedID:       {"the id of a record", "记录ID"},

	expectedName:       {"a name of English letters, digits and _ that begins with a letter, of at most 50 characters", "以英文字母开头、由英文字母、数字和下划线组成、最多50个字符的名称"},
	expectedType:       {"a type of custom fields", "自定义字段的类型"},
	expectedSameType:   {"the type that the field had, or one that it can become", "字段原来的类型，或可转换的类型"},
	expectedSameModule: {"the module that the field leads to", "字段原来关联的模块"},
	expectedModule:     {"a module to lead to", "可关联的模块"},
	expectedSetting:    {"settings that such a field can have", "该字段支持的设置"},
	expectedPositive:   {"a number from 1 on", "大于0的数"},
	expectedShown:      {"a required field that is shown", "必填字段不能隐藏"},
	expectedEditable:   {"a required field that people can fill", "必填字段不能只读"},
	expectedTreatment:  {"what can be done with such values", "适用于这些值的处理方式"},
	expectedKept:       {"a required lookup that is not cleared", "必填的查找字段不能被清空"},
	expectedValues:     {"a closed pick list that has values", "封闭的选择列表至少有一个值"},
	expectedNumbers:    {"a prefix and a suffix that make no number which was given before", "不会与已有编号重复的前缀和后缀"},

	"a JSON object":         {"a JSON object", "JSON对象"},
	"one value":             {"one value", "单个值"},
	"a value":               {"a value", "值"},
	"a number":              {"a number field", "数字字段"},
	"a text field":          {"a text field", "文本字段"},
	"a folded field":        {"a field that is matched by its folded text", "可折叠匹配的字段"},
	"a tree":                {"a field that makes a tree", "树形查找字段"},
	"a time zone":           {"the name of a time zone, such as Asia/Shanghai", "时区名称，如Asia/Shanghai"},
	"a language":            {"en or zh", "en或zh"},
	"a currency":            {"the code of a currency, such as CNY", "货币代码，如CNY"},
	"a cursor of this list": {"a cursor of this list", "此列表的游标"},
	expectedLongAgo:         {"a time at least 60 days ago", "至少60天前的时间"},
	expectedWhole:           {"a module whose records are part of no others", "记录不从属于其他记录的模块"},

	// What the package rights reports.
	"letters, digits, hyphens, underscores and points":        {"letters, digits, hyphens, underscores and points", "字母、数字、连字符、下划线和点"},
	"no role above the CEO":                                   {"no role above the CEO", "最高职位没有上级职位"},
	"a right of the module or the organization":               {"a right of the module or the organization", "模块或组织的权限"},
	"an access to a field":                                    {"an access to a field", "字段权限"},
	"a required field is not hidden":                          {"a required field is not hidden", "必填字段不能隐藏"},
	"a user, a role, a role with its subordinates or a group": {"a user, a role, a role with its subordinates or a group", "用户、职位、职位及下属或组"},
	"a role, a role with its subordinates or a group":         {"a role, a role with its subordinates or a group", "职位、职位及下属或组"},
	"either owners or criteria":                               {"either owners or criteria", "所有者或条件，二选一"},
	"a comparison":                                            {"a comparison", "比较方式"},
	"a level":                                                 {"a level", "访问级别"},
	"an active user who may view the module":                  {"an active user who may view the module", "可查看该模块的有效用户"},
	"somebody who does not reach the record so far already":   {"somebody who does not have this access already", "尚无此访问权限的用户"},
}

// unitWords are what the "unit" of a limit stands for.
var unitWords = map[string]Words{
	unitDigits:   {"at most %v digits", "最多%v位数字"},
	unitWhole:    {"at most %v digits before the point", "小数点前最多%v位"},
	unitFraction: {"at most %v decimal places", "最多%v位小数"},
}

// Message says what is wrong, in a language. It shows no value, and names no field.
func (e FieldError) Message(lang Language) string { return Problem{e.Code, e.Args}.Message(lang, "") }

// Message says what is wrong, in a language, after the label of the field if there is one. It shows no value. A code that
// this package does not have stands for itself.
func (p Problem) Message(lang Language, label string) string {
	text := p.text(lang)
	if label == "" || text == "" {
		return text
	}
	return label + Words{": ", "："}.In(lang) + text
}

func (p Problem) text(lang Language) string {
	if own, ok := p.Args["text"].(Words); ok {
		return own.In(lang)
	}
	say := func(w Words, args ...any) string { return fmt.Sprintf(w.In(lang), args...) }
	limit, hasLimit := p.Args["limit"]
	length, hasLength := p.Args["length"]
	switch p.Code {
	case CodeInvalid:
		if s := p.expected(lang, say); s != "" {
			return s
		}
		if other, ok := p.Args["needs"]; ok {
			return say(Words{"not without %v", "需要同时具备%v"}, other)
		}
		most, has := Words{"at most %v characters", "最多%v个字符"}, Words{", has %v", "，实际%v个"}
		if w, ok := unitWords[fmt.Sprint(p.Args["unit"])]; ok {
			most, has = w, Words{", has %v", "，实际%v位"}
		}
		if hasLimit && hasLength {
			return say(most, limit) + say(has, length)
		}
		if hasLimit {
			return say(most, limit)
		}
	case CodeLimit:
		if hasLimit && hasLength {
			return say(Words{"at most %v, has %v", "最多%v个，实际%v个"}, limit, length)
		}
		if hasLimit {
			return say(Words{"at most %v", "最多%v个"}, limit)
		}
	case CodeCircular:
		if path, ok := p.Args["path"].([]ID); ok {
			return say(Words{"the record would be above itself: %s", "记录不能成为自身的上级：%s"}, showPath(path))
		}
	case CodeAmbiguous:
		if n, ok := p.Args["matches"]; ok {
			return say(Words{"%v records match", "有%v条匹配的记录"}, n)
		}
	}
	if w, ok := codeWords[p.Code]; ok {
		return w.In(lang)
	}
	return string(p.Code)
}

// showPath shows the ids of a path, and of a long one its ends.
func showPath(path []ID) string {
	const most = 6
	var b strings.Builder
	for i, id := range path {
		switch {
		case len(path) > most && i == most/2:
			b.WriteString(" > …")
		case len(path) <= most || i < most/2 || i >= len(path)-most/2:
			if i > 0 {
				b.WriteString(" > ")
			}
			b.WriteString(id.String())
		}
	}
	return b.String()
}

func (p Problem) expected(lang Language, say func(Words, ...any) string) string {
	expected, ok := p.Args["expected"]
	if !ok {
		return ""
	}
	what := fmt.Sprint(expected)
	if w, ok := expectedWords[what]; ok {
		what = w.In(lang)
	}
	text := say(Words{"not valid: expected %s", "格式不正确，应为%s"}, what)
	if at, ok := p.Args["offset"]; ok {
		text += say(Words{" (byte %v)", "（第%v字节）"}, at)
	}
	return text
}

// rightWords are the labels of the rights.
var rightWords = map[Right]Words{
	RightView:        {"View", "查看"},
	RightCreate:      {"Create", "创建"},
	RightEdit:        {"Edit", "编辑"},
	RightDelete:      {"Delete", "删除"},
	RightShare:       {"Share", "共享"},
	RightImport:      {"Import", "导入"},
	RightExport:      {"Export", "导出"},
	RightChangeOwner: {"Change Owner", "更改所有者"},
	RightConvert:     {"Convert", "转换"},
	RightUse:         {"Use the CRM", "使用CRM"},
	RightCustomize:   {"Customize the CRM", "自定义CRM"},
	RightManageUsers: {"Manage users and sharing", "管理用户及数据共享"},
	RightManageData:  {"Manage data", "管理数据"},
}

// Label returns the label of a right in a language. A right of the host's own stands for itself.
func (r Right) Label(l Language) string {
	if w, ok := rightWords[r]; ok {
		return w.In(l)
	}
	return string(r)
}

// Message says which right is missing, in a language.
func (e *ForbiddenError) Message(l Language) string {
	return Words{"no permission: ", "没有权限："}.In(l) + e.Right.Label(l)
}
