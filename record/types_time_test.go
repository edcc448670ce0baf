package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
)

func TestDateType(t *testing.T) {
	t.Parallel()
	checkType(t, DateType(), nil, []typeCase{
		{"2006-01-02", `"2006-01-02"`},
		{" 2006/1/2 ", `"2006-01-02"`},
		{"2006-1-2", `"2006-01-02"`},
		{"20060102", `"2006-01-02"`},
		{"2006年1月2日", `"2006-01-02"`},
		{"2006年01月02日", `"2006-01-02"`},
		{"2006-01-02T00:00:00Z", `"2006-01-02"`},
		{"2006-01-02 00:00:00", `"2006-01-02"`},
		{"2006-01-02T00:00:00.000+08:00", `"2006-01-02"`},
		{"2024-02-29", `"2024-02-29"`},
		{"2000-02-29", `"2000-02-29"`},
		{"0001-01-01", `"0001-01-01"`},
		{"9999-12-31", `"9999-12-31"`},
		{"2006-01-02T00:00:01Z", expected("date YYYY-MM-DD")},
		{"2023-02-29", expected("date YYYY-MM-DD")},
		{"1900-02-29", expected("date YYYY-MM-DD")},
		{"2006-04-31", expected("date YYYY-MM-DD")},
		{"2006-13-01", expected("date YYYY-MM-DD")},
		{"2006-00-01", expected("date YYYY-MM-DD")},
		{"0000-01-01", expected("date YYYY-MM-DD")},
		{"10000-01-01", expected("date YYYY-MM-DD")},
		{"01/02/2006", expected("date YYYY-MM-DD")},
		{"2/1/2006", expected("date YYYY-MM-DD")},
		{"06-01-02", expected("date YYYY-MM-DD")},
		{"2006-01/02", expected("date YYYY-MM-DD")},
		{"2006-1-023", expected("date YYYY-MM-DD")},
		{"200601021", expected("date YYYY-MM-DD")},
		{"2006012", expected("date YYYY-MM-DD")},
		{"2006年1月", expected("date YYYY-MM-DD")},
		{"2006年1月2", expected("date YYYY-MM-DD")},
		{"2006-01-02x", expected("date YYYY-MM-DD")},
		{"2006-01-02Z", expected("date YYYY-MM-DD")},
		{"45000", expected("date YYYY-MM-DD")},
		{"today", expected("date YYYY-MM-DD")},
	})
	v, p := DateType().Clean(storage.TextValue("2006/1/2"))
	require.True(t, p.OK())
	require.Equal(t, "2006-01-02", v.Text())
	_, p = DateType().Clean(storage.TextValue("soon"))
	require.Equal(t, refuse(expectedDate), p)
}

func TestDateTimeType(t *testing.T) {
	t.Parallel()
	zone := func(name string) *Locale {
		z, err := time.LoadLocation(name)
		require.NoError(t, err)
		return &Locale{Zone: z}
	}
	bad, skipped := expected(expectedDateTime), expected(expectedRealTime)
	checkType(t, DateTimeType(), nil, []typeCase{
		{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05Z"},
		{"2006-01-02t15:04:05z", "2006-01-02T15:04:05Z"},
		{"2006-01-02T15:04:05+08:00", "2006-01-02T07:04:05Z"},
		{"2006-01-02T15:04:05-0530", "2006-01-02T20:34:05Z"},
		{"2006-01-02 15:04:05 +08:00", "2006-01-02T07:04:05Z"},
		{"2006-01-02 15:04", "2006-01-02T15:04:00Z"},
		{"2006-01-02  9:04", "2006-01-02T09:04:00Z"},
		{"2006/1/2 15:04", "2006-01-02T15:04:00Z"},
		{"2006年1月2日 15:04", "2006-01-02T15:04:00Z"},
		{"20060102", "2006-01-02T00:00:00Z"},
		{"2006-01-02 15:04:05.1", "2006-01-02T15:04:05.1Z"},
		{"2006-01-02 15:04:05.123456", "2006-01-02T15:04:05.123456Z"},
		{"2006-01-02 15:04:05.123456999999", "2006-01-02T15:04:05.123456Z"},
		{"0001-01-01", "0001-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
		{"9999-12-31T23:59:59-00:01", bad},
		{"0001-01-01T00:00:00+00:01", bad},
		{"2006-01-02 24:00", bad},
		{"2006-01-02 15:60", bad},
		{"2006-01-02 15:04:60", bad},
		{"2006-01-02 15", bad},
		{"2006-01-02 15:4", bad},
		{"2006-01-02 15:04:5", bad},
		{"2006-01-02 15:04:05.", bad},
		{"2006-01-02 15:04:05+8", bad},
		{"2006-01-02 15:04:05+24:00", bad},
		{"2006-01-02 15:04:05+08:60", bad},
		{"2006-01-02 15:04:05 CET", bad},
		{"2006-01-02 3:04 PM", bad},
		{"2006-01-02T", bad},
		{"2006-01-0215:04", bad},
		{"01/02/2006 15:04", bad},
		{"1136214245", bad},
	})
	checkType(t, DateTimeType(), zone("Asia/Shanghai"), []typeCase{
		{"2006-01-02 15:04:05", "2006-01-02T07:04:05Z"},
		{"2006-01-02", "2006-01-01T16:00:00Z"},
		{"2006-01-02T15:04:05Z", "2006-01-02T15:04:05Z"},
	})
	checkType(t, DateTimeType(), zone("America/New_York"), []typeCase{
		{"2026-03-08 01:59:59", "2026-03-08T06:59:59Z"},
		{"2026-03-08 02:00", skipped},
		{"2026-03-08 02:59", skipped},
		{"2026-03-08 03:00", "2026-03-08T07:00:00Z"},
		{"2026-11-01 00:59", "2026-11-01T04:59:00Z"},
		{"2026-11-01 01:00", "2026-11-01T05:00:00Z"},
		{"2026-11-01 01:59", "2026-11-01T05:59:00Z"},
		{"2026-11-01 02:00", "2026-11-01T07:00:00Z"},
	})
	checkType(t, DateTimeType(), zone("Asia/Beirut"), []typeCase{ // clocks skip the first hour of the day
		{"2022-03-27", "2022-03-26T22:00:00Z"},
		{"2022-03-27 00:30", skipped},
		{"2022-03-27 01:00", "2022-03-26T22:00:00Z"},
	})
	checkType(t, DateTimeType(), zone("Pacific/Apia"), []typeCase{ // the whole day was skipped
		{"2011-12-30", skipped},
		{"2011-12-31", "2011-12-30T10:00:00Z"},
	})
	for text, l := range map[string]*Locale{
		"2026-01-02 03:04:05":       zone("America/New_York"),
		"2026-11-01 01:30:00":       zone("America/New_York"),
		"2026-11-01T01:30:00-05:00": zone("America/New_York"), // the second of the two
		"2026-01-02 03:04:05.0006":  nil,
	} {
		v, p := DateTimeType().Parse(text, l)
		require.True(t, p.OK())
		require.Equal(t, text, DateTimeType().Format(v, l))
	}
	_, p := DateTimeType().Clean(storage.MicrosValue(afterMicro))
	require.Equal(t, refuse(expectedDateTime), p)
}
