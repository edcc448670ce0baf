package record

import (
	"slices"
	"strings"
)

// fieldSetting is one thing that a layout says of a field beside labels.
type fieldSetting struct {
	name string                      // in JSON
	fits func(d *Def) bool           // whether a field like d can have it
	set  func(*layoutCompiler, *Def) // gives it to d; nil when there is nothing to do
}

// settings are those that the layout gives.
func (f *FieldLayout) settings() (given []fieldSetting) {
	always := func(*Def) bool { return true }
	custom := func(typ string) func(*Def) bool { return func(*Def) bool { return f.Type == typ } }
	for _, s := range []struct {
		given bool
		fieldSetting
	}{
		{f.Limit != 0 || f.Places != nil, fieldSetting{"length", f.hasLength, (*layoutCompiler).length}},
		{len(f.Values) > 0 || f.Closed != nil, fieldSetting{"pick_list_values", hasValues, (*layoutCompiler).values}},
		{f.Hidden, fieldSetting{"hidden", always, func(_ *layoutCompiler, d *Def) { d.Hidden = true }}},
		{f.ReadOnly, fieldSetting{"read_only", always, func(_ *layoutCompiler, d *Def) { d.ReadOnly = true }}},
		{f.Required, fieldSetting{"required", f.canBeRequired, func(_ *layoutCompiler, d *Def) { d.Required = true }}},
		{f.Unique, fieldSetting{"unique", func(d *Def) bool { return canBeUnique(d.Type) }, func(_ *layoutCompiler, d *Def) { d.Unique = true }}},
		{f.Indexed, fieldSetting{"indexed", func(d *Def) bool { return d.Custom && canBeIndexed(d.Type) }, func(_ *layoutCompiler, d *Def) { d.Indexed = true }}},
		{f.To != "", fieldSetting{"lookup_module", custom("lookup"), nil}},
		{f.OnDelete != Clear, fieldSetting{"on_delete", func(d *Def) bool { return f.Type == "lookup" && f.OnDelete <= Refuse }, nil}},
		{f.Unused, fieldSetting{"unused", func(*Def) bool { return false }, nil}},
		{f.Number != nil, fieldSetting{"auto_number", custom("autonumber"), nil}},
	} {
		if s.given {
			given = append(given, s.fieldSetting)
		}
	}
	return given
}

// canBeRequired is false of what the system fills: an auto-number.
func (f *FieldLayout) canBeRequired(*Def) bool { return f.Type != "autonumber" }

func hasValues(d *Def) bool {
	_, ok := d.Type.(listed)
	return ok
}

// hasLength reports whether a field has a length, and decimal places if the layout gives those.
func (f *FieldLayout) hasLength(d *Def) bool {
	_, ok := d.Type.(sized)
	if _, points := places[d.Type.Name()]; f.Places != nil && !points {
		return false
	}
	return ok && lengths[d.Type.Name()] != length{}
}

// length gives a field its length and decimal places.
func (c *layoutCompiler) length(d *Def) {
	t := d.Type.(sized)
	limit, fraction := t.size()
	fits := func(n *int, given, least int, of length, unit string) bool {
		most := of.custom
		if !d.Custom {
			most = max(of.standard, *n)
		}
		switch {
		case given < least:
			return c.check(refuse(expectedPositive))
		case given > most && unit == "":
			return c.check(tooLong(most, given))
		case given > most:
			return c.check(tooMany(unit, most, given))
		}
		*n = given
		return true
	}
	name, unit := d.Type.Name(), ""
	if d.Custom {
		name = c.f.Type
	}
	switch {
	case places[name] != length{}:
		unit = unitWhole
	case name == "integer" || name == "bigint":
		unit = unitDigits
	}
	if c.f.Limit != 0 && !fits(&limit, c.f.Limit, 1, lengths[name], unit) ||
		c.f.Places != nil && !fits(&fraction, *c.f.Places, 0, places[name], unitFraction) {
		return
	}
	d.Type = t.withSize(limit, fraction)
}

// values gives a field its pick list.
func (c *layoutCompiler) values(d *Def) {
	t := d.Type.(listed)
	list := &PickValues{Values: t.values().Values, Closed: t.values().Closed}
	if len(c.f.Values) > 0 {
		list.Values = slices.Clone(c.f.Values)
	}
	if c.f.Closed != nil {
		list.Closed = *c.f.Closed
	}
	if list.Closed && len(list.Values) == 0 {
		c.bad(CodeInvalid, Args{"expected": expectedValues})
		return
	}
	if c.check(checkValues(c.f.Values, isMulti(d.Type))) {
		d.Type = t.withValues(list)
	}
}

// checkValues says what is wrong with the values of a pick list. Each stands for itself, in one line; several of them have
// semicolons between them.
func checkValues(values []PickValue, several bool) Problem {
	if len(values) > maxPickValues {
		return Problem{CodeLimit, Args{"limit": maxPickValues, "length": len(values)}}
	}
	seen := map[string]bool{}
	for i, v := range values {
		line := PickListType(nil)
		p := exactly(line, v.Actual)
		switch fold := Fold(v.Actual); {
		case !p.OK():
		case fold == "":
			p = refuse(expectedPick)
		case seen[fold]:
			p = Problem{CodeDuplicate, Args{}}
		case several && strings.ContainsAny(v.Actual, ";；"):
			p = refuse(expectedNoSemi)
		default:
			seen[fold] = true
			if p = exactly(line, v.English); p.OK() {
				p = exactly(line, v.Chinese)
			}
		}
		if !p.OK() {
			p.Args["position"] = i
			return p
		}
	}
	return Problem{}
}
