package grid

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	all := &Texts{}
	lengths := []int{0, 5, chunkSize - 5, 0, 1, chunkSize, 0, chunkSize - 1, 2, 0, 7}
	for range blockSize {
		lengths = append(lengths, 3)
	}
	text := func(i int) []byte { return bytes.Repeat([]byte{byte('a' + i%26)}, lengths[i]) }
	for i := range lengths {
		require.True(t, all.Add(text(i)))
	}
	all.End()
	for i := range lengths {
		got, ok := all.At(i)
		require.True(t, ok)
		if got != string(text(i)) {
			t.Fatalf("text %d has %d bytes, not %d", i, len(got), lengths[i])
		}
	}
	_, ok := all.At(len(lengths))
	require.False(t, ok)
}
