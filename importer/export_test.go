package importer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// marked is the column that ends an export, as CSV has it.
const mark = `"Exported, ' before = + - @ is no part of a cell；已导出，=、+、-、@前的'不属于单元格内容"`

const marked = "," + mark + "\n"

// export exports accounts as text.
func export(t *testing.T, org *crm.Org, q record.Query, o *importer.ExportOptions) string {
	t.Helper()
	var b bytes.Buffer
	n, err := importer.Export(t.Context(), org.Accounts, &b, q, o)
	require.NoError(t, err)
	count, err := org.Accounts.Count(t.Context(), q)
	require.NoError(t, err)
	if q.After == "" {
		require.Equal(t, count, n)
	}
	return b.String()
}

// opened opens an export.
func opened(t *testing.T, text string) *importer.File {
	t.Helper()
	f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "export", nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// again imports an export by id.
func again(t *testing.T, m importer.Module, text string) *importer.Report {
	t.Helper()
	r, err := importer.Run(t.Context(), m, opened(t, text), &importer.Options{Match: []string{"id"}})
	require.NoError(t, err)
	return r
}

func TestExport(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		by := crmtest.Seed(t, org)
		globex := by["Globex"]
		globex.Phone, globex.Description, globex.Type, globex.Employees = "+86 10", "=1+1\n\"x\", 'y'", "Customer", new(int64(-5))
		globex.AnnualRevenue = decimal.NewNullDecimal(decimal.RequireFromString("-12.5"))
		require.NoError(t, org.Accounts.Update(ctx, globex))
		east := by["Acme East"].ID.String()
		fields := []string{"Account_Name", "Parent_Account", "Phone", "Account_Type", "Employees", "Annual_Revenue", "Description"}
		for _, tt := range []struct {
			name string
			q    record.Query
			o    importer.ExportOptions
			want string
		}{
			{"some fields", record.Query{Where: record.Eq("Account_Name", "Globex")}, importer.ExportOptions{Fields: fields},
				"Account_Name,Parent_Account,Phone,Account_Type,Employees,Annual_Revenue,Description" + marked +
					"Globex,,'+86 10,Customer,-5,-12.5,\"'=1+1\n\"\"x\"\", 'y'\",\n"},
			{"order and pages", record.Query{Order: record.By("-Account_Name"), Limit: 2}, importer.ExportOptions{Fields: fields[:1]},
				"Account_Name" + marked + "Globex,\nAcme West,\nAcme East,\nAcme Boston,\nAcme,\n"},
			{"a link", record.Query{Where: record.Eq("Account_Name", "Acme Boston")}, importer.ExportOptions{Fields: []string{"id", "Parent_Account"}},
				"id,Parent_Account" + marked + by["Acme Boston"].ID.String() + "," + east + ",\n"},
			{"names", record.Query{Where: record.In("Account_Name", "Acme Boston", "Globex")}, importer.ExportOptions{Fields: fields[:2], Names: true, BOM: true},
				"\ufeffAccount_Name,Parent_Account" + marked + "Acme Boston,Acme East,\nGlobex,,\n"},
			{"labels", record.Query{Where: record.Eq("Account_Name", "Acme")}, importer.ExportOptions{Fields: append([]string{"id"}, fields[:2]...), Labels: true},
				"Record Id,Account Name,Parent Account" + marked + by["Acme"].ID.String() + ",Acme,,\n"},
			{"none", record.Query{Where: record.Eq("Account_Name", "Nobody")}, importer.ExportOptions{Fields: fields[:1]}, "Account_Name" + marked},
		} {
			t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, export(t, org, tt.q, &tt.o)) })
		}

		header, _, _ := strings.Cut(export(t, org, record.Query{}, nil), "\n")
		require.Regexp(t, `^id,Account_Name,Phone,.*,Description,Owner,.*,Last_Activity_Time,"Exported`, header)
		chinese := *org.Session().Locale()
		chinese.Language = record.Chinese
		var b bytes.Buffer
		_, err := importer.Export(ctx, account.In(org.Session().In(chinese)), &b, record.Query{Where: record.Eq("Account_Name", "Globex")},
			&importer.ExportOptions{Fields: append([]string{"id"}, fields[:4]...), Labels: true})
		require.NoError(t, err)
		require.Equal(t, "记录ID,客户名称,父客户,电话,客户类型"+marked+globex.ID.String()+",Globex,,'+86 10,客户,\n", b.String())
	})
}

