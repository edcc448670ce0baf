package record

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"time"

	"github.com/clientele-go/crm/storage"
)

// news has one row for each version of a record and each record that it is told to: that to which a noted lookup leads by then, or
// led before.
var news = &storage.Table{Name: "crm_news", Columns: []storage.Column{
	newsModule:      {Name: "module", Kind: storage.Text},
	newsRecord:      {Name: "record", Kind: storage.Ref},
	newsAbout:       {Name: "about_module", Kind: storage.Text},
	newsAboutRecord: {Name: "about", Kind: storage.Ref},
	newsVersion:     {Name: "at_version", Kind: storage.Int},
	newsTime:        {Name: "at", Kind: storage.Time}},
	Indexes: []storage.Index{
		{Name: "record", Columns: []string{"record", "module"}},
		{Name: "about", Columns: []string{"about", "about_module", "at"}}}}

// The columns of news. What a module is of comes after it.
const (
	newsModule = iota
	newsRecord
	newsAbout
	newsAboutRecord
	newsVersion
	newsTime
)

// newsOf is the news that a write makes.
type newsOf struct{ rows []storage.Row }

// note tells of a record that was made, or changed from old.
func (n *newsOf) note(s *Session, rec, old *Record) {
	of := rec.shape.whole
	for i := range of.fields {
		if !of.fields[i].Noted {
			continue
		}
		to := Link{rec.leads(i), rec.row[i].ID()}
		n.tell(s, rec, to)
		if old == nil {
			continue
		}
		if was := (Link{old.leads(i), old.row[i].ID()}); was != to {
			n.tell(s, rec, was)
		}
	}
}

func (n *newsOf) tell(s *Session, rec *Record, to Link) {
	if to.ID.IsZero() {
		return
	}
	n.rows = append(n.rows, storage.Row{ID: s.o.NewID(), Version: 1, Values: []storage.Value{newsModule: storage.TextValue(rec.shape.Module),
		newsRecord: storage.RefValue(rec.ID), newsAbout: storage.TextValue(to.Module), newsAboutRecord: storage.RefValue(to.ID),
		newsVersion: storage.IntValue(rec.Version), newsTime: rec.row[colModified]}})
}

// untell removes what is told of records, and to them.
func (r *Records) untell(ctx context.Context, ids []ID) error {
	module := storage.TextValue(r.shape.Module)
	for _, q := range []storage.Query{
		{Index: "record", Where: and(among("record", ids...), eq("module", module))},
		{Index: "about", Where: and(among("about", ids...), eq("about_module", module))},
	} {
		q.Table, q.Columns = news, []string{}
		if err := r.s.each(ctx, q, func(rows []storage.Row) error { return r.s.delete(ctx, news, keysOf(rows)...) }); err != nil {
			return err
		}
	}
	return nil
}

// TimelineQuery selects what of a related timeline is wanted. The zero TimelineQuery is the newest 50 entries.
type TimelineQuery struct {
	Since, Until time.Time // from Since, before Until; default all
	Actions      []Action  // default all
	Sources      []string  // of what was made, as [Session.From] says; default all
	Actors       []Actor   // default all
	Modules      []string  // of the records that something happened to; default all
	After        Cursor    // where the last page ended; default the newest
	Limit        int       // entries a page, at most MaxLimit; default DefaultLimit
}

// takes reports whether an entry is wanted.
func (q *TimelineQuery) takes(e *Entry) bool {
	return (q.Actions == nil || slices.Contains(q.Actions, e.Action)) && (q.Sources == nil || slices.Contains(q.Sources, e.Source)) &&
		(q.Actors == nil || slices.Contains(q.Actors, e.Actor))
}

// moment is the place of an entry in a related timeline: when it happened, and which of those at one time it is.
type moment struct {
	at  storage.Value
	row ID
}

// before compares, the newest first.
func (m moment) before(o moment) int {
	if m.at != o.at {
		return cmp.Compare(o.at.Int64(), m.at.Int64())
	}
	return bytes.Compare(o.row[:], m.row[:])
}

// after is true of rows that come later in the timeline, which is earlier in time.
func (m moment) after() storage.Filter {
	return and(compare(storage.Le, "at", m.at), or(compare(storage.Lt, "at", m.at), compare(storage.Lt, "id", storage.RefValue(m.row))))
}

