package record_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

func TestTree(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a := f.make("a", record.ID{})
		b := f.make("b", a.ID)
		c := f.make("c", b.ID)
		err := f.move(a.ID, c.ID)
		f.equal("0.Parent=CIRCULAR_REFERENCE", codes(err))
		var ve *record.ValidationError
		require.ErrorAs(f, err, &ve)
		f.equal([]record.ID{a.ID, c.ID, b.ID, a.ID}, ve.Fields[0].Args["path"])
		f.equal("0.Parent=CIRCULAR_REFERENCE", codes(f.move(a.ID, a.ID)))
		f.equal("0.Parent=NOT_FOUND", codes(f.companies.Create(f.ctx, &Company{Name: "x", ParentID: record.NewID()})))
		self := record.NewID()
		f.equal("0.Parent=CIRCULAR_REFERENCE", codes(f.companies.Create(f.ctx, &Company{Name: "x", ParentID: self, Meta: record.Meta{ID: self}})))
	})
}

func TestTreeDepth(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		var path []*Company
		var up record.ID
		for i := range depth {
			path = append(path, f.make(fmt.Sprint(i), up))
			up = path[i].ID
		}
		err := f.companies.Create(f.ctx, &Company{Name: "one more", ParentID: up})
		f.equal("0.Parent=LIMIT_EXCEEDED", codes(err))
		top := f.make("top", record.ID{})
		f.equal("0.Parent=LIMIT_EXCEEDED", codes(f.move(path[0].ID, top.ID))) // for what hangs below it
		f.must(f.move(path[1].ID, top.ID))
		// in one call: what was too deep goes up, and what it lets through goes below
		f.must(f.s.Update(f.ctx, func(s *record.Session) error {
			return companies.In(s).Create(f.ctx, &Company{Name: "below", ParentID: path[0].ID})
		}))
	})
}

func TestBatchOfLinks(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		root := f.make("root", record.ID{})
		ids := make([]record.ID, 9)
		for i := range ids {
			ids[i] = record.NewID()
		}
		mk := func(i int, name string, parent record.ID) *Company {
			return &Company{Name: name, ParentID: parent, Meta: record.Meta{ID: ids[i]}}
		}
		out, err := f.companies.Put(f.ctx, mk(1, "child before its parent", ids[0]), mk(0, "a", root.ID),
			mk(2, "", root.ID), mk(3, "below a refused one", ids[2]), mk(4, "and below that", ids[3]),
			mk(5, "x", ids[6]), mk(6, "y", ids[5]), mk(7, "alone", record.ID{}))
		f.must(err)
		var got []string
		for _, o := range out {
			if o.Err != nil {
				got = append(got, codes(o.Err))
			} else {
				got = append(got, string(o.Action))
			}
		}
		f.equal([]string{"0.Company_Name=INVALID_DATA", "create", "2.Company_Name=MANDATORY_NOT_FOUND", "3.Parent=NOT_FOUND", "4.Parent=NOT_FOUND",
			"5.Parent=NOT_FOUND", "6.Parent=CIRCULAR_REFERENCE", "create"}, got)
	})
}

func TestUnderAndAbove(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a := f.make("a", record.ID{})
		b := f.make("b", a.ID)
		c, d := f.make("c", b.ID), f.make("d", a.ID)
		f.make("z", record.ID{})
		f.equal([]string{"a", "b", "c", "d"}, f.names(record.Query{Where: record.Under("Parent", a.ID)}))
		f.equal([]string{"d", "c"}, f.names(record.Query{Where: record.And(record.Under("Parent", a.ID), record.In("Company_Name", "d", "c")), Order: record.By("-Company_Name")}))
		f.equal([]string{"a", "b"}, f.names(record.Query{Where: record.Above("Parent", c.ID)}))
		f.equal([]string(nil), f.names(record.Query{Where: record.Above("Parent", a.ID)}))
		f.equal([]string{"z"}, f.names(record.Query{Where: record.Not(record.Under("Parent", a.ID))}))
		_, err := f.companies.Count(f.ctx, record.Query{Where: record.Under("Company_Name", a.ID)})
		f.equal("0.Company_Name=INVALID_DATA", codes(err))
		n, err := f.companies.Count(f.ctx, record.Query{Where: record.Under("Parent", d.ID)})
		f.must(err)
		f.equal(int64(1), n)
	})
}

