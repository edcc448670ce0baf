package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// hand is our tables as a program reads them that has no library: SQL by hand through the same driver, statements
// prepared once.
type hand struct{ conn *sqlite.Conn }

func openHand(database string) (*hand, error) {
	conn, err := sqlite.OpenConn(database, sqlite.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	for _, pragma := range pragmas {
		if err := sqlitex.ExecuteTransient(conn, pragma, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return &hand{conn}, nil
}

func (h *hand) close() error { return h.conn.Close() }

// handColumns are those of the struct, in the order of scan.
const handColumns = `id, version, owner, tag, created_by, created_time, modified_by, modified_time, data_source, account_name, phone,
	account_site, fax, parent_account, website, account_number, ticker_symbol, account_type, ownership, industry, employees, annual_revenue,
	sic_code, rating, billing_street, billing_city, billing_state, billing_code, billing_country, shipping_street, shipping_city,
	shipping_state, shipping_code, shipping_country, description`

func scan(st *sqlite.Stmt) (*account.Account, error) {
	a := new(account.Account)
	st.ColumnBytes(0, a.ID[:])
	a.Version, a.Owner, a.Tags = st.ColumnInt64(1), record.Actor(st.ColumnText(2)), record.SplitMulti(st.ColumnText(3))
	a.CreatedBy, a.CreatedTime = record.Actor(st.ColumnText(4)), time.UnixMicro(st.ColumnInt64(5)).UTC()
	a.ModifiedBy, a.ModifiedTime = record.Actor(st.ColumnText(6)), time.UnixMicro(st.ColumnInt64(7)).UTC()
	for i, p := range []*string{&a.Source, &a.Name, &a.Phone, &a.Site, &a.Fax} {
		*p = st.ColumnText(8 + i)
	}
	st.ColumnBytes(13, a.ParentID[:])
	for i, p := range []*string{&a.Website, &a.Number, &a.TickerSymbol, &a.Type, &a.Ownership, &a.Industry} {
		*p = st.ColumnText(14 + i)
	}
	if !st.ColumnIsNull(20) {
		n := st.ColumnInt64(20)
		a.Employees = &n
	}
	if !st.ColumnIsNull(21) {
		d, err := decimal.NewFromString(plain(st.ColumnText(21)))
		if err != nil {
			return nil, err
		}
		a.AnnualRevenue = decimal.NewNullDecimal(d)
	}
	for i, p := range []*string{&a.SICCode, &a.Rating, &a.Billing.Street, &a.Billing.City, &a.Billing.State, &a.Billing.Code, &a.Billing.Country,
		&a.Shipping.Street, &a.Shipping.City, &a.Shipping.State, &a.Shipping.Code, &a.Shipping.Country, &a.Description} {
		*p = st.ColumnText(22 + i)
	}
	return a, nil
}

// plain is the digits of a stored decimal, which has a letter before them. None of the file is negative.
func plain(sorted string) string { return sorted[1:] }

// get returns one account.
func (h *hand) get(id record.ID) (*account.Account, error) {
	found, err := h.list(`SELECT `+handColumns+` FROM accounts WHERE tenant_id = '' AND id = ?1 AND deleted_time IS NULL LIMIT ?2`, 1,
		func(st *sqlite.Stmt) { st.BindBytes(1, id[:]) })
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("account %s: %d found: %w", id, len(found), err)
	}
	return found[0], nil
}

// list runs a statement whose last parameter is the limit.
func (h *hand) list(text string, limit int, bind func(*sqlite.Stmt)) (found []*account.Account, err error) {
	st, err := h.conn.Prepare(text)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Reset()) }()
	if bind != nil {
		bind(st)
	}
	st.BindInt64(st.BindParamCount(), int64(limit))
	found = make([]*account.Account, 0, limit)
	for {
		more, err := st.Step()
		if err != nil || !more {
			return found, err
		}
		a, err := scan(st)
		if err != nil {
			return nil, err
		}
		found = append(found, a)
	}
}

