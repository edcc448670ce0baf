package rights

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

// model says who reaches what by walking the rules of zoho.md 8 as they are written, without any of the shortcuts of this
// package.
type model struct {
	profiles map[string]bool // whether they may view the module
	roles    map[string]*Role
	groups   map[string]*Group
	users    map[record.Actor]*User
	def      Default
	rules    []*Rule
}

// deal is a record, as far as rights go.
type deal struct {
	owner  record.Actor
	colour string
	shares []Share
}

func (m *model) isAbove(high, low string) bool {
	parent := m.roles[low].Parent
	return parent != "" && (parent == high || m.isAbove(high, parent))
}

func (m *model) takesRole(p Principal, role string) bool {
	switch kind, id := p.split(); kind {
	case "role":
		return id == role
	case "roles":
		return id == role || m.isAbove(id, role)
	case "group":
		return slices.ContainsFunc(m.groups[id].Members, func(in Principal) bool { return m.takesRole(in, role) })
	}
	return false
}

func (m *model) takes(p Principal, u *User) bool {
	switch kind, id := p.split(); kind {
	case "public":
		return true
	case "user":
		return id == string(u.ID)
	case "group":
		return slices.ContainsFunc(m.groups[id].Members, func(in Principal) bool { return m.takes(in, u) })
	}
	return m.takesRole(p, u.Role)
}

// givesTo reports whether a rule gives to a user.
func (m *model) givesTo(r *Rule, u *User) bool {
	if m.takes(r.To, u) {
		return true
	}
	if !r.Superiors {
		return false
	}
	for id := range m.roles {
		if m.takesRole(r.To, id) && m.isAbove(u.Role, id) {
			return true
		}
	}
	for _, v := range m.users {
		if m.takes(r.To, v) && m.isAbove(u.Role, v.Role) {
			return true
		}
	}
	return false
}

func (m *model) reaches(id record.Actor, d *deal, level record.Level) bool {
	u := m.users[id]
	switch {
	case u == nil, !u.Active, !m.profiles[u.Profile]:
		return false
	case u.Role == CEO, m.def == PublicReadWriteDelete, u.ID == d.owner:
		return true
	case m.def == PublicReadWrite && level <= record.LevelWrite, m.def == PublicReadOnly && level == record.LevelRead:
		return true
	}
	for _, sh := range d.shares {
		if sh.Level >= level && m.takes(sh.To, u) {
			return true
		}
	}
	if m.def == PublicReadWrite {
		return false
	}
	owner := m.users[d.owner]
	if owner != nil && (m.isAbove(u.Role, owner.Role) || u.Role == owner.Role && m.roles[u.Role].Peers) {
		return true
	}
	for _, r := range m.rules {
		if r.Level < level || !m.givesTo(r, u) {
			continue
		}
		if r.From != "" && owner != nil && m.takes(r.From, owner) || slices.ContainsFunc(r.Criteria, func(c Criterion) bool { return slices.Contains(c.Values, d.colour) }) {
			return true
		}
	}
	return false
}

