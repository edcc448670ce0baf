package record_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// Visit is a record that its module puts aside when it is over.
type Visit struct {
	record.Meta
	Name string
	Next record.ID
	Over *bool
}

var visits = record.Define("Visits", []record.Field[Visit]{
	record.Text("Visit_Name", 20, func(v *Visit) *string { return &v.Name }).Required().Folded().Sorted(),
	record.Lookup("Next", func(v *Visit) *record.ID { return &v.Next }).To("Visits"),
	record.Bool("Over", func(v *Visit) **bool { return &v.Over }).ReadOnly(),
}, record.ModuleOptions{Aside: "Over", Hooks: []record.Hook{func(_ context.Context, _ *record.Session, old, rec *record.Record) error {
	if old != nil && old.Value("Over").Bool() {
		return &record.ValidationError{Fields: []record.FieldError{{Field: "Over", Code: record.CodeReadOnly}}}
	}
	return nil
}}})

func openVisits(t *testing.T, o *record.Options) (*record.Session, *record.Module[Visit]) {
	store := memory.New(nil)
	s, err := record.Open(t.Context(), store, []*record.Schema{visits.Schema}, o)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.AsSystem().Verify(context.WithoutCancel(t.Context())))
		require.NoError(t, store.Close())
	})
	return s, visits.In(s)
}

func over(rec *record.Record) error {
	rec.Set("Over", storage.BoolValue(true))
	return nil
}

func TestAside(t *testing.T) {
	t.Parallel()
	s, vs := openVisits(t, nil)
	ctx := t.Context()
	first, second := &Visit{Name: "first"}, &Visit{Name: "second"}
	require.NoError(t, vs.Create(ctx, first, second))
	require.NoError(t, vs.Amend(ctx, record.Converted, first.ID, over))
	for _, c := range []struct {
		q    record.Query
		want []string
	}{
		{record.Query{}, []string{"second"}},
		{record.Query{Aside: record.AsideOnly, Order: record.By("Visit_Name")}, []string{"first"}},
		{record.Query{Aside: record.AsideToo, Where: record.Contains("Visit_Name", "s"), Order: record.By("Visit_Name")}, []string{"first", "second"}},
		{record.Query{Bin: true}, nil},
	} {
		var names []string
		for v, err := range vs.All(ctx, c.q) {
			require.NoError(t, err)
			names = append(names, v.Name)
		}
		require.Equal(t, c.want, names)
		n, err := vs.Count(ctx, c.q)
		require.NoError(t, err)
		require.Equal(t, int64(len(c.want)), n)
	}
	got, err := vs.Get(ctx, first.ID)
	require.NoError(t, err)
	require.True(t, *got.Over)
	matched := func(field string, v any) (n int) {
		require.NoError(t, vs.Matching(ctx, []record.Match{{Field: field, Values: []storage.Value{record.Custom(v)}}}, func(*record.Record) error { n++; return nil }))
		return n
	}
	require.Equal(t, []int{0, 1, 1}, []int{matched("Visit_Name", "FIRST"), matched("Visit_Name", "SECOND"), matched("id", first.ID)})
	require.NoError(t, vs.Delete(ctx, first.ID))
	n, err := vs.Count(ctx, record.Query{Bin: true})
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
	rs, err := s.Records("Visits")
	require.NoError(t, err)
	require.NoError(t, rs.Restore(ctx, first.ID))
}

func TestAmend(t *testing.T) {
	t.Parallel()
	s, vs := openVisits(t, &record.Options{Policy: powerless{}})
	ctx := t.Context()
	v := &Visit{Name: "one"}
	require.NoError(t, vs.In(s.AsSystem()).Create(ctx, v))
	amended := func(s *record.Session, fn func(*record.Record) error) error {
		return vs.In(s).Amend(ctx, record.Converted, v.ID, fn)
	}
	require.ErrorIs(t, amended(s, over), record.ErrForbidden)
	require.NoError(t, amended(s.AsSystem(), over))
	require.NoError(t, amended(s.AsSystem(), func(rec *record.Record) error { // whatever the hook says
		require.False(t, rec.Set("Created_By", storage.TextValue("eve")))
		rec.ID, rec.Version = record.ID{}, 7
		rec.Set("Visit_Name", storage.TextValue(" two "))
		return nil
	}))
	require.Equal(t, "0.Visit_Name=MANDATORY_NOT_FOUND 0.Next=NOT_FOUND", codes(amended(s.AsSystem(), func(rec *record.Record) error {
		rec.Set("Visit_Name", storage.Value{})
		rec.Set("Next", record.Custom(s.NewID()))
		return nil
	})))
	es, err := vs.In(s.AsSystem()).Timeline(ctx, v.ID, v.DeletedTime, 0)
	require.NoError(t, err)
	require.Equal(t, record.Converted, es[0].Action)
	require.Equal(t, []record.Change{{Field: "Visit_Name", Old: storage.TextValue("one"), New: storage.TextValue("two")}}, es[0].Changes)
}

func TestAssume(t *testing.T) {
	t.Parallel()
	s, vs := openVisits(t, nil)
	ctx := t.Context()
	planned := s.NewID()
	validate := func(vs *record.Module[Visit]) string {
		out, err := vs.Validate(ctx, &Visit{Name: "a", Next: planned})
		require.NoError(t, err)
		return codes(out[0].Err)
	}
	require.Equal(t, "0.Next=NOT_FOUND", validate(vs))
	assuming := vs.In(s.Assume(record.Link{Module: "Visits", ID: planned}))
	require.Equal(t, "<nil>", validate(assuming))
	require.Equal(t, "0.Next=NOT_FOUND", codes(assuming.Create(ctx, &Visit{Name: "a", Next: planned})), "to be stored, it must be there")
}

// powerless is a policy under which nobody may do anything.
type powerless struct{}

func (powerless) Rights(context.Context, *record.Session, string) (*record.Rights, error) {
	return &record.Rights{}, nil
}
func (powerless) Grants(context.Context, *record.Session, string) ([]record.Grant, error) {
	return nil, nil
}
