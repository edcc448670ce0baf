package crmtest

import (
	"context"
	"encoding/binary"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/blob"
	"github.com/clientele-go/crm/storage/memory"
)

// Start is what the clock of a test says first. It goes on by a second at each look.
var Start = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// New returns an empty CRM in memory, whose clock begins at [Start] and whose ids count up, and which is verified (see
// [crm.Verify]) and closed when the test ends.
func New(tb testing.TB) *crm.Org {
	tb.Helper()
	return Open(tb, memory.New(nil), nil)
}

// Seeded is New with the companies of [Seed], by name.
func Seeded(tb testing.TB) (*crm.Org, map[string]*account.Account) {
	tb.Helper()
	org := New(tb)
	return org, Seed(tb, org)
}

// Open is New on another store, which it closes when the test ends. Options may be nil; its clock, its ids and a
// place for files in memory are filled in where they are not given.
func Open(tb testing.TB, store storage.Store, o *crm.Options) *crm.Org {
	tb.Helper()
	var options crm.Options
	if o != nil {
		options = *o
	}
	if options.Now == nil {
		options.Now = Clock()
	}
	if options.NewID == nil {
		options.NewID = IDs()
	}
	if options.Blobs == nil {
		options.Blobs = blob.Memory()
	}
	org, err := crm.Open(context.Background(), store, &options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := crm.Verify(context.Background(), org.AsSystem()); err != nil {
			tb.Error(err)
		}
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return org
}

// Clock returns a clock that begins at [Start] and goes on by a second at each look. It is safe for concurrent use.
func Clock() func() time.Time {
	var n atomic.Int64
	return func() time.Time { return Start.Add(time.Duration(n.Add(1)-1) * time.Second) }
}

// IDs returns a maker of ids that count up from 00000000-0000-7000-8000-000000000001. It is safe for concurrent use.
func IDs() func() record.ID {
	var n atomic.Uint64
	return func() (id record.ID) {
		id[6], id[8] = 0x70, 0x80
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], n.Add(1))
		copy(id[10:], b[2:])
		return id
	}
}

// Seed stores a small group of companies, and returns them by name: Acme, with Acme East and Acme West below it, and Acme
// Boston below Acme East; and Globex, which is alone.
func Seed(tb testing.TB, org *crm.Org) map[string]*account.Account {
	tb.Helper()
	made := map[string]*account.Account{}
	for _, a := range []struct{ name, parent, industry string }{
		{"Acme", "", "Manufacturing"}, {"Acme East", "Acme", "Manufacturing"}, {"Acme West", "Acme", "Technology"},
		{"Acme Boston", "Acme East", "Technology"}, {"Globex", "", "Consulting"},
	} {
		rec := &account.Account{Name: a.name, Industry: a.industry}
		if p := made[a.parent]; p != nil {
			rec.ParentID = p.ID
		}
		if err := org.Accounts.Create(context.Background(), rec); err != nil {
			tb.Fatal(err)
		}
		made[a.name] = rec
	}
	return made
}
