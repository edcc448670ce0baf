package record_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// save stores a layout of companies as these fields.
func (f *fixture) save(o *record.LayoutOptions, fields ...record.FieldLayout) (*record.LayoutReport, error) {
	f.Helper()
	l, err := f.s.Layout(f.ctx, "Companies")
	f.must(err)
	l.Fields = fields
	return f.s.SaveLayout(f.ctx, "Companies", l, o)
}

func (f *fixture) saved(fields ...record.FieldLayout) {
	f.Helper()
	rep, err := f.save(nil, fields...)
	f.must(err)
	require.Empty(f, rep.Violations)
}

// violations is what a LayoutError says, in short.
func violations(err error) string {
	var le *record.LayoutError
	if !errors.As(err, &le) {
		return fmt.Sprint(err)
	}
	return inShort(le.Violations)
}

func inShort(vs []record.Violation) string {
	var parts []string
	for _, v := range vs {
		parts = append(parts, fmt.Sprintf("%s=%s %d of %d", v.Field, v.Code, len(v.First), v.Records))
	}
	return strings.Join(parts, " ")
}

// custom makes a company with custom values.
func (f *fixture) custom(name string, values map[string]storage.Value) *Company {
	f.Helper()
	c := &Company{Name: name}
	c.Custom = values
	f.must(f.companies.Create(f.ctx, c))
	return c
}

func TestCustomFieldsBehaveLikeStandardOnes(t *testing.T) {
	each(t, setup{}, func(f *fixture) {
		f.saved(record.FieldLayout{Name: "Region", Type: "text", English: "Region", Chinese: "地区", Limit: 10},
			record.FieldLayout{Name: "Score", Type: "integer", Indexed: true}, record.FieldLayout{Name: "Budget", Type: "currency", Required: true},
			record.FieldLayout{Name: "Met_Again", Type: "datetime"}, record.FieldLayout{Name: "Flag", Type: "boolean"})
		err := f.companies.Create(f.ctx, &Company{Name: "a", Meta: record.Meta{Custom: map[string]storage.Value{
			"Region": record.Custom("far too long a region"), "Score": record.Custom("ten"), "Nothing": record.Custom(1)}}})
		f.equal("0.Nothing=INVALID_FIELD 0.Score=INVALID_DATA 0.Region=INVALID_DATA 0.Budget=MANDATORY_NOT_FOUND", codes(err))

		met := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		for i, region := range []string{"north", "south", "east"} {
			values := map[string]storage.Value{"Region": record.Custom(region), "Score": record.Custom(10 * (i + 1)), "Budget": record.Custom(5)}
			if i == 0 {
				values["Met_Again"], values["Flag"] = record.Custom(met), record.Custom(true)
			}
			f.custom(region, values)
		}
		f.custom("none", map[string]storage.Value{"Budget": record.Custom(1)})
		f.equal([]string{"none", "east", "north", "south"}, f.names(record.Query{Order: record.By("Region")}))
		f.equal([]string{"east", "south", "north", "none"}, f.names(record.Query{Order: record.By("-Score"), Limit: 1}))
		f.equal([]string{"south", "east"}, f.names(record.Query{Where: record.Gt("Score", 10)}))
		f.equal([]string{"south"}, f.names(record.Query{Where: record.Contains("Region", "out")}))
		f.equal([]string{"north"}, f.names(record.Query{Where: record.And(record.Eq("Met_Again", met), record.Eq("Flag", true))}))
		f.equal([]string{"none"}, f.names(record.Query{Where: record.Eq("Score", nil)}))
		totals, err := f.companies.RollUp(f.ctx, "Parent", f.find("south").ID, record.Sum{Field: "Score"}, record.Sum{Field: "Budget"})
		f.must(err)
		f.equal("20 5", totals[0].Sum.String()+" "+totals[1].Sum.String())

		c := f.find("north")
		f.equal("5", c.Custom["Budget"].Text())
		b, err := f.companies.EncodeJSON(f.ctx, c)
		f.must(err)
		require.Contains(t, string(b), `"Region":"north","Score":10,"Budget":5,"Met_Again":"2026-03-01T10:00:00Z","Flag":true`)
		f.must(f.companies.DecodeJSON(f.ctx, []byte(`{"Region":"west","Flag":null}`), c))
		f.must(f.companies.Update(f.ctx, c))
		c = f.find("north")
		f.equal("west", c.Custom["Region"].Text())
		f.equal(4, len(c.Custom)) // without the flag
		c.Custom = nil            // what is not named stays
		c.Notes = "x"
		f.must(f.companies.Update(f.ctx, c))
		f.equal("west", f.find("north").Custom["Region"].Text())
		es, err := f.companies.Timeline(f.ctx, c.ID, time.Time{}, 0)
		f.must(err)
		f.equal([]record.Change{{Field: "Flag", Old: storage.BoolValue(true)},
			{Field: "Region", Old: storage.TextValue("north"), New: storage.TextValue("west")}}, sorted(es[1].Changes))
		draft, err := f.companies.Records.CloneDraft(f.ctx, c.ID)
		f.must(err)
		f.equal("west", draft.Value("Region").Text())
		usage, n, err := f.companies.Usage(f.ctx)
		f.must(err)
		used := map[string]int64{}
		for _, u := range usage {
			used[u.Field] = u.Records
		}
		f.equal([]int64{4, 3, 4, 1, 0}, []int64{n, used["Score"], used["Budget"], used["Met_Again"], used["Flag"]})

		// A field that is left out keeps its values, and brings them back.
		f.saved(record.FieldLayout{Name: "Budget", Type: "currency"})
		f.equal(map[string]storage.Value{"Budget": c.customOf("Budget", f)}, f.find("north").Custom)
		f.must(f.companies.Edit(f.ctx, c.ID, func(c *Company) error { c.Notes = "y"; return nil }))
		f.saved(record.FieldLayout{Name: "Region", Type: "text", Limit: 10}, record.FieldLayout{Name: "Score", Type: "integer", Indexed: true})
		f.equal("west", f.find("north").Custom["Region"].Text())
		f.equal([]string{"none", "north", "south", "east"}, f.names(record.Query{Order: record.By("Score")}))
	})
}

