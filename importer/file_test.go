package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text, found string
		line, column      int
		offset            int64
	}{
		{"empty", "", FoundEmpty, 1, 1, 0},
		{"byte order mark only", "\uFEFF", FoundEmpty, 1, 1, 3},
		{"blank lines only", "\n\r\n,,\n", FoundEmpty, 4, 1, 6},
		{"blank lines without end", strings.Repeat("\n", 200), FoundNoHeader, 101, 1, 100},
		{"gzip", "\x1F\x8B\x08\x00", FoundGzip, 1, 1, 0},
		{"pdf", "%PDF-1.7\n", FoundPDF, 1, 1, 0},
		{"html", "\uFEFF\r\n<!DOCTYPE html><html>", FoundMarkup, 1, 1, 0},
		{"xml", "<?xml version='1.0'?><rows/>", FoundMarkup, 1, 1, 0},
		{"table", "<TABLE border=1>", FoundDamaged, 0, 0, 16},
		{"UTF-32 LE", "\xFF\xFE\x00\x00a\x00\x00\x00", FoundUTF32, 1, 1, 0},
		{"UTF-32 BE", "\x00\x00\xFE\xFF\x00\x00\x00a", FoundUTF32, 1, 1, 0},
		{"NUL in the header", "a,b\x00\n1,2\n", FoundBinary, 1, 1, 0},
		{"NUL in its second line", "a,\"b\n\x00\"\n1,2\n", FoundBinary, 2, 1, 5},
		{"many NUL", "a,b\n" + strings.Repeat("x\x00yz\x00", 200), FoundBinary, 1, 1, 0},
		{"Windows-1252 header", "\nStra\xDFe,b\n", FoundNotText, 2, 5, 5},
		{"marked, then not UTF-8", "\uFEFFa,\xB0\n", FoundNotText, 1, 3, 5},
		{"bare quote in the header", "a,b\"c\n", FoundBadHeader, 1, 4, 3},
		{"unclosed header", "a,\"b\n1,2\n", FoundBadHeader, 1, 3, 2},
		{"too long", strings.Repeat("x", 101), FoundBadHeader, 1, 101, 100},
		{"too wide", ",,\na,b,c,d,e,f,g,h,i,j,k\n", FoundTooWide, 2, 1, 3},
	} {
		for _, window := range []int{1, 4096} {
			_, err := NewFile(strings.NewReader(tt.text), int64(len(tt.text)), "账.csv", plain(FileOptions{MaxRow: 100, MaxColumns: 10, window: window}))
			var fe *FormatError
			require.ErrorAs(t, err, &fe, tt.name)
			require.Equal(t, tt.found, fe.Found, tt.name)
			require.Equal(t, []any{"账.csv", tt.line, tt.column, tt.offset}, []any{fe.Name, fe.Line, fe.Column, fe.Offset}, tt.name)
			require.ErrorContains(t, err, `"账.csv" cannot be read: found `+tt.found)
		}
	}
}

func TestFormatErrorText(t *testing.T) {
	t.Parallel()
	_, err := NewFile(strings.NewReader("Stra\xDFe"), 6, "t.csv", plain(FileOptions{}))
	require.EqualError(t, err, `importer: "t.csv" cannot be read: found text in another charset at line 1, column 5, byte 4: INVALID_TEXT`)
	_, err = NewFile(strings.NewReader("a,b"), 3, "t.csv", &FileOptions{MaxColumns: 1})
	require.EqualError(t, err, `importer: "t.csv" cannot be read: found a header of too many columns, limit 1, has 2, at line 1`)
}

