package matrix

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage"
)

// marker is in every value that is hidden, and in every record that is out of reach.
const marker = "SECRET"

// secretNumber is the value of hidden numbers.
const secretNumber = 918273645

// The fields that are hidden from the actors, and what else is from those whose names end in "-2": the fields of the tree
// and of who did what and when. Custom fields are among them.
var (
	hiddenFields = []string{"Phone", "Fax", "Website", "Ticker_Symbol", "Description", "Annual_Revenue", "Employees", "Tag", "Memo", "Code", "Score", "Secret_Link"}
	hiddenMore   = slices.Concat(hiddenFields, []string{account.ParentField, "Created_By", "Modified_By", "Modified_Time", "Last_Activity_Time", "Data_Source"})
)

// secrets is a store full of what its actors may not see.
type secrets struct {
	*world
	actors  map[record.Actor]bool // and whether they have the rights in the organization too
	targets map[string]stored     // by what they are to the actors
	ids     map[string]record.ID  // of records out of reach that nothing visible names
	more    map[string]record.ID  // that the tree names, which is hidden from some
	ops     map[record.Actor]map[string]record.ID
}

func newSecrets(t *testing.T) *secrets {
	s := &secrets{world: newWorld(t, stores["memory"]), actors: map[record.Actor]bool{"clerk": false, "chief": true, "clerk-2": false, "chief-2": true},
		targets: map[string]stored{}, ids: map[string]record.ID{}, more: map[string]record.ID{}, ops: map[record.Actor]map[string]record.ID{}}
	ctx := t.Context()
	_, err := s.host.Session().SaveLayout(ctx, account.Module, &record.Layout{Fields: []record.FieldLayout{{Name: "Account_Number", Unique: true},
		{Name: "Memo", Type: "text", Indexed: true}, {Name: "Code", Type: "text", Unique: true}, {Name: "Score", Type: "integer", Indexed: true},
		{Name: "Note", Type: "text", Indexed: true}, {Name: "Secret_Link", Type: "lookup", To: account.Module}}}, nil)
	s.must(err)
	for id, in := range map[string]string{"desk": rights.CEO, "spare": rights.CEO, "unused": rights.CEO, "vault": rights.CEO} {
		s.must(s.host.Rights.SaveRole(ctx, &rights.Role{ID: id, Name: id, Parent: in}))
	}
	s.spares(ctx, s.host)
	us := []rights.User{{ID: "ceo", Profile: rights.Administrator, Role: rights.CEO, Active: true}, {ID: "keeper", Profile: rights.Standard, Role: "vault", Active: true}}
	for actor, chief := range s.actors {
		p := &profile{organization: []record.Right{record.RightUse}}
		if chief {
			p.organization = organizationRights
		}
		lib, hidden := p.as(string(actor)), hiddenFields
		if strings.HasSuffix(string(actor), "-2") {
			hidden = hiddenMore
		}
		m := lib.Modules[account.Module]
		m.Fields = map[string]record.Access{}
		for _, f := range hidden {
			m.Fields[f] = record.FieldHidden
		}
		lib.Modules[account.Module] = m
		s.must(s.host.Rights.SaveProfile(ctx, lib))
		us = append(us, rights.User{ID: actor, Profile: string(actor), Role: "desk", Active: true})
	}
	s.must(s.host.Rights.SaveUsers(ctx, us...))
	s.must(s.host.Rights.SaveRule(ctx, &rights.Rule{Name: "Rule", Module: account.Module, Level: read, To: rights.OfRole("spare"),
		Criteria: []rights.Criterion{{Field: "Description", Op: rights.OpEqual, Values: []string{marker + " rule"}}}}))
	s.must(s.host.Session().SaveSetting(ctx, &record.Setting{Name: "host", Body: []byte("1")}))
	s.fill(ctx)
	return s
}

func (s *secrets) must(err error) { s.Helper(); require.NoError(s, err) }

