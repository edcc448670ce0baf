package importer_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
)

// limited runs fn on every store, with an organization that holds its users back: ann may do everything, and bob what the
// profile "clerk" lets him.
func limited(t *testing.T, clerk rights.Profile, fn func(t *testing.T, org *crm.Org)) {
	eachWith(t, &crm.Options{Policy: rights.New(), Modules: []*record.Schema{sites.Schema}}, func(t *testing.T, org *crm.Org) {
		host := org.AsSystem().Rights
		profile := clerk
		profile.ID, profile.Name = "clerk", "Clerk"
		require.NoError(t, host.SaveProfile(t.Context(), &profile))
		require.NoError(t, host.SaveRole(t.Context(), &rights.Role{ID: "desk", Name: "Desk", Parent: rights.CEO}))
		require.NoError(t, host.SaveUsers(t.Context(), rights.User{ID: "ann", Profile: rights.Administrator, Role: rights.CEO, Active: true},
			rights.User{ID: "bob", Profile: "clerk", Role: "desk", Active: true}))
		fn(t, org)
	})
}

func allows(rs ...record.Right) rights.Profile {
	return rights.Profile{Organization: []record.Right{record.RightUse}, Modules: map[string]rights.Permission{rights.AllModules: {Rights: rs}}}
}

func TestRightsToImport(t *testing.T) {
	create := []record.Right{record.RightView, record.RightCreate}
	for _, tt := range []struct {
		rights  []record.Right
		missing map[importer.Mode]record.Right
	}{
		{nil, map[importer.Mode]record.Right{importer.Upsert: record.RightImport, importer.Add: record.RightImport, importer.Update: record.RightImport, importer.Clone: record.RightImport}},
		{create, map[importer.Mode]record.Right{importer.Upsert: record.RightImport, importer.Add: record.RightImport, importer.Update: record.RightImport, importer.Clone: record.RightImport}},
		{append(create, record.RightImport), map[importer.Mode]record.Right{importer.Upsert: record.RightEdit, importer.Update: record.RightEdit}},
		{append(create, record.RightImport, record.RightEdit), nil},
	} {
		t.Run(fmt.Sprint(tt.rights), func(t *testing.T) {
			limited(t, allows(tt.rights...), func(t *testing.T, org *crm.Org) {
				for _, mode := range []importer.Mode{importer.Upsert, importer.Add, importer.Update, importer.Clone} {
					before, err := org.AsSystem().Session().Operations(t.Context(), 0)
					require.NoError(t, err)
					text, o := "Account Name\n"+string(mode)+"\n", &importer.Options{Mode: mode}
					_, planned := importer.Plan(t.Context(), org.As("bob").Accounts, file(t, text), o, nil)
					_, err = importer.Run(t.Context(), org.As("bob").Accounts, file(t, text), o)
					missing, refused := tt.missing[mode]
					if !refused {
						require.NoError(t, err, mode)
						require.NoError(t, planned, mode)
						continue
					}
					require.Equal(t, &record.ForbiddenError{Right: missing, Module: "Accounts"}, err, mode)
					require.Equal(t, err, planned, mode)
					after, err := org.AsSystem().Session().Operations(t.Context(), 0)
					require.NoError(t, err)
					require.Len(t, after, len(before), mode)
				}
			})
		})
	}
}

