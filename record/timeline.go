package record

import (
	"context"
	"slices"
	"time"

	"github.com/clientele-go/crm/storage"
)

// timeline has one row for each version of each record after the first, whose entry is the record's own meta.
var timeline = &storage.Table{Name: "crm_timeline", Columns: []storage.Column{
	{Name: "module", Kind: storage.Text}, {Name: "record", Kind: storage.Ref}, {Name: "at_version", Kind: storage.Int},
	{Name: "at", Kind: storage.Time}, {Name: "actor", Kind: storage.Text}, {Name: "action", Kind: storage.Text},
	{Name: "source", Kind: storage.Text}, {Name: "operation", Kind: storage.Ref},
	{Name: "cause_module", Kind: storage.Text}, {Name: "cause_record", Kind: storage.Ref}, {Name: "cause_version", Kind: storage.Int},
	{Name: "before", Kind: storage.Doc}, {Name: "after", Kind: storage.Doc}},
	Indexes: []storage.Index{
		{Name: "record", Columns: []string{"record", "module", "at_version"}, Unique: true},
		{Name: "operation", Columns: []string{"operation"}},
		{Name: "cause_record", Columns: []string{"cause_record", "cause_module"}}}}

// Change is what became of one field.
type Change struct {
	Field    string // API name
	Old, New storage.Value
}

// Entry is one version of one record: what happened, when, and by whom.
type Entry struct {
	Module       string
	Record       ID
	Name         string // what the record is called by now, as the actor sees it: in related timelines only
	Version      int64  // that it made
	Time         time.Time
	Actor        Actor
	Action       Action
	Source       string
	Operation    ID    // the operation that it was part of, if any
	Cause        Link  // the record whose change this one followed from, as a cleared link follows from a delete, if the actor sees it
	CauseVersion int64 // and the version that it made
	Changes      []Change
}

// untracked are the columns whose change is no news: when and who is in the entry itself.
func untracked(i int) bool { return i == colModified || i == colModifiedBy }

// diff lists the fields in which two rows differ.
func (s *Shape) diff(old, row []storage.Value) (cs []Change) {
	for i := range s.fields {
		if old[i] != row[i] && !untracked(i) {
			cs = append(cs, Change{s.fields[i].Name, old[i], row[i]})
		}
	}
	return cs
}

func (e *Entry) row(id ID) storage.Row {
	before, after := make([]storage.Member, len(e.Changes)), make([]storage.Member, len(e.Changes))
	for i, c := range e.Changes {
		before[i], after[i] = storage.Member{Name: c.Field, Value: c.Old}, storage.Member{Name: c.Field, Value: c.New}
	}
	cause := storage.Value{}
	if e.CauseVersion > 0 {
		cause = storage.IntValue(e.CauseVersion)
	}
	return storage.Row{ID: id, Version: 1, Values: []storage.Value{
		storage.TextValue(e.Module), storage.RefValue(e.Record), storage.IntValue(e.Version), timeValue(e.Time),
		textValue(string(e.Actor)), storage.TextValue(string(e.Action)), textValue(e.Source), refValue(e.Operation),
		textValue(e.Cause.Module), refValue(e.Cause.ID), cause, storage.DocValue(before...), storage.DocValue(after...)}}
}

func readEntry(r *storage.Row) *Entry {
	v := r.Values
	e := &Entry{Module: v[0].Text(), Record: v[1].ID(), Version: v[2].Int64(), Time: v[3].Time(), Actor: Actor(v[4].Text()),
		Action: Action(v[5].Text()), Source: v[6].Text(), Operation: v[7].ID(), Cause: Link{v[8].Text(), v[9].ID()}, CauseVersion: v[10].Int64()}
	for _, m := range v[11].Members() {
		e.Changes = append(e.Changes, Change{Field: m.Name, Old: m.Value})
	}
	for _, m := range v[12].Members() {
		i := slices.IndexFunc(e.Changes, func(c Change) bool { return c.Field == m.Name })
		if i < 0 {
			i = len(e.Changes)
			e.Changes = append(e.Changes, Change{Field: m.Name})
		}
		e.Changes[i].New = m.Value
	}
	return e
}