// secret is an account all of whose hidden fields have the marker; one out of reach has it in the others as well.
func (s *secrets) secret(name string, owner record.Actor, seen bool) *account.Account {
	text := func(what string) string { return marker + " " + what + " " + name }
	a := &account.Account{}
	s.must(s.host.Accounts.DecodeJSON(s.Context(), fmt.Appendf(nil, `{"Annual_Revenue":%d,"Employees":%[1]d}`, secretNumber), a))
	a.Name, a.Phone, a.Fax, a.Website = name, marker+" 1", marker+" 2", marker+".example/"+strings.ReplaceAll(name, " ", "-")
	a.TickerSymbol, a.Description = marker, text("description")
	a.Owner, a.Tags = owner, []string{marker + " tag"}
	a.Custom = map[string]storage.Value{"Memo": record.Custom(text("memo")), "Code": record.Custom(text("code")), "Score": record.Custom(secretNumber)}
	if !seen {
		a.Name, a.Number, a.Site, a.Industry, a.Billing.City = text("name"), text("number"), text("site"), text("industry"), text("city")
		a.Custom["Note"] = record.Custom(text("note"))
	} else {
		a.Custom["Note"] = record.Custom("a note")
	}
	return a
}

// put stores an account, with a past.
func (s *secrets) put(ctx context.Context, a *account.Account) record.ID {
	phone := a.Phone
	a.Phone = marker + " 0"
	s.must(s.host.Accounts.Create(ctx, a))
	a.Phone = phone
	s.must(s.host.Accounts.Update(ctx, a))
	return a.ID
}

// fill makes for each actor: one that they see, below one that is out of reach and above another; one of each in the bin;
// one whose parent, out of reach, was deleted; parts out of reach that refuse the delete; operations of theirs and of others.
func (s *secrets) fill(ctx context.Context) {
	away := s.secret("away", "keeper", false)
	s.put(ctx, away)
	gone := s.secret("gone", "keeper", false)
	s.put(ctx, gone)
	s.must(s.host.Accounts.Delete(ctx, gone.ID))
	s.targets["out of reach"] = stored{away.ID, gone.ID, 2, 3}
	link := s.secret("link", "keeper", false)
	s.ids["link"] = s.put(ctx, link)
	holder := s.secret("holder", "keeper", false)
	holder.Number = "N-1"
	s.ids["holder"] = s.put(ctx, holder)
	for actor := range s.actors {
		name := string(actor)
		above := s.secret("above "+name, "keeper", false)
		s.more["above "+name] = s.put(ctx, above)
		seen := s.secret("seen "+name, actor, true)
		seen.ParentID = above.ID
		seen.Custom["Secret_Link"] = record.Custom(link.ID)
		s.put(ctx, seen)
		below := s.secret("below "+name, "keeper", false)
		below.ParentID = seen.ID
		s.put(ctx, below)
		bottom := s.secret("bottom "+name, actor, true)
		bottom.ParentID = below.ID
		s.put(ctx, bottom)
		s.more["below "+name] = below.ID
		binned := s.secret("binned "+name, actor, true)
		s.put(ctx, binned)
		s.must(s.host.Accounts.Delete(ctx, binned.ID))
		s.targets["seen by "+name] = stored{seen.ID, binned.ID, 2, 3}

		orphan, parent := s.secret("orphan "+name, actor, true), s.secret("parent "+name, "keeper", false)
		orphan.ParentID = s.put(ctx, parent)
		s.put(ctx, orphan)
		s.must(s.host.Accounts.Delete(ctx, parent.ID))
		s.more["parent "+name] = parent.ID
		s.targets["orphan of "+name] = stored{orphan.ID, binned.ID, 3, 3}

		part := &Part{Name: marker + " part", AccountID: seen.ID, Meta: record.Meta{Owner: "keeper"}}
		s.must(parts.In(s.host.Session()).Create(ctx, part))
		s.ids["part "+name] = part.ID

		s.ops[actor] = map[string]record.ID{}
		made := s.secret("made "+name, actor, true)
		op, err := s.host.As(actor).Session().Operate(ctx, "job", func(in *record.Session) error {
			return account.In(in).Create(ctx, made, s.secret("kept "+name, actor, true))
		})
		s.must(err)
		s.ops[actor]["of a creation"] = op.ID
		made.Owner, made.Name = "keeper", marker+" taken"
		s.must(s.host.Accounts.Update(ctx, made))
		s.ids["made "+name] = made.ID
	}
	_, err := s.host.As("keeper").Session().Start(ctx, "job", marker+" key", marker+" request")
	s.must(err)
}

