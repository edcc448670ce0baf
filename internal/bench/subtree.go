package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/sqlite"
)

// subtree measures counting and adding up a tree of a tenth as many accounts as there are beside it.
func (b *bench) subtree(ctx context.Context) error {
	size := b.rows / 10
	if err := b.plant(ctx, size); err != nil {
		return err
	}
	return b.reading(ctx, func(r *readers) error {
		root, err := r.root(ctx, b.rows)
		if err != nil {
			return err
		}
		count := func() (int64, error) {
			return r.org.Accounts.Count(ctx, record.Query{Where: account.Under(root)})
		}
		if err := b.checkTree(ctx, r, root, int64(size)); err != nil {
			return err
		}
		got, err := b.warm(
			timed(func() error { _, err := count(); return err }),
			timed(func() error { _, err := r.hand.count(root); return err }),
			timed(func() error {
				_, err := r.org.Accounts.RollUp(ctx, root, record.Sum{Field: "Annual_Revenue"})
				return err
			}),
			timed(func() error { _, err := r.hand.sum(root); return err }))
		if err != nil {
			return err
		}
		for i, what := range []string{"count the %s accounts of a tree", "sum of `Annual_Revenue` over the %s accounts of a tree"} {
			ours, theirs := got[2*i], got[2*i+1]
			b.add(line{fmt.Sprintf(what, thousands(size)), seconds(ours), seconds(theirs) + " recursive SQL by hand", times(ours / theirs), "≤ 2",
				ours <= 2*theirs})
		}
		b.note("subtree: six levels, ten members each, among %s accounts more. SQL by hand walks the index of parents with its join order fixed, and "+
			"adds up exactly, in Go, as we do.", thousands(b.rows))
		return nil
	})
}

func timed(fn func() error) func() (float64, error) {
	return func() (float64, error) {
		began := time.Now()
		err := fn()
		return time.Since(began).Seconds(), err
	}
}

// plant imports the tree into the database, each member by the name of its parent.
func (b *bench) plant(ctx context.Context, size int) error {
	path, err := b.built(ctx)
	if err != nil {
		return err
	}
	file := b.path("tree.csv")
	if err := generate(file, b.rows, b.rows+size, inTree(b.rows)); err != nil {
		return err
	}
	store, err := sqlite.Open(path, nil)
	if err != nil {
		return err
	}
	began := time.Now()
	err = errors.Join(importFile(ctx, store, file, size), store.Close())
	fmt.Fprintf(b.log, "  tree imported, parents by name: %s\n", perSecond(size, time.Since(began).Seconds()))
	return err
}

// root is the id of the n-th company.
func (r *readers) root(ctx context.Context, n int) (record.ID, error) {
	found, _, err := r.org.Accounts.List(ctx, record.Query{Where: record.Matches("Account_Name", nameOf(n))})
	if err != nil || len(found) != 1 {
		return record.ID{}, fmt.Errorf("%q: %d found: %w", nameOf(n), len(found), err)
	}
	return found[0].ID, nil
}

// checkTree asks that both come to the same.
func (b *bench) checkTree(ctx context.Context, r *readers, root record.ID, size int64) error {
	n, err := r.org.Accounts.Count(ctx, record.Query{Where: account.Under(root)})
	if err != nil {
		return err
	}
	m, err := r.hand.count(root)
	if err != nil {
		return err
	}
	totals, err := r.org.Accounts.RollUp(ctx, root, record.Sum{Field: "Annual_Revenue"})
	if err != nil {
		return err
	}
	sum, err := r.hand.sum(root)
	if err != nil {
		return err
	}
	if n != size || m != size || totals[0].Records != size || !totals[0].Sum.Equal(sum) {
		return fmt.Errorf("a tree of %d accounts: %d, %d, %+v, %s", size, n, m, totals[0], sum)
	}
	return nil
}
