package matrix

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// accesses are actors by what they may do with the field Phone.
var accesses = map[record.Actor]record.Access{"usual": record.FieldReadWrite, "reading": record.FieldReadOnly, "blind": record.FieldHidden}

// TestFields does the calls that show or set a field for actors who may set it, who may only see it, and to whom there is
// none: what is stored stays, and what is hidden is not in what comes back.
func TestFields(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"memory", "sqlite"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, shown, set := newWorld(t, stores[name], "private"), 0, 0
			for i := range calls {
				c := &calls[i]
				for actor, access := range accesses {
					if !c.shows && !c.sets {
						continue
					}
					err := w.org.Tenant("private").As(actor).Update(t.Context(), func(tx *crm.Org) error {
						e := w.env(c, tx, w.at["private"]["own of "+string(actor)])
						if c.before != nil {
							c.before(e)
						}
						got, err := c.perform(e)
						require.NoError(t, err, "%s by %s", c, actor)
						if c.shows {
							shown++
							want := access == record.FieldReadWrite || access == record.FieldReadOnly && !c.drafts
							w.asks(strings.Contains(texts(got), phoneBefore) == want, "%s by %s: shows the field: %t", c, actor, !want)
						}
						if c.sets {
							set++
							w.asks(e.phone(got) == e.phoneOf(got, access), "%s by %s: the field is %q", c, actor, e.phone(got))
							w.asks(access != record.FieldHidden || !strings.Contains(texts(got), phoneBefore), "%s by %s: shows what was stored", c, actor)
						}
						return errBack
					})
					require.ErrorIs(t, err, errBack)
				}
			}
			t.Logf("%d cells", shown+set)
			require.Greater(t, min(shown, set), 45)
		})
	}
}

// target is the record that a call has set the field of: the new one that it returned, or the one in hand.
func (e *env) target(got any) record.ID {
	switch got := got.(type) {
	case *record.Record:
		if got != nil {
			return got.ID
		}
	case *account.Account:
		if got != nil {
			return got.ID
		}
	}
	return e.id
}

// phone is what is stored.
func (e *env) phone(got any) string {
	a, err := e.host.Accounts.Get(e.ctx, e.target(got))
	e.must(err)
	return a.Phone
}

// phoneOf is what is to be stored, after a call by an actor of that access.
func (e *env) phoneOf(got any, access record.Access) string {
	switch {
	case access == record.FieldReadWrite:
		return phone
	case e.target(got) == e.id:
		return phoneBefore
	}
	return ""
}
