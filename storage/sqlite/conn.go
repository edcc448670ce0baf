package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/internal/sqlgen"
)

// conn is one connection, and what it keeps for the calls to come.
type conn struct {
	*sqlite.Conn
	kept  map[string]*statement
	clock int // counts the uses of statements
	texts map[*storage.Table]*texts
	log   int // pages that the log has before a commit moves them into the file
}

// statement is one that is kept.
type statement struct {
	*sqlite.Stmt
	used int // when it was last
}

// Filters are of endless variety, and so are tables that somebody makes anew for each call. What a connection keeps of
// either is bounded.
const (
	maxStatements = 200
	maxTables     = 200
)

// texts is the part of the SQL of a table that is the same in every call.
type texts struct{ list, insert, update, del string }

func (c *conn) textsOf(t *storage.Table) *texts {
	x := c.texts[t]
	if x == nil {
		if len(c.texts) >= maxTables {
			clear(c.texts)
		}
		x = &texts{sqlgen.SelectList(dialect, t.Columns), sqlgen.Insert(dialect, t), sqlgen.Update(dialect, t), sqlgen.Delete(dialect, t)}
		c.texts[t] = x
	}
	return x
}

// openConn opens one connection, and waits where another process recovers the file or turns it into WAL mode.
func openConn(ctx context.Context, path string, by time.Time, cacheKB int, durable bool) (*conn, error) {
	raw, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	raw.SetBusyTimeout(0) // waiting is ours, see retry
	c := &conn{Conn: raw, kept: map[string]*statement{}, texts: map[*storage.Table]*texts{}, log: leastLog}
	synchronous := "NORMAL"
	if durable {
		synchronous = "FULL"
	}
	pragmas := []string{
		fmt.Sprintf("PRAGMA page_size = %d", pageSize), // of a new file; another keeps its own
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = " + synchronous,
		fmt.Sprintf("PRAGMA cache_size = -%d", cacheKB),
		"PRAGMA temp_store = MEMORY",
		fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", leastLog),
		fmt.Sprintf("PRAGMA journal_size_limit = %d", leastLog*pageSize),
		"PRAGMA automatic_index = OFF", // made for each step of a walk, it costs more than what it saves
	}
	for _, pragma := range pragmas {
		var answer string
		err := retry(ctx, by, func() error {
			return c.once(pragma, func(st *sqlite.Stmt) { answer = st.ColumnText(0) })
		})
		if err == nil && pragma == "PRAGMA journal_mode = WAL" && answer != "wal" {
			err = fmt.Errorf("the journal stays in mode %q; the file system does not allow WAL", answer)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sqlite: %s: %w", path, err), raw.Close())
		}
	}
	return c, nil
}

// prepare returns a statement that is ready to take parameters. It is kept while it is among the most used, and must be
// reset when it is done.
func (c *conn) prepare(text string) (*sqlite.Stmt, error) {
	c.clock++
	if s := c.kept[text]; s != nil {
		s.used = c.clock
		return s.Stmt, nil
	}
	st, rest, err := c.PrepareTransient(text)
	if err != nil {
		return nil, err
	}
	if rest > 0 {
		return nil, errors.Join(errors.New("sqlite: more than one statement"), st.Finalize())
	}
	if len(c.kept) >= maxStatements {
		c.forget()
	}
	c.kept[text] = &statement{st, c.clock}
	return st, nil
}

// forget drops the statement that was not used for the longest time.
func (c *conn) forget() {
	oldest, at := "", c.clock
	for text, s := range c.kept {
		if s.used < at {
			oldest, at = text, s.used
		}
	}
	_ = c.kept[oldest].Finalize() // it repeats the error of the last step
	delete(c.kept, oldest)
}

// exec runs a statement without parameters, and keeps it.
func (c *conn) exec(text string) error {
	st, err := c.prepare(text)
	if err != nil {
		return err
	}
	defer st.Reset()
	return toEnd(st, nil)
}

// once runs a statement without parameters, and does not keep it. Row, if there is one, sees each of its rows.
func (c *conn) once(text string, row func(*sqlite.Stmt)) error {
	st, _, err := c.PrepareTransient(text)
	if err != nil {
		return err
	}
	return errors.Join(toEnd(st, row), ignored(st.Finalize()))
}

// ignored is for what repeats the error of the last step.
func ignored(error) error { return nil }

func toEnd(st *sqlite.Stmt, row func(*sqlite.Stmt)) error {
	for {
		more, err := st.Step()
		if err != nil || !more {
			return err
		}
		if row != nil {
			row(st)
		}
	}
}

// rollback ends the transaction, if there is one, with nothing written, even when its context is done.
func (c *conn) rollback() error {
	c.SetInterrupt(nil)
	if c.AutocommitEnabled() {
		return nil // there is none, or SQLite has ended it
	}
	return c.exec("ROLLBACK")
}

// commit ends the transaction with all of it written. SQLite answers in any case. An error that leaves the transaction
// open has written nothing; neither has a full disk, since the end of a transaction is written last. After another error
// the log may hold the whole transaction or not, and the next to open the file finds out.
func (c *conn) commit() error {
	c.SetInterrupt(nil) // from here on the transaction is not stopped half-way
	if c.AutocommitEnabled() {
		return errors.New("sqlite: the transaction was rolled back")
	}
	err := c.exec("COMMIT")
	if err != nil && c.AutocommitEnabled() && sqlite.ErrCode(err).ToPrimary() != sqlite.ResultFull {
		return fmt.Errorf("%w: %w", storage.ErrOutcomeUnknown, err)
	}
	return err
}

// close closes the connection.
func (c *conn) close() error {
	for _, s := range c.kept {
		_ = s.Finalize() // it repeats the error of the last step
	}
	clear(c.kept)
	return c.Conn.Close()
}