// customOf returns a custom value of the company as it is stored.
func (c *Company) customOf(name string, f *fixture) storage.Value { return f.get(c.ID).Custom[name] }

func (f *fixture) find(name string) *Company {
	f.Helper()
	cs, _, err := f.companies.List(f.ctx, record.Query{Where: record.Eq("Company_Name", name)})
	f.must(err)
	require.Len(f, cs, 1)
	return cs[0]
}

func TestCustomLookup(t *testing.T) {
	each(t, setup{}, func(f *fixture) {
		f.saved(record.FieldLayout{Name: "Rival", Type: "lookup", To: "Companies"},
			record.FieldLayout{Name: "Part_Of", Type: "lookup", To: "Companies", OnDelete: record.Cascade})
		a, b := f.make("a", record.ID{}), f.make("b", record.ID{})
		err := f.companies.Create(f.ctx, &Company{Name: "x", Meta: record.Meta{Custom: map[string]storage.Value{"Rival": record.Custom(record.NewID())}}})
		f.equal("0.Rival=NOT_FOUND", codes(err))
		c := f.custom("c", map[string]storage.Value{"Rival": record.Custom(a.ID), "Part_Of": record.Custom(b.ID)})
		f.must(f.companies.Delete(f.ctx, a.ID))
		f.equal(record.Custom(b.ID), f.get(c.ID).Custom["Part_Of"])
		f.equal(1, len(f.get(c.ID).Custom))
		f.must(f.companies.Restore(f.ctx, a.ID))
		f.equal(record.Custom(a.ID), f.get(c.ID).Custom["Rival"])
		f.must(f.companies.Delete(f.ctx, b.ID)) // and c with it
		_, err = f.companies.Get(f.ctx, c.ID)
		require.ErrorIs(t, err, record.ErrNotFound)
		f.must(f.companies.Restore(f.ctx, b.ID))
		f.equal(2, len(f.get(c.ID).Custom))
	})
}

