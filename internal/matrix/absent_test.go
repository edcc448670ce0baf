package matrix

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// naming are the ways to name a field.
var naming = map[string]func(e *env, field string) (any, error){
	"an order": func(e *env, f string) (any, error) {
		return listed(e.recs().List(e.ctx, record.Query{Order: record.By("Account_Name", f)}))
	},
	"an order of the bin": func(e *env, f string) (any, error) {
		return listed(e.recs().List(e.ctx, record.Query{Order: record.By("-" + f), Bin: true}))
	},
	"an order of all": func(e *env, f string) (any, error) {
		for _, err := range e.recs().All(e.ctx, record.Query{Order: record.By(f)}) {
			return nil, err
		}
		return nil, nil
	},
	"a condition": func(e *env, f string) (any, error) {
		return listed(e.recs().List(e.ctx, record.Query{Where: record.Eq(f, "1")}))
	},
	"a condition of absence": func(e *env, f string) (any, error) {
		return listed(e.recs().List(e.ctx, record.Query{Where: record.Eq(f, nil)}))
	},
	"a condition within others": func(e *env, f string) (any, error) {
		return listed(e.recs().List(e.ctx, record.Query{Where: record.Or(record.Eq("Owner", "ann"), record.Not(record.And(record.Ge(f, "1"))))}))
	},
	"a condition of the bin": func(e *env, f string) (any, error) {
		return listed(e.recs().List(e.ctx, record.Query{Where: record.Lt(f, "1"), Bin: true}))
	},
	"one of several values": func(e *env, f string) (any, error) {
		return e.recs().Count(e.ctx, record.Query{Where: record.In(f, "1", "2")})
	},
	"a part of it": func(e *env, f string) (any, error) {
		return e.recs().Count(e.ctx, record.Query{Where: record.Contains(f, "1")})
	},
	"its folded text": func(e *env, f string) (any, error) {
		return e.recs().Count(e.ctx, record.Query{Where: record.Matches(f, "1")})
	},
	"a tree below": func(e *env, f string) (any, error) {
		return e.recs().Count(e.ctx, record.Query{Where: record.Under(f, e.id)})
	},
	"a tree above": func(e *env, f string) (any, error) {
		return e.recs().Count(e.ctx, record.Query{Where: record.Above(f, e.id)})
	},
	"a match": func(e *env, f string) (any, error) {
		return nil, e.recs().Matching(e.ctx, []record.Match{{Field: f, Values: []storage.Value{record.Custom("1")}}}, func(*record.Record) error { return nil })
	},
	"a sum": func(e *env, f string) (any, error) {
		return e.recs().RollUp(e.ctx, account.ParentField, e.id, record.Sum{Field: f})
	},
	"the tree of a sum": func(e *env, f string) (any, error) { return e.recs().RollUp(e.ctx, f, e.id, record.Sum{}) },
	"the condition of a sum": func(e *env, f string) (any, error) {
		return e.recs().RollUp(e.ctx, account.ParentField, e.id, record.Sum{Where: record.Eq(f, "1")})
	},
	"the members' order": func(e *env, f string) (any, error) {
		members, _, err := e.org.Accounts.Members(e.ctx, e.id, record.Query{Order: record.By(f)})
		return members, err
	},
	"JSON": func(e *env, f string) (any, error) {
		a := &account.Account{}
		return nil, e.org.Accounts.DecodeJSON(e.ctx, []byte(fmt.Sprintf(`{%q:null}`, f)), a)
	},
	"a value of a record": func(e *env, f string) (any, error) {
		rec, err := e.recs().Get(e.ctx, e.id)
		if err != nil {
			return nil, err
		}
		_, known := rec.Shape().Field(f)
		return []any{rec.Set(f, record.Custom("1")), rec.Value(f), rec.Text(f, nil), rec.Shape().At(f), known}, nil
	},
	"a custom value of a struct": func(e *env, f string) (any, error) {
		a := e.typed()
		a.Custom = map[string]storage.Value{f: record.Custom("1")}
		return nil, e.org.Accounts.Update(e.ctx, a)
	},
	"the field to match by of an import": func(e *env, f string) (any, error) { return e.run(importer.Upsert, f, "Account Name,"+f, "One,1") },
	"a header":                           func(e *env, f string) (any, error) { return importer.Suggest(e.ctx, e.org.Accounts, []string{f}) },
	"a column of an import": func(e *env, f string) (any, error) {
		got, err := e.run(importer.Add, "", "Account Name,"+f, "One,1")
		if rep, ok := got.(*importer.Report); ok && rep != nil {
			rep.Operation = record.ID{}
		}
		return got, err
	},
}

// noField is a field that there is not. Its name is as long as any, so that what counts letters counts as many.
const noField = "No_Such_Field"

// TestHiddenFieldsAreNotThere names hidden fields, and one that there is not, in every way that there is, and gets the same
// answer but for the name.
func TestHiddenFieldsAreNotThere(t *testing.T) {
	t.Parallel()
	s, n := newSecrets(t), 0
	for _, actor := range []record.Actor{"clerk", "clerk-2"} {
		hidden := hiddenFields
		if actor == "clerk-2" {
			hidden = hiddenMore
		}
		for name, ask := range naming {
			answer := func(field string) (text string) {
				err := s.org.As(actor).Update(t.Context(), func(tx *crm.Org) error {
					e := s.env(&call{}, tx, s.targets["seen by "+string(actor)])
					got, err := ask(e, field)
					text = strings.NewReplacer(field, "FIELD", folded(field), "FIELD", account.ParentField, "FIELD").Replace(texts(got, err))
					return errBack
				})
				require.ErrorIs(t, err, errBack)
				return blur(text)
			}
			want := answer(noField)
			for _, field := range hidden {
				if name == "a custom value of a struct" && !slices.Contains([]string{"Memo", "Code", "Score", "Secret_Link"}, field) {
					continue // a field of the struct is none of its custom ones
				}
				n++
				got := answer(field)
				s.asks(want == got, "%s, hidden field %s, by %s: %s", name, field, actor, difference(want, got))
			}
		}
	}
	t.Logf("%d cells", n)
}

// difference is the first line that differs.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d:\nwant %s\ngot  %s", i, w[i], g[i])
		}
	}
	return fmt.Sprintf("%d lines and not %d", len(g), len(w))
}

// folded is how a header is shown that stands for no field.
func folded(field string) string { return strings.ToLower(strings.ReplaceAll(field, "_", " ")) }

// blur takes addresses of memory out of a text.
func blur(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if strings.HasPrefix(text[i:], "0x") {
			b.WriteString("0x")
			for i += 2; i < len(text) && strings.IndexByte("0123456789abcdef", text[i]) >= 0; i++ {
			}
			i--
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
