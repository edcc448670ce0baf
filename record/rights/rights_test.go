package rights_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
)

func TestNobodyMayDoAnythingAtTheStart(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		d := &Deal{Name: "First"}
		require.ErrorIs(f, f.as("ann").Create(f.ctx, d), record.ErrForbidden)
		require.ErrorIs(f, f.s.As("ann").Authorise(f.ctx, "", record.RightUse), record.ErrForbidden)
		own := rights.In(f.s.As("ann"))
		ann := rights.User{ID: "ann", Profile: rights.Administrator, Role: rights.CEO, Active: true}
		require.ErrorIs(f, own.SaveUsers(f.ctx, ann), record.ErrForbidden)
		_, err := own.Profiles(f.ctx)
		require.ErrorIs(f, err, record.ErrForbidden)
		for _, err := range own.Users(f.ctx) {
			require.ErrorIs(f, err, record.ErrForbidden)
		}

		f.must(f.root.SaveUsers(f.ctx, ann))
		f.must(f.as("ann").Create(f.ctx, d))
		f.must(own.SaveRole(f.ctx, &rights.Role{ID: "sales", Name: "Sales", Parent: rights.CEO}))
		ps, err := own.Profiles(f.ctx)
		f.must(err)
		require.Len(f, ps, 2)

		ann.Active = false
		require.ErrorIs(f, own.SaveUsers(f.ctx, ann), record.ErrConflict, "the last administrator")
		f.must(own.SaveUsers(f.ctx, ann, rights.User{ID: "bob", Profile: rights.Administrator, Role: rights.CEO, Active: true}))
		require.ErrorIs(f, f.as("ann").Create(f.ctx, &Deal{Name: "Second"}), record.ErrForbidden)
		require.Equal(f, "First", f.sees("bob"))
	})
}

func TestTreeOfRoles(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ceo ceo", "wes west", "ada coast", "bo coast", "eve east")
		a := f.deal("ada", "a", "")
		f.deal("bo", "b", "")
		f.deal("eve", "e", "")
		for actor, want := range map[record.Actor]string{"ceo": "a b e", "wes": "a b", "ada": "a", "bo": "b", "eve": "e"} {
			require.Equal(f, want, f.sees(actor), actor)
		}
		f.must(f.edits("wes", a))
		require.ErrorIs(f, f.edits("bo", a), record.ErrNotFound)

		f.must(f.root.SaveRole(f.ctx, &rights.Role{ID: "coast", Name: "Coast", Parent: "east", Peers: true}))
		for actor, want := range map[record.Actor]string{"ceo": "a b e", "wes": "", "ada": "a b", "bo": "a b", "eve": "a b e"} {
			require.Equal(f, want, f.sees(actor), actor)
		}
		f.must(f.edits("bo", a))

		f.must(f.root.SetDefault(f.ctx, "Deals", rights.PublicReadOnly))
		require.Equal(f, "a b e", f.sees("wes"))
		require.ErrorIs(f, f.edits("wes", a), record.ErrForbidden)
		f.must(f.root.SetDefault(f.ctx, "Deals", rights.PublicReadWrite))
		f.must(f.edits("wes", a))
		require.ErrorIs(f, f.as("eve").Delete(f.ctx, a), record.ErrForbidden, "though she is above")
		def, err := f.root.Default(f.ctx, "Deals")
		f.must(err)
		require.Equal(f, rights.PublicReadWrite, def)
		require.Equal(f, "0.Module=NOT_FOUND 0.Default=INVALID_DATA", codes(f.root.SetDefault(f.ctx, "Deels", 9)))
	})
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		p, err := f.root.Profile(f.ctx, rights.Standard)
		f.must(err)
		p.ID, p.Name, p.Chinese = "", "Reader", "只读"
		p = p.Without(rights.AllModules, record.RightEdit).Without("Deals", record.RightCreate)
		p.Modules["Deals"] = rights.Permission{Rights: p.Modules["Deals"].Rights, Fields: map[string]record.Access{"Stage": record.FieldHidden}}
		f.must(f.root.SaveProfile(f.ctx, p))
		require.NotEmpty(f, p.ID)
		f.staff("ceo ceo administrator", "ada coast "+p.ID)
		a := f.deal("ada", "a", "secret")
		d, err := f.as("ada").Get(f.ctx, a)
		f.must(err)
		require.Empty(f, d.Stage)
		require.ErrorIs(f, f.edits("ada", a), record.ErrForbidden)
		require.ErrorIs(f, f.as("ada").Create(f.ctx, &Deal{Name: "b"}), record.ErrForbidden)

		require.ErrorIs(f, f.root.DeleteProfile(f.ctx, p.ID), record.ErrConflict)
		require.ErrorIs(f, f.root.DeleteProfile(f.ctx, rights.Standard), record.ErrConflict)
		f.must(f.root.SaveUsers(f.ctx, rights.User{ID: "ada", Profile: rights.Standard, Role: "coast", Active: true}))
		f.must(f.root.DeleteProfile(f.ctx, p.ID))
		require.ErrorIs(f, f.root.DeleteProfile(f.ctx, p.ID), record.ErrNotFound)
		_, err = f.root.Profile(f.ctx, p.ID)
		require.ErrorIs(f, err, record.ErrNotFound)
		f.must(f.edits("ada", a))

		bad := &rights.Profile{Name: "Bad", Organization: []record.Right{record.RightUse}, Modules: map[string]rights.Permission{
			"Deals": {Rights: []record.Right{record.RightView, record.RightImport}, Fields: map[string]record.Access{"Deal_Name": record.FieldHidden}}}}
		require.Equal(f, "0.Import=INVALID_DATA 0.Deal_Name=INVALID_DATA", codes(f.root.SaveProfile(f.ctx, bad)))
	})
}

