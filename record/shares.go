package record

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/clientele-go/crm/storage"
)

// shares has who is given records beside their owners: by name, as a [Share], or by a condition, as a [Grant].
var shares = &storage.Table{Name: "crm_shares", Columns: []storage.Column{
	{Name: "module", Kind: storage.Text}, {Name: "record", Kind: storage.Ref}, {Name: "principal", Kind: storage.Text},
	{Name: "level", Kind: storage.Int}, {Name: "granted", Kind: storage.Bool}, {Name: "actor", Kind: storage.Text}, {Name: "at", Kind: storage.Time}},
	Indexes: []storage.Index{
		{Name: "record", Columns: []string{"record", "principal", "level"}},
		{Name: "principal", Columns: []string{"principal", "module", "level", "record"}}}}

// Share gives one record to a principal, which stands for users: how, is the policy's business.
type Share struct {
	Principal string // such as "user:ann"; one line of at most 255 characters
	Level     Level
	By        Actor     // who shared it
	Time      time.Time // and when
}

// Shares returns with whom a live record that the actor sees is shared, in the order of the principals.
func (r *Records) Shares(ctx context.Context, id ID) (list []Share, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightView)
		if err != nil {
			return err
		}
		if _, err := in.get(ctx, id); err != nil {
			return err
		}
		list = nil
		return s.each(ctx, r.sharesOf(id), func(rows []storage.Row) error {
			for _, row := range rows {
				v := row.Values
				list = append(list, Share{Principal: v[2].Text(), Level: Level(v[3].Int64()), By: Actor(v[5].Text()), Time: v[6].Time()})
			}
			return nil
		})
	})
	slices.SortFunc(list, func(a, b Share) int { return strings.Compare(a.Principal, b.Principal) })
	return list, err
}

// sharesOf selects the shares of a record, without its grants.
func (r *Records) sharesOf(id ID) storage.Query {
	return storage.Query{Table: shares, Index: "record", Where: and(eq("record", storage.RefValue(id)), r.inShares(), eq("granted", storage.BoolValue(false)))}
}

// inShares is true of the shares and grants of the module: a record of another may have the same id.
func (r *Records) inShares() storage.Filter { return eq("module", storage.TextValue(r.shape.Module)) }

// SetShares shares a live record with these, and with nobody else. It takes [RightManageUsers]; whom others may share
// with is the policy's business. Records within others are not shared: see [ModuleOptions].
func (r *Records) SetShares(ctx context.Context, id ID, list []Share) error {
	if err := r.s.usable(); err != nil {
		return err
	}
	if r.shape.within >= 0 {
		return invalid("Module", CodeInvalid, Args{"expected": expectedWhole})
	}
	for i, sh := range list {
		if p := exactly(TextType(255), sh.Principal); !p.OK() || sh.Principal == "" {
			return &ValidationError{Fields: []FieldError{{Record: i, Field: "Principal", Code: CodeInvalid, Args: Args{"expected": expectedLine}}}}
		}
		if sh.Level < LevelRead || sh.Level > LevelFull || slices.ContainsFunc(list[:i], func(o Share) bool { return o.Principal == sh.Principal }) {
			return &ValidationError{Fields: []FieldError{{Record: i, Field: "Level", Code: CodeInvalid, Args: Args{"expected": "one value"}}}}
		}
	}
	return r.s.Update(ctx, func(s *Session) error {
		if err := s.Authorise(ctx, "", RightManageUsers); err != nil {
			return err
		}
		in, err := r.as(ctx, s)
		if err != nil {
			return err
		}
		if _, err := in.get(ctx, id); err != nil {
			return err
		}
		stored := map[string]storage.Row{}
		err = s.each(ctx, r.sharesOf(id), func(rows []storage.Row) error {
			for _, row := range rows {
				stored[row.Values[2].Text()] = row
			}
			return nil
		})
		if err != nil {
			return err
		}
		var made, changed []storage.Row
		for _, sh := range list {
			row := storage.Row{ID: shareID(r.shape.Module, id, sh.Principal, false), Version: 1, Values: []storage.Value{storage.TextValue(r.shape.Module),
				storage.RefValue(id), storage.TextValue(sh.Principal), storage.IntValue(int64(sh.Level)), storage.BoolValue(false),
				textValue(string(s.o.Actor)), timeValue(s.Now())}}
			old, there := stored[sh.Principal]
			delete(stored, sh.Principal)
			switch {
			case !there:
				made = append(made, row)
			case old.Values[3] != row.Values[3]:
				row.Version = old.Version + 1
				changed = append(changed, row)
			}
		}
		var gone []storage.Key
		for _, row := range stored {
			gone = append(gone, storage.Key{ID: row.ID, Version: row.Version})
		}
		if err := s.delete(ctx, shares, gone...); err != nil {
			return err
		}
		if err := s.insert(ctx, shares, made...); err != nil {
			return err
		}
		return s.update(ctx, shares, changed...)
	})
}