// TestExportOfTheBin has what was deleted, and not the rest.
func TestExportOfTheBin(t *testing.T) {
	t.Parallel()
	org, by := crmtest.Seeded(t)
	require.NoError(t, org.Accounts.Delete(t.Context(), by["Globex"].ID))
	require.Equal(t, "Account_Name"+marked+"Globex,\n", export(t, org, record.Query{Bin: true}, &importer.ExportOptions{Fields: []string{"Account_Name"}}))
}

// TestLabelsThatAreNotClear falls back to API names where a label stands for another field, or would not come back.
func TestLabelsThatAreNotClear(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	layout(t, org, record.FieldLayout{Name: "Twin", Type: "text", English: "Phone"}, record.FieldLayout{Name: "Odd", Type: "text", English: "=SUM"},
		record.FieldLayout{Name: "Line", Type: "text", English: "Import line"}, record.FieldLayout{Name: "Good", Type: "text", English: "Quite, \"good\""})
	require.NoError(t, org.Accounts.Create(t.Context(), &account.Account{Name: "a", Phone: "1",
		Meta: record.Meta{Custom: map[string]storage.Value{"Twin": record.Custom("2"), "Odd": record.Custom("'=3"), "Line": record.Custom("4"), "Good": record.Custom("5")}}}))
	o := &importer.ExportOptions{Labels: true, Fields: []string{"id", "Phone", "Twin", "Odd", "Line", "Good"}}
	text := export(t, org, record.Query{}, o)
	require.Contains(t, text, "Record Id,Phone,Twin,Odd,Line,\"Quite, \"\"good\"\"\""+marked)
	r, err := importer.Run(t.Context(), org.Accounts, opened(t, text), &importer.Options{Match: []string{"id"}, Mode: importer.Update})
	require.NoError(t, err)
	require.Equal(t, "1 = 0 + 0 + 1 + 0 + 0", counts(r))
	for _, c := range r.Columns[1:6] {
		require.Equal(t, importer.Imported, c.Use, c)
	}
}

// western is the mark after a program saved it in a charset that has no Chinese.
const western = `"Exported, ' before = + - @ is no part of a cell????"`

// TestOnlyExportsLoseApostrophes holds that of cells of the same text only those lose their apostrophe that were given one, also
// when somebody has changed the columns.
func TestOnlyExportsLoseApostrophes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ header, end, want string }{
		"ours":                   {"id,Account_Name,Fax", marked, "=x"},
		"ours, reordered":        {mark + ",id,Account_Name,Fax", "\n", "=x"},
		"ours, with another":     {"id,Mine,Account_Name,Fax", marked, "=x"},
		"ours, without the id":   {"Account_Name,Fax", marked, "=x"},
		"ours, as labels":        {"客户名称,Fax", marked, "=x"},
		"ours, saved as Latin":   {"id,Account_Name,Fax," + western, "\n", "=x"},
		"all names and id":       {"id,Account_Name,Fax", "\n", "'=x"},
		"all names":              {"Account_Name,Fax", "\n", "'=x"},
		"labels":                 {"Record Id,Account Name,Fax", "\n", "'=x"},
		"one that looks like it": {"id,Account_Name,Fax", ",Exported\n", "'=x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := crmtest.New(t)
			a := &account.Account{Name: "a"}
			require.NoError(t, org.Accounts.Create(t.Context(), a))
			row := strings.NewReplacer(mark, "", western, "", "Record Id", a.ID.String(), "id", a.ID.String(),
				"Account_Name", "a", "Account Name", "a", "客户名称", "a", "Fax", "'=x", "Exported", "", "Mine", "m").Replace(tt.header + tt.end)
			run(t, org, tt.header+tt.end+row, nil)
			require.Equal(t, tt.want, find(t, org, "a").Fax)
		})
	}
}

