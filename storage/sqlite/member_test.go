package sqlite

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

// contact is a table as wide as those of records and with their indexes. A third of the columns are null, and the last is
// a Doc.
var contact = func() *storage.Table {
	t := &storage.Table{Name: "contact", Columns: []storage.Column{
		{Name: "gone", Kind: storage.Time}, {Name: "modified", Kind: storage.Time}, {Name: "owner", Kind: storage.Ref}, {Name: "name", Kind: storage.Text}},
		Indexes: []storage.Index{{Name: "modified", Columns: []string{"gone", "modified"}}, {Name: "owner", Columns: []string{"owner", "gone"}},
			{Name: "name", Columns: []string{"gone", "name"}}}}
	for i := len(t.Columns); i < 44; i++ {
		t.Columns = append(t.Columns, storage.Column{Name: fmt.Sprint("text_", i), Kind: storage.Text})
	}
	t.Columns = append(t.Columns, storage.Column{Name: "custom", Kind: storage.Doc})
	return t
}()

// scattered returns text of ten letters that differs for each n and i, and begins with any letter.
func scattered(n, i int) storage.Value {
	b, h := [10]byte{}, uint64(n*1000+i+1)*0x9e3779b97f4a7c15
	for j := range b {
		h ^= h >> 29
		h *= 0xbf58476d1ce4e5b9
		b[j] = 'a' + byte(h>>59%26)
	}
	return storage.TextValue(string(b[:]))
}

// contactRow returns the n-th row, with so many members in its Doc. One in ten is gone.
func contactRow(n, members int) storage.Row {
	v := make([]storage.Value, len(contact.Columns))
	if n%10 == 0 {
		v[0] = storage.MicrosValue(1_700_000_000_000_000)
	}
	v[1], v[2], v[3] = storage.MicrosValue(1_600_000_000_000_000+int64(n)), storage.RefValue(companyID(n%50)), scattered(n, 0)
	for i := 4; i < len(v)-1; i++ {
		if i%3 > 0 {
			v[i] = scattered(n, i)
		}
	}
	ms := make([]storage.Member, members)
	for i := range ms {
		ms[i] = storage.Member{Name: fmt.Sprintf("field_%02d", i), Value: scattered(n, 100+i)}
	}
	v[len(v)-1] = storage.DocValue(ms...)
	return storage.Row{ID: companyID(n), Version: 1, Values: v}
}

func contactRows(from, rows, members int) (all []storage.Row) {
	for n := from; n < from+rows; n++ {
		all = append(all, contactRow(n, members))
	}
	return all
}

func contacts(tb testing.TB, rows, members int) *Store {
	tb.Helper()
	s := openTest(tb, nil)
	require.NoError(tb, s.Migrate(tb.Context(), []*storage.Table{contact}))
	for n := 0; n < rows; n += 5000 {
		insertContacts(tb, s, contactRows(n, min(5000, rows-n), members))
	}
	return s
}

func insertContacts(tb testing.TB, s *Store, rows []storage.Row) {
	tb.Helper()
	require.NoError(tb, s.Update(tb.Context(), "big", func(x storage.Tx) error { return x.Insert(tb.Context(), contact, rows) }))
}

// memberQuery selects by one member of a Doc with so many, and orders by another. No index serves it.
func memberQuery(members int) *storage.Query {
	field := func(i int) string { return storage.MemberField("custom", fmt.Sprintf("field_%02d", i), storage.Text) }
	return &storage.Query{Table: contact, Where: and(where(storage.Eq, "gone", storage.Value{}), where(storage.Ge, field(members/2), storage.TextValue("m"))),
		Order: []storage.Order{{Field: field(members - 1)}}, Limit: 50}
}

// BenchmarkMembers reads and writes rows with few and with many members in their Doc.
func BenchmarkMembers(b *testing.B) {
	for _, members := range []int{10, 100} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			const rows = 100_000
			s := contacts(b, rows, members)
			q, next := memberQuery(members), rows
			b.Run("Sort", func(b *testing.B) {
				for b.Loop() {
					require.Len(b, found(b, s, q), q.Limit)
				}
			})
			b.Run("Page", func(b *testing.B) {
				q := &storage.Query{Table: contact, Where: q.Where.Sub[0], Order: []storage.Order{{Field: "name"}}, Limit: 50, Index: "name"}
				for b.Loop() {
					require.Len(b, found(b, s, q), q.Limit)
				}
			})
			b.Run("Read", func(b *testing.B) { // 1000 rows
				q := &storage.Query{Table: contact, Limit: 1000}
				for b.Loop() {
					require.Len(b, found(b, s, q), q.Limit)
				}
			})
			b.Run("Insert", func(b *testing.B) { // 1000 rows
				for b.Loop() {
					b.StopTimer()
					batch := contactRows(next, 1000, members)
					next += len(batch)
					b.StartTimer()
					insertContacts(b, s, batch)
				}
			})
		})
	}
}