func shareID(module string, record ID, principal string, granted bool) ID {
	kind := "share"
	if granted {
		kind = "grant"
	}
	return hashID(kind, module, string(record[:]), principal)
}

// grant is a Grant, compiled.
type grant struct {
	principal string
	where     storage.Filter
}

// grantsOf returns the conditions whose matches are kept as rows. The session is in a transaction.
func (s *Session) grantsOf(ctx context.Context, m *Schema) ([]grant, error) {
	if s.o.Policy == nil {
		return nil, nil
	}
	if gs, ok := s.tx.grants[m]; ok {
		return gs, nil
	}
	in := s.AsSystem()
	in.view = true
	list, err := s.o.Policy.Grants(ctx, in, m.Module)
	if err != nil {
		return nil, err
	}
	var gs []grant
	for i := range list {
		where, err := s.tx.conf.shapes[m].compile(&list[i].Where, nil)
		if err != nil {
			return nil, err
		}
		gs = append(gs, grant{list[i].Principal, where})
	}
	if s.tx.grants == nil {
		s.tx.grants = map[*Schema][]grant{}
	}
	s.tx.grants[m] = gs
	return gs, nil
}

// Regrant writes anew which records of the module these principals have been granted, as the policy says by now. Whoever
// changes what [Policy] Grants says calls it in the transaction of that change. It reads all records of the module, and takes
// [RightManageUsers].
func (r *Records) Regrant(ctx context.Context, principals ...string) error {
	return r.s.Update(ctx, func(s *Session) error {
		if err := s.Authorise(ctx, "", RightManageUsers); err != nil {
			return err
		}
		for _, p := range principals {
			q := storage.Query{Table: shares, Columns: []string{}, Index: "principal", Where: and(eq("principal", textValue(p)),
				r.inShares(), eq("granted", storage.BoolValue(true)))}
			err := s.each(ctx, q, func(rows []storage.Row) error { return s.delete(ctx, shares, keysOf(rows)...) })
			if err != nil {
				return err
			}
		}
		gs, err := s.grantsOf(ctx, r.shape.Schema)
		if err != nil {
			return err
		}
		gs = slices.DeleteFunc(slices.Clone(gs), func(g grant) bool { return !slices.Contains(principals, g.principal) })
		if len(gs) == 0 {
			return nil
		}
		return s.each(ctx, storage.Query{Table: r.shape.table, Index: "id"}, func(rows []storage.Row) error {
			var made []storage.Row
			for i := range rows {
				for _, g := range gs {
					if storage.Match(r.shape.table, &g.where, &rows[i]) {
						made = append(made, grantRow(r.shape.Module, rows[i].ID, g.principal))
					}
				}
			}
			return s.insert(ctx, shares, made...)
		})
	})
}

func grantRow(module string, id ID, principal string) storage.Row {
	return storage.Row{ID: shareID(module, id, principal, true), Version: 1, Values: []storage.Value{storage.TextValue(module), storage.RefValue(id),
		storage.TextValue(principal), storage.IntValue(int64(LevelFull)), storage.BoolValue(true), {}, {}}}
}

func keysOf(rows []storage.Row) []storage.Key {
	keys := make([]storage.Key, len(rows))
	for i, row := range rows {
		keys[i] = storage.Key{ID: row.ID, Version: row.Version}
	}
	return keys
}