// probe is something that is tried beside the calls of the list.
type probe struct {
	name string
	do   func(s *secrets, e *env) (any, error)
}

var probes = []probe{
	{"a page, with its cursor", func(_ *secrets, e *env) (any, error) {
		recs, next, err := e.recs().List(e.ctx, record.Query{Limit: 1})
		return []any{recs, next}, err
	}},
	{"a page by name, with its cursor", func(_ *secrets, e *env) (any, error) {
		recs, next, err := e.recs().List(e.ctx, record.Query{Limit: 1, Order: record.By("Account_Name", "-Owner")})
		return []any{recs, next}, err
	}},
	{"a page by a custom field, with its cursor", func(_ *secrets, e *env) (any, error) {
		recs, next, err := e.recs().List(e.ctx, record.Query{Limit: 1, Order: record.By("-Note")})
		return []any{recs, next}, err
	}},
	{"pages by a custom field and a condition", func(_ *secrets, e *env) (any, error) {
		recs, next, err := e.recs().List(e.ctx, record.Query{Limit: 1, Where: record.Eq("Note", "a note"), Order: record.By("Note")})
		return []any{recs, next}, err
	}},
	{"a page of the bin, with its cursor", func(_ *secrets, e *env) (any, error) {
		recs, next, err := e.recs().List(e.ctx, record.Query{Limit: 1, Bin: true})
		return []any{recs, next}, err
	}},
	{"the value of a unique field that another has", func(_ *secrets, e *env) (any, error) {
		a := &account.Account{Name: "New", Number: "n-1"}
		err := e.org.Accounts.Create(e.ctx, a)
		return a, err
	}},
	{"the same in an import", func(_ *secrets, e *env) (any, error) {
		return e.run(importer.Upsert, "", "Account Name,Account Number,Phone,Memo", "New,n-1,1,1", "Newer,n-2,"+phone+",2")
	}},
	{"an import that matches by it", func(_ *secrets, e *env) (any, error) {
		return e.run(importer.Upsert, "Account_Number", "Account Name,Account Number,Parent Account", "New,n-1,No such", "Newer,n-2,")
	}},
	{"a link to the record", func(_ *secrets, e *env) (any, error) {
		a := &account.Account{Name: "New", ParentID: e.id}
		out, err := e.org.Accounts.Put(e.ctx, a)
		return []any{a, out}, err
	}},
	{"a loop through what is out of reach", func(s *secrets, e *env) (any, error) {
		bottom, _, err := e.host.Accounts.List(e.ctx, record.Query{Where: record.Eq("Account_Name", "bottom "+string(e.org.Session().Actor()))})
		e.must(err)
		seen := s.targets["seen by "+string(e.org.Session().Actor())].live
		return nil, e.org.Accounts.Edit(e.ctx, seen, func(a *account.Account) error { a.ParentID = bottom[0].ID; return nil })
	}},
	{"an id that is taken", func(_ *secrets, e *env) (any, error) {
		rec := e.fresh()
		rec.ID = e.id
		return rec, first(e.recs().Put(e.ctx, rec))
	}},
	{"what an operation made", func(s *secrets, e *env) (any, error) {
		if s.actors[e.org.Session().Actor()] {
			return nil, nil // who has a right over all data
		}
		return e.session().Created(e.ctx, s.ops[e.org.Session().Actor()]["of a creation"])
	}},
	{"a strict undo", func(s *secrets, e *env) (any, error) {
		return e.session().Undo(e.ctx, s.ops[e.org.Session().Actor()]["of a creation"], true)
	}},
	{"a lenient undo", func(s *secrets, e *env) (any, error) {
		return e.session().Undo(e.ctx, s.ops[e.org.Session().Actor()]["of a creation"], false)
	}},
	{"a stale version", func(_ *secrets, e *env) (any, error) {
		rec := e.draft()
		rec.Version = 1
		return rec, e.recs().Update(e.ctx, rec)
	}},
	{"records that were made before, with hidden values", func(_ *secrets, e *env) (any, error) {
		rec := e.draft()
		for _, f := range []string{"Memo", "Fax"} {
			rec.Set(f, record.Custom("mine"))
		}
		return rec, e.recs().Update(e.ctx, rec)
	}},
	{"a custom value by name", func(_ *secrets, e *env) (any, error) {
		a := e.typed()
		a.Custom = map[string]storage.Value{"Memo": record.Custom("mine")}
		return a, e.org.Accounts.Update(e.ctx, a)
	}},
	{"JSON of what was read", func(_ *secrets, e *env) (any, error) {
		a, err := e.org.Accounts.Get(e.ctx, e.id)
		if err != nil {
			return nil, err
		}
		text, err := e.org.Accounts.EncodeJSON(e.ctx, a)
		return string(text), err
	}},
	{"parts and what they link to", func(_ *secrets, e *env) (any, error) {
		recs, next, err := parts.In(e.session()).List(e.ctx, record.Query{})
		return []any{recs, next}, err
	}},
	{"sums of what there is", func(_ *secrets, e *env) (any, error) {
		return e.recs().RollUp(e.ctx, account.ParentField, e.id, record.Sum{Field: "Annual_Revenue"})
	}},
	{"the timeline since a time", func(_ *secrets, e *env) (any, error) {
		return e.recs().Timeline(e.ctx, e.id, time.Unix(0, 0), 100)
	}},
}

