package lead

import (
	"errors"
	"slices"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// Plan is what a conversion does: [Leads.Preview] returns it, and [Leads.Convert] makes the same and carries it out, if nothing stands
// against it.
type Plan struct {
	Lead    record.ID
	Contact *Part
	Account *Part  // nil when there is none
	Deal    *Part  // nil when there is none
	Role    string // what part the contact has in the deal; "" for none

	Matches []Match // what is there already, the likeliest first. Only Preview looks for all of them
	Moves   []Move  // what is about the lead and goes along, as far as the actor sees it. Only Preview lists it
	Lost    []Loss  // what has nowhere to go, and stays with the lead

	// What stands against it.
	Missing []*record.ForbiddenError // rights that the actor lacks
	Several []Match                  // records that match where nobody said which one is meant
	Faults  []Fault                  // what is wrong with a value

	rec    *record.Record
	moves  []*move
	strict bool
}

// Part is one record that comes of a lead.
type Part struct {
	Module string
	ID     record.ID // of the record that is linked; zero of one that is made
	Values []Value   // what there is for its fields

	rec     *record.Record // as it is to be stored; nil when it cannot be
	changed bool
}

// New reports whether the record is made.
func (p *Part) New() bool { return p.ID.IsZero() }

// Origin is where a value comes from.
type Origin string

// The origins.
const (
	OfLead    Origin = "lead"    // from the field of the lead that Value.From names
	OfOptions Origin = "options" // from the Options
	OfPart    Origin = "part"    // it leads to another record of the plan
)

// Value is what a conversion has for one field of a record.
type Value struct {
	Field  string        // API name
	Value  storage.Value // null where it leads to a record that is made
	Origin Origin
	From   string        // API name of the lead's field, for OfLead
	Was    storage.Value // what a record that is linked has now
	Kept   bool          // and keeps
}

// Match is a record that may be what a lead is to become.
type Match struct {
	Module string
	ID     record.ID
	Name   string // of the record, for people
	Field  string // API name of the record's field that has the lead's value
}

// Move is a record about the lead that goes along, such as a task.
type Move struct {
	Item record.Link
	To   []record.Link // what it will be about, and with whom; the zero ID is that of a record that is made
}

// Reason is why something has nowhere to go.
type Reason string

// The reasons.
const (
	Unmapped Reason = "unmapped"  // the mapping has no place for it
	NoTarget Reason = "no target" // its place is in a record that this conversion does not make, such as a deal
	Kept     Reason = "kept"      // the record that is linked has another value, and keeps it
	NoAccess Reason = "no access" // the actor may not set the field that it would go to
)

// reasonWords are what reasons say.
var reasonWords = map[Reason]record.Words{
	Unmapped: {English: "the mapping has no place for it", Chinese: "没有映射"},
	NoTarget: {English: "its place is in a record that is not made", Chinese: "对应的记录不会创建"},
	Kept:     {English: "the linked record keeps its own value", Chinese: "已有记录保留原值"},
	NoAccess: {English: "you may not set its place", Chinese: "没有对应字段的权限"},
}

// Label returns what a reason says in a language.
func (r Reason) Label(l record.Language) string {
	if w, ok := reasonWords[r]; ok {
		return w.In(l)
	}
	return string(r)
}

// Loss is a value of the lead, or a record about it, that has nowhere to go.
type Loss struct {
	Field  string      // API name of the lead's field, "" for a record
	Tags   []string    // of the field Tag: those that nothing gets
	Item   record.Link // the record, which stays about the lead
	Reason Reason
}

// Fault is what is wrong with one field of a record that a conversion would make or change.
type Fault struct {
	Module string
	record.FieldError
}

// Err returns what stands against the plan, and what Convert would fail with; nil when nothing does. Rights come first: a
// *record.ForbiddenError, then an *AmbiguousError, a *record.ValidationError, and when the plan is strict a *LossError.
func (p *Plan) Err() error {
	switch {
	case p.Missing != nil:
		return p.Missing[0]
	case p.Several != nil:
		return &AmbiguousError{Matches: p.Several}
	case p.Faults != nil:
		e := &record.ValidationError{}
		for _, f := range p.Faults {
			e.Fields = append(e.Fields, f.FieldError)
		}
		return e
	case p.strict && p.Lost != nil:
		return &LossError{Lost: p.Lost}
	}
	return nil
}

// parts are the records of the plan, in the order in which they are made.
func (p *Plan) parts() []*Part {
	return slices.DeleteFunc([]*Part{p.Account, p.Contact, p.Deal}, func(p *Part) bool { return p == nil })
}

// lacks notes a right that the actor lacks. Any other error it returns.
func (p *Plan) lacks(err error) error {
	var forbidden *record.ForbiddenError
	if !errors.As(err, &forbidden) {
		return err
	}
	if !slices.ContainsFunc(p.Missing, func(e *record.ForbiddenError) bool { return *e == *forbidden }) {
		p.Missing = append(p.Missing, forbidden)
	}
	return nil
}

// fault notes what is wrong with a field of a module. The module is among the args, for who sees the *record.ValidationError alone.
func (p *Plan) fault(module string, e record.FieldError) {
	if slices.ContainsFunc(p.Faults, func(f Fault) bool { return f.Module == module && f.Field == e.Field && f.Code == e.Code }) {
		return
	}
	args := record.Args{"module": module}
	for k, v := range e.Args {
		args[k] = v
	}
	e.Record, e.Args = 0, args
	p.Faults = append(p.Faults, Fault{module, e})
}

// refused notes why a record was refused. Any error that is no refusal it returns.
func (p *Plan) refused(module string, err error) error {
	var invalid *record.ValidationError
	if err == nil || !errors.As(err, &invalid) {
		return p.lacks(err)
	}
	for _, e := range invalid.Fields {
		p.fault(module, e)
	}
	return nil
}
