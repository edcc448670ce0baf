package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/sqlite"
)

// custom measures pages by custom fields of a tenth of the rows, with ten of them a record and with a hundred.
func (b *bench) custom(ctx context.Context) error {
	size := b.rows / 10
	for _, c := range []struct {
		fields int
		bar    float64
	}{{10, 0.150}, {100, 0.600}} {
		err := b.customized(ctx, size, c.fields, func(org *crm.Org) error {
			all, err := b.customPages(ctx, org)
			if err != nil {
				return err
			}
			b.addCustom(all[0], c.fields, size, c.bar)
			worst := all[1]
			for _, p := range all[1:] {
				if p.took > worst.took {
					worst = p
				}
			}
			b.addCustom(worst, c.fields, size, 0.005)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) addCustom(p customPage, fields, size int, bar float64) {
	b.add(line{fmt.Sprintf("page of %d of %s accounts with %d custom fields: %s", pageRows, thousands(size), fields, p.what), seconds(p.took), "", "",
		"< " + seconds(bar), p.took < bar})
}

// customPage is what a list by custom fields took.
type customPage struct {
	what string
	took float64
}

// customPages measures lists, each up and down, the first page and one from far into it, and returns the slowest of those four.
// The first is of fields without an index.
func (b *bench) customPages(ctx context.Context, org *crm.Org) (pages []customPage, err error) {
	for _, l := range []struct {
		what  string
		where record.Filter
		order string
	}{
		{"one filters, another orders", record.Eq("C1", "v3"), "C2"},
		{"indexed, equal to what few have", record.Eq("X2", "v77"), ""},
		{"indexed, equal to what a tenth has", record.Eq("X1", "v3"), ""},
		{"indexed, in a range", record.And(record.Ge("X2", "v5"), record.Lt("X2", "v6")), ""},
		{"indexed, in order", record.Filter{}, "X2"},
		{"indexed, in a range, in its order", record.Ge("X2", "v5"), "X2"},
		{"indexed, equal to what a tenth has, in the order of another", record.Eq("X1", "v3"), "X2"},
		{"indexed, equal to what few have, in the order of another", record.Eq("X2", "v77"), "X1"},
		{"indexed, in the range of a hundredth, in the order of another", record.And(record.Ge("X2", "v100"), record.Lt("X2", "v11")), "X1"},
		{"indexed, in the range of some more, in the order of another", record.And(record.Ge("X2", "v100"), record.Lt("X2", "v115")), "X1"},
	} {
		p := customPage{what: l.what}
		for _, sign := range []string{"", "-"} {
			q := record.Query{Where: l.where, Limit: pageRows, Order: record.By(sign + "id")}
			if l.order != "" {
				q.Order = record.By(sign + l.order)
			}
			n, err := org.Accounts.Count(ctx, q)
			if err != nil {
				return nil, err
			}
			far := q
			far.Limit = int(min(n/2, 5000)) + 1
			_, after, err := org.Accounts.Records.List(ctx, far)
			if err != nil {
				return nil, err
			}
			for _, q.After = range []record.Cursor{"", after} {
				got, err := b.warm(timed(func() error { _, _, err := org.Accounts.List(ctx, q); return err }))
				if err != nil {
					return nil, err
				}
				p.took = max(p.took, got[0])
				fmt.Fprintf(b.log, "  %s, %q of %s: %s\n", l.what, sign, thousands(int(n)), seconds(got[0]))
			}
		}
		pages = append(pages, p)
	}
	return pages, nil
}

// customized runs fn on accounts with so many custom fields. Two of them have an index; a twentieth of the values is empty.
func (b *bench) customized(ctx context.Context, size, fields int, fn func(*crm.Org) error) (err error) {
	path := b.path("custom.db")
	if err := remove(path); err != nil {
		return err
	}
	store, err := sqlite.Open(path, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		return err
	}
	layout := record.Layout{}
	for i := range fields {
		f := record.FieldLayout{Name: fmt.Sprint("C", i+1), Type: "text"}
		if i >= fields-2 {
			f.Name, f.Indexed = fmt.Sprint("X", i-fields+3), true
		}
		layout.Fields = append(layout.Fields, f)
	}
	body, err := json.Marshal(layout)
	if err != nil {
		return err
	}
	if err := org.AsSystem().Session().SaveSetting(ctx, &record.Setting{Name: "layout." + account.Module, Body: body}); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(seed, 2))
	const batch = 1000
	for from := 0; from < size; from += batch {
		accounts := make([]*account.Account, min(batch, size-from))
		for i := range accounts {
			a := &account.Account{Name: nameOf(from + i)}
			a.Custom = make(map[string]storage.Value, fields)
			for _, f := range layout.Fields {
				values := 1000
				if strings.HasSuffix(f.Name, "1") {
					values = 10
				}
				if r.IntN(20) > 0 {
					a.Custom[f.Name] = record.Custom(fmt.Sprint("v", r.IntN(values)))
				}
			}
			accounts[i] = a
		}
		if err := org.Accounts.Create(ctx, accounts...); err != nil {
			return err
		}
	}
	return fn(org)
}
