package rights

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

// example is a document with each thing in it.
func example(t *testing.T) *document {
	t.Helper()
	d, err := readDocument(nil)
	require.NoError(t, err)
	d.Profiles = put(d.Profiles, &Profile{ID: "seller", Name: "Seller", Chinese: "销售", Organization: []record.Right{record.RightUse},
		Modules: map[string]Permission{"Deals": {Rights: []record.Right{record.RightView}, Fields: map[string]record.Access{"Amount": record.FieldHidden, "Stage": record.FieldReadOnly}}}}, (*Profile).id)
	d.Roles = put(d.Roles, &Role{ID: "west", Name: "West", Parent: CEO, Peers: true}, (*Role).id)
	d.Roles = put(d.Roles, &Role{ID: "coast", Name: "Coast", Parent: "west"}, (*Role).id)
	d.Groups = put(d.Groups, &Group{ID: "team", Name: "Team", Members: []Principal{OfUser("ann"), OfRoles("west")}}, (*Group).id)
	d.Groups = put(d.Groups, &Group{ID: "teams", Name: "Teams", Members: []Principal{OfGroup("team")}}, (*Group).id)
	d.Rules = put(d.Rules, &Rule{ID: "big", Name: "Big", Module: "Deals", Criteria: []Criterion{{"Amount", OpGreater, []string{"1000"}}}, To: OfGroup("team"), Level: record.LevelFull, Superiors: true}, (*Rule).id)
	d.Defaults["Deals"] = PublicReadOnly
	d.Gone = []Principal{OfRole("east")}
	return d
}

// What is stored stays readable: a change of this text is a change of what organizations have.
func TestStoredForm(t *testing.T) {
	t.Parallel()
	d := example(t)
	d.Profiles = d.Profiles[1:2]
	body, err := json.Marshal(d)
	require.NoError(t, err)
	require.JSONEq(t, `{
		"Profiles": [{"ID": "seller", "Name": "Seller", "Chinese": "销售", "Organization": ["Use"],
			"Modules": {"Deals": {"Rights": ["View"], "Fields": {"Amount": 2, "Stage": 1}}}}],
		"Roles": [{"ID": "ceo", "Name": "CEO", "Chinese": "首席执行官", "Parent": "", "Peers": false},
			{"ID": "coast", "Name": "Coast", "Chinese": "", "Parent": "west", "Peers": false},
			{"ID": "west", "Name": "West", "Chinese": "", "Parent": "ceo", "Peers": true}],
		"Groups": [{"ID": "team", "Name": "Team", "Chinese": "", "Members": ["user:ann", "roles:west"]},
			{"ID": "teams", "Name": "Teams", "Chinese": "", "Members": ["group:team"]}],
		"Rules": [{"ID": "big", "Name": "Big", "Module": "Deals", "From": "", "To": "group:team", "Level": 3, "Superiors": true,
			"Criteria": [{"Field": "Amount", "Op": "greater_than", "Values": ["1000"]}]}],
		"Defaults": {"Deals": 1}, "Gone": ["role:east"]}`, string(body))
	users, err := json.Marshal(usersOf(User{"ann", Standard, "west", true})[shardOf("ann")].users)
	require.NoError(t, err)
	require.JSONEq(t, `[{"ID": "ann", "Profile": "standard", "Role": "west", "Active": true}]`, string(users))
	require.Equal(t, "rule:big:b97d760389676cf5", d.Rules[0].principal())
	require.Equal(t, "rights.users.8", shardName(shardOf("ann")))

	again, err := readDocument(body)
	require.NoError(t, err)
	require.Equal(t, example(t), again)
	_, err = readDocument([]byte("{"))
	require.ErrorContains(t, err, "rights: setting rights")
}

// Nobody can store another Administrator.
func TestAdministratorIsBuiltIn(t *testing.T) {
	t.Parallel()
	d, err := readDocument([]byte(`{"Profiles": [{"ID": "administrator", "Name": "Nobody"}, {"ID": "standard", "Name": "Standard"}]}`))
	require.NoError(t, err)
	require.Equal(t, builtInProfiles()[0], d.Profiles[0])
	require.Empty(t, d.Profiles[1].Modules)
}

func TestCheckRole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		r    Role
		want []record.FieldError
	}{
		"new":             {Role{ID: "x", Name: "X", Parent: "coast"}, nil},
		"moved":           {Role{ID: "coast", Name: "Coast", Parent: CEO}, nil},
		"renamed CEO":     {Role{ID: CEO, Name: "Owner"}, nil},
		"CEO below":       {Role{ID: CEO, Name: "CEO", Parent: "west"}, []record.FieldError{{Field: "Parent", Code: record.CodeInvalid, Args: record.Args{"expected": expectedTop}}}},
		"second top":      {Role{ID: "x", Name: "X"}, []record.FieldError{{Field: "Parent", Code: record.CodeMandatory}}},
		"no parent":       {Role{ID: "x", Name: "X", Parent: "y"}, []record.FieldError{{Field: "Parent", Code: record.CodeNotFound}}},
		"itself":          {Role{ID: "x", Name: "X", Parent: "x"}, []record.FieldError{{Field: "Parent", Code: record.CodeCircular}}},
		"loop":            {Role{ID: "west", Name: "West", Parent: "coast"}, []record.FieldError{{Field: "Parent", Code: record.CodeCircular}}},
		"name of another": {Role{ID: "x", Name: "WEST", Parent: CEO}, []record.FieldError{{Field: "Name", Code: record.CodeDuplicate}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &problems{}
			example(t).checkRole(p, &c.r)
			require.Equal(t, c.want, p.fields)
		})
	}
}

