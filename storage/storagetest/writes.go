package storagetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// testUnique puts equal rows into unique indexes, by one, in bulk, by id, by insert and by update.
func testUnique(t *testing.T, open opener) {
	pair := func(region string, code int64) []storage.Member {
		return []storage.Member{column("region", storage.TextValue(region)), column("code", storage.IntValue(code))}
	}
	stored := []storage.Row{row(1, number("N")), row(2, pair("r", 1)...), row(3), row(4)}
	var many []storage.Row
	for n := 100; n < 110; n++ {
		many = append(many, row(n))
	}
	for _, c := range []struct {
		what, index string // one of these; no index: no conflict
		write       func(ctx context.Context, s storage.Store) error
	}{
		{"insert one", "number", func(ctx context.Context, s storage.Store) error { return insert(ctx, s, row(9, number("N"))) }},
		{"insert many", "number", func(ctx context.Context, s storage.Store) error {
			return insert(ctx, s, append(many[:9:9], row(9, number("N")), many[9])...)
		}},
		{"insert two that are equal", "number", func(ctx context.Context, s storage.Store) error {
			return insert(ctx, s, row(8, number("M")), row(9, number("M")))
		}},
		{"insert one by one", "number", func(ctx context.Context, s storage.Store) error {
			return s.Update(ctx, "", func(x storage.Tx) error {
				if err := x.Insert(ctx, account, []storage.Row{row(8, number("M"))}); err != nil {
					return err
				}
				return x.Insert(ctx, account, []storage.Row{row(9, number("M"))})
			})
		}},
		{"insert a pair", "region_code", func(ctx context.Context, s storage.Store) error { return insert(ctx, s, row(9, pair("r", 1)...)) }},
		{"half a pair", "", func(ctx context.Context, s storage.Store) error {
			return insert(ctx, s, row(7, pair("r", 2)...), row(8, pair("R", 1)...), row(9, pair("r ", 1)...))
		}},
		{"a null in a pair", "", func(ctx context.Context, s storage.Store) error {
			r, one := column("region", storage.TextValue("r")), column("code", storage.IntValue(1))
			return insert(ctx, s, row(5, r), row(6, r), row(7, one), row(8, one), row(9))
		}},
		{"the empty text", "number", func(ctx context.Context, s storage.Store) error {
			return insert(ctx, s, row(8, number("")), row(9, number("")))
		}},
		{"texts that are nearly equal", "", func(ctx context.Context, s storage.Store) error {
			return insert(ctx, s, row(5, number("n")), row(6, number("N ")), row(7, number("é")), row(8, number("e\u0301")), row(9, number("Ｎ")))
		}},
		{"insert the id", "id", func(ctx context.Context, s storage.Store) error { return insert(ctx, s, row(1)) }},
		{"insert an id twice", "id", func(ctx context.Context, s storage.Store) error { return insert(ctx, s, row(9), row(9)) }},
		{"insert the id among many", "id", func(ctx context.Context, s storage.Store) error {
			return insert(ctx, s, append(many[:9:9], row(3), many[9])...)
		}},
		{"insert a row again", "id", func(ctx context.Context, s storage.Store) error { return insert(ctx, s, stored[0]) }},
		{"insert the id with another's values", "id", func(ctx context.Context, s storage.Store) error {
			return insert(ctx, s, row(2, number("N")))
		}},
		{"insert two conflicts", "number region_code", func(ctx context.Context, s storage.Store) error {
			return insert(ctx, s, row(9, append(pair("r", 1), number("N"))...))
		}},
		{"update to two conflicts", "number region_code", func(ctx context.Context, s storage.Store) error {
			return update(ctx, s, next(row(3), append(pair("r", 1), number("N"))...))
		}},
		{"update", "number", func(ctx context.Context, s storage.Store) error { return update(ctx, s, next(row(3), number("N"))) }},
		{"update one of two", "number", func(ctx context.Context, s storage.Store) error {
			return update(ctx, s, next(row(3), name("x")), next(row(4), number("N")))
		}},
		{"update to its own values", "", func(ctx context.Context, s storage.Store) error { return update(ctx, s, next(row(1, number("N")))) }},
		{"rows take effect one after the other", "", func(ctx context.Context, s storage.Store) error {
			return update(ctx, s, next(row(1), number("O")), next(row(3), number("N")))
		}},
		{"and so two cannot swap", "number", func(ctx context.Context, s storage.Store) error {
			if err := update(ctx, s, next(row(3), number("O"))); err != nil {
				return err
			}
			return update(ctx, s, next(row(1), number("O")), next(next(row(3)), number("N")))
		}},
		{"delete frees", "", func(ctx context.Context, s storage.Store) error {
			return s.Update(ctx, "", func(x storage.Tx) error {
				if err := x.Delete(ctx, account, []storage.Key{{ID: id(1), Version: 1}}); err != nil {
					return err
				}
				return x.Insert(ctx, account, []storage.Row{row(1, number("N"))})
			})
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			s, ctx := fresh(t, open), limited(t)
			must(t, insert(ctx, s, stored...))
			err := c.write(ctx, s)
			if c.index == "" {
				must(t, err)
				return
			}
			var conflict *storage.ConflictError
			if !errors.As(err, &conflict) || !slices.Contains(strings.Fields(c.index), conflict.Index) || conflict.Table != account.Name {
				t.Fatalf("got %v, want a conflict of %s", err, c.index)
			}
			for _, n := range []int{5, 6, 7, 8, 9, 100, 108} {
				expect(ctx, t, s, "what the failed write left", eq("id", storage.RefValue(id(n))))
			}
			must(t, insert(ctx, s, row(50))) // the store goes on
		})
	}
}

