package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	zombiezen "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage/sqlite"
)

// reaches are how many accounts an actor reaches: so many of a million, or the half, or all.
var reaches = []string{"10", "1000", "7000", "20000", "half", "all"}

// ways are how an actor comes to accounts. The user of the way "share" who reaches the half is "share-half".
var ways = []struct{ name, what string }{owning: {"own", "one owns what one reaches"}, {"boss", "roles give it, of up to 1,000 owners"},
	{"share", "each was shared"}, {"rule", "a rule gives it"}}

const owning = 0

// sized returns how many accounts of all there are for one of reaches, and of how many users above whom "boss" is.
func (b *bench) sized(reach string) (accounts, users int) {
	n := 0
	if _, err := fmt.Sscan(reach, &n); err != nil {
		return b.rows / 2, min(1000, b.rows/10)
	}
	n = max(1, n*b.rows/1_000_000)
	return n, min(1000, n)
}

// ownerOf returns the owner of the n-th account, and the reach that the owner's accounts are. The owners lie about, and
// first come those of few.
func (b *bench) ownerOf(n int) (owner, reach string) {
	n = n * 611_953 % b.rows
	for _, reach := range reaches[:5] {
		accounts, users := b.sized(reach)
		if n -= accounts; n < 0 {
			return "own-" + reach, reach
		}
		if n -= accounts; n < 0 || reach == "half" {
			return fmt.Sprintf("sub-%s-%d", reach, (n+accounts)%users), ""
		}
	}
	panic("the halves are all")
}

