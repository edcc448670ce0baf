package rights

import (
	"unicode/utf8"

	"github.com/clientele-go/crm/record"
)

// What the "expected" of this package's field errors is.
const (
	expectedID     = "letters, digits, hyphens, underscores and points"
	expectedTop    = "no role above the CEO"
	expectedRight  = "a right of the module or the organization"
	expectedAccess = "an access to a field"
	expectedShown  = "a required field is not hidden"
	expectedMember = "a user, a role, a role with its subordinates or a group"
	expectedParty  = "a role, a role with its subordinates or a group"
	expectedFrom   = "either owners or criteria"
	expectedOp     = "a comparison"
	expectedLevel  = "a level"
	expectedActive = "an active user who may view the module"
	expectedWhole  = "a module whose records are part of no others"
	expectedNew    = "somebody who does not reach the record so far already"
)

// maxID and maxName are how many characters ids and names may have.
const (
	maxID   = 60
	maxName = 50
)

// problems gathers all that is wrong with what a caller gave.
type problems struct {
	at     int // position of what they are about, in the call
	fields []record.FieldError
}

func (p *problems) add(field string, code record.Code, args record.Args) {
	p.fields = append(p.fields, record.FieldError{Record: p.at, Field: field, Code: code, Args: args})
}

// err returns them as a *record.ValidationError, or nil when there are none.
func (p *problems) err() error {
	if len(p.fields) == 0 {
		return nil
	}
	return &record.ValidationError{Fields: p.fields}
}

// names notes what is wrong with an id and the names that go with it.
func (p *problems) names(id, name, chinese string) {
	if !isID(id) {
		p.add("ID", record.CodeInvalid, record.Args{"expected": expectedID})
	}
	if name == "" {
		p.add("Name", record.CodeMandatory, nil)
	}
	p.short("Name", name)
	p.short("Chinese", chinese)
}

// short notes when a name is too long.
func (p *problems) short(field, text string) {
	if n := utf8.RuneCountInString(text); n > maxName {
		p.add(field, record.CodeInvalid, record.Args{"limit": maxName, "length": n})
	}
}

// isID reports whether a text can be the id of a profile, role, group or rule: it goes into the names of principals.
func isID(id string) bool {
	for _, c := range []byte(id) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

// principal notes when a principal is of no kind, or there is no such one.
func (p *problems) principal(field string, of Principal, d *document, users *usersByID) {
	found := false
	switch kind, id := of.split(); {
	case of == "":
		p.add(field, record.CodeMandatory, nil)
		return
	case of == Public:
		found = true
	case kind == kindUser:
		found = users.find(record.Actor(id)) != nil
	case kind == kindRole, kind == kindRoles:
		found = find(d.Roles, id, (*Role).id) != nil
	case kind == kindGroup:
		found = find(d.Groups, id, (*Group).id) != nil
	default:
		p.add(field, record.CodeInvalid, record.Args{"expected": expectedMember})
		return
	}
	if !found {
		p.add(field, record.CodeNotFound, nil)
	}
}
