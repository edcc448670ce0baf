package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// Migrate adds what the tables need to every tenant, all or nothing. It waits for no writer when there is nothing to add.
func (s *Store) Migrate(ctx context.Context, defs []*storage.Table) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	for _, d := range defs {
		if err := d.Validate(); err != nil {
			return err
		}
	}
	if schema, err := s.merged(defs); err != nil || schema == nil {
		return err
	}
	by := s.deadline()
	if err := s.migrating.take(ctx, by); err != nil {
		return err
	}
	defer s.migrating.pass()
	schema, err := s.merged(defs) // again, since another may have been first; from here on it stays
	if err != nil || schema == nil {
		return err
	}
	empty, err := s.empty.grow(schema)
	if err != nil {
		return err
	}
	next := map[*tenant]*state{}
	for {
		t := s.install(schema, empty, next)
		if t == nil {
			return nil
		}
		if err := t.turn.take(ctx, by); err != nil {
			return err
		}
		defer t.turn.pass()
		if next[t], err = t.state.Load().grow(schema); err != nil {
			return err
		}
	}
}

// install puts the next states in the place of those before, unless there is a tenant without one, which it returns.
func (s *Store) install(schema map[string]*storage.Table, empty *state, next map[*tenant]*state) *tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tenants {
		if next[t] == nil {
			return t
		}
	}
	for t, st := range next {
		t.state.Store(st)
	}
	s.schema, s.empty = schema, empty
	return nil
}

// merged returns the schema with what the tables have more, or nil when they have nothing more.
func (s *Store) merged(defs []*storage.Table) (map[string]*storage.Table, error) {
	s.mu.Lock()
	now := s.schema
	s.mu.Unlock()
	schema, more := maps.Clone(now), false
	for _, d := range defs {
		old := schema[d.Name]
		m, err := merge(old, d)
		if err != nil {
			return nil, err
		}
		if old == nil || len(m.Columns) > len(old.Columns) || len(m.Indexes) > len(old.Indexes) {
			schema[d.Name], more = m, true
		}
	}
	if !more {
		return nil, nil
	}
	return schema, nil
}

// merge returns old with what d has more. Columns and indexes keep their places, so that rows need no change.
func merge(old, d *storage.Table) (*storage.Table, error) {
	m := &storage.Table{Name: d.Name}
	if old != nil {
		m.Columns, m.Indexes = slices.Clone(old.Columns), slices.Clone(old.Indexes)
	}
	for _, c := range d.Columns {
		switch i := m.Column(c.Name); {
		case i < 0:
			m.Columns = append(m.Columns, c)
		case m.Columns[i].Kind != c.Kind:
			return nil, fmt.Errorf("memory: %s: column %s is of kind %s, and cannot become %s", d.Name, c.Name, m.Columns[i].Kind, c.Kind)
		}
	}
	for _, ix := range d.Indexes {
		switch is := m.Index(ix.Name); {
		case is == nil:
			m.Indexes = append(m.Indexes, ix)
		case is.Unique != ix.Unique || !slices.Equal(is.Columns, ix.Columns):
			return nil, fmt.Errorf("memory: %s: index %s is there with another definition", d.Name, ix.Name)
		}
	}
	return m, nil
}

// grow returns the state with what a schema has more. The tables that have it already are shared.
func (st *state) grow(schema map[string]*storage.Table) (*state, error) {
	next := make(state, len(schema))
	for name, def := range schema {
		t := (*st)[name]
		if t == nil {
			t = newTable(&storage.Table{Name: name})
		}
		var err error
		if next[name], err = t.grow(def); err != nil {
			return nil, err
		}
	}
	return &next, nil
}