// testStale updates and deletes versions that are not there.
func testStale(t *testing.T, open opener) {
	at := func(n int, version int64) storage.Row {
		x := row(n, name("changed"))
		x.Version = version
		return x
	}
	key := func(n int, version int64) storage.Key { return storage.Key{ID: id(n), Version: version} }
	for what, write := range map[string]func(ctx context.Context, s storage.Store) error{
		"update to the same version": func(ctx context.Context, s storage.Store) error { return update(ctx, s, at(1, 5)) },
		"update to an older version": func(ctx context.Context, s storage.Store) error { return update(ctx, s, at(1, 4)) },
		"update over a version":      func(ctx context.Context, s storage.Store) error { return update(ctx, s, at(1, 7)) },
		"update of no row":           func(ctx context.Context, s storage.Store) error { return update(ctx, s, at(9, 6)) },
		"update of no row to 1":      func(ctx context.Context, s storage.Store) error { return update(ctx, s, at(9, 1)) },
		"update of one and no row":   func(ctx context.Context, s storage.Store) error { return update(ctx, s, at(1, 6), at(9, 6)) },
		"update twice":               func(ctx context.Context, s storage.Store) error { return update(ctx, s, at(1, 6), at(1, 6)) },
		"delete of an older version": func(ctx context.Context, s storage.Store) error { return remove(ctx, s, key(1, 4)) },
		"delete of a newer version":  func(ctx context.Context, s storage.Store) error { return remove(ctx, s, key(1, 6)) },
		"delete of version 0":        func(ctx context.Context, s storage.Store) error { return remove(ctx, s, key(1, 0)) },
		"delete of no row":           func(ctx context.Context, s storage.Store) error { return remove(ctx, s, key(9, 1)) },
		"delete of one and no row":   func(ctx context.Context, s storage.Store) error { return remove(ctx, s, key(1, 5), key(9, 1)) },
		"delete twice":               func(ctx context.Context, s storage.Store) error { return remove(ctx, s, key(1, 5), key(1, 5)) },
		"update after delete": func(ctx context.Context, s storage.Store) error {
			return s.Update(ctx, "", func(x storage.Tx) error {
				if err := x.Delete(ctx, account, []storage.Key{key(1, 5)}); err != nil {
					return err
				}
				return x.Update(ctx, account, []storage.Row{at(1, 6)})
			})
		},
	} {
		t.Run(what, func(t *testing.T) {
			s, ctx := fresh(t, open), limited(t)
			old, other := at(1, 5), at(2, 1)
			must(t, insert(ctx, s, old, other))
			if err := write(ctx, s); !errors.Is(err, storage.ErrStale) {
				t.Fatalf("got %v, want ErrStale", err)
			}
			holds(t, s, old, other)
		})
	}
	t.Run("and what is not", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, at(1, 5), at(2, 1)))
		must(t, update(ctx, s, at(1, 6)))
		must(t, update(ctx, s, at(1, 7), at(2, 2), at(1, 8)))
		must(t, remove(ctx, s, key(1, 8)))
		holds(t, s, at(2, 2))
	})
}

// testReadYourWrites reads inside a transaction that writes, with every kind of query.
func testReadYourWrites(t *testing.T, open opener) {
	s, ctx := fresh(t, open), limited(t)
	r := rand.New(rand.NewPCG(8, 8))
	start := newModel(t, s, r)
	must(t, s.Update(ctx, "", func(x storage.Tx) error {
		r := rand.New(rand.NewPCG(9, 9)) // anew for each run
		m := model{deal: start[deal], account: append([]storage.Row(nil), start[account]...)}
		for i := range 60 {
			switch n := r.IntN(len(m[account])); i % 3 {
			case 0:
				v := randomAccount(r, rowsInModel+i)
				m[account] = append(m[account], v)
				if err := x.Insert(ctx, account, []storage.Row{v}); err != nil {
					return err
				}
			case 1:
				v := randomAccount(r, 1000+i)
				v.ID, v.Version = m[account][n].ID, m[account][n].Version+1
				m[account][n] = v
				if err := x.Update(ctx, account, []storage.Row{v}); err != nil {
					return err
				}
			case 2:
				gone := storage.Key{ID: m[account][n].ID, Version: m[account][n].Version}
				m[account] = append(m[account][:n:n], m[account][n+1:]...)
				if err := x.Delete(ctx, account, []storage.Key{gone}); err != nil {
					return err
				}
			}
			if err := m.check(ctx, x, &storage.Query{Table: account, Limit: 1000}); err != nil {
				return err
			}
			for range 5 {
				if err := m.check(ctx, x, shape{depth: 2, among: true, order: 2, limit: true, hint: true}.query(r)); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}
