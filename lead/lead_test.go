package lead_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// stores are what the tests run on.
var stores = map[string]func(tb testing.TB) storage.Store{
	"memory": func(testing.TB) storage.Store { return memory.New(nil) },
	"sqlite": func(tb testing.TB) storage.Store {
		s, err := sqlite.Open(filepath.Join(tb.TempDir(), "crm.db"), nil)
		require.NoError(tb, err)
		return s
	},
	"twice": func(testing.TB) storage.Store {
		return storagetest.Faulty(memory.New(nil), &storagetest.Faults{Twice: true})
	},
}

// each runs fn on every store.
func each(t *testing.T, fn func(t *testing.T, org *crm.Org)) {
	t.Parallel()
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, crmtest.Open(t, open(t), &crm.Options{Actor: "ann"}))
		})
	}
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

// TestFields holds every field: its labels, its type with its limit, and what is asked of it.
func TestFields(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\n", lead.Module, lead.Definition.Singular, lead.Definition.Chinese)
	for _, f := range lead.Fields {
		d := f.Def()
		require.NotEmpty(t, d.English, d.Name)
		require.NotEmpty(t, d.Chinese, d.Name)
		fmt.Fprintf(&b, "\t%s | %s | %s | %s%s%s\n", d.Name, d.English, d.Chinese, d.Type.Name(), limit(d.Type), flags(&d))
	}
	golden := filepath.Join("testdata", "fields.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "when that is meant: go test ./lead -update")
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
		{d.Required, "required"}, {d.ReadOnly, "read-only"}, {d.Folded, "folded"}, {d.Sorted, "sorted"}, {d.NoClone, "not cloned"},
		{d.To != "", "to " + d.To + ", " + d.OnDelete.String()},
	} {
		if f.is {
			s += " | " + f.text
		}
	}
	return s
}

// samples are a value of each kind of member.
var samples = []any{"x", new(int64), new(bool), decimal.NewNullDecimal(decimal.NewFromInt(1)), crmtest.Start, record.ID{1}}

// members calls fn with every member of a lead but Meta, those of its address too.
func members(v reflect.Value, path string, fn func(name string, v reflect.Value)) {
	for i := range v.NumField() {
		switch f, m := v.Type().Field(i), v.Field(i); {
		case f.Name == "Meta":
		case f.Name == "Address":
			members(m, f.Name+".", fn)
		default:
			fn(path+f.Name, m)
		}
	}
}

// TestStructAndTableAgree sets each member alone: one field has it, which has no other.
func TestStructAndTableAgree(t *testing.T) {
	t.Parallel()
	org, memberOf := crmtest.New(t), map[string]string{}
	l := &lead.Lead{}
	members(reflect.ValueOf(l).Elem(), "", func(name string, m reflect.Value) {
		for _, s := range samples {
			if reflect.TypeOf(s) == m.Type() {
				m.Set(reflect.ValueOf(s))
			}
		}
		require.False(t, m.IsZero(), name)
		rec, found := org.Leads.Encode(l), ""
		for _, f := range lead.Fields {
			if d := f.Def(); !rec.Value(d.Name).IsNull() {
				require.Empty(t, found, "%s is in two fields", name)
				found = d.Name
			}
		}
		require.NotEmpty(t, found, "no field of the table has %s", name)
		require.Empty(t, memberOf[found], "%s and %s are in the same field", name, memberOf[found])
		require.Equal(t, m.Interface(), value(org.Leads.Decode(rec), name))
		memberOf[found] = name
		m.SetZero()
	})
	require.Len(t, memberOf, len(lead.Fields))
}

// value returns a member of a lead by its name.
func value(l *lead.Lead, name string) (v any) {
	members(reflect.ValueOf(l).Elem(), "", func(n string, m reflect.Value) {
		if n == name {
			v = m.Interface()
		}
	})
	return v
}

func TestPickListsInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		l := &lead.Lead{LastName: "Li", Status: "已联系", LeadSource: "展会", Industry: "服务提供商", Rating: "-None-", Salutation: "Sir"}
		require.NoError(t, org.Leads.Create(t.Context(), l))
		require.Equal(t, "Contacted Trade Show  Sir", strings.Join([]string{l.Status, l.LeadSource, l.Rating, l.Salutation}, " "))
		rec, err := org.Leads.Records.Get(t.Context(), l.ID)
		require.NoError(t, err)
		require.Equal(t, "已联系", rec.Text("Lead_Status", &record.Locale{Language: record.Chinese}))
	})
}

// TestLife is that of any module: validation, list, clone, timeline and import.
func TestLife(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		err := org.Leads.Create(ctx, &lead.Lead{Email: "nobody", Company: strings.Repeat("长", 101), Phone: "?"})
		require.Equal(t, "Company=INVALID_DATA Email=INVALID_DATA Phone=INVALID_DATA Last_Name=MANDATORY_NOT_FOUND", codes(err))
		l := &lead.Lead{FirstName: "三", LastName: "张", Company: "Hengxin", Converted: new(bool), ContactID: record.ID{1}}
		*l.Converted = true // which callers do not set
		require.NoError(t, org.Leads.Create(ctx, l))
		require.Equal(t, "张三", l.FullName)
		require.False(t, *l.Converted)
		require.True(t, l.ContactID.IsZero())

		report, err := importer.Run(ctx, org.Leads, source(t, "Last Name,公司,邮箱\nLee,Acme,ann@acme.example\n,Globex,\n"), nil)
		require.NoError(t, err)
		require.Equal(t, record.Counts{Read: 2, Created: 1, Failed: 1}, report.Counts)
		report, err = importer.Run(ctx, org.Leads, source(t, "Last Name,Email,Lead Status\nLee,ANN@acme.example,已联系\n"), nil)
		require.NoError(t, err)
		require.Equal(t, record.Counts{Read: 1, Updated: 1}, report.Counts, "matched by e-mail")

		list, _, err := org.Leads.List(ctx, record.Query{Order: record.By("Full_Name"), Where: record.Eq("Company", "Acme")})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, "Contacted", list[0].Status)
		draft, err := org.Leads.CloneDraft(ctx, list[0].ID)
		require.NoError(t, err)
		require.NoError(t, org.Leads.Records.Create(ctx, draft))
		es, err := org.Leads.Timeline(ctx, list[0].ID, time.Time{}, 0)
		require.NoError(t, err)
		require.Equal(t, []record.Action{record.Updated, record.Created}, []record.Action{es[0].Action, es[1].Action})
		require.NoError(t, org.Leads.Delete(ctx, l.ID))
		require.NoError(t, org.Leads.Restore(ctx, l.ID))
	})
}

func source(t *testing.T, text string) *importer.File {
	f, err := importer.Spool(context.WithoutCancel(t.Context()), strings.NewReader(text), "leads.csv", nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}
