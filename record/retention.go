package record

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/clientele-go/crm/storage"
)

// timelineSetting says since when the timelines are kept.
const timelineSetting = "timeline"

// keptSince is what that setting holds.
type keptSince struct {
	Since time.Time `json:"since"`
}

// timelineSince returns since when the timelines are whole; the zero time when nothing was purged of them. The session is in a
// transaction.
func (s *Session) timelineSince() (time.Time, error) {
	t := s.tx.conf.settings[timelineSetting]
	if t == nil {
		return time.Time{}, nil
	}
	var kept keptSince
	if err := json.Unmarshal(t.Body, &kept); err != nil {
		return time.Time{}, fmt.Errorf("record: setting %s: %w", timelineSetting, err)
	}
	return kept.Since, nil
}

// PurgeTimeline removes for good what happened before a time, which is at least [Retention] ago, from all timelines, in transactions of
// 1,000 entries, and returns how many there were. The records stay as they are. What an operation did before then can no longer be
// undone, and links that were cut before then do not come back with a record that is restored. A host that keeps histories for so many
// years calls it now and then. It takes [RightManageData], and a time that is not long enough ago is a *ValidationError.
func (s *Session) PurgeTimeline(ctx context.Context, before time.Time) (n int, err error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if before.After(s.Now().Add(-Retention)) || timeValue(before).Kind() != storage.Time {
		return 0, invalid("before", CodeInvalid, Args{"expected": expectedLongAgo})
	}
	err = s.Update(ctx, func(s *Session) error { // first, so that what is removed is never missed
		if err := s.Authorise(ctx, "", RightManageData); err != nil {
			return err
		}
		since, err := s.timelineSince()
		if err != nil || !since.Before(before) {
			return err
		}
		t, err := s.AsSystem().Setting(ctx, timelineSetting)
		if err != nil {
			return err
		}
		if t.Body, err = json.Marshal(keptSince{before.UTC()}); err != nil {
			return err
		}
		return s.AsSystem().SaveSetting(ctx, t)
	})
	if err != nil {
		return 0, err
	}
	for _, table := range []*storage.Table{news, timeline} {
		for after, more := (ID{}), true; more; {
			var rows []storage.Row
			err := s.Update(ctx, func(s *Session) (err error) {
				q := storage.Query{Table: table, Columns: []string{}, Index: "id", Limit: pageSize,
					Where: and(compare(storage.Gt, "id", storage.RefValue(after)), compare(storage.Lt, "at", timeValue(before)))}
				if rows, err = s.tx.Find(ctx, &q); err != nil {
					return err
				}
				return s.delete(ctx, table, keysOf(rows)...)
			})
			if err != nil {
				return n, err
			}
			if more = len(rows) == pageSize; more {
				after = rows[len(rows)-1].ID
			}
			if table == timeline {
				n += len(rows)
			}
		}
	}
	return n, nil
}

// expectedLongAgo is a time before which timelines may be purged.
const expectedLongAgo = "a time at least 60 days ago"
