package record

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/storage"
)

// Sum says what to add up over a tree: the records of the tree itself, or those of another module that link to it.
type Sum struct {
	Module string // default the tree's own
	Field  string // a number; default none, to count records only
	Where  Filter // which of the records; default all live ones
	Via    string // the lookup of Module that leads to the tree; default its only one
}

// Total is what a Sum comes to.
type Total struct {
	Records int64           // how many there are
	Filled  int64           // how many of them have a number
	Sum     decimal.Decimal // of those, exactly
}

// rollUpPage is how many rows of one column are read at a time: whole trees, mostly, since each page walks the tree anew.
const rollUpPage = 100_000

// RollUp adds up each of sums over the record of that id and all below it in the tree that the named lookup makes, from
// one state of the store.
func (r *Records) RollUp(ctx context.Context, tree string, id ID, sums ...Sum) (totals []Total, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightView)
		if err != nil {
			return err
		}
		if _, err := in.get(ctx, id); err != nil {
			return err
		}
		totals = make([]Total, len(sums))
		for i, sum := range sums {
			if totals[i], err = in.total(ctx, tree, id, sum); err != nil {
				return err
			}
		}
		return nil
	})
	return totals, err
}

func (r *Records) total(ctx context.Context, tree string, id ID, sum Sum) (t Total, err error) {
	below := Under(tree, id)
	filter, err := r.shape.compile(&below, nil)
	if err != nil {
		return t, err
	}
	of := r
	if sum.Module != "" && sum.Module != r.shape.Module {
		if of, err = r.s.Records(sum.Module); err != nil {
			return t, err
		}
		if of, err = of.as(ctx, r.s, RightView); err != nil {
			return t, err
		}
		via, err := of.shape.lookupTo(r.shape.Module, sum.Via)
		if err != nil {
			return t, err
		}
		filter.Field = of.shape.column(via)
	}
	where, err := of.shape.compile(&sum.Where, r.s.Locale())
	if err != nil {
		return t, err
	}
	to, err := of.reach(ctx, LevelRead)
	if err != nil {
		return t, err
	}
	q := storage.Query{Table: of.shape.table, Columns: []string{}, Where: and(filter, live, where, to.filter()), Limit: rollUpPage}
	if sum.Field == "" {
		t.Records, err = r.s.tx.Count(ctx, &storage.Query{Table: q.Table, Where: q.Where})
		return t, err
	}
	i, ok := of.shape.index(sum.Field)
	if !ok {
		return t, invalid(sum.Field, CodeUnknown, nil)
	}
	if k := of.shape.fields[i].Type.Kind(); k != storage.Int && k != storage.Decimal {
		return t, invalid(sum.Field, CodeInvalid, Args{"expected": "a number"})
	}
	column, member := of.shape.fields[i].Column(), ""
	if of.shape.fields[i].Custom {
		column, member = customColumn, of.shape.fields[i].Name
	}
	q.Columns = []string{column}
	var whole int64 // of Int, apart while it cannot overflow
	where = q.Where
	for {
		rows, err := r.s.tx.Find(ctx, &q)
		if err != nil {
			return t, err
		}
		for _, row := range rows {
			v := row.Values[0]
			if member != "" {
				v = v.Member(member)
			}
			if t.Records++; v.IsNull() || v.Kind() != of.shape.fields[i].Type.Kind() {
				continue
			}
			t.Filled++
			if n := v.Int64(); v.Kind() == storage.Int && n < 1<<40 && n > -1<<40 && whole < 1<<62 && whole > -1<<62 {
				whole += n
			} else if v.Kind() == storage.Int {
				t.Sum = t.Sum.Add(decimal.NewFromInt(n))
			} else {
				t.Sum = t.Sum.Add(valueDecimal(v))
			}
		}
		if len(rows) < rollUpPage {
			t.Sum = t.Sum.Add(decimal.NewFromInt(whole))
			return t, nil
		}
		q.Where = and(where, compare(storage.Gt, "id", storage.RefValue(rows[len(rows)-1].ID)))
	}
}

// lookupTo returns the field that leads to a module: the named one, or the only one.
func (s *Shape) lookupTo(module, name string) (found int, err error) {
	found = -1
	for i := range s.fields {
		d := &s.fields[i]
		if d.To != module || d.Hidden || name != "" && d.Name != name {
			continue
		}
		if found >= 0 {
			return -1, invalid("Via", CodeAmbiguous, Args{"matches": 2})
		}
		found = i
	}
	if found < 0 {
		return -1, invalid("Via", CodeUnknown, nil)
	}
	return found, nil
}
