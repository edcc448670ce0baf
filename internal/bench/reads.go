package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/sqlite"
)

// readers are the two who read one database.
type readers struct {
	org  *crm.Org
	hand *hand
}

// reading opens the database that an import has left, for us and for those who write SQL, and closes it after fn.
func (b *bench) reading(ctx context.Context, fn func(r *readers) error) (err error) {
	path, err := b.built(ctx)
	if err != nil {
		return err
	}
	store, err := sqlite.Open(path, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		return err
	}
	h, err := openHand(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return fn(&readers{org, h})
}

// get measures reading one account by its id.
func (b *bench) get(ctx context.Context) error {
	return b.reading(ctx, func(r *readers) error {
		ids, err := r.hand.someIDs(2000)
		if err != nil {
			return err
		}
		each := func(get func(record.ID) (*account.Account, error)) func() (float64, error) {
			return func() (float64, error) {
				began := time.Now()
				for _, id := range ids {
					if _, err := get(id); err != nil {
						return 0, err
					}
				}
				return time.Since(began).Seconds() / float64(len(ids)), nil
			}
		}
		ours := each(func(id record.ID) (*account.Account, error) { return r.org.Accounts.Get(ctx, id) })
		got, err := b.warm(ours, each(r.hand.get))
		if err != nil {
			return err
		}
		b.add(line{fmt.Sprintf("get one of %s accounts by id", thousands(b.rows)), micros(got[0]), micros(got[1]) + " SQL by hand",
			times(got[0] / got[1]), "≤ 1.5", got[0] <= 1.5*got[1]})
		return nil
	})
}

// warm is rounds of things that take little time: more of them, the first not counted.
func (b *bench) warm(fns ...func() (float64, error)) ([]float64, error) {
	for range 4 { // as many as there are connections for readers
		for _, fn := range fns {
			if _, err := fn(); err != nil {
				return nil, err
			}
		}
	}
	return rounds(3*b.runs, fns...)
}

// someIDs returns the ids of accounts from all over the table, the same in each run.
func (h *hand) someIDs(n int) (ids []record.ID, err error) {
	var all []record.ID
	err = sqlitex.Execute(h.conn, "SELECT id FROM accounts", &sqlitex.ExecOptions{ResultFunc: func(st *zombiezen.Stmt) error {
		var id record.ID
		st.ColumnBytes(0, id[:])
		all = append(all, id)
		return nil
	}})
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))], err
}

const pageRows = 50

// pages measures pages of lists, in three orders, each in both directions, the first page and one from the middle. The
// table shows the slowest of the four.
func (b *bench) pages(ctx context.Context) error {
	return b.reading(ctx, func(r *readers) error {
		for _, field := range []string{"Account_Name", "Modified_Time", "id"} {
			worst := []float64{0, 1}
			var all string
			for _, desc := range []bool{false, true} {
				for _, middle := range []bool{false, true} {
					got, err := b.onePage(ctx, r, field, desc, middle)
					if err != nil {
						return err
					}
					if got[0]/got[1] > worst[0]/worst[1] {
						worst = got
					}
					all += fmt.Sprintf(" %s/%s", micros(got[0]), micros(got[1]))
				}
			}
			b.add(line{fmt.Sprintf("page of %d of %s accounts by `%s`", pageRows, thousands(b.rows), field), micros(worst[0]),
				micros(worst[1]) + " SQL by hand", times(worst[0] / worst[1]), "≤ 1.5", worst[0] <= 1.5*worst[1]})
			fmt.Fprintln(b.log, "  up, up from the middle, down, down from the middle:"+all)
		}
		b.note("pages: the worst of ascending and descending, the first page and one from the middle, by a cursor. SQL by hand reads the columns " +
			"of the struct into the struct, and nothing else, outside of any transaction.")
		return nil
	})
}

func (b *bench) onePage(ctx context.Context, r *readers, field string, desc, middle bool) ([]float64, error) {
	q := record.Query{Order: []record.Order{{Field: field, Desc: desc}}, Limit: pageRows}
	var at *place
	if middle {
		after, id, err := r.middle(ctx, q, b.rows/2)
		if err != nil {
			return nil, err
		}
		p, err := r.hand.place(id)
		if err != nil {
			return nil, err
		}
		q.After, at = after, &p
	}
	ours := func() ([]*account.Account, error) { as, _, err := r.org.Accounts.List(ctx, q); return as, err }
	theirs := func() ([]*account.Account, error) { return r.hand.page(field, desc, at, pageRows) }
	if err := same(ours, theirs); err != nil {
		return nil, fmt.Errorf("%s, descending %t, middle %t: %w", field, desc, middle, err)
	}
	each := func(list func() ([]*account.Account, error)) func() (float64, error) {
		const times = 20
		return func() (float64, error) {
			began := time.Now()
			for range times {
				if _, err := list(); err != nil {
					return 0, err
				}
			}
			return time.Since(began).Seconds() / times, nil
		}
	}
	return b.warm(each(ours), each(theirs))
}

// same asks that both found the same accounts.
func same(ours, theirs func() ([]*account.Account, error)) error {
	a, err := ours()
	if err != nil {
		return err
	}
	h, err := theirs()
	if err != nil {
		return err
	}
	if len(a) != pageRows || len(h) != pageRows {
		return fmt.Errorf("pages of %d and %d accounts", len(a), len(h))
	}
	for i := range a {
		if a[i].ID != h[i].ID || a[i].Name != h[i].Name || !a[i].ModifiedTime.Equal(h[i].ModifiedTime) || a[i].Description != h[i].Description {
			return fmt.Errorf("%+v is not %+v", a[i], h[i])
		}
	}
	return nil
}

// middle pages to the n-th account of a list, and returns the cursor after it, and its id.
func (r *readers) middle(ctx context.Context, q record.Query, n int) (after record.Cursor, last record.ID, err error) {
	for q.Limit = min(n, record.MaxLimit); n > 0; n -= q.Limit {
		recs, next, err := r.org.Accounts.Records.List(ctx, q)
		if err != nil {
			return "", last, err
		}
		q.After, last = next, recs[len(recs)-1].ID
	}
	return q.After, last, nil
}
