package matrix

import (
	"slices"
	"time"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/storage"
)

// calls is the list. A new module adds its own.
var calls = slices.Concat(recordsCalls, moduleCalls, accountCalls, sessionCalls, orgCalls, rightsCalls, importerCalls, relationCalls, leadCalls, pageCalls, fileCalls)

const (
	view     = record.RightView
	create   = record.RightCreate
	edit     = record.RightEdit
	remove   = record.RightDelete
	give     = record.RightChangeOwner
	share    = record.RightShare
	imports  = record.RightImport
	exports  = record.RightExport
	read     = record.LevelRead
	write    = record.LevelWrite
	full     = record.LevelFull
	noRecord = record.Level(0)
)

// What the calls need that several of them share.
var (
	seeing   = []need{in(view, read)}
	browsing = []need{in(view, noRecord)}
	creating = []need{in(create, noRecord)}
	// An update of what one may not view is one that lacks Edit.
	updating = []need{in(edit, noRecord), {module: account.Module, right: view, named: edit}, in(edit, write)}
	editing  = []need{in(edit, noRecord), in(view, read), in(edit, write)}
	giving   = slices.Concat(updating, []need{in(give, full)})
	deleting = []need{in(remove, full)}
)

// everything is a list of all that there is, by the page.
var everything = record.Query{Limit: 7, Order: record.By("-Modified_Time")}

