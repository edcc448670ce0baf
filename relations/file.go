package relations

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/blob"
)

// MaxAttached is how many bytes the attachments of one record have together, those of its notes not counted. Zoho: 100 MB.
const MaxAttached = 100 << 20

// The errors of files.
var (
	ErrNoBlobs       = errors.New("relations: no place for files")              // the host has given none
	ErrInTransaction = errors.New("relations: files within a transaction")      // a transaction may run twice, and a file is read once
	ErrBytesMissing  = errors.New("relations: the bytes of a file are missing") // the place for files has lost them
)

// Files is the files attached to records, as one session sees them: their bytes in a [blob.Store], and what is known of them in the
// module of attachments. It is safe for concurrent use.
//
// Bytes are kept before their record is, and removed after it was purged. So whatever happens in between, a record has its bytes;
// bytes that a crash has left without a record are found by [Files.Sweep].
type Files struct {
	s     *record.Session
	blobs blob.Store
}

// FilesIn returns the files as s sees them. With a nil store, what needs one is ErrNoBlobs.
func FilesIn(s *record.Session, blobs blob.Store) *Files { return &Files{s, blobs} }

// Attach keeps what r has until its end as a file attached to a record, and returns what is known of it. The name is how the file was
// called: directories before it are left out, and it is not used for anything but to be shown.
//
// It takes that the actor may change the record, and [record.RightCreate] in the module of attachments, and asks for these before it
// reads r. It fails with record.ErrNotFound, a *record.ForbiddenError and a *record.ValidationError: for a name that is none, a
// module that nothing is attached to, and with record.CodeLimit on Size when the files of the record would have more than [MaxAttached] bytes together. Nothing
// is kept then. It is not called in a transaction: ErrInTransaction.
func (f *Files) Attach(ctx context.Context, to record.Link, name string, r io.Reader) (a *Attachment, err error) {
	switch {
	case f.blobs == nil:
		return nil, ErrNoBlobs
	case f.s.InTransaction():
		return nil, ErrInTransaction
	}
	a = &Attachment{Meta: record.Meta{ID: f.s.NewID()}, Name: fileName(name), Parent: to}
	if err := nameProblem(a.Name); err != nil {
		return nil, err
	}
	left, err := f.room(ctx, a)
	if err != nil {
		return nil, err
	}
	bytes := &counted{r: r, left: left, sum: sha256.New()}
	key := f.key(a.ID)
	if err := f.blobs.Put(ctx, key, bytes); err != nil {
		if bytes.over {
			return nil, tooLarge(bytes.n)
		}
		return nil, err
	}
	a.Size, a.Type, a.Hash = &bytes.n, mediaType(bytes.head), hex.EncodeToString(bytes.sum.Sum(nil))
	err = f.s.Update(ctx, func(s *record.Session) error {
		used, err := attached(ctx, s, to)
		if err != nil {
			return err
		}
		if used+bytes.n > MaxAttached {
			return tooLarge(used + bytes.n)
		}
		return AttachmentDefinition.In(s).Create(context.WithValue(ctx, fileKey{}, a), a)
	})
	if err != nil && !errors.Is(err, record.ErrOutcomeUnknown) { // or there is a record that needs the bytes
		err = errors.Join(err, f.blobs.Delete(context.WithoutCancel(ctx), key))
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// room asks whether the actor may attach a file at all, and returns how many bytes it may have.
func (f *Files) room(ctx context.Context, a *Attachment) (left int64, err error) {
	one := int64(1)
	probe := *a
	probe.Size, probe.Hash = &one, "-"
	err = f.s.View(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, AttachmentModule, record.RightCreate); err != nil {
			return err
		}
		if rs, err := s.Records(a.Parent.Module); err == nil { // or it is a module that nothing is attached to
			if _, err := rs.Get(ctx, a.Parent.ID); err != nil {
				return err
			}
		}
		out, err := AttachmentDefinition.In(s).Validate(context.WithValue(ctx, fileKey{}, &probe), &probe)
		if err != nil {
			return err
		}
		if out[0].Err != nil {
			return out[0].Err
		}
		used, err := attached(ctx, s, a.Parent)
		left = MaxAttached - used
		return err
	})
	return left, err
}

// attached returns how many bytes the files of a record have.
func attached(ctx context.Context, s *record.Session, to record.Link) (n int64, err error) {
	rs, err := s.AsSystem().Records(AttachmentModule)
	if err != nil {
		return 0, err
	}
	on := []record.Match{{Field: ParentField, Values: []storage.Value{storage.RefValue(to.ID)}}, {Field: ParentModuleField, Values: []storage.Value{text(to.Module)}}}
	err = rs.Matching(ctx, on, func(rec *record.Record) error {
		n += rec.Value("Size").Int64()
		return nil
	})
	return n, err
}