func TestRoleGroupAndRuleAreInUse(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast")
		require.ErrorIs(f, f.root.DeleteRole(f.ctx, rights.CEO), record.ErrConflict, "built in")
		require.ErrorIs(f, f.root.DeleteRole(f.ctx, "west"), record.ErrConflict, "above another")
		require.ErrorIs(f, f.root.DeleteRole(f.ctx, "coast"), record.ErrConflict, "has users")
		f.must(f.root.SaveGroup(f.ctx, &rights.Group{ID: "team", Name: "Team", Members: []rights.Principal{rights.OfRole("east"), rights.OfUser("ada")}}))
		require.ErrorIs(f, f.root.DeleteRole(f.ctx, "east"), record.ErrConflict, "in a group")
		rule := &rights.Rule{Name: "Rule", Module: "Deals", From: rights.OfRoles("west"), To: rights.OfGroup("team"), Level: record.LevelRead}
		f.must(f.root.SaveRule(f.ctx, rule))
		require.ErrorIs(f, f.root.DeleteGroup(f.ctx, "team"), record.ErrConflict, "in a rule")
		f.must(f.root.DeleteRule(f.ctx, rule.ID))
		f.must(f.root.DeleteGroup(f.ctx, "team"))
		f.must(f.root.DeleteRole(f.ctx, "east"))
		require.Equal(f, "0.ID=DUPLICATE_DATA", codes(f.root.SaveRole(f.ctx, &rights.Role{ID: "east", Name: "East", Parent: rights.CEO})))
		rs, err := f.root.Roles(f.ctx)
		f.must(err)
		require.Len(f, rs, 3)
		gs, err := f.root.Groups(f.ctx)
		f.must(err)
		require.Empty(f, gs)
		_, err = f.root.Rule(f.ctx, rule.ID)
		require.ErrorIs(f, err, record.ErrNotFound)
	})
}

