package lead_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/blob"
	"github.com/clientele-go/crm/storage/memory"
)

// What conversions of other programs do wrong, one test each.

// TestFailingAtTheDealLeavesNothingBehind: Frappe and EspoCRM have made the contact and the account by then.
func TestFailingAtTheDealLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	rule := func(_ context.Context, _ *record.Session, _, rec *record.Record) error {
		return &record.ValidationError{Fields: []record.FieldError{{Field: "Deal_Name", Code: "RULE"}}}
	}
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Actor: "ann", Rules: map[string][]record.Hook{relations.DealModule: {rule}}})
	l := create(t, org, full())
	about(t, org, l.ID)
	before := state(t.Context(), t, org)
	_, err := org.Leads.Convert(t.Context(), l.ID, &lead.Options{Deal: deal()})
	require.Equal(t, "Deal_Name=RULE", codes(err))
	require.Equal(t, before, state(t.Context(), t, org))
}

// TestOpenTasksAndNotesDoNotStayOnTheLead: those of EspoCRM do.
func TestOpenTasksAndNotesDoNotStayOnTheLead(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		l := create(t, org, full())
		on := record.Link{Module: lead.Module, ID: l.ID}
		about(t, org, l.ID)
		note := &relations.Note{Content: "wants two", Parent: on}
		require.NoError(t, org.Notes.Create(ctx, note))
		r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Strict: true})
		require.NoError(t, err)
		n, err := org.Tasks.Count(ctx, record.Query{Where: record.And(relations.AboutRecord(on), relations.OpenTasks())})
		require.NoError(t, err)
		require.Zero(t, n)
		got, err := org.Notes.Get(ctx, note.ID)
		require.NoError(t, err)
		require.Equal(t, record.Link{Module: relations.ContactModule, ID: r.Contact}, got.Parent)
		shown, _, err := relations.ContactNotes().Page(ctx, org.Session(), []record.ID{r.Account}, record.Query{})
		require.NoError(t, err)
		require.Len(t, shown, 1, "and is shown on the account")
		require.Equal(t, note.ID, shown[0].ID)
	})
}

// TestAttachmentsAreNotLost: those of CordysCRM are.
func TestAttachmentsAreNotLost(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for to, want := range map[string]func(r *lead.Result) record.Link{
		"":                      func(r *lead.Result) record.Link { return record.Link{Module: relations.ContactModule, ID: r.Contact} },
		relations.ContactModule: func(r *lead.Result) record.Link { return record.Link{Module: relations.ContactModule, ID: r.Contact} },
		account.Module:          func(r *lead.Result) record.Link { return record.Link{Module: account.Module, ID: r.Account} },
		relations.DealModule:    func(r *lead.Result) record.Link { return record.Link{Module: relations.DealModule, ID: r.Deal} },
	} {
		org := crmtest.Open(t, memory.New(nil), &crm.Options{Actor: "ann", Blobs: blob.Memory()})
		l := create(t, org, full())
		a, err := org.Files.Attach(ctx, record.Link{Module: lead.Module, ID: l.ID}, "offer.txt", strings.NewReader("two pumps"))
		require.NoError(t, err)
		r, err := org.Leads.Convert(ctx, l.ID, &lead.Options{Attachments: to, Deal: deal(), Strict: true})
		require.NoError(t, err)
		got, bytes, err := org.Files.Open(ctx, a.ID)
		require.NoError(t, err)
		require.NoError(t, bytes.Close())
		require.Equal(t, want(r), got.Parent)
		_, err = org.Leads.Revert(ctx, l.ID)
		require.NoError(t, err)
		got, bytes, err = org.Files.Open(ctx, a.ID)
		require.NoError(t, err)
		require.NoError(t, bytes.Close())
		require.Equal(t, record.Link{Module: lead.Module, ID: l.ID}, got.Parent)
		p, err := org.Leads.Preview(ctx, l.ID, &lead.Options{Attachments: relations.DealModule})
		require.NoError(t, err)
		require.Equal(t, []lead.Loss{{Item: record.Link{Module: relations.AttachmentModule, ID: a.ID}, Reason: lead.NoTarget}}, p.Lost)
	}
}

