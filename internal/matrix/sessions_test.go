package matrix

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

var (
	using       = []need{org(record.RightUse)}
	customizing = []need{org(record.RightCustomize)}
	overseeing  = []need{{right: record.RightManageData, unseen: true}} // of what others did
)

// job starts an operation in somebody's name.
func job(of record.Actor) func(e *env) {
	return func(e *env) {
		o := e.host
		if of != "" {
			o = o.As(of)
		}
		op, err := o.Session().Start(e.ctx, "job", "", "")
		e.must(err)
		e.op = op
	}
}

// another is somebody else who uses the CRM.
const another = "another"

// operated is an operation in the actor's name.
func operated(e *env, fn func(as *account.Accounts) error) {
	op, err := e.host.Session().Operate(e.ctx, "job", func(s *record.Session) error { return fn(account.In(s)) })
	e.must(err)
	e.op = op
}

func undoing(e *env) (any, error) { return e.session().Undo(e.ctx, e.op.ID, false) }

// ofOperation are the calls about one operation: of the actor's own, and of another's.
func ofOperation(name string, writes bool, do func(e *env) (any, error)) []call {
	return []call{
		{name: name, needs: using, write: writes, before: job(""), do: do, loose: true, why: "it is about an operation of the actor's own"},
		{name: name, with: "of another's", needs: overseeing, write: writes, before: job(another), do: do, loose: true, why: "it takes a right over all data"},
	}
}

