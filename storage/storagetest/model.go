package storagetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// A model holds the same rows as a store, and answers queries by the definitions of package storage.
type model map[*storage.Table][]storage.Row

// newModel returns a model of random rows, and stores them for the tenant "". Another tenant has rows too, which must
// never come up.
func newModel(t testing.TB, s storage.Store, r *rand.Rand) model {
	t.Helper()
	m, other := model{}, model{}
	for n := range rowsInModel {
		m[account] = append(m[account], randomAccount(r, n))
		other[account] = append(other[account], randomAccount(r, n))
		if n%2 == 0 {
			m[deal] = append(m[deal], randomDeal(r, n))
			other[deal] = append(other[deal], randomDeal(r, n))
		}
	}
	m.store(t, s, "")
	other.store(t, s, "other")
	return m
}

func (m model) store(t testing.TB, s storage.Store, tenant string) {
	t.Helper()
	ctx := limited(t)
	must(t, s.Update(ctx, tenant, func(x storage.Tx) error {
		if err := x.Insert(ctx, account, m[account]); err != nil {
			return err
		}
		return x.Insert(ctx, deal, m[deal])
	}))
}

// find answers q as every store must: the rows, and how many match in all.
func (m model) find(q *storage.Query) (rows []storage.Row, n int, err error) {
	where, err := storage.Resolve(q.Where, func(q *storage.Query) ([]storage.Row, error) {
		rows, err := m.whole(q)
		project(q, rows)
		return rows, err
	})
	if err != nil {
		return nil, 0, err
	}
	if rows, err = m.whole(&storage.Query{Table: q.Table, Where: where}); err != nil {
		return nil, 0, err
	}
	n = len(rows)
	slices.SortFunc(rows, func(a, b storage.Row) int { return storage.CompareRows(q, &a, &b) })
	rows = rows[:min(n, q.Limit)]
	project(q, rows)
	return rows, n, nil
}

// project leaves whole rows with the columns that q names.
func project(q *storage.Query, rows []storage.Row) {
	if q.Columns == nil {
		return
	}
	for i := range rows {
		values := make([]storage.Value, len(q.Columns))
		for j, c := range q.Columns {
			values[j] = q.Table.Get(&rows[i], c)
		}
		rows[i].Values = values
	}
}

// whole returns the whole rows that match a filter without Among, in no order.
func (m model) whole(q *storage.Query) (rows []storage.Row, err error) {
	for i := range m[q.Table] {
		if storage.Match(q.Table, &q.Where, &m[q.Table][i]) {
			rows = append(rows, m[q.Table][i])
		}
	}
	return rows, nil
}

// check asks r for what q selects, and compares with the model.
func (m model) check(ctx context.Context, r storage.Reader, q *storage.Query) error {
	want, n, err := m.find(q)
	if err != nil {
		return err
	}
	got, err := r.Find(ctx, q)
	if err != nil {
		return fmt.Errorf("Find: %w of %s", err, describe(q))
	}
	if !equal(got, want) {
		return fmt.Errorf("Find: got %d rows, want %d: %s; the query is %s", len(got), len(want), difference(got, want), describe(q))
	}
	count, err := r.Count(ctx, q)
	if err != nil {
		return fmt.Errorf("Count: %w of %s", err, describe(q))
	}
	if limited := int64(min(n, q.Limit)); count != limited {
		return fmt.Errorf("Count: got %d, want %d: %s", count, limited, describe(q))
	}
	all := *q
	all.Limit = 0
	if count, err = r.Count(ctx, &all); err != nil {
		return fmt.Errorf("Count without a limit: %w of %s", err, describe(q))
	}
	if count != int64(n) {
		return fmt.Errorf("Count without a limit: got %d, want %d: %s", count, n, describe(q))
	}
	return nil
}

// checkRandom compares a store with the model in that many random queries, in views of a hundred.
func checkRandom(t *testing.T, open opener, seed uint64, queries int, s shape) {
	t.Helper()
	r, st := rand.New(rand.NewPCG(seed, seed)), fresh(t, open)
	m := newModel(t, st, r)
	for i := 0; i < queries; i += 100 {
		ctx := limited(t)
		batch := make([]*storage.Query, 100)
		for j := range batch {
			batch[j] = s.query(r)
		}
		must(t, ends(t, patience(t), "queries", func() error {
			return st.View(ctx, "", func(r storage.Reader) error {
				for _, q := range batch {
					if err := m.check(ctx, r, q); err != nil {
						return err
					}
				}
				return nil
			})
		}))
	}
}

// difference says where got and want part.
func difference(got, want []storage.Row) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Sprintf("row %d is missing: %v", i, want[i])
		case i >= len(want):
			return fmt.Sprintf("row %d is too many: %v", i, got[i])
		case !equalRow(got[i], want[i]):
			return fmt.Sprintf("row %d:\n got %v\nwant %v\n", i, got[i], want[i])
		}
	}
	return "none"
}

// describe writes a query for whoever has to find out what is wrong with its answer.
func describe(q *storage.Query) string {
	var b strings.Builder
	fmt.Fprintf(&b, "{%s where %s", q.Table.Name, describeFilter(&q.Where))
	for _, o := range q.Order {
		fmt.Fprintf(&b, " by %s", o.Field)
		if o.Desc {
			b.WriteString(" desc")
		}
	}
	if q.Columns != nil {
		fmt.Fprintf(&b, " columns %q", q.Columns)
	}
	if q.Index != "" {
		fmt.Fprintf(&b, " index %s", q.Index)
	}
	fmt.Fprintf(&b, " limit %d}", q.Limit)
	return b.String()
}

func describeFilter(f *storage.Filter) string {
	switch f.Op {
	case storage.All:
		return "all"
	case storage.And, storage.Or, storage.Not:
		subs := make([]string, len(f.Sub))
		for i := range f.Sub {
			subs[i] = describeFilter(&f.Sub[i])
		}
		return f.Op.String() + "(" + strings.Join(subs, ", ") + ")"
	case storage.Among:
		return fmt.Sprintf("%s among %s of %s along %q", f.Field, f.On, describe(f.Of), f.Along)
	}
	return fmt.Sprintf("%s %s %v", f.Field, f.Op, f.Args)
}
