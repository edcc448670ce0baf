package record

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// LayoutOptions say what becomes of values that a new layout would refuse. Without a word on a field, such values stand
// against the layout. The zero options say nothing.
type LayoutOptions struct {
	Keep    []string                     // fields whose values stay as they are until someone changes them, and empty ones empty
	Clear   []string                     // fields whose values are emptied; not of required ones
	Replace map[string]map[string]string // by field: values of a pick list, and those that take their places
}

// LayoutReport says what a new layout did to the records that there are.
type LayoutReport struct {
	Layout     *Layout     // as it is stored now
	Violations []Violation // what records have that the layout would refuse now, and that was kept
	Converted  int64       // records with values that became others of a new type or list
	Cleared    int64       // records with values that were emptied
	Operation  ID          // that did so, to undo it by; zero when there was nothing to do
}

// Violation is what records have that a layout would refuse.
type Violation struct {
	Field   string // API name
	Code    Code
	Records int64 // how many, those in the bin among them
	First   []ID  // at most 100 of them that the actor sees; of CodeDuplicate each with the one that has its value, before it
}

// LayoutError says what records stand against a layout. Nothing was changed.
type LayoutError struct{ Violations []Violation }

func (e *LayoutError) Error() string {
	s := "record: layout: records stand against it"
	for i, v := range e.Violations {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		s += fmt.Sprintf("%s%s %s %d", sep, v.Field, v.Code, v.Records)
	}
	return s
}

// Layout returns what the organization has changed of a module: the zero Layout when that is nothing. It takes
// [RightCustomize].
func (s *Session) Layout(ctx context.Context, module string) (l *Layout, err error) {
	err = s.View(ctx, func(s *Session) error {
		if err := s.Authorise(ctx, "", RightCustomize); err != nil {
			return err
		}
		m := s.cat.modules[module]
		if m == nil {
			return fmt.Errorf("record: no module %q", module)
		}
		l, _, err = s.layout(ctx, m)
		return err
	})
	return l, err
}

// layout returns the layout of a module without standard fields that the module has no longer, and the setting that it
// is in.
func (s *Session) layout(ctx context.Context, m *Schema) (*Layout, *Setting, error) {
	t, err := s.Setting(ctx, layoutSetting(m.Module))
	if err != nil {
		return nil, nil, err
	}
	l, err := decodeLayout(t.Body)
	if err != nil {
		return nil, nil, err
	}
	l.Version = t.Version
	l.Fields = slices.DeleteFunc(l.Fields, func(f FieldLayout) bool {
		return f.Type == "" && !slices.ContainsFunc(m.own, func(d Def) bool { return d.Name == f.Name })
	})
	return l, t, nil
}

// SaveLayout stores the layout of a module, as one transaction with all that it does to the records. What stands against
// it is a *LayoutError, unless o says how to treat it; a value that is to be unique and is not always stands against it. Values
// of a field that gets another type are converted through their text. What is converted or emptied is in the timelines of
// its records, and is put back by [Session.Undo]. No value is lost otherwise: those of a custom field that the layout
// leaves out stay with it.
//
// It reads all records of the module when the layout asks more of values that there are, and writes a row for each when a field is
// newly unique or indexed: a million accounts take their time, in which others wait to write. It takes [RightCustomize],
// and fails with ErrStale when l.Version is not the stored one, and with a *ValidationError for what is wrong in itself.
func (s *Session) SaveLayout(ctx context.Context, module string, l *Layout, o *LayoutOptions) (rep *LayoutReport, err error) {
	if o == nil {
		o = &LayoutOptions{}
	}
	err = s.Update(ctx, func(s *Session) (err error) {
		if err := s.Authorise(ctx, "", RightCustomize); err != nil {
			return err
		}
		m := s.cat.modules[module]
		if m == nil {
			return fmt.Errorf("record: no module %q", module)
		}
		defer func() { err = s.discreetLayout(ctx, module, rep, err) }()
		old, setting, err := s.layout(ctx, m)
		if err != nil {
			return err
		}
		if l.Version != old.Version {
			return fmt.Errorf("layout of %s: version %d: %w", module, l.Version, ErrStale)
		}
		next, err := l.after(old)
		if err != nil {
			return err
		}
		if _, _, err := next.compile(m, s.cat.has); err != nil {
			return err
		}
		c := &relayout{s: s.AsSystem(), m: m, o: o, was: s.tx.conf.shapes[m], next: next, changes: next.against(old, m, s.cat.has)}
		if err := c.treatable(); err != nil {
			return err
		}
		if err := c.inspect(ctx); err != nil {
			return err
		}
		rep = &LayoutReport{Violations: c.kept}
		if setting.Body, err = next.encode(); err != nil {
			return err
		}
		if c.granted, err = c.s.grantsOf(ctx, m); err != nil {
			return err
		}
		if err := c.s.SaveSetting(ctx, setting); err != nil {
			return err
		}
		next.Version = setting.Version
		rep.Layout = next
		return c.apply(ctx, rep)
	})
	if err != nil {
		return nil, err
	}
	return rep, nil
}

