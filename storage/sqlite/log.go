package sqlite

import (
	"context"
	"os"
	"time"
)

// Commits go to a log beside the file. When it has so many pages, a commit moves them into the file, and the next writer
// begins the log anew, if no reader still reads from it. The default of SQLite, 1,000 pages, makes an import write and wait
// for the disk half of its time, since the pages of indexes that are not in the order of the rows are written again and
// again.
const (
	checkpoint = 8000              // pages
	logKept    = checkpoint * 8192 // bytes, of a log that has begun anew
	logMost    = logKept * 3 / 2   // before Views pause for it
	logPause   = 100 * time.Millisecond
)

// shorten keeps the log from growing without end. Views that overlap are enough for that: each finds the log in use by
// another, and so it never begins anew. Beyond a size the Views that come wait until those that run have ended, but not
// for long: a View that stays only puts it off.
func (s *Store) shorten(c *conn) {
	size := func() int64 {
		info, err := os.Stat(s.path + "-wal")
		if err != nil {
			return 0 // somebody has removed it, which SQLite notices
		}
		return info.Size()
	}
	if size() < s.shortenAt {
		return
	}
	by, held := time.Now().Add(logPause), 0
	for held < s.options.Readers && s.views.enter(context.Background(), by) == nil {
		held++
	}
	_ = c.once("PRAGMA wal_checkpoint(TRUNCATE)", nil) // it does what it can, and there is a next time
	for range held {
		s.views.leave()
	}
	s.shortenAt = max(s.logMost, size()+s.logMost/2)
}
