package record

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code             Code
		args             Args
		english, chinese string
	}{
		{CodeMandatory, nil, "required", "必填"},
		{CodeInvalid, nil, "not valid", "无效"},
		{CodeInvalid, Args{"limit": 30, "length": 31}, "at most 30 characters, has 31", "最多30个字符，实际31个"},
		{CodeInvalid, Args{"needs": "Create"}, "not without Create", "需要同时具备Create"},
		{CodeInvalid, Args{"limit": 30}, "at most 30 characters", "最多30个字符"},
		{CodeInvalid, Args{"expected": "url"}, "not valid: expected a web address", "格式不正确，应为网址"},
		{CodeInvalid, Args{"expected": "UTF-8", "offset": 3}, "not valid: expected text in UTF-8 (byte 3)", "格式不正确，应为UTF-8编码的文本（第3字节）"},
		{CodeInvalid, Args{"expected": "of the host"}, "not valid: expected of the host", "格式不正确，应为of the host"},
		{CodeInvalid, Args{"expected": "url", "limit": 255, "length": 7}, "not valid: expected a web address", "格式不正确，应为网址"},
		{CodeInvalid, Args{"limit": 4, "length": 5, "unit": "digits"}, "at most 4 digits, has 5", "最多4位数字，实际5位"},
		{CodeInvalid, Args{"limit": 4, "unit": "digits"}, "at most 4 digits", "最多4位数字"},
		{CodeInvalid, Args{"limit": 16, "length": 17, "unit": "digits before the point"}, "at most 16 digits before the point, has 17", "小数点前最多16位，实际17位"},
		{CodeInvalid, Args{"limit": 4, "length": 5, "unit": "decimal places"}, "at most 4 decimal places, has 5", "最多4位小数，实际5位"},
		{CodeDuplicate, nil, "another record has this value", "与其他记录重复"},
		{CodeCircular, nil, "the record would be above itself", "记录不能成为自身的上级"},
		{CodeLimit, nil, "too many", "超出数量限制"},
		{CodeLimit, Args{"limit": 64}, "at most 64", "最多64个"},
		{CodeLimit, Args{"limit": 10, "length": 11}, "at most 10, has 11", "最多10个，实际11个"},
		{CodeNotFound, nil, "there is no such record", "找不到该记录"},
		{CodeAmbiguous, nil, "several records match", "有多条匹配的记录"},
		{CodeAmbiguous, Args{"matches": 3}, "3 records match", "有3条匹配的记录"},
		{CodeReadOnly, nil, "read-only", "只读"},
		{CodeUnknown, nil, "there is no such field", "没有此字段"},
		{"HOUSE_RULE", Args{"limit": 1}, "HOUSE_RULE", "HOUSE_RULE"},
		{"", nil, "", ""},
	} {
		e := FieldError{Field: "Fax", Code: tt.code, Args: tt.args}
		require.Equal(t, tt.english, e.Message(English), tt.code)
		require.Equal(t, tt.english, e.Message(""), tt.code)
		require.Equal(t, tt.english, e.Message("fr"), tt.code)
		require.Equal(t, tt.chinese, e.Message(Chinese), tt.code)
	}
	p := Problem{Code: CodeMandatory}
	require.Equal(t, "Fax: required", p.Message(English, "Fax"))
	require.Equal(t, "传真：必填", p.Message(Chinese, "传真"))
	require.Empty(t, Problem{}.Message(English, "Fax"))
}

// Every code, and every "expected" of this package's source, has its Words.
func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	complete := func(name string, w Words) {
		require.NotEmpty(t, w.English, name)
		require.True(t, han(w.Chinese), name)
		require.False(t, han(w.English), name)
	}
	packages, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0) //nolint:staticcheck // one folder without build tags
	require.NoError(t, err)
	codes, wants := 0, 0
	for name, file := range packages["record"].Files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, v := range n.Values {
					if typ, ok := n.Type.(*ast.Ident); ok && typ.Name == "Code" && len(n.Names) > i {
						codes++
						code, err := strconv.Unquote(v.(*ast.BasicLit).Value)
						require.NoError(t, err)
						complete(code, codeWords[Code(code)])
					}
					if lit, ok := v.(*ast.BasicLit); ok && strings.HasPrefix(n.Names[i].Name, "expected") {
						wants++
						text, err := strconv.Unquote(lit.Value)
						require.NoError(t, err)
						complete(text, expectedWords[text])
					}
				}
			case *ast.KeyValueExpr:
				key, ok := n.Key.(*ast.BasicLit)
				value, isText := n.Value.(*ast.BasicLit)
				if ok && isText && key.Value == `"expected"` {
					wants++
					text, err := strconv.Unquote(value.Value)
					require.NoError(t, err)
					complete(text, expectedWords[text])
				}
			}
			return true
		})
	}
	require.GreaterOrEqual(t, codes, 9)
	require.Greater(t, wants, 15)
	for name, w := range expectedWords {
		complete(name, w)
	}
	for _, typ := range allTypes() {
		complete(typ.Name(), expectedWords[typ.Name()])
		for _, lang := range []Language{English, Chinese} {
			require.NotContains(t, refuse(typ.Name()).Message(lang, ""), "%", fmt.Sprint(typ.Name(), lang))
		}
	}
}

func TestMessageOfAPath(t *testing.T) {
	t.Parallel()
	var path []ID
	for i := range 8 {
		path = append(path, ID{15: byte(i)})
	}
	e := FieldError{Code: CodeCircular, Args: Args{"path": path[:2]}}
	require.Equal(t, "the record would be above itself: "+path[0].String()+" > "+path[1].String(), e.Message(English))
	e.Args["path"] = path
	require.Equal(t, "记录不能成为自身的上级："+path[0].String()+" > "+path[1].String()+" > "+path[2].String()+" > … > "+path[5].String()+" > "+path[6].String()+" > "+path[7].String(),
		e.Message(Chinese))
}
