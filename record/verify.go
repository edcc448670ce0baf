package record

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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
// would store them, and what is derived from them is right; links of live records lead to live records, and those of
// records in the bin to either; lists show either the live ones or the bin; trees have no loop and no path that is too
// long; the timeline of each record has one entry for each version, and replays to the record as it is; the rows for unique
// and indexed fields are those that the layout asks for; what is shared is there, and what is granted is what the session's
// [Policy] grants; no auto-number will be given again; the versions of settings are those that hold; and every row of
// every operation has its outcome, and every record that one created is listed there. What it finds is a *VerifyError. It
// holds the ids of all records of a tree in memory. Without a Policy it does not know what is granted.
//
// It goes by the newest layouts, and so does the View that it is called in from then on. It takes [RightManageData].
func (s *Session) Verify(ctx context.Context) error {
	if err := s.Authorise(ctx, "", RightManageData); err != nil {
		return err
	}
	var found *VerifyError
	err := s.AsSystem().View(ctx, func(s *Session) error {
		found = &VerifyError{}
		if s.tx.w == nil {
			if err := s.renew(ctx, false); err != nil {
				return err
			}
		}
		since, err := s.timelineSince()
		if err != nil {
			return err
		}
		created := map[ID]int{}
		for _, m := range s.cat.order {
			v := &verifier{Records: s.records(m), found: found, created: created, whole: since}
			if err := v.module(ctx); err != nil {
				return err
			}
		}
		if err := s.verifySettings(ctx, found); err != nil {
			return err
		}
		return s.verifyOperations(ctx, found, created)
	})
	if err == nil && found.Total > 0 {
		return found
	}
	return err
}

type verifier struct {
	*Records
	found   *VerifyError
	created map[ID]int // how many records say that they are of an operation
	beside  *besideVerifier
	whole   time.Time // since when timelines are whole
}

func (v *verifier) module(ctx context.Context) error {
	trees := map[int]map[ID]ID{}
	for i := range v.shape.fields {
		if v.shape.fields[i].Depth > 0 {
			trees[i] = map[ID]ID{}
		}
	}
	var err error
	if v.beside, err = v.besides(ctx); err != nil {
		return err
	}
	shown := map[bool]int64{} // by whether they are in the bin
	err = v.each(ctx, func(recs []*Record) error {
		for _, rec := range recs {
			v.values(rec)
			shown[rec.deleted()]++
			if op := rec.row[colOperation]; !op.IsNull() {
				v.created[op.ID()]++
			}
			for i, parents := range trees {
				if !rec.deleted() {
					parents[rec.ID] = rec.row[i].ID()
				}
			}
		}
		if err := v.links(ctx, recs); err != nil {
			return err
		}
		if err := v.beside.of(ctx, recs); err != nil {
			return err
		}
		return v.history(ctx, recs)
	})
	for i, parents := range trees {
		v.tree(&v.shape.fields[i], parents)
	}
	for _, bin := range []bool{false, true} {
		n, e := v.Count(ctx, Query{Bin: bin, Aside: AsideToo})
		if err == nil {
			err = e
		}
		if err == nil && n != shown[bin] {
			v.found.add("%s: lists show %d records and not %d, bin %t", v.shape.Module, n, shown[bin], bin)
		}
	}
	if err != nil {
		return err
	}
	if err := v.beside.rest(ctx); err != nil {
		return err
	}
	if err := v.untold(ctx); err != nil {
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
		case x.IsNull() && f.Required && !rec.deleted() && !f.kept:
			v.found.add("%s: %s is empty", rec.Link(), f.Name)
		case x.IsNull():
		case x.Kind() != f.Type.Kind():
			v.found.add("%s: %s is of kind %s", rec.Link(), f.Name, x.Kind())
		default:
			if c, p := f.Type.Clean(x); (!p.OK() || c != x) && !f.kept {
				v.found.add("%s: %s is not as its type stores it", rec.Link(), f.Name)
			}
		}
	}
	derived := append([]storage.Value(nil), rec.row...)
	v.shape.derive(derived, nil)
	derived[v.shape.width-1] = v.shape.documentOf(rec.row, rec.row[v.shape.width-1])
	for i := range derived {
		if derived[i] != rec.row[i] {
			v.found.add("%s: %s is out of date", rec.Link(), v.shape.table.Columns[i-len(v.shape.custom)].Name)
		}
	}
}

