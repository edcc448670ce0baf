package storagetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// wide is a table as large as those of real records: 40 columns, one unique index and three others.
var wide = wideTable()

func wideTable() *storage.Table {
	t := &storage.Table{Name: "wide", Columns: []storage.Column{
		{Name: "number", Kind: storage.Text}, {Name: "name", Kind: storage.Text}, {Name: "parent", Kind: storage.Ref}, {Name: "created", Kind: storage.Time},
		{Name: "amount", Kind: storage.Decimal}, {Name: "staff", Kind: storage.Int}, {Name: "active", Kind: storage.Bool}, {Name: "custom", Kind: storage.Doc}},
		Indexes: []storage.Index{{Name: "number", Columns: []string{"number"}, Unique: true}, {Name: "name", Columns: []string{"name"}},
			{Name: "parent", Columns: []string{"parent", "name"}}, {Name: "created", Columns: []string{"created"}}}}
	for i := len(t.Columns); i < 40; i++ {
		t.Columns = append(t.Columns, storage.Column{Name: fmt.Sprint("text_", i), Kind: storage.Text})
	}
	return t
}

// wideID returns the n-th id; ids rise, as those made from the time do.
func wideID(n int) storage.ID {
	return storage.ID{0: 1, 12: byte(n >> 24), 13: byte(n >> 16), 14: byte(n >> 8), 15: byte(n)}
}

func wideName(n int) storage.Value {
	return storage.TextValue(fmt.Sprintf("Company %d of some length", n*7919%100_000))
}

// wideRow returns the n-th row, whose parent is ten times less: a tree ten wide.
func wideRow(n int) storage.Row {
	v := []storage.Value{storage.TextValue(fmt.Sprintf("ACC-%08d", n)), wideName(n), {},
		storage.MicrosValue(1_700_000_000_000_000 + int64(n)), decimal(fmt.Sprint(n%9973, ".25")), storage.IntValue(int64(n)), storage.BoolValue(n%2 == 0),
		storage.DocValue(storage.Member{Name: "floors", Value: storage.IntValue(int64(n % 50))}, storage.Member{Name: "note", Value: storage.TextValue("by hand")})}
	if n > 0 {
		v[2] = storage.RefValue(wideID(n / 10))
	}
	for i := len(v); i < len(wide.Columns); i++ {
		if i%3 == 0 {
			v = append(v, storage.Value{})
		} else {
			v = append(v, storage.TextValue("some ordinary text"))
		}
	}
	return storage.Row{ID: wideID(n), Version: 1, Values: v}
}

// Bench measures what applications do most, in sub-benchmarks: rows a second by insert, by id, by page forwards,
// backwards and after a cursor, by In, and down a tree, each in 10,000 rows, and all that should not depend on how many
// there are in 100,000 too. Open is as for [Run].
func Bench(b *testing.B, open func(testing.TB) storage.Store) {
	fill := func(b *testing.B, rows int) storage.Store {
		s := open(b)
		b.Cleanup(func() { closeStore(b, s) })
		must(b, s.Migrate(b.Context(), []*storage.Table{wide}))
		for n := 0; n < rows; n += 1000 {
			must(b, insertWide(b.Context(), s, n, min(1000, rows-n)))
		}
		return s
	}
	for _, size := range []int{1, 1000} {
		b.Run(fmt.Sprint("Insert/", size), func(b *testing.B) {
			s, n := fill(b, 0), 0
			for b.Loop() {
				must(b, insertWide(b.Context(), s, n, size))
				n += size
			}
			perSecond(b, n)
		})
	}

	for _, rows := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			s := fill(b, rows)
			for _, c := range benchQueries(rows) {
				b.Run(c.name, func(b *testing.B) {
					n, found := 0, 0
					for b.Loop() {
						must(b, s.View(b.Context(), "", func(r storage.Reader) error {
							got, err := r.Find(b.Context(), c.query(n))
							n, found = n+1, found+len(got)
							return err
						}))
					}
					perSecond(b, found)
				})
			}
		})
	}
}

type benchQuery struct {
	name  string
	query func(n int) *storage.Query
}

// benchQueries are the queries on a table of that many rows. Each of a kind is another.
func benchQueries(rows int) []benchQuery {
	some := make([]storage.Value, 500)
	for i := range some {
		some[i] = storage.RefValue(wideID(i * 17))
	}
	compare := func(op storage.Op, field string, v storage.Value) storage.Filter {
		return storage.Filter{Op: op, Field: field, Args: []storage.Value{v}}
	}
	and := func(fs ...storage.Filter) storage.Filter { return storage.Filter{Op: storage.And, Sub: fs} }
	or := func(fs ...storage.Filter) storage.Filter { return storage.Filter{Op: storage.Or, Sub: fs} }
	page := func(desc bool, where storage.Filter) *storage.Query {
		return &storage.Query{Table: wide, Where: where, Order: []storage.Order{{Field: "name", Desc: desc}}, Limit: 50, Index: "name"}
	}
	place := func(n int) (name, id storage.Value) { // of some row in the middle
		n = rows/2 + n%1000
		return wideName(n), storage.RefValue(wideID(n))
	}
	all := []benchQuery{
		{"Get", func(n int) *storage.Query {
			return &storage.Query{Table: wide, Where: eq("id", storage.RefValue(wideID(n*7919%rows))), Limit: 1}
		}},
		{"Page", func(n int) *storage.Query {
			return page(false, compare(storage.Ge, "name", storage.TextValue(fmt.Sprintf("Company %d", n%9+1))))
		}},
		{"PageDown", func(n int) *storage.Query {
			return page(true, compare(storage.Le, "name", storage.TextValue(fmt.Sprintf("Company %d", n%9+1))))
		}},
		{"Cursor", func(n int) *storage.Query {
			v, id := place(n)
			return page(false, and(compare(storage.Ge, "name", v), or(compare(storage.Gt, "name", v), compare(storage.Gt, "id", id))))
		}},
		{"CursorDown", func(n int) *storage.Query {
			v, id := place(n)
			null := eq("name", storage.Value{})
			return page(true, and(or(compare(storage.Le, "name", v), null), or(compare(storage.Lt, "name", v), null, compare(storage.Lt, "id", id))))
		}},
		{"In", func(int) *storage.Query {
			return &storage.Query{Table: wide, Where: storage.Filter{Op: storage.In, Field: "id", Args: some}, Limit: len(some)}
		}},
	}
	if rows <= 10_000 {
		all = append(all, benchQuery{"Subtree", func(n int) *storage.Query {
			of := &storage.Query{Table: wide, Where: eq("id", storage.RefValue(wideID(n%9+1)))}
			return &storage.Query{Table: wide, Where: storage.Filter{Op: storage.Among, Field: "id", On: "id", Along: "parent", Of: of}, Limit: rows}
		}})
	}
	return all
}

func insertWide(ctx context.Context, s storage.Store, from, size int) error {
	rows := make([]storage.Row, size)
	for i := range rows {
		rows[i] = wideRow(from + i)
	}
	return s.Update(ctx, "", func(x storage.Tx) error { return x.Insert(ctx, wide, rows) })
}

func perSecond(b *testing.B, rows int) { b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s") }
