package record_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// veil is a policy that lets everybody do everything, but hides fields.
type veil struct{ hidden []string }

func (v *veil) Rights(context.Context, *record.Session, string) (*record.Rights, error) {
	r := &record.Rights{Allowed: map[record.Right]bool{record.RightView: true, record.RightCreate: true, record.RightEdit: true, record.RightDelete: true,
		record.RightUse: true}, Fields: map[string]record.Access{}}
	for _, f := range v.hidden {
		r.Fields[f] = record.FieldHidden
	}
	for level := range r.Scopes {
		r.Scopes[level].All = true
	}
	return r, nil
}

func (v *veil) Grants(context.Context, *record.Session, string) ([]record.Grant, error) {
	return nil, nil
}

// A spent record shows nothing that its caller may not see, and is spent only where its caller runs again with it.
func TestSpendIsDiscreet(t *testing.T) {
	t.Parallel()
	v := &veil{hidden: []string{"Notes"}}
	each(t, setup{options: record.Options{Policy: v}}, func(f *fixture) {
		c := &Company{Name: "Acme", Notes: "secret"}
		f.must(companies.In(f.s.AsSystem()).Create(f.ctx, c))
		var rec, bad *record.Record
		f.must(f.s.Update(f.ctx, func(s *record.Session) (err error) {
			in := companies.In(s)
			if rec, err = in.Records.Get(f.ctx, c.ID); err != nil {
				return err
			}
			if bad, err = in.Records.Get(f.ctx, c.ID); err != nil {
				return err
			}
			rec.Set("Kind", record.Custom("Partner"))
			bad.Set("Kind", record.Custom("Enemy"))
			for _, r := range []*record.Record{bad, rec} {
				if _, err := in.Spend(f.ctx, r); err != nil {
					return err
				}
			}
			return nil
		}))
		for _, r := range []*record.Record{rec, bad} {
			text, err := json.Marshal(r)
			f.must(err)
			require.NotContains(f, string(text), "secret")
			require.Equal(f, storage.Value{}, r.Value("Notes"))
			require.NotContains(f, fmt.Sprintf("%+v", r), "secret")
		}
		stored, err := companies.In(f.s.AsSystem()).Get(f.ctx, c.ID)
		f.must(err)
		require.Equal(f, "Partner secret", stored.Kind+" "+stored.Notes)

		fresh := f.companies.New()
		fresh.Set("Company_Name", record.Custom("Globex"))
		out, err := f.companies.Spend(f.ctx, fresh)
		f.must(err)
		require.Equal(f, []record.Outcome{{Action: record.Created}}, out)
	})
}

// Nothing of a hidden field is left in a record that was read: neither its folded text nor the document that it lies in.
func TestHiddenValuesAreNotInMemory(t *testing.T) {
	t.Parallel()
	v := &veil{hidden: []string{"Nick_Name", "Memo"}}
	type Pet struct {
		record.Meta
		Name, Nick string
	}
	pets := record.Define("Pets", []record.Field[Pet]{
		record.Text("Pet_Name", 40, func(p *Pet) *string { return &p.Name }).Required(),
		record.Text("Nick_Name", 40, func(p *Pet) *string { return &p.Nick }).Folded().Sorted(),
	}, record.ModuleOptions{})
	store := openSQLite(t)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	s, err := record.Open(t.Context(), store, []*record.Schema{pets.Schema}, &record.Options{Policy: v})
	require.NoError(t, err)
	system := s.AsSystem()
	_, err = system.SaveLayout(t.Context(), "Pets", &record.Layout{Fields: []record.FieldLayout{{Name: "Memo", Type: "text"}, {Name: "Open", Type: "text"}}}, nil)
	require.NoError(t, err)
	p := &Pet{Name: "Rex", Nick: "secret", Meta: record.Meta{Custom: map[string]storage.Value{"Memo": record.Custom("secret"), "Open": record.Custom("open")}}}
	require.NoError(t, pets.In(system).Create(t.Context(), p))
	rec, err := pets.In(s).Records.Get(t.Context(), p.ID)
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%+v", rec), "secret")

	rec.Set("Open", record.Custom("other"))
	require.NoError(t, pets.In(s).Records.Update(t.Context(), rec))
	require.NotContains(t, fmt.Sprintf("%+v", rec), "secret")
	got, err := pets.In(system).Get(t.Context(), p.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"secret", "secret", "other"}, []string{got.Nick, got.Custom["Memo"].Text(), got.Custom["Open"].Text()})
	n, err := pets.In(system).Count(t.Context(), record.Query{Where: record.Matches("Nick_Name", "SECRET")})
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
	require.NoError(t, system.Verify(t.Context()))
}

