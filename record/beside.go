package record

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/clientele-go/crm/storage"
)

// uniques has one row for each value of each unique field that a live record has. Its id is made of the field and the
// value, so that the store sees to it that there is only one.
var uniques = &storage.Table{Name: "crm_unique", Columns: []storage.Column{
	{Name: "field", Kind: storage.Text}, {Name: "record", Kind: storage.Ref}},
	Indexes: []storage.Index{{Name: "field", Columns: []string{"field"}}}}

// indexed has one row for each record and each custom field that is indexed, with a key that sorts as the value does.
var indexed = &storage.Table{Name: "crm_index", Columns: []storage.Column{
	{Name: "field", Kind: storage.Text}, {Name: "bin", Kind: storage.Bool}, {Name: "sort_key", Kind: storage.Bytes}, {Name: "record", Kind: storage.Ref}},
	Indexes: []storage.Index{{Name: "field", Columns: []string{"field", "bin", "sort_key", "record"}}}}

// counters has the last number of each field that is counted.
var counters = &storage.Table{Name: "crm_counters", Columns: []storage.Column{{Name: "field", Kind: storage.Text}, {Name: "last", Kind: storage.Int}}}

// beside is the rows that records have in other tables: of values that are unique or indexed, and of grants. They follow
// from the record alone, so that they are known wherever it is.
type beside struct {
	made map[*storage.Table][]storage.Row
	gone map[*storage.Table][]storage.Key
}

// fieldName names a field in the tables beside.
func (s *Shape) fieldName(i int) string { return s.Module + "." + s.fields[i].Name }

// uniqueKey is the id of the row that a value of a unique field has. Texts are the same whatever their case.
func (s *Shape) uniqueKey(i int, v storage.Value) ID {
	if v.Kind() == storage.Text {
		v = storage.TextValue(Fold(v.Raw()))
	}
	return hashID("unique", s.fieldName(i), string(v.Append(nil)))
}

// sortKey is the bytes that sort as the values of one kind do.
func sortKey(v storage.Value) storage.Value {
	switch v.Kind() {
	case storage.Null:
		return storage.Value{}
	case storage.Int, storage.Time, storage.Bool:
		return storage.BytesValue(binary.BigEndian.AppendUint64(nil, uint64(v.Int64())^1<<63))
	}
	return storage.BytesValue([]byte(v.Raw()))
}

// besides calls fn with the rows that the values of a record have; a nil record has none, and one in the bin has no
// unique value.
func (s *Shape) besides(id ID, row []storage.Value, fn func(*storage.Table, storage.Row)) {
	if row == nil {
		return
	}
	for _, i := range s.rows {
		s.besidesOf(i, id, row, fn)
	}
}

// besidesOf calls fn with the rows that the value of one field has.
func (s *Shape) besidesOf(i int, id ID, row []storage.Value, fn func(*storage.Table, storage.Row)) {
	d, v, bin := &s.fields[i], row[i], storage.BoolValue(!row[colDeleted].IsNull())
	if d.Unique && !v.IsNull() && !bin.Bool() {
		fn(uniques, storage.Row{ID: s.uniqueKey(i, v), Version: 1,
			Values: []storage.Value{storage.TextValue(s.fieldName(i)), storage.RefValue(id)}})
	}
	if d.Indexed && d.Custom {
		key := sortKey(v)
		fn(indexed, storage.Row{ID: hashID("index", s.fieldName(i), string(id[:]), key.Raw(), key.Kind().String(), strconv.FormatBool(bin.Bool())), Version: 1,
			Values: []storage.Value{storage.TextValue(s.fieldName(i)), bin, key, storage.RefValue(id)}})
	}
}

// change notes what rows a record gets and loses as it changes from old, which is nil for a new one, to row, which is nil
// for one that goes.
func (b *beside) change(s *Shape, gs []grant, id ID, old, row *Record) {
	values := func(r *Record) []storage.Value {
		if r == nil {
			return nil
		}
		return r.row
	}
	if len(s.rows) > 0 {
		was := map[ID]bool{}
		s.besides(id, values(old), func(_ *storage.Table, r storage.Row) { was[r.ID] = true })
		s.besides(id, values(row), func(t *storage.Table, r storage.Row) {
			if was[r.ID] {
				delete(was, r.ID)
				return
			}
			b.add(t, r)
		})
		s.besides(id, values(old), func(t *storage.Table, r storage.Row) {
			if was[r.ID] {
				b.remove(t, storage.Key{ID: r.ID, Version: 1})
			}
		})
	}
	for i := range gs {
		had, has := gs[i].of(s, old), gs[i].of(s, row)
		switch {
		case has && !had:
			b.add(shares, grantRow(s.Module, id, gs[i].principal))
		case had && !has:
			b.remove(shares, storage.Key{ID: shareID(s.Module, id, gs[i].principal, true), Version: 1})
		}
	}
}

// of reports whether a record is granted.
func (g *grant) of(s *Shape, rec *Record) bool {
	if rec == nil {
		return false
	}
	row := rec.storageRow()
	return storage.Match(s.table, &g.where, &row)
}

