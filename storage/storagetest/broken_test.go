package storagetest

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/clientele-go/crm/storage"
)

// What follows is the part of the naive store that most mutants break: how it keeps values, and how it answers.

// stored returns r as it is kept.
func (n *naive) stored(t *storage.Table, r *storage.Row) stored {
	s := stored{version: r.Version, values: map[string]storage.Value{}}
	for i, c := range t.Columns {
		s.values[c.Name] = n.kept(r.Values[i])
	}
	switch n.bug {
	case "input aliased":
		s.shared = r.Values
	case "results aliased":
		s.shared = slices.Clone(r.Values)
	case "version always 1":
		s.version = 1
	}
	return s
}

// kept returns v as it is kept.
func (n *naive) kept(v storage.Value) storage.Value {
	switch k := v.Kind(); {
	case n.bug == "times cut to ms" && k == storage.Time:
		return storage.TimeValue(v.Time().Truncate(time.Millisecond))
	case n.bug == "times as nanoseconds" && k == storage.Time:
		return storage.MicrosValue(time.Unix(0, v.Time().UnixNano()).UnixMicro())
	case n.bug == "decimals as float64" && k == storage.Decimal:
		f, _ := strconv.ParseFloat(v.Text(), 64)
		if d, ok := storage.ParseDecimal(strconv.FormatFloat(f, 'f', -1, 64)); ok {
			return d
		}
	case n.bug == "empty text is null" && k == storage.Text && v.Text() == "":
		return storage.Value{}
	case n.bug == "text trimmed" && k == storage.Text:
		return storage.TextValue(strings.TrimRight(v.Text(), " "))
	case n.bug == "bytes as text" && k == storage.Bytes:
		return storage.BytesValue([]byte(strings.ToValidUTF8(v.Raw(), "\ufffd")))
	case n.bug == "ints as float64" && k == storage.Int:
		if i := v.Int64(); i < 1<<62 && i > -1<<62 {
			return storage.IntValue(int64(float64(i)))
		}
	}
	return v
}

// row returns what is kept as a whole row of t.
func (n *naive) row(t *storage.Table, id storage.ID, s stored) storage.Row {
	r := storage.Row{ID: id, Version: s.version}
	if s.shared != nil {
		if r.Values = s.shared; n.bug == "input aliased" {
			r.Values = slices.Clone(s.shared)
		}
		return r
	}
	r.Values = make([]storage.Value, len(t.Columns))
	for i, c := range t.Columns {
		r.Values[i] = s.values[c.Name]
	}
	return r
}

// match is [storage.Match], but for what is broken.
func (n *naive) match(t *storage.Table, f *storage.Filter, row *storage.Row) bool {
	switch f.Op {
	case storage.And:
		return !slices.ContainsFunc(f.Sub, func(f storage.Filter) bool { return !n.match(t, &f, row) })
	case storage.Or:
		return slices.ContainsFunc(f.Sub, func(f storage.Filter) bool { return n.match(t, &f, row) })
	case storage.Not:
		if n.bug == "not has three values" && f.Sub[0].Field != "" && t.Get(row, f.Sub[0].Field).IsNull() {
			return false
		}
		return !n.match(t, &f.Sub[0], row)
	case storage.All:
		return true
	}
	v, arg := t.Get(row, f.Field), storage.Value{}
	if len(f.Args) > 0 {
		arg = f.Args[0]
	}
	text := v.Kind() == storage.Text && arg.Kind() == storage.Text
	switch n.bug {
	case "texts equal in any case":
		if f.Op == storage.Eq && text {
			return strings.EqualFold(v.Text(), arg.Text())
		}
	case "contains in any case":
		if f.Op == storage.Contains && text {
			return strings.Contains(strings.ToLower(v.Text()), strings.ToLower(arg.Text()))
		}
	case "contains is LIKE":
		if f.Op == storage.Contains && text {
			like := strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(arg.Text()))
			return regexp.MustCompile("(?s)" + like).MatchString(v.Text())
		}
	case "in cut at 1000":
		if f.Op == storage.In && len(f.Args) > 1000 {
			short := *f
			short.Args = f.Args[:1000]
			return storage.Match(t, &short, row)
		}
	case "null in null":
		if f.Op == storage.In && v.IsNull() {
			return slices.Contains(f.Args, v)
		}
	case "null never equal":
		if f.Op == storage.Eq && arg.IsNull() {
			return false
		}
	case "null is less":
		if f.Op == storage.Lt {
			return !arg.IsNull() && v.Compare(arg) < 0
		}
	case "UTF-16 order":
		if text && (f.Op == storage.Lt || f.Op == storage.Ge) {
			return (compare16(v.Text(), arg.Text()) < 0) == (f.Op == storage.Lt)
		}
	case "kind of a member ignored":
		if column, member, _, ok := storage.SplitField(f.Field); ok && member != "" && f.Op == storage.Eq && arg.IsNull() {
			return row.Values[t.Column(column)].Member(member).IsNull()
		}
	case "members fold case":
		if column, member, k, ok := storage.SplitField(f.Field); ok && member != "" && f.Op == storage.Eq {
			for _, m := range row.Values[t.Column(column)].Members() {
				if strings.EqualFold(m.Name, member) && m.Value.Kind() == k {
					return m.Value == arg
				}
			}
		}
	}
	return storage.Match(t, f, row)
}

