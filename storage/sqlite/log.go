package sqlite

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Commits go to a log beside the file. When it has so many pages, a commit moves them into the file, and the next writer
// begins the log anew, if no reader still reads from it. The default of SQLite, 1,000 pages, makes an import write and wait
// for the disk half of its time, since the pages of indexes that are not in the order of the rows are written again and
// again. A log that grows with the file gathers the same page of more transactions.
const (
	leastLog = 8000  // pages
	mostLog  = 24000 // pages, of a file that is as large or larger

	pageSize = 8192
	logPause = 100 * time.Millisecond
)

// logMost is the size of a log that is too much, where it should have so many pages: then Views pause for it.
func logMost(pages int) int64 { return int64(pages) * pageSize * 3 / 2 }

// allow gives the log the room that goes with the size of the file.
func (s *Store) allow(c *conn) {
	info, err := os.Stat(s.path)
	if err != nil {
		return
	}
	pages := min(max(int(info.Size()/pageSize)/1000*1000, leastLog), mostLog)
	if pages == c.log {
		return
	}
	for _, pragma := range []string{fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", pages), fmt.Sprintf("PRAGMA journal_size_limit = %d", pages*pageSize)} {
		if c.once(pragma, nil) != nil {
			return // there is a next time
		}
	}
	c.log, s.logMost, s.shortenAt = pages, logMost(pages), logMost(pages)
}

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
