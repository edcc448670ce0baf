package account_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

// each runs fn on every store.
func each(t *testing.T, fn func(t *testing.T, org *crm.Org)) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) storage.Store{
		"memory": func(*testing.T) storage.Store { return memory.New(nil) },
		"sqlite": func(t *testing.T) storage.Store {
			s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"), nil)
			require.NoError(t, err)
			return s
		},
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

// extremes are the longest value that a type takes, and one that is too long. A type without a limit has no such one.
type extremes struct {
	most, over storage.Value
	limit      string // characters, digits, or digits before and after the point
}

// extremesOf asks a type for its limit, which it names when it refuses.
func extremesOf(t *testing.T, of record.Type) extremes {
	t.Helper()
	parse := func(text string) storage.Value {
		v, p := of.Parse(text, nil)
		require.True(t, p.OK(), "%s: %v", of.Name(), p)
		return v
	}
	limit := func(huge storage.Value) int {
		_, p := of.Clean(huge)
		require.Contains(t, p.Args, "limit", of.Name())
		return p.Args["limit"].(int)
	}
	switch of.Kind() {
	case storage.Text:
		if of.Name() == "date" {
			return extremes{most: parse("2026-01-05")}
		}
		form := map[string]struct{ head, letter, tail string }{
			"website": {"acme.example/", "a", ""}, "phone": {"", "1", ""}, "email": {"", "a", "@acme.example"},
		}[of.Name()]
		if form.letter == "" {
			form.letter = "客"
		}
		n := limit(storage.TextValue(strings.Repeat("1", 1<<20)))
		text := func(n int) storage.Value {
			return parse(form.head + strings.Repeat(form.letter, n-len(form.head)-len(form.tail)) + form.tail)
		}
		return extremes{text(n), text(n + 1), strconv.Itoa(n)}
	case storage.Int:
		n := limit(storage.IntValue(math.MaxInt64))
		most := parse(strings.Repeat("9", n))
		return extremes{most, storage.IntValue(most.Int64() + 1), strconv.Itoa(n)}
	case storage.Decimal:
		whole, fraction := limit(parse(strings.Repeat("9", storage.MaxWhole))), limit(parse("0."+strings.Repeat("9", storage.MaxFraction)))
		return extremes{parse(strings.Repeat("9", whole) + "." + strings.Repeat("9", fraction)),
			parse("1" + strings.Repeat("0", whole)), fmt.Sprintf("%d.%d", whole, fraction)}
	case storage.Bool:
		return extremes{most: storage.BoolValue(true)}
	case storage.Time:
		return extremes{most: storage.TimeValue(crmtest.Start)}
	case storage.Ref:
		return extremes{most: storage.RefValue(record.NewID())}
	}
	require.Fail(t, "no values of this type", of.Name())
	return extremes{}
}

// full is an account with every field filled to its limit, but for the parent.
func full(t *testing.T, org *crm.Org) *account.Account {
	t.Helper()
	rec := org.Accounts.New()
	for _, f := range account.Fields {
		if d := f.Def(); d.To == "" {
			require.True(t, rec.Set(d.Name, extremesOf(t, d.Type).most), d.Name)
		}
	}
	a := org.Accounts.Decode(rec)
	a.Owner, a.Tags = "bob", []string{"key", "2026"}
	return a
}

func TestEveryFieldToItsLimit(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		a := full(t, org)
		require.NoError(t, org.Accounts.Create(t.Context(), a))
		got, err := org.Accounts.Get(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, a, got)
		want := full(t, org)
		want.Meta = got.Meta
		require.Equal(t, want, got)
		require.Equal(t, strings.Repeat("客", 100), got.Name)
		require.Equal(t, "9999999999999999.9999", got.AnnualRevenue.Decimal.String())

		rec := org.Accounts.New()
		var long, refused []string
		for _, f := range account.Fields {
			if d, x := f.Def(), extremesOf(t, f.Def().Type); x.limit != "" {
				require.True(t, rec.Set(d.Name, x.over), d.Name)
				long = append(long, d.Name)
			}
		}
		err = org.Accounts.Create(t.Context(), org.Accounts.Decode(rec))
		var ve *record.ValidationError
		require.ErrorAs(t, err, &ve)
		for _, f := range ve.Fields {
			require.Equal(t, record.CodeInvalid, f.Code)
			require.Equal(t, f.Args["limit"].(int)+1, f.Args["length"], f.Field)
			for _, lang := range []record.Language{record.English, record.Chinese} {
				require.Contains(t, f.Message(lang), fmt.Sprint(f.Args["limit"]))
				require.Contains(t, f.Message(lang), fmt.Sprint(f.Args["length"]))
			}
			refused = append(refused, f.Field)
		}
		require.ElementsMatch(t, long, refused)

		fine := &account.Account{Name: "n", Fax: "n/a", AnnualRevenue: decimal.NewNullDecimal(decimal.RequireFromString("0.00005"))}
		err = org.Accounts.Create(t.Context(), fine)
		require.EqualError(t, err, "record: invalid: Annual_Revenue INVALID_DATA limit 4 length 5 unit decimal places")
		fine.AnnualRevenue = decimal.NullDecimal{}
		require.NoError(t, org.Accounts.Create(t.Context(), fine))
		err = org.Accounts.Create(t.Context(), &account.Account{Name: "n", Phone: "none", Website: "nowhere"})
		require.EqualError(t, err, "record: invalid: Phone INVALID_DATA expected phone limit 30 length 4; Website INVALID_DATA expected url limit 255 length 7")
	})
}

