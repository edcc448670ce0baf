package record

import (
	"context"
	"slices"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// besideVerifier checks what lies beside the records of one module.
type besideVerifier struct {
	*Records
	found   *VerifyError
	gs      []grant
	right   map[*storage.Table]int64 // how many rows are as they should be
	formats map[int][]Numbering      // of the fields that are counted, given up ones among them
	highest map[int]given
}

// given is the number that a record has.
type given struct {
	number int64
	to     Link
}

// besides prepares to check what lies beside the records of the module.
func (v *verifier) besides(ctx context.Context) (*besideVerifier, error) {
	b := &besideVerifier{Records: v.Records, found: v.found, right: map[*storage.Table]int64{}, formats: map[int][]Numbering{}, highest: map[int]given{}}
	l, _, err := v.s.layout(ctx, v.shape.Schema)
	if err != nil {
		return nil, err
	}
	for _, i := range v.shape.number {
		d := &v.shape.fields[i]
		b.formats[i] = []Numbering{*d.Number}
		for _, f := range l.Fields {
			if f.Name == d.Name {
				b.formats[i] = append(b.formats[i], f.Earlier...)
			}
		}
	}
	b.gs, err = v.s.grantsOf(ctx, v.shape.Schema)
	return b, err
}

// of checks that each record has the rows that it asks for, and notes the highest numbers.
func (b *besideVerifier) of(ctx context.Context, recs []*Record) error {
	asked := map[*storage.Table][]storage.Row{}
	settle := func(least int) error {
		for _, t := range besideTables {
			if rows := asked[t]; len(rows) > least {
				if err := b.compare(ctx, t, rows); err != nil {
					return err
				}
				asked[t] = rows[:0]
			}
		}
		return nil
	}
	for _, rec := range recs {
		b.shape.besides(rec.ID, rec.row, func(t *storage.Table, row storage.Row) { asked[t] = append(asked[t], row) })
		for i := range b.gs {
			if b.gs[i].of(b.shape, rec) {
				asked[shares] = append(asked[shares], grantRow(b.shape.Module, rec.ID, b.gs[i].principal))
			}
		}
		for i, formats := range b.formats {
			for f := range formats {
				if n, ok := formats[f].number(rec.row[i].Text()); ok && n > b.highest[i].number {
					b.highest[i] = given{n, rec.Link()}
				}
			}
		}
		if err := settle(pageSize); err != nil {
			return err
		}
	}
	return settle(0)
}

// compare checks that rows are stored.
func (b *besideVerifier) compare(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	for part := range slices.Chunk(rows, pageSize) {
		ids := make([]ID, len(part))
		for i := range part {
			ids[i] = part[i].ID
		}
		found, err := b.s.tx.Find(ctx, &storage.Query{Table: t, Where: among("id", ids...), Limit: len(ids), Index: "id"})
		if err != nil {
			return err
		}
		stored := make(map[ID]*storage.Row, len(found))
		for i := range found {
			stored[found[i].ID] = &found[i]
		}
		for i := range part {
			switch row := stored[part[i].ID]; {
			case row == nil:
				b.says(t, &part[i], "has no row in %s")
			case row.Version != part[i].Version || !slices.Equal(row.Values, part[i].Values):
				b.says(t, &part[i], "has another row in %s than it should")
			default:
				b.right[t]++
			}
		}
	}
	return nil
}

// says tells what is wrong with the row that a field of a record, or a principal, has in a table.
func (b *besideVerifier) says(t *storage.Table, row *storage.Row, what string) {
	var of string
	if t == shares {
		of = t.Get(row, "principal").Text()
	} else {
		of = strings.TrimPrefix(t.Get(row, "field").Text(), b.shape.Module+".")
	}
	b.found.add("%s: %s "+what, Link{b.shape.Module, t.Get(row, "record").ID()}, of, t.Name)
}

// rest checks, when all records of the module were seen, that there is nothing else beside them.
func (b *besideVerifier) rest(ctx context.Context) error {
	for _, t := range besideTables {
		q := storage.Query{Table: t, Index: "field", Where: and(compare(storage.Ge, "field", storage.TextValue(b.shape.Module+".")),
			compare(storage.Lt, "field", storage.TextValue(b.shape.Module+"/")))} // which comes next to the point
		if t == shares {
			q.Index, q.Where = "", b.inShares()
			if err := b.shared(ctx, q); err != nil {
				return err
			}
			if b.s.o.Policy == nil {
				continue
			}
			q.Where = and(q.Where, eq("granted", storage.BoolValue(true)))
		}
		if err := b.strays(ctx, q); err != nil {
			return err
		}
	}
	return b.counters(ctx)
}

// strays looks for rows that nothing asks for, if there are more than there should be.
func (b *besideVerifier) strays(ctx context.Context, q storage.Query) error {
	n, err := b.s.tx.Count(ctx, &q)
	if err != nil || n == b.right[q.Table] {
		return err
	}
	return b.eachOf(ctx, q, func(row *storage.Row, rec *Record) {
		if rec != nil && !b.asks(q.Table, rec, row) {
			b.says(q.Table, row, "has a row in %s that nothing asks for")
		}
	})
}

// eachOf calls fn with the rows that q selects, and the records that they are of, and tells of those that are of none.
func (b *besideVerifier) eachOf(ctx context.Context, q storage.Query, fn func(*storage.Row, *Record)) error {
	return b.s.each(ctx, q, func(rows []storage.Row) error {
		ids := make([]ID, len(rows))
		for i := range rows {
			ids[i] = q.Table.Get(&rows[i], "record").ID()
		}
		recs, err := b.byID(ctx, among("id", ids...))
		for i := range rows {
			if recs[ids[i]] == nil && err == nil {
				b.says(q.Table, &rows[i], "has a row in %s, but the record is gone")
			}
			fn(&rows[i], recs[ids[i]])
		}
		return err
	})
}

// asks reports whether a record asks for a row of that id.
func (b *besideVerifier) asks(t *storage.Table, rec *Record, row *storage.Row) (asks bool) {
	if t == shares {
		return slices.ContainsFunc(b.gs, func(g grant) bool {
			return shareID(b.shape.Module, rec.ID, g.principal, true) == row.ID && g.of(b.shape, rec)
		})
	}
	name, _ := strings.CutPrefix(t.Get(row, "field").Text(), b.shape.Module+".")
	if i := b.shape.position(name); slices.Contains(b.shape.rows, i) {
		b.shape.besidesOf(i, rec.ID, rec.row, func(of *storage.Table, r storage.Row) { asks = asks || of == t && r.ID == row.ID })
	}
	return asks
}

// shared checks what records are shared, and without a policy, what is granted, as far as it is known.
func (b *besideVerifier) shared(ctx context.Context, q storage.Query) error {
	if b.s.o.Policy != nil {
		q.Where = and(q.Where, eq("granted", storage.BoolValue(false)))
	}
	return b.eachOf(ctx, q, func(row *storage.Row, rec *Record) {
		v := row.Values
		principal, level, granted := v[2].Text(), Level(v[3].Int64()), v[4].Bool()
		if rec != nil && (row.ID != shareID(b.shape.Module, rec.ID, principal, granted) || level < LevelRead || level > LevelFull) {
			b.says(shares, row, "has another row in %s than it should")
		}
	})
}

// counters checks that no number will be given again.
func (b *besideVerifier) counters(ctx context.Context) error {
	for _, i := range b.shape.number {
		name, most := b.shape.fieldName(i), b.highest[i]
		if most.number == 0 {
			continue
		}
		row, err := b.s.one(ctx, counters, hashID("counter", name))
		if err != nil {
			return err
		}
		last := int64(0)
		if row != nil {
			last = row.Values[1].Int64()
		}
		if last < most.number {
			b.found.add("%s: %s is number %d, and the last one in %s is %d", most.to, b.shape.fields[i].Name, most.number, counters.Name, last)
		}
	}
	return nil
}