func TestUniqueFields(t *testing.T) {
	each(t, setup{}, func(f *fixture) {
		a := &Company{Name: "a", Website: "acme.example"}
		b := &Company{Name: "b", Website: "ACME.example"}
		f.must(f.companies.Create(f.ctx, a, b, &Company{Name: "c"}, &Company{Name: "d"}))
		_, err := f.save(nil, record.FieldLayout{Name: "Website", Unique: true})
		f.equal("Website=DUPLICATE_DATA 2 of 1", violations(err))
		var le *record.LayoutError
		require.ErrorAs(t, err, &le)
		require.ElementsMatch(t, []record.ID{a.ID, b.ID}, le.Violations[0].First)
		f.must(f.companies.Create(f.ctx, &Company{Name: "still", Website: "acme.example"})) // nothing was changed
		f.must(f.companies.Delete(f.ctx, b.ID, f.find("still").ID))
		f.saved(record.FieldLayout{Name: "Website", Unique: true}, record.FieldLayout{Name: "Code", Type: "text", Unique: true})

		err = f.companies.Create(f.ctx, &Company{Name: "e", Website: "Acme.Example"})
		f.equal("0.Website=DUPLICATE_DATA", codes(err))
		var ve *record.ValidationError
		require.ErrorAs(t, err, &ve)
		f.equal(record.Args{"record": a.ID}, ve.Fields[0].Args)
		err = f.companies.Restore(f.ctx, b.ID)
		f.equal("0.Website=DUPLICATE_DATA", codes(err))
		err = f.companies.Create(f.ctx, &Company{Name: "f", Website: "one.example"}, &Company{Name: "g", Website: "one.example"})
		f.equal("1.Website=DUPLICATE_DATA", codes(err))

		// Two records change places in one call; one after the other they cannot.
		c, d := f.find("c"), f.find("d")
		c.Website, d.Website = "c.example", "d.example"
		f.must(f.companies.Update(f.ctx, c, d))
		c.Website, d.Website = "d.example", "c.example"
		out, err := f.companies.Put(f.ctx, c, d)
		f.must(err)
		f.equal([]record.Action{record.Failed, record.Failed}, []record.Action{out[0].Action, out[1].Action})
		f.must(f.companies.Update(f.ctx, c, d))
		f.equal("d.example", f.get(c.ID).Website)
		f.must(f.companies.Edit(f.ctx, a.ID, func(a *Company) error { a.Website = ""; return nil }))
		f.must(f.companies.Restore(f.ctx, b.ID)) // its value is free now
		f.equal("0.Code=DUPLICATE_DATA", codes(func() error {
			f.custom("h", map[string]storage.Value{"Code": record.Custom("é1")})
			return f.companies.Create(f.ctx, &Company{Name: "i", Meta: record.Meta{Custom: map[string]storage.Value{"Code": record.Custom("É1")}}})
		}()))
		f.saved()
		f.must(f.companies.Create(f.ctx, &Company{Name: "j", Website: "d.example"}))
	})
}

func TestOneOfSixteenGetsTheValue(t *testing.T) {
	each(t, setup{}, func(f *fixture) {
		f.saved(record.FieldLayout{Name: "Website", Unique: true})
		var wg sync.WaitGroup
		errs := make([]error, 16)
		for i := range errs {
			wg.Go(func() {
				errs[i] = f.companies.Create(f.ctx, &Company{Name: fmt.Sprint("c", i), Website: "one.example"})
			})
		}
		wg.Wait()
		stored := f.find("c" + fmt.Sprint(indexOfNil(errs)))
		refused := 0
		for _, err := range errs {
			var ve *record.ValidationError
			if errors.As(err, &ve) {
				refused++
				f.equal([]record.FieldError{{Field: "Website", Code: record.CodeDuplicate, Args: record.Args{"record": stored.ID}}}, ve.Fields)
			}
		}
		f.equal(15, refused)
		f.equal([]string{stored.Name}, f.names(record.Query{}))
	})
}

func indexOfNil(errs []error) int {
	for i, err := range errs {
		if err == nil {
			return i
		}
	}
	return -1
}

func TestAutoNumbersNeverRepeat(t *testing.T) {
	each(t, setup{}, func(f *fixture) {
		f.make("before", record.ID{})
		f.saved(record.FieldLayout{Name: "No", Type: "autonumber", Number: &record.Numbering{Prefix: "C-", Start: 7, Digits: 4}})
		a, b := f.make("a", record.ID{}), f.make("b", record.ID{})
		f.equal("C-0007 C-0008", a.Custom["No"].Text()+" "+b.Custom["No"].Text())
		require.Error(t, f.s.Update(f.ctx, func(s *record.Session) error {
			f.must(f.companies.In(s).Create(f.ctx, &Company{Name: "lost"}))
			return errors.New("taken back")
		}))
		f.must(f.companies.Delete(f.ctx, b.ID))
		f.must(f.companies.Purge(f.ctx, b.ID))
		again := &Company{Meta: record.Meta{ID: a.ID}, Name: "a"} // whose answer was lost
		f.must(f.companies.Create(f.ctx, again))
		f.equal("C-0007", again.Custom["No"].Text())
		f.saved(record.FieldLayout{Name: "No", Type: "autonumber", Number: &record.Numbering{Prefix: "D-"}})
		c := f.make("c", record.ID{})
		f.equal("D-9", c.Custom["No"].Text())
		c.Custom["No"] = record.Custom("D-1")
		c.Notes = "n"
		f.must(f.companies.Update(f.ctx, c))
		f.equal("D-9", f.get(c.ID).Custom["No"].Text())
		f.equal(0, len(f.find("before").Custom))
	})
}