func tooLarge(n int64) error {
	return &record.ValidationError{Fields: []record.FieldError{{Field: "Size", Code: record.CodeLimit, Args: record.Args{"limit": int64(MaxAttached), "length": n}}}}
}

// Open returns what is known of a file that the actor sees, and its bytes, which the caller closes. It fails with record.ErrNotFound,
// with a *record.ForbiddenError, and with ErrBytesMissing.
func (f *Files) Open(ctx context.Context, id record.ID) (*Attachment, io.ReadCloser, error) {
	if f.blobs == nil {
		return nil, nil, ErrNoBlobs
	}
	a, err := AttachmentDefinition.In(f.s).Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	r, err := f.blobs.Open(ctx, f.key(id))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("attachment %s: %w", id, ErrBytesMissing)
	}
	if err != nil {
		return nil, nil, err
	}
	return a, r, nil
}

// Forget removes the bytes of attachments that were purged: crm.Open calls it after their commit. What it fails to remove is left to
// [Files.Sweep].
func (f *Files) Forget(ctx context.Context, ids ...record.ID) (err error) {
	if f.blobs == nil {
		return nil
	}
	for _, id := range ids {
		there, e := f.known(ctx, id)
		if e == nil && !there {
			e = f.blobs.Delete(ctx, f.key(id))
		}
		err = errors.Join(err, e)
	}
	return err
}

// known reports whether there is an attachment of that id, live or in the bin.
func (f *Files) known(ctx context.Context, id record.ID) (there bool, err error) {
	rs, err := f.s.AsSystem().Records(AttachmentModule)
	if err != nil {
		return false, err
	}
	for _, bin := range []bool{false, true} {
		n, err := rs.Count(ctx, record.Query{Where: record.Eq("id", id), Bin: bin})
		if n > 0 || err != nil {
			return true, err
		}
	}
	return false, nil
}

// SweepAge is how long ago bytes were kept at least that Sweep removes: a younger file may be one that is being attached.
const SweepAge = 24 * time.Hour

// Sweep removes the bytes of this tenant that no attachment has, older than [SweepAge], and returns how many files that were. A host
// calls it now and then, and after a crash. It takes [record.RightManageData].
func (f *Files) Sweep(ctx context.Context) (removed int, err error) {
	if f.blobs == nil {
		return 0, ErrNoBlobs
	}
	if err := f.s.Authorise(ctx, "", record.RightManageData); err != nil {
		return 0, err
	}
	before := time.Now().Add(-SweepAge) // of the clock by which the bytes were kept
	for info, err := range f.blobs.List(ctx, f.place()) {
		if err != nil {
			return removed, err
		}
		if info.Time.After(before) {
			continue
		}
		if id, err := record.ParseID(strings.TrimPrefix(info.Key, f.place())); err == nil {
			there, err := f.known(ctx, id)
			if err != nil {
				return removed, err
			}
			if there {
				continue
			}
		}
		if err := f.blobs.Delete(ctx, info.Key); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// place is where the bytes of the tenant are. Its name may be any text.
func (f *Files) place() string {
	sum := sha256.Sum256([]byte(f.s.TenantName()))
	return hex.EncodeToString(sum[:16]) + "/"
}

func (f *Files) key(id record.ID) string { return f.place() + id.String() }

// counted reads bytes, no more than are left, and notes what they are.
type counted struct {
	r    io.Reader
	left int64
	n    int64
	sum  hash.Hash
	head []byte
	over bool
}

// sniffed is how many bytes tell the type of a file.
const sniffed = 512

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.n > c.left {
		c.over = true
		return 0, errors.New("relations: more bytes than a record may have")
	}
	c.sum.Write(p[:n])
	c.head = append(c.head, p[:min(n, sniffed-len(c.head))]...)
	return n, err
}

// mediaType is what a file is by its beginning, without parameters but the charset.
func mediaType(head []byte) string { return http.DetectContentType(head) }

// fileName is a name without the directories before it, of any system.
func fileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return strings.TrimSpace(name)
}

// nameProblem says what is wrong with the name of a file. Characters that turn the direction of what follows are refused, since with
// one of them an .exe reads as another type.
func nameProblem(name string) error {
	turns := func(c rune) bool { return c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 }
	switch {
	case name == "" || name == "." || name == "..":
		return refuse("File_Name", record.CodeMandatory, "a file has a name", "文件需要名称")
	case !utf8.ValidString(name), strings.ContainsFunc(name, unicode.IsControl), strings.ContainsFunc(name, turns):
		return refuse("File_Name", record.CodeInvalid, "a name without control characters", "文件名不能含控制字符")
	case utf8.RuneCountInString(name) > MaxFileName:
		return refuse("File_Name", record.CodeInvalid, fmt.Sprintf("at most %d characters", MaxFileName), fmt.Sprintf("最多%d个字符", MaxFileName))
	}
	return nil
}
