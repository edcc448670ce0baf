package lead

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
)

// Map says where the value of one field of a lead goes: to at most one field of each of what it becomes. One that goes nowhere stays on
// the lead, and is meant to.
type Map struct {
	Lead    string `json:"lead"`              // API name, as are the others
	Contact string `json:"contact,omitempty"` // of a contact; default none
	Account string `json:"account,omitempty"` // of an account; default none
	Deal    string `json:"deal,omitempty"`    // of a deal; default none
}

// Mapping is where the values of a lead go when it is converted (线索转换映射): one row for each field that goes somewhere, or stays. A
// field without a row has nowhere to go, which a [Plan] says of its value.
type Mapping []Map

// DefaultMapping returns Zoho's mapping, by which organizations go that have saved none. What the contact and the deal lead to is no
// part of it, nor are tags. Lead_Status stays: the deal has a stage instead.
func DefaultMapping() Mapping {
	return Mapping{
		{Lead: ownerField, Contact: ownerField, Account: ownerField, Deal: ownerField},
		{Lead: companyField, Account: "Account_Name"},
		{Lead: "First_Name", Contact: "First_Name"},
		{Lead: "Last_Name", Contact: "Last_Name"},
		{Lead: "Salutation", Contact: "Salutation"},
		{Lead: "Designation", Contact: "Title"},
		{Lead: emailField, Contact: emailField},
		{Lead: "Secondary_Email", Contact: "Secondary_Email"},
		{Lead: "Phone", Contact: "Phone", Account: "Phone"},
		{Lead: "Mobile", Contact: "Mobile"},
		{Lead: "Fax", Contact: "Fax", Account: "Fax"},
		{Lead: "Website", Account: "Website"},
		{Lead: "Lead_Source", Contact: "Lead_Source", Deal: "Lead_Source"},
		{Lead: "Lead_Status"},
		{Lead: "Industry", Account: "Industry"},
		{Lead: "No_of_Employees", Account: "Employees"},
		{Lead: "Annual_Revenue", Account: "Annual_Revenue"},
		{Lead: "Rating", Account: "Rating"},
		{Lead: "Street", Contact: "Mailing_Street", Account: "Billing_Street"},
		{Lead: "City", Contact: "Mailing_City", Account: "Billing_City"},
		{Lead: "State", Contact: "Mailing_State", Account: "Billing_State"},
		{Lead: "Zip_Code", Contact: "Mailing_Zip", Account: "Billing_Code"},
		{Lead: "Country", Contact: "Mailing_Country", Account: "Billing_Country"},
		{Lead: "Description", Contact: "Description", Account: "Description", Deal: "Description"},
		{Lead: "Skype_ID", Contact: "Skype_ID"},
		{Lead: "Twitter", Contact: "Twitter"},
		{Lead: "Email_Opt_Out", Contact: "Email_Opt_Out"},
	}
}

// to returns the field of a module to which the value goes, "" for none.
func (m *Map) to(module string) string {
	switch module {
	case relations.ContactModule:
		return m.Contact
	case account.Module:
		return m.Account
	}
	return m.Deal
}

// targets are the modules of what a lead becomes, in the order in which they are made.
var targets = []string{account.Module, relations.ContactModule, relations.DealModule}

// mappingSetting is the setting of the mapping.
const mappingSetting = "leads.mapping"

// Mapping returns the mapping of the organization, the default one when it has saved none. It is the caller's.
func (ls *Leads) Mapping(ctx context.Context) (Mapping, error) {
	m, err := mapping(ctx, ls.Session())
	return slices.Clone(m), err
}

func mapping(ctx context.Context, s *record.Session) (Mapping, error) {
	t, err := s.Setting(ctx, mappingSetting)
	if err != nil {
		return nil, err
	}
	v, err := t.Value(func(body []byte) (any, error) {
		if body == nil {
			return DefaultMapping(), nil
		}
		var m Mapping
		err := json.Unmarshal(body, &m)
		return m, err
	})
	if err != nil {
		return nil, err
	}
	return v.(Mapping), nil
}

// SaveMapping stores the mapping of the organization in place of the one that there is. It takes [record.RightCustomize]. A
// *record.ValidationError names what is wrong with which row, by its position and the API name of the field: one that is not there, one that takes
// other values or shorter ones, one that has two sources, or is not to be set. A contact's last name and an account's name need a source.
func (ls *Leads) SaveMapping(ctx context.Context, m Mapping) error {
	return ls.Session().Update(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, "", record.RightCustomize); err != nil {
			return err
		}
		wrong, err := m.wrong(ctx, s.AsSystem())
		if err != nil {
			return err
		}
		if wrong != nil {
			return &record.ValidationError{Fields: wrong}
		}
		t, err := s.Setting(ctx, mappingSetting)
		if err != nil {
			return err
		}
		if t.Body, err = json.Marshal(m); err != nil {
			return err
		}
		return s.SaveSetting(ctx, t)
	})
}

