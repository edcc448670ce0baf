package record

import (
	"context"

	"github.com/clientele-go/crm/storage"
)

// CloneDraft returns an unsaved copy of a live record: all fields that callers may set, but for those that a clone leaves
// empty (tags, and those declared with NoClone). It fails with ErrNotFound.
func (r *Records) CloneDraft(ctx context.Context, id ID) (*Record, error) {
	rec, err := r.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	c := r.New()
	copy(c.row, rec.row[:len(r.shape.fields)])
	for i := range r.shape.fields {
		if d := &r.shape.fields[i]; d.ReadOnly || d.NoClone {
			c.row[i] = storage.Value{}
		}
	}
	return c, nil
}
