package rights

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/clientele-go/crm/record"
)

// Rule gives the records of some users, or the records that match, to others. It only adds to what they have. Zoho: data
// sharing rule, 共享规则.
type Rule struct {
	ID        string // letters, digits, "-", "_" and "."; default a new one
	Name      string // required
	Module    string
	From      Principal    // whose records: a role, one with its subordinates, or a group. Either this
	Criteria  []Criterion  // or which records: those that meet all of these
	To        Principal    // a role, one with its subordinates, or a group
	Level     record.Level // LevelRead, LevelWrite or LevelFull. Zoho has the first and the last
	Superiors bool         // those in roles above To have it too. Zoho: Superiors Allowed, 允许上级
}

// MaxCriteria is how many criteria a rule may have, which is Zoho's limit.
const MaxCriteria = 25

// Criterion is one condition on a field of a record.
type Criterion struct {
	Field  string // API name
	Op     Op
	Values []string // as text: numbers like 1234.5, dates like 2006-01-02, times with their zone
}

// Op is how the value of a field is compared.
type Op string

// The comparisons. Those that take several values are true when one of them is the field's.
const (
	OpEqual        Op = "equal"     // one value or more
	OpNotEqual     Op = "not_equal" // one value or more, none of which is the field's; it is true of an empty field
	OpContains     Op = "contains"  // one value or more
	OpLess         Op = "less_than"
	OpLessEqual    Op = "less_equal"
	OpGreater      Op = "greater_than"
	OpGreaterEqual Op = "greater_equal"
	OpEmpty        Op = "empty"     // no value
	OpNotEmpty     Op = "not_empty" // no value
)

// takes returns how few and how many values an Op takes; ok is false when there is no such Op.
func (o Op) takes() (least, most int, ok bool) {
	switch o {
	case OpEqual, OpNotEqual, OpContains:
		return 1, 100, true
	case OpLess, OpLessEqual, OpGreater, OpGreaterEqual:
		return 1, 1, true
	case OpEmpty, OpNotEmpty:
		return 0, 0, true
	}
	return 0, 0, false
}

// principal returns by what name the rule's matches are found: another one when the criteria are others, so that rows of
// old ones are never taken for new ones. It is "" for a rule about owners.
func (r *Rule) principal() string {
	if len(r.Criteria) == 0 {
		return ""
	}
	text, err := json.Marshal(r.Criteria)
	if err != nil {
		return "" // texts always are JSON
	}
	sum := sha256.Sum256(append(text, r.Module...))
	return "rule:" + r.ID + ":" + hex.EncodeToString(sum[:8])
}

// filter returns the condition on the records of a module, or what is wrong with it.
func (r *Rule) filter(shape *record.Shape) (record.Filter, *problems) {
	all, wrong := make([]record.Filter, 0, len(r.Criteria)), &problems{}
	for _, c := range r.Criteria {
		d, ok := shape.Field(c.Field)
		if !ok {
			wrong.add(c.Field, record.CodeUnknown, record.Args{"module": r.Module})
			continue
		}
		all = append(all, c.filter(&d, wrong))
	}
	return record.And(all...), wrong
}

// filter returns the condition of one criterion. Values are read in no locale, so that all sessions read the same.
func (c *Criterion) filter(d *record.Def, wrong *problems) record.Filter {
	least, most, ok := c.Op.takes()
	if !ok {
		wrong.add(c.Field, record.CodeInvalid, record.Args{"expected": expectedOp})
	} else if n := len(c.Values); n < least || n > most {
		wrong.add(c.Field, record.CodeLimit, record.Args{"limit": most, "length": n})
	}
	values := make([]any, len(c.Values))
	for i, text := range c.Values {
		if values[i] = text; c.Op == OpContains {
			continue
		}
		v, p := d.Type.Parse(text, nil)
		if p.OK() && v.IsNull() {
			p = record.Problem{Code: record.CodeMandatory}
		}
		if !p.OK() {
			wrong.add(c.Field, p.Code, p.Args)
		}
		values[i] = v
	}
	if len(wrong.fields) > 0 {
		return record.Filter{}
	}
	switch c.Op {
	case OpEqual:
		return record.In(c.Field, values...)
	case OpNotEqual:
		return record.Not(record.In(c.Field, values...))
	case OpContains:
		some := make([]record.Filter, len(c.Values))
		for i, text := range c.Values {
			some[i] = record.Contains(c.Field, text)
		}
		return record.Or(some...)
	case OpLess:
		return record.Lt(c.Field, values[0])
	case OpLessEqual:
		return record.Le(c.Field, values[0])
	case OpGreater:
		return record.Gt(c.Field, values[0])
	case OpGreaterEqual:
		return record.Ge(c.Field, values[0])
	case OpEmpty:
		return record.Eq(c.Field, nil)
	default:
		return record.Not(record.Eq(c.Field, nil))
	}
}

// checkRule notes what is wrong with a rule; shape is that of its module, nil when there is none.
func (d *document) checkRule(p *problems, r *Rule, shape *record.Shape, users *usersByID) {
	p.names(r.ID, r.Name, "")
	if shape == nil {
		p.add("Module", record.CodeNotFound, record.Args{"module": r.Module})
	} else if shape.Within() != "" {
		p.add("Module", record.CodeInvalid, record.Args{"expected": expectedWhole})
	}
	party := func(field string, of Principal) {
		if kind, _ := of.split(); kind == kindUser || of == Public {
			p.add(field, record.CodeInvalid, record.Args{"expected": expectedParty})
		} else {
			p.principal(field, of, d, users)
		}
	}
	switch {
	case r.From != "" && len(r.Criteria) > 0:
		p.add("Criteria", record.CodeInvalid, record.Args{"expected": expectedFrom})
	case len(r.Criteria) > MaxCriteria:
		p.add("Criteria", record.CodeLimit, record.Args{"limit": MaxCriteria, "length": len(r.Criteria)})
	case len(r.Criteria) == 0:
		party("From", r.From)
	case shape != nil:
		_, wrong := r.filter(shape)
		p.fields = slices.Concat(p.fields, wrong.fields)
	}
	party("To", r.To)
	if r.Level < record.LevelRead || r.Level > record.LevelFull {
		p.add("Level", record.CodeInvalid, record.Args{"expected": expectedLevel})
	}
}
