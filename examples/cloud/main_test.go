package main

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"

	cloud "gocloud.dev/blob"
)

func TestRun(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"mem://", "file://" + t.TempDir() + "?metadata=skip"} {
		var out strings.Builder
		if err := run(t.Context(), url, &out); err != nil {
			t.Fatal(err)
		}
		if want := "offer.txt: One pump, 9,900.00\nfiles left in the bucket: 0\n"; out.String() != want {
			t.Errorf("%s: got %q", url, out.String())
		}
	}
}

// What does not come to its end is not kept.
func TestPutIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	b, err := cloud.OpenBucket(t.Context(), "file://"+t.TempDir()+"?metadata=skip")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	lost := errors.New("the line is cut")
	if err := (bucket{b}).Put(t.Context(), "a/1", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(lost))); !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
	if _, err := (bucket{b}).Open(t.Context(), "a/1"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if err := (bucket{b}).Delete(t.Context(), "a/1"); err != nil {
		t.Error(err)
	}
}