var recordsCalls = []call{
	{name: "record.Records.Get", needs: seeing, shows: true, do: func(e *env) (any, error) { return e.recs().Get(e.ctx, e.id) }},
	{name: "record.Records.CloneDraft", needs: seeing, shows: true, drafts: true, do: func(e *env) (any, error) { return e.recs().CloneDraft(e.ctx, e.id) }},
	{name: "record.Records.Timeline", needs: seeing, shows: true, do: func(e *env) (any, error) { return e.recs().Timeline(e.ctx, e.id, time.Time{}, 0) }},
	{name: "record.Records.Timeline", with: "in the bin", needs: seeing, bin: true, shows: true,
		do: func(e *env) (any, error) { return e.recs().Timeline(e.ctx, e.id, time.Time{}, 0) }},
	{name: "record.Records.RelatedTimeline", needs: seeing, shows: true, do: func(e *env) (any, error) {
		es, _, err := e.recs().RelatedTimeline(e.ctx, e.id, record.TimelineQuery{})
		return es, err
	}},
	{name: "record.Records.RelatedTimeline", with: "in the bin", needs: seeing, bin: true, shows: true, do: func(e *env) (any, error) {
		es, _, err := e.recs().RelatedTimeline(e.ctx, e.id, record.TimelineQuery{})
		return es, err
	}},
	{name: "record.Records.Shares", needs: seeing, do: func(e *env) (any, error) { return e.recs().Shares(e.ctx, e.id) }},
	{name: "record.Records.RollUp", needs: seeing, do: func(e *env) (any, error) {
		return e.recs().RollUp(e.ctx, account.ParentField, e.id, record.Sum{}, record.Sum{Field: "Employees"})
	}},
	{name: "record.Records.RollUp", with: "over another module", needs: append(slices.Clone(seeing), need{module: parts.Module, right: view}),
		do: func(e *env) (any, error) {
			return e.recs().RollUp(e.ctx, account.ParentField, e.id, record.Sum{Module: parts.Module})
		}},
	{name: "record.Records.List", needs: browsing, lists: true, shows: true, do: func(e *env) (any, error) {
		return listed(e.recs().List(e.ctx, record.Query{Limit: record.MaxLimit}))
	}},
	{name: "record.Records.List", with: "in the bin", needs: browsing, bin: true, lists: true, shows: true, do: func(e *env) (any, error) {
		return listed(e.recs().List(e.ctx, record.Query{Bin: true, Limit: record.MaxLimit}))
	}},
	{name: "record.Records.List", with: "filtered", needs: browsing, lists: true, shows: true, do: func(e *env) (any, error) {
		q := record.Query{Where: record.Or(record.Eq("Owner", "nobody"), record.Not(record.Contains("Account_Name", "?"))), Limit: record.MaxLimit}
		return listed(e.recs().List(e.ctx, q))
	}},
	{name: "record.Records.All", needs: browsing, lists: true, shows: true, do: func(e *env) (any, error) {
		var all []*record.Record
		for rec, err := range e.recs().All(e.ctx, everything) {
			if err != nil {
				return nil, err
			}
			all = append(all, rec)
		}
		return listed(all, "", nil)
	}},
	{name: "record.Records.Count", needs: browsing, lists: true, do: func(e *env) (any, error) { return e.recs().Count(e.ctx, record.Query{}) }},
	{name: "record.Records.Count", with: "in the bin", needs: browsing, bin: true, lists: true,
		do: func(e *env) (any, error) { return e.recs().Count(e.ctx, record.Query{Bin: true}) }},
	{name: "record.Records.CountTo", needs: browsing, lists: true, do: func(e *env) (any, error) {
		n, _, err := e.recs().CountTo(e.ctx, record.Query{}, record.MaxLimit)
		return n, err
	}},
	{name: "record.Records.Matching", needs: browsing, lists: true, shows: true, do: func(e *env) (any, error) {
		var all []*record.Record
		by := []record.Match{{Field: "Account_Type", Values: []storage.Value{record.Custom("Other")}}}
		err := e.recs().Matching(e.ctx, by, func(rec *record.Record) error { all = append(all, rec); return nil })
		return listed(all, "", err)
	}},
	{name: "record.Records.Usage", needs: browsing, lists: true, do: func(e *env) (any, error) {
		_, n, err := e.recs().Usage(e.ctx)
		return n, err
	}},
	{name: "record.Records.Load", loose: true, why: "the fields, without what is hidden", do: func(e *env) (any, error) { return e.recs().Load(e.ctx) }},
	{name: "record.Records.Reached", loose: true, why: "it answers with none to who may do nothing",
		do: func(e *env) (any, error) { return e.recs().Reached(e.ctx, read, e.id) }},
	{name: "record.Records.Reaches", loose: true, why: "it answers no to who may do nothing",
		do: func(e *env) (any, error) { return e.recs().Reaches(e.ctx, read, e.id) }},

	{name: "record.Records.Create", needs: creating, write: true, sets: true, do: func(e *env) (any, error) {
		rec := e.fresh()
		return rec, e.recs().Create(e.ctx, rec)
	}},
	{name: "record.Records.Update", needs: updating, write: true, sets: true, do: func(e *env) (any, error) {
		rec := e.draft()
		return rec, e.recs().Update(e.ctx, rec)
	}},
	{name: "record.Records.Update", with: "to another owner", needs: giving, write: true, do: func(e *env) (any, error) {
		rec := e.draft()
		rec.Set("Owner", record.Custom("zoe"))
		return rec, e.recs().Update(e.ctx, rec)
	}},
	{name: "record.Records.Put", with: "a new one", needs: creating, write: true, sets: true, do: func(e *env) (any, error) {
		rec := e.fresh()
		return rec, first(e.recs().Put(e.ctx, rec))
	}},
	{name: "record.Records.Put", needs: updating, write: true, sets: true, do: func(e *env) (any, error) {
		rec := e.draft()
		return rec, first(e.recs().Put(e.ctx, rec))
	}},
	{name: "record.Records.Put", with: "to another owner", needs: giving, write: true, do: func(e *env) (any, error) {
		rec := e.draft()
		rec.Set("Owner", record.Custom("zoe"))
		return rec, first(e.recs().Put(e.ctx, rec))
	}},
	{name: "record.Records.Spend", with: "a new one", needs: creating, write: true, sets: true, do: func(e *env) (any, error) {
		rec := e.fresh()
		return rec, first(e.recs().Spend(e.ctx, rec))
	}},
	{name: "record.Records.Spend", needs: updating, write: true, sets: true, do: func(e *env) (any, error) {
		rec := e.draft()
		return rec, first(e.recs().Spend(e.ctx, rec))
	}},
	{name: "record.Records.Validate", with: "a new one", needs: creating, do: func(e *env) (any, error) {
		rec := e.fresh()
		return rec, first(e.recs().Validate(e.ctx, rec))
	}},
	{name: "record.Records.Validate", needs: updating, do: func(e *env) (any, error) {
		rec := e.draft()
		return rec, first(e.recs().Validate(e.ctx, rec))
	}},
	{name: "record.Records.Edit", needs: editing, write: true, sets: true, do: func(e *env) (any, error) {
		var had *record.Record
		err := e.recs().Edit(e.ctx, e.id, func(rec *record.Record) error {
			had = rec
			rec.Set("Phone", record.Custom(phone))
			rec.Set("Fax", record.Custom("1"))
			return nil
		})
		return had, err
	}},
	{name: "record.Records.Delete", needs: deleting, write: true, do: func(e *env) (any, error) { return nil, e.recs().Delete(e.ctx, e.id) }},
	{name: "record.Records.Restore", needs: deleting, bin: true, write: true, do: func(e *env) (any, error) { return nil, e.recs().Restore(e.ctx, e.id) }},
	{name: "record.Records.Purge", needs: []need{org(record.RightManageData)}, bin: true, write: true, loose: true, why: "it takes a right over all data",
		do: func(e *env) (any, error) { return nil, e.recs().Purge(e.ctx, e.id) }},
	{name: "record.Records.PurgeExpired", needs: []need{org(record.RightManageData)}, bin: true, write: true, loose: true, why: "it takes a right over all data",
		do: func(e *env) (n any, err error) {
			e.clock.later(func() { n, err = e.recs().PurgeExpired(e.ctx) })
			return n, err
		}},
	{name: "record.Records.SetShares", needs: []need{org(record.RightManageUsers), {module: account.Module, level: read}}, write: true, do: func(e *env) (any, error) {
		return nil, e.recs().SetShares(e.ctx, e.id, []record.Share{{Principal: "user:zoe", Level: read}})
	}},
	{name: "record.Records.Regrant", needs: []need{org(record.RightManageUsers)}, loose: true, why: "it writes what the policy says, and returns nothing",
		do: func(e *env) (any, error) { return nil, e.recs().Regrant(e.ctx, "rule:none") }},
}

