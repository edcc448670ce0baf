package storagetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
)

// testRoundTrip stores and finds again, one row and many, each kind and each hard value.
func testRoundTrip(t *testing.T, open opener) {
	many := 10_000
	if testing.Short() {
		many = 1000
	}
	for _, rows := range []int{0, 1, 5, many} {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			s, ctx, r := fresh(t, open), limited(t), rand.New(rand.NewPCG(7, uint64(rows)))
			want := make([]storage.Row, rows)
			for n := range want {
				want[n] = randomAccount(r, n)
			}
			must(t, insert(ctx, s, want...))
			holds(t, s, want...)

			keys := make([]storage.Key, rows)
			for n := range want {
				other := randomAccount(r, n)
				other.Version = want[n].Version + 1
				want[n], keys[n] = other, storage.Key{ID: other.ID, Version: other.Version}
			}
			must(t, update(ctx, s, want...))
			holds(t, s, want...)
			must(t, remove(ctx, s, keys...))
			holds(t, s)
		})
	}

	t.Run("EveryValue", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		values := everyValue()
		var want []storage.Row
		for _, v := range values {
			for _, c := range account.Columns {
				if c.Kind == v.Kind() && c.Name != "code" && c.Name != "number" {
					want = append(want, row(len(want), column(c.Name, v)))
				}
			}
			if v.Kind() != storage.Doc {
				want = append(want, row(len(want), column("custom", storage.DocValue(storage.Member{Name: "v", Value: v}))))
			}
		}
		must(t, insert(ctx, s, want...))
		holds(t, s, want...)
		for i := range want { // and one by one, since a batch may go another way
			want[i].Version++
			must(t, update(ctx, s, want[i]))
		}
		holds(t, s, want...)
	})

	t.Run("Versions", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		x, y := row(1), row(2)
		x.Version, y.Version = math.MaxInt64-1, 1<<53
		must(t, insert(ctx, s, x, y))
		x.Version, y.Version = x.Version+1, y.Version+1
		must(t, update(ctx, s, x, y))
		holds(t, s, x, y)
	})
}

// everyValue returns all hard values of all kinds.
func everyValue() (vs []storage.Value) {
	for _, v := range texts {
		vs = append(vs, storage.TextValue(v))
	}
	for _, v := range ints {
		vs = append(vs, storage.IntValue(v))
	}
	for _, v := range decimals {
		vs = append(vs, decimal(v))
	}
	for _, v := range times {
		vs = append(vs, storage.TimeValue(v))
	}
	for _, v := range blobs {
		vs = append(vs, storage.BytesValue([]byte(v)))
	}
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	vs = append(vs, storage.BytesValue(all), storage.BytesValue(make([]byte, 100_000)),
		storage.BoolValue(false), storage.BoolValue(true), storage.RefValue(storage.ID{}), storage.RefValue(storage.ID(all[240:])), storage.Value{})
	var ms []storage.Member
	for i, v := range vs {
		ms = append(ms, storage.Member{Name: fmt.Sprint("m", i), Value: v})
	}
	return append(vs, storage.DocValue(ms...))
}

// testTime keeps times to the microsecond, over all years that there are.
func testTime(t *testing.T, open opener) {
	s, ctx := fresh(t, open), limited(t)
	var want []storage.Row
	add := func(at time.Time) {
		v := storage.TimeValue(at)
		want = append(want, row(len(want), column("created", v), column("custom", storage.DocValue(storage.Member{Name: "at", Value: v}))))
	}
	for _, year := range []int{1, 2, 99, 100, 1000, 1582, 1677, 1678, 1899, 1900, 1969, 1970, 2038, 2262, 2263, 4713, 9998, 9999} {
		for _, ns := range []int{0, 1000, 1999, 999_000, 1_000_000, 999_999_999} {
			add(time.Date(year, 1, 1, 0, 0, 0, ns, time.UTC))
			add(time.Date(year, 12, 31, 23, 59, 59, ns, time.UTC))
		}
	}
	add(time.Date(2024, 6, 1, 0, 30, 0, 123_456_000, time.FixedZone("east", 9*3600)))
	must(t, insert(ctx, s, want...))
	holds(t, s, want...)

	m := model{account: want}
	at := storage.MemberField("custom", "at", storage.Time)
	must(t, s.View(ctx, "", func(r storage.Reader) error {
		for i := range want {
			for _, f := range []string{"created", at} {
				where := storage.Filter{Op: storage.Lt, Field: f, Args: want[i].Values[6:7]}
				if err := m.check(ctx, r, &storage.Query{Table: account, Where: where, Order: []storage.Order{{Field: f}}, Limit: 1000}); err != nil {
					return err
				}
				where.Op = storage.Eq
				if err := m.check(ctx, r, &storage.Query{Table: account, Where: where, Limit: 1000}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	got, err := find(ctx, s, &storage.Query{Table: account, Where: eq("id", storage.RefValue(want[len(want)-1].ID)), Limit: 1})
	must(t, err)
	if at := got[0].Values[account.Column("created")].Time(); !at.Equal(time.Date(2024, 5, 31, 15, 30, 0, 123_456_000, time.UTC)) || at.Location() != time.UTC {
		t.Errorf("got %v", at)
	}
}
