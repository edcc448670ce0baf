package relations

import (
	"slices"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// The API names of the links of activities: what one is about, in which module that is, and with whom it is.
const (
	WhatField       = "What_Id"
	WhatModuleField = "What_Module"
	WhoField        = "Who_Id"
)

// LeadModule is the API name of the module of leads, which package lead declares.
const LeadModule = "Leads"

// about are the modules that an activity can be about.
var about = []string{account.Module, LeadModule, DealModule, ProductModule, QuoteModule, SalesOrderModule, InvoiceModule, CaseModule}

// About returns the API names of the modules that an activity can be about.
func About() []string { return slices.Clone(about) }

// links are what an activity is about and with whom it is. When what it is about is deleted, the activity goes along, and comes
// back with it; the person is left out. Lists of what is about a record are in the order of some fields.
func links[T any](what func(*T) *record.Link, who func(*T) *record.ID, listedBy ...string) []record.Field[T] {
	return []record.Field[T]{
		record.Lookup(WhoField, who).Label("Contact Name", "联系人名称").To(ContactModule).OnDelete(record.Clear).Alias("Contact"),
		record.LookupIn(WhatField, WhatModuleField, what).Label("Related To", "相关记录").OnDelete(record.Cascade).Noted().ListedBy(listedBy...),
		record.ModuleOf(WhatModuleField, what, about...).Label("Related Module", "相关模块"),
	}
}

// AboutRecord is true of the activities that are about a record.
func AboutRecord(l record.Link) record.Filter {
	return record.And(record.Eq(WhatField, l.ID), record.Eq(WhatModuleField, l.Module))
}

// The codes of activities, beside those of package record. Zoho has the same.
const CodeDependent record.Code = "DEPENDENT_MISMATCH" // the value does not go with that of another field
