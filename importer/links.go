package importer

import (
	"context"
	"errors"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// names finds records by what people call them: by module, and by folded name. It has the names that rows ask for, as they
// are when these rows have their turn.
type names map[string]map[string][]record.ID

// ids returns the records of the module that a column links to which have a name.
func (ns names) ids(c *column, name storage.Value) []record.ID {
	return ns[c.def.To][record.Fold(name.Raw())]
}

// loadNames finds the stored records that rows from and up to, but not with, to link to by name.
func (w *writing) loadNames(ctx context.Context, from, to int) error {
	w.names = names{}
	for n := range w.r.m.imported {
		c := &w.r.m.imported[n]
		if !c.link {
			continue
		}
		for i := from; i < to; i++ {
			if v := w.value(i, n); v.Kind() == storage.Text {
				if w.names[c.def.To] == nil {
					w.names[c.def.To] = map[string][]record.ID{}
				}
				w.names[c.def.To][record.Fold(v.Raw())] = nil
			}
		}
	}
	for module, asked := range w.names {
		if module == "" {
			continue // the column is the record's own id
		}
		targets, err := w.rs.Session().Records(module)
		if err != nil {
			return err
		}
		shape, err := targets.Load(ctx)
		if err != nil {
			return err
		}
		field := nameField(shape)
		if field == idField {
			continue // its records have no name to be found by
		}
		by := record.Match{Field: field}
		for name := range asked {
			if name != "" && strings.IndexByte(name, 0) < 0 {
				by.Values = append(by.Values, storage.TextValue(name))
			}
		}
		if by.Values == nil {
			continue
		}
		err = targets.Matching(ctx, []record.Match{by}, func(rec *record.Record) error {
			name := record.Fold(rec.Value(field).Text())
			asked[name] = append(asked[name], rec.ID)
			return nil
		})
		if err != nil && !errors.Is(err, record.ErrForbidden) { // of records that the actor may not see there are none
			return err
		}
	}
	return nil
}

// resolve turns the links of row i that are names into ids, in w.row, and notes what it cannot. It reports false when that
// takes knowing what becomes of a row of this wave.
func (w *writing) resolve(i int) (faults []Fault, ok bool) {
	width := len(w.r.m.imported)
	w.row = w.values[i*width : (i+1)*width]
	copied := false
	for _, n := range w.r.m.links {
		c, v := &w.r.m.imported[n], w.row[n]
		if v.Kind() != storage.Text || c.def.To == "" {
			continue
		}
		if !copied { // since the transaction may run again
			w.buf = append(w.buf[:0], w.row...)
			w.row, copied = w.buf, true
		}
		name := record.Fold(v.Raw())
		ids := w.names[c.def.To][name]
		if c.def.To == w.r.shape.Module && (w.renamed[name] || len(ids) > 1 && w.anyFresh(ids)) {
			return nil, false
		}
		w.row[n] = storage.Value{}
		f := Fault{Line: w.rows[i].line, Field: c.def.Name}
		switch len(ids) {
		case 1:
			w.row[n] = storage.RefValue(ids[0])
			continue
		case 0:
			f.Code = string(record.CodeNotFound)
		default:
			f.Code, f.Args = string(record.CodeAmbiguous), record.Args{"matches": len(ids)}
		}
		faults = append(faults, f)
	}
	return faults, true
}

// anyFresh reports whether one of the records is created in this wave.
func (w *writing) anyFresh(ids []record.ID) bool {
	for _, id := range ids {
		if w.fresh[id] {
			return true
		}
	}
	return false
}

// leadsToFresh reports whether a link of the row in hand leads to a record that is created in this wave.
func (w *writing) leadsToFresh() bool {
	for _, n := range w.r.m.links {
		if w.fresh[w.row[n].ID()] {
			return true
		}
	}
	return false
}

// rename keeps track of names that rows of the wave give to records, and take away.
func (w *writing) rename(rec *record.Record) {
	asked := w.names[w.r.shape.Module]
	if len(asked) == 0 {
		return
	}
	if rec.Version == 0 {
		rec.ID = w.rs.Session().NewID() // of each, so that they are in the order of the file
	}
	if w.r.naming < 0 || w.row[w.r.naming].IsNull() {
		return
	}
	name, was := record.Fold(w.row[w.r.naming].Raw()), record.Fold(rec.Value(w.r.name).Text())
	_, used := asked[name]
	switch {
	case rec.Version > 0 && was != name:
		w.renamed[name], w.renamed[was] = true, true
	case rec.Version == 0 && used:
		w.fresh[rec.ID] = true
		asked[name] = append(asked[name], rec.ID)
	}
}