// happening is an entry that is perhaps shown.
type happening struct {
	moment
	of      Link
	version int64
	entry   *Entry // nil until it is read
}

// related is a related timeline in the making.
type related struct {
	r    *Records
	q    *TimelineQuery
	id   ID
	from moment // where it goes on; none when at is null
	made *happening
}

// RelatedTimeline returns what happened to a record, and to those that lead to it by a lookup which says so (see [Field.Noted]), newest
// first, and where the next page begins: "" when there is none. What happened to records that the actor does not see is left out, and
// of the others what is hidden. What happened to a record that leads elsewhere by now is in the timelines of both. It fails with
// ErrNotFound; a record in the bin has its timeline too.
func (r *Records) RelatedTimeline(ctx context.Context, id ID, q TimelineQuery) (es []*Entry, next Cursor, err error) {
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if q.Limit < 0 || q.Limit > MaxLimit {
		return nil, "", invalid("Limit", CodeLimit, Args{"limit": MaxLimit, "length": q.Limit})
	}
	for _, t := range []time.Time{q.Since, q.Until} {
		if v := timeValue(t); !v.IsNull() && v.Kind() != storage.Time {
			return nil, "", invalid("Since", CodeInvalid, Args{"expected": "datetime"})
		}
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
		t := &related{r: in, q: &q, id: id}
		if q.After != "" {
			if t.from, err = decodeMoment(q.After); err != nil {
				return err
			}
		}
		t.madeOf(row)
		es, next, err = t.page(ctx)
		return err
	})
	return es, next, err
}

// madeOf notes the creation of the record itself, which has no entry of its own.
func (t *related) madeOf(row *storage.Row) {
	at := row.Values[colCreated]
	if !at.Time().Before(t.q.Since) && (t.q.Until.IsZero() || at.Time().Before(t.q.Until)) {
		t.made = &happening{moment{at, ID{}}, Link{t.r.shape.Module, t.id}, 1, nil}
	}
}

// within is true of rows of the time that is wanted.
func (t *related) within() storage.Filter {
	var fs []storage.Filter
	if since := timeValue(t.q.Since); !since.IsNull() {
		fs = append(fs, compare(storage.Ge, "at", since))
	}
	if until := timeValue(t.q.Until); !until.IsNull() {
		fs = append(fs, compare(storage.Lt, "at", until))
	}
	return and(fs...)
}

// page returns the entries of a page.
func (t *related) page(ctx context.Context) (es []*Entry, next Cursor, err error) {
	for {
		hs, end, err := t.read(ctx)
		if err != nil {
			return nil, "", err
		}
		if err := t.fill(ctx, hs); err != nil {
			return nil, "", err
		}
		for i := range hs {
			e := hs[i].entry
			if e == nil || !t.q.takes(e) {
				continue
			}
			if len(es) == t.q.Limit { // there is one more
				return es, next, t.r.s.discreetCauses(ctx, es)
			}
			es, next = append(es, e), hs[i].cursor()
		}
		if end {
			return es, "", t.r.s.discreetCauses(ctx, es)
		}
		t.from = hs[len(hs)-1].moment
	}
}

// read returns what comes next in both streams, and whether that is the end of them.
func (t *related) read(ctx context.Context) (hs []happening, end bool, err error) {
	limit := t.q.Limit + 1
	order := []storage.Order{{Field: "at", Desc: true}, {Field: "id", Desc: true}}
	last := moment{} // up to which all is known
	take := func(table *storage.Table, index string, where storage.Filter, of func(*storage.Row) happening) error {
		where = and(where, t.within())
		if !t.from.at.IsNull() {
			where = and(where, t.from.after())
		}
		rows, err := t.r.s.tx.Find(ctx, &storage.Query{Table: table, Index: index, Where: where, Order: order, Limit: limit})
		for i := range rows {
			hs = append(hs, of(&rows[i]))
		}
		if len(rows) == limit {
			if m := hs[len(hs)-1].moment; last.at.IsNull() || m.before(last) < 0 {
				last = m
			}
		}
		return err
	}
	self := Link{t.r.shape.Module, t.id}
	if t.wants(self.Module) {
		err = take(timeline, "record", t.r.historyOf([]ID{t.id}), func(row *storage.Row) happening {
			e := readEntry(row)
			return happening{moment{row.Values[3], row.ID}, self, e.Version, e}
		})
		if t.made != nil && (t.from.at.IsNull() || t.from.before(t.made.moment) < 0) {
			hs = append(hs, *t.made)
		}
	}
	if err == nil {
		where := and(eq("about", storage.RefValue(t.id)), eq("about_module", storage.TextValue(self.Module)))
		if t.q.Modules != nil {
			of := storage.Filter{Op: storage.In, Field: "module"}
			for _, m := range t.q.Modules {
				of.Args = append(of.Args, storage.TextValue(m))
			}
			where = and(where, of)
		}
		err = take(news, "about", where, func(row *storage.Row) happening {
			v := row.Values
			return happening{moment{v[newsTime], row.ID}, Link{v[newsModule].Text(), v[newsRecord].ID()}, v[newsVersion].Int64(), nil}
		})
	}
	slices.SortFunc(hs, func(a, b happening) int { return a.before(b.moment) })
	if !last.at.IsNull() {
		hs = slices.DeleteFunc(hs, func(h happening) bool { return last.before(h.moment) < 0 })
	}
	return hs, last.at.IsNull(), err
}

