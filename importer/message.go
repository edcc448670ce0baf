package importer

import (
	"fmt"

	"github.com/clientele-go/crm/record"
)

// messages are the texts of this package's own codes, English and Chinese. %v stand for the args that follow.
var messages = map[string]struct {
	english, chinese string
	args             []string
}{
	CodeBlankRow:      {"the row is blank", "空行", nil},
	CodeRaggedRow:     {"the row has %v cells where the header has %v", "该行有%v个单元格，而标题行有%v个", []string{"cells", "columns"}},
	CodeBadQuote:      {"a quote stands where none may be", "引号位置错误", nil},
	CodeUnclosedQuote: {"a quote is not closed", "引号未闭合", nil},
	CodeRowTooLong:    {"the row has %v bytes, and at most %v are read", "该行有%v个字节，最多读取%v个", []string{"length", "limit"}},
	CodeInvalidUTF8:   {"the row is not UTF-8 (byte %v of the file)", "该行不是UTF-8编码（文件第%v字节）", []string{"offset"}},
	CodeNULByte:       {"the row has a zero byte (byte %v of the file)", "该行含有空字节（文件第%v字节）", []string{"offset"}},
	CodeDuplicateRow:  {"line %v has the same key", "与第%v行重复", []string{"first"}},
	CodeAlreadyExists: {"there is such a record already", "记录已存在", nil},
	CodeNoMatch:       {"there is no such record", "没有匹配的记录", nil},
	CodeConflict:      {"another record stands against it", "与另一记录冲突", nil},
	CodeUnknownValue:  {"not a value of the pick list; kept as it is", "不是选择列表中的值；已原样保留", nil},
}

// Message says what is wrong, in a language. It shows no value of the row.
func (f Fault) Message(lang record.Language) string {
	m, ok := messages[f.Code]
	if !ok {
		return record.FieldError{Field: f.Field, Code: record.Code(f.Code), Args: f.Args}.Message(lang)
	}
	args := make([]any, len(m.args))
	for i, name := range m.args {
		args[i] = f.Args[name]
	}
	text := m.english
	if lang == record.Chinese {
		text = m.chinese
	}
	return fmt.Sprintf(text, args...)
}
