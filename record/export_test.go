package record

import (
	"context"
	"time"
)

// SetFew makes lists take fewer records for few.
func (s *Session) SetFew(rows, reach int) { s.cat.few = fewLimits{rows, reach} }

// Way says how a list gets at its records: by which index of which table, and whether it collected some of them first.
func (r *Records) Way(ctx context.Context, q Query) (table, index string, collected int, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s)
		if err != nil {
			return err
		}
		p, err := in.plan(ctx, &q)
		if err != nil {
			return err
		}
		table, index, collected = p.Table.Name, p.Index, -1
		for _, f := range p.Where.Sub {
			if f.Field == "id" && len(f.Args) > 0 {
				collected = len(f.Args)
			}
		}
		return nil
	})
	return table, index, collected, err
}

// Age lets the configuration that the session saw last have been seen that much earlier.
func (s *Session) Age(by time.Duration) {
	s.confs.mu.Lock()
	defer s.confs.mu.Unlock()
	if k, ok := s.confs.of[s.o.Tenant]; ok {
		k.at = k.at.Add(-by)
		s.confs.of[s.o.Tenant] = k
	}
}
