package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/sqlite"
)

// wideFields is how many custom fields the wide file has.
const wideFields = 100

// wideTypes are the types of the custom fields in turn, each with a maker of cells.
var wideTypes = []struct {
	name string
	cell func(r *rand.Rand) string
}{
	{"text", func(r *rand.Rand) string { return "value of " + strconv.Itoa(r.IntN(10_000)) }},
	{"integer", func(r *rand.Rand) string { return strconv.Itoa(r.IntN(1_000_000)) }},
	{"double", func(r *rand.Rand) string { return strconv.FormatFloat(float64(r.IntN(1_000_000))/100, 'f', 2, 64) }},
	{"date", func(r *rand.Rand) string {
		return fmt.Sprintf("20%02d-%02d-%02d", r.IntN(30), 1+r.IntN(12), 1+r.IntN(28))
	}},
	{"picklist", func(r *rand.Rand) string { return []string{"Gold", "Silver", "Bronze"}[r.IntN(3)] }},
	{"boolean", func(r *rand.Rand) string { return strconv.FormatBool(r.IntN(2) > 0) }},
	{"phone", func(r *rand.Rand) string { return fmt.Sprintf("+86 10 %08d", r.IntN(100_000_000)) }},
	{"email", func(r *rand.Rand) string { return fmt.Sprintf("name%d@example.com", r.IntN(100_000)) }},
	{"textarea", func(r *rand.Rand) string { return "what was said on the phone, " + strconv.Itoa(r.IntN(10_000)) }},
	{"currency", func(r *rand.Rand) string { return strconv.Itoa(r.IntN(10_000)) + ".5" }},
}

func wideName(i int) string { return fmt.Sprint("C", i+1) }

// wide measures what custom fields cost an import: bytes a second of a file with a hundred of them beside those of the same
// file without.
func (b *bench) wide(ctx context.Context) error {
	size := b.rows / 10
	plain, err := b.file(size)
	if err != nil {
		return err
	}
	wide := b.path("wide.csv")
	if err := widen(wide, plain); err != nil {
		return err
	}
	speed := func(path string) func() (float64, error) {
		return func() (float64, error) {
			info, err := os.Stat(path)
			if err != nil {
				return 0, err
			}
			c, err := measure(func() error { return b.importWide(ctx, path, size) })
			return float64(info.Size()) / c.wall.Seconds(), err
		}
	}
	got, err := rounds(b.runs, speed(wide), speed(plain))
	if err != nil {
		return err
	}
	ratio := got[0] / got[1]
	b.add(line{fmt.Sprintf("import of %s rows with %d custom fields into SQLite, bytes a second", thousands(size), wideFields), megabytes(got[0]) + "/s",
		megabytes(got[1]) + "/s without them", times(ratio) + " of that", "≥ 0.85", ratio >= 0.85})
	return nil
}

// importWide imports a file into a new database whose layout has the custom fields.
func (b *bench) importWide(ctx context.Context, file string, rows int) (err error) {
	path := b.path("wide.db")
	if err := remove(path); err != nil {
		return err
	}
	store, err := sqlite.Open(path, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		return err
	}
	var layout record.Layout
	for i := range wideFields {
		layout.Fields = append(layout.Fields, record.FieldLayout{Name: wideName(i), Type: wideTypes[i%len(wideTypes)].name})
	}
	body, err := json.Marshal(layout)
	if err != nil {
		return err
	}
	if err := org.Session().SaveSetting(ctx, &record.Setting{Name: "layout." + account.Module, Body: body}); err != nil {
		return err
	}
	return importFile(ctx, store, file, rows)
}

// widen copies a CSV file and gives its rows cells of the custom fields, one in twenty of them empty.
func widen(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	r, w, random := csv.NewReader(in), csv.NewWriter(out), rand.New(rand.NewPCG(seed, 3))
	for n := 0; ; n++ {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			w.Flush()
			return errors.Join(w.Error(), out.Flush())
		}
		if err != nil {
			return err
		}
		for i := range wideFields {
			switch {
			case n == 0:
				cells = append(cells, wideName(i))
			case random.IntN(20) == 0:
				cells = append(cells, "")
			default:
				cells = append(cells, wideTypes[i%len(wideTypes)].cell(random))
			}
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
}
