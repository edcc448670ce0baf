package record_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

// told is entries in short.
func told(es []*record.Entry) (all []string) {
	for _, e := range es {
		s := fmt.Sprintf("%s %s %q", e.Action, e.Module, e.Name)
		for _, c := range e.Changes {
			if c.Field == "Text" {
				s += " " + c.Old.Text() + ">" + c.New.Text()
			}
		}
		all = append(all, s)
	}
	return all
}

func (w *within) related(s *record.Session, about record.Link, q record.TimelineQuery) []string {
	w.Helper()
	es, _, err := companies.In(s).RelatedTimeline(w.ctx, about.ID, q)
	require.NoError(w, err)
	return told(es)
}

func TestRelatedTimeline(t *testing.T) {
	t.Parallel()
	eachWithin(t, func(w *within) {
		companies, remarks := companies.In(w.all), w.remark.In(w.all)
		m := w.must(w.make(w.remark, w.all.As("ann").From("web"), "one", w.hers))
		require.NoError(w, remarks.Edit(w.ctx, m.ID, func(m *Memo) error { m.Text = "two"; return nil }))
		require.NoError(w, companies.Edit(w.ctx, w.hers.ID, func(c *Company) error { c.Email = "a@b.example"; return nil }))
		w.must(w.make(w.remark, w.all, "elsewhere", w.its))
		require.NoError(w, remarks.Edit(w.ctx, m.ID, func(m *Memo) error { m.About = w.its; return nil }))
		require.Equal(t, []string{`update Remarks "two"`, `update Companies "ann's"`, `update Remarks "two" one>two`, `create Remarks "two"`, `create Companies "ann's"`}, w.related(w.all, w.hers, record.TimelineQuery{}))
		require.Equal(t, []string{`update Remarks "two"`, `create Remarks "elsewhere"`, `create Companies "eve's"`}, w.related(w.all, w.its, record.TimelineQuery{}), "and where it leads to by now")

		// Ann does not see the remark any more, nor what happened to it.
		require.Equal(t, []string{`update Companies "ann's"`, `create Companies "ann's"`}, w.related(w.ann, w.hers, record.TimelineQuery{}))
		rs, err := w.ann.Records("Companies")
		require.NoError(t, err)
		_, _, err = rs.RelatedTimeline(w.ctx, w.its.ID, record.TimelineQuery{})
		require.ErrorIs(t, err, record.ErrNotFound)

		for _, c := range []struct {
			q    record.TimelineQuery
			want []string
		}{
			{record.TimelineQuery{Modules: []string{"Remarks"}, Actions: []record.Action{record.Created}}, []string{`create Remarks "two"`}},
			{record.TimelineQuery{Modules: []string{"Companies"}}, []string{`update Companies "ann's"`, `create Companies "ann's"`}},
			{record.TimelineQuery{Actors: []record.Actor{"ann"}}, []string{`create Remarks "two"`}},
			{record.TimelineQuery{Sources: []string{"web"}}, []string{`create Remarks "two"`}},
			{record.TimelineQuery{Until: time.Unix(0, 0)}, nil},
			{record.TimelineQuery{Since: time.Now().Add(time.Hour)}, nil},
		} {
			require.Equal(t, c.want, w.related(w.all, w.hers, c.q))
		}

		// What is in the bin is told of, and what was purged is not.
		require.NoError(t, remarks.Delete(w.ctx, m.ID))
		require.Equal(t, `delete Remarks "two"`, w.related(w.all, w.its, record.TimelineQuery{})[0])
		require.NoError(t, remarks.Purge(w.ctx, m.ID))
		require.Equal(t, []string{`create Remarks "elsewhere"`, `create Companies "eve's"`}, w.related(w.all, w.its, record.TimelineQuery{}))
		require.NoError(t, companies.Delete(w.ctx, w.its.ID))
		require.Equal(t, []string{`delete Remarks "elsewhere"`, `delete Companies "eve's"`}, backwards(w.related(w.all, w.its, record.TimelineQuery{})[:2]))
		require.NoError(t, companies.Purge(w.ctx, w.its.ID))
		_, _, err = companies.RelatedTimeline(w.ctx, w.its.ID, record.TimelineQuery{})
		require.ErrorIs(t, err, record.ErrNotFound)
	})
}

func backwards(all []string) []string {
	slices.Sort(all)
	slices.Reverse(all)
	return all
}

// Whatever the size of a page, the pages together are the timeline, each entry once and the newest first.
func TestRelatedTimelinePages(t *testing.T) {
	t.Parallel()
	eachWithin(t, func(w *within) {
		r := rand.New(rand.NewPCG(5, 8))
		var made []*Memo
		for range 60 {
			switch r.IntN(4) {
			case 0, 1:
				made = append(made, w.must(w.make(w.remark, w.all, fmt.Sprint("m", len(made)), w.hers)))
			case 2:
				require.NoError(t, companies.In(w.all).Edit(w.ctx, w.hers.ID, func(c *Company) error { c.Notes = fmt.Sprint(r.Int()); return nil }))
			default:
				if len(made) > 0 {
					m := made[r.IntN(len(made))]
					require.NoError(t, w.remark.In(w.all).Edit(w.ctx, m.ID, func(m *Memo) error { m.Text = fmt.Sprint("x", r.IntN(1000)); return nil }))
				}
			}
		}
		all, next, err := companies.In(w.all).RelatedTimeline(w.ctx, w.hers.ID, record.TimelineQuery{Limit: 1000})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Greater(t, len(all), 40)
		require.True(t, slices.IsSortedFunc(all, func(a, b *record.Entry) int { return b.Time.Compare(a.Time) }))
		for _, q := range []record.TimelineQuery{{Limit: 1}, {Limit: 2}, {Limit: 7}, {Limit: len(all)}, {Limit: 3, Actions: []record.Action{record.Updated}}} {
			var pages []*record.Entry
			for {
				es, next, err := companies.In(w.all).RelatedTimeline(w.ctx, w.hers.ID, q)
				require.NoError(t, err)
				require.LessOrEqual(t, len(es), q.Limit)
				pages = append(pages, es...)
				if q.After = next; next == "" {
					break
				}
				require.Len(t, es, q.Limit)
			}
			want := slices.DeleteFunc(slices.Clone(all), func(e *record.Entry) bool { return q.Actions != nil && e.Action != record.Updated })
			require.Equal(t, told(want), told(pages))
		}
	})
}

func TestRelatedTimelineBadQueries(t *testing.T) {
	t.Parallel()
	eachWithin(t, func(w *within) {
		for want, q := range map[string]record.TimelineQuery{"0.Limit=LIMIT_EXCEEDED": {Limit: record.MaxLimit + 1}, "0.After=INVALID_DATA": {After: "x"}, "0.After=INVALID_DATA ": {After: "AAAA"},
			"0.Since=INVALID_DATA": {Since: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)}} {
			_, _, err := companies.In(w.all).RelatedTimeline(w.ctx, w.hers.ID, q)
			require.Equal(t, strings.TrimSpace(want), codes(err))
		}
	})
}