func (t *related) wants(module string) bool {
	return t.q.Modules == nil || slices.Contains(t.q.Modules, module)
}

// fill reads the entries of what happened to records that the actor sees.
func (t *related) fill(ctx context.Context, hs []happening) error {
	ids, versions := map[*Schema][]ID{}, map[*Schema][]storage.Value{}
	for _, h := range hs {
		if m := t.r.s.cat.modules[h.of.Module]; m != nil { // or it is a module that the host has no more
			ids[m], versions[m] = append(ids[m], h.of.ID), append(versions[m], storage.IntValue(h.version))
		}
	}
	for _, m := range t.r.s.cat.order {
		if ids[m] == nil {
			continue
		}
		of, err := t.r.s.shown(m).as(ctx, t.r.s)
		if err != nil {
			return err
		}
		if !of.shape.rights.mayView() {
			continue
		}
		if err := of.happened(ctx, hs, ids[m], versions[m]); err != nil {
			return err
		}
	}
	return nil
}

// mayView reports whether there is a right to see records; nil allows all.
func (r *Rights) mayView() bool { return r == nil || r.may(RightView) }

// happened fills in what happened to records of the module.
func (r *Records) happened(ctx context.Context, hs []happening, ids []ID, versions []storage.Value) error {
	to, err := r.reach(ctx, LevelRead)
	if err != nil {
		return err
	}
	recs, err := r.byID(ctx, among("id", ids...), to.filter())
	if err != nil {
		return err
	}
	type at struct {
		id      ID
		version int64
	}
	entries := map[at]*Entry{}
	where := and(r.historyOf(ids), storage.Filter{Op: storage.In, Field: "at_version", Args: versions})
	err = r.s.entries(ctx, "record", where, func(es []*Entry) error {
		for _, e := range es {
			entries[at{e.Record, e.Version}] = e
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range hs {
		h := &hs[i]
		rec := recs[h.of.ID]
		if h.of.Module != r.shape.Module || rec == nil {
			continue
		}
		shown := rec.clone().blank()
		if h.version == 1 {
			m := shown.Meta()
			h.entry = &Entry{Module: h.of.Module, Record: h.of.ID, Version: 1, Time: m.CreatedTime, Actor: m.CreatedBy, Action: Created, Source: m.Source, Operation: rec.row[colOperation].ID()}
		} else if h.entry = entries[at{h.of.ID, h.version}]; h.entry != nil {
			h.entry = r.shape.visible(h.entry)
		}
		if h.entry != nil {
			h.entry.Name = shown.Title()
		}
	}
	return nil
}

// cursor is the place of a happening as text.
func (m moment) cursor() Cursor {
	return Cursor(base64.RawURLEncoding.EncodeToString(append(m.at.Append(nil), m.row[:]...)))
}

func decodeMoment(c Cursor) (m moment, err error) {
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	var ok bool
	if err == nil {
		m.at, b, ok = storage.ParseValue(b)
	}
	if !ok || m.at.Kind() != storage.Time || len(b) != len(m.row) {
		return m, invalid("After", CodeInvalid, Args{"expected": "a cursor of this list"})
	}
	m.row = ID(b)
	return m, nil
}
