package matrix

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/blob"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Part is a host's module, which links to accounts.
type Part struct {
	record.Meta
	Name      string
	AccountID record.ID
	Count     *int64
}

var parts = record.Define("Parts", []record.Field[Part]{
	record.Text("Part_Name", 40, func(p *Part) *string { return &p.Name }).Required().Folded(),
	record.Lookup("Account", func(p *Part) *record.ID { return &p.AccountID }).To(account.Module).OnDelete(record.Refuse),
	record.Integer("Count", 9, func(p *Part) **int64 { return &p.Count }),
}, record.ModuleOptions{Singular: "Part", Chinese: "部件"})

// stores are what calls are tried on. Twice runs each function of an Update twice, the first time for nothing.
var stores = map[string]func(testing.TB) storage.Store{
	"memory": func(testing.TB) storage.Store { return memory.New(nil) },
	"sqlite": func(tb testing.TB) storage.Store {
		s, err := sqlite.Open(filepath.Join(tb.TempDir(), "crm.db"), nil)
		require.NoError(tb, err)
		return s
	},
	"twice": func(testing.TB) storage.Store {
		return storagetest.Faulty(memory.New(nil), &storagetest.Faults{Twice: true})
	},
}

// user is somebody who acts, as the model knows them.
type user struct {
	profile, role string
	active        bool
}

// place is a record, as the model knows it: who owns it, what a rule can see of it, and with whom it is shared.
type place struct {
	name     string // of the record, and of how it is to those in the role "mid"
	owner    record.Actor
	industry string
	shares   map[string]record.Level // by "role:mid" and the like
}

// The tree of roles: the parent of each.
var parents = map[string]string{rights.CEO: "", "mid": rights.CEO, "low": "mid", "east": rights.CEO, "north": rights.CEO, "pals": rights.CEO, "spare": rights.CEO, "unused": rights.CEO}

// team are the members of the group of that name.
var team = []string{"user:usual", "role:low"}

// peers are the roles whose users share data with each other.
var peers = map[string]bool{"pals": true}

// ruling is a sharing rule: of the records of a role, or of an industry.
type ruling struct {
	from, industry, to string
	level              record.Level
	superiors          bool
}

var rulings = []ruling{
	{from: "north", to: "mid", level: read},
	{industry: "Matched", to: "mid", level: full},
	{industry: "Written", to: "mid", level: write},
	{industry: "Low", to: "low", level: full},
	{industry: "Up", to: "low", level: write, superiors: true},
}

// moduleRights are what a profile may allow in a module, and what each is worth nothing without. Zoho: everything in a
// module needs View, Import needs Create, Change Owner needs Edit.
var moduleRights = map[record.Right]record.Right{view: "", create: view, edit: view, remove: view, share: view, record.RightExport: view,
	imports: create, give: edit, record.RightConvert: edit}

var organizationRights = []record.Right{record.RightUse, record.RightCustomize, record.RightManageUsers, record.RightManageData}

// profile is what its users may do, as the model knows it: all but what it lacks.
type profile struct {
	lacks        []record.Right // in the module Accounts
	organization []record.Right // that it has
	phone        record.Access  // to the field Phone
}

// profiles are by their ids. Those of names beginning with "no" lack one right, and what needs it.
var profiles = func() map[string]profile {
	use := []record.Right{record.RightUse}
	all := map[string]profile{"everything": {organization: organizationRights}, "usual": {organization: use},
		"reading": {organization: use, phone: record.FieldReadOnly}, "blind": {organization: use, phone: record.FieldHidden}}
	for r := range moduleRights {
		p := profile{organization: use}
		for other := range moduleRights {
			for at := other; at != ""; at = moduleRights[at] {
				if at == r {
					p.lacks = append(p.lacks, other)
				}
			}
		}
		all["no-"+string(r)] = p
	}
	for _, r := range organizationRights {
		p := profile{organization: slices.DeleteFunc(slices.Clone(organizationRights), func(o record.Right) bool { return o == r })}
		if r == record.RightUse { // everything needs it
			p.organization = nil
			for other := range moduleRights {
				p.lacks = append(p.lacks, other)
			}
		}
		all["no-"+string(r)] = p
	}
	return all
}()

