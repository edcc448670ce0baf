package record

import "context"

// FieldUsage is how much a field is used.
type FieldUsage struct {
	Field   string // API name
	Records int64  // how many live records that the actor sees have a value in it
}

// Usage returns how many records fill each field that the actor sees, in the order of the form, and how many there are. It
// reads them all.
func (r *Records) Usage(ctx context.Context) (fields []FieldUsage, records int64, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s, RightView)
		if err != nil {
			return err
		}
		to, err := in.reach(ctx, LevelRead)
		if err != nil {
			return err
		}
		var at []int
		fields, records = nil, 0
		for _, d := range in.shape.Fields() {
			i, _ := in.shape.index(d.Name)
			at = append(at, i)
			fields = append(fields, FieldUsage{Field: d.Name})
		}
		return in.each(ctx, func(recs []*Record) error {
			records += int64(len(recs))
			for _, rec := range recs {
				for n, i := range at {
					if !rec.row[i].IsNull() {
						fields[n].Records++
					}
				}
			}
			return nil
		}, live, to.filter())
	})
	return fields, records, err
}
