package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/clientele-go/crm/storage"
)

// testSnapshot reads while others write.
func testSnapshot(t *testing.T, open opener) {
	t.Run("Fixed", func(t *testing.T) { // at the first read, for all tables
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1), row(2)))
		must(t, ends(t, patience(t), "an Update beside a View", func() error {
			return s.View(ctx, "", func(r storage.Reader) error {
				for step := range 3 {
					got, err := r.Find(ctx, everyRow)
					if err != nil {
						return err
					}
					n, err := r.Count(ctx, &storage.Query{Table: deal})
					if err != nil {
						return err
					}
					if !equal(got, ordered(row(1), row(2))) || n != 0 {
						return fmt.Errorf("read %d: got %v and %d deals, want the state of the first read", step, got, n)
					}
					if step > 0 {
						continue
					}
					done := make(chan error)
					go func() {
						done <- s.Update(ctx, "", func(x storage.Tx) error {
							d := storage.Row{ID: id(1), Version: 1, Values: make([]storage.Value, len(deal.Columns))}
							return errors.Join(x.Insert(ctx, account, []storage.Row{row(3)}), x.Insert(ctx, deal, []storage.Row{d}),
								x.Update(ctx, account, []storage.Row{next(row(1), name("new"))}), x.Delete(ctx, account, []storage.Key{{ID: id(2), Version: 1}}))
						})
					}()
					if err := <-done; err != nil {
						return err
					}
				}
				return nil
			})
		}))
		holds(t, s, next(row(1), name("new")), row(3))
	})

	t.Run("NeverWaits", func(t *testing.T) { // for a writer, and sees nothing of what it has not yet committed
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1)))
		must(t, ends(t, patience(t), "a View beside an Update", func() error {
			return s.Update(ctx, "", func(x storage.Tx) error {
				if err := errors.Join(x.Insert(ctx, account, []storage.Row{row(2)}), x.Update(ctx, account, []storage.Row{next(row(1))})); err != nil {
					return err
				}
				done := make(chan error)
				for range 2 {
					go func() {
						got, err := find(ctx, s, everyRow)
						if err == nil && !equal(got, []storage.Row{row(1)}) {
							err = fmt.Errorf("a View sees %v of a transaction that runs", got)
						}
						done <- err
					}()
				}
				err := errors.Join(<-done, <-done)
				got, inner := find(ctx, s, everyRow) // and within the function itself
				if inner == nil && !equal(got, []storage.Row{row(1)}) {
					inner = fmt.Errorf("a View within sees %v of a transaction that runs", got)
				}
				return errors.Join(err, inner)
			})
		}))
		holds(t, s, next(row(1)), row(2))
	})

	t.Run("Whole", func(t *testing.T) { // what is moved between two rows is always in one of them
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1, staff(100)), row(2, staff(0))))
		var wg sync.WaitGroup
		stop := make(chan struct{})
		wg.Go(func() {
			defer close(stop)
			for range 100 {
				if err := s.Update(ctx, "", func(x storage.Tx) error {
					for n, by := range map[int]int64{1: -1, 2: 1} {
						got, err := x.Find(ctx, byID(n))
						if err != nil {
							return err
						}
						if err = x.Update(ctx, account, []storage.Row{next(got[0], staff(value(got[0])+by))}); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					t.Errorf("Update: %v", err)
					return
				}
			}
		})
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				var a, b []storage.Row
				if err := s.View(ctx, "", func(r storage.Reader) (err error) {
					if a, err = r.Find(ctx, byID(1)); err == nil {
						b, err = r.Find(ctx, byID(2))
					}
					return err
				}); err != nil {
					t.Errorf("View: %v", err)
					return
				}
				if value(a[0])+value(b[0]) != 100 {
					t.Errorf("a View sees %d and %d, which never were at one time", value(a[0]), value(b[0]))
					return
				}
			}
		})
		wg.Wait()
	})
}

// value returns the number in column staff.
func value(x storage.Row) int64 { return x.Values[account.Column("staff")].Int64() }

// ordered returns accounts in the order of their ids.
func ordered(rows ...storage.Row) []storage.Row {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b storage.Row) int { return storage.CompareRows(everyRow, &a, &b) })
	return rows
}
