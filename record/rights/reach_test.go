package rights_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
)

// profile makes one that is Standard with changes, and gives it to a user.
func (f *fixture) profile(user record.Actor, role string, change func(p *rights.Profile) *rights.Profile) {
	f.Helper()
	p, err := f.root.Profile(f.ctx, rights.Standard)
	f.must(err)
	p.ID, p.Name, p.Chinese = string(user), string(user), ""
	f.must(f.root.SaveProfile(f.ctx, change(p)))
	f.must(f.root.SaveUsers(f.ctx, rights.User{ID: user, Profile: string(user), Role: role, Active: true}))
}

// gives is what an actor is told who gives a deal to another owner.
func (f *fixture) gives(a record.Actor, id record.ID, to record.Actor) error {
	return f.as(a).Edit(f.ctx, id, func(d *Deal) error { d.Owner = to; return nil })
}

// A refusal names the record only where the right itself is there.
func TestWhyARecordIsNotGivenAway(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast", "eve east")
		f.profile("kim", "coast", func(p *rights.Profile) *rights.Profile { return p.Without("Deals", record.RightChangeOwner) })
		own, lent := f.deal("kim", "own", ""), f.deal("eve", "lent", "")
		f.must(f.shares("eve", lent, rights.Share{To: rights.OfUser("ada"), Level: record.LevelWrite}))
		require.Equal(f, &record.ForbiddenError{Right: record.RightChangeOwner, Module: "Deals"}, f.gives("kim", own, "ada"))
		require.Equal(f, &record.ForbiddenError{Right: record.RightChangeOwner, Module: "Deals", Record: lent}, f.gives("ada", lent, "ada"))
	})
}

// Who may change fields cannot read who may do what, let alone change it; and nobody else can read a layout.
func TestSettingsOfThePolicy(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast")
		f.profile("kim", "coast", func(p *rights.Profile) *rights.Profile {
			p.Organization = append(p.Organization, record.RightCustomize)
			return p
		})
		kim, ada := f.s.As("kim"), f.s.As("ada")
		manage := &record.ForbiddenError{Right: record.RightManageUsers}
		for _, name := range []string{"rights", "rights.users", "rights.users.0", "rights.else"} {
			_, err := kim.Setting(f.ctx, name)
			require.Equal(f, manage, err, name)
			_, err = kim.SettingHistory(f.ctx, name)
			require.Equal(f, manage, err, name)
			require.Equal(f, manage, kim.SaveSetting(f.ctx, &record.Setting{Name: name, Body: []byte(`[{"ID":"kim","Profile":"administrator","Role":"ceo","Active":true}]`)}), name)
			_, err = f.s.AsSystem().Setting(f.ctx, name)
			f.must(err)
		}
		_, err := ada.Setting(f.ctx, "layout.Deals")
		require.Equal(f, &record.ForbiddenError{Right: record.RightCustomize}, err)
		_, err = kim.Setting(f.ctx, "layout.Deals")
		f.must(err)
		f.must(kim.SaveSetting(f.ctx, &record.Setting{Name: "rightsomething", Body: []byte("1")}))
		_, err = ada.Setting(f.ctx, "rightsomething")
		f.must(err)
	})
}

// A right that was taken away by another process is missed at once, though a View may not know of it for 5 seconds.
func TestSettingsAskInTheirTransaction(t *testing.T) {
	t.Parallel()
	store := openSQLite(t)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	open := func() *record.Session {
		s, err := record.Open(t.Context(), store, []*record.Schema{deals.Schema}, &record.Options{Policy: rights.New()})
		require.NoError(t, err)
		return s
	}
	here, there := open(), open()
	f := &fixture{t, t.Context(), here, rights.In(here.AsSystem())}
	f.staff()
	f.profile("kim", "coast", func(p *rights.Profile) *rights.Profile {
		p.Organization = append(p.Organization, record.RightCustomize)
		return p
	})
	kim := there.As("kim")
	f.must(kim.SaveSetting(f.ctx, &record.Setting{Name: "first", Body: []byte("1")}))
	f.profile("kim", "coast", func(p *rights.Profile) *rights.Profile { return p })
	missing := &record.ForbiddenError{Right: record.RightCustomize}
	require.Equal(t, missing, kim.SaveSetting(f.ctx, &record.Setting{Name: "second", Body: []byte("1")}))

	f.profile("kim", "coast", func(p *rights.Profile) *rights.Profile {
		p.Organization = append(p.Organization, record.RightCustomize)
		return p
	})
	_, err := kim.Layout(f.ctx, "Deals")
	require.Equal(t, missing, err, "the View has seen the rights a moment ago")
	_, err = kim.SaveLayout(f.ctx, "Deals", &record.Layout{}, nil)
	f.must(err)
}