func TestLayoutsThatWouldLoseData(t *testing.T) {
	each(t, setup{}, func(f *fixture) {
		f.saved(record.FieldLayout{Name: "Size", Type: "text"}, record.FieldLayout{Name: "Level", Type: "picklist",
			Values: []record.PickValue{{Actual: "Gold"}, {Actual: "Silver"}, {Actual: "Tin"}}})
		size, level := func(s string) storage.Value { return record.Custom(s) }, func(s string) storage.Value { return record.Custom(s) }
		a := f.custom("a", map[string]storage.Value{"Size": size("12"), "Level": level("Gold")})
		b := f.custom("b", map[string]storage.Value{"Size": size("large"), "Level": level("Tin")})
		c := f.custom("c", map[string]storage.Value{"Level": level("Tin")})
		f.must(f.companies.Delete(f.ctx, c.ID)) // the bin counts
		closed := true
		fields := []record.FieldLayout{{Name: "Size", Type: "integer"}, {Name: "Notes", Required: true}, {Name: "Level", Type: "picklist", Closed: &closed,
			Values: []record.PickValue{{Actual: "Gold"}, {Actual: "Silver", Retired: true}}}, {Name: "Website", Limit: 50}}
		_, err := f.save(nil, fields...)
		f.equal("Notes=MANDATORY_NOT_FOUND 3 of 3 Size=INVALID_DATA 1 of 1 Level=INVALID_DATA 2 of 2", violations(err))
		_, err = f.save(&record.LayoutOptions{Keep: []string{"Size", "Notes"}, Clear: []string{"Notes"}, Replace: map[string]map[string]string{"Nix": nil}}, fields...)
		f.equal("0.Size=INVALID_DATA 0.Notes=INVALID_DATA 0.Notes=INVALID_DATA 0.Nix=INVALID_FIELD", codes(err))
		f.equal("large", f.get(b.ID).Custom["Size"].Text())

		rep, err := f.save(&record.LayoutOptions{Keep: []string{"Notes"}, Clear: []string{"Size"},
			Replace: map[string]map[string]string{"Level": {"Tin": "Gold"}}}, fields...)
		f.must(err)
		f.equal("Notes=MANDATORY_NOT_FOUND 3 of 3", inShort(rep.Violations))
		f.equal([]int64{3, 1}, []int64{rep.Converted, rep.Cleared})
		f.equal(int64(12), f.get(a.ID).Custom["Size"].Int64())
		f.equal(map[string]storage.Value{"Level": level("Gold")}, f.get(b.ID).Custom)
		es, err := f.companies.Timeline(f.ctx, b.ID, time.Time{}, 1)
		f.must(err)
		f.equal([]record.Change{{Field: "Level", Old: level("Tin"), New: level("Gold")}, {Field: "Size", Old: size("large")}}, sorted(es[0].Changes))
		f.equal("0.Notes=MANDATORY_NOT_FOUND", codes(f.companies.Create(f.ctx, &Company{Name: "d"})))
		f.must(f.companies.Edit(f.ctx, a.ID, func(a *Company) error { a.Website = "a.example"; return nil })) // what was empty may stay

		// What was converted can be put back where the fields take it again.
		_, err = f.s.Undo(f.ctx, rep.Operation, true)
		require.ErrorIs(t, err, record.ErrConflict)
		f.saved(record.FieldLayout{Name: "Size", Type: "text"}, record.FieldLayout{Name: "Level", Type: "picklist",
			Values: []record.PickValue{{Actual: "Gold"}, {Actual: "Tin"}}})
		undone, err := f.s.Undo(f.ctx, rep.Operation, false)
		f.must(err)
		f.equal(&record.UndoReport{PutBack: 2, Kept: []record.Link{{Module: "Companies", ID: a.ID}}}, undone) // a has changed since
		f.equal(map[string]storage.Value{"Level": level("Tin"), "Size": size("large")}, f.get(b.ID).Custom)
		f.equal(map[string]storage.Value{"Level": level("Gold"), "Size": size("12")}, f.get(a.ID).Custom)
	})
}

