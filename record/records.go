package record

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// Records is the life of the records of one module, as one session sees them: the same for every module, without its
// struct. [Module] puts the struct on top. It is safe for concurrent use where its session is.
type Records struct {
	s     *Session
	shape *Shape
}

// Session returns the session that the records are seen by.
func (r *Records) Session() *Session { return r.s }

// Shape returns the fields of the records, as the session knows them: see [Records.Load].
func (r *Records) Shape() *Shape {
	if r.s.tx == nil {
		return r.s.configuration().shapes[r.shape.Schema].seen(nil)
	}
	return r.shape
}

// In returns the same records inside the transaction of s.
func (r *Records) In(s *Session) *Records { return s.shown(r.shape.Schema) }

// wholly returns the same records with all that there is, whoever the actor is.
func (r *Records) wholly() *Records { return &Records{s: r.s, shape: r.shape.whole} }

// New returns an empty record of the module, not stored.
func (r *Records) New() *Record { return r.NewBatch(1)[0] }

// NewBatch returns n empty records that share one piece of memory.
func (r *Records) NewBatch(n int) []*Record {
	shape := r.Shape()
	width := shape.width
	values, recs, out := make([]storage.Value, n*width), make([]Record, n), make([]*Record, n)
	for i := range recs {
		recs[i] = Record{shape: shape, row: values[i*width : (i+1)*width : (i+1)*width]}
		out[i] = &recs[i]
	}
	return out
}

func (r *Records) missing(id ID) error {
	return fmt.Errorf("%s %s: %w", r.shape.Module, id, ErrNotFound)
}

// query selects records by column.
func (r *Records) query(fs ...storage.Filter) storage.Query {
	q := storage.Query{Table: r.shape.table, Where: and(fs...)}
	q.Index = r.shape.indexFor(&q)
	return q
}

// each calls fn with the records that the filters select, a page at a time.
func (r *Records) each(ctx context.Context, fn func([]*Record) error, fs ...storage.Filter) error {
	return r.s.each(ctx, r.query(fs...), func(rows []storage.Row) error {
		recs := make([]*Record, len(rows))
		for i := range rows {
			recs[i] = r.shape.decode(&rows[i])
		}
		return fn(recs)
	})
}

// byID returns the records that the filters select, by id.
func (r *Records) byID(ctx context.Context, fs ...storage.Filter) (map[ID]*Record, error) {
	m := map[ID]*Record{}
	err := r.each(ctx, func(recs []*Record) error {
		for _, rec := range recs {
			m[rec.ID] = rec
		}
		return nil
	}, fs...)
	return m, err
}

// Get returns the live record of that id, or ErrNotFound.
func (r *Records) Get(ctx context.Context, id ID) (rec *Record, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightView)
		if err != nil {
			return err
		}
		rec, err = in.get(ctx, id)
		return err
	})
	return rec, err
}

// get returns the live record of that id, if the actor sees it. The session is in a transaction.
func (r *Records) get(ctx context.Context, id ID) (*Record, error) {
	to, err := r.reach(ctx, LevelRead)
	if err != nil {
		return nil, err
	}
	q := storage.Query{Table: r.shape.table, Where: byID(id), Limit: 1, Index: "id"}
	if to != nil {
		q.Where = and(q.Where, to.filter())
	}
	rows, err := r.s.tx.Find(ctx, &q)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || !rows[0].Values[colDeleted].IsNull() {
		return nil, r.missing(id)
	}
	return r.shape.decode(&rows[0]).blank(), nil
}

// List returns a page of records, and where the next page begins: "" when there is none.
func (r *Records) List(ctx context.Context, q Query) (recs []*Record, next Cursor, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightView)
		if err != nil {
			return err
		}
		p, err := in.plan(ctx, &q)
		if err == nil {
			recs, next, err = in.page(ctx, p)
		}
		return err
	})
	return recs, next, err
}

func (r *Records) page(ctx context.Context, p *plan) (recs []*Record, next Cursor, err error) {
	more := p.Query
	more.Limit++
	rows, err := r.s.tx.Find(ctx, &more)
	if err == nil && p.then != nil && len(rows) < more.Limit {
		var rest []storage.Row
		more.Where, more.Limit = *p.then, more.Limit-len(rows)
		rest, err = r.s.tx.Find(ctx, &more)
		rows = append(rows, rest...)
	}
	if err != nil {
		return nil, "", err
	}
	full := len(rows) > p.Limit
	if full {
		rows = rows[:p.Limit]
	}
	if p.walk {
		if rows, err = r.lookUp(ctx, rows); err != nil {
			return nil, "", err
		}
	}
	recs = make([]*Record, len(rows))
	for i := range rows {
		recs[i] = r.shape.decode(&rows[i])
	}
	switch last := len(rows) - 1; {
	case full && p.walk:
		next = p.cursor(recs[last].ID, []storage.Value{recs[last].row[p.by]})
	case full:
		next = p.cursor(rows[last].ID, p.keys(&rows[last]))
	}
	for _, rec := range recs {
		rec.blank()
	}
	return recs, next, nil
}

