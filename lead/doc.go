// Package lead is whom a business may come to deal with (线索), as in Zoho CRM's Leads module: its standard fields, and its
// conversion into a contact, an account and a deal.
//
// A lead is a record, so its life is that of package record, through the [record.Module] that [Leads] embeds.
//
// # Conversion
//
// [Leads.Preview] returns a [Plan]: what a conversion would make, link, fill and move, where each value comes from, what has nowhere
// to go, and what stands against it. [Leads.Convert] makes the same plan, and carries it out in one transaction. It makes a contact always,
// an account when the lead has a company, and a deal when it is asked to. Without options it links the only account whose name is the
// company's, whatever the case, and the only contact with the lead's e-mail address; when there are several it refuses and names them, and
// when there is none it makes one.
//
// Which value goes where is the [Mapping] of the organization, which anyone may read, and who may customize may change. Filling never
// overwrites, unless it is told to, field by field.
//
// The rights that it takes are asked for before anything is written: [record.RightConvert] on the lead, to view the modules that are
// matched, to create what is made, and to edit what is linked and changed; linking alone takes to see it. Tasks, meetings, calls and
// e-mails about the lead move whatever the actor may do with them, as they would go with it to the bin: they are then with the contact, unless
// they are with somebody already, and about the account, or else about the deal. Notes go to the contact, and its account shows them by
// [relations.ContactNotes]; attachments go where the options say. Zoho does not say where each goes; this is where its pages show them.
// What leads to the lead from a module of the host's own stays, and is named. What is hidden from the actor of a lead stays on it too, and is
// not named.
//
// A lead that was converted points to what became of it. It is in no list, count or match unless [record.Query] asks for it by Aside,
// and nobody changes it: that is [CodeConvertedRecord]. It can be read by its id, and deleted.
//
// A conversion is an operation of its own, once for a lead: who comes later gets a [ConvertedError] with what the first one did, or, with the same
// key, that itself. [Leads.Revert] takes it back with [record.Session.Undo], all or nothing. [Leads.ConvertMany] converts any number.
package lead
