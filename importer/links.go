package importer

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// lookup is by what records are found: those of a module, by a field.
type lookup struct {
	module, field string
	folds         bool // its values are the same whatever their case and spacing
}

// key is what of a name is compared.
func (by lookup) key(name string) string {
	if by.folds {
		return record.Fold(name)
	}
	return name
}

// names finds records by what people call them. It has the names that rows ask for, as they are when these rows have
// their turn.
type names map[lookup]map[string][]record.ID

// ids returns the records that a column links to which have a name.
func (ns names) ids(c *column, name storage.Value) []record.ID {
	return ns[c.by][c.by.key(name.Raw())]
}

// lookups sets by what the columns of links find records. A field that there is not is a problem.
func (r *run) lookups(ctx context.Context) (problems []HeaderProblem, err error) {
	for _, n := range r.m.links {
		c := &r.m.imported[n]
		if c.def.To == "" || c.def.To == record.AnyModule {
			continue // it is the record's own id, or a link that is known by its id alone
		}
		targets, err := r.rs.Session().Records(c.def.To)
		if err != nil {
			return nil, err
		}
		shape, err := targets.Load(ctx)
		if err != nil {
			return nil, err
		}
		c.by = lookup{module: c.def.To, field: cmp.Or(c.o.LookupBy, nameField(shape))}
		d, ok := shape.Field(c.by.field)
		if c.by.folds = d.Folded || d.Unique; c.o.LookupBy != "" && (!ok || d.Type.Kind() != storage.Text) || c.o.Create && d.ReadOnly {
			problems = append(problems, HeaderProblem{Code: CodeBadOption, Field: c.def.Name})
		}
		if c.by.module == r.shape.Module && !slices.Contains(r.selves, c.by) {
			r.selves = append(r.selves, c.by)
		}
	}
	return problems, nil
}

// loadNames finds the stored records that rows from and up to, but not with, to link to by name.
func (w *writing) loadNames(ctx context.Context, from, to int) error {
	w.names = names{}
	for _, n := range w.r.m.links {
		c := &w.r.m.imported[n]
		for i := from; i < to; i++ {
			if v := w.value(i, n); v.Kind() == storage.Text {
				if w.names[c.by] == nil {
					w.names[c.by] = map[string][]record.ID{}
				}
				w.names[c.by][c.by.key(v.Raw())] = nil
			}
		}
	}
	for by, asked := range w.names {
		if by.module == "" || by.field == idField {
			continue // the record's own id, or records without a name to be found by
		}
		targets, err := w.rs.Session().Records(by.module)
		if err != nil {
			return err
		}
		match := record.Match{Field: by.field}
		for name := range asked {
			if name != "" && strings.IndexByte(name, 0) < 0 {
				match.Values = append(match.Values, storage.TextValue(name))
			}
		}
		if match.Values == nil {
			continue
		}
		err = targets.Matching(ctx, []record.Match{match}, func(rec *record.Record) error {
			name := by.key(rec.Value(by.field).Text())
			asked[name] = append(asked[name], rec.ID)
			return nil
		})
		if err != nil && !errors.Is(err, record.ErrForbidden) { // of records that the actor may not see there are none
			return err
		}
	}
	return nil
}

// resolution is what became of the links of a row.
type resolution uint8

const (
	resolved resolution = iota // faults say what was not found
	waits                      // for what becomes of a row of this wave
	deferred                   // a row of the file may be what it links to
)

