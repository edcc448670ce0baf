package lead_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

// layout adds fields to a module.
func layout(t *testing.T, org *crm.Org, module string, fields ...record.FieldLayout) {
	t.Helper()
	l, err := org.Session().Layout(t.Context(), module)
	require.NoError(t, err)
	l.Fields = append(l.Fields, fields...)
	_, err = org.Session().SaveLayout(t.Context(), module, l, nil)
	require.NoError(t, err)
}

// TestMappingOfCustomFields carries a custom field where the organization says, and a standard one elsewhere.
func TestMappingOfCustomFields(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		layout(t, org, lead.Module, record.FieldLayout{Name: "Budget", Type: "currency", English: "Budget"}, record.FieldLayout{Name: "Hobby", Type: "text", Limit: 20, English: "Hobby"})
		layout(t, org, account.Module, record.FieldLayout{Name: "Their_Budget", Type: "currency", English: "Budget"})
		layout(t, org, relations.ContactModule, record.FieldLayout{Name: "Hobbies", Type: "textarea", English: "Hobbies"})
		l := full()
		l.Custom = map[string]storage.Value{"Budget": record.Custom(500), "Hobby": record.Custom("Chess")}
		create(t, org, l)
		p, err := org.Leads.Preview(ctx, l.ID, nil)
		require.NoError(t, err)
		require.Equal(t, []lead.Loss{{Field: "Budget", Reason: lead.Unmapped}, {Field: "Hobby", Reason: lead.Unmapped}}, p.Lost)
		m, err := org.Leads.Mapping(ctx)
		require.NoError(t, err)
		require.Equal(t, lead.DefaultMapping(), m)
		m = append(m, lead.Map{Lead: "Budget", Account: "Their_Budget"}, lead.Map{Lead: "Hobby", Contact: "Hobbies"})
		m[slices.IndexFunc(m, func(m lead.Map) bool { return m.Lead == "Mobile" })].Contact = "Other_Phone"
		require.NoError(t, org.Leads.SaveMapping(ctx, m))
		saved, err := org.Leads.Mapping(ctx)
		require.NoError(t, err)
		require.Equal(t, m, saved)
		r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Strict: true})
		require.NoError(t, err)
		a, err := org.Accounts.Get(ctx, r.Account)
		require.NoError(t, err)
		require.Equal(t, "500", a.Custom["Their_Budget"].Text())
		c, err := org.Contacts.Get(ctx, r.Contact)
		require.NoError(t, err)
		require.Equal(t, []string{"Chess", "2", ""}, []string{c.Custom["Hobbies"].Text(), c.OtherPhone, c.Mobile})

		l2, err := org.Session().Layout(ctx, account.Module) // the field goes, and the row leads nowhere
		require.NoError(t, err)
		l2.Fields = slices.DeleteFunc(l2.Fields, func(f record.FieldLayout) bool { return f.Name == "Their_Budget" })
		_, err = org.Session().SaveLayout(ctx, account.Module, l2, nil)
		require.NoError(t, err)
		next := full()
		next.Custom = map[string]storage.Value{"Budget": record.Custom(500)}
		create(t, org, next)
		p, err = org.Leads.Preview(ctx, next.ID, &lead.Options{Account: lead.Target{New: true}, Contact: lead.Target{New: true}})
		require.NoError(t, err)
		require.Equal(t, []lead.Loss{{Field: "Budget", Reason: lead.Unmapped}}, p.Lost)
	})
}

// TestMappingIsChecked refuses each row that could not be carried out.
func TestMappingIsChecked(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	ctx := t.Context()
	layout(t, org, lead.Module, record.FieldLayout{Name: "Long", Type: "text", Limit: 200, English: "Long"}, record.FieldLayout{Name: "Number", Type: "integer", English: "Number"},
		record.FieldLayout{Name: "Exact", Type: "double", English: "Exact"}, record.FieldLayout{Name: "Mates", Type: "lookup", To: account.Module, English: "Mates"})
	layout(t, org, relations.ContactModule, record.FieldLayout{Name: "Mate", Type: "lookup", To: account.Module, English: "Mate"}, record.FieldLayout{Name: "Friend", Type: "lookup", To: relations.ContactModule, English: "Friend"},
		record.FieldLayout{Name: "Count", Type: "integer", English: "Count"}, record.FieldLayout{Name: "Fixed", Type: "text", English: "Fixed", ReadOnly: true})
	for _, c := range []struct {
		row  lead.Map
		want string
	}{
		{lead.Map{Lead: "Number", Contact: "Count"}, "<nil>"},
		{lead.Map{Lead: "Mates", Contact: "Mate"}, "<nil>"},
		{lead.Map{Lead: "Long", Contact: "Description"}, "Description=DUPLICATE_DATA"},
		{lead.Map{Lead: "Long"}, "<nil>"},
		{lead.Map{Lead: "Nothing"}, "Nothing=INVALID_FIELD"},
		{lead.Map{Lead: "Tag", Contact: "Tag"}, "Tag=INVALID_FIELD"},
		{lead.Map{Lead: "Company", Contact: "Department"}, "Company=DUPLICATE_DATA Department=INVALID_DATA"},
		{lead.Map{Lead: "Long", Contact: "Nowhere"}, "Nowhere=INVALID_FIELD"},
		{lead.Map{Lead: "Long", Contact: "Department"}, "Department=INVALID_DATA"},
		{lead.Map{Lead: "Number", Contact: "Department"}, "Department=INVALID_DATA"},
		{lead.Map{Lead: "Mates", Contact: "Friend"}, "Friend=INVALID_DATA"},
		{lead.Map{Lead: "Mates", Contact: "Account_Name"}, "Account_Name=READ_ONLY"},
		{lead.Map{Lead: "Long", Contact: "Full_Name"}, "Full_Name=READ_ONLY"},
		{lead.Map{Lead: "Long", Contact: "Fixed"}, "Fixed=READ_ONLY"},
		{lead.Map{Lead: "Exact", Account: "Annual_Revenue"}, "Annual_Revenue=DUPLICATE_DATA"},
	} {
		err := org.Leads.SaveMapping(ctx, append(lead.DefaultMapping(), c.row))
		require.Equal(t, c.want, codes(err), "%+v", c.row)
	}
	require.Equal(t, "Last_Name=MANDATORY_NOT_FOUND Account_Name=MANDATORY_NOT_FOUND", codes(org.Leads.SaveMapping(ctx, nil)))
	require.NoError(t, org.Leads.SaveMapping(ctx, lead.DefaultMapping()))
}