// wrong says what is wrong with the mapping. The session sees all fields.
func (m Mapping) wrong(ctx context.Context, s *record.Session) (es []record.FieldError, err error) {
	shape := func(module string) *record.Shape {
		rs, e := s.Records(module)
		if err == nil {
			err = e
		}
		if err != nil {
			return nil
		}
		of, e := rs.Load(ctx)
		err = e
		return of
	}
	from, to := shape(Module), map[string]*record.Shape{}
	for _, module := range targets {
		to[module] = shape(module)
	}
	if err != nil {
		return nil, err
	}
	seen, taken := map[string]bool{}, map[string]bool{}
	for i := range m {
		row := &m[i]
		bad := func(field string, code record.Code, english, chinese string) {
			es = append(es, record.FieldError{Record: i, Field: field, Code: code, Args: record.Args{"text": record.Words{English: english, Chinese: chinese}}})
		}
		source, ok := from.Field(row.Lead)
		switch {
		case !ok || row.Lead == tagField:
			bad(row.Lead, record.CodeUnknown, "leads have no such field to convert", "线索没有可转换的此字段")
			continue
		case seen[row.Lead]:
			bad(row.Lead, record.CodeDuplicate, "another row is about this field", "此字段已有映射")
		}
		seen[row.Lead] = true
		for _, module := range targets {
			name := row.to(module)
			if name == "" {
				continue
			}
			field, ok := to[module].Field(name)
			key := module + "." + name
			switch {
			case !ok:
				bad(name, record.CodeUnknown, "there is no such field", "没有此字段")
			case to[module].At(name) < 0 || name == tagField || isLink(module, name):
				bad(name, record.CodeReadOnly, "not to be set by a mapping", "不能通过映射设置")
			case taken[key]:
				bad(name, record.CodeDuplicate, "another field goes there", "已有其他字段映射到此字段")
			case !fits(&source, &field):
				bad(name, record.CodeInvalid, "takes other values than "+row.Lead+" has, or shorter ones", "类型或长度与"+row.Lead+"不符")
			}
			taken[key] = true
		}
	}
	for _, need := range []struct{ module, field string }{{relations.ContactModule, "Last_Name"}, {account.Module, "Account_Name"}} {
		if !taken[need.module+"."+need.field] {
			es = append(es, record.FieldError{Record: len(m), Field: need.field, Code: record.CodeMandatory})
		}
	}
	return es, nil
}

// isLink reports whether a conversion sets the field itself, as what leads from one of what it makes to another.
func isLink(module, field string) bool {
	return module != account.Module && field == relations.AccountField || module == relations.DealModule && field == dealContactField
}

// dealContactField is the API name of a deal's contact.
const dealContactField = "Contact_Name"

// lines are the types whose values are one line of text.
var lines = []string{"text", "email", "phone", "website", "picklist", "autonumber"}

// fits reports whether one field takes every value of another: both are of one type, or the other is plain text, and no shorter.
func fits(from, to *record.Def) bool {
	a, b := from.Type.Name(), to.Type.Name()
	switch {
	case from.To != to.To || from.To == record.AnyModule:
		return false
	case a == b, b == "text" && slices.Contains(lines, a), b == "textarea" && slices.Contains(lines, a):
	default:
		return false
	}
	for _, v := range huge(from.Type.Kind()) {
		least, limited := limit(to.Type, v)
		if has, ok := limit(from.Type, v); limited && (!ok || has > least) {
			return false
		}
	}
	return true
}

// huge are values of a kind that are longer than any type takes.
func huge(k storage.Kind) []storage.Value {
	switch k {
	case storage.Text:
		return []storage.Value{storage.TextValue(strings.Repeat("1", 1<<17))}
	case storage.Int:
		return []storage.Value{storage.IntValue(1<<63 - 1)}
	case storage.Decimal:
		whole, _ := storage.ParseDecimal(strings.Repeat("9", storage.MaxWhole))
		fraction, _ := storage.ParseDecimal("0." + strings.Repeat("1", storage.MaxFraction))
		return []storage.Value{whole, fraction}
	}
	return nil
}

// limit asks a type for its limit, which it names when it refuses what is too long. It is not ok when there is none.
func limit(of record.Type, huge storage.Value) (n int, ok bool) {
	_, p := of.Clean(huge)
	n, ok = p.Args["limit"].(int)
	return n, ok
}
