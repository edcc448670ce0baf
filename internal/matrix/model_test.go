package matrix

import (
	"slices"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
)

// The model says what Zoho does, from the tables of a world alone.

// may reports whether an actor has a right in a module, or in the organization for the module "".
func may(id record.Actor, module string, right record.Right) bool {
	u, known := users[id]
	if !known || !u.active {
		return false
	}
	p, listed := profiles[u.profile]
	switch {
	case !listed: // Administrator
		return true
	case module == "":
		return slices.Contains(p.organization, right)
	case module == account.Module:
		return !slices.Contains(p.lacks, right)
	}
	return slices.Contains(p.organization, record.RightUse)
}

func roleOf(id record.Actor) string {
	if id == "mid1" {
		return "mid"
	}
	return users[id].role
}

// isAbove reports whether a role is above another in the tree.
func isAbove(high, low string) bool {
	for at := parents[low]; at != ""; at = parents[at] {
		if at == high {
			return true
		}
	}
	return false
}

// takesIn reports whether what a record is shared with takes in somebody in a role.
func takesIn(to string, id record.Actor, role string) bool {
	switch kind, name, _ := strings.Cut(to, ":"); kind {
	case "public":
		return true
	case "user":
		return name == string(id)
	case "role":
		return name == role
	case "roles":
		return name == role || isAbove(name, role)
	default:
		return slices.ContainsFunc(team, func(in string) bool { return takesIn(in, id, role) })
	}
}

// reaches returns how far an actor reaches a record, 0 for not at all, with what is shared or without.
func reaches(id record.Actor, p *place, def rights.Default, shares bool) (level record.Level) {
	if !may(id, account.Module, view) {
		return 0
	}
	role, owner := users[id].role, roleOf(p.owner)
	atLeast := func(l record.Level, when bool) {
		if when {
			level = max(level, l)
		}
	}
	atLeast(full, role == rights.CEO)                  // who sees all data
	atLeast(full, p.owner == id)                       // their own
	atLeast(full, def == rights.PublicReadWriteDelete) // Zoho: everybody everything
	atLeast(write, def == rights.PublicReadWrite)      // everybody, but for deleting
	atLeast(read, def == rights.PublicReadOnly)        // everybody
	for to, l := range p.shares {                      // by hand
		atLeast(l, shares && takesIn(to, id, role))
	}
	if def == rights.PublicReadWrite || def == rights.PublicReadWriteDelete {
		return level // Zoho: neither the tree nor rules are applied
	}
	atLeast(full, owner != "" && isAbove(role, owner))         // a superior
	atLeast(full, owner != "" && owner == role && peers[role]) // a peer who shares
	for _, r := range rulings {
		gives := r.from != "" && r.from == owner || r.industry != "" && r.industry == p.industry
		atLeast(r.level, gives && (r.to == role || r.superiors && isAbove(role, r.to)))
	}
	return level
}
