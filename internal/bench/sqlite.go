package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/storage/sqlite"
)

// pragmas are the settings with which we open a database, for those who use the same one beside us.
var pragmas = []string{"PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -32768", "PRAGMA temp_store = MEMORY"}

// sqlite measures the whole import, into a file, beside the bulk load of SQLite's own program into a table like ours.
func (b *bench) sqlite(ctx context.Context) error {
	path, _, err := b.importSQLite(ctx, b.rows)
	if err != nil {
		return err
	}
	rows, err := b.exportAccounts(path)
	if err != nil {
		return err
	}
	var ours, theirs []float64 // processor time
	small := b.rows / 10
	got, err := rounds(b.runs,
		func() (float64, error) {
			_, c, err := b.importSQLite(ctx, b.rows)
			ours = append(ours, perRow(c.cpu, b.rows))
			return c.wall.Seconds(), err
		},
		func() (float64, error) {
			c, err := b.importCommand(ctx, rows)
			theirs = append(theirs, perRow(c.cpu, b.rows))
			return c.wall.Seconds(), err
		},
		func() (float64, error) {
			_, c, err := b.importSQLite(ctx, small)
			return c.wall.Seconds(), err
		})
	if err != nil {
		return err
	}
	b.database = path
	b.took[importKey("SQLite", b.rows)], b.took[importKey("SQLite", small)] = got[0], got[2]
	speed := got[1] / got[0]
	b.add(line{"import into SQLite: match by name, timeline, operation", perSecond(b.rows, got[0]),
		perSecond(b.rows, got[1]) + " `sqlite3 .import`", times(speed) + " of its speed", "≥ 0.75", speed >= 0.75})
	some := min(50_001, b.rows)
	_, c, err := b.importSQLite(ctx, some)
	if err != nil {
		return err
	}
	b.add(line{fmt.Sprintf("import of %s rows into SQLite, from opening the file to closing it", thousands(some)), fmt.Sprintf("%.2f s", c.wall.Seconds()), "", "", "< 3 s", c.wall.Seconds() < 3})
	b.note("SQLite: wall time from opening to closing the file, in transactions of some 2,300 rows, which the heap allows, against one transaction of `.import` into a table "+
		"of the same columns, types, key, indexes and pragmas. Its file has our rows as we stored them, folded names, sort keys and ids made; "+
		"ids and sort keys are texts of the same bytes, without NUL, and nulls are empty. CPU a row: %s against %s.",
		micros(median(ours)), micros(median(theirs)))
	return nil
}

// exportAccounts writes the rows of the accounts' table to a CSV file without a header, as .import wants it.
func (b *bench) exportAccounts(database string) (path string, err error) {
	path = b.path("table.csv")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	w := csv.NewWriter(out)
	conn, err := zombiezen.OpenConn(database, zombiezen.OpenReadWrite)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var cells []string
	err = sqlitex.ExecuteTransient(conn, "SELECT * FROM accounts ORDER BY tenant_id, id", &sqlitex.ExecOptions{ResultFunc: func(st *zombiezen.Stmt) error {
		cells = cells[:0]
		for i := range st.ColumnCount() {
			cells = append(cells, cellOf(st, i))
		}
		return w.Write(cells)
	}})
	w.Flush()
	return path, errors.Join(err, w.Error(), out.Flush())
}

// cellOf is a column as text. The program takes a text to end at a NUL, so bytes are kept without.
func cellOf(st *zombiezen.Stmt, i int) string {
	switch st.ColumnType(i) {
	case zombiezen.TypeBlob:
		p := make([]byte, st.ColumnLen(i))
		st.ColumnBytes(i, p)
		return string(bytes.ReplaceAll(p, []byte{0}, []byte{1}))
	case zombiezen.TypeInteger:
		return strconv.FormatInt(st.ColumnInt64(i), 10)
	}
	return st.ColumnText(i)
}

// importCommand lets sqlite3 load the exported rows into a new database that has our tables.
func (b *bench) importCommand(ctx context.Context, rows string) (c cost, err error) {
	path := b.path("rival.db")
	if err := remove(path); err != nil {
		return c, err
	}
	store, err := sqlite.Open(path, nil)
	if err != nil {
		return c, err
	}
	_, err = crm.Open(ctx, store, nil)
	if err := errors.Join(err, store.Close()); err != nil {
		return c, err
	}
	cmd := exec.CommandContext(ctx, b.sqlite3, "-bail", "-batch", "-cmd", strings.Join(pragmas, ";"), "-cmd", ".mode csv", path, fmt.Sprintf(".import %q accounts", rows))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if c, err = measureCommand(cmd); err != nil || stderr.Len() > 0 {
		return c, fmt.Errorf("%s: %w: %s", b.sqlite3, err, stderr.Bytes()[:min(500, stderr.Len())])
	}
	n, err := countAccounts(path)
	if err == nil && n != b.rows {
		err = fmt.Errorf("%s imported %d rows of %d", b.sqlite3, n, b.rows)
	}
	return c, err
}

func countAccounts(database string) (n int, err error) {
	conn, err := zombiezen.OpenConn(database, zombiezen.OpenReadWrite)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	n, err = sqlitex.ResultInt(conn.Prep("SELECT count(*) FROM accounts"))
	return n, err
}
