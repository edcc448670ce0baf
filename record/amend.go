package record

import "context"

// Amend is Edit by the code of the record's module: fn may set the fields of the module that callers cannot, hooks and rules
// are not asked, and the entry in the timeline has this action. Values, links and unique values are checked as ever. It takes
// [RightManageData], unless the session is that of the host's own code: see [Session.AsSystem].
func (r *Records) Amend(ctx context.Context, action Action, id ID, fn func(*Record) error) error {
	return r.s.Update(ctx, func(s *Session) error {
		if err := s.Authorise(ctx, "", RightManageData); err != nil {
			return err
		}
		in := s.records(r.shape.Schema)
		rec, err := in.get(ctx, id)
		if err != nil {
			return err
		}
		d := &draft{rec: rec.clone(), old: rec, next: rec.clone()}
		d.next.hooked = true
		if err := fn(d.next); err != nil {
			return err
		}
		d.next.ID, d.next.Version, d.next.hooked, d.next.clean = rec.ID, rec.Version, false, false
		in.clean(d)
		in.require(d)
		if err := in.judge(ctx, []*draft{d}, false); err != nil {
			return err
		}
		if err := refusals([]*draft{d}); err != nil {
			return err
		}
		return in.write(ctx, action, []*draft{d})
	})
}
