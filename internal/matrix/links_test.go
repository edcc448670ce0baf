package matrix

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
)

// linking are the ways to link to an account.
var linking = map[string]func(e *env, to record.ID) error{
	"a new account": func(e *env, to record.ID) error {
		return e.org.Accounts.Create(e.ctx, &account.Account{Name: "New", ParentID: to})
	},
	"an account": func(e *env, to record.ID) error {
		a := e.typed()
		a.ParentID = to
		return first(e.org.Accounts.Put(e.ctx, a))
	},
	"a record of another module": func(e *env, to record.ID) error {
		return parts.In(e.session()).Create(e.ctx, &Part{Name: "New", AccountID: to})
	},
	"a validation": func(e *env, to record.ID) error {
		return first(e.org.Accounts.Validate(e.ctx, &account.Account{Name: "New", ParentID: to}))
	},
	"an import": func(e *env, to record.ID) error {
		got, err := e.run(importer.Clone, "", "Account Name,Parent Account", "New,"+to.String())
		if err != nil {
			return err
		}
		if faults := got.(*importer.Report).Faults; len(faults) > 0 {
			return &record.ValidationError{Fields: []record.FieldError{{Field: faults[0].Field, Code: record.Code(faults[0].Code)}}}
		}
		return nil
	},
}

// TestLinks links to every record by actors who see it or not: what is out of reach, or in the bin, is NOT_FOUND, as what
// never was.
func TestLinks(t *testing.T) {
	t.Parallel()
	w, led, refused := newWorld(t, stores["memory"], "private", "read only"), 0, 0
	try := func(what, def string, actor record.Actor, name string, to record.ID, sees bool) {
		err := w.org.Tenant(def).As(actor).Update(t.Context(), func(tx *crm.Org) error {
			err := linking[what](w.env(&call{}, tx, w.at[def]["own of "+string(actor)]), to)
			var invalid *record.ValidationError
			if sees {
				led++
				w.asks(err == nil, "%s to the record %q by %s, default %s: %v", what, name, actor, def, err)
			} else {
				refused++
				w.asks(errors.As(err, &invalid) && len(invalid.Fields) == 1 && invalid.Fields[0].Code == record.CodeNotFound,
					"%s to the record %q by %s, default %s: %v", what, name, actor, def, err)
			}
			return errBack
		})
		require.ErrorIs(t, err, errBack)
	}
	for what := range linking {
		for def := range w.at {
			for _, actor := range []record.Actor{"usual", "low1", "ceo"} {
				for i := range places {
					if p := &places[i]; p.owner != actor {
						try(what, def, actor, p.name, w.at[def][p.name].live, reaches(actor, p, defaults[def], true) >= read)
					}
				}
				try(what, def, actor, "own of "+string(actor)+", in the bin", w.at[def]["own of "+string(actor)].bin, false)
				try(what, def, actor, "none", record.NewID(), false)
			}
		}
	}
	t.Logf("%d cells", led+refused)
	require.Greater(t, min(led, refused), 300)
}