// users are by their ids: one in the role "mid" for each profile, by the name of the profile, and others.
var users = func() map[record.Actor]user {
	all := map[record.Actor]user{"ceo": {rights.Administrator, rights.CEO, true}, "low1": {"usual", "low", true}, "east1": {"usual", "east", true},
		"north1": {"usual", "north", true}, "pal1": {"usual", "pals", true}, "pal2": {"usual", "pals", true}, "idle": {"everything", "mid", false}}
	for id := range profiles {
		all[record.Actor(id)] = user{id, "mid", true}
	}
	return all
}()

// places are all records that there are, each once live and once in the bin.
var places = func() []place {
	all := []place{
		{name: "subordinate's", owner: "low1"},
		{name: "out of reach", owner: "east1"},
		{name: "stranger's", owner: "who"},
		{name: "peer's", owner: "mid1"},
		{name: "sharing peer's", owner: "pal2"},
		{name: "shared to read", owner: "east1", shares: map[string]record.Level{"role:mid": read}},
		{name: "shared to write", owner: "east1", shares: map[string]record.Level{"role:mid": write}},
		{name: "shared fully", owner: "east1", shares: map[string]record.Level{"role:mid": full}},
		{name: "shared with a subordinate", owner: "east1", shares: map[string]record.Level{"user:low1": full}},
		{name: "shared with a subordinate's role", owner: "east1", shares: map[string]record.Level{"role:low": full}},
		{name: "shared with a tree of roles", owner: "east1", shares: map[string]record.Level{"roles:mid": write}},
		{name: "shared with a group", owner: "east1", shares: map[string]record.Level{"group:team": write, "roles:north": read}},
		{name: "public to read", owner: "east1", shares: map[string]record.Level{"public": read}},
		{name: "by a rule of owners", owner: "north1"},
		{name: "by a rule of values", owner: "east1", industry: "Matched"},
		{name: "by a rule, to write", owner: "east1", industry: "Written"},
		{name: "by a rule for subordinates", owner: "east1", industry: "Low"},
		{name: "by a rule for superiors too", owner: "east1", industry: "Up"},
	}
	for id := range users {
		all = append(all, place{name: "own of " + string(id), owner: id})
	}
	slices.SortFunc(all, func(a, b place) int { return len(a.name)*1000 + int(a.name[0]) - len(b.name)*1000 - int(b.name[0]) })
	return all
}()

// defaults are those of the organization, each of which has a tenant of its own.
var defaults = map[string]rights.Default{"private": rights.Private, "read only": rights.PublicReadOnly, "read write": rights.PublicReadWrite,
	"read write delete": rights.PublicReadWriteDelete}

// stored is where a place is.
type stored struct {
	live, bin   record.ID
	versionLive int64
	versionBin  int64
}

// world is a store with one organization for each default.
type world struct {
	*testing.T
	org      *crm.Org // as nobody
	host     *crm.Org
	spy      *spy
	clock    *clock
	failures int
	at       map[string]map[string]stored // by default, and by name of the place
	seen     map[string]string            // what there is before cells, by default and record
}

func newWorld(t *testing.T, open func(testing.TB) storage.Store, which ...string) *world {
	w := &world{T: t, spy: &spy{Store: open(t)}, clock: &clock{now: crmtest.Clock()}, at: map[string]map[string]stored{}, seen: map[string]string{}}
	t.Cleanup(func() { require.NoError(t, w.spy.Close()) })
	o, err := crm.Open(t.Context(), w.spy, &crm.Options{Blobs: blob.Memory(), Policy: rights.New(), Modules: []*record.Schema{parts.Schema}, Now: w.clock.Now})
	require.NoError(t, err)
	w.org, w.host = o, o.AsSystem()
	for _, name := range which {
		host := w.host.Tenant(name)
		require.NoError(t, host.Update(t.Context(), func(tx *crm.Org) error { return w.settle(t.Context(), tx, name) }))
		t.Cleanup(func() { require.NoError(t, crm.Verify(context.WithoutCancel(t.Context()), host)) })
	}
	return w
}

