package record

import (
	"strings"

	"github.com/clientele-go/crm/storage"
)

// change is what a new layout asks of a field's values that the old one did not.
type change struct {
	old, new Def             // as the two layouts have the field; new.Name is "" when it is no longer in use
	values   bool            // some value may be none of the new type, or another one
	gone     map[string]bool // values that left the pick list
	retired  map[string]bool // values that are no longer offered
	required bool            // newly
	unique   bool            // newly
	indexed  bool            // newly
	returned bool            // it was unused before
}

// against returns what changes for the values of the module's records when l takes the place of old. Both have been
// compiled before; what is wrong with old does not matter here.
func (l *Layout) against(old *Layout, s *Schema, modules func(string) bool) (changes []change) {
	was, wasCustom, _ := old.inUse().compile(s, modules)
	own, custom, _ := l.compile(s, modules)
	before, unused := make(map[string]*Def, len(wasCustom)), map[string]bool{}
	for i := range wasCustom {
		before[wasCustom[i].Name] = &wasCustom[i]
	}
	for _, f := range old.Fields {
		unused[f.Name] = f.Unused
	}
	for i := range own {
		if c := differ(&was[i], &own[i], false); c.matters() {
			changes = append(changes, c)
		}
	}
	for i := range custom {
		d := &custom[i]
		if b := before[d.Name]; b != nil {
			if c := differ(b, d, unused[d.Name]); c.matters() {
				changes = append(changes, c)
			}
			delete(before, d.Name)
		} else if c := (change{old: *d, new: *d, required: d.Required, indexed: d.Indexed}); c.matters() { // an index has each record
			changes = append(changes, c)
		}
	}
	for i := range wasCustom {
		b := &wasCustom[i]
		if before[b.Name] != nil && !unused[b.Name] {
			changes = append(changes, change{old: *b})
		}
	}
	return changes
}

// differ is how two definitions of one field differ for its values.
func differ(old, new *Def, returned bool) change {
	c := change{old: *old, new: *new, returned: returned, values: !takesAll(new.Type, old.Type),
		required: new.Required && (returned || !old.Required), unique: new.Unique && (returned || !old.Unique),
		indexed: new.Indexed && (returned || !old.Indexed)}
	from, _ := old.Type.(listed)
	to, ok := new.Type.(listed)
	if from == nil || !ok {
		return c
	}
	offered, now := map[string]bool{}, map[string]bool{}
	for _, v := range to.values().Values {
		now[v.Actual], offered[v.Actual] = true, !v.Retired
	}
	for _, v := range from.values().Values {
		switch {
		case !now[v.Actual]:
			add(&c.gone, v.Actual)
		case !offered[v.Actual] && !v.Retired:
			add(&c.retired, v.Actual)
		}
	}
	return c
}

func add(set *map[string]bool, s string) {
	if *set == nil {
		*set = map[string]bool{}
	}
	(*set)[s] = true
}

// matters reports whether the change has to do with values that are there.
func (c *change) matters() bool {
	return c.values || c.gone != nil || c.retired != nil || c.required || c.unique || c.indexed || c.returned
}

// convert returns what a value of the old definition is in the new one, or why it is none. It goes through the value's
// text when the types differ in more than their limits.
func (c *change) convert(v storage.Value, l *Locale) (storage.Value, Problem) {
	t := c.new.Type
	if v.IsNull() {
		return v, Problem{}
	}
	if _, one := t.(*pickType); one && isMulti(c.old.Type) && len(SplitMulti(v.Text())) > 1 {
		return v, refuse(t.Name())
	}
	if c.old.Type.Name() != t.Name() && !numbers(c.old.Type, t) || c.old.Type.Kind() != t.Kind() {
		var p Problem
		if v, p = t.Parse(c.text(v, l), l); !p.OK() {
			return v, p
		}
	}
	return t.Clean(v)
}

// numbers reports whether both types are of the same numbers, which need no text in between.
func numbers(a, b Type) bool {
	k := a.Kind()
	return k == b.Kind() && (k == storage.Int || k == storage.Decimal)
}

// text shows a value for another type to read: what is stored, not the label, of a pick list.
func (c *change) text(v storage.Value, l *Locale) string {
	switch _, list := c.old.Type.(listed); {
	case list && isMulti(c.old.Type):
		return strings.Join(SplitMulti(v.Text()), ";")
	case list:
		return v.Text()
	}
	return c.old.Type.Format(v, l)
}