var update = flag.Bool("update", false, "rewrite the golden files")

// TestFields holds the table against testdata/fields.txt: the names, labels, types and limits that users know.
func TestFields(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, d := range crmtest.New(t).Accounts.Shape().Fields() {
		words := []string{d.Name, d.English, d.Chinese, strings.TrimSpace(d.Type.Name() + " " + extremesOf(t, d.Type).limit)}
		for _, w := range []struct {
			is   bool
			name string
		}{{d.Required, "required"}, {d.ReadOnly, "read-only"}, {d.NoClone, "not cloned"}} {
			if w.is {
				words = append(words, w.name)
			}
		}
		fmt.Fprintln(&b, strings.Join(words, " | "))
	}
	golden := filepath.Join("testdata", "fields.txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "when that is meant: go test ./account -update")
}

// members calls fn for every member of an account but Meta, those of its addresses too.
func members(v reflect.Value, path string, fn func(name string, v reflect.Value)) {
	for i := range v.NumField() {
		switch f, m := v.Type().Field(i), v.Field(i); {
		case f.Name == "Meta":
		case m.Kind() == reflect.Struct && f.Type.PkgPath() == v.Type().PkgPath():
			members(m, path+f.Name+".", fn)
		default:
			fn(path+f.Name, m)
		}
	}
}

// TestStructAndTableAgree sets each field alone: it sets one member, which no other field sets, and none is left over.
func TestStructAndTableAgree(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	fieldOf := map[string]string{}
	for _, f := range account.Fields {
		d := f.Def()
		rec := org.Accounts.New()
		require.True(t, rec.Set(d.Name, extremesOf(t, d.Type).most), d.Name)
		a := org.Accounts.Decode(rec)
		require.Equal(t, rec.Value(d.Name), org.Accounts.Encode(a).Value(d.Name), d.Name)
		members(reflect.ValueOf(*a), "", func(name string, v reflect.Value) {
			if !v.IsZero() {
				require.Empty(t, fieldOf[name], "%s and %s set the same member", fieldOf[name], d.Name)
				fieldOf[name] = d.Name
			}
		})
	}
	require.Len(t, fieldOf, len(account.Fields))
	members(reflect.ValueOf(account.Account{}), "", func(name string, _ reflect.Value) {
		require.NotEmpty(t, fieldOf[name], "no field of the table sets %s", name)
	})
}

func TestPickListsInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		a := &account.Account{Name: "a", Type: "合作伙伴", Ownership: "上市公司", Rating: "-None-", Industry: "Shipbuilding"}
		require.NoError(t, org.Accounts.Create(t.Context(), a))
		require.Equal(t, "Partner|Public Company||Shipbuilding", a.Type+"|"+a.Ownership+"|"+a.Rating+"|"+a.Industry)
		rec, err := org.Accounts.Records.Get(t.Context(), a.ID)
		require.NoError(t, err)
		require.Equal(t, "合作伙伴", rec.Text("Account_Type", &record.Locale{Language: record.Chinese}))
		for _, list := range []*record.PickValues{account.Types, account.Ownerships, account.Ratings, account.Industries} {
			labels := map[string]bool{} // each value has one, of its own
			for _, v := range list.Values {
				require.True(t, v.Chinese != "" && !labels[v.Chinese], v.Actual)
				labels[v.Chinese] = true
			}
		}
		require.Equal(t, "Partner", rec.Text("Account_Type", nil))
	})
}

func TestClone(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		parent := &account.Account{Name: "parent"}
		require.NoError(t, org.Accounts.Create(t.Context(), parent))
		a := full(t, org)
		a.ParentID = parent.ID
		require.NoError(t, org.Accounts.Create(t.Context(), a))
		member := &account.Account{Name: "member", ParentID: a.ID}
		require.NoError(t, org.Accounts.Create(t.Context(), member))

		draft, err := org.Accounts.CloneDraft(t.Context(), a.ID)
		require.NoError(t, err)
		want := *a
		want.Meta = record.Meta{Owner: "bob"}
		require.Equal(t, &want, draft)
		n, err := org.Accounts.Count(t.Context(), record.Query{})
		require.NoError(t, err)
		require.Equal(t, int64(3), n) // a draft is not stored

		c, err := org.As("eve").Accounts.Clone(t.Context(), a.ID, func(c *account.Account) { c.Name = "copy" })
		require.NoError(t, err)
		require.Equal(t, "copy bob eve clone", fmt.Sprint(c.Name, " ", c.Owner, " ", c.CreatedBy, " ", c.Source))
		require.Equal(t, parent.ID, c.ParentID)
		require.NotEqual(t, a.ID, c.ID)
		members, _, err := org.Accounts.Members(t.Context(), c.ID, record.Query{})
		require.NoError(t, err)
		require.Empty(t, members)
		_, err = org.Accounts.Clone(t.Context(), a.ID, func(c *account.Account) { c.Name = "" })
		var ve *record.ValidationError
		require.ErrorAs(t, err, &ve)
		_, err = org.Accounts.Clone(t.Context(), record.NewID(), nil)
		require.ErrorIs(t, err, record.ErrNotFound)
	})
}
