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
