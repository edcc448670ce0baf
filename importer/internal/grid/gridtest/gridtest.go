package gridtest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/clientele-go/crm/importer/internal/charset"
	"github.com/clientele-go/crm/importer/internal/grid"
)

// kinds are those of the columns of a truth, below its header.
var kinds = []grid.Kind{grid.Text, grid.Text, grid.Text, grid.Text, grid.Number, grid.Number, grid.Date, grid.DateTime, grid.Bool, grid.Number, grid.Text, grid.Text}

// Truth returns a table as CSV, in which quoted cells are texts: 12 columns, and as many rows below a header as are asked for.
func Truth(rows int) string {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"Acme & Sons <Ltd>", "上海华信科技有限公司", "Rue de l'Été", "Große \"Gans\"", "=1+1", "'quoted", "two\nlines", "tab\there", "  spaces  ",
		"😀 smile", "한국어", "Привет", "100%", "TRUE", "00123", "2024-01-02", "_x0041_", "x"}
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	var b strings.Builder
	b.WriteString("\"Id\",\"Name\",\"Zip\",\"Long digits\",\"Amount\",\"Whole\",\"Day\",\"Moment\",\"Yes\",\"Share\",\"Sparse\",\"Notes\"\n")
	for n := 1; n <= rows; n++ {
		at := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(1_300_000_000)) * time.Second)
		sparse := ""
		if r.IntN(3) == 0 {
			sparse = quote(words[r.IntN(len(words))])
		}
		whole := r.Int64N(1_000_000)
		if r.IntN(4) == 0 {
			whole = r.Int64N(1e15)
		}
		notes := ""
		for range 1 + r.IntN(4) {
			notes += words[r.IntN(len(words))]
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%d,%s,%s,%t,%d%%,%s,%s\n", quote(fmt.Sprintf("R%05d", n)), quote(words[r.IntN(len(words))]+fmt.Sprint(" ", r.IntN(rows))),
			quote(fmt.Sprintf("%05d", r.IntN(100_000))), quote(fmt.Sprint(r.Uint64())), grid.Decimal(fmt.Sprintf("%d.%02d", r.IntN(1_000_000), r.IntN(100))), whole,
			at.Format(time.DateOnly), at.Format(time.DateTime), r.IntN(2) == 0, r.IntN(101), sparse, quote(notes))
	}
	return b.String()
}

// LibreOffice returns the file that it makes of a truth. Filter is its name of the format, after the extension.
func LibreOffice(t testing.TB, truth, extension, filter string) []byte {
	t.Helper()
	const program = "soffice"
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("LibreOffice is not installed")
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "truth.csv")
	if err := os.WriteFile(source, []byte(truth), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--headless", "-env:UserInstallation=file://"+dir, // one of its own, since tests run in parallel
		"--infilter=Text - txt - csv (StarCalc):44,34,76,1,,1033,true,true", "--convert-to", extension+":"+filter, "--outdir", filepath.Join(dir, "made"), source)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	made, err := os.ReadFile(filepath.Join(dir, "made", "truth."+extension))
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return made
}

// Compare compares every cell of the first sheet with a truth. What cannot be kept by a format is made of a cell of the truth by
// those of it, if there are any.
func Compare(t testing.TB, truth string, b grid.Workbook, kept ...func(grid.Cell) grid.Cell) {
	t.Helper()
	want := csv.NewReader(strings.NewReader(truth))
	want.ReuseRecord = true
	n := 0
	for r, err := range b.Rows(t.Context(), 0) {
		if err != nil {
			t.Fatalf("after %d rows: %v", n, err)
		}
		n++
		cells, err := want.Read()
		if err != nil || r.Number != n || len(r.Cells) != len(cells) {
			t.Fatalf("row %d is the %d., with %d cells, not %d: %v", r.Number, n, len(r.Cells), len(cells), err)
		}
		for i, c := range r.Cells {
			w := grid.Cell{Text: cells[i]}
			if n > 1 && c.Text != "" {
				w.Kind = kinds[i]
			}
			for _, keep := range kept {
				w = keep(w)
			}
			if c != w {
				t.Fatalf("row %d, column %s: %v, not %v", n, grid.Column(i), c, w)
			}
		}
	}
	if _, err := want.Read(); err == nil {
		t.Fatalf("rows are missing after %d", n)
	}
}

// IsOwn reports whether err is nil or one that says what is wrong with the file.
func IsOwn(err error) bool {
	var e *grid.Error
	return err == nil || errors.As(err, &e)
}

// Code returns the code of an error, or its text when it has none.
func Code(err error) grid.Code {
	var e *grid.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return grid.Code(err.Error())
}

// Read returns the rows of a sheet as far as they can be read, each as its number and its cells with "|" between them. A cell
// has the letter of its kind before its text: t for text, n for a number, d and D for days and moments, T for times, b for
// truth and f for faults.
func Read(t testing.TB, b grid.Workbook, i int) (rows []string, err error) {
	t.Helper()
	for r, err := range b.Rows(t.Context(), i) {
		if err != nil {
			if r.Number != 0 || r.Cells != nil {
				t.Fatalf("%v, with row %v", err, r)
			}
			return rows, err
		}
		if r.Offset <= 0 {
			t.Fatalf("row %d without an offset", r.Number)
		}
		var cells []string
		for _, c := range r.Cells {
			if c == (grid.Cell{}) {
				cells = append(cells, "")
				continue
			}
			cells = append(cells, "tndDTbf"[c.Kind:c.Kind+1]+c.Text)
		}
		if len(cells) == 0 || cells[len(cells)-1] == "" {
			t.Fatalf("row %d ends with an empty cell", r.Number)
		}
		rows = append(rows, fmt.Sprint(r.Number, " ", strings.Join(cells, "|")))
	}
	return rows, nil
}

// Check reads all of a workbook, and holds what it gives against the contract. It returns the first error.
func Check(t testing.TB, b grid.Workbook) (first error) {
	t.Helper()
	for i := range b.Sheets() {
		last := 0
		for r, err := range b.Rows(t.Context(), i) {
			if err != nil {
				if !IsOwn(err) || r.Number != 0 || r.Cells != nil {
					t.Fatalf("%v, with row %v", err, r)
				}
				if first == nil {
					first = err
				}
				break
			}
			if r.Number <= last || r.Number > grid.MaxRows || len(r.Cells) == 0 || len(r.Cells) > grid.MaxColumns || r.Cells[len(r.Cells)-1].Text == "" {
				t.Fatalf("row %d after %d, of %d cells", r.Number, last, len(r.Cells))
			}
			last = r.Number
			for _, c := range r.Cells {
				if !valid(c) {
					t.Fatalf("row %d: %q", r.Number, c)
				}
			}
		}
	}
	return first
}

// valid reports whether a cell is one that a reader may give.
func valid(c grid.Cell) bool {
	text := c.Text
	if c.Kind == grid.Text {
		text = strings.ReplaceAll(text, string([]byte{charset.Bad}), "")
	}
	if !utf8.ValidString(text) || len(text) > grid.MaxCell || c.Kind > grid.Fault || c.Text == "" && c.Kind != grid.Text {
		return false
	}
	return c.Kind != grid.Bool || c.Text == "true" || c.Text == "false"
}
