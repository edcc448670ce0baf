package rights

import (
	"context"

	"github.com/clientele-go/crm/record"
)

// Policy decides by the profiles, roles, users and sharing of each organization. It is the [record.Options.Policy] of a
// session, and safe for concurrent use; its fields are not changed once it is used. The zero value is ready to use.
type Policy struct {
	Own []record.Right // rights of the host's own, which Administrator has too, in modules and in the organization; default none
}

// New returns a policy without rights of the host's own.
func New() *Policy { return &Policy{} }

// Rights returns what the actor of s may do in a module. It is the same pointer as long as nothing changed.
func (p *Policy) Rights(ctx context.Context, s *record.Session, module string) (*record.Rights, error) {
	st, err := load(ctx, s)
	if err != nil {
		return nil, err
	}
	return st.rightsOf(p, s.Actor(), module), nil
}

// Grants returns the conditions of the rules of a module that have some.
func (p *Policy) Grants(ctx context.Context, s *record.Session, module string) ([]record.Grant, error) {
	c, err := loadConfiguration(ctx, s)
	if err != nil || len(c.rules[module]) == 0 {
		return nil, err
	}
	recs, err := s.Records(module)
	if err != nil {
		return nil, err
	}
	return c.grants(module, recs.Shape()), nil
}