// resolve turns the links of row i that are names into ids, in w.row, and notes what it cannot.
func (w *writing) resolve(i int) (faults []Fault, how resolution) {
	w.make = w.make[:0]
	width := len(w.r.m.imported)
	w.row = w.values[i*width : (i+1)*width]
	copied := false
	for _, n := range w.r.m.links {
		c, v := &w.r.m.imported[n], w.row[n]
		if v.Kind() != storage.Text || c.def.To == "" || c.def.To == record.AnyModule {
			continue
		}
		if !copied { // since the transaction may run again
			w.buf = append(w.buf[:0], w.row...)
			w.row, copied = w.buf, true
		}
		name := c.by.key(v.Raw())
		ids := w.names[c.by][name]
		self := c.def.To == w.r.shape.Module
		switch {
		case self && (w.renamed[[2]string{c.by.field, name}] || len(ids) > 1 && w.anyFresh(ids)):
			return nil, waits
		case self && len(ids) == 0 && !w.r.last:
			return nil, deferred
		}
		f := Fault{Line: w.rows[i].line, Field: c.def.Name}
		w.row[n] = storage.Value{}
		switch len(ids) {
		case 1:
			w.row[n] = storage.RefValue(ids[0])
			continue
		case 0:
			lines := w.r.cycles[f.Line]
			switch {
			case self && lines != nil:
				f.Code, f.Args = string(record.CodeCircular), record.Args{"lines": lines}
			case c.o.Create:
				w.make = append(w.make, making{n, v})
				continue
			default:
				f.Code = string(record.CodeNotFound)
			}
		default:
			f.Code, f.Args = string(record.CodeAmbiguous), record.Args{"matches": len(ids)}
		}
		faults = append(faults, f)
	}
	return faults, resolved
}

// making is a record that is to be created, since a row links to it: the column, and its name.
type making struct {
	n    int
	name storage.Value
}

// makeTargets creates the records that rec is to link to, unless rec would be refused anyway.
func (w *writing) makeTargets(ctx context.Context, rec *record.Record) error {
	out, err := w.rs.Validate(ctx, rec)
	if err != nil {
		return err
	}
	if out[0].Err != nil {
		fs, err := faultsOf(out[0].Err)
		for _, f := range fs {
			if f.Code != string(record.CodeMandatory) || !slices.ContainsFunc(w.make, func(m making) bool { return w.r.m.imported[m.n].def.Name == f.Field }) {
				return err // it is told when rec is put
			}
		}
		if err != nil {
			return err
		}
	}
	for _, m := range w.make {
		c := &w.r.m.imported[m.n]
		id, refused, err := w.makeTarget(ctx, c, m.name)
		if err != nil {
			return err
		}
		if refused != nil {
			rec.Refuse(record.FieldError{Field: c.def.Name, Code: record.Code(refused.Code), Args: refused.Args})
			continue
		}
		rec.Set(c.def.Name, storage.RefValue(id))
	}
	return nil
}

// makeTarget creates a record with nothing but its name, unless there is one by now.
func (w *writing) makeTarget(ctx context.Context, c *column, name storage.Value) (id record.ID, refused *Fault, err error) {
	if ids := w.names.ids(c, name); len(ids) == 1 { // another column has made it
		return ids[0], nil, nil
	}
	targets, err := w.rs.Session().Records(c.by.module)
	if err != nil {
		return id, nil, err
	}
	rec := targets.New()
	if !rec.Set(c.by.field, name) {
		return id, &Fault{Code: string(record.CodeNotFound)}, nil
	}
	out, err := targets.Put(ctx, rec)
	if err != nil {
		return id, nil, err
	}
	if out[0].Err != nil {
		fs, err := faultsOf(out[0].Err)
		if err != nil {
			return id, nil, err
		}
		return id, &fs[0], nil
	}
	if w.r.plan != nil {
		w.r.plan.made[rec.ID] = true
	}
	called := c.by.key(name.Raw())
	w.names[c.by][called] = append(w.names[c.by][called], rec.ID)
	if c.by.module == w.r.shape.Module && slices.Equal(w.r.o.Match, []string{c.by.field}) {
		if key, ok := w.r.rs.MatchKey(c.by.field, name); ok {
			w.taken[key.Raw()] = true // a row of it finds it in the next wave
		}
	}
	return rec.ID, nil, nil
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
	for _, by := range w.r.selves {
		asked := w.names[by]
		if len(asked) == 0 {
			continue
		}
		if rec.Version == 0 && rec.ID.IsZero() {
			rec.ID = w.rs.Session().NewID() // of each, so that they are in the order of the file
		}
		at := w.r.m.position(by.field)
		if at < 0 || w.row[at].IsNull() {
			continue
		}
		name, was := by.key(w.row[at].Raw()), by.key(rec.Value(by.field).Text())
		_, used := asked[name]
		switch {
		case rec.Version > 0 && was != name:
			w.renamed[[2]string{by.field, name}], w.renamed[[2]string{by.field, was}] = true, true
		case rec.Version == 0 && used:
			w.fresh[rec.ID] = true
			asked[name] = append(asked[name], rec.ID)
		}
	}
}