// links checks that what live records link to is live, and what others link to is at least in the bin.
func (v *verifier) links(ctx context.Context, recs []*Record) error {
	for i := range v.shape.fields {
		f := &v.shape.fields[i]
		if f.To == "" {
			continue
		}
		ids := map[string][]ID{} // by module
		for _, rec := range recs {
			if id := rec.row[i].ID(); !id.IsZero() {
				to := rec.leads(i)
				ids[to] = append(ids[to], id)
			}
		}
		bin := map[Link]bool{}
		for to, ids := range ids {
			m := v.s.cat.modules[to]
			if m == nil {
				continue
			}
			q := storage.Query{Table: m.table, Columns: []string{live.Field}, Where: among("id", ids...)}
			err := v.s.each(ctx, q, func(rows []storage.Row) error {
				for _, row := range rows {
					bin[Link{to, row.ID}] = !row.Values[0].IsNull()
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		for _, rec := range recs {
			id := rec.row[i].ID()
			if deleted, there := bin[Link{rec.leads(i), id}]; !id.IsZero() && (!there || deleted && !rec.deleted()) {
				v.found.add("%s: %s leads to %s, which is not there", rec.Link(), f.Name, id)
			}
		}
	}
	return nil
}

// tree checks that no path is a loop or too long. A path ends at a parent that is missing, which is the business of links.
func (v *verifier) tree(f *Def, parents map[ID]ID) {
	depth := make(map[ID]int, len(parents))
	for id := range parents {
		var path []ID
		on := map[ID]bool{}
		at := id
		for {
			parent, there := parents[at]
			if !there || depth[at] > 0 || on[at] {
				break
			}
			on[at] = true
			path = append(path, at)
			at = parent
		}
		if on[at] {
			v.found.add("%s %s: %s loops", v.shape.Module, at, f.Name)
		}
		n := depth[at]
		for _, p := range slices.Backward(path) {
			if n++; n == f.Depth+1 && !on[at] {
				v.found.add("%s %s: %s is deeper than %d", v.shape.Module, p, f.Name, f.Depth)
			}
			depth[p] = n
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
	first := int64(2) // of the versions whose entries are there
	for first <= rec.Version && es[first] == nil && rec.row[colCreated].Time().Before(v.whole) {
		first++ // it was purged
	}
	if int64(len(es)) != rec.Version-first+1 {
		v.found.add("%s: version %d, and %d entries in the timeline", rec.Link(), rec.Version, len(es))
		return
	}
	now := map[string]storage.Value{}
	for version := first; version <= rec.Version; version++ {
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
		is := rec.row[v.shape.width-1].Member(name) // of a field that is not in use
		if i := v.shape.position(name); i >= 0 {
			is = rec.row[i]
		}
		if is != x {
			v.found.add("%s: %s is not what the timeline leads to", rec.Link(), name)
		}
	}
}

// untold checks that nothing is told of or to a record of the module that is gone, or of a version that it never had.
func (v *verifier) untold(ctx context.Context) error {
	for _, of := range []int{newsModule, newsAbout} {
		where := eq(news.Columns[of].Name, storage.TextValue(v.shape.Module))
		err := v.s.each(ctx, storage.Query{Table: news, Where: where}, func(rows []storage.Row) error {
			var ids []ID
			for _, row := range rows {
				ids = append(ids, row.Values[of+1].ID())
			}
			there, err := v.byID(ctx, among("id", ids...))
			for i, id := range ids {
				if rec := there[id]; rec == nil || of == newsModule && rows[i].Values[newsVersion].Int64() > rec.Version {
					v.found.add("%s %s: in the related timeline, but gone", v.shape.Module, id)
				}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
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
