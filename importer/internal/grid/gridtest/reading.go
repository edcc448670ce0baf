package gridtest

import (
	"io"
	"testing"
)

// Failing is a file of which nothing can be read that ends behind From.
type Failing struct {
	io.ReaderAt

	From int64
	Err  error // of such reads
}

// ReadAt implements [io.ReaderAt].
func (f Failing) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > f.From {
		return 0, f.Err
	}
	return f.ReaderAt.ReadAt(b, at)
}

// Step is how far apart places of a file of that size are of which most are tried, and a tenth in short runs.
func Step(size, most int) int {
	if testing.Short() {
		most /= 10
	}
	return max(1, size/most)
}
