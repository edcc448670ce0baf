package memory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// filterReader makes filters of bytes, good ones and bad ones.
type filterReader struct{ b []byte }

func (r *filterReader) next(n int) int {
	if len(r.b) == 0 {
		return 0
	}
	c := int(r.b[0])
	r.b = r.b[1:]
	return c % n
}

func (r *filterReader) field() string {
	return []string{"id", "number", "name", "industry", "active", "parent", "nothing", "", "doc.a:int"}[r.next(9)]
}

func (r *filterReader) value() storage.Value {
	n := r.next(256)
	switch n % 6 {
	case 0:
		return storage.Value{}
	case 1:
		return storage.BoolValue(n > 128)
	case 2:
		return storage.RefValue(companyID(n / 6))
	}
	return companyRow(n).Values[n%3]
}

func (r *filterReader) filter() (f storage.Filter) {
	f.Op = storage.Op(r.next(int(storage.Among) + 2))
	switch f.Op {
	case storage.All:
	case storage.And, storage.Or, storage.Not:
		for range r.next(4) {
			f.Sub = append(f.Sub, r.filter())
		}
	case storage.Among:
		f.Field, f.On, f.Along = r.field(), r.field(), r.field()
		f.Of = &storage.Query{Table: company, Where: r.filter(), Index: []string{"", "parent", "id"}[r.next(3)]}
	default:
		f.Field = r.field()
		for range 1 + r.next(2)*r.next(4) {
			f.Args = append(f.Args, r.value())
		}
	}
	return f
}

// FuzzFilter holds filters of all shapes against the definitions: bad ones are errors, and the others are answered.
func FuzzFilter(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte{1, 2, 8, 3, 60, 2, 2, 8, 2, 60, 8, 0, 20})     // a cursor
	f.Add([]byte{11, 0, 0, 5, 4, 0, 0, 8})                      // a tree
	f.Add([]byte{3, 1, 9, 3, 1, 3, 0, 60, 90})                  // no In
	f.Add([]byte{2, 3, 4, 4, 1, 3, 1, 4, 3, 0, 11, 5, 0, 7, 0}) // others
	const rows = 60
	s, all := New(nil), make([]storage.Row, rows)
	for n := range all {
		all[n] = companyRow(n)
	}
	require.NoError(f, s.Migrate(f.Context(), []*storage.Table{company}))
	require.NoError(f, s.Update(f.Context(), "", func(x storage.Tx) error { return x.Insert(f.Context(), company, all) }))
	answer := func(q *storage.Query) (out []storage.Row, err error) {
		for _, r := range expected(all, q) {
			if q.Columns != nil {
				whole := r.Values
				r.Values = []storage.Value{}
				for _, c := range q.Columns {
					r.Values = append(r.Values, whole[company.Column(c)])
				}
			}
			out = append(out, r)
		}
		return out, nil
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &filterReader{b}
		q := &storage.Query{Table: company, Limit: math.MaxInt, Index: []string{"", "name", "id", "number"}[r.next(4)], Where: r.filter()}
		if field := r.field(); r.next(2) == 1 {
			q.Order = []storage.Order{{Field: field, Desc: r.next(2) == 1}}
		}
		var got []storage.Row
		err := s.View(t.Context(), "", func(r storage.Reader) (err error) {
			got, err = r.Find(t.Context(), q)
			return err
		})
		if invalid := q.ValidateFind(); invalid != nil {
			require.Equal(t, invalid, err)
			return
		}
		require.NoError(t, err)
		resolved := *q
		resolved.Where, err = storage.Resolve(q.Where, answer)
		require.NoError(t, err)
		require.Equal(t, expected(all, &resolved), got)
	})
}
