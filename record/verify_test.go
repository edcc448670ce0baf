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

// part is a record of a tree of parts.
type part struct {
	Meta
	Name  string
	Above ID
}

var parts = Define("Parts", []Field[part]{
	Text("Part_Name", 9, func(p *part) *string { return &p.Name }).Required().Folded(),
	Lookup("Above", func(p *part) *ID { return &p.Above }).To("Parts").Tree(3),
}, ModuleOptions{Singular: "Part"})

// harm is what a test does to sound rows, past everything that would keep it from them.
type harm struct {
	*testing.T
	ctx context.Context
	s   *Session
	ids map[string]ID
	op  ID
}

// change lets fn change the rows of a table that the filter selects, and stores them.
func (h *harm) change(t *storage.Table, where storage.Filter, fn func(v []storage.Value)) {
	h.Helper()
	require.NoError(h, h.s.Update(h.ctx, func(s *Session) error {
		rows, err := s.tx.Find(h.ctx, &storage.Query{Table: t, Where: where, Limit: 100})
		if err != nil {
			return err
		}
		require.NotEmpty(h, rows)
		for i := range rows {
			if rows[i].Version++; fn != nil {
				fn(rows[i].Values)
			}
		}
		return s.update(h.ctx, t, rows...)
	}))
}

// part changes one part, by name, and leaves its version.
func (h *harm) part(name, field string, v storage.Value) {
	h.Helper()
	require.NoError(h, h.s.Update(h.ctx, func(s *Session) error {
		row, err := s.one(h.ctx, parts.table, h.ids[name])
		if err != nil {
			return err
		}
		if err := s.delete(h.ctx, parts.table, storage.Key{ID: row.ID, Version: row.Version}); err != nil {
			return err
		}
		row.Values[h.s.records(parts.Schema).shape.position(field)] = v
		return s.insert(h.ctx, parts.table, *row)
	}))
}

