package record

import (
	"fmt"
	"maps"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// Catalogue is the modules that a session knows. Whatever cuts across modules (links, deletes, undo, verification)
// learns of them here.
type Catalogue struct {
	order   []*Schema
	modules map[string]*Schema
	tables  []*storage.Table
	rules   map[string][]Hook // validation rules of the host, by module
	few     fewLimits
}

// backLink is one lookup, seen from its target.
type backLink struct {
	from  *Schema
	field int
}

func newCatalogue(modules []*Schema, rules map[string][]Hook) (*Catalogue, error) {
	c := &Catalogue{order: modules, modules: map[string]*Schema{}, rules: rules, few: fewLimits{rows: fewRows, reach: smallReach},
		tables: []*storage.Table{timeline, operations, batches, settings, uniques, indexed, shares, counters, news}}
	tables := map[string]bool{}
	for _, t := range c.tables {
		tables[t.Name] = true
	}
	for _, m := range modules {
		if tables[m.table.Name] {
			return nil, fmt.Errorf("record: module %q twice, or its table is taken", m.Module)
		}
		c.modules[m.Module], tables[m.table.Name] = m, true
		c.tables = append(c.tables, m.table)
	}
	for _, m := range modules {
		for i := range m.own {
			for _, to := range c.targets(m, &m.own[i]) {
				if c.modules[to] == nil {
					return nil, fmt.Errorf("record: %s.%s: no module %q", m.Module, m.own[i].Name, to)
				}
			}
		}
	}
	for _, m := range modules {
		if c.loops(m, 0) {
			return nil, fmt.Errorf("record: records of %s would be within each other", m.Module)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if c.modules[name] == nil {
			return nil, fmt.Errorf("record: rules of no module %q", name)
		}
	}
	return c, nil
}

// loops reports whether records of a module could be within others without an end.
func (c *Catalogue) loops(m *Schema, depth int) bool {
	if m.within < 0 {
		return false
	}
	return depth > len(c.order) || slices.ContainsFunc(c.targets(m, &m.own[m.within]), func(to string) bool { return c.loops(c.modules[to], depth+1) })
}

// targets returns the modules that a field of m leads to.
func (c *Catalogue) targets(m *Schema, d *Def) []string {
	switch d.To {
	case "":
		return nil
	case AnyModule:
		t := m.moduleIn(d)
		if !t.any() {
			return t.modules
		}
		var all []string
		for _, o := range c.order { // what is within records is within none of its kind, unless it is named
			if part := m.Within() == d.Name && o.within >= 0; !part || slices.Contains(t.modules, o.Module) {
				all = append(all, o.Module)
			}
		}
		return all
	}
	return []string{d.To}
}

// configure returns what follows from settings.
func (c *Catalogue) configure(version int64, all map[string]*Setting, old *configuration) (*configuration, error) {
	conf := &configuration{version: version, settings: all, shapes: make(map[*Schema]*Shape, len(c.order)), links: map[string][]backLink{}}
	for _, m := range c.order {
		shape, err := c.shape(m, all[layoutSetting(m.Module)], old)
		if err != nil {
			return nil, fmt.Errorf("record: layout of %s: %w", m.Module, err)
		}
		conf.shapes[m] = shape
		for i := range shape.fields {
			d := &shape.fields[i]
			for _, to := range c.targets(m, d) {
				conf.links[to] = append(conf.links[to], backLink{m, i})
				conf.refuses = conf.refuses || d.OnDelete == Refuse
			}
		}
	}
	var err error
	conf.locale, err = organizationLocale(all[organizationSetting])
	return conf, err
}

// shape returns the fields of a module as a layout makes them: the same Shape as before while the layout is the same.
func (c *Catalogue) shape(m *Schema, layout *Setting, old *configuration) (*Shape, error) {
	if old != nil && old.settings[layoutSetting(m.Module)] == layout {
		return old.shapes[m], nil
	}
	if layout == nil {
		return newShape(m, m.own, nil), nil
	}
	l, err := decodeLayout(layout.Body)
	if err != nil {
		return nil, err
	}
	own, custom, _ := l.compile(m, c.has) // what no longer fits the module's declaration is as declared
	for _, f := range l.Fields {
		for _, ds := range [][]Def{own, custom} {
			if i := slices.IndexFunc(ds, func(d Def) bool { return d.Name == f.Name }); i >= 0 {
				ds[i].kept = f.Kept
			}
		}
	}
	return newShape(m, own, custom), nil
}

// has reports whether there is a module.
func (c *Catalogue) has(module string) bool { return c.modules[module] != nil }

func layoutSetting(module string) string { return "layout." + module }

// Modules returns the API names of the modules that the session knows, in the order of their declaration.
func (s *Session) Modules() []string {
	names := make([]string, len(s.cat.order))
	for i, m := range s.cat.order {
		names[i] = m.Module
	}
	return names
}

// Records returns the records of the module of that API name, as the session sees them.
func (s *Session) Records(module string) (*Records, error) {
	m := s.cat.modules[module]
	if m == nil {
		return nil, fmt.Errorf("record: no module %q", module)
	}
	return s.shown(m), nil
}

// shown returns the records of a module as the session's callers have them. What the actor may do is known when a
// transaction asks for it: see [Records.as].
func (s *Session) shown(m *Schema) *Records {
	return &Records{s: s, shape: s.configuration().shapes[m].seen(nil)}
}

// records returns the records of a module with all that there is, whoever the actor is: for this package itself.
func (s *Session) records(m *Schema) *Records {
	return &Records{s: s, shape: s.configuration().shapes[m]}
}