// TestApostrophesThatQuote has cells that, without the mark, would make a reader take apostrophes for quotes.
func TestApostrophesThatQuote(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	for _, name := range []string{"'a'", "'b'", "+c'", "'d'", "'=e'"} {
		require.NoError(t, org.Accounts.Create(t.Context(), &account.Account{Name: name}))
	}
	require.Equal(t, "5 = 0 + 0 + 5 + 0 + 0", counts(again(t, org.Accounts, export(t, org, record.Query{}, &importer.ExportOptions{Fields: []string{"id", "Account_Name"}}))))
}

// TestFailedRowsOfAnExport mends what an import of a changed export refuses.
func TestFailedRowsOfAnExport(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	a := &account.Account{Name: "=a", Fax: "'-1"}
	require.NoError(t, org.Accounts.Create(t.Context(), a))
	text := export(t, org, record.Query{}, &importer.ExportOptions{Fields: []string{"id", "Account_Name", "Fax", "Employees"}})
	var rejects bytes.Buffer
	r, err := importer.Run(t.Context(), org.Accounts, file(t, strings.Replace(text, ",,", ",many,", 1)), &importer.Options{Match: []string{"id"}, Rejects: &rejects})
	require.NoError(t, err)
	require.Equal(t, []string{"2 INVALID_DATA Employees"}, faults(r))
	require.Contains(t, rejects.String(), "id,Account_Name,Fax,Employees,Import line,")
	r = again(t, org.Accounts, strings.Replace(rejects.String(), "many", "7", 1))
	require.Equal(t, "1 = 0 + 1 + 0 + 0 + 0", counts(r))
	got := find(t, org, "=a")
	require.Equal(t, "'-1 7", fmt.Sprint(got.Fax, " ", *got.Employees))
}

func TestRightsToExport(t *testing.T) {
	clerk := allows(record.RightView, record.RightExport)
	clerk.Modules["Accounts"] = rights.Permission{Rights: clerk.Modules[rights.AllModules].Rights, Fields: map[string]record.Access{"Fax": record.FieldHidden, "Phone": record.FieldReadOnly}}
	limited(t, clerk, func(t *testing.T, org *crm.Org) {
		ctx, host := t.Context(), org.AsSystem()
		boss := &account.Account{Name: "out of reach", Fax: "secret"}
		boss.Owner = "ann"
		require.NoError(t, host.Accounts.Create(ctx, boss))
		mine := &account.Account{Name: "mine", Phone: "1", Fax: "secret", ParentID: boss.ID}
		mine.Owner = "bob"
		require.NoError(t, host.Accounts.Create(ctx, mine))
		bob := org.As("bob")

		for _, format := range []importer.Kind{importer.KindCSV, importer.KindXLSX} {
			text := export(t, bob, record.Query{}, &importer.ExportOptions{Format: format, Names: true})
			f := opened(t, text)
			require.Contains(t, f.Header().Cells, "Phone")
			require.NotContains(t, f.Header().Cells, "Fax")
			for row, err := range f.Rows(ctx) {
				require.NoError(t, err)
				require.Contains(t, row.Cells, "mine")
				require.Contains(t, row.Cells, boss.ID.String()) // whose name is out of reach
				for _, c := range row.Cells {
					require.NotContains(t, c, "secret")
					require.NotContains(t, c, "out of reach")
				}
			}
		}

		for _, name := range []string{"Fax", "Nothing"} {
			var b bytes.Buffer
			_, err := importer.Export(ctx, bob.Accounts, &b, record.Query{}, &importer.ExportOptions{Fields: []string{"id", name, "Account_Name"}})
			require.Equal(t, &record.ValidationError{Fields: []record.FieldError{{Field: name, Code: record.CodeUnknown}}}, err)
			require.Zero(t, b.Len())
			_, err = importer.Export(ctx, bob.Accounts, &b, record.Query{Where: record.Eq(name, "secret")}, nil)
			var ve *record.ValidationError
			require.ErrorAs(t, err, &ve)
			require.Equal(t, name, ve.Fields[0].Field)
			require.Zero(t, b.Len())
		}
		var b bytes.Buffer
		_, err := importer.Export(ctx, bob.Accounts, &b, record.Query{}, &importer.ExportOptions{Fields: []string{"id", "id"}})
		require.Equal(t, &record.ValidationError{Fields: []record.FieldError{{Field: "id", Code: record.CodeDuplicate}}}, err)
	})
}

