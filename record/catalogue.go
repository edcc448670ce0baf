package record

import (
	"fmt"

	"github.com/clientele-go/crm/storage"
)

// Catalogue is the modules that a session knows. Whatever cuts across modules (links, deletes, undo, verification)
// learns of them here.
type Catalogue struct {
	order   []*Schema
	modules map[string]*Schema
	links   map[string][]backLink // by the module that they lead to
	tables  []*storage.Table
	refuses bool // some lookup refuses the delete of its target
}

// backLink is one lookup, seen from its target.
type backLink struct {
	from  *Schema
	field int
}

func newCatalogue(modules []*Schema) (*Catalogue, error) {
	c := &Catalogue{order: modules, modules: map[string]*Schema{}, links: map[string][]backLink{},
		tables: []*storage.Table{timeline, operations, batches}}
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
		for i := range m.fields {
			if to := m.fields[i].To; to != "" {
				c.links[to] = append(c.links[to], backLink{m, i})
				c.refuses = c.refuses || m.fields[i].OnDelete == Refuse
			}
		}
	}
	for to, ls := range c.links {
		if c.modules[to] == nil {
			return nil, fmt.Errorf("record: %s.%s: no module %q", ls[0].from.Module, ls[0].from.fields[ls[0].field].Name, to)
		}
	}
	return c, nil
}

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
	return s.records(m), nil
}

func (s *Session) records(m *Schema) *Records { return &Records{s, &Shape{m}} }
