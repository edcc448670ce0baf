package record

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// Purge removes records that are in the bin for good, all or none, with their timeline and with the records in the bin
// that went along with them. It cannot be taken back. Links that still lead to them, from other records in the bin, are
// emptied. It fails with ErrNotFound for what is not in the bin, and takes [RightManageData].
func (r *Records) Purge(ctx context.Context, ids ...ID) error {
	return r.s.Update(ctx, func(s *Session) error {
		if err := s.Authorise(ctx, "", RightManageData); err != nil {
			return err
		}
		recs, err := s.records(r.shape.Schema).named(ctx, ids, not(live))
		if err != nil {
			return fmt.Errorf("bin: %w", err)
		}
		_, err = s.purge(ctx, recs)
		return err
	})
}

// purge removes records of any modules and their timelines, and what in the bin depends on them, and empties what else
// still leads to them. It returns how many there were.
func (s *Session) purge(ctx context.Context, recs []*Record) (n int, err error) {
	gone, byModule := map[Link]bool{}, map[*Schema][]*Record{}
	for len(recs) > 0 {
		fresh := map[*Schema][]*Record{}
		for _, rec := range recs {
			if l := rec.Link(); !gone[l] {
				gone[l] = true
				fresh[rec.shape.Schema] = append(fresh[rec.shape.Schema], rec)
			}
		}
		recs = nil
		for _, m := range s.cat.order {
			byModule[m] = append(byModule[m], fresh[m]...)
			err := s.dependants(ctx, m.Module, ids(fresh[m]), Cascade.is, func(_ *Records, _ int, page []*Record) error {
				recs = append(recs, page...)
				return nil
			}, not(live))
			if err != nil {
				return 0, err
			}
		}
	}
	for _, m := range s.cat.order {
		err := s.dependants(ctx, m.Module, ids(byModule[m]), nil, func(by *Records, i int, page []*Record) error {
			return by.cut(ctx, i, slices.DeleteFunc(page, func(p *Record) bool { return gone[p.Link()] }), nil)
		})
		if err != nil {
			return 0, err
		}
	}
	for _, m := range s.cat.order {
		if err := s.records(m).erase(ctx, byModule[m]); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

// erase removes the rows of records, of their timelines, and beside them.
func (r *Records) erase(ctx context.Context, recs []*Record) error {
	if len(recs) == 0 {
		return nil
	}
	keys := make([]storage.Key, len(recs))
	for i, rec := range recs {
		keys[i] = storage.Key{ID: rec.ID, Version: rec.Version}
	}
	history := storage.Query{Table: timeline, Columns: []string{}, Index: "record", Where: r.historyOf(ids(recs))}
	err := r.s.each(ctx, history, func(rows []storage.Row) error {
		return r.s.delete(ctx, timeline, keysOf(rows)...)
	})
	if err != nil {
		return err
	}
	if err := r.untell(ctx, ids(recs)); err != nil {
		return err
	}
	given := storage.Query{Table: shares, Columns: []string{}, Index: "record", Where: and(among("record", ids(recs)...), r.inShares())}
	err = r.s.each(ctx, given, func(rows []storage.Row) error { return r.s.delete(ctx, shares, keysOf(rows)...) })
	if err != nil {
		return err
	}
	var rows beside
	for _, rec := range recs {
		rows.change(r.shape.whole, nil, rec.ID, rec, nil)
	}
	if err := rows.write(ctx, r.s); err != nil {
		return err
	}
	if told := r.s.o.Purged; told != nil {
		s, module, gone := r.s.outside(), r.shape.Module, ids(recs)
		r.s.AfterCommit(func() { told(ctx, s, module, gone) })
	}
	return r.s.delete(ctx, r.shape.table, keys...)
}

// PurgeExpired purges what has been in the bin for longer than [Retention], in transactions of some 500 records, and
// returns how many there were. A host calls it now and then. It takes [RightManageData].
func (r *Records) PurgeExpired(ctx context.Context) (n int, err error) {
	q := storage.Query{Table: r.shape.table, Limit: 500,
		Where: and(compare(storage.Lt, live.Field, storage.TimeValue(r.s.Now().Add(-Retention))))}
	for {
		found, purged := 0, 0
		err := r.s.Update(ctx, func(s *Session) error {
			if err := s.Authorise(ctx, "", RightManageData); err != nil {
				return err
			}
			rows, err := s.tx.Find(ctx, &q)
			if err != nil {
				return err
			}
			shape := s.tx.conf.shapes[r.shape.Schema]
			expired := make([]*Record, len(rows))
			for i := range rows {
				expired[i] = shape.decode(&rows[i])
			}
			found = len(rows)
			purged, err = s.purge(ctx, expired)
			return err
		})
		if err != nil {
			return n, err
		}
		if n += purged; found < q.Limit {
			return n, nil
		}
	}
}