// remove takes rows away.
func (h *harm) remove(t *storage.Table, where storage.Filter) {
	h.Helper()
	require.NoError(h, h.s.Update(h.ctx, func(s *Session) error {
		rows, err := s.tx.Find(h.ctx, &storage.Query{Table: t, Where: where, Limit: 100})
		if err != nil {
			return err
		}
		require.NotEmpty(h, rows)
		for _, row := range rows {
			if err := s.delete(h.ctx, t, storage.Key{ID: row.ID, Version: row.Version}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// The rows are: a over b over c; d in the bin, with a link to a; e alone, edited once; an operation of two batches that made
// x and y.
func (h *harm) build() {
	h.Helper()
	ps := parts.In(h.s)
	make := func(name, above string) {
		p := &part{Name: name, Above: h.ids[above]}
		require.NoError(h, ps.Create(h.ctx, p))
		h.ids[name] = p.ID
	}
	make("a", "")
	make("b", "a")
	make("c", "b")
	make("d", "a")
	make("e", "")
	require.NoError(h, ps.Delete(h.ctx, h.ids["d"]))
	require.NoError(h, ps.Edit(h.ctx, h.ids["e"], func(p *part) error { p.Name = "E"; return nil }))
	op, err := h.s.Start(h.ctx, "test", "", "")
	require.NoError(h, err)
	h.op = op.ID
	for i, name := range []string{"x", "y"} {
		_, err := h.s.Batch(h.ctx, op, int64(i), func(s *Session, b *Batch) error {
			p := &part{Name: name}
			b.Next, b.Counts = b.First+1, Counts{Read: 1, Created: 1}
			if err := parts.In(s).Create(h.ctx, p); err != nil {
				return err
			}
			h.ids[name] = p.ID
			return nil
		})
		require.NoError(h, err)
	}
	require.NoError(h, h.s.Finish(h.ctx, op, Counts{Read: 2, Created: 2}, ""))
}

// What must always hold, and what Verify says when it does not.
func TestVerify(t *testing.T) {
	t.Parallel()
	ref := func(id ID) storage.Value { return storage.RefValue(id) }
	batch := func(first int64) storage.Filter { return eq("first", storage.IntValue(first)) }
	gone := ID{1}
	for name, tt := range map[string]struct {
		do   func(h *harm)
		want []string // parts of what is found, all of it
	}{
		"nothing":                    {func(*harm) {}, nil},
		"an empty required field":    {func(h *harm) { h.part("a", "Part_Name", storage.Value{}) }, []string{"Part_Name is empty", "part_name_fold is out of date"}},
		"a value that is not clean":  {func(h *harm) { h.part("a", "Owner", storage.TextValue(" ")) }, []string{"Owner is not as its type stores it"}},
		"a derived value":            {func(h *harm) { h.part("a", "Part_Name", storage.TextValue("other")) }, []string{"part_name_fold is out of date"}},
		"a link to nothing":          {func(h *harm) { h.part("c", "Above", ref(gone)) }, []string{"Above leads to"}},
		"a link into the bin":        {func(h *harm) { h.part("c", "Above", ref(h.ids["d"])) }, []string{"Above leads to"}},
		"a link in the bin":          {func(h *harm) { h.part("d", "Above", ref(gone)) }, []string{"Above leads to"}},
		"a loop":                     {func(h *harm) { h.part("a", "Above", ref(h.ids["c"])) }, []string{"Above loops"}},
		"a path that is too long":    {func(h *harm) { h.part("a", "Above", ref(h.ids["e"])) }, []string{"Above is deeper than 3"}},
		"a missing entry":            {func(h *harm) { h.remove(timeline, eq("record", ref(h.ids["e"]))) }, []string{"version 2, and 0 entries"}},
		"another value than history": {func(h *harm) { h.part("d", "Deleted_Time", storage.MicrosValue(5)) }, []string{"Deleted_Time is not what the timeline leads to"}},
		"entries of nothing":         {func(h *harm) { h.remove(parts.table, byID(h.ids["e"])) }, []string{"in the timeline, but gone"}},
		"a batch that is gone": {func(h *harm) { h.remove(batches, batch(1)) },
			[]string{"counts {Read:2", "1 more records say"}},
		"a batch out of the chain": {func(h *harm) {
			h.change(batches, batch(1), func(v []storage.Value) { v[1], v[2] = storage.IntValue(5), storage.IntValue(6) })
		}, []string{"2 batches, of which 1 follow each other"}},
		"a batch that counts wrong": {func(h *harm) {
			h.change(batches, batch(1), func(v []storage.Value) { v[6] = storage.IntValue(3) })
		}, []string{"does not balance", "and its batches"}},
		"damaged ids": {func(h *harm) {
			h.change(batches, batch(1), func(v []storage.Value) { v[3] = storage.BytesValue([]byte{9, 1}) })
		}, []string{"created ids are damaged", "1 more records say"}},
		"a record that no operation lists": {func(h *harm) { h.part("e", "Operation__s", ref(h.op)) }, []string{"1 more records say"}},
		"a record of no operation":         {func(h *harm) { h.part("e", "Operation__s", ref(gone)) }, []string{"1 more records say"}},
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
				s, err := Open(t.Context(), db, []*Schema{parts.Schema}, &Options{Now: func() time.Time { return time.Unix(1e9, 0) }})
				require.NoError(t, err)
				h := &harm{T: t, ctx: t.Context(), s: s, ids: map[string]ID{}}
				h.build()
				require.NoError(t, s.Verify(t.Context()))
				tt.do(h)
				err = s.Verify(t.Context())
				if tt.want == nil {
					require.NoError(t, err)
					return
				}
				var ve *VerifyError
				require.ErrorAs(t, err, &ve)
				require.Len(t, ve.Problems, len(tt.want), "%v", ve)
				for _, want := range tt.want {
					require.Contains(t, strings.Join(ve.Problems, "\n"), want)
				}
			})
		}
	}
}
