package record

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
)

// granting lets everybody do everything, and grants parts.
type granting struct{ grants []Grant }

func (*granting) Rights(context.Context, *Session, string) (*Rights, error) { return unlimited, nil }

func (g *granting) Grants(context.Context, *Session, string) ([]Grant, error) { return g.grants, nil }

// add inserts a row.
func (h *harm) add(t *storage.Table, row storage.Row) {
	h.Helper()
	require.NoError(h, h.s.Update(h.ctx, func(s *Session) error { return s.insert(h.ctx, t, row) }))
}

// replace puts another row in the place of the only one that the filter selects.
func (h *harm) replace(t *storage.Table, where storage.Filter, fn func(*storage.Row)) {
	h.Helper()
	require.NoError(h, h.s.Update(h.ctx, func(s *Session) error {
		rows, err := s.tx.Find(h.ctx, &storage.Query{Table: t, Where: where, Limit: 2})
		if err != nil {
			return err
		}
		require.Len(h, rows, 1)
		if err := s.delete(h.ctx, t, keysOf(rows)...); err != nil {
			return err
		}
		fn(&rows[0])
		return s.insert(h.ctx, t, rows[0])
	}))
}

// custom gives a part another custom value.
func (h *harm) custom(name, field string, v storage.Value) {
	h.Helper()
	h.replace(parts.table, byID(h.ids[name]), func(row *storage.Row) {
		doc := &row.Values[len(row.Values)-1]
		members := []storage.Member{{Name: field, Value: v}}
		for _, m := range doc.Members() {
			if m.Name != field {
				members = append(members, m)
			}
		}
		*doc = storage.DocValue(members...)
	})
}

// beside is the row of a part in a table.
func (h *harm) beside(name string) storage.Filter { return eq("record", storage.RefValue(h.ids[name])) }

// buildBeside makes the parts a, b, d in the bin, and e. Each has a unique Code, an indexed Size, and a No; b is granted to
// rule:1, and a shared with ann. Of the setting "other" there are more versions than are kept.
func (h *harm) buildBeside() {
	h.Helper()
	layout := &Layout{Fields: []FieldLayout{{Name: "Code", Type: "text", Unique: true}, {Name: "Size", Type: "integer", Indexed: true},
		{Name: "No", Type: "autonumber", Number: &Numbering{Prefix: "P-", Digits: 3}}}}
	_, err := h.s.SaveLayout(h.ctx, "Parts", layout, nil)
	require.NoError(h, err)
	ps := parts.In(h.s)
	for i, name := range []string{"a", "b", "d", "e"} {
		p := &part{Name: name, Meta: Meta{Custom: map[string]storage.Value{"Code": Custom(strings.ToUpper(name)), "Size": Custom(i)}}}
		require.NoError(h, ps.Create(h.ctx, p))
		h.ids[name] = p.ID
	}
	require.NoError(h, ps.Delete(h.ctx, h.ids["d"]))
	require.NoError(h, ps.SetShares(h.ctx, h.ids["a"], []Share{{Principal: "user:ann", Level: LevelRead}}))
	layout.Version, layout.Fields[2].Number.Prefix = 1, "Q-" // the numbers above have an earlier format
	_, err = h.s.SaveLayout(h.ctx, "Parts", layout, nil)
	require.NoError(h, err)
	other := &Setting{Name: "other"}
	for range keptSettings + 3 {
		require.NoError(h, h.s.SaveSetting(h.ctx, other))
	}
	h.ids["gone"] = ID{1}
}

// finds asks that Verify finds these lines, and nothing else.
func (h *harm) finds(lines string) {
	h.Helper()
	got := ""
	if err := h.s.Verify(h.ctx); err != nil {
		var ve *VerifyError
		require.ErrorAs(h, err, &ve)
		got = strings.Join(ve.Problems, "\n")
	}
	for name, id := range h.ids {
		lines = strings.ReplaceAll(lines, "{"+name+"}", id.String())
	}
	require.Equal(h, lines, got)
}

