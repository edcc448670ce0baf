package storagetest

import (
	"errors"
	"math"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// testTenants gives the same rows to tenants whose names are nearly the same.
func testTenants(t *testing.T, open opener) {
	tenants := []string{"", "a", "A", "a ", "é", "e\u0301", "a'b", `a"b`, "a%", "_", "a/b", "null", "\U0001f600"}
	mine := func(i int) []storage.Row {
		own := name(tenants[i])
		return []storage.Row{row(1, own, number("N"), staff(int64(i))), row(2, own, parent(1)), row(3+i, own, parent(1))}
	}

	s, ctx := fresh(t, open), limited(t)
	for i, tenant := range tenants {
		holdsFor(t, s, tenant)
		must(t, insertFor(ctx, s, tenant, mine(i)...)) // same ids, same unique values: no conflict
	}

	t.Run("Read", func(t *testing.T) {
		for i, tenant := range tenants {
			holdsFor(t, s, tenant, mine(i)...)
			children := storage.Filter{Op: storage.Among, Field: "parent", On: "id", Of: &storage.Query{Table: account, Where: eq("staff", storage.IntValue(int64(i)))}}
			for what, c := range map[string]struct {
				where storage.Filter
				index string
				want  int64
			}{
				"all":                 {storage.Filter{}, "", 3},
				"all by an index":     {storage.Filter{}, "name", 3},
				"by id":               {eq("id", storage.RefValue(id(1))), "", 1},
				"by number":           {eq("number", storage.TextValue("N")), "number", 1},
				"not":                 {storage.Filter{Op: storage.Not, Sub: []storage.Filter{eq("number", storage.TextValue("N"))}}, "", 2},
				"or":                  {storage.Filter{Op: storage.Or, Sub: []storage.Filter{eq("number", storage.TextValue("N")), {}}}, "", 3},
				"among":               {children, "", 2},
				"looked for":          {looked("parent", "id", "id", eq("staff", storage.IntValue(int64(i)))), "", 2},
				"looked for another":  {looked("parent", "id", "id", eq("staff", storage.IntValue(int64(i+1)))), "", 0},
				"below":               {below(1), "", 3},
				"of another":          {eq("staff", storage.IntValue(int64(i+1))), "", 0},
				"among of another":    {storage.Filter{Op: storage.Among, Field: "parent", On: "id", Of: &storage.Query{Table: account, Where: eq("staff", storage.IntValue(int64(i+1)))}}, "", 0},
				"another's row by id": {eq("id", storage.RefValue(id(3+(i+1)%len(tenants)))), "", 0},
			} {
				q := &storage.Query{Table: account, Where: c.where, Limit: math.MaxInt, Index: c.index}
				must(t, s.View(ctx, tenant, func(r storage.Reader) error {
					rows, err := r.Find(ctx, q)
					if err != nil {
						return err
					}
					n, err := r.Count(ctx, q)
					if n != c.want || int64(len(rows)) != c.want {
						t.Errorf("%q %s: got %d rows, %d counted, want %d", tenant, what, len(rows), n, c.want)
					}
					return err
				}))
			}
		}
	})

	t.Run("Write", func(t *testing.T) {
		for i, tenant := range tenants {
			other := 3 + (i+1)%len(tenants) // a row of another's
			err := s.Update(ctx, tenant, func(x storage.Tx) error { return x.Update(ctx, account, []storage.Row{next(row(other))}) })
			if !errors.Is(err, storage.ErrStale) {
				t.Errorf("%q updates a row of another's: got %v, want ErrStale", tenant, err)
			}
			err = s.Update(ctx, tenant, func(x storage.Tx) error { return x.Delete(ctx, account, []storage.Key{{ID: id(other), Version: 1}}) })
			if !errors.Is(err, storage.ErrStale) {
				t.Errorf("%q deletes a row of another's: got %v, want ErrStale", tenant, err)
			}
			var conflict *storage.ConflictError
			if err = insertFor(ctx, s, tenant, row(99, number("N"))); !errors.As(err, &conflict) {
				t.Errorf("%q repeats its own number: got %v, want a conflict", tenant, err)
			}
		}
		// One tenant changes all that it has; the others keep theirs.
		must(t, s.Update(ctx, tenants[1], func(x storage.Tx) error {
			own := mine(1)
			if err := x.Update(ctx, account, []storage.Row{next(own[0], number("changed"))}); err != nil {
				return err
			}
			return x.Delete(ctx, account, []storage.Key{{ID: own[1].ID, Version: 1}, {ID: own[2].ID, Version: 1}})
		}))
		for i, tenant := range tenants {
			if i == 1 {
				holdsFor(t, s, tenant, next(mine(1)[0], number("changed")))
			} else {
				holdsFor(t, s, tenant, mine(i)...)
			}
		}
	})
}
