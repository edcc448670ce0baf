package xlsx

import (
	"bytes"
	"context"
	"net/url"
	"path"
	"strings"

	"github.com/clientele-go/crm/importer/internal/grid"
)

// relation is what a part has another part for.
type relation struct {
	id   string
	kind string // the last element of its type, the same in the strict and the transitional format
	part string // "" when it is outside of the file
}

// relations returns those of a part; of the whole archive when the part is "".
func (c *container) relations(ctx context.Context, name string) (all []relation, err error) {
	dir, base := path.Split(name)
	err = c.read(partName(dir+"_rels/"+base+".rels"), func(s *scanner) error {
		root, err := s.begin(ctx, "Relationships")
		if err != nil {
			return err
		}
		err = s.each(ctx, root, "Relationship", func(t tag) error {
			r, err := s.relation(t, dir)
			if all = append(all, r); err == nil && len(all) > 4*grid.MaxSheets {
				err = s.fail(grid.TooLarge, "relationships")
			}
			return err
		})
		if err != nil {
			return err
		}
		return s.drain(ctx)
	})
	return all, err
}

// relation returns the relation that t has, whose target is seen from a directory.
func (s *scanner) relation(t tag, dir string) (r relation, err error) {
	var target string
	outside := false
	a := attributes{rest: t.attrs}
	for err == nil && a.next() {
		switch string(a.name) {
		case "Id":
			r.id, err = s.attribute(t, a.value)
		case "Type":
			r.kind, err = s.attribute(t, a.value)
			r.kind = path.Base(r.kind)
		case "Target":
			target, err = s.attribute(t, a.value)
		case "TargetMode":
			outside = string(a.value) == "External"
		}
	}
	switch {
	case err != nil:
		return r, err
	case a.bad:
		return r, s.fault(t.at, "no attribute")
	case outside:
		return r, nil
	}
	if plain, err := url.PathUnescape(target); err == nil {
		target = plain
	}
	if target = strings.ReplaceAll(target, `\`, "/"); !strings.HasPrefix(target, "/") {
		target = dir + target
	}
	r.part = partName(target)
	return r, nil
}

// sheet is a sheet with cells.
type sheet struct {
	grid.Sheet
	part string
}

// readWorkbook reads the part that lists the sheets, whose name is main.
func (b *Book) readWorkbook(ctx context.Context, s *scanner, main string) error {
	root, err := s.root(ctx)
	switch {
	case err != nil:
		return err
	case !root.is("workbook"):
		return &grid.Error{Code: grid.Foreign, Detail: b.parts.seems()}
	case root.kind == empty:
		return s.drain(ctx)
	}
	relations, err := b.parts.relations(ctx, main)
	if err != nil {
		return err
	}
	byID := make(map[string]relation, len(relations))
	for _, r := range relations {
		byID[r.id] = r
		switch r.kind {
		case "sharedStrings":
			b.stringsPart = r.part
		case "styles":
			b.stylesPart = r.part
		}
	}
	for {
		t, err := s.next(ctx)
		switch {
		case err != nil:
		case t.ends("workbook"):
			return s.drain(ctx)
		case t.kind == closing:
			err = s.fault(t.at, "the end of another element")
		case t.is("workbookPr"):
			if err = s.epoch(t, &b.from1904); err == nil {
				err = s.skip(ctx, t)
			}
		case t.is("sheets"):
			err = s.each(ctx, t, "sheet", func(t tag) error { return b.addSheet(s, t, byID) })
		default:
			err = s.skip(ctx, t)
		}
		if err != nil {
			return err
		}
	}
}

// epoch reads where the days of a workbook begin.
func (s *scanner) epoch(t tag, from1904 *bool) error {
	a := attributes{rest: t.attrs}
	for a.next() {
		if string(a.name) != "date1904" {
			continue
		}
		v, ok := boolean(a.value)
		if !ok {
			return s.fault(t.at, "a beginning of days that is neither true nor false")
		}
		*from1904 = v
	}
	if a.bad {
		return s.fault(t.at, "no attribute")
	}
	return nil
}

// boolean reads a truth value as XML Schema has them.
func boolean(text []byte) (v, ok bool) {
	switch string(text) {
	case "1", "true":
		return true, true
	case "0", "false":
		return false, true
	}
	return false, false
}

// addSheet adds the sheet that t lists, if it has cells rather than a chart or the like.
func (b *Book) addSheet(s *scanner, t tag, relations map[string]relation) (err error) {
	var sh sheet
	var id string
	a := attributes{rest: t.attrs}
	for err == nil && a.next() {
		_, name, prefixed := bytes.Cut(a.name, []byte(":"))
		switch {
		case prefixed && string(name) == "id":
			id, err = s.attribute(t, a.value)
		case string(a.name) == "name":
			sh.Name, err = s.attribute(t, a.value)
		case string(a.name) == "state":
			sh.Hidden = string(a.value) != "visible"
		}
	}
	if err != nil {
		return err
	}
	r, ok := relations[id]
	switch {
	case a.bad:
		return s.fault(t.at, "no attribute")
	case !ok || r.part == "":
		return s.fault(t.at, "a sheet that is nowhere")
	case r.kind != "worksheet":
		return nil
	case len(b.sheets) == grid.MaxSheets:
		return s.fail(grid.TooLarge, "sheets")
	}
	sh.part = r.part
	b.sheets = append(b.sheets, sh)
	return nil
}