// only is a policy that allows some rights, and all records and fields.
type only []record.Right

func (o only) Rights(context.Context, *record.Session, string) (*record.Rights, error) {
	r := &record.Rights{Allowed: map[record.Right]bool{}, Scopes: [record.LevelFull + 1]record.Scope{record.LevelRead: {All: true}}}
	for _, right := range o {
		r.Allowed[right] = true
	}
	return r, nil
}

func (o only) Grants(context.Context, *record.Session, string) ([]record.Grant, error) {
	return nil, nil
}

func TestNoRightToExport(t *testing.T) {
	t.Parallel()
	for missing, rs := range map[record.Right]only{record.RightExport: {record.RightView, record.RightImport}, record.RightView: {record.RightExport}, "": {record.RightView, record.RightExport}} {
		org := crmtest.Open(t, memory.New(nil), &crm.Options{Policy: rs})
		crmtest.Seed(t, org.AsSystem())
		for _, format := range []importer.Kind{importer.KindCSV, importer.KindXLSX} {
			var b bytes.Buffer
			n, err := importer.Export(t.Context(), org.Accounts, &b, record.Query{}, &importer.ExportOptions{Format: format, BOM: true})
			if missing == "" {
				require.NoError(t, err)
				continue
			}
			require.Equal(t, &record.ForbiddenError{Right: missing, Module: "Accounts"}, err)
			require.Zero(t, n)
			require.Zero(t, b.Len())
		}
	}
}

// failing takes some bytes, and then no more.
type failing struct{ left int }

var errFull = errors.New("full")

func (f *failing) Write(p []byte) (int, error) {
	if len(p) > f.left {
		n := f.left
		f.left = 0
		return n, errFull
	}
	f.left -= len(p)
	return len(p), nil
}

func TestExportToWhatFails(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	for i := range 300 {
		require.NoError(t, org.Accounts.Create(t.Context(), &account.Account{Name: fmt.Sprint("Company ", i)}))
	}
	for _, format := range []importer.Kind{importer.KindCSV, importer.KindXLSX} {
		o := &importer.ExportOptions{Format: format, BOM: true}
		whole := len(export(t, org, record.Query{Limit: 100}, o))
		for _, left := range []int{0, 1, 3, 100, whole / 2, whole - 1} {
			_, err := importer.Export(t.Context(), org.Accounts, &failing{left}, record.Query{Limit: 100}, o)
			require.ErrorIs(t, err, errFull, "%s after %d bytes", format, left)
		}
		_, err := importer.Export(t.Context(), org.Accounts, &failing{whole}, record.Query{Limit: 100}, o)
		require.NoError(t, err)
	}
	_, err := importer.Export(t.Context(), org.Accounts, io.Discard, record.Query{}, &importer.ExportOptions{Format: "PDF"})
	require.ErrorContains(t, err, `no format "PDF"`)
}

func TestExportIsStopped(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		crmtest.Seed(t, org)
		for _, format := range []importer.Kind{importer.KindCSV, importer.KindXLSX} {
			ctx, stop := context.WithCancel(t.Context())
			var b bytes.Buffer
			n, err := importer.Export(ctx, org.Accounts, &b, record.Query{Limit: 2}, &importer.ExportOptions{Format: format, Fields: []string{"Account_Name"},
				Progress: func(n int64) {
					if n == 4 {
						stop()
					}
				}})
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, int64(4), n)
			if want := "Account_Name" + marked + "Acme,\nAcme East,\nAcme West,\nAcme Boston,\n"; format == importer.KindCSV {
				require.Equal(t, want, b.String())
			} else {
				require.Zero(t, b.Len())
			}
			stop()
		}
	})
}