func TestImportOfWhatIsOutOfReach(t *testing.T) {
	limited(t, allows(record.RightView, record.RightCreate, record.RightEdit, record.RightImport), func(t *testing.T, org *crm.Org) {
		ctx, host := t.Context(), org.AsSystem()
		names := map[string]record.ID{}
		for _, name := range []string{"mine", "hers", "shown", "lent"} {
			a := &account.Account{Name: name, Phone: "0"}
			a.Owner = "ann"
			if name == "mine" {
				a.Owner = "bob"
			}
			require.NoError(t, host.Accounts.Create(ctx, a))
			names[name] = a.ID
		}
		for name, level := range map[string]record.Level{"shown": record.LevelRead, "lent": record.LevelWrite} {
			require.NoError(t, host.Rights.Share(ctx, "Accounts", names[name], []rights.Share{{To: rights.OfUser("bob"), Level: level}}))
		}
		var rejects bytes.Buffer
		r := run(t, org.As("bob"), "Account Name,Phone,Parent Account,Owner\n"+
			"mine,2,,\n"+
			"hers,3,,\n"+ // which to bob is not there
			"shown,4,,\n"+
			"lent,5,,\n"+
			"below,6,hers,\n"+ // the one of line 3, since there is no other for him
			"lower,7,shown,\n"+
			"MINE ,8,,\n"+
			"given,9,,ann\n", &importer.Options{Batch: 3, Rejects: &rejects})
		require.Equal(t, []string{"4 NO_PERMISSION", "8 DUPLICATE_ROW Account_Name"}, faults(r))
		require.Equal(t, "8 = 4 + 2 + 0 + 0 + 2", counts(r))
		require.Equal(t, record.Args{"right": "Edit"}, r.Faults[0].Args)
		require.Equal(t, "no permission: Edit", r.Faults[0].Message(record.English))
		require.Equal(t, "没有权限：编辑", r.Faults[0].Message(record.Chinese))
		require.Contains(t, rejects.String(), "shown,4,,,4,NO_PERMISSION,no permission: Edit,\n")
		for name, want := range map[string]string{"mine": "2", "hers": "0", "shown": "0", "lent": "5"} {
			a, err := host.Accounts.Get(ctx, names[name])
			require.NoError(t, err)
			require.Equal(t, want, a.Phone, name)
		}
		below, _, err := host.Accounts.List(ctx, record.Query{Where: record.Eq("Account_Name", "below")})
		require.NoError(t, err)
		parent, err := host.Accounts.Get(ctx, below[0].ParentID)
		require.NoError(t, err)
		require.Equal(t, "hers bob", fmt.Sprint(parent.Name, " ", parent.Owner))
		_, err = importer.Run(ctx, org.As("bob").Accounts, file(t, "Account Name,Owner\nmine,ann\n"), nil)
		require.NoError(t, err) // the row fails by itself
		mine, err := host.Accounts.Get(ctx, names["mine"])
		require.NoError(t, err)
		require.Equal(t, record.Actor("bob"), mine.Owner)
	})
}

// TestLinksToWhatIsHidden imports into one module with links to another one that the actor may not view.
func TestLinksToWhatIsHidden(t *testing.T) {
	clerk := allows(record.RightView, record.RightCreate, record.RightImport, record.RightEdit)
	clerk.Modules["Accounts"] = rights.Permission{}
	limited(t, clerk, func(t *testing.T, org *crm.Org) {
		by := crmtest.Seed(t, org.AsSystem())
		r, err := importer.Run(t.Context(), sites.In(org.As("bob").Session()),
			file(t, "site_name,account\ntower,Acme\nbarn,\nhut,Nobody\nshed,"+by["Acme"].ID.String()+"\n"), nil)
		require.NoError(t, err)
		require.Equal(t, "4 = 1 + 0 + 0 + 0 + 3", counts(r))
		require.Equal(t, []string{"2 NOT_FOUND Account", "4 NOT_FOUND Account", "5 NOT_FOUND Account"}, faults(r))
	})
}

func TestImportOfFieldsThatAreHeldBack(t *testing.T) {
	clerk := allows(record.RightView, record.RightCreate, record.RightEdit, record.RightImport)
	p := clerk.Modules[rights.AllModules]
	clerk.Modules["Accounts"] = rights.Permission{Rights: p.Rights, Fields: map[string]record.Access{"Fax": record.FieldHidden, "Phone": record.FieldReadOnly}}
	limited(t, clerk, func(t *testing.T, org *crm.Org) {
		ctx, host := t.Context(), org.AsSystem()
		a := &account.Account{Name: "a", Phone: "1", Fax: "secret"}
		a.Owner = "bob"
		require.NoError(t, host.Accounts.Create(ctx, a))
		bob := org.As("bob")
		r := run(t, bob, "Account Name,Phone,Fax,Website\na,2,3,a.example\nb,4,5,\n", nil)
		require.Equal(t, "2 = 1 + 1 + 0 + 0 + 0", counts(r))
		require.Equal(t, []importer.Column{{"Account Name", "Account_Name", importer.Imported, importer.ByLabel}, {"Phone", "Phone", importer.ReadOnly, importer.ByName},
			{"Fax", "", importer.Ignored, ""}, {"Website", "Website", importer.Imported, importer.ByName}}, r.Columns)
		for _, name := range []string{"a", "b"} {
			got, _, err := host.Accounts.List(ctx, record.Query{Where: record.Eq("Account_Name", name)})
			require.NoError(t, err)
			want := map[string]string{"a": "1 secret", "b": " "}
			require.Equal(t, want[name], got[0].Phone+" "+got[0].Fax)
		}
		for _, o := range []*importer.Options{{Match: []string{"Fax"}}, {Match: []string{"Nothing"}}, {Columns: map[string]string{"Fax": "Fax"}}, {Columns: map[string]string{"Fax": "Nothing"}}} {
			_, err := importer.Run(ctx, bob.Accounts, file(t, "Account Name,Fax\na,secret\n"), o)
			var he *importer.HeaderError
			require.ErrorAs(t, err, &he)
			require.Equal(t, importer.CodeUnknownField, he.Problems[0].Code)
			require.NotContains(t, strings.ReplaceAll(err.Error(), "\"Fax\"", "\"Nothing\""), "Fax")
		}
	})
}

