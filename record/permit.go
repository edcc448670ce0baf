package record

import "context"

// permits is what the actor may do with the records of a call.
type permits struct {
	create, edit, give bool
	sees, changes      map[ID]bool // of the stored ones; nil for all
	full               map[ID]bool
}

// gives reports whether the actor may give a record to another owner.
func (p *permits) gives(id ID) bool { return p.give && (p.full == nil || p.full[id]) }

// notGiven says why the actor may not give a record to another owner.
func (r *Records) notGiven(p *permits, id ID) error {
	e := &ForbiddenError{Right: RightChangeOwner, Module: r.shape.Module}
	if p.give {
		e.Record = id
	}
	return e
}

// permit asks what the actor may do with recs, of which these are stored.
func (r *Records) permit(ctx context.Context, recs []*Record, stored map[ID]*Record) (p permits, err error) {
	rights := r.shape.rights
	if rights == nil || rights == unlimited {
		return permits{create: true, edit: true, give: true}, nil
	}
	p = permits{create: rights.may(RightCreate), edit: rights.may(RightEdit) && rights.may(RightView), give: rights.may(RightChangeOwner)}
	var old, given []ID
	for _, rec := range recs {
		if was := stored[rec.ID]; rec.Version > 0 && was != nil {
			if old = append(old, rec.ID); rec.row[colOwner] != was.row[colOwner] {
				given = append(given, rec.ID)
			}
		}
	}
	if len(old) == 0 {
		return p, nil
	}
	if p.sees, err = r.reached(ctx, LevelRead, old); err != nil {
		return p, err
	}
	if p.changes, err = r.reached(ctx, LevelWrite, old); err != nil {
		return p, err
	}
	p.full, err = r.reached(ctx, LevelFull, given)
	if p.full == nil && err == nil && len(given) == 0 && !rights.Scopes[LevelFull].All {
		p.full = map[ID]bool{} // a hook gives what the actor did not ask to give
		for _, id := range old {
			p.full[id] = true
		}
	}
	return p, err
}

// discreet leaves out of what was said against fields the records that the actor does not see, and of hidden fields all
// particulars.
func (r *Records) discreet(ctx context.Context, fields []FieldError) error {
	if r.shape.rights == nil || r.shape.rights == unlimited {
		return nil
	}
	for n := range fields {
		f := &fields[n]
		if i := r.shape.position(f.Field); i >= 0 && r.shape.fields[i].Hidden {
			f.Args = nil
		}
		path, ok := f.Args["path"].([]ID)
		if !ok {
			continue
		}
		links := make([]Link, len(path))
		for n, id := range path {
			links[n] = Link{r.shape.Module, id}
		}
		seen, err := r.s.visible(ctx, links)
		if err != nil {
			return err
		}
		path = nil
		for _, l := range seen {
			path = append(path, l.ID)
		}
		f.Args = Args{"path": path}
	}
	return nil
}
