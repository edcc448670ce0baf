package xls

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkRows reads a sheet of 5,000 rows with 35 columns.
func BenchmarkRows(b *testing.B) {
	const rows = 5000
	file := pack(9, node{name: "Workbook", text: customers(rows)})
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		n := 0
		for _, err := range open(b, file).Rows(b.Context(), 0) {
			require.NoError(b, err)
			n++
		}
		require.Equal(b, rows, n)
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// customers is a workbook of texts, numbers, moments and truth values, some of them empty.
func customers(rows int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"Acme Ltd & Co", "上海华信科技有限公司", "Rue de l'Été 12", "info@example.com", "+86 21 5555 1234", "Prospecting"}
	var texts []text
	var cells [][]byte
	for n := range rows {
		for i := range 33 {
			switch {
			case i < 22:
				cells = append(cells, record(sharedLabel, n, i, 0, uint32(len(texts))))
				texts = append(texts, text{s: words[r.IntN(len(words))] + " " + strconv.Itoa(r.IntN(100_000))})
			case i < 26:
				cells = append(cells, record(shortNumber, n, i, 0, whole(r.Int32N(1_000_000))))
			case i < 29:
				cells = append(cells, record(number, n, i, 0, float64(r.IntN(1e8))/100))
			case i < 31:
				cells = append(cells, record(number, n, i, 1, 40_000+float64(r.IntN(5000*86400))/86400))
			default:
				cells = append(cells, record(truthOrFault, n, i, 0, byte(r.IntN(2)), byte(0)))
			}
		}
	}
	return one(join(record(cellStyle, 0, 0), record(cellStyle, 0, 22), split(8224, false, texts...)), cells...)
}
