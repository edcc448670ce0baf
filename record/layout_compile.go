package record

import (
	"slices"
	"strings"
)

// compile returns the module's own fields, parallel to those of the schema, and the custom ones in use, as the layout has
// them; modules reports whether there is a module. All that is wrong with the layout is one *ValidationError, and is left
// as declared in what is returned. So a layout that was stored before the module's declaration changed still serves.
func (l *Layout) compile(s *Schema, modules func(name string) bool) (own, custom []Def, err error) {
	c := &layoutCompiler{modules: modules, own: slices.Clone(s.own)}
	for i := range c.own {
		c.count(&c.own[i])
	}
	for i := range l.Fields {
		switch c.f = &l.Fields[i]; {
		case slices.ContainsFunc(l.Fields[:i], func(f FieldLayout) bool { return f.same(c.f) }):
			c.bad(CodeDuplicate, nil)
		case c.f.Type == "":
			c.standard()
		case !c.f.Unused: // whatever the name of an unused one is by now
			c.custom()
		}
	}
	if n := len(l.Fields); n > maxFieldNames {
		c.bad(CodeLimit, Args{"limit": maxFieldNames, "length": n})
	}
	if c.errs != nil {
		err = &ValidationError{Fields: c.errs}
	}
	return c.own, c.made, err
}

// layoutCompiler is a layout on its way to definitions.
type layoutCompiler struct {
	modules func(string) bool
	f       *FieldLayout // under way
	own     []Def
	made    []Def // custom ones
	unique  int   // how many fields are
	errs    []FieldError
}

// reserved reports whether the module or the record itself has the name of the field under way, in any case: columns have
// none.
func (c *layoutCompiler) reserved() bool {
	return slices.ContainsFunc([]string{jsonID, jsonVersion, lastActivity.Name}, func(s string) bool { return strings.EqualFold(s, c.f.Name) }) ||
		slices.ContainsFunc(c.own, func(d Def) bool { return strings.EqualFold(d.Name, c.f.Name) })
}

func (c *layoutCompiler) bad(code Code, args Args) {
	c.errs = append(c.errs, FieldError{Field: c.f.Name, Code: code, Args: args})
}

// check is bad unless there is no problem.
func (c *layoutCompiler) check(p Problem) bool {
	if !p.OK() {
		c.bad(p.Code, p.Args)
	}
	return p.OK()
}

// count counts the field among the unique ones, and reports whether it was one too many.
func (c *layoutCompiler) count(d *Def) bool {
	if d.Unique {
		c.unique++
	}
	return d.Unique && c.unique > MaxUniqueFields
}

// standard changes one field of the module.
func (c *layoutCompiler) standard() {
	i := slices.IndexFunc(c.own, func(d Def) bool { return d.Name == c.f.Name })
	switch {
	case c.f.Name == lastActivity.Name:
		c.bad(CodeReadOnly, nil)
	case i < 0 || i >= colOperation && i < systemColumns:
		c.bad(CodeUnknown, nil)
	default:
		d := &c.own[i]
		declared := *d
		c.label(d)
		c.refine(d, &declared, i < systemColumns)
	}
}

// custom makes one custom field.
func (c *layoutCompiler) custom() {
	d := Def{Name: c.f.Name, Type: customType(c.f.Type), Custom: true}
	switch {
	case c.reserved():
		c.bad(CodeDuplicate, nil)
		return
	case !fieldName(c.f.Name):
		c.bad(CodeInvalid, Args{"expected": expectedName, "limit": maxFieldName})
		return
	case d.Type == nil:
		c.bad(CodeInvalid, Args{"expected": expectedType})
		return
	case len(c.made) == MaxCustomFields:
		c.bad(CodeLimit, Args{"limit": MaxCustomFields})
		return
	}
	declared := d
	c.label(&d)
	c.refine(&d, &declared, false)
	switch c.f.Type {
	case "lookup":
		d.To, d.OnDelete, d.Indexed = c.f.To, c.f.OnDelete, true
		if !c.modules(d.To) {
			c.bad(CodeInvalid, Args{"expected": expectedModule})
			return
		}
		if d.Required && d.OnDelete == Clear {
			c.bad(CodeInvalid, Args{"expected": expectedKept})
			d.Required = false
		}
	case "autonumber":
		d.ReadOnly, d.NoClone = true, true
		if slices.ContainsFunc(c.made, func(d Def) bool { return d.Number != nil }) {
			c.bad(CodeLimit, Args{"limit": MaxAutoNumbers})
			return
		}
		n, p := c.f.Number.checked()
		if !c.check(p) {
			return
		}
		if d.Number = n; slices.ContainsFunc(c.f.Earlier, func(e Numbering) bool { return e.mayMeet(n) }) {
			c.bad(CodeInvalid, Args{"expected": expectedNumbers})
		}
	}
	c.made = append(c.made, d)
}

// fieldName reports whether s may be the API name of a custom field.
func fieldName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !asciiLetter(c) && (i == 0 || !asciiDigit(c) && c != '_') {
			return false
		}
	}
	return s != "" && len(s) <= maxFieldName
}

func (c *layoutCompiler) label(d *Def) {
	for _, l := range []struct{ text, of *string }{{&c.f.English, &d.English}, {&c.f.Chinese, &d.Chinese}} {
		if *l.text != "" && c.check(exactly(TextType(maxLabel), *l.text)) {
			*l.of = *l.text
		}
	}
}

// refine gives d what the layout says beside labels, as far as its declaration can have it.
func (c *layoutCompiler) refine(d, declared *Def, system bool) {
	for _, s := range c.f.settings() {
		if system || !s.fits(d) {
			c.bad(CodeInvalid, Args{"expected": expectedSetting, "setting": s.name})
			continue
		}
		if s.set != nil {
			s.set(c, d)
		}
	}
	switch {
	case d.Required && d.Hidden:
		c.bad(CodeInvalid, Args{"expected": expectedShown})
		d.Hidden = declared.Hidden
	case d.Required && d.ReadOnly && !(declared.Required && declared.ReadOnly):
		c.bad(CodeInvalid, Args{"expected": expectedEditable})
		d.Required, d.ReadOnly = declared.Required, declared.ReadOnly
	}
	if d.Unique && !declared.Unique && c.count(d) {
		c.bad(CodeLimit, Args{"limit": MaxUniqueFields})
		d.Unique = false
	}
}
