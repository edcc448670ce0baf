// Package relations is what hangs on an account (客户), as in Zoho CRM: contacts (联系人), deals (商机), products (产品) and cases
// (服务支持), each a module with the standard fields, limits and pick lists, one file each.
//
// A record of these leads to its account by the lookup Account_Name. When the account is deleted, its contacts, deals and cases
// stay, with an empty account, and get it back when it is restored.
package relations