// world is a random organization, its model and its state.
type world struct {
	model
	state  *state
	actors []record.Actor
	deals  []*deal
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func newWorld(r *rand.Rand) *world {
	w := &world{model: model{profiles: map[string]bool{Administrator: true, Standard: true}, roles: map[string]*Role{},
		groups: map[string]*Group{}, users: map[record.Actor]*User{}, def: pick(r, []Default{0, 0, 1, 2, 3})}}
	d, err := readDocument(nil)
	if err != nil {
		panic(err)
	}
	d.Profiles = put(d.Profiles, d.Profiles[1].Without("Deals", record.RightView), func(p *Profile) string { return p.ID })
	d.Profiles[1].ID = "blind"
	d.Profiles = put(d.Profiles, builtInProfiles()[1], (*Profile).id)
	w.roles[CEO] = d.Roles[0]
	roleIDs := []string{CEO}
	for i := range r.IntN(8) {
		role := &Role{ID: fmt.Sprintf("r%d", i), Parent: pick(r, roleIDs), Peers: r.IntN(4) == 0}
		roleIDs = append(roleIDs, role.ID)
		w.roles[role.ID] = role
		d.Roles = put(d.Roles, role, (*Role).id)
	}
	users, changed := &usersByID{}, [shards][]*User{}
	for i := range 1 + r.IntN(8) {
		u := &User{ID: record.Actor(fmt.Sprintf("u%d", i)), Role: pick(r, roleIDs), Active: r.IntN(6) > 0,
			Profile: pick(r, []string{Administrator, Standard, Standard, Standard, "blind", "none"})}
		w.actors = append(w.actors, u.ID)
		w.users[u.ID] = u
		changed[shardOf(u.ID)] = append(changed[shardOf(u.ID)], u)
	}
	for i, us := range changed {
		users[i] = users[i].with(us)
	}
	var groupIDs []string
	principal := func(kinds ...string) Principal {
		switch kind := pick(r, kinds); {
		case kind == kindRoles:
			return OfRoles(pick(r, roleIDs))
		case kind == kindUser:
			return OfUser(pick(r, w.actors))
		case kind == kindGroup && len(groupIDs) > 0:
			return OfGroup(pick(r, groupIDs))
		}
		return OfRole(pick(r, roleIDs))
	}
	for i := range r.IntN(4) {
		g := &Group{ID: fmt.Sprintf("g%d", i)}
		for range r.IntN(4) {
			g.Members = append(g.Members, principal(kindUser, kindRole, kindRoles, kindGroup))
		}
		groupIDs = append(groupIDs, g.ID)
		w.groups[g.ID] = g
		d.Groups = put(d.Groups, g, (*Group).id)
	}
	for i := range r.IntN(4) {
		rule := &Rule{ID: fmt.Sprint(i), Module: "Deals", To: principal(kindRole, kindRoles, kindGroup),
			Level: record.Level(1 + r.IntN(3)), Superiors: r.IntN(2) == 0}
		if r.IntN(2) == 0 {
			rule.From = principal(kindRole, kindRoles, kindGroup)
		} else {
			rule.Criteria = []Criterion{{Field: "Colour", Op: OpEqual, Values: []string{pick(r, []string{"red", "blue"})}}}
		}
		w.rules = append(w.rules, rule)
		d.Rules = put(d.Rules, rule, (*Rule).id)
	}
	d.Rules = put(d.Rules, &Rule{ID: "other", Module: "Others", From: OfRoles(CEO), To: OfRoles(CEO), Level: record.LevelFull}, (*Rule).id)
	d.Defaults["Deals"] = w.def
	for range 12 {
		x := &deal{owner: pick(r, append(w.actors, "stranger")), colour: pick(r, []string{"red", "blue", ""})}
		for range r.IntN(3) {
			x.shares = append(x.shares, Share{To: principal(kindUser, kindRole, kindRoles, kindGroup), Level: record.Level(1 + r.IntN(3))})
		}
		if r.IntN(8) == 0 {
			x.shares = append(x.shares, Share{To: Public, Level: record.Level(1 + r.IntN(3))})
		}
		w.deals = append(w.deals, x)
	}
	w.actors = append(w.actors, "stranger", "")
	w.state = newState(configure(d), users)
	return w
}

// met is the principals of the rules whose criteria a record meets.
func (w *world) met(d *deal) (met []string) {
	for _, r := range w.rules {
		if len(r.Criteria) > 0 && slices.Contains(r.Criteria[0].Values, d.colour) {
			met = append(met, r.principal())
		}
	}
	return met
}

func TestStateIsAsTheModelSays(t *testing.T) {
	t.Parallel()
	reached, refused := 0, 0
	for seed := range uint64(1500) {
		w := newWorld(rand.New(rand.NewPCG(seed, 8)))
		for _, a := range w.actors {
			rights := w.state.rightsOf(nil, a, "Deals")
			require.Same(t, rights, w.state.rightsOf(nil, a, "Deals"))
			require.Equal(t, w.reaches(a, &deal{owner: a}, record.LevelRead), rights.Allowed[record.RightView], "seed %d: %s", seed, a)
			for i, d := range w.deals {
				met := w.met(d)
				for level := record.LevelRead; level <= record.LevelFull; level++ {
					got := directly(rights, level, d.owner, met)
					for _, sh := range d.shares {
						got = got || sh.Level >= level && slices.Contains(rights.Scopes[level].Principals, string(sh.To))
					}
					want := w.reaches(a, d, level)
					require.Equal(t, want, got, "seed %d: %s, deal %d, %s", seed, a, i, LevelLabel(level, record.English))
					unshared := w.reaches(a, &deal{owner: d.owner, colour: d.colour}, level)
					require.Equal(t, unshared, directly(rights, level, d.owner, met), "seed %d: %s, deal %d without its shares", seed, a, i)
					if want {
						reached++
					} else {
						refused++
					}
				}
			}
		}
	}
	require.Greater(t, min(reached, refused), 50_000, "the worlds try both")
}
