package record

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/clientele-go/crm/storage"
)

// VerifyError lists what Verify found wrong.
type VerifyError struct {
	Problems []string // the first hundred
	Total    int
}

func (e *VerifyError) Error() string {
	return fmt.Sprintf("record: %d invariants broken:\n%s", e.Total, strings.Join(e.Problems, "\n"))
}

func (e *VerifyError) add(format string, args ...any) {
	if e.Total++; e.Total <= 100 {
		e.Problems = append(e.Problems, fmt.Sprintf(format, args...))
	}
}

// Verify reads all of the tenant's records, in one View, and checks what must always hold: values are as their types
// would store them, and what is derived from them is right; links of live records lead to live records; trees have no
// loop and no path that is too long; the timeline of each record has one entry for each version, and replays to the
// record as it is; and every row of every operation has its outcome. What it finds is a *VerifyError. It holds the ids
// of all records of a tree in memory.
func (s *Session) Verify(ctx context.Context) error {
	found := &VerifyError{}
	err := s.View(ctx, func(s *Session) error {
		for _, m := range s.cat.order {
			if err := (&verifier{s.records(m), found}).module(ctx); err != nil {
				return err
			}
		}
		return s.verifyOperations(ctx, found)
	})
	if err == nil && found.Total > 0 {
		return found
	}
	return err
}

type verifier struct {
	*Records
	found *VerifyError
}

func (v *verifier) module(ctx context.Context) error {
	trees := map[int]map[ID]ID{}
	for i := range v.shape.fields {
		if v.shape.fields[i].Depth > 0 {
			trees[i] = map[ID]ID{}
		}
	}
	err := v.each(ctx, func(recs []*Record) error {
		for _, rec := range recs {
			v.values(rec)
			for i, parents := range trees {
				if !rec.deleted() {
					parents[rec.ID] = rec.row[i].ID()
				}
			}
		}
		if err := v.links(ctx, recs); err != nil {
			return err
		}
		return v.history(ctx, recs)
	})
	for i, parents := range trees {
		v.tree(&v.shape.fields[i], parents)
	}
	if err != nil {
		return err
	}
	return v.orphans(ctx)
}

// values checks each value by itself.
func (v *verifier) values(rec *Record) {
	if rec.ID.IsZero() || rec.Version < 1 {
		v.found.add("%s: version %d", rec.Link(), rec.Version)
	}
	for i := range v.shape.fields {
		f, x := &v.shape.fields[i], rec.row[i]
		switch {
		case x.IsNull() && f.Required && !rec.deleted():
			v.found.add("%s: %s is empty", rec.Link(), f.Name)
		case x.IsNull():
		case x.Kind() != f.Type.Kind():
			v.found.add("%s: %s is of kind %s", rec.Link(), f.Name, x.Kind())
		default:
			if c, p := f.Type.Clean(x); !p.OK() || c != x {
				v.found.add("%s: %s is not as its type stores it", rec.Link(), f.Name)
			}
		}
	}
	derived := append([]storage.Value(nil), rec.row...)
	v.shape.derive(derived, nil)
	for i := range derived {
		if derived[i] != rec.row[i] {
			v.found.add("%s: %s is out of date", rec.Link(), v.shape.table.Columns[i].Name)
		}
	}
}

// links checks that what live records link to is live.
func (v *verifier) links(ctx context.Context, recs []*Record) error {
	for i := range v.shape.fields {
		f := &v.shape.fields[i]
		if f.To == "" {
			continue
		}
		ds := make([]*draft, 0, len(recs))
		for _, rec := range recs {
			if !rec.deleted() {
				ds = append(ds, &draft{next: rec})
			}
		}
		there, err := v.targets(ctx, i, ds)
		if err != nil {
			return err
		}
		for _, d := range ds {
			if id := d.next.row[i].ID(); !id.IsZero() && !there[id] {
				v.found.add("%s: %s leads to %s, which is not there", d.next.Link(), f.Name, id)
			}
		}
	}
	return nil
}

// tree checks that no path is a loop or too long.
func (v *verifier) tree(f *Def, parents map[ID]ID) {
	depth := map[ID]int{}
	for id := range parents {
		var path []ID
		for at := id; !at.IsZero() && depth[at] == 0; at = parents[at] {
			if path = append(path, at); len(path) > len(parents) || len(path) > 10*f.Depth {
				v.found.add("%s %s: %s loops", v.shape.Module, id, f.Name)
				return
			}
		}
		n := 0
		if len(path) > 0 {
			n = depth[parents[path[len(path)-1]]]
		}
		for i := len(path) - 1; i >= 0; i-- {
			if n++; n == f.Depth+1 {
				v.found.add("%s %s: %s is deeper than %d", v.shape.Module, path[i], f.Name, f.Depth)
			}
			depth[path[i]] = n
		}
	}
}

