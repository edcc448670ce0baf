package relations

import (
	"context"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// TimelineMonths is how far back the timeline of an account goes. Zoho: the past six months.
const TimelineMonths = 6

// Timeline returns what happened to an account and to all that hangs on it (时间轴), newest first, and where the next page begins: of
// the past [TimelineMonths] unless q says since when. What the actor does not see is left out. It fails with ErrNotFound.
func Timeline(ctx context.Context, s *record.Session, accountID record.ID, q record.TimelineQuery) ([]*record.Entry, record.Cursor, error) {
	if q.Since.IsZero() {
		q.Since = s.Now().AddDate(0, -TimelineMonths, 0)
	}
	rs, err := s.Records(account.Module)
	if err != nil {
		return nil, "", err
	}
	return rs.RelatedTimeline(ctx, accountID, q)
}
