package relations_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// each runs fn on every store.
func each(t *testing.T, fn func(t *testing.T, org *crm.Org)) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) storage.Store{
		"memory": func(*testing.T) storage.Store { return memory.New(nil) },
		"sqlite": openSQLite,
		"twice": func(*testing.T) storage.Store {
			return storagetest.Faulty(memory.New(nil), &storagetest.Faults{Twice: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, crmtest.Open(t, open(t), &crm.Options{Actor: "ann"}))
		})
	}
}

func openSQLite(t *testing.T) storage.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"), nil)
	require.NoError(t, err)
	return s
}

// TestFields holds every field of every module: its labels, its type with its limit, and what is asked of it.
func TestFields(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	var b strings.Builder
	for _, m := range relations.Schemas() {
		rs, err := org.Session().Records(m.Module)
		require.NoError(t, err)
		fmt.Fprintf(&b, "%s %s %s\n", m.Module, m.Singular, m.Chinese)
		for _, d := range rs.Shape().Fields() {
			require.NotEmpty(t, d.English, d.Name)
			require.NotEmpty(t, d.Chinese, d.Name)
			fmt.Fprintf(&b, "\t%s | %s | %s | %s%s%s\n", d.Name, d.English, d.Chinese, d.Type.Name(), limit(d.Type), flags(&d))
		}
	}
	golden := filepath.Join("testdata", "fields.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

// limit asks a type for its limit, which it names when it refuses.
func limit(of record.Type) string {
	v := storage.TextValue(strings.Repeat("1", 1<<20))
	switch of.Kind() {
	case storage.Int:
		v = storage.IntValue(1<<63 - 1)
	case storage.Decimal:
		v, _ = storage.ParseDecimal(strings.Repeat("9", storage.MaxWhole))
	case storage.Text:
	default:
		return ""
	}
	if _, p := of.Clean(v); p.Args["limit"] != nil {
		return fmt.Sprint(" ", p.Args["limit"])
	}
	return ""
}

func flags(d *record.Def) (s string) {
	for _, f := range []struct {
		is   bool
		text string
	}{
		{d.Required, "required"}, {d.ReadOnly, "read-only"}, {d.Folded, "folded"}, {d.Sorted, "sorted"}, {d.Indexed, "indexed"}, {d.NoClone, "not cloned"},
		{d.To != "", "to " + d.To + ", " + d.OnDelete.String()}, {d.Depth > 0, fmt.Sprint("tree of ", d.Depth)},
	} {
		if f.is {
			s += " | " + f.text
		}
	}
	return s
}

// codes are the fields and codes of a *record.ValidationError.
func codes(err error) string {
	var ve *record.ValidationError
	if err == nil || !errors.As(err, &ve) {
		return fmt.Sprint(err)
	}
	var all []string
	for _, f := range ve.Fields {
		all = append(all, f.Field+"="+string(f.Code))
	}
	return strings.Join(all, " ")
}
