package rights

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

func seller(rights ...record.Right) *Profile {
	return &Profile{ID: "seller", Name: "Seller", Organization: []record.Right{record.RightUse},
		Modules: map[string]Permission{AllModules: {Rights: rights}}}
}

func TestWithout(t *testing.T) {
	t.Parallel()
	all := builtInProfiles()[1]
	for name, c := range map[string]struct {
		of     *Profile
		module string
		right  record.Right
		there  []record.Right // in Deals
		others []record.Right // in Leads
	}{
		"create takes import": {all, "Deals", record.RightCreate,
			[]record.Right{"View", "Edit", "Delete", "Share", "Export", "Change_Owner", "Convert"}, moduleRights},
		"edit takes change owner and convert": {all, "Deals", record.RightEdit,
			[]record.Right{"View", "Create", "Delete", "Share", "Import", "Export"}, moduleRights},
		"export takes nothing else": {all, AllModules, record.RightExport,
			[]record.Right{"View", "Create", "Edit", "Delete", "Share", "Import", "Change_Owner", "Convert"},
			[]record.Right{"View", "Create", "Edit", "Delete", "Share", "Import", "Change_Owner", "Convert"}},
		"view takes all":             {all, "Deals", record.RightView, nil, moduleRights},
		"in all modules":             {all.Without("Deals", record.RightCreate), AllModules, record.RightView, nil, nil},
		"use takes everything":       {all, "", record.RightUse, nil, nil},
		"another of the host's":      {seller("View", "billing.Approve"), "Deals", "billing.Approve", []record.Right{"View"}, []record.Right{"View", "billing.Approve"}},
		"view takes the host's":      {seller("View", "billing.Approve"), "Deals", record.RightView, nil, []record.Right{"View", "billing.Approve"}},
		"one that the profile lacks": {seller("View"), "Deals", record.RightEdit, []record.Right{"View"}, []record.Right{"View"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := *c.of
			got := c.of.Without(c.module, c.right)
			require.ElementsMatch(t, c.there, got.rights("Deals"))
			require.ElementsMatch(t, c.others, got.rights("Leads"))
			require.Equal(t, before, *c.of)
		})
	}
	require.Empty(t, builtInProfiles()[0].Without("", record.RightUse).Organization)
}

func TestAllows(t *testing.T) {
	t.Parallel()
	p := seller("View", "Import", "Change_Owner")
	require.True(t, p.allows("Deals", record.RightView))
	require.False(t, p.allows("Deals", record.RightImport), "without Create")
	require.False(t, p.allows("Deals", record.RightChangeOwner), "without Edit")
	p.Organization = nil
	require.False(t, p.allows("Deals", record.RightView), "without Use")
}

