package importer_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage/memory"
)

// template returns a template of accounts, in a language.
func template(t *testing.T, org *crm.Org, lang record.Language, o *importer.TemplateOptions) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, importer.Template(t.Context(), account.In(org.Session().In(record.Locale{Language: lang})), &b, o))
	return b.String()
}

// TestTemplateAsItIs imports templates that nobody has filled.
func TestTemplateAsItIs(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		everyType(t, org)
		for _, format := range []importer.Kind{"", importer.KindXLSX, importer.KindCSV} {
			for _, lang := range []record.Language{record.English, record.Chinese} {
				text := template(t, org, lang, &importer.TemplateOptions{Format: format})
				require.Equal(t, format == importer.KindCSV, strings.HasPrefix(text, "\ufeff"))
				f := opened(t, text)
				var settable []string
				for _, d := range org.Accounts.Shape().Fields() {
					if !d.ReadOnly {
						settable = append(settable, d.Label(lang))
					}
				}
				require.Equal(t, settable, f.Header().Cells)
				for _, mode := range []importer.Mode{importer.Upsert, importer.Add, importer.Clone, importer.Update} {
					r, err := importer.Run(t.Context(), org.Accounts, f, &importer.Options{Mode: mode})
					require.NoError(t, err)
					require.Equal(t, "0 = 0 + 0 + 0 + 0 + 0", counts(r))
					for _, c := range r.Columns {
						require.Equal(t, importer.Imported, c.Use, c)
					}
				}
			}
		}
	})
}

// TestTemplateIsFilled takes each value of each list from the workbook, and imports it.
func TestTemplateIsFilled(t *testing.T) {
	t.Parallel()
	for _, lang := range []record.Language{record.English, record.Chinese} {
		org := crmtest.New(t)
		everyType(t, org)
		book, err := excelize.OpenReader(strings.NewReader(template(t, org, lang, nil)))
		require.NoError(t, err)
		form := book.GetSheetList()[0]
		require.Equal(t, "Accounts", form)
		lists := book.GetSheetList()[2]
		visible, err := book.GetSheetVisible(lists)
		require.NoError(t, err)
		require.False(t, visible)
		values, err := book.GetCols(lists)
		require.NoError(t, err)
		dvs, err := book.GetDataValidations(form)
		require.NoError(t, err)
		require.Len(t, dvs, len(values))
		header, err := book.GetRows(form)
		require.NoError(t, err)
		require.Len(t, header, 1)
		n := 1
		for i, dv := range dvs {
			column, _, _ := strings.Cut(dv.Sqref, "2:")
			label, err := book.GetCellValue(form, column+"1")
			require.NoError(t, err)
			at := slices.IndexFunc(org.Accounts.Shape().Fields(), func(d record.Def) bool { return d.Label(lang) == label })
			require.GreaterOrEqual(t, at, 0, label)
			d := org.Accounts.Shape().Fields()[at]
			require.Equal(t, d.Name == "Closed", dv.ShowErrorMessage, d.Name)
			require.Equal(t, fmt.Sprintf("%s2:%s1048576", column, column), dv.Sqref)
			values[i] = slices.DeleteFunc(values[i], func(v string) bool { return v == "" })
			letters, err := excelize.ColumnNumberToName(i + 1)
			require.NoError(t, err)
			require.Equal(t, fmt.Sprintf("'%s'!$%s$1:$%s$%d", lists, letters, letters, len(values[i])), dv.Formula1)
			for _, v := range values[i] {
				n++
				require.NoError(t, book.SetCellStr(form, fmt.Sprint("A", n), fmt.Sprint("row ", n)))
				require.NoError(t, book.SetCellStr(form, fmt.Sprint(column, n), v))
			}
		}
		require.Greater(t, n, 40)
		var b bytes.Buffer
		require.NoError(t, book.Write(&b))
		require.NoError(t, book.Close())
		r, err := importer.Run(t.Context(), org.Accounts, opened(t, b.String()), nil)
		require.NoError(t, err)
		require.Equal(t, int64(n-1), r.Created, faults(r))
		require.Empty(t, r.Notes)
	}
}

// TestFormatsOfATemplate looks at what spreadsheet programs make of what is typed.
func TestFormatsOfATemplate(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	everyType(t, org)
	book, err := excelize.OpenReader(strings.NewReader(template(t, org, record.English, nil)))
	require.NoError(t, err)
	defer book.Close()
	form := book.GetSheetList()[0]
	panes, err := book.GetPanes(form)
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	require.Equal(t, 1, panes.YSplit)
	want := map[string]string{"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss", "currency": "#,##0.00##", "integer": "0", "double": "General", "percent": "General", "boolean": "General"}
	i := 0
	for _, d := range org.Accounts.Shape().Fields() {
		if d.ReadOnly {
			continue
		}
		i++
		letters, err := excelize.ColumnNumberToName(i)
		require.NoError(t, err)
		id, err := book.GetColStyle(form, letters)
		require.NoError(t, err)
		style, err := book.GetStyle(id)
		require.NoError(t, err)
		format := want[d.Type.Name()]
		if format == "" {
			format = "@"
		}
		require.Equal(t, format, *style.CustomNumFmt, d.Name)
		id, err = book.GetCellStyle(form, letters+"1")
		require.NoError(t, err)
		style, err = book.GetStyle(id)
		require.NoError(t, err)
		require.True(t, style.Font.Bold)
		require.Equal(t, d.Required, len(style.Fill.Color) > 0, d.Name)
	}
}

