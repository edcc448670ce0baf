package rights_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage"
)

func TestRules(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("wes west", "ada coast", "eve east", "flo east", "boss ceo")
		big := f.deal("ada", "big", "Won")
		f.deal("ada", "small", "Lost")
		f.deal("eve", "e", "")
		rule := &rights.Rule{ID: "won", Name: "Won", Module: "Deals", Level: record.LevelRead, To: rights.OfRole("east"),
			Criteria: []rights.Criterion{{Field: "Stage", Op: rights.OpEqual, Values: []string{"Won", "Signed"}}}}
		f.must(f.root.SaveRule(f.ctx, rule))
		require.Equal(f, "big e", f.sees("eve"))
		require.Equal(f, "big", f.sees("flo"))
		require.ErrorIs(f, f.edits("eve", big), record.ErrForbidden)

		id := f.deal("ada", "later", "Signed")
		require.Equal(f, "big e later", f.sees("eve"), "a new record that meets it")
		f.must(f.edits("ada", id))
		require.Equal(f, "big e", f.sees("eve"), "which does no longer")

		rule.Level = record.LevelWrite
		f.must(f.root.SaveRule(f.ctx, rule))
		f.must(f.as("eve").Edit(f.ctx, big, func(d *Deal) error { d.Stage = "Signed"; return nil }))
		require.ErrorIs(f, f.as("eve").Delete(f.ctx, big), record.ErrForbidden)

		rule.Criteria = []rights.Criterion{{Field: "Stage", Op: rights.OpEqual, Values: []string{"Lost"}}, {Field: "Amount", Op: rights.OpEmpty}}
		f.must(f.root.SaveRule(f.ctx, rule))
		require.Equal(f, "e small", f.sees("eve"))

		rule.Criteria, rule.From = nil, rights.OfRoles("west")
		f.must(f.root.SaveRule(f.ctx, rule))
		require.Equal(f, "big e later small", f.sees("eve"))
		f.must(f.root.DeleteRule(f.ctx, rule.ID))
		require.Equal(f, "e", f.sees("eve"))

		back := &rights.Rule{Name: "Back", Module: "Deals", Level: record.LevelRead, From: rights.OfRole("east"), To: rights.OfRole("coast")}
		f.must(f.root.SaveRule(f.ctx, back))
		require.Equal(f, "big later small", f.sees("wes"), "superiors are not meant")
		require.Equal(f, "big e later small", f.sees("ada"))
		back.Superiors = true
		f.must(f.root.SaveRule(f.ctx, back))
		require.Equal(f, "big e later small", f.sees("wes"))

		bad := &rights.Rule{Name: "Bad", Module: "Deals", From: rights.OfUser("ada"), To: rights.Public}
		require.Equal(f, "0.From=INVALID_DATA 0.To=INVALID_DATA 0.Level=INVALID_DATA", codes(f.root.SaveRule(f.ctx, bad)))
		bad = &rights.Rule{Name: "Bad", Module: "Deals", Level: record.LevelRead, To: rights.OfRole("none"), Criteria: []rights.Criterion{
			{Field: "Stag", Op: rights.OpEmpty}, {Field: "Amount", Op: rights.OpLess, Values: []string{"much"}}, {Field: "Stage", Op: "like", Values: []string{"x"}},
			{Field: "Stage", Op: rights.OpEqual}, {Field: "Stage", Op: rights.OpEqual, Values: []string{""}}}}
		require.Equal(f, "0.Stag=INVALID_FIELD 0.Amount=INVALID_DATA 0.Stage=INVALID_DATA 0.Stage=LIMIT_EXCEEDED 0.Stage=MANDATORY_NOT_FOUND 0.To=NOT_FOUND",
			codes(f.root.SaveRule(f.ctx, bad)))
		bad = &rights.Rule{Name: "Bad", Module: "None", Level: record.LevelRead, To: rights.OfRole("east"), From: rights.OfRole("east")}
		require.Equal(f, "0.Module=NOT_FOUND", codes(f.root.SaveRule(f.ctx, bad)))
		bad.Module, bad.Criteria = "Deals", []rights.Criterion{{Field: "Stage", Op: rights.OpEmpty}}
		require.Equal(f, "0.Criteria=INVALID_DATA", codes(f.root.SaveRule(f.ctx, bad)))
		bad.From, bad.Criteria = "", make([]rights.Criterion, 26)
		require.Equal(f, "0.Criteria=LIMIT_EXCEEDED", codes(f.root.SaveRule(f.ctx, bad)))
	})
}