// TestNothingLeaks does every call, and more, by actors from whom fields and records are hidden, and looks for these in
// whatever comes back. What is hidden is as it was afterwards.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	s := newSecrets(t)
	n, succeeded := 0, 0
	try := func(name string, c *call, actor record.Actor, target string, do func(e *env) (any, error)) {
		n++
		err := s.org.As(actor).Update(t.Context(), func(tx *crm.Org) error {
			e := s.env(c, tx, s.targets[target])
			if c.before != nil {
				c.before(e)
			}
			was := s.hidden(e, actor)
			got, err := do(e)
			if err == nil {
				succeeded++
			}
			if is := s.hidden(e, actor); is != "" && !strings.Contains(name, "Undo") {
				s.asks(is == was, "%s, by %s, of the record %s: changes what is hidden:\nfrom %s\nto   %s", name, actor, target, was, is)
			}
			if what := s.leaked(e, actor, target, texts(got, err)); what != "" {
				s.asks(false, "%s, by %s, of the record %s: shows %s\nerror %v", name, actor, target, what, err)
			}
			return errBack
		})
		require.ErrorIs(t, err, errBack)
	}
	for actor, chief := range s.actors {
		for _, target := range []string{"out of reach", "seen by " + string(actor), "orphan of " + string(actor)} {
			for i := range calls {
				if c := &calls[i]; !chief || !c.overAll() {
					try(c.String(), c, actor, target, c.perform)
				}
			}
			for i := range probes {
				p := &probes[i]
				try(p.name, &call{}, actor, target, func(e *env) (any, error) { return p.do(s, e) })
			}
		}
	}
	t.Logf("%d cells, %d of which succeeded", n, succeeded)
	require.Greater(t, succeeded, 400)
}

// hidden is what is stored in the fields of the record in hand that are hidden from an actor, "" when it is gone.
func (s *secrets) hidden(e *env, actor record.Actor) string {
	fields := hiddenFields
	if strings.HasSuffix(string(actor), "-2") {
		fields = append(slices.Clone(fields), account.ParentField, "Created_By", "Data_Source")
	}
	var b strings.Builder
	for _, bin := range []bool{false, true} {
		recs, _, err := e.host.Accounts.Records.List(e.ctx, record.Query{Where: record.Eq("id", e.id), Bin: bin})
		e.must(err)
		for _, rec := range recs {
			for _, f := range fields {
				fmt.Fprintf(&b, "%s %q ", f, rec.Text(f, nil))
			}
		}
	}
	return b.String()
}

// overAll reports whether what a call shows is about all data or all rights, to who may administer them.
func (c *call) overAll() bool {
	return c.loose && slices.ContainsFunc(c.needs, func(n need) bool { return n.module == "" })
}

