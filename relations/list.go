package relations

import (
	"context"
	"slices"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// List is a related list (相关列表): the records of a module that lead to an account. A host has lists of its own by making some.
type List struct {
	Name    string // API name, unique among the lists of a page
	English string // title
	Chinese string // title
	Module  string // whose records
	Via     string // the lookup by which they lead to the account: to accounts, or to any module

	// Through is the module of the records between the two, if there are such: Via is theirs, and ThroughTo their lookup to Module, or
	// ThroughBy the lookup of Module to them.
	Through, ThroughTo, ThroughBy string

	Columns []string                              // API names of the fields that are shown, in order; it may be ordered by these
	Order   []record.Order                        // default the newest first
	Where   func(s *record.Session) record.Filter // which of the records; default all live ones
}

// at returns what a filter needs no session for.
func at(f record.Filter) func(*record.Session) record.Filter {
	return func(*record.Session) record.Filter { return f }
}

// Lists returns the related lists of an account, in the order of its page.
func Lists() []*List {
	return []*List{
		{Name: "Deals", English: "Deals", Chinese: "商机", Module: DealModule, Via: AccountField, Columns: []string{"Deal_Name", "Amount", "Stage", "Probability", "Closing_Date", "Type"}},
		{Name: "Contacts", English: "Contacts", Chinese: "联系人", Module: ContactModule, Via: AccountField, Columns: []string{"Full_Name", "Email", "Phone", "Mobile", "Fax"}, Order: record.By("Full_Name")},
		{Name: "Tasks", English: "Open Tasks", Chinese: "未关闭的任务", Module: TaskModule, Via: WhatField, Columns: taskColumns, Order: record.By("Due_Date"), Where: at(OpenTasks())},
		{Name: "Events", English: "Open Meetings", Chinese: "未关闭的会议", Module: EventModule, Via: WhatField, Columns: eventColumns, Order: record.By("End_DateTime"),
			Where: func(s *record.Session) record.Filter { return OpenEvents(s.Now()) }},
		{Name: "Calls", English: "Open Calls", Chinese: "未关闭的通话", Module: CallModule, Via: WhatField, Columns: callColumns, Order: record.By("Call_Start_Time"), Where: at(OpenCalls())},
		{Name: "Tasks_History", English: "Closed Tasks", Chinese: "已关闭的任务", Module: TaskModule, Via: WhatField, Columns: taskColumns, Order: record.By("-Closed_Time"), Where: at(ClosedTasks())},
		{Name: "Events_History", English: "Closed Meetings", Chinese: "已关闭的会议", Module: EventModule, Via: WhatField, Columns: eventColumns, Order: record.By("-End_DateTime"),
			Where: func(s *record.Session) record.Filter { return ClosedEvents(s.Now()) }},
		{Name: "Calls_History", English: "Closed Calls", Chinese: "已关闭的通话", Module: CallModule, Via: WhatField, Columns: callColumns, Order: record.By("-Call_Start_Time"), Where: at(ClosedCalls())},
		{Name: "Products", English: "Products", Chinese: "产品", Module: ProductModule, Through: AccountProductModule, Via: AccountField, ThroughTo: "Product_Name",
			Columns: []string{"Product_Name", "Product_Code", "Product_Active", "Manufacturer", "Support_Start_Date", "Support_Expiry_Date"}, Order: record.By("Product_Name")},
		{Name: "Quotes", English: "Quotes", Chinese: "报价", Module: QuoteModule, Via: AccountField, Columns: []string{"Subject", "Quote_Stage", "Grand_Total", "Valid_Till"}},
		{Name: "Sales_Orders", English: "Sales Orders", Chinese: "销售订单", Module: SalesOrderModule, Via: AccountField, Columns: []string{"Subject", "Status", "Grand_Total", "Due_Date"}},
		{Name: "Invoices", English: "Invoices", Chinese: "发货单", Module: InvoiceModule, Via: AccountField, Columns: []string{"Subject", "Status", "Grand_Total", "Invoice_Date", "Due_Date"}},
		{Name: "Emails", English: "Emails", Chinese: "邮件", Module: EmailModule, Via: WhatField, Columns: []string{"Subject", "Direction", "From", "Sent_Time"}, Order: record.By("-Sent_Time")},
		{Name: "Notes", English: "Notes", Chinese: "备注", Module: NoteModule, Via: ParentField, Columns: []string{"Note_Title", "Note_Content", "Note_Kind", "Modified_Time", "Created_Time", "Owner"}},
		{Name: "Attachments", English: "Attachments", Chinese: "附件", Module: AttachmentModule, Via: ParentField, Columns: []string{"File_Name", "Size", "Created_Time", "Owner"}},
		{Name: "Member_Accounts", English: "Member Accounts", Chinese: "成员客户", Module: account.Module, Via: account.ParentField, Columns: account.MemberColumns, Order: record.By("Account_Name")},
		{Name: "Cases", English: "Cases", Chinese: "服务支持", Module: CaseModule, Via: AccountField, Columns: []string{"Subject", "Case_Number", "Status", "Priority", "Reported_By"}},
	}
}

var (
	taskColumns  = []string{"Subject", "Status", "Due_Date", "Priority", "Closed_Time", "Owner"}
	eventColumns = []string{"Event_Title", "Start_DateTime", "End_DateTime", "Venue", "Owner"}
	callColumns  = []string{"Subject", "Call_Type", "Call_Start_Time", "Call_Duration_in_seconds", "Owner"}
)

// ContactNotes returns a list of the notes on the contacts of an account, among them those of leads that were converted, for hosts that
// show them on its page too. It is none of [Lists], and asks for all contacts of the account.
func ContactNotes() *List {
	return &List{Name: "Contact_Notes", English: "Notes of Contacts", Chinese: "联系人备注", Module: NoteModule, Through: ContactModule, Via: AccountField, ThroughBy: ParentField,
		Columns: []string{"Note_Title", "Note_Content", "Note_Kind", "Modified_Time", "Created_Time", "Owner"}}
}

// ListNamed returns the related list of an API name, nil when there is none.
func ListNamed(name string) *List {
	for _, l := range Lists() {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// Title returns the list's title in a language.
func (l *List) Title(lang record.Language) string {
	return record.Words{English: l.English, Chinese: l.Chinese}.In(lang)
}

// order returns that of the list when nothing else is asked for, by the fields that there are for the actor.
func (l *List) order(ctx context.Context, rs *record.Records) ([]record.Order, error) {
	if l.Order == nil {
		return record.By("-id"), nil
	}
	shape, err := rs.Load(ctx)
	if err != nil {
		return nil, err
	}
	gone := func(o record.Order) bool {
		_, ok := shape.Field(o.Field)
		return !ok && o.Field != "id"
	}
	return slices.DeleteFunc(slices.Clone(l.Order), gone), nil
}

// Orderable reports whether the list can be ordered by a field: one of its columns, or "id", Created_Time and Modified_Time.
func (l *List) Orderable(field string) bool {
	return slices.Contains(l.Columns, field) || slices.Contains([]string{"id", "Created_Time", "Modified_Time"}, field)
}

// Page returns a page of the list of some accounts, and where the next begins: of one account, or of a whole group, for which see
// [Group]. It fails with ErrNotFound when the actor does not see such an account, and with a *record.ValidationError when q orders
// by something else than the list can.
func (l *List) Page(ctx context.Context, s *record.Session, accounts []record.ID, q record.Query) (recs []*record.Record, next record.Cursor, err error) {
	for _, o := range q.Order {
		if !l.Orderable(o.Field) {
			return nil, "", refuse(o.Field, record.CodeInvalid, "the list is not ordered by this field", "该列表不能按此字段排序")
		}
	}
	err = l.in(ctx, s, accounts, func(rs *record.Records, where record.Filter) error {
		q := q
		if q.Order == nil {
			if q.Order, err = l.order(ctx, rs); err != nil {
				return err
			}
		}
		q.Where = record.And(where, q.Where)
		recs, next, err = rs.List(ctx, q)
		return err
	})
	return recs, next, err
}

// Count returns how many records the list of some accounts has, up to most, and whether there are more.
func (l *List) Count(ctx context.Context, s *record.Session, accounts []record.ID, most int) (n int64, more bool, err error) {
	err = l.in(ctx, s, accounts, func(rs *record.Records, where record.Filter) error {
		n, more, err = rs.CountTo(ctx, record.Query{Where: where}, most)
		return err
	})
	return n, more, err
}

// in calls fn with the module's records and the filter of the list, in one View.
func (l *List) in(ctx context.Context, s *record.Session, accounts []record.ID, fn func(*record.Records, record.Filter) error) error {
	return s.View(ctx, func(s *record.Session) error {
		if err := seen(ctx, s, accounts); err != nil {
			return err
		}
		rs, err := s.Records(l.Module)
		if err != nil {
			return err
		}
		where, err := l.filter(ctx, s, accounts)
		if err != nil {
			return err
		}
		return fn(rs, where)
	})
}

// seen fails with ErrNotFound unless the actor sees all accounts.
func seen(ctx context.Context, s *record.Session, accounts []record.ID) error {
	rs, err := s.Records(account.Module)
	if err != nil {
		return err
	}
	if len(accounts) == 1 {
		_, err := rs.Get(ctx, accounts[0])
		return err
	}
	different := map[record.ID]bool{}
	for _, id := range accounts {
		different[id] = true
	}
	n, err := rs.Count(ctx, record.Query{Where: record.In("id", accounts...)})
	if err == nil && n < int64(len(different)) {
		return record.ErrNotFound
	}
	return err
}

// filter is true of the records of the list.
func (l *List) filter(ctx context.Context, s *record.Session, accounts []record.ID) (f record.Filter, err error) {
	if l.Through != "" {
		ids, err := l.through(ctx, s, accounts)
		if err != nil {
			return f, err
		}
		if f = record.In("id", ids...); l.ThroughBy != "" {
			if f, err = l.to(s, l.ThroughBy, l.Through, ids); err != nil {
				return f, err
			}
		}
	} else if f, err = l.to(s, l.Via, account.Module, accounts); err != nil {
		return f, err
	}
	if l.Where != nil {
		f = record.And(f, l.Where(s))
	}
	return f, nil
}

// to is true of the records of the list that lead to some records of a module by a lookup.
func (l *List) to(s *record.Session, via, module string, ids []record.ID) (f record.Filter, err error) {
	if f = record.In(via, ids...); len(ids) == 1 {
		f = record.Eq(via, ids[0]) // whose records are in order in the index
	}
	rs, err := s.AsSystem().Records(l.Module)
	if err != nil {
		return f, err
	}
	if d, ok := rs.Shape().Field(via); ok && d.To == record.AnyModule {
		f = record.And(f, record.Eq(d.ToIn, module))
	}
	return f, nil
}

// through returns the ids of the records to which those between lead, or of those between that the records of the list lead to.
func (l *List) through(ctx context.Context, s *record.Session, accounts []record.ID) (ids []record.ID, err error) {
	between, err := s.AsSystem().Records(l.Through)
	if err != nil {
		return nil, err
	}
	match := record.Match{Field: l.Via}
	for _, id := range accounts {
		match.Values = append(match.Values, storage.RefValue(id))
	}
	err = between.Matching(ctx, []record.Match{match}, func(rec *record.Record) error {
		if l.ThroughBy != "" {
			ids = append(ids, rec.ID)
		} else {
			ids = append(ids, rec.Value(l.ThroughTo).ID())
		}
		return nil
	})
	return ids, err
}

// Group returns an account and all below it that the actor sees, for the consolidated view of a list. It fails with ErrNotFound, and
// when there are more than record.MaxLimit with a *record.ValidationError.
func Group(ctx context.Context, s *record.Session, id record.ID) (ids []record.ID, err error) {
	err = s.View(ctx, func(s *record.Session) error {
		rs, err := s.Records(account.Module)
		if err != nil {
			return err
		}
		if _, err := rs.Get(ctx, id); err != nil {
			return err
		}
		recs, next, err := rs.List(ctx, record.Query{Where: account.Under(id), Limit: record.MaxLimit})
		if err == nil && next != "" {
			err = refuse(account.ParentField, record.CodeLimit, "too many member accounts", "成员客户过多")
		}
		ids = nil
		for _, rec := range recs {
			ids = append(ids, rec.ID)
		}
		return err
	})
	return ids, err
}

// Fields returns the fields of the list's columns, those that are hidden from the actor left out.
func (l *List) Fields(ctx context.Context, s *record.Session) (fields []record.Def, err error) {
	rs, err := s.Records(l.Module)
	if err != nil {
		return nil, err
	}
	shape, err := rs.Load(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range l.Columns {
		if d, ok := shape.Field(name); ok {
			fields = append(fields, d)
		}
	}
	return fields, nil
}
