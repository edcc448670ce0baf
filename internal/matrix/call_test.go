package matrix

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// need is one thing that a call asks of its actor, in the order in which it asks.
type need struct {
	module string       // "" for the organization
	right  record.Right // "" when only the level is asked for
	level  record.Level // that the actor reaches the record at; 0 when the call asks nothing of the kind
	named  record.Right // the right that a refusal names, if that is another one

	elsewhere bool // a share is not what gives the level, unless the actor is an administrator
	unseen    bool // a missing right is ErrNotFound
	kept      bool // what is out of reach is left as it is, and no error
	managed   bool // who has Manage_Data is not asked
}

// in is a need of a right in the module Accounts.
func in(right record.Right, level record.Level) need {
	return need{module: account.Module, right: right, level: level}
}

// org is a need of a right in the organization.
func org(right record.Right) need { return need{right: right} }

// names is the right that a refusal names.
func (n *need) names() record.Right {
	if n.named != "" {
		return n.named
	}
	return n.right
}

// call is one exported function or method, done once, with what it needs.
type call struct {
	name   string // of the function, with its package
	with   string // what is particular about this one, when the list has several
	needs  []need
	bin    bool // it is about a record in the bin
	lists  bool // it returns the records that the actor reaches, as []record.ID or as how many there are
	write  bool // it writes when it is allowed
	sets   bool // it gives the field Phone of the record, or of the new one that it returns, another value
	shows  bool // what it returns shows the field Phone of the record
	drafts bool // what it returns shows only fields that the actor may set
	wraps  bool // it writes what belongs to an operation, and then does something that may be refused
	loose  bool // what it returns is about everything, whatever the actor reaches: see why
	why    string

	before func(e *env) // what has to be there already, done by the host in the actor's name
	do     func(e *env) (any, error)
}

func (c *call) String() string {
	if c.with == "" {
		return c.name
	}
	return c.name + ", " + c.with
}

// env is where a call is done.
type env struct {
	*testing.T
	ctx     context.Context
	host    *crm.Org // in the actor's name, and held back by nobody
	org     *crm.Org // as the actor has it
	id      record.ID
	version int64

	clock *clock

	op   *record.Operation // that before has made
	made record.ID         // and the record that it created
}

func (e *env) must(err error) {
	e.Helper()
	require.NoError(e.T, err)
}

func (e *env) recs() *record.Records    { return e.org.Accounts.Records }
func (e *env) session() *record.Session { return e.org.Session() }

// phone is the value that calls give to the field Phone, which has another one before.
const (
	phoneBefore = "555 0100"
	phone       = "555 0199"
)

// draft is the record in hand as somebody sends it who knows its id and version.
func (e *env) draft() *record.Record {
	rec := e.recs().New()
	rec.ID, rec.Version = e.id, e.version
	fill(e, rec)
	return rec
}

// fresh is a new record.
func (e *env) fresh() *record.Record {
	rec := e.recs().New()
	fill(e, rec)
	return rec
}

func fill(e *env, rec *record.Record) {
	require.True(e, rec.Set("Account_Name", record.Custom("Renamed")))
	require.True(e, rec.Set("Phone", record.Custom(phone)))
}

// typed is draft as a struct, and freshTyped is fresh.
func (e *env) typed() *account.Account {
	return &account.Account{Meta: record.Meta{ID: e.id, Version: e.version}, Name: "Renamed", Phone: phone}
}

func (e *env) freshTyped() *account.Account { return &account.Account{Name: "Renamed", Phone: phone} }

// first is the error of the only outcome, or of the call.
func first(out []record.Outcome, err error) error {
	if err == nil && len(out) > 0 {
		return out[0].Err
	}
	return err
}

// ids are those of records.
func ids(recs []*record.Record, err error) ([]record.ID, error) {
	var all []record.ID
	for _, rec := range recs {
		all = append(all, rec.ID)
	}
	return all, err
}

// listing is what a list returned: its records, which are looked at for their ids and for what they show.
type listing struct {
	ids []record.ID
	of  any
}

func listed(recs []*record.Record, next record.Cursor, err error) (any, error) {
	all, err := ids(recs, err)
	return &listing{all, []any{recs, next}}, err
}

func listedTyped(as []*account.Account, next record.Cursor, err error) (any, error) {
	l := &listing{of: []any{as, next}}
	for _, a := range as {
		l.ids = append(l.ids, a.ID)
	}
	return l, err
}

// names are those of the functions that the list has.
func names() map[string]bool {
	all := map[string]bool{}
	for i := range calls {
		all[calls[i].name] = true
	}
	return all
}

// missing is the first of the needs that an actor lacks who may do what has says, and reaches the record at that level.
func (c *call) missing(has func(module string, right record.Right) bool, reach func(n *need) record.Level, id record.ID) (err error, kept bool) {
	for i := range c.needs {
		n := &c.needs[i]
		if n.managed && has("", record.RightManageData) {
			continue
		}
		if n.right != "" && !has(n.module, n.right) {
			if n.unseen {
				return record.ErrNotFound, false
			}
			return &record.ForbiddenError{Right: n.names(), Module: n.module}, false
		}
		if n.level == 0 {
			continue
		}
		switch level := reach(n); {
		case level >= n.level:
		case n.kept:
			return nil, true
		case level == 0 && !n.elsewhere:
			return record.ErrNotFound, false
		default:
			return &record.ForbiddenError{Right: n.names(), Module: n.module, Record: id}, false
		}
	}
	return nil, false
}

// needed are the rights that the call needs, each once.
func (c *call) needed() (all []need) {
	for _, n := range c.needs {
		if n.right != "" && !slices.ContainsFunc(all, func(o need) bool { return o.module == n.module && o.right == n.right }) {
			all = append(all, n)
		}
	}
	return all
}

// perform does the call, and returns what it gave back. A panic fails the test with the name of the call.
func (c *call) perform(e *env) (got any, err error) {
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("%s: %v", c, p))
		}
	}()
	return c.do(e)
}
