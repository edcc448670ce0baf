package crm_test

import (
	"bytes"
	"context"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

// Each option reaches what it is for.
func TestOptions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var log bytes.Buffer
	zone := time.FixedZone("CST", 8*3600)
	store := memory.New(nil)
	org := crmtest.Open(t, store, &crm.Options{Tenant: "east", Actor: "ann", Locale: record.Locale{Zone: zone, Language: record.Chinese, Currency: "CNY"},
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	a := &account.Account{Name: "Acme"}
	require.NoError(t, org.Accounts.Create(ctx, a))
	require.Equal(t, "ann", string(a.CreatedBy))
	require.Equal(t, crmtest.Start.Year(), a.CreatedTime.Year())
	require.Equal(t, "00000000-0000-7000-8000-000000000001", a.ID.String())
	require.Equal(t, record.Locale{Zone: zone, Language: record.Chinese, Currency: "CNY"}, *org.Session().Locale())
	noon := a.CreatedTime.In(zone).Format("2006-01-02 15:04:05") // read in the organization's zone
	n, err := org.Accounts.Count(ctx, record.Query{Where: record.Ge("Created_Time", noon)})
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
	require.Contains(t, log.String(), "tenant=east")
	require.Equal(t, []string{"Accounts", "Contacts", "Deals", "Tasks", "Events", "Calls", "Emails", "Products", "Quotes", "Sales_Orders", "Invoices", "Cases", "Accounts_X_Products", "Notes", "Attachments", "Contact_Roles", "Leads"}, org.Session().Modules())

	plain, err := crm.Open(ctx, store, nil) // of the tenant "", which has no records
	require.NoError(t, err)
	_, err = plain.Accounts.Get(ctx, a.ID)
	require.ErrorIs(t, err, record.ErrNotFound)
	got, err := plain.Tenant("east").Accounts.Get(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)
}

func TestAsAndFrom(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	a, b := &account.Account{Name: "a"}, &account.Account{Name: "b"}
	require.NoError(t, org.As("bob").From("webform").Accounts.Create(t.Context(), a))
	require.Equal(t, "bob webform", string(a.CreatedBy)+" "+a.Source)
	require.NoError(t, org.Accounts.Create(t.Context(), b)) // which As and From did not change
	require.Equal(t, " api", string(b.CreatedBy)+" "+b.Source)
	require.NoError(t, org.Update(t.Context(), func(tx *crm.Org) error {
		return tx.As("eve").From("sync").Accounts.Edit(t.Context(), a.ID, func(a *account.Account) error { a.Phone = "1"; return nil })
	}))
	a, err := org.Accounts.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, "eve webform", string(a.ModifiedBy)+" "+a.Source)
}

func TestAfterCommit(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	var told []string
	err := org.Update(t.Context(), func(tx *crm.Org) error {
		tx.AfterCommit(func() { told = append(told, "committed") })
		require.Empty(t, told) // not yet
		if err := tx.Accounts.Create(t.Context(), &account.Account{Name: "a"}); err != nil {
			return err
		}
		require.Empty(t, told)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"committed"}, told)
	err = org.Update(t.Context(), func(tx *crm.Org) error {
		tx.AfterCommit(func() { told = append(told, "never") })
		return context.Canceled
	})
	require.ErrorIs(t, err, context.Canceled)
	org.AfterCommit(func() { told = append(told, "at once") }) // outside of any
	require.Equal(t, []string{"committed", "at once"}, told)
}

func TestOnceAndUndo(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	create := func(tx *crm.Org) error { return tx.Accounts.Create(t.Context(), &account.Account{Name: "a"}) }
	op, err := org.Once("key", "request").Do(t.Context(), create)
	require.NoError(t, err)
	_, err = org.Once("key", "another").Do(t.Context(), create)
	require.ErrorIs(t, err, record.ErrConflict)
	rep, err := org.Undo(t.Context(), op.ID, true)
	require.NoError(t, err)
	require.Equal(t, 1, rep.Purged)
	err = org.View(t.Context(), create)
	require.ErrorIs(t, err, record.ErrReadOnly)
}

// Inside a transaction every method of another tenant's CRM that takes a context is ErrTenant, and does nothing.
func TestAnotherTenantInATransaction(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	by := crmtest.Seed(t, org)
	for _, in := range []func(context.Context, func(*crm.Org) error) error{org.Update, org.View} {
		tried := 0
		require.NoError(t, in(t.Context(), func(tx *crm.Org) error {
			other := tx.Tenant("other")
			tried = 0
			for _, of := range []any{other, other.Accounts, other.Accounts.Records, other.Session(), other.Once("key")} {
				v := reflect.ValueOf(of)
				for i := range v.NumMethod() {
					name, m := v.Type().String()+"."+v.Type().Method(i).Name, v.Method(i)
					if m.Type().NumIn() == 0 || m.Type().In(0) != reflect.TypeFor[context.Context]() {
						continue
					}
					tried++
					require.ErrorIs(t, call(t, m, by["Acme"].ID), record.ErrTenant, name)
				}
			}
			return nil
		}))
		require.Greater(t, tried, 40)
	}
}

// call calls a method with arguments that it could do something with, and returns its error.
func call(t *testing.T, m reflect.Value, id record.ID) error {
	t.Helper()
	args := []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < m.Type().NumIn(); i++ {
		in := m.Type().In(i)
		switch {
		case m.Type().IsVariadic() && i == m.Type().NumIn()-1:
		case in == reflect.TypeFor[record.ID]():
			args = append(args, reflect.ValueOf(id))
		case in.Kind() == reflect.String:
			args = append(args, reflect.ValueOf(account.ParentField).Convert(in))
		case in.Kind() == reflect.Pointer:
			args = append(args, reflect.New(in.Elem()))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	out := m.Call(args)
	last := out[len(out)-1]
	if err, ok := last.Interface().(error); ok || last.Type() == reflect.TypeFor[error]() {
		return err
	}
	var err error // of a list that is ranged over
	for _, e := range last.Seq2() {
		err, _ = e.Interface().(error)
	}
	return err
}