func TestAboutTheFields(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	everyType(t, org)
	about := func(lang record.Language, fields ...string) (lines []string) {
		book, err := excelize.OpenReader(strings.NewReader(template(t, org, lang, &importer.TemplateOptions{Fields: fields})))
		require.NoError(t, err)
		defer book.Close()
		rows, err := book.GetRows(book.GetSheetList()[1])
		require.NoError(t, err)
		for _, row := range rows {
			lines = append(lines, strings.Join(row, " | "))
		}
		return lines
	}
	require.Equal(t, []string{"Column | API name | Required | Takes | Limit",
		"Account Name | Account_Name | yes | one line of text | at most 100 characters",
		"C_bigint | C_bigint |  | a whole number | at most 18 digits",
		"C_percent | C_percent |  | a percentage: 12.5 is 12.5 % | at most 3 digits before the point; at most 2 decimal places",
		"Closed | Closed |  | one value of the list; no others",
		"Tag | Tag |  | values, with ; between them | at most 25 characters; at most 10",
		"Parent Account | Parent_Account |  | the name or the id of a record of Accounts",
		"Description | Description |  | text of several lines | at most 32000 characters",
		"C_datetime | C_datetime |  | a date and a time, such as 2026-01-31 15:04:05",
		"C_multiuserlookup | C_multiuserlookup |  | the ids of users, with ; between them | at most 100",
	}, about(record.English, "Account_Name", "C_bigint", "C_percent", "Closed", "Tag", "Parent_Account", "Description", "C_datetime", "C_multiuserlookup"))
	require.Equal(t, []string{"列 | API名称 | 必填 | 内容 | 限制", "客户名称 | Account_Name | 是 | 单行文本 | 最多100个字符",
		"父客户 | Parent_Account |  | 记录的名称或ID（Accounts）"}, about(record.Chinese, "Account_Name", "Parent_Account"))
	all := about(record.English)
	for _, typ := range record.CustomTypes() {
		for _, line := range all {
			require.NotContains(t, line, "| "+typ+" |", "a type that is not explained")
		}
	}
}

func TestRightsToATemplate(t *testing.T) {
	clerk := allows(record.RightView, record.RightCreate, record.RightImport)
	clerk.Modules["Accounts"] = rights.Permission{Rights: clerk.Modules[rights.AllModules].Rights, Fields: map[string]record.Access{"Fax": record.FieldHidden, "Phone": record.FieldReadOnly}}
	limited(t, clerk, func(t *testing.T, org *crm.Org) {
		bob := org.As("bob")
		for _, format := range []importer.Kind{importer.KindXLSX, importer.KindCSV} {
			cells := opened(t, template(t, bob, record.English, &importer.TemplateOptions{Format: format})).Header().Cells
			require.Contains(t, cells, "Account Name")
			require.NotContains(t, cells, "Fax")
			require.NotContains(t, cells, "Phone")
			for name, code := range map[string]record.Code{"Fax": record.CodeUnknown, "Nothing": record.CodeUnknown, "Phone": record.CodeReadOnly, "id": record.CodeReadOnly} {
				var b bytes.Buffer
				err := importer.Template(t.Context(), bob.Accounts, &b, &importer.TemplateOptions{Format: format, Fields: []string{"Account_Name", name}})
				require.Equal(t, &record.ValidationError{Fields: []record.FieldError{{Field: name, Code: code}}}, err)
				require.Zero(t, b.Len())
			}
		}
	})
	for missing, rs := range map[string]only{"Import": {record.RightView, record.RightExport, record.RightCreate}, "": {record.RightImport}} {
		org := crmtest.Open(t, memory.New(nil), &crm.Options{Policy: rs})
		for _, format := range []importer.Kind{importer.KindXLSX, importer.KindCSV} {
			var b bytes.Buffer
			err := importer.Template(t.Context(), org.Accounts, &b, &importer.TemplateOptions{Format: format})
			if missing == "" {
				require.NoError(t, err)
				continue
			}
			require.Equal(t, &record.ForbiddenError{Right: record.RightImport, Module: "Accounts"}, err)
			require.Zero(t, b.Len())
		}
	}
}

func TestTemplateToWhatFails(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	for _, format := range []importer.Kind{importer.KindXLSX, importer.KindCSV} {
		for _, left := range []int{0, 2, 10, 200} {
			err := importer.Template(t.Context(), org.Accounts, &failing{left}, &importer.TemplateOptions{Format: format})
			require.ErrorIs(t, err, errFull, "%s after %d bytes", format, left)
		}
	}
	require.ErrorContains(t, importer.Template(t.Context(), org.Accounts, &failing{}, &importer.TemplateOptions{Format: "PDF"}), `no format "PDF"`)
}
