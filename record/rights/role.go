package rights

import "github.com/clientele-go/crm/record"

// CEO is the id of the role at the top, whose users reach all records. It is built in; only its names can be changed.
const CEO = "ceo"

// Role is a place in the tree of roles, which says whose records its users reach. Zoho: Role, 职位.
type Role struct {
	ID      string // letters, digits, "-", "_" and "."; default a new one
	Name    string // required, and no other role has it
	Chinese string // name; default Name
	Parent  string // the id of the role above: required, but for the CEO
	Peers   bool   // its users reach each other's records. Zoho: Share Data with Peers, 和同事共享数据
}

// Label returns the role's name in a language.
func (r *Role) Label(l record.Language) string {
	return record.Words{English: r.Name, Chinese: r.Chinese}.In(l)
}

func builtInRole() *Role { return &Role{ID: CEO, Name: "CEO", Chinese: "首席执行官"} }

// climb returns the roles above one, the nearest first. ok is false when they do not end with the CEO: one of them is
// missing, or its own superior.
func climb(roles map[string]*Role, id string) (above []string, ok bool) {
	for r := roles[id]; r != nil && len(above) < len(roles); r = roles[r.Parent] {
		if r.ID == CEO {
			return above, true
		}
		above = append(above, r.Parent)
	}
	return nil, false
}

// checkRole notes what is wrong with a role among the others.
func (d *document) checkRole(p *problems, r *Role) {
	p.names(r.ID, r.Name, r.Chinese)
	roles := map[string]*Role{}
	for _, other := range d.Roles {
		if other.ID != r.ID && record.Fold(other.Name) == record.Fold(r.Name) {
			p.add("Name", record.CodeDuplicate, nil)
		}
		roles[other.ID] = other
	}
	switch roles[r.ID] = r; {
	case r.ID == CEO && r.Parent != "":
		p.add("Parent", record.CodeInvalid, record.Args{"expected": expectedTop})
	case r.ID == CEO:
	case r.Parent == "":
		p.add("Parent", record.CodeMandatory, nil)
	case roles[r.Parent] == nil:
		p.add("Parent", record.CodeNotFound, nil)
	default:
		if _, ok := climb(roles, r.ID); !ok {
			p.add("Parent", record.CodeCircular, nil)
		}
	}
}