func TestCheckGroup(t *testing.T) {
	t.Parallel()
	users := usersOf(User{"ann", Standard, "west", true})
	for name, c := range map[string]struct {
		members []Principal
		want    []record.FieldError
	}{
		"each kind":  {[]Principal{OfUser("ann"), OfRole("west"), OfRoles(CEO)}, nil},
		"nobody":     {nil, nil},
		"itself":     {[]Principal{OfGroup("team")}, []record.FieldError{{Field: "Members", Code: record.CodeCircular}}},
		"loop":       {[]Principal{OfGroup("teams")}, []record.FieldError{{Field: "Members", Code: record.CodeCircular}}},
		"everyone":   {[]Principal{Public}, []record.FieldError{{Field: "Members", Code: record.CodeInvalid, Args: record.Args{"expected": expectedMember}}}},
		"twice":      {[]Principal{OfRole("west"), OfRole("west")}, []record.FieldError{{Field: "Members", Code: record.CodeDuplicate}}},
		"no user":    {[]Principal{OfUser("bob")}, []record.FieldError{{Field: "Members", Code: record.CodeNotFound}}},
		"no role":    {[]Principal{OfRoles("bob")}, []record.FieldError{{Field: "Members", Code: record.CodeNotFound}}},
		"no group":   {[]Principal{OfGroup("bob")}, []record.FieldError{{Field: "Members", Code: record.CodeNotFound}}},
		"no kind":    {[]Principal{"clan:bob"}, []record.FieldError{{Field: "Members", Code: record.CodeInvalid, Args: record.Args{"expected": expectedMember}}}},
		"no one":     {[]Principal{""}, []record.FieldError{{Field: "Members", Code: record.CodeMandatory}}},
		"no user id": {[]Principal{OfUser("")}, []record.FieldError{{Field: "Members", Code: record.CodeNotFound}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &problems{}
			example(t).checkGroup(p, &Group{ID: "team", Name: "Team", Members: c.members}, users)
			require.Equal(t, c.want, p.fields)
		})
	}
}

// Even of groups that take in each other, which nobody can save, it is known who is in them.
func TestGroupsInALoop(t *testing.T) {
	t.Parallel()
	d := example(t)
	d.Groups[0].Members = append(d.Groups[0].Members, OfGroup("teams"))
	c := configure(d)
	require.Equal(t, c.taken["team"], c.taken["teams"])
	require.True(t, c.taken["teams"].has(&User{ID: "ann"}))
	require.False(t, d.leads(OfGroup("team"), "another", map[Principal]bool{}))
}

// What this package reports has words in every language.
func TestMessages(t *testing.T) {
	t.Parallel()
	for _, expected := range []string{expectedID, expectedTop, expectedRight, expectedAccess, expectedShown, expectedMember,
		expectedParty, expectedFrom, expectedOp, expectedLevel, expectedActive, expectedNew} {
		e := record.FieldError{Code: record.CodeInvalid, Args: record.Args{"expected": expected}}
		require.NotContains(t, e.Message(record.Chinese), expected)
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	require.Equal(t, "更改所有者", record.RightChangeOwner.Label(record.Chinese))
	require.Equal(t, "Change Owner", record.RightChangeOwner.Label(record.English))
	require.Equal(t, "billing.Approve", record.Right("billing.Approve").Label(record.Chinese))
	for _, r := range append(append([]record.Right{}, moduleRights...), organizationRights...) {
		require.NotEqual(t, r.Label(record.English), r.Label(record.Chinese))
	}
	require.Equal(t, "读/写", LevelLabel(record.LevelWrite, record.Chinese))
	require.Empty(t, LevelLabel(9, record.English))
	require.Equal(t, "Public Read/Write/Delete", PublicReadWriteDelete.Label(record.English))
	require.Equal(t, "私有", Private.Label(record.Chinese))
	require.Empty(t, Default(9).Label(record.English))
	require.Equal(t, "管理员", builtInProfiles()[0].Label(record.Chinese))
	require.Equal(t, "Standard", builtInProfiles()[1].Label(record.English))
	require.Equal(t, "首席执行官", builtInRole().Label(record.Chinese))
	require.Equal(t, "Team", (&Group{Name: "Team"}).Label(record.Chinese))
}
