package lead_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"

	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

// outcomes are those of an operation, in short.
func outcomes(t *testing.T, org *crm.Org, op record.ID) (all []string) {
	t.Helper()
	for out, err := range org.Leads.Outcomes(t.Context(), op) {
		require.NoError(t, err)
		text := string(out.Code)
		if text == "" {
			text = "converted"
		}
		require.Equal(t, out.Code != "" && out.Code != lead.CodeAlreadyConverted, out.Result == nil)
		all = append(all, text)
	}
	return all
}

// TestConvertMany has an outcome for each lead, and counts that add up, in transactions of any size.
func TestConvertMany(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		require.NoError(t, org.Accounts.Create(ctx, &account.Account{Name: "Twin"}, &account.Account{Name: "TWIN"}))
		for _, size := range []int{0, 1, 3} {
			done := create(t, org, &lead.Lead{LastName: "Done"})
			_, err := org.Leads.Convert(ctx, done.ID, nil)
			require.NoError(t, err)
			ls := []*lead.Lead{{LastName: "One", Company: fmt.Sprint("Firm ", size)}, {LastName: "Two", Company: fmt.Sprint("FIRM ", size)},
				{LastName: "Three", Company: "Twin"}, {LastName: "Four"}}
			require.NoError(t, org.Leads.Create(ctx, ls...))
			items := about(t, org, ls[0].ID)
			ids := []record.ID{ls[0].ID, ls[1].ID, done.ID, ls[2].ID, {1}, ls[3].ID, ls[0].ID}
			told := 0
			m, err := org.Leads.ConvertMany(ctx, ids, &lead.ManyOptions{Batch: size, Options: lead.Options{Deal: &lead.Deal{ClosingDate: deal().ClosingDate, Stage: "Qualification"}},
				Progress: func(lead.Many) { told++ }})
			require.NoError(t, err)
			require.Equal(t, lead.Many{Operation: m.Operation, Read: 7, Converted: 3, Skipped: 2, Failed: 2}, *m)
			require.Equal(t, map[int]int{0: 1, 1: 7, 3: 3}[size], told)
			require.Equal(t, []string{"converted", "converted", "ID_ALREADY_CONVERTED", "AMBIGUOUS", "NOT_FOUND", "converted", "ID_ALREADY_CONVERTED"}, outcomes(t, org, m.Operation))
			one, err := org.Leads.Get(ctx, ls[0].ID)
			require.NoError(t, err)
			two, err := org.Leads.Get(ctx, ls[1].ID)
			require.NoError(t, err)
			require.Equal(t, one.AccountID, two.AccountID, "they share the account")
			require.Equal(t, fmt.Sprint("Accounts ", one.AccountID, " ", one.ContactID), where(t, org, items[0]))
			d, err := org.Deals.Get(ctx, two.DealID)
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint("FIRM ", size), d.Name)
			op, err := org.Session().Operation(ctx, m.Operation)
			require.NoError(t, err)
			require.Equal(t, record.Done, op.State)
			_, err = org.Leads.Revert(ctx, ls[0].ID)
			require.ErrorIs(t, err, record.ErrConflict, "the other is of its account by now")
			_, err = org.Leads.Revert(ctx, ls[1].ID)
			require.NoError(t, err)
			_, err = org.Leads.Revert(ctx, ls[0].ID)
			require.NoError(t, err)
			require.NoError(t, org.Leads.Delete(ctx, ids[0], ids[1]))
		}
		_, err := org.Leads.ConvertMany(ctx, nil, &lead.ManyOptions{Batch: -1})
		require.Equal(t, "Batch=LIMIT_EXCEEDED", codes(err))
		m, err := org.Leads.ConvertMany(ctx, nil, nil)
		require.NoError(t, err)
		require.Zero(t, m.Read)
		for _, err := range org.Leads.Outcomes(ctx, record.ID{1}) {
			require.NoError(t, err) // there are none, without a policy
		}
	})
}