func TestCriteria(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast", "eve east")
		one, two := int64(1000), int64(2000)
		for _, d := range []*Deal{{Name: "a", Stage: "Won", Amount: &one}, {Name: "b", Stage: "Lost", Amount: &two}, {Name: "c"}} {
			d.Owner = "ada"
			f.must(deals.In(f.s.AsSystem()).Create(f.ctx, d))
		}
		for name, c := range map[string]struct {
			criterion rights.Criterion
			want      string
		}{
			"equal":         {rights.Criterion{Field: "Amount", Op: rights.OpEqual, Values: []string{"1000", "3"}}, "a"},
			"not equal":     {rights.Criterion{Field: "Stage", Op: rights.OpNotEqual, Values: []string{"Won"}}, "b c"},
			"contains":      {rights.Criterion{Field: "Stage", Op: rights.OpContains, Values: []string{"on", "os"}}, "a b"},
			"less":          {rights.Criterion{Field: "Amount", Op: rights.OpLess, Values: []string{"2000"}}, "a"},
			"less equal":    {rights.Criterion{Field: "Amount", Op: rights.OpLessEqual, Values: []string{"2000"}}, "a b"},
			"greater":       {rights.Criterion{Field: "Amount", Op: rights.OpGreater, Values: []string{"1000"}}, "b"},
			"greater equal": {rights.Criterion{Field: "Amount", Op: rights.OpGreaterEqual, Values: []string{"1000"}}, "a b"},
			"empty":         {rights.Criterion{Field: "Amount", Op: rights.OpEmpty}, "c"},
			"not empty":     {rights.Criterion{Field: "Amount", Op: rights.OpNotEmpty}, "a b"},
			"owner":         {rights.Criterion{Field: "Owner", Op: rights.OpEqual, Values: []string{"ada"}}, "a b c"},
		} {
			f.must(f.root.SaveRule(f.ctx, &rights.Rule{ID: "one", Name: "One", Module: "Deals", Level: record.LevelRead, To: rights.OfRole("east"), Criteria: []rights.Criterion{c.criterion}}))
			require.Equal(f, c.want, f.sees("eve"), name)
		}
	})
}

// A rule finds records by what its field is by now: after each layout, of records from before and since.
func TestRulesWhenFieldsChange(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast", "eve east")
		layout := &record.Layout{}
		save := func(fields ...record.FieldLayout) {
			f.Helper()
			layout.Fields = fields
			rep, err := f.s.AsSystem().SaveLayout(f.ctx, "Deals", layout, nil)
			f.must(err)
			layout = rep.Layout
		}
		sees := func(want string) {
			f.Helper()
			require.Equal(f, want, f.sees("eve"))
			f.must(f.s.AsSystem().Verify(f.ctx))
		}
		colour := func(values ...record.PickValue) record.FieldLayout {
			return record.FieldLayout{Name: "Colour", Type: "picklist", Values: values}
		}
		red, blue := record.PickValue{Actual: "red", English: "Red"}, record.PickValue{Actual: "blue", English: "Blue"}
		save(colour(red, blue))
		rule := func(id, field, value string) {
			f.must(f.root.SaveRule(f.ctx, &rights.Rule{ID: id, Name: id, Module: "Deals", Level: record.LevelRead, To: rights.OfRole("east"),
				Criteria: []rights.Criterion{{Field: field, Op: rights.OpEqual, Values: []string{value}}}}))
		}
		rule("won", "Stage", "Won")
		rule("red", "Colour", "Red")
		deal := func(name, stage, colour string) {
			d := &Deal{Name: name, Stage: stage, Meta: record.Meta{Owner: "ada", Custom: map[string]storage.Value{"Colour": record.Custom(colour)}}}
			f.must(deals.In(f.s.AsSystem()).Create(f.ctx, d))
		}
		deal("a", "Won", "blue")
		deal("b", "Lost", "red")
		sees("a b")
		hidden := record.FieldLayout{Name: "Stage", Hidden: true}
		save(colour(red, blue), hidden)
		sees("b") // what is hidden finds nothing
		save(colour(red, blue))
		sees("a b")
		save(hidden) // and without the colours
		sees("")
		save(colour(red, blue))
		sees("a b")
		red.English, blue.English = "Blue", "Red"
		save(colour(red, blue))
		sees("a") // which is blue too
		deal("c", "Lost", "blue")
		sees("a c")
	})
}

