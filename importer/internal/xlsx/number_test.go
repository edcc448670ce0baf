package xlsx

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm/importer/internal/grid"
)

func TestIsExact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"0": true, "7": true, "-7": true, "10": true, "0.5": true, "-0.05": true, "123456789012345": true, "1.23456789012345": true,
		"-0": false, "-": false, "00": false, "01": false, "0.0": false, "1.": false, ".5": false, "1.50": false, "1e5": false, "+1": false, "1.2.3": false, "12345678901234567": false, "1.234567890123456": false} {
		require.Equal(t, want, isExact([]byte(text)), text)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		b := make([]byte, r.IntN(19)+1)
		for i := range b {
			b[i] = "0000123456789999.-"[r.IntN(18)]
		}
		if text := string(b); isExact(b) {
			require.Equal(t, text, grid.Decimal(text))
		}
	}
}
