package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/clientele-go/crm/storage"
)

// conn is one connection and the statements that it keeps.
type conn struct {
	*sqlite.Conn
	statements map[string]*sqlite.Stmt
}

// maxStatements is how many statements a connection keeps. Filters are of endless variety, so the rest is prepared anew.
const maxStatements = 200

// run prepares text, if need be, and calls fn with the statement, ready to take parameters.
func (c *conn) run(text string, fn func(*sqlite.Stmt) error) error { return c.prepare(text, true, fn) }

func (c *conn) prepare(text string, keep bool, fn func(*sqlite.Stmt) error) (err error) {
	st, kept := c.statements[text]
	if !kept {
		var rest int
		if st, rest, err = c.PrepareTransient(text); err != nil {
			return err
		}
		if rest > 0 {
			return errors.Join(errors.New("sqlite: more than one statement"), st.Finalize())
		}
		if kept = keep && len(c.statements) < maxStatements; kept {
			c.statements[text] = st
		}
	}
	defer func() {
		if kept {
			_ = st.Reset() // it repeats the error of the last step, which fn has returned
			err = errors.Join(err, st.ClearBindings())
		} else {
			_ = st.Finalize() // the same
		}
	}()
	return fn(st)
}

// exec runs statements without parameters or rows that matter, and keeps them.
func (c *conn) exec(statements ...string) error {
	for _, text := range statements {
		if err := c.prepare(text, true, toEnd); err != nil {
			return err
		}
	}
	return nil
}

// once is exec without keeping the statement.
func (c *conn) once(text string) error { return c.prepare(text, false, toEnd) }

func toEnd(st *sqlite.Stmt) error {
	for {
		more, err := st.Step()
		if err != nil || !more {
			return err
		}
	}
}

// interruptBy lets the end of ctx stop the connection's statements, until the function that it returns is called.
func (c *conn) interruptBy(ctx context.Context) func() {
	c.SetInterrupt(ctx.Done())
	return func() { c.SetInterrupt(nil) }
}

// rollback ends the transaction, if there is one, with nothing written, even when its context is done.
func (c *conn) rollback() error {
	c.SetInterrupt(nil)
	if c.AutocommitEnabled() {
		return nil // there is none, or SQLite has ended it
	}
	return c.exec("ROLLBACK")
}

// commit ends the transaction with all of it written. SQLite answers in any case: an error that leaves the transaction
// open has written nothing, and after one that does not nobody can tell.
func (c *conn) commit(ctx context.Context, wait time.Duration) error {
	c.SetInterrupt(nil) // from here on the transaction is not stopped half-way
	err := retry(ctx, wait, func() error { return c.exec("COMMIT") })
	if err != nil && c.AutocommitEnabled() {
		return fmt.Errorf("%w: %w", storage.ErrOutcomeUnknown, err)
	}
	return err
}

// Close closes the connection.
func (c *conn) Close() error {
	var err error
	for _, st := range c.statements {
		err = errors.Join(err, st.Finalize())
	}
	c.statements = nil
	return errors.Join(err, c.Conn.Close())
}
