// Package account is the company that a business deals with (客户), as in Zoho CRM's Accounts module: its standard fields,
// its clone, and the tree of parent and member accounts.
//
// An account is a record, so its life (create, get, edit, delete to the bin, restore, list, timeline) is that of package
// record, through the [record.Module] that [Accounts] embeds. This package adds what is the account's own.
package account
