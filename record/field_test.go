package record_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

// A time whose microseconds do not fit would come round to another time.
func TestFarTimes(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		for _, year := range []int{-300_000, -1, 0, 10_000, 292_278, 586_580, 1 << 40} {
			met := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
			f.equal("0.Met=INVALID_DATA", codes(f.companies.Create(f.ctx, &Company{Name: "a", Met: met})))
		}
		edges := []time.Time{time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)}
		for _, met := range edges {
			c := &Company{Name: "a", Met: met}
			f.must(f.companies.Create(f.ctx, c))
			f.equal(met.Truncate(time.Microsecond), f.get(c.ID).Met)
		}
		abroad := time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -2*3600)) // the year 10000 in UTC
		f.equal("0.Met=INVALID_DATA", codes(f.companies.Create(f.ctx, &Company{Name: "a", Met: abroad})))
	})
}

func TestNumbersOfAnyExponent(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		c := &Company{Name: "a", Revenue: decimal.NewNullDecimal(decimal.New(0, 100))}
		f.must(f.companies.Create(f.ctx, c))
		require.True(f, f.get(c.ID).Revenue.Decimal.IsZero())
		c.Revenue = decimal.NewNullDecimal(decimal.RequireFromString("1.00005"))
		err := f.companies.Update(f.ctx, c)
		require.EqualError(f, err, "record: invalid: Revenue INVALID_DATA limit 4 length 5 unit decimal places")
		for name, c := range map[string]*Company{"Staff": {Staff: ptr(int64(12345678901))}, "Revenue": {Revenue: decimal.NewNullDecimal(decimal.New(1, 16))},
			"Website": {Website: "nowhere"}, "Email": {Email: "nobody"}} {
			c.Name = "a"
			err := f.companies.Create(f.ctx, c)
			var ve *record.ValidationError
			require.True(f, errors.As(err, &ve) && len(ve.Fields) == 1, name)
			f.equal(name, ve.Fields[0].Field)
			require.Contains(f, ve.Fields[0].Args, "limit", name)
			require.Contains(f, ve.Fields[0].Args, "length", name)
		}
		f.equal("0.Company_Name=MANDATORY_NOT_FOUND", codes(f.companies.Create(f.ctx, &Company{Name: "\u200b\u202e"})))
	})
}
