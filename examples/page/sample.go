package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// fillWhenEmpty makes the sample in a store that has no account yet, nor one in the bin.
func fillWhenEmpty(ctx context.Context, org *crm.Org) error {
	for _, bin := range []bool{false, true} {
		if n, more, err := org.Accounts.CountTo(ctx, record.Query{Bin: bin}, 1); err != nil || n > 0 || more {
			return err
		}
	}
	s := &sample{}
	if err := org.From("sample").Update(ctx, func(tx *crm.Org) (err error) { s, err = fill(ctx, tx); return err }); err != nil {
		return err
	}
	_, err := org.From("sample").Files.Attach(ctx, s.what(), "Price list 2027 价格表.txt", strings.NewReader("Handheld scanner S2  349.90\nDock for S2           79.00\n"))
	return err
}

// sample is what is made so far: the accounts by name, and what hangs on them.
type sample struct {
	crm      *crm.Org
	now      time.Time
	accounts map[string]*account.Account
	people   map[string]*relations.Contact
	products []*relations.Product
}

// fill makes two trees of companies, one of them with records of every kind.
func fill(ctx context.Context, tx *crm.Org) (*sample, error) {
	s := &sample{crm: tx, now: tx.Session().Now().Truncate(time.Minute), accounts: map[string]*account.Account{}, people: map[string]*relations.Contact{}}
	for _, step := range []func(context.Context) error{s.companies, s.links, s.contacts, s.deals, s.activities, s.emails, s.catalogue, s.documents, s.cases, s.notes, s.leads, s.history} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// companies are those of the sample, each after its parent.
func (s *sample) companies(ctx context.Context) error {
	for _, c := range []struct {
		name, parent, kind, industry, phone, website, city, country string
		revenue, people                                             int64
	}{
		{"Northwind Holding", "", "Customer", "Manufacturing", "+44 20 7946 0018", "northwind.example", "London", "United Kingdom", 48_200_000, 310},
		{"Northwind Europe", "Northwind Holding", "Customer", "Manufacturing", "+49 30 5550 1420", "https://eu.northwind.example", "Berlin", "Germany", 17_950_000, 124},
		{"Northwind Iberia", "Northwind Europe", "Reseller", "Communications", "+34 91 555 0199", "iberia.northwind.example", "Madrid", "Spain", 3_120_500, 22},
		{"Northwind Nordics", "Northwind Europe", "Customer", "Manufacturing", "+46 8 555 0142", "nordics.northwind.example", "Malmö", "Sweden", 4_875_000, 37},
		{"Northwind Americas", "Northwind Holding", "Customer", "Manufacturing", "+1 617 555 0134", "us.northwind.example", "Boston", "United States", 21_300_000, 140},
		{"Northwind Logistics & Overseas Forwarding Services", "Northwind Americas", "Supplier", "Service Provider", "+1 305 555 0177", "logistics.northwind.example", "Miami", "United States", 2_240_000, 18},
		{"华信集团", "", "Customer", "Technology", "010 5550 8800", "huaxin.example", "北京", "中国", 126_000_000, 860},
		{"华信软件（上海）有限公司", "华信集团", "Customer", "Technology", "021 5550 6600", "sh.huaxin.example", "上海", "中国", 58_400_000, 342},
		{"华信数据服务（苏州）有限公司", "华信软件（上海）有限公司", "Partner", "Technology", "0512 5550 3300", "data.huaxin.example", "苏州", "中国", 9_650_000, 75},
		{"华信智能制造（深圳）有限公司", "华信集团", "Customer", "Manufacturing", "0755 5550 2200", "sz.huaxin.example", "深圳", "中国", 31_700_000, 205},
		{"Fabrikam Studio", "", "Prospect", "Consulting", "+1 415 555 0111", "fabrikam.example", "San Francisco", "United States", 860_000, 9},
		{"青禾设计工作室", "", "Prospect", "Service Provider", "028 5550 1100", "qinghe.example", "成都", "中国", 1_180_000, 14},
	} {
		a := &account.Account{Name: c.name, Type: c.kind, Industry: c.industry, Phone: c.phone, Website: c.website, Employees: &c.people,
			AnnualRevenue: decimal.NewNullDecimal(decimal.NewFromInt(c.revenue)), Billing: account.Address{City: c.city, Country: c.country}}
		if c.parent != "" {
			a.ParentID = s.accounts[c.parent].ID
		}
		if c.name == chief {
			a.Billing.Street, a.Billing.Code, a.Shipping = "Wharf Road 18", "E14 9TS", account.Address{Street: "Dock 4, Gate B", City: "Felixstowe", Country: c.country}
			a.Rating, a.Ownership, a.TickerSymbol = "Active", "Public Company", "NWH"
			a.Description = "Family company since 1911.\nBuys for all of the group; prices are agreed once a year, in March."
			a.Tags = []string{"key account", "group"}
		}
		if err := s.crm.Accounts.Create(ctx, a); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		s.accounts[c.name] = a
	}
	return nil
}

// chief is the account of the sample that has records of every kind.
const chief = "Northwind Holding"

func (s *sample) chief() record.ID { return s.accounts[chief].ID }

func (s *sample) what() record.Link { return record.Link{Module: account.Module, ID: s.chief()} }

// links are those that all accounts have.
func (s *sample) links(ctx context.Context) error {
	return relations.SaveLinks(ctx, s.crm.Session(),
		relations.Link{Name: "Map", Chinese: "地图", URL: "https://www.openstreetmap.org/search?query=${Accounts.Billing_City}"},
		relations.Link{Name: "News", Chinese: "新闻", URL: "https://news.example/?q=${Accounts.Account_Name}"})
}

func (s *sample) contacts(ctx context.Context) error {
	for _, c := range []relations.Contact{
		{FirstName: "Amelia", LastName: "Hartwell", Title: "Chief Purchasing Officer", Email: "amelia.hartwell@northwind.example", Phone: "+44 20 7946 0020", Mobile: "+44 7700 900118", AccountID: s.chief()},
		{FirstName: "Jonas", LastName: "Lindqvist", Title: "Head of IT", Email: "jonas.lindqvist@northwind.example", Phone: "+44 20 7946 0031", AccountID: s.chief()},
		{FirstName: "María", LastName: "Ibáñez", Email: "maria.ibanez@iberia.northwind.example", Phone: "+34 91 555 0164", AccountID: s.accounts["Northwind Iberia"].ID},
		{FirstName: "伟", LastName: "陈", Title: "采购总监", Email: "chen.wei@huaxin.example", Mobile: "138 5550 0168", AccountID: s.accounts["华信集团"].ID},
		{FirstName: "晓琳", LastName: "周", Title: "信息技术部经理", Email: "zhou@sh.huaxin.example", AccountID: s.accounts["华信软件（上海）有限公司"].ID},
	} {
		if err := s.crm.Contacts.Create(ctx, &c); err != nil {
			return err
		}
		s.people[c.LastName] = &c
	}
	return nil
}

func (s *sample) deals(ctx context.Context) error {
	amount := func(n int64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.NewFromInt(n)) }
	day := func(days int) record.Date { return dateOf(s.now.AddDate(0, 0, days)) }
	return s.crm.Deals.Create(ctx,
		&relations.Deal{Name: "Warehouse scanners 2027", AccountID: s.chief(), ContactID: s.people["Hartwell"].ID, Stage: "Negotiation/Review", Amount: amount(184_000), ClosingDate: day(40), Type: "Existing Business"},
		&relations.Deal{Name: "Support contract, three years", AccountID: s.chief(), Stage: "Proposal/Price Quote", Amount: amount(66_500), ClosingDate: day(75)},
		&relations.Deal{Name: "Pilot in Felixstowe", AccountID: s.chief(), Stage: "Closed Won", Amount: amount(12_800), ClosingDate: day(-60)},
		&relations.Deal{Name: "华信集团年度采购框架", AccountID: s.accounts["华信集团"].ID, ContactID: s.people["陈"].ID, Stage: "Value Proposition", Amount: amount(930_000), ClosingDate: day(90)})
}