func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "accounts.xlsx") // content counts, not the name
	text := "a,b\n1,2\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	f, err := Open(path, nil)
	require.NoError(t, err)
	require.Equal(t, path, f.Name())
	require.Equal(t, int64(len(text)), f.Size())
	require.Equal(t, []string{`2 ["1" "2"]`}, csvDump(t, f))
	sum, err := f.Digest(t.Context())
	require.NoError(t, err)
	require.Equal(t, sha256.Sum256([]byte(text)), sum)
	require.NoError(t, f.Close())
	for row, err := range f.Rows(t.Context()) {
		require.ErrorIs(t, err, fs.ErrClosed)
		require.Zero(t, row)
	}

	_, err = Open(filepath.Join(dir, "none.csv"), nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = Open(dir, nil)
	require.ErrorContains(t, err, "not a regular file")
	_, err = Open(path, &FileOptions{MaxRow: -1})
	require.ErrorContains(t, err, "negative limit")
}

// TestFileCutShort reads a file of which the end has gone, or whose device fails.
func TestFileCutShort(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b\n"+strings.Repeat("1,2\n", 100)), 0o600))
	f, err := Open(path, &FileOptions{window: 64})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	require.NoError(t, os.Truncate(path, 202))
	n := 0
	for _, e := range f.Rows(t.Context()) {
		if err = e; e == nil {
			n++
		}
	}
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, "at byte 202 of 404")
	require.LessOrEqual(t, n, 49)
	require.Positive(t, n)
	_, err = f.Digest(t.Context())
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)

	broken := errors.New("disk on fire")
	_, err = NewFile(readAtFunc(func([]byte, int64) (int, error) { return 0, broken }), 10, "t.csv", nil)
	require.ErrorIs(t, err, broken)
}

type readAtFunc func(p []byte, at int64) (int, error)

func (f readAtFunc) ReadAt(p []byte, at int64) (int, error) { return f(p, at) }

func TestSpool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := "a,b\n" + strings.Repeat("1,\"2\n3\"\n", 50000)
	f, err := Spool(t.Context(), strings.NewReader(text), "upload", &FileOptions{TempDir: dir, MaxBytes: int64(len(text))})
	require.NoError(t, err)
	require.Equal(t, "upload", f.Name())
	for range 2 {
		n := 0
		for row, err := range f.Rows(t.Context()) {
			require.NoError(t, err)
			require.Nil(t, row.Problem)
			n++
		}
		require.Equal(t, 50000, n)
	}
	sum, err := f.Digest(t.Context())
	require.NoError(t, err)
	require.Equal(t, sha256.Sum256([]byte(text)), sum)
	require.NoError(t, f.Close())

	var fe *FormatError
	_, err = Spool(t.Context(), strings.NewReader(text), "upload", &FileOptions{TempDir: dir, MaxBytes: 100})
	require.ErrorAs(t, err, &fe)
	require.Equal(t, []any{FoundTooLarge, int64(100)}, []any{fe.Found, fe.Limit})
	_, err = Spool(t.Context(), strings.NewReader("PK\x03\x04"), "upload", &FileOptions{TempDir: dir, MaxBytes: math.MaxInt64})
	require.ErrorAs(t, err, &fe)
	require.Equal(t, FoundDamaged, fe.Found)
	broken := errors.New("line cut")
	_, err = Spool(t.Context(), io.MultiReader(strings.NewReader("a\n"), readFunc(func([]byte) (int, error) { return 0, broken })), "upload", &FileOptions{TempDir: dir})
	require.ErrorIs(t, err, broken)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Spool(ctx, strings.NewReader(text), "upload", &FileOptions{TempDir: dir})
	require.ErrorIs(t, err, context.Canceled)

	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// endless is a file of one pattern repeated, without being in memory.
type endless struct {
	head, pattern string
	size          int64
}