// compare is [storage.CompareRows], but for what is broken.
func (n *naive) compare(q *storage.Query, a, b *storage.Row) int {
	for i, o := range q.Order {
		v, w := q.Table.Get(a, o.Field), q.Table.Get(b, o.Field)
		c := v.Compare(w)
		switch {
		case n.bug == "nulls last" && v.IsNull() != w.IsNull():
			c = -c
		case n.bug == "UTF-16 order" && v.Kind() == storage.Text && w.Kind() == storage.Text:
			c = compare16(v.Text(), w.Text())
		case n.bug == "order folds case" && v.Kind() == storage.Text && w.Kind() == storage.Text:
			c = cmp.Or(strings.Compare(strings.ToLower(v.Text()), strings.ToLower(w.Text())), c)
		case n.bug == "only the first key sorts" && i > 0:
			c = 0
		}
		if o.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	c := strings.Compare(string(a.ID[:]), string(b.ID[:]))
	if k := len(q.Order); k > 0 && q.Order[k-1].Desc && n.bug != "ties always ascend" {
		c = -c
	}
	return c
}

// compare16 orders texts by their UTF-16, as some languages and databases do.
func compare16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// resolve is [storage.Resolve], but for what is broken.
func (n *naive) resolve(f storage.Filter, find func(*storage.Query) ([]storage.Row, error)) (storage.Filter, error) {
	switch n.bug {
	case "one step along":
		steps := 0
		return storage.Resolve(f, func(q *storage.Query) ([]storage.Row, error) {
			if steps++; steps > 2 {
				return nil, nil
			}
			return find(q)
		})
	case "no end along a ring":
		if f.Op != storage.Among || f.Along == "" {
			break
		}
		rows, err := find(f.Of)
		for out := (storage.Filter{Op: storage.In, Field: f.Field}); ; {
			if err != nil || len(rows) == 0 {
				return out, err
			}
			step := storage.Filter{Op: storage.In, Field: f.Along}
			for i := range rows {
				if v := f.Of.Table.Get(&rows[i], f.On); !v.IsNull() {
					step.Args = append(step.Args, v)
				}
			}
			out.Args = append(out.Args, step.Args...)
			rows, err = find(&storage.Query{Table: f.Of.Table, Where: step})
		}
	case "looks in the wrong table": // as where a name means the column of the inner table, since that has one too
		if !f.PerRow() {
			break
		}
		if _, ok := f.Of.Table.FieldKind(f.Field); !ok {
			break
		}
		where, err := storage.Resolve(f.Of.Where, find)
		if err != nil {
			return f, err
		}
		rows, err := find(&storage.Query{Table: f.Of.Table, Where: where})
		found := slices.ContainsFunc(rows, func(r storage.Row) bool {
			on := f.Of.Table.Get(&r, f.On)
			return !on.IsNull() && on == f.Of.Table.Get(&r, f.Field)
		})
		if found {
			return storage.Filter{}, err
		}
		return storage.Filter{Op: storage.Or}, err
	case "among nulls":
		if f.Op == storage.Among {
			f, err := storage.Resolve(f, find)
			return storage.Filter{Op: storage.Or, Sub: []storage.Filter{f, eq(f.Field, storage.Value{})}}, err
		}
	}
	return storage.Resolve(f, find)
}

// hidden reports whether a row is kept out of the answer.
func (n *naive) hidden(q *storage.Query, r *storage.Row) bool {
	return n.bug == "hint changes the answer" && q.Index != "" && q.Index != "id" && q.Table.Get(r, q.Table.Index(q.Index).Columns[0]).IsNull()
}

// project returns the values of r that q asks for.
func (n *naive) project(q *storage.Query, r *storage.Row) []storage.Value {
	if q.Columns == nil || n.bug == "empty projection is all" && len(q.Columns) == 0 {
		return r.Values
	}
	columns := slices.Clone(q.Columns)
	if n.bug == "columns in order of the table" {
		slices.SortFunc(columns, func(a, b string) int { return q.Table.Column(a) - q.Table.Column(b) })
	}
	out := make([]storage.Value, len(columns))
	for i, c := range columns {
		out[i] = q.Table.Get(r, c)
	}
	return out
}

// nameOf returns the name of an index that a conflict reports.
func (n *naive) nameOf(ix storage.Index) string {
	if n.bug == "conflict of another index" {
		return ix.Columns[0] + "_key"
	}
	return ix.Name
}

// taken reports whether another tenant has a key.
func (x *tx) taken(table string, ix storage.Index, key string) bool {
	x.n.mu.Lock()
	defer x.n.mu.Unlock()
	for tenant, state := range x.n.state {
		for _, s := range state[table] {
			if tenant != x.tenant && x.n.keyOf(ix, s) == key {
				return true
			}
		}
	}
	return false
}

// foldTenant takes tenants for one that differ by case only.
func foldTenant(tenant string) string { return strings.ToLower(tenant) }

// merge commits the rows that x changed, if they are still what they were when x began. It is what databases call
// snapshot isolation, and not enough.
func (x *tx) merge() bool {
	now := maps.Clone(x.n.state[x.tenant])
	if now == nil {
		now = tables{}
	}
	for table := range x.own {
		rows := maps.Clone(now[table])
		if rows == nil {
			rows = map[storage.ID]stored{}
		}
		ids := slices.AppendSeq(slices.Collect(maps.Keys(x.base[table])), maps.Keys(x.tables[table]))
		for _, id := range ids {
			old, was := x.base[table][id]
			s, is := x.tables[table][id]
			if was == is && old.version == s.version {
				continue
			}
			if other, ok := now[table][id]; ok != was || other.version != old.version {
				return false
			}
			if rows[id] = s; !is {
				delete(rows, id)
			}
		}
		now[table] = rows
	}
	x.n.state[x.tenant] = now
	return true
}