func (s *sample) activities(ctx context.Context) error {
	minutes, half := int64(14*60), int64(6*60)
	about := s.what()
	err := s.crm.Tasks.Create(ctx,
		&relations.Task{Subject: "Send the new price list", What: about, DueDate: dateOf(s.now.AddDate(0, 0, 3)), Priority: "High", WhoID: s.people["Hartwell"].ID},
		&relations.Task{Subject: "Ask for the references", What: about, DueDate: dateOf(s.now.AddDate(0, 0, 10))},
		&relations.Task{Subject: "准备年度回顾材料", What: record.Link{Module: account.Module, ID: s.accounts["华信集团"].ID}, DueDate: dateOf(s.now.AddDate(0, 0, 5))},
		&relations.Task{Subject: "Check the delivery addresses", What: about, Status: relations.Completed})
	if err != nil {
		return err
	}
	next, last := s.now.AddDate(0, 0, 6), s.now.AddDate(0, 0, -20)
	err = s.crm.Events.Create(ctx,
		&relations.Event{Title: "Quarterly review", Start: next, End: next.Add(time.Hour), Venue: "Wharf Road 18, room 3", What: about, WhoID: s.people["Hartwell"].ID},
		&relations.Event{Title: "Visit to the warehouse", Start: last, End: last.Add(3 * time.Hour), Venue: "Felixstowe", What: about})
	if err != nil {
		return err
	}
	return s.crm.Calls.Create(ctx,
		&relations.Call{Subject: "Talk about volumes", Type: relations.Outbound, Status: relations.Scheduled, Start: s.now.AddDate(0, 0, 2), What: about, WhoID: s.people["Lindqvist"].ID},
		&relations.Call{Subject: "First talk", Type: relations.Inbound, Start: s.now.AddDate(0, -2, 0), Seconds: &minutes, What: about},
		&relations.Call{Subject: "Reminder of the offer", Type: relations.Outbound, Start: s.now.AddDate(0, 0, -9), Seconds: &half, What: about})
}

