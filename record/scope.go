package record

import (
	"context"

	"github.com/clientele-go/crm/storage"
)

// reach is the records that an actor reaches at a level, as filters: the parts of a [Scope] that there are. The zero reach is
// none, and nil all of them.
type reach struct {
	owners     storage.Filter
	shares     storage.Filter // those of the module
	principals []storage.Value
	level      Level
	where      storage.Filter
}

// reach returns what the actor reaches at a level. The session is in a transaction.
func (r *Records) reach(ctx context.Context, level Level) (*reach, error) {
	switch {
	case r.shape.rights == nil, r.shape.rights == unlimited:
		return nil, nil
	case r.shape.within >= 0:
		return r.inParents(ctx, level)
	case r.shape.rights.Scopes[level].All:
		return nil, nil
	}
	sc := &r.shape.rights.Scopes[level]
	to := &reach{level: level, shares: r.inShares(), owners: storage.Filter{Op: storage.In, Field: r.shape.fields[colOwner].Column()}}
	for _, o := range sc.Owners {
		to.owners.Args = append(to.owners.Args, textValue(string(o)))
	}
	for _, p := range sc.Principals {
		to.principals = append(to.principals, textValue(p))
	}
	if sc.Where.op == storage.All && sc.Where.kind == plain {
		to.where = or()
		return to, nil
	}
	where, err := r.shape.whole.compile(&sc.Where, r.s.Locale())
	to.where = where
	return to, err
}

// shared is true of records that were shared with the actor. With look, each record is looked up in the shares; without,
// all that were shared are found first.
func (to *reach) shared(look bool) storage.Filter {
	index := "principal"
	if look {
		index = "record"
	}
	of := &storage.Query{Table: shares, Index: index, Where: and(storage.Filter{Op: storage.In, Field: "principal", Args: to.principals}, to.shares,
		compare(storage.Ge, "level", storage.IntValue(int64(to.level))))}
	return storage.Filter{Op: storage.Among, Field: "id", Of: of, On: "record"}
}

