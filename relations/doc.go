// Package relations is what hangs on an account (客户), as in Zoho CRM: contacts (联系人), deals (商机), tasks (任务), meetings (会议),
// calls (通话), e-mails (邮件), products (产品), quotes (报价), sales orders (销售订单), invoices (发货单) and cases (服务支持), each a module
// with the standard fields, limits and pick lists, one file each.
//
// Notes (备注) and attachments (附件) are on a record of any module, the host's own among them, and part of it: who sees it sees them,
// who may change it may add some. The bytes of attachments are in a blob store: see [Files].
//
// # What becomes of them
//
// The lookups of each module say what becomes of its records when the account is deleted:
//
//	                                                   deleted                  restored             purged
//	contacts, deals, quotes, orders, invoices, cases   stay, without account    get it back          stay, without account
//	member accounts                                    stay, at the top         are members again    stay, at the top
//	tasks, meetings, calls, e-mails about it           go to the bin            come back            are purged
//	notes and attachments on it                        go to the bin            come back            are purged, and their bytes removed
//	products                                           leave its list           are in it again      leave its list
//
// A link that somebody gave another target in the meantime is left as it is. Activities, notes and attachments about a deal, a
// lead (of package lead), or any other record, share its fate in the same way.
package relations
