package relations_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

func TestFullName(t *testing.T) {
	t.Parallel()
	for _, tt := range [][3]string{{"Ann", "Lee", "Ann Lee"}, {"", "Lee", "Lee"}, {"三", "张", "张三"}, {"Ann", "张", "Ann 张"}, {" ", " 王 ", "王"}, {"努尔", "艾力·买买提", "艾力·买买提努尔"}} {
		require.Equal(t, tt[2], relations.FullName(tt[0], tt[1]))
	}
}

func person(t *testing.T, org *crm.Org, name string, accountID, superior record.ID) *relations.Contact {
	t.Helper()
	c := &relations.Contact{LastName: name, AccountID: accountID, ReportingToID: superior}
	require.NoError(t, org.Contacts.Create(t.Context(), c))
	return c
}

func TestContacts(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		all := crmtest.Seed(t, org)
		acme, globex := all["Acme"].ID, all["Globex"].ID
		require.Equal(t, "Last_Name=MANDATORY_NOT_FOUND", codes(org.Contacts.Create(ctx, &relations.Contact{FirstName: "x"})))
		boss := person(t, org, "Boss", acme, record.ID{})
		c := &relations.Contact{FirstName: "Ann", LastName: "Lee", AccountID: acme, ReportingToID: boss.ID, Email: "ann@acme.example", FullName: "nobody asks"}
		require.NoError(t, org.Contacts.Create(ctx, c))
		require.Equal(t, "Ann Lee", c.FullName)

		// Who reports to somebody is of the same account.
		stranger := &relations.Contact{LastName: "Li", AccountID: globex, ReportingToID: boss.ID}
		err := org.Contacts.Create(ctx, stranger)
		require.Equal(t, "Reporting_To=OTHER_ACCOUNT", codes(err))
		var ve *record.ValidationError
		require.ErrorAs(t, err, &ve)
		require.Equal(t, "上级必须属于同一客户", ve.Fields[0].Message(record.Chinese))
		c.AccountID = globex
		require.Equal(t, "Reporting_To=OTHER_ACCOUNT", codes(org.Contacts.Update(ctx, c)))
		boss.AccountID = globex
		err = org.Contacts.Update(ctx, boss)
		require.Equal(t, "Account_Name=HAS_REPORTS", codes(err))
		require.ErrorAs(t, err, &ve)
		require.Equal(t, "contacts of this account report to this one: 1", ve.Fields[0].Message(record.English))
		c.AccountID, c.ReportingToID = globex, record.ID{}
		require.NoError(t, org.Contacts.Update(ctx, c), "both at once")
		require.NoError(t, org.Contacts.Update(ctx, boss))
		c.ReportingToID, boss.ReportingToID = boss.ID, c.ID
		require.NoError(t, org.Contacts.Update(ctx, c))
		require.Equal(t, "Reporting_To=CIRCULAR_REFERENCE", codes(org.Contacts.Update(ctx, boss)))

		// What becomes of contacts when their account is deleted, and comes back.
		require.NoError(t, org.Accounts.Delete(ctx, globex))
		c, err = org.Contacts.Get(ctx, c.ID)
		require.NoError(t, err)
		require.Zero(t, c.AccountID)
		require.Equal(t, boss.ID, c.ReportingToID, "both have no account")
		require.NoError(t, org.Accounts.Restore(ctx, globex))
		c, err = org.Contacts.Get(ctx, c.ID)
		require.NoError(t, err)
		require.Equal(t, globex, c.AccountID)
		require.NoError(t, org.Contacts.Delete(ctx, boss.ID))
		c, err = org.Contacts.Get(ctx, c.ID)
		require.NoError(t, err)
		require.Zero(t, c.ReportingToID)
	})
}

// TestImportOfContacts imports what Outlook exports: people are matched by their mail, and their companies become accounts.
func TestImportOfContacts(t *testing.T) {
	t.Parallel()
	org := crmtest.Open(t, memory.New(nil), nil)
	require.NoError(t, org.Accounts.Create(t.Context(), &account.Account{Name: "Acme"}))
	text := "First Name,Last Name,Company,Job Title,E-mail Address,Business Phone,Manager's Name,Birthday\n" +
		"Ann,Lee,ACME,Buyer,ann@acme.example,1,,1990-02-03\n三,张,华信,,z@hx.example,2,,\nBob,Lee,Acme,,bob@acme.example,3,Ann Lee,\n"
	for _, want := range []record.Counts{{Read: 3, Created: 3}, {Read: 3, Unchanged: 3}} {
		f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "outlook.csv", nil)
		require.NoError(t, err)
		r, err := importer.Run(t.Context(), org.Contacts, f, &importer.Options{Fields: map[string]importer.FieldOptions{relations.AccountField: {Create: true}}})
		require.NoError(t, err)
		require.Empty(t, r.Faults)
		require.Equal(t, want, r.Counts)
	}
	n, err := org.Accounts.Count(t.Context(), record.Query{})
	require.NoError(t, err)
	require.Equal(t, int64(2), n)
	list, _, err := org.Contacts.List(t.Context(), record.Query{Order: record.By("Full_Name")})
	require.NoError(t, err)
	require.Equal(t, []string{"Ann Lee", "Bob Lee", "张三"}, []string{list[0].FullName, list[1].FullName, list[2].FullName})
	require.Equal(t, list[0].ID, list[1].ReportingToID)
	require.Equal(t, "1990-02-03", list[0].DateOfBirth.String())

	_, err = importer.Run(t.Context(), org.Contacts, mustFile(t, text), &importer.Options{Fields: map[string]importer.FieldOptions{relations.ReportingField: {Create: true}}})
	var he *importer.HeaderError
	require.ErrorAs(t, err, &he, "nobody is made of a full name")
}

func mustFile(t *testing.T, text string) *importer.File {
	t.Helper()
	f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "x.csv", nil)
	require.NoError(t, err)
	return f
}