var sessionCalls = join([]call{
	{name: "record.Session.Authorise", needs: browsing, do: func(e *env) (any, error) { return nil, e.session().Authorise(e.ctx, account.Module, view) }},
	{name: "record.Session.Authorise", with: "in the organization", needs: using, do: func(e *env) (any, error) { return nil, e.session().Authorise(e.ctx, "", record.RightUse) }},
	{name: "record.Session.Start", needs: using, write: true, do: func(e *env) (any, error) { return e.session().Start(e.ctx, "job", "new", "") }},
	{name: "record.Session.Start", with: "with the key of another's", needs: using, loose: true, why: "the key is taken",
		before: func(e *env) {
			_, err := e.host.As(another).Session().Start(e.ctx, "job", "taken", "")
			e.must(err)
		},
		do: func(e *env) (any, error) {
			op, err := e.session().Start(e.ctx, "job", "taken", "")
			return op, conflictIsFine(err)
		}},
	{name: "record.Session.Operate", needs: using, write: true, do: func(e *env) (any, error) {
		return e.session().Operate(e.ctx, "job", func(*record.Session) error { return nil })
	}},
	{name: "record.Session.Operate", with: "with a change", needs: join(using, editing), write: true, wraps: true, sets: true, do: func(e *env) (any, error) {
		return e.session().Operate(e.ctx, "job", func(s *record.Session) error {
			return account.In(s).Edit(e.ctx, e.id, func(a *account.Account) error { a.Phone, a.Fax = phone, "1"; return nil })
		})
	}},
	{name: "record.Session.Operations", needs: using, loose: true, why: "they are the actor's own, or all with Manage_Data", before: job(""),
		do: func(e *env) (any, error) { return e.session().Operations(e.ctx, 0) }},
	{name: "record.Once.Do", needs: using, write: true, do: func(e *env) (any, error) {
		return e.session().Once("new").Do(e.ctx, func(*record.Session) error { return nil })
	}},
	{name: "record.Session.View", loose: true, why: "what is done in it asks", do: func(e *env) (any, error) {
		return nil, e.session().View(e.ctx, func(*record.Session) error { return nil })
	}},
	{name: "record.Session.View", with: "with a Get", needs: seeing, shows: true, do: func(e *env) (got any, err error) {
		err = e.session().View(e.ctx, func(s *record.Session) error { got, err = account.In(s).Get(e.ctx, e.id); return err })
		return got, err
	}},
	{name: "record.Session.Update", loose: true, why: "what is done in it asks", do: func(e *env) (any, error) {
		return nil, e.session().Update(e.ctx, func(*record.Session) error { return nil })
	}},
	{name: "record.Session.Update", with: "with a Delete", needs: deleting, write: true, do: func(e *env) (any, error) {
		return nil, e.session().Update(e.ctx, func(s *record.Session) error { return account.In(s).Delete(e.ctx, e.id) })
	}},
	{name: "record.Records.Amend", needs: []need{org(record.RightManageData)}, write: true, loose: true, why: "it is the module's own code, and takes a right over all data",
		do: func(e *env) (any, error) {
			return nil, e.recs().Amend(e.ctx, record.Updated, e.id, func(rec *record.Record) error { rec.Set("Fax", record.Custom("1")); return nil })
		}},
	{name: "record.Session.Verify", needs: []need{org(record.RightManageData)}, loose: true, why: "it takes a right over all data",
		do: func(e *env) (any, error) { return nil, e.session().Verify(e.ctx) }},

	{name: "record.Session.Layout", needs: customizing, do: func(e *env) (any, error) { return e.session().Layout(e.ctx, account.Module) }},
	{name: "record.Session.SaveLayout", needs: customizing, write: true, do: func(e *env) (any, error) {
		l, err := e.host.Session().Layout(e.ctx, account.Module)
		e.must(err)
		l.Fields = append(l.Fields, record.FieldLayout{Name: "New", Type: "text", English: "New"})
		return e.session().SaveLayout(e.ctx, account.Module, l, nil)
	}},
	{name: "record.Session.SaveLayout", with: "that records stand against", needs: customizing, do: func(e *env) (any, error) {
		l, err := e.host.Session().Layout(e.ctx, account.Module)
		e.must(err)
		l.Fields = append(l.Fields, record.FieldLayout{Name: "Account_Name", Limit: 1})
		rep, err := e.session().SaveLayout(e.ctx, account.Module, l, nil)
		var stands *record.LayoutError
		if errors.As(err, &stands) {
			return stands, nil
		}
		return rep, err
	}},
	{name: "record.Session.Organization", loose: true, why: "every value is shown by it", do: func(e *env) (any, error) { return e.session().Organization(e.ctx) }},
	{name: "record.Session.SaveOrganization", needs: customizing, write: true, do: func(e *env) (any, error) {
		return nil, e.session().SaveOrganization(e.ctx, &record.Organization{Currency: "CNY"})
	}},
	{name: "record.Session.Setting", loose: true, why: "a host's own are for its own code to guard",
		do: func(e *env) (any, error) { return e.session().Setting(e.ctx, "host") }},
	{name: "record.Session.Setting", with: "of a layout", needs: customizing, do: func(e *env) (any, error) { return e.session().Setting(e.ctx, "layout.Accounts") }},
	{name: "record.Session.Setting", with: "of the policy", needs: managing, loose: true, why: "who administers rights can have all of them",
		do: func(e *env) (any, error) { return e.session().Setting(e.ctx, "rights") }},
	{name: "record.Session.Setting", with: "of the policy's users", needs: managing, loose: true, why: "who administers rights can have all of them",
		do: func(e *env) (any, error) { return e.session().Setting(e.ctx, "rights.users.0") }},
	{name: "record.Session.SettingHistory", loose: true, why: "a host's own are for its own code to guard",
		do: func(e *env) (any, error) { return e.session().SettingHistory(e.ctx, "host") }},
	{name: "record.Session.SettingHistory", with: "of a layout", needs: customizing, do: func(e *env) (any, error) { return e.session().SettingHistory(e.ctx, "layout.Accounts") }},
	{name: "record.Session.SettingHistory", with: "of the policy", needs: managing, loose: true, why: "who administers rights can have all of them",
		do: func(e *env) (any, error) { return e.session().SettingHistory(e.ctx, "rights") }},
	{name: "record.Session.SaveSetting", needs: customizing, write: true, do: func(e *env) (any, error) {
		return nil, e.session().SaveSetting(e.ctx, &record.Setting{Name: "new", Body: []byte("1")})
	}},
	{name: "record.Session.SaveSetting", with: "of the policy", needs: managing, write: true, do: func(e *env) (any, error) {
		return nil, e.session().SaveSetting(e.ctx, &record.Setting{Name: "rights.new", Body: []byte("{}")})
	}},

	{name: "record.Session.Undo", with: "of a creation", needs: join(using, []need{{module: account.Module, right: remove, managed: true}}), write: true,
		before: func(e *env) {
			operated(e, func(as *account.Accounts) error {
				a := &account.Account{Name: "Made"}
				err := as.Create(e.ctx, a)
				e.made = a.ID
				return err
			})
		}, do: undoing},
	{name: "record.Session.Undo", with: "of a change", needs: join(using, []need{{module: account.Module, right: edit, level: write, kept: true, managed: true}}), write: true,
		before: func(e *env) {
			operated(e, func(as *account.Accounts) error {
				return as.Edit(e.ctx, e.id, func(a *account.Account) error { a.Fax = e.session().NewID().String()[:30]; return nil })
			})
		}, do: undoing},
	{name: "record.Session.Undo", with: "of a delete", needs: join(using, []need{{module: account.Module, right: remove, level: full, kept: true, managed: true}}), bin: true, write: true,
		before: func(e *env) {
			e.must(e.host.Accounts.Restore(e.ctx, e.id))
			operated(e, func(as *account.Accounts) error { return as.Delete(e.ctx, e.id) })
		}, do: undoing},
	{name: "record.Session.Undo", with: "of a change of the owner", needs: join(using, []need{{module: account.Module, right: give, level: full, kept: true, managed: true}}), write: true,
		before: func(e *env) {
			owner := record.Actor("")
			give := func(as *account.Accounts, to record.Actor) error {
				return as.Edit(e.ctx, e.id, func(a *account.Account) error { owner, a.Owner = a.Owner, to; return nil })
			}
			e.must(give(e.host.Accounts, "zoe"))
			to := owner
			operated(e, func(as *account.Accounts) error { return give(as, to) })
		}, do: undoing},
	{name: "record.Session.Undo", with: "of another's", needs: overseeing, write: true, loose: true, why: "it takes a right over all data",
		before: func(e *env) {
			op, err := e.host.As(another).Session().Operate(e.ctx, "job", func(*record.Session) error { return nil })
			e.must(err)
			e.op = op
		}, do: undoing},
},
	ofOperation("record.Session.Operation", false, func(e *env) (any, error) { return e.session().Operation(e.ctx, e.op.ID) }),
	ofOperation("record.Session.Batches", false, func(e *env) (any, error) { return e.session().Batches(e.ctx, e.op.ID) }),
	ofOperation("record.Session.EachBatch", false, func(e *env) (any, error) {
		return nil, e.session().EachBatch(e.ctx, e.op.ID, func(*record.Batch) error { return nil })
	}),
	ofOperation("record.Session.Created", false, func(e *env) (any, error) { return e.session().Created(e.ctx, e.op.ID) }),
	ofOperation("record.Session.Finish", true, func(e *env) (any, error) { return e.op, e.session().Finish(e.ctx, e.op, record.Counts{}, "done") }),
	ofOperation("record.Session.Batch", true, func(e *env) (any, error) {
		return e.session().Batch(e.ctx, e.op, 0, func(_ *record.Session, b *record.Batch) error { b.Next = 1; return nil })
	}),
)