// leaked is what is in a text that the actor may not see, "" for nothing. A caller knows the id of the record in hand.
func (s *secrets) leaked(e *env, actor record.Actor, target, text string) string {
	if at := strings.Index(text, marker); at >= 0 {
		return fmt.Sprintf("%q", text[max(0, at-60):min(len(text), at+60)])
	}
	if strings.Contains(text, fmt.Sprint(secretNumber)) {
		return "a hidden number"
	}
	look := func(ids map[string]record.ID) string {
		for name, id := range ids {
			if strings.Contains(text, id.String()) || strings.Contains(text, string(id[:])) || strings.Contains(text, base64.StdEncoding.EncodeToString(id[:])) {
				return "the id of the record " + name
			}
		}
		return ""
	}
	if what := look(s.ids); what != "" {
		return what
	}
	if strings.HasSuffix(string(actor), "-2") {
		if what := look(s.more); what != "" {
			return what
		}
	}
	away := s.targets["out of reach"]
	for name, id := range map[string]record.ID{"out of reach": away.live, "out of reach and in the bin": away.bin} {
		if id != e.id && strings.Contains(text, id.String()) {
			return "the id of the record " + name
		}
	}
	return ""
}

// TestCauses looks at what a change followed from: it is named to who sees that record, and to whom the link that leads
// there is not hidden.
func TestCauses(t *testing.T) {
	t.Parallel()
	s := newSecrets(t)
	for _, tt := range []struct {
		reader, of record.Actor
		sees       bool
	}{{"ceo", "chief-2", true}, {"clerk", "clerk", false}, {"chief", "chief", false}, {"clerk-2", "clerk-2", false}} {
		read := func() *record.Entry {
			es, err := s.org.As(tt.reader).Accounts.Timeline(t.Context(), s.targets["orphan of "+string(tt.of)].live, time.Time{}, 1)
			s.must(err)
			require.Equal(t, record.Cleared, es[0].Action, tt.reader)
			return es[0]
		}
		parent := s.more["parent "+string(tt.of)]
		require.Equal(t, tt.sees, read().Cause.ID == parent, tt.reader)
		require.Equal(t, tt.sees, read().CauseVersion > 0, tt.reader)

		s.must(s.host.Accounts.Restore(t.Context(), parent))
		s.must(s.host.Rights.Share(t.Context(), account.Module, parent, []rights.Share{{To: rights.Public, Level: record.LevelRead}}))
		s.must(s.host.Accounts.Delete(t.Context(), parent))
		require.Equal(t, !strings.HasSuffix(string(tt.reader), "-2"), read().Cause.ID == parent, "%s, when it is shared", tt.reader)
	}
}

// TestSums adds up a tree one record of which is out of reach, with a part that is too.
func TestSums(t *testing.T) {
	t.Parallel()
	s := newSecrets(t)
	for reader, want := range map[record.Actor][]int64{"clerk": {2, 2, 0, 0}, "ceo": {3, 3, 1, 0}} {
		as := s.org.As(reader).Accounts
		totals, err := as.RollUp(t.Context(), s.targets["seen by clerk"].live, record.Sum{}, record.Sum{Where: record.Ge("Created_Time", time.Unix(0, 0))},
			record.Sum{Module: parts.Module}, record.Sum{Module: parts.Module, Field: "Count"})
		s.must(err)
		require.Equal(t, want, []int64{totals[0].Records, totals[1].Records, totals[2].Records, totals[3].Filled}, reader)
	}
	totals, err := s.org.As("ceo").Accounts.RollUp(t.Context(), s.targets["seen by clerk"].live, record.Sum{Field: "Employees"})
	s.must(err)
	require.Equal(t, fmt.Sprint(3*secretNumber), totals[0].Sum.String())
}

// TestLoops closes a loop, one record of which is out of reach: the path leaves it out.
func TestLoops(t *testing.T) {
	t.Parallel()
	s := newSecrets(t)
	seen, below := s.targets["seen by clerk"].live, s.more["below clerk"]
	bottom, _, err := s.host.Accounts.List(t.Context(), record.Query{Where: record.Eq("Account_Name", "bottom clerk")})
	s.must(err)
	for actor, want := range map[record.Actor][]record.ID{"clerk": {seen, bottom[0].ID, seen}, "ceo": {seen, bottom[0].ID, below, seen}} {
		var invalid *record.ValidationError
		err := s.org.As(actor).Accounts.Edit(t.Context(), seen, func(a *account.Account) error { a.ParentID = bottom[0].ID; return nil })
		require.ErrorAs(t, err, &invalid, actor)
		require.Equal(t, []record.FieldError{{Field: account.ParentField, Code: record.CodeCircular, Args: record.Args{"path": want}}}, invalid.Fields, actor)
	}
}