var moduleCalls = []call{
	{name: "record.Module.Get", needs: seeing, shows: true, do: func(e *env) (any, error) { return e.org.Accounts.Get(e.ctx, e.id) }},
	{name: "record.Module.List", needs: browsing, lists: true, shows: true, do: func(e *env) (any, error) {
		return listedTyped(e.org.Accounts.List(e.ctx, record.Query{Limit: record.MaxLimit}))
	}},
	{name: "record.Module.All", needs: browsing, lists: true, shows: true, do: func(e *env) (any, error) {
		var all []*account.Account
		for a, err := range e.org.Accounts.All(e.ctx, everything) {
			if err != nil {
				return nil, err
			}
			all = append(all, a)
		}
		return listedTyped(all, "", nil)
	}},
	{name: "record.Module.Create", needs: creating, write: true, sets: true, do: func(e *env) (any, error) {
		a := e.freshTyped()
		return a, e.org.Accounts.Create(e.ctx, a)
	}},
	{name: "record.Module.Update", needs: updating, write: true, sets: true, do: func(e *env) (any, error) {
		a := e.typed()
		return a, e.org.Accounts.Update(e.ctx, a)
	}},
	{name: "record.Module.Put", needs: updating, write: true, sets: true, do: func(e *env) (any, error) {
		a := e.typed()
		return a, first(e.org.Accounts.Put(e.ctx, a))
	}},
	{name: "record.Module.Put", with: "a new one", needs: creating, write: true, sets: true, do: func(e *env) (any, error) {
		a := e.freshTyped()
		return a, first(e.org.Accounts.Put(e.ctx, a))
	}},
	{name: "record.Module.Validate", needs: updating, do: func(e *env) (any, error) {
		a := e.typed()
		return a, first(e.org.Accounts.Validate(e.ctx, a))
	}},
	{name: "record.Module.Edit", needs: editing, write: true, sets: true, do: func(e *env) (any, error) {
		var had *account.Account
		err := e.org.Accounts.Edit(e.ctx, e.id, func(a *account.Account) error {
			copied := *a
			had, a.Phone, a.Fax = &copied, phone, "1"
			return nil
		})
		return had, err
	}},
	{name: "record.Module.Edit", with: "by JSON", needs: editing, write: true, do: func(e *env) (any, error) {
		return nil, e.org.Accounts.Edit(e.ctx, e.id, func(a *account.Account) error {
			return e.org.Accounts.DecodeJSON(e.ctx, []byte(`{"Fax":"1"}`), a)
		})
	}},
	{name: "record.Module.EncodeJSON", loose: true, why: "the caller has the struct already", shows: true, do: func(e *env) (any, error) {
		return e.org.Accounts.EncodeJSON(e.ctx, &account.Account{Name: "One", Phone: phoneBefore})
	}},
	{name: "record.Module.DecodeJSON", loose: true, why: "the caller has the struct already", do: func(e *env) (any, error) {
		a := &account.Account{Name: "One"}
		return a, e.org.Accounts.DecodeJSON(e.ctx, []byte(`{"Fax":"1"}`), a)
	}},
}

