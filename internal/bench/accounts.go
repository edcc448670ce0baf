package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// readAccounts returns the accounts of the file as a program without a store would keep them.
func readAccounts(ctx context.Context, b *bench) (all []account.Account, err error) {
	path, err := b.file(b.rows)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, h := range header {
		at[h] = i
	}
	all = make([]account.Account, 0, b.rows)
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		a, err := readAccount(func(field string) string { return strings.Clone(cells[at[field]]) })
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", len(all), err)
		}
		all = append(all, a)
	}
}

// readAccount makes an account of cells.
func readAccount(cell func(field string) string) (a account.Account, err error) {
	a = account.Account{
		Name: cell("Account_Name"), Phone: cell("Phone"), Site: cell("Account_Site"), Fax: cell("Fax"), Website: cell("Website"),
		Number: cell("Account_Number"), TickerSymbol: cell("Ticker_Symbol"), Type: cell("Account_Type"), Ownership: cell("Ownership"),
		Industry: cell("Industry"), SICCode: cell("SIC_Code"), Rating: cell("Rating"), Description: cell("Description"),
	}
	a.ID, a.Version, a.Owner, a.Tags = record.NewID(), 1, record.Actor(cell("Owner")), record.SplitMulti(cell("Tag"))
	a.Source = "import"
	for prefix, at := range map[string]*account.Address{"Billing_": &a.Billing, "Shipping_": &a.Shipping} {
		*at = account.Address{Street: cell(prefix + "Street"), City: cell(prefix + "City"), State: cell(prefix + "State"),
			Code: cell(prefix + "Code"), Country: cell(prefix + "Country")}
	}
	if text := cell("Employees"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return a, err
		}
		a.Employees = &n
	}
	if text := cell("Annual_Revenue"); text != "" {
		d, err := decimal.NewFromString(text)
		if err != nil {
			return a, err
		}
		a.AnnualRevenue = decimal.NewNullDecimal(d)
	}
	return a, nil
}
