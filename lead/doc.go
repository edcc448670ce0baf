// Package lead is whom a business may come to deal with (线索), as in Zoho CRM's Leads module: its standard fields.
//
// A lead is a record, so its life is that of package record, through the [record.Module] that [Leads] embeds.
package lead
