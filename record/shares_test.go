package record_test

import (
	"context"
	"testing"
	"time"

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

// early grants what was met before a time that is given as a text.
type early struct{ scoped }

func (*early) Grants(_ context.Context, _ *record.Session, module string) ([]record.Grant, error) {
	if module != "Companies" {
		return nil, nil
	}
	return []record.Grant{{Principal: "rule:1", Where: record.Lt("Met", "2024-01-01 04:00:00")}}, nil
}

// What is granted does not depend on who writes: texts in a grant are read in no locale.
func TestGrantsHaveNoLocale(t *testing.T) {
	t.Parallel()
	each(t, setup{options: record.Options{Policy: &early{scoped{record.Scope{Principals: []string{"rule:1"}}}}}}, func(f *fixture) {
		shanghai := time.FixedZone("CST", 8*3600)
		make := func(name string, s *record.Session) {
			f.must(companies.In(s.AsSystem()).Create(f.ctx, &Company{Name: name, Met: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}))
		}
		make("a", f.s)
		make("b", f.s.In(record.Locale{Zone: shanghai}))
		f.must(f.s.AsSystem().SaveOrganization(f.ctx, &record.Organization{TimeZone: "Asia/Shanghai"}))
		make("c", f.s)
		f.equal(3, len(f.names(record.Query{})))
		f.must(f.s.AsSystem().Verify(f.ctx))
	})
}