// place is where a page begins: after this account in the order of a column.
type place struct {
	id   record.ID
	key  []byte // of the name
	time int64
}

func (h *hand) place(id record.ID) (p place, err error) {
	p.id = id
	err = sqlitex.Execute(h.conn, `SELECT account_name_sort, modified_time FROM accounts WHERE tenant_id = '' AND id = ?1`, &sqlitex.ExecOptions{
		Args: []any{id[:]}, ResultFunc: func(st *sqlite.Stmt) error {
			p.key = make([]byte, st.ColumnLen(0))
			st.ColumnBytes(0, p.key)
			p.time = st.ColumnInt64(1)
			return nil
		}})
	return p, err
}

// page returns a page in the order of a field, the first or the one after a place.
func (h *hand) page(field string, desc bool, after *place, limit int) ([]*account.Account, error) {
	column := map[string]string{"Account_Name": "account_name_sort", "Modified_Time": "modified_time", "id": "id"}[field]
	op, dir, index := ">", "", `INDEXED BY "accounts.`+column+`"`
	if desc {
		op, dir = "<", " DESC"
	}
	if field == "id" {
		index = `INDEXED BY "sqlite_autoindex_accounts_1"` // the primary key
	}
	text := "SELECT " + handColumns + " FROM accounts " + index + " WHERE tenant_id = '' AND deleted_time IS NULL"
	switch {
	case after != nil && field == "id":
		text += " AND id " + op + " ?1 ORDER BY id" + dir + " LIMIT ?2"
	case after != nil:
		text += fmt.Sprintf(" AND %[1]s %[2]s= ?1 AND (%[1]s %[2]s ?1 OR id %[2]s ?2) ORDER BY %[1]s%[3]s, id%[3]s LIMIT ?3", column, op, dir)
	case field == "id":
		text += " ORDER BY id" + dir + " LIMIT ?1"
	default:
		text += " ORDER BY " + column + dir + ", id" + dir + " LIMIT ?1"
	}
	return h.list(text, limit, func(st *sqlite.Stmt) {
		switch {
		case after == nil:
		case field == "id":
			st.BindBytes(1, after.id[:])
		case field == "Account_Name":
			st.BindBytes(1, after.key)
			st.BindBytes(2, after.id[:])
		default:
			st.BindInt64(1, after.time)
			st.BindBytes(2, after.id[:])
		}
	})
}

// walk begins with the tree below ?1, itself among it. Who writes it knows that trees have no loops, and that the index
// has all that the walk needs.
const walk = `WITH RECURSIVE walk(v) AS (SELECT ?1 UNION ALL SELECT r.id FROM walk CROSS JOIN accounts AS r INDEXED BY "accounts.parent_account"
	WHERE r.tenant_id = '' AND r.parent_account = walk.v AND r.deleted_time IS NULL) `

// count counts the accounts of a tree.
func (h *hand) count(root record.ID) (n int64, err error) {
	err = sqlitex.Execute(h.conn, walk+`SELECT count(*) FROM walk`, &sqlitex.ExecOptions{Args: []any{root[:]},
		ResultFunc: func(st *sqlite.Stmt) error { n = st.ColumnInt64(0); return nil }})
	return n, err
}

// sum adds up the revenues of a tree, in Go, since SQLite has no exact decimals.
func (h *hand) sum(root record.ID) (total decimal.Decimal, err error) {
	err = sqlitex.Execute(h.conn, walk+`SELECT a.annual_revenue FROM walk CROSS JOIN accounts AS a WHERE a.tenant_id = '' AND a.id = walk.v
		AND a.annual_revenue IS NOT NULL`, &sqlitex.ExecOptions{Args: []any{root[:]}, ResultFunc: func(st *sqlite.Stmt) error {
		d, err := decimal.NewFromString(plain(st.ColumnText(0)))
		total = total.Add(d)
		return err
	}})
	return total, err
}
