package matrix

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage/blob"
	"github.com/clientele-go/crm/storage/memory"
)

// small is a store with two records, one of them in the bin, and a plain policy that can be another one for each call. The
// actor is the CEO, as far as anybody asks package rights.
type small struct {
	world
	policy *plain
	at     stored
}

func newSmall(t *testing.T) *small {
	w := &small{world: world{T: t, spy: &spy{Store: memory.New(nil)}, clock: &clock{now: crmtest.Clock()}}, policy: &plain{}}
	t.Cleanup(func() { require.NoError(t, w.spy.Close()) })
	o, err := crm.Open(t.Context(), w.spy, &crm.Options{Blobs: blob.Memory(), Policy: w.policy, Modules: []*record.Schema{parts.Schema}, Now: w.clock.Now, Actor: "ceo"})
	require.NoError(t, err)
	w.policy.spy = w.spy
	w.org, w.host = o, o.AsSystem()
	require.NoError(t, w.host.Update(t.Context(), func(tx *crm.Org) error {
		ctx := t.Context()
		for _, id := range []string{"spare", "unused"} {
			require.NoError(t, tx.Rights.SaveRole(ctx, &rights.Role{ID: id, Name: id, Parent: rights.CEO}))
		}
		w.spares(ctx, tx)
		require.NoError(t, tx.Rights.SaveUsers(ctx, rights.User{ID: "ceo", Profile: rights.Administrator, Role: rights.CEO, Active: true}))
		pair := []*account.Account{{Name: "Live", Phone: phoneBefore}, {Name: "Deleted", Phone: phoneBefore}}
		require.NoError(t, tx.Accounts.Create(ctx, pair...))
		require.NoError(t, tx.Accounts.Delete(ctx, pair[1].ID))
		w.at = stored{pair[0].ID, pair[1].ID, 1, 2}
		return nil
	}))
	return w
}

// do does a call by the actor whom a policy lets do what has says, and returns what the spy saw of it.
func (w *small) do(c *call, all bool, has func(module string, right record.Right) bool) (events []event, writes int, got any, err error) {
	w.policy.may, w.policy.all = has, all
	e := w.env(c, w.org, w.at)
	if c.before != nil {
		c.before(e)
	}
	w.spy.reset()
	got, err = c.perform(e)
	events, writes = w.spy.seen()
	return events, writes, got, err
}

func nothing(string, record.Right) bool { return false }

// only is a policy of the rights that a call needs, without one of them.
func (c *call) only(without *need) func(module string, right record.Right) bool {
	return func(module string, right record.Right) bool {
		if without != nil && without.module == module && without.right == right {
			return false
		}
		return slices.ContainsFunc(c.needs, func(n need) bool { return n.module == module && n.right == right })
	}
}

// TestNothingIsWrittenWithoutRights does every call under a policy that allows nothing, and under one for each right that it
// needs which allows all the others. The first right that is missing is what the refusal names, and nothing is written.
func TestNothingIsWrittenWithoutRights(t *testing.T) {
	t.Parallel()
	n := 0
	for i := range calls {
		c := &calls[i]
		w := newSmall(t)
		try := func(what string, all bool, has func(string, record.Right) bool) {
			n++
			_, writes, _, err := w.do(c, all, has)
			want, kept := c.missing(has, func(*need) record.Level {
				if all {
					return full
				}
				return 0
			}, w.at.id(c.bin))
			if want == nil && (all || kept) {
				w.asks(err == nil, "%s, %s: %v", c, what, err)
				return
			}
			w.asks(writes == 0 || c.wraps, "%s, %s: something was written", c, what)
			if want != nil {
				w.asks(same(want, err), "%s, %s:\nwant %v\ngot  %v", c, what, want, err)
			}
		}
		try("without any right", false, nothing)
		for _, needed := range c.needed() {
			try("without "+string(needed.right), true, c.only(&needed))
			if needed.right != view {
				try("without "+string(needed.right)+" and any record", false, c.only(&needed))
			}
		}
		if len(c.needs) > 0 && c.ofRecords() && !c.lists {
			try("without any record", false, c.only(nil))
		}
	}
	t.Logf("%d cells", n)
}

// TestRightsAreAskedBeforeWriting does every call under a policy that allows what the list says, and nothing else: it
// succeeds, and in each transaction the policy was asked about the module that is written, or else about one that the call
// needs a right in, before the first write.
func TestRightsAreAskedBeforeWriting(t *testing.T) {
	t.Parallel()
	written := 0
	for i := range calls {
		c := &calls[i]
		w := newSmall(t)
		events, writes, _, err := w.do(c, true, c.only(nil))
		w.asks(err == nil, "%s: %v", c, err)
		w.asks(!c.write || writes > 0, "%s: nothing was written", c)
		written += writes
		if what := unasked(c, events); what != "" {
			w.asks(false, "%s: %s was written before the policy was asked:\n%v", c, what, events)
		}
	}
	require.Greater(t, written, 100)
}

// unasked returns the table that was written in a transaction before the policy was asked there, "" when there is none.
func unasked(c *call, events []event) string {
	needs := map[string]bool{}
	for _, n := range c.needs {
		needs[n.module] = true
	}
	in := map[string]bool{}
	for _, e := range events {
		switch e.kind {
		case began:
			clear(in)
		case asked:
			in[e.what] = true
		case wrote:
			of, ok := moduleOf[e.what]
			if ok && needs[of] && !in[of] {
				return e.what
			}
			if !slices.ContainsFunc(c.needs, func(n need) bool { return in[n.module] }) {
				return e.what
			}
		}
	}
	return ""
}

// moduleOf is the module that the rows of a table are of, "" for the organization. Other tables have rows beside records.
var moduleOf = map[string]string{"accounts": account.Module, "parts": parts.Module, "crm_settings": "", "crm_operations": "", "crm_batches": ""}

func TestUnasked(t *testing.T) {
	t.Parallel()
	c := &call{needs: join(using, updating)}
	for _, tt := range []struct {
		events []event
		want   string
	}{
		{[]event{{began, ""}, {asked, ""}, {wrote, "crm_operations"}, {asked, "Accounts"}, {wrote, "accounts"}, {wrote, "crm_timeline"}}, ""},
		{[]event{{began, ""}, {asked, "Accounts"}, {wrote, "accounts"}, {wrote, "crm_batches"}}, "crm_batches"},
		{[]event{{began, ""}, {asked, ""}, {asked, "Accounts"}, {began, ""}, {wrote, "accounts"}}, "accounts"},
		{[]event{{began, ""}, {asked, "Parts"}, {wrote, "crm_timeline"}}, "crm_timeline"},
		{[]event{{began, ""}, {asked, ""}, {wrote, "accounts"}}, "accounts"},
	} {
		require.Equal(t, tt.want, unasked(c, tt.events))
	}
}