// history checks that the timelines of the records have each version once, and lead to the records as they are.
func (v *verifier) history(ctx context.Context, recs []*Record) error {
	ids, entries := make([]ID, len(recs)), map[ID]map[int64]*Entry{}
	for i, rec := range recs {
		ids[i], entries[rec.ID] = rec.ID, map[int64]*Entry{}
	}
	err := v.s.entries(ctx, "record", v.historyOf(ids), func(es []*Entry) error {
		for _, e := range es {
			if entries[e.Record][e.Version] != nil {
				v.found.add("%s %s: version %d twice in the timeline", e.Module, e.Record, e.Version)
			}
			entries[e.Record][e.Version] = e
		}
		return nil
	})
	for _, rec := range recs {
		v.replay(rec, entries[rec.ID])
	}
	return err
}

func (v *verifier) replay(rec *Record, es map[int64]*Entry) {
	if int64(len(es)) != rec.Version-1 {
		v.found.add("%s: version %d, and %d entries in the timeline", rec.Link(), rec.Version, len(es))
		return
	}
	now := map[string]storage.Value{}
	for version := int64(2); version <= rec.Version; version++ {
		e := es[version]
		if e == nil || e.Module != v.shape.Module {
			v.found.add("%s: no entry for version %d", rec.Link(), version)
			return
		}
		for _, c := range e.Changes {
			if was, known := now[c.Field]; known && was != c.Old {
				v.found.add("%s: version %d: %s was another before", rec.Link(), version, c.Field)
			}
			now[c.Field] = c.New
		}
	}
	for name, x := range now {
		if i := v.shape.position(name); i < 0 || rec.row[i] != x {
			v.found.add("%s: %s is not what the timeline leads to", rec.Link(), name)
		}
	}
}

// orphans checks that no entry speaks of a record of the module that is gone.
func (v *verifier) orphans(ctx context.Context) error {
	return v.s.entries(ctx, "", eq("module", storage.TextValue(v.shape.Module)), func(es []*Entry) error {
		var ids []ID
		for _, e := range es {
			ids = append(ids, e.Record)
		}
		there, err := v.byID(ctx, among("id", ids...))
		for _, e := range es {
			if there[e.Record] == nil {
				v.found.add("%s %s: in the timeline, but gone", e.Module, e.Record)
			}
		}
		return err
	})
}

// verifyOperations checks that each operation accounts for its rows.
func (s *Session) verifyOperations(ctx context.Context, found *VerifyError) error {
	return s.each(ctx, storage.Query{Table: operations}, func(rows []storage.Row) error {
		for i := range rows {
			op := readOperation(&rows[i])
			var sum Counts
			next := map[int64]int64{}
			q := storage.Query{Table: batches, Index: "operation", Where: eq("operation", storage.RefValue(op.ID))}
			err := s.each(ctx, q, func(rows []storage.Row) error {
				for _, row := range rows {
					c := readCounts(row.Values[5:])
					sum.Add(c)
					next[row.Values[1].Int64()] = row.Values[2].Int64()
					if !c.Balanced() || c.Read > 0 && c.Read != row.Values[2].Int64()-row.Values[1].Int64() {
						found.add("operation %s: batch %d: %+v does not balance", op.ID, row.Values[1].Int64(), c)
					}
					if links := unpackLinks([]byte(row.Values[3].Raw())); !bytes.Equal(packLinks(links), []byte(row.Values[3].Raw())) {
						found.add("operation %s: batch %d: its created ids are damaged", op.ID, row.Values[1].Int64())
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			verifyChain(op, next, found)
			if op.State != Running && op.Counts != sum {
				found.add("operation %s: counts %+v, and its batches %+v", op.ID, op.Counts, sum)
			}
		}
		return nil
	})
}

// verifyChain checks that each batch begins where another ends.
func verifyChain(op *Operation, next map[int64]int64, found *VerifyError) {
	if len(next) == 0 {
		return
	}
	at, n := int64(0), 0
	for {
		on, ok := next[at]
		if !ok {
			break
		}
		if n++; on <= at {
			break
		}
		at = on
	}
	if n != len(next) {
		found.add("operation %s: %d batches, of which %d follow each other", op.ID, len(next), n)
	}
}
