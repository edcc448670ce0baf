package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/clientele-go/crm/storage"
)

// tx is a transaction, and the reader of a View.
type tx struct {
	n        *naive
	tenant   string
	readOnly bool
	since    int // how many commits the tenant had
	schema   map[string]*storage.Table
	tables   tables
	base     tables                           // as it was at first
	own      map[string]bool                  // the tables that were copied
	keys     map[string]map[string]storage.ID // of each table: which row has a unique key
	failed   error
	over     bool
}

func (x *tx) end() { x.over = x.n.bug != "use after end allowed" }

// ready returns the error of a call that cannot be: of a context that has ended, of a transaction that has, or of what
// was never migrated.
func (x *tx) ready(ctx context.Context, t *storage.Table, columns ...string) error {
	if err := x.n.done(ctx); err != nil {
		return err
	}
	if x.over {
		return errors.New("the transaction has ended")
	}
	if x.n.bug == "unmigrated is null" {
		return nil
	}
	is := x.schema[t.Name]
	if is == nil {
		return fmt.Errorf("no table %s", t.Name)
	}
	for _, c := range columns {
		if c, _, _, _ := storage.SplitField(c); c != "" && c != "id" && is.Column(c) < 0 {
			return fmt.Errorf("no column %s.%s", t.Name, c)
		}
	}
	return nil
}

// fields are the columns that a query without Among reads.
func fields(q *storage.Query) (names []string) {
	if names = slices.Clone(q.Columns); q.Columns == nil {
		names = columns(q.Table)
	}
	for _, o := range q.Order {
		names = append(names, o.Field)
	}
	return append(names, fieldsOf(&q.Where)...)
}

func fieldsOf(f *storage.Filter) (names []string) {
	for i := range f.Sub {
		names = append(names, fieldsOf(&f.Sub[i])...)
	}
	return append(names, f.Field)
}

func columns(t *storage.Table) (names []string) {
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	return names
}

func (x *tx) Find(ctx context.Context, q *storage.Query) ([]storage.Row, error) {
	err := q.ValidateFind()
	if x.n.bug == "bad queries panic" && err != nil {
		panic(err)
	}
	if err != nil {
		return nil, err
	}
	if err := x.ready(ctx, q.Table, fields(q)...); err != nil {
		return nil, err
	}
	rows, err := x.sel(ctx, q)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b storage.Row) int { return x.n.compare(q, &a, &b) })
	if x.n.bug != "limit ignored" {
		rows = rows[:min(len(rows), q.Limit)]
	}
	for i := range rows {
		rows[i].Values = x.n.project(q, &rows[i])
	}
	return rows, nil
}

func (x *tx) Count(ctx context.Context, q *storage.Query) (int64, error) {
	if err := q.Validate(); err != nil {
		return 0, err
	}
	if err := x.ready(ctx, q.Table, fieldsOf(&q.Where)...); err != nil {
		return 0, err
	}
	rows, err := x.sel(ctx, q)
	if q.Limit > 0 && x.n.bug != "count ignores limit" {
		rows = rows[:min(len(rows), q.Limit)]
	}
	return int64(len(rows)), err
}

// sel returns the whole rows that q selects, in no order.
func (x *tx) sel(ctx context.Context, q *storage.Query) ([]storage.Row, error) {
	if x.n.bug == "500 conditions" && len(fieldsOf(&q.Where)) > 500 {
		return nil, errors.New("too many")
	}
	if x.n.bug == "unmigrated hint fails" && q.Index != "" && q.Index != "id" && x.schema[q.Table.Name].Index(q.Index) == nil {
		return nil, errors.New("no such index")
	}
	where, err := x.n.resolve(q.Where, func(q *storage.Query) ([]storage.Row, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := x.ready(ctx, q.Table, fields(q)...); err != nil {
			return nil, err
		}
		rows, err := x.matching(ctx, q)
		if x.n.bug == "tenant leak in Among" {
			rows, err = x.everyTenant(ctx, q)
		}
		project(q, rows)
		return rows, err
	})
	if err != nil {
		return nil, err
	}
	return x.matching(ctx, &storage.Query{Table: q.Table, Where: where, Index: q.Index})
}

// matching returns the rows that match a filter without Among.
func (x *tx) matching(ctx context.Context, q *storage.Query) (rows []storage.Row, err error) {
	state := x.tables
	switch bug := x.n.bug; {
	case bug == "tenant leak in Find":
		return x.everyTenant(ctx, q)
	case bug == "read committed views" && x.readOnly, bug == "own writes unseen" && !x.readOnly:
		state, _ = x.n.current(x.tenant)
	}
	return x.n.scan(ctx, state, q)
}

func (x *tx) everyTenant(ctx context.Context, q *storage.Query) (rows []storage.Row, err error) {
	x.n.mu.Lock()
	defer x.n.mu.Unlock()
	rows, err = x.n.scan(ctx, x.tables, q)
	for tenant, state := range x.n.state {
		if tenant != x.tenant && err == nil {
			var others []storage.Row
			others, err = x.n.scan(ctx, state, q)
			rows = append(rows, others...)
		}
	}
	return rows, err
}