// An undo does nothing that its actor may not do by other means.
func TestUndoTakesWhatItDoes(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast", "eve east")
		f.must(f.root.SetDefault(f.ctx, "Deals", rights.PublicReadWrite))
		without := func(right record.Right) {
			f.profile("kim", "coast", func(p *rights.Profile) *rights.Profile {
				if right == "" {
					return p
				}
				return p.Without("Deals", right)
			})
		}
		operate := func(fn func(in *record.Module[Deal]) error) record.ID {
			op, err := f.s.As("kim").Operate(f.ctx, "job", func(s *record.Session) error { return fn(deals.In(s)) })
			f.must(err)
			return op.ID
		}
		undo := func(op record.ID) (*record.UndoReport, error) { return f.s.As("kim").Undo(f.ctx, op, false) }
		without("")
		given, gone, back := f.deal("kim", "given", ""), f.deal("kim", "gone", ""), f.deal("kim", "back", "")
		f.must(f.as("kim").Delete(f.ctx, back))
		give := operate(func(in *record.Module[Deal]) error {
			return in.Edit(f.ctx, given, func(d *Deal) error { d.Owner = "eve"; return nil })
		})
		remove := operate(func(in *record.Module[Deal]) error { return in.Delete(f.ctx, gone) })
		restore := operate(func(in *record.Module[Deal]) error { return in.Restore(f.ctx, back) })

		without(record.RightDelete)
		for _, op := range []record.ID{remove, restore} {
			_, err := undo(op)
			require.Equal(f, &record.ForbiddenError{Right: record.RightDelete, Module: "Deals"}, unjoined(err))
		}
		without(record.RightChangeOwner)
		_, err := undo(give)
		require.Equal(f, &record.ForbiddenError{Right: record.RightChangeOwner, Module: "Deals"}, unjoined(err))

		without("")
		rep, err := undo(give) // which is Eve's by now, to read and to write
		f.must(err)
		require.Len(f, rep.Kept, 1)
		require.Equal(f, given, rep.Kept[0].ID)
		for _, op := range []record.ID{remove, restore} {
			rep, err := undo(op)
			f.must(err)
			require.Equal(f, &record.UndoReport{PutBack: 1}, rep)
		}
		require.Equal(f, "given gone", f.sees("kim"))
		d, err := f.as("kim").Get(f.ctx, given)
		f.must(err)
		require.Equal(f, record.Actor("eve"), d.Owner)
	})
}

// unjoined is the *record.ForbiddenError in err.
func unjoined(err error) error {
	var forbidden *record.ForbiddenError
	if errors.As(err, &forbidden) {
		return forbidden
	}
	return err
}

// What is out of reach by now is not named: neither among what an operation created, nor as what stands against its undo, nor by who has found a layout wanting,
// nor as what a change followed from.
func TestNamesOfWhatIsOutOfReach(t *testing.T) {
	t.Parallel()
	each(t, func(f *fixture) {
		f.staff("ada coast", "eve east")
		f.profile("kim", "coast", func(p *rights.Profile) *rights.Profile {
			p.Organization = append(p.Organization, record.RightCustomize)
			return p
		})
		op, err := f.s.As("kim").Operate(f.ctx, "job", func(s *record.Session) error {
			return deals.In(s).Create(f.ctx, &Deal{Name: "kept", Stage: "same"}, &Deal{Name: "given", Stage: "same"})
		})
		f.must(err)
		made, err := f.s.As("kim").Created(f.ctx, op.ID)
		f.must(err)
		require.Len(f, made, 2)
		f.must(f.gives("kim", made[1].ID, "eve"))
		left, err := f.s.As("kim").Created(f.ctx, op.ID)
		f.must(err)
		require.Equal(f, made[:1], left)
		undone, err := f.s.As("kim").Undo(f.ctx, op.ID, true)
		require.Nil(f, undone)
		require.Equal(f, &record.ConflictError{Reason: "changed or linked to since the operation"}, err)

		var against *record.LayoutError
		_, err = f.s.As("kim").SaveLayout(f.ctx, "Deals", &record.Layout{Fields: []record.FieldLayout{{Name: "Deal_Name", Limit: 1}}}, nil)
		require.ErrorAs(f, err, &against)
		require.Equal(f, []record.Violation{{Field: "Deal_Name", Code: record.CodeInvalid, Records: 2, First: []record.ID{made[0].ID}}}, against.Violations)
		_, err = f.s.As("kim").SaveLayout(f.ctx, "Deals", &record.Layout{Fields: []record.FieldLayout{{Name: "Stage", Unique: true}}}, nil)
		require.ErrorAs(f, err, &against)
		require.Equal(f, []record.Violation{{Field: "Stage", Code: record.CodeDuplicate, Records: 1}}, against.Violations)
		rep, err := f.s.As("kim").SaveLayout(f.ctx, "Deals", &record.Layout{Fields: []record.FieldLayout{{Name: "Deal_Name", Limit: 1}}},
			&record.LayoutOptions{Keep: []string{"Deal_Name"}})
		f.must(err)
		require.Equal(f, []record.ID{made[0].ID}, rep.Violations[0].First)
	})
}
