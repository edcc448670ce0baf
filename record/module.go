package record

import (
	"context"
	"iter"
)

// ModuleOptions describe a module beside its fields.
type ModuleOptions struct {
	Singular string // what one record is called: Account
	Chinese  string // and in Chinese: 客户
	Hooks    []Hook // the module's own rules, run in order
	Aside    string // a Bool field: records of which it is true are put aside, and lists leave them out (see Query.Aside); default none

	// Within is the API name of a lookup of the module, required and with [Cascade], when its records are part of what it leads
	// to, as a note is of an account: who sees that sees them, who may change that may make, change and delete them, as far as
	// their rights in the module go, and nobody has them for being their owner.
	Within string
}

// Definition is the declaration of a module: its Schema, and the codec between T and Record.
type Definition[T any] struct {
	*Schema
	members []Field[T]
	meta    func(*T) *Meta
}

// Define declares a module of this API name (plural, such as Accounts). T embeds Meta. It panics when the declaration is
// malformed, as any test of the module would show.
func Define[T any, P interface {
	*T
	meta() *Meta
}](module string, fields []Field[T], o ModuleOptions) *Definition[T] {
	defs := make([]Def, len(fields))
	for i := range fields {
		defs[i] = fields[i].def
	}
	return &Definition[T]{newSchema(module, o, defs), fields, func(t *T) *Meta { return P(t).meta() }}
}

// TypedHook returns fn, which sees structs, as a Hook, which sees records. It costs an encoding and two decodings of the
// record at each write, so a rule on the path of imports is better written on Record.
func (d *Definition[T]) TypedHook(fn func(ctx context.Context, s *Session, old, rec *T) error) Hook {
	return func(ctx context.Context, s *Session, old, rec *Record) error {
		var was *T
		if old != nil {
			was = new(T)
			d.decode(old, was)
		}
		t := new(T)
		d.decode(rec, t)
		if err := fn(ctx, s, was, t); err != nil {
			return err
		}
		d.encode(t, rec)
		return nil
	}
}

func (d *Definition[T]) encode(t *T, rec *Record) {
	rec.setMeta(d.meta(t))
	for i := range d.members {
		rec.row[systemColumns+i] = d.members[i].get(t)
	}
}

func (d *Definition[T]) decode(rec *Record, t *T) {
	*d.meta(t) = rec.Meta()
	for i := range d.members {
		d.members[i].set(t, rec.row[systemColumns+i])
	}
}

// In returns the module's records as s sees them.
func (d *Definition[T]) In(s *Session) *Module[T] { return &Module[T]{s.shown(d.Schema), d} }

// Module is Records with T in place of Record. Delete, Restore, Purge, Count and Timeline are those of Records.
type Module[T any] struct {
	*Records
	def *Definition[T]
}

// In returns the same module inside the transaction of s.
func (m *Module[T]) In(s *Session) *Module[T] { return m.def.In(s) }

// Decode returns rec, a record of this module, as a struct.
func (m *Module[T]) Decode(rec *Record) *T {
	t := new(T)
	m.def.decode(rec, t)
	return t
}

// Encode returns t as a record, not stored.
func (m *Module[T]) Encode(t *T) *Record {
	rec := m.New()
	m.def.encode(t, rec)
	rec.typed = true
	return rec
}

func (m *Module[T]) records(ts []*T) []*Record {
	recs := m.NewBatch(len(ts))
	for i, t := range ts {
		m.def.encode(t, recs[i])
		recs[i].typed = true
	}
	return recs
}

// through carries ts down as records and brings back what was stored, of those that were not refused. What a caller's
// struct says is taken back when the transaction is, but for the id of a new record, which stays.
func (m *Module[T]) through(ctx context.Context, ts []*T, do func(r *Records, recs []*Record) ([]Outcome, error)) error {
	return m.s.Update(ctx, func(s *Session) error {
		for _, t := range ts {
			if meta := m.def.meta(t); meta.ID.IsZero() && meta.Version == 0 {
				meta.ID = s.NewID()
			}
		}
		recs := m.records(ts)
		out, err := do(m.Records.In(s), recs)
		if err != nil {
			return err
		}
		for i, t := range ts {
			if out != nil && out[i].Action == Failed {
				continue
			}
			was := *t
			s.tx.undo = append(s.tx.undo, func() { *t = was })
			m.def.decode(recs[i], t)
		}
		return nil
	})
}

// Create stores new records, or none of them, and sets what [Meta] holds. A *ValidationError names every bad field of all
// of them. It is tried again safely with the same structs, which keep their ids.
func (m *Module[T]) Create(ctx context.Context, ts ...*T) error {
	return m.through(ctx, ts, func(r *Records, recs []*Record) ([]Outcome, error) { return nil, r.Create(ctx, recs...) })
}

// Update merges records into the stored ones, or none of them. It fails with a *ValidationError, with ErrStale when one
// has another version by now, and with ErrNotFound.
func (m *Module[T]) Update(ctx context.Context, ts ...*T) error {
	return m.through(ctx, ts, func(r *Records, recs []*Record) ([]Outcome, error) { return nil, r.Update(ctx, recs...) })
}

// Put creates the records of version 0 and updates the others. One that is refused does not stop the rest: its Outcome
// says why, and its struct stays as it is.
func (m *Module[T]) Put(ctx context.Context, ts ...*T) (out []Outcome, err error) {
	err = m.through(ctx, ts, func(r *Records, recs []*Record) ([]Outcome, error) {
		out, err = r.Put(ctx, recs...)
		return out, err
	})
	return out, err
}

// Validate says what Put would do, and stores nothing.
func (m *Module[T]) Validate(ctx context.Context, ts ...*T) ([]Outcome, error) {
	return m.Records.Validate(ctx, m.records(ts)...)
}

// Get returns the live record of that id, or ErrNotFound.
func (m *Module[T]) Get(ctx context.Context, id ID) (*T, error) {
	rec, err := m.Records.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return m.Decode(rec), nil
}

// Edit changes one record as it is now: fn gets it, and what fn leaves is stored. fn may run more than once.
func (m *Module[T]) Edit(ctx context.Context, id ID, fn func(*T) error) error {
	return m.Records.Edit(ctx, id, func(rec *Record) error {
		t := m.Decode(rec)
		version := rec.Version
		if err := fn(t); err != nil {
			return err
		}
		m.def.encode(t, rec)
		rec.ID, rec.Version = id, version
		return nil
	})
}

// List returns a page of records, and where the next page begins: "" when there is none.
func (m *Module[T]) List(ctx context.Context, q Query) ([]*T, Cursor, error) {
	recs, next, err := m.Records.List(ctx, q)
	if err != nil {
		return nil, "", err
	}
	ts := make([]*T, len(recs))
	for i, rec := range recs {
		ts[i] = m.Decode(rec)
	}
	return ts, next, nil
}

// All returns the records that q selects, as one ranges over them: see [Records.All].
func (m *Module[T]) All(ctx context.Context, q Query) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for rec, err := range m.Records.All(ctx, q) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(m.Decode(rec), nil) {
				return
			}
		}
	}
}
