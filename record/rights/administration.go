package rights

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele-go/crm/record"
)

const builtIn = "is built in"

// Profile returns the profile of that id.
func (r *Rights) Profile(ctx context.Context, id string) (*Profile, error) {
	return profiles.get(ctx, r, id)
}

// Profiles returns all profiles, by id.
func (r *Rights) Profiles(ctx context.Context) ([]*Profile, error) { return profiles.list(ctx, r) }

// SaveProfile stores a profile, new or changed. A right without one that it needs is INVALID_DATA, with the other one as
// its arg "needs".
func (r *Rights) SaveProfile(ctx context.Context, p *Profile) error {
	return profiles.save(ctx, r, p, &p.ID, func(wrong *problems, s *record.Session, d *document, _ *usersByID) error {
		d.checkProfile(wrong, p, s.Modules(), func(module, name string) (record.Def, bool) {
			recs, err := s.AsSystem().Records(module)
			if err != nil {
				return record.Def{}, false
			}
			return recs.Shape().Field(name)
		})
		return nil
	})
}

// DeleteProfile deletes a profile. One that users have, or that is built in, is a *record.ConflictError.
func (r *Rights) DeleteProfile(ctx context.Context, id string) error {
	return profiles.delete(ctx, r, id, func(_ *document, users *usersByID) string {
		if id == Administrator || id == Standard {
			return builtIn
		}
		return users.having(func(u *User) bool { return u.Profile == id })
	})
}

// Role returns the role of that id.
func (r *Rights) Role(ctx context.Context, id string) (*Role, error) { return roles.get(ctx, r, id) }

// Roles returns all roles, by id.
func (r *Rights) Roles(ctx context.Context) ([]*Role, error) { return roles.list(ctx, r) }

// SaveRole stores a role, new or changed. One that would be below itself is CIRCULAR_REFERENCE.
func (r *Rights) SaveRole(ctx context.Context, role *Role) error {
	return roles.save(ctx, r, role, &role.ID, func(wrong *problems, _ *record.Session, d *document, _ *usersByID) error {
		d.checkRole(wrong, role)
		return nil
	})
}

// DeleteRole deletes a role, whose id no other role can have then. One that users have, that is above another, that a
// group takes in, that a rule is about or that is built in, is a *record.ConflictError.
func (r *Rights) DeleteRole(ctx context.Context, id string) error {
	return roles.delete(ctx, r, id, func(d *document, users *usersByID) string {
		if id == CEO {
			return builtIn
		}
		if i := slices.IndexFunc(d.Roles, func(other *Role) bool { return other.Parent == id }); i >= 0 {
			return fmt.Sprintf("is above role %q", d.Roles[i].ID)
		}
		if why := users.having(func(u *User) bool { return u.Role == id }); why != "" {
			return why
		}
		return d.uses(OfRole(id), OfRoles(id))
	})
}

// Group returns the group of that id.
func (r *Rights) Group(ctx context.Context, id string) (*Group, error) { return groups.get(ctx, r, id) }

// Groups returns all groups, by id.
func (r *Rights) Groups(ctx context.Context) ([]*Group, error) { return groups.list(ctx, r) }

// SaveGroup stores a group, new or changed. One that would take in itself is CIRCULAR_REFERENCE.
func (r *Rights) SaveGroup(ctx context.Context, g *Group) error {
	return groups.save(ctx, r, g, &g.ID, func(wrong *problems, _ *record.Session, d *document, users *usersByID) error {
		d.checkGroup(wrong, g, users)
		return nil
	})
}

// DeleteGroup deletes a group, whose id no other group can have then. One that another group takes in, or that a rule is
// about, is a *record.ConflictError.
func (r *Rights) DeleteGroup(ctx context.Context, id string) error {
	return groups.delete(ctx, r, id, func(d *document, _ *usersByID) string { return d.uses(OfGroup(id)) })
}

// Rule returns the rule of that id.
func (r *Rights) Rule(ctx context.Context, id string) (*Rule, error) { return rules.get(ctx, r, id) }

