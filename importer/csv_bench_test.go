package importer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// csvBenchFile writes about 50 MB of 35 columns, and returns the path and the rows.
func csvBenchFile(b *testing.B, quoted bool) (path string, rows int) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "bench.csv")
	f, err := os.Create(path)
	require.NoError(b, err)
	w := bufio.NewWriterSize(f, 1<<20)
	for c := range 35 {
		fmt.Fprintf(w, "Column_%d%s", c, map[bool]string{true: "\n", false: ","}[c == 34])
	}
	size := 0
	for ; size < 50<<20; rows++ {
		for c := range 35 {
			var n int
			switch {
			case quoted && c == 1:
				n, _ = fmt.Fprintf(w, "\"上海第%d号, 有限公司\"", rows)
			case quoted && c == 4:
				n, _ = fmt.Fprintf(w, "\"say \"\"%d\"\"\"", rows)
			case quoted && c == 20:
				n, _ = fmt.Fprintf(w, "\"note %d\nof two lines\"", rows)
			case quoted && c%5 == 0:
				n, _ = fmt.Fprintf(w, "\"中国上海市 %d\"", rows*c)
			case c%3 == 0:
				n, _ = fmt.Fprintf(w, "%d", 100000+rows)
			case c%3 == 1:
				n, _ = fmt.Fprintf(w, "Account name %d", rows)
			default:
				n, _ = fmt.Fprintf(w, "street and city %d", rows%977)
			}
			size += n + 1
			w.WriteByte(map[bool]byte{true: '\n', false: ','}[c == 34])
		}
	}
	require.NoError(b, w.Flush())
	require.NoError(b, f.Close())
	return path, rows
}

func BenchmarkCSV(b *testing.B) {
	for _, kind := range []string{"plain", "quoted"} {
		b.Run(kind, func(b *testing.B) {
			path, rows := csvBenchFile(b, kind == "quoted")
			info, err := os.Stat(path)
			require.NoError(b, err)
			b.Run("importer", func(b *testing.B) {
				b.SetBytes(info.Size())
				b.ReportAllocs()
				for b.Loop() {
					f, err := Open(path, nil)
					require.NoError(b, err)
					n := 0
					for row, err := range f.Rows(b.Context()) {
						if err != nil || row.Problem != nil {
							b.Fatal(row.Problem, err)
						}
						n++
					}
					require.Equal(b, rows, n)
					require.NoError(b, f.Close())
				}
			})
			b.Run("encoding-csv", func(b *testing.B) {
				b.SetBytes(info.Size())
				b.ReportAllocs()
				for b.Loop() {
					f, err := os.Open(path)
					require.NoError(b, err)
					r := csv.NewReader(f)
					r.ReuseRecord = true
					n := -1
					for {
						_, err := r.Read()
						if errors.Is(err, io.EOF) {
							break
						}
						if err != nil {
							b.Fatal(err)
						}
						n++
					}
					require.Equal(b, rows, n)
					require.NoError(b, f.Close())
				}
			})
		})
	}
}
