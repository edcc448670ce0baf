package rights

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/clientele-go/crm/record"
)

// Rights is the profiles, roles, users, groups and sharing of an organization, as the actor of one session administers
// them. It joins the transaction of its session. All of it takes [record.RightManageUsers], or it is a
// *record.ForbiddenError, but for [Rights.Share] and [Rights.Shares]. What is wrong with what is saved is a
// *record.ValidationError, and an id that nothing has is record.ErrNotFound.
type Rights struct{ s *record.Session }

// In returns the rights of the organization of s.
func In(s *record.Session) *Rights { return &Rights{s} }

// read calls fn with the document as it is, and the users.
func (r *Rights) read(ctx context.Context, fn func(d *document, users *usersByID) error) error {
	return r.s.View(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, "", record.RightManageUsers); err != nil {
			return err
		}
		t, err := s.Setting(ctx, setting)
		if err != nil {
			return err
		}
		d, err := readDocument(t.Body)
		if err != nil {
			return err
		}
		users, err := loadUsers(ctx, s)
		if err != nil {
			return err
		}
		return fn(d, users)
	})
}

// edit stores the document as fn leaves it. Since fn gets it in the transaction that stores it, no other edit is lost.
func (r *Rights) edit(ctx context.Context, fn func(s *record.Session, d *document, users *usersByID) error) error {
	return r.s.Update(ctx, func(s *record.Session) error {
		return In(s).read(ctx, func(d *document, users *usersByID) error {
			if err := fn(s, d, users); err != nil {
				return err
			}
			return save(ctx, s, setting, d)
		})
	})
}

// save stores a setting unless it is so already. Whether the actor may was asked before what was saved so far took effect.
func save(ctx context.Context, s *record.Session, name string, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	s = s.AsSystem()
	t, err := s.Setting(ctx, name)
	if err != nil || bytes.Equal(t.Body, body) {
		return err
	}
	t.Body = body
	return s.SaveSetting(ctx, t)
}

// named is what has an id of its own in the document.
type named[T any] struct {
	what string // for messages
	of   func(*T) string
	all  func(*document) *[]*T
	once func(id string) Principal // by which records may be shared with it; nil when they are not
}

var (
	profiles = named[Profile]{"profile", (*Profile).id, func(d *document) *[]*Profile { return &d.Profiles }, nil}
	roles    = named[Role]{"role", (*Role).id, func(d *document) *[]*Role { return &d.Roles }, OfRole}
	groups   = named[Group]{"group", (*Group).id, func(d *document) *[]*Group { return &d.Groups }, OfGroup}
	rules    = named[Rule]{"rule", (*Rule).id, func(d *document) *[]*Rule { return &d.Rules }, nil}
)

func (n *named[T]) missing(id string) error {
	return fmt.Errorf("rights: %s %q: %w", n.what, id, record.ErrNotFound)
}

// get returns the one of that id.
func (n *named[T]) get(ctx context.Context, r *Rights, id string) (x *T, err error) {
	err = r.read(ctx, func(d *document, _ *usersByID) error {
		if x = find(*n.all(d), id, n.of); x == nil {
			return n.missing(id)
		}
		return nil
	})
	return x, err
}

// list returns all of them, by id.
func (n *named[T]) list(ctx context.Context, r *Rights) (xs []*T, err error) {
	err = r.read(ctx, func(d *document, _ *usersByID) error {
		xs = *n.all(d)
		return nil
	})
	return xs, err
}

// save stores x, and gives it a new id if it has none, when check has nothing against it.
func (n *named[T]) save(ctx context.Context, r *Rights, x *T, id *string, check func(*problems, *record.Session, *document, *usersByID) error) error {
	return r.edit(ctx, func(s *record.Session, d *document, users *usersByID) error {
		if *id == "" {
			*id = s.NewID().String()
		}
		p := &problems{}
		if n.once != nil && slices.Contains(d.Gone, n.once(*id)) {
			p.add("ID", record.CodeDuplicate, nil)
		}
		if err := check(p, s, d, users); err != nil {
			return err
		}
		if err := p.err(); err != nil {
			return err
		}
		all := n.all(d)
		*all = put(*all, x, n.of)
		return nil
	})
}

// delete takes the one of that id out, unless inUse says what stands against it.
func (n *named[T]) delete(ctx context.Context, r *Rights, id string, inUse func(*document, *usersByID) string) error {
	return r.edit(ctx, func(_ *record.Session, d *document, users *usersByID) error {
		all := n.all(d)
		i, ok := position(*all, id, n.of)
		if !ok {
			return n.missing(id)
		}
		if why := inUse(d, users); why != "" {
			return &record.ConflictError{Reason: fmt.Sprintf("%s %q %s", n.what, id, why)}
		}
		*all = slices.Delete(*all, i, i+1)
		if n.once != nil {
			d.Gone = append(d.Gone, n.once(id))
		}
		return nil
	})
}