var orgCalls = []call{
	{name: "crm.Org.View", with: "with a Get", needs: seeing, shows: true, do: func(e *env) (got any, err error) {
		err = e.org.View(e.ctx, func(tx *crm.Org) error { got, err = tx.Accounts.Get(e.ctx, e.id); return err })
		return got, err
	}},
	{name: "crm.Org.Update", with: "with an Edit", needs: editing, write: true, sets: true, do: func(e *env) (any, error) {
		return nil, e.org.Update(e.ctx, func(tx *crm.Org) error {
			return tx.Accounts.Edit(e.ctx, e.id, func(a *account.Account) error { a.Phone, a.Fax = phone, "1"; return nil })
		})
	}},
	{name: "crm.Once.Do", needs: using, write: true, do: func(e *env) (any, error) {
		return e.org.Once("new").Do(e.ctx, func(*crm.Org) error { return nil })
	}},
	{name: "crm.Once.Do", with: "with a Create", needs: join(using, creating), write: true, wraps: true, do: func(e *env) (any, error) {
		return e.org.Once("new").Do(e.ctx, func(tx *crm.Org) error { return tx.Accounts.Create(e.ctx, &account.Account{Name: "New"}) })
	}},
	{name: "crm.Org.Undo", with: "of another's", needs: overseeing, write: true, loose: true, why: "it takes a right over all data", before: func(e *env) {
		op, err := e.host.As(another).Session().Operate(e.ctx, "job", func(*record.Session) error { return nil })
		e.must(err)
		e.op = op
	}, do: func(e *env) (any, error) { return e.org.Undo(e.ctx, e.op.ID, true) }},
	{name: "record.Session.PurgeTimeline", needs: []need{org(record.RightManageData)}, write: true, loose: true, why: "it takes a right over all data",
		do: func(e *env) (any, error) {
			return e.session().PurgeTimeline(e.ctx, e.session().Now().Add(-2*record.Retention))
		}},
	{name: "crm.Verify", needs: []need{org(record.RightManageData)}, loose: true, why: "it takes a right over all data",
		do: func(e *env) (any, error) { return nil, crm.Verify(e.ctx, e.org) }},
}