// A list by a new indexed field has the records from before, which have no value in it.
func TestNewIndexedField(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		f.make("a", record.ID{})
		b := f.make("b", record.ID{})
		f.must(f.companies.Delete(f.ctx, b.ID))
		f.saved(record.FieldLayout{Name: "X", Type: "integer", Indexed: true}, record.FieldLayout{Name: "Y", Type: "lookup", To: "Companies"})
		f.custom("c", map[string]storage.Value{"X": record.Custom(1)})
		for _, field := range []string{"X", "Y"} {
			f.equal([]string{"a", "c"}, f.names(record.Query{Order: record.By(field)}))
			f.equal([]string{"b"}, f.names(record.Query{Order: record.By(field), Bin: true}))
		}
	})
}

// Records without a value stand against a new field that asks for one, as against any that asks for it newly.
func TestNewRequiredField(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		x := record.FieldLayout{Name: "X", Type: "integer", Required: true}
		f.saved(record.FieldLayout{Name: "Z", Type: "integer", Required: true}) // nobody stands against it
		a := f.custom("a", map[string]storage.Value{"Z": record.Custom(1)})
		_, err := f.save(nil, x)
		f.equal("X=MANDATORY_NOT_FOUND 1 of 1", violations(err))
		rep, err := f.save(&record.LayoutOptions{Keep: []string{"X"}}, x)
		f.must(err)
		f.equal("X=MANDATORY_NOT_FOUND 1 of 1", inShort(rep.Violations))
		f.must(f.companies.Edit(f.ctx, a.ID, func(a *Company) error { a.Notes = "seen"; return nil })) // what was empty may stay
		f.equal("0.X=MANDATORY_NOT_FOUND", codes(f.companies.Create(f.ctx, &Company{Name: "b"})))
	})
}

func sorted(cs []record.Change) []record.Change {
	if len(cs) > 1 && cs[0].Field > cs[1].Field {
		cs[0], cs[1] = cs[1], cs[0]
	}
	return cs
}

func TestLayoutIsVersioned(t *testing.T) {
	each(t, setup{}, func(f *fixture) {
		first, err := f.s.Layout(f.ctx, "Companies")
		f.must(err)
		f.saved(record.FieldLayout{Name: "Email", Hidden: true})
		_, err = f.s.SaveLayout(f.ctx, "Companies", first, nil)
		require.ErrorIs(t, err, record.ErrStale)
		_, ok := f.companies.Shape().Field("Email")
		require.False(t, ok)
		_, _, err = f.companies.List(f.ctx, record.Query{Where: record.Eq("Email", "x@y.example")})
		f.equal("0.Email=INVALID_FIELD", codes(err))
		history, err := f.s.SettingHistory(f.ctx, "layout.Companies")
		f.must(err)
		require.Len(t, history, 1)
		_, err = f.s.Layout(f.ctx, "Nowhere")
		require.Error(t, err)
	})
}

func TestOrganization(t *testing.T) {
	each(t, setup{}, func(f *fixture) {
		require.Error(t, f.s.SaveOrganization(f.ctx, &record.Organization{TimeZone: "Mars/Olympus"}))
		require.Error(t, f.s.SaveOrganization(f.ctx, &record.Organization{Language: "tlh"}))
		require.Error(t, f.s.SaveOrganization(f.ctx, &record.Organization{Currency: "yuan"}))
		f.must(f.s.SaveOrganization(f.ctx, &record.Organization{TimeZone: "Asia/Shanghai", Language: record.Chinese, Currency: "CNY"}))
		f.must(f.companies.Create(f.ctx, &Company{Name: "a", Met: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}))
		f.equal([]string{"a"}, f.names(record.Query{Where: record.Eq("Met", "2026-01-02 08:00")}))
		f.equal(record.Chinese, f.s.Locale().Language)
		f.equal(record.English, f.s.In(record.Locale{Language: record.English}).Locale().Language)
	})
}
