// Package crm is the customer-account core of a CRM, as a library: a backend imports it, gives it a store, and has
// accounts (客户) with the standard fields of Zoho CRM, parent and member accounts, contacts, deals and what else hangs on them,
// import of CSV files and spreadsheets, a recycle bin, a timeline, and undo.
//
// [Open] takes a store of package storage and returns an [Org]: one organization's CRM as one actor sees it. The work is
// done by the modules on it, such as Org.Accounts of package account and Org.Deals of package relations, whose life is that of
// package record. Files come in and go out through package importer.
//
//	store, err := sqlite.Open("crm.db", nil) // or memory.New(nil)
//	org, err := crm.Open(ctx, store, nil)
//	err = org.Accounts.Create(ctx, &account.Account{Name: "Acme"})
//
// Programs test for the errors of package record: *record.ValidationError, record.ErrNotFound, record.ErrStale and so on.
package crm