// run imports a file of lines.
func (e *env) run(mode importer.Mode, match string, lines ...string) (any, error) {
	text := strings.Join(lines, "\n") + "\n"
	f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "file.csv", nil)
	e.must(err)
	o := &importer.Options{Mode: mode}
	if match != "" {
		o.Match = []string{match}
	}
	return importer.Run(e.ctx, e.org.Accounts, f, o)
}

var importerCalls = join([]call{
	{name: "importer.Run", with: "in mode update", write: true, sets: true,
		needs: join([]need{in(imports, noRecord), in(view, noRecord), in(edit, noRecord)}, using, []need{{module: account.Module, level: write, kept: true}}),
		do: func(e *env) (any, error) {
			return e.run(importer.Update, "id", "id,Account Name,Phone", fmt.Sprintf("%s,Renamed,%s", e.id, phone))
		}},
	{name: "importer.Run", with: "in mode upsert", write: true,
		needs: join([]need{in(imports, noRecord), in(view, noRecord), in(create, noRecord), in(edit, noRecord)}, using),
		do:    func(e *env) (any, error) { return e.run(importer.Upsert, "", "Account Name,Phone", "New,1") }},
	{name: "importer.Run", with: "in mode add", write: true, needs: join([]need{in(imports, noRecord), in(view, noRecord), in(create, noRecord)}, using),
		do: func(e *env) (any, error) { return e.run(importer.Add, "", "Account Name,Phone", "New,1") }},
	{name: "importer.Run", with: "in mode clone", write: true, needs: join([]need{in(imports, noRecord), in(create, noRecord)}, using),
		do: func(e *env) (any, error) { return e.run(importer.Clone, "", "Account Name,Phone", "New,1") }},
	{name: "importer.Presets", needs: importing, do: func(e *env) (any, error) { return importer.Presets(e.ctx, e.org.Accounts) }},
	{name: "importer.SavePreset", needs: importing, write: true, do: func(e *env) (any, error) {
		return nil, importer.SavePreset(e.ctx, e.org.Accounts, &importer.Preset{Name: "New"})
	}},
	{name: "importer.DeletePreset", needs: importing, write: true, before: func(e *env) {
		e.must(importer.SavePreset(e.ctx, e.host.Accounts, &importer.Preset{Name: "Old"}))
	}, do: func(e *env) (any, error) { return nil, importer.DeletePreset(e.ctx, e.org.Accounts, "Old") }},
	{name: "importer.Suggest", loose: true, why: "it knows the fields that the actor may set, and no records", do: func(e *env) (any, error) {
		return importer.Suggest(e.ctx, e.org.Accounts, []string{"Account Name", "Phone"})
	}},
	{name: "importer.Export", shows: true, needs: []need{in(exports, noRecord), in(view, noRecord)}, do: func(e *env) (any, error) {
		var b strings.Builder
		_, err := importer.Export(e.ctx, e.org.Accounts, &b, record.Query{Where: record.Eq("id", e.id)}, nil)
		return b.String(), err
	}},
	{name: "importer.Export", with: "of all", lists: true, needs: []need{in(exports, noRecord), in(view, noRecord)}, do: func(e *env) (any, error) {
		return importer.Export(e.ctx, e.org.Accounts, io.Discard, record.Query{}, &importer.ExportOptions{Format: importer.KindXLSX})
	}},
	{name: "importer.Template", needs: importing, do: func(e *env) (any, error) {
		var b strings.Builder
		err := importer.Template(e.ctx, e.org.Accounts, &b, &importer.TemplateOptions{Format: importer.KindCSV})
		return b.String(), err
	}},
	{name: "importer.History", needs: using, loose: true, why: "they are the actor's own, or all with Manage_Data", before: job(""),
		do: func(e *env) (any, error) { return importer.History(e.ctx, e.session(), 0) }},
},
	ofOperation("importer.Faults", false, func(e *env) (any, error) {
		for f, err := range importer.Faults(e.ctx, e.session(), e.op.ID) {
			if err != nil {
				return f, err
			}
		}
		return nil, nil
	}),
	ofOperation("importer.WriteFaults", false, func(e *env) (any, error) {
		return nil, importer.WriteFaults(e.ctx, e.session(), e.op.ID, io.Discard, importer.KindXLSX, record.English)
	}),
)

