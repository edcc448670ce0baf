package relations_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage/memory"
)

// without is a policy in which ann has all rights but one in one module, and reaches accounts at one level.
type without struct {
	module string
	right  record.Right
	level  record.Level
}

func (p without) Rights(_ context.Context, _ *record.Session, module string) (*record.Rights, error) {
	r := &record.Rights{Allowed: map[record.Right]bool{}}
	for _, right := range []record.Right{record.RightView, record.RightCreate, record.RightEdit, record.RightDelete, record.RightUse} {
		r.Allowed[right] = module != p.module || right != p.right
	}
	for level := range p.level {
		r.Scopes[level+1].All = module == account.Module
	}
	return r, nil
}

func (without) Grants(context.Context, *record.Session, string) ([]record.Grant, error) {
	return nil, nil
}

// TestFileRights attaches, opens and removes files without each right in turn, and without reaching the account far enough. What is
// refused is refused before the file is read, and nothing of it is kept.
func TestFileRights(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		without
		attach, open, remove error // want; nil for none
	}{
		"all":                  {without{level: record.LevelFull}, nil, nil, nil},
		"to write":             {without{level: record.LevelWrite}, nil, nil, nil},
		"to read":              {without{level: record.LevelRead}, &record.ForbiddenError{Right: record.RightEdit, Module: account.Module}, nil, &record.ForbiddenError{Right: record.RightDelete, Module: relations.AttachmentModule}},
		"out of reach":         {without{}, record.ErrNotFound, record.ErrNotFound, record.ErrNotFound},
		"no create":            {without{relations.AttachmentModule, record.RightCreate, record.LevelFull}, &record.ForbiddenError{Right: record.RightCreate, Module: relations.AttachmentModule}, nil, nil},
		"no view":              {without{relations.AttachmentModule, record.RightView, record.LevelFull}, nil, &record.ForbiddenError{Right: record.RightView, Module: relations.AttachmentModule}, nil},
		"no delete":            {without{relations.AttachmentModule, record.RightDelete, record.LevelFull}, nil, nil, &record.ForbiddenError{Right: record.RightDelete, Module: relations.AttachmentModule}},
		"no view of accounts":  {without{account.Module, record.RightView, record.LevelFull}, &record.ForbiddenError{Right: record.RightView, Module: account.Module}, record.ErrNotFound, record.ErrNotFound},
		"no edit of accounts":  {without{account.Module, record.RightEdit, record.LevelFull}, nil, nil, nil}, // the reach is what counts
		"no create of anybody": {without{account.Module, record.RightCreate, record.LevelFull}, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			org := crmtest.Open(t, memory.New(nil), &crm.Options{Actor: "ann", Policy: c.without})
			host := org.AsSystem()
			to := on(t, host, "Acme")
			there, err := host.Files.Attach(ctx, to, "a.txt", strings.NewReader("a"))
			require.NoError(t, err)
			same := func(want, got error) {
				t.Helper()
				var refused *record.ForbiddenError
				switch {
				case want == nil:
					require.NoError(t, got)
				case !errors.As(want, &refused):
					require.ErrorIs(t, got, want)
				default:
					var is *record.ForbiddenError
					require.ErrorAs(t, got, &is)
					require.Equal(t, refused.Module+" "+string(refused.Right), is.Module+" "+string(is.Right))
				}
			}
			file := strings.NewReader("bytes")
			_, err = org.Files.Attach(ctx, to, "b.txt", file)
			same(c.attach, err)
			n, err := host.Attachments.Count(ctx, record.Query{})
			require.NoError(t, err)
			if c.attach != nil {
				require.Equal(t, int64(1), n)
				require.Equal(t, 5, file.Len(), "not read")
			}
			_, r, err := org.Files.Open(ctx, there.ID)
			same(c.open, err)
			if err == nil {
				b, err := io.ReadAll(r)
				require.NoError(t, err)
				require.Equal(t, "a", string(b))
				require.NoError(t, r.Close())
			}
			same(c.remove, org.Attachments.Delete(ctx, there.ID))
		})
	}
}