// reach measures pages of accounts, under a private default, of actors who reach few of them and many, in every way.
func (b *bench) reach(ctx context.Context) (err error) {
	path := b.path("reach.db")
	store, err := sqlite.Open(path, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	org, err := crm.Open(ctx, store, &crm.Options{Policy: rights.New()})
	if err != nil {
		return err
	}
	if err := b.settle(ctx, org, path); err != nil {
		return err
	}
	fmt.Fprintln(b.log, "  first page, later page; count")
	worst, cells := make([]float64, len(ways)), make([]string, len(ways))
	one := func(way int, reach string) error {
		slower, cell, err := b.reachOf(ctx, org.As(record.Actor(ways[way].name+"-"+reach)))
		if reach != "7000" && reach != "20000" { // which are hardest, and have no bar
			worst[way] = max(worst[way], slower)
		}
		cells[way] += " | " + cell
		return err
	}
	for i := range ways {
		for _, reach := range reaches {
			if i == owning && reach == "all" { // nobody else owns any then
				continue
			}
			if err := one(i, reach); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(execute(path, "UPDATE accounts SET owner = 'own-all'"), one(owning, "all")); err != nil {
		return err
	}
	table := "| first page, later page; count | " + strings.Join(reaches, " | ") + " |\n" + strings.Repeat("| --- ", len(reaches)+1) + "|\n"
	for i, w := range ways {
		b.add(line{fmt.Sprintf("page of %d of %s accounts by `Account_Name`, of which one reaches 10, 1,000, half or all: %s", pageRows, thousands(b.rows), w.what),
			seconds(worst[i]), "", "", "< 20 ms", worst[i] < 0.020})
		table += "| " + w.what + cells[i] + " |\n"
	}
	b.tables = append(b.tables, table)
	return nil
}

// execute runs a statement by hand.
func execute(path, statement string, args ...any) error {
	conn, err := zombiezen.OpenConn(path, zombiezen.OpenReadWrite)
	if err != nil {
		return err
	}
	return errors.Join(sqlitex.Execute(conn, statement, &sqlitex.ExecOptions{Args: args}), conn.Close())
}

// reachOf measures the first page of an actor, one from far into the list, and the count.
func (b *bench) reachOf(ctx context.Context, org *crm.Org) (slower float64, cell string, err error) {
	n, err := org.Accounts.Count(ctx, record.Query{})
	if err != nil {
		return 0, "", err
	}
	order := record.By("Account_Name")
	_, far, err := org.Accounts.Records.List(ctx, record.Query{Order: order, Limit: int(min(n/2, 5000)) + 1})
	if err != nil {
		return 0, "", err
	}
	list := func(after record.Cursor) func() (float64, error) {
		q := record.Query{Order: order, Limit: pageRows, After: after}
		return timed(func() error { _, _, err := org.Accounts.List(ctx, q); return err })
	}
	got, err := b.warm(list(""), list(far))
	if err != nil {
		return 0, "", err
	}
	counted, err := rounds(b.runs, timed(func() error { _, err := org.Accounts.Count(ctx, record.Query{}); return err }))
	if err != nil {
		return 0, "", err
	}
	cell = fmt.Sprintf("%s, %s; %s", seconds(got[0]), seconds(got[1]), seconds(counted[0]))
	fmt.Fprintf(b.log, "  %s, who reaches %s: %s\n", org.Session().Actor(), thousands(int(n)), cell)
	return max(got[0], got[1]), cell, nil
}

// settle makes users, rules, accounts and shares. The shares are written as SQL by hand: one by one they would take longer
// than all else.
func (b *bench) settle(ctx context.Context, org *crm.Org, path string) error {
	began := time.Now()
	if err := org.AsSystem().Update(ctx, func(tx *crm.Org) error { return b.hire(ctx, tx) }); err != nil {
		return err
	}
	const batch = 2000
	all := org.AsSystem()
	for from := 0; from < b.rows; from += batch {
		accounts := make([]*account.Account, min(batch, b.rows-from))
		for i := range accounts {
			owner, reach := b.ownerOf(from + i)
			accounts[i] = &account.Account{Meta: record.Meta{Owner: record.Actor(owner)}, Name: nameOf(from + i), Industry: "all", SICCode: reach}
		}
		if err := all.Accounts.Create(ctx, accounts...); err != nil {
			return err
		}
	}
	for _, reach := range reaches {
		owner := "own-" + reach
		if reach == "all" {
			owner = "%"
		}
		if err := execute(path, `INSERT INTO crm_shares (tenant_id, id, version, module, record, principal, level, granted, actor, at)
			SELECT tenant_id, randomblob(16), 1, 'Accounts', id, ?, 1, 0, NULL, 0 FROM accounts WHERE owner LIKE ?`, "user:share-"+reach, owner); err != nil {
			return err
		}
	}
	fmt.Fprintf(b.log, "  accounts, grants and shares written in %s\n", time.Since(began))
	return nil
}

// hire makes the users, and the rules.
func (b *bench) hire(ctx context.Context, org *crm.Org) error {
	var users []rights.User
	role := func(id, parent string, of ...string) error {
		for _, u := range of {
			users = append(users, rights.User{ID: record.Actor(u), Profile: rights.Standard, Role: id, Active: true})
		}
		return org.Rights.SaveRole(ctx, &rights.Role{ID: id, Name: id, Parent: parent})
	}
	err := role("boss-all", rights.CEO, "boss-all")
	for _, reach := range reaches {
		field := "SIC_Code"
		if reach == "all" {
			field = "Industry"
		} else {
			_, n := b.sized(reach)
			subs := make([]string, n)
			for i := range subs {
				subs[i] = fmt.Sprintf("sub-%s-%d", reach, i)
			}
			err = errors.Join(err, role("boss-"+reach, "boss-all", "boss-"+reach), role("sub-"+reach, "boss-"+reach, subs...))
		}
		err = errors.Join(err, role("staff-"+reach, "boss-all", "own-"+reach, "share-"+reach), role("rule-"+reach, "boss-all", "rule-"+reach),
			org.Rights.SaveRule(ctx, &rights.Rule{Name: reach, Module: account.Module, To: rights.OfRole("rule-" + reach), Level: record.LevelRead,
				Criteria: []rights.Criterion{{Field: field, Op: rights.OpEqual, Values: []string{reach}}}}))
	}
	return errors.Join(err, org.Rights.SaveUsers(ctx, users...))
}
