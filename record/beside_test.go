package record_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// ones grants the companies whose custom field A is 1, whatever its type, and whose Kind is Partner.
type ones struct{ scoped }

func (*ones) Grants(_ context.Context, s *record.Session, module string) ([]record.Grant, error) {
	if module != "Companies" {
		return nil, nil
	}
	grants := []record.Grant{{Principal: "rule:kind", Where: record.Eq("Kind", "Partner")}}
	r, err := s.Records(module)
	if err != nil {
		return nil, err
	}
	if d, ok := r.Shape().Field("A"); ok {
		if v, p := d.Type.Parse("1", nil); p.OK() {
			grants = append(grants, record.Grant{Principal: "rule:a", Where: record.Eq("A", v)})
		}
	}
	return grants, nil
}

// besideWalk changes layouts and records at random.
type besideWalk struct {
	*fixture
	*rand.Rand
	system *record.Session
	ids    []record.ID
	ops    []record.ID
}

// TestRowsFollow verifies the rows beside the records after each of many changes of layouts and records.
func TestRowsFollow(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, memory.New(nil), setup{options: record.Options{Policy: &ones{}}})
			w := &besideWalk{fixture: f, Rand: rand.New(rand.NewPCG(seed, 2)), system: f.s.AsSystem()}
			for range 80 {
				what := w.step()
				require.NoError(t, w.system.Verify(t.Context()), what)
			}
		})
	}
}

func (w *besideWalk) step() (what string) {
	var err error
	switch w.IntN(8) {
	case 0, 1:
		what, err = "layout", w.layout()
	case 2:
		what = "undo"
		if len(w.ops) > 0 {
			_, err = w.system.Undo(w.ctx, w.ops[w.IntN(len(w.ops))], w.IntN(2) > 0)
		}
	default:
		var op *record.Operation
		op, err = w.system.Operate(w.ctx, "test", func(s *record.Session) error {
			what, err = w.change(companies.In(s))
			return err
		})
		if err == nil {
			w.ops = append(w.ops, op.ID)
		}
	}
	var ve *record.ValidationError
	var le *record.LayoutError
	if err != nil && !errors.As(err, &ve) && !errors.As(err, &le) && !errors.Is(err, record.ErrNotFound) && !errors.Is(err, record.ErrConflict) {
		w.must(err)
	}
	return what
}

func (w *besideWalk) change(cs *record.Module[Company]) (what string, err error) {
	var id record.ID
	if len(w.ids) > 0 {
		id = w.ids[w.IntN(len(w.ids))]
	}
	switch w.IntN(8) {
	case 0:
		return "delete", cs.Delete(w.ctx, id)
	case 1:
		return "restore", cs.Restore(w.ctx, id)
	case 2:
		return "purge", cs.Purge(w.ctx, id)
	case 3, 4, 5:
		return "edit", cs.Edit(w.ctx, id, func(c *Company) error { w.fill(cs, c); return nil })
	}
	var made []*Company
	for range 3 {
		c := &Company{Name: "c", Meta: record.Meta{ID: record.NewID()}}
		w.fill(cs, c)
		made, w.ids = append(made, c), append(w.ids, c.ID)
	}
	return "create", cs.Create(w.ctx, made...)
}

// fill gives a company values of which there are few.
func (w *besideWalk) fill(cs *record.Module[Company], c *Company) {
	c.Kind, c.Website = []string{"", "Customer", "Partner"}[w.IntN(3)], fmt.Sprintf("https://%d.org", w.IntN(1000))
	c.Custom = map[string]storage.Value{}
	for _, d := range cs.Shape().Fields() {
		if d.Custom && !d.ReadOnly && w.IntN(3) > 0 {
			if v, p := d.Type.Parse(fmt.Sprint(1+w.IntN(40/(1+w.IntN(20)))), nil); p.OK() {
				c.Custom[d.Name] = v
			}
		}
	}
}

// layout saves one with some of four custom fields, each of some type.
func (w *besideWalk) layout() error {
	l, err := w.system.Layout(w.ctx, "Companies")
	w.must(err)
	l.Fields = []record.FieldLayout{{Name: "No", Type: "autonumber", Number: &record.Numbering{Prefix: []string{"", "a", "b"}[w.IntN(3)]}, Indexed: w.IntN(2) > 0}}
	if w.IntN(3) == 0 {
		l.Fields = append(l.Fields, record.FieldLayout{Name: "Website", Unique: true})
	}
	o := &record.LayoutOptions{}
	for _, name := range []string{"A", "B", "C"} {
		if w.IntN(6) == 0 {
			continue // unused
		}
		l.Fields = append(l.Fields, record.FieldLayout{Name: name, Type: []string{"text", "integer", "double", "picklist", "email", "boolean", "datetime"}[w.IntN(7)],
			Unique: w.IntN(4) == 0, Indexed: w.IntN(2) > 0, Hidden: w.IntN(8) == 0})
		if w.IntN(2) > 0 {
			o.Clear = append(o.Clear, name)
		}
	}
	if w.IntN(5) == 0 {
		l.Fields = slices.Delete(l.Fields, 0, 1)
	}
	_, err = w.system.SaveLayout(w.ctx, "Companies", l, o)
	return err
}