func TestUsers(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		var all []rights.User
		for i := range 100 {
			all = append(all, rights.User{ID: record.Actor(fmt.Sprintf("user%02d", i)), Profile: rights.Standard, Role: rights.CEO, Active: true})
		}
		f.must(f.root.SaveUsers(f.ctx, all...))
		n := 0
		for u, err := range f.root.Users(f.ctx) {
			f.must(err)
			require.Equal(f, all[n], *u)
			if n++; n == 50 {
				break
			}
		}
		u, err := f.root.User(f.ctx, "user07")
		f.must(err)
		require.Equal(f, all[7], *u)
		_, err = f.root.User(f.ctx, "user")
		require.ErrorIs(f, err, record.ErrNotFound)
		require.Equal(f, "0.ID=MANDATORY_NOT_FOUND 0.Profile=MANDATORY_NOT_FOUND 0.Role=MANDATORY_NOT_FOUND 1.ID=INVALID_DATA 1.Profile=NOT_FOUND 1.Role=NOT_FOUND",
			codes(f.root.SaveUsers(f.ctx, rights.User{}, rights.User{ID: " x", Profile: "x", Role: "x"})))
	})
}

// Edits that run at the same time are all kept.
func TestConcurrentEdits(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		var all sync.WaitGroup
		errs := make([]error, 12)
		for i := range errs {
			all.Go(func() {
				errs[i] = f.root.SaveRole(f.ctx, &rights.Role{ID: fmt.Sprint("role", i), Name: fmt.Sprint("Role ", i), Parent: rights.CEO})
				user := rights.User{ID: record.Actor(fmt.Sprint("user", i)), Profile: rights.Standard, Role: rights.CEO, Active: true}
				errs[i] = errors.Join(errs[i], f.root.SaveUsers(f.ctx, user))
			})
		}
		all.Wait()
		f.must(errors.Join(errs...))
		rs, err := f.root.Roles(f.ctx)
		f.must(err)
		require.Len(f, rs, 1+len(errs))
		n := 0
		for _, err := range f.root.Users(f.ctx) {
			f.must(err)
			n++
		}
		require.Equal(f, len(errs), n)
	})
}

// What is saved in a transaction holds in it at once, and not at all when it is taken back.
func TestInATransaction(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast")
		over := errors.New("over")
		err := f.s.AsSystem().Update(f.ctx, func(s *record.Session) error {
			if err := rights.In(s).SaveUsers(f.ctx, rights.User{ID: "new", Profile: rights.Standard, Role: "coast", Active: true}); err != nil {
				return err
			}
			if err := rights.In(s).SetDefault(f.ctx, "Deals", rights.PublicReadWriteDelete); err != nil {
				return err
			}
			return over
		})
		require.ErrorIs(f, err, over)
		_, err = f.root.User(f.ctx, "new")
		require.ErrorIs(f, err, record.ErrNotFound)
		f.must(f.s.AsSystem().Update(f.ctx, func(s *record.Session) error {
			if err := rights.In(s).SaveUsers(f.ctx, rights.User{ID: "new", Profile: rights.Administrator, Role: rights.CEO, Active: true}); err != nil {
				return err
			}
			d, err := deals.In(s.AsSystem()).Count(f.ctx, record.Query{})
			require.Zero(f, d)
			return err
		}))
		f.must(f.s.As("new").Authorise(f.ctx, "", record.RightManageUsers))
		require.ErrorIs(f, f.s.AsSystem().View(f.ctx, func(s *record.Session) error {
			return rights.In(s).SetDefault(f.ctx, "Deals", rights.Private)
		}), record.ErrReadOnly)
	})
}

// BenchmarkAuthorise is what a transaction pays to know what its actor may do in one module.
func BenchmarkAuthorise(b *testing.B) {
	ctx := b.Context()
	s := open(ctx)
	var users []rights.User
	for i := range 5000 {
		users = append(users, rights.User{ID: record.Actor(fmt.Sprint("user", i)), Profile: rights.Standard, Role: rights.CEO, Active: true})
	}
	require.NoError(b, rights.In(s.AsSystem()).SaveUsers(ctx, users...))
	ann := s.As("user7")
	b.ReportAllocs()
	for b.Loop() {
		if err := ann.Authorise(ctx, "Deals", record.RightView); err != nil {
			b.Fatal(err)
		}
	}
}
