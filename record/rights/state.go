package rights

import (
	"maps"
	"slices"
	"sync"

	"github.com/clientele-go/crm/record"
)

// state is what follows from one configuration and one version of the users. What users may do is worked out when it is
// asked for, and remembered. It is safe for concurrent use.
type state struct {
	conf   *configuration
	roster *roster
	users  *usersByID
	inRole map[string][]record.Actor  // the users of each role, the inactive too
	over   map[*given]map[string]bool // the roles above those that a rule gives to, if it gives to them too
	nobody *record.Rights             // what someone may do who may do nothing

	mu     sync.RWMutex
	rights map[seat]*record.Rights
	reach  map[record.Actor][]record.Actor
	kept   int // how many owners these two have
}

// seat is one user in one module, as one policy sees it.
type seat struct {
	policy *Policy
	user   record.Actor
	module string
}

// maxKept is how many owners the rights that are remembered may have. They are forgotten when there are more, which takes
// an organization in which thousands reach, each by other ways, the records of thousands.
const maxKept = 4_000_000

func newState(c *configuration, users *usersByID) *state {
	s := &state{conf: c, users: users, inRole: map[string][]record.Actor{}, over: map[*given]map[string]bool{},
		nobody: &record.Rights{}, rights: map[seat]*record.Rights{}, reach: map[record.Actor][]record.Actor{}}
	users.all(func(u *User) { s.inRole[u.Role] = append(s.inRole[u.Role], u.ID) })
	for _, rules := range c.rules {
		for _, r := range rules {
			if r.Superiors {
				s.over[r] = s.superiors(r.to)
			}
		}
	}
	return s
}

// superiors returns the roles above those that m takes in, by name or as users who have them.
func (s *state) superiors(m *members) map[string]bool {
	over := map[string]bool{}
	add := func(role string) {
		for _, above := range s.conf.above[role] {
			over[above] = true
		}
	}
	for role := range m.roles {
		add(role)
	}
	for id := range m.users {
		if u := s.users.find(id); u != nil {
			add(u.Role)
		}
	}
	return over
}

// active returns the user of that id and their profile; ok is false for someone who may do nothing.
func (s *state) active(id record.Actor) (u *User, p *Profile, ok bool) {
	if u = s.users.find(id); u == nil || !u.Active {
		return nil, nil, false
	}
	p = s.conf.profiles[u.Profile]
	return u, p, p != nil
}

// rightsOf returns what a user may do in a module, or in the organization for the module "".
func (s *state) rightsOf(policy *Policy, id record.Actor, module string) *record.Rights {
	u, p, ok := s.active(id)
	if !ok {
		return s.nobody
	}
	at := seat{policy, id, module}
	s.mu.RLock()
	r := s.rights[at]
	s.mu.RUnlock()
	if r != nil {
		return r
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r = s.rights[at]; r != nil {
		return r
	}
	if s.kept > maxKept {
		s.rights, s.reach, s.kept = map[seat]*record.Rights{}, map[record.Actor][]record.Actor{}, 0
	}
	r = &record.Rights{Allowed: map[record.Right]bool{}}
	for _, right := range p.rights(module) {
		if p.allows(module, right) {
			r.Allowed[right] = true
		}
	}
	if policy != nil && p.ID == Administrator {
		for _, right := range policy.Own {
			r.Allowed[right] = true
		}
	}
	if module != "" && r.Allowed[record.RightView] {
		r.Fields = p.permission(module).Fields
		r.Scopes = s.scopes(u, module)
	}
	s.rights[at] = r
	return r
}

// scopes returns which records of a module a user reaches at each level. It is called with the lock held.
func (s *state) scopes(u *User, module string) (scopes [record.LevelFull + 1]record.Scope) {
	open := s.conf.document.Defaults[module]
	owners := []record.Actor{u.ID}
	var rules []*given
	if open.applies() {
		owners = s.reached(u)
		for _, r := range s.conf.rules[module] {
			if r.to.has(u) || s.over[r][u.Role] {
				rules = append(rules, r)
			}
		}
	}
	principals := s.conf.principals(u)
	for level := record.LevelFull; level >= record.LevelRead; level-- {
		if u.Role == CEO || open.opens(level) {
			scopes[level].All = true
			continue
		}
		for _, r := range rules {
			switch {
			case r.Level != level:
			case r.principal != "":
				principals = append(slices.Clip(principals), r.principal)
			default:
				owners = s.also(owners, r.from)
			}
		}
		scopes[level].Owners, scopes[level].Principals = slices.Clip(owners), slices.Clip(principals)
	}
	return scopes
}

// reached returns the owners whose records the tree of roles gives to a user, who comes first.
func (s *state) reached(u *User) []record.Actor {
	if owners := s.reach[u.ID]; owners != nil {
		return owners
	}
	owners := []record.Actor{u.ID}
	if r := s.conf.roles[u.Role]; r != nil && r.Peers {
		for _, peer := range s.inRole[u.Role] {
			if peer != u.ID {
				owners = append(owners, peer)
			}
		}
	}
	for _, role := range s.conf.below[u.Role] {
		owners = append(owners, s.inRole[role]...)
	}
	s.reach[u.ID] = owners
	s.kept += len(owners)
	return owners
}

// also returns owners and those whom m takes in.
func (s *state) also(owners []record.Actor, m *members) []record.Actor {
	has := make(map[record.Actor]bool, len(owners))
	for _, id := range owners {
		has[id] = true
	}
	all := slices.Clone(owners)
	add := func(id record.Actor) {
		if !has[id] {
			has[id] = true
			all = append(all, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.users)) {
		add(id)
	}
	for _, role := range slices.Sorted(maps.Keys(m.roles)) {
		for _, id := range s.inRole[role] {
			add(id)
		}
	}
	if len(all) == len(owners) {
		return owners
	}
	s.kept += len(all)
	return all
}

// directly reports whether these rights reach a record of an owner at a level other than by a share. met are the
// principals of the rules whose criteria it meets.
func directly(r *record.Rights, level record.Level, owner record.Actor, met []string) bool {
	scope := &r.Scopes[level]
	return scope.All || slices.Contains(scope.Owners, owner) ||
		slices.ContainsFunc(met, func(p string) bool { return slices.Contains(scope.Principals, p) })
}