// TestConvertManyGoesOn is run again under its key after each call of the store fails: each lead is converted once, and the counts are those of one run.
func TestConvertManyGoesOn(t *testing.T) {
	t.Parallel()
	for fail := 10; ; fail += 7 {
		inner := memory.New(nil)
		host := crmtest.Open(t, inner, &crm.Options{Actor: "ann"})
		var ids []record.ID
		for i := range 5 {
			ids = append(ids, create(t, host, &lead.Lead{LastName: fmt.Sprint("Lee ", i), Company: "Acme"}).ID)
		}
		faulty := storagetest.Faulty(inner, &storagetest.Faults{FailAt: fail})
		org, err := crm.Open(t.Context(), faulty, &crm.Options{Actor: "ann", Now: crmtest.Clock()})
		require.NoError(t, err)
		o := &lead.ManyOptions{Batch: 2, Options: lead.Options{Key: "k"}}
		m, err := org.Leads.ConvertMany(t.Context(), ids, o)
		whole := err == nil
		if !whole {
			require.ErrorIs(t, err, storagetest.ErrFault)
			m, err = host.Leads.ConvertMany(t.Context(), ids, o)
			require.NoError(t, err)
		}
		again, err := host.Leads.ConvertMany(t.Context(), ids, &lead.ManyOptions{Batch: 1, Options: lead.Options{Key: "k"}})
		require.NoError(t, err)
		require.Equal(t, m, again)
		require.Equal(t, lead.Many{Operation: m.Operation, Read: 5, Converted: 5}, *m)
		_, err = host.Leads.ConvertMany(t.Context(), ids[1:], o)
		require.ErrorIs(t, err, record.ErrConflict, "other leads under the key")
		n, err := host.Contacts.Count(t.Context(), record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(5), n)
		n, err = host.Accounts.Count(t.Context(), record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(1), n)
		if whole {
			return
		}
	}
}

// TestConvertManyRunsAgainWithoutTheRefused has a rule that refuses a contact only when its account is there, which a plan cannot know.
func TestConvertManyRunsAgainWithoutTheRefused(t *testing.T) {
	t.Parallel()
	errRule := errors.New("not these")
	rule := func(ctx context.Context, s *record.Session, old, rec *record.Record) error {
		accounts, err := s.AsSystem().Records(account.Module)
		if err != nil {
			return err
		}
		if _, err := accounts.Get(ctx, rec.Value(relations.AccountField).ID()); err == nil && rec.Value("Last_Name").Text() == "Bad" {
			return &record.ValidationError{Fields: []record.FieldError{{Field: "Last_Name", Code: "RULE", Args: record.Args{"why": errRule}}}}
		}
		return nil
	}
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Rules: map[string][]record.Hook{relations.ContactModule: {rule}}})
	var ids []record.ID
	for _, name := range []string{"Good", "Bad", "Fine", "Bad"} {
		ids = append(ids, create(t, org, &lead.Lead{LastName: name, Company: "Firm " + name}).ID)
	}
	m, err := org.Leads.ConvertMany(t.Context(), ids, nil)
	require.NoError(t, err)
	require.Equal(t, lead.Many{Operation: m.Operation, Read: 4, Converted: 2, Failed: 2}, *m)
	require.Equal(t, []string{"converted", "RULE", "converted", "RULE"}, outcomes(t, org, m.Operation))
	n, err := org.Accounts.Count(t.Context(), record.Query{})
	require.NoError(t, err)
	require.Equal(t, int64(2), n, "nothing is left of the refused")
	for range 2 { // in a transaction it is all or nothing
		err = org.Update(t.Context(), func(tx *crm.Org) error {
			_, err := tx.Leads.Convert(t.Context(), ids[1], nil)
			return err
		})
		require.Equal(t, record.Code("RULE"), lead.CodeOf(err))
	}
}