func (s *sample) emails(ctx context.Context) error {
	return s.crm.Emails.Create(ctx,
		&relations.Email{Subject: "Your offer of last week", Direction: relations.Received, From: "amelia.hartwell@northwind.example", To: []string{"ann@clientele.example"}, Time: s.now.AddDate(0, 0, -4), Message: "Thank you. Two questions about the terms.", What: s.what()},
		&relations.Email{Subject: "Re: Your offer of last week", Direction: relations.Sent, From: "ann@clientele.example", To: []string{"amelia.hartwell@northwind.example"}, Time: s.now.AddDate(0, 0, -3), Message: "Gladly, see below.", What: s.what()})
}

func (s *sample) catalogue(ctx context.Context) error {
	yes, no := true, false
	for _, p := range []relations.Product{
		{Name: "Handheld scanner S2", Code: "SC-2", Active: &yes, Manufacturer: "Contoso Devices", Category: "Hardware", SupportStart: dateOf(s.now.AddDate(-1, 0, 0)), SupportExpiry: dateOf(s.now.AddDate(4, 0, 0)), UnitPrice: decimal.NewNullDecimal(decimal.RequireFromString("349.90"))},
		{Name: "Dock for S2", Code: "SC-2-D", Active: &yes, Manufacturer: "Contoso Devices", Category: "Hardware", UnitPrice: decimal.NewNullDecimal(decimal.NewFromInt(79))},
		{Name: "仓储管理软件 标准版", Code: "WMS-ZH", Active: &yes, Manufacturer: "华信软件", Category: "Software", UnitPrice: decimal.NewNullDecimal(decimal.NewFromInt(18_800))},
		{Name: "Handheld scanner S1", Code: "SC-1", Active: &no, Manufacturer: "Contoso Devices", Category: "Hardware"},
	} {
		if err := s.crm.Products.Create(ctx, &p); err != nil {
			return err
		}
		s.products = append(s.products, &p)
	}
	return relations.AddProducts(ctx, s.crm.Session(), s.chief(), s.products[0].ID, s.products[1].ID)
}

