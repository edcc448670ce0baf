package importer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage/memory"
)

func TestDefaultsAndClearing(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		old := &account.Account{Name: "old", Phone: "1", Fax: "2", Industry: "Consulting"}
		require.NoError(t, org.Accounts.Create(t.Context(), old))
		r := run(t, org, "Account Name,Phone,Fax,Industry\nold,,,\nnew,,9,\nfull,5,,Technology\n", &importer.Options{Fields: map[string]importer.FieldOptions{
			"Phone": {Default: "7"}, "Fax": {Clear: true}, "Industry": {Default: "咨询", Clear: true}, "Rating": {Default: "Active"}}})
		require.Equal(t, "3 = 2 + 1 + 0 + 0 + 0", counts(r))
		for name, want := range map[string]string{"old": "1||", "new": "7|9|Consulting", "full": "5||Technology"} { // a default is for new records
			a := find(t, org, name)
			require.Equal(t, want, a.Phone+"|"+a.Fax+"|"+a.Industry, name)
			require.Equal(t, name != "old", a.Rating == "Active", name)
		}
		r = run(t, org, "Phone\n5\n", &importer.Options{Mode: importer.Clone, Fields: map[string]importer.FieldOptions{"Account_Name": {Default: "nameless"}}})
		require.Equal(t, "1 = 1 + 0 + 0 + 0 + 0", counts(r)) // a required field without a column
		r, err := importer.Run(t.Context(), org.Accounts, file(t, "Account Name,Industry\nold,\n"), &importer.Options{Fields: map[string]importer.FieldOptions{"Account_Name": {Clear: true}}})
		require.NoError(t, err)
		require.Equal(t, "1 = 0 + 0 + 1 + 0 + 0", counts(r))
	})
}

func TestWrongFieldOptions(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	for field, tt := range map[string]struct {
		o    importer.FieldOptions
		code string
	}{
		"Nothing":        {importer.FieldOptions{}, importer.CodeUnknownField},
		"Created_Time":   {importer.FieldOptions{Default: "2026-01-01"}, importer.CodeReadOnlyField},
		"Employees":      {importer.FieldOptions{Default: "many"}, importer.CodeBadOption},
		"Annual_Revenue": {importer.FieldOptions{Decimal: ';'}, importer.CodeBadOption},
		"Phone":          {importer.FieldOptions{Dates: importer.DayFirst}, importer.CodeBadOption},
		"Website":        {importer.FieldOptions{Create: true}, importer.CodeBadOption},
		"Parent_Account": {importer.FieldOptions{LookupBy: "Nothing"}, importer.CodeBadOption},
	} {
		_, err := importer.Run(t.Context(), org.Accounts, file(t, "Account Name,Parent Account\na,\n"), &importer.Options{Fields: map[string]importer.FieldOptions{field: tt.o}})
		var he *importer.HeaderError
		require.ErrorAs(t, err, &he, field)
		require.Equal(t, []importer.HeaderProblem{{Code: tt.code, Field: field}}, he.Problems)
	}
}