// visible leaves out of an entry what is hidden: of fields, and of who made it and when if these are, and what it followed
// from if the link that led there is.
func (s *Shape) visible(e *Entry) *Entry {
	if !s.hides {
		return e
	}
	led := func(d Def) bool { // there, or may have
		return d.Hidden && d.To != "" && (d.To == e.Cause.Module || d.To == AnyModule) && (e.Action == Deleted || e.Action == Restored ||
			slices.ContainsFunc(e.Changes, func(c Change) bool { return c.Field == d.Name }))
	}
	if slices.ContainsFunc(s.fields, led) {
		e.Cause, e.CauseVersion = Link{}, 0
	}
	e.Changes = slices.DeleteFunc(e.Changes, func(c Change) bool {
		i := s.position(c.Field)
		return i < 0 || s.fields[i].Hidden
	})
	if s.fields[colModifiedBy].Hidden {
		e.Actor = ""
	}
	if s.fields[colModified].Hidden {
		e.Time = time.Time{}
	}
	return e
}

// discreetCauses leaves out of entries the records that they followed from, where the actor does not see these.
func (s *Session) discreetCauses(ctx context.Context, es []*Entry) error {
	var causes []Link
	for _, e := range es {
		if e.CauseVersion > 0 {
			causes = append(causes, e.Cause)
		}
	}
	if causes == nil {
		return nil
	}
	seen, err := s.visible(ctx, causes)
	if err != nil {
		return err
	}
	for _, e := range es {
		if !slices.Contains(seen, e.Cause) {
			e.Cause, e.CauseVersion = Link{}, 0
		}
	}
	return nil
}

// entries calls fn with the entries that the filter selects, in no order that matters.
func (s *Session) entries(ctx context.Context, index string, f storage.Filter, fn func([]*Entry) error) error {
	return s.each(ctx, storage.Query{Table: timeline, Where: f, Index: index}, func(rows []storage.Row) error {
		es := make([]*Entry, len(rows))
		for i := range rows {
			es[i] = readEntry(&rows[i])
		}
		return fn(es)
	})
}

// historyOf selects the entries of these records.
func (r *Records) historyOf(ids []ID) storage.Filter {
	return and(among("record", ids...), eq("module", storage.TextValue(r.shape.Module)))
}

// Timeline returns what happened to a record since a time, newest first, its creation included; with the zero time, all
// of it. A record in the bin has its timeline too; one that never was is ErrNotFound. At most limit entries come, and
// 1,000 when limit is 0.
func (r *Records) Timeline(ctx context.Context, id ID, since time.Time, limit int) (es []*Entry, err error) {
	if limit <= 0 || limit > MaxLimit {
		limit = pageSize
	}
	from := timeValue(since)
	if !from.IsNull() && from.Kind() != storage.Time {
		return nil, invalid("since", CodeInvalid, Args{"expected": "datetime"})
	}
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightView)
		if err != nil {
			return err
		}
		row, err := in.ever(ctx, id)
		if err != nil {
			return err
		}
		where := r.historyOf([]ID{id})
		if !from.IsNull() {
			where = and(where, compare(storage.Ge, "at", from))
		}
		rows, err := s.tx.Find(ctx, &storage.Query{Table: timeline, Where: where, Limit: limit, Index: "record",
			Order: []storage.Order{{Field: "at_version", Desc: true}}})
		if err != nil {
			return err
		}
		es = nil
		for i := range rows {
			es = append(es, in.shape.visible(readEntry(&rows[i])))
		}
		if err := s.discreetCauses(ctx, es); err != nil {
			return err
		}
		m := in.shape.decode(row).blank().Meta()
		if len(es) < limit && !m.CreatedTime.Before(since) {
			es = append(es, &Entry{Module: r.shape.Module, Record: id, Version: 1, Time: m.CreatedTime, Actor: m.CreatedBy,
				Action: Created, Source: m.Source, Operation: row.Values[colOperation].ID()})
		}
		return nil
	})
	return es, err
}

// ever returns the row of a record that the actor sees, in the bin or not. The session is in a transaction.
func (r *Records) ever(ctx context.Context, id ID) (*storage.Row, error) {
	if err := r.reaching(ctx, LevelRead, RightView, []ID{id}); err != nil {
		return nil, err
	}
	row, err := r.s.one(ctx, r.shape.table, id)
	if err == nil && row == nil {
		err = r.missing(id)
	}
	return row, err
}
