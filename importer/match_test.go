package importer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// TestMatchAgain imports a file twice: the second time every row finds the record that it made.
func TestMatchAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		match []string
		text  string
	}{
		"a link by name":             {[]string{"Account_Name", "Parent_Account"}, "Account Name,Parent Account\nBranch,Acme\nBranch,ACME Boston\nHall,Acme\n"},
		"a link alone":               {[]string{"Parent_Account"}, "Account Name,Parent Account\nBranch,Globex\n"},
		"a link to an earlier row":   {[]string{"Account_Name", "Parent_Account"}, "Account Name,Parent Account,Phone\nHead,Acme,1\nBranch,Head,2\nTwig,Branch,3\n"},
		"a text that is cleaned":     {[]string{"Description"}, "Account Name,Description\nA,\"x\r\ny  \"\nB,\"p\rq\"\n"},
		"a text as it is":            {[]string{"Phone"}, "Account Name,Phone\nA, 1 \nB,2\n"},
		"a number":                   {[]string{"Annual_Revenue", "Account_Name"}, "Account Name,Annual Revenue\nA,1.50\nB,01.5\n"},
		"values of a list":           {[]string{"Industry", "Account_Name"}, "Account Name,Industry\nA,教育\nB,education\n"},
		"a byte order mark within":   {nil, "Account Name,Phone\nA,1\n\ufeffB,2\n"},
		"a byte order mark, by name": {nil, "Account Name,Parent Account\nA,\nB,\ufeffA\n"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, org *crm.Org) {
				crmtest.Seed(t, org)
				first := run(t, org, tt.text, &importer.Options{Match: tt.match})
				require.Empty(t, first.Faults)
				require.Equal(t, first.Read, first.Created)
				again := run(t, org, tt.text, &importer.Options{Match: tt.match, Batch: 1})
				require.Equal(t, fmt.Sprintf("%d = 0 + 0 + %[1]d + 0 + 0", first.Read), counts(again))
			})
		})
	}
}

// TestMatchByLinkAsIDAndName has two rows of one record, which say its parent in two ways.
func TestMatchByLinkAsIDAndName(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		by := crmtest.Seed(t, org)
		r := run(t, org, "Account Name,Parent Account,Phone\nBranch,Globex,1\nBranch,"+by["Globex"].ID.String()+",2\nBranch,globex,3\nBranch,Nobody,4\n",
			&importer.Options{Match: []string{"Account_Name", "Parent_Account"}})
		require.Equal(t, "4 = 1 + 1 + 0 + 0 + 2", counts(r))
		require.Equal(t, []string{"4 DUPLICATE_ROW Account_Name", "5 NOT_FOUND Parent_Account"}, faults(r))
		require.Equal(t, "2", find(t, org, "Branch").Phone)
	})
}

// TestMatchByABroadField matches by a field that all records share, and one that tells them apart. Each batch reads the
// records that it asks for.
func TestMatchByABroadField(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	var b strings.Builder
	b.WriteString("Account Name,Industry\n")
	for i := range 6000 {
		fmt.Fprintf(&b, "n%d,Education\n", i)
	}
	o := &importer.Options{Match: []string{"Industry", "Account_Name"}, Batch: 50}
	run(t, org, b.String(), o)
	start := time.Now()
	r := run(t, org, b.String(), o)
	require.Equal(t, "6000 = 0 + 0 + 6000 + 0 + 0", counts(r))
	require.Less(t, time.Since(start), 5*time.Second) // it took 20 s when a batch read all of an industry
}

func TestDuplicateRows(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		r := run(t, org, "Account Name,Employees\nAcme,bad\nAcme,5\nACME,6\nacme,x\n", nil)
		require.Equal(t, "4 = 1 + 0 + 0 + 0 + 3", counts(r))
		require.Equal(t, []string{"2 INVALID_DATA Employees", "4 DUPLICATE_ROW Account_Name", "5 INVALID_DATA Employees"}, faults(r)) // a failed row is not the first
		require.Equal(t, record.Args{"first": 3}, r.Faults[1].Args)
		require.Equal(t, int64(5), *find(t, org, "Acme").Employees)
	})
}

// TestAllFaultsOfARow has rows with faults of every kind: what the types refuse, what is missing, links that lead nowhere.
func TestAllFaultsOfARow(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		by := crmtest.Seed(t, org)
		r := run(t, org, "Account Name,Phone,Employees,Parent Account,Annual Revenue\n"+
			",bad,xx,Nobody,1.23456\n"+ // 2
			"Acme,bad,1,Acme Boston,1\n"+ // 3: a loop too
			"Acme,1,1,Acme Boston,1\n"+ // 4
			"x,none,,"+record.NewID().String()+",\n"+ // 5
			"y,1,,x,\n", nil) // 6
		require.Equal(t, []string{"2 MANDATORY_NOT_FOUND Account_Name", "2 INVALID_DATA Phone", "2 INVALID_DATA Employees", "2 NOT_FOUND Parent_Account", "2 INVALID_DATA Annual_Revenue",
			"3 INVALID_DATA Phone", "3 CIRCULAR_REFERENCE Parent_Account", "4 CIRCULAR_REFERENCE Parent_Account",
			"5 INVALID_DATA Phone", "5 NOT_FOUND Parent_Account", "6 NOT_FOUND Parent_Account"}, faults(r))
		require.Equal(t, "5 = 0 + 0 + 0 + 0 + 5", counts(r))
		path, ok := r.Faults[7].Args["path"].([]record.ID)
		require.True(t, ok)
		require.Equal(t, []record.ID{by["Acme"].ID, by["Acme Boston"].ID, by["Acme Boston"].ParentID, by["Acme"].ID}, path)
		require.Empty(t, r.Faults[9].Args)
	})
}

func TestNotesOfImportedRowsOnly(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		require.NoError(t, org.Accounts.Create(t.Context(), &account.Account{Name: "t"}, &account.Account{Name: "T"}))
		r := run(t, org, "Account Name,Industry,Employees\na,Foo,bad\nb,Foo,1\nt,,bad\n\"t\",Bar,\n", nil)
		require.Equal(t, []importer.Note{{Field: "Industry", Code: importer.CodeUnknownValue, Rows: 2, First: 3},
			{Field: "Account_Name", Code: importer.CodeSeveralMatches, Rows: 1, First: 5}}, r.Notes)
		for _, n := range r.Notes {
			require.NotEqual(t, n.Message(record.English), n.Message(record.Chinese))
			require.NotEqual(t, n.Code, n.Message(record.English))
		}
	})
}