func TestRollUp(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a := f.make("a", record.ID{})
		b := f.make("b", a.ID)
		f.must(f.companies.Edit(f.ctx, b.ID, func(c *Company) error { c.Staff = ptr(int64(7)); return nil }))
		f.must(f.companies.Edit(f.ctx, a.ID, func(c *Company) error { c.Staff = ptr(int64(5)); return nil }))
		f.must(f.sites.Create(f.ctx, &Site{Name: "s", CompanyID: b.ID, Floors: ptr(int64(3))}, &Site{Name: "t", CompanyID: a.ID},
			&Site{Name: "u", Floors: ptr(int64(9))}))
		totals, err := f.companies.RollUp(f.ctx, "Parent", a.ID, record.Sum{Field: "Staff"}, record.Sum{Module: "Sites", Field: "Floors"},
			record.Sum{Module: "Sites", Where: record.Eq("Site_Name", "t")}, record.Sum{Field: "Revenue"})
		f.must(err)
		var got []string
		for _, t := range totals {
			got = append(got, fmt.Sprint(t.Records, " ", t.Filled, " ", t.Sum))
		}
		f.equal([]string{"2 2 12", "2 1 3", "1 0 0", "2 0 0"}, got)
		_, err = f.companies.RollUp(f.ctx, "Parent", record.NewID(), record.Sum{})
		require.ErrorIs(f, err, record.ErrNotFound)
		_, err = f.companies.RollUp(f.ctx, "Parent", a.ID, record.Sum{Field: "Company_Name"})
		f.equal("0.Company_Name=INVALID_DATA", codes(err))
	})
}

func TestDeleteAndRestoreInATree(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a := f.make("a", record.ID{})
		b := f.make("b", a.ID)
		c := f.make("c", b.ID)
		f.must(f.companies.Delete(f.ctx, b.ID))
		f.equal(record.ID{}, f.get(c.ID).ParentID)
		f.must(f.move(a.ID, c.ID)) // meanwhile the tree is turned upside down
		f.must(f.companies.Restore(f.ctx, b.ID))
		f.equal(a.ID, f.get(b.ID).ParentID)
		f.equal(record.ID{}, f.get(c.ID).ParentID) // the link that would loop stays empty
		f.equal([]record.Action{record.Cleared, record.Created}, f.actions(c.ID))
		f.must(f.companies.Delete(f.ctx, b.ID, a.ID))
		f.must(f.companies.Restore(f.ctx, a.ID, b.ID))
		f.equal(a.ID, f.get(b.ID).ParentID)

		top := f.make("top", record.ID{}) // one link that no longer fits takes no other along
		mid := f.make("mid", top.ID)
		low := f.make("low", mid.ID)
		f.must(f.companies.Delete(f.ctx, low.ID))
		f.must(f.companies.Delete(f.ctx, mid.ID))
		f.must(f.companies.Delete(f.ctx, top.ID))
		f.must(f.companies.Restore(f.ctx, mid.ID, low.ID))
		f.equal([]record.ID{{}, mid.ID}, []record.ID{f.get(mid.ID).ParentID, f.get(low.ID).ParentID})
	})
}

func TestOnDelete(t *testing.T) {
	t.Parallel()
	for rule, want := range map[record.Rule][]record.Action{
		record.Clear:   {record.Returned, record.Cleared, record.Created},
		record.Cascade: {record.Restored, record.Deleted, record.Created},
		record.Refuse:  nil,
	} {
		t.Run(fmt.Sprint(rule), func(t *testing.T) {
			t.Parallel()
			each(t, setup{rule: rule}, func(f *fixture) {
				a := f.make("a", record.ID{})
				site := &Site{Name: "s", CompanyID: a.ID}
				f.must(f.sites.Create(f.ctx, site))
				err := f.companies.Delete(f.ctx, a.ID)
				var ce *record.ConflictError
				if want == nil {
					require.ErrorAs(f, err, &ce)
					f.equal([]record.Link{{Module: "Sites", ID: site.ID}}, ce.By)
					f.equal(int64(1), f.get(a.ID).Version)
					return
				}
				f.must(err)
				f.must(f.companies.Restore(f.ctx, a.ID))
				got, err := f.sites.Get(f.ctx, site.ID)
				f.must(err)
				f.equal(a.ID, got.CompanyID)
				es, err := f.sites.Timeline(f.ctx, site.ID, time.Time{}, 0)
				f.must(err)
				var as []record.Action
				for _, e := range es {
					as = append(as, e.Action)
				}
				f.equal(want, as)
				f.equal(a.ID, es[1].Cause.ID)
			})
		})
	}
}

func TestManyDependants(t *testing.T) {
	t.Parallel()
	f := newFixture(t, memory.New(nil), setup{})
	a := f.make("a", record.ID{})
	var sites []*Site
	for i := range 2500 {
		sites = append(sites, &Site{Name: fmt.Sprint(i), CompanyID: a.ID})
	}
	f.must(f.sites.Create(f.ctx, sites...))
	linked := func() int64 {
		n, err := f.sites.Count(f.ctx, record.Query{Where: record.Eq("Company", a.ID)})
		f.must(err)
		return n
	}
	f.must(f.companies.Delete(f.ctx, a.ID))
	f.equal(int64(0), linked())
	f.must(f.companies.Restore(f.ctx, a.ID))
	f.equal(int64(2500), linked())
	f.must(f.s.Verify(f.ctx))
}

func TestRingClosedByAllAtOnce(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		n := make([]*Company, 6)
		for i := range n {
			n[i] = f.make(fmt.Sprint(i), record.ID{})
		}
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() { _ = f.move(n[i].ID, n[(i+1)%len(n)].ID) })
		}
		wg.Wait()
		roots := slices.DeleteFunc(n, func(c *Company) bool { return f.get(c.ID).ParentID != record.ID{} })
		f.equal(1, len(roots))
	})
}