// discreetLayout leaves out of what came of a new layout, or of what stands against it, the records that the actor does not
// see.
func (s *Session) discreetLayout(ctx context.Context, module string, rep *LayoutReport, err error) error {
	var against *LayoutError
	switch {
	case err == nil:
		return s.discreetViolations(ctx, module, rep.Violations)
	case errors.As(err, &against):
		if failed := s.discreetViolations(ctx, module, against.Violations); failed != nil {
			return failed
		}
	}
	return err
}

// discreetViolations leaves out the records that the actor does not see; a double is left out with the one that has its
// value.
func (s *Session) discreetViolations(ctx context.Context, module string, vs []Violation) error {
	for i := range vs {
		v, at := &vs[i], 1
		if v.Code == CodeDuplicate {
			at = 2
		}
		links := make([]Link, len(v.First))
		for n, id := range v.First {
			links[n] = Link{module, id}
		}
		seen, err := s.visible(ctx, links)
		if err != nil {
			return err
		}
		if len(seen) == len(links) {
			continue
		}
		v.First = nil
		for some := range slices.Chunk(links, at) {
			if !slices.ContainsFunc(some, func(l Link) bool { return !slices.Contains(seen, l) }) {
				for _, l := range some {
					v.First = append(v.First, l.ID)
				}
			}
		}
	}
	return nil
}

// relayout is a new layout on its way to the records.
type relayout struct {
	s       *Session
	m       *Schema
	o       *LayoutOptions
	was     *Shape  // of the layout before
	granted []grant // by the layout before
	next    *Layout
	changes []change
	kept    []Violation
	writes  bool // some value is converted or emptied
}

// treatable refuses options that cannot be.
func (c *relayout) treatable() error {
	bad := new(ValidationError)
	ask := func(name string, fits func(*change) bool) {
		i := slices.IndexFunc(c.changes, func(ch change) bool { return ch.new.Name == name })
		if i < 0 {
			if c.was.position(name) < 0 && !slices.ContainsFunc(c.next.Fields, func(f FieldLayout) bool { return f.Name == name }) {
				bad.Fields = append(bad.Fields, FieldError{Field: name, Code: CodeUnknown})
			}
			return // there is nothing to treat
		}
		if !fits(&c.changes[i]) {
			bad.Fields = append(bad.Fields, FieldError{Field: name, Code: CodeInvalid, Args: Args{"expected": expectedTreatment}})
		}
	}
	for _, name := range c.o.Keep {
		ask(name, func(ch *change) bool {
			return ch.old.Type.Kind() == ch.new.Type.Kind() && !slices.Contains(c.o.Clear, name)
		})
	}
	for _, name := range c.o.Clear {
		ask(name, func(ch *change) bool { return !ch.new.Required })
	}
	for name := range c.o.Replace {
		ask(name, func(ch *change) bool { _, ok := ch.new.Type.(listed); return ok })
	}
	if bad.Fields != nil {
		return bad
	}
	return nil
}

// value returns what a row of the table has in the field of a change, of the kind that it had.
func (c *relayout) value(ch *change, row *storage.Row) (v storage.Value) {
	if ch.old.Custom {
		v = row.Values[len(row.Values)-1].Member(ch.old.Name)
	} else {
		v = row.Values[c.was.position(ch.old.Name)]
	}
	if v.Kind() != ch.old.Type.Kind() {
		return storage.Value{}
	}
	return v
}

