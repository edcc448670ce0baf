package relations

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/clientele-go/crm/record"
)

// activityList is a list of activities, and when one of it is due or was done.
type activityList struct {
	*List
	at func(*record.Record, *record.Locale) time.Time
}

// Activities returns a page of the open or the closed tasks, meetings and calls of some accounts in one list, and where the next begins:
// the open ones by when they are due, those without a day first, and the closed ones by when they were done, the newest first. A task is
// due at the end of its day. Modules that the actor may not see are left out. It fails as [List.Page] does; limit is at most
// record.MaxLimit, and record.DefaultLimit when it is 0.
func Activities(ctx context.Context, s *record.Session, accounts []record.ID, closed bool, after record.Cursor, limit int) (recs []*record.Record, next record.Cursor, err error) {
	if limit == 0 {
		limit = record.DefaultLimit
	}
	lists := activityLists(closed)
	places := make([]string, len(lists))
	if after != "" {
		if places = strings.Split(string(after), "."); len(places) != len(lists) {
			return nil, "", refuse("After", record.CodeInvalid, "a cursor of this list", "此列表的游标")
		}
	}
	err = s.View(ctx, func(s *record.Session) error {
		if err := seen(ctx, s, accounts); err != nil {
			return err
		}
		pages, more := make([][]*record.Record, len(lists)), make([]bool, len(lists))
		for i, l := range lists {
			if places[i] == over {
				continue
			}
			page, rest, err := l.Page(ctx, s, accounts, record.Query{After: record.Cursor(places[i]), Limit: limit})
			if errors.Is(err, record.ErrForbidden) && s.Authorise(ctx, l.Module, record.RightView) != nil {
				continue
			}
			if err != nil {
				return err
			}
			pages[i], more[i] = page, rest != ""
		}
		recs = nil
		taken := make([]int, len(lists))
		for len(recs) < limit {
			first := -1
			var at time.Time
			for i, l := range lists {
				if taken[i] == len(pages[i]) {
					continue
				}
				if t := l.at(pages[i][taken[i]], s.Locale()); first < 0 || !closed && t.Before(at) || closed && t.After(at) {
					first, at = i, t
				}
			}
			if first < 0 {
				break
			}
			recs = append(recs, pages[first][taken[first]])
			taken[first]++
		}
		ends, left := slices.Clone(places), false
		for i, l := range lists {
			if taken[i] == len(pages[i]) && !more[i] {
				ends[i] = over
				continue
			}
			left = true
			if taken[i] == 0 {
				continue
			}
			_, place, err := l.Page(ctx, s, accounts, record.Query{After: record.Cursor(places[i]), Limit: taken[i]}) // which ends where it was read to
			if err != nil {
				return err
			}
			ends[i] = string(place)
		}
		if next = ""; left {
			next = record.Cursor(strings.Join(ends, "."))
		}
		return nil
	})
	return recs, next, err
}

// over is the place of a list that has no more.
const over = "-"

// activityLists are the lists of open or closed activities.
func activityLists(closed bool) []activityList {
	instant := func(field string) func(*record.Record, *record.Locale) time.Time {
		return func(rec *record.Record, _ *record.Locale) time.Time { return rec.Value(field).Time() }
	}
	if closed {
		return []activityList{{ListNamed("Tasks_History"), instant("Closed_Time")}, {ListNamed("Events_History"), instant("End_DateTime")}, {ListNamed("Calls_History"), instant("Call_Start_Time")}}
	}
	due := func(rec *record.Record, l *record.Locale) time.Time {
		d, err := record.ParseDate(rec.Value("Due_Date").Text())
		if err != nil || d.IsZero() {
			return time.Time{}
		}
		zone := l.Zone
		if zone == nil {
			zone = time.UTC
		}
		return time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, zone)
	}
	return []activityList{{ListNamed("Tasks"), due}, {ListNamed("Events"), instant("End_DateTime")}, {ListNamed("Calls"), instant("Call_Start_Time")}}
}
