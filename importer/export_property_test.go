package importer_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// everyType is a layout with a custom field of each type, called C_ and the type, and some more.
func everyType(t *testing.T, org *crm.Org) {
	t.Helper()
	kinds := []record.PickValue{{Actual: "=one", Chinese: "＝一"}, {Actual: "-two", English: "@Two", Chinese: "二"}, {Actual: "Three", Retired: true}, {Actual: "2026-01-02"}, {Actual: "7", English: "true"}}
	var fields []record.FieldLayout
	for _, typ := range record.CustomTypes() {
		f := record.FieldLayout{Name: "C_" + typ, Type: typ, Chinese: "自定义" + typ}
		switch typ {
		case "lookup":
			f.To = "Accounts"
		case "picklist", "multiselectpicklist":
			f.Values = kinds
		case "autonumber":
			f.Number = &record.Numbering{Prefix: "=A-", Start: 7}
		}
		fields = append(fields, f)
	}
	fields = append(fields, record.FieldLayout{Name: "Closed", Type: "picklist", Values: kinds, Closed: new(true)}, record.FieldLayout{Name: "Some_Of", Type: "multiselectpicklist", Values: kinds, Closed: new(true)}, record.FieldLayout{Name: "Fine", Type: "percent", Places: new(9), Limit: 16})
	layout(t, org, fields...)
}

// odds are what texts are made of that programs take for something else.
var odds = []string{"=", "+", "-", "@", "\t", "'", "\n", "\r", "\"", "\"\"", ",", ";", "；", "，", "|", " ", "  ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2028", "😀", "👩‍👩‍👧", "漢字", "客户", "＝", "＋86", "＠",
	"é", "e\u0301", "ß", "1", "00123", "123456789012345678", "1E5", "1.50", "1,234", "2026-01-02", "3/4/2026", "12:30", "true", "TRUE", "#DIV/0!", "-None-", "null", "a", "B", "x", "_", "_x0041_", "_x0041_x0042_", "_xD800_",
	"_x005F_", "x0041_", "<b>&amp;</b>", "]]>", "&#10;", "{}", "=HYPERLINK(\"http://x\")", "sep=;", "''=", "\ufffd", "\U0010ffff", "\u0301"}

// raws draws what may become a value of a field, clean or not.
func raws(ids []record.ID, d *record.Def) *rapid.Generator[storage.Value] {
	text := rapid.Map(rapid.OneOf(rapid.SliceOfN(rapid.SampledFrom(odds), 0, 6), rapid.SliceOfN(rapid.StringN(0, 8, 20), 0, 3)), func(s []string) string { return strings.Join(s, "") })
	several := func(of *rapid.Generator[string]) *rapid.Generator[storage.Value] {
		return rapid.Map(rapid.SliceOfN(of, 0, 5), func(s []string) storage.Value { return storage.TextValue(record.JoinMulti(s)) })
	}
	asText := func(g *rapid.Generator[string]) *rapid.Generator[storage.Value] {
		return rapid.Map(g, storage.TextValue)
	}
	pick := rapid.OneOf(rapid.SampledFrom([]string{"=one", "-two", "Three", "2026-01-02", "7"}), text)
	id := rapid.Map(rapid.SampledFrom(ids), record.ID.String)
	number := rapid.Custom(func(t *rapid.T) string {
		digits := rapid.SampledFrom([]int{1, 3, 9, 15, 16, 18}).Draw(t, "digits")
		s := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), 1, digits, -1).Draw(t, "whole")
		if d.Type.Kind() == storage.Decimal {
			s += "." + rapid.StringOfN(rapid.RuneFrom([]rune("00123456789")), 1, 9, -1).Draw(t, "fraction")
		}
		return rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + s
	})
	day := rapid.Map(rapid.OneOf(rapid.IntRange(-700_000, 2_900_000), rapid.IntRange(-25_600, -25_500), rapid.IntRange(0, 30_000)), func(n int) string {
		return time.Unix(int64(n)*86400, 0).UTC().Format(time.DateOnly)
	})
	moment := rapid.Map(rapid.OneOf(rapid.Int64Range(-62135596800, 253402300799), rapid.Int64Range(-2208988800, -2203891200), rapid.Int64Range(1.7e9, 1.8e9), rapid.Map(rapid.Int64Range(0, 600_000), func(n int64) int64 { return n * 3600 })), func(n int64) storage.Value {
		micro := int64(0)
		if n%3 == 0 {
			micro = (n*7919)%1_000_000 + 1_000_000
		}
		return storage.TimeValue(time.UnixMicro(n*1_000_000 + micro%1_000_000))
	})
	switch d.Type.Name() {
	case "integer", "bigint", "double", "currency", "percent":
		return rapid.Map(number, func(s string) storage.Value {
			v, _ := d.Type.Parse(s, nil)
			return v
		})
	case "boolean":
		return rapid.Map(rapid.Bool(), storage.BoolValue)
	case "date":
		return asText(day)
	case "datetime":
		return moment
	case "lookup":
		return rapid.Map(rapid.SampledFrom(ids), storage.RefValue)
	case "multiselectlookup":
		return several(id)
	case "picklist":
		return asText(pick)
	case "multiselectpicklist":
		return several(pick)
	case "multiuserlookup":
		return several(text)
	case "phone":
		return asText(rapid.SampledFrom([]string{"+86 10 1234", "-1", "00123", "＋86（10）1", "1/2", "138", "13800138000", "+1 (555) 0100;ext=7", "1.50"}))
	case "email":
		return asText(rapid.SampledFrom([]string{"a@b.example", "-a@b.example", "+a@b.example", "=a@b.example", "'a@b.example", "客户@例子.example"}))
	case "website":
		return asText(rapid.SampledFrom([]string{"a.example", "https://a.example/?q=1&b=%20#x", "HTTP://A.example", "例子.example/路"}))
	case "textarea":
		return rapid.OneOf(asText(text), asText(rapid.Map(text, func(s string) string { return strings.Repeat(s, 20) })))
	}
	return asText(text)
}