// Rules returns all rules, by id.
func (r *Rights) Rules(ctx context.Context) ([]*Rule, error) { return rules.list(ctx, r) }

// SaveRule stores a rule, new or changed. With other criteria, all records of its module are looked at.
func (r *Rights) SaveRule(ctx context.Context, rule *Rule) error {
	return r.s.Update(ctx, func(s *record.Session) error {
		var was Rule
		err := rules.save(ctx, In(s), rule, &rule.ID, func(wrong *problems, s *record.Session, d *document, users *usersByID) error {
			if old := find(d.Rules, rule.ID, rules.of); old != nil {
				was = *old
			}
			var shape *record.Shape
			if slices.Contains(s.Modules(), rule.Module) {
				recs, err := s.AsSystem().Records(rule.Module)
				if err != nil {
					return err
				}
				shape = recs.Shape()
			}
			d.checkRule(wrong, rule, shape, users)
			return nil
		})
		if err != nil {
			return err
		}
		return regrant(ctx, s, &was, rule)
	})
}

// DeleteRule deletes a rule.
func (r *Rights) DeleteRule(ctx context.Context, id string) error {
	return r.s.Update(ctx, func(s *record.Session) error {
		was, err := rules.get(ctx, In(s), id)
		if err != nil {
			return err
		}
		if err := rules.delete(ctx, In(s), id, func(*document, *usersByID) string { return "" }); err != nil {
			return err
		}
		return regrant(ctx, s, was, &Rule{})
	})
}

// regrant writes anew what the criteria of a rule find, when they are others than they were.
func regrant(ctx context.Context, s *record.Session, was, is *Rule) error {
	if was.principal() == is.principal() {
		return nil
	}
	for _, rule := range []*Rule{was, is} {
		if rule.principal() == "" {
			continue
		}
		recs, err := s.AsSystem().Records(rule.Module)
		if err != nil {
			return err
		}
		if err := recs.Regrant(ctx, rule.principal()); err != nil {
			return err
		}
	}
	return nil
}

// Default returns what everyone may do with the records of a module.
func (r *Rights) Default(ctx context.Context, module string) (def Default, err error) {
	err = r.read(ctx, func(d *document, _ *usersByID) error {
		def = d.Defaults[module]
		return nil
	})
	return def, err
}

// SetDefault says what everyone may do with the records of a module that are part of no others: who sees those that are is in
// [record.ModuleOptions].
func (r *Rights) SetDefault(ctx context.Context, module string, def Default) error {
	return r.edit(ctx, func(s *record.Session, d *document, _ *usersByID) error {
		p := &problems{}
		if !slices.Contains(s.Modules(), module) {
			p.add("Module", record.CodeNotFound, record.Args{"module": module})
		} else if recs, err := s.AsSystem().Records(module); err != nil {
			return err
		} else if recs.Shape().Within() != "" {
			p.add("Module", record.CodeInvalid, record.Args{"expected": expectedWhole})
		}
		if def > PublicReadWriteDelete {
			p.add("Default", record.CodeInvalid, record.Args{"expected": expectedLevel})
		}
		d.Defaults[module] = def
		return p.err()
	})
}

// having says that users have something, or "" when none has.
func (us *usersByID) having(it func(*User) bool) string {
	n := 0
	us.all(func(u *User) {
		if it(u) {
			n++
		}
	})
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("has %d users", n)
}

// uses says which group or rule names one of the principals, or "" when none does.
func (d *document) uses(ps ...Principal) string {
	for _, g := range d.Groups {
		for _, m := range g.Members {
			if slices.Contains(ps, m) {
				return fmt.Sprintf("is in group %q", g.ID)
			}
		}
	}
	for _, r := range d.Rules {
		if slices.Contains(ps, r.From) || slices.Contains(ps, r.To) {
			return fmt.Sprintf("is in rule %q", r.ID)
		}
	}
	return ""
}
