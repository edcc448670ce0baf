package record_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

func TestPurgeTimeline(t *testing.T) {
	t.Parallel()
	var days atomic.Int64
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	store := memory.New(nil)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	remark := parts("Remarks")
	s, err := record.Open(t.Context(), store, []*record.Schema{companies.Schema, remark.Schema}, &record.Options{Now: func() time.Time { return start.AddDate(0, 0, int(days.Load())) }})
	require.NoError(t, err)
	ctx := t.Context()
	verify := func() {
		t.Helper()
		require.NoError(t, s.Verify(context.WithoutCancel(ctx)))
	}
	all := companies.In(s)
	c := &Company{Name: "a"}
	var was *record.Operation
	was, err = s.Once("first").Do(ctx, func(s *record.Session) error { return companies.In(s).Create(ctx, c) })
	require.NoError(t, err)
	m := &Memo{Text: "x", About: record.Link{Module: "Companies", ID: c.ID}}
	require.NoError(t, remark.In(s).Create(ctx, m))
	change := func(to string) {
		require.NoError(t, all.Edit(ctx, c.ID, func(c *Company) error { c.Notes = to; return nil }))
		require.NoError(t, remark.In(s).Edit(ctx, m.ID, func(m *Memo) error { m.Text = to; return nil }))
	}
	for range 10 {
		days.Add(10)
		change(time.Duration(days.Load()).String())
	}
	entries := func() (own, related int) {
		es, err := all.Timeline(ctx, c.ID, time.Time{}, 0)
		require.NoError(t, err)
		rel, _, err := all.RelatedTimeline(ctx, c.ID, record.TimelineQuery{})
		require.NoError(t, err)
		return len(es), len(rel)
	}
	own, related := entries()
	require.Equal(t, []int{11, 22}, []int{own, related})

	_, err = s.PurgeTimeline(ctx, start.AddDate(0, 0, 41))
	require.Equal(t, "0.before=INVALID_DATA", codes(err), "59 days ago")
	n, err := s.PurgeTimeline(ctx, start.AddDate(0, 0, 30))
	require.NoError(t, err)
	require.Equal(t, 4, n, "of 10 and of 20 days, of two records")
	verify()
	own, related = entries()
	require.Equal(t, []int{9, 17}, []int{own, related}, "and the creation of the record, which it tells itself")
	n, err = s.PurgeTimeline(ctx, start.AddDate(0, 0, 20))
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = s.Undo(ctx, was.ID, true)
	require.ErrorIs(t, err, record.ErrConflict)
	require.ErrorContains(t, err, "was purged from the timelines")
	change("later")
	require.NoError(t, all.Delete(ctx, c.ID))
	require.NoError(t, all.Restore(ctx, c.ID))
	verify()
}