// filter is true of the records in reach, and looks at each for itself.
func (to *reach) filter() storage.Filter {
	if to == nil {
		return storage.Filter{}
	}
	var parts []storage.Filter
	if len(to.owners.Args) > 0 {
		parts = append(parts, to.owners)
	}
	if len(to.principals) > 0 {
		parts = append(parts, to.shared(true))
	}
	if to.where.Op != storage.Or || to.where.Sub != nil {
		parts = append(parts, to.where)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return or(parts...)
}

// smallReach is how many records a reach may have so that a list collects them all and orders them. Of a larger one a list
// walks the index of its order, and asks of each record whether it is in reach: with a million records, of which names say
// nothing about owners, both take as long at some 5,000.
const smallReach = 5000

// small returns the ids of the live records in reach, and perhaps of some in the bin, when they are few. It is for queries
// that no condition of their own leads to few rows.
func (r *Records) small(ctx context.Context, to *reach) (ids []ID, few bool, err error) {
	if to.where.Op != storage.Or || to.where.Sub != nil {
		return nil, false, nil // nobody knows how many that is
	}
	if len(to.owners.Args) > 0 {
		if ids, few, err = r.owned(ctx, &to.owners); !few || err != nil {
			return nil, false, err
		}
	}
	if len(to.principals) > 0 {
		q := storage.Query{Table: shares, Columns: []string{"record"}, Where: to.shared(false).Of.Where, Index: "principal"}
		few, err := r.s.collect(ctx, q, r.s.cat.few.reach-len(ids), func(row *storage.Row) { ids = append(ids, row.Values[0].ID()) })
		if !few || err != nil {
			return nil, false, err
		}
	}
	return ids, true, nil
}

// owned returns the live records of these owners, if they are few.
func (r *Records) owned(ctx context.Context, owners *storage.Filter) (ids []ID, few bool, err error) {
	q := storage.Query{Table: r.shape.table, Columns: []string{}, Where: and(*owners, live), Index: owners.Field}
	few, err = r.s.collect(ctx, q, r.s.cat.few.reach, func(row *storage.Row) { ids = append(ids, row.ID) })
	return ids, few, err
}

// collect calls fn with the rows that q selects, unless they are more than most. They are counted first: a database that
// orders them has to read them all.
func (s *Session) collect(ctx context.Context, q storage.Query, most int, fn func(*storage.Row)) (few bool, err error) {
	if q.Limit = most + 1; q.Limit < 1 {
		return false, nil
	}
	n, err := s.tx.Count(ctx, &q)
	if err != nil || n > int64(most) {
		return false, err
	}
	if n == 0 {
		return true, nil
	}
	rows, err := s.tx.Find(ctx, &q)
	for i := range rows {
		fn(&rows[i])
	}
	return err == nil, err
}

// count returns how many of the records that where selects are in reach. The parts of the reach are counted one after the
// other, each by its own index, unless a condition of where leads to few rows. It stops at the limit, if there is one.
func (r *Records) count(ctx context.Context, to *reach, where storage.Filter, limit int) (n int64, err error) {
	q := storage.Query{Table: r.shape.table, Where: where, Limit: limit}
	q.Index = r.shape.indexFor(&q)
	if _, leads := r.shape.leads(where.Sub); to == nil || leads {
		q.Where = and(where, to.filter())
		return r.s.tx.Count(ctx, &q)
	}
	var parts, before []storage.Filter
	if len(to.owners.Args) > 0 {
		parts = append(parts, to.owners)
	}
	if len(to.principals) > 0 {
		parts = append(parts, to.shared(false))
	}
	parts = append(parts, to.where)
	for _, part := range parts {
		q := storage.Query{Table: r.shape.table, Where: and(where, part, and(before...)), Limit: limit}
		if part.Field == r.shape.fields[colOwner].Column() {
			q.Index = part.Field
		}
		some, err := r.s.tx.Count(ctx, &q)
		if err != nil {
			return 0, err
		}
		if n += some; limit > 0 && n >= int64(limit) {
			break
		}
		before = append(before, not(part))
	}
	return n, nil
}

// reached returns which of the records of these ids, live or in the bin, the actor reaches at a level; nil for all of them.
func (r *Records) reached(ctx context.Context, level Level, ids []ID) (map[ID]bool, error) {
	to, err := r.reach(ctx, level)
	if err != nil || to == nil || len(ids) == 0 {
		return nil, err
	}
	there := map[ID]bool{}
	q := storage.Query{Table: r.shape.table, Columns: []string{}, Where: and(among("id", ids...), to.filter()), Index: "id"}
	err = r.s.each(ctx, q, func(rows []storage.Row) error {
		for _, row := range rows {
			there[row.ID] = true
		}
		return nil
	})
	return there, err
}

// reaching fails when one of recs is not in the actor's reach: as if it were not there when the actor does not see it, and
// as forbidden when the right does not go that far.
func (r *Records) reaching(ctx context.Context, level Level, right Right, ids []ID) error {
	sees, err := r.reached(ctx, LevelRead, ids)
	if err != nil {
		return err
	}
	goes, err := r.reached(ctx, level, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if sees != nil && !sees[id] {
			return r.missing(id)
		}
		if goes != nil && !goes[id] {
			return &ForbiddenError{Right: right, Module: r.shape.Module, Record: id}
		}
	}
	return nil
}

// Reaches reports whether the actor's reach at a level has a live record, whatever the rights in the module are.
func (r *Records) Reaches(ctx context.Context, level Level, id ID) (reaches bool, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s)
		if err != nil {
			return err
		}
		to, err := in.reach(ctx, level)
		if err != nil {
			return err
		}
		n, err := s.tx.Count(ctx, &storage.Query{Table: in.shape.table, Where: and(byID(id), live, to.filter()), Limit: 1, Index: "id"})
		reaches = n > 0
		return err
	})
	return reaches, err
}

// Reached returns those of the live records of these ids that the actor's reach at a level has, whatever the rights in the module
// are.
func (r *Records) Reached(ctx context.Context, level Level, ids ...ID) (reached map[ID]bool, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s)
		if err != nil {
			return err
		}
		to, err := in.reach(ctx, level)
		if err != nil {
			return err
		}
		reached = make(map[ID]bool, len(ids))
		return in.present(ctx, ids, reached, to)
	})
	return reached, err
}

// visible returns those of the links that lead to records which the actor sees.
func (s *Session) visible(ctx context.Context, links []Link) (seen []Link, err error) {
	if s.system || s.o.Policy == nil {
		return links, nil
	}
	ids := map[string][]ID{}
	for _, l := range links {
		ids[l.Module] = append(ids[l.Module], l.ID)
	}
	reached := map[string]map[ID]bool{}
	for module, of := range ids {
		r, err := s.shown(s.cat.modules[module]).as(ctx, s)
		if err != nil {
			return nil, err
		}
		if !r.shape.rights.may(RightView) {
			reached[module] = map[ID]bool{}
		} else if reached[module], err = r.reached(ctx, LevelRead, of); err != nil {
			return nil, err
		}
	}
	for _, l := range links {
		if m := reached[l.Module]; m == nil || m[l.ID] {
			seen = append(seen, l)
		}
	}
	return seen, nil
}
