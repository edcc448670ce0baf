package rights

import (
	"slices"

	"github.com/clientele-go/crm/record"
)

// Group is users under one name, for rules and shares to give to. Zoho: Group, 组.
type Group struct {
	ID      string      // letters, digits, "-", "_" and "."; default a new one
	Name    string      // required, and no other group has it
	Chinese string      // name; default Name
	Members []Principal // users, roles, roles with their subordinates, and other groups
}

// Label returns the group's name in a language.
func (g *Group) Label(l record.Language) string {
	return record.Words{English: g.Name, Chinese: g.Chinese}.In(l)
}

// checkGroup notes what is wrong with a group among the others.
func (d *document) checkGroup(p *problems, g *Group, users *usersByID) {
	p.names(g.ID, g.Name, g.Chinese)
	for _, other := range d.Groups {
		if other.ID != g.ID && record.Fold(other.Name) == record.Fold(g.Name) {
			p.add("Name", record.CodeDuplicate, nil)
		}
	}
	for i, m := range g.Members {
		switch kind, _ := m.split(); {
		case kind == kindGroup && d.leads(m, g.ID, map[Principal]bool{}):
			p.add("Members", record.CodeCircular, nil)
		case m == Public:
			p.add("Members", record.CodeInvalid, record.Args{"expected": expectedMember})
		case slices.Contains(g.Members[:i], m):
			p.add("Members", record.CodeDuplicate, nil)
		default:
			p.principal("Members", m, d, users)
		}
	}
}

// leads reports whether the group that from names is the one of that id, or takes it in.
func (d *document) leads(from Principal, id string, seen map[Principal]bool) bool {
	kind, at := from.split()
	if kind != kindGroup || seen[from] {
		return false
	}
	if at == id {
		return true
	}
	seen[from] = true
	g := find(d.Groups, at, (*Group).id)
	return g != nil && slices.ContainsFunc(g.Members, func(m Principal) bool { return d.leads(m, id, seen) })
}