var accountCalls = []call{
	{name: "account.Accounts.CloneDraft", needs: seeing, shows: true, drafts: true, do: func(e *env) (any, error) { return e.org.Accounts.CloneDraft(e.ctx, e.id) }},
	{name: "account.Accounts.Clone", needs: []need{in(view, read), in(create, noRecord)}, write: true, sets: true, do: func(e *env) (any, error) {
		return e.org.Accounts.Clone(e.ctx, e.id, func(a *account.Account) { a.Phone = phone })
	}},
	{name: "account.Accounts.Members", needs: seeing, do: func(e *env) (any, error) {
		members, next, err := e.org.Accounts.Members(e.ctx, e.id, record.Query{})
		return []any{members, next}, err
	}},
	{name: "account.Accounts.Ancestors", needs: seeing, do: func(e *env) (any, error) { return e.org.Accounts.Ancestors(e.ctx, e.id) }},
	{name: "account.Accounts.UltimateParent", needs: seeing, shows: true, do: func(e *env) (any, error) { return e.org.Accounts.UltimateParent(e.ctx, e.id) }},
	{name: "account.Accounts.Tree", needs: seeing, shows: true, do: func(e *env) (any, error) { return e.org.Accounts.Tree(e.ctx, e.id, 0) }},
	{name: "account.Accounts.RollUp", needs: seeing, do: func(e *env) (any, error) {
		return e.org.Accounts.RollUp(e.ctx, e.id, record.Sum{Field: "Employees"})
	}},
}

// managing is what the administration of rights needs.
var managing = []need{org(record.RightManageUsers)}

func administered(name string, writes bool, do func(e *env, r *rights.Rights) (any, error)) call {
	return call{name: "rights.Rights." + name, needs: managing, write: writes, loose: true, why: "who administers rights can have all of them",
		do: func(e *env) (any, error) { return do(e, e.org.Rights) }}
}

