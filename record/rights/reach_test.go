package rights_test

import (
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
