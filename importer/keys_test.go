package importer

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeySet(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]int{"in memory": maxKeys, "in a file from 4,096 keys on": 4096, "in a file from the first": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			k := newKeySet(limit, dir)
			const n = 20_000
			for i := range n {
				first, err := k.add(fmt.Sprint("key ", i), i+2)
				require.NoError(t, err)
				require.Zero(t, first)
			}
			for i := range n {
				first, err := k.add(fmt.Sprint("key ", i), n+i)
				require.NoError(t, err)
				require.Equal(t, i+2, first)
			}
			files, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Equal(t, limit < maxKeys, len(files) == 1)
			require.NoError(t, k.close())
			files, err = os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, files)
		})
	}
	k := newKeySet(0, t.TempDir()+"/nowhere")
	var err error
	for i := 0; err == nil && i < 2000; i++ {
		_, err = k.add(fmt.Sprint(i), i+1)
	}
	require.ErrorIs(t, err, os.ErrNotExist) // a disk that fails is an error, and no false verdict
}
