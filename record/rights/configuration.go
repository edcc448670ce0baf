package rights

import (
	"sync"

	"github.com/clientele-go/crm/record"
)

// configuration is one version of the document, and what follows from it whoever the users are. It never changes, but for
// the state that it remembers.
type configuration struct {
	document *document
	profiles map[string]*Profile
	roles    map[string]*Role
	groups   map[string]*Group
	above    map[string][]string // the roles above each role, the nearest first
	below    map[string][]string // all roles below each role
	taken    map[string]*members // whom each group takes in
	rules    map[string][]*given // by module

	mu   sync.Mutex
	last *state // of the users that were seen last
}

// given is a rule, with whom it is about.
type given struct {
	*Rule
	from, to  *members
	principal string
}

func readConfiguration(body []byte) (any, error) {
	d, err := readDocument(body)
	if err != nil {
		return nil, err
	}
	return configure(d), nil
}

func configure(d *document) *configuration {
	c := &configuration{document: d, profiles: index(d.Profiles, (*Profile).id), roles: index(d.Roles, (*Role).id),
		groups: index(d.Groups, (*Group).id), above: map[string][]string{}, below: map[string][]string{},
		taken: map[string]*members{}, rules: map[string][]*given{}}
	for _, r := range d.Roles {
		above, _ := climb(c.roles, r.ID)
		c.above[r.ID] = above
		for _, a := range above {
			c.below[a] = append(c.below[a], r.ID)
		}
	}
	for _, g := range d.Groups {
		c.taken[g.ID] = c.members(OfGroup(g.ID))
	}
	for _, r := range d.Rules {
		c.rules[r.Module] = append(c.rules[r.Module], &given{r, c.members(r.From), c.members(r.To), r.principal()})
	}
	return c
}

func index[T any](all []*T, of func(*T) string) map[string]*T {
	m := make(map[string]*T, len(all))
	for _, x := range all {
		m[of(x)] = x
	}
	return m
}

// state returns what follows from the configuration and the users of a roster, which load reads: the same as long as it is
// the same roster.
func (c *configuration) state(r *roster, load func() (*usersByID, error)) (*state, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil || c.last.roster != r {
		users, err := load()
		if err != nil {
			return nil, err
		}
		c.last = newState(c, users)
		c.last.roster = r
	}
	return c.last, nil
}

// grants returns the conditions of the rules of a module, as its fields are now. A rule whose fields are no longer there
// grants nothing.
func (c *configuration) grants(module string, shape *record.Shape) (grants []record.Grant) {
	for _, r := range c.rules[module] {
		if r.principal == "" {
			continue
		}
		if where, wrong := r.filter(shape); len(wrong.fields) == 0 {
			grants = append(grants, record.Grant{Principal: r.principal, Where: where})
		}
	}
	return grants
}
