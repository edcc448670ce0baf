package sqlite

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// script makes a query of bytes, each of which is a choice.
type script struct{ rest []byte }

func (s *script) choose(n int) int {
	if len(s.rest) == 0 {
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return int(b) % n
}

var scriptFields = []string{"number", "name", "parent", "created", "active", "id", "custom.a:text", "custom.floors:int", "custom.of:ref"}

func (s *script) value(k storage.Kind) storage.Value {
	n := s.choose(13) - 1
	if n < 0 {
		return storage.Value{}
	}
	switch k {
	case storage.Text:
		return storage.TextValue([]string{"", "a", "A", "a%", "é", `"'\`, "ACC-00000007"}[n%7])
	case storage.Ref:
		return storage.RefValue(companyID(n))
	case storage.Bool:
		return storage.BoolValue(n%2 == 0)
	case storage.Time:
		return storage.MicrosValue(1_700_000_000_000_000 + int64(n))
	}
	return storage.IntValue(int64(n) - 6)
}

func (s *script) filter(depth int) storage.Filter {
	op := storage.Op(s.choose(int(storage.Among) + 1))
	if depth == 0 && (op == storage.And || op == storage.Or || op == storage.Not || op == storage.Among) {
		op = storage.Eq
	}
	f := storage.Filter{Op: op}
	switch op {
	case storage.All:
	case storage.And, storage.Or, storage.Not:
		n := 1
		if op != storage.Not {
			n = s.choose(4)
		}
		for range n {
			f.Sub = append(f.Sub, s.filter(depth-1))
		}
	case storage.Among:
		f.Field = []string{"id", "parent", "custom.of:ref"}[s.choose(3)]
		f.On = []string{"id", "parent"}[s.choose(2)]
		f.Along = []string{"", "parent", "id"}[s.choose(3)]
		f.Of = &storage.Query{Table: company, Where: s.filter(depth - 1), Index: s.index()}
	case storage.Contains:
		f.Field = []string{"number", "name", "custom.a:text"}[s.choose(3)]
		v := s.value(storage.Text)
		f.Args = []storage.Value{storage.TextValue(v.Raw())}
	default:
		f.Field = scriptFields[s.choose(len(scriptFields))]
		k, _ := company.FieldKind(f.Field)
		n := 1
		if op == storage.In {
			n = s.choose(4)
		}
		for range n {
			f.Args = append(f.Args, s.value(k))
		}
	}
	return f
}

func (s *script) index() string {
	return []string{"", "id", "number", "name", "parent", "active_created"}[s.choose(6)]
}

func (s *script) query() *storage.Query {
	q := &storage.Query{Table: company, Where: s.filter(4), Index: s.index(), Limit: 1 + s.choose(30)}
	for range s.choose(3) {
		q.Order = append(q.Order, storage.Order{Field: scriptFields[s.choose(len(scriptFields))], Desc: s.choose(2) == 1})
	}
	return q
}

// fuzzRows are a few companies, some of them in a ring, with values in docs.
func fuzzRows() (rows []storage.Row) {
	for n := range 24 {
		r := companyRow(n)
		s := script{[]byte{byte(n * 5), byte(n * 11), byte(n * 3), byte(n * 7), byte(n * 13), byte(n)}}
		r.Values[2] = s.value(storage.Ref)
		if n%3 > 0 {
			r.Values[1] = s.value(storage.Text)
		}
		r.Values[5] = storage.DocValue(storage.Member{Name: "a", Value: s.value(storage.Text)}, storage.Member{Name: "floors", Value: s.value(storage.Int)},
			storage.Member{Name: "of", Value: s.value(storage.Ref)})
		rows = append(rows, r)
	}
	return rows
}

// model answers a query by the definitions of package storage.
func model(q *storage.Query, all []storage.Row) (found []storage.Row, err error) {
	find := func(q *storage.Query) (rows []storage.Row, err error) {
		for _, row := range all {
			if !storage.Match(q.Table, &q.Where, &row) {
				continue
			}
			if q.Columns != nil {
				whole := row
				row.Values = nil
				for _, c := range q.Columns {
					row.Values = append(row.Values, q.Table.Get(&whole, c))
				}
			}
			rows = append(rows, row)
		}
		return rows, nil
	}
	resolved := *q
	resolved.Columns = nil
	if resolved.Where, err = storage.Resolve(q.Where, find); err != nil {
		return nil, err
	}
	found, err = find(&resolved)
	slices.SortFunc(found, func(a, b storage.Row) int { return storage.CompareRows(q, &a, &b) })
	return found, err
}

// fuzzStore has the same rows for two tenants.
func fuzzStore(tb testing.TB, rows []storage.Row) *Store {
	tb.Helper()
	s := openTest(tb, nil)
	require.NoError(tb, s.Migrate(tb.Context(), []*storage.Table{company}))
	for _, tenant := range []string{"one", "two"} {
		require.NoError(tb, s.Update(tb.Context(), tenant, func(x storage.Tx) error { return x.Insert(tb.Context(), company, rows) }))
	}
	return s
}

// checkQuery holds the answers to a query against the definitions.
func checkQuery(t *testing.T, s *Store, rows []storage.Row, choices []byte) {
	t.Helper()
	x := script{choices}
	q := x.query()
	require.NoError(t, q.ValidateFind())
	want, err := model(q, rows)
	require.NoError(t, err)
	var found []storage.Row
	var n int64
	require.NoError(t, s.View(t.Context(), "one", func(r storage.Reader) (err error) {
		if found, err = r.Find(t.Context(), q); err == nil {
			n, err = r.Count(t.Context(), &storage.Query{Table: company, Where: q.Where, Index: q.Index})
		}
		return err
	}), "%+v", q)
	if int(n) != len(want) || !slices.EqualFunc(found, want[:min(q.Limit, len(want))], sameRow) {
		t.Errorf("%+v: got %d of %d rows, want %d\n%v\n%v", q, len(found), n, len(want), found, want)
	}
}

func sameRow(a, b storage.Row) bool {
	return a.ID == b.ID && a.Version == b.Version && slices.Equal(a.Values, b.Values)
}

// FuzzQuery makes queries of any kind.
func FuzzQuery(f *testing.F) {
	rows := fuzzRows()
	s := fuzzStore(f, rows)
	f.Fuzz(func(t *testing.T, choices []byte) { checkQuery(t, s, rows, choices) })
}

// TestQueries makes queries that are the same in each run.
func TestQueries(t *testing.T) {
	t.Parallel()
	rows := fuzzRows()
	s := fuzzStore(t, rows)
	n := 3000
	if slow() {
		n = 300
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		choices := make([]byte, r.IntN(60))
		for i := range choices {
			choices[i] = byte(r.Uint32())
		}
		checkQuery(t, s, rows, choices)
	}
}
