package storagetest

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// account has a column of every kind, and an index over most.
var account = &storage.Table{
	Name: "account",
	Columns: []storage.Column{
		{Name: "name", Kind: storage.Text}, {Name: "number", Kind: storage.Text}, {Name: "parent", Kind: storage.Ref},
		{Name: "revenue", Kind: storage.Decimal}, {Name: "staff", Kind: storage.Int},
		{Name: "active", Kind: storage.Bool}, {Name: "created", Kind: storage.Time},
		{Name: "sort_key", Kind: storage.Bytes}, {Name: "custom", Kind: storage.Doc},
		{Name: "region", Kind: storage.Text}, {Name: "code", Kind: storage.Int},
	},
	Indexes: []storage.Index{
		{Name: "number", Columns: []string{"number"}, Unique: true},
		{Name: "region_code", Columns: []string{"region", "code"}, Unique: true},
		{Name: "parent", Columns: []string{"parent"}},
		{Name: "name", Columns: []string{"name"}},
		{Name: "staff_name", Columns: []string{"staff", "name"}},
		{Name: "revenue", Columns: []string{"revenue"}},
		{Name: "active_created", Columns: []string{"active", "created"}},
		{Name: "sort_key", Columns: []string{"sort_key"}},
	},
}

// deal points at accounts.
var deal = &storage.Table{
	Name: "deal",
	Columns: []storage.Column{
		{Name: "title", Kind: storage.Text}, {Name: "account", Kind: storage.Ref}, {Name: "amount", Kind: storage.Decimal},
		{Name: "stage", Kind: storage.Int}, {Name: "closed", Kind: storage.Time},
	},
	Indexes: []storage.Index{
		{Name: "account", Columns: []string{"account", "stage"}},
		{Name: "title", Columns: []string{"title"}, Unique: true},
	},
}

// everyRow selects all accounts.
var everyRow = &storage.Query{Table: account, Limit: math.MaxInt}

// fresh returns an open store with the tables account and deal.
func fresh(t testing.TB, open opener) storage.Store {
	t.Helper()
	s := open(t)
	must(t, s.Migrate(limited(t), []*storage.Table{account, deal}))
	return s
}

// id returns the n-th id. Their order is not that of n, and their bytes are of all sorts.
func id(n int) (x storage.ID) {
	x[0], x[6], x[14], x[15] = byte(n*151), 0x70, byte(n>>8), byte(n)
	return x
}

// row returns the n-th account, in version 1 and without values but for those of set.
func row(n int, set ...storage.Member) storage.Row {
	x := storage.Row{ID: id(n), Version: 1, Values: make([]storage.Value, len(account.Columns))}
	for _, m := range set {
		x.Values[account.Column(m.Name)] = m.Value
	}
	return x
}

// column is one value of a row, for [row].
func column(name string, v storage.Value) storage.Member { return storage.Member{Name: name, Value: v} }

func name(s string) storage.Member   { return column("name", storage.TextValue(s)) }
func number(s string) storage.Member { return column("number", storage.TextValue(s)) }
func staff(n int64) storage.Member   { return column("staff", storage.IntValue(n)) }
func parent(n int) storage.Member    { return column("parent", storage.RefValue(id(n))) }

// next returns the row in its next version, with some values replaced.
func next(x storage.Row, set ...storage.Member) storage.Row {
	x.Version++
	x.Values = slices.Clone(x.Values)
	for _, m := range set {
		x.Values[account.Column(m.Name)] = m.Value
	}
	return x
}

func eq(field string, v storage.Value) storage.Filter {
	return storage.Filter{Op: storage.Eq, Field: field, Args: []storage.Value{v}}
}

// byID selects the n-th account.
func byID(n int) *storage.Query {
	return &storage.Query{Table: account, Where: eq("id", storage.RefValue(id(n))), Limit: 1}
}

// insert stores accounts in one transaction of the tenant "".
func insert(ctx context.Context, s storage.Store, rows ...storage.Row) error {
	return insertFor(ctx, s, "", rows...)
}

func insertFor(ctx context.Context, s storage.Store, tenant string, rows ...storage.Row) error {
	return s.Update(ctx, tenant, func(x storage.Tx) error { return x.Insert(ctx, account, rows) })
}

// update replaces accounts in one transaction of the tenant "".
func update(ctx context.Context, s storage.Store, rows ...storage.Row) error {
	return s.Update(ctx, "", func(x storage.Tx) error { return x.Update(ctx, account, rows) })
}

// remove deletes accounts in one transaction of the tenant "".
func remove(ctx context.Context, s storage.Store, keys ...storage.Key) error {
	return s.Update(ctx, "", func(x storage.Tx) error { return x.Delete(ctx, account, keys) })
}

// find answers q for the tenant "".
func find(ctx context.Context, s storage.Store, q *storage.Query) (rows []storage.Row, err error) {
	return findFor(ctx, s, "", q)
}

func findFor(ctx context.Context, s storage.Store, tenant string, q *storage.Query) (rows []storage.Row, err error) {
	err = s.View(ctx, tenant, func(r storage.Reader) (err error) {
		rows, err = r.Find(ctx, q)
		return err
	})
	return rows, err
}

// holds ends the test unless the tenant "" has exactly these accounts.
func holds(t testing.TB, s storage.Store, want ...storage.Row) {
	t.Helper()
	holdsFor(t, s, "", want...)
}

func holdsFor(t testing.TB, s storage.Store, tenant string, want ...storage.Row) {
	t.Helper()
	got, err := findFor(limited(t), s, tenant, everyRow)
	must(t, err)
	want = slices.Clone(want)
	slices.SortFunc(want, func(a, b storage.Row) int { return storage.CompareRows(everyRow, &a, &b) })
	same(t, got, want)
}

// same ends the test unless both are the same rows in the same order.
func same(t testing.TB, got, want []storage.Row) {
	t.Helper()
	if !equal(got, want) {
		t.Fatalf("got %d rows, want %d: %s", len(got), len(want), difference(got, want))
	}
}

func equal(a, b []storage.Row) bool { return slices.EqualFunc(a, b, equalRow) }

func equalRow(a, b storage.Row) bool {
	return a.ID == b.ID && a.Version == b.Version && slices.Equal(a.Values, b.Values)
}