// TestExportIsOneState changes and adds records while they are exported.
func TestExportIsOneState(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		by := crmtest.Seed(t, org)
		want := export(t, org, record.Query{}, nil)
		for _, format := range []importer.Kind{importer.KindCSV, importer.KindXLSX} {
			var b bytes.Buffer
			changed := false
			_, err := importer.Export(ctx, org.Accounts, &b, record.Query{Limit: 2}, &importer.ExportOptions{Format: format, Progress: func(n int64) {
				if changed {
					return
				}
				changed = true
				a, err := org.Accounts.Get(ctx, by["Globex"].ID)
				require.NoError(t, err)
				a.Phone = "1 " + string(format)
				require.NoError(t, org.Accounts.Update(ctx, a))
				require.NoError(t, org.Accounts.Create(ctx, &account.Account{Name: "Late " + string(format)}))
			}})
			require.NoError(t, err)
			require.True(t, changed)
			if format == importer.KindCSV {
				require.Equal(t, want, b.String())
				continue
			}
			f := opened(t, b.String())
			var phones []string
			for row, err := range f.Rows(ctx) {
				require.NoError(t, err)
				phones = append(phones, row.Cells[2])
			}
			require.Equal(t, []string{"", "", "", "", "1 CSV", ""}, phones)
		}
	})
}

// TestExportInATransaction sees what that has written.
func TestExportInATransaction(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	require.NoError(t, org.Update(t.Context(), func(tx *crm.Org) error {
		if err := tx.Accounts.Create(t.Context(), &account.Account{Name: "new"}); err != nil {
			return err
		}
		require.Contains(t, export(t, tx, record.Query{}, nil), ",new,")
		return nil
	}))
}

// TestWorkbookOfAnExport looks at the cells as spreadsheet programs have them.
func TestWorkbookOfAnExport(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	layout(t, org, record.FieldLayout{Name: "Long", Type: "bigint"}, record.FieldLayout{Name: "Exact", Type: "double"}, record.FieldLayout{Name: "Day", Type: "date"},
		record.FieldLayout{Name: "At", Type: "datetime"}, record.FieldLayout{Name: "Yes", Type: "boolean"})
	require.NoError(t, org.Session().SaveOrganization(t.Context(), &record.Organization{TimeZone: "Asia/Shanghai", Language: record.Chinese}))
	custom := func(long int64, exact, day string, at time.Time, yes bool) record.Meta {
		date, err := record.ParseDate(day)
		require.NoError(t, err)
		return record.Meta{Custom: map[string]storage.Value{"Long": record.Custom(long), "Exact": record.Custom(decimal.RequireFromString(exact)),
			"Day": record.Custom(date), "At": record.Custom(at), "Yes": record.Custom(yes)}}
	}
	require.NoError(t, org.Accounts.Create(t.Context(),
		&account.Account{Name: "=1+1", Phone: "+86 10", Fax: "00123", AnnualRevenue: decimal.NewNullDecimal(decimal.RequireFromString("1234567.5")), Meta: custom(123456789012345, "0.1", "2026-01-02", time.Date(2026, 1, 2, 7, 4, 5, 0, time.UTC), true)},
		&account.Account{Name: "1E5", Phone: "2026", Fax: "'x", Meta: custom(123456789012345678, "1234567890.123456789", "1900-02-28", time.Date(2026, 1, 2, 7, 4, 5, 1000, time.UTC), false)}))
	text := export(t, org, record.Query{}, &importer.ExportOptions{Format: importer.KindXLSX, Labels: true,
		Fields: []string{"Account_Name", "Phone", "Fax", "Long", "Exact", "Day", "At", "Yes", "Annual_Revenue"}})
	book, err := excelize.OpenReader(strings.NewReader(text))
	require.NoError(t, err)
	defer book.Close()
	require.Equal(t, []string{"Accounts"}, book.GetSheetList())
	panes, err := book.GetPanes("Accounts")
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	rows, err := book.GetRows("Accounts", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Equal(t, [][]string{{"客户名称", "电话", "传真", "Long", "Exact", "Day", "At", "Yes", "年收入"},
		{"=1+1", "+86 10", "00123", "123456789012345", "0.1", "46024", "46024.6278356481", "1", "1234567.5"},
		{"1E5", "2026", "'x", "123456789012345678", "1234567890.123456789", "1900-02-28", "2026-01-02 15:04:05.000001", "0"}}, rows)
	shown, err := book.GetRows("Accounts")
	require.NoError(t, err)
	require.Equal(t, []string{"2026-01-02", "2026-01-02 15:04:05", "TRUE", "1,234,567.50"}, shown[1][5:])
	for at, want := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "B2": excelize.CellTypeInlineString, "C2": excelize.CellTypeInlineString, "D2": excelize.CellTypeUnset,
		"E2": excelize.CellTypeUnset, "F2": excelize.CellTypeUnset, "G2": excelize.CellTypeUnset, "H2": excelize.CellTypeBool, "B3": excelize.CellTypeInlineString, "D3": excelize.CellTypeInlineString,
		"E3": excelize.CellTypeInlineString, "F3": excelize.CellTypeInlineString, "G3": excelize.CellTypeInlineString} {
		got, err := book.GetCellType("Accounts", at)
		require.NoError(t, err)
		require.Equal(t, want, got, at)
		formula, err := book.GetCellFormula("Accounts", at)
		require.NoError(t, err)
		require.Empty(t, formula)
	}
}

