package lead

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// Options say how a lead is converted. The zero value makes or links a contact, and an account if the lead has a company.
type Options struct {
	Contact Target // default the only contact with the lead's e-mail address, or a new one
	Account Target // default the only account with the company's name, whatever the case, or a new one

	Company   string // the account's name in place of the lead's company, also where the lead has none; default the lead's
	NoAccount bool   // neither make nor link an account; default false
	Deal      *Deal  // the deal to make; default none

	Owner       record.Actor        // of what is made; default the lead's owner, as far as the mapping says so
	Tags        map[string][]string // which tags what is made or linked gets, by the API name of its module; default the contact gets the lead's
	Attachments string              // the module whose record gets the lead's attachments: Contacts, Accounts or Deals; default Contacts

	Strict bool   // refuse with a *LossError when something has nowhere to go; default false
	Key    string // makes a repetition return what the first conversion did: see Leads.Convert; default none. Leads.ConvertMany resumes by it

	nameless bool // a deal without a name has that of the lead
}

// Target says which record a contact or an account becomes, and what of it is changed.
type Target struct {
	ID      record.ID       // the record to link, whatever matches; default the only one that matches
	New     bool            // make a new one, whatever matches; default only when nothing does
	Fill    Fill            // what becomes of the fields of a record that is linked; default FillEmpty
	FillFor map[string]Fill // of these fields, by API name; default Fill
}

// fill returns what becomes of a field.
func (t *Target) fill(field string) Fill {
	if f, ok := t.FillFor[field]; ok {
		return f
	}
	return t.Fill
}

// Fill is what becomes of a field of a record that is linked, for which the lead has a value.
type Fill uint8

// The ways to fill a field. An empty value of the lead never empties one.
const (
	FillEmpty Fill = iota // it gets the lead's value if it is empty
	Overwrite             // it gets the lead's value
	Keep                  // it stays as it is
)

// Deal is a deal that a conversion makes. Zoho: the first three are required, and the pipeline where there are several.
type Deal struct {
	Name        string                   // at most 120 characters; Leads.ConvertMany takes by default the company, or else the name, of each lead
	ClosingDate record.Date              //
	Stage       string                   // a stage of the pipeline, as it is stored
	Pipeline    string                   // default the only one of the organization; required where it has several
	Role        string                   // what part the contact has in it: one of relations.ContactRoleNames, or a text of one's own; default none
	Amount      decimal.NullDecimal      // in the organization's currency; default unknown
	Values      map[string]storage.Value // of other fields, by API name, as record.Custom makes them; default what the mapping gives
}

// digest describes what is asked for, so that a key is good for one request. The key itself is no part of it.
func digest(leads []record.ID, o *Options) string {
	asked := struct {
		Options
		Values map[string][]byte
	}{Options: *o, Values: map[string][]byte{}}
	asked.Key = ""
	if o.Deal != nil {
		deal := *o.Deal
		for name, v := range deal.Values {
			asked.Values[name] = v.Append(nil)
		}
		deal.Values, asked.Deal = nil, &deal
	}
	sum := sha256.New()
	body, err := json.Marshal(asked)
	if err != nil {
		panic(fmt.Sprintf("lead: options: %v", err)) // they are plain values
	}
	sum.Write(body)
	for _, id := range leads {
		sum.Write(id[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}