// relationCalls are about the related lists of a record.
var relationCalls = []call{
	{name: "relations.List.Page", needs: seeing, do: func(e *env) (any, error) {
		recs, _, err := relations.ListNamed("Member_Accounts").Page(e.ctx, e.session(), []record.ID{e.id}, record.Query{})
		return recs, err
	}},
	{name: "relations.List.Page", with: "of several", needs: seeing, do: func(e *env) (any, error) {
		recs, _, err := relations.ListNamed("Member_Accounts").Page(e.ctx, e.session(), []record.ID{e.id, e.id}, record.Query{})
		return recs, err
	}},
	{name: "relations.List.Count", needs: seeing, do: func(e *env) (any, error) {
		n, _, err := relations.ListNamed("Member_Accounts").Count(e.ctx, e.session(), []record.ID{e.id}, 10)
		return n, err
	}},
	{name: "relations.List.Fields", loose: true, why: "the fields, without what is hidden", do: func(e *env) (any, error) {
		return relations.ListNamed("Member_Accounts").Fields(e.ctx, e.session())
	}},
	{name: "relations.ListChoices", loose: true, why: "a setting that everybody reads", do: func(e *env) (any, error) { return relations.ListChoices(e.ctx, e.session()) }},
	{name: "relations.ListsOf", loose: true, why: "a setting that everybody reads", do: func(e *env) (any, error) { return relations.ListsOf(e.ctx, e.session()) }},
	{name: "relations.SaveLists", needs: customizing, write: true, do: func(e *env) (any, error) {
		return nil, relations.SaveLists(e.ctx, e.session(), nil, relations.ListChoice{Name: "Deals", Hidden: true})
	}},
	{name: "relations.Pipelines", loose: true, why: "a setting that everybody reads", do: func(e *env) (any, error) { return relations.Pipelines(e.ctx, e.session()) }},
	{name: "relations.StageIn", loose: true, why: "a setting that everybody reads", do: func(e *env) (any, error) {
		s, _, err := relations.StageIn(e.ctx, e.session(), "", "Closed Won")
		return s, err
	}},
	{name: "relations.DealsThatAre", loose: true, why: "a setting that everybody reads", do: func(e *env) (any, error) {
		_, err := relations.DealsThatAre(e.ctx, e.session(), relations.Won)
		return nil, err
	}},
	{name: "relations.SavePipelines", needs: customizing, write: true, do: func(e *env) (any, error) {
		return nil, relations.SavePipelines(e.ctx, e.session(), relations.Pipeline{Name: "x", Stages: relations.Stages})
	}},
	{name: "relations.Activities", needs: seeing, do: func(e *env) (any, error) {
		_, _, err := relations.Activities(e.ctx, e.session(), []record.ID{e.id}, false, "", 0)
		return nil, err
	}},
	{name: "relations.ActionsOf", needs: seeing, do: func(e *env) (any, error) {
		_, err := relations.ActionsOf(e.ctx, e.session(), record.Link{Module: account.Module, ID: e.id})
		return nil, err
	}},
	{name: "relations.Group", needs: seeing, do: func(e *env) (any, error) { return relations.Group(e.ctx, e.session(), e.id) }},
	{name: "relations.AddProducts", needs: join(editing, []need{{module: relations.ProductModule, right: view}}), write: true, before: product,
		do: func(e *env) (any, error) { return nil, relations.AddProducts(e.ctx, e.session(), e.id, e.made) }},
	{name: "relations.RemoveProducts", needs: editing, write: true, before: func(e *env) {
		product(e)
		e.must(relations.AddProducts(e.ctx, e.host.Session(), e.id, e.made))
	}, do: func(e *env) (any, error) { return nil, relations.RemoveProducts(e.ctx, e.session(), e.id, e.made) }},
}