func TestShares(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("boss ceo", "wes west", "ada coast", "bo coast", "eve east", "flo east", "root east administrator")
		f.must(f.root.SaveProfile(f.ctx, &rights.Profile{ID: "none", Name: "None", Organization: []record.Right{record.RightUse}}))
		f.must(f.root.SaveUsers(f.ctx, rights.User{ID: "gone", Profile: rights.Standard, Role: "east"}, rights.User{ID: "blind", Profile: "none", Role: "east", Active: true}))
		a := f.deal("ada", "a", "")
		to := func(p rights.Principal, level record.Level) rights.Share { return rights.Share{To: p, Level: level} }

		f.must(f.shares("ada", a, to(rights.OfUser("eve"), record.LevelWrite), to(rights.OfUser("bo"), record.LevelRead)))
		f.must(f.edits("eve", a))
		require.ErrorIs(f, f.edits("bo", a), record.ErrForbidden)
		require.ErrorIs(f, f.edits("flo", a), record.ErrNotFound)
		list, err := rights.In(f.s.As("eve")).Shares(f.ctx, "Deals", a)
		f.must(err)
		require.Len(f, list, 2)
		require.Equal(f, rights.OfUser("bo"), list[0].To)
		require.Equal(f, record.LevelRead, list[0].Level)
		require.Equal(f, record.Actor("ada"), list[0].By)
		_, err = rights.In(f.s.As("flo")).Shares(f.ctx, "Deals", a)
		require.ErrorIs(f, err, record.ErrNotFound)

		f.must(f.shares("wes", a, to(rights.OfUser("eve"), record.LevelFull), to(rights.OfRole("east"), record.LevelRead)))
		require.Empty(f, f.sees("bo"), "the whole list is another")
		require.Equal(f, "a", f.sees("flo"))
		var forbidden *record.ForbiddenError
		require.ErrorAs(f, f.shares("eve", a), &forbidden, "what was shared is not passed on")
		require.Equal(f, record.RightShare, forbidden.Right)
		require.ErrorIs(f, f.shares("flo", a), record.ErrForbidden)
		require.ErrorIs(f, f.shares("bo", a), record.ErrNotFound)
		require.ErrorIs(f, f.shares("nobody", a), record.ErrForbidden)
		require.ErrorIs(f, f.shares("root", a), record.ErrForbidden, "who may only read it")
		f.must(f.shares("ada", a, to(rights.OfUser("root"), record.LevelFull)))
		f.must(f.shares("root", a, to(rights.OfUser("root"), record.LevelFull), to(rights.OfRoles(rights.CEO), record.LevelRead)))
		require.Equal(f, "a", f.sees("bo"))
		f.must(rights.In(f.s.AsSystem()).Share(f.ctx, "Deals", a, []rights.Share{to(rights.Public, record.LevelWrite)}))
		f.must(f.edits("flo", a))

		for name, c := range map[string]struct {
			to   rights.Share
			want string
		}{
			"owner":     {to(rights.OfUser("ada"), record.LevelRead), "0.To=INVALID_DATA"},
			"superior":  {to(rights.OfUser("wes"), record.LevelFull), "0.To=INVALID_DATA"},
			"inactive":  {to(rights.OfUser("gone"), record.LevelRead), "0.To=INVALID_DATA"},
			"no view":   {to(rights.OfUser("blind"), record.LevelRead), "0.To=INVALID_DATA"},
			"unknown":   {to(rights.OfUser("who"), record.LevelRead), "0.To=INVALID_DATA"},
			"no role":   {to(rights.OfRole("who"), record.LevelRead), "0.To=NOT_FOUND"},
			"no group":  {to(rights.OfGroup("who"), record.LevelRead), "0.To=NOT_FOUND"},
			"no kind":   {to("who", record.LevelRead), "0.To=INVALID_DATA"},
			"nobody":    {to("", record.LevelRead), "0.To=MANDATORY_NOT_FOUND"},
			"no level":  {to(rights.OfUser("eve"), 0), "0.Level=INVALID_DATA"},
			"odd level": {to(rights.OfUser("eve"), 4), "0.Level=INVALID_DATA"},
		} {
			require.Equal(f, c.want, codes(f.shares("ada", a, c.to)), name)
		}
		twice := to(rights.OfUser("eve"), record.LevelRead)
		require.Equal(f, "1.To=DUPLICATE_DATA", codes(f.shares("ada", a, twice, twice)))
		_, err = rights.In(f.s.As("ada")).Shares(f.ctx, "None", a)
		require.Error(f, err)
		require.Error(f, rights.In(f.s.As("ada")).Share(f.ctx, "None", a, nil))

		f.must(f.shares("ada", a, to(rights.OfUser("eve"), record.LevelRead)))
		f.must(f.root.SaveUsers(f.ctx, rights.User{ID: "eve", Profile: rights.Standard, Role: "east"}))
		f.must(f.shares("ada", a, to(rights.OfUser("eve"), record.LevelRead), to(rights.OfUser("flo"), record.LevelRead)))
	})
}