// What must hold beside the records, and what Verify says when it does not, to the letter.
func TestVerifyBeside(t *testing.T) {
	t.Parallel()
	text, stray := storage.TextValue, ID{9}
	uniqueRow := func(h *harm, field, name string) storage.Row {
		return storage.Row{ID: stray, Version: 1, Values: []storage.Value{text(field), storage.RefValue(h.ids[name])}}
	}
	indexRow := func(h *harm, field, name string) storage.Row {
		return storage.Row{ID: stray, Version: 1, Values: []storage.Value{text(field), storage.BoolValue(false), sortKey(storage.IntValue(9)), storage.RefValue(h.ids[name])}}
	}
	shareRow := func(h *harm, name string) storage.Row {
		id := h.ids[name]
		return storage.Row{ID: shareID("Parts", id, "user:bob", false), Version: 1, Values: []storage.Value{text("Parts"), storage.RefValue(id), text("user:bob"),
			storage.IntValue(int64(LevelRead)), storage.BoolValue(false), {}, {}}}
	}
	setting := func(name string, version int64) storage.Filter { return byID(settingID(name, version)) }
	for name, tt := range map[string]struct {
		do   func(h *harm)
		want string // the lines, with the names of parts in braces
	}{
		"nothing": {func(*harm) {}, ""},

		"no unique row":               {func(h *harm) { h.remove(uniques, h.beside("a")) }, "Parts {a}: Code has no row in crm_unique"},
		"a unique row too many":       {func(h *harm) { h.add(uniques, uniqueRow(h, "Parts.Code", "a")) }, "Parts {a}: Code has a row in crm_unique that nothing asks for"},
		"a unique row of nothing":     {func(h *harm) { h.add(uniques, uniqueRow(h, "Parts.Code", "gone")) }, "Parts {gone}: Code has a row in crm_unique, but the record is gone"},
		"a unique row of no unique":   {func(h *harm) { h.add(uniques, uniqueRow(h, "Parts.Size", "a")) }, "Parts {a}: Size has a row in crm_unique that nothing asks for"},
		"a unique row of no field":    {func(h *harm) { h.add(uniques, uniqueRow(h, "Parts.Old", "a")) }, "Parts {a}: Old has a row in crm_unique that nothing asks for"},
		"a unique row of no module":   {func(h *harm) { h.add(uniques, uniqueRow(h, "Part.Code", "a")) }, ""}, // others may know it
		"a unique row of the next":    {func(h *harm) { h.add(uniques, uniqueRow(h, "Parts2.Code", "a")) }, ""},
		"a unique row that changed":   {func(h *harm) { h.change(uniques, h.beside("a"), nil) }, "Parts {a}: Code has another row in crm_unique than it should"},
		"a unique row of what is not": {func(h *harm) { h.custom("e", "Code", text("other")) }, "Parts {e}: Code has no row in crm_unique\nParts {e}: Code has a row in crm_unique that nothing asks for"},
		"a unique row in the bin": {func(h *harm) {
			row := uniqueRow(h, "Parts.Code", "d")
			row.ID = hashID("unique", "Parts.Code", string(text("d").Append(nil)))
			h.add(uniques, row)
		}, "Parts {d}: Code has a row in crm_unique that nothing asks for"},
		"a unique row of another": {func(h *harm) {
			h.replace(uniques, h.beside("a"), func(row *storage.Row) { row.Values[1] = storage.RefValue(h.ids["b"]) })
		}, "Parts {a}: Code has another row in crm_unique than it should\nParts {b}: Code has a row in crm_unique that nothing asks for"},
		"one value twice": {func(h *harm) {
			h.remove(uniques, h.beside("e"))
			h.custom("e", "Code", text("a"))
		}, "Parts {e}: Code has another row in crm_unique than it should"},

		"no index row":             {func(h *harm) { h.remove(indexed, h.beside("a")) }, "Parts {a}: Size has no row in crm_index"},
		"no index row in the bin":  {func(h *harm) { h.remove(indexed, h.beside("d")) }, "Parts {d}: Size has no row in crm_index"},
		"an index row too many":    {func(h *harm) { h.add(indexed, indexRow(h, "Parts.Size", "a")) }, "Parts {a}: Size has a row in crm_index that nothing asks for"},
		"an index row of nothing":  {func(h *harm) { h.add(indexed, indexRow(h, "Parts.Size", "gone")) }, "Parts {gone}: Size has a row in crm_index, but the record is gone"},
		"an index row of no index": {func(h *harm) { h.add(indexed, indexRow(h, "Parts.Code", "a")) }, "Parts {a}: Code has a row in crm_index that nothing asks for"},
		"another key": {func(h *harm) {
			h.replace(indexed, h.beside("a"), func(row *storage.Row) { row.Values[2] = sortKey(storage.IntValue(7)) })
		}, "Parts {a}: Size has another row in crm_index than it should"},
		"another state": {func(h *harm) {
			h.replace(indexed, h.beside("d"), func(row *storage.Row) { row.Values[1] = storage.BoolValue(false) })
		}, "Parts {d}: Size has another row in crm_index than it should"},
		"another field": {func(h *harm) {
			h.replace(indexed, h.beside("a"), func(row *storage.Row) { row.Values[0] = text("Parts.Old") })
		}, "Parts {a}: Size has another row in crm_index than it should\nParts {a}: Old has a row in crm_index that nothing asks for"},

		"no grant":         {func(h *harm) { h.remove(shares, h.beside("b")) }, "Parts {b}: rule:1 has no row in crm_shares"},
		"a grant too many": {func(h *harm) { h.add(shares, grantRow("Parts", h.ids["e"], "rule:1")) }, "Parts {e}: rule:1 has a row in crm_shares that nothing asks for"},
		"a grant of none":  {func(h *harm) { h.add(shares, grantRow("Parts", h.ids["b"], "rule:2")) }, "Parts {b}: rule:2 has a row in crm_shares that nothing asks for"},
		"a grant of nothing": {func(h *harm) { h.add(shares, grantRow("Parts", h.ids["gone"], "rule:1")) },
			"Parts {gone}: rule:1 has a row in crm_shares, but the record is gone"},
		"another level": {func(h *harm) {
			h.replace(shares, h.beside("b"), func(row *storage.Row) { row.Values[3] = storage.IntValue(int64(LevelRead)) })
		}, "Parts {b}: rule:1 has another row in crm_shares than it should"},
		"a share":            {func(h *harm) { h.add(shares, shareRow(h, "e")) }, ""},
		"a share of nothing": {func(h *harm) { h.add(shares, shareRow(h, "gone")) }, "Parts {gone}: user:bob has a row in crm_shares, but the record is gone"},
		"a share of no level": {func(h *harm) {
			h.replace(shares, h.beside("a"), func(row *storage.Row) { row.Values[3] = storage.IntValue(4) })
		}, "Parts {a}: user:ann has another row in crm_shares than it should"},
		"a share twice": {func(h *harm) {
			row := shareRow(h, "a")
			row.ID = stray
			h.add(shares, row)
		}, "Parts {a}: user:bob has another row in crm_shares than it should"},

		"a lower counter": {func(h *harm) {
			h.change(counters, storage.Filter{}, func(v []storage.Value) { v[1] = storage.IntValue(3) })
		}, "Parts {e}: No is number 4, and the last one in crm_counters is 3"},
		"a higher counter": {func(h *harm) {
			h.change(counters, storage.Filter{}, func(v []storage.Value) { v[1] = storage.IntValue(30) })
		}, ""},
		"no counter":               {func(h *harm) { h.remove(counters, storage.Filter{}) }, "Parts {e}: No is number 4, and the last one in crm_counters is 0"},
		"a number of the format":   {func(h *harm) { h.custom("b", "No", text("Q-0010")) }, "Parts {b}: No is number 10, and the last one in crm_counters is 4"},
		"a number of none of them": {func(h *harm) { h.custom("b", "No", text("R-10")) }, ""},

		"no version": {func(h *harm) { h.remove(settings, setting("layout.Parts", 1)) }, "setting layout.Parts: version 2, and 1 of 2 versions are stored"},
		"a version too many": {func(h *harm) {
			h.add(settings, storage.Row{ID: settingID("other", 3), Version: 1, Values: []storage.Value{text("other"), {}, {}, {}}})
		}, "setting other: a row of no version that is kept"},
		"a version to come": {func(h *harm) {
			h.add(settings, storage.Row{ID: settingID("other", 24), Version: 1, Values: []storage.Value{text("other"), {}, {}, {}}})
		}, "setting other: a row of no version that is kept"},
		"another setting": {func(h *harm) {
			h.add(settings, storage.Row{ID: settingID("new", 1), Version: 1, Values: []storage.Value{text("new"), {}, {}, {}}})
		}, "setting new: a row of no version that is kept"},
		"a later head": {func(h *harm) { h.change(settings, byID(headID), nil) }, "settings: version 26, and those of each make 25"},
		"a damaged head": {func(h *harm) {
			h.replace(settings, byID(headID), func(row *storage.Row) { row.Values[1] = text("{") })
		}, "settings: the first row is damaged"},
		"another name": {func(h *harm) {
			h.replace(settings, setting("other", 5), func(row *storage.Row) { row.Values[0] = text("others") })
		}, "setting others: a row of no version that is kept\nsetting other: version 23, and 19 of 20 versions are stored"},
	} {
		for _, store := range []string{"memory", "sqlite"} {
			t.Run(name+"/"+store, func(t *testing.T) {
				t.Parallel()
				var db storage.Store = memory.New(nil)
				if store == "sqlite" {
					var err error
					db, err = sqlite.Open(filepath.Join(t.TempDir(), "t.db"), nil)
					require.NoError(t, err)
				}
				t.Cleanup(func() { require.NoError(t, db.Close()) })
				policy := &granting{[]Grant{{Principal: "rule:1", Where: Eq("Part_Name", "b")}}}
				s, err := Open(t.Context(), db, []*Schema{parts.Schema}, &Options{Now: func() time.Time { return time.Unix(1e9, 0) }, Policy: policy})
				require.NoError(t, err)
				h := &harm{T: t, ctx: t.Context(), s: s, ids: map[string]ID{}}
				h.buildBeside()
				require.NoError(t, s.Verify(t.Context()))
				tt.do(h)
				h.finds(tt.want)
			})
		}
	}
}
