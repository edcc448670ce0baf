package importer

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/clientele-go/crm/record"
)

// text is one in two languages. In it {name} stands for an arg.
type text struct{ english, chinese string }

// messages are the texts of this package's own codes.
var messages = map[string]text{
	CodeBlankRow:      {"the row is blank", "空行"},
	CodeRaggedRow:     {"the row has {cells} cells where the header has {columns}", "该行有{cells}个单元格，而标题行有{columns}个"},
	CodeBadQuote:      {"a quote stands where none may be", "引号位置错误"},
	CodeUnclosedQuote: {"a quote is not closed", "引号未闭合"},
	CodeRowTooLong:    {"the row has {length} bytes, and at most {limit} are read", "该行有{length}个字节，最多读取{limit}个"},
	CodeInvalidText:   {"the row has a byte that is no text in the charset of the file (byte {offset})", "该行含有不属于文件字符编码的字节（文件第{offset}字节）"},
	CodeNULByte:       {"the row has a zero byte (byte {offset} of the file)", "该行含有空字节（文件第{offset}字节）"},
	// Of a workbook, where the place is a cell and no byte.
	CodeInvalidText + inCell: {"the cell has a byte that is no text in the charset of the file, or half a character", "该单元格含有不属于文件字符编码的字节，或不完整的字符"},
	CodeNULByte + inCell:     {"the cell has a zero byte", "该单元格含有空字节"},

	CodeBadCard:       {"a line of the card is not vCard", "名片中有一行不符合vCard格式"},
	CodeOpenCard:      {"the card does not end", "名片没有结束行"},
	CodeDuplicateRow:  {"line {first} has the same key", "与第{first}行重复"},
	CodeAlreadyExists: {"there is such a record already", "记录已存在"},
	CodeNoMatch:       {"there is no such record", "没有匹配的记录"},
	CodeBrokenCell:    {"the cell is an error of a formula", "单元格是公式错误"},
	CodeConflict:      {"another record stands against it", "与另一记录冲突"},

	CodeUnknownValue:   {"not a value of the pick list; kept as it is", "不是选择列表中的值；已原样保留"},
	CodeLostDigits:     {"a spreadsheet program has shortened the number; it is kept as it is", "数字已被电子表格程序缩短；已原样保留"},
	CodeSeveralMatches: {"more than one record matched; the oldest was updated", "有多条匹配的记录；已更新最早的一条"},
}

// inCell is what is behind a code whose text has a byte's place where there is none.
const inCell = " in a cell"

// places are what is said of the place of a problem in its row.
var places = []struct {
	arg string
	text
}{
	{"cell", text{", in cell {cell}", "，第{cell}个单元格"}},
	{"column", text{", at line {line}, byte {column}", "，第{line}行第{column}字节"}},
}

// in returns the text in a language, with args in their places.
func (t text) in(lang record.Language, args record.Args) string {
	s := t.english
	if lang == record.Chinese {
		s = t.chinese
	}
	for name, arg := range args {
		s = strings.ReplaceAll(s, "{"+name+"}", fmt.Sprint(arg))
	}
	return s
}

// Message says what is wrong, in a language. It shows no value of the row.
func (f Fault) Message(lang record.Language) string {
	if f.Code == CodeForbidden {
		right, _ := f.Args["right"].(string)
		return (&record.ForbiddenError{Right: record.Right(right)}).Message(lang)
	}
	if lines, ok := f.Args["lines"].([]int); ok {
		numbers := make([]string, len(lines))
		for i, n := range lines {
			numbers[i] = strconv.Itoa(n)
		}
		s := record.FieldError{Code: record.Code(f.Code)}.Message(lang)
		if lang == record.Chinese {
			return s + "（第" + strings.Join(numbers, "、") + "行）"
		}
		return s + " (lines " + strings.Join(numbers, ", ") + ")"
	}
	m, ok := messages[f.Code]
	if !ok {
		return record.FieldError{Field: f.Field, Code: record.Code(f.Code), Args: f.Args}.Message(lang)
	}
	if _, known := f.Args["offset"]; !known {
		if other, ok := messages[f.Code+inCell]; ok {
			m = other
		}
	}
	s := m.in(lang, f.Args)
	for _, p := range places {
		if _, ok := f.Args[p.arg]; ok {
			s += p.in(lang, f.Args)
		}
	}
	return s
}

// Message says what the note is about, in a language.
func (n Note) Message(lang record.Language) string {
	return Fault{Field: n.Field, Code: n.Code}.Message(lang)
}
