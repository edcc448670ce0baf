package rights

import (
	"maps"
	"slices"
	"strings"

	"github.com/clientele-go/crm/record"
)

// The ids of the profiles that are built in.
const (
	Administrator = "administrator" // all rights; it cannot be changed
	Standard      = "standard"      // all rights in modules, and Use; only its rights in modules can be changed
)

// AllModules stands, in the Modules of a [Profile], for every module that is not named there.
const AllModules = "*"

// Profile is what its users may do. Zoho: Profile, 角色.
type Profile struct {
	ID           string                // letters, digits, "-", "_" and "."; default a new one
	Name         string                // required, and no other profile has it
	Chinese      string                // name; default Name
	Modules      map[string]Permission // by API name, or AllModules. A module that is named takes nothing from AllModules
	Organization []record.Right        // rights in the organization as a whole
}

// Permission is what a profile allows in one module. A right of the host's own has a dot in its name, such as
// "billing.Approve", by which a misspelt one is told from it.
type Permission struct {
	Rights []record.Right
	Fields map[string]record.Access `json:",omitempty"` // by API name, of those that are not FieldReadWrite. Not of AllModules
}

// Label returns the profile's name in a language.
func (p *Profile) Label(l record.Language) string {
	return record.Words{English: p.Name, Chinese: p.Chinese}.In(l)
}

// builtInProfiles returns the profiles that every organization begins with. Zoho gives Standard import, export and the
// change of owners too.
func builtInProfiles() []*Profile {
	modules := func() map[string]Permission {
		return map[string]Permission{AllModules: {Rights: slices.Clone(moduleRights)}}
	}
	return []*Profile{
		{ID: Administrator, Name: "Administrator", Chinese: "管理员", Modules: modules(), Organization: slices.Clone(organizationRights)},
		{ID: Standard, Name: "Standard", Chinese: "标准", Modules: modules(), Organization: []record.Right{record.RightUse}},
	}
}

// needs returns the right that another one of a module, or of the organization for the module "", is worth nothing
// without, "" when there is none. Everything in modules needs Use as well.
func needs(module string, r record.Right) record.Right {
	switch {
	case module == "" && r == record.RightUse, module != "" && r == record.RightView:
		return ""
	case module == "":
		return record.RightUse
	case r == record.RightImport:
		return record.RightCreate
	case r == record.RightChangeOwner, r == record.RightConvert:
		return record.RightEdit
	}
	return record.RightView
}

// rights returns the rights in a module, or in the organization for the module "".
func (p *Profile) rights(module string) []record.Right {
	if module == "" {
		return p.Organization
	}
	return p.permission(module).Rights
}

// permission returns what the profile allows in a module.
func (p *Profile) permission(module string) Permission {
	if m, ok := p.Modules[module]; ok {
		return m
	}
	return p.Modules[AllModules]
}

// allows reports whether the profile has a right, and all that it needs.
func (p *Profile) allows(module string, r record.Right) bool {
	for r != "" {
		if !slices.Contains(p.rights(module), r) {
			return false
		}
		r = needs(module, r)
	}
	return module == "" || slices.Contains(p.Organization, record.RightUse)
}

// Without returns the profile without a right in a module, and without those that need it, as Zoho takes them away
// together: with View in a module goes everything in it, and with Use in the organization (the module "") everything.
// AllModules takes it away in every module. The profile itself stays as it is.
func (p *Profile) Without(module string, r record.Right) *Profile {
	w := *p
	w.Organization, w.Modules = slices.Clone(p.Organization), map[string]Permission{}
	for name, m := range p.Modules {
		w.Modules[name] = Permission{slices.Clone(m.Rights), maps.Clone(m.Fields)}
	}
	switch {
	case module == "":
		w.Organization = without(w.Organization, "", r)
		if r == record.RightUse {
			for name := range w.Modules {
				w.drop(name, record.RightView)
			}
		}
	case module == AllModules:
		for name := range w.Modules {
			w.drop(name, r)
		}
	default:
		if _, ok := w.Modules[module]; !ok {
			w.Modules[module] = Permission{Rights: slices.Clone(w.Modules[AllModules].Rights)}
		}
		w.drop(module, r)
	}
	return &w
}

// drop takes a right away in what Modules has by that name, and those that need it.
func (p *Profile) drop(name string, r record.Right) {
	m := p.Modules[name]
	m.Rights = without(m.Rights, name, r)
	p.Modules[name] = m
}

// without takes from rights r and those that need it.
func without(rights []record.Right, module string, r record.Right) []record.Right {
	return slices.DeleteFunc(rights, func(other record.Right) bool {
		for ; other != ""; other = needs(module, other) {
			if other == r {
				return true
			}
		}
		return false
	})
}

// checkProfile notes what is wrong with a profile among the others. fields returns what is known of a field of a module,
// and known which modules there are.
func (d *document) checkProfile(p *problems, pr *Profile, modules []string, fields func(module, name string) (record.Def, bool)) {
	p.names(pr.ID, pr.Name, pr.Chinese)
	for _, other := range d.Profiles {
		if other.ID != pr.ID && record.Fold(other.Name) == record.Fold(pr.Name) {
			p.add("Name", record.CodeDuplicate, nil)
		}
	}
	if pr.ID == Administrator {
		p.add("ID", record.CodeReadOnly, nil)
	}
	if was := find(d.Profiles, Standard, (*Profile).id); pr.ID == Standard && was != nil {
		if pr.Name != was.Name || pr.Chinese != was.Chinese {
			p.add("Name", record.CodeReadOnly, nil)
		}
		if !slices.Equal(pr.Organization, was.Organization) {
			p.add("Organization", record.CodeReadOnly, nil)
		}
	}
	p.rights("", pr.Organization, organizationRights)
	for _, module := range slices.Sorted(maps.Keys(pr.Modules)) {
		m := pr.Modules[module]
		if module != AllModules && !slices.Contains(modules, module) {
			p.add("Modules", record.CodeNotFound, record.Args{"module": module})
			continue
		}
		p.rights(module, m.Rights, moduleRights)
		if len(m.Rights) > 0 && !slices.Contains(pr.Organization, record.RightUse) {
			p.add(string(m.Rights[0]), record.CodeInvalid, record.Args{"needs": record.RightUse, "module": module})
		}
		for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
			f, ok := fields(module, name)
			switch access := m.Fields[name]; {
			case !ok || module == AllModules:
				p.add(name, record.CodeUnknown, record.Args{"module": module})
			case access > record.FieldHidden:
				p.add(name, record.CodeInvalid, record.Args{"module": module, "expected": expectedAccess})
			case access == record.FieldHidden && (f.Required || name == "Owner"):
				p.add(name, record.CodeInvalid, record.Args{"module": module, "expected": expectedShown})
			}
		}
	}
}

// rights notes what is wrong with the rights in a module, of which these are built in.
func (p *problems) rights(module string, rights, builtIn []record.Right) {
	for i, r := range rights {
		n := needs(module, r)
		switch {
		case !slices.Contains(builtIn, r) && !strings.Contains(string(r), "."):
			p.add(string(r), record.CodeInvalid, record.Args{"module": module, "expected": expectedRight})
		case slices.Contains(rights[:i], r):
			p.add(string(r), record.CodeDuplicate, record.Args{"module": module})
		case n != "" && !slices.Contains(rights, n):
			p.add(string(r), record.CodeInvalid, record.Args{"module": module, "needs": n})
		}
	}
}
