package importer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/storage/memory"
)

// FuzzMapping maps headers that are anything, by names and by what somebody asks for: no field gets two columns, and what is
// refused is told before the first row.
func FuzzMapping(f *testing.F) {
	f.Add("Account Name\nPhone", "", "Account_Name", "Phone", "x")
	f.Add("客户名称\n电话\n电话", "Firma=Account_Name", "", "", "")
	f.Add("Company\nAccount Name\n\nRecord Id\nTag", "Company=\nTag=Phone", "id", "Parent_Account", "Account_Name")
	f.Add("a\nb\nc", "a=Account_Name\nb=Account_Name", "Account_Name\nPhone", "Employees", "12")
	org, err := crm.Open(context.Background(), memory.New(nil), nil)
	if err != nil {
		f.Fatal(err)
	}
	lines := func(s string) []string { return strings.Split(strings.ToValidUTF8(s, "?"), "\n") }
	f.Fuzz(func(t *testing.T, header, given, match, field, option string) {
		src := &fixed{header: lines(header)}
		src.rows = []importer.Row{{Line: 2, Cells: slices.Repeat([]string{"1"}, len(src.header))}}
		o := &importer.Options{Fields: map[string]importer.FieldOptions{}, Columns: map[string]string{}}
		for _, pair := range lines(given) {
			if h, f, ok := strings.Cut(pair, "="); ok {
				o.Columns[h] = f
			}
		}
		if match != "" {
			o.Match = lines(match)
		}
		if field != "" && utf8.ValidString(field+option) {
			o.Fields[field] = []importer.FieldOptions{{Default: option}, {LookupBy: option}, {Dates: importer.DateOrder(option)}, {Clear: true}, {Create: true}}[len(option)%5]
		}
		if _, err := importer.Suggest(t.Context(), org.Accounts, src.header); err != nil {
			t.Fatal(err)
		}
		planned, err := importer.Plan(t.Context(), org.Accounts, src, o, nil)
		if err != nil {
			if he := (*importer.HeaderError)(nil); !errors.As(err, &he) || len(he.Problems) == 0 {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if planned.Read != 1 || !planned.Balanced() {
			t.Fatalf("%+v", planned.Counts)
		}
		seen := map[string]bool{}
		for _, c := range planned.Columns {
			if c.Use == importer.Imported && seen[c.Field] {
				t.Fatalf("%s twice: %+v", c.Field, planned.Columns)
			}
			seen[c.Field] = true
		}
	})
}
