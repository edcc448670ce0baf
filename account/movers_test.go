package account_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

// TestMoversNeverMakeALoop moves 200 accounts under one another from eight goroutines, in rings of three and chains as deep
// as they may be, and verifies the whole all the while: no loop, no path that is too long, every version in the timeline.
func TestMoversNeverMakeALoop(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) storage.Store{
		"memory": func(*testing.T) storage.Store { return memory.New(nil) },
		"sqlite": func(t *testing.T) storage.Store {
			s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"), nil)
			require.NoError(t, err)
			return s
		},
	} {
		for what, faults := range map[string][]storagetest.Faults{
			"sound":       {{}},
			"twice":       {{Twice: true}},
			"fail":        {{FailAt: 40}, {FailAt: 300, Twice: true}, {FailAt: 301}, {FailAt: 302}},
			"lose commit": {{LoseCommit: 1}, {LoseCommit: 10, Twice: true}},
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				t.Parallel()
				m := newMovers(t, open(t))
				moves, least := 48/len(faults), int64(20)
				if testing.Short() || underRace() {
					moves, least = moves/3, 5
				}
				for i := range faults {
					m.run(storagetest.Faulty(m.store, &faults[i]), moves)
				}
				// Not only what is always fine was tried.
				require.Greater(t, m.moved.Load(), least)
				require.Greater(t, m.loops.Load(), least)
				require.Greater(t, m.deep.Load(), least/10)
				require.Equal(t, faults[0].FailAt+faults[0].LoseCommit > 0, m.faults.Load() > 0)
			})
		}
	}
}

// underRace reports whether the race detector watches, under which all is some ten times as slow.
func underRace() bool {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
}

type movers struct {
	*testing.T
	store storage.Store
	org   *crm.Org // on the store itself, where nothing goes wrong
	all   []*account.Account

	moved, loops, deep, faults atomic.Int64
}

// newMovers stores 200 accounts: 64 and 60 in a chain, and 76 that are alone.
func newMovers(t *testing.T, store storage.Store) *movers {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	org, err := crm.Open(t.Context(), store, nil)
	require.NoError(t, err)
	m := &movers{T: t, store: store, org: org}
	m.all = append(chain(org, "long", 64, record.ID{}), chain(org, "short", 60, record.ID{})...)
	for i := len(m.all); i < 200; i++ {
		m.all = append(m.all, &account.Account{Name: fmt.Sprint("alone", i)})
	}
	require.NoError(t, org.Accounts.Create(t.Context(), m.all...))
	return m
}

// run moves accounts in a store that may fail, and looks at them meanwhile and afterwards.
func (m *movers) run(store storage.Store, moves int) {
	m.Helper()
	org, err := crm.Open(m.Context(), store, nil)
	require.NoError(m, err)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), uint64(moves)))
			for i := range moves {
				m.move(org, r)
				if g == 0 && i%4 == 0 { // while the others move on
					if err := crm.Verify(m.Context(), m.org); err != nil {
						m.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	require.NoError(m, crm.Verify(m.Context(), m.org))
}

// pick draws what to move, and under which account: nil is none.
func (m *movers) pick(r *rand.Rand) (from, to *account.Account) {
	long, short, alone := m.all[:64], m.all[64:124], m.all[124:]
	switch n := r.IntN(8); {
	case n < 3: // round one of a few rings of three, all at the same ones
		ring, i := 3*r.IntN(8), r.IntN(3)
		return alone[ring+i], alone[ring+(i+1)%3]
	case n == 3: // the top of a chain under its bottom
		return long[r.IntN(8)], long[56+r.IntN(8)]
	case n == 4: // to the bottom of the deep chain, or one higher
		return alone[24+r.IntN(52)], long[62+r.IntN(2)]
	case n == 5: // a whole chain under the other, or away from it
		if i := r.IntN(9); i > 0 {
			return short[0], long[i-1]
		}
		return short[0], nil
	}
	return alone[r.IntN(76)], alone[r.IntN(76)]
}

func (m *movers) move(org *crm.Org, r *rand.Rand) {
	what, under := m.pick(r)
	err := org.Accounts.Edit(m.Context(), what.ID, func(a *account.Account) error {
		if a.ParentID = (record.ID{}); under != nil {
			a.ParentID = under.ID
		}
		return nil
	})
	var ve *record.ValidationError
	switch {
	case err == nil:
		m.moved.Add(1)
	case errors.As(err, &ve) && ve.Fields[0].Code == record.CodeCircular:
		m.loops.Add(1)
	case errors.As(err, &ve) && ve.Fields[0].Code == record.CodeLimit:
		m.deep.Add(1)
	case errors.Is(err, storagetest.ErrFault), errors.Is(err, record.ErrOutcomeUnknown):
		m.faults.Add(1)
	default:
		m.Error(err)
	}
}
