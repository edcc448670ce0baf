package relations_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/blob"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/storagetest"
)

// kept returns how many blobs there are.
func kept(t *testing.T, blobs blob.Store) (n int) {
	t.Helper()
	for _, err := range blobs.List(t.Context(), "") {
		require.NoError(t, err)
		n++
	}
	return n
}

func TestAttach(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, to := t.Context(), on(t, org, "Acme")
		a, err := org.Files.Attach(ctx, to, `C:\Users\ann\..\合同 v2.pdf`, strings.NewReader("%PDF-1.7 bytes"))
		require.NoError(t, err)
		sum := sha256.Sum256([]byte("%PDF-1.7 bytes"))
		require.Equal(t, relations.Attachment{Meta: a.Meta, Name: "合同 v2.pdf", Size: new(int64(14)), Type: "application/pdf", Hash: hex.EncodeToString(sum[:]), Parent: to}, *a)
		got, r, err := org.Files.Open(ctx, a.ID)
		require.NoError(t, err)
		b, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, "%PDF-1.7 bytes", string(b))
		require.Equal(t, a, got)
		note := &relations.Note{Content: "see the file", Parent: to}
		require.NoError(t, org.Notes.Create(ctx, note))
		of, err := org.Files.Attach(ctx, record.Link{Module: relations.NoteModule, ID: note.ID}, "x.html", strings.NewReader("<html><script>"))
		require.NoError(t, err)
		require.Equal(t, "text/html; charset=utf-8", of.Type)
		recs, _, err := relations.ListNamed("Attachments").Page(ctx, org.Session(), []record.ID{to.ID}, record.Query{})
		require.NoError(t, err)
		require.Len(t, recs, 1, "those of notes are in the notes")
	})
}

// An attachment comes of a file and of nothing else, and stays what it is.
func TestAttachmentsAreOfFiles(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx, to := t.Context(), on(t, org, "Acme")
		err := org.Attachments.Create(ctx, &relations.Attachment{Name: "x", Size: new(int64(1)), Hash: "00", Parent: to})
		require.Equal(t, "File_Name=READ_ONLY", codes(err))
		a, err := org.Files.Attach(ctx, to, "a.txt", strings.NewReader("a"))
		require.NoError(t, err)
		changed := *a
		changed.Name, changed.Size, changed.Hash, changed.Type = "b.exe", new(int64(2)), "00", "x"
		require.NoError(t, org.Attachments.Update(ctx, &changed))
		require.Equal(t, a.Name+a.Hash+a.Type, changed.Name+changed.Hash+changed.Type)
		require.Equal(t, *a.Size, *changed.Size)
	})
}

func TestFileNames(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		to := on(t, org, "Acme")
		for name, want := range map[string]string{"../../etc/passwd": "passwd", "a/b\\c.txt": "c.txt", " x.txt ": "x.txt", `<img src=x onerror="1">.png`: `<img src=x onerror="1">.png`,
			strings.Repeat("é", 255): strings.Repeat("é", 255), "\u200fקובץ.txt": "\u200fקובץ.txt"} {
			a, err := org.Files.Attach(t.Context(), to, name, strings.NewReader("x"))
			require.NoError(t, err, name)
			require.Equal(t, want, a.Name)
		}
		for name, want := range map[string]string{"": "MANDATORY_NOT_FOUND", "..": "MANDATORY_NOT_FOUND", "a/": "MANDATORY_NOT_FOUND", "a\x00.txt": "INVALID_DATA", "a\nb": "INVALID_DATA",
			"\xff.txt": "INVALID_DATA", "gpj\u202eexe.": "INVALID_DATA", "a\u2066b": "INVALID_DATA", strings.Repeat("é", 256): "INVALID_DATA"} {
			_, err := org.Files.Attach(t.Context(), to, name, strings.NewReader("x"))
			require.Equal(t, "File_Name="+want, codes(err), "%q", name)
		}
	})
}

