package record

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDate(t *testing.T) {
	t.Parallel()
	require.True(t, Date{}.IsZero())
	require.False(t, Date{}.Valid())
	require.Empty(t, Date{}.String())
	require.Equal(t, "0987-06-05", Date{987, time.June, 5}.String())
	require.Equal(t, "2023-02-30", Date{2023, time.February, 30}.String())
	_, err := ParseDate("next week")
	require.EqualError(t, err, "record: not a date YYYY-MM-DD") // a value stays out of errors
	d, err := ParseDate(" 2024/2/29 ")
	require.NoError(t, err)
	require.Equal(t, Date{2024, time.February, 29}, d)

	b, err := json.Marshal(map[string]Date{"a": d, "b": {}})
	require.NoError(t, err)
	require.Equal(t, `{"a":"2024-02-29","b":""}`, string(b))
	var back map[string]Date
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, map[string]Date{"a": d, "b": {}}, back)
	require.NotContains(t, json.Unmarshal([]byte(`{"a":"2023-02-29"}`), &back).Error(), "2023")
	_, err = Date{2023, time.February, 29}.MarshalText()
	require.Error(t, err)
}

// Valid is what the standard library makes of each day.
func TestDateIsThatOfTheCalendar(t *testing.T) {
	t.Parallel()
	for _, year := range []int{1, 4, 100, 400, 1582, 1899, 1900, 2000, 2023, 2024, 2100, 9999} {
		for m := time.Month(0); m <= 13; m++ {
			for day := range 33 {
				d := Date{year, m, day}
				at := time.Date(year, m, day, 0, 0, 0, 0, time.UTC)
				require.Equal(t, at.Year() == year && at.Month() == m && at.Day() == day, d.Valid(), d)
				if d.Valid() {
					require.Equal(t, at.Format(time.DateOnly), d.String())
				}
			}
		}
	}
}