// TestWhatNoWorkbookHolds is refused before a byte is written, and is no matter to CSV.
func TestWhatNoWorkbookHolds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]importer.CellError{
		strings.Repeat("漢", 32000) + "a": {Field: "Long", Limit: 32767, Length: 0},
		strings.Repeat("漢", 32768):       {Field: "Long", Limit: 32767, Length: 32768},
		strings.Repeat("😀", 16384):       {Field: "Long", Limit: 32767, Length: 32768},
		strings.Repeat("😀", 16383) + "a": {Field: "Long", Limit: 32767, Length: 0},
		"a\ufffeb":                       {Field: "Long", Character: 0xfffe},
	} {
		org := crmtest.New(t)
		layout(t, org, record.FieldLayout{Name: "Long", Type: "textarea", Limit: 50_000})
		a := &account.Account{Name: "a", Meta: record.Meta{Custom: map[string]storage.Value{"Long": record.Custom(text)}}}
		require.NoError(t, org.Accounts.Create(t.Context(), a))
		require.Equal(t, "1 = 0 + 0 + 1 + 0 + 0", counts(again(t, org.Accounts, export(t, org, record.Query{}, nil))))
		var b bytes.Buffer
		_, err := importer.Export(t.Context(), org.Accounts, &b, record.Query{}, &importer.ExportOptions{Format: importer.KindXLSX})
		if want.Length == 0 && want.Character == 0 {
			require.NoError(t, err)
			require.Equal(t, "1 = 0 + 0 + 1 + 0 + 0", counts(again(t, org.Accounts, b.String())))
			continue
		}
		want.Record = a.ID
		require.Equal(t, &want, err)
		require.Contains(t, err.Error(), "Long has")
		require.Zero(t, b.Len())
	}
}

// pieces is a writer that knows how much it is given at a time.
type pieces struct{ all, largest int }

func (w *pieces) Write(p []byte) (int, error) {
	w.all += len(p)
	w.largest = max(w.largest, len(p))
	return len(p), nil
}

// TestMemoryOfAnExport holds that what an export takes does not grow with it.
func TestMemoryOfAnExport(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	const many = 100_000
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Modules: []*record.Schema{nodes.Schema}})
	m := nodes.In(org.Session())
	for from := 0; from < many; from += 5000 {
		ns := make([]*Node, 5000)
		for i := range ns {
			ns[i] = &Node{Name: fmt.Sprint((from + i) % 10_000), Number: "=1"}
		}
		require.NoError(t, m.Create(t.Context(), ns...))
	}
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	for format, most := range map[importer.Kind]uint64{importer.KindCSV: 16 << 20, importer.KindXLSX: 64 << 20} {
		before, peak := heap(), uint64(0)
		var w pieces
		n, err := importer.Export(t.Context(), m, &w, record.Query{}, &importer.ExportOptions{Format: format, Names: true, Progress: func(n int64) {
			if n%10_000 == 0 {
				peak = max(peak, heap())
			}
		}})
		require.NoError(t, err)
		require.Equal(t, int64(many), n)
		require.Less(t, peak, before+most, format)
		require.Less(t, w.largest, 128<<10, format) // no file is collected, and then written
		require.Greater(t, w.all, 1<<20, format)
		t.Logf("%s: %d KB above the store", format, (int64(peak)-int64(before))>>10)
	}
}