// settle makes an organization as it is described above.
func (w *world) settle(ctx context.Context, o *crm.Org, name string) error {
	w.at[name] = map[string]stored{}
	must := func(err error) { require.NoError(w, err) }
	for range parents { // parents first
		for id, parent := range parents {
			if id != rights.CEO {
				_ = o.Rights.SaveRole(ctx, &rights.Role{ID: id, Name: id, Parent: parent, Peers: peers[id]})
			}
		}
	}
	for id, p := range profiles {
		must(o.Rights.SaveProfile(ctx, p.as(id)))
	}
	w.spares(ctx, o)
	for i, r := range rulings {
		rule := &rights.Rule{ID: fmt.Sprint(i), Name: fmt.Sprint(i), Module: account.Module, Level: r.level, To: rights.OfRole(r.to), Superiors: r.superiors}
		if r.from != "" {
			rule.From = rights.OfRole(r.from)
		} else {
			rule.Criteria = []rights.Criterion{{Field: "Industry", Op: rights.OpEqual, Values: []string{r.industry}}}
		}
		must(o.Rights.SaveRule(ctx, rule))
	}
	must(o.Rights.SetDefault(ctx, account.Module, defaults[name]))
	var us []rights.User
	for id, u := range users {
		us = append(us, rights.User{ID: id, Profile: u.profile, Role: u.role, Active: u.active})
	}
	us = append(us, rights.User{ID: "mid1", Profile: "usual", Role: "mid", Active: true})
	must(o.Rights.SaveUsers(ctx, us...))
	group := &rights.Group{ID: "team", Name: "Team"}
	for _, m := range team {
		group.Members = append(group.Members, rights.Principal(m))
	}
	must(o.Rights.SaveGroup(ctx, group))
	return w.people(ctx, o, name)
}

// spares makes what calls of the administration change and delete.
func (w *world) spares(ctx context.Context, o *crm.Org) {
	require.NoError(w, o.Rights.SaveProfile(ctx, &rights.Profile{ID: "spare", Name: "Spare"}))
	require.NoError(w, o.Rights.SaveGroup(ctx, &rights.Group{ID: "spare", Name: "Spare"}))
	require.NoError(w, o.Rights.SaveRule(ctx, &rights.Rule{ID: "spare", Name: "Spare", Module: parts.Module, Level: read, From: rights.OfRole("spare"), To: rights.OfRole("spare")}))
}

// people makes the records.
func (w *world) people(ctx context.Context, o *crm.Org, name string) error {
	for _, p := range places {
		var pair [2]*account.Account
		for i := range pair {
			pair[i] = &account.Account{Name: p.name, Industry: p.industry, Phone: "555 0000", Type: "Other", Meta: record.Meta{Owner: p.owner}}
		}
		require.NoError(w, o.Accounts.Create(ctx, pair[:]...))
		for _, a := range pair {
			a.Phone = phoneBefore
			require.NoError(w, o.Accounts.Update(ctx, a))
			var shares []record.Share
			for to, level := range p.shares {
				shares = append(shares, record.Share{Principal: to, Level: level})
			}
			require.NoError(w, o.Accounts.SetShares(ctx, a.ID, shares))
		}
		require.NoError(w, o.Accounts.Delete(ctx, pair[1].ID))
		w.at[name][p.name] = stored{pair[0].ID, pair[1].ID, pair[0].Version, pair[1].Version + 1}
	}
	return nil
}

// as is the profile as the library has it.
func (p *profile) as(id string) *rights.Profile {
	allowed := func(lacks []record.Right) (all []record.Right) {
		for r := range moduleRights {
			if !slices.Contains(lacks, r) {
				all = append(all, r)
			}
		}
		return all
	}
	out := &rights.Profile{ID: id, Name: id, Organization: p.organization, Modules: map[string]rights.Permission{}}
	out.Modules[account.Module] = rights.Permission{Rights: allowed(p.lacks)}
	if slices.Contains(p.organization, record.RightUse) {
		out.Modules[rights.AllModules] = rights.Permission{Rights: allowed(nil)}
	}
	if p.phone != record.FieldReadWrite {
		m := out.Modules[account.Module]
		m.Fields = map[string]record.Access{"Phone": p.phone}
		out.Modules[account.Module] = m
	}
	return out
}

// clock can be put ahead.
type clock struct {
	now   func() time.Time
	ahead atomic.Int64
}

func (c *clock) Now() time.Time { return c.now().Add(time.Duration(c.ahead.Load())) }

// later calls fn when what waits in the bin has expired.
func (c *clock) later(fn func()) {
	c.ahead.Store(int64(record.Retention + 24*time.Hour))
	defer c.ahead.Store(0)
	fn()
}