// TestAttachmentsHaveRoom asks whether the files of both come to more than one record may have.
func TestAttachmentsHaveRoom(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Actor: "ann", Blobs: blob.Memory()})
	c := &relations.Contact{LastName: "Lee", Email: "ann@acme.example"}
	require.NoError(t, org.Contacts.Create(ctx, c))
	l := create(t, org, full())
	for _, on := range []record.Link{{Module: lead.Module, ID: l.ID}, {Module: relations.ContactModule, ID: c.ID}} {
		a, err := org.Files.Attach(ctx, on, "big.bin", strings.NewReader("x"))
		require.NoError(t, err)
		require.NoError(t, org.Attachments.Amend(ctx, record.Updated, a.ID, func(rec *record.Record) error {
			rec.Set("Size", record.Custom(relations.MaxAttached/2+1))
			return nil
		}))
	}
	_, err := org.Leads.Convert(ctx, l.ID, nil)
	require.Equal(t, "Size=LIMIT_EXCEEDED", codes(err))
	_, err = org.Leads.Convert(ctx, l.ID, &lead.Options{Contact: lead.Target{New: true}})
	require.NoError(t, err)
}

// TestNoValueIsDroppedForAnAccountThatMayNotBeEdited: Zoho links the account, and drops the fields without a word.
func TestNoValueIsDroppedForAnAccountThatMayNotBeEdited(t *testing.T) {
	t.Parallel()
	org := guarded(t, nil)
	ctx, bob := t.Context(), org.As("bob")
	require.NoError(t, org.AsSystem().Rights.SetDefault(ctx, account.Module, rights.PublicReadOnly))
	acme := &account.Account{Name: "Acme"}
	require.NoError(t, org.As("eve").Accounts.Create(ctx, acme))
	l := owned(t, org, "bob")
	before := state(ctx, t, org)
	_, err := bob.Leads.Convert(ctx, l.ID, nil)
	var missing *record.ForbiddenError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, record.ForbiddenError{Right: record.RightEdit, Module: account.Module, Record: acme.ID}, *missing)
	require.Equal(t, before, state(ctx, t, org))
	keep := lead.Options{Account: lead.Target{Fill: lead.Keep}}
	p, err := bob.Leads.Preview(ctx, l.ID, &keep)
	require.NoError(t, err)
	require.NoError(t, p.Err())
	require.Contains(t, p.Lost, lead.Loss{Field: "Website", Reason: lead.Kept})
	r, err := bob.Leads.Convert(ctx, l.ID, &keep)
	require.NoError(t, err, "to link it takes to see it")
	require.Equal(t, acme.ID, r.Account)
}

// TestUnmappedCustomFieldsDoNotVanish: those of Zoho do.
func TestUnmappedCustomFieldsDoNotVanish(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		layout(t, org, lead.Module, record.FieldLayout{Name: "Budget", Type: "currency", English: "Budget"})
		l := full()
		l.Custom = map[string]storage.Value{"Budget": record.Custom(500)}
		create(t, org, l)
		_, err := org.Leads.Convert(t.Context(), l.ID, &lead.Options{Strict: true})
		var loss *lead.LossError
		require.ErrorAs(t, err, &loss)
		require.Equal(t, []lead.Loss{{Field: "Budget", Reason: lead.Unmapped}}, loss.Lost)
		require.Equal(t, "有1项内容无法转换", loss.Message(record.Chinese))
		_, err = org.Leads.Convert(t.Context(), l.ID, nil)
		require.NoError(t, err)
		got, err := org.Leads.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, "500", got.Custom["Budget"].Text(), "and it stays on the lead")
	})
}

// TestRecordsOfTheHostAreNamed: what conversions do not know of stays behind unseen elsewhere.
func TestRecordsOfTheHostAreNamed(t *testing.T) {
	t.Parallel()
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Modules: []*record.Schema{visits.Schema}})
	l := create(t, org, full())
	v := &visit{Name: "booth", LeadID: l.ID}
	require.NoError(t, visits.In(org.Session()).Create(t.Context(), v))
	p, err := org.Leads.Preview(t.Context(), l.ID, nil)
	require.NoError(t, err)
	require.Equal(t, []lead.Loss{{Item: record.Link{Module: "Visits", ID: v.ID}, Reason: lead.Unmapped}}, p.Lost)
	_, err = org.Leads.Convert(t.Context(), l.ID, &lead.Options{Strict: true})
	require.Equal(t, lead.CodeLoss, lead.CodeOf(err))
}

// visit is a host's own record about a lead.
type visit struct {
	record.Meta
	Name   string
	LeadID record.ID
}

var visits = record.Define("Visits", []record.Field[visit]{
	record.Text("Name", 20, func(v *visit) *string { return &v.Name }).Required(),
	record.Lookup("Lead", func(v *visit) *record.ID { return &v.LeadID }).To(lead.Module),
}, record.ModuleOptions{Singular: "Visit", Chinese: "拜访"})