func (s *sample) documents(ctx context.Context) error {
	lines := []relations.Line{
		{Name: s.products[0].Name, ProductID: s.products[0].ID, Quantity: decimal.NewFromInt(120), ListPrice: decimal.RequireFromString("349.90"), DiscountPercent: decimal.NewFromInt(10), TaxPercent: decimal.NewFromInt(20)},
		{Name: s.products[1].Name, ProductID: s.products[1].ID, Quantity: decimal.NewFromInt(30), ListPrice: decimal.NewFromInt(79), TaxPercent: decimal.NewFromInt(20)},
	}
	document := func(subject string) relations.Document {
		return relations.Document{Subject: subject, AccountID: s.chief(), ContactID: s.people["Hartwell"].ID, Lines: lines}
	}
	quote := &relations.Quote{Document: document("Scanners for three sites"), Stage: "Delivered", ValidTill: dateOf(s.now.AddDate(0, 0, 21))}
	if err := s.crm.Quotes.Create(ctx, quote); err != nil {
		return err
	}
	order := &relations.SalesOrder{Document: document("Scanners for Felixstowe"), Status: "Approved", DueDate: dateOf(s.now.AddDate(0, 0, 14)), QuoteID: quote.ID}
	if err := s.crm.Orders.Create(ctx, order); err != nil {
		return err
	}
	return s.crm.Invoices.Create(ctx, &relations.Invoice{Document: document("Scanners for Felixstowe, first part"), Status: "Created", Date: dateOf(s.now.AddDate(0, 0, -2)), DueDate: dateOf(s.now.AddDate(0, 0, 28))})
}

func (s *sample) cases(ctx context.Context) error {
	return s.crm.Cases.Create(ctx,
		&relations.Case{Subject: "Scanner does not charge", Number: "C-1042", Status: "New", Origin: "Phone", Priority: "High", ReportedBy: "Jonas Lindqvist", AccountID: s.chief()},
		&relations.Case{Subject: "Invoice to another address", Number: "C-1017", Status: "Closed", Origin: "Email", Priority: "Low", ReportedBy: "Amelia Hartwell", AccountID: s.chief()})
}

func (s *sample) notes(ctx context.Context) error {
	return s.crm.Notes.Create(ctx,
		&relations.Note{Title: "How they buy", Content: "Prices are agreed for the whole group, once a year.\nAmelia decides, and asks Jonas about everything with a plug.", Parent: s.what()},
		&relations.Note{Kind: relations.CheckIn, Content: "Saw the new hall. Room for sixty more scanners.", Place: "Dock 4, Gate B, Felixstowe", Time: s.now.AddDate(0, 0, -20), Parent: s.what()},
		&relations.Note{Title: "首次拜访", Content: "陈总对仓储管理软件感兴趣，希望先在苏州试用三个月。", Parent: record.Link{Module: account.Module, ID: s.accounts["华信集团"].ID}})
}

// history changes an account once or twice, so that its timeline has something to show.
func (s *sample) history(ctx context.Context) error {
	change := func(actor record.Actor, fn func(*account.Account)) error {
		return s.crm.As(actor).Accounts.Edit(ctx, s.chief(), func(a *account.Account) error { fn(a); return nil })
	}
	if err := change("bo", func(a *account.Account) { a.Phone, a.Fax = "+44 20 7946 0010", "+44 20 7946 0019" }); err != nil {
		return err
	}
	return change("ann", func(a *account.Account) {
		a.Rating, a.AnnualRevenue = "Acquired", decimal.NewNullDecimal(decimal.NewFromInt(51_750_000))
	})
}

func dateOf(t time.Time) record.Date {
	return record.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}

// leads are of a company that is there, of a new one, and of none.
func (s *sample) leads(ctx context.Context) error {
	priya := &lead.Lead{FirstName: "Priya", LastName: "Raman", Company: "Fabrikam Studio", Email: "priya.raman@fabrikam.example", Phone: "+1 415 555 0177", LeadSource: "Trade Show", Status: "Contacted"}
	lin := &lead.Lead{LastName: "林晓", Company: "长江精密仪器有限公司", Title: "采购经理", Email: "lin.xiao@changjiang.example", Mobile: "138 0000 5550", Industry: "Manufacturing", Website: "changjiang.example", LeadSource: "Web Download"}
	sam := &lead.Lead{FirstName: "Sam", LastName: "Okafor", Email: "sam.okafor@mail.example", Description: "Asked for a price list for a school."}
	if err := s.crm.Leads.Create(ctx, priya, lin, sam); err != nil {
		return err
	}
	about := record.Link{Module: lead.Module, ID: lin.ID}
	if err := s.crm.Tasks.Create(ctx, &relations.Task{Subject: "Call about the demonstration", What: about}); err != nil {
		return err
	}
	return s.crm.Notes.Create(ctx, &relations.Note{Content: "Wants a demonstration in Shanghai.", Parent: about})
}
