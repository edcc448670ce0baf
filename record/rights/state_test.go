package rights

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

// large is an organization of 5,000 users in 200 roles, of which 40 groups and 40 rules make use.
func large() (*document, *usersByID) {
	r := rand.New(rand.NewPCG(1, 2))
	d, err := readDocument(nil)
	if err != nil {
		panic(err)
	}
	ids := []string{CEO}
	for i := range 199 {
		role := &Role{ID: fmt.Sprintf("role%d", i), Name: fmt.Sprint("Role ", i), Parent: ids[r.IntN(len(ids)/4+1)]}
		ids = append(ids, role.ID)
		d.Roles = put(d.Roles, role, (*Role).id)
	}
	var us []User
	for i := range 5000 {
		us = append(us, User{ID: record.Actor(fmt.Sprintf("user%d@example.com", i)), Profile: Standard, Role: ids[r.IntN(len(ids))], Active: true})
	}
	for i := range 40 {
		d.Groups = put(d.Groups, &Group{ID: fmt.Sprint(i), Members: []Principal{OfRoles(pick(r, ids)), OfUser(pick(r, us).ID)}}, (*Group).id)
		d.Rules = put(d.Rules, &Rule{ID: fmt.Sprint(i), Module: "Deals", From: OfRole(pick(r, ids)), To: OfGroup(fmt.Sprint(i)), Level: record.LevelRead, Superiors: i%2 == 0}, (*Rule).id)
	}
	byShard := [shards][]*User{}
	for i := range us {
		at := shardOf(us[i].ID)
		byShard[at] = append(byShard[at], &us[i])
	}
	users := &usersByID{}
	for i := range users {
		users[i] = newShard(byShard[i])
	}
	return d, users
}

func TestStateIsRemembered(t *testing.T) {
	t.Parallel()
	d, users := large()
	c := configure(d)
	monday, loads := &roster{}, 0
	at := func(r *roster) *state {
		s, err := c.state(r, func() (*usersByID, error) { loads++; return users, nil })
		require.NoError(t, err)
		return s
	}
	s := at(monday)
	var all sync.WaitGroup
	got := make([]*record.Rights, 8)
	for i := range got {
		all.Go(func() {
			for n := range 400 {
				got[i] = at(monday).rightsOf(nil, record.Actor(fmt.Sprintf("user%d@example.com", n)), "Deals")
			}
		})
	}
	all.Wait()
	for _, r := range got {
		require.Same(t, got[0], r)
	}
	require.Same(t, s, at(monday))
	require.Equal(t, 1, loads)
	require.NotSame(t, s, at(&roster{}))
	over := errors.New("over")
	_, err := c.state(monday, func() (*usersByID, error) { return nil, over })
	require.ErrorIs(t, err, over)
}

// The rights that are remembered have a limit, and those beyond it are right all the same.
func TestRememberingHasALimit(t *testing.T) {
	t.Parallel()
	d, users := large()
	s := newState(configure(d), users)
	want := s.rightsOf(nil, "user1@example.com", "Deals")
	s.kept = maxKept + 1
	s.rightsOf(nil, "user2@example.com", "Deals")
	require.Less(t, s.kept, maxKept)
	got := s.rightsOf(nil, "user1@example.com", "Deals")
	require.NotSame(t, want, got)
	require.Equal(t, want, got)
}

// What a caller appends to one scope does not reach another.
func TestScopesAreTheirOwn(t *testing.T) {
	t.Parallel()
	d := example(t)
	s := newState(configure(d), usersOf(User{"ann", Standard, "west", true}, User{"bob", Standard, "coast", true}))
	r := s.rightsOf(nil, "ann", "Leads")
	require.Equal(t, []record.Actor{"ann", "bob"}, r.Scopes[record.LevelFull].Owners)
	for _, scope := range r.Scopes[record.LevelRead:] {
		require.Equal(t, len(scope.Owners), cap(scope.Owners))
		require.Equal(t, len(scope.Principals), cap(scope.Principals))
	}
	require.Empty(t, r.Scopes[0])
}

func BenchmarkRights(b *testing.B) {
	d, users := large()
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			configure(d)
		}
	})
	b.Run("compile", func(b *testing.B) {
		c := configure(d)
		for b.Loop() {
			newState(c, users)
		}
	})
	b.Run("compile and one user", func(b *testing.B) {
		c := configure(d)
		for b.Loop() {
			newState(c, users).rightsOf(nil, "user7@example.com", "Deals")
		}
	})
	b.Run("again", func(b *testing.B) {
		s := newState(configure(d), users)
		for b.Loop() {
			s.rightsOf(nil, "user7@example.com", "Deals")
		}
	})
}