// layout saves the layout of accounts.
func layout(t *testing.T, org *crm.Org, fields ...record.FieldLayout) {
	t.Helper()
	l, err := org.Session().Layout(t.Context(), "Accounts")
	require.NoError(t, err)
	l.Fields = fields
	_, err = org.Session().SaveLayout(t.Context(), "Accounts", l, &record.LayoutOptions{Keep: []string{"Fax"}})
	require.NoError(t, err)
}

func TestCustomFields(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		layout(t, org, record.FieldLayout{Name: "Code", Type: "text", Chinese: "编码", Unique: true}, record.FieldLayout{Name: "Rank", Type: "integer", Indexed: true},
			record.FieldLayout{Name: "Since", Type: "date"}, record.FieldLayout{Name: "Rival", Type: "lookup", To: "Accounts"},
			record.FieldLayout{Name: "Kinds", Type: "multiselectpicklist", Values: []record.PickValue{{Actual: "a"}, {Actual: "b"}}, Closed: new(true)},
			record.FieldLayout{Name: "Number", Type: "autonumber", Number: &record.Numbering{Prefix: "A-", Start: 1}})
		r := run(t, org, "Account Name,编码,Rank,Since,Rival,Kinds,Number\n"+
			"One,x1,7,2026-11-23,,a;b,A-77\n"+
			"Two,X2,,,One,a,\n"+
			"Three,x2,many,,Nobody,c,\n", nil)
		require.Equal(t, []string{"4 INVALID_DATA Rank", "4 NOT_FOUND Rival", "4 INVALID_DATA Kinds"}, faults(r))
		r = run(t, org, "Account Name,Code\nFour,x1\nFive,x3\n", nil)
		require.Equal(t, []string{"2 DUPLICATE_DATA Code"}, faults(r))
		one, _, err := org.Accounts.List(t.Context(), record.Query{Where: record.Eq("Code", "x1")})
		require.NoError(t, err)
		require.Equal(t, record.Args{"record": one[0].ID}, r.Faults[0].Args)
		custom := one[0].Custom
		require.Equal(t, "x1 7 2026-11-23 [a b] A-1", fmt.Sprint(custom["Code"].Text(), " ", custom["Rank"].Int64(), " ",
			record.DateType().Format(custom["Since"], nil), " ", record.SplitMulti(custom["Kinds"].Text()), " ", custom["Number"].Text()))
		two, _, err := org.Accounts.List(t.Context(), record.Query{Where: record.Eq("Rival", one[0].ID)})
		require.NoError(t, err)
		require.Equal(t, "Two", two[0].Name)

		// Matching goes by what makes a value of a unique field the same, and by the rows of an index.
		r = run(t, org, "Code,Phone\nX1,1\nx2 ,2\nnew,3\n", &importer.Options{Mode: importer.Update, Match: []string{"Code"}})
		require.Equal(t, "3 = 0 + 2 + 0 + 1 + 0", counts(r))
		r = run(t, org, "Rank,Phone\n7,11\n8,12\n", &importer.Options{Mode: importer.Update, Match: []string{"Rank"}})
		require.Equal(t, "2 = 0 + 1 + 0 + 1 + 0", counts(r))
		got, err := org.Accounts.Get(t.Context(), one[0].ID)
		require.NoError(t, err)
		require.Equal(t, "11", got.Phone)
	})
}

// TestUniqueAndIndexed matches by a field that has rows of both kinds.
func TestUniqueAndIndexed(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		layout(t, org, record.FieldLayout{Name: "Code", Type: "text", Unique: true, Indexed: true})
		run(t, org, "Account Name,Code\nOne,x1\n", nil)
		r := run(t, org, "Code,Phone\nX1,1\n", &importer.Options{Mode: importer.Update, Match: []string{"Code"}})
		require.Equal(t, "1 = 0 + 1 + 0 + 0 + 0", counts(r))
	})
}

