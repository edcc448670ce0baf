package importer_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
)

const plannedText = "Account Name,Parent Account,Phone,Employees\n" +
	"old,,2,\n" + // 2: updated
	"same,,1,\n" + // 3: unchanged
	"low,high,,\n" + // 4: waits for 6
	"bad,,,many\n" + // 5
	"high,,,1\n" + // 6
	",,,\n" + // 7
	"lost,Nobody,,\n" // 8

// state is all that there is, in short.
func state(t *testing.T, org *crm.Org) (lines []string) {
	t.Helper()
	for a, err := range org.Accounts.All(t.Context(), record.Query{}) {
		require.NoError(t, err)
		lines = append(lines, fmt.Sprint(a.Name, " ", a.Phone, " ", a.Version, " ", a.ParentID.IsZero()))
	}
	return lines
}

func plan(t *testing.T, org *crm.Org, text string, o *importer.Options) (p *importer.Planned, verdicts []string) {
	t.Helper()
	p, err := importer.Plan(t.Context(), org.Accounts, file(t, text), o, func(v *importer.Verdict) error {
		line := fmt.Sprint(v.Line, " ", v.Action)
		for _, f := range v.Faults {
			line += " " + f.Code
		}
		if !v.Record.IsZero() {
			a, err := org.Accounts.Get(t.Context(), v.Record)
			require.NoError(t, err)
			line += " " + a.Name
		}
		verdicts = append(verdicts, line)
		return nil
	})
	require.NoError(t, err)
	return p, verdicts
}

func TestPlan(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		require.NoError(t, org.Accounts.Create(t.Context(), &account.Account{Name: "old", Phone: "1"}, &account.Account{Name: "same", Phone: "1"}))
		for _, size := range []int{1, 2, 100} {
			o := &importer.Options{Batch: size}
			before := state(t, org)
			p, verdicts := plan(t, org, plannedText, o)
			require.Equal(t, []string{"2 update old", "3 unchanged same", "4 create", "5 fail INVALID_DATA", "6 create", "7 skip BLANK_ROW", "8 fail NOT_FOUND"}, verdicts)
			require.Equal(t, "7 = 2 + 1 + 1 + 1 + 2", counts(&p.Report))
			require.Equal(t, before, state(t, org)) // nothing was written
			ops, err := org.Session().Operations(t.Context(), 0, "import")
			require.NoError(t, err)
			require.Len(t, ops, map[int]int{1: 0, 2: 1, 100: 2}[size])

			o.Planned = &importer.Planned{Token: p.Token}
			r := run(t, org, plannedText, o)
			require.Equal(t, counts(&p.Report), counts(r))
			require.Equal(t, p.Faults, r.Faults)
			_, err = org.Undo(t.Context(), r.Operation, true)
			require.NoError(t, err)
		}
	})
}

// TestPlanIsKeptTo changes something between a plan and its run: the run stops before it would do something else, and says where.
func TestPlanIsKeptTo(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		old := &account.Account{Name: "old", Phone: "1"}
		require.NoError(t, org.Accounts.Create(t.Context(), old))
		text := "Account Name,Phone\na,1\nb,1\nc,1\nold,2\nd,1\n"
		p, _ := plan(t, org, text, &importer.Options{Batch: 2})
		require.NoError(t, org.Accounts.Delete(t.Context(), old.ID))
		r, err := importer.Run(t.Context(), org.Accounts, file(t, text), &importer.Options{Batch: 2, Planned: p})
		var pe *importer.PlanError
		require.ErrorAs(t, err, &pe)
		require.ErrorIs(t, err, record.ErrConflict)
		require.Equal(t, &importer.PlanError{First: 4, Last: 5, Lines: []int{5}}, pe)
		require.EqualError(t, pe, "importer: not as planned: the rows of lines [5]")
		require.Equal(t, "2 = 2 + 0 + 0 + 0 + 0", counts(r)) // whole batches stay
		require.Equal(t, []string{"a", "b"}, list(t, org))

		_, err = importer.Run(t.Context(), org.Accounts, file(t, text), &importer.Options{Batch: 2, Planned: &importer.Planned{Token: p.Token}})
		require.EqualError(t, err, "importer: not as planned: among the rows of lines 2 to 3") // a and b are there by now
		for _, o := range []*importer.Options{{Planned: p, Mode: importer.Add}, {Planned: p, Fields: map[string]importer.FieldOptions{"Phone": {Clear: true}}}} {
			_, err = importer.Run(t.Context(), org.Accounts, file(t, text), o)
			require.ErrorIs(t, err, record.ErrConflict)
		}
		_, err = importer.Run(t.Context(), org.Accounts, file(t, text+"e,1\n"), &importer.Options{Planned: p})
		require.ErrorIs(t, err, record.ErrConflict)
		for _, token := range []string{"", "x", "AQ", p.Token[:len(p.Token)-3], p.Token + "AAAA"} {
			_, err = importer.Run(t.Context(), org.Accounts, file(t, text), &importer.Options{Batch: 2, Planned: &importer.Planned{Token: token}})
			require.Error(t, err)
		}
		require.Equal(t, []string{"a", "b"}, list(t, org))
	})
}