func TestCheckProfile(t *testing.T) {
	t.Parallel()
	fields := func(module, name string) (record.Def, bool) {
		d, ok := map[string]record.Def{"Name": {Name: "Name", Required: true}, "Stage": {Name: "Stage"}, "Owner": {Name: "Owner"}}[name]
		return d, ok && module == "Deals"
	}
	in := func(module string, p Permission) *Profile {
		return &Profile{ID: "x", Name: "X", Organization: []record.Right{record.RightUse}, Modules: map[string]Permission{module: p}}
	}
	view := []record.Right{record.RightView}
	standard := func(change func(p *Profile)) *Profile { p := builtInProfiles()[1]; change(p); return p }
	for name, c := range map[string]struct {
		p    *Profile
		want []record.FieldError
	}{
		"good": {in("Deals", Permission{moduleRights, map[string]record.Access{"Stage": record.FieldHidden, "Name": record.FieldReadOnly}}), nil},
		"import needs create": {in("Deals", Permission{Rights: []record.Right{"View", "Import"}}), []record.FieldError{
			{Field: "Import", Code: record.CodeInvalid, Args: record.Args{"module": "Deals", "needs": record.RightCreate}}}},
		"everything needs view": {in(AllModules, Permission{Rights: []record.Right{"Share", "billing.Approve"}}), []record.FieldError{
			{Field: "Share", Code: record.CodeInvalid, Args: record.Args{"module": AllModules, "needs": record.RightView}},
			{Field: "billing.Approve", Code: record.CodeInvalid, Args: record.Args{"module": AllModules, "needs": record.RightView}}}},
		"everything needs use": {&Profile{ID: "x", Name: "X", Modules: map[string]Permission{"Deals": {Rights: view}}}, []record.FieldError{
			{Field: "View", Code: record.CodeInvalid, Args: record.Args{"module": "Deals", "needs": record.RightUse}}}},
		"customize needs use": {&Profile{ID: "x", Name: "X", Organization: []record.Right{record.RightCustomize}}, []record.FieldError{
			{Field: "Customize", Code: record.CodeInvalid, Args: record.Args{"module": "", "needs": record.RightUse}}}},
		"misspelt": {in("Deals", Permission{Rights: []record.Right{"View", "Veiw", "View"}}), []record.FieldError{
			{Field: "Veiw", Code: record.CodeInvalid, Args: record.Args{"module": "Deals", "expected": expectedRight}},
			{Field: "View", Code: record.CodeDuplicate, Args: record.Args{"module": "Deals"}}}},
		"right of the organization in a module": {in("Deals", Permission{Rights: []record.Right{"View", "Customize"}}), []record.FieldError{
			{Field: "Customize", Code: record.CodeInvalid, Args: record.Args{"module": "Deals", "expected": expectedRight}}}},
		"no module": {in("Deels", Permission{Rights: view}), []record.FieldError{
			{Field: "Modules", Code: record.CodeNotFound, Args: record.Args{"module": "Deels"}}}},
		"fields": {in("Deals", Permission{view, map[string]record.Access{"Name": record.FieldHidden, "Owner": record.FieldHidden, "Stage": 9, "Stag": 1}}), []record.FieldError{
			{Field: "Name", Code: record.CodeInvalid, Args: record.Args{"module": "Deals", "expected": expectedShown}},
			{Field: "Owner", Code: record.CodeInvalid, Args: record.Args{"module": "Deals", "expected": expectedShown}},
			{Field: "Stag", Code: record.CodeUnknown, Args: record.Args{"module": "Deals"}},
			{Field: "Stage", Code: record.CodeInvalid, Args: record.Args{"module": "Deals", "expected": expectedAccess}}}},
		"field of all modules": {in(AllModules, Permission{view, map[string]record.Access{"Stage": record.FieldHidden}}), []record.FieldError{
			{Field: "Stage", Code: record.CodeUnknown, Args: record.Args{"module": AllModules}}}},
		"names": {&Profile{ID: "a:b", Chinese: string(make([]rune, 51))}, []record.FieldError{
			{Field: "ID", Code: record.CodeInvalid, Args: record.Args{"expected": expectedID}}, {Field: "Name", Code: record.CodeMandatory},
			{Field: "Chinese", Code: record.CodeInvalid, Args: record.Args{"limit": 50, "length": 51}}}},
		"name of another": {&Profile{ID: "x", Name: "ｓTANDARD"}, []record.FieldError{{Field: "Name", Code: record.CodeDuplicate}}},
		"administrator":   {builtInProfiles()[0], []record.FieldError{{Field: "ID", Code: record.CodeReadOnly}}},
		"standard":        {standard(func(p *Profile) { p.Modules = nil }), nil},
		"standard's name": {standard(func(p *Profile) { p.Chinese = "" }), []record.FieldError{{Field: "Name", Code: record.CodeReadOnly}}},
		"standard's organization": {standard(func(p *Profile) { p.Organization = append(p.Organization, record.RightCustomize) }), []record.FieldError{
			{Field: "Organization", Code: record.CodeReadOnly}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := readDocument(nil)
			require.NoError(t, err)
			p := &problems{}
			d.checkProfile(p, c.p, []string{"Deals", "Leads"}, fields)
			require.Equal(t, c.want, p.fields)
		})
	}
}

func TestAdministratorHasTheRightsOfTheHost(t *testing.T) {
	t.Parallel()
	d, err := readDocument(nil)
	require.NoError(t, err)
	users := usersOf(User{ID: "ann", Profile: Administrator, Role: CEO, Active: true}, User{ID: "bob", Profile: Standard, Role: CEO, Active: true})
	s := newState(configure(d), users)
	p := &Policy{Own: []record.Right{"billing.Approve"}}
	require.True(t, s.rightsOf(p, "ann", "Deals").Allowed["billing.Approve"])
	require.True(t, s.rightsOf(p, "ann", "").Allowed["billing.Approve"])
	require.False(t, s.rightsOf(p, "bob", "Deals").Allowed["billing.Approve"])
	require.False(t, s.rightsOf(New(), "ann", "Deals").Allowed["billing.Approve"])
	require.Equal(t, map[record.Right]bool{record.RightUse: true}, s.rightsOf(p, "bob", "").Allowed)
}

func usersOf(us ...User) *usersByID {
	users := &usersByID{}
	for i := range us {
		at := shardOf(us[i].ID)
		users[at] = users[at].with([]*User{&us[i]})
	}
	return users
}