// changing is a source that does something before one of its rows.
type changing struct {
	importer.Source
	at   int
	do   func()
	rows int // that it has given
}

func (c *changing) Rows(ctx context.Context) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		n := 0
		for row, err := range c.Source.Rows(ctx) {
			c.rows++
			if n++; n == c.at {
				c.do()
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func TestConfigurationChangesMeanwhile(t *testing.T) {
	text := "Account Name,Rank,Phone\n"
	for i := range 60 {
		text += fmt.Sprintf("n%d,%d,5\n", i, i)
	}
	rank := record.FieldLayout{Name: "Rank", Type: "integer"}
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, org *crm.Org)
		failed []string // codes of the last row
		err    string
	}{
		{"another field", func(t *testing.T, org *crm.Org) {
			layout(t, org, record.FieldLayout{Name: "A", Type: "text"}, rank, record.FieldLayout{Name: "Z", Type: "text"})
		}, nil, ""},
		{"a narrower field", func(t *testing.T, org *crm.Org) {
			layout(t, org, rank, record.FieldLayout{Name: "A", Type: "text"}, record.FieldLayout{Name: "Phone", Limit: 1})
		}, nil, ""},
		{"a required field", func(t *testing.T, org *crm.Org) {
			layout(t, org, rank, record.FieldLayout{Name: "Fax", Required: true})
		}, []string{"61 MANDATORY_NOT_FOUND Fax"}, ""},
		{"another type", func(t *testing.T, org *crm.Org) {
			layout(t, org, record.FieldLayout{Name: "Rank", Type: "text"})
		}, nil, "the field Rank has become another one during the import"},
		{"no field", func(t *testing.T, org *crm.Org) { layout(t, org) }, nil, "the field Rank has become another one during the import"},
		{"the right is gone", func(t *testing.T, org *crm.Org) {
			p := allows(record.RightView, record.RightCreate, record.RightEdit)
			p.ID, p.Name = "clerk", "Clerk"
			require.NoError(t, org.Rights.SaveProfile(t.Context(), &p))
		}, nil, "record: forbidden: Import in Accounts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			limited(t, allows(record.RightView, record.RightCreate, record.RightEdit, record.RightImport), func(t *testing.T, org *crm.Org) {
				layout(t, org.AsSystem(), rank)
				src := &changing{Source: file(t, text), at: 51, do: func() { tt.change(t, org.AsSystem()) }}
				r, err := importer.Run(t.Context(), org.As("bob").Accounts, src, &importer.Options{Batch: 10})
				n, cerr := org.AsSystem().Accounts.Count(t.Context(), record.Query{})
				require.NoError(t, cerr)
				require.Equal(t, r.Created, n)
				if tt.err != "" {
					require.ErrorContains(t, err, tt.err)
					require.Less(t, r.Read, int64(60))
					require.Zero(t, r.Failed)
					return
				}
				require.NoError(t, err)
				if tt.failed != nil {
					require.Equal(t, tt.failed, faults(r)[len(r.Faults)-1:])
					return
				}
				require.Equal(t, int64(60), r.Created)
				all, _, err := org.AsSystem().Accounts.List(t.Context(), record.Query{Where: record.Eq("Rank", 59)})
				require.NoError(t, err)
				require.Equal(t, "n59 5", all[0].Name+" "+all[0].Phone)
			})
		})
	}
}

// TestOrganizationOfAnotherProcess reads a file by the settings of an organization that the process has not seen yet.
func TestOrganizationOfAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crm.db")
	org := crmtest.Open(t, openSQLite(t, path), nil)
	layout(t, org, record.FieldLayout{Name: "Met", Type: "datetime"}, record.FieldLayout{Name: "Code", Type: "text", Unique: true})
	require.NoError(t, org.Session().SaveOrganization(t.Context(), &record.Organization{TimeZone: "Asia/Shanghai", Language: record.Chinese}))
	run(t, org, "Account Name,Code\nOne,x\n", nil)
	other := crmtest.Open(t, openSQLite(t, path), &crm.Options{NewID: record.NewID})
	var rejects bytes.Buffer
	r := run(t, other, "Code,Met,Employees\nX,2026-11-23 08:00:00,\ny,,many\n", &importer.Options{Mode: importer.Update, Match: []string{"Code"}, Rejects: &rejects})
	require.Equal(t, "2 = 0 + 1 + 0 + 0 + 1", counts(r))
	require.Contains(t, rejects.String(), "应为整数")
	got, _, err := other.Accounts.List(t.Context(), record.Query{})
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), got[0].Custom["Met"].Time())
}
