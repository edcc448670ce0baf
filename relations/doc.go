// Package relations is what hangs on an account (客户), as in Zoho CRM: contacts (联系人), deals (商机), tasks (任务), meetings (会议),
// calls (通话), e-mails (邮件), products (产品), quotes (报价), sales orders (销售订单), invoices (发货单) and cases (服务支持), each a module
// with the standard fields, limits and pick lists, one file each.
//
// A record of these leads to its account by the lookup Account_Name. When the account is deleted, its contacts, deals, quotes,
// orders, invoices and cases stay, with an empty account, and get it back when it is restored.
//
// Notes (备注) and attachments (附件) are on a record of any module, the host's own among them, and part of it: who sees it sees them,
// who may change it may add some. They go to the bin with it, and come back with it. The bytes of attachments are in a blob store:
// see [Files].
//
// A task, a meeting, a call and an e-mail are each about a record: an account, a deal, a product, a quote, an order, an invoice or
// a case. They go to the bin with it, and come back with it.
package relations
