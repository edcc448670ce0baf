package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

// Node is a record of a small tree.
type Node struct {
	record.Meta
	Name, Number string
	UpID         record.ID
	Size         *int64
}

const nodeDepth = 3

var nodes = record.Define("Nodes", []record.Field[Node]{
	record.Text("Node_Name", 5, func(n *Node) *string { return &n.Name }).Required().Folded(),
	record.Text("Number", 5, func(n *Node) *string { return &n.Number }).Indexed(),
	record.Lookup("Up", func(n *Node) *record.ID { return &n.UpID }).To("Nodes").Tree(nodeDepth),
	record.Integer("Size", 5, func(n *Node) **int64 { return &n.Size }),
}, record.ModuleOptions{})

// TestBatchBoundaries imports random files into random stores, and holds what batches of any size make of them against
// batches of one row.
func TestBatchBoundaries(t *testing.T) {
	t.Parallel()
	name := rapid.SampledFrom([]string{"a", "b", "c", "d", "A ", "e", "", "too long"})
	number := rapid.SampledFrom([]string{"1", "2", "3", "4", ""})
	row := rapid.Custom(func(t *rapid.T) string {
		up := rapid.OneOf(name, name, rapid.SampledFrom([]string{"", "", "#0", "#1", "#2", "#9"})).Draw(t, "up")
		return strings.Join([]string{name.Draw(t, "name"), number.Draw(t, "number"), up,
			rapid.SampledFrom([]string{"", "1", "2", "x"}).Draw(t, "size")}, ",")
	})
	rapid.Check(t, func(rt *rapid.T) {
		before := rapid.SliceOfN(row, 0, 8).Draw(rt, "before")
		rows := rapid.SliceOfN(row, 1, 14).Draw(rt, "rows")
		o := importer.Options{Mode: rapid.SampledFrom([]importer.Mode{importer.Upsert, importer.Upsert, importer.Add, importer.Update, importer.Clone}).Draw(rt, "mode")}
		if o.Mode != importer.Clone {
			o.Match = rapid.SampledFrom([][]string{{"Node_Name"}, {"Number"}, {"Up"}, {"Number", "Up"}, {"Node_Name", "Up"}, {"Size", "Node_Name"}}).Draw(rt, "match")
		}
		var want string
		for _, batch := range []int{1, 2, 3, 7, 1000} {
			o.Batch = batch
			got := importNodes(t, before, rows, &o)
			if batch == 1 {
				want = got
			}
			require.Equal(rt, want, got, batch)
		}
	})
}

// importNodes imports rows into a store that has those of before, and returns all that came of it as text.
func importNodes(t *testing.T, before, rows []string, o *importer.Options) string {
	org, err := crm.Open(t.Context(), memory.New(nil), &crm.Options{Modules: []*record.Schema{nodes.Schema}, NewID: crmtest.IDs()})
	require.NoError(t, err)
	m := nodes.In(org.Session())
	load := func(rows []string, o *importer.Options) *importer.Report {
		text := "Node_Name,Number,Up,Size\n" + strings.Join(rows, "\n") + "\n"
		all, _, err := m.List(t.Context(), record.Query{Order: record.By("id")})
		require.NoError(t, err)
		for i, n := range all {
			text = strings.ReplaceAll(text, fmt.Sprint("#", i), n.ID.String())
		}
		r, err := importer.Run(t.Context(), m, file(t, strings.ReplaceAll(text, "#", "no ")), o)
		require.NoError(t, err)
		return r
	}
	load(before, &importer.Options{Mode: importer.Clone, Batch: 1})
	r := load(rows, o)
	var b strings.Builder
	fmt.Fprintln(&b, counts(r), r.Notes)
	for _, f := range r.Faults {
		if path, ok := f.Args["path"].([]record.ID); ok {
			f.Args["path"] = len(path)
		}
		fmt.Fprintln(&b, f)
	}
	names := map[record.ID]string{}
	all, _, err := m.List(t.Context(), record.Query{Order: record.By("id")})
	require.NoError(t, err)
	for _, n := range all {
		names[n.ID] = n.Name + n.Number
	}
	for _, n := range all {
		size := int64(-1)
		if n.Size != nil {
			size = *n.Size
		}
		fmt.Fprintln(&b, n.Name, n.Number, "under", names[n.UpID], size, n.Version)
	}
	require.NoError(t, crm.Verify(t.Context(), org))
	return b.String()
}

// TestRenamedAndLinkedTo has rows that link to names which earlier rows give to records, or take from them.
func TestRenamedAndLinkedTo(t *testing.T) {
	for _, batch := range []int{1, 1000} {
		t.Run(fmt.Sprint(batch), func(t *testing.T) {
			each(t, func(t *testing.T, org *crm.Org) {
				run(t, org, "Account Number,Account Name\n1,Old\n2,Kid\n3,Kid 2\n", &importer.Options{Match: []string{"Account_Number"}})
				r := run(t, org, "Account Number,Account Name,Parent Account\n1,New,\n2,Kid,New\n3,Kid 2,Old\n", &importer.Options{Match: []string{"Account_Number"}, Batch: batch})
				require.Equal(t, []string{"4 NOT_FOUND Parent_Account"}, faults(r))
				require.Equal(t, find(t, org, "New").ID, find(t, org, "Kid").ParentID)
			})
		})
	}
}

// TestDeepFile imports a path that is as deep as may be, in one batch, and rows that each link to the one before.
func TestDeepFile(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("Account Name,Parent Account\n")
	for i := range 70 {
		fmt.Fprintf(&b, "n%d,%s\n", i, []string{"", fmt.Sprint("n", i-1)}[min(i, 1)])
	}
	r := run(t, crmtest.New(t), b.String(), nil)
	require.Equal(t, "70 = 64 + 0 + 0 + 0 + 6", counts(r))
	require.Equal(t, "66 LIMIT_EXCEEDED Parent_Account", faults(r)[0])
	require.Equal(t, record.Args{"limit": 64, "length": 65}, r.Faults[0].Args)
	require.Equal(t, "67 NOT_FOUND Parent_Account", faults(r)[1])
}
