package importer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	text := "a,b\n1\n1,\"x\n1,M\xFC\x00\uFFFD\n" + strings.Repeat("y", 20) + "\n\n"
	var args, texts, names []string
	for row, err := range csvText(t, text, FileOptions{MaxRow: 16}).Rows(t.Context()) {
		require.NoError(t, err)
		p := row.Problem
		require.NotNil(t, p)
		require.Equal(t, p.Offset, p.Args()["offset"])
		var keys []string
		for _, k := range []string{"limit", "length", "columns", "cells", "stopped", "line", "column", "cell"} {
			if _, ok := p.Args()[k]; ok {
				keys = append(keys, k)
			}
		}
		args = append(args, strings.Join(keys, " "))
		texts = append(texts, p.Text())
		names = append(names, p.String())
	}
	require.Equal(t, []string{"columns cells", "limit stopped line column cell", "line column cell", "limit length line column", ""}, args)
	require.Equal(t, []string{"1", `1,"x`, `1,M\xFC\x00` + "\uFFFD", strings.Repeat("y", 16), ""}, texts)
	require.Equal(t, []string{
		"line 2: RAGGED_ROW columns 2, cells 1", "line 3, column 3: UNCLOSED_QUOTE limit 16", "line 4, column 4: INVALID_TEXT",
		"line 5, column 17: ROW_TOO_LONG limit 16, length 20", "line 6: BLANK_ROW",
	}, names)
}

func TestProblemRawIsCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, raw, want string
		cut             bool
	}{
		{"at the limit", strings.Repeat("x", MaxRaw), strings.Repeat("x", MaxRaw), false},
		{"over it", strings.Repeat("x", MaxRaw+1), strings.Repeat("x", MaxRaw), true},
		{"before a character", strings.Repeat("海", MaxRaw/3+1), strings.Repeat("海", MaxRaw/3), true},
		{"no character at all", strings.Repeat("\x80", MaxRaw+9), strings.Repeat("\x80", MaxRaw), true},
	} {
		var p Problem
		p.cutRaw(tt.raw, MaxRaw)
		require.Equal(t, tt.want, p.Raw, tt.name)
		require.Equal(t, tt.cut, p.RawCut, tt.name)

		for row, err := range csvText(t, "a,b\n"+tt.raw+"\n", FileOptions{}).Rows(t.Context()) {
			require.NoError(t, err)
			require.Equal(t, tt.raw, row.Problem.Raw, tt.name)
			require.False(t, row.Problem.RawCut, tt.name)
		}
		for row, err := range csvText(t, "a,b\n"+tt.raw+"\n", FileOptions{MaxRow: len(tt.raw) - 1}).Rows(t.Context()) {
			require.NoError(t, err)
			require.Equal(t, CodeRowTooLong, row.Problem.Code, tt.name)
			require.True(t, strings.HasPrefix(tt.raw, row.Problem.Raw), tt.name)
			require.True(t, row.Problem.RawCut, tt.name)
		}
	}
}
