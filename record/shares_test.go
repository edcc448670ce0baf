package record_test

import (
	"testing"

	"github.com/clientele-go/crm/record"
)

// What a host without a policy shares goes with the record too.
func TestPurgeTakesSharesAlong(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a, b := f.make("a", record.ID{}), f.make("b", record.ID{})
		for _, c := range []*Company{a, b} {
			f.must(f.companies.SetShares(f.ctx, c.ID, []record.Share{{Principal: "user:ann", Level: record.LevelRead}}))
		}
		f.must(f.companies.Delete(f.ctx, a.ID))
		f.must(f.companies.Purge(f.ctx, a.ID))
		f.must(f.companies.Create(f.ctx, &Company{Meta: record.Meta{ID: a.ID}, Name: "another"}))
		for _, c := range []*Company{a, b} {
			shares, err := f.companies.Shares(f.ctx, c.ID)
			f.must(err)
			f.equal(c == b, len(shares) == 1)
		}
	})
}

// A share is of one record of one module, though another may have the same id: callers choose ids.
func TestSharesOfOneIDInTwoModules(t *testing.T) {
	t.Parallel()
	policy := &scoped{record.Scope{Principals: []string{"user:ann"}}}
	each(t, setup{options: record.Options{Policy: policy}}, func(f *fixture) {
		all, sites := companies.In(f.s.AsSystem()), f.site.In(f.s.AsSystem())
		a := &Company{Name: "a"}
		f.must(all.Create(f.ctx, a))
		s := &Site{Name: "s", Meta: record.Meta{ID: a.ID}}
		f.must(sites.Create(f.ctx, s))
		ann := []record.Share{{Principal: "user:ann", Level: record.LevelFull}}
		sees := func(company, site int64) {
			f.Helper()
			c, err := f.companies.Count(f.ctx, record.Query{})
			f.must(err)
			n, err := f.sites.Count(f.ctx, record.Query{})
			f.must(err)
			f.equal([]int64{company, site}, []int64{c, n})
			f.equal(int(company), len(f.names(record.Query{})))
			_, err = f.companies.Get(f.ctx, a.ID)
			f.equal(company == 1, err == nil)
		}
		f.must(sites.SetShares(f.ctx, s.ID, ann))
		sees(0, 1)
		shares, err := all.Shares(f.ctx, a.ID)
		f.must(err)
		f.equal(0, len(shares))
		f.must(all.SetShares(f.ctx, a.ID, ann))
		sees(1, 1)
		f.must(sites.SetShares(f.ctx, s.ID, nil))
		sees(1, 0)
		f.must(sites.SetShares(f.ctx, s.ID, ann))
		f.must(sites.Delete(f.ctx, s.ID))
		f.must(sites.Purge(f.ctx, s.ID))
		sees(1, 0)
	})
}
