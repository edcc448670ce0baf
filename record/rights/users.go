package rights

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/clientele-go/crm/record"
)

// User returns the user of that id.
func (r *Rights) User(ctx context.Context, id record.Actor) (u *User, err error) {
	err = r.read(ctx, func(_ *document, users *usersByID) error {
		found := users.find(id)
		if found == nil {
			return fmt.Errorf("rights: user %q: %w", id, record.ErrNotFound)
		}
		copied := *found
		u = &copied
		return nil
	})
	return u, err
}

// Users returns all users, by id.
func (r *Rights) Users(ctx context.Context) iter.Seq2[*User, error] {
	return func(yield func(*User, error) bool) {
		var all []User
		err := r.read(ctx, func(_ *document, users *usersByID) error {
			all = nil
			users.all(func(u *User) { all = append(all, *u) })
			return nil
		})
		if err != nil {
			yield(nil, err)
			return
		}
		slices.SortFunc(all, func(a, b User) int { return cmp.Compare(a.ID, b.ID) })
		for i := range all {
			if !yield(&all[i], nil) {
				return
			}
		}
	}
}

// SaveUsers stores users, new or changed: all of them or none. Where there was an active user with the profile
// Administrator, there is one afterwards, or it is a *record.ConflictError.
func (r *Rights) SaveUsers(ctx context.Context, users ...User) error {
	return r.s.Update(ctx, func(s *record.Session) error {
		return In(s).read(ctx, func(d *document, known *usersByID) error {
			wrong := &problems{}
			changed := [shards][]*User{}
			for i := range users {
				u := users[i]
				wrong.at = i
				d.checkUser(ctx, wrong, s, &u)
				changed[shardOf(u.ID)] = append(changed[shardOf(u.ID)], &u)
			}
			if err := wrong.err(); err != nil {
				return err
			}
			return saveUsers(ctx, s, d, known, &changed)
		})
	})
}

// saveUsers stores what changed of those that are known.
func saveUsers(ctx context.Context, s *record.Session, d *document, known *usersByID, changed *[shards][]*User) error {
	next := *known
	for i, us := range changed {
		if us != nil {
			next[i] = known[i].with(us)
		}
	}
	if known.administered() && !next.administered() {
		return &record.ConflictError{Reason: "no active user would be an administrator"}
	}
	for i, shard := range next {
		if shard != known[i] {
			if err := save(ctx, s, shardName(i), shard.users); err != nil {
				return err
			}
		}
	}
	var saved roster
	r, err := loadRoster(ctx, s.AsSystem())
	if err != nil {
		return err
	}
	if r != nil {
		saved = *r
	}
	saved.Saves++
	if err := save(ctx, s, rosterSetting, saved); err != nil {
		return err
	}
	return save(ctx, s, setting, d) // so that what follows from it is remembered, even if all of it is built in
}

// administered reports whether some active user is an administrator.
func (us *usersByID) administered() (yes bool) {
	us.all(func(u *User) { yes = yes || u.Active && u.Profile == Administrator })
	return yes
}

// checkUser notes what is wrong with a user.
func (d *document) checkUser(ctx context.Context, p *problems, s *record.Session, u *User) {
	if u.ID == "" {
		p.add("ID", record.CodeMandatory, nil)
	} else if err := s.As(u.ID).View(ctx, func(*record.Session) error { return nil }); err != nil {
		p.add("ID", record.CodeInvalid, record.Args{"expected": "userlookup"})
	}
	switch {
	case u.Profile == "":
		p.add("Profile", record.CodeMandatory, nil)
	case find(d.Profiles, u.Profile, (*Profile).id) == nil:
		p.add("Profile", record.CodeNotFound, nil)
	}
	switch {
	case u.Role == "":
		p.add("Role", record.CodeMandatory, nil)
	case find(d.Roles, u.Role, (*Role).id) == nil:
		p.add("Role", record.CodeNotFound, nil)
	}
}