// lookUp returns the records that rows of an index name, in their order.
func (r *Records) lookUp(ctx context.Context, index []storage.Row) ([]storage.Row, error) {
	ids := make([]ID, len(index))
	for i, row := range index {
		ids[i] = row.Values[0].ID()
	}
	found := make(map[ID]storage.Row, len(ids))
	err := r.s.each(ctx, storage.Query{Table: r.shape.table, Where: among("id", ids...), Index: "id"}, func(rows []storage.Row) error {
		for _, row := range rows {
			found[row.ID] = row
		}
		return nil
	})
	rows := make([]storage.Row, 0, len(ids))
	for _, id := range ids {
		if row, ok := found[id]; ok {
			rows = append(rows, row)
		}
	}
	return rows, err
}

// All returns the records that q selects, as one ranges over them: Limit at a time, each page from a state of its own
// unless the session is in a transaction. At most one error comes, last.
func (r *Records) All(ctx context.Context, q Query) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		if q.Limit == 0 {
			q.Limit = pageSize
		}
		for {
			recs, next, err := r.List(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, rec := range recs {
				if !yield(rec, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			q.After = next
		}
	}
}

// Count returns how many records q selects in all. Order, After and Limit do not matter.
func (r *Records) Count(ctx context.Context, q Query) (n int64, err error) {
	return r.countTo(ctx, q, 0)
}

// CountTo is Count that stops at most, and says whether there are more: it costs no more than so many records do.
func (r *Records) CountTo(ctx context.Context, q Query, most int) (n int64, more bool, err error) {
	if err := r.s.usable(); err != nil {
		return 0, false, err
	}
	if most < 1 || most > MaxLimit {
		return 0, false, invalid("most", CodeLimit, Args{"limit": MaxLimit, "length": most})
	}
	n, err = r.countTo(ctx, q, most+1)
	return min(n, int64(most)), n > int64(most), err
}

func (r *Records) countTo(ctx context.Context, q Query, limit int) (n int64, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightView)
		if err != nil {
			return err
		}
		where, err := in.shape.compileIn(&q.Where, s.Locale(), q.Bin)
		if err != nil {
			return err
		}
		to, err := in.reach(ctx, LevelRead)
		if err == nil {
			n, err = in.count(ctx, to, and(in.shape.stateOf(&q), where), limit)
		}
		return err
	})
	return n, err
}

// Match is values of one field, or of "id".
type Match struct {
	Field  string
	Values []storage.Value
}

// Matching calls fn with the live records that have one of the values in each of these fields, the oldest first of those
// that have the same: in its folded form if a field is folded, and as it is if not. Texts are folded here. Those that the module
// puts aside match by their ids only.
func (r *Records) Matching(ctx context.Context, by []Match, fn func(*Record) error) error {
	return r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightView)
		if err != nil {
			return err
		}
		return in.matching(ctx, by, fn)
	})
}

func (r *Records) matching(ctx context.Context, by []Match, fn func(*Record) error) error {
	to, err := r.reach(ctx, LevelRead)
	if err != nil {
		return err
	}
	fs := []storage.Filter{live}
	for _, m := range by {
		f := storage.Filter{Op: storage.In, Field: m.Field, Args: m.Values}
		i, ok := r.shape.index(m.Field)
		switch {
		case m.Field == jsonID:
		case !ok:
			return invalid(m.Field, CodeUnknown, nil)
		case r.shape.fold[i] < 0:
			f = r.shape.is(i, m.Values)
		default:
			f.Field, f.Args = r.shape.fields[i].foldColumn(), make([]storage.Value, 0, len(m.Values))
			for _, v := range m.Values {
				if v = textValue(Fold(v.Text())); !v.IsNull() {
					f.Args = append(f.Args, v)
				}
			}
		}
		fs = append(fs, f)
	}
	q := r.query(fs...)
	if !slices.ContainsFunc(by, func(m Match) bool { return m.Field == jsonID }) {
		q.Where = and(q.Where, r.shape.sideOf(AsideOut))
	}
	q.Where = and(q.Where, to.filter())
	return r.s.each(ctx, q, func(rows []storage.Row) error {
		for i := range rows {
			if err := fn(r.shape.decode(&rows[i]).blank()); err != nil {
				return err
			}
		}
		return nil
	})
}

// MatchKey returns what of a value of the named field is compared by Matching. ok is false for a null.
func (r *Records) MatchKey(field string, v storage.Value) (key storage.Value, ok bool) {
	if i, known := r.shape.index(field); known && (r.shape.fold[i] >= 0 || r.shape.fields[i].Unique && v.Kind() == storage.Text) {
		v = textValue(Fold(v.Text()))
	}
	return v, !v.IsNull()
}

// AsRecords returns r: it is how functions take any module, with a struct or without.
func (r *Records) AsRecords() *Records { return r }