// TestColumnsOfTwoReadings decides on how dates and numbers are read by whole columns, and refuses what can be read in two ways.
func TestColumnsOfTwoReadings(t *testing.T) {
	far := strings.Repeat("x,,\n", 2000)
	for _, tt := range []struct {
		name, rows string
		o          importer.FieldOptions
		date, sum  string // of the first row; "" when the file is refused
		problem    importer.HeaderProblem
	}{
		{"nothing open", "a,2026-11-23,1200.5\n", importer.FieldOptions{}, "2026-11-23", "1200.5", importer.HeaderProblem{}},
		{"day first, by a later row", "a,3/4/2026,\nb,31/12/2026,\n", importer.FieldOptions{}, "2026-04-03", "", importer.HeaderProblem{}},
		{"month first, by a row far below", "a,3/4/2026,\n" + far + "b,12/31/2026,\n", importer.FieldOptions{}, "2026-03-04", "", importer.HeaderProblem{}},
		{"a comma before fractions", "a,,\"1.200\"\nb,,\"3,5\"\n", importer.FieldOptions{}, "", "1200", importer.HeaderProblem{}},
		{"a comma between thousands", "a,,\"1,200\"\n", importer.FieldOptions{}, "", "1200", importer.HeaderProblem{}},
		{"dates of two readings", "b,1/1/2026,\na,3/4/2026,\n", importer.FieldOptions{}, "", "",
			importer.HeaderProblem{Code: importer.CodeTwoReadings, Field: "Day", Column: 2, Line: 3, Readings: []string{"2026-04-03", "2026-03-04"}}},
		{"dates of both orders", "a,31/12/2026,\nb,12/31/2026,\n", importer.FieldOptions{}, "", "",
			importer.HeaderProblem{Code: importer.CodeTwoReadings, Field: "Day", Column: 2, Line: 3, Readings: []string{"31/12/2026", "12/31/2026"}}},
		{"numbers of both kinds", "a,,\"1,234.5\"\nb,,\"1,5\"\n", importer.FieldOptions{}, "", "",
			importer.HeaderProblem{Code: importer.CodeTwoReadings, Field: "Sum", Column: 3, Line: 3, Readings: []string{"1,234.5", "1,5"}}},
		{"the order given", "a,3/4/2026,\n", importer.FieldOptions{Dates: importer.DayFirst}, "2026-04-03", "", importer.HeaderProblem{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, org *crm.Org) {
				layout(t, org, record.FieldLayout{Name: "Day", Type: "date"}, record.FieldLayout{Name: "Sum", Type: "currency"})
				o := &importer.Options{}
				if tt.o.Dates != "" {
					o.Fields = map[string]importer.FieldOptions{"Day": tt.o}
				}
				r, err := importer.Run(t.Context(), org.Accounts, file(t, "Account Name,Day,Sum\n"+tt.rows), o)
				if tt.problem.Code != "" {
					var he *importer.HeaderError
					require.ErrorAs(t, err, &he)
					require.Equal(t, []importer.HeaderProblem{tt.problem}, he.Problems)
					require.NotContains(t, err.Error(), "2026") // no value goes to a log
					require.Empty(t, list(t, org))
					return
				}
				require.NoError(t, err)
				require.Zero(t, r.Failed-int64(strings.Count(tt.rows, "x,,\n")-min(strings.Count(tt.rows, "x,,\n"), 1)), faults(r)[:min(len(r.Faults), 3)])
				a := find(t, org, "a")
				require.Equal(t, tt.date, record.DateType().Format(a.Custom["Day"], nil))
				require.Equal(t, tt.sum, a.Custom["Sum"].Text())
			})
		})
	}
	t.Run("a file of semicolons", func(t *testing.T) {
		each(t, func(t *testing.T, org *crm.Org) {
			text := "Account Name;Annual Revenue;Employees\na;1,200;1,200\n"
			_, err := importer.Run(t.Context(), org.Accounts, file(t, text), nil)
			var he *importer.HeaderError
			require.ErrorAs(t, err, &he)
			require.Equal(t, []importer.HeaderProblem{{Code: importer.CodeTwoReadings, Field: "Annual_Revenue", Column: 2, Line: 2, Readings: []string{"1200", "1.200"}}}, he.Problems)
			r := run(t, org, text, &importer.Options{Fields: map[string]importer.FieldOptions{"Annual_Revenue": {Decimal: ','}}})
			require.Equal(t, "1 = 1 + 0 + 0 + 0 + 0", counts(r))
			a := find(t, org, "a")
			require.Equal(t, "1.2 1200", fmt.Sprint(a.AnnualRevenue.Decimal, " ", *a.Employees))
		})
	})
}

func TestLookupBy(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		// A key of the file, which is kept with the records: parents before and after, and one that is there.
		there := &account.Account{Name: "there", Number: "K9"}
		require.NoError(t, org.Accounts.Create(t.Context(), there))
		r := run(t, org, "Account Name,Account Number,Parent Account\nlow,K1,K2\nmid,K2,K3\ntop,K3,\nside,K4,K9\nlost,K5,top\n",
			&importer.Options{Batch: 2, Fields: map[string]importer.FieldOptions{"Parent_Account": {LookupBy: "Account_Number"}}})
		require.Equal(t, "5 = 4 + 0 + 0 + 0 + 1", counts(r))
		require.Equal(t, []string{"6 NOT_FOUND Parent_Account"}, faults(r))
		require.Equal(t, find(t, org, "mid").ID, find(t, org, "low").ParentID)
		require.Equal(t, find(t, org, "top").ID, find(t, org, "mid").ParentID)
		require.Equal(t, there.ID, find(t, org, "side").ParentID)
	})
}