// judge returns what becomes of a value, and what the layout has against it.
func (c *relayout) judge(ch *change, v storage.Value) (storage.Value, Problem) {
	if v.IsNull() {
		if ch.required {
			return v, Problem{Code: CodeMandatory}
		}
		return v, Problem{}
	}
	if with := c.o.Replace[ch.new.Name]; with != nil {
		parts := SplitMulti(v.Text())
		for i, p := range parts {
			if to, ok := with[p]; ok {
				parts[i] = to
			}
		}
		if isMulti(ch.old.Type) {
			v = textValue(JoinMulti(parts))
		} else {
			v = textValue(parts[0])
		}
	}
	parts := []string{v.Text()}
	if isMulti(ch.old.Type) {
		parts = SplitMulti(v.Text())
	}
	for _, p := range parts {
		if ch.gone[p] || ch.retired[p] {
			return v, refuse(expectedPick)
		}
	}
	if !ch.values && !ch.returned {
		return v, Problem{}
	}
	clean, p := ch.convert(v, c.s.Locale())
	if p.OK() && clean.IsNull() && ch.new.Required {
		p = Problem{Code: CodeMandatory}
	}
	return clean, p
}

// asks reports whether a change has to do with each value, beyond rows beside the records.
func (c *change) asks() bool {
	return c.new.Name != "" && (c.values || c.required || c.returned || c.gone != nil || c.retired != nil)
}

