package matrix

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/record"
)

// errBack takes back what a cell has done.
var errBack = errors.New("matrix: take it back")

// pair is who acts, and on which record.
type pair struct {
	actor record.Actor
	place string
}

// pairs are all that are tried with calls about records: everyone with their own record and with one that is out of reach,
// and those with all relations to records.
var pairs = func() (all []pair) {
	for id := range users {
		all = append(all, pair{id, "own of " + string(id)}, pair{id, "out of reach"})
	}
	for _, p := range places {
		if !strings.HasPrefix(p.name, "own of ") {
			for _, id := range []record.Actor{"usual", "everything", "no-Edit", "ceo", "low1", "pal1", "idle", "who"} {
				all = append(all, pair{id, p.name})
			}
		}
	}
	slices.SortFunc(all, func(a, b pair) int { return strings.Compare(string(a.actor)+" "+a.place, string(b.actor)+" "+b.place) })
	return slices.Compact(all)
}()

// ofRecords reports whether it matters to a call which record it is about, and what the default is.
func (c *call) ofRecords() bool {
	return c.lists || slices.ContainsFunc(c.needs, func(n need) bool { return n.level > 0 })
}

// pairs are those that are tried with the call.
func (c *call) pairs() []pair {
	if c.ofRecords() {
		return pairs
	}
	return slices.DeleteFunc(slices.Clone(pairs), func(p pair) bool { return p.place != "own of "+string(p.actor) && p.actor != "who" })
}

func placeOf(name string) *place {
	return &places[slices.IndexFunc(places, func(p place) bool { return p.name == name })]
}

// cell is one call by one actor on one record in one organization.
type cell struct {
	*call
	pair
	def string
}

func (c *cell) String() string {
	return fmt.Sprintf("%s, by %s, on the record %q, default %s", c.call, c.actor, c.place, c.def)
}

// expected is what the model says becomes of the cell: an error, nil, or nil and kept, when the record stays as it is.
func (c *cell) expected(at stored) (err error, kept bool) {
	p, def := placeOf(c.place), defaults[c.def]
	return c.missing(func(module string, right record.Right) bool { return may(c.actor, module, right) }, func(n *need) record.Level {
		shares := !n.elsewhere || users[c.actor].profile == "administrator"
		return reaches(c.actor, p, def, shares)
	}, at.id(c.bin))
}

func (s stored) id(bin bool) record.ID {
	if bin {
		return s.bin
	}
	return s.live
}

// sees is what the model says that the actor lists.
func (c *cell) sees(w *world) (all []record.ID) {
	for i := range places {
		if reaches(c.actor, &places[i], defaults[c.def], true) >= read {
			all = append(all, w.at[c.def][places[i].name].id(c.bin))
		}
	}
	return all
}

// cells are those of a call, in the organizations of these defaults.
func cells(c *call, defs []string) (all []cell) {
	if !c.ofRecords() {
		defs = defs[:1]
	}
	for _, def := range defs {
		for _, p := range c.pairs() {
			all = append(all, cell{c, p, def})
		}
	}
	return all
}

// TestMatrix does every call in transactions that are taken back, so that all cells share one store.
func TestMatrix(t *testing.T) {
	t.Parallel()
	every := map[string]int{"memory": 1, "sqlite": 5}
	for name, step := range every {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				step *= 10
			}
			defs := []string{"private", "read only", "read write", "read write delete"}
			w := newWorld(t, stores[name], defs...)
			n, allowed, refused := 0, 0, 0
			for i := range calls {
				for _, c := range cells(&calls[i], defs) {
					if n++; n%step != 0 {
						continue
					}
					if w.within(&c) {
						allowed++
					} else {
						refused++
					}
				}
			}
			t.Logf("%d cells: %d allowed, %d refused", allowed+refused, allowed, refused)
			require.Greater(t, min(allowed, refused), 10_000/step/2, "the cells try both")
		})
	}
}

// within does a cell in a transaction that is taken back, and reports whether it was allowed.
func (w *world) within(c *cell) (ok bool) {
	at := w.at[c.def][c.place]
	err := w.org.Tenant(c.def).As(c.actor).Update(w.Context(), func(tx *crm.Org) error {
		ok = w.try(c, tx, at)
		return errBack
	})
	require.ErrorIs(w, err, errBack, c)
	return ok
}

// try does a cell, and compares what became of it with what the model says.
func (w *world) try(c *cell, tx *crm.Org, at stored) (ok bool) {
	e := w.env(c.call, tx, at)
	was := w.before(c, e)
	w.spy.reset()
	got, err := c.perform(e)
	_, writes := w.spy.seen()
	want, kept := c.expected(at)
	switch {
	case want != nil:
		w.asks(same(want, err), "%s:\nwant %v\ngot  %v", c, want, err)
		w.asks(writes == 0 || c.wraps, "%s: something was written before it was refused", c)
		w.asks(was == snapshot(e), "%s: the record changed", c)
		return false
	case kept:
		w.asks(err == nil, "%s: %v", c, err)
		w.asks(was == snapshot(e), "%s: the record does not stay", c)
		return false
	}
	w.asks(err == nil, "%s: %v", c, err)
	if c.write {
		w.asks(writes > 0, "%s: nothing was written", c)
	} else if !c.loose {
		w.asks(writes == 0, "%s: something was written", c)
	}
	w.compare(c, got)
	return true
}