// zeros is that many bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAttachedLimit(t *testing.T) {
	t.Parallel()
	blobs, err := blob.Dir(t.TempDir())
	require.NoError(t, err)
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Blobs: blobs})
	to := on(t, org, "Acme")
	a, err := org.Files.Attach(t.Context(), to, "most", zeros(relations.MaxAttached))
	require.NoError(t, err)
	require.Equal(t, int64(100<<20), *a.Size)
	_, err = org.Files.Attach(t.Context(), to, "more", strings.NewReader("x"))
	require.Equal(t, "Size=LIMIT_EXCEEDED", codes(err))
	_, err = org.Files.Attach(t.Context(), on(t, org, "Other"), "too much", zeros(relations.MaxAttached+1))
	require.Equal(t, "Size=LIMIT_EXCEEDED", codes(err))
	require.Equal(t, 1, kept(t, blobs))
	require.NoError(t, org.Attachments.Delete(t.Context(), a.ID))
	_, err = org.Files.Attach(t.Context(), to, "more", strings.NewReader("x"))
	require.NoError(t, err)
}

// The bytes go when the record is purged, with what it was attached to or by itself, and not before.
func TestPurgeRemovesBytes(t *testing.T) {
	t.Parallel()
	blobs := blob.Memory()
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Blobs: blobs})
	ctx, to := t.Context(), on(t, org, "Acme")
	note := &relations.Note{Content: "x", Parent: to}
	require.NoError(t, org.Notes.Create(ctx, note))
	_, err := org.Files.Attach(ctx, record.Link{Module: relations.NoteModule, ID: note.ID}, "a", strings.NewReader("a"))
	require.NoError(t, err)
	b, err := org.Files.Attach(ctx, to, "b", strings.NewReader("b"))
	require.NoError(t, err)
	require.NoError(t, org.Accounts.Delete(ctx, to.ID))
	_, _, err = org.Files.Open(ctx, b.ID)
	require.ErrorIs(t, err, record.ErrNotFound)
	require.NoError(t, org.Accounts.Restore(ctx, to.ID))
	_, r, err := org.Files.Open(ctx, b.ID)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.NoError(t, org.Accounts.Delete(ctx, to.ID))
	require.Equal(t, 2, kept(t, blobs))
	undone := errors.New("changed my mind")
	require.ErrorIs(t, org.Update(ctx, func(tx *crm.Org) error {
		require.NoError(t, tx.Accounts.Purge(ctx, to.ID))
		return undone
	}), undone)
	require.Equal(t, 2, kept(t, blobs), "a purge that did not happen")
	require.NoError(t, org.Accounts.Purge(ctx, to.ID))
	require.Zero(t, kept(t, blobs))
}

// Whatever call of the store fails, in whatever way, a record has its bytes; and bytes without a record are swept.
func TestAttachWithFaults(t *testing.T) {
	t.Parallel()
	run := func(f *storagetest.Faults) (calls, commits int) {
		store, blobs := memory.New(nil), blob.Memory()
		whole := crmtest.Open(t, store, &crm.Options{Blobs: blobs})
		to := on(t, whole, "Acme")
		faulty := storagetest.Faulty(store, f)
		org, err := crm.Open(t.Context(), faulty, &crm.Options{Blobs: blobs})
		require.NoError(t, err)
		_, attached := org.Files.Attach(t.Context(), to, "a", strings.NewReader("bytes"))
		n, err := whole.Attachments.Count(t.Context(), record.Query{})
		require.NoError(t, err)
		if attached == nil {
			require.Equal(t, int64(1), n)
		}
		if n == 0 && !errors.Is(attached, record.ErrOutcomeUnknown) {
			require.Zero(t, kept(t, blobs))
		}
		for a, err := range whole.Attachments.All(t.Context(), record.Query{}) {
			require.NoError(t, err)
			_, r, err := whole.Files.Open(t.Context(), a.ID)
			require.NoError(t, err)
			require.NoError(t, r.Close())
		}
		return faulty.Calls(), faulty.Commits()
	}
	calls, commits := run(nil)
	require.Positive(t, commits)
	for i := range calls {
		run(&storagetest.Faults{FailAt: i + 1})
		run(&storagetest.Faults{CancelAt: i + 1})
	}
	for i := range commits {
		run(&storagetest.Faults{LoseCommit: i + 1})
		run(&storagetest.Faults{DropCommit: i + 1})
	}
}