// draws gives a record random values, those that its fields take.
func draws(t *rapid.T, rec *record.Record, ids []record.ID) {
	for _, d := range rec.Shape().Fields() {
		if d.ReadOnly || d.Name == account.ParentField || !d.Required && rapid.IntRange(0, 3).Draw(t, "null") == 0 {
			continue
		}
		v, problem := d.Type.Clean(raws(ids, &d).Draw(t, d.Name))
		if !problem.OK() || v.IsNull() {
			if v = (storage.Value{}); d.Required {
				v = storage.TextValue("name")
			}
		}
		require.True(t, rec.Set(d.Name, v), d.Name)
	}
}

// zones have offsets of minutes, none, and days that clocks make longer, shorter, or skip.
var zones = []string{"UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Africa/Monrovia"}

// values are those of all fields that callers may set.
func values(rec *record.Record) map[string]storage.Value {
	all := map[string]storage.Value{}
	for _, d := range rec.Shape().Fields() {
		if !d.ReadOnly {
			all[d.Name] = rec.Value(d.Name)
		}
	}
	return all
}

// roundTrip fills a store with random records, and sees them come back from their export.
func roundTrip(rt *rapid.T, t *testing.T, org *crm.Org) {
	ctx := t.Context()
	everyType(t, org)
	language := rapid.SampledFrom([]record.Language{record.English, record.Chinese})
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(rt, "zone"))
	require.NoError(rt, err)
	out := record.Locale{Zone: zone, Language: language.Draw(rt, "language of the export")}
	in := record.Locale{Zone: zone, Language: language.Draw(rt, "language of the import")}

	rs, err := org.Session().Records("Accounts")
	require.NoError(rt, err)
	fixed := &account.Account{Name: "fixed"}
	require.NoError(rt, org.Accounts.Create(ctx, fixed))
	ids := []record.ID{fixed.ID}
	before := map[record.ID]map[string]storage.Value{}
	for range rapid.IntRange(1, 6).Draw(rt, "records") {
		rec := rs.New()
		draws(rt, rec, ids)
		require.NoError(rt, rs.Create(ctx, rec))
		stored, err := rs.Get(ctx, rec.ID)
		require.NoError(rt, err)
		before[rec.ID] = values(stored)
		ids = append(ids, rec.ID)
	}

	o := &importer.ExportOptions{
		Format: rapid.SampledFrom([]importer.Kind{importer.KindCSV, importer.KindXLSX}).Draw(rt, "format"),
		Labels: rapid.Bool().Draw(rt, "labels"), BOM: rapid.Bool().Draw(rt, "mark"),
	}
	if rapid.Bool().Draw(rt, "some fields") { // in another order
		names := []string{"id"}
		for _, d := range rs.Shape().Fields() {
			names = append(names, d.Name)
		}
		o.Fields = rapid.Permutation(names).Draw(rt, "fields")
	}
	var b bytes.Buffer
	n, err := importer.Export(ctx, account.In(org.Session().In(out)), &b, record.Query{Limit: rapid.IntRange(1, 4).Draw(rt, "page")}, o)
	require.NoError(rt, err)
	require.Equal(rt, int64(len(ids)), n)
	f, err := importer.NewFile(bytes.NewReader(b.Bytes()), int64(b.Len()), "export", nil)
	require.NoError(rt, err)
	as := account.In(org.Session().In(in))
	r, err := importer.Run(ctx, as, f, &importer.Options{Match: []string{"id"}})
	require.NoError(rt, err, b.String())
	require.Equal(rt, fmt.Sprintf("%[1]d = 0 + 0 + %[1]d + 0 + 0", n), counts(r), "%v\n%s", faults(r), b.String())

	// What is Unchanged may not have been read at all: so it is lost, and brought back.
	for id := range before {
		require.NoError(rt, rs.Edit(ctx, id, func(rec *record.Record) error {
			for _, d := range rec.Shape().Fields() {
				if !d.Required {
					rec.Set(d.Name, storage.Value{})
				}
			}
			rec.Set("Account_Name", storage.TextValue("lost"))
			return nil
		}))
	}
	r, err = importer.Run(ctx, as, f, &importer.Options{Match: []string{"id"}})
	require.NoError(rt, err)
	require.Zero(rt, r.Failed, faults(r))
	for id, want := range before {
		rec, err := rs.Get(ctx, id)
		require.NoError(rt, err)
		require.Equal(rt, want, values(rec), b.String())
	}
}

func TestRoundTripMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		org, err := crm.Open(t.Context(), memory.New(nil), &crm.Options{NewID: crmtest.IDs(), Now: crmtest.Clock()})
		require.NoError(rt, err)
		roundTrip(rt, t, org)
	})
}

func TestRoundTripSQLite(t *testing.T) {
	t.Parallel()
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > 12 { // a store takes long to make
			return
		}
		store := openSQLite(t, filepath.Join(dir, fmt.Sprint(n, ".db")))
		defer store.Close()
		org, err := crm.Open(t.Context(), store, &crm.Options{NewID: crmtest.IDs(), Now: crmtest.Clock()})
		require.NoError(rt, err)
		roundTrip(rt, t, org)
	})
}

// TestRoundTripOfLinks goes by the names of parents, which come after their children.
func TestRoundTripOfLinks(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		crmtest.Seed(t, org)
		for _, format := range []importer.Kind{importer.KindCSV, importer.KindXLSX} {
			for _, names := range []bool{false, true} {
				text := export(t, org, record.Query{Order: record.By("-Account_Name")}, &importer.ExportOptions{Format: format, Names: names})
				require.Equal(t, "5 = 0 + 0 + 5 + 0 + 0", counts(again(t, org.Accounts, text)), "%s %t", format, names)
			}
		}
	})
}

// TestEveryCustomTypeIsDrawn holds that the property is of all types that there are.
func TestEveryCustomTypeIsDrawn(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	everyType(t, org)
	drawn := map[string]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		rec := org.Accounts.AsRecords().New()
		draws(rt, rec, []record.ID{record.NewID()})
		for _, d := range rec.Shape().Fields() {
			drawn[d.Type.Name()] = drawn[d.Type.Name()] || !rec.Value(d.Name).IsNull()
		}
	})
	for _, typ := range record.CustomTypes() {
		require.True(t, drawn[typ] || typ == "autonumber", typ)
	}
	require.Len(t, record.CustomTypes(), 20)
	require.True(t, slices.Contains(record.CustomTypes(), "autonumber"))
}
