package importer

import (
	"context"
	"slices"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// rowKey is what rows of one record have in common: "" when a row matches nothing, since one of its fields is empty. A link
// by name counts by that name, since what has it may change from row to row.
func (r *run) rowKey(values []storage.Value) string {
	return r.key(func(n int) storage.Value {
		v := values[r.match[n]]
		if r.m.imported[r.match[n]].link && v.Kind() == storage.Text {
			v = foldedText(v.Raw())
		}
		return v
	})
}

// key joins the values of the fields to match by, as they are compared.
func (r *run) key(value func(n int) storage.Value) string {
	var b []byte
	for n, field := range r.o.Match {
		k, ok := r.rs.MatchKey(field, value(n))
		if !ok {
			return ""
		}
		if len(r.match) == 1 && k.Kind() == storage.Text && !r.m.imported[r.match[n]].link {
			return k.Raw() // most keys are one text, which needs no copy
		}
		b = k.Append(b)
	}
	return string(b)
}

func foldedText(s string) storage.Value {
	if s = record.Fold(s); s == "" {
		return storage.Value{}
	}
	return storage.TextValue(s)
}

// matches are the stored records that rows may be of.
type matches struct {
	known   map[string]*record.Record // by key
	several map[string]bool           // keys that more than one record has
}

// find loads the records that rows from and up to, but not with, to may match. A link by name may be any record that has
// the name.
func (w *writing) find(ctx context.Context, from, to int) (m matches, err error) {
	m = matches{map[string]*record.Record{}, map[string]bool{}}
	by := make([]record.Match, len(w.r.match))
	for n, at := range w.r.match {
		by[n].Field = w.r.o.Match[n]
		asked := map[storage.Value]bool{}
		ask := func(v storage.Value) {
			if !v.IsNull() && !asked[v] {
				asked[v] = true
				by[n].Values = append(by[n].Values, v)
			}
		}
		c := &w.r.m.imported[at]
		alone := len(w.r.match) == 1 && !c.link && c.def.Folded // each key is the folded text, and no two are the same
		for i := from; i < to; i++ {
			v := w.value(i, at)
			if alone {
				if p := &w.rows[i]; p.key != "" {
					by[n].Values = append(by[n].Values, storage.TextValue(p.key))
				}
				continue
			}
			if !c.link || v.Kind() != storage.Text {
				ask(v)
				continue
			}
			for _, id := range w.names.ids(c, v) {
				ask(storage.RefValue(id))
			}
		}
		if by[n].Values == nil {
			return m, nil
		}
	}
	// the index of the field with most values leads to fewest records
	slices.SortStableFunc(by, func(a, b record.Match) int { return len(b.Values) - len(a.Values) })
	err = w.rs.Matching(ctx, by, func(rec *record.Record) error {
		key := w.r.key(func(n int) storage.Value { return w.r.stored(rec, n) })
		switch {
		case key == "":
		case m.known[key] != nil:
			m.several[key] = true
		default:
			m.known[key] = rec
		}
		return nil
	})
	return m, err
}

// stored returns the value of the n-th field to match by.
func (r *run) stored(rec *record.Record, n int) storage.Value {
	if r.byID {
		return storage.RefValue(rec.ID)
	}
	return rec.Value(r.o.Match[n])
}
