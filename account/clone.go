package account

import (
	"context"

	"github.com/clientele-go/crm/record"
)

// CloneDraft returns an unsaved copy of an account, for a form to show and a user to change; Create stores it. It has the
// fields of the account, its parent and its owner, but nothing that is the account's alone: no id, no times, no tags, no
// members. It fails with ErrNotFound.
func (as *Accounts) CloneDraft(ctx context.Context, id record.ID) (*Account, error) {
	rec, err := as.Records.CloneDraft(ctx, id)
	if err != nil {
		return nil, err
	}
	return as.Decode(rec), nil
}

// Clone stores a copy of an account (see [Accounts.CloneDraft]) after change, if not nil, has changed it, and returns it.
// It fails with ErrNotFound and a *ValidationError.
func (as *Accounts) Clone(ctx context.Context, id record.ID, change func(*Account)) (c *Account, err error) {
	err = as.Session().From("clone").Update(ctx, func(s *record.Session) error {
		in := as.In(s)
		if c, err = in.CloneDraft(ctx, id); err != nil {
			return err
		}
		if change != nil {
			change(c)
		}
		return in.Create(ctx, c)
	})
	return c, err
}
