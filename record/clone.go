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
	shape := rec.shape
	c := &Record{shape: shape, row: make([]storage.Value, shape.width)}
	copy(c.row, rec.row[:len(shape.fields)])
	for i := range shape.fields {
		if d := &shape.fields[i]; d.ReadOnly || d.NoClone || d.Unique && d.Custom {
			c.row[i] = storage.Value{}
		}
	}
	return c, nil
}