func (n *naive) scan(ctx context.Context, state tables, q *storage.Query) (rows []storage.Row, err error) {
	for id, s := range state[q.Table.Name] {
		if n.bug != "long reads go on" && n.done(ctx) != nil {
			return nil, n.done(ctx)
		}
		r := n.row(q.Table, id, s)
		if n.match(q.Table, &q.Where, &r) && !n.hidden(q, &r) {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// fail keeps the error of a write: the transaction ends with it.
func (x *tx) fail(err error) error {
	if x.failed == nil {
		x.failed = err
	}
	return err
}

func (x *tx) Insert(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	if err := x.ready(ctx, t, columns(t)...); err != nil {
		return x.fail(err)
	}
	for i := range rows {
		if x.n.bug != "long writes go on" && x.n.done(ctx) != nil {
			return x.fail(x.n.done(ctx))
		}
		if x.n.bug == "id comes last" {
			if unique, err := x.keysOf(t.Name); err != nil {
				return x.fail(err)
			} else if err := x.claim(maps.Clone(unique), t.Name, storage.ID{}, x.n.stored(t, &rows[i])); err != nil {
				return x.fail(err)
			}
		}
		if _, ok := x.tables[t.Name][rows[i].ID]; ok {
			return x.fail(&storage.ConflictError{Table: t.Name, Index: "id"})
		}
		if err := x.set(t, &rows[i]); err != nil {
			return x.fail(err)
		}
	}
	return nil
}

func (x *tx) Update(ctx context.Context, t *storage.Table, rows []storage.Row) error {
	if err := x.ready(ctx, t, columns(t)...); err != nil {
		return x.fail(err)
	}
	for i := range rows {
		old, ok := x.tables[t.Name][rows[i].ID]
		fresh := old.version == rows[i].Version-1
		if x.n.bug == "any version updates" {
			fresh = old.version <= rows[i].Version
		}
		if !fresh || !ok && x.n.bug != "update inserts" {
			return x.fail(storage.ErrStale)
		}
		if err := x.set(t, &rows[i]); err != nil {
			return x.fail(err)
		}
	}
	return nil
}

func (x *tx) Delete(ctx context.Context, t *storage.Table, keys []storage.Key) error {
	if err := x.ready(ctx, t); err != nil {
		return x.fail(err)
	}
	unique, err := x.keysOf(t.Name)
	if err != nil {
		return x.fail(err)
	}
	for _, k := range keys {
		old, ok := x.tables[t.Name][k.ID]
		if !ok && x.n.bug == "delete of nothing accepted" {
			continue
		}
		if !ok || old.version != k.Version && x.n.bug != "any version deletes" {
			return x.fail(storage.ErrStale)
		}
		x.release(unique, t.Name, k.ID)
		delete(x.copyOf(t.Name), k.ID)
	}
	return nil
}

// set stores one row.
func (x *tx) set(t *storage.Table, r *storage.Row) error {
	unique, err := x.keysOf(t.Name)
	if err != nil {
		return err
	}
	s := x.n.stored(t, r)
	if x.n.bug != "update drops columns" {
		for column, v := range x.tables[t.Name][r.ID].values { // those that the caller does not know
			if t.Column(column) < 0 {
				s.values[column] = v
			}
		}
	}
	if x.n.bug == "new columns ignored" {
		maps.DeleteFunc(s.values, func(column string, _ storage.Value) bool { return x.schema[t.Name].Column(column) < 0 })
	}
	x.release(unique, t.Name, r.ID)
	if err := x.claim(unique, t.Name, r.ID, s); err != nil {
		return err
	}
	x.copyOf(t.Name)[r.ID] = s
	return nil
}

// copyOf returns the rows of a table to be changed.
func (x *tx) copyOf(table string) map[storage.ID]stored {
	if !x.own[table] {
		x.own[table] = true
		if x.n.bug != "writes in place" || x.tables[table] == nil {
			x.tables[table] = maps.Clone(x.tables[table])
		}
		if x.tables[table] == nil {
			x.tables[table] = map[storage.ID]stored{}
		}
	}
	return x.tables[table]
}

// keysOf returns the unique keys of a table, made when they are first asked for.
func (x *tx) keysOf(table string) (map[string]storage.ID, error) {
	if keys := x.keys[table]; keys != nil {
		return keys, nil
	}
	keys := map[string]storage.ID{}
	if x.keys != nil {
		x.keys[table] = keys
	}
	for id, s := range x.tables[table] {
		if err := x.claim(keys, table, id, s); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func (x *tx) indexesOf(table string) []storage.Index {
	if t := x.schema[table]; t != nil {
		return t.Indexes
	}
	return nil
}

// claim gives a row its keys in the unique indexes, unless another has one of them.
func (x *tx) claim(keys map[string]storage.ID, table string, id storage.ID, s stored) error {
	for _, ix := range x.indexesOf(table) {
		key := x.n.keyOf(ix, s)
		if key == "" {
			continue
		}
		if other, ok := keys[key]; ok && other != id || x.n.bug == "unique across tenants" && x.taken(table, ix, key) {
			return &storage.ConflictError{Table: table, Index: x.n.nameOf(ix)}
		}
		keys[key] = id
	}
	return nil
}

// release takes the keys of a row away.
func (x *tx) release(keys map[string]storage.ID, table string, id storage.ID) {
	if s, ok := x.tables[table][id]; ok {
		for _, ix := range x.indexesOf(table) {
			delete(keys, x.n.keyOf(ix, s))
		}
	}
}

// keyOf returns the key of a row in an index, and "" when it has none.
func (n *naive) keyOf(ix storage.Index, s stored) string {
	if !ix.Unique || n.bug == "unique ignored" {
		return ""
	}
	key := []byte(ix.Name + "\x00")
	for _, c := range ix.Columns {
		if s.values[c].IsNull() && n.bug != "nulls conflict" {
			return ""
		}
		key = s.values[c].Append(key)
	}
	if n.bug == "unique folds case" {
		key = bytes.ToLower(key)
	}
	return string(key)
}
