package importer_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/storage/memory"
)

// TestProgress is told of more and more of each kind of file, and at last of all.
func TestProgress(t *testing.T) {
	t.Parallel()
	var csv, html, xml strings.Builder
	csv.WriteString("Account Name,Parent Account\n")
	html.WriteString("<table><tr><td>Account Name</tr>")
	xml.WriteString("<Workbook><Worksheet Name='a'><Table><Row><Cell><Data>Account Name</Data></Cell></Row>")
	cells := map[string]any{"A1": "Account Name"}
	rows := [][]string{{"Account Name"}}
	for n := range 100 {
		fmt.Fprintf(&csv, "a%d,a100\n", n) // which wait for the last
		fmt.Fprintf(&html, "<tr><td>a%d</tr>", n)
		fmt.Fprintf(&xml, "<Row><Cell><Data>a%d</Data></Cell></Row>", n)
		cells[fmt.Sprint("A", n+2)] = fmt.Sprint("a", n)
		rows = append(rows, []string{fmt.Sprint("a", n)})
	}
	csv.WriteString("a100,\n")
	html.WriteString("</table>" + strings.Repeat(" ", 100))
	xml.WriteString("</Table></Worksheet></Workbook>")
	xls, err := os.ReadFile("testdata/accounts.xls")
	require.NoError(t, err)
	for kind, b := range map[importer.Kind][]byte{importer.KindCSV: []byte(csv.String()), importer.KindHTML: []byte(html.String()), importer.KindXML: []byte(xml.String()),
		importer.KindXLSX: book(t, cells), importer.KindXLS: biff(rows...), "XLS in a container": xls} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f, err := openBook(t, b, nil)
			require.NoError(t, err)
			var told []importer.Progress
			r, err := importer.Run(t.Context(), crmtest.Open(t, memory.New(nil), nil).Accounts, f, &importer.Options{Batch: 10, Progress: func(p importer.Progress) { told = append(told, p) }})
			require.NoError(t, err)
			require.Zero(t, r.Failed, r.Faults)
			last, between := int64(0), 0
			for _, p := range told {
				require.Equal(t, int64(len(b)), p.Size)
				require.GreaterOrEqual(t, p.Bytes, last)
				if last = p.Bytes; 0 < last && last < p.Size {
					between++
				}
			}
			require.Equal(t, int64(len(b)), last)
			require.Equal(t, r.Counts, told[len(told)-1].Counts)
			if len(told) > 5 {
				require.Greater(t, between, 5)
			}
		})
	}
}