// before does what has to be there before a call, and returns what can be seen then. All cells find the same, since each is
// taken back.
func (w *world) before(c *cell, e *env) string {
	if c.call.before != nil {
		c.call.before(e)
		return snapshot(e)
	}
	key := fmt.Sprint(c.def, e.id)
	if w.seen[key] == "" {
		w.seen[key] = snapshot(e)
	}
	return w.seen[key]
}

// env is where a call is done by the actor of tx, on what is there.
func (w *world) env(c *call, tx *crm.Org, at stored) *env {
	e := &env{T: w.T, ctx: w.Context(), host: tx.AsSystem(), org: tx, clock: w.clock, id: at.id(c.bin), version: at.versionLive}
	if c.bin {
		e.version = at.versionBin
	}
	return e
}

// mostFailures is how many cells fail before the rest are not tried.
const mostFailures = 20

// asks fails the test, which goes on for a while: what one cell shows of a bug, others show better.
func (w *world) asks(holds bool, format string, args ...any) {
	w.Helper()
	if holds {
		return
	}
	w.Errorf(format, args...)
	if w.failures++; w.failures >= mostFailures {
		w.FailNow()
	}
}

// compare asks that a list has what the model says, and no more.
func (w *world) compare(c *cell, got any) {
	if c.name == "record.Records.Reaches" {
		w.asks(got == (reaches(c.actor, placeOf(c.place), defaults[c.def], true) >= read), "%s: %v", c, got)
	}
	if !c.lists {
		return
	}
	want := c.sees(w)
	switch got := got.(type) {
	case int64:
		w.asks(int64(len(want)) == got, "%s: %d and not %d", c, got, len(want))
	case *listing:
		if !equal(want, got.ids) {
			w.asks(false, "%s:\nwant %v\ngot  %v", c, w.placed(want), w.placed(got.ids))
		}
	default:
		require.Fail(w, "no list", "%s returned %T", c, got)
	}
}

// equal reports whether two lists have the same records.
func equal(a, b []record.ID) bool {
	sorted := func(ids []record.ID) []record.ID {
		return slices.SortedFunc(slices.Values(ids), func(a, b record.ID) int { return strings.Compare(string(a[:]), string(b[:])) })
	}
	return slices.Equal(sorted(a), sorted(b))
}

// placed are the names of records, for messages.
func (w *world) placed(ids []record.ID) (all []string) {
	for _, id := range ids {
		name := id.String()
		for _, places := range w.at {
			for place, at := range places {
				if at.live == id || at.bin == id {
					name = place
				}
			}
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// same reports whether an error is the one that is wanted: the right and the record that are named count.
func same(want, got error) bool {
	var forbidden, by *record.ForbiddenError
	if errors.As(want, &forbidden) {
		return errors.As(got, &by) && *by == *forbidden
	}
	return errors.Is(got, want) && !errors.Is(got, record.ErrForbidden)
}

// snapshot is all that a call could have changed of a record, and how many records there are, as the host sees it.
func snapshot(e *env) string {
	var b strings.Builder
	recs := e.host.Accounts.Records
	for _, bin := range []bool{false, true} {
		found, _, err := recs.List(e.ctx, record.Query{Where: record.Eq("id", e.id), Bin: bin, Order: record.By("id")})
		e.must(err)
		for _, rec := range found {
			text, err := rec.MarshalJSON()
			e.must(err)
			fmt.Fprintf(&b, "bin %t: %s\n", bin, text)
		}
		n, err := recs.Count(e.ctx, record.Query{Bin: bin})
		e.must(err)
		fmt.Fprintf(&b, "bin %t: %d\n", bin, n)
	}
	entries, err := recs.Timeline(e.ctx, e.id, time.Time{}, 0)
	if !errors.Is(err, record.ErrNotFound) {
		e.must(err)
	}
	for _, entry := range entries {
		fmt.Fprintf(&b, "%+v\n", *entry)
	}
	if shares, err := recs.Shares(e.ctx, e.id); err == nil {
		fmt.Fprintf(&b, "%+v\n", shares)
	}
	for _, name := range []string{"rights", "rights.users", "layout.Accounts", "organization", "new"} {
		s, err := e.host.Session().Setting(e.ctx, name)
		e.must(err)
		fmt.Fprint(&b, s.Version, " ")
	}
	return b.String()
}

// TestAlone does calls outside of transactions, so that each makes its own, whose functions run twice on one of the stores.
// What may leave something behind is done once, and then there is another store.
func TestAlone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the calls of the matrix are the same")
	}
	for _, name := range []string{"sqlite", "twice"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, n := newWorld(t, stores[name], "private"), 0
			for i := range calls {
				c, left := &calls[i], false
				for _, p := range []pair{{"usual", "own of usual"}, {"usual", "out of reach"}, {"usual", "shared to read"}, {"no-View", "own of no-View"}, {"who", "stranger's"},
					{"everything", "own of everything"}} {
					cell := &cell{c, p, "private"}
					want, kept := cell.expected(w.at["private"][p.place])
					leaves := want == nil && c.write || kept || c.before != nil
					if leaves && (left || name == "sqlite") { // which takes a new file
						continue
					}
					w.try(cell, w.org.Tenant(cell.def).As(cell.actor), w.at[cell.def][cell.place])
					if n++; leaves {
						w, left = newWorld(t, stores[name], "private"), true
					}
				}
			}
			t.Logf("%d cells", n)
		})
	}
}