// fileCalls are about files, but for those that no transaction can be around.
var fileCalls = []call{
	{name: "relations.Files.Sweep", needs: []need{org(record.RightManageData)}, do: func(e *env) (any, error) { return e.org.Files.Sweep(e.ctx) }},
}

// leadCalls are about leads.
var leadCalls = []call{
	{name: "lead.Leads.Mapping", loose: true, why: "a setting that everybody reads", do: func(e *env) (any, error) { return e.org.Leads.Mapping(e.ctx) }},
	{name: "lead.Leads.SaveMapping", needs: customizing, write: true, do: func(e *env) (any, error) {
		return nil, e.org.Leads.SaveMapping(e.ctx, lead.DefaultMapping())
	}},
}

// pageCalls are about the page of a record.
var pageCalls = []call{
	{name: "relations.PageOf", needs: seeing, shows: true, do: func(e *env) (any, error) {
		page, err := relations.PageOf(e.ctx, e.session(), e.id, &relations.PageOptions{Lists: []*relations.List{relations.ListNamed("Member_Accounts")}})
		if err != nil {
			return nil, err
		}
		return []any{page.Account, page.Card}, nil
	}},
	{name: "relations.Card", needs: seeing, shows: true, do: func(e *env) (any, error) { return relations.Card(e.ctx, e.session(), e.id) }},
	{name: "relations.Timeline", needs: seeing, shows: true, do: func(e *env) (any, error) {
		es, _, err := relations.Timeline(e.ctx, e.session(), e.id, record.TimelineQuery{})
		return es, err
	}},
	{name: "relations.CardFields", loose: true, why: "a setting that everybody reads", do: func(e *env) (any, error) { return relations.CardFields(e.ctx, e.session()) }},
	{name: "relations.Links", loose: true, why: "a setting that everybody reads", do: func(e *env) (any, error) { return relations.Links(e.ctx, e.session()) }},
	{name: "relations.LinksOf", needs: seeing, shows: true, before: func(e *env) {
		e.must(relations.SaveLinks(e.ctx, e.host.AsSystem().Session(), relations.Link{Name: "Call", URL: "https://x.example/${Accounts.Phone}"}))
	}, do: func(e *env) (any, error) {
		links, err := relations.LinksOf(e.ctx, e.session(), e.id)
		if err != nil {
			return nil, err
		}
		return strings.ReplaceAll(links[0].URL, "%20", " "), nil
	}},
	{name: "relations.SaveLinks", needs: customizing, write: true, do: func(e *env) (any, error) {
		return nil, relations.SaveLinks(e.ctx, e.session(), relations.Link{Name: "Map", URL: "https://x.example/"})
	}},
	{name: "relations.SaveCardFields", needs: customizing, write: true, do: func(e *env) (any, error) {
		return nil, relations.SaveCardFields(e.ctx, e.session(), "Phone")
	}},
}

// product makes one.
func product(e *env) {
	p := &relations.Product{Name: "Pump"}
	e.must(e.host.Products.Create(e.ctx, p))
	e.made = p.ID
}

var importing = []need{in(imports, noRecord)}

// conflictIsFine is nil for a conflict.
func conflictIsFine(err error) error {
	if errors.Is(err, record.ErrConflict) {
		return nil
	}
	return err
}

func join[T any](parts ...[]T) (all []T) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