func TestShareLimits(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast")
		a := f.deal("ada", "a", "")
		var users []rights.User
		shares := map[string][]rights.Share{}
		for i := range 11 {
			id := record.Actor(fmt.Sprint("user", i))
			users = append(users, rights.User{ID: id, Profile: rights.Standard, Role: "east", Active: true})
			shares["user"] = append(shares["user"], rights.Share{To: rights.OfUser(id), Level: record.LevelRead})
		}
		f.must(f.root.SaveUsers(f.ctx, users...))
		for i := range 6 {
			g, r := fmt.Sprint("group", i), fmt.Sprint("role", i)
			f.must(f.root.SaveGroup(f.ctx, &rights.Group{ID: g, Name: g}))
			f.must(f.root.SaveRole(f.ctx, &rights.Role{ID: r, Name: r, Parent: rights.CEO}))
			role := rights.OfRole(r)
			if i%2 == 0 {
				role = rights.OfRoles(r)
			}
			shares["group"] = append(shares["group"], rights.Share{To: rights.OfGroup(g), Level: record.LevelRead})
			shares["role"] = append(shares["role"], rights.Share{To: role, Level: record.LevelRead})
		}
		var most []rights.Share
		for kind, list := range shares {
			var ve *record.ValidationError
			err := f.shares("ada", a, list...)
			require.True(f, errors.As(err, &ve), kind)
			require.Equal(f, []record.FieldError{{Field: "To", Code: record.CodeLimit, Args: record.Args{"limit": len(list) - 1, "length": len(list), "kind": kind}}}, ve.Fields)
			most = append(most, list[1:]...)
		}
		f.must(f.shares("ada", a, append(most, rights.Share{To: rights.Public, Level: record.LevelRead})...))
	})
}
