package importer

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// The texts of a template.
var (
	aboutSheet = text{"About the fields", "字段说明"}
	listSheet  = text{"Values of lists", "选择列表的值"}
	aboutHead  = []text{{"Column", "列"}, {"API name", "API名称"}, {"Required", "必填"}, {"Takes", "内容"}, {"Limit", "限制"}}
	yes        = text{"yes", "是"}
	onlyThese  = text{"; no others", "；不接受其他值"}
	ofModule   = text{" of {module}", "（{module}）"}
)

// takes is what a cell of each type may hold.
var takes = map[string]text{
	"text":                {"one line of text", "单行文本"},
	"textarea":            {"text of several lines", "多行文本"},
	"email":               {"an e-mail address", "电子邮件地址"},
	"phone":               {"a phone number", "电话号码"},
	"website":             {"a web address", "网址"},
	"integer":             {"a whole number", "整数"},
	"bigint":              {"a whole number", "整数"},
	"double":              {"a number", "数字"},
	"currency":            {"an amount", "金额"},
	"percent":             {"a percentage: 12.5 is 12.5 %", "百分比，如12.5表示12.5%"},
	"boolean":             {"true or false", "是或否"},
	"date":                {"a date, such as 2026-01-31", "日期，如2026-01-31"},
	"datetime":            {"a date and a time, such as 2026-01-31 15:04:05", "日期和时间，如2026-01-31 15:04:05"},
	"picklist":            {"one value of the list", "列表中的一个值"},
	"multiselectpicklist": {"values, with ; between them", "一个或多个值，用;分隔"},
	"lookup":              {"the name or the id of a record", "记录的名称或ID"},
	"multiselectlookup":   {"the ids of records, with ; between them", "一个或多个记录ID，用;分隔"},
	"userlookup":          {"the id of a user", "用户ID"},
	"multiuserlookup":     {"the ids of users, with ; between them", "一个或多个用户ID，用;分隔"},
}

// about says what each field is, for people: a row for each, as wide as aboutHead.
func (t *template) about() (rows [][]string) {
	lang := t.locale.Language
	for i, d := range t.fields {
		required := ""
		if d.Required {
			required = yes.in(lang, nil)
		}
		what := d.Type.Name()
		if w, ok := takes[what]; ok {
			what = w.in(lang, nil)
		}
		if d.To != "" && d.To != record.AnyModule {
			what += ofModule.in(lang, record.Args{"module": d.To})
		}
		if _, closed := offered(d.Type, t.locale); closed {
			what += onlyThese.in(lang, nil)
		}
		rows = append(rows, []string{t.header[i], d.Name, required, what, limitOf(d.Type, lang)})
	}
	return rows
}

// offered returns the values that a type has a list of, as they are shown, and whether there can be no others.
func offered(t record.Type, l *record.Locale) (values []string, closed bool) {
	list, ok := t.(interface {
		Offered(*record.Locale) ([]string, bool)
	})
	if !ok {
		return nil, false
	}
	return list.Offered(l)
}

// limitOf says how long the values of a type may be, and how many: the type is asked for the most that there can be.
func limitOf(t record.Type, lang record.Language) string {
	if values, _ := offered(t, nil); values != nil {
		return ""
	}
	var limits []string
	for _, v := range extremes(t) {
		_, p := t.Clean(v)
		if _, ok := p.Args["limit"]; !ok {
			continue
		}
		args := record.Args{"limit": p.Args["limit"]}
		if unit, ok := p.Args["unit"]; ok {
			args["unit"] = unit
		}
		if s := (record.Problem{Code: p.Code, Args: args}).Message(lang, ""); !slices.Contains(limits, s) {
			limits = append(limits, s)
		}
	}
	return strings.Join(limits, text{"; ", "；"}.in(lang, nil))
}

// longest is more characters than a text has in any field of ours, and most is more values.
const longest, most = 1 << 17, 1001

// extremes are values of the kind of a type that are too long for most of its types.
func extremes(t record.Type) []storage.Value {
	switch t.Kind() {
	case storage.Int:
		return []storage.Value{storage.IntValue(math.MaxInt64)}
	case storage.Decimal:
		whole, _ := storage.ParseDecimal(strings.Repeat("9", storage.MaxWhole))
		fraction, _ := storage.ParseDecimal("0." + strings.Repeat("0", storage.MaxFraction-1) + "1")
		return []storage.Value{whole, fraction}
	case storage.Text:
		if several, ok := t.(interface{ Multi() bool }); ok && several.Multi() {
			ids, texts := make([]string, most), make([]string, most)
			for i := range ids {
				ids[i], texts[i] = fmt.Sprintf("00000000-0000-7000-8000-%012d", i+1), fmt.Sprint(i)
			}
			return []storage.Value{storage.TextValue(record.JoinMulti(ids)), storage.TextValue(record.JoinMulti(texts))}
		}
		return []storage.Value{storage.TextValue(strings.Repeat("1", longest))}
	}
	return nil
}
