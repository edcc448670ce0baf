package storagetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clientele-go/crm/storage"
)

// testRollback ends transactions by errors and panics at each stage.
func testRollback(t *testing.T, open opener) {
	boom := errors.New("boom")
	writes := map[string]func(ctx context.Context, x storage.Tx) error{
		"insert": func(ctx context.Context, x storage.Tx) error {
			return x.Insert(ctx, account, []storage.Row{row(2), row(3)})
		},
		"update": func(ctx context.Context, x storage.Tx) error {
			return x.Update(ctx, account, []storage.Row{next(row(1, number("N")), name("b"), number("O"))})
		},
		"delete": func(ctx context.Context, x storage.Tx) error {
			return x.Delete(ctx, account, []storage.Key{{ID: id(1), Version: 1}})
		},
		"nothing": func(context.Context, storage.Tx) error { return nil },
	}
	for what, write := range writes {
		t.Run("Error/"+what, func(t *testing.T) {
			s, ctx, x := fresh(t, open), limited(t), row(1, number("N"))
			must(t, insert(ctx, s, x))
			var wrong error
			err := s.Update(ctx, "", func(x storage.Tx) error {
				wrong = write(ctx, x)
				return boom
			})
			must(t, wrong)
			if any(err) != any(boom) { // that very error
				t.Errorf("got %v, want the error of the function itself", err)
			}
			holds(t, s, x)
			goesOn(t, s)
		})
		t.Run("Panic/"+what, func(t *testing.T) {
			s, ctx, x := fresh(t, open), limited(t), row(1, number("N"))
			must(t, insert(ctx, s, x))
			var wrong error
			got := panicOf(func() {
				_ = s.Update(ctx, "", func(x storage.Tx) error {
					wrong = write(ctx, x)
					panic(boom)
				})
			})
			must(t, wrong)
			if got != any(boom) {
				t.Errorf("the caller recovers %v, want the value of the panic", got)
			}
			must(t, ends(t, patience(t), "Find after a panic", func() error { _, err := find(ctx, s, everyRow); return err }))
			holds(t, s, x)
			goesOn(t, s)
		})
	}

	t.Run("View", func(t *testing.T) {
		s, ctx := fresh(t, open), limited(t)
		if err := s.View(ctx, "", func(storage.Reader) error { return boom }); any(err) != any(boom) { // that very error
			t.Errorf("got %v, want the error of the function itself", err)
		}
		if got := panicOf(func() { _ = s.View(ctx, "", func(storage.Reader) error { panic(boom) }) }); got != any(boom) {
			t.Errorf("the caller recovers %v, want the value of the panic", got)
		}
		goesOn(t, s)
	})

	t.Run("Many", func(t *testing.T) { // no transaction that fails keeps something that runs out
		s, ctx := fresh(t, open), limited(t)
		for range 200 {
			_ = panicOf(func() { _ = s.View(ctx, "", func(storage.Reader) error { panic(boom) }) })
			_ = panicOf(func() { _ = s.Update(ctx, "", func(storage.Tx) error { panic(boom) }) })
			_ = s.View(ctx, "", func(storage.Reader) error { return boom })
			_ = s.Update(ctx, "", func(storage.Tx) error { return boom })
		}
		goesOn(t, s)
	})
}

// goesOn fails the test unless s still writes, reads and deletes.
func goesOn(t testing.TB, s storage.Store) {
	t.Helper()
	ctx := limited(t)
	must(t, ends(t, patience(t), "Insert", func() error { return insert(ctx, s, row(900)) }))
	expect(ctx, t, s, "the next insert", eq("id", storage.RefValue(id(900))), 900)
	must(t, remove(ctx, s, storage.Key{ID: id(900), Version: 1}))
}

func panicOf(fn func()) (p any) {
	defer func() { p = recover() }()
	fn()
	return nil
}