func TestPlanWithinATransaction(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		err := org.Update(t.Context(), func(tx *crm.Org) error {
			_, err := importer.Plan(t.Context(), tx.Accounts, file(t, "Account Name\na\n"), nil, nil)
			return err
		})
		require.ErrorContains(t, err, "within a transaction")
		require.Empty(t, list(t, org))
	})
}

func TestHistory(t *testing.T) {
	limited(t, allows(record.RightView, record.RightCreate, record.RightEdit, record.RightImport), func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		var text strings.Builder
		text.WriteString("Account Name;员工数\n")
		for i := range 3000 {
			fmt.Fprintf(&text, "n%d;%s\n", i, []string{"1", "x"}[i%2])
		}
		r, err := importer.Run(ctx, org.As("bob").Accounts, file(t, text.String()), &importer.Options{Mode: importer.Add, Batch: 700})
		require.NoError(t, err)
		require.Len(t, r.Faults, importer.MaxFaults)
		_, err = importer.Run(ctx, org.As("ann").Accounts, file(t, "Account Name\nz\n"), nil)
		require.NoError(t, err)

		jobs, err := importer.History(ctx, org.As("bob").Session(), 0)
		require.NoError(t, err)
		require.Len(t, jobs, 1) // the own one
		j := jobs[0]
		require.Equal(t, "bob 3000 1500 1500 done", fmt.Sprint(j.Actor, " ", j.Counts.Read, " ", j.Counts.Created, " ", j.Counts.Failed, " ", j.State))
		require.Equal(t, importer.JobDetails{Module: "Accounts", File: "test.csv", Digest: j.Digest, Mode: importer.Add, Match: []string{"Account_Name"}, Columns: r.Columns,
			Format: &importer.Format{Kind: importer.KindCSV, Charset: "UTF-8", By: "valid UTF-8", Comma: ';', Quote: '"'}}, j.JobDetails)
		require.Len(t, j.Digest, 64)
		all, err := importer.History(ctx, org.As("ann").Session(), 0)
		require.NoError(t, err)
		require.Len(t, all, 2)

		n := 0
		for f, err := range importer.Faults(ctx, org.As("bob").Session(), j.ID) {
			require.NoError(t, err)
			require.Equal(t, importer.Fault{Line: 3 + 2*n, Field: "Employees", Code: "INVALID_DATA", Args: record.Args{"expected": "whole number"}}.Code, f.Code)
			require.Equal(t, 3+2*n, f.Line)
			n++
		}
		require.Equal(t, 1500, n)
		var b strings.Builder
		require.NoError(t, importer.WriteFaults(ctx, org.As("bob").Session(), j.ID, &b, importer.KindCSV, record.Chinese))
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 1501)
		require.Equal(t, []string{"line", "status", "field", "code", "message"}, rows[0])
		require.Equal(t, []string{"3001", "failed", "Employees", "INVALID_DATA", "格式不正确，应为整数"}, rows[1500])

		for _, err := range importer.Faults(ctx, org.As("eve").Session(), j.ID) {
			require.Error(t, err)
		}
		require.NoError(t, org.AsSystem().Rights.SaveUsers(ctx, rights.User{ID: "eve", Profile: "clerk", Role: "desk", Active: true}))
		for _, err := range importer.Faults(ctx, org.As("eve").Session(), j.ID) {
			require.ErrorIs(t, err, record.ErrNotFound)
		}
		for _, err := range importer.Faults(ctx, org.As("bob").Session(), j.ID) {
			require.NoError(t, err)
			break
		}
	})
}
