package xlsx

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// written is a value that excelize writes, and the cell that it is to be.
type written struct {
	value any
	style int
	want  grid.Cell
}

// TestExcelize writes random tables by excelize, cell by cell, which shares strings, and as a stream, which does not.
func TestExcelize(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			streamed := seed%2 == 1
			f := excelize.NewFile()
			styles := stylesOf(t, f)
			var stream *excelize.StreamWriter
			if streamed {
				var err error
				stream, err = f.NewStreamWriter("Sheet1")
				require.NoError(t, err)
			}
			var want []row
			for n := 1; n <= 150; n++ {
				var texts []string
				values := make([]any, r.IntN(12))
				for i := range values {
					name, err := excelize.CoordinatesToCellName(i+1, n)
					require.NoError(t, err)
					w := random(r, styles)
					if text, ok := w.value.(string); ok && !streamed && strings.Contains(text, "_x0041_") {
						w = written{} // excelize does not write this as it should when strings are shared
					}
					texts = append(texts, "")
					if w.want.Text != "" {
						texts[i] = "tndDTbf"[w.want.Kind:w.want.Kind+1] + w.want.Text
					}
					if values[i] = w.value; w.style > 0 {
						values[i] = excelize.Cell{Value: w.value, StyleID: w.style}
					}
					if !streamed {
						require.NoError(t, f.SetCellValue("Sheet1", name, w.value))
						if w.style > 0 {
							require.NoError(t, f.SetCellStyle("Sheet1", name, name, w.style))
						}
					}
				}
				if streamed {
					require.NoError(t, stream.SetRow("A"+strconv.Itoa(n), values))
				}
				if cells := strings.TrimRight(strings.Join(texts, "|"), "|"); cells != "" {
					want = append(want, row{n, cells})
				}
			}
			if streamed {
				require.NoError(t, stream.Flush())
			}
			var b bytes.Buffer
			require.NoError(t, f.Write(&b))
			got, err := read(t, open(t, b.Bytes()), 0)
			require.NoError(t, err)
			require.Len(t, got, len(want))
			for i := range want {
				require.Equal(t, want[i], got[i])
			}
		})
	}
}

// stylesOf makes the styles of General, a day, a moment, five digits and a percentage.
func stylesOf(t *testing.T, f *excelize.File) (ids [5]int) {
	t.Helper()
	day, digits := `yyyy"年"m"月"d"日"`, "00000"
	for i, s := range []*excelize.Style{{Font: &excelize.Font{Bold: true}}, {CustomNumFmt: &day}, {NumFmt: 22}, {CustomNumFmt: &digits}, {NumFmt: 10}} {
		var err error
		ids[i], err = f.NewStyle(s)
		require.NoError(t, err)
	}
	return ids
}

func random(r *rand.Rand, styles [5]int) written {
	switch r.IntN(10) {
	case 0:
		return written{}
	case 1:
		v := r.IntN(2) == 0
		return written{value: v, want: grid.Cell{Kind: grid.Bool, Text: strconv.FormatBool(v)}}
	case 2:
		v := r.Int64N(2e15) - 1e15
		return written{v, styles[0], grid.Cell{Kind: grid.Number, Text: strconv.FormatInt(v, 10)}}
	case 3:
		text := strconv.FormatFloat(float64(r.Int64N(2e12)-1e12)/math.Pow10(r.IntN(8)), 'f', -1, 64)
		v, _ := strconv.ParseFloat(text, 64)
		return written{value: v, want: grid.Cell{Kind: grid.Number, Text: text}}
	case 4:
		days := r.IntN(50000) + 61
		at := time.Date(1899, 12, 30+days, 0, 0, 0, 0, time.UTC)
		return written{days, styles[1], grid.Cell{Kind: grid.Date, Text: at.Format(time.DateOnly)}}
	case 5:
		at := time.Date(1950, 1, 1, 0, 0, r.IntN(3e9), 0, time.UTC)
		return written{at, styles[2], grid.Cell{Kind: grid.DateTime, Text: at.Format(time.DateTime)}}
	case 6:
		v := r.IntN(200_000)
		return written{v, styles[3], grid.Cell{Kind: grid.Number, Text: fmt.Sprintf("%05d", v)}}
	case 7:
		v := r.IntN(10_000)
		return written{float64(v) / 100, styles[4], grid.Cell{Kind: grid.Number, Text: strconv.Itoa(v) + "%"}}
	}
	var text strings.Builder
	for range r.IntN(6) + 1 {
		text.WriteString([]string{"客户", "😀𠮷", " ", "  x  ", "\n", "\"'", "<&>", "]]>", "_x0041_", "_", "x", "0", "\t", "é", "=1+1", "&amp;"}[r.IntN(16)])
	}
	return written{value: text.String(), want: grid.Cell{Text: text.String()}}
}
