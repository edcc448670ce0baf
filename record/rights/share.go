package rights

import (
	"context"
	"slices"
	"time"

	"github.com/clientele-go/crm/record"
)

// Share is one record's being shared. Zoho: 共享.
type Share struct {
	To    Principal // a user, a role, one with its subordinates, a group, or Public
	Level record.Level
	By    record.Actor // who shared it; set by this package
	Time  time.Time    // and when; set by this package
}

// How many of each a record may be shared with, which are Zoho's limits. Roles with their subordinates are roles.
const (
	MaxShareUsers  = 10
	MaxShareRoles  = 5
	MaxShareGroups = 5
)

// anything is a right that no profile gives, so that only the host itself has it.
const anything record.Right = "rights.Anything"

// Shares returns with whom a record that the actor sees is shared. It takes [record.RightView].
func (r *Rights) Shares(ctx context.Context, module string, id record.ID) (shares []Share, err error) {
	recs, err := r.s.Records(module)
	if err != nil {
		return nil, err
	}
	stored, err := recs.Shares(ctx, id)
	for _, sh := range stored {
		shares = append(shares, Share{Principal(sh.Principal), sh.Level, sh.By, sh.Time})
	}
	return shares, err
}

// Share shares a record with these, and with nobody else any more: it takes the place of the whole list. Superiors of
// those it is shared with do not get it.
//
// It takes [record.RightShare], and Full Access to the record that comes from elsewhere than a share: what was shared with
// an actor is theirs to use, and not to pass on. Only an administrator may. It fails with record.ErrNotFound, with a
// *record.ForbiddenError, and with a *record.ValidationError: for one who is not there or not active, who may not view the
// module, or who reaches the record at that level without being shared it; and for too many, with the args "limit" and
// "length". Whom it was shared with before may stay whatever became of them.
func (r *Rights) Share(ctx context.Context, module string, id record.ID, shares []Share) error {
	return r.s.Update(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, module, record.RightShare); err != nil {
			return err
		}
		recs, err := s.Records(module)
		if err != nil {
			return err
		}
		if _, err := recs.Get(ctx, id); err != nil {
			return err
		}
		all, err := s.AsSystem().Records(module)
		if err != nil {
			return err
		}
		before, err := all.Shares(ctx, id)
		if err != nil {
			return err
		}
		st, err := load(ctx, s.AsSystem())
		if err != nil {
			return err
		}
		on := &shared{st: st, recs: all, id: id, module: module}
		if err := on.find(ctx); err != nil {
			return err
		}
		if err := on.allowed(ctx, s, recs); err != nil {
			return err
		}
		if err := on.check(shares, before); err != nil {
			return err
		}
		list := make([]record.Share, len(shares))
		for i, sh := range shares {
			list[i] = record.Share{Principal: string(sh.To), Level: sh.Level}
		}
		return all.SetShares(ctx, id, list)
	})
}

// shared is a record that is to be shared.
type shared struct {
	st     *state
	recs   *record.Records // as the host sees them
	id     record.ID
	module string
	owner  record.Actor
	met    []string // the principals of the rules whose criteria it meets
}

// find finds the owner and the rules.
func (on *shared) find(ctx context.Context) error {
	rec, err := on.recs.Get(ctx, on.id)
	if err != nil {
		return err
	}
	on.owner = rec.Meta().Owner
	for _, g := range on.st.conf.grants(on.module, on.recs.Shape()) {
		n, err := on.recs.Count(ctx, record.Query{Where: record.And(record.Eq("id", on.id), g.Where)})
		if err != nil {
			return err
		}
		if n > 0 {
			on.met = append(on.met, g.Principal)
		}
	}
	return nil
}

// reaches reports whether a user reaches the record at a level other than by a share.
func (on *shared) reaches(u record.Actor, level record.Level) bool {
	return directly(on.st.rightsOf(nil, u, on.module), level, on.owner, on.met)
}

// allowed asks that the actor of s may share the record; recs are those that the actor sees.
func (on *shared) allowed(ctx context.Context, s *record.Session, recs *record.Records) error {
	full, err := recs.Reaches(ctx, record.LevelFull, on.id)
	if err != nil {
		return err
	}
	_, p, known := on.st.active(s.Actor())
	switch {
	case !full:
	case on.reaches(s.Actor(), record.LevelFull), known && p.ID == Administrator:
		return nil
	case s.Authorise(ctx, "", anything) == nil:
		return nil
	}
	return &record.ForbiddenError{Right: record.RightShare, Module: on.module, Record: on.id}
}

// check says what is wrong with shares, of which these are stored.
func (on *shared) check(shares []Share, before []record.Share) error {
	p, n := &problems{}, map[string]int{}
	for i, sh := range shares {
		p.at = i
		kind, id := sh.To.split()
		if kind == kindRoles {
			kind = kindRole
		}
		n[kind]++
		stays := slices.ContainsFunc(before, func(b record.Share) bool { return b.Principal == string(sh.To) && b.Level == sh.Level })
		switch {
		case sh.Level < record.LevelRead || sh.Level > record.LevelFull:
			p.add("Level", record.CodeInvalid, record.Args{"expected": expectedLevel})
		case slices.ContainsFunc(shares[:i], func(other Share) bool { return other.To == sh.To }):
			p.add("To", record.CodeDuplicate, nil)
		case stays:
		case kind != kindUser:
			p.principal("To", sh.To, on.st.conf.document, on.st.users)
		case !on.mayView(record.Actor(id)):
			p.add("To", record.CodeInvalid, record.Args{"expected": expectedActive})
		case on.reaches(record.Actor(id), sh.Level):
			p.add("To", record.CodeInvalid, record.Args{"expected": expectedNew})
		}
	}
	p.at = 0
	for _, most := range []struct {
		kind  string
		limit int
	}{{kindUser, MaxShareUsers}, {kindRole, MaxShareRoles}, {kindGroup, MaxShareGroups}} {
		if n[most.kind] > most.limit {
			p.add("To", record.CodeLimit, record.Args{"limit": most.limit, "length": n[most.kind], "kind": most.kind})
		}
	}
	return p.err()
}

// mayView reports whether somebody is an active user who may view the module.
func (on *shared) mayView(id record.Actor) bool {
	_, p, ok := on.st.active(id)
	return ok && p.allows(on.module, record.RightView)
}
