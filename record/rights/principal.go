package rights

import (
	"strings"

	"github.com/clientele-go/crm/record"
)

// Principal is whom a group takes in, and whom a rule or a share gives to. Its text is "user:ann", "role:sales",
// "roles:sales" (with subordinates), "group:west" or "public".
type Principal string

// Public is everyone. Only a record is shared with it; for a whole module there is the [Default].
const Public Principal = "public"

// The kinds of principals, as they begin.
const (
	kindUser  = "user"
	kindRole  = "role"
	kindRoles = "roles"
	kindGroup = "group"
)

// OfUser is one user.
func OfUser(id record.Actor) Principal { return Principal(kindUser + ":" + string(id)) }

// OfRole is the users of a role.
func OfRole(id string) Principal { return Principal(kindRole + ":" + id) }

// OfRoles is the users of a role and of all roles below it. Zoho: roles and subordinates, 职位及下属.
func OfRoles(id string) Principal { return Principal(kindRoles + ":" + id) }

// OfGroup is the users of a group.
func OfGroup(id string) Principal { return Principal(kindGroup + ":" + id) }

// split returns the kind of a principal, and of which one of its kind it speaks.
func (p Principal) split() (kind, id string) {
	kind, id, _ = strings.Cut(string(p), ":")
	return kind, id
}

// members is whom a principal takes in, by name and by role.
type members struct {
	users map[record.Actor]bool
	roles map[string]bool
}

func newMembers() *members {
	return &members{users: map[record.Actor]bool{}, roles: map[string]bool{}}
}

func (m *members) has(u *User) bool { return m.users[u.ID] || m.roles[u.Role] }

// members returns whom p takes in. What is not there takes in nobody.
func (c *configuration) members(p Principal) *members {
	m := newMembers()
	c.gather(m, p, map[string]bool{})
	return m
}

// gather adds to m whom p takes in, but for the groups that were seen.
func (c *configuration) gather(m *members, p Principal, seen map[string]bool) {
	switch kind, id := p.split(); kind {
	case kindUser:
		m.users[record.Actor(id)] = true
	case kindRole:
		m.roles[id] = true
	case kindRoles:
		m.roles[id] = true
		for _, below := range c.below[id] {
			m.roles[below] = true
		}
	case kindGroup:
		g := c.groups[id]
		if g == nil || seen[id] {
			return
		}
		seen[id] = true
		for _, in := range g.Members {
			c.gather(m, in, seen)
		}
	}
}

// principals returns as whom the user finds what was shared: all principals that take them in.
func (c *configuration) principals(u *User) []string {
	ps := []string{string(Public), string(OfUser(u.ID)), string(OfRole(u.Role)), string(OfRoles(u.Role))}
	for _, above := range c.above[u.Role] {
		ps = append(ps, string(OfRoles(above)))
	}
	for _, g := range c.document.Groups {
		if c.taken[g.ID].has(u) {
			ps = append(ps, string(OfGroup(g.ID)))
		}
	}
	return ps
}