// testFailedWrite swallows the error of a write: the transaction ends with it all the same.
func testFailedWrite(t *testing.T, open opener) {
	conflict := func(err error) bool {
		var c *storage.ConflictError
		return errors.As(err, &c)
	}
	stale := func(err error) bool { return errors.Is(err, storage.ErrStale) }
	for what, c := range map[string]struct {
		write func(ctx context.Context, x storage.Tx) error
		want  func(error) bool
	}{
		"insert": {func(ctx context.Context, x storage.Tx) error {
			return x.Insert(ctx, account, []storage.Row{row(5), row(6, number("N")), row(7)})
		}, conflict},
		"insert one": {func(ctx context.Context, x storage.Tx) error { return x.Insert(ctx, account, []storage.Row{row(1)}) }, conflict},
		"update": {func(ctx context.Context, x storage.Tx) error {
			return x.Update(ctx, account, []storage.Row{next(row(1)), next(row(9))})
		}, stale},
		"update to a conflict": {func(ctx context.Context, x storage.Tx) error {
			return x.Update(ctx, account, []storage.Row{next(row(2), number("N"))})
		}, conflict},
		"delete": {func(ctx context.Context, x storage.Tx) error {
			return x.Delete(ctx, account, []storage.Key{{ID: id(2), Version: 1}, {ID: id(1), Version: 4}})
		}, stale},
	} {
		for _, again := range []bool{false, true} {
			label := what
			if again {
				label += ", and go on"
			}
			t.Run(label, func(t *testing.T) {
				s, ctx := fresh(t, open), limited(t)
				must(t, insert(ctx, s, row(1, number("N")), row(2)))
				var failed error
				err := s.Update(ctx, "", func(x storage.Tx) error {
					if err := x.Insert(ctx, account, []storage.Row{row(3)}); err != nil {
						return err
					}
					failed = c.write(ctx, x)
					if again { // which is against the rule, and changes nothing
						_ = x.Insert(ctx, account, []storage.Row{row(4)})
					}
					return nil
				})
				if !c.want(failed) {
					t.Errorf("the write: got %v", failed)
				}
				if !c.want(err) {
					t.Errorf("the transaction: got %v, want %v", err, failed)
				}
				holds(t, s, row(1, number("N")), row(2))
				goesOn(t, s)
			})
		}
	}
}

