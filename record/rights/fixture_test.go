package rights_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Deal is a host's module.
type Deal struct {
	record.Meta
	Name   string
	Stage  string
	Amount *int64
}

var deals = record.Define("Deals", []record.Field[Deal]{
	record.Text("Deal_Name", 40, func(d *Deal) *string { return &d.Name }).Required().Folded(),
	record.Text("Stage", 40, func(d *Deal) *string { return &d.Stage }),
	record.Integer("Amount", 9, func(d *Deal) **int64 { return &d.Amount }),
}, record.ModuleOptions{Singular: "Deal", Chinese: "商机"})

// fixture is an organization with one administrator.
type fixture struct {
	*testing.T
	ctx  context.Context
	s    *record.Session
	root *rights.Rights // as the host
}

// each runs fn on every store.
func each(t *testing.T, fn func(f *fixture)) {
	for name, open := range map[string]func(testing.TB) storage.Store{
		"memory": func(testing.TB) storage.Store { return memory.New(nil) },
		"sqlite": openSQLite,
		"twice": func(testing.TB) storage.Store {
			return storagetest.Faulty(memory.New(nil), &storagetest.Faults{Twice: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := open(t)
			t.Cleanup(func() { require.NoError(t, store.Close()) })
			s, err := record.Open(t.Context(), store, []*record.Schema{deals.Schema}, &record.Options{Policy: rights.New()})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.AsSystem().Verify(context.WithoutCancel(t.Context()))) })
			fn(&fixture{t, t.Context(), s, rights.In(s.AsSystem())})
		})
	}
}

func openSQLite(tb testing.TB) storage.Store {
	store, err := sqlite.Open(filepath.Join(tb.TempDir(), "t.db"), nil)
	require.NoError(tb, err)
	return store
}

func (f *fixture) must(err error) {
	f.Helper()
	require.NoError(f.T, err)
}

// staff gives the organization the roles west and coast below it, and users, each "id role" or "id role profile".
func (f *fixture) staff(users ...string) {
	f.Helper()
	f.must(f.root.SaveRole(f.ctx, &rights.Role{ID: "west", Name: "West", Parent: rights.CEO}))
	f.must(f.root.SaveRole(f.ctx, &rights.Role{ID: "coast", Name: "Coast", Parent: "west"}))
	f.must(f.root.SaveRole(f.ctx, &rights.Role{ID: "east", Name: "East", Parent: rights.CEO}))
	var all []rights.User
	for _, text := range users {
		parts := append(strings.Fields(text), rights.Standard)
		all = append(all, rights.User{ID: record.Actor(parts[0]), Role: parts[1], Profile: parts[2], Active: true})
	}
	f.must(f.root.SaveUsers(f.ctx, all...))
}

func (f *fixture) as(a record.Actor) *record.Module[Deal] { return deals.In(f.s.As(a)) }

// deal makes one of an owner.
func (f *fixture) deal(owner record.Actor, name, stage string) record.ID {
	f.Helper()
	d := &Deal{Name: name, Stage: stage, Meta: record.Meta{Owner: owner}}
	f.must(deals.In(f.s.AsSystem()).Create(f.ctx, d))
	return d.ID
}

// sees is the names of what an actor lists, by name.
func (f *fixture) sees(a record.Actor) string {
	f.Helper()
	var names []string
	for d, err := range f.as(a).All(f.ctx, record.Query{}) {
		f.must(err)
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// edits is what an actor is told who changes a deal.
func (f *fixture) edits(a record.Actor, id record.ID) error {
	return f.as(a).Edit(f.ctx, id, func(d *Deal) error { d.Stage = fmt.Sprint("edited by ", a); return nil })
}

func (f *fixture) shares(a record.Actor, id record.ID, shares ...rights.Share) error {
	return rights.In(f.s.As(a)).Share(f.ctx, "Deals", id, shares)
}

// codes is what a ValidationError says, in short.
func codes(err error) string {
	var ve *record.ValidationError
	if !errors.As(err, &ve) {
		return fmt.Sprint(err)
	}
	var parts []string
	for _, f := range ve.Fields {
		parts = append(parts, fmt.Sprintf("%d.%s=%s", f.Record, f.Field, f.Code))
	}
	return strings.Join(parts, " ")
}