// What hangs on a hidden link shows neither where it led, in the timeline, nor when it cannot come back.
func TestHiddenLinks(t *testing.T) {
	t.Parallel()
	v := &veil{hidden: []string{"Company", "Modified_By", "Modified_Time"}}
	each(t, setup{rule: record.Cascade, options: record.Options{Policy: v, Actor: "ann"}}, func(f *fixture) {
		system := f.s.AsSystem()
		c := &Company{Name: "Acme"}
		f.must(companies.In(system).Create(f.ctx, c))
		site := &Site{Name: "Dock", CompanyID: c.ID}
		f.must(f.site.In(system).Create(f.ctx, site))
		f.must(f.companies.Delete(f.ctx, c.ID))
		es, err := f.sites.Timeline(f.ctx, site.ID, time.Time{}, 0)
		f.must(err)
		require.Equal(f, record.Deleted, es[0].Action)
		require.Equal(f, "{ 00000000-0000-0000-0000-000000000000} 0", fmt.Sprintf("{%s %s} %d", es[0].Cause.Module, es[0].Cause.ID, es[0].CauseVersion))
		require.Empty(f, es[0].Actor)
		require.True(f, es[0].Time.IsZero())

		var refused *record.ValidationError
		require.ErrorAs(f, f.sites.Restore(f.ctx, site.ID), &refused)
		require.Equal(f, []record.FieldError{{Field: "Company", Code: record.CodeNotFound}}, refused.Fields)
	})
}

// The time of the last activity is hidden by its own name.
func TestHiddenLastActivity(t *testing.T) {
	t.Parallel()
	const name = "Last_Activity_Time"
	v := &veil{hidden: []string{name}}
	each(t, setup{options: record.Options{Policy: v}}, func(f *fixture) {
		c := &Company{Name: "Acme"}
		f.must(f.companies.Create(f.ctx, c))
		rec, err := f.companies.Records.Get(f.ctx, c.ID)
		f.must(err)
		_, known := rec.Shape().Field(name)
		require.False(f, known)
		require.False(f, rec.Value("Modified_Time").IsNull())
		text, err := rec.MarshalJSON()
		f.must(err)
		require.NotContains(f, string(text), name)
		f.equal("0.Last_Activity_Time=INVALID_FIELD", codes(rec.UnmarshalJSON([]byte(`{"Last_Activity_Time":null}`))))
		_, _, err = f.companies.List(f.ctx, record.Query{Order: record.By(name)})
		f.equal("0.Last_Activity_Time=INVALID_FIELD", codes(err))
	})
}

// A policy may hide when a record was deleted, and by whom: then no list of the bin tells.
func TestHiddenDeletion(t *testing.T) {
	t.Parallel()
	v := &veil{hidden: []string{"Deleted_Time", "Deleted_By"}}
	each(t, setup{options: record.Options{Policy: v, Actor: "ann"}}, func(f *fixture) {
		var made []record.ID
		for _, name := range []string{"a", "b", "c"} {
			made = append(made, f.make(name, record.ID{}).ID)
		}
		slices.SortFunc(made, func(a, b record.ID) int { return bytes.Compare(a[:], b[:]) })
		f.must(f.companies.Delete(f.ctx, made[1], made[0], made[2]))
		for _, name := range v.hidden {
			_, _, err := f.companies.List(f.ctx, record.Query{Bin: true, Order: record.By(name)})
			f.equal("0."+name+"=INVALID_FIELD", codes(err))
			_, err = f.companies.Count(f.ctx, record.Query{Bin: true, Where: record.Not(record.Eq(name, nil))})
			f.equal("0."+name+"=INVALID_FIELD", codes(err))
		}
		var found []record.ID
		for c, err := range f.companies.All(f.ctx, record.Query{Bin: true, Limit: 1}) {
			f.must(err)
			f.equal(record.Actor(""), c.DeletedBy)
			require.True(f, c.DeletedTime.IsZero())
			found = append(found, c.ID)
		}
		f.equal(made, found)
		f.must(f.companies.Restore(f.ctx, made...))
	})
}
