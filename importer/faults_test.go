package importer

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/record"
)

// TestTooManyFaults writes more than a sheet has, of which nothing comes.
func TestTooManyFaults(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a million rows take seconds")
	}
	var b bytes.Buffer
	err := writeFaults(&b, KindXLSX, record.English, func(yield func(Fault, error) bool) {
		for n := range 1 << 20 {
			if !yield(Fault{Line: n + 2, Code: CodeBlankRow, Skip: true}, nil) {
				return
			}
		}
	})
	var ce *CellError
	require.ErrorAs(t, err, &ce)
	require.Equal(t, 1<<20-1, ce.Limit)
	require.Zero(t, b.Len())
}

// TestFaultsThatEnd has the reading fail: CSV ends with a whole row, and XLSX is not written.
func TestFaultsThatEnd(t *testing.T) {
	t.Parallel()
	over := errors.New("over")
	faults := func(yield func(Fault, error) bool) {
		_ = yield(Fault{Line: 2, Field: "=x", Code: CodeBlankRow}, nil) && yield(Fault{}, over)
	}
	var b bytes.Buffer
	require.ErrorIs(t, writeFaults(&b, KindCSV, record.English, faults), over)
	require.Equal(t, "line,status,field,code,message\n2,failed,'=x,BLANK_ROW,the row is blank\n", b.String())
	b.Reset()
	require.ErrorIs(t, writeFaults(&b, KindXLSX, record.English, faults), over)
	require.Zero(t, b.Len())
}

func TestCutText(t *testing.T) {
	t.Parallel()
	require.Equal(t, "短", cutText("短"))
	long := cutText(strings.Repeat("行", 20_000))
	require.True(t, strings.HasPrefix(long, "行行") && strings.HasSuffix(long, "行…"))
	require.LessOrEqual(t, len(long), 32_767)
}