// old is a store whose bytes were kept long ago.
type old struct {
	blob.Store
	age time.Duration
}

func (o *old) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		for info, err := range o.Store.List(ctx, prefix) {
			info.Time = info.Time.Add(-o.age)
			if !yield(info, err) {
				return
			}
		}
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	blobs := &old{Store: blob.Memory()}
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Blobs: blobs})
	ctx, to := t.Context(), on(t, org, "Acme")
	a, err := org.Files.Attach(ctx, to, "a", strings.NewReader("a"))
	require.NoError(t, err)
	binned, err := org.Files.Attach(ctx, to, "b", strings.NewReader("b"))
	require.NoError(t, err)
	require.NoError(t, org.Attachments.Delete(ctx, binned.ID))
	other := org.Tenant("other")
	_, err = other.Files.Attach(ctx, on(t, other, "Other"), "c", strings.NewReader("c"))
	require.NoError(t, err)
	var place string
	for info, err := range blobs.Store.List(ctx, "") {
		require.NoError(t, err)
		if strings.HasSuffix(info.Key, a.ID.String()) {
			place = strings.TrimSuffix(info.Key, a.ID.String())
		}
	}
	for _, orphan := range []string{record.NewID().String(), "part-x"} {
		require.NoError(t, blobs.Put(ctx, place+orphan, strings.NewReader("x")))
	}
	n, err := org.Files.Sweep(ctx)
	require.NoError(t, err)
	require.Zero(t, n, "they may be files that are being attached")
	blobs.age = relations.SweepAge + time.Minute
	n, err = org.Files.Sweep(ctx)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, 3, kept(t, blobs.Store))
	require.NoError(t, blobs.Delete(ctx, place+a.ID.String()))
	_, _, err = org.Files.Open(ctx, a.ID)
	require.ErrorIs(t, err, relations.ErrBytesMissing)
}

func TestFilesNeedAPlace(t *testing.T) {
	t.Parallel()
	ctx, store := t.Context(), memory.New(nil)
	org, err := crm.Open(ctx, store, nil)
	require.NoError(t, err)
	to := on(t, org, "Acme")
	_, err = org.Files.Attach(ctx, to, "a", strings.NewReader("a"))
	require.ErrorIs(t, err, relations.ErrNoBlobs)
	_, _, err = org.Files.Open(ctx, to.ID)
	require.ErrorIs(t, err, relations.ErrNoBlobs)
	_, err = org.Files.Sweep(ctx)
	require.ErrorIs(t, err, relations.ErrNoBlobs)
	with := crmtest.New(t)
	require.ErrorIs(t, with.Update(ctx, func(tx *crm.Org) error {
		_, err := tx.Files.Attach(ctx, to, "a", strings.NewReader("a"))
		return err
	}), relations.ErrInTransaction)
	lost := errors.New("the line is cut")
	_, err = with.Files.Attach(ctx, on(t, with, "Acme"), "a", io.MultiReader(strings.NewReader("x"), iotest.ErrReader(lost)))
	require.ErrorIs(t, err, lost)
	_, err = with.Files.Attach(ctx, record.Link{Module: account.Module, ID: record.NewID()}, "a", iotest.ErrReader(errors.New("read for nothing")))
	require.ErrorIs(t, err, record.ErrNotFound)
	_, err = with.Files.Attach(ctx, record.Link{Module: "Nothing", ID: record.NewID()}, "a", iotest.ErrReader(errors.New("read for nothing")))
	require.Equal(t, "Parent_Module=INVALID_DATA", codes(err))
}

func ExampleFiles_Attach() {
	ctx := context.Background()
	org, err := crm.Open(ctx, memory.New(nil), &crm.Options{Blobs: blob.Memory()}) // blob.Dir("files") keeps them
	if err != nil {
		panic(err)
	}
	acme := &account.Account{Name: "Acme"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		panic(err)
	}
	a, err := org.Files.Attach(ctx, record.Link{Module: account.Module, ID: acme.ID}, "offer.txt", strings.NewReader("One pump, 9,900.00"))
	if err != nil {
		panic(err)
	}
	fmt.Println(a.Name, *a.Size, a.Type)
	// Output: offer.txt 18 text/plain; charset=utf-8
}
