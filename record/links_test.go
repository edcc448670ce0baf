package record_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// TestLinksInTurn turns a tree upside down: Update sees the whole, and Put one record after the other.
func TestLinksInTurn(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a := f.make("a", record.ID{})
		b := f.make("b", a.ID)
		c := f.make("c", record.ID{})
		a.ParentID, b.ParentID = b.ID, c.ID
		out, err := f.companies.Put(f.ctx, a, b)
		f.must(err)
		f.equal("0.Parent=CIRCULAR_REFERENCE", codes(out[0].Err))
		f.equal(record.Updated, out[1].Action)

		b = f.get(b.ID)
		b.ParentID = a.ID
		f.must(f.companies.Update(f.ctx, b))
		a, b = f.get(a.ID), f.get(b.ID)
		a.ParentID, b.ParentID = b.ID, c.ID
		f.must(f.companies.Update(f.ctx, a, b))
		f.must(f.s.Verify(f.ctx))
	})
}

// TestAllThatIsWrong has bad links told of together with other bad values.
func TestAllThatIsWrong(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		a := f.make("a", record.ID{})
		b := f.make("b", a.ID)
		f.equal("0.Company_Name=MANDATORY_NOT_FOUND 0.Parent=NOT_FOUND", codes(f.companies.Create(f.ctx, &Company{ParentID: record.NewID()})))
		a.Name, a.ParentID = "", b.ID
		f.equal("0.Company_Name=MANDATORY_NOT_FOUND 0.Parent=CIRCULAR_REFERENCE", codes(f.companies.Update(f.ctx, a)))

		rec := f.companies.Records.New()
		require.True(f, rec.Set("Parent", storage.RefValue(record.NewID())))
		rec.Refuse(record.FieldError{Field: "Company_Name", Code: record.CodeInvalid})
		for range 2 {
			out, err := f.companies.Records.Put(f.ctx, rec)
			f.must(err)
			f.equal("0.Company_Name=INVALID_DATA 0.Parent=NOT_FOUND", codes(out[0].Err))
		}
	})
}

func TestBatches(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		op, err := f.s.Start(f.ctx, "import", "k", "")
		f.must(err)
		for _, b := range []record.Batch{{First: 0, Next: 3}, {First: 3, Next: 10}, {First: 10, Next: 11}} {
			_, err := f.s.Batch(f.ctx, op, b.First, func(_ *record.Session, done *record.Batch) error {
				done.Next = b.Next
				return nil
			})
			f.must(err)
		}
		done, err := f.s.Batches(f.ctx, op.ID)
		f.must(err)
		f.equal([]record.Batch{{First: 0, Next: 3, Repeated: true}, {First: 3, Next: 10, Repeated: true}, {First: 10, Next: 11, Repeated: true}}, done)
		done, err = f.s.Batches(f.ctx, record.NewID())
		f.must(err)
		f.equal([]record.Batch(nil), done)
	})
}

// TestByteOrderMarks holds that a mark which a joined file left in a cell makes no other text of it.
func TestByteOrderMarks(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		c := &Company{Name: "\ufeff Acme\ufeff"}
		f.must(f.companies.Create(f.ctx, c))
		f.equal("Acme", f.get(c.ID).Name)
		f.equal([]string{"Acme"}, f.names(record.Query{Where: record.Matches("Company_Name", "a\ufeffcme")}))
		for _, typ := range []record.Type{record.TextType(9), record.TextAreaType(9), record.IntegerType(9), record.LookupType(), record.DateType(),
			record.PickListType(nil), record.BoolType(), record.DecimalType(9, 2)} {
			v, p := typ.Parse("\ufeff", nil)
			require.True(f, v.IsNull() && p.OK(), typ.Name())
		}
		v, p := record.TextAreaType(9).Clean(storage.TextValue("\ufeffa"))
		require.True(f, v == storage.TextValue("a") && p.OK())
	})
}

// TestFillAndSpend puts records whose values are clean, and some that are not so any more.
func TestFillAndSpend(t *testing.T) {
	t.Parallel()
	each(t, setup{}, func(f *fixture) {
		rs := f.companies.Records
		at := []int{rs.Shape().At("Company_Name"), rs.Shape().At("Website"), rs.Shape().At("Created_Time"), rs.Shape().At("Nope")}
		f.equal([]int{-1, -1}, at[2:])
		var ids []record.ID
		f.must(f.s.Update(f.ctx, func(s *record.Session) error {
			made := rs.In(s).NewBatch(3) // anew each time
			for i, rec := range made {
				rec.Fill(at, []storage.Value{storage.TextValue([]string{"a", "b", "c"}[i]), {}, storage.TextValue("passed over"), {}})
			}
			made[1].Set("Company_Name", storage.TextValue(" B ")) // cleaned, since it was set after
			made[2].Refuse(record.FieldError{Field: "Website", Code: record.CodeInvalid})
			out, err := rs.In(s).Spend(f.ctx, made...)
			ids = []record.ID{made[0].ID, made[1].ID}
			f.equal([]record.Action{record.Created, record.Created, record.Failed}, []record.Action{out[0].Action, out[1].Action, out[2].Action})
			return err
		}))
		f.equal([]string{"a", "B"}, f.names(record.Query{Order: record.By("Company_Name")}))
		f.must(f.s.Update(f.ctx, func(s *record.Session) error {
			rec, err := rs.In(s).Get(f.ctx, ids[0])
			if err != nil {
				return err
			}
			rec.Fill(at[:1], []storage.Value{storage.TextValue("A")})
			out, err := rs.In(s).Spend(f.ctx, rec)
			f.equal(record.Updated, out[0].Action)
			return err
		}))
		f.equal(int64(2), f.get(ids[0]).Version)
		f.equal([]record.Action{record.Updated, record.Created}, f.actions(ids[0]))
		f.must(f.s.Verify(f.ctx))
	})
}