// inspect passes once over the records, and finds what stands against the layout.
func (c *relayout) inspect(ctx context.Context) error {
	asking := slices.DeleteFunc(slices.Clone(c.changes), func(ch change) bool { return !ch.asks() })
	if len(asking) == 0 {
		return nil
	}
	found := map[string]map[Code]*Violation{}
	err := c.s.each(ctx, storage.Query{Table: c.m.table, Index: "id"}, func(rows []storage.Row) error {
		for i := range rows {
			for n := range asking {
				ch := &asking[n]
				v := c.value(ch, &rows[i])
				clean, p := c.judge(ch, v)
				switch {
				case p.OK():
					c.writes = c.writes || clean != v
					continue
				case p.Code != CodeMandatory && slices.Contains(c.o.Clear, ch.new.Name):
					c.writes = true
					continue
				}
				of := found[ch.new.Name]
				if of == nil {
					of = map[Code]*Violation{}
					found[ch.new.Name] = of
				}
				if of[p.Code] == nil {
					of[p.Code] = &Violation{Field: ch.new.Name, Code: p.Code}
				}
				of[p.Code].add(rows[i].ID)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var against []Violation
	for i := range asking {
		name := asking[i].new.Name
		for _, code := range []Code{CodeMandatory, CodeInvalid, CodeLimit} {
			switch v := found[name][code]; {
			case v == nil:
			case slices.Contains(c.o.Keep, name):
				c.kept = append(c.kept, *v)
				c.remember(name)
			default:
				against = append(against, *v)
			}
		}
	}
	if against != nil {
		return &LayoutError{against}
	}
	return nil
}

func (v *Violation) add(ids ...ID) {
	if v.Records++; len(v.First)+len(ids) <= mostLinks {
		v.First = append(v.First, ids...)
	}
}

// remember notes that a field has values which it would refuse now.
func (c *relayout) remember(name string) {
	if i := slices.IndexFunc(c.next.Fields, func(f FieldLayout) bool { return f.Name == name }); i >= 0 {
		c.next.Fields[i].Kept = true
		return
	}
	c.next.Fields = append(c.next.Fields, FieldLayout{Name: name, Kept: true})
}

// apply converts and empties values, and writes the rows beside the records of all fields that ask for others.
func (c *relayout) apply(ctx context.Context, rep *LayoutReport) error {
	r := c.s.records(c.m)
	if c.writes {
		op, err := c.s.Operate(ctx, "layout", func(s *Session) error { return c.rewrite(ctx, s.records(c.m), rep) })
		if err != nil {
			return err
		}
		rep.Operation = op.ID
	}
	var unique, index []int
	for i := range c.changes {
		ch := &c.changes[i]
		at := r.shape.position(ch.new.Name)
		if at < 0 {
			continue
		}
		moved := ch.values || ch.returned || ch.gone != nil || ch.retired != nil
		if ch.new.Unique && (ch.unique || moved) {
			unique = append(unique, at)
		}
		if r.shape.fields[at].Custom && r.shape.fields[at].Indexed && (ch.indexed || moved) {
			index = append(index, at)
		}
	}
	if err := c.drop(ctx, r.shape); err != nil {
		return err
	}
	var doubles []Violation
	for _, at := range unique {
		v := Violation{Field: r.shape.fields[at].Name, Code: CodeDuplicate}
		if err := r.rebuild(ctx, uniques, at, func(first, second ID) { v.add(first, second) }); err != nil {
			return err
		}
		if v.Records > 0 {
			doubles = append(doubles, v)
		}
	}
	if doubles != nil {
		return &LayoutError{doubles}
	}
	for _, at := range index {
		if err := r.rebuild(ctx, indexed, at, nil); err != nil {
			return err
		}
	}
	return c.regrant(ctx, r)
}

// drop removes the rows beside the records of fields that are no longer unique or indexed.
func (c *relayout) drop(ctx context.Context, now *Shape) error {
	for _, i := range c.was.rows {
		d := &c.was.fields[i]
		at := now.position(d.Name)
		for _, t := range []struct {
			table    *storage.Table
			had, has bool
		}{{uniques, d.Unique, at >= 0 && now.fields[at].Unique},
			{indexed, d.Custom && d.Indexed, at >= 0 && now.fields[at].Custom && now.fields[at].Indexed}} {
			if !t.had || t.has {
				continue
			}
			if err := c.s.records(c.m).clear(ctx, t.table, c.was.fieldName(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// regrant looks anew for what rules grant that say something else by now, or of values that may be others. A rule about a
// field that is hidden or unused grants nothing, and one about a label what has it.
func (c *relayout) regrant(ctx context.Context, r *Records) error {
	gs, err := c.s.grantsOf(ctx, c.m)
	if err != nil {
		return err
	}
	var principals []string
	add := func(these, others []grant) {
		for _, g := range these {
			same := slices.ContainsFunc(others, func(o grant) bool { return reflect.DeepEqual(g, o) })
			if (!same || len(c.changes) > 0) && !slices.Contains(principals, g.principal) {
				principals = append(principals, g.principal)
			}
		}
	}
	add(c.granted, gs)
	add(gs, c.granted)
	if principals == nil {
		return nil
	}
	return r.Regrant(ctx, principals...)
}

// rewrite stores what becomes of values, with an entry in the timeline of each record.
func (c *relayout) rewrite(ctx context.Context, r *Records, rep *LayoutReport) error {
	now, actor := timeValue(r.s.Now()), textValue(string(r.s.o.Actor))
	return r.s.each(ctx, storage.Query{Table: c.m.table, Index: "id"}, func(page []storage.Row) error {
		var changed, entries []storage.Row
		for i := range page {
			row := &page[i]
			var changes []Change
			for n := range c.changes {
				ch := &c.changes[n]
				if !ch.asks() {
					continue
				}
				v := c.value(ch, row)
				clean, p := c.judge(ch, v)
				if !p.OK() {
					if p.Code == CodeMandatory || !slices.Contains(c.o.Clear, ch.new.Name) {
						continue // kept
					}
					clean = storage.Value{}
				}
				if clean != v {
					changes = append(changes, Change{ch.new.Name, v, clean})
				}
			}
			if changes == nil {
				continue
			}
			before := row.Values[len(row.Values)-1]
			old, next := r.shape.decode(row), r.shape.decode(row)
			next.row = slices.Clone(next.row)
			cleared := false
			for _, ch := range changes {
				next.row[r.shape.position(ch.Field)] = ch.New
				cleared = cleared || ch.New.IsNull()
			}
			if cleared {
				rep.Cleared++
			}
			if slices.ContainsFunc(changes, func(ch Change) bool { return !ch.New.IsNull() }) {
				rep.Converted++
			}
			next.Version++
			next.row[colModified], next.row[colModifiedBy] = now, actor
			r.shape.derive(next.row, old.row)
			next.row[r.shape.width-1] = r.shape.documentOf(next.row, before)
			changed = append(changed, next.storageRow())
			entries = append(entries, r.entry(&draft{next: next}, Updated, changes).row(r.s.o.NewID()))
		}
		if err := r.s.update(ctx, c.m.table, changed...); err != nil {
			return err
		}
		return r.s.insert(ctx, timeline, entries...)
	})
}
