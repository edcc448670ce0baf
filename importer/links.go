package importer

import (
	"context"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// link fills the links of the records: a cell has the id of a record, or its name. A name may be that of a record which
// a row above creates, in this batch or an earlier one.
func (w *writing) link(ctx context.Context) error {
	for c := range w.r.m.columns {
		d := &w.r.m.fields[c]
		if w.r.m.columns[c].Use != Imported || !isLink(d) {
			continue
		}
		names, err := w.names(ctx, c, d)
		if err != nil {
			return err
		}
		keep := 0
		for n, rec := range w.recs {
			i := w.at[n]
			if !w.linkOne(i, c, d, rec, names) {
				continue
			}
			w.recs[keep], w.at[keep] = rec, i
			keep++
			if d.To == w.rs.Shape().Module && rec.Version == 0 {
				name := record.Fold(rec.Value(w.r.name).Text())
				names[name] = append(names[name], rec.ID)
			}
		}
		w.recs, w.at = w.recs[:keep], w.at[:keep]
	}
	return nil
}

// linkOne sets one link, and reports whether there was none or it could be set.
func (w *writing) linkOne(i, c int, d *record.Def, rec *record.Record, names map[string][]record.ID) bool {
	cell := w.cell(i, c)
	if cell == "" {
		return true
	}
	if id, err := record.ParseID(cell); err == nil {
		return rec.Set(d.Name, storage.RefValue(id))
	}
	f := Fault{Line: w.rows[i].line, Field: d.Name}
	switch ids := names[record.Fold(cell)]; len(ids) {
	case 1:
		return rec.Set(d.Name, storage.RefValue(ids[0]))
	case 0:
		f.Code = string(record.CodeNotFound)
	default:
		f.Code, f.Args = string(record.CodeAmbiguous), record.Args{"matches": len(ids)}
	}
	w.drop(i, f)
	return false
}

// names finds the stored records that the cells of a column name, by folded name.
func (w *writing) names(ctx context.Context, c int, d *record.Def) (map[string][]record.ID, error) {
	var values []storage.Value
	asked := map[string]bool{}
	for _, i := range w.at {
		cell := w.cell(i, c)
		if name := record.Fold(cell); name != "" && !asked[name] {
			if _, err := record.ParseID(cell); err != nil {
				asked[name] = true
				values = append(values, storage.TextValue(name))
			}
		}
	}
	found := map[string][]record.ID{}
	if len(values) == 0 {
		return found, nil
	}
	targets, err := w.rs.Session().Records(d.To)
	if err != nil {
		return nil, err
	}
	field := nameField(targets.Shape())
	if field == idField {
		return found, nil // its records have no name to be found by
	}
	err = targets.Matching(ctx, field, values, func(rec *record.Record) error {
		name := record.Fold(rec.Value(field).Text())
		found[name] = append(found[name], rec.ID)
		return nil
	})
	return found, err
}