func (e endless) ReadAt(p []byte, at int64) (n int, err error) {
	n = int(min(int64(len(p)), e.size-at))
	for i := 0; i < n; {
		if o := at + int64(i); o < int64(len(e.head)) {
			i += copy(p[i:n], e.head[o:])
		} else {
			i += copy(p[i:n], e.pattern[(o-int64(len(e.head)))%int64(len(e.pattern)):])
		}
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// TestCSVHostileFiles reads files made to be slow or large: time grows with the file alone, and memory does not grow.
func TestCSVHostileFiles(t *testing.T) {
	size, huge := int64(20<<20), int64(1<<30)
	if testing.Short() {
		size, huge = 2<<20, 32<<20
	}
	even := strings.Repeat("\"\"\"\"\"\"\n", 150000) // more than MaxRow of lines that leave a quoted cell open
	for _, tt := range []struct {
		name, pattern string
		size          int64
	}{
		{"unclosed quotes", "\"a\n", size},
		{"unclosed quotes, lone returns", "\"a\r", size},
		{"unclosed quotes, both", "\"a\r\n", size},
		{"unclosed last cells", "a,\"b\n", size},
		{"bare quotes", "ab\"c\n", size},
		{"quotes only", "\"", size},
		{"quote lines", "\"\n", size},
		{"three quotes", "\"\"\"\n", size},
		{"five quotes", "\"\"\"\"\"\n", size},
		{"reopened on each line", "\"a\",\"\nb\",\"\n", size},
		{"open, then pairs up to the limit", "x,\"\n" + even, size},
		{"open, then reopened up to the limit", "\"\n" + strings.Repeat("b\",\"c\n", 200000), size},
		{"open, then a return now and then", "\"\n" + strings.Repeat("\"\"\r\"\"\n", 1000) + strings.Repeat("\"\"\n", 300000), size},
		{"open, then text up to the limit", "\"\n" + strings.Repeat("text\n", 300000), size},
		{"rows just below the limit", strings.Repeat("x", 1<<20-3) + "\"\n", size},
		{"quoted rows just below the limit", "\"" + strings.Repeat("x\n", 1<<19-2) + "\"\n", size},
		{"blank lines", "\n", size},
		{"commas", ",", size},
		{"short quoted cells up to the limit", strings.Repeat("\"\",", 300000) + "\n", size},
		{"commas up to the limit", strings.Repeat(",", 1<<20-4) + "\"\"\n", size},
		{"lines of commas", strings.Repeat(",", 5000) + "x\n", size},
		{"lone returns", "abc\r", size},
		{"NUL", "a text of some length\x00\n", size},
		{"invalid", "\xFF\n", size},
		{"one line", strings.Repeat("x", 4096), huge},
		{"one quoted line", strings.Repeat("\"\"", 2048), huge},
		{"one quoted cell", strings.Repeat("x", 4095) + "\n", huge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			head := "h\n"
			if tt.name == "one quoted cell" {
				head += "\""
			}
			src := endless{head: head, pattern: tt.pattern, size: tt.size}
			f, err := NewFile(src, src.size, "hostile", nil)
			require.NoError(t, err)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			line, end, n := 1, f.Header().End, 0
			for row, err := range f.Rows(t.Context()) {
				if err != nil || row.Line != line+1 || row.Offset != end {
					t.Fatal(err, row.Line, line)
				}
				line, end = row.EndLine, row.End
				if n++; end == src.size { // while the reader is still there
					runtime.GC()
					runtime.ReadMemStats(&after)
				}
			}
			took := time.Since(start)
			require.Equal(t, src.size, end)
			t.Logf("%d rows, %v, heap grown by %d KB", n, took, (int64(after.HeapInuse)-int64(before.HeapInuse))>>10)
			require.Less(t, took, 30*time.Second)
			require.Less(t, int64(after.HeapInuse)-int64(before.HeapInuse), int64(6<<20))
		})
	}
}

// TestCSVLinear holds the work by the bytes that are looked through: reads of the file do not repeat.
func TestCSVLinear(t *testing.T) {
	t.Parallel()
	text := []byte("h\n\"\n" + strings.Repeat("text\n", 1<<18))
	var read int
	src := readAtFunc(func(p []byte, at int64) (int, error) {
		read += len(p)
		return bytes.NewReader(text).ReadAt(p, at)
	})
	f, err := NewFile(src, int64(len(text)), "t.csv", nil)
	require.NoError(t, err)
	read = 0
	for _, err := range f.Rows(t.Context()) {
		require.NoError(t, err)
	}
	require.Equal(t, len(text)-2, read)
}
