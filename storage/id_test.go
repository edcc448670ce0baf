package storage

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIDText(t *testing.T) {
	id := ID{0x01, 0x97, 0xa3, 0xc2, 0, 1, 0x7f, 0xff, 0x80, 0, 0xab, 0xcd, 0xef, 0, 0, 9}
	const text = "0197a3c2-0001-7fff-8000-abcdef000009"
	require.Equal(t, text, id.String())
	for _, s := range []string{text, strings.ToUpper(text)} {
		got, err := ParseID(s)
		require.NoError(t, err)
		require.Equal(t, id, got)
	}
	require.False(t, id.IsZero())
	require.True(t, ID{}.IsZero())

	b, err := json.Marshal(map[string]ID{"id": id})
	require.NoError(t, err)
	require.JSONEq(t, `{"id": "`+text+`"}`, string(b))
	var back map[string]ID
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, id, back["id"])
}

func TestParseIDRefuses(t *testing.T) {
	for _, s := range []string{
		"", "0197a3c2", "0197a3c2-0001-7fff-8000-abcdef00000", "0197a3c2-0001-7fff-8000-abcdef0000099",
		"0197a3c2000017fff-8000-abcdef000009a", "0197a3c2-0001-7fff-8000_abcdef000009", "0197a3g2-0001-7fff-8000-abcdef000009",
		"{197a3c2-0001-7fff-8000-abcdef00000}", "0197a3c2-0001-7fff-8000-abcdef00000é"[:36], "-197a3c2-0001-7fff-8000-abcdef000009",
	} {
		id, err := ParseID(s)
		require.Error(t, err, s)
		require.Zero(t, id, s)
	}
}

func TestIDUnmarshalText(t *testing.T) {
	id := ID{1}
	require.Error(t, id.UnmarshalText([]byte("nonsense")))
	require.Equal(t, ID{1}, id, "an error changes nothing")
	require.NoError(t, id.UnmarshalText(nil))
	require.Zero(t, id)
}