func (b *beside) add(t *storage.Table, r storage.Row) {
	if b.made == nil {
		b.made = map[*storage.Table][]storage.Row{}
	}
	b.made[t] = append(b.made[t], r)
}

func (b *beside) remove(t *storage.Table, k storage.Key) {
	if b.gone == nil {
		b.gone = map[*storage.Table][]storage.Key{}
	}
	b.gone[t] = append(b.gone[t], k)
}

// besideTables are the tables that beside writes to.
var besideTables = []*storage.Table{uniques, indexed, shares}

// write stores the changes: what goes first, since another record may get the same value.
func (b *beside) write(ctx context.Context, s *Session) error {
	for _, t := range besideTables {
		if err := s.delete(ctx, t, b.gone[t]...); err != nil {
			return err
		}
		if err := s.insert(ctx, t, b.made[t]...); err != nil {
			return err
		}
	}
	return nil
}

// clear removes the rows beside the records that are of a field.
func (r *Records) clear(ctx context.Context, t *storage.Table, field string) error {
	q := storage.Query{Table: t, Columns: []string{}, Index: "field", Where: eq("field", storage.TextValue(field))}
	return r.s.each(ctx, q, func(rows []storage.Row) error { return r.s.delete(ctx, t, keysOf(rows)...) })
}

// rebuild writes anew the rows that all records of a module have beside them for a field, such as one that was marked just
// now. Of a value that is to be unique and that a second record has, double is told, and no row is written for that one.
func (r *Records) rebuild(ctx context.Context, t *storage.Table, field int, double func(first, second ID)) error {
	of := r.shape.whole
	if err := r.clear(ctx, t, of.fieldName(field)); err != nil {
		return err
	}
	return r.s.each(ctx, storage.Query{Table: of.table, Index: "id"}, func(page []storage.Row) error {
		var made []storage.Row
		holder := map[ID]ID{}
		var ids []ID
		for i := range page {
			rec := of.decode(&page[i])
			of.besidesOf(field, rec.ID, rec.row, func(table *storage.Table, row storage.Row) {
				first, taken := holder[row.ID]
				switch {
				case table != t:
				case taken:
					double(first, rec.ID)
				default:
					holder[row.ID] = rec.ID
					ids = append(ids, row.ID)
					made = append(made, row)
				}
			})
		}
		if t == uniques {
			q := storage.Query{Table: t, Columns: []string{"record"}, Where: among("id", ids...), Index: "id"}
			err := r.s.each(ctx, q, func(rows []storage.Row) error {
				for _, row := range rows {
					double(row.Values[0].ID(), holder[row.ID])
					delete(holder, row.ID)
				}
				return nil
			})
			if err != nil {
				return err
			}
			made = slices.DeleteFunc(made, func(row storage.Row) bool { _, fresh := holder[row.ID]; return !fresh })
		}
		return r.s.insert(ctx, t, made...)
	})
}

// byRows returns the filter of having rows in the index of a field: those whose keys satisfy a condition, of records in
// any of these states. Within one state they are in the order of the keys.
func (s *Shape) byRows(i int, key storage.Filter, bin ...storage.Value) *storage.Query {
	state := storage.Filter{Op: storage.In, Field: "bin", Args: bin}
	if len(bin) == 1 {
		state.Op = storage.Eq
	}
	return &storage.Query{Table: indexed, Index: "field", Where: and(eq("field", storage.TextValue(s.fieldName(i))), state, key)}
}

var anyState = []storage.Value{storage.BoolValue(false), storage.BoolValue(true)}

// is returns the filter of live records that have one of these values in a field: by the rows beside, if it has some. Those of a
// unique field go by what makes two values the same.
func (s *Shape) is(i int, values []storage.Value) storage.Filter {
	if !s.fields[i].Unique {
		return s.among(i, values...)
	}
	keys := make([]ID, 0, len(values))
	for _, v := range values {
		if !v.IsNull() {
			keys = append(keys, s.uniqueKey(i, v))
		}
	}
	of := &storage.Query{Table: uniques, Index: "id", Where: among("id", keys...)}
	return storage.Filter{Op: storage.Among, Field: "id", Of: of, On: "record"}
}

// among returns the filter of having exactly one of these values in a field, in whatever state the record is.
func (s *Shape) among(i int, values ...storage.Value) storage.Filter {
	d := &s.fields[i]
	if !d.Custom || !d.Indexed {
		return storage.Filter{Op: storage.In, Field: s.column(i), Args: values}
	}
	keys := make([]storage.Value, 0, len(values))
	for _, v := range values {
		if !v.IsNull() {
			keys = append(keys, sortKey(v))
		}
	}
	of := s.byRows(i, storage.Filter{Op: storage.In, Field: "sort_key", Args: keys}, anyState...)
	return storage.Filter{Op: storage.Among, Field: "id", Of: of, On: "record"}
}

// refs are the ids as values.
func refs(ids []ID) []storage.Value {
	values := make([]storage.Value, len(ids))
	for n, id := range ids {
		values[n] = storage.RefValue(id)
	}
	return values
}