var rightsCalls = []call{
	administered("Profile", false, func(e *env, r *rights.Rights) (any, error) { return r.Profile(e.ctx, rights.Standard) }),
	administered("Profiles", false, func(e *env, r *rights.Rights) (any, error) { return r.Profiles(e.ctx) }),
	administered("SaveProfile", true, func(e *env, r *rights.Rights) (any, error) {
		return nil, r.SaveProfile(e.ctx, &rights.Profile{ID: "new", Name: "New", Organization: []record.Right{record.RightUse}})
	}),
	administered("DeleteProfile", true, func(e *env, r *rights.Rights) (any, error) { return nil, r.DeleteProfile(e.ctx, "spare") }),
	administered("Role", false, func(e *env, r *rights.Rights) (any, error) { return r.Role(e.ctx, rights.CEO) }),
	administered("Roles", false, func(e *env, r *rights.Rights) (any, error) { return r.Roles(e.ctx) }),
	administered("SaveRole", true, func(e *env, r *rights.Rights) (any, error) {
		return nil, r.SaveRole(e.ctx, &rights.Role{ID: "new", Name: "New", Parent: rights.CEO})
	}),
	administered("DeleteRole", true, func(e *env, r *rights.Rights) (any, error) { return nil, r.DeleteRole(e.ctx, "unused") }),
	administered("Group", false, func(e *env, r *rights.Rights) (any, error) { return r.Group(e.ctx, "spare") }),
	administered("Groups", false, func(e *env, r *rights.Rights) (any, error) { return r.Groups(e.ctx) }),
	administered("SaveGroup", true, func(e *env, r *rights.Rights) (any, error) {
		return nil, r.SaveGroup(e.ctx, &rights.Group{ID: "new", Name: "New"})
	}),
	administered("DeleteGroup", true, func(e *env, r *rights.Rights) (any, error) { return nil, r.DeleteGroup(e.ctx, "spare") }),
	administered("Rule", false, func(e *env, r *rights.Rights) (any, error) { return r.Rule(e.ctx, "spare") }),
	administered("Rules", false, func(e *env, r *rights.Rights) (any, error) { return r.Rules(e.ctx) }),
	administered("SaveRule", true, func(e *env, r *rights.Rights) (any, error) {
		return nil, r.SaveRule(e.ctx, &rights.Rule{ID: "new", Name: "New", Module: account.Module, Level: read, From: rights.OfRole("spare"), To: rights.OfRole(rights.CEO)})
	}),
	administered("DeleteRule", true, func(e *env, r *rights.Rights) (any, error) { return nil, r.DeleteRule(e.ctx, "spare") }),
	administered("Default", false, func(e *env, r *rights.Rights) (any, error) { return r.Default(e.ctx, account.Module) }),
	administered("SetDefault", true, func(e *env, r *rights.Rights) (any, error) {
		return nil, r.SetDefault(e.ctx, parts.Module, rights.PublicReadOnly)
	}),
	administered("User", false, func(e *env, r *rights.Rights) (any, error) { return r.User(e.ctx, "ceo") }),
	administered("Users", false, func(e *env, r *rights.Rights) (any, error) {
		var all []*rights.User
		for u, err := range r.Users(e.ctx) {
			if err != nil {
				return nil, err
			}
			all = append(all, u)
		}
		return all, nil
	}),
	administered("SaveUsers", true, func(e *env, r *rights.Rights) (any, error) {
		return nil, r.SaveUsers(e.ctx, rights.User{ID: "new", Profile: rights.Standard, Role: rights.CEO, Active: true})
	}),
	{name: "rights.Rights.Shares", needs: seeing, do: func(e *env) (any, error) { return e.org.Rights.Shares(e.ctx, account.Module, e.id) }},
	{name: "rights.Rights.Share", write: true, needs: []need{in(share, noRecord), in(view, read), {module: account.Module, right: share, level: full, elsewhere: true}},
		do: func(e *env) (any, error) {
			return nil, e.org.Rights.Share(e.ctx, account.Module, e.id, []rights.Share{{To: rights.OfRole("spare"), Level: read}})
		}},
}
