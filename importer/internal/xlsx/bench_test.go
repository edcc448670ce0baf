package xlsx

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// BenchmarkRows reads a sheet of 5,000 rows with 35 columns, which excelize has written as a stream, by this package and by
// excelize.
func BenchmarkRows(b *testing.B) {
	const rows = 5000
	file := customers(b, rows)
	b.Run("own", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			for _, err := range open(b, file).Rows(b.Context(), 0) {
				require.NoError(b, err)
				n++
			}
			require.Equal(b, rows, n)
		}
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(file))
			require.NoError(b, err)
			all, err := f.Rows("Sheet1")
			require.NoError(b, err)
			n := 0
			for all.Next() {
				_, err := all.Columns(excelize.Options{RawCellValue: true})
				require.NoError(b, err)
				n++
			}
			require.Equal(b, rows, n)
			require.NoError(b, all.Close())
			require.NoError(b, f.Close())
		}
		b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// customers writes a table of texts, numbers, moments and truth values, some of them empty.
func customers(b *testing.B, rows int) []byte {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"Acme Ltd & Co", "上海华信科技有限公司", "Rue de l'Été 12", "info@example.com", "+86 21 5555 1234", "Prospecting"}
	f := excelize.NewFile()
	moment, err := f.NewStyle(&excelize.Style{NumFmt: 22})
	require.NoError(b, err)
	stream, err := f.NewStreamWriter("Sheet1")
	require.NoError(b, err)
	row := make([]any, 35)
	for n := 1; n <= rows; n++ {
		for i := range row {
			switch {
			case i < 22:
				row[i] = words[r.IntN(len(words))] + " " + strconv.Itoa(r.IntN(100_000))
			case i < 26:
				row[i] = r.IntN(1_000_000)
			case i < 29:
				row[i] = float64(r.IntN(1e8)) / 100
			case i < 31:
				row[i] = excelize.Cell{StyleID: moment, Value: 40_000 + float64(r.IntN(5000*86400))/86400}
			case i < 33:
				row[i] = r.IntN(2) == 0
			}
		}
		require.NoError(b, stream.SetRow("A"+strconv.Itoa(n), row))
	}
	require.NoError(b, stream.Flush())
	var file bytes.Buffer
	require.NoError(b, f.Write(&file))
	return file.Bytes()
}