func TestCreateWhatIsLinkedTo(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		r := run(t, org, "Account Name,Parent Account,Employees\na,Group,1\nb,group,2\nc,Later,3\nlater,,4\nd,Unmade,many\nGROUP,,6\n,Nowhere,\n",
			&importer.Options{Batch: 3, Fields: map[string]importer.FieldOptions{"Parent_Account": {Create: true}}})
		require.Equal(t, []string{"6 INVALID_DATA Employees", "8 MANDATORY_NOT_FOUND Account_Name"}, faults(r))
		require.Equal(t, []string{"a", "b", "c", "GROUP", "later"}, sorted(list(t, org))) // nothing is made for rows that fail
		require.Equal(t, find(t, org, "GROUP").ID, find(t, org, "a").ParentID)
		require.Equal(t, find(t, org, "GROUP").ID, find(t, org, "b").ParentID)
		require.Equal(t, find(t, org, "later").ID, find(t, org, "c").ParentID)
	})
	clerk := allows(record.RightView, record.RightCreate, record.RightEdit, record.RightImport)
	clerk.Modules["Accounts"] = rights.Permission{Rights: []record.Right{record.RightView}}
	limited(t, clerk, func(t *testing.T, org *crm.Org) {
		text := "site_name,account\ntower,Acme\nhut,Acme\nshed,\n"
		o := &importer.Options{Fields: map[string]importer.FieldOptions{"Account": {Create: true}}}
		r, err := importer.Run(t.Context(), sites.In(org.As("bob").Session()), file(t, text), o)
		require.NoError(t, err)
		require.Equal(t, []string{"2 NO_PERMISSION Account", "3 NO_PERMISSION Account"}, faults(r))
		r, err = importer.Run(t.Context(), sites.In(org.As("ann").Session()), file(t, text), o)
		require.NoError(t, err)
		require.Equal(t, "3 = 2 + 0 + 1 + 0 + 0", counts(r))
		n, err := org.As("ann").Accounts.Count(t.Context(), record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(1), n)
	})
}

// TestParentsInAnyOrder imports a chain from its end, in batches of several sizes, cut and gone on with, and within a transaction.
func TestParentsInAnyOrder(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("Account Name,Parent Account\n")
	const depth = 40
	for i := depth; i > 0; i-- {
		fmt.Fprintf(&b, "n%d,n%d\n", i, i-1)
	}
	b.WriteString("n0,\n")
	check := func(org *crm.Org, r *importer.Report) {
		require.Equal(t, fmt.Sprintf("%d = %d + 0 + 0 + 0 + 0", depth+1, depth+1), counts(r))
		up, err := org.Accounts.Ancestors(t.Context(), find(t, org, fmt.Sprint("n", depth)).ID)
		require.NoError(t, err)
		require.Len(t, up, depth)
	}
	for _, size := range []int{1, 7, 1000} {
		org := crmtest.New(t)
		check(org, run(t, org, b.String(), &importer.Options{Batch: size}))
	}
	for line := 2; line < depth; line += 5 {
		org := crmtest.Open(t, memory.New(nil), nil)
		o := &importer.Options{Key: "k", Batch: 7}
		_, err := importer.Run(t.Context(), org.Accounts, cut{file(t, b.String()), line}, o)
		require.ErrorIs(t, err, errPower)
		r, err := importer.Run(t.Context(), org.Accounts, cut{file(t, b.String()), 0}, o)
		require.NoError(t, err)
		check(org, r)
	}
	org := crmtest.New(t)
	var r *importer.Report
	require.NoError(t, org.Update(t.Context(), func(tx *crm.Org) (err error) {
		r, err = importer.Run(t.Context(), tx.Accounts, file(t, b.String()), nil)
		return err
	}))
	check(org, r)
}

func sorted(names []string) []string {
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return names
}

// TestPlainFilesAreReadOnce asks that a file whose cells leave nothing open is read once, but for its first rows.
func TestPlainFilesAreReadOnce(t *testing.T) {
	t.Parallel()
	src := &fixed{header: []string{"Account Name", "Employees", "Annual Revenue"}}
	for i := range 5000 {
		src.rows = append(src.rows, importer.Row{Line: i + 2, Cells: []string{fmt.Sprint("n", i), fmt.Sprint(i), "1.5"}})
	}
	counting := &changing{Source: src}
	r, err := importer.Run(t.Context(), crmtest.New(t).Accounts, counting, nil)
	require.NoError(t, err)
	require.Equal(t, int64(5000), r.Created)
	require.LessOrEqual(t, counting.rows, 5000+1001)
}

func TestNumbersThatLostDigits(t *testing.T) {
	t.Parallel()
	r := run(t, crmtest.New(t), "Account Name,Account Number,Phone\na,4.88E+18,1\nb,488,3.1E+09\nc,1.2E+11,\n", nil)
	require.Equal(t, int64(3), r.Created)
	require.Equal(t, []importer.Note{{Field: "Account_Number", Code: importer.CodeLostDigits, Rows: 2, First: 2}, {Field: "Phone", Code: importer.CodeLostDigits, Rows: 1, First: 3}}, r.Notes)
	require.Equal(t, "数字已被电子表格程序缩短；已原样保留", r.Notes[0].Message(record.Chinese))
}