// testCancel ends contexts before, in, at the end of, and during calls.
func testCancel(t *testing.T, open opener) {
	t.Run("Before", func(t *testing.T) {
		s := fresh(t, open)
		done, cancel := context.WithCancel(t.Context())
		cancel()
		late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
		defer cancel()
		for want, ctx := range map[error]context.Context{context.Canceled: done, context.DeadlineExceeded: late} {
			more := &storage.Table{Name: "more", Columns: account.Columns}
			for what, err := range map[string]error{
				"Migrate": s.Migrate(ctx, []*storage.Table{more}),
				"View":    s.View(ctx, "", func(storage.Reader) error { return nil }),
				"Update":  s.Update(ctx, "", func(storage.Tx) error { return nil }),
				"Find":    func() error { _, err := find(ctx, s, everyRow); return err }(),
				"Insert":  insert(ctx, s, row(1)),
			} {
				if !errors.Is(err, want) {
					t.Errorf("%s: got %v, want %v", what, err, want)
				}
			}
		}
		holds(t, s)
	})

	// Each of these cancels ctx at another moment of an Update; the context of its calls is ctx too.
	for what, fn := range map[string]func(ctx context.Context, cancel func(), x storage.Tx) error{
		"before a write": func(ctx context.Context, cancel func(), x storage.Tx) error {
			cancel()
			return x.Insert(ctx, account, []storage.Row{row(2)})
		},
		"after a write": func(ctx context.Context, cancel func(), x storage.Tx) error {
			err := x.Insert(ctx, account, []storage.Row{row(2)})
			cancel()
			return err
		},
		"between writes": func(ctx context.Context, cancel func(), x storage.Tx) error {
			err := x.Insert(ctx, account, []storage.Row{row(2)})
			cancel()
			if err == nil {
				err = x.Update(ctx, account, []storage.Row{next(row(1))})
			}
			return err
		},
		"and swallow the error of a write": func(ctx context.Context, cancel func(), x storage.Tx) error {
			err := x.Insert(ctx, account, []storage.Row{row(2)})
			cancel()
			_ = x.Delete(ctx, account, []storage.Key{{ID: id(1), Version: 1}})
			return err
		},
		"before a Find": func(ctx context.Context, cancel func(), x storage.Tx) error {
			cancel()
			_, err := x.Find(ctx, everyRow)
			return err
		},
		"before a Count": func(ctx context.Context, cancel func(), x storage.Tx) error {
			cancel()
			_, err := x.Count(ctx, everyRow)
			return err
		},
	} {
		t.Run("Update/"+what, func(t *testing.T) {
			s := fresh(t, open)
			must(t, insert(limited(t), s, row(1)))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err := s.Update(ctx, "", func(x storage.Tx) error { return fn(ctx, cancel, x) })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
			holds(t, s, row(1))
			goesOn(t, s)
		})
	}

	t.Run("OfACall", func(t *testing.T) { // the context of a call ends that call, though that of the transaction goes on
		s, ctx := fresh(t, open), limited(t)
		must(t, insert(ctx, s, row(1)))
		done, cancel := context.WithCancel(ctx)
		cancel()
		for what, call := range map[string]func(x storage.Tx) error{
			"Find":   func(x storage.Tx) error { _, err := x.Find(done, everyRow); return err },
			"Count":  func(x storage.Tx) error { _, err := x.Count(done, everyRow); return err },
			"Insert": func(x storage.Tx) error { return x.Insert(done, account, []storage.Row{row(2)}) },
			"Update": func(x storage.Tx) error { return x.Update(done, account, []storage.Row{next(row(1))}) },
			"Delete": func(x storage.Tx) error { return x.Delete(done, account, []storage.Key{{ID: id(1), Version: 1}}) },
		} {
			var got error
			err := s.Update(ctx, "", func(x storage.Tx) error { got = call(x); return got })
			if !errors.Is(got, context.Canceled) || !errors.Is(err, context.Canceled) {
				t.Errorf("%s: got %v, and %v of the Update", what, got, err)
			}
		}
		holds(t, s, row(1))
		goesOn(t, s)
	})

	t.Run("Long", func(t *testing.T) { cancelLong(t, open) })

	t.Run("View", func(t *testing.T) {
		s := fresh(t, open)
		must(t, insert(limited(t), s, row(1)))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		err := s.View(ctx, "", func(r storage.Reader) error {
			if _, err := r.Find(ctx, everyRow); err != nil {
				return err
			}
			cancel()
			_, err := r.Find(ctx, everyRow)
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		goesOn(t, s)
	})
}

// cancelLong ends contexts during calls that take long: they end well before they would.
func cancelLong(t *testing.T, open opener) {
	const first, rows, many = 1000, 1500, 10_000
	s, ctx := fresh(t, open), limited(t)
	some, more := make([]storage.Row, rows), make([]storage.Row, many)
	for n := range some {
		some[n] = row(first+n, name("a name of some length, in which there is no number"))
	}
	for n := range more {
		more[n] = row(first+rows+n, name("a name"), number(id(n).String()))
	}
	must(t, insert(ctx, s, some...))
	slow := &storage.Query{Table: account, Where: storage.Filter{Op: storage.Or}, Limit: rows}
	for took := time.Duration(0); took < 100*time.Millisecond && len(slow.Where.Sub) < storage.MaxConditions*9/10; {
		for range 100 {
			no := storage.TextValue(fmt.Sprint(len(slow.Where.Sub)))
			slow.Where.Sub = append(slow.Where.Sub, storage.Filter{Op: storage.Contains, Field: "name", Args: []storage.Value{no}})
		}
		start := time.Now()
		_, err := find(ctx, s, slow)
		must(t, err)
		took = time.Since(start)
	}
	boom := errors.New("enough")
	update := func(ctx context.Context, fn func(storage.Reader) error) error {
		return s.Update(ctx, "", func(x storage.Tx) error { return fn(x) })
	}
	view := func(ctx context.Context, fn func(storage.Reader) error) error { return s.View(ctx, "", fn) }
	for what, c := range map[string]struct {
		transaction func(ctx context.Context, fn func(storage.Reader) error) error
		call        func(ctx context.Context, r storage.Reader) error
	}{
		"Find":   {update, func(ctx context.Context, r storage.Reader) error { _, err := r.Find(ctx, slow); return err }},
		"Count":  {view, func(ctx context.Context, r storage.Reader) error { _, err := r.Count(ctx, slow); return err }},
		"Insert": {update, func(ctx context.Context, r storage.Reader) error { return r.(storage.Tx).Insert(ctx, account, more) }},
	} {
		for _, of := range []string{"the call", "the transaction"} {
			// run makes the call, and cancels the context of one or the other after a while.
			run := func(after time.Duration) (took time.Duration, err error) {
				done, cancel := context.WithCancel(ctx)
				defer cancel()
				outer := ctx
				if of == "the transaction" {
					outer = done
				}
				err = c.transaction(outer, func(r storage.Reader) error {
					start := time.Now()
					defer func() { took = time.Since(start) }()
					defer time.AfterFunc(after, cancel).Stop()
					return cmp.Or(c.call(done, r), boom)
				})
				return took, err
			}
			whole := patience(t)
			for range 2 { // the first may be slow for reasons of its own
				took, err := run(time.Hour)
				if !errors.Is(err, boom) {
					t.Fatalf("%s: %v", what, err)
				}
				whole = min(whole, took)
			}
			var log strings.Builder
			good := 0
			for try := 0; good < 2; try++ { // others may be in the way now and then
				took, err := run(whole / 4)
				if errors.Is(err, context.Canceled) && took < whole*3/4 {
					good++
				} else if fmt.Fprintf(&log, " after %s with %v,", took, err); try > 5 {
					t.Errorf("%s: it takes %s; when %s is cancelled after a quarter of that, it ends%s", what, whole, of, log.String())
					break
				}
			}
		}
	}
	goesOn(t, s)
}
